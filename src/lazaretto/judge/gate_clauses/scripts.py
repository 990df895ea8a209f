"""Installing the package runs scripts of its author (npm's lifecycle scripts)."""

from lazaretto.judge.gate_clauses.clause import Case, Check, GateClause, hit, params
from lazaretto.judge.gate_terms import Action, Setting
from lazaretto.model.gate import Candidate, Hit, Known
from lazaretto.model.text import N_


def _prepare(case: Case, setting: Setting) -> Check | None:
    def check(candidate: Candidate, known: Known) -> Hit | None:
        if not candidate.scripts:
            return None
        template = N_("installing {name} {version} runs its scripts ({scripts}), and it is not among those that may")
        return hit("scripts", setting.action, template, params(candidate, scripts=", ".join(candidate.scripts[:4])))

    return check


CLAUSE = GateClause("scripts", N_("Install scripts"), Action.WARN, _prepare, alike=True, private=False)
