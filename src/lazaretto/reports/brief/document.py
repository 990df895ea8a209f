"""The brief as a JSON document; values are exact, sentences follow the language, every one has its fact ids."""

from lazaretto.model.campaign import ExposureSummary
from lazaretto.reports.brief.brief import Brief
from lazaretto.reports.brief.saying import numbers, say, severity_line
from lazaretto.reports.context import Context
from lazaretto.reports.document import Json, encode, tool
from lazaretto.reports.safe import plain

SCHEMA = "lazaretto/brief-1"


def render(brief: Brief, context: Context) -> str:
    """Return the document."""
    return encode(document(brief, context), context, indent=2)


def document(brief: Brief, context: Context) -> Json:
    """Return the document as a mapping."""
    translate = context.translate
    return {
        "schema": SCHEMA,
        "tool": tool(context.version),
        "language": translate.lang,
        "campaign": {"id": brief.facts.campaign.id, "name": brief.name, "actor": brief.facts.campaign.actor},
        "made": brief.made,
        "tlp": brief.tlp,
        "severity": {
            "line": severity_line(brief.rating, translate),
            "word": brief.rating.severity.name.lower(),
            "score": brief.rating.score,
            "rubric": [
                {"part": mark.part, "points": mark.points, "most": mark.most, "because": [translate(reason) for reason in mark.reasons]}
                for mark in brief.rating.marks
            ],
        },
        "sections": [
            {
                "id": section.id,
                "title": translate(section.title),
                "sentences": [
                    {
                        "text": plain(say(sentence.message, translate, str)),
                        "facts": list(sentence.facts),
                        "references": list(numbers(brief, sentence.sources)),
                        "command": sentence.command,
                    }
                    for sentence in section.sentences
                ],
            }
            for section in brief.sections
        ],
        "indicators": [
            {"kind": one.kind, "value": one.value, "role": one.role, "confidence": one.trust.value, "reference": brief.number(one.source)}
            for one in brief.indicators
        ],
        "packages": [
            {
                "ecosystem": record.ecosystem, "name": record.name, "versions": list(record.versions), "coverage": record.coverage.value,
                "advisory": record.advisory, "confidence": record.trust.value, "reference": brief.number(record.source),
            }
            for record in brief.facts.packages
        ],
        "attack": {
            "version": brief.attack,
            "techniques": [
                {"id": row.id, "name": row.name, "tactics": row.tactics.split(", "), "aliases": list(row.old)} for row in brief.techniques
            ],
        },
        "tags": list(brief.tags),
        "references": [
            {"number": number, "key": one.key, "title": one.title, "url": one.url, "date": one.date, "kind": one.kind}
            for number, one in enumerate(brief.references, 1)
        ],
    }  # fmt: skip


def exposure_from(data: Json) -> ExposureSummary:
    """Read an exposure summary (the answer of a hunt) from JSON.

    Raises:
        KeyError, ValueError, TypeError: it is none.
    """
    from lazaretto.model.campaign import Exposed, Rung

    hits = tuple(
        Exposed(Rung[str(hit["rung"]).upper()], str(hit["place"]), str(hit["what"]), str(hit.get("at", "")))
        for hit in data.get("hits", ())
    )
    return ExposureSummary(
        str(data["at"]), int(data.get("machines", 1)), int(data.get("projects", 0)), int(data.get("places", 0)), hits,
        tuple(map(str, data.get("not_checked", ()))),
    )  # fmt: skip
