"""Another account published this version than the one before."""

from lazaretto.judge.gate_clauses.clause import Case, Check, GateClause, hit, params
from lazaretto.judge.gate_terms import Action, Setting
from lazaretto.model.gate import Candidate, Hit, Known
from lazaretto.model.text import N_


def _prepare(case: Case, setting: Setting) -> Check | None:
    def check(candidate: Candidate, known: Known) -> Hit | None:
        new, old = candidate.publisher, candidate.publisher_before
        if new == old or not new or not old:
            return None
        template = N_("{name} {version} was published by {new}, the version before by {old}")
        return hit("publisher", setting.action, template, params(candidate, new=new, old=old))

    return check


CLAUSE = GateClause("publisher", N_("Another publisher"), Action.WARN, _prepare, alike=True, private=False)
