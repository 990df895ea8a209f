"""`lazaretto run apply`: what `run --edit` kept, reviewed and copied back."""

import fnmatch
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lazaretto.cli import options as o
from lazaretto.cli.output import Output, wants_colour
from lazaretto.cli.session import Session
from lazaretto.model.text import N_
from lazaretto.reports.exits import INCOMPLETE, NOTHING

if TYPE_CHECKING:
    from lazaretto.app.run_apply import Kept
    from lazaretto.model.change import Change


@click.command(
    cls=o.Command,
    name="apply",
    help=N_(
        "Show what work with `lazaretto run --edit` changed in a project, and copy chosen files back.\n\n"
        "Ordinary files are copied after one question. What would act by itself outside (hooks, editor tasks, scripts "
        "of a package, programs, links) is copied only after a question of its own, or named by --also. Without a "
        "terminal nothing is copied that is not asked for by --yes or --also."
    ),
)
@click.argument("path", metavar="[FOLDER]", default=".")
@o.option("--only", group=o.INPUT, multiple=True, metavar="GLOB", help=N_("Only these files, relative to the folder."))
@o.option("--yes", group=o.WORK, twin=False, is_flag=True, help=N_("Copy all ordinary files without a question."))
@o.option(
    "--also",
    group=o.WORK,
    twin=False,
    multiple=True,
    metavar="FILE",
    help=N_("Copy this file, too, although it would act by itself."),
)
@o.option("--discard", group=o.WORK, twin=False, is_flag=True, help=N_("Throw the work away."))
@o.LANG
@o.COLOR
@o.QUIET
@click.pass_obj
def apply(session: Session, /, path: str, **values: o.Value) -> int:
    """Show, ask, copy; return the exit code."""
    from lazaretto.app.run_apply import apply as copy
    from lazaretto.app.run_apply import forget, kept_work, review
    from lazaretto.reports.run_apply import diff, tree

    session.quiet = values["quiet"]
    kept = kept_work(path, session.environ)
    if values["discard"]:
        forget(kept)
        session.say(N_("the work on {path} is thrown away"), {"path": path})
        return NOTHING
    wanted = [
        one for one in kept.changes if _matches(one.path, (*values["only"], *values["also"]) if values["only"] else ())
    ]
    with Output(None, human=True) as output:
        context = session.context(colour=wants_colour(values["color"], sys.stdout, session.environ))
        output.write(tree(wanted, kept.generated, context))
        for one in wanted:
            output.write("\n" + diff(review(kept, one), context))
    code, count = NOTHING, 0
    for one in _chosen(session, kept, wanted, values):
        try:
            copy(kept, one, session.environ)
            count += 1
        except OSError as error:
            params = {"path": one.path, "error": error.strerror or str(error)}
            session.say(N_("{path} was not copied: {error}"), params)
            code = INCOMPLETE
    session.say(N_("{n} of {all} changes were copied to {path}"), {"n": count, "all": len(wanted), "path": path})
    return code


def _chosen(session: Session, kept: "Kept", wanted: "list[Change]", values: dict[str, o.Value]) -> "list[Change]":
    from lazaretto.app.run_apply import is_never_copied

    talks = sys.stdin.isatty() and sys.stderr.isatty()
    ordinary = [one for one in wanted if not one.why]
    chosen = ordinary if values["yes"] else []
    if ordinary and not values["yes"] and talks:
        question = session.translate(
            N_("Copy {n} ordinary files to {path}?"), {"n": len(ordinary), "path": str(kept.project)}
        )
        chosen = ordinary if click.confirm(question, default=False, err=True) else []
    for one in wanted:
        if not one.why or is_never_copied(one):
            continue
        if one.path in values["also"]:
            chosen = [*chosen, one]
        elif talks and not values["yes"]:
            question = session.translate(N_("{path} would act by itself outside. Copy it?"), {"path": ascii(one.path)})
            if click.confirm(question, default=False, err=True):
                chosen = [*chosen, one]
    return chosen


def _matches(path: str, globs: tuple[str, ...]) -> bool:
    return not globs or any(fnmatch.fnmatchcase(path, str(Path(glob))) for glob in globs)
