"""Approvals and waivers: which hits they lift, for whom, until when.

An approval lifts a hit when all of this is true, and does nothing otherwise:

    it is for this team or for all, neither revoked nor expired, and was not made in the future
    it lasts no longer than the policy lets approvals last (90 days unless the file says more)
    its subject covers the candidate; a version that cannot be compared with its range is not covered
    the clause may be lifted by it (`Waivable`), and it names the clause, or names none

Mismatch and internal names are never lifted. Malware needs two approvers other than the owner, the clause by its id,
and one version or file. The deny list is lifted by waivers of the policy file only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from lazaretto.judge.gate_clauses.catalog import BY_ID
from lazaretto.judge.gate_subject import Subject, SubjectError, read_subject
from lazaretto.judge.gate_terms import GatePolicy, TeamPolicy, Waivable
from lazaretto.model.gate import Approval, Candidate, Hit, Known, Listing
from lazaretto.model.text import N_, Message, Phrase


@dataclass(frozen=True, slots=True)
class Lift:
    """An approval that may lift something for the candidates of one listing."""

    id: str
    subject: Subject
    clauses: frozenset[str]
    """What it may lift, worked out."""
    until: datetime

    def lifts(self, hit: Hit, candidate: Candidate, known: Known) -> bool:
        """Tell whether it lifts this hit."""
        if hit.clause not in self.clauses:
            return False
        sha256 = known.examined.sha256 if known.examined else ""
        return self.subject.covers(candidate, sha256) is True


def lifts_for(
    policy: GatePolicy,
    chosen: TeamPolicy,
    listing: Listing,
    team: str,
    approvals: Sequence[Approval],
    now: datetime,
) -> tuple[Lift, ...]:
    """Return what may lift something for candidates of a listing at `now`, the file's waivers first."""
    found = []
    for given, from_file in ((chosen.waivers, True), (approvals, False)):
        for one in given:
            if one.expires <= now or (one.team and one.team != team) or (one.revoked and one.revoked <= now):
                continue
            try:
                subject = read_subject(one.subject)
            except SubjectError:
                continue
            if not subject.digest and not subject.names(listing.ecosystem, listing.name):
                continue
            if one.created is not None and one.created > now:
                continue
            if check_approval(policy, one, from_file=from_file) is None:
                clauses = frozenset(id_ for id_ in _named(one) if _may(one, subject, id_, from_file=from_file))
                if clauses:
                    found.append(Lift(one.id, subject, clauses, one.expires))
    return tuple(found)


def check_approval(policy: GatePolicy, approval: Approval, *, from_file: bool = False) -> Message | None:
    """Return why an approval does nothing under this policy, or None when it is sound.

    Whoever takes approvals in says so to the person who gives one; `rule` ignores those that are not sound.
    """
    try:
        subject = read_subject(approval.subject)
    except SubjectError as error:
        return Message.of(
            N_("approval {id}: subject {value} cannot be read; write {fix}"),
            {"id": approval.id, "value": approval.subject[:80], "fix": Phrase(error)},
        )
    said = {"id": approval.id, "days": policy.waiver_days}
    if not approval.reason.strip() or not approval.owner.strip():
        return Message.of(N_("approval {id} needs a reason and an owner"), said)
    if approval.created is None:
        return Message.of(N_("approval {id} does not say when it was created"), said)
    if approval.expires <= approval.created:
        return Message.of(N_("approval {id} expires before it was created"), said)
    if (approval.expires - approval.created).days > policy.waiver_days:  # the last day may be a whole one
        return Message.of(N_("approval {id} lasts longer than {days} days; give an earlier expiry"), said)
    for id_ in approval.clauses:
        clause = BY_ID.get(id_)
        said["clause"] = id_
        if clause is None:
            close = get_close_matches(id_, BY_ID, n=1, cutoff=0.5)
            said["names"] = close[0] if close else ", ".join(BY_ID)
            return Message.of(N_("approval {id}: {clause} is no clause; did you mean {names}?"), said)
        if clause.waivable is Waivable.NEVER:
            return Message.of(N_("approval {id}: nothing lifts the clause {clause}"), said)
        if clause.waivable is Waivable.FILE and not from_file:
            return Message.of(N_("approval {id}: only a waiver in the policy file lifts the clause {clause}"), said)
        if clause.waivable is Waivable.TWO and not _two(approval):
            return Message.of(N_("approval {id}: {clause} needs two approvers other than the owner"), said)
        if clause.waivable is Waivable.TWO and not subject.pinned:
            return Message.of(N_("approval {id}: {clause} is lifted for one version or one file only"), said)
    return None


def _named(approval: Approval) -> Sequence[str]:
    """The clauses that an approval names; without any, all that one approver may lift."""
    return approval.clauses or [id_ for id_, clause in BY_ID.items() if clause.waivable is Waivable.YES]


def _may(approval: Approval, subject: Subject, id_: str, *, from_file: bool) -> bool:
    clause = BY_ID[id_]
    match clause.waivable:
        case Waivable.NEVER:
            return False
        case Waivable.FILE:
            return from_file
        case Waivable.TWO:
            return _two(approval) and subject.pinned
    return True


def _two(approval: Approval) -> bool:
    """Two names in `approved_by`, separated by commas, neither of them the owner."""
    names = {name.strip().casefold() for name in approval.approved_by.split(",")}
    return len(names - {"", approval.owner.strip().casefold()}) >= 2
