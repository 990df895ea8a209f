"""From what was read out of a report to a pack: only what a person confirmed, and never more certain than it is."""

import re
from collections.abc import Iterable

from lazaretto.model.extract import Extracted, Extraction, Standing
from lazaretto.model.intel import Campaign, Coverage, Indicator, Pack, PackageRecord, Reference, Scope, Trust

SCHEMA = "lazaretto/intel-pack-1"
_CONTEXT = frozenset(
    {"github-account", "github-repository", "gitlab-account", "npm-account", "pypi-account", "telegram", "discord"}
)
_SLUG = re.compile(r"[^a-z0-9가-힣]+")


def to_pack(extraction: Extraction, kept: Iterable[Extracted], *, name: str, campaign: str, today: str) -> Pack:
    """Return a pack of the kept values.

    Args:
        extraction: what was read.
        kept: the confirmed part of its items.
        name: the report's file name or address, for the reference.
        campaign: id of the campaign; empty = made from the report's title.
        today: ISO date on which it was read.
    """
    items = tuple(kept)
    title = extraction.title or name
    identifier = campaign or _SLUG.sub("-", title.lower()).strip("-")[:60] or "report"
    source = f"report-{_SLUG.sub('-', name.lower()).strip('-')[:60] or 'unnamed'}"
    date = extraction.date or today
    return Pack(
        schema=SCHEMA,
        generated=today,
        licence="Facts read out of one report; see its reference.",
        campaign=Campaign(
            id=identifier,
            name=campaign or title,
            aliases=(),
            actor="unknown",
            first_seen=date,
            last_seen=date,
            ecosystems=tuple(dict.fromkeys(item.ecosystem for item in items if item.ecosystem)),
            techniques=tuple(item.value for item in items if item.kind == "technique"),
            description="",
        ),
        references=(Reference(source, "", date, title, "secondary"),),
        packages=tuple(_packages(items, source, date, identifier)),
        indicators=tuple(
            _indicator(item, source, identifier)
            for item in items
            if item.standing is Standing.INDICATOR and item.kind != "package"
        ),
    )


def _packages(items: tuple[Extracted, ...], source: str, date: str, campaign: str) -> Iterable[PackageRecord]:
    by_name: dict[tuple[str, str], list[Extracted]] = {}
    for item in items:
        if item.kind == "package":
            by_name.setdefault((item.ecosystem, item.name), []).append(item)
    for (ecosystem, name), same in by_name.items():
        versions = tuple(dict.fromkeys(item.version for item in same if item.version))
        # a name alone may belong to somebody else, and listed versions say nothing about the others
        coverage = Coverage.STATED if versions else Coverage.WATCH
        yield PackageRecord(ecosystem, name, coverage, source, _trust(same[0]), versions, date=date, campaign=campaign)


def _indicator(item: Extracted, source: str, campaign: str) -> Indicator:
    value = item.value.partition("://")[2] or item.value if item.kind == "url" else item.value
    if item.kind in _CONTEXT:
        scope = Scope.CONTEXT
    elif item.kind == "domain" and not item.shared:
        scope = Scope.HOST
    else:
        scope = Scope.EXACT
    return Indicator(item.kind, value, scope, source, _trust(item), role=item.heading[:60], campaign=campaign)


def _trust(item: Extracted) -> Trust:
    """Never high: a reader, not the researcher's own data."""
    return Trust.MEDIUM if item.confidence is Trust.HIGH else Trust.LOW
