"""What a hunt is asked: where, for what, and into which units of work that falls.

Options -> sought_packs    campaigns, pack files, indicators
-> plan            units of work, gaps, usual locations that are not there
"""

import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from lazaretto import __version__
from lazaretto.adapters.pool import default_jobs
from lazaretto.app.recorded import Recorded
from lazaretto.intel.pack import decode, packs
from lazaretto.intel.wanted import given
from lazaretto.lockfiles.inventory import is_candidate
from lazaretto.model.finding import Gap, Stage
from lazaretto.model.intel import Pack
from lazaretto.model.text import N_, Message
from lazaretto.traces.hosts import Location, locations, outside_home
from lazaretto.traces.network_logs import PLACE as NETWORK
from lazaretto.traces.project import PLACE as PROJECT
from lazaretto.traces.walk import file_place

SLICE = 0.5
"""Seconds that a worker walks before it gives the rest back."""


class HuntError(Exception):
    """The question cannot be asked: no such campaign, an indicator that is none. `message` is for the user."""

    def __init__(self, template: str, params: Mapping[str, object], hint: Message | None = None) -> None:
        """`template` is a message marked with `N_`."""
        self.message = Message.of(template, params)
        self.hint = hint
        super().__init__(self.message.english())


@dataclass(frozen=True, slots=True)
class Options:
    """What to hunt for, and where."""

    paths: tuple[str, ...] = ()
    host: bool = False
    """Look at the user's home and the usual places of the system."""
    campaigns: tuple[str, ...] = ()
    """Ids of embedded campaigns, or pack files; empty = all embedded ones, unless `indicators` are given."""
    indicators: tuple[str, ...] = ()
    store: str = ""
    """As `LAZARETTO_STORE`; empty = the environment. Asked when neither campaigns nor indicators are chosen, and for
    campaigns."""
    resume: bool = False
    jobs: int = 0
    system: str = ""
    """`linux`, `macos`, `windows`; empty = this one."""
    home: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    journal: Path | None = None
    """None = beside the cache."""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def workers(self) -> int:
        """The number of worker processes."""
        return self.jobs or default_jobs()


class Unit(msgspec.Struct, array_like=True):
    """Work for one worker: folders to walk, or places whose kind is known (`kind` is its id, `log`, `file`)."""

    kind: str
    paths: list[bytes]
    seconds: float = SLICE


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a hunt goes."""

    units: tuple[Unit, ...]
    roots: tuple[str, ...]
    gaps: tuple[Gap, ...]
    """What was named and is not there."""
    absent: Mapping[str, Sequence[str]]
    """Usual locations that do not exist, by place."""


def sought_packs(options: Options) -> tuple[Pack, ...]:
    """Return the packs of the chosen campaigns and of the given indicators.

    Raises:
        HuntError: no such campaign, an indicator that is none.
    """
    known = {pack.campaign.id: pack for pack in packs()}
    chosen = [_campaign(name, options, known) for name in options.campaigns]
    if options.indicators:
        try:
            chosen.append(given(options.indicators))
        except ValueError as error:
            hint = Message.of(
                N_(
                    "for instance npm:NAME@VERSION, pypi:NAME==VERSION, a purl, a domain, an IPv4 address, a SHA-256, "
                    "file-name:NAME, github-account:NAME"
                )
            )
            raise HuntError(N_("{value} is no indicator that is understood"), {"value": str(error)}, hint) from error
    return tuple(chosen) or tuple(known.values())


def _campaign(name: str, options: Options, known: Mapping[str, Pack]) -> Pack:
    """Return a campaign from a pack file, or from the packs and the store together."""
    if name.endswith(".json") and Path(name).is_file():
        try:
            return decode(Path(name).read_bytes())
        except (msgspec.MsgspecError, OSError) as error:
            params = {"file": name, "error": str(error)[:200]}
            raise HuntError(N_("{file} is not a campaign pack: {error}"), params) from error
    facts = Recorded(options.store, options.now).facts(name)
    if facts is None:
        hint = Message.of(N_("known campaigns: {names}"), {"names": ", ".join(sorted(known))})
        raise HuntError(N_("no campaign is called {name}"), {"name": name}, hint)
    return Pack(
        "lazaretto/intel-pack-1",
        facts.read,
        facts.licence,
        facts.campaign,
        facts.references,
        facts.packages,
        facts.indicators,
    )


def plan(options: Options) -> Plan:
    """Put roots and usual locations into units of work."""
    units: list[Unit] = []
    gaps: list[Gap] = []
    absent: dict[str, list[str]] = {}
    roots: list[str] = []
    system = system_of(options)
    if options.host:
        home = os.path.abspath(options.home or Path.home())  # noqa: PTH100 - keeps links in the name as the user knows it
        roots.append(home)
        units.append(Unit("", [os.fsencode(os.path.realpath(home))]))
        outside = set(outside_home(system, home, options.env))
        for location in locations(system, home, options.env):
            if not os.path.lexists(location.path):
                absent.setdefault(location.place, []).append(location.path)
            elif location in outside:
                roots.append(location.path)
                units.append(_unit_of(location))
    for path in options.paths:
        full = os.path.realpath(path)
        roots.append(full)
        if os.path.isdir(full):  # noqa: PTH112
            units.append(Unit("", [os.fsencode(full)]))
        elif os.path.isfile(full):  # noqa: PTH113
            units.append(_unit_of_file(full))
        else:
            gaps.append(Gap(Stage.READ, shown(path), Message.of(N_("it does not exist, or is no file and no folder"))))
    return Plan(tuple(units), tuple(dict.fromkeys(roots)), tuple(gaps), absent)


def _unit_of(location: Location) -> Unit:
    path = os.path.realpath(location.path)
    if os.path.isfile(path):  # noqa: PTH113
        return Unit(location.place, [os.fsencode(path)])
    return Unit(location.place if location.chosen else "", [os.fsencode(path)])


def _unit_of_file(path: str) -> Unit:
    slashed = path.replace(os.sep, "/")
    folder, _, name = slashed.rpartition("/")
    place = file_place(folder.rpartition("/")[2], name)
    kind = place.id if place is not None else PROJECT.id if is_candidate(slashed) else NETWORK.id
    return Unit(kind, [os.fsencode(path)])


def question(options: Options, chosen: Sequence[Pack]) -> bytes:
    """Return a digest: a journal belongs to one question."""
    parts = [__version__, system_of(options), options.home, str(options.host), *options.paths, "", *options.indicators]
    parts += [f"{pack.campaign.id} {len(pack.packages)} {len(pack.indicators)}" for pack in chosen]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).digest()


def system_of(options: Options) -> str:
    """Return `linux`, `macos` or `windows`."""
    return options.system or {"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux")


def machine(env: Mapping[str, str]) -> str:
    """Return the host's name."""
    return os.uname().nodename if hasattr(os, "uname") else env.get("COMPUTERNAME", "")


def shown(path: str) -> str:
    """Return a path that every report can print: bytes that are no text become escapes."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
