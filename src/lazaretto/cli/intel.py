"""`lazaretto intel`: threat intelligence."""

import click

from lazaretto.cli import options as o
from lazaretto.model.text import N_


@click.group(
    cls=o.Group,
    name="intel",
    no_args_is_help=True,
    help=N_("Threat intelligence: what is recorded about campaigns, packages and addresses, and since when."),
)
def intel() -> None:
    """Group the commands about intelligence."""
