"""`lazaretto rules` and `lazaretto explain`: what is looked for, and why."""

import sys

import click

from lazaretto.cli import options as o
from lazaretto.cli.output import Output, wants_colour
from lazaretto.cli.session import Session
from lazaretto.model.text import N_


@click.command(cls=o.Command, help=N_("List the rules."))
@o.FORMAT
@o.OUTPUT
@o.LANG
@click.pass_obj
def rules(session: Session, /, **values: o.Value) -> int:
    """List the rules."""
    from lazaretto.reports.rulebook import as_json, as_text

    render = as_json if values["format_name"] == "json" else as_text
    with Output(values["output"], human=values["format_name"] == "text") as output:
        context = session.context(ascii=output.plain)
        output.write(render(session.app.rules(), context))
    return 0


def _complete(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    session = context.find_root().obj
    app = session.app if isinstance(session, Session) else Session().app
    return [rule.id for rule in app.rules() if rule.id.startswith(incomplete)]


@click.command(cls=o.Command, help=N_("Explain a rule: what it sees, why it matters, what to do."))
@click.argument("rule", metavar="ID", shell_complete=_complete)
@o.OUTPUT
@o.LANG
@o.COLOR
@click.pass_obj
def explain(session: Session, /, rule: str, **values: o.Value) -> int:
    """Print one rule's page."""
    from lazaretto.reports.rulebook import page, suggestions

    known = {card.id: card for card in session.app.rules()}
    if rule not in known:
        close = suggestions(rule, list(known))
        text = session.translate(N_("there is no rule {rule}"), {"rule": rule})
        if close:
            text += "; " + session.translate(N_("did you mean {names}?"), {"names": ", ".join(close)})
        raise click.UsageError(text + " " + session.translate(N_("(lazaretto rules lists them all)")))
    with Output(values["output"], human=True) as output:
        colour = not output.to_file and wants_colour(values["color"], sys.stdout, session.environ)
        output.write(page(known[rule], session.context(colour=colour)))
    return 0
