"""What rules about the words of an offer have in common: one match for all places, the first one quoted."""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_sayings import Said
from lazaretto.detect.rule import Match
from lazaretto.model.finding import Confidence, Location, Severity

PLACES = 6


def match_said(
    view: Approach,
    template: str,
    *names: str,
    severity: Severity | None = None,
    confidence: Confidence | None = None,
) -> Iterator[Match]:
    """Yield one match when one of these sayings is in the offer."""
    yield from match_places(view.said(*names), template, severity=severity, confidence=confidence)


def match_places(
    places: tuple[Said, ...],
    template: str,
    *,
    severity: Severity | None = None,
    confidence: Confidence | None = None,
) -> Iterator[Match]:
    """Yield one match for some places, in their order; nothing without any."""
    if not places:
        return
    ordered = sorted(places, key=lambda place: (place.path, place.start))
    first = ordered[0]
    more = dict.fromkeys(Location(place.path, place.line) for place in ordered[1:])
    more.pop(Location(first.path, first.line), None)
    yield Match(
        template,
        line=first.line,
        path=first.path,
        excerpt=first.quote,
        more=tuple(more)[:PLACES],
        severity=severity,
        confidence=confidence,
    )
