"""Installing the file runs a build: a source distribution without a wheel beside it, or native code of npm."""

from lazaretto.judge.gate_clauses.clause import Case, Check, GateClause, hit, params
from lazaretto.judge.gate_terms import Action, Setting
from lazaretto.model.gate import Candidate, Hit, Known
from lazaretto.model.text import N_


def _prepare(case: Case, setting: Setting) -> Check | None:
    def check(candidate: Candidate, known: Known) -> Hit | None:
        if not candidate.builds:
            return None
        template = N_("installing {name} {version} runs its build, and it is not among those that may")
        return hit("builds", setting.action, template, params(candidate))

    return check


CLAUSE = GateClause("builds", N_("Builds while it is installed"), Action.WARN, _prepare, alike=True, private=False)
