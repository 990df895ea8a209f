"""Where npm's dist-tags point when the version they mean is withheld: down, within the same line of versions.

Never by date: the newest allowed upload may be a backport to an old major version. A tag disappears only when nothing
at all is allowed, because dependencies name tags (`node-fetch@cjs`) and clients fail without `latest`.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from lazaretto.ecosystems.registry_names import NpmOrder, npm_channel, npm_order

_Step = tuple[NpmOrder, str]


class Ladder:
    """The allowed versions in semver order, by pre-release channel."""

    def __init__(self, allowed: Iterable[str], orders: Mapping[str, NpmOrder]) -> None:
        self.every: list[_Step] = sorted((orders[version], version) for version in allowed)
        self.channels: dict[str, list[_Step]] = {}
        for step in self.every:
            self.channels.setdefault(npm_channel(step[0]), []).append(step)

    def below(self, order: NpmOrder, channel: str | None = None) -> str:
        """Return the highest allowed version that is not above `order`; None = of any channel."""
        steps = self.every if channel is None else self.channels.get(channel, [])
        at = bisect_right(steps, order, key=lambda step: step[0])
        return steps[at - 1][1] if at else ""

    def highest(self, channel: str) -> str:
        """Return the highest allowed version of a channel, else the highest stable one, else the highest of all."""
        steps = self.channels.get(channel) or self.channels.get("") or self.every
        return steps[-1][1] if steps else ""

    def target(self, tag: str, version: str) -> str:
        """Return the version that a tag means now; empty when nothing is allowed."""
        order = npm_order(version)
        channel = "" if tag == "latest" or order is None else npm_channel(order)
        if order is None:
            return self.highest(channel)
        return self.below(order, channel) or self.below(order) or self.highest(channel)


def repaired(tags: Mapping[str, str], allowed: Mapping[str, object], orders: Mapping[str, NpmOrder]) -> dict[str, str]:
    """Return the tags with every one that means no allowed version re-pointed."""
    if all(version in allowed for version in tags.values()):
        return dict(tags)
    ladder = Ladder(allowed, orders)
    found = {tag: version if version in allowed else ladder.target(tag, version) for tag, version in tags.items()}
    return {tag: version for tag, version in found.items() if version}
