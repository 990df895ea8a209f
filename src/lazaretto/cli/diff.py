"""`lazaretto diff OLD NEW`: `check NEW --against OLD`, in the order in which one speaks of versions."""

import click

from lazaretto.cli import options as o
from lazaretto.cli.check import EXAMINING, answer
from lazaretto.cli.session import Session
from lazaretto.model.text import N_


@click.command(
    cls=o.Command,
    help=N_(
        "What does the new version of a package add to the old one? The same as: check NEW --against OLD.\n\n"
        "OLD and NEW are targets as check takes them. The verdict and the exit code are those of NEW."
    ),
)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@EXAMINING
@click.pass_obj
def diff(session: Session, /, old: str, new: str, **values: o.Value) -> int:
    """Compare two versions and return the exit code."""
    session.quiet = values["quiet"]
    return answer(session, (new,), {**values, "files_from": None, "against": old})
