"""The answers of the `gate` commands, for people. Names and reasons from registries are untrusted text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from lazaretto.model.gate import Approval, Candidate, Decided, Ruling
from lazaretto.model.text import N_, Message
from lazaretto.model.verdict import Outcome
from lazaretto.reports.context import Context
from lazaretto.reports.lines import BOLD, DIM, GREEN, RED, YELLOW, paint, wrap
from lazaretto.reports.safe import safe

OUTCOMES = {Outcome.ALLOW: N_("allowed"), Outcome.QUARANTINE: N_("HELD BACK"), Outcome.BLOCK: N_("BLOCKED")}
_COLOURS = {Outcome.ALLOW: GREEN, Outcome.QUARANTINE: YELLOW, Outcome.BLOCK: RED}
_MOST = 12
"""Files of one version that are shown unless everything was asked for."""


def why(rulings: Sequence[tuple[Candidate, Ruling]], newest: str, context: Context) -> str:
    """Render what the policy says of the files of one version (or of the newest versions)."""
    return _joined(_why(rulings, newest, context))


def log(decisions: Sequence[Decided], context: Context) -> str:
    """Render decisions, newest first."""
    return _joined(_log(decisions, context))


def approvals(given: Sequence[Approval], now: datetime, context: Context) -> str:
    """Render approvals."""
    return _joined(_approvals(given, now, context))


def status(state: Mapping[str, object], context: Context) -> str:
    """Render what a running gate says of itself; an empty state: none runs."""
    return _joined(_status(state, context))


def refusals(decisions: Sequence[Decided], withheld: Sequence[tuple[Candidate, Ruling]], context: Context) -> str:
    """Render what was refused while a command ran: what it asked for, else what it was not shown."""
    return _joined(_refusals(decisions, withheld, context))


def simulation(changes: Sequence[tuple[str, Candidate, Ruling, Ruling]], decisions: int, context: Context) -> str:
    """Render what another policy would have done: (kind of change, candidate, ruling then, ruling now)."""
    return _joined(_simulation(changes, decisions, context))


def changes(rows: Sequence[tuple[str, str, Message]], context: Context) -> str:
    """Render what was done to clients' files: (client, file, what)."""
    say = context.translate
    lines = [f"{safe(client, 20):<8} {safe(path, 200)}: {say.message(message, safe)}" for client, path, message in rows]
    return _joined(lines or [say(N_("there was nothing to do"))])


def doctor(
    clients: Sequence[tuple[str, str, Message, bool]],
    escapes: Sequence[tuple[str, Message, bool]],
    gate: str,
    context: Context,
) -> str:
    """Render a diagnosis: clients (name, version, what, asks the gate); lines that lead past it (place, what, wins)."""
    return _joined(_doctor(clients, escapes, gate, context))


def _doctor(
    clients: Sequence[tuple[str, str, Message, bool]],
    escapes: Sequence[tuple[str, Message, bool]],
    gate: str,
    context: Context,
) -> Iterator[str]:
    say = context.translate
    yield say(N_("the gate's address: {url}"), {"url": gate}, safe)
    if not clients:
        yield say(N_("no package client was found"))
    for title, version, message, asks in clients:
        text = f"{safe(title, 40)} {safe(version, 40)}: {say.message(message, safe)}"
        yield from wrap(paint(text, GREEN if asks else YELLOW, on=context.colour), context.width, "    ", "  ")
    if escapes:
        yield say(N_("this folder leads past the gate:"))
    for place, message, wins in escapes if context.show_all else escapes[: 3 * _MOST]:
        note = "" if wins else " (" + say(N_("the gate's setting wins")) + ")"
        yield from wrap(f"{safe(place, 200)}: {say.message(message, safe)}{note}", context.width, "    ", "  ! ")


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _outcome(outcome: Outcome, context: Context) -> str:
    return paint(context.translate(OUTCOMES[outcome]), _COLOURS[outcome], on=context.colour)


def _why(rulings: Sequence[tuple[Candidate, Ruling]], newest: str, context: Context) -> Iterator[str]:
    say = context.translate
    alike: dict[tuple[object, ...], list[Candidate]] = {}
    for candidate, ruling in rulings:
        alike.setdefault((candidate.version, ruling.outcome, ruling.hits), []).append(candidate)
    by_name = {candidate.filename: ruling for candidate, ruling in rulings}
    groups = list(alike.values())
    for group in groups if context.show_all else groups[-_MOST:]:
        first = group[0]
        ruling = by_name[first.filename]
        name = paint(safe(f"{first.listing.name} {first.version}", 200), BOLD, on=context.colour)
        yield f"{name}: {_outcome(ruling.outcome, context)}"
        for hit in ruling.hits:
            text = say.message(hit.message, safe)
            note = f" [{safe(hit.clause, 40)}]"
            if hit.waived:
                note += f" ({say(N_('lifted by {id}'), {'id': hit.waived}, safe)})"
            yield from wrap(text + note, context.width, "    ", "  - ")
        if ruling.examine:
            yield from wrap(say(N_("its bytes are examined before it is served")), context.width, "    ", "  - ")
        files = [safe(one.filename, 120) for one in group]
        shown = files if context.show_all else files[:3]
        more = "" if len(shown) == len(files) else f" (+{len(files) - len(shown)})"
        yield from wrap(paint(", ".join(shown) + more, DIM, on=context.colour), context.width, "    ", "    ")
    if not context.show_all and len(groups) > _MOST:
        yield say(N_("{count} more versions; --all shows them"), {"count": len(groups) - _MOST})
    if newest:
        yield say(N_("newest version that passes: {version}"), {"version": newest}, safe)
    else:
        yield say(N_("no version passes"))


def _log(decisions: Sequence[Decided], context: Context) -> Iterator[str]:
    say = context.translate
    if not decisions:
        yield say(N_("no decision matches"))
    for one in decisions:
        when = one.at.strftime("%Y-%m-%d %H:%M:%S")
        case = f" {one.case}" if one.case else ""
        client = f" ({safe(one.client, 40)})" if one.client else ""
        yield f"{when}  {_outcome(one.outcome, context)}{case}  {safe(one.purl, 200)}{client}"
        if one.message is not None and (one.outcome > Outcome.ALLOW or context.verbose):
            yield from wrap(say.message(one.message, safe), context.width, "    ", "    ")
        if one.would > one.outcome:
            told = {"outcome": say(OUTCOMES[one.would])}
            yield from wrap(say(N_("enforced, it would be: {outcome}"), told), context.width, "    ", "    ")


def _approvals(given: Sequence[Approval], now: datetime, context: Context) -> Iterator[str]:
    say = context.translate
    if not given:
        yield say(N_("there are no approvals"))
    for one in given:
        state = N_("revoked") if one.revoked else N_("ended") if one.expires <= now else N_("holds until {date}")
        held = say(state, {"date": one.expires.strftime("%Y-%m-%d %H:%M")})
        yield f"{safe(one.id, 60)}  {safe(one.subject, 200)}  {held}"
        clauses = ", ".join(safe(clause, 40) for clause in one.clauses) or say(N_("every clause that may be lifted"))
        told = {"owner": one.owner, "approved": one.approved_by, "reason": one.reason}
        text = say(N_("{reason}; owner {owner}, approved by {approved}"), told, safe)
        yield from wrap(f"{clauses}: {text}", context.width, "    ", "    ")


def _status(state: Mapping[str, object], context: Context) -> Iterator[str]:
    say = context.translate
    if not state:
        yield say(N_("no gate runs on this machine; start one: lazaretto gate serve"))
        return
    policy, upstreams, troubles = state.get("policy"), state.get("upstreams"), state.get("troubles")
    word, colour = (N_("well"), GREEN) if state.get("ok") else (N_("not well: its store is away"), RED)
    well = paint(say(word), colour, on=context.colour)
    yield say(N_("the gate at {url}: {state}"), {"url": safe(str(state.get("url", "")), 200), "state": well})
    if isinstance(policy, dict):
        told = {key: safe(str(policy.get(key, "")), 200) for key in ("name", "digest", "mode")}
        yield "  " + say(N_("policy {name} ({digest}), mode {mode}"), told)
        if policy.get("problem"):
            text = say(N_("the policy file in place cannot be used: {problem}"), {"problem": policy["problem"]}, safe)
            yield from wrap(paint(text, RED, on=context.colour), context.width, "    ", "  ")
        if policy.get("fail_open"):
            yield "  " + paint(say(N_("FAIL OPEN: files that cannot be examined are served")), RED, on=context.colour)
    for one in upstreams if isinstance(upstreams, list) else []:
        told = {key: safe(str(one.get(key, "")), 80) for key in ("ecosystem", "id")}
        yield "  " + say(N_("{ecosystem} comes from the upstream {id}"), told)
    told = {"date": str(state.get("intel", "")), "count": str(state.get("examinations", ""))}
    yield "  " + say(N_("intelligence of {date}, {count} examinations"), told, safe)
    for one in troubles if isinstance(troubles, list) else []:
        yield from wrap(
            f"{safe(str(one.get('at')), 40)}  {safe(str(one.get('text')), 400)}", context.width, "    ", "  ! "
        )


def _refusals(
    decisions: Sequence[Decided], withheld: Sequence[tuple[Candidate, Ruling]], context: Context
) -> Iterator[str]:
    say = context.translate
    told: set[tuple[str, str]] = set()
    for one in decisions:
        key = (one.purl, one.clause)
        if one.outcome is Outcome.ALLOW or key in told:
            continue
        told.add(key)
        yield f"{_outcome(one.outcome, context)}  {safe(one.purl.removeprefix('pkg:'), 200)}  {one.case}"
        if one.message is not None:
            yield from wrap(say.message(one.message, safe), context.width, "  ", "  ")
    shown = 0
    for candidate, ruling in withheld:
        key = (candidate.purl, ruling.clause)
        if key in told:
            continue
        told.add(key)
        if not shown:
            yield say(N_("not shown to the client, because the policy withholds them:"))
        shown += 1
        if shown > _MOST and not context.show_all:
            continue
        yield f"  {_outcome(ruling.outcome, context)}  {safe(candidate.purl.removeprefix('pkg:'), 200)}"
        if ruling.message is not None:
            yield from wrap(say.message(ruling.message, safe), context.width, "    ", "    ")
    if shown > _MOST and not context.show_all:
        yield "  " + say(N_("and {count} more"), {"count": shown - _MOST})


def _simulation(
    changes: Sequence[tuple[str, Candidate, Ruling, Ruling]], decisions: int, context: Context
) -> Iterator[str]:
    say = context.translate
    told = {"count": decisions, "changed": len(changes)}
    yield say(N_("{count} decisions were looked at; {changed} would be different"), told)
    for _, candidate, old, new in changes if context.show_all else changes[: 4 * _MOST]:
        yield f"{_outcome(old.outcome, context)} -> {_outcome(new.outcome, context)}  {safe(candidate.purl, 200)}"
        ruling = new if new.hits else old
        if ruling.hits:
            yield from wrap(say.message(ruling.hits[0].message, safe), context.width, "    ", "    ")
