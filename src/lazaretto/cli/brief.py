"""`lazaretto brief`: write a threat brief, or check a written one."""

import sys
from datetime import UTC, datetime

import click

from lazaretto.cli import options as o
from lazaretto.cli.output import Output, OutputError, wants_colour
from lazaretto.cli.session import Session
from lazaretto.model.text import N_
from lazaretto.reports.exits import NOTHING, SUSPICIOUS

_FORMATS = ("md", "html", "pdf", "stix", "json")


class _Group(o.Group):
    """`brief CAMPAIGN` means `brief write CAMPAIGN`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command in where it was left out."""
        if args and args[0] not in self.commands and not {"-h", "--help"}.intersection(args[:1]):
            args = ["write", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=_Group,
    name="brief",
    no_args_is_help=True,
    help=N_(
        "Write a threat brief about a recorded campaign (brief CAMPAIGN), or check a written one (brief lint FILE)."
    ),
)
def brief() -> None:
    """Group the commands about briefs."""


@brief.command(
    cls=o.Command,
    help=N_(
        "Write a brief about a recorded campaign, in the language of --lang. The word write may be left out.\n\n"
        "Every sentence comes from recorded facts with their sources and dates; no language model has a part in it."
    ),
)
@click.argument("campaign", metavar="CAMPAIGN")
@o.formats(_FORMATS, default="md")
@o.option(
    "--exposure",
    group=o.INPUT,
    metavar="FILE",
    default="",
    help=N_("The answer of a hunt (JSON), to be told as our exposure."),
)
@o.option(
    "--font",
    group=o.ANSWER,
    metavar="FILE",
    default="",
    help=N_("For PDF: a TrueType or OpenType font that has Hangul."),
)
@o.STORE
@o.OUTPUT
@o.LANG
@click.pass_obj
def write(session: Session, /, campaign: str, **values: o.Value) -> int:
    """Write a brief."""
    from lazaretto.reports.brief.blocks import blocks
    from lazaretto.reports.brief.catalog import FORMATS
    from lazaretto.reports.brief.plan import plan

    facts = session.app.campaign(campaign, values["store"], session.now())
    exposure = session.app.exposure(values["exposure"]) if values["exposure"] else None
    now = session.now()
    planned = plan(facts, exposure, now.date())
    chosen = next(one for one in FORMATS if one.name == values["format_name"])
    if chosen.render is None:
        if values["output"] in (None, "-") and sys.stdout.isatty():
            raise click.UsageError(session.translate(N_("a PDF is not for the terminal: name a file with -o")))
        made = datetime(now.year, now.month, now.day, tzinfo=UTC)
        try:
            session.app.pdf(blocks(planned, session.context()), values["output"] or "-", values["font"], made)
        except OSError as error:
            raise OutputError(
                N_("{file} cannot be written: {error}"), file=values["output"] or "-", error=error.strerror or error
            ) from error
        return NOTHING
    with Output(values["output"], human=values["format_name"] == "md") as output:
        context = session.context(ascii=output.plain)
        output.write(chosen.render(planned, context))
    return NOTHING


@brief.command(
    cls=o.Command,
    help=N_(
        "Check a written brief: ATT&CK ids and names, dates, references, repeated text, basis of the severity, "
        "live indicators, attribution. Markdown, text, HTML, mail, PDF and JSON are read."
    ),
    epilog=N_("Exit codes:\n  0  no defect\n 10  defects\n  2  usage, or the file cannot be read"),
)
@click.argument("file", metavar="FILE")
@o.FORMAT
@o.OUTPUT
@o.LANG
@o.COLOR
@click.pass_obj
def lint(session: Session, /, file: str, **values: o.Value) -> int:
    """Check a brief and return the exit code."""
    from lazaretto.reports.lint import as_json, as_text

    defects = session.app.lint(file)
    human = values["format_name"] == "text"
    with Output(values["output"], human=human) as output:
        context = session.context(
            colour=human and not output.to_file and wants_colour(values["color"], sys.stdout, session.environ),
            ascii=output.plain,
        )
        output.write((as_text if human else as_json)(file, defects, context))
    return SUSPICIOUS if defects else NOTHING
