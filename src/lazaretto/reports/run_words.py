"""Words for what a run's record holds, which events are worth a line, and the tree of programs."""

from collections.abc import Iterator

from lazaretto.model.behaviour import Action, Event, Record
from lazaretto.model.text import N_

ACTIONS: dict[Action, str] = {
    Action.EXEC: N_("ran"),
    Action.READ: N_("read"),
    Action.WRITE: N_("wrote"),
    Action.DELETE: N_("deleted"),
    Action.CONNECT: N_("connected"),
    Action.RESOLVE: N_("asked for the name"),
    Action.REQUEST: N_("sent"),
    Action.MEMORY_FILE: N_("file in memory"),
    Action.FORBIDDEN: N_("was refused"),
    Action.CANARY: N_("sent a decoy"),
}
KINDS = {"domain": N_("host"), "ip": N_("address"), "url": "URL", "sha256": "SHA-256"}
DECISIONS = {"played": N_("played by the sandbox"), "passed": N_("let through"), "refused": N_("refused")}
GRAVE = frozenset({Action.CANARY, Action.FORBIDDEN, Action.MEMORY_FILE})
"""Told whatever else there is."""
_CACHES = ("/.npm/", "/.cache/", "/.node-gyp/")


def matters(event: Event, record: Record) -> bool:
    """Tell whether an event is shown to a person who did not ask for all of them."""
    if event.action in GRAVE or event.target in record.decoys:
        return True
    if event.action in (Action.REQUEST, Action.CONNECT):
        return event.action is Action.REQUEST
    if event.action is Action.RESOLVE:
        return event.detail != "28"
    if event.action is Action.READ:
        return False
    if event.action in (Action.WRITE, Action.DELETE):
        below = event.target.removeprefix(record.home)
        return not below.startswith(_CACHES) and not event.detail.startswith("mode ")
    return event.action is not Action.EXEC


def tree(record: Record) -> Iterator[tuple[int, int]]:
    """Yield depth and index of every program, each below the one that started it."""
    below: dict[int, list[int]] = {}
    for index, program in enumerate(record.programs):
        below.setdefault(program.parent if program.parent < index else -1, []).append(index)
    stack = [(0, index) for index in reversed(below.get(-1, []))]
    while stack:
        depth, index = stack.pop()
        yield depth, index
        stack += [(depth + 1, child) for child in reversed(below.get(index, []))]
