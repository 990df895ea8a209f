"""What the gate obeys right now: policy file, approvals, intelligence; and a number that changes when any of them does.

    epoch of a project = (policy digest, number of the last change that may concern it, mark of the intelligence)

Whoever made something under another epoch makes it again. A broken policy file changes nothing: the last one that could
be read stays in force, and `status` says so. At the start there is no last one, and the gate does not start.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lazaretto.adapters.http_client import ClientConfig
from lazaretto.adapters.store.place import StoreError, place
from lazaretto.adapters.upstreams import Upstream, upstream
from lazaretto.app.library import Library, embedded_records
from lazaretto.gate.backend import Backend
from lazaretto.gate.settings import Settings
from lazaretto.intel.match import match_hashes
from lazaretto.intel.pack import newest_date
from lazaretto.intel.packages import keys_of
from lazaretto.intel.standing import live
from lazaretto.judge.gate_policy import DEFAULT_POLICY, PolicyError, load_policy
from lazaretto.judge.gate_rule import PolicyFor, is_internal
from lazaretto.judge.gate_terms import GatePolicy
from lazaretto.judge.gate_waivers import check_approval
from lazaretto.model.gate import Approval, Candidate, Examined, Known, Listing, Ruling
from lazaretto.model.intel import PackageRecord
from lazaretto.model.package import Package
from lazaretto.model.text import N_, Message
from lazaretto.model.verdict import Grade

_POLICY_BYTES = 4 << 20
SPOILED = timedelta(minutes=2)
"""For so long a file that came otherwise than promised is not asked for again."""
Epoch = tuple[object, ...]


@dataclass
class Rules:
    """Everything that rulings are made of. `load` and `refresh` read files and databases: call them in a thread."""

    settings: Settings
    backend: Backend
    policy: GatePolicy = DEFAULT_POLICY
    approvals: tuple[Approval, ...] = ()
    upstreams: tuple[Upstream, ...] = ()
    number: int = 0
    """The store's counter, as far as it was followed."""
    away: bool = False
    """The store did not answer the last time it was asked."""
    problem: str = ""
    """Why the policy file in place is not the one in force; empty = it is."""
    intel_date: str = ""
    _general: int = 0
    _projects: dict[tuple[str, str], int] = field(default_factory=dict)
    _inputs: tuple[str, str] = ("", "")
    _spoiled: dict[tuple[str, str, str], Ruling] = field(default_factory=dict)
    _marks: dict[tuple[str, str], int] = field(default_factory=dict)
    _policy_mark: tuple[int, int, int] = (0, 0, 0)
    _environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    def load(self) -> None:
        """Read everything for the first time.

        Raises:
            PolicyError, OSError: the policy cannot be read.
            StoreError: the store cannot be used.
        """
        if self.settings.policy_file is not None:
            self._policy_mark = _mark(self.settings.policy_file)
            self._take(read_policy(self.settings.policy_file))
        else:
            self._take(DEFAULT_POLICY)
        self._follow()

    def epoch(self, ecosystem: str, name: str) -> Epoch:
        """Return what a table or page of a project must have been made under to be good still."""
        key = (ecosystem, name)
        number = max(self._general, self._projects.get(key, 0))
        return (self._inputs[0], number, self._inputs[1], self._marks.get(key, 0))

    def refresh(self) -> bool:
        """Look what changed; tell whether anything did. A store that is away leaves everything as it was."""
        before = self.number
        file = self.settings.policy_file
        if file is not None:
            mark = _mark(file)
            if mark != self._policy_mark:
                self._policy_mark = mark
                try:
                    self._take(read_policy(file))
                    self.problem = ""
                except (PolicyError, OSError) as error:
                    self.problem = str(error)
        try:
            self._follow()
            self.away = False
        except StoreError:
            self.away = True
            raise
        return self.number != before

    def is_internal(self, ecosystem: str, name: str) -> bool:
        """Tell whether only private upstreams may be asked for a name."""
        return is_internal(self.policy, ecosystem, name)

    def refuses_approval(self, approval: Approval) -> str:
        """Say why an approval would lift nothing; empty when it may."""
        found = check_approval(self.policy, approval)
        return found.english() if found is not None else ""

    def rulers(self, listing: Listing, team: str, now: datetime) -> PolicyFor:
        """Make the policy ready for a project."""
        return PolicyFor(self.policy, listing, team=team, approvals=self.approvals, now=now)

    def records(self, listing: Listing, now: datetime) -> tuple[PackageRecord, ...]:
        """Return what intelligence records under a project's name: the packs and the store, live records only."""
        package = Package(listing.ecosystem, listing.name, "", "", 0)
        found = list(embedded_records(package))
        with Library(self.settings.intel, now) as library:
            recorded = library.recorded([package])
            found += [one for key in keys_of(package) for one in recorded.get(key, ())]
            return tuple(live(found, library.now))

    def rule_examined(self, candidate: Candidate, examined: Examined, team: str) -> Ruling:
        """Rule a file whose bytes are here."""
        now = datetime.now(UTC)
        known = Known(
            self.records(candidate.listing, now),
            examined,
            None if candidate.published else self.first_seen(candidate, now),
            bad_digest=bad_digest(examined.sha256, candidate.filename),
        )
        return self.rulers(candidate.listing, team, now).rule(candidate, known)

    def changed(self, listing: Listing, examined: Examined) -> None:
        """Make everybody look at a project again: an examination refuses one of its files."""
        project = (listing.ecosystem, listing.name)
        self._marks[project] = self._marks.get(project, 0) + 1
        if examined.grade is Grade.NOTHING_FOUND and not examined.failed:  # of the others the store knows by itself
            self.backend.store.bump("gate", "an archive's name or completeness", datetime.now(UTC), project)

    def warm(self) -> None:
        """Rule something that does not exist, so that lists and packs are loaded before the first question."""
        now = datetime.now(UTC)
        for ecosystem in ("npm", "pypi"):
            listing = Listing(ecosystem, "lazaretto-warms-up", now, 1)
            known = Known(self.records(listing, now))
            self.rulers(listing, "", now).rule(Candidate(listing, "1.0.0", "lazaretto-warms-up-1.0.0.tgz"), known)
        bad_digest("0" * 64, "")

    def spoil(self, candidate: Candidate, ruling: Ruling, now: datetime) -> None:
        """Remember that a file came otherwise than promised: pages and downloads say so for `SPOILED`."""
        listing = candidate.listing
        ended = replace(ruling.hits[0], until=now + SPOILED)
        self._spoiled[listing.ecosystem, listing.name, candidate.filename] = replace(ruling, hits=(ended,))
        self._marks[listing.ecosystem, listing.name] = self._marks.get((listing.ecosystem, listing.name), 0) + 1

    def spoiled(self, candidate: Candidate, now: datetime) -> Ruling | None:
        """Return the ruling of a file that came otherwise than promised a moment ago."""
        listing = candidate.listing
        key = (listing.ecosystem, listing.name, candidate.filename)
        ruling = self._spoiled.get(key)
        if ruling is not None and ruling.until is not None and ruling.until <= now:
            del self._spoiled[key]
            return None
        return ruling

    def first_seen(self, candidate: Candidate, now: datetime) -> datetime | None:
        """Return when this gate first saw a file."""
        listing = candidate.listing
        seen = self.backend.store.first_seen(listing.ecosystem, listing.name, [candidate.filename], now)
        return seen.get(candidate.filename)

    def _take(self, policy: GatePolicy) -> None:
        self.upstreams = self._upstreams(policy)
        self.policy = policy

    def _follow(self) -> None:
        store, now = self.backend.store, datetime.now(UTC)
        inputs = (self.policy.digest, self._intel_mark())
        if inputs != self._inputs:
            store.note_inputs(*inputs, now)
        changes = store.changes(self.number)
        if changes.general > self._general or inputs != self._inputs:
            self.approvals = store.approvals(now)
            self._projects.clear()
        self._projects.update(changes.projects)
        self._general, self.number, self._inputs = changes.general, changes.epoch, inputs

    def _intel_mark(self) -> str:
        """Return something that changes when the intelligence does."""
        where = place(self.settings.intel)
        if where is None or not where.exists:
            self.intel_date = newest_date()
            return self.intel_date
        if where.file is not None:
            self.intel_date = self.intel_date or newest_date()
            state = where.file.stat()
            return f"{state.st_mtime_ns}:{state.st_size}:{state.st_ino}"
        with Library(self.settings.intel, datetime.now(UTC)) as library:
            self.intel_date = library.date
        return self.intel_date

    def _upstreams(self, policy: GatePolicy) -> tuple[Upstream, ...]:
        """Return the policy's upstreams, or those that the gate was started with; private ones are asked first."""
        if not policy.upstreams:
            return self.settings.upstreams
        found = []
        named = {one.ecosystem for one in policy.upstreams if not one.serves}
        for one in policy.upstreams:
            http = ClientConfig(ca_file=one.ca_file, environment=self._environment)
            like = next((other.http for other in self.settings.upstreams if other.ecosystem == one.ecosystem), None)
            if like is not None and not one.ca_file:
                http = like
            url = one.url
            made = upstream(one.id, one.ecosystem, url, http, names=_globs(one.serves), private=one.private)
            found.append(_authorized(made, one.token_env, one.username_env, one.password_env, self._environment))
        found += [one for one in self.settings.upstreams if one.ecosystem not in named]
        return tuple(found)


def bad_digest(sha256: str, filename: str) -> str:
    """Return what intelligence says of a file's digest; empty when nothing."""
    if not sha256:
        return ""
    found = match_hashes(sha256, filename)
    return found[0].message.english() if found else ""


def _globs(subjects: Sequence[object]) -> list[str]:
    return [str(getattr(one, "name", "")) for one in subjects]


def _authorized(made: Upstream, token: str, user: str, password: str, environment: dict[str, str]) -> Upstream:
    from base64 import b64encode

    if token and environment.get(token):
        return replace(made, authorization=f"Bearer {environment[token]}")
    if user and password:
        pair = f"{environment.get(user, '')}:{environment.get(password, '')}"
        return replace(made, authorization="Basic " + b64encode(pair.encode()).decode())
    return made


def read_policy(file: Path) -> GatePolicy:
    """Read a policy file.

    Raises:
        PolicyError, OSError: it cannot be read.
    """
    with file.open("rb") as stream:
        data = stream.read(_POLICY_BYTES + 1)
    if len(data) > _POLICY_BYTES:
        raise PolicyError(Message.of(N_("the policy file is larger than {limit} bytes"), {"limit": _POLICY_BYTES}))
    try:
        return load_policy(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise PolicyError(Message.of(N_("the policy file is not UTF-8"))) from error


def _mark(file: Path) -> tuple[int, int, int]:
    try:
        state = file.stat()
    except OSError:
        return (-1, -1, -1)
    return (state.st_mtime_ns, state.st_size, state.st_ino)
