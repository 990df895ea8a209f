"""The keeper of one gate: what is known, what is ruled, and what may be served. Routes ask it and only render.

    project -> Table -> page          the forms that clients want, finished and compressed
                     -> file          the bytes, after the ruling

Everything slow happens once for however many ask; everything quick needs no other process and no disk.
"""

import asyncio
import contextlib
import secrets
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urljoin

from lazaretto.adapters.cache import program_digest
from lazaretto.adapters.gate_blobs import Blob
from lazaretto.adapters.gate_upstream import UpstreamClient
from lazaretto.adapters.upstreams import Upstream
from lazaretto.ecosystems.pypi_legacy import legacy_json
from lazaretto.ecosystems.ranges import canonical
from lazaretto.ecosystems.registry_document import RegistryDocumentError
from lazaretto.gate.artifacts import Artifacts, Had
from lazaretto.gate.asking import Asking
from lazaretto.gate.backend import Backend
from lazaretto.gate.examiner import Examiner
from lazaretto.gate.metrics import Metrics
from lazaretto.gate.once import Memory, Once
from lazaretto.gate.pages import Page, Pages, reasons
from lazaretto.gate.recorder import Recorder
from lazaretto.gate.refusal import Refusal, case_id, down, later, missing, refused
from lazaretto.gate.rules import Rules, bad_digest
from lazaretto.gate.settings import Settings
from lazaretto.gate.sources import Document, Sources
from lazaretto.gate.table import Table
from lazaretto.gate.tables import Built, build
from lazaretto.judge.gate_rule import mismatch
from lazaretto.model.gate import Candidate, Decided, Examined, Hit, Listing, Ruling
from lazaretto.model.text import N_, Message
from lazaretto.model.verdict import Grade, Outcome

CANDIDATES = 6_000
"""Files of all whole tables in memory: about a kilobyte each."""
NEAR = 20_000
"""Files of all near tables in memory."""
SHOWN = 16
"""Digits of a digest that a message shows."""
HIDDEN = 20
"""Withheld files of one page that are logged, newest first."""
INTERNAL = N_("{name} is an internal name and no private registry is configured for it; it is not looked up outside")
POLL = 1.0
"""Seconds between two looks at what others changed: policy file, store, intelligence."""


@dataclass(frozen=True, slots=True)
class Served:
    """A file that may be served."""

    blob: Blob
    """Open until the answer is sent."""
    candidate: Candidate
    ruling: Ruling


@dataclass
class Keeper:
    """Use `Keeper.opened`."""

    settings: Settings
    backend: Backend
    rules: Rules
    sources: Sources
    artifacts: Artifacts
    recorder: Recorder
    metrics: Metrics
    pages: Pages
    mark: str
    """This gate's id: what its requests to upstreams carry."""
    own_url: str = ""
    troubles: list[tuple[datetime, str]] = field(default_factory=list)
    """The last things that went wrong, for `status`."""
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _tables: Memory[tuple[str, str, str], Table] = field(
        default_factory=lambda: Memory(CANDIDATES, lambda table: len(table.candidates) + 8)
    )
    _near: Memory[tuple[str, str, str], Table] = field(
        default_factory=lambda: Memory(NEAR, lambda table: len(table.candidates) + 8)
    )
    """Of each table the files that clients ask for: the newest, and those served. Projects with thousands of files push
    each other's tables out; these stay."""
    _building: Once[tuple[str, str, str], Built] = field(default_factory=Once)

    @classmethod
    @asynccontextmanager
    async def opened(cls, settings: Settings) -> AsyncIterator["Keeper"]:
        """Open store, cache and connections; close them when the block ends.

        Raises:
            StoreError, PolicyError: the store or the policy cannot be used.
        """
        metrics, mark = Metrics(), secrets.token_hex(8)
        backend = await asyncio.to_thread(Backend.open, settings)
        rules = Rules(settings, backend)
        await asyncio.to_thread(rules.load)
        jobs = settings.jobs or min(4, _processors())
        async with (
            UpstreamClient(mark) as client,
            Examiner(jobs, settings.intel) as examiner,
        ):
            sources = Sources(settings, client, backend.documents, metrics, rules.upstreams)
            artifacts = Artifacts(
                settings, client, backend.blobs, backend.store, examiner, metrics, mark, program_digest()
            )
            keeper = cls(
                settings,
                backend,
                rules,
                sources,
                artifacts,
                Recorder(_logging(backend), print),
                metrics,
                Pages(settings),
                mark,
            )
            keeper.recorder.trouble = keeper.trouble
            artifacts.mismatch = keeper.mismatch
            tasks = [
                asyncio.create_task(keeper._watch()),
                asyncio.create_task(keeper.recorder.run()),
                asyncio.create_task(examiner.warm()),
                asyncio.create_task(asyncio.to_thread(rules.warm)),
            ]
            try:
                yield keeper
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await artifacts.close()
                await sources.close()
                await keeper.recorder.close()
                await asyncio.to_thread(backend.close)

    @property
    def policy_digest(self) -> str:
        """Digest of the policy in force."""
        return self.rules.policy.digest

    def trouble(self, text: str) -> None:
        """Note that something went wrong, for `status` and for who watches standard error."""
        self.troubles[:] = [*self.troubles[-49:], (self.now(), text)]
        with contextlib.suppress(OSError):
            sys.stderr.write(f"lazaretto gate: {text}\n")

    async def table(self, ecosystem: str, name: str, team: str, *, again: bool = False) -> Table:
        """Return the verdict table of a project."""
        return (await self._built(ecosystem, name, team, again=again, whole=False)).table

    async def page(self, asking: Asking, form: str, rest: str = "") -> Page:
        """Return a project's document in one form, as this client may see it.

        Raises:
            Refusal: there is none, or nothing of it may be seen.
        """
        ecosystem = "npm" if asking.asked.kind.value.startswith("npm") else "pypi"
        name, team = asking.asked.name, asking.team
        await self._no_internal(asking, "page", ecosystem, name)
        document = await self.sources.document(ecosystem, name)
        key = (ecosystem, name, team, form, rest, asking.base)
        page = self.pages.get(key, document.digest, self.rules.epoch(ecosystem, name), self.now())
        if page is not None:
            self.metrics.cache.labels("page", "hit").inc()
            return page
        self.metrics.cache.labels("page", "miss").inc()
        built = await self._built(ecosystem, name, team, again=False, whole=False)
        if ecosystem == "npm" and built.table.refused:
            filename = built.table.worst()
            raise await self._refuse(
                asking, "page", built.table, built.table.candidates[filename], built.table.rulings[filename]
            )
        if built.document is None:
            built = await self._built(ecosystem, name, team, again=False, whole=True)
        page = await asyncio.to_thread(self.pages.make, key, built, asking.base, form, rest)
        if page.hidden:
            await self._record_hidden(asking, built.table)
        return page

    async def file(self, asking: Asking, filename: str, *, kind: str = "file") -> Served:
        """Return a file that may be served: ruled, promised, examined.

        Raises:
            Refusal: it may not, or not yet.
            UpstreamError: it cannot be had.
        """
        ecosystem = "npm" if asking.asked.kind.value.startswith("npm") else "pypi"
        name, team = asking.asked.name, asking.team
        await self._no_internal(asking, kind, ecosystem, name)
        table = await self._table_with(ecosystem, name, team, filename)
        candidate = table.candidates.get(filename)
        if candidate is None:
            reason = table.rejected.get(filename)
            if reason:
                raise await self._refuse(asking, kind, *self._foreign(table, filename, reason))
            raise missing(f"{name} has no file {filename}")
        ruling = table.rulings[filename]
        if ruling.outcome > Outcome.ALLOW:
            raise await self._refuse(asking, kind, table, candidate, ruling)
        try:
            had = await self._have(table, candidate, examine=ruling.examine)
        except Refusal as refusal:
            spoiled = self.rules.spoiled(candidate, self.now())
            if refusal.case and spoiled is not None:
                await self._record(asking, kind, candidate, spoiled, refusal.case)
            raise
        if had.examined is not None and not _clean(had.examined, candidate):
            ruling = await self._ruled(table, candidate, had.examined, team)
            if ruling.outcome > Outcome.ALLOW:
                whole = await self.table(ecosystem, name, team)  # it knows the newest version that passes
                raise await self._refuse(asking, kind, whole, candidate, ruling)
        await self._record(asking, kind, candidate, ruling, "")
        return Served(had.blob, candidate, ruling)

    def address(self, name: str, filename: str) -> str:
        """Return where the upstream serves a file of a project that was asked for lately; empty = not known."""
        for table in (*self._near.values(), *self._tables.values()):
            if table.listing.name == name and filename in table.candidates:
                return table.candidates[filename].url
        return ""

    async def ruling(self, ecosystem: str, name: str, team: str, version: str) -> list[tuple[Candidate, Ruling]]:
        """Return the rulings of one version's files, for who asks why. Fetches no file."""
        table = await self.table(ecosystem, name, team)
        found = []
        for filename, candidate in table.candidates.items():
            if not version or candidate.version == version:
                ruling = table.rulings[filename]
                known = await self.artifacts.known(candidate) if ruling.examine else None
                found.append((candidate, await self._ruled(table, candidate, known, team) if known else ruling))
        return found

    def mismatch(self, candidate: Candidate, what: str, promised: str, arrived: str) -> Refusal:
        """Make the refusal of a file that is not what the registry promised; its pages stop listing it for a while."""
        ruling = mismatch(candidate, what, promised[:SHOWN], arrived[:SHOWN])
        listing = candidate.listing
        self.rules.spoil(candidate, ruling, self.now())
        self.pages.forget(listing.ecosystem, listing.name)
        return refused(candidate, ruling, self.policy_digest)

    def status(self) -> dict[str, object]:
        """Return the gate's state, for `/-/lazaretto/status`."""
        away = self.rules.away or self.recorder.away
        return {
            "ok": not away,
            "url": self.own_url,
            "begun": self.begun.isoformat(timespec="seconds"),
            "policy": {
                "name": self.rules.policy.name,
                "digest": self.policy_digest,
                "mode": self.rules.policy.mode,
                "fail_open": list(self.rules.policy.fail_open),
                "file": str(self.settings.policy_file or ""),
                "problem": self.rules.problem,
            },
            "intel": self.rules.intel_date,
            "epoch": self.rules.number,
            "offline": self.settings.offline,
            "upstreams": [
                {"id": one.id, "ecosystem": one.ecosystem, "names": list(one.names), "private": one.private}
                for one in self.sources.upstreams
            ],
            "examinations": self.artifacts.examiner.done,
            "troubles": [{"at": at.isoformat(timespec="seconds"), "text": text} for at, text in self.troubles[-10:]],
        }

    async def metadata(self, asking: Asking, filename: str) -> tuple[bytes, str]:
        """Return a wheel's metadata (PEP 658) and its digest.

        It is no code; the wheel itself is examined when it is asked for.

        Raises:
            Refusal: the wheel may not be seen, or has no metadata beside it.
            UpstreamError: it cannot be had.
        """
        name, team = asking.asked.name, asking.team
        await self._no_internal(asking, "metadata", "pypi", name)
        table = await self._table_with("pypi", name, team, filename)
        candidate = table.candidates.get(filename)
        if candidate is None:
            raise missing(f"{name} has no file {filename}")
        ruling = table.rulings[filename]
        if ruling.outcome > Outcome.ALLOW:
            raise await self._refuse(asking, "metadata", table, candidate, ruling)
        return await self.artifacts.metadata(candidate, self._upstream(table))

    async def legacy(self, asking: Asking) -> bytes:
        """Return the older JSON document of a Python project, filtered like its page.

        Raises:
            Refusal: there is none.
            UpstreamError: it cannot be had.
        """
        name, team, version = asking.asked.name, asking.team, asking.asked.version
        await self._no_internal(asking, "page", "pypi", name)
        built = await self._built("pypi", name, team, again=False, whole=False)
        upstream = self._upstream(built.table)
        root = urljoin(upstream.url, "../pypi/")
        place = urljoin(root, f"{name}/{quote(version)}/json" if version else f"{name}/json")
        fetched = await self.sources.client.request(
            upstream, "GET", place, {"Accept": "application/json"}, self.settings.document_bytes
        )
        rulings, why = built.table.rulings, reasons(built.table, self.policy_digest)
        try:
            found = await asyncio.to_thread(
                lambda: legacy_json(fetched.body, name, rulings, why, asking.base, version=version)
            )
        except RegistryDocumentError as error:
            raise down(f"{upstream.id}: {error}") from error
        if found is None:
            raise missing(f"{name} has no version {version} that may be seen" if version else f"{name} has no files")
        return found

    async def provenance(self, asking: Asking) -> bytes:
        """Return the upstream's provenance of a file that may be seen (PEP 740).

        Raises:
            Refusal: it may not, or there is none.
            UpstreamError: it cannot be had.
        """
        name, filename = asking.asked.name, asking.asked.rest
        await self._no_internal(asking, "metadata", "pypi", name)
        built = await self._built("pypi", name, asking.team, again=False, whole=True)
        candidate = built.table.candidates.get(filename)
        place = built.page.provenance_url(filename) if candidate is not None else None
        if candidate is None or not place:
            raise missing(f"{filename} has no provenance")
        ruling = built.table.rulings[filename]
        if ruling.outcome > Outcome.ALLOW:
            raise await self._refuse(asking, "metadata", built.table, candidate, ruling)
        upstream = self._upstream(built.table)
        fetched = await self.sources.client.request(upstream, "GET", place, {"Accept": "application/json"}, 8 << 20)
        return fetched.body

    def refuse_internal(self, ecosystem: str, name: str) -> None:
        """Refuse an internal name that no private upstream serves: it is never looked up outside."""
        if self.rules.is_internal(ecosystem, name) and not any(
            one.private for one in self.sources.route(ecosystem, name)
        ):
            text = Message.of(INTERNAL, {"name": name}).english()
            raise Refusal(403, f"LZ-{case_key(ecosystem, name)}", text, {}, "internal", "blocked")

    async def _no_internal(self, asking: Asking, kind: str, ecosystem: str, name: str) -> None:
        """Refuse an internal name, and record it: pip, bun and others print nothing of it."""
        try:
            self.refuse_internal(ecosystem, name)
        except Refusal as refusal:
            hit = Hit("internal", Outcome.BLOCK, Message.of(INTERNAL, {"name": name}))
            ruling = Ruling(Outcome.BLOCK, (hit,), would=Outcome.BLOCK)
            await self._record(asking, kind, Candidate(Listing(ecosystem, name), "", ""), ruling, refusal.case)
            raise

    def _foreign(self, table: Table, filename: str, reason: Message) -> tuple[Table, Candidate, Ruling]:
        candidate = Candidate(table.listing, "", filename)
        hit = Hit(
            "integrity",
            Outcome.BLOCK,
            Message.of(
                N_("the registry lists it under a name that is not its own ({reason})"), {"reason": reason.english()}
            ),
        )
        return table, candidate, Ruling(Outcome.BLOCK, (hit,), would=Outcome.BLOCK)

    async def _have(self, table: Table, candidate: Candidate, *, examine: bool) -> Had:
        """Have the bytes here and examined, waiting as long as a client may be kept waiting."""
        ready = self.artifacts.cached(candidate, examine=examine)
        if ready is not None:
            return ready
        upstream = self._upstream(table)
        task = await self.artifacts.get(candidate, upstream, examine=examine)
        try:
            async with asyncio.timeout(self.settings.hold_seconds):
                return await asyncio.shield(task)
        except TimeoutError:
            if task.done():
                return task.result()
            raise later(f"{candidate.filename} is being examined; ask again in a moment") from None

    def _upstream(self, table: Table) -> Upstream:
        for one in self.sources.upstreams:
            if one.id == table.upstream:
                return one
        raise later("the upstream registries have just changed")

    async def _ruled(self, table: Table, candidate: Candidate, examined: Examined, team: str) -> Ruling:
        """Rule again with the examination at hand; a refusal changes the project's pages from now on."""
        ruling = await asyncio.to_thread(self.rules.rule_examined, candidate, examined, team)
        if ruling.outcome > Outcome.ALLOW and table.rulings.get(candidate.filename) != ruling:
            table.rule(candidate.filename, ruling)
            await asyncio.to_thread(self.rules.changed, candidate.listing, examined)
        return ruling

    async def _built(self, ecosystem: str, name: str, team: str, *, again: bool, whole: bool) -> Built:
        """Return a table; with `whole` also the parsed document, for making pages."""
        document = await self.sources.document(ecosystem, name, again=again)
        key = (ecosystem, name, team)
        table = self._tables.get(key)
        if (
            table is not None
            and not whole
            and table.current(self.rules.epoch(ecosystem, name), document.digest, self.now())
        ):
            return Built(table, None)
        return await self._building.do(key, lambda: self._build(key, document))

    async def _build(self, key: tuple[str, str, str], document: Document) -> Built:
        body = await self.sources.body(document)
        try:
            async with self.pages.room:
                built = await asyncio.to_thread(build, self.rules, key, document, body, self.now())
        except Refusal:
            await self.sources.forget(document)
            raise
        self._tables.put(key, built.table)
        self._near.put(key, built.table.near())
        return built

    async def _table_with(self, ecosystem: str, name: str, team: str, filename: str) -> Table:
        """Return a current table that has a file: the near one if it is allowed there, else the whole one."""
        document = await self.sources.document(ecosystem, name)
        key = (ecosystem, name, team)
        near = self._near.get(key)
        if near is not None and near.current(self.rules.epoch(ecosystem, name), document.digest, self.now()):
            ruling = near.rulings.get(filename)
            if ruling is not None and ruling.outcome is Outcome.ALLOW:
                return near
        table = await self.table(ecosystem, name, team)
        if filename not in table.candidates:
            table = await self.table(ecosystem, name, team, again=True)
        elif table.rulings[filename].outcome is Outcome.ALLOW:
            self._near.put(key, table.near(filename, near))
        return table

    async def _refuse(self, asking: Asking, kind: str, table: Table, candidate: Candidate, ruling: Ruling) -> Refusal:
        passes = table.newest_allowed(candidate.version)
        refusal = refused(candidate, ruling, self.policy_digest, passes)
        self.recorder.passes.put(candidate.purl, passes)
        await self._record(asking, kind, candidate, ruling, refusal.case)
        return refusal

    async def _record_hidden(self, asking: Asking, table: Table) -> None:
        """Log the newest of what a page withholds: npm prints these cases, and no client asks for the files."""
        held = [(name, ruling) for name, ruling in reversed(table.rulings.items()) if ruling.outcome > Outcome.ALLOW]
        for filename, ruling in held[:HIDDEN]:
            candidate = table.candidates[filename]
            case = case_id(candidate, ruling.clause, self.policy_digest)
            if self.recorder.hidden.get(case) is None:
                self.recorder.passes.put(candidate.purl, table.newest_allowed())
                await self._record(asking, "hidden", candidate, ruling, case)

    async def _record(self, asking: Asking, kind: str, candidate: Candidate, ruling: Ruling, case: str) -> None:
        decided = Decided(
            at=self.now(),
            request=asking.id,
            case=case,
            client=asking.client,
            team=asking.team,
            kind=kind,
            purl=candidate.purl,
            filename=candidate.filename,
            digest=candidate.key,
            outcome=ruling.outcome,
            would=ruling.would,
            clause=ruling.clause or (ruling.hits[0].clause if ruling.hits else ""),
            message=ruling.hits[0].message if ruling.hits else None,
            until=ruling.until,
            epoch=self.rules.number,
            warnings=tuple(hit.message for hit in ruling.hits if hit.warn),
        )
        self.metrics.decisions.labels(candidate.listing.ecosystem, ruling.outcome.name.lower(), decided.clause).inc()
        await self.recorder.record(decided)

    async def _watch(self) -> None:
        """Follow what changes elsewhere: the policy file, other replicas' verdicts and approvals, intelligence."""
        while True:
            await asyncio.sleep(POLL)
            try:
                changed = await asyncio.to_thread(self.rules.refresh)
            except Exception as error:  # noqa: BLE001 - the gate goes on with what it knows, and says so
                self.trouble(f"what changed cannot be read: {type(error).__name__}: {error}")
                continue
            if changed:
                self.sources.upstreams = self.rules.upstreams
            self.metrics.epoch.set(self.rules.number)
            self.metrics.degraded.set(int(self.rules.away or self.recorder.away))


def _clean(examined: Examined, candidate: Candidate) -> bool:
    """Tell whether an examination speaks for nothing that a policy could mind: the way of nearly every file."""
    listing = candidate.listing
    return (
        examined.grade is Grade.NOTHING_FOUND
        and examined.complete
        and not examined.failed
        and canonical(listing.ecosystem, examined.name) == listing.name
        and examined.version == candidate.version
        and not bad_digest(examined.sha256, "")
    )


def case_key(ecosystem: str, name: str) -> str:
    """Return the short id of a case that concerns a whole name."""
    import hashlib

    return hashlib.sha256(f"{ecosystem}:{name}".encode()).hexdigest()[:8].upper()


def _logging(backend: Backend) -> Callable[[list[Decided]], object]:
    return lambda batch: backend.store.log(batch, datetime.now(UTC))


def _processors() -> int:
    from lazaretto.adapters.pool import default_jobs

    return default_jobs()
