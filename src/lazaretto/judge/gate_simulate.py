"""What another policy would have done, and why a ruling is what it is. Pure; the decision log brings the past.

simulate(old, new, past)    the rulings that would differ, and how many by clause
explain(ruling)             one row for every clause that was met
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lazaretto.judge.gate_clauses.catalog import ALLOW, BY_ID
from lazaretto.judge.gate_rule import PolicyFor
from lazaretto.judge.gate_terms import GatePolicy, Waivable
from lazaretto.model.gate import Approval, Candidate, Hit, Known, Listing, Ruling
from lazaretto.model.text import N_, Message
from lazaretto.model.verdict import Outcome

Past = tuple[Candidate, Known, datetime]
"""What was asked for, what was known of it, and when."""


@dataclass(frozen=True, slots=True)
class Change:
    """One decision that would come out differently."""

    candidate: Candidate
    decided_at: datetime
    old: Ruling
    new: Ruling

    @property
    def kind(self) -> str:
        """`refused` (was served), `served` (was refused), `harder`, `softer`; `reason`: same outcome, other clauses."""
        if self.old.outcome == self.new.outcome:
            return "reason"
        if self.old.outcome is Outcome.ALLOW:
            return "refused"
        if self.new.outcome is Outcome.ALLOW:
            return "served"
        return "harder" if self.new.outcome > self.old.outcome else "softer"


@dataclass(frozen=True, slots=True)
class Simulation:
    """What would change."""

    decisions: int
    """How many were looked at."""
    changes: tuple[Change, ...] = ()
    """In the order of the log."""
    kinds: tuple[tuple[str, int], ...] = ()
    """Kind of change and how many, most first."""
    clauses: tuple[tuple[str, int], ...] = ()
    """Clause that decides under the new policy (under the old one, for what would be served) and how many."""


@dataclass(frozen=True, slots=True)
class Row:
    """One clause that a candidate met, for a report."""

    clause: str
    title: str
    """Marked with `N_`."""
    asks: str
    """`block`, `quarantine`, `warn`, `observe`, or `allow` for the allow list."""
    done: str
    """`refused`, `told`, `recorded`, `lifted` (by an approval) or `allowed` (by the allow list)."""
    message: Message
    until: datetime | None
    lifted_by: str
    """Id of the approval."""
    waivable: str
    """Who may lift it: `yes`, `two` approvers, `file`, `never`."""


def simulate(
    old: GatePolicy,
    new: GatePolicy,
    past: Iterable[Past],
    *,
    team: str = "",
    approvals: Sequence[Approval] = (),
) -> Simulation:
    """Rule the past again under both policies, each decision at its own moment.

    Warnings count as a reason: a change of what is only told is a change of kind `reason`.
    """
    changes: list[Change] = []
    count = 0
    ready: dict[tuple[Listing, datetime], tuple[PolicyFor, PolicyFor]] = {}
    for candidate, known, decided_at in past:
        count += 1
        key = candidate.listing, decided_at
        pair = ready.get(key)
        if pair is None:
            if len(ready) > 256:
                ready.clear()
            before = PolicyFor(old, candidate.listing, team=team, approvals=approvals, now=decided_at)
            after = PolicyFor(new, candidate.listing, team=team, approvals=approvals, now=decided_at)
            pair = ready[key] = before, after
        was, is_ = pair[0].rule(candidate, known), pair[1].rule(candidate, known)
        if was.outcome != is_.outcome or _reasons(was) != _reasons(is_):
            changes.append(Change(candidate, decided_at, was, is_))
    kinds = Counter(change.kind for change in changes)
    clauses = Counter(change.new.clause or change.old.clause for change in changes)
    clauses.pop("", None)
    return Simulation(count, tuple(changes), tuple(kinds.most_common()), tuple(clauses.most_common()))


def explain(ruling: Ruling) -> tuple[Row, ...]:
    """Return a row for every hit, the one that decided first."""
    return tuple(_row(hit, ruling) for hit in ruling.hits)


def _row(hit: Hit, ruling: Ruling) -> Row:
    clause = BY_ID.get(hit.clause)
    asks = hit.outcome.name.lower()
    if hit.outcome is Outcome.ALLOW and hit.clause != ALLOW:
        asks = "warn" if hit.warn else "observe"
    return Row(
        clause=hit.clause,
        title=clause.title if clause else N_("On the allow list"),
        asks=asks,
        done=_done(hit, ruling),
        message=hit.message,
        until=hit.until,
        lifted_by=hit.waived,
        waivable=(clause.waivable if clause else Waivable.NEVER).value,
    )


def _done(hit: Hit, ruling: Ruling) -> str:
    if hit.waived:
        return "lifted"
    if hit.clause == ALLOW:
        return "allowed"
    if hit.warn:
        return "told"
    # In the mode `observe` a soft hit keeps what it asks for and refuses nothing, unless a hard one refuses beside it.
    refused = ruling.outcome > Outcome.ALLOW and hit.outcome > Outcome.ALLOW
    return "refused" if refused else "recorded"


def _reasons(ruling: Ruling) -> frozenset[tuple[str, Outcome, bool, str]]:
    return frozenset((hit.clause, hit.outcome, hit.warn, hit.waived) for hit in ruling.hits)
