"""Its author advises against it."""

from lazaretto.judge.gate_clauses.clause import Case, Check, GateClause, hit, params
from lazaretto.judge.gate_terms import Action, Setting
from lazaretto.model.gate import Candidate, Hit, Known
from lazaretto.model.text import N_


def _prepare(case: Case, setting: Setting) -> Check | None:
    status = case.listing.status
    whole = status if status in ("archived", "deprecated") else ""

    def check(candidate: Candidate, known: Known) -> Hit | None:
        if candidate.deprecated:
            template = N_("{name} {version} is deprecated: {reason}")
            return hit("deprecated", setting.action, template, params(candidate, reason=candidate.deprecated[:200]))
        if whole:
            template = N_("{name} is marked as {status} by its registry")
            return hit("deprecated", setting.action, template, {"name": candidate.listing.name, "status": whole})
        return None

    return check


CLAUSE = GateClause("deprecated", N_("Deprecated or archived"), Action.WARN, _prepare)
