"""The model's values as columns, and back. Texts from outside are made storable: both databases refuse some."""

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from lazaretto.model.gate import Approval, Decided, Examined
from lazaretto.model.text import Message
from lazaretto.model.verdict import Grade, Outcome

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_KEY = re.compile(r"(sha1:[0-9a-f]{40}|sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\Z")
_ALGORITHMS = {"sha1": b"\1", "sha256": b"\2", "sha512": b"\3"}
_NAMES = {mark: name for name, mark in _ALGORITHMS.items()}

EXAMINED = "sha256, grade, score, complete, failed, rules, summary, engine, at, name, version"
APPROVAL = "id, subject, clauses, reason, owner, expires, team, approved_by, created"
DECIDED = (
    "at, request, case_id, client, team, kind, purl, filename, digest, outcome, would, clause, message, until, epoch, "
    "warnings"
)

Row = tuple[Any, ...]


def micros(when: datetime | None) -> int:
    """Return microseconds of Unix time; 0 for None."""
    return 0 if when is None else (when - EPOCH) // _MICRO


def moment(number: int) -> datetime | None:
    """Return the time of `micros`."""
    return EPOCH + timedelta(microseconds=number) if number else None


def time_of(number: int) -> datetime:
    """Return the time of `micros`; 0 is 1970."""
    return EPOCH + timedelta(microseconds=number)


def is_key(key: str) -> bool:
    """Tell whether this is a digest as `algorithm:hex`."""
    return _KEY.match(key) is not None


def storable(text: str, limit: int) -> str:
    """Return a text without NUL and lone surrogates, of at most `limit` characters."""
    text = text[:limit]
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode()[:limit]


def file_key(filename: str) -> str:
    """Return a file name as a key: itself, or its hash when it is not storable as it is."""
    if storable(filename, 400) == filename:
        return filename
    return "\ufffd" + hashlib.sha256(filename.encode("utf-8", "surrogatepass")).hexdigest()


def _message(message: Message | None) -> str:
    if message is None:
        return ""
    return _json([message.template, *(part for pair in message.params for part in pair)])


def _json(texts: Iterable[str]) -> str:
    # JSON escapes NUL; lone surrogates must go before
    return msgspec.json.encode([storable(text, 2000) for text in texts]).decode()


def _texts(found: str) -> tuple[str, ...]:
    return msgspec.json.decode(found, type=tuple[str, ...]) if found else ()


def _message_of(found: str) -> Message | None:
    texts = _texts(found)
    return Message(texts[0], tuple(zip(texts[1::2], texts[2::2], strict=False))) if texts else None


def examined_row(examined: Examined) -> Row:
    """Return the row of an examination."""
    return (
        examined.sha256,
        int(examined.grade),
        examined.score,
        int(examined.complete),
        int(examined.failed),
        _json(examined.rules[:200]),
        _message(examined.summary),
        storable(examined.engine, 200),
        micros(examined.at),
        storable(examined.name, 400),
        storable(examined.version, 200),
    )


def examined_of(row: Row) -> Examined:
    """Return the examination of a row."""
    sha256, grade, score, complete, failed, rules, summary, engine, at, name, version = row
    return Examined(
        sha256,
        Grade(grade),
        score,
        bool(complete),
        _texts(rules),
        _message_of(summary) or Message(""),
        engine,
        time_of(at),
        bool(failed),
        name,
        version,
    )


def approval_row(approval: Approval, now: datetime) -> Row:
    """Return the row of an approval; without a date of its own it is of `now`."""
    return (
        approval.id,
        storable(approval.subject, 1000),
        _json(approval.clauses),
        storable(approval.reason, 2000),
        storable(approval.owner, 200),
        micros(approval.expires),
        storable(approval.team, 200),
        storable(approval.approved_by, 200),
        micros(approval.created or now),
    )


def approval_of(row: Row) -> Approval:
    """Return the approval of a row and its date of revocation (None: not revoked)."""
    ident, subject, clauses, reason, owner, expires, team, approved_by, created, revoked = row
    return Approval(
        ident,
        subject,
        _texts(clauses),
        reason,
        owner,
        time_of(expires),
        team,
        approved_by,
        moment(created),
        None if revoked is None else time_of(revoked),
    )


def pack_digest(digest: str) -> bytes:
    """Return `algorithm:hex` in half its length; anything else as it is."""
    name, _, text = digest.partition(":")
    mark = _ALGORITHMS.get(name)
    if mark is not None and is_key(digest):
        return mark + bytes.fromhex(text)
    return b"\0" + storable(digest, 200).encode() if digest else b""


def digest_of(packed: bytes) -> str:
    """Return the digest that was packed."""
    packed = bytes(packed)
    name = _NAMES.get(packed[:1])
    return f"{name}:{packed[1:].hex()}" if name else packed[1:].decode("utf-8", "replace")


def decided_row(decided: Decided) -> Row:
    """Return the row of a decision, without its number."""
    return (
        micros(decided.at),
        storable(decided.request, 100),
        storable(decided.case, 100),
        storable(decided.client, 200),
        storable(decided.team, 200),
        storable(decided.kind, 40),
        storable(decided.purl, 800),
        storable(decided.filename, 400),
        pack_digest(decided.digest),
        int(decided.outcome),
        int(decided.would),
        storable(decided.clause, 200),
        _message(decided.message),
        micros(decided.until),
        decided.epoch,
        "" if not decided.warnings else msgspec.json.encode([_message(one) for one in decided.warnings]).decode(),
    )


def decided_of(row: Row) -> Decided:
    """Return the decision of a row (columns `DECIDED`)."""
    (at, request, case, client, team, kind, purl, filename, digest, outcome, would, clause, message, until, epoch,
     warnings) = row  # fmt: skip
    told = (_message_of(one) for one in _texts(warnings))
    return Decided(
        time_of(at), request, case, client, team, kind, purl, filename,
        digest_of(bytes(digest)), Outcome(outcome), Outcome(would), clause,
        _message_of(message), moment(until), epoch, tuple(one for one in told if one),
    )  # fmt: skip
