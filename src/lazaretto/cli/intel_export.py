"""`lazaretto intel export`: a campaign's facts for other tools."""

import click

from lazaretto.cli import options as o
from lazaretto.cli.output import Output
from lazaretto.cli.session import Session
from lazaretto.model.text import N_
from lazaretto.reports.exits import INCOMPLETE, NOTHING

_FORMATS = (
    "stix", "misp", "sigma", "yara", "blocklist-npm", "blocklist-pip", "blocklist-dns", "hosts", "vex-openvex",
    "vex-cyclonedx",
)  # fmt: skip


@click.command(
    cls=o.Command,
    help=N_(
        "Write what is recorded about a campaign for other tools: STIX, MISP, Sigma, YARA, block lists, VEX.\n\n"
        "Values are exact, not defanged. Services that everybody uses are never in a block list."
    ),
)
@click.argument("campaign", metavar="CAMPAIGN")
@o.formats(_FORMATS, default="stix")
@o.STORE
@o.OUTPUT
@o.LANG
@click.pass_obj
def export(session: Session, /, campaign: str, **values: o.Value) -> int:
    """Write the document; exit code 3 when nothing recorded fits the format."""
    from lazaretto.reports.exports.catalog import by_name

    facts = session.app.campaign(campaign, values["store"], session.now())
    text = by_name(values["format_name"]).render(facts, session.now().date().isoformat())
    with Output(values["output"]) as output:
        output.write(text)
    if not text.strip() or all(line.startswith(("#", ";", "@", "$")) for line in text.splitlines()):
        session.say(N_("nothing that is recorded about {name} fits this format"), {"name": facts.campaign.name})
        return INCOMPLETE
    return NOTHING
