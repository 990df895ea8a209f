"""`lazaretto doctor`: what works here?"""

import sys

import click

from lazaretto.cli import options as o
from lazaretto.cli.output import Output, wants_colour
from lazaretto.cli.session import Session
from lazaretto.model.health import State
from lazaretto.model.text import N_
from lazaretto.reports.exits import INCOMPLETE, NOTHING


@click.command(
    cls=o.Command,
    epilog=N_("Exit codes: 0 everything works, 3 something is missing, 2 usage, unwritable answer."),
    help=N_(
        "What works on this machine, and what to do about the rest.\n\n"
        "The sandbox's self-test is run; nothing is installed or changed, and no address is asked."
    ),
)
@o.STORE
@o.FORMAT
@o.OUTPUT
@o.LANG
@o.COLOR
@o.QUIET
@click.pass_obj
def doctor(session: Session, /, **values: o.Value) -> int:
    """Look, tell, and return the exit code."""
    from lazaretto.reports.health import as_json, as_text

    session.quiet = values["quiet"]
    text = values["format_name"] == "text"
    with Output(values["output"], human=text) as output:
        found = session.app.doctor(session.environ, values["store"])
        colour = text and not output.to_file and wants_colour(values["color"], sys.stdout, session.environ)
        context = session.context(colour=colour, ascii=output.plain)
        output.write(as_text(found, context) if text else as_json(found, context))
    return INCOMPLETE if any(one.state is State.MISSING for one in found) else NOTHING
