"""The deny list: names, versions, globs, files and publishers that the policy's author refuses."""

from fnmatch import fnmatchcase
from functools import lru_cache

from lazaretto.judge.gate_clauses.clause import Case, Check, GateClause, hit, moment, params
from lazaretto.judge.gate_terms import Action, Deny, Setting, TeamPolicy, Waivable
from lazaretto.model.gate import Candidate, Hit, Known
from lazaretto.model.text import N_


def _prepare(case: Case, setting: Setting) -> Check | None:
    by_name, others = _sorted(case.team)
    listing = case.listing
    lines = [
        line
        for line in (*by_name.get((listing.ecosystem, listing.name), ()), *others)
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


@lru_cache(maxsize=256)
def _sorted(team: TeamPolicy) -> tuple[dict[tuple[str, str], list[Deny]], list[Deny]]:
    """Sort a team's lines by the names that they name: a list may be long. Teams are compared by identity."""
    by_name: dict[tuple[str, str], list[Deny]] = {}
    others = []
    for line in team.deny:
        if line.publishers or any(one.glob or one.digest for one in line.match):
            others.append(line)
        else:
            for key in {(one.ecosystem, one.name) for one in line.match}:
                by_name.setdefault(key, []).append(line)
    return by_name, others


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
