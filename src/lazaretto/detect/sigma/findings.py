"""Sigma rules as rules over single events: what `watch` asks for each observation.

    EventSigma(matcher, "linux")(seen, program, above) -> Finding ...

`seen` is one observation, `program` who did it, `above` who started that program; either may be unknown.
"""

import posixpath
import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from lazaretto.detect.sigma.fields import CATEGORIES_OF, Actor, records
from lazaretto.detect.sigma.log import Log
from lazaretto.detect.sigma.rules import Matcher, SigmaRule
from lazaretto.model.behaviour import Program
from lazaretto.model.finding import Confidence, Finding, Location, Phase, Role
from lazaretto.model.host import Observed
from lazaretto.model.text import N_, Message

FAMILY: Final = "sigma/"
_CONFIDENCE: Final = {"stable": Confidence.MEDIUM, "test": Confidence.MEDIUM}
"""By the rule's status; every other status is LOW. None is HIGH: other people's rules were not tried on installs."""
_EXCERPT: Final = 200
_UNUSUAL = re.compile(r"[^a-z0-9]+")


def rule_id(rule: SigmaRule) -> str:
    """Return `sigma/UUID`, or `sigma/name-of-its-file` for a rule without an id."""
    if rule.id:
        return FAMILY + rule.id
    stem = posixpath.basename(rule.path).rpartition(".")[0] or rule.path
    return FAMILY + (_UNUSUAL.sub("-", stem.casefold()).strip("-")[:80] or "rule")


class EventSigma:
    """Rules that look at one observation at a time. Keeps nothing between two of them."""

    def __init__(
        self,
        matcher: Matcher,
        product: str,
        muted: Collection[str] = (),
        elsewhere: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Take rules to ask.

        Args:
            matcher: the rules.
            product: the system that observations come from, `linux` or `macos`.
            muted: ids (`rule_id`) of rules that are switched off.
            elsewhere: product by sensor, for sensors whose observations come from another system.
        """
        self._matcher = matcher
        self._product = product
        self._muted = frozenset(muted)
        self._elsewhere = elsewhere
        self._kinds = {
            one: frozenset(
                kind for kind, names in CATEGORIES_OF.items() if any(matcher.has(one, name) for name in names)
            )
            for one in (product, *elsewhere.values())
        }

    def __call__(self, seen: Observed, program: Program | None, above: Program | None) -> list[Finding]:
        """Return the findings that one observation makes."""
        product = self._elsewhere.get(seen.sensor, self._product)
        if seen.kind not in self._kinds[product]:
            return []
        found: list[Finding] = []
        for log in records(seen, product, _actor(seen, program, above)):
            true = self._matcher.match(log)
            found.extend(_finding(rule, seen, log) for rule in true if rule_id(rule) not in self._muted)
        return found


def _actor(seen: Observed, program: Program | None, above: Program | None) -> Actor:
    if program is None:
        return Actor(parent_path=seen.parent_path, parent_argv=seen.parent_argv)
    return Actor(
        path=program.path,
        argv=program.argv,
        cwd=program.cwd,
        parent_path=above.path if above is not None else seen.parent_path,
        parent_argv=above.argv if above is not None else seen.parent_argv,
        user=seen.user,
    )


def _finding(rule: SigmaRule, seen: Observed, log: Log) -> Finding:
    line = log.raw.get("CommandLine") or seen.path
    what = " ".join(line) if isinstance(line, tuple) else line
    place = seen.path or "?"
    return Finding(
        rule=rule_id(rule),
        subject=place,
        severity=rule.severity,
        confidence=_CONFIDENCE.get(rule.status, Confidence.LOW),
        locations=(Location(place),),
        message=Message.of(
            N_("Sigma rule “{title}” ({path}): {what}"),
            {"title": rule.title or rule.path, "path": rule.path, "what": what[:_EXCERPT]},
        ),
        techniques=rule.techniques,
        excerpt=what[:_EXCERPT],
        phase=Phase.RUN,
        role=_ROLES.get(log.category, Role.EXECUTE),
    )


_ROLES: Final = {
    "network_connection": Role.SEND,
    "dns_query": Role.SEND,
    "dns": Role.SEND,
    "file_access": Role.COLLECT,
}
