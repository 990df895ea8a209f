"""`lazaretto check`: the main job."""

import shutil
import sys
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lazaretto.cli import options as o
from lazaretto.cli.output import Output, wants_colour
from lazaretto.cli.progress import Line, wanted
from lazaretto.cli.session import Session
from lazaretto.model.finding import Examination
from lazaretto.model.report import Checked
from lazaretto.model.text import N_
from lazaretto.reports.catalog import FORMATS, Format, by_name
from lazaretto.reports.context import Context, RuleCard
from lazaretto.reports.exits import INCOMPLETE, FailOn, combine, exit_code
from lazaretto.reports.i18n import LANGUAGES, translator

if TYPE_CHECKING:
    from lazaretto.app.check import Options
    from lazaretto.app.examine import Progress

_EPILOG = N_(
    "Exit codes, the same for every format:\n"
    "  0  nothing at or above --fail-on      3  incomplete: something could not be checked\n"
    " 10  suspicious                         2  usage, configuration, unwritable answer\n"
    " 20  malicious                          1  a crash of lazaretto itself"
)


EXAMINING = o.apply(
    o.option(
        "--ignore-file",
        group=o.INPUT,
        metavar="FILE",
        help=N_("Findings you have decided to live with (TOML). Never read from the target."),
    ),
    o.option(
        "--format",
        "format_name",
        group=o.ANSWER,
        type=click.Choice([fmt.name for fmt in FORMATS]),
        default="text",
        show_default=True,
        help=N_("Form of the answer."),
    ),
    o.OUTPUT,
    o.option("--all", "show_all", group=o.ANSWER, is_flag=True, help=N_("Show weak findings and every place, too.")),
    o.option("--statistics", group=o.ANSWER, is_flag=True, help=N_("Append counts by rule and by file.")),
    o.FAIL_ON,
    o.option("--exit-zero", group=o.POLICY, is_flag=True, help=N_("Exit with 0 whatever was found or not checked.")),
    o.ONLINE,
    o.option(
        "--jobs",
        group=o.WORK,
        type=click.IntRange(min=0),
        default=0,
        metavar="N",
        help=N_("Worker processes; 0 = all processors."),
    ),
    o.option("--no-cache", group=o.WORK, is_flag=True, help=N_("Examine every file anew, and remember nothing.")),
    o.LIMIT_OPTIONS,
    o.LANG,
    o.COLOR,
    o.option("--no-progress", group=o.OTHER, is_flag=True, help=N_("No progress line on stderr.")),
    o.QUIET,
    o.option("-v", "--verbose", group=o.OTHER, is_flag=True, help=N_("List everything that was not checked.")),
)
"""The options of every command that examines targets."""


@click.command(
    cls=o.Command,
    epilog=_EPILOG,
    help=N_(
        "Is this folder, archive, file, lockfile, repository or package malicious? Nothing in it is executed.\n\n"
        "TARGET is a path, a git repository (PATH#REVISION), a purl, npm:NAME@VERSION or pypi:NAME==VERSION."
    ),
)
@click.argument("targets", metavar="[TARGET]...", nargs=-1)
@o.option("--files-from", group=o.INPUT, metavar="FILE", help=N_("Read targets from a file, one a line; - is stdin."))
@o.option(
    "--against",
    group=o.INPUT,
    metavar="OLD",
    help=N_("Say what TARGET adds to this older version; previous = the version below it (--online)."),
)
@EXAMINING
@click.pass_obj
def check(session: Session, /, targets: tuple[str, ...], **values: o.Value) -> int:
    """Check targets and return the exit code."""
    session.quiet = values["quiet"]
    if not targets and not values["files_from"]:
        message = session.translate(N_("no target; name a folder, archive, file or package, or use --files-from"))
        raise click.UsageError(message)
    if values["against"] and (len(targets) != 1 or values["files_from"]):
        raise click.UsageError(session.translate(N_("--against compares one target with one older version")))
    return answer(session, targets, values)


def answer(session: Session, targets: tuple[str, ...], values: Mapping[str, o.Value]) -> int:
    """Check, write the answer as the options say, and return the exit code."""
    fmt = by_name(values["format_name"])
    settings = _options(session, values)
    fail_on, zero = FailOn(values["fail_on"]), values["exit_zero"]
    keep_partial = fmt.each is not None and not fmt.ordered
    with Output(values["output"], human=fmt.human or fmt.name == "github", keep_partial=keep_partial) as output:
        other = next(lang for lang in LANGUAGES if lang != session.translate.lang)
        context = session.context(
            exit_code=lambda checked: exit_code(checked, fail_on, exit_zero=zero),
            other=translator(other),
            rules=lambda: _cards(session),
            colour=fmt.human and _coloured(values["color"], output, session.environ),
            width=_width(output),
            show_all=values["show_all"],
            quiet=values["quiet"],
            verbose=values["verbose"],
            statistics=values["statistics"],
            ascii=output.plain,
        )
        line = _progress(session, values)
        answers = _answers(session, targets, values["files_from"], settings, line, in_order=fmt.ordered)
        return _write(session, answers, fmt, context, output, line)


def _write(
    session: Session, answers: Iterable[Checked], fmt: Format, context: Context, output: Output, line: Line | None
) -> int:
    """Write answers as they come, or all at the end, and return the exit code."""
    kept: list[Checked] = []
    codes: list[int] = []
    for checked in answers:
        codes.append(context.exit_code(checked))
        session.code = combine(codes)
        if fmt.each is not None:
            if line is not None:
                line.clear()
            between = "\n" if fmt.human and len(codes) > 1 and not context.quiet else ""
            output.write(between + fmt.each(checked, context))
        kept.append(checked if fmt.render else _small(checked))
    if not codes:
        session.say(N_("there was no target in the list"))
        return INCOMPLETE
    if fmt.render is not None:
        output.write(fmt.render(kept, context))
    elif fmt.tail is not None and (tail := fmt.tail(kept, context)):
        output.write(tail if context.quiet else f"\n{tail}")
    return combine(codes)


def _small(checked: Checked) -> Checked:
    """Drop what only the answer's own text needed: lists may be thousands of targets long."""
    examination = Examination(checked.examination.subject, coverage=checked.examination.coverage)
    return replace(checked, examination=examination, verdict=replace(checked.verdict, reasons=()), ignored=())


def _answers(
    session: Session,
    targets: tuple[str, ...],
    files_from: str | None,
    settings: "Options",
    progress: "Progress | None",
    *,
    in_order: bool,
) -> Iterator[Checked]:
    if files_from is None and len(targets) == 1:
        yield session.app.check(targets[0], settings, progress)
        return
    taken: list[str] = []

    def named() -> Iterator[str]:
        for target in _all_targets(session, targets, files_from):
            taken.append(target.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))
            yield target

    found = session.app.check_many(named(), settings, progress)
    yield from _in_order(found, taken) if in_order else found


def _in_order(found: Iterable[Checked], taken: list[str]) -> Iterator[Checked]:
    """Hold answers back until it is their turn; `taken` grows while we iterate."""
    waiting: defaultdict[str, deque[Checked]] = defaultdict(deque)
    following = 0
    for checked in found:
        waiting[checked.target].append(checked)
        while following < len(taken) and waiting[taken[following]]:
            yield waiting[taken[following]].popleft()
            following += 1
    for name in (*taken[following:], *sorted(waiting)):  # an answer under another name must not be lost
        while waiting[name]:
            yield waiting[name].popleft()


def _all_targets(session: Session, targets: tuple[str, ...], files_from: str | None) -> Iterator[str]:
    yield from targets
    if files_from is None:
        return
    if files_from == "-":
        yield from session.app.specs(sys.stdin.buffer)
        return
    with Path(files_from).open("rb") as stream:
        yield from session.app.specs(stream)


def _options(session: Session, values: Mapping[str, o.Value]) -> "Options":
    now = session.now()
    chosen: dict[str, object] = {
        "online": values["online"],
        "jobs": values["jobs"],
        "cache": not values["no_cache"],
        "now": now,
        "against": values["against"] or "",
    }
    limits = limits_from(values)
    if limits:
        from lazaretto.parse.limits import DEFAULT

        chosen["limits"] = replace(DEFAULT, **limits)
    if values["ignore_file"]:
        ignore = session.app.load_ignore(Path(values["ignore_file"]), now)
        chosen["ignore"] = ignore
        for waiver in ignore.expired:
            expired = N_("the entry for {rule} in {file} expired on {date}; it no longer counts")
            session.say(expired, {"rule": waiver.rule, "file": values["ignore_file"], "date": waiver.expires})
    _check_list(session, values["files_from"])
    return session.app.options(chosen)


def limits_from(values: Mapping[str, o.Value]) -> dict[str, o.Value]:
    """Return the fields of `Limits` that the user has set."""
    return {field: values[name] for name, field in o.LIMIT_FIELDS.items() if values.get(name) is not None}


def _check_list(session: Session, files_from: str | None) -> None:
    """Find out early that a list cannot be read."""
    if files_from in (None, "-"):
        return
    try:
        with Path(str(files_from)).open("rb"):
            return
    except OSError as error:
        text = N_("list {file} cannot be read: {error}")
        reason = session.translate(text, {"file": files_from, "error": error.strerror or error})
        raise click.UsageError(reason) from error


def _cards(session: Session) -> Mapping[str, RuleCard]:
    return {rule.id: rule for rule in session.app.rules()}


def _coloured(choice: str, output: Output, environ: Mapping[str, str]) -> bool:
    if output.to_file:
        return choice == "always"
    return wants_colour(choice, sys.stdout, environ)


def _width(output: Output) -> int:
    if output.to_file or not sys.stdout.isatty():
        return 96
    return max(50, min(120, shutil.get_terminal_size((96, 24)).columns))


def _progress(session: Session, values: Mapping[str, o.Value]) -> Line | None:
    if values["quiet"] or values["no_progress"] or not wanted(sys.stderr, session.environ):
        return None
    return Line(sys.stderr, session.translate, shutil.get_terminal_size((80, 24)).columns)
