"""The gate's store: what several gates know in common, kept over restarts.

    epochs          one counter of changes; a replica that asks once a second knows of everything within two
    examinations    answers by digest, and leases so that a file is examined once however many ask
    approvals       append-only, with an audit trail
    first sightings the clock for files without a date
    decisions       the log

All methods may be called from any thread, and block: an asynchronous caller uses a worker thread. All raise
`GateStoreError`, whose `retry` tells a database that is away from a mistake. A method that returned has committed.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from lazaretto.adapters.gate_store import approvals, codec, decisions, epochs, examinations, sightings
from lazaretto.adapters.gate_store.approvals import Audit
from lazaretto.adapters.gate_store.database import Database, Run, connect
from lazaretto.adapters.gate_store.decisions import Page, Query, Tally
from lazaretto.adapters.gate_store.epochs import Changes, Project
from lazaretto.adapters.gate_store.place import HEAD, GateStoreError, Trouble, as_place
from lazaretto.adapters.store.place import Place
from lazaretto.model.gate import Approval, Decided, Examined
from lazaretto.model.text import N_, Message
from lazaretto.model.verdict import Grade

POLL_SECONDS = 0.1
BATCH = 2000
"""Decisions that are written in one transaction."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the store is."""

    reachable: bool
    place: str
    """Without a password."""
    server: bool
    schema: str = ""
    epoch: int = 0
    size: int = 0
    """Bytes on disk."""
    decisions: int = 0
    examinations: int = 0
    leases: int = 0
    """Running now."""
    seconds: float = 0.0
    """How long asking took."""
    trouble: Trouble | None = None
    message: Message | None = None
    hint: Message | None = None


class GateStore:
    """An open store."""

    def __init__(self, where: Place | Path | str = "") -> None:
        """Open the store of a path or URL (empty: the setting, else the default), make or migrate it when needed.

        Raises:
            GateStoreError: it cannot be used. With `retry`, a later attempt may succeed.
        """
        self.place = as_place(where)
        self._db: Database = connect(self.place)

    def close(self) -> None:
        """Close the store."""
        self._db.close()

    # epochs

    def epoch(self) -> int:
        """Return the counter that every change which may alter a verdict raises."""
        return self._db.read(epochs.epoch)

    def project_epoch(self, ecosystem: str, name: str) -> int:
        """Return the epoch of the last change that may concern this project: what is cached before it is stale."""
        return self._db.read(lambda run: epochs.project_epoch(run, ecosystem, name))

    def changes(self, since: int) -> Changes:
        """Return what changed after an epoch. Cheap: made for being asked once a second."""
        return self._db.read(lambda run: epochs.changes(run, since))

    def bump(self, actor: str, reason: str, now: datetime, project: Project | None = None) -> int:
        """Raise the counter by hand, for one project or for all; returns the new epoch."""

        def work(run: Run) -> int:
            detail = {"reason": reason, "project": ":".join(project or ())}
            approvals.audit(run, actor, "bump", detail, now)
            return epochs.bump(run, project)

        return self._db.write(work, durable=True)

    def note_inputs(self, policy_digest: str, intel_date: str, now: datetime) -> int:
        """Tell which policy and intelligence are in force; returns the epoch, raised when they differ from the last."""

        def work(run: Run) -> int:
            if epochs.note_inputs(run, policy_digest, intel_date):
                approvals.audit(run, "gate", "inputs", {"policy": policy_digest, "intel": intel_date}, now)
            return epochs.epoch(run)

        return self._db.write(work, durable=True)

    # examinations

    def examinations(self, keys: Iterable[str]) -> dict[str, Examined]:
        """Return what is known of digests (`sha256:...`, `sha512:...`, `sha1:...`), by the digest that was asked for.

        A SHA-1 may belong to several files; then the worst answer is given, and `Examined.sha256` tells whose it is.
        """
        asked = list(keys)
        return self._db.read(lambda run: examinations.get(run, asked)) if asked else {}

    def put_examination(
        self, key: str, examined: Examined, *, also: Sequence[str] = (), project: Project | None = None
    ) -> None:
        """Keep an answer, by its SHA-256, by `key` and by other digests of the same bytes (verified by the caller).

        The epoch is raised when a verdict may change: for `project` alone when it is given.
        """
        bad = examined.failed or examined.grade > Grade.NOTHING_FOUND
        self._db.write(lambda run: examinations.put(run, key, examined, also, project), durable=bad)

    def lease(self, key: str, owner: str, seconds: float) -> bool:
        """Take the right to examine a digest; False when another owner has it. One's own lease is lengthened.

        Whoever got it asks for the examination once more before starting: it may have ended a moment ago. A holder
        that died loses it when its time is over. `owner` must be unique over all processes and replicas.
        """
        return self._db.write(lambda run: examinations.lease(run, key, owner, seconds, server=self._db.server))

    def release(self, key: str, owner: str) -> None:
        """Give a lease back. A lease that somebody else took over stays his."""
        self._db.write(lambda run: examinations.release(run, key, owner))

    def examined_or_lease(self, key: str, owner: str, seconds: float, wait: float) -> Examined | None:
        """Return the answer as soon as there is one, or None when the caller got the lease and has to examine.

        Blocks at most `wait` seconds.

        Raises:
            TimeoutError: somebody else is still examining.
        """
        end = time.monotonic() + wait
        while True:
            known = self.examinations([key]).get(key)
            if known is not None:
                return known
            if self.lease(key, owner, seconds):
                known = self.examinations([key]).get(key)
                if known is not None:
                    self.release(key, owner)
                return known
            if time.monotonic() + POLL_SECONDS > end:
                raise TimeoutError(key)
            time.sleep(POLL_SECONDS)

    # approvals

    def approvals(self, now: datetime) -> tuple[Approval, ...]:
        """Return the approvals that hold at `now`. One that expires raises no epoch: heed its `expires`."""
        return self._db.read(lambda run: approvals.live(run, now))

    def all_approvals(self) -> tuple[Approval, ...]:
        """Return all approvals that there ever were, the newest first; `revoked` says when one was taken back."""
        return self._db.read(approvals.every)

    def add_approval(self, approval: Approval, actor: str, now: datetime) -> None:
        """Add an approval; `actor` is who did it, for the audit trail.

        Raises:
            GateStoreError: its id is taken.
        """
        if not self._db.write(lambda run: approvals.add(run, approval, actor, now), durable=True):
            raise GateStoreError(Trouble.WRONG, N_("there is an approval {id} already"), {"id": approval.id})

    def revoke(self, ident: str, actor: str, reason: str, now: datetime) -> None:
        """Revoke an approval. Revoking it twice changes nothing.

        Raises:
            GateStoreError: there is none.
        """
        if not self._db.write(lambda run: approvals.revoke(run, ident, actor, reason, now), durable=True):
            raise GateStoreError(Trouble.WRONG, N_("there is no approval {id}"), {"id": ident})

    def audit(self, limit: int = 100, after: int = 0) -> tuple[Audit, ...]:
        """Return the audit trail, newest first; `after`: number of the last line of the page before."""
        return self._db.read(lambda run: approvals.trail(run, limit, after))

    # first sightings

    def first_seen(self, ecosystem: str, name: str, filenames: Sequence[str], now: datetime) -> dict[str, datetime]:
        """Return when each file was first seen: `now` for those that are new, which are noted."""
        known = self._db.read(lambda run: sightings.known(run, ecosystem, name, filenames))
        new = [filename for filename in dict.fromkeys(filenames) if filename not in known]
        if new:
            known |= self._db.write(lambda run: sightings.note(run, ecosystem, name, new, now), durable=True)
        return known

    # decisions

    def log(self, batch: Sequence[Decided], now: datetime) -> int:
        """Write decisions; returns how many. Sending the same list again after an error writes nothing twice."""
        written = 0
        for start in range(0, len(batch), BATCH):
            rows = [codec.decided_row(one) for one in batch[start : start + BATCH]]
            written += self._db.write(partial(decisions.log, rows=rows, now=now), durable=True)
        return written

    def decisions(self, query: Query = Query(), *, limit: int = 100, after: str = "") -> Page:  # noqa: B008 - frozen
        """Return decisions, newest first, a page at a time (`after`: that of the page before)."""
        return self._db.read(lambda run: decisions.find(run, query, limit, after))

    def find_case(self, case: str, limit: int = 20) -> tuple[Decided, ...]:
        """Return the decisions with this case id, newest first."""
        return self.decisions(Query(case=case), limit=limit).decisions if case else ()

    def last_decisions(self, purl: str, limit: int = 20) -> tuple[Decided, ...]:
        """Return the last decisions on one version (its exact package URL), newest first."""
        return self._db.read(lambda run: decisions.last(run, purl, limit))

    def counts(self, since: datetime | None, now: datetime) -> tuple[Tally, ...]:
        """Return numbers of decisions by outcome and clause since a moment (rounded down to its minute or hour)."""
        return self._db.read(lambda run: decisions.counts(run, since, now))

    def prune(self, before: datetime, actor: str, now: datetime) -> int:
        """Delete decisions that are older, a part at a time; returns how many. Nothing else deletes any."""

        def begin(run: Run) -> None:
            decisions.keep_from(run, before)
            approvals.audit(run, actor, "prune", {"before": before.isoformat()}, now)

        self._db.write(begin, durable=True)
        total = 0
        while count := self._db.write(lambda run: decisions.prune(run, before)):
            total += count
        self._db.write(lambda run: decisions.prune_rest(run, before, now))
        return total

    def export(
        self,
        write: Callable[[str], object],
        line: Callable[[Decided], str],
        query: Query = Query(),  # noqa: B008
    ) -> int:
        """Write all decisions that match, newest first, one text of `line` each and a line break; returns how many."""
        count, after = 0, ""
        while True:
            page = self.decisions(query, limit=BATCH, after=after)
            for one in page.decisions:
                write(line(one) + "\n")
            count += len(page.decisions)
            after = page.after
            if not after:
                return count

    # health

    def health(self, now: datetime) -> Health:
        """Return how the store is; never raises."""
        start = time.perf_counter()
        try:
            found = self._db.read(lambda run: _figures(run, now, server=self._db.server))
        except GateStoreError as error:
            seconds = time.perf_counter() - start
            return Health(
                False, self.place.shown, self._db.server, seconds=seconds, trouble=error.trouble, message=error.message,
                hint=error.hint,
            )  # fmt: skip
        schema = str(found["schema"])
        trouble = None if schema == HEAD else Trouble.NEWER if schema > HEAD else Trouble.DAMAGED
        return Health(
            True, self.place.shown, self._db.server, schema, int(found["epoch"]), int(found["size"]),
            int(found["decisions"]), int(found["examinations"]), int(found["leases"]), time.perf_counter() - start,
            trouble,
        )  # fmt: skip


def _figures(run: Run, now: datetime, *, server: bool) -> Mapping[str, str | int]:
    if server:
        tables = "relkind = 'r' AND left(relname, 5) = 'gate_' AND pg_table_is_visible(oid)"
        size = f"SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class WHERE {tables}"  # noqa: S608
    else:
        size = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    asked = {
        "schema": "SELECT version_num FROM gate_version",
        "epoch": "SELECT epoch FROM gate_state",
        "size": size,
        "decisions": "SELECT coalesce(sum(number), 0) FROM gate_tally WHERE span = 86400",
        "examinations": "SELECT count(*) FROM gate_examination",
    }
    found = {name: run.rows(statement)[0][0] for name, statement in asked.items()}
    found["leases"] = run.rows("SELECT count(*) FROM gate_lease WHERE until > ?", [codec.micros(now)])[0][0]
    return found
