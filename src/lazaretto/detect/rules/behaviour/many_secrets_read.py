"""A program goes through many kinds of secrets.

What it sees
    Programs of one package, or one process, opened secrets of three or more kinds: browsers, wallets, keys,
    logins, histories, bait.

Why it matters
    Each alone may have a reason; all of them together have one.

Example
    node -> ~/.ssh/id_ed25519, ~/.config/google-chrome/Default/Cookies, ~/.bash_history

What to do
    Take the computer off the network. Change every secret that it holds.

False alarms
    Backup programs that are started by a developer tool.

References
    ATT&CK T1083, T1005, T1119.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.places import SECRETS, place_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.behaviour import Action
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_ENOUGH = 3


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each package, or process without one."""
    kinds: dict[str, dict[str, str]] = {}
    for number, event in enumerate(behaviour.record.events):
        if event.action is not Action.READ or event.process < 0:
            continue
        place = place_of(event.target, behaviour.record.home)
        if place not in SECRETS or place is None:
            continue
        found = kinds.setdefault(event.package or str(event.process), {})
        if len(found) >= _ENOUGH:
            continue
        found.setdefault(place.value, event.target)
        if len(found) == _ENOUGH:
            yield Match(
                N_("{who} went through many kinds of secrets: {what}"),
                path=behaviour.record.project,
                params={"who": behaviour.who(event), "what": ", ".join(found.values())},
                phase=behaviour.phase_of(event),
                event=number,
            )


RULE = Rule(
    id="run/many-secrets-read",
    title=N_("A program goes through many kinds of secrets"),
    view=Behaviour,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1119", "T1005", "T1083"),
    state="experimental",
)
