"""The answer of a hunt as a document, and the answers of many machines put together.

    hunt-1        one machine; `jsonl` is the same in one line
    exposure-1    many machines: how far everything came on each of them

Both hold `at`, `machines`, `projects`, `places`, `hits` (`rung`, `place`, `what`, `at`) and `not_checked`, which is
what a brief asks for.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lazaretto.model.finding import Gap
from lazaretto.model.trace import Hit, Hunted, Looked, Rung
from lazaretto.reports.context import Context
from lazaretto.reports.document import Json, encode, gap_document, tool
from lazaretto.reports.safe import plain

SCHEMA = "lazaretto/hunt-1"
EXPOSURE = "lazaretto/exposure-1"


def as_json(hunted: Hunted, context: Context) -> str:
    """Render as an indented document."""
    return encode(document(hunted, context), context, indent=2)


def as_line(hunted: Hunted, context: Context) -> str:
    """Render as one line, to be merged with those of other machines."""
    return encode(document(hunted, context), context)


def document(hunted: Hunted, context: Context) -> Json:
    """Return the document of one machine (`schema/hunt-1.schema.json`)."""
    return {
        "schema": SCHEMA,
        "tool": tool(context.version),
        "at": hunted.at,
        "machine": plain(hunted.machine),
        "system": hunted.system,
        "machines": 1,
        "roots": [plain(root) for root in hunted.roots],
        "campaigns": list(hunted.campaigns),
        "given": [plain(value) for value in hunted.given],
        "sought": hunted.sought,
        "intel": hunted.intel,
        "rung": hunted.rung.word if hunted.rung else "none",
        "complete": hunted.complete,
        "interrupted": hunted.interrupted,
        "projects": hunted.projects,
        "folders": hunted.folders,
        "files": hunted.files,
        "seconds": round(hunted.seconds, 3),
        "places": sum(looked.count for looked in hunted.looked),
        "hits": [hit_document(hit, context) for hit in hunted.hits],
        "looked": [looked_document(looked) for looked in hunted.looked],
        "not_checked": not_checked(hunted.gaps),
        "gaps": [gap_document(gap, context) for gap in hunted.gaps],
    }


def hit_document(hit: Hit, context: Context) -> Json:
    """Return the document of one hit."""
    trace, reason = hit.trace, hit.reason
    return {
        "rung": trace.rung.word,
        "what": plain(trace.what),
        "world": trace.world,
        "name": plain(trace.name),
        "version": plain(trace.version),
        "place": plain(trace.path),
        "line": trace.line,
        "kind": trace.place,
        "at": trace.at,
        "confidence": trace.confidence.name.lower(),
        "detail": plain(context.translate.message(trace.detail)),
        "standing": reason.standing.value,
        "campaign": reason.campaign,
        "source": plain(reason.source),
    }


def looked_document(looked: Looked) -> Json:
    """Return the document of one kind of place: `looked-at`, `not-there` or `not-looked-at`."""
    state = "looked-at" if looked.count else "not-there" if looked.asked else "not-looked-at"
    return {
        "kind": looked.place,
        "state": state,
        "count": looked.count,
        "absent": [plain(path) for path in looked.absent],
    }


def not_checked(gaps: Iterable[Gap]) -> list[str]:
    """Return the places that could not be looked at."""
    return sorted({plain(gap.subject) for gap in gaps if not gap.partial})


# -- many machines ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine of a fleet, as its document says."""

    name: str
    at: str
    complete: bool
    projects: int
    places: int
    hits: tuple[Mapping[str, Any], ...]
    not_checked: tuple[str, ...]


def read_documents(text: str) -> list[Machine]:
    """Read documents, one a line or a single indented one.

    Raises:
        ValueError: something in it is no answer of a hunt; the message says where.
    """
    stripped = text.strip()
    rows = [stripped] if stripped.startswith("{\n") else [line for line in stripped.splitlines() if line.strip()]
    machines = []
    for number, row in enumerate(rows, 1):
        try:
            machines.append(_machine(json.loads(row)))
        except (ValueError, TypeError, KeyError, RecursionError, AttributeError) as error:
            raise ValueError(f"line {number}: {type(error).__name__}") from error
    return machines


def _machine(data: Json) -> Machine:
    if data["schema"] != SCHEMA:
        raise ValueError("schema")
    hits = tuple({key: str(hit.get(key, "")) for key in _HIT_KEYS} for hit in data["hits"])
    if any(hit["rung"] not in RUNG_WORDS for hit in hits):
        raise ValueError("rung")
    return Machine(
        str(data["machine"]),
        str(data["at"]),
        data["complete"] is True,
        int(data["projects"]),
        int(data["places"]),
        hits,
        tuple(str(place) for place in data["not_checked"]),
    )


_HIT_KEYS = ("rung", "what", "place", "at", "kind", "campaign", "confidence", "standing")
RUNG_WORDS = {rung.word: rung for rung in Rung}


def newest(machines: Iterable[Machine]) -> list[Machine]:
    """Keep the newest answer of each machine, by name."""
    found: dict[str, Machine] = {}
    for machine in machines:
        known = found.get(machine.name)
        if known is None or machine.at > known.at:
            found[machine.name] = machine
    return [found[name] for name in sorted(found)]


def matrix(machines: Sequence[Machine]) -> dict[str, dict[str, Rung]]:
    """Return the highest rung by what was found and by machine."""
    found: dict[str, dict[str, Rung]] = {}
    for machine in machines:
        for hit in machine.hits:
            row = found.setdefault(hit["what"], {})
            row[machine.name] = max(row.get(machine.name, Rung.NAMED), RUNG_WORDS[hit["rung"]])
    return dict(sorted(found.items(), key=lambda item: (-max(item[1].values()), -len(item[1]), item[0])))


def highest(machines: Sequence[Machine]) -> Rung | None:
    """Return the highest rung of all machines."""
    return max((RUNG_WORDS[hit["rung"]] for machine in machines for hit in machine.hits), default=None)


def exposure_json(machines: Sequence[Machine], context: Context) -> str:
    """Render the exposure of a fleet (`schema/exposure-1.schema.json`)."""
    rung = highest(machines)
    hits = [
        {**{key: plain(hit[key]) for key in _HIT_KEYS}, "machine": plain(machine.name)}
        for machine in machines
        for hit in machine.hits
    ]
    data: Json = {
        "schema": EXPOSURE,
        "tool": tool(context.version),
        "at": max((machine.at for machine in machines), default=""),
        "machines": len(machines),
        "projects": sum(machine.projects for machine in machines),
        "places": sum(machine.places for machine in machines),
        "rung": rung.word if rung else "none",
        "complete": all(machine.complete for machine in machines),
        "matrix": {
            plain(what): {plain(name): rung.word for name, rung in sorted(row.items())}
            for what, row in matrix(machines).items()
        },
        "fleet": [
            {"machine": plain(one.name), "at": one.at, "complete": one.complete, "hits": len(one.hits)}
            for one in machines
        ],
        "hits": sorted(hits, key=lambda hit: (-RUNG_WORDS[hit["rung"]], hit["what"], hit["machine"], hit["place"])),
        "not_checked": sorted({f"{plain(one.name)}: {plain(place)}" for one in machines for place in one.not_checked}),
    }
    return encode(data, context, indent=2)
