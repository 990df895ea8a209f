"""The registry itself has put the project into quarantine (PEP 792)."""

from lazaretto.judge.gate_clauses.clause import Case, Check, GateClause, hit
from lazaretto.judge.gate_terms import Action, Setting
from lazaretto.model.gate import Candidate, Hit, Known
from lazaretto.model.text import N_


def _prepare(case: Case, setting: Setting) -> Check | None:
    if case.listing.status != "quarantined":
        return None

    def check(candidate: Candidate, known: Known) -> Hit | None:
        template = N_("{name} is in quarantine at its registry, which holds it to be unsafe")
        return hit("registry", setting.action, template, {"name": candidate.listing.name})

    return check


CLAUSE = GateClause("registry", N_("In quarantine at its registry"), Action.BLOCK, _prepare)
