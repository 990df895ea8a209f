"""From the command line's values to a watch: where its files lie, which registries are the person's own."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from lazaretto.adapters.sensors.sensor import Host, SensorError
from lazaretto.adapters.store.place import folder as data_folder
from lazaretto.adapters.streams.catalog import STREAMS
from lazaretto.adapters.streams.catalog import stream as stream_of
from lazaretto.adapters.upstreams import found_upstreams
from lazaretto.adapters.watching.bait import laid_out, lay_out
from lazaretto.adapters.watching.bait import remove as take_away
from lazaretto.adapters.watching.state import StateError
from lazaretto.app.sigma_rules import gather
from lazaretto.app.watch import Note, Options, Standing, Tally, Tell, close, open_alerts, replay, standing, watch
from lazaretto.detect.live.watcher import EventRule
from lazaretto.detect.sigma.findings import EventSigma
from lazaretto.model.text import N_, Message
from lazaretto.reports.watch_doctor import Looked, Probe


class WatchError(Exception):
    """The watch cannot begin. `message` is for the user; exit code 2."""

    def __init__(self, template: str, **params: object) -> None:
        """`template` is a message marked with `N_`."""
        self.message = Message.of(template, params)
        super().__init__(self.message.english())


def folder(values: Mapping[str, Any]) -> Path:
    """Return where the journal and the list of bait lie."""
    return Path(values.get("folder") or data_folder(os.environ) / "watch")


def start(values: Mapping[str, Any], tell: Tell, note: Note, stop: Callable[[], bool]) -> Tally:
    """Watch."""
    where = folder(values)
    options = Options(
        state=None if values.get("no_state") else where / "alerts.jsonl",
        bait=where / "bait.json",
        sensors=tuple(values.get("sensors") or ()),
        streams=tuple(values.get("streams") or ()),
        record=Path(values["record"]) if values.get("record") else None,
        seconds=values.get("seconds") or float("inf"),
        drill=bool(values.get("drill")),
        registries=registries(os.environ, tuple(values.get("registries") or ()), note),
        muted=frozenset(values.get("muted") or ()),
    )
    try:
        return watch(options, tell, note, event_rules=sigma(values, note), stop=stop)
    except StateError as error:
        raise WatchError(
            N_("the alerts in {path} cannot be kept: {error}"), path=error.filename, error=error.strerror
        ) from error


def replay_file(path: str, values: Mapping[str, Any], tell: Tell, note: Note) -> Tally:
    """Replay a recording; `-` is standard input.

    Raises:
        WatchError: the file cannot be read.
    """
    muted = frozenset(values.get("muted") or ())
    other = stream_of(values["logged_by"]) if values.get("logged_by") else None
    rules = sigma(values, note)
    if path == "-":
        return replay(sys.stdin.buffer, tell, note, event_rules=rules, muted=muted, stream=other)
    try:
        file: BinaryIO
        with Path(path).open("rb") as file:
            return replay(file, tell, note, event_rules=rules, muted=muted, stream=other)
    except OSError as error:
        raise WatchError(N_("{path} cannot be read: {error}"), path=path, error=error.strerror) from error


def sigma(values: Mapping[str, Any], note: Note) -> tuple[EventRule, ...]:
    """Load Sigma rules, our own and those that were named; say what does not load."""
    if values.get("no_sigma"):
        return ()
    found = gather(tuple(Path(one) for one in values.get("sigma") or ()))
    for gap in found.gaps:
        note(gap.reason)
    product = "macos" if sys.platform == "darwin" else "linux"
    elsewhere = {one.id: one.product for one in STREAMS if one.product}
    return (EventSigma(found.matcher, product, frozenset(values.get("muted") or ()), elsewhere),)


def look(values: Mapping[str, Any]) -> Looked:
    """Say which sensors run here, and what else is set up."""
    where = folder(values)
    paths = laid_out(where / "bait.json")
    host = Host(decoys=paths)
    probes = tuple(_tried(one, host) for one in standing(host))
    hosts = tuple(sorted(registries(os.environ, (), lambda _: None)))
    return Looked(probes, host.root, hosts, len(paths), len(open_alerts(where / "alerts.jsonl")))


def _tried(one: Standing, host: Host) -> Probe:
    """Start a sensor that would be used, and stop it: only then it is known to work."""
    missing = one.missing
    if one.used:
        try:
            one.kind.open(host).close()
        except SensorError as error:
            missing = error.message
    kind = one.kind
    return Probe(kind.id, kind.title, kind.requires, kind.sees, kind.blind, missing, one.used and missing is None)


def bait(values: Mapping[str, Any], *, remove: bool) -> tuple[str, ...]:
    """Lay out bait in the home, or take it away; return the paths.

    Raises:
        WatchError: the list of bait cannot be written.
    """
    ledger = folder(values) / "bait.json"
    try:
        return take_away(ledger) if remove else lay_out(Path.home(), ledger)
    except OSError as error:
        raise WatchError(N_("{path} cannot be written: {error}"), path=error.filename, error=error.strerror) from error


def alerts(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the open alerts."""
    return open_alerts(folder(values) / "alerts.jsonl")


def close_alerts(values: Mapping[str, Any], key: str) -> list[str]:
    """Close alerts by the beginning of their id."""
    return close(folder(values) / "alerts.jsonl", key)


def registries(environment: Mapping[str, str], more: tuple[str, ...], note: Note) -> frozenset[str]:
    """Return the hosts of the registries that the person's own clients ask, and those that were named."""
    found = set(more)
    try:
        found |= {host for one in found_upstreams(environment) if (host := urlsplit(one.url).hostname)}
    except OSError as error:
        note(Message.of(N_("the clients cannot be asked for their registries: {error}"), {"error": error}))
    return frozenset(found)
