"""`lazaretto run`: what does this project do when it runs?"""

import shutil
import sys
from typing import TYPE_CHECKING

import click

from lazaretto.cli import options as o
from lazaretto.cli.output import Output, wants_colour
from lazaretto.cli.progress import Line, wanted
from lazaretto.cli.session import Session
from lazaretto.model.text import N_
from lazaretto.reports.exits import FailOn, exit_code

if TYPE_CHECKING:
    from lazaretto.model.report import Checked

_EPILOG = N_(
    "Exit codes: 0 nothing at or above --fail-on, 10 suspicious, 20 malicious, 3 incomplete or no sandbox, "
    "2 usage, unwritable answer."
)


@click.command(
    cls=o.Command,
    epilog=_EPILOG,
    help=N_(
        "What does this project do when it is installed and started? It runs in a sandbox without network, home or "
        "keys, and its folder is not changed.\n\n"
        "Without a COMMAND: what npm or pip would run. Linux, no root; needs bubblewrap, nftables and iproute2."
    ),
)
@click.argument("path", metavar="[PATH]", default=".")
@click.argument("command", metavar="[-- COMMAND]...", nargs=-1, type=click.UNPROCESSED)
@o.option(
    "--seconds",
    group=o.WORK,
    type=click.IntRange(min=1, max=86400),
    default=60,
    show_default=True,
    metavar="N",
    help=N_("Wall time of each phase; what still runs then is ended."),
)
@o.FORMAT
@o.OUTPUT
@o.option("--all", "show_all", group=o.ANSWER, is_flag=True, help=N_("Show weak findings and every event, too."))
@o.FAIL_ON
@o.LANG
@o.COLOR
@o.option("--no-progress", group=o.OTHER, is_flag=True, help=N_("No progress line on stderr."))
@o.QUIET
@o.option("-v", "--verbose", group=o.OTHER, is_flag=True, help=N_("List everything that was not checked."))
@click.pass_obj
def run(session: Session, /, path: str, command: tuple[str, ...], **values: o.Value) -> int:
    """Run and return the exit code."""
    from lazaretto.reports.run import as_json, as_text

    session.quiet = values["quiet"]
    fail_on = FailOn(values["fail_on"])

    def code(checked: "Checked") -> int:
        return exit_code(checked, fail_on)

    progress = None
    if not values["quiet"] and not values["no_progress"] and wanted(sys.stderr, session.environ):
        progress = Line(sys.stderr, session.translate, shutil.get_terminal_size((80, 24)).columns)
    text = values["format_name"] == "text"
    with Output(values["output"], human=text) as output:
        chosen = {"path": path, "command": command, "seconds": values["seconds"], "now": session.now()}
        answer = session.app.run(chosen, progress)
        context = session.context(
            exit_code=code,
            colour=text and not output.to_file and wants_colour(values["color"], sys.stdout, session.environ),
            width=96
            if output.to_file or not sys.stdout.isatty()
            else max(50, min(120, shutil.get_terminal_size((96, 24)).columns)),
            show_all=values["show_all"],
            quiet=values["quiet"],
            verbose=values["verbose"],
            ascii=output.plain,
        )
        output.write(as_text(answer, context) if text else as_json(answer, context))
    return code(answer.checked)
