"""Making a machine's clients ask the gate: `install`, `uninstall`, `doctor`, `relock`."""

import os
from pathlib import Path

import click

from lazaretto.cli import options as o
from lazaretto.cli.gate import PORT, gate_folder, option
from lazaretto.cli.gate_admin import ANSWER, context_of, write
from lazaretto.cli.session import Session
from lazaretto.model.text import N_, Message
from lazaretto.reports.exits import INCOMPLETE, NOTHING, SUSPICIOUS, USAGE

_URL = option(
    "--url",
    "url",
    group=o.INPUT,
    metavar="URL",
    default="",
    help=N_("The gate's address. Default: that of the gate that runs here, else port 8473 of this machine."),
)


def _url(session: Session, given: str) -> str:
    from lazaretto.gate.state import running

    return (given or str(running(session.environ).get("url", "")) or f"http://127.0.0.1:{PORT}").rstrip("/")


@click.command(
    cls=o.Command,
    help=N_(
        "Point pip, uv, pdm, npm, pnpm, yarn and bun of this user at the gate: a few marked lines in their own files, "
        "with a copy of what was there. `gate uninstall` gives everything back."
    ),
)
@_URL
@option("--token", "token", group=o.POLICY, metavar="TOKEN", default="", help=N_("A team's token."))
@option("--client", "clients", group=o.INPUT, metavar="NAME", multiple=True, help=N_("Only these clients."))
@ANSWER
@click.pass_obj
def install(session: Session, /, **values: o.Value) -> int:
    """Write the clients' configuration."""
    from lazaretto.adapters.client_files import install as point
    from lazaretto.adapters.client_files import notes, places
    from lazaretto.adapters.clients.client import Target
    from lazaretto.adapters.upstreams import found_upstreams
    from lazaretto.gate.saved import save_upstreams
    from lazaretto.reports.gate import changes as render

    session.quiet = values["quiet"]
    environment = dict(os.environ)
    home = Path.home()
    wanted = [one for one in places(environment, home) if not values["clients"] or one.client in values["clients"]]
    if not wanted:
        known = ", ".join(dict.fromkeys(one.client for one in places(environment, home)))
        session.fail(Message.of(N_("no such client; there are {names}"), {"names": known}))
        return USAGE
    url, state = _url(session, values["url"]), gate_folder(environment)
    save_upstreams(state, found_upstreams(environment, url), url)
    done = point(wanted, Target(url, values["token"]), state)
    rows = [(one.client, str(one.path), one.message) for one in done]
    document = [{"client": client, "file": path, "done": message.english()} for client, path, message in rows]
    write(values, render(rows, context_of(session, values)), document)
    for note in notes(environment, home):
        session.say(note.template, dict(note.params))
    return NOTHING


@click.command(cls=o.Command, help=N_("Give the clients' configuration back as it was before `gate install`."))
@ANSWER
@click.pass_obj
def uninstall(session: Session, /, **values: o.Value) -> int:
    """Restore the clients' configuration."""
    from lazaretto.adapters.client_files import uninstall as restore
    from lazaretto.gate.saved import forget_upstreams
    from lazaretto.reports.gate import changes as render

    session.quiet = values["quiet"]
    state = gate_folder(dict(os.environ))
    rows = [(one.client, str(one.path), one.message) for one in restore(state)]
    forget_upstreams(state)
    document = [{"client": client, "file": path, "done": message.english()} for client, path, message in rows]
    write(values, render(rows, context_of(session, values)), document)
    return NOTHING


@click.command(
    cls=o.Command,
    help=N_("Which package clients are here, do they ask the gate, and what in this folder would lead past it?"),
)
@click.argument(
    "folder", metavar="[FOLDER]", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@_URL
@ANSWER
@click.pass_obj
def doctor(session: Session, /, folder: Path, **values: o.Value) -> int:
    """Diagnose; 10 when a client or the project leads past the gate."""
    from lazaretto.app.gate_doctor import Pointing, diagnose, words
    from lazaretto.app.gate_project import inspect
    from lazaretto.reports.gate import doctor as render

    session.quiet = values["quiet"]
    environment = dict(os.environ)
    url, home = _url(session, values["url"]), Path.home()
    found = diagnose(folder, environment, home, url, gate_folder(environment))
    escapes = inspect(folder, home)
    rows = [(one.title, one.version, words(one), one.pointing is Pointing.GATE) for one in found]
    places = [(f"{one.path}:{one.line}", one.what, one.beats) for one in escapes]
    document = {
        "gate": url,
        "clients": [
            {"client": one.client, "version": one.version, "program": one.program, "asks": one.pointing.value}
            for one in found
        ],
        "escapes": [
            {"path": one.path, "line": one.line, "way": one.way.value, "what": one.what.english(), "beats": one.beats}
            for one in escapes
        ],
    }
    write(values, render(rows, places, url, context_of(session, values)), document)
    if not found:
        return INCOMPLETE
    return SUSPICIOUS if any(one.beats for one in escapes) or not any(row[3] for row in rows) else NOTHING


@click.command(
    cls=o.Command,
    help=N_(
        "Turn the addresses in a project's lockfiles to the gate (and back with --undo). Digests stay as they are. "
        "Without --write only the difference is shown."
    ),
)
@click.argument(
    "folder", metavar="[FOLDER]", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@_URL
@option("--write", "write_it", group=o.WORK, is_flag=True, help=N_("Change the files."))
@option("--undo", "undo", group=o.WORK, is_flag=True, help=N_("Turn back what was turned before."))
@o.LANG
@o.QUIET
@click.pass_obj
def relock(session: Session, /, folder: Path, **values: o.Value) -> int:
    """Rewrite lockfiles."""
    from lazaretto.app.relock import diff, keep, plan, recover
    from lazaretto.cli.output import Output
    from lazaretto.reports.safe import clean

    session.quiet = values["quiet"]
    state = gate_folder(dict(os.environ))
    if values["undo"]:
        for note in recover(state, folder.resolve(), kept=True):
            session.say(note.template, dict(note.params))
        return NOTHING
    rewrites = plan(folder.resolve(), _url(session, values["url"]))
    with Output(None, human=True) as output:
        output.write("".join(clean(line) + "\n" for line in diff(rewrites, folder.resolve()).splitlines()))
    if values["write_it"]:
        keep(folder.resolve(), _url(session, values["url"]), state, rewrites)
        session.say(N_("{count} files were changed; --undo turns them back"), {"count": len(rewrites)})
    elif not rewrites:
        session.say(N_("no lockfile here holds addresses that would have to be turned"))
    return NOTHING
