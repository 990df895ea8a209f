"""Commands of `lazaretto watch` besides watching: doctor, bait, alerts, close."""

import json
import sys
from typing import Any

import click

from lazaretto.cli import options as o
from lazaretto.cli.output import Output, wants_colour
from lazaretto.cli.session import Session, encoding
from lazaretto.cli.watch import FOLDER, OUTLETS, option
from lazaretto.model.text import N_
from lazaretto.reports.exits import INCOMPLETE, NOTHING, SUSPICIOUS
from lazaretto.reports.safe import fit

_FORM = option(
    "--format", "format_name", group=o.ANSWER, type=click.Choice(("text", "json")), default="text", show_default=True,
    help=N_("Form of the answer."),
)  # fmt: skip


@click.command(cls=o.Command, help=N_("Which sensors run here, what do they see, and what can they not see?"))
@FOLDER
@_FORM
@o.LANG
@o.COLOR
@click.pass_obj
def doctor(session: Session, /, **values: o.Value) -> int:
    """Look, and return the exit code: 3 when programs or connections are not seen."""
    from lazaretto.reports.watch_doctor import as_json, as_text

    looked = session.app.watch_doctor(values)
    if values["format_name"] == "json":
        _print(json.dumps(as_json(looked), ensure_ascii=False) + "\n")
    else:
        context = session.context(colour=wants_colour(values["color"], sys.stdout, session.environ))
        _print("\n".join(as_text(looked, context)) + "\n")
    return NOTHING if looked.works else INCOMPLETE


@click.command(cls=o.Command, help=N_("Lay out bait in your home, where stealers look, or take it away."))
@FOLDER
@option("--remove", "remove", group=o.WORK, is_flag=True, help=N_("Take all bait away."))
@o.LANG
@o.QUIET
@click.pass_obj
def bait(session: Session, /, **values: o.Value) -> int:
    """Lay out or remove."""
    paths = session.app.watch_bait(values, remove=values["remove"])
    for path in paths:
        _print(f"{path}\n")
    told = N_("{count} files of bait were taken away") if values["remove"] else N_("{count} files of bait lie there")
    session.say(told, {"count": len(paths)})
    return NOTHING


@click.command(cls=o.Command, help=N_("List the alerts that nobody closed."))
@FOLDER
@_FORM
@o.LANG
@o.COLOR
@click.pass_obj
def alerts(session: Session, /, **values: o.Value) -> int:
    """List; the exit code is 10 when there are any."""
    from lazaretto.reports.watch_doctor import open_lines

    found = session.app.watch_alerts(values)
    if values["format_name"] == "json":
        _print("".join(json.dumps(one, ensure_ascii=True) + "\n" for one in found))
    else:
        context = session.context(colour=wants_colour(values["color"], sys.stdout, session.environ))
        _print("".join(f"{line}\n" for line in open_lines(found, context)))
    session.say(N_("{count} open alerts"), {"count": len(found)})
    return SUSPICIOUS if found else NOTHING


@click.command(cls=o.Command, help=N_("Close an alert; the first characters of its id are enough."))
@click.argument("key", metavar="ID")
@FOLDER
@o.LANG
@o.QUIET
@click.pass_obj
def close(session: Session, /, key: str, **values: o.Value) -> int:
    """Close."""
    closed = session.app.watch_close(values, key)
    session.say(N_("{count} alerts closed"), {"count": len(closed)})
    return NOTHING if closed else INCOMPLETE


@click.command(cls=o.Command, help=N_("Write a systemd unit that keeps a watcher running."))
@option("--system", "system", group=o.WORK, is_flag=True, help=N_("For the whole computer; needs root."))
@option("--dry-run", "dry_run", group=o.WORK, is_flag=True, help=N_("Only print it."))
@OUTLETS
@o.LANG
@o.QUIET
@click.pass_obj
def install(session: Session, /, **values: o.Value) -> int:
    """Write the unit, and say what to do next."""
    path, text = session.app.watch_install(values)
    if values["dry_run"]:
        _print(f"# {path}\n{text}")
        return NOTHING
    who = "" if values["system"] else " --user"
    told = {"path": path, "command": f"systemctl{who} enable --now lazaretto-watch"}
    session.say(N_("{path} is written; start it with {command}"), told)
    return NOTHING


def _print(text: str) -> None:
    with Output(None) as output:
        output.write(fit(text, encoding(sys.stdout)))


COMMANDS: tuple[Any, ...] = (doctor, bait, alerts, close, install)
