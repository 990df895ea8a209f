"""Deciding for a gate: `approve`, `revoke`, `approvals`, `policy`."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lazaretto.cli import options as o
from lazaretto.cli.gate import INTEL, POLICY, STORE, UPSTREAMS, has_gate, option, settings_of
from lazaretto.cli.gate_admin import ANSWER, context_of, duration, write
from lazaretto.cli.session import Session
from lazaretto.model.text import N_
from lazaretto.reports.exits import NOTHING, USAGE

if TYPE_CHECKING:
    from lazaretto.judge.gate_terms import GatePolicy
    from lazaretto.model.gate import Candidate, Ruling


@click.command(
    cls=o.Command,
    help=N_(
        "Let something pass for a while: SUBJECT is npm:NAME@VERSION, pypi:NAME==VERSION, a range, or sha256:HEX. "
        "Running gates follow within two seconds."
    ),
)
@click.argument("subject")
@option(
    "--clause",
    "clauses",
    group=o.INPUT,
    metavar="ID",
    multiple=True,
    help=N_("Clauses that it lifts. Default: all that may be."),
)
@option("--reason", "reason", group=o.INPUT, required=True, help=N_("Why."))
@option("--owner", "owner", group=o.INPUT, required=True, help=N_("Who needs it."))
@option(
    "--by",
    "approved_by",
    group=o.INPUT,
    required=True,
    help=N_("Who approves it; malware needs two, joined by a comma."),
)
@option(
    "--for",
    "lasts",
    group=o.INPUT,
    metavar="TIME",
    default="30d",
    show_default=True,
    help=N_("How long: 12h, 30d, 2w."),
)
@option("--team", "team", group=o.INPUT, metavar="NAME", default="", help=N_("Only for this team."))
@POLICY
@STORE
@ANSWER
@click.pass_obj
def approve(session: Session, /, subject: str, **values: o.Value) -> int:
    """Add an approval."""
    from lazaretto.adapters.gate_store.store import GateStore
    from lazaretto.gate.rows import approval_row
    from lazaretto.judge.gate_policy import check_approval
    from lazaretto.model.gate import Approval
    from lazaretto.reports.gate import approvals as render

    session.quiet = values["quiet"]
    now = session.now()
    approval = Approval(
        id="AP-" + secrets.token_hex(4).upper(),
        subject=subject,
        clauses=tuple(values["clauses"]),
        reason=values["reason"],
        owner=values["owner"],
        expires=now + duration(values["lasts"]),
        team=values["team"],
        approved_by=values["approved_by"],
        created=now,
    )
    problem = check_approval(_policy(values["policy"]), approval)
    if problem is not None:
        session.fail(problem)
        return USAGE
    store = GateStore(values["store"])
    try:
        store.add_approval(approval, values["approved_by"], now)
    finally:
        store.close()
    write(values, render([approval], now, context_of(session, values)), approval_row(approval))
    return NOTHING


@click.command(cls=o.Command, help=N_("Take an approval back."))
@click.argument("ident", metavar="ID")
@option("--by", "by", group=o.INPUT, required=True, help=N_("Who takes it back."))
@option("--reason", "reason", group=o.INPUT, default="", help=N_("Why."))
@STORE
@o.LANG
@o.QUIET
@click.pass_obj
def revoke(session: Session, /, ident: str, **values: o.Value) -> int:
    """Revoke an approval."""
    from lazaretto.adapters.gate_store.store import GateStore

    session.quiet = values["quiet"]
    store = GateStore(values["store"])
    try:
        store.revoke(ident, values["by"], values["reason"], session.now())
    finally:
        store.close()
    session.say(N_("{id} does not hold any more"), {"id": ident})
    return NOTHING


@click.command(cls=o.Command, help=N_("List the approvals, those that ended with --all."))
@STORE
@ANSWER
@click.pass_obj
def approvals(session: Session, /, **values: o.Value) -> int:
    """List approvals."""
    from lazaretto.adapters.gate_store.store import GateStore
    from lazaretto.gate.rows import approval_row
    from lazaretto.reports.gate import approvals as render

    session.quiet = values["quiet"]
    now = session.now()
    store = GateStore(values["store"])
    try:
        found = store.all_approvals() if values["show_all"] else store.approvals(now)
    finally:
        store.close()
    write(values, render(found, now, context_of(session, values)), [approval_row(one) for one in found])
    return NOTHING


@click.command(
    cls=o.Command,
    help=N_(
        "Read a policy file and say what is wrong with it. With --against another: what would have been decided "
        "differently lately."
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@option(
    "--against",
    "against",
    group=o.INPUT,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=N_("The policy in force. Default with --days: the built-in one."),
)
@option(
    "--days",
    "days",
    group=o.INPUT,
    type=click.IntRange(1, 3660),
    help=N_("Compare over the decisions of so many days."),
)
@INTEL
@UPSTREAMS
@STORE
@option(
    "--cache",
    "cache",
    group=o.WORK,
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help=N_("Where the gate keeps files."),
)
@ANSWER
@click.pass_obj
def policy(session: Session, /, file: Path, **values: o.Value) -> int:
    """Check a policy, or simulate it."""
    from lazaretto.reports.gate import simulation

    session.quiet = values["quiet"]
    new = _policy(file)
    if not values["against"] and not values["days"]:
        told = {"file": file, "name": new.name, "digest": new.digest, "mode": new.mode}
        text = session.translate(N_("{file}: policy {name} ({digest}), mode {mode}: no mistake was found"), told)
        document = {"name": new.name, "digest": new.digest, "mode": new.mode, "fail_open": list(new.fail_open)}
        write(values, text + "\n", document)
        return NOTHING
    if not has_gate(session):
        return USAGE
    old = _policy(values["against"])
    import asyncio

    changes, decisions, lost = asyncio.run(_simulated(old, new, values))
    if lost:
        session.say(N_("{count} files of the log are not known any more and were left out"), {"count": lost})
    rows = [
        {
            "change": kind,
            "purl": one.purl,
            "file": one.filename,
            "old": then.outcome.name.lower(),
            "new": now.outcome.name.lower(),
        }
        for kind, one, then, now in changes
    ]
    answer: dict[str, object] = {"decisions": decisions, "changes": rows, "left_out": lost}
    write(values, simulation(changes, decisions, context_of(session, values)), answer)
    return NOTHING


async def _simulated(
    old: "GatePolicy", new: "GatePolicy", values: dict[str, o.Value]
) -> "tuple[Sequence[tuple[str, Candidate, Ruling, Ruling]], int, int]":
    from lazaretto.gate.keeper import Keeper
    from lazaretto.gate.past import past
    from lazaretto.judge.gate_simulate import simulate

    more = {"policy": None, "cache_bytes": 4 << 30, "offline": True, "jobs": 1}
    async with Keeper.opened(settings_of({**values, **more})) as keeper:
        seen, lost = await past(keeper, datetime.now(UTC) - timedelta(days=values["days"] or 30))
    found = simulate(old, new, seen)
    return [(one.kind, one.candidate, one.old, one.new) for one in found.changes], found.decisions, lost


def _policy(file: Path | None) -> "GatePolicy":
    from lazaretto.gate.rules import read_policy
    from lazaretto.judge.gate_policy import DEFAULT_POLICY

    return DEFAULT_POLICY if file is None else read_policy(file)
