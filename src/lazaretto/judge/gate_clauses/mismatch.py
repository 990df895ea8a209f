"""What arrived is not what was offered: another digest or size, or an archive that says it is something else.

Digests and sizes are compared where the bytes are (`mismatch` builds the ruling for it); what the archive says of
itself is compared here.
"""

from lazaretto.ecosystems import npm, pypi
from lazaretto.ecosystems.ranges import bare, canonical
from lazaretto.judge.gate_clauses.clause import Case, Check, GateClause, params
from lazaretto.judge.gate_terms import Action, Setting, Waivable
from lazaretto.model.gate import Candidate, Hit, Known
from lazaretto.model.text import N_, Message
from lazaretto.model.verdict import Outcome


def digest_hit(candidate: Candidate, what: str, expected: str, arrived: str) -> Hit:
    """Return the hit for bytes that are not those that the registry announced. `what` is `sha512`, `size`, ..."""
    template = N_("{name} {version}: the {what} of what arrived is {arrived}, the registry announced {expected}")
    said = params(candidate, what=what, expected=expected, arrived=arrived)
    return Hit("mismatch", Outcome.BLOCK, Message.of(template, said))


def _prepare(case: Case, setting: Setting) -> Check | None:
    ecosystem, name = case.listing.ecosystem, case.listing.name

    def check(candidate: Candidate, known: Known) -> Hit | None:
        examined = known.examined
        if examined is None or (not examined.name and not examined.version):
            return None
        other_name = examined.name and canonical(ecosystem, examined.name) != name
        if not other_name and (not examined.version or _same(ecosystem, examined.version, candidate.version)):
            return None
        template = N_("the archive offered as {name} {version} says that it is {its_name} {its_version}")
        said = params(candidate, its_name=examined.name or name, its_version=examined.version)
        return Hit("mismatch", Outcome.BLOCK, Message.of(template, said))

    return check


def _same(ecosystem: str, one: str, other: str) -> bool:
    if one == other:
        return True
    if ecosystem == "pypi":
        return pypi.compare(one, other) == 0
    left, right = bare(ecosystem, one), bare(ecosystem, other)
    return left == right or npm.compare(left, right) == 0


CLAUSE = GateClause(
    "mismatch",
    N_("What arrived is not what was offered"),
    Action.BLOCK,
    _prepare,
    hard=True,
    waivable=Waivable.NEVER,
    settable=False,
)
