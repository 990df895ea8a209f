"""The engine of `watch`: observations in, alerts out. Pure: time is what observations and the caller say.

    feed(observed)     who is it, which tree, is it worth keeping?            cheap, for each event
    tick(now)          rules over the trees that changed, new alerts          each tree at most every PAUSE seconds

Only trees under a developer tool are kept; other programs are known by their process number, and counted. A program is
named by its number and start, so a number that is used again is another program.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lazaretto.detect.attribution import Facts, is_manager, named, owner
from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.engine import finding_of
from lazaretto.detect.live.alerts import alert_of
from lazaretto.detect.live.hosts import Hosts
from lazaretto.detect.live.toolchains import AGENT, EDITOR, Tool, recognise, script_of
from lazaretto.detect.live.tree import Node, Sight, Tree, cut
from lazaretto.detect.places import SECRETS, STARTS, place_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action, Program
from lazaretto.model.finding import Finding, Gap, Phase, Stage
from lazaretto.model.host import Alert, Kind, Lost, Observed
from lazaretto.model.text import N_, Message

PAUSE = 0.2
"""Seconds between two looks of the rules at one tree."""
LONGEST = 0.7
"""Most seconds between them, however much rules cost: an alert is to come within a second."""
LINGER = 90.0
"""Seconds for which a tree is kept after its last program ended."""
MOST_PROCESSES = 40_000
MOST_TREES = 400
ACTS = 400
"""Acts of one kind by one program that are kept; a program that opens more places of secrets has been told already."""
ALERTS_PER_RULE = 10
"""Alerts of one rule in one tree; more say nothing new."""
ALERTS_PER_MINUTE = 120
"""Alerts of all; what is beyond is counted, and told."""
EVENTS_PER_SECOND = 1500
"""Observations in a second that rules over single events (Sigma) look at; what is beyond is counted, and told."""
_SHARE = 0.1
"""Most of the time that rules may take, when trees change all the time."""
_ACTIONS = {
    Kind.READ: Action.READ, Kind.DECOY: Action.READ, Kind.WRITE: Action.WRITE, Kind.DELETE: Action.DELETE,
    Kind.CONNECT: Action.CONNECT, Kind.LISTEN: Action.LISTEN, Kind.TRACE: Action.TRACE,
    Kind.MEMORY_FILE: Action.MEMORY_FILE, Kind.RESOLVE: Action.RESOLVE,
}  # fmt: skip
_NESTS = frozenset({EDITOR, AGENT})
"""Tools within whose tree another tool is a tree of its own."""
_MEMORY = re.compile(r"/(?:proc/(?:self|\d+)|dev)/fd/\d+|/memfd:")
_REPEATED = 40
"""Times that one program's same act is kept; then every tenth."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is known of the computer."""

    homes: Mapping[int, str] = field(default_factory=dict)
    """User number to home folder."""
    decoys: frozenset[str] = frozenset()
    """Paths of bait."""
    registries: frozenset[str] = frozenset()
    """Hosts that the person's own package clients are set up for. Empty = every host is a stranger."""
    own: frozenset[int] = frozenset()
    """Processes that are not watched: the watcher itself."""
    drill: bool = False
    """See `hosts.Hosts`."""
    repository: Callable[[str], str] = str
    """Folder to the root of the project that it is in."""
    clock: Callable[[], float] = lambda: 0.0
    """Seconds of processor or wall time, to measure what rules cost."""
    muted: frozenset[str] = frozenset()
    """Ids of rules that are switched off."""


EventRule = Callable[[Observed, Program | None, Program | None], Iterable[Finding]]
"""Looks at one event with its program and the program that started it (Sigma)."""


class Watcher:
    """Follows programs, keeps trees, runs rules."""

    def __init__(
        self,
        rules: Sequence[Rule],
        settings: Settings,
        event_rules: Sequence[EventRule] = (),
        known: Iterable[str] = (),
    ) -> None:
        """`known` are ids of alerts that were told before: they are counted again, and not told as new."""
        self._rules = [rule for rule in rules if rule.view is Behaviour and rule.id not in settings.muted]
        self._event_rules = event_rules
        self._settings = settings
        self._known = set(known)
        self._now: dict[int, Node] = {}
        """Process to the image that it runs."""
        self._forked: set[int] = set()
        """Processes that run their parent's image."""
        self._starts: dict[int, int] = {}
        """Starts of those, where the sensor tells them."""
        self._tree: dict[int, Tree] = {}
        self.trees: dict[str, Tree] = {}
        self.hosts = Hosts(drill=settings.drill)
        self.counts: Counter[str] = Counter()
        self.lost: Counter[tuple[str, str]] = Counter()
        self.gaps: dict[str, Gap] = {}
        """Rules that failed, by id."""
        self._minute: tuple[int, int] = (0, 0)
        self._left_out: Counter[str] = Counter()
        """What did not fit into trees that are gone."""
        self._second: tuple[int, int] = (0, 0)
        self._pending: list[Alert] = []
        self.repeated: list[str] = []
        """Ids of alerts whose fact was seen again since the last tick."""

    # --- observations

    def lose(self, lost: Lost) -> None:
        """Count what a sensor could not deliver."""
        self.lost[lost.sensor, lost.why] += lost.count

    def feed(self, seen: Observed) -> None:
        """Take one observation."""
        self.counts[seen.kind.value] += 1
        if seen.pid in self._settings.own and seen.pid:
            return
        match seen.kind:
            case Kind.FORK:
                self._fork(seen)
            case Kind.EXEC:
                self._exec(seen)
            case Kind.EXIT:
                self._exit(seen)
            case Kind.NAME:
                self.hosts.learn(seen.path, seen.detail)
                self._rename(seen.path)
            case _:
                self._act(seen)

    def _fork(self, seen: Observed) -> None:
        above = self._now.get(seen.parent)
        if above is None:
            return
        if seen.pid in self._now:
            self._gone(seen.pid, seen.at)
        if len(self._now) >= MOST_PROCESSES:
            self.lost["watch", "processes"] += 1
            return
        self._now[seen.pid] = above
        self._forked.add(seen.pid)
        if seen.started:
            self._starts[seen.pid] = seen.started
        tree = self._tree.get(seen.parent)
        if tree is not None:
            self._tree[seen.pid] = tree
            tree.alive.add(seen.pid)

    def _exec(self, seen: Observed) -> None:
        before = self._now.get(seen.pid)
        if before is not None and seen.pid not in self._forked and _other(before.started, seen.started):
            self._gone(seen.pid, seen.at)  # the number was used again
            before = None
        forked = seen.pid in self._forked
        above = before if forked else before.above if before is not None else self._now.get(seen.parent)
        if above is None and seen.parent_path and before is None:
            above = Node(seen.parent, 0, None, seen.at, seen.parent_path, cut(seen.parent_argv))
        if before is not None and not forked:
            before.end = seen.at
        tree = self._tree.get(seen.pid) or (self._tree.get(seen.parent) if before is None else None)
        node = Node(seen.pid, seen.started, above, seen.at, seen.path or "?", cut(seen.argv), seen.cwd, seen.uid)
        if not seen.path and not seen.argv:
            self.lost[seen.sensor, "gone"] += 1
        env = dict(seen.env)
        facts = Facts(node.path, node.argv, node.cwd, env)
        node.manager = is_manager(facts)
        node.added = tuple(pair for pair in seen.env if above is None or pair not in above.added)
        inherited = above.owner if above is not None and tree is not None else None
        node.owner = owner(facts, inherited, of_manager=above is not None and above.manager)
        if node.owner is not None and node.owner.how == "build" and seen.detail:
            node.owner = named(node.owner, seen.detail.encode("utf-8", "replace"))
        tool = recognise(node.path, node.argv)
        node.tool = tool.name if tool else ""
        if seen.pid not in self._now and len(self._now) >= MOST_PROCESSES:
            self.lost["watch", "processes"] += 1
            return
        self._now[seen.pid] = node
        self._forked.discard(seen.pid)
        if tool is not None and (tree is None or _nests(tool, tree.tool)):
            if tree is not None:
                tree.alive.discard(seen.pid)
                tree.add_node(node, seen.at)
            tree = self._begin(node, tool)
        elif tree is not None:
            tree.alive.add(seen.pid)
            tree.add_node(node, seen.at)
            self._tree[seen.pid] = tree
        if tree is None:
            self.counts["outside"] += 1
        else:
            node.phase = _phase(node, tool, tree)
            if _MEMORY.match(node.path):
                if node.path.startswith("/memfd:"):
                    tree.add(Sight(seen.at, seen.sensor, Action.MEMORY_FILE, node, node.path))
                tree.add(Sight(seen.at, seen.sensor, Action.EXEC, node, node.path))
        self._by_event(seen, node, tree)

    def _begin(self, node: Node, tool: Tool | None) -> Tree:
        if len(self.trees) >= MOST_TREES:
            oldest = min(self.trees.values(), key=lambda one: (bool(one.alive), one.last))
            self._drop(oldest)
            self.lost["watch", "trees"] += 1
        home = self._settings.homes.get(node.uid, "")
        tree = Tree.of(node, tool, home, self._settings.repository(node.cwd) if node.cwd else "")
        tree.dirty = node.at
        self.trees[node.key] = tree
        self._tree[node.pid] = tree
        return tree

    def _exit(self, seen: Observed) -> None:
        node = self._now.get(seen.pid)
        if node is not None and seen.pid not in self._forked and not _other(node.started, seen.started):
            node.end = seen.at
        self._gone(seen.pid, seen.at)

    def _gone(self, pid: int, at: float) -> None:
        node = self._now.pop(pid, None)
        if node is not None and pid not in self._forked and node.end is None:
            node.end = at
        self._forked.discard(pid)
        self._starts.pop(pid, None)
        tree = self._tree.pop(pid, None)
        if tree is not None:
            tree.alive.discard(pid)
            tree.last = max(tree.last, at)
            if not tree.alive:
                tree.ended = at
                tree.dirty = tree.dirty or at

    def _act(self, seen: Observed) -> None:
        action = _ACTIONS[seen.kind]
        target = seen.path[:4096]
        if seen.kind is Kind.RESOLVE:
            for address in seen.detail.split()[:16]:
                self.hosts.learn(address, target)
        node = self._now.get(seen.pid) if seen.pid else None
        if node is not None and seen.pid not in self._forked and _other(node.started, seen.started):
            node = None
        tree = self._tree.get(seen.pid) if node is not None else None
        if action is Action.CONNECT:
            target = self.hosts.told(target)
        decoy = seen.kind is Kind.DECOY or target in self._settings.decoys
        if tree is not None and not decoy and tree.acts.get((id(node), action), 0) >= ACTS:
            tree.left_out[action.value] += 1
            self.counts["shed"] += 1
            return
        if tree is None:
            self.counts["outside"] += 1
            if not decoy:
                self._by_event(seen, node, None)
                return
            tree = self._stray(seen, node)
        elif not decoy and not _wanted(action, target, tree):
            self.counts["passed"] += 1
            self._by_event(seen, node, tree)
            return
        key = (id(node), action.value, target)
        times = tree.recurring[key] = tree.recurring.get(key, 0) + 1
        if len(tree.recurring) > 5000:
            tree.recurring.clear()
        if action is Action.CONNECT:
            keep = times <= _REPEATED or times % 10 == 0
        else:
            keep = times == 1
        if keep:
            tree.acts[id(node), action] += 1
            tree.add(Sight(seen.at, seen.sensor, action, node, target, seen.detail[:400]))
        self._by_event(seen, node, tree)

    def _rename(self, target: str) -> None:
        """Give connections their name that is known only after they began (a greeting)."""
        for tree in self.trees.values():
            if tree.dirty:
                for place in range(len(tree.sights) - 1, max(-1, len(tree.sights) - 50), -1):
                    sight = tree.sights[place]
                    if sight.action is Action.CONNECT and sight.target == target:
                        tree.sights[place] = dataclasses.replace(sight, target=self.hosts.told(target))

    def _stray(self, seen: Observed, node: Node | None) -> Tree:
        """Give bait that is touched outside of every tree a tree of its own."""
        if node is None:
            node = Node(seen.pid, seen.started, None, seen.at, "?", uid=seen.uid)
        tree = self.trees.get(node.key)
        if tree is None:
            tree = self._begin(node, None)
            if seen.pid not in self._now:
                self._tree.pop(node.pid, None)
                tree.alive.clear()
                tree.ended = seen.at
        return tree

    def _by_event(self, seen: Observed, node: Node | None, tree: Tree | None) -> None:
        if not self._event_rules:
            return
        second = int(seen.at)
        count = self._second[1] + 1 if self._second[0] == second else 1
        self._second = (second, count)
        if count > EVENTS_PER_SECOND:
            self.lost["watch (rules over single events)", "shed"] += 1
            return
        program, above = _program(node), _program(node.above if node is not None else None)
        for rule in self._event_rules:
            for finding in rule(seen, program, above):
                if tree is None:
                    if node is None:
                        node = Node(seen.pid, seen.started, None, seen.at, seen.path)
                    tree = Tree.of(node, None, "", "")
                match = Match(finding.message.template, process=0, at=0.0)
                view = Behaviour(dataclasses.replace(tree.record(seen.at, frozenset())[0]))
                nodes = [node] if node is not None else [tree.root]
                alert = alert_of(finding, match, view, tree, nodes, seen.at)
                self._tell(dataclasses.replace(alert, at=seen.at, targets=(seen.path,) if seen.path else ()), tree)

    # --- rules

    def tick(self, now: float, *, everything: bool = False) -> list[Alert]:
        """Run rules over trees that changed; return new alerts. `everything`: do not wait (the end of a recording)."""
        self.repeated.clear()
        for tree in list(self.trees.values()):
            waits = min(LONGEST, max(PAUSE, tree.cost / _SHARE))
            timed = tree.alive and now - tree.checked >= 30.0  # rules about what lasts
            if (tree.dirty or timed) and (everything or now - tree.checked >= waits or now < tree.checked):
                self._look(tree, now)
            if tree.ended is not None and not tree.alive and not tree.dirty and now - tree.ended > LINGER:
                self._drop(tree)
        told, self._pending = self._pending, []
        return told

    def _look(self, tree: Tree, now: float) -> None:
        began = self._settings.clock()
        tree.dirty, tree.checked = 0.0, now
        record, nodes = tree.record(now, self._settings.decoys)
        view = Behaviour(record, self._settings.registries)
        for rule in self._rules:
            try:
                for match in rule.check(view):
                    if isinstance(match, Match):
                        finding = finding_of(rule, match, record.project)
                        self._tell(alert_of(finding, match, view, tree, nodes, now), tree)
            except Exception as error:  # noqa: BLE001 - a crashing rule must not blind the others
                told = f"{type(error).__name__}: {error}"[:200]
                reason = Message.of(N_("{rule} failed: {error}"), {"rule": rule.id, "error": told})
                self.gaps.setdefault(rule.id, Gap(Stage.RULE, rule.id, reason, partial=True))
        tree.cost = self._settings.clock() - began

    def _tell(self, alert: Alert, tree: Tree) -> None:
        times = tree.told.get(alert.id, 0)
        tree.told[alert.id] = times + 1
        if times:
            return
        if alert.id in self._known:
            self.repeated.append(alert.id)
            return
        rule = alert.finding.rule
        tree.per_rule[rule] += 1
        if tree.per_rule[rule] > ALERTS_PER_RULE:
            self.lost["watch", "alerts of one rule"] += 1
            return
        minute = int(alert.told // 60)
        count = self._minute[1] + 1 if self._minute[0] == minute else 1
        self._minute = (minute, count)
        if count > ALERTS_PER_MINUTE:
            self.lost["watch", "alerts of one minute"] += 1
            return
        self._known.add(alert.id)
        self._pending.append(alert)

    def left_out(self) -> Counter[str]:
        """Return what did not fit into trees, by action."""
        return sum((tree.left_out for tree in self.trees.values()), self._left_out.copy())

    def _drop(self, tree: Tree) -> None:
        self._left_out += tree.left_out
        self.trees.pop(tree.root.key, None)
        for pid in list(tree.alive):
            if self._tree.get(pid) is tree:
                del self._tree[pid]

    def tree_of(self, pid: int) -> Tree | None:
        """Return the tree that a process is in."""
        return self._tree.get(pid)

    def members(self, key: str, below: int = 0) -> list[tuple[int, int, str]]:
        """Return process, start and image of those that live in a tree; a start is 0 when it is not known.

        `below`: only this process and what it started (an editor's tree holds more than one matter).
        """
        tree = self.trees.get(key)
        found = []
        for pid in sorted(tree.alive) if tree is not None else ():
            node = self._now.get(pid)
            if node is None or self._tree.get(pid) is not tree:
                continue
            if not below or any(one.pid == below for one in node.chain()):
                found.append((pid, self._starts.get(pid, 0) if pid in self._forked else node.started, node.path))
        return found

    @property
    def watched(self) -> set[int]:
        """Processes that are in trees."""
        return set(self._tree)


def _nests(tool: Tool, outer: Tool | None) -> bool:
    """Tell whether a tool within the tree of another has a tree of its own."""
    if outer is None or outer.name == tool.name:
        return False
    return outer.name in _NESTS or (
        outer.phase in (Phase.RUN, Phase.OPEN) and tool.phase in (Phase.INSTALL, Phase.BUILD)
    )


def _other(one: int, two: int) -> bool:
    """Tell whether two start times are known and not the same process's."""
    return bool(one and two and one != two)


def _phase(node: Node, tool: Tool | None, tree: Tree) -> Phase:
    above = node.above.phase if node.above is not None and node is not tree.root else None
    found = node.owner
    if found is not None and found.how == "build":
        return Phase.BUILD
    if found is not None and found.how == "lifecycle":
        if found.script in _INSTALL_SCRIPTS and (tree.phase is Phase.INSTALL or "/node_modules/" in node.cwd):
            return Phase.INSTALL
        return above or Phase.RUN
    if tool is not None and (above is None or above in (Phase.RUN, Phase.OPEN)) and tool.phase is not Phase.RUN:
        return tool.phase
    return above or tree.phase


_INSTALL_SCRIPTS = frozenset(
    {"preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare", "prepublish"}
)


def _wanted(action: Action, target: str, tree: Tree) -> bool:
    """Tell whether an act is worth keeping; what is not is only counted."""
    if action is Action.READ:
        if target.startswith("/proc/"):
            return target.endswith(("/mem", "/environ", "/maps"))
        return target.startswith("/dev/input/") or place_of(target, tree.home) in SECRETS
    if action is Action.WRITE:
        if target.startswith("/proc/"):
            return target.endswith("/mem")
        return place_of(target, tree.home) in STARTS
    if action is Action.DELETE:
        scripts = {script_of(node.argv) for node in tree.nodes[-100:]} | {n.path for n in tree.nodes[-100:]}
        return target in scripts or any(one and target.endswith(f"/{one}") for one in scripts)
    return not (action is Action.CONNECT and target.startswith("unix:"))


def _program(node: Node | None) -> Program | None:
    if node is None:
        return None
    found = node.owner
    return Program(
        node.pid, -1, node.path, node.argv, node.cwd, node.at, found.package if found else "",
        found.script if found else "", added=node.added, phase=node.phase, tool=node.tool,
    )  # fmt: skip
