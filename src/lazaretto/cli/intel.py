"""`lazaretto intel`: the store of threat intelligence, brought up to date and asked."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from lazaretto.cli import options as o
from lazaretto.cli.output import Output, wants_colour
from lazaretto.cli.progress import Line, wanted
from lazaretto.cli.session import Session
from lazaretto.model.finding import Gap
from lazaretto.model.intel_answer import Word
from lazaretto.model.text import N_
from lazaretto.reports.context import Context
from lazaretto.reports.exits import INCOMPLETE, MALICIOUS, NOTHING, SUSPICIOUS, USAGE

if TYPE_CHECKING:
    from types import ModuleType

_FORMAT = o.FORMAT
_ALL = o.option("--all", "show_all", group=o.ANSWER, is_flag=True, help=N_("Show weak findings and every place, too."))
_VERBOSE = o.option("-v", "--verbose", group=o.OTHER, is_flag=True, help=N_("List everything that was not checked."))


@click.group(
    cls=o.Group,
    name="intel",
    no_args_is_help=True,
    help=N_("Threat intelligence: what is recorded about campaigns, packages and addresses, and since when."),
)
def intel() -> None:
    """Group the commands about intelligence."""


@dataclass(frozen=True, slots=True)
class _Page:
    """Where and how to write one answer."""

    session: Session
    values: dict[str, o.Value]

    def write(self, name: str, answer: object) -> None:
        """Render `answer` by the function `name` of the right module."""
        values, session = self.values, self.session
        human = values["format_name"] == "text"
        with Output(values["output"], human=human) as output:
            context = session.context(
                colour=human and not output.to_file and wants_colour(values["color"], sys.stdout, session.environ),
                width=96 if output.to_file or not sys.stdout.isatty() else max(50, min(140, _columns())),
                show_all=values.get("show_all", False),
                verbose=values.get("verbose", False),
                ascii=output.plain,
            )
            render: Callable[[object, Context], str] = getattr(_reports(human=human), name)
            output.write(render(answer, context))


def _reports(*, human: bool) -> "ModuleType":
    if human:
        from lazaretto.reports import intel as module
    else:
        from lazaretto.reports import intel_document as module  # type: ignore[no-redef]  # the same functions
    return module


def _columns() -> int:
    return shutil.get_terminal_size((96, 24)).columns


@intel.command(
    cls=o.Command,
    help=N_(
        "Bring the store up to date: from documents on this disk (--from), or from the feeds with --online.\n\n"
        "Formats: OSV records, STIX 2.0 and 2.1 bundles, MISP events, lists of indicators, a folder or zip of them. "
        "All or nothing: whatever fails, yesterday's store stays as it was."
    ),
)
@o.option(
    "--from", "paths", group=o.INPUT, metavar="PATH", multiple=True, help=N_("A file, folder or zip of feed documents.")
)
@o.option(
    "--feed",
    "feeds",
    group=o.INPUT,
    metavar="NAME",
    multiple=True,
    help=N_("With --online: only this feed. With --from: read everything as this format."),
)
@o.option("--feeds", "table", group=o.INPUT, metavar="FILE", help=N_("Your own table of feeds (TOML), laid over ours."))
@o.option("--url", group=o.INPUT, metavar="URL", default="", help=N_("Fetch the one named feed from another address."))
@o.option(
    "--replace",
    group=o.WORK,
    is_flag=True,
    help=N_("What is read is the whole feed: what is not in it any more is gone."),
)
@o.option("--force", group=o.WORK, is_flag=True, help=N_("Take over a feed that lost most of its records."))
@o.STORE
@o.ONLINE
@_FORMAT
@o.OUTPUT
@o.LANG
@o.COLOR
@o.option("--no-progress", group=o.OTHER, is_flag=True, help=N_("No progress line on stderr."))
@o.QUIET
@_VERBOSE
@click.pass_obj
def update(session: Session, /, **values: o.Value) -> int:
    """Bring the store up to date and return the exit code."""
    session.quiet = values["quiet"]
    _check_update(session, values)
    line = _line(session, values)
    results = session.app.intel_update(values, session.now(), line)
    _Page(session, values).write("update", results)
    return NOTHING if all(result.complete for result in results) else INCOMPLETE


def _check_update(session: Session, values: dict[str, o.Value]) -> None:
    problem = ""
    if not values["paths"] and not values["online"]:
        problem = N_("nothing to read: name documents with --from, or allow the network with --online")
    elif values["paths"] and values["url"]:
        problem = N_("--from reads from this disk; it does not go together with --url")
    elif values["paths"] and len(values["feeds"]) > 1:
        problem = N_("with --from there can be only one --feed")
    if problem:
        raise click.UsageError(session.translate(problem))


def _line(session: Session, values: dict[str, o.Value]) -> Callable[[str, int], None] | None:
    if values["quiet"] or values["no_progress"] or not wanted(sys.stderr, session.environ):
        return None
    line = Line(sys.stderr, session.translate, shutil.get_terminal_size((80, 24)).columns)
    last = ("", 0)

    def advance(feed: str, count: int) -> None:
        nonlocal last
        if feed != last[0]:
            line.start(feed, None)
            last = feed, 0
        line.advance(count - last[1])
        last = feed, count

    return advance


@intel.command(
    cls=o.Command,
    help=N_(
        "Is this package recorded as malicious? Nothing is fetched.\n\n"
        "PACKAGE is npm:NAME@VERSION, pypi:NAME==VERSION, a purl, or a lockfile, manifest or folder on this disk."
    ),
    epilog=N_(
        "Exit codes:\n"
        "  0  nothing recorded against it        3  incomplete: something could not be read\n"
        " 10  its name is listed, not its version 2  usage or configuration\n"
        " 20  malicious"
    ),
)
@click.argument("packages", metavar="PACKAGE...", nargs=-1, required=True)
@o.STORE
@_FORMAT
@o.OUTPUT
@o.LANG
@o.COLOR
@o.QUIET
@click.pass_obj
def match(session: Session, /, packages: tuple[str, ...], **values: o.Value) -> int:
    """Match packages and return the exit code."""
    session.quiet = values["quiet"]
    answer = session.app.intel_match(packages, values["store"], session.now())
    _Page(session, values).write("match", answer)
    return _code([one.word for one in answer.answers], answer.gaps, answer.packages)


def _code(words: list[Word], gaps: tuple[Gap, ...], packages: int) -> int:
    if Word.MALICIOUS in words:
        return MALICIOUS
    if Word.NAMED in words:
        return SUSPICIOUS
    return INCOMPLETE if not packages or any(not gap.partial for gap in gaps) else NOTHING


@intel.command("list", cls=o.Command, help=N_("List the campaigns that are recorded."))
@o.STORE
@_FORMAT
@o.OUTPUT
@o.LANG
@o.COLOR
@click.pass_obj
def list_(session: Session, /, **values: o.Value) -> int:
    """List campaigns."""
    _Page(session, values).write("campaigns", session.app.intel_list(values["store"], session.now()))
    return NOTHING


@intel.command(
    cls=o.Command,
    help=N_("Show everything recorded about a campaign, an indicator or an advisory, with sources and dates."),
)
@click.argument("word", metavar="CAMPAIGN|INDICATOR|ADVISORY")
@_ALL
@o.STORE
@_FORMAT
@o.OUTPUT
@o.LANG
@o.COLOR
@click.pass_obj
def show(session: Session, /, word: str, **values: o.Value) -> int:
    """Show one thing; exit code 2 when nothing is recorded under the word."""
    shown = session.app.intel_show(word, values["store"], session.now())
    _Page(session, values).write("show", shown)
    return USAGE if shown.empty else NOTHING


@intel.command(cls=o.Command, help=N_("What the store holds: feeds, dates, counts, size."))
@o.STORE
@_FORMAT
@o.OUTPUT
@o.LANG
@o.COLOR
@click.pass_obj
def status(session: Session, /, **values: o.Value) -> int:
    """Say what the store holds."""
    _Page(session, values).write("status", session.app.intel_status(values["store"]))
    return NOTHING
