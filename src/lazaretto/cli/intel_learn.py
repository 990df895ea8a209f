"""`lazaretto intel learn`: read indicators out of a report."""

import re
import shutil
import sys

import click

from lazaretto.cli import options as o
from lazaretto.cli.output import Output, wants_colour
from lazaretto.cli.session import Session, encoding
from lazaretto.model.extract import Extracted, Extraction
from lazaretto.model.text import N_
from lazaretto.reports.exits import INCOMPLETE, NOTHING
from lazaretto.reports.safe import fit

_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")


@click.command(
    cls=o.Command,
    help=N_(
        "Read indicators out of a report in English or Korean: Markdown, text, HTML, mail, PDF.\n\n"
        "They are shown first; only what you confirm, or --yes, is kept: in the store, or in the file that -o names. "
        "Nothing that the report names is visited."
    ),
)
@click.argument("report", metavar="REPORT")
@o.option("-y", "--yes", group=o.WORK, is_flag=True, help=N_("Keep everything that is proposed, without a question."))
@o.option("--campaign", group=o.INPUT, metavar="NAME", default="", help=N_("The campaign that the report is about."))
@o.option(
    "-o", "--output", group=o.ANSWER, metavar="FILE", help=N_("Keep the confirmed values in this file (a pack, JSON).")
)
@o.FORMAT
@o.option("--all", "show_all", group=o.ANSWER, is_flag=True, help=N_("Show everything that is not proposed, too."))
@o.STORE
@o.LANG
@o.COLOR
@o.QUIET
@click.pass_obj
def learn(session: Session, /, report: str, **values: o.Value) -> int:
    """Read a report and return the exit code."""
    from lazaretto.reports.learn import as_json, summary, table

    session.quiet = values["quiet"]
    human = values["format_name"] == "text"
    asked = human and not values["yes"] and sys.stdin.isatty() and sys.stderr.isatty()
    with Output(None, human=human) as output:
        context = session.context(
            colour=human and wants_colour(values["color"], sys.stdout, session.environ),
            width=max(80, shutil.get_terminal_size((140, 24)).columns),
            show_all=values["show_all"],
            ascii=output.plain,
        )

        def confirm(extraction: Extraction) -> tuple[Extracted, ...]:
            if human:
                output.write(table(extraction, context))
            if values["yes"]:
                return extraction.indicators
            return _ask(session, extraction) if asked and extraction.indicators else ()

        answer = session.app.learn(report, confirm, values, session.now())
        output.write("\n" + summary(answer, context, asked=asked) if human else as_json(answer, context))
    if not human and not answer.where and answer.extraction.indicators:
        session.say(N_("nothing was kept: confirm it on a terminal, or with --yes"))
    return INCOMPLETE if answer.extraction.bounds else NOTHING


def _ask(session: Session, extraction: Extraction) -> tuple[Extracted, ...]:
    """Ask on the terminal: y keeps all, numbers are left out, anything else keeps nothing."""
    items = extraction.indicators
    question = session.translate(
        N_("Keep these {n} values? [y = yes, N = no, or the numbers to leave out, like 3 7-9] "), {"n": len(items)}
    )
    sys.stderr.write(fit(question, encoding(sys.stderr)))
    sys.stderr.flush()
    reply = sys.stdin.readline().strip().lower()
    if reply in ("y", "yes", "예", "네"):
        return items
    parts = reply.replace(",", " ").split()
    ranges = [_RANGE.fullmatch(part) for part in parts]
    if not parts or any(match is None for match in ranges):
        return ()
    out = {number for match in ranges if match for number in range(int(match[1]), int(match[2] or match[1]) + 1)}
    return tuple(item for number, item in enumerate(items, 1) if number not in out)
