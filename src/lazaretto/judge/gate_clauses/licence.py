"""The package's licence is not one that the policy allows."""

from lazaretto.judge.gate_clauses.clause import Case, Check, GateClause, Key, Kind, hit, params
from lazaretto.judge.gate_licence import Licences, Standing
from lazaretto.judge.gate_terms import Action, Setting
from lazaretto.model.gate import Candidate, Hit, Known
from lazaretto.model.text import N_

_KEPT = 4096
"""Answers that are kept: registries are full of licences, but there are few that many use."""


def _prepare(case: Case, setting: Setting) -> Check | None:
    licences = Licences(setting.texts("allow"), setting.texts("deny"))
    if not licences.allow and not licences.deny:
        return None
    unknown = min(setting.action, setting.act("unknown"))
    told: dict[str, Standing] = {}

    def check(candidate: Candidate, known: Known) -> Hit | None:
        licence = candidate.licence
        standing = told.get(licence)
        if standing is None:
            if len(told) > _KEPT:
                told.clear()
            standing = told[licence] = licences.judge(licence)
        if standing is Standing.ALLOWED:
            return None
        if standing is Standing.UNKNOWN:
            template = (
                N_("the licence of {name} {version} is not one that can be compared with the policy: {licence}")
                if licence
                else N_("{name} {version} does not say its licence")
            )
            said = params(candidate, licence=licence[:80]) if licence else params(candidate)
            return hit("licence", unknown, template, said)
        template = N_("{name} {version} is licensed under {licence}, which the policy does not allow")
        return hit("licence", setting.action, template, params(candidate, licence=licence[:80]))

    return check


CLAUSE = GateClause(
    "licence",
    N_("A licence that the policy does not allow"),
    Action.QUARANTINE,
    _prepare,
    alike=True,
    private=False,
    keys=(
        Key("allow", Kind.TEXTS, (), "SPDX ids that are fine (`GPL-*` for all of a kind); empty = all not denied."),
        Key("deny", Kind.TEXTS, (), "SPDX ids that are not; empty = none. Both empty: the clause sees nothing."),
        Key("unknown", Kind.ACTION, Action.WARN, "For licences that are not told, or no SPDX expression."),
    ),
)
