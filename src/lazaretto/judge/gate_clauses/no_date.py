"""A file without a publication date: it waits from the moment that this gate first saw it."""

from datetime import timedelta

from lazaretto.judge.gate_clauses.age import minimum_of
from lazaretto.judge.gate_clauses.clause import Case, Check, GateClause, day, hit, later, moment, params, span
from lazaretto.judge.gate_terms import Action, Setting
from lazaretto.model.gate import Candidate, Hit, Known
from lazaretto.model.text import N_


def _prepare(case: Case, setting: Setting) -> Check | None:
    minimum = minimum_of(case, case.team.settings["age"], "minimum")
    if minimum <= timedelta():
        return None
    now = case.now
    old_enough = now - minimum

    def check(candidate: Candidate, known: Known) -> Hit | None:
        if candidate.published is not None:
            return None
        seen = known.first_seen or now
        if seen <= old_enough:
            return None
        until = later(seen, minimum)
        template = N_(
            "{name} {version} has no publication date; first seen here on {seen}, it waits {minimum}, until {until}"
        )
        said = params(candidate, seen=day(seen), minimum=span(minimum), until=moment(until))
        return hit("no-date", setting.action, template, said, until)

    return check


CLAUSE = GateClause("no-date", N_("A file without a publication date"), Action.QUARANTINE, _prepare, private=False)
