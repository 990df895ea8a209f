"""From the command line's values to a watch: where its files lie, which registries are the person's own."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from lazaretto import __version__
from lazaretto.adapters.sensors.procfs import start_of
from lazaretto.adapters.sensors.sensor import Host, SensorError
from lazaretto.adapters.store.place import folder as data_folder
from lazaretto.adapters.streams.catalog import STREAMS
from lazaretto.adapters.streams.catalog import stream as stream_of
from lazaretto.adapters.upstreams import found_upstreams
from lazaretto.adapters.watching.bait import folders, laid_out, lay_out
from lazaretto.adapters.watching.bait import remove as take_away
from lazaretto.adapters.watching.respond import Member, Policy, Responder, notify
from lazaretto.adapters.watching.sinks import File, Sink, Syslog, Webhook
from lazaretto.adapters.watching.state import StateError
from lazaretto.adapters.watching.unit import place, unit, write
from lazaretto.app.sigma_rules import gather
from lazaretto.app.watch import Note, Options, Standing, Tally, Tell, close, open_alerts, replay, standing, watch
from lazaretto.detect.live.watcher import EventRule, Watcher
from lazaretto.detect.sigma.findings import EventSigma
from lazaretto.model.finding import Severity
from lazaretto.model.host import Alert
from lazaretto.model.text import N_, Message
from lazaretto.reports.watch import document, ocsf
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
    outlets = Outlets(values, note)

    def told(alert: Alert) -> None:
        outlets.put(alert)
        tell(alert)

    try:
        return watch(
            options, told, note, event_rules=sigma(values, note), stop=stop, respond=answer(values, where, note)
        )
    except StateError as error:
        raise WatchError(
            N_("the alerts in {path} cannot be kept: {error}"), path=error.filename, error=error.strerror
        ) from error
    finally:
        outlets.close()


def answer(values: Mapping[str, Any], where: Path, note: Note) -> Callable[[Alert, Watcher], None] | None:
    """Return what acts on alerts; None = nobody does."""
    if not values.get("respond"):
        return None
    least = Severity[str(values.get("respond_least") or "high").upper()]
    allowed = frozenset(values.get("allowed") or ())
    responder = Responder(Policy(values["respond"], least, allowed, bool(values.get("dry_run")), where))

    def act(alert: Alert, watcher: Watcher) -> None:
        pids_of = [step.pid for step in alert.chain]
        root = int(alert.tree.partition(".")[0])
        inner = pids_of[pids_of.index(root) + 1 :] if root in pids_of else []
        below = next(iter(inner), 0) if alert.tool in ("editor", "agent") else 0
        if alert.tool in ("editor", "agent") and not below:
            return  # the editor itself: it is the person's
        known = watcher.members(alert.tree, below)
        pids = {pid for pid, _, _ in known}
        members = []
        for pid, started, path in known:
            above, now = start_of(pid)
            # one that forked and whose start no sensor told: it is what its parent, of the same tree, began
            members.append(Member(pid, started or (now if above in pids else 0), path))
        try:
            done = responder.act(alert, members)
        except OSError as error:
            done = f"cannot: {error.strerror}"
        if done:
            words = {"alert": alert.id[:8], "tree": alert.tree, "done": done}
            note(Message.of(N_("answer to {alert} (tree {tree}): {done}"), words))

    return act


class Outlets:
    """The places that alerts go to besides standard output."""

    def __init__(self, values: Mapping[str, Any], note: Note) -> None:
        """Open them.

        Raises:
            WatchError: one is no such place, or cannot be opened.
        """
        self._note = note
        self._ocsf = bool(values.get("ocsf"))
        self._desktop = bool(values.get("desktop"))
        self._sinks: list[Sink] = []
        try:
            if values.get("json_file"):
                self._sinks.append(File(Path(values["json_file"])))
            if values.get("syslog"):
                self._sinks.append(Syslog(values["syslog"]))
            if values.get("webhook"):
                self._sinks.append(Webhook(values["webhook"], note))
        except ValueError as error:
            raise WatchError(N_("{place} is no place for alerts"), place=error) from error
        except OSError as error:
            raise WatchError(
                N_("{path} cannot be written: {error}"), path=error.filename, error=error.strerror
            ) from error

    def put(self, alert: Alert) -> None:
        """Hand an alert to all; a failure is told."""
        if not self._sinks and not self._desktop:
            return
        told = document(alert)
        for sink in self._sinks:
            try:
                sink.put(ocsf(told, __version__) | {"severity": told["severity"]} if self._ocsf else told)
            except OSError as error:
                self._note(Message.of(N_("an alert was not taken: {error}"), {"error": error.strerror or error}))
        if self._desktop and alert.finding.severity >= Severity.HIGH:
            notify(alert.finding.rule, told["message"])

    def close(self) -> None:
        """Finish all."""
        for sink in self._sinks:
            sink.close()


def install(values: Mapping[str, Any]) -> tuple[str, str]:
    """Write the systemd unit, or only say it; return its place and text.

    Raises:
        WatchError: it cannot be written.
    """
    system = bool(values.get("system"))
    program = [sys.executable, "-m", "lazaretto", "watch", "start", "--quiet"]
    if system:
        program += ["--folder", "/var/lib/lazaretto/watch"]
    for option, name in (("--syslog", "syslog"), ("--webhook", "webhook"), ("--json-file", "json_file")):
        if values.get(name):
            program += [option, str(values[name])]
    if values.get("respond"):
        program += ["--respond", values["respond"]]
    text = unit(tuple(program), system=system, responds=values.get("respond") in ("suspend", "kill"))
    path = place(system=system)
    if not values.get("dry_run"):
        try:
            write(path, text)
        except OSError as error:
            raise WatchError(N_("{path} cannot be written: {error}"), path=path, error=error.strerror) from error
    return str(path), text


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
    host = Host(decoys=paths, bait_folders=folders(where / "bait.json"))
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
