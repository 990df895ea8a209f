"""A command is to be pasted into a terminal.

What it sees
    The offer gives a command for Terminal, PowerShell, the Run dialog or a shell; HIGH confidence when the
    command fetches something and runs it.

Why it matters
    What is pasted runs at once, with all your rights, past every check of the browser.

Example
    Press Win+R, paste the line below and hit Enter.

What to do
    Do not paste. Read what the command does, or let somebody read it.

False alarms
    Instructions of a honest test ("run `npm test` in the terminal").

References
    docs/offer.md; FBI PSA I-090324-PSA (2024); ATT&CK T1566.003.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_rule import match_places, match_said
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match, quoting the first place."""
    remote = view.said("remote-command")
    if remote:
        yield from match_places(
            remote, N_("gives a command that fetches something and runs it"), confidence=Confidence.HIGH
        )
    else:
        yield from match_said(view, N_("wants a command pasted into a terminal"), "paste-command")


RULE = Rule(
    id="approach/pasted-command",
    title=N_("A command is to be pasted into a terminal"),
    view=Approach,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1204.004", "T1059"),
    state="experimental",
)
