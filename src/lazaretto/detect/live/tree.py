"""Trees of programs under one developer tool, each with a bounded window of what was seen in it.

    Tree             from the tool's own process down; it outlives the tool as long as a descendant lives
    |-- nodes        one for each image that a process ran; the first ones may be ancestors outside of the tree
    `-- sights       what they did, the least important and oldest left out when there are too many

`Tree.record` is what rules look at. Everything here is plain data: nothing is asked of the system.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lazaretto.detect.attribution import Owner
from lazaretto.detect.live.toolchains import Tool
from lazaretto.model.behaviour import Action, Event, Program, Record
from lazaretto.model.finding import Gap, Phase, Stage
from lazaretto.model.text import N_, Message

MOST_NODES = 600
"""Images of one tree that are kept."""
MOST_SIGHTS = 800
_ANCESTORS = 8
_WORDS = 64
_WORD = 2000

IMPORTANCE = {
    Action.CANARY: 9,
    Action.TRACE: 8,
    Action.MEMORY_FILE: 8,
    Action.READ: 7,
    Action.WRITE: 6,
    Action.CONNECT: 5,
    Action.LISTEN: 5,
    Action.DELETE: 4,
    Action.RESOLVE: 3,
    Action.EXEC: 2,
}
"""What is kept longest when a tree's window is full."""


@dataclass(slots=True, eq=False)
class Node:
    """One image that a process ran."""

    pid: int
    started: int
    above: "Node | None"
    at: float
    path: str = ""
    argv: tuple[str, ...] = ()
    cwd: str = ""
    uid: int = -1
    owner: Owner | None = None
    phase: Phase | None = None
    tool: str = ""
    manager: bool = False
    """It is a package manager: what it starts may belong to a package."""
    added: tuple[tuple[str, str], ...] = ()
    end: float | None = None

    @property
    def key(self) -> str:
        """Name the process for good."""
        return f"{self.pid}.{self.started}"

    def chain(self) -> tuple["Node", ...]:
        """Return those that started it and itself, the first one first; at most 64."""
        found: list[Node] = []
        node: Node | None = self
        while node is not None and len(found) < 64:
            found.append(node)
            node = node.above
        return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class Sight:
    """What a program did."""

    at: float
    sensor: str
    action: Action
    node: Node | None
    target: str
    detail: str = ""


@dataclass(slots=True, eq=False)
class Tree:
    """One developer tool at work."""

    root: Node
    tool: Tool | None
    home: str
    project: str
    above: "tuple[Node, ...]" = ()
    nodes: list[Node] = field(default_factory=list)
    sights: list[Sight] = field(default_factory=list)
    alive: set[int] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)
    """What did not fit, by action."""
    dirty: float = 0.0
    """Time of the oldest thing that no rule has seen; 0 = rules have seen everything."""
    last: float = 0.0
    checked: float = 0.0
    cost: float = 0.0
    """Seconds that the rules took the last time."""
    ended: float | None = None
    told: dict[str, int] = field(default_factory=dict)
    """Alert ids that were given out, and how often the fact was seen."""
    per_rule: Counter[str] = field(default_factory=Counter)
    acts: Counter[tuple[int, Action]] = field(default_factory=Counter)
    """How much was kept of each program and action."""
    recurring: dict[tuple[int, str, str], int] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Node, tool: Tool | None, home: str, project: str) -> "Tree":
        """Begin a tree."""
        above = root.chain()[:-1][-_ANCESTORS:]
        return cls(root, tool, home, project, above, [root], alive={root.pid}, last=root.at)

    @property
    def phase(self) -> Phase:
        """When it is, by what the tool was told to do."""
        return self.tool.phase if self.tool else Phase.RUN

    def add_node(self, node: Node, now: float) -> None:
        """Add an image. A full tree forgets images that ended and did nothing worth keeping, the oldest first."""
        self.nodes.append(node)
        if len(self.nodes) > MOST_NODES:
            needed = {id(sight.node) for sight in self.sights}
            for one in self.nodes:
                if one.end is None or id(one) in needed:
                    needed.update(map(id, one.chain()))
            half = MOST_NODES // 2
            kept = [one for place, one in enumerate(self.nodes) if place == 0 or place > half or id(one) in needed]
            if len(kept) > MOST_NODES:  # all of them live: the newest are the ones that cannot be kept
                kept = kept[:MOST_NODES]
            self.left_out["exec"] += len(self.nodes) - len(kept)
            self.nodes = kept
        self._touch(now)

    def add(self, sight: Sight) -> None:
        """Add what was done."""
        self.sights.append(sight)
        if len(self.sights) > MOST_SIGHTS:
            keep = MOST_SIGHTS * 3 // 4
            ranked = sorted(self.sights, key=lambda one: (IMPORTANCE.get(one.action, 1), one.at))
            for one in ranked[:-keep]:
                self.left_out[one.action.value] += 1
            self.sights = sorted(ranked[-keep:], key=lambda one: one.at)
        self._touch(sight.at)

    def _touch(self, at: float) -> None:
        self.last = max(self.last, at)
        self.dirty = self.dirty or at

    def record(self, now: float, decoys: frozenset[str]) -> tuple[Record, list[Node]]:
        """Return what rules look at, and the nodes by the index of their programs."""
        began = self.root.at
        nodes = [*self.above, *self.nodes]
        index = {id(node): place for place, node in enumerate(nodes)}
        programs = tuple(
            Program(
                node.pid,
                _index(index, node.above),
                node.path,
                node.argv,
                node.cwd,
                max(0.0, node.at - began),
                node.owner.package if node.owner else "",
                node.owner.script if node.owner else "",
                how=node.owner.how if node.owner else "",
                added=node.added,
                end=None if node.end is None else max(0.0, node.end - began),
                phase=node.phase,
                tool=node.tool,
            )
            for node in nodes
        )
        events = tuple(
            Event(
                sight.at - began,
                sight.sensor,
                sight.action,
                -1 if sight.node is None else _index(index, sight.node),
                sight.target,
                sight.detail,
                sight.node.owner.package if sight.node is not None and sight.node.owner else "",
            )
            for sight in self.sights
        )
        made = Record(
            self.phase,
            programs,
            events,
            decoys=decoys,
            project=self.project,
            home=self.home,
            gaps=tuple(self.gaps()),
            seconds=max(0.0, now - began),
            live=True,
            outside=len(self.above),
        )
        return made, nodes

    def gaps(self) -> Iterable[Gap]:
        """Say what did not fit into the window."""
        if self.left_out:
            told = ", ".join(f"{count} {kind}" for kind, count in sorted(self.left_out.items()))
            reason = N_("more happened than is kept; left out, the least important first: {what}")
            yield Gap(Stage.LIMIT, self.project or self.root.path, Message.of(reason, {"what": told}), partial=True)


def _index(index: dict[int, int], node: Node | None) -> int:
    """The place of a node, or of the nearest one above that is still kept."""
    for _ in range(64):
        if node is None:
            return -1
        place = index.get(id(node))
        if place is not None:
            return place
        node = node.above
    return -1


def cut(argv: Sequence[str]) -> tuple[str, ...]:
    """Bound a command line: hostile ones have megabytes. What is left out is said in the last word."""
    if len(argv) > _WORDS:
        argv = [*argv[:_WORDS], f"[+{len(argv) - _WORDS} words]"]
    return tuple(word if len(word) <= _WORD else f"{word[:_WORD]}[+{len(word) - _WORD}]" for word in argv)
