"""`lazaretto run`: what does this project do when it runs?"""

import shutil
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lazaretto.cli import options as o
from lazaretto.cli.output import Output, wants_colour
from lazaretto.cli.progress import Line, wanted
from lazaretto.cli.run_apply import apply
from lazaretto.cli.session import Session
from lazaretto.model.text import N_, Message
from lazaretto.reports.exits import FailOn, exit_code
from lazaretto.reports.i18n import translator

if TYPE_CHECKING:
    from lazaretto.app.run import Way
    from lazaretto.model.report import Checked

_EPILOG = N_(
    "Exit codes: 0 nothing at or above --fail-on, 10 suspicious, 20 malicious, 3 incomplete or no sandbox, "
    "2 usage, unwritable answer."
)


class Port(click.ParamType[tuple[int, int]]):
    """`PORT`, or `HERE:INSIDE`."""

    name = "port"

    def convert(self, value: o.Value, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Read one or two numbers."""
        if isinstance(value, tuple):
            return value
        here, _, inside = str(value).partition(":")
        numbers = [int(one) for one in (here, inside or here) if one.isascii() and one.isdecimal() and len(one) < 6]
        if len(numbers) != 2 or not all(0 < number < 65536 for number in numbers):
            self.fail(f"{value!r} is no port and no HERE:INSIDE", param, ctx)
        return numbers[0], numbers[1]


class RunCommand(o.Command):
    """`run`, of which `run apply` is another command. A folder of that name is `./apply`."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: o.Value
    ) -> click.Context:
        """Hand over to the other command."""
        if args[:1] == [apply.name]:
            return apply.make_context(f"{info_name} {apply.name}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@click.command(
    cls=RunCommand,
    epilog=_EPILOG,
    help=N_(
        "What does this project do when it is opened, installed and started? It runs in a sandbox without home, keys "
        "or network, and its folder is not changed.\n\n"
        "TARGET is a folder, a package (npm:NAME@VERSION, pypi:NAME==VERSION) or a git URL. Without a COMMAND: what "
        "editors, git, package clients and its start script would do. Package registries are reached through the "
        "registry firewall only; every other host is played by the sandbox. Linux, no root; needs bubblewrap, nftables "
        "and iproute2."
    ),
)
@click.argument("path", metavar="[TARGET]", default=".")
@click.argument("command", metavar="[-- COMMAND]...", nargs=-1, type=click.UNPROCESSED)
@o.option("--shell", group=o.WORK, is_flag=True, help=N_("A shell inside, in place of a command."))
@o.option(
    "--edit",
    group=o.WORK,
    is_flag=True,
    help=N_("Keep changes of the project for the next run; `lazaretto run apply` shows them and copies them back."),
)
@o.option(
    "--publish",
    group=o.WORK,
    multiple=True,
    type=Port(),
    metavar="PORT",
    help=N_("Show a port inside at the same port of 127.0.0.1, until Ctrl-C; HERE:INSIDE for another one."),
)
@o.option(
    "--seconds",
    group=o.WORK,
    type=click.IntRange(min=1, max=604800),
    metavar="N",
    help=N_("Wall time of each command. Default: installations 900, opening and starting 20, importing 30."),
)
@o.option(
    "--allow",
    group=o.NETWORK,
    multiple=True,
    metavar="HOST",
    help=N_(
        "A host that may be reached, at ports 443 and 80, or NAME:PORT; by its own name and public addresses only."
    ),
)
@o.option("--offline", group=o.NETWORK, is_flag=True, help=N_("Reach no registry either."))
@o.formats(("text", "json", "html", "ocsf", "stix", "pcap"), "text")
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
    from lazaretto.reports.run_catalog import by_name

    session.quiet = values["quiet"]
    fail_on = FailOn(values["fail_on"])

    def code(checked: "Checked") -> int:
        return exit_code(checked, fail_on)

    talks = values["shell"]
    if talks and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("--shell needs a terminal")
    if talks and command:
        raise click.UsageError("--shell and a command exclude each other")
    shown = bool(values["publish"] or command) and not values["quiet"] and not talks
    progress = None
    if not (values["quiet"] or values["no_progress"] or shown or talks) and wanted(sys.stderr, session.environ):
        progress = Line(sys.stderr, session.translate, shutil.get_terminal_size((80, 24)).columns)
    form = by_name(values["format_name"])
    if form.binary and values["output"] in (None, "-") and sys.stdout.isatty():
        raise click.UsageError(session.translate(N_("a packet capture is not for a terminal: add --output FILE")))
    text = form.human
    with Output(values["output"], human=text) as output, ExitStack() as stack:
        chosen = {
            "path": path,
            "command": command,
            "seconds": values["seconds"],
            "now": session.now(),
            "offline": values["offline"],
            "allow": values["allow"],
            "publish": values["publish"],
            "way": None if values["offline"] else _way(session, stack),
            "say": lambda message: session.say(message.template, dict(message.params)),
            "environment": session.environ,
        }
        if values["edit"]:
            chosen["kept"] = _kept(path, session, stack)
        if shown:
            chosen["echo"] = _echo(wants_colour(values["color"], sys.stderr, session.environ))
        if talks:
            from lazaretto.cli.terminal import Terminal

            chosen["terminal"] = stack.enter_context(Terminal()).open
        for here, inside in values["publish"]:
            params = {"here": here, "inside": inside}
            session.say(N_("port {inside} inside is shown at http://127.0.0.1:{here}/ until Ctrl-C"), params)
        answer = session.app.run(chosen, progress)
        stack.close()
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
            other=translator("en" if session.translate.lang == "ko" else "ko") if form.name == "html" else None,
        )
        output.write(form.render(answer, context))
    return code(answer.checked)


def _kept(path: str, session: Session, stack: ExitStack) -> Path:
    """Return the folder that keeps work on a project, for this run alone."""
    from lazaretto.adapters.sandbox.kept import KeptInUseError, opened_kept

    if not Path(path).is_dir():
        raise click.UsageError("--edit needs a folder")
    try:
        kept = stack.enter_context(opened_kept(Path(path), session.environ))
    except KeptInUseError as error:
        raise click.UsageError("another run works on this project with --edit") from error
    session.say(N_("changes are kept in {path}"), {"path": str(kept)})
    return kept


def _echo(colour: bool) -> Callable[[bytes], None]:  # noqa: FBT001 - one of two kinds
    """Return what shows a command's own output on stderr, without what could harm the terminal."""
    from lazaretto.reports.screen import Screen

    screen = Screen(colour=colour, interactive=False)

    def show(part: bytes) -> None:
        sys.stderr.buffer.write(screen.feed(part))
        sys.stderr.buffer.flush()

    return show


def _way(session: Session, stack: ExitStack) -> "Way | None":
    """Return the way to a registry firewall of this run's own; None (and a word about it) when there is none."""
    from importlib.util import find_spec

    from lazaretto.app.run import Way
    from lazaretto.cli.gate_child import Gate

    if find_spec("aiohttp") is None:
        session.say(N_("no registry can be reached: pip install lazaretto[gate]"))
        return None
    gate = Gate({})
    stack.callback(gate.close)

    def refused() -> list[tuple[str, str, Message | None]]:
        if gate.error:
            session.say(N_("the registry firewall could not be started: {error}"), {"error": gate.error})
        return gate.refused()

    return Way(gate.dial, refused)
