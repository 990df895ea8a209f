"""From a finding of a rule in a tree to an alert: who, in which phase, on whose behalf, where, and when."""

import hashlib

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.live.tree import Node, Tree
from lazaretto.detect.rule import Match
from lazaretto.model.behaviour import Event
from lazaretto.model.finding import Finding
from lazaretto.model.host import Alert, Step

_TARGETS = 12
_NAMES = ("host", "path", "decoy", "command", "call", "port", "what")


def alert_of(finding: Finding, match: Match, view: Behaviour, tree: Tree, nodes: list[Node], now: float) -> Alert:
    """Make the alert."""
    event = _event(match, view)
    index = match.process if match.process >= 0 else event.process if event is not None else -1
    node = nodes[index] if 0 <= index < len(nodes) else None
    params = dict(finding.message.params)
    targets = [params[name] for name in _NAMES if params.get(name)]
    if event is not None and event.target not in targets and event.action.value != "exec":
        targets.append(event.target)
    began = tree.root.at
    at = event.at + began if event is not None else node.at if node is not None else tree.last
    owner = node.owner if node is not None else None
    phase = (node.phase if node is not None and node.phase else None) or finding.phase
    chain = node.chain() if node is not None else ()
    identity = "\0".join((finding.rule, tree.root.key, owner.package if owner else "", *sorted(targets)))
    return Alert(
        id=hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:16],
        at=max(at, match.at + began) if match.at >= 0 else at,
        told=now,
        finding=finding,
        tool=tree.tool.name if tree.tool else "",
        tree=tree.root.key,
        phase=phase.value,
        package=owner.package if owner else "",
        script=owner.script if owner else "",
        how=owner.how if owner else "",
        repository=tree.project,
        chain=tuple(Step(one.pid, one.started, one.path, one.argv) for one in chain),
        targets=tuple(targets[:_TARGETS]),
    )


def _event(match: Match, view: Behaviour) -> Event | None:
    """Find the event that a match speaks of: the one it names, else the last one that its words fit."""
    events = view.record.events
    if 0 <= match.event < len(events):
        return events[match.event]
    params = {str(value) for value in (match.params or {}).values()} | {match.path}
    if match.process >= 0:
        own = (one for one in reversed(events) if one.process == match.process and one.target in params)
        return next(own, None)
    who = (match.params or {}).get("who")
    fallback = None
    for event in reversed(events):
        fits = who is None or view.who(event) == who
        if fits and event.target in params:
            return event
        if fits and who is not None and fallback is None:
            fallback = event
    return fallback
