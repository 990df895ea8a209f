"""No attestation says where a file was built, though earlier versions had one or the policy requires one."""

from datetime import timedelta

from lazaretto.judge.gate_clauses.clause import Case, Check, GateClause, Key, Kind, hit, params
from lazaretto.judge.gate_subject import Subject
from lazaretto.judge.gate_terms import Action, Setting
from lazaretto.model.gate import Candidate, Hit, Known
from lazaretto.model.text import N_


def _prepare(case: Case, setting: Setting) -> Check | None:
    listing = case.listing
    required: list[Subject] = []
    if setting.values["required"]:
        required = [one for one in setting.subjects("required") if one.names(listing.ecosystem, listing.name)]
    settled = setting.duration("settled")
    border = case.now - settled if settled > timedelta() else None

    def check(candidate: Candidate, known: Known) -> Hit | None:
        if candidate.provenance:
            return None
        if required and any(one.holds(candidate.version) is not False for one in required):
            template = N_("{name} {version} has no provenance attestation, and the policy requires one")
            return hit("provenance", setting.action, template, params(candidate))
        if not candidate.provenance_before:
            return None
        if border is not None and candidate.published is not None and candidate.published <= border:
            return None
        template = N_("{name} {version} has no provenance attestation, but earlier versions had one")
        return hit("provenance", setting.action, template, params(candidate))

    return check


CLAUSE = GateClause(
    "provenance",
    N_("No provenance where there should be one"),
    Action.BLOCK,
    _prepare,
    private=False,
    keys=(
        Key("required", Kind.SUBJECTS, (), "Names of which every version must have an attestation."),
        Key(
            "settled",
            Kind.DURATION,
            timedelta(days=90),
            "A version this old may lack what earlier ones had; 0 = however old it is. Does not touch `required`.",
        ),
    ),
)
