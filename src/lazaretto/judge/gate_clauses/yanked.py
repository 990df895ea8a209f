"""Its author has taken the file back (PEP 592)."""

from lazaretto.judge.gate_clauses.clause import Case, Check, GateClause, hit, params
from lazaretto.judge.gate_terms import Action, Setting
from lazaretto.model.gate import Candidate, Hit, Known
from lazaretto.model.text import N_


def _prepare(case: Case, setting: Setting) -> Check | None:
    def check(candidate: Candidate, known: Known) -> Hit | None:
        reason = candidate.yanked
        if reason is None:
            return None
        if reason:
            template = N_("{name} {version} was yanked by its author: {reason}")
            return hit("yanked", setting.action, template, params(candidate, reason=reason[:200]))
        return hit("yanked", setting.action, N_("{name} {version} was yanked by its author"), params(candidate))

    return check


CLAUSE = GateClause("yanked", N_("Taken back by its author"), Action.WARN, _prepare, alike=True)
