"""An internal name is offered by a public registry (dependency confusion)."""

from lazaretto.judge.gate_clauses.clause import Case, Check, GateClause, params
from lazaretto.judge.gate_terms import Action, Setting, Waivable
from lazaretto.model.gate import Candidate, Hit, Known
from lazaretto.model.text import N_, Message
from lazaretto.model.verdict import Outcome


def _prepare(case: Case, setting: Setting) -> Check | None:
    listing = case.listing
    if listing.private or not any(one.names(listing.ecosystem, listing.name) for one in case.internal):
        return None

    def check(candidate: Candidate, known: Known) -> Hit | None:
        template = N_("{name} is an internal name; {version} is offered by a public registry and is refused")
        return Hit("internal", Outcome.BLOCK, Message.of(template, params(candidate)))

    return check


CLAUSE = GateClause(
    "internal",
    N_("An internal name at a public registry"),
    Action.BLOCK,
    _prepare,
    hard=True,
    waivable=Waivable.NEVER,
    settable=False,
)
