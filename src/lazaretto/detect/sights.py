"""What several behaviour rules look for: files of one kind that are read, and hosts that are asked."""

import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.places import Place, place_of
from lazaretto.model.behaviour import Action, Event, Program


def reads_of(behaviour: Behaviour, place: Place) -> Iterator[tuple[Event, Program]]:
    """Yield each read of what lies at such a place, with who did it, each program and file once; bait is left out."""
    for event in behaviour.of(Action.READ):
        program = behaviour.program(event)
        if (
            program is not None
            and event.target not in behaviour.record.decoys
            and place_of(event.target, behaviour.record.home) is place
        ):
            yield event, program


def asks_of(behaviour: Behaviour, hosts: re.Pattern[str]) -> Iterator[Event]:
    """Yield the connections, then the questions for names, whose host (lower case) the expression finds."""
    for event in (*behaviour.of(Action.CONNECT), *behaviour.of(Action.RESOLVE)):
        name = event.target.rpartition(":")[0] if event.action is Action.CONNECT else event.target
        if hosts.search(name.lower()[:253]):
            yield event
