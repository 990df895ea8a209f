"""`lazaretto hunt`: are we hit?"""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from lazaretto.cli import options as o
from lazaretto.cli.output import Output, wants_colour
from lazaretto.cli.progress import Line, wanted
from lazaretto.cli.session import Session
from lazaretto.model.text import N_
from lazaretto.model.trace import Hunted, Rung
from lazaretto.reports.exits import INCOMPLETE, INTERRUPTED, MALICIOUS, NOTHING, SUSPICIOUS

LARGEST = 256 << 20
_EPILOG = N_(
    "Exit codes:\n"
    "  0  no trace found in what was looked at    3  incomplete: something could not be looked at\n"
    " 10  named, resolved or fetched              2  usage, configuration, unwritable answer\n"
    " 20  installed, executed or infected       130  interrupted, and no trace found until then"
)


@click.command(
    cls=o.Command,
    epilog=_EPILOG,
    help=N_(
        "Which places on this machine show that a recorded package was named, resolved, fetched, installed, run?\n\n"
        "PATH is a folder, a lockfile, an SBOM, a container image or a log. Nothing leaves this computer."
    ),
)
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@o.option("--host", group=o.INPUT, is_flag=True, help=N_("Look at your home and the usual places of the system."))
@o.option(
    "--campaign",
    "campaigns",
    group=o.INPUT,
    multiple=True,
    metavar="NAME",
    help=N_("A campaign, or a pack file. Default: everything recorded, unless --indicator is given."),
)
@o.option(
    "--indicator",
    "indicators",
    group=o.INPUT,
    multiple=True,
    metavar="VALUE",
    help=N_("npm:NAME@VERSION, pypi:NAME==VERSION, a purl, a domain, an address, a digest, file-name:NAME, ..."),
)
@o.STORE
@o.option("--merge", group=o.INPUT, is_flag=True, help=N_("PATHs are answers of other machines: put them together."))
@o.option("--resume", group=o.WORK, is_flag=True, help=N_("Go on where the same hunt was interrupted."))
@o.formats(["text", "json", "jsonl"], default="text")
@o.OUTPUT
@o.option("--all", "show_all", group=o.ANSWER, is_flag=True, help=N_("Show weak findings and every place, too."))
@o.option(
    "--jobs",
    group=o.WORK,
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help=N_("Worker processes; 0 = all processors."),
)
@o.LANG
@o.COLOR
@o.option("--no-progress", group=o.OTHER, is_flag=True, help=N_("No progress line on stderr."))
@o.QUIET
@o.option("-v", "--verbose", group=o.OTHER, is_flag=True, help=N_("List everything that was not checked."))
@click.pass_obj
def hunt(session: Session, /, paths: tuple[str, ...], **values: o.Value) -> int:
    """Hunt and return the exit code."""
    session.quiet = values["quiet"]
    if values["merge"]:
        if values["host"] or values["resume"] or not paths:
            raise click.UsageError(session.translate(N_("--merge takes only files: answers of hunt --format jsonl")))
        return _merge(session, paths, values)
    if not paths and not values["host"]:
        raise click.UsageError(session.translate(N_("nowhere to hunt; name folders or files, or use --host")))
    hunted = session.app.hunt(_options(session, paths, values), _progress(session, values))
    _write(session, hunted, values)
    if hunted.interrupted and values["format_name"] != "text":
        session.say(N_("Interrupted: go on with the same command and --resume."))
    return exit_code(hunted.rung, complete=hunted.complete, interrupted=hunted.interrupted)


def exit_code(rung: Rung | None, *, complete: bool, interrupted: bool = False) -> int:
    """Return the exit code: what was found counts more than what was not looked at."""
    if rung is not None:
        return MALICIOUS if rung >= Rung.INSTALLED else SUSPICIOUS
    if interrupted:
        return INTERRUPTED
    return NOTHING if complete else INCOMPLETE


def _options(session: Session, paths: tuple[str, ...], values: dict[str, o.Value]) -> dict[str, object]:
    home = session.environ.get("HOME") or session.environ.get("USERPROFILE") or ""
    return {
        "paths": paths,
        "host": values["host"],
        "campaigns": values["campaigns"],
        "indicators": values["indicators"],
        "store": values["store"],
        "resume": values["resume"],
        "jobs": values["jobs"],
        "home": home,
        "env": dict(session.environ),
        "now": session.now(),
    }


def _write(session: Session, hunted: Hunted, values: dict[str, o.Value]) -> None:
    from lazaretto.reports.hunt import as_text
    from lazaretto.reports.hunt_document import as_json, as_line

    name = values["format_name"]
    with Output(values["output"], human=name == "text", keep_partial=True) as output:
        context = session.context(
            colour=name == "text" and not output.to_file and wants_colour(values["color"], sys.stdout, session.environ),
            width=96
            if output.to_file or not sys.stdout.isatty()
            else max(50, min(120, shutil.get_terminal_size((96, 24)).columns)),
            show_all=values["show_all"],
            quiet=values["quiet"],
            verbose=values["verbose"],
            ascii=output.plain,
        )
        if name == "text":
            output.write(as_text(hunted, session.app.hunt_places(), context))
        else:
            output.write(as_json(hunted, context) if name == "json" else as_line(hunted, context))


def _merge(session: Session, paths: Sequence[str], values: dict[str, o.Value]) -> int:
    from lazaretto.reports.hunt import exposure_text
    from lazaretto.reports.hunt_document import Machine, exposure_json, highest, newest, read_documents

    machines: list[Machine] = []
    for path in paths:
        try:
            file = Path(path)
            if file.stat().st_size > LARGEST:
                raise ValueError(f"more than {LARGEST} bytes")
            machines += read_documents(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            text = session.translate(N_("{file} is no answer of hunt: {error}"), {"file": path, "error": reason})
            raise click.UsageError(text) from error
    machines = newest(machines)
    name = values["format_name"]
    with Output(values["output"], human=name == "text") as output:
        context = session.context(
            colour=name == "text" and not output.to_file and wants_colour(values["color"], sys.stdout, session.environ),
            ascii=output.plain,
        )
        output.write(exposure_text(machines, context) if name == "text" else exposure_json(machines, context))
    if not machines:
        return INCOMPLETE
    return exit_code(highest(machines), complete=all(machine.complete for machine in machines))


def _progress(session: Session, values: dict[str, o.Value]) -> Line | None:
    if values["quiet"] or values["no_progress"] or not wanted(sys.stderr, session.environ):
        return None
    return Line(sys.stderr, session.translate, shutil.get_terminal_size((80, 24)).columns)
