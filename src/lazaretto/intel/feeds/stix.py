"""STIX 2.1 and 2.0 bundles (and TAXII 2.1 envelopes, which are the same without the wrapper).

Domain objects become entities, relationships relations, sightings sightings, indicators the single values that their
patterns compare with. A pattern of alternatives (`OR`) gives each value; one whose parts must come together (`AND`,
`FOLLOWEDBY`) gives values for hunting only, because each alone proves nothing. Rules in other languages (YARA, Sigma,
Snort) are counted as skipped. `revoked` is "withdrawn", `valid_until` is "expires", `confidence` (0-100) is trust in
three words, marking definitions are TLP.

Source: STIX 2.1 (OASIS Standard, 2021), sections 3, 4.7 and 9; STIX 2.0 differs in `objects` by having no
`pattern_type` and by `spec_version` on the bundle.
"""

import re
from typing import Any

import msgspec

from lazaretto.ecosystems.ranges import canonical
from lazaretto.intel.feeds.feed import Document, DocumentError, Format, is_name, iso, json_of, short
from lazaretto.intel.feeds.values import Value, value_of
from lazaretto.model.intel import (
    Coverage,
    Entity,
    Facts,
    Indicator,
    PackageRecord,
    Reference,
    Relation,
    Scope,
    Sighting,
    Tlp,
    Trust,
)

Object = dict[str, Any]

KINDS = frozenset({
    "campaign", "intrusion-set", "threat-actor", "malware", "tool", "report", "identity", "attack-pattern",
    "infrastructure", "vulnerability", "course-of-action", "location", "grouping", "note",
})  # fmt: skip
_TLP = {
    "613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,  # TLP:WHITE of STIX 2.0 and 2.1
    "34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
    "94868c89-83c2-464b-929b-a1a8aa3c8487": Tlp.CLEAR,  # TLP 2.0
    "bab4a63c-aed9-4cf5-a766-dfca5abac2bb": Tlp.GREEN,
    "55d920b0-5e8b-4f79-9ee9-91f868d9b421": Tlp.AMBER,
    "939a9414-2ddd-4d32-a0cd-375ea402b003": Tlp.AMBER_STRICT,
    "e828b379-4e03-4974-9ac4-e53a884c97c1": Tlp.RED,
}
"""The marking definitions that the standards fix."""
_COMPARE = re.compile(
    r"(?P<object>[a-z0-9-]{3,40}):(?P<path>[A-Za-z0-9_.\[\]*-]{1,60}(?:'[A-Za-z0-9-]{1,20}')?)\s{0,4}"
    r"(?P<negated>NOT\s)?\s{0,3}(?P<operator>=|IN|LIKE|MATCHES|!=|>|<|ISSUBSET|ISSUPERSET)\s{0,4}"
    r"(?P<value>'(?:[^'\\]|\\.){0,2048}'|\((?:\s{0,3}'(?:[^'\\]|\\.){0,2048}'\s{0,3},?){1,500}\s{0,3}\))"
)
_QUOTED = re.compile(r"'((?:[^'\\]|\\.){0,2048})'")
_VALUE_OBJECTS = frozenset({"domain-name", "ipv4-addr", "ipv6-addr", "url", "file", "email-addr", "x-cryptocurrency"})
_LONGEST_PATTERN = 200_000
_MOST_OBJECTS = 2_000_000

_decode = msgspec.json.Decoder(dict[str, Any]).decode


def accepts(document: Document) -> bool:
    """Tell a bundle or an envelope."""
    head = document.data[:4096]
    if b'"objects"' not in document.data[: 1 << 20] and b'"objects"' not in document.data[-4096:]:
        return False
    return b'"bundle' in head or b'"spec_version"' in document.data[: 1 << 20]


def read(document: Document) -> Facts:
    """Read one bundle."""
    try:
        bundle = _decode(json_of(document.data))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise DocumentError("not a STIX bundle") from error
    objects = bundle.get("objects")
    if not isinstance(objects, list) or len(objects) > _MOST_OBJECTS:
        raise DocumentError("a STIX bundle without objects")
    return _Reader([one for one in objects if isinstance(one, dict)], len(objects)).facts()


class _Reader:
    def __init__(self, objects: list[Object], total: int) -> None:
        self._objects = objects
        self._by_id = {str(one.get("id")): one for one in objects}
        self._rejected = ["an object that is none"] * min(1, total - len(objects))
        self._skipped = 0
        self._campaign_of: dict[str, str] = {}

    def facts(self) -> Facts:
        relations = tuple(self._relations())
        campaigns = {
            str(one["id"]): _name(one) for one in self._objects if one.get("type") == "campaign" and one.get("id")
        }
        for relation in relations:
            if relation.target in campaigns:
                self._campaign_of.setdefault(relation.source, relation.target)
            if relation.source in campaigns:
                self._campaign_of.setdefault(relation.target, relation.source)
        entities = tuple(one for one in map(self._entity, self._objects) if one is not None)
        indicators: dict[tuple[str, str, str], Indicator] = {}
        packages: list[PackageRecord] = []
        for one in self._objects:
            if one.get("type") == "indicator":
                for found in self._indicator(one):
                    if isinstance(found, PackageRecord):
                        packages.append(found)
                    else:
                        indicators.setdefault((found.kind, found.value, found.campaign), found)
            elif one.get("type") not in KINDS | {"relationship", "sighting", "marking-definition", "bundle"}:
                self._skipped += 1
        return Facts(
            packages=tuple(packages),
            indicators=tuple(indicators.values()),
            entities=entities,
            relations=relations,
            sightings=tuple(self._sightings()),
            references=tuple(self._references()),
            rejected=tuple(self._rejected),
            skipped=self._skipped,
        )

    def _relations(self) -> list[Relation]:
        result = [
            Relation(one["source_ref"], one["relationship_type"], one["target_ref"])
            for one in self._objects
            if one.get("type") == "relationship"
            and not one.get("revoked")
            and all(is_name(one.get(key)) for key in ("source_ref", "relationship_type", "target_ref"))
        ]
        return sorted(set(result))

    def _entity(self, one: Object) -> Entity | None:
        kind = one.get("type")
        if kind not in KINDS or not is_name(one.get("id")):
            return None
        name = _name(one)
        if not name:
            self._rejected.append(f"{kind}: no usable name")
            return None
        return Entity(
            kind=str(kind),
            id=str(one["id"]),
            name=name,
            aliases=_texts(one.get("aliases")) or _texts(one.get("x_mitre_aliases")),
            description=short(one.get("description")),
            techniques=_techniques(one),
            references=tuple(_links(one)),
            source=self._author(one),
            trust=_trust(one),
            first_seen=iso(one.get("first_seen")),
            last_seen=iso(one.get("last_seen")),
            withdrawn=_withdrawn(one),
            tlp=self._tlp(one),
        )

    def _indicator(self, one: Object) -> list[Indicator | PackageRecord]:
        pattern, language = one.get("pattern"), one.get("pattern_type", "stix")
        if language != "stix":
            self._skipped += 1
            return []
        if not isinstance(pattern, str) or not is_name(one.get("id")) or len(pattern) > _LONGEST_PATTERN:
            self._rejected.append("an indicator without a usable pattern")
            return []
        found, together, packages = compared(pattern)
        campaign = self._campaign_of.get(str(one["id"]), "")
        labels = _texts(one.get("indicator_types")) or _texts(one.get("labels"))
        trust = _trust(one)
        seen, expires = iso(one.get("valid_from")), iso(one.get("valid_until"))
        source, withdrawn, tlp = self._author(one), _withdrawn(one), self._tlp(one)
        result: list[Indicator | PackageRecord] = [
            Indicator(
                kind=kind,
                value=value,
                scope=Scope.HUNT if together else scope,
                source=source,
                trust=Trust.LOW if together else trust,
                role=short(", ".join(labels), 80),
                via=str(one["id"]),
                campaign=campaign,
                first_seen=seen,
                expires=expires,
                withdrawn=withdrawn,
                tlp=tlp,
            )
            for kind, value, scope in found
        ]
        result += [
            PackageRecord(
                ecosystem=ecosystem,
                name=canonical(ecosystem, name),
                coverage=Coverage.STATED if version else Coverage.WATCH,
                source=source,
                trust=trust,
                versions=(version,) if version else (),
                advisory=str(one["id"]),
                date=seen[:10],
                campaign=campaign,
                first_seen=seen,
                expires=expires,
                withdrawn=withdrawn,
                tlp=tlp,
            )
            for ecosystem, name, version in packages
        ]
        if not result:
            self._rejected.append("an indicator whose pattern holds no value that we know")
        return result

    def _sightings(self) -> list[Sighting]:
        result: list[Sighting] = []
        for one in self._objects:
            if one.get("type") == "sighting" and is_name(one.get("id")) and is_name(one.get("sighting_of_ref")):
                where = ", ".join(
                    _name(self._by_id.get(ref, {})) or ref for ref in _texts(one.get("where_sighted_refs"))
                )
                count = one.get("count")
                number = count if isinstance(count, int) and 0 <= count < 1 << 31 else 1
                first, last = iso(one.get("first_seen")), iso(one.get("last_seen"))
                result.append(
                    Sighting(str(one["id"]), str(one["sighting_of_ref"]), first, last, number, short(where, 300))
                )
        return result

    def _references(self) -> list[Reference]:
        result: dict[str, Reference] = {}
        for one in self._objects:
            if one.get("type") in KINDS:
                for link in _links(one):
                    result.setdefault(link, Reference(link, link, iso(one.get("created"))[:10], "", "cited"))
        return list(result.values())

    def _author(self, one: Object) -> str:
        author = self._by_id.get(str(one.get("created_by_ref")), {})
        return _name(author) if author.get("type") == "identity" else ""

    def _tlp(self, one: Object) -> Tlp:
        marks = [self._mark(ref) for ref in _texts(one.get("object_marking_refs"))]
        return max(marks, key=list(Tlp).index, default=Tlp.CLEAR)

    def _mark(self, ref: str) -> Tlp:
        fixed = _TLP.get(ref.partition("--")[2])
        if fixed is not None:
            return fixed
        one = self._by_id.get(ref, {})
        own = one.get("definition")
        text = str((own.get("tlp") if isinstance(own, dict) else None) or one.get("name") or "")
        word = text.lower().removeprefix("tlp:").strip()
        word = "clear" if word == "white" else word
        return Tlp(word) if word in set(Tlp) else Tlp.CLEAR


def compared(pattern: str) -> tuple[list[Value], bool, list[tuple[str, str, str]]]:
    """Return the values that a pattern compares with, whether they must come together, and packages (from purls)."""
    values: list[Value] = []
    packages: list[tuple[str, str, str]] = []
    for match in _COMPARE.finditer(pattern):
        if match["negated"] or match["operator"] not in ("=", "IN"):
            continue
        for quoted in _QUOTED.finditer(match["value"]):
            text = quoted.group(1).replace("\\'", "'").replace("\\\\", "\\")
            if text.startswith("pkg:"):
                packages += _package(text)
            elif (found := _value(match["object"], match["path"], text)) is not None:
                values.append(found)
    plain = _QUOTED.sub("''", pattern)
    together = " AND " in plain or "FOLLOWEDBY" in plain
    return list(dict.fromkeys(values)), together, packages


def _value(kind: str, path: str, text: str) -> Value | None:
    if kind == "file" and path == "name":
        return ("file-name", text, Scope.HUNT) if is_name(text) else None
    if kind == "windows-registry-key" and path == "key":
        return ("registry-key", text, Scope.HUNT) if is_name(text) else None
    if kind == "user-account" and is_name(text):
        return ("account", text, Scope.HUNT)
    if kind == "network-traffic" and path.endswith("value"):
        return value_of(text)
    if kind == "domain-name" or kind in _VALUE_OBJECTS:
        return value_of(text)
    return None


def _package(text: str) -> list[tuple[str, str, str]]:
    from packageurl import PackageURL

    try:
        purl = PackageURL.from_string(text)
    except ValueError:
        return []
    name = f"{purl.namespace}/{purl.name}" if purl.namespace else purl.name
    return [(purl.type, name, purl.version or "")] if is_name(name) else []


def _name(one: Object) -> str:
    name = one.get("name") or (one.get("abstract") if one.get("type") == "note" else "")
    return short(name, 300)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for text in value[:200] if is_name(text)) if isinstance(value, list) else ()


def _links(one: Object) -> list[str]:
    found = one.get("external_references")
    rows = [row for row in found[:100] if isinstance(row, dict)] if isinstance(found, list) else []
    return list(dict.fromkeys(row["url"] for row in rows if is_name(row.get("url"))))


def _techniques(one: Object) -> tuple[str, ...]:
    found = one.get("external_references")
    rows = [row for row in found[:100] if isinstance(row, dict)] if isinstance(found, list) else []
    ids = (row.get("external_id") for row in rows)
    return tuple(text for text in ids if isinstance(text, str) and re.fullmatch(r"T\d{4}(?:\.\d{3})?", text))


def _withdrawn(one: Object) -> str:
    return (iso(one.get("modified")) or "unknown") if one.get("revoked") is True else ""


def _trust(one: Object) -> Trust:
    """STIX 2.1 appendix A: 0-29 low, 30-69 medium, 70-100 high; no word is medium."""
    value = one.get("confidence")
    if not isinstance(value, int) or isinstance(value, bool):
        return Trust.MEDIUM
    return Trust.LOW if value < 30 else Trust.MEDIUM if value < 70 else Trust.HIGH


FORMAT = Format(
    id="stix",
    title="STIX 2.0 and 2.1 bundles",
    licence="",
    accepts=accepts,
    read=read,
)
