"""One candidate and the policy: `rule`, and `PolicyFor` for the thousands of candidates of one page.

    1. hard clauses: mismatch, malware, internal names, deny list. They obey no mode.
    2. the allow list: one version with its digest skips what follows.
    3. soft clauses: age, names, provenance, examination, scripts, licence, ...

Every clause that is met is recorded. An approval takes a hit out of the outcome but not out of the record. The most
severe hit that is left decides; among equals the one that lasts longest, then the catalogue's order, but a hard clause
speaks before any other. Pure: the same arguments give the same ruling, and more evidence never softens it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

from lazaretto.judge.gate_clauses.catalog import ALLOW, BY_ID, CLAUSES
from lazaretto.judge.gate_clauses.clause import Case, Check, GateClause, moment
from lazaretto.judge.gate_clauses.mismatch import digest_hit
from lazaretto.judge.gate_subject import Subject
from lazaretto.judge.gate_terms import Action, Allow, GatePolicy, Mode, Setting, TeamPolicy
from lazaretto.judge.gate_waivers import Lift, lifts_for
from lazaretto.model.gate import Approval, Candidate, Hit, Known, Listing, Ruling
from lazaretto.model.text import N_, Message
from lazaretto.model.verdict import Outcome

NOTHING_KNOWN = Known()
SERVED = Ruling(Outcome.ALLOW)
"""Allowed, no clause met."""
TO_EXAMINE = Ruling(Outcome.ALLOW, examine=True)
"""Allowed so far, no clause met; examine it before it is served."""

_PLACE = {clause.id: place for place, clause in enumerate(CLAUSES)}
_HARD = frozenset(clause.id for clause in CLAUSES if clause.hard)
_ALWAYS = Setting(Action.BLOCK)
"""The setting of clauses without a table of their own."""


def rule(
    policy: GatePolicy,
    candidate: Candidate,
    known: Known = NOTHING_KNOWN,
    *,
    team: str = "",
    approvals: Sequence[Approval] = (),
    now: datetime,
) -> Ruling:
    """Rule one candidate. For the candidates of one listing `PolicyFor` does the same several times faster.

    `now` is timezone-aware. A team that the policy does not know is ruled like everybody.
    """
    return PolicyFor(policy, candidate.listing, team=team, approvals=approvals, now=now).rule(candidate, known)


class PolicyFor:
    """A policy made ready for the candidates of one listing, for one team, at one moment."""

    __slots__ = ("_allow", "_examines", "_hard", "_lifts", "_mode", "_now", "_soft")

    def __init__(
        self,
        policy: GatePolicy,
        listing: Listing,
        *,
        team: str = "",
        approvals: Sequence[Approval] = (),
        now: datetime,
    ) -> None:
        """Prepare every clause that a candidate of this listing can meet at all."""
        chosen = policy.team(team)
        case = Case(chosen, listing, now, policy.internal)
        world, name, private = listing.ecosystem, listing.name, listing.private
        hard: list[Check] = []
        soft: list[Check] = []
        self._examines: Callable[[Candidate], bool] | None = None
        for clause, setting, check in _plan(chosen):
            if private and not setting.private:
                continue
            exceptions: list[Subject] = []
            if setting.exceptions:
                exceptions = [one for one in setting.exceptions if one.digest or one.names(world, name)]
                if any(not one.digest and not one.versions for one in exceptions):
                    continue
            if clause.id == "examination":
                self._examines = _unless(exceptions)
            check = check or clause.prepare(case, setting)
            if check is not None:
                (hard if clause.hard else soft).append(_guarded(check, exceptions) if exceptions else check)
        self._hard, self._soft = tuple(hard), tuple(soft)
        self._allow: tuple[Allow, ...] = ()
        if chosen.allow:
            self._allow = tuple(
                line
                for line in chosen.allow
                if line.match.names(world, name) and (line.expires is None or line.expires > now)
            )
        self._lifts: tuple[Lift, ...] = (
            lifts_for(policy, chosen, listing, team, approvals, now) if approvals or chosen.waivers else ()
        )
        self._mode, self._now = chosen.mode, now

    def rule(self, candidate: Candidate, known: Known = NOTHING_KNOWN) -> Ruling:
        """Rule one candidate of the listing."""
        hits = [found for check in self._hard if (found := check(candidate, known)) is not None]
        allowed = _allowed(self._allow, candidate, known) if self._allow else None
        if allowed is None:
            hits += [found for check in self._soft if (found := check(candidate, known)) is not None]
            examine = known.examined is None and self._examines is not None and self._examines(candidate)
            if not hits:
                return TO_EXAMINE if examine else SERVED
        else:
            examine = False
            hits.append(allowed)
        return self._weigh(hits, candidate, known, examine=examine)

    def _weigh(self, hits: list[Hit], candidate: Candidate, known: Known, *, examine: bool) -> Ruling:
        if len(hits) == 1 and not self._lifts and (self._mode is Mode.ENFORCE or hits[0].outcome is Outcome.ALLOW):
            only = hits[0].outcome  # most of a page that has hits at all
            return Ruling(only, tuple(hits), examine and only is Outcome.ALLOW, only)
        would = outcome = Outcome.ALLOW
        refusing: list[Hit] = []
        others: list[Hit] = []
        for found in hits:
            would = max(would, found.outcome)
            lift = next((lift for lift in self._lifts if lift.lifts(found, candidate, known)), None)
            if lift is not None:
                others.append(replace(found, waived=lift.id, until=_earlier(found.until, lift.until)))
            elif found.outcome is Outcome.ALLOW:
                others.append(found)
            elif self._mode is Mode.ENFORCE or found.clause in _HARD:
                outcome = max(outcome, found.outcome)
                refusing.append(found)
            else:
                others.append(replace(found, warn=self._mode is Mode.WARN))
        refusing.sort(key=_speaks_first)
        if refusing:
            refusing[0] = _to_the_end(refusing)
        return Ruling(outcome, (*refusing, *others), examine and outcome is Outcome.ALLOW, would)


def mismatch(candidate: Candidate, what: str, expected: str, arrived: str) -> Ruling:
    """Return the ruling for bytes that are not those that the registry announced; nothing lifts it.

    `what` is the algorithm (`sha512`) or `size`; `expected` and `arrived` are its values.
    """
    return Ruling(Outcome.BLOCK, (digest_hit(candidate, what, expected, arrived),), would=Outcome.BLOCK)


def next_change(rulings: Iterable[Ruling], now: datetime) -> datetime | None:
    """Return the first moment after `now` at which a ruling may change by itself; None = none does.

    What a page says holds no longer than that: the end of a waiting time, of a deny or allow line, of an approval.
    """
    return min((hit.until for ruling in rulings for hit in ruling.hits if hit.until and hit.until > now), default=None)


def is_internal(policy: GatePolicy, ecosystem: str, name: str) -> bool:
    """Tell whether a canonical name is internal: only private upstreams may be asked for it."""
    return any(one.names(ecosystem, name) for one in policy.internal)


def clause_of(ruling: Ruling) -> GateClause | None:
    """Return the clause that decided; None when it is allowed."""
    return BY_ID.get(ruling.clause)


@lru_cache(maxsize=256)
def _plan(team: TeamPolicy) -> tuple[tuple[GateClause, Setting, Check | None], ...]:
    """Return what is looked at for a team, with the checks that are alike for all. Teams are compared by identity."""
    plan = []
    for clause in CLAUSES:
        setting = team.settings.get(clause.id, _ALWAYS)
        if setting.action is Action.OFF or (clause.id == "deny" and not team.deny):
            continue
        check = None
        if clause.alike:
            check = clause.prepare(Case(team, Listing("", ""), datetime.min.replace(tzinfo=UTC)), setting)
            if check is None:
                continue
        plan.append((clause, setting, check))
    return tuple(plan)


def _guarded(check: Check, exceptions: Sequence[Subject]) -> Check:
    looked_at = _unless(exceptions)

    def guarded(candidate: Candidate, known: Known) -> Hit | None:
        return check(candidate, known) if looked_at(candidate) else None

    return guarded


def _unless(exceptions: Sequence[Subject]) -> Callable[[Candidate], bool]:
    """Return a test that is false for what is excepted; a version that cannot be compared is not."""
    if not exceptions:
        return _always
    return lambda candidate: not any(one.covers(candidate) is True for one in exceptions)


def _always(_: Candidate) -> bool:
    return True


def _allowed(lines: Sequence[Allow], candidate: Candidate, known: Known) -> Hit | None:
    sha256 = known.examined.sha256 if known.examined else ""
    for line in lines:
        if line.match.holds(candidate.version) is True and line.digest.covers(candidate, sha256):
            said = {"name": candidate.listing.name, "version": candidate.version, "reason": line.reason}
            if line.expires is None:
                return Hit(
                    ALLOW, Outcome.ALLOW, Message.of(N_("{name} {version} is on the allow list: {reason}"), said)
                )
            template = N_("{name} {version} is on the allow list until {until}: {reason}")
            said["until"] = moment(line.expires)
            return Hit(ALLOW, Outcome.ALLOW, Message.of(template, said), line.expires)
    return None


def _speaks_first(hit: Hit) -> tuple[int, int, bool, float, int]:
    place = _PLACE[hit.clause]
    last = -hit.until.timestamp() if hit.until else 0.0
    return -hit.outcome, place if hit.clause in _HARD else len(_PLACE), hit.until is not None, last, place


def _to_the_end(refusing: Sequence[Hit]) -> Hit:
    """Return the first hit with the end of the whole refusal: a clause behind it may last longer."""
    ends = [hit.until for hit in refusing if hit.until is not None]
    until = max(ends) if len(ends) == len(refusing) else None
    return refusing[0] if refusing[0].until == until else replace(refusing[0], until=until)


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)
