"""Our dialect of click: translated help, options in groups, an environment twin for every option."""

import copy
import re
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

import click

from lazaretto.cli.session import Session
from lazaretto.model.text import N_
from lazaretto.reports.exits import FailOn
from lazaretto.reports.i18n import LANGUAGES, Translator
from lazaretto.reports.lines import pad, wrap
from lazaretto.reports.safe import cells

F = TypeVar("F", bound=Callable[..., Any])

Value = Any
"""What click hands to a command; click has checked it against the option's type."""

INPUT, ANSWER, POLICY, WORK, NETWORK, LIMITS, OTHER = (
    N_("Input"),
    N_("Answer"),
    N_("Policy"),
    N_("Work"),
    N_("Network"),
    N_("Limits"),
    N_("Other"),
)
NARROW = 60
"""Columns below which a help page has no room for two columns."""
GROUPS = (INPUT, ANSWER, POLICY, WORK, NETWORK, LIMITS, OTHER)

PREFIX = "LAZARETTO_"
_HELP = N_("Show this page and exit.")


def say(context: click.Context) -> Translator:
    """Return the translator of the running session (English when a command is used outside of one)."""
    session = context.find_root().obj
    return session.translate if isinstance(session, Session) else Translator()


class Formatter(click.HelpFormatter):
    """Help pages that count cells (Hangul takes two) and put descriptions below the names on narrow terminals."""

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        indent = " " * self.current_indent
        paragraphs = ("\n".join(wrap(part, self.width, indent, indent)) for part in text.split("\n\n"))
        self.write("\n\n".join(paragraphs) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names and their descriptions."""
        rows = list(rows)
        most = col_max if self.width >= NARROW else 6
        column = min(max(cells(name) for name, _ in rows), most) + col_spacing + self.current_indent
        margin, indent = " " * self.current_indent, " " * column
        for name, text in rows:
            first = margin + name
            if cells(first) > column - col_spacing:
                self.write(first + "\n")
                first = indent
            self.write("\n".join(wrap(" ".join(text.split()), self.width, indent, pad(first, column))) + "\n")


class Context(click.Context):
    """A context that writes help pages our way."""

    formatter_class = Formatter


class Option(click.Option):
    """An option that knows its group and its environment variable."""

    def __init__(
        self, *args: Value, group: str = OTHER, twin: bool = True, variable: str = "", **kwargs: Value
    ) -> None:
        """`twin=False`: the environment variable is read by somebody else, and only shown here.

        `variable`: its name, where the option's own would say something else in another command.
        """
        super().__init__(*args, **kwargs)
        self.group = group
        long = next(name for name in self.opts if name.startswith("--"))
        self.twin_name = variable or PREFIX + long[2:].replace("-", "_").upper()
        if twin:
            self.envvar = self.twin_name

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option's line of the help page, translated."""
        shown = copy.copy(self)
        shown.help = f"{say(ctx)(self.help or '')}  [{self.twin_name}]"
        return super(Option, shown).get_help_record(ctx)


class Command(click.Command):
    """A command with a translated help page whose options are grouped by what they touch."""

    context_class = Context

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence; the group asks for it with the context at hand."""
        context = click.get_current_context(silent=True)
        text = say(context)(self.help or "") if context else self.help or ""
        return text.partition("\n")[0]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the description."""
        translated = copy.copy(self)
        translated.help = say(ctx)(self.help or "")
        super(Command, translated).format_help_text(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, group by group."""
        _write_groups(self, ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the epilogue line by line: it is a table."""
        if self.epilog:
            formatter.write("\n" + "".join(f"{line}\n" for line in say(ctx)(self.epilog).splitlines()))


class Group(click.Group):
    """The program: commands in the order in which they were added, near misses suggested."""

    command_class = Command
    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Keep the order of definition: the main job first."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; suggest the likeliest for an unknown one."""
        name = args[0] if args else ""
        if name and self.get_command(ctx, name) is None and not name.startswith("-"):
            close = get_close_matches(name, [*self.commands], n=1, cutoff=0.5)
            hint = N_("did you mean {name}?") if close else N_("to check a folder: lazaretto check {name}")
            if ctx.parent is not None and not close:
                hint = N_("{command} --help lists the commands")
            if name == "help":
                hint = N_("lazaretto --help lists the commands")
            text = say(ctx)(N_("no such command: {name}"), {"name": name})
            told = {"name": close[0] if close else name, "command": ctx.command_path}
            ctx.fail(f"{text}; {say(ctx)(hint, told)}")
        return super().resolve_command(ctx, args)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the description."""
        formatter.write_paragraph()
        with formatter.indentation():
            for paragraph in say(ctx)(self.help or "").split("\n\n"):
                formatter.write_text(paragraph)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, then the options."""
        rows = [(name, command.get_short_help_str()) for name, command in self.commands.items() if not command.hidden]
        with formatter.section(say(ctx)(N_("Commands"))):
            formatter.write_dl(rows)
        _write_groups(self, ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the epilogue line by line: it is a table."""
        Command.format_epilog(self, ctx, formatter)  # type: ignore[arg-type]  # uses only what both have


def _write_groups(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    groups: dict[str, list[tuple[str, str]]] = {}
    help_option = command.get_help_option(ctx)
    for parameter in command.get_params(ctx):
        if not isinstance(parameter, click.Option):
            continue
        record = parameter.get_help_record(ctx)
        if parameter is help_option and record is not None:
            record = (record[0], say(ctx)(_HELP))
        if record is not None:
            groups.setdefault(getattr(parameter, "group", OTHER), []).append(record)
    for name in GROUPS:
        if name in groups:
            with formatter.section(say(ctx)(name)):
                formatter.write_dl(groups[name], col_max=26)


class Size(click.ParamType[int]):
    """A number of bytes: `5000`, `64M`, `2G`; units of 1024."""

    name = "size"
    _pattern = re.compile(r"(\d{1,15})\s*([kmgt]?)i?b?", re.IGNORECASE)

    def convert(self, value: Value, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read a size.

        Raises:
            click.BadParameter: not a size.
        """
        if isinstance(value, int):
            return value
        match = self._pattern.fullmatch(str(value).strip())
        if match is None:
            self.fail(f"{value!r} is not a size; write bytes or 64M, 2G", param, ctx)
        return int(match[1]) << (10 * " kmgt".index(match[2].lower() or " "))


def option(*names: str, **settings: Value) -> Callable[[F], F]:
    """Like `click.option`, of our class."""
    return click.option(*names, cls=Option, **settings)


def apply(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Put several options on a command; their order is that of the help page."""

    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


def formats(names: Sequence[str], default: str) -> Callable[[F], F]:
    """Return the option that chooses the form of the answer."""
    return option(
        "--format", "format_name", group=ANSWER, type=click.Choice(names), default=default, show_default=True,
        help=N_("Form of the answer."),
    )  # fmt: skip


FORMAT = formats(("text", "json"), "text")
LANG = option(
    "--lang",
    group=OTHER,
    twin=False,
    expose_value=False,
    type=click.Choice(LANGUAGES),
    help=N_("Language of the answer. Default: that of the environment."),
)
COLOR = option(
    "--color",
    group=OTHER,
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help=N_("Colours; NO_COLOR and FORCE_COLOR are heeded."),
)
OUTPUT = option(
    "-o",
    "--output",
    group=ANSWER,
    metavar="FILE",
    help=N_("Write the answer to a file, all or nothing; - is standard output."),
)
STORE = option(
    "--store",
    group=INPUT,
    metavar="PLACE",
    default="",
    help=N_("The store: a path, a database URL, or off. Default: a file in your data folder."),
)
QUIET = option("-q", "--quiet", group=OTHER, is_flag=True, help=N_("Only verdicts and errors."))
FAIL_ON = option(
    "--fail-on",
    group=POLICY,
    type=click.Choice([level.value for level in FailOn]),
    default=FailOn.SUSPICIOUS.value,
    show_default=True,
    help=N_("Lowest grade that sets the exit code. What could not be checked still gives 3."),
)
ONLINE = option(
    "--online/--offline",
    group=WORK,
    default=False,
    help=N_("May the network be used? Default: offline, for everything."),
)
_LIMITS: tuple[tuple[str, str, Any, str], ...] = (
    ("--max-total", "total_bytes", Size(), N_("Bytes read of one target, archives unpacked.")),
    ("--max-file", "file_bytes", Size(), N_("Bytes of one file.")),
    ("--max-archive", "archive_bytes", Size(), N_("Bytes unpacked from one archive.")),
    ("--max-files", "files", click.IntRange(min=1), N_("Files of one target.")),
    ("--max-nesting", "nesting", click.IntRange(min=0), N_("Archives within archives.")),
    ("--max-seconds", "file_seconds", click.FloatRange(min=0.1), N_("Seconds for one file.")),
    ("--max-memory", "worker_bytes", Size(), N_("Bytes of memory of one worker.")),
)
LIMIT_FIELDS = {name[2:].replace("-", "_"): field for name, field, _, _ in _LIMITS}
"""Option value name -> field of `Limits`."""
LIMIT_OPTIONS = apply(
    *(option(name, group=LIMITS, type=kind, metavar="N", help=text) for name, _, kind, text in _LIMITS)
)
