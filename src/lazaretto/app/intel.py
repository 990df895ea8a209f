"""`intel`: bring the store up to date, ask it, and say what it holds.

    update_from(paths, ...)     documents on this disk
    update_online(names, ...)   the feeds of the table, over the network, because the user asked for it
    match(specs, ...)           packages and documents against everything that is recorded
    status(...)                 what the store holds, since when

Writing is imported only by what writes: the other commands start without SQLAlchemy.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazaretto.adapters.feed_documents import FeedError, documents
from lazaretto.adapters.store.lock import only_writer
from lazaretto.adapters.store.place import Place, StoreError, folder, place
from lazaretto.app.library import Library, embedded_records, missing
from lazaretto.ecosystems.ranges import canonical
from lazaretto.intel.catalog import MALICIOUS_PACKAGE
from lazaretto.intel.feeds.catalog import by_id, format_of
from lazaretto.intel.feeds.feed import Document, DocumentError, Format
from lazaretto.intel.pack import newest_date
from lazaretto.intel.packages import Key, keys_of, match_packages
from lazaretto.intel.seed import FEED, TITLE, seeds
from lazaretto.intel.standing import iso_now, live
from lazaretto.model.finding import Finding, Gap, Severity
from lazaretto.model.intel import PackageRecord
from lazaretto.model.intel_answer import FeedResult, MatchAnswer, PackageAnswer, StoreState, Word
from lazaretto.model.package import Package, Relation
from lazaretto.model.text import N_, Message

if TYPE_CHECKING:
    from lazaretto.adapters.feed_fetch import Part
    from lazaretto.adapters.feed_table import Source
    from lazaretto.adapters.http_client import Fetcher
    from lazaretto.adapters.store.writer import Counts, FeedWriter, Writer
    from lazaretto.app.check import Options

TOLD = 20
"""Reasons that an answer repeats."""

Progress = Callable[[str, int], None]
"""Told the feed and the number of documents read so far."""


@dataclass(frozen=True, slots=True)
class Update:
    """How to bring the store up to date."""

    now: datetime
    store: str = ""
    """As `LAZARETTO_STORE`; empty = the environment."""
    replace: bool = False
    """What is read is all there is: what a feed said before and does not say now is gone."""
    force: bool = False
    """Take over a feed that lost most of its records."""
    progress: Progress | None = None


def update_from(paths: Sequence[str], feed: str, how: Update) -> list[FeedResult]:
    """Read feed documents from this disk. `feed` is a format's id when the documents shall not be guessed at.

    Raises:
        StoreError: the store cannot be written, or another update is running.
        FeedError: a path cannot be read as a whole; nothing was changed.
    """
    from lazaretto.adapters.store.writer import writing

    wanted = _format(feed)
    where = _place(how.store)
    with writing(where, how.now) as writer:
        results = [_seed(writer)]
        intake = _Intake(writer, how, wanted)
        for path in paths:
            for document in documents(Path(path), intake.unreadable):
                intake.read(document)
        results += intake.finish()
        if all(result.facts == 0 for result in results[1:]):
            raise _nothing(intake)
    return results


def update_online(
    names: Sequence[str], how: Update, feeds: Path | None = None, url: str = "", client: "Fetcher | None" = None
) -> list[FeedResult]:
    """Fetch feeds of the table and read them; a feed that fails leaves its part of the store as it was.

    `names` empty = all that are enabled; `url` takes the place of the one named feed's address.

    Raises:
        StoreError: wrong names, the store cannot be written, or another update is running.
    """
    from lazaretto.adapters.client_config import own_environment, public_client
    from lazaretto.adapters.feed_table import sources
    from lazaretto.adapters.http_client import Fetcher

    table = sources(feeds)
    unknown = [name for name in names if name not in table]
    if unknown or (url and len(names) != 1):
        raise StoreError(
            N_("there is no feed {name}; there are: {names}") if unknown else N_("--url needs exactly one --feed"),
            {"name": unknown[0], "names": ", ".join(sorted(table))} if unknown else {},
            exit_kind="usage",
        )
    chosen = [table[name] for name in names] if names else [one for one in table.values() if one.enabled]
    if url:
        chosen = [replace(chosen[0], address=url)]
    where = _place(how.store)
    environment = own_environment()
    base = where.file.parent if where.file is not None else folder(environment)
    fetcher = client or Fetcher(public_client(environment))
    results: list[FeedResult] = []
    with only_writer(base / "update.lock"):
        try:
            results.extend(_fetched(one, where, base / "feeds" / one.name, fetcher, how) for one in chosen)
        finally:
            fetcher.close()
    return results


def _fetched(source: "Source", where: Place, scratch: Path, client: "Fetcher", how: Update) -> FeedResult:
    from lazaretto.adapters.feed_fetch import fetch
    from lazaretto.adapters.store.writer import writing

    try:
        got = fetch(source, _state(where, source.name), scratch, client)
        with writing(where, how.now) as writer:
            _seed(writer)
            feed = writer.feed(source.name, source.title, source.licence, source.address)
            wanted = by_id(source.format)
            unreadable: list[str] = []
            for part in got.parts:
                _part(part, feed, wanted, unreadable, source, how)
            unreadable += got.unreadable
            notes = _clock(feed.newest, how.now)
            feed.describe(json.dumps(got.state))
            result = _result(source.name, source.title, feed.counts, unreadable, notes)
    except (FeedError, StoreError) as error:
        return FeedResult(source.name, source.title, problem=error.message, hint=error.hint)
    shutil.rmtree(scratch, ignore_errors=True)
    return result


def _part(
    part: "Part", feed: "FeedWriter", wanted: Format | None, unreadable: list[str], source: "Source", how: Update
) -> None:
    count = bad = 0
    before = feed.counts.facts
    for document in part.documents:
        count += 1
        try:
            assert wanted is not None
            if source.format not in ("leitwacht", "package-campaigns") or wanted.accepts(document):
                feed.add(wanted.read(document))
        except DocumentError as error:
            bad += 1
            unreadable.append(f"{document.name}: {error}")
        if how.progress:
            how.progress(source.name, count)
    if bad * 2 > count or (part.whole and feed.counts.facts == before):
        raise FeedError(
            N_("feed {name} does not hold what it should ({error}); nothing was changed"),
            N_("look at its address: a proxy or a login page may have answered"),
            name=source.name,
            error=unreadable[-1] if bad else "0",
        )
    feed.finish(replace=part.whole or how.replace, worlds=part.worlds, insist=how.force)


class _Intake:
    """Takes documents of any format, each into the feed of its format."""

    def __init__(self, writer: "Writer", how: Update, wanted: Format | None) -> None:
        self._writer = writer
        self._how = how
        self._wanted = wanted
        self._feeds: dict[str, tuple[Format, FeedWriter]] = {}
        self._bad: dict[str, list[str]] = {}
        self.unknown: list[str] = []
        self.count = 0

    def unreadable(self, reason: str) -> None:
        """Note a document that could not be read."""
        self.unknown.append(reason)

    def read(self, document: Document) -> None:
        """Read one document."""
        self.count += 1
        try:
            kind = self._wanted or format_of(document)
        except DocumentError as error:
            self.unreadable(f"{document.name}: {error}")
            return
        if kind.id not in self._feeds:
            self._feeds[kind.id] = kind, self._writer.feed(kind.id, kind.title, kind.licence)
        feed = self._feeds[kind.id][1]
        try:
            feed.add(kind.read(document))
        except DocumentError as error:
            self._bad.setdefault(kind.id, []).append(f"{document.name}: {error}")
        if self._how.progress:
            self._how.progress(kind.id, self.count)

    def finish(self) -> list[FeedResult]:
        """Write what is left and say what came of it."""
        results = []
        for name, (kind, feed) in self._feeds.items():
            counts = feed.finish(replace=self._how.replace, insist=self._how.force)
            notes = _clock(feed.newest, self._how.now)
            feed.describe("{}")
            results.append(_result(name, kind.title, counts, self._bad.get(name, []), notes))
        if self.unknown:
            reasons = tuple(self.unknown[:TOLD])
            results.append(
                FeedResult("", documents=len(self.unknown), unreadable=reasons, unreadables=len(self.unknown))
            )
        return results


def _seed(writer: "Writer") -> FeedResult:
    feed = writer.feed(FEED, TITLE)
    for facts in seeds():
        feed.add(facts)
    counts = feed.finish(replace=True, insist=True)
    feed.describe("{}")
    return _result(FEED, TITLE, counts, [], ())


def _result(name: str, title: str, counts: "Counts", bad: list[str], notes: tuple[Message, ...]) -> FeedResult:
    return FeedResult(
        name, title, counts.documents, counts.facts, counts.new, counts.changed, counts.unchanged, counts.removed,
        counts.withdrawn, counts.skipped, tuple(counts.rejected[:TOLD]), counts.rejections, tuple(bad[:TOLD]), len(bad),
        notes,
    )  # fmt: skip


def _clock(newest: int, now: datetime) -> tuple[Message, ...]:
    """Say so when the feed is ahead of this computer's clock: dates of reading are wrong then, matching is not."""
    if newest > int(now.timestamp()) + 2 * 86_400:
        text = N_("the clock of this computer ({now}) is behind the feed: dates of reading cannot be relied on")
        return (Message.of(text, {"now": iso_now(now)}),)
    return ()


def _nothing(intake: _Intake) -> FeedError:
    bad = [*intake.unknown, *(reason for reasons in intake._bad.values() for reason in reasons)]  # noqa: SLF001
    if bad:
        return FeedError(N_("no document could be read ({error}); nothing was changed"), error=bad[0])
    return FeedError(
        N_("there is nothing to read: no feed document was found, or none says anything about malicious packages"),
        N_("docs/intel.md lists the formats"),
    )


def _format(name: str) -> Format | None:
    found = by_id(name) if name else None
    if name and found is None:
        raise StoreError(N_("there is no feed format {name}"), {"name": name}, N_("docs/intel.md lists them"), "usage")
    return found


def _place(setting: str) -> Place:
    where = place(setting)
    if where is None:
        raise StoreError(N_("the store is switched off by LAZARETTO_STORE"), exit_kind="usage")
    return where


def _state(where: Place, feed: str) -> dict[str, Any]:
    from lazaretto.adapters.store.reader import reading

    try:
        reader = reading(where)
    except StoreError:
        return {}  # another schema, or not there yet: everything is fetched anew
    if reader is None:
        return {}
    with reader:
        found = next((one.state for one in reader.feeds() if one.name == feed), "{}")
    state = json.loads(found)
    return state if isinstance(state, dict) else {}


def match(specs: Iterable[str], options: "Options", store: str = "") -> MatchAnswer:
    """Match packages (`npm:name@1.0.0`, `pypi:name==1.0`, a purl) and documents on this disk with all records.

    Raises:
        TargetError: a spec is neither a package nor something on this disk.
        StoreError: the store cannot be read.
    """
    from lazaretto.adapters.registry import parse_package
    from lazaretto.app.check import inventory

    asked: list[tuple[str, Package]] = []
    gaps: list[Gap] = []
    for spec in specs:
        if spec.startswith(("npm:", "pypi:", "pkg:")):
            ecosystem, name, version = _package(spec, parse_package)
            relation = Relation.LOCKED if version else Relation.DECLARED
            asked.append((spec, Package(ecosystem, canonical(ecosystem, name), version, "", relation=relation)))
        else:
            _, found = inventory(spec, options)
            gaps += found.gaps
            asked += [("", package) for package in found.packages]
    with Library(store, options.now) as library:
        gaps += missing(library.place)
        recorded = library.recorded(package for _, package in asked)
        living = {key: live(records, library.now) for key, records in recorded.items()}
        findings = {}
        for finding in match_packages([package for spec, package in asked if not spec], living):
            findings[finding.subject, finding.locations[0].path, finding.excerpt] = finding
        answers = [_answer(spec, package, living, recorded, library.now) for spec, package in asked if spec]
        answers += [
            PackageAnswer(f"{one.subject} ({one.locations[0].path}:{one.locations[0].line})", _word_of(one), one)
            for one in findings.values()
        ]
        return MatchAnswer(tuple(answers), len(asked), tuple(gaps), library.date, library.store)


def _package(spec: str, parse: Callable[[str], tuple[str, str, str, bool]]) -> tuple[str, str, str]:
    if spec.startswith("pkg:") and not spec.startswith(("pkg:npm/", "pkg:pypi/")):
        from packageurl import PackageURL

        from lazaretto.adapters.targets import TargetError

        try:
            purl = PackageURL.from_string(spec)
        except ValueError as error:
            raise TargetError(N_("{target} is not a package URL"), {"target": spec[:200]}, "", "usage") from error
        joint = ":" if purl.type == "maven" else "/"
        return purl.type, f"{purl.namespace}{joint}{purl.name}" if purl.namespace else purl.name, purl.version or ""
    return parse(spec)[:3]


def _answer(
    spec: str,
    package: Package,
    living: dict[Key, list[PackageRecord]],
    recorded: dict[Key, list[PackageRecord]],
    now: str,
) -> PackageAnswer:
    finding = next(match_packages([package], living), None)
    stored = [record for key in keys_of(package) for record in recorded.get(key, ())]
    records = (*embedded_records(package), *stored)
    return PackageAnswer(spec, _word_of(finding), finding, records, tuple(_notes(records, finding, now)))


def _word_of(finding: Finding | None) -> Word:
    if finding is None:
        return Word.CLEAN
    if finding.rule == MALICIOUS_PACKAGE.id:
        return Word.MALICIOUS
    return Word.NAMED if finding.severity > Severity.LOW else Word.CLEAN


def _notes(records: Sequence[PackageRecord], finding: Finding | None, now: str) -> Iterable[Message]:
    for record in records:
        told = {"id": record.advisory or record.source, "versions": _versions(record)}
        if record.withdrawn:
            text = N_("{id} once recorded {versions}; it was withdrawn ({date}) and does not count")
            yield Message.of(text, {**told, "date": record.withdrawn[:10]})
        elif not live([record], now):
            text = N_("{id} once recorded {versions}; it expired ({date}) and does not count")
            yield Message.of(text, {**told, "date": record.expires[:10]})
        elif finding is None:
            yield Message.of(N_("{id} records other versions as malicious: {versions}"), told)


def _versions(record: PackageRecord) -> str:
    spans = [
        ">=" + span.introduced + (f" <{span.fixed}" if span.fixed else f" <={span.last}" if span.last else "")
        for span in record.spans
        if not span.everything
    ]
    told = [*record.versions[:5], *spans[:3]]
    more = len(record.versions) + len(spans) - len(told)
    return ", ".join(told) + (f" (+{more})" if more > 0 else "") if told else "*"


def status(setting: str) -> StoreState:
    """Say what the store holds.

    Raises:
        StoreError: it is there and cannot be read.
    """
    from lazaretto.adapters.store.reader import reading

    where = place(setting)
    if where is None:
        return StoreState("", exists=False, embedded=newest_date())
    reader = reading(where)
    if reader is None:
        return StoreState(where.shown, exists=False, embedded=newest_date())
    with reader:
        size = where.file.stat().st_size if where.file is not None else 0
        return StoreState(where.shown, exists=True, size=size, feeds=tuple(reader.feeds()), embedded=newest_date())
