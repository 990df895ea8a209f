"""The deny list: names, versions, globs, files and publishers that the policy's author refuses."""

from fnmatch import fnmatchcase

from lazaretto.judge.gate_clauses.clause import Case, Check, GateClause, hit, moment, params
from lazaretto.judge.gate_terms import Action, Deny, Setting, Waivable
from lazaretto.model.gate import Candidate, Hit, Known
from lazaretto.model.text import N_


def _prepare(case: Case, setting: Setting) -> Check | None:
    listing = case.listing
    lines = [
        line
        for line in case.team.deny
        if (line.expires is None or line.expires > case.now)
        and (line.publishers or any(one.digest or one.names(listing.ecosystem, listing.name) for one in line.match))
    ]
    if not lines:
        return None
    lines.sort(key=lambda line: (-line.action, line.expires is not None))

    def check(candidate: Candidate, known: Known) -> Hit | None:
        for line in lines:
            if _meets(line, candidate, known):
                template = (
                    N_("{name} {version} is on the deny list until {until}: {reason}")
                    if line.expires
                    else N_("{name} {version} is on the deny list: {reason}")
                )
                said = params(candidate, reason=line.reason)
                if line.expires:
                    said["until"] = moment(line.expires)
                return hit("deny", line.action, template, said, line.expires)
        return None

    return check


def _meets(line: Deny, candidate: Candidate, known: Known) -> bool:
    sha256 = known.examined.sha256 if known.examined else ""
    # A version that cannot be compared with the range (None) is refused with it.
    if any(one.covers(candidate, sha256) is not False for one in line.match):
        return True
    if not line.publishers or not candidate.publisher:
        return False
    who = f"{candidate.listing.ecosystem}:{candidate.publisher}"
    return any(fnmatchcase(who, publisher) for publisher in line.publishers)


CLAUSE = GateClause(
    "deny",
    N_("On the deny list"),
    Action.BLOCK,
    _prepare,
    hard=True,
    waivable=Waivable.FILE,
    settable=False,
)
