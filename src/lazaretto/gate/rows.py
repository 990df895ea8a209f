"""Decisions, rulings and approvals as JSON rows: English, stable keys."""

from datetime import datetime

from lazaretto.gate.refusal import case_id
from lazaretto.model.gate import Approval, Candidate, Decided, Hit, Ruling
from lazaretto.model.verdict import Outcome


def candidate_row(candidate: Candidate, ruling: Ruling, policy: str) -> dict[str, object]:
    """One file and what is ruled of it."""
    refused = ruling.outcome > Outcome.ALLOW
    return {
        "file": candidate.filename,
        "version": candidate.version,
        "published": _time(candidate.published),
        "outcome": ruling.outcome.name.lower(),
        "would": ruling.would.name.lower(),
        "case": case_id(candidate, ruling.clause, policy) if refused else "",
        "until": _time(ruling.until),
        "examine": ruling.examine,
        "clauses": [_hit(hit) for hit in ruling.hits],
    }


def decided_row(decided: Decided) -> dict[str, object]:
    """One line of the decision log."""
    return {
        "at": _time(decided.at),
        "request": decided.request,
        "case": decided.case,
        "client": decided.client,
        "team": decided.team,
        "kind": decided.kind,
        "purl": decided.purl,
        "file": decided.filename,
        "digest": decided.digest,
        "outcome": decided.outcome.name.lower(),
        "would": decided.would.name.lower(),
        "clause": decided.clause,
        "reason": decided.message.english() if decided.message else "",
        "until": _time(decided.until),
        "epoch": decided.epoch,
        "warnings": [message.english() for message in decided.warnings],
    }


def approval_row(approval: Approval) -> dict[str, object]:
    """One approval."""
    return {
        "id": approval.id,
        "subject": approval.subject,
        "clauses": list(approval.clauses),
        "reason": approval.reason,
        "owner": approval.owner,
        "approved_by": approval.approved_by,
        "team": approval.team,
        "created": _time(approval.created),
        "expires": _time(approval.expires),
        "revoked": _time(approval.revoked),
    }


def _hit(hit: Hit) -> dict[str, object]:
    return {
        "clause": hit.clause,
        "asks": "warn" if hit.warn else hit.outcome.name.lower(),
        "reason": hit.message.english(),
        "until": _time(hit.until),
        "waived": hit.waived,
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None
