"""The answers of the `intel` commands as JSON documents. Values are exact; keys and words are English."""

from collections.abc import Sequence

from lazaretto.model.intel import Entity, Indicator, PackageRecord
from lazaretto.model.intel_answer import FeedResult, FeedState, Listed, MatchAnswer, PackageAnswer, Shown, StoreState
from lazaretto.reports.context import Context
from lazaretto.reports.document import Json, encode, gap_document, tool
from lazaretto.reports.safe import plain

SCHEMA = "lazaretto/intel-1"


def update(results: Sequence[FeedResult], context: Context) -> str:
    """Render what an update did."""
    return _document({"feeds": [_result(one, context) for one in results]}, context)


def match(answer: MatchAnswer, context: Context) -> str:
    """Render what is recorded of some packages."""
    return _document(
        {
            "intelligence": answer.date,
            "store": answer.store,
            "packages": answer.packages,
            "answers": [_answer(one, context) for one in answer.answers],
            "gaps": [gap_document(gap, context) for gap in answer.gaps],
        },
        context,
    )


def campaigns(listed: Sequence[Listed], context: Context) -> str:
    """Render a list of campaigns."""
    rows = [{**_entity(one.entity), "packages": one.packages, "indicators": one.indicators} for one in listed]
    return _document({"campaigns": rows}, context)


def show(shown: Shown, context: Context) -> str:
    """Render everything recorded under one word."""
    return _document(
        {
            "word": plain(shown.word),
            "entities": [_entity(one) for one in shown.entities],
            "packages": [package(one) for one in shown.packages],
            "indicators": [_indicator(one) for one in shown.indicators],
            "relations": [{"source": one.source, "kind": one.kind, "target": one.target} for one in shown.relations],
            "sightings": [
                {
                    "id": one.id,
                    "of": plain(one.of),
                    "first_seen": one.first_seen,
                    "last_seen": one.last_seen,
                    "count": one.count,
                    "where": plain(one.where),
                }
                for one in shown.sightings
            ],
            "references": [
                {
                    "key": plain(one.key),
                    "url": plain(one.url),
                    "date": one.date,
                    "title": plain(one.title),
                    "kind": one.kind,
                }
                for one in shown.references
            ],
        },
        context,
    )


def status(state: StoreState, context: Context) -> str:
    """Render what the store holds."""
    return _document(
        {
            "embedded": state.embedded,
            "store": {"place": plain(state.place), "exists": state.exists, "bytes": state.size},
            "feeds": [_state(one) for one in state.feeds],
        },
        context,
    )


def _document(parts: Json, context: Context) -> str:
    return encode({"schema": SCHEMA, "tool": tool(context.version), **parts}, context, indent=2)


def _result(one: FeedResult, context: Context) -> Json:
    say = context.translate
    return {
        "feed": one.feed,
        "title": one.title,
        "documents": one.documents,
        "facts": one.facts,
        "new": one.new,
        "changed": one.changed,
        "unchanged": one.unchanged,
        "removed": one.removed,
        "withdrawn": one.withdrawn,
        "skipped": one.skipped,
        "rejected": {"count": one.rejections, "reasons": [plain(text) for text in one.rejected]},
        "unreadable": {"count": one.unreadables, "documents": [plain(text) for text in one.unreadable]},
        "notes": [plain(say.message(message)) for message in one.notes],
        "problem": None if one.problem is None else plain(say.message(one.problem)),
        "complete": one.complete,
    }


def _answer(one: PackageAnswer, context: Context) -> Json:
    say = context.translate
    finding = one.finding
    return {
        "asked": plain(one.asked),
        "answer": one.word.value,
        "purl": plain(finding.subject) if finding is not None else "",
        "rule": finding.rule if finding is not None else "",
        "severity": finding.severity.name.lower() if finding is not None else "",
        "confidence": finding.confidence.name.lower() if finding is not None else "",
        "message": plain(say.message(finding.message)) if finding is not None else "",
        "notes": [plain(say.message(message)) for message in one.notes],
        "records": [package(record) for record in one.records],
    }


def package(one: PackageRecord) -> Json:
    """Return the document of one package record."""
    return {
        "ecosystem": one.ecosystem,
        "name": plain(one.name),
        "coverage": one.coverage.value,
        "versions": [plain(version) for version in one.versions],
        "spans": [{"introduced": span.introduced, "fixed": span.fixed, "last": span.last} for span in one.spans],
        "advisory": plain(one.advisory),
        "campaign": plain(one.campaign),
        "date": one.date,
        **_provenance(one),
    }


def _indicator(one: Indicator) -> Json:
    return {
        "kind": one.kind,
        "value": plain(one.value),
        "scope": one.scope.value,
        "role": plain(one.role),
        "via": plain(one.via),
        "campaign": plain(one.campaign),
        **_provenance(one),
    }


def _entity(one: Entity) -> Json:
    return {
        "kind": one.kind,
        "id": plain(one.id),
        "name": plain(one.name),
        "aliases": [plain(alias) for alias in one.aliases],
        "description": plain(one.description),
        "actor": plain(one.actor),
        "techniques": list(one.techniques),
        "ecosystems": list(one.ecosystems),
        "fronts": [{"name": front.name, "domains": list(front.domains)} for front in one.fronts],
        "references": [plain(key) for key in one.references],
        **_provenance(one),
    }


def _provenance(one: PackageRecord | Indicator | Entity) -> Json:
    return {
        "feed": one.feed or "lazaretto",
        "source": plain(one.source),
        "trust": one.trust.value,
        "tlp": one.tlp.value,
        "first_seen": one.first_seen,
        "last_seen": one.last_seen,
        "read": one.read,
        "expires": one.expires,
        "withdrawn": one.withdrawn,
    }


def _state(one: FeedState) -> Json:
    return {
        "feed": one.name,
        "title": one.title,
        "licence": one.licence,
        "first_read": one.first_read,
        "last_read": one.last_read,
        "newest": one.newest,
        "packages": one.packages,
        "withdrawn": one.withdrawn,
        "indicators": one.indicators,
        "entities": one.entities,
    }
