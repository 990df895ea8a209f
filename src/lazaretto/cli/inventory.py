"""`lazaretto inventory`: which packages do the documents of this target name?"""

from dataclasses import replace

import click

from lazaretto.cli import options as o
from lazaretto.cli.check import limits_from
from lazaretto.cli.output import Output
from lazaretto.cli.session import Session
from lazaretto.model.text import N_
from lazaretto.reports.exits import INCOMPLETE, NOTHING


@click.command(
    cls=o.Command,
    help=N_(
        "List the packages that manifests, lockfiles, SBOMs and installations in a target name.\n\n"
        "Exit code 3 when a document could not be read."
    ),
)
@click.argument("target", metavar="TARGET")
@o.FORMAT
@o.OUTPUT
@o.ONLINE
@o.LIMIT_OPTIONS
@o.LANG
@o.QUIET
@click.pass_obj
def inventory(session: Session, /, target: str, **values: o.Value) -> int:
    """List packages and return the exit code."""
    from lazaretto.reports.inventory import as_json, as_text

    session.quiet = values["quiet"]
    chosen: dict[str, object] = {"online": values["online"], "now": session.now(), "cache": False}
    limits = limits_from(values)
    if limits:
        from lazaretto.parse.limits import DEFAULT

        chosen["limits"] = replace(DEFAULT, **limits)
    kind, found = session.app.inventory(target, session.app.options(chosen))
    with Output(values["output"], human=values["format_name"] == "text") as output:
        context = session.context(ascii=output.plain)
        if values["format_name"] == "json":
            output.write(as_json(target, kind, found, context))
        else:
            output.write(as_text(found, context))
    if not found.packages:
        session.say(N_("no package is named: there is no manifest or lockfile that we read, or it is empty"))
    return INCOMPLETE if any(not gap.partial for gap in found.gaps) else NOTHING
