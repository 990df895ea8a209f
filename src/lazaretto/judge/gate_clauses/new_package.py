"""A package that did not exist until lately."""

from datetime import timedelta

from lazaretto.judge.gate_clauses.age import overridden
from lazaretto.judge.gate_clauses.clause import (
    Case,
    Check,
    GateClause,
    Key,
    Kind,
    day,
    hit,
    later,
    moment,
    params,
    span,
)
from lazaretto.judge.gate_terms import Action, Setting
from lazaretto.model.gate import Candidate, Hit, Known
from lazaretto.model.text import N_


def _prepare(case: Case, setting: Setting) -> Check | None:
    minimum = overridden(case, case.team.settings["age"], "new-package", setting.duration("minimum"))
    listing, now = case.listing, case.now
    old_enough = now - minimum
    if minimum <= timedelta() or (listing.first_published is not None and listing.first_published <= old_enough):
        return None

    def check(candidate: Candidate, known: Known) -> Hit | None:
        # Not told when the package began: it is at least as old as this version. No date at all: clause `no-date`.
        first = listing.first_published or candidate.published
        if first is None or first <= old_enough:
            return None
        until = later(first, minimum)
        template = N_(
            "{name} is a new package, first published on {published}; a new package waits {minimum}, until {until}"
        )
        said = params(candidate, published=day(first), minimum=span(minimum), until=moment(until))
        return hit("new-package", setting.action, template, said, until)

    return check


CLAUSE = GateClause(
    "new-package",
    N_("A package that is too new"),
    Action.QUARANTINE,
    _prepare,
    private=False,
    keys=(Key("minimum", Kind.DURATION, timedelta(days=14), "How long ago a package's first version must be."),),
)
