"""A name that imitates a popular name, or one that the policy's author uses."""

from functools import lru_cache

from lazaretto.detect.names import WORLDS, Likeness, Popular, among, gather, imitated
from lazaretto.judge.gate_clauses.clause import Case, Check, GateClause, Key, Kind, hit, params
from lazaretto.judge.gate_terms import Action, Setting
from lazaretto.model.gate import Candidate, Hit, Known
from lazaretto.model.text import N_

_SENTENCES = {
    Likeness.TYPO: N_("{name} is one slip of the fingers away from {other}; was {other} meant?"),
    Likeness.LOOKALIKE: N_("{name} is {other} written with signs that look alike; was {other} meant?"),
    Likeness.SEPARATOR: N_("{name} is {other} with other separators; was {other} meant?"),
    Likeness.SWAPPED: N_("{name} is {other} with its words in another order; was {other} meant?"),
    Likeness.SCOPE: N_("{name} is {other} without its scope; was {other} meant?"),
    Likeness.AFFIX: N_("{name} is {other} with a common word added; was {other} meant?"),
}
_CLOSE = frozenset({Likeness.TYPO, Likeness.LOOKALIKE, Likeness.SWAPPED, Likeness.SEPARATOR})


def _prepare(case: Case, setting: Setting) -> Check | None:
    world, name = case.listing.ecosystem, case.listing.name
    found = None
    if setting.values["names"] or case.internal:
        used = (*setting.subjects("names"), *case.internal)
        found = likeness_to(world, name, tuple(one.name for one in used if one.ecosystem == world and not one.glob))
    found = found or likeness(world, name)
    if found is None:
        return None
    other, how = found
    action = setting.action if how in _CLOSE else min(setting.action, setting.act("similar"))

    def check(candidate: Candidate, known: Known) -> Hit | None:
        return hit("typosquat", action, _SENTENCES[how], params(candidate, other=other))

    return check


@lru_cache(maxsize=65536)
def likeness(world: str, name: str) -> tuple[str, Likeness] | None:
    """Return which popular name a name imitates, and how."""
    return imitated(world, name)


@lru_cache(maxsize=65536)
def likeness_to(world: str, name: str, own: tuple[str, ...]) -> tuple[str, Likeness] | None:
    """Return which of the given names a name imitates; a name among them imitates nobody."""
    known = _gathered(own)
    if world not in WORLDS or name in known.rank or len(name) > 100:
        return None
    return among(world, name, known)


@lru_cache(maxsize=64)
def _gathered(own: tuple[str, ...]) -> Popular:
    return gather({name: place for place, name in enumerate(own, 1)})


CLAUSE = GateClause(
    "typosquat",
    N_("A name that imitates another name"),
    Action.QUARANTINE,
    _prepare,
    private=False,
    keys=(
        Key(
            "similar",
            Kind.ACTION,
            Action.WARN,
            "For names that only add a common word to a popular name or leave its scope out; never more than `action`.",
        ),
        Key(
            "names",
            Kind.SUBJECTS,
            (),
            "Names that you use: what comes close to one is an imitation, too. Internal names need not be here.",
        ),
    ),
)
