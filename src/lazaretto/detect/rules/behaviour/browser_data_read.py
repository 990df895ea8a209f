"""A developer tool reads passwords or cookies of a browser.

What it sees
    A program under npm, node, pip, python or another developer tool opened a browser's saved passwords,
    cookies, sessions or extension storage. Browsers that a test starts do not count.

Why it matters
    It is the first thing that stealers copy. No build, test or installation needs them.

Example
    npm:graph-x@2.2.9 postinstall -> node   ~/.config/google-chrome/Default/Login Data

What to do
    Stop the tree, change the passwords that the browser kept and end its sessions on other sites.

False alarms
    Tools that import cookies on your wish (yt-dlp --cookies-from-browser).

References
    ATT&CK T1555.003, T1539.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.places import Place
from lazaretto.detect.programs import BROWSERS, name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.sights import reads_of
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and file."""
    for event, program in reads_of(behaviour, Place.BROWSER):
        if name_of(program) in BROWSERS:
            continue
        yield Match(
            N_("{who} read data of a browser: {path}"),
            path=event.target,
            params={"who": behaviour.who(event), "path": event.target},
            phase=behaviour.phase_of(event),
            confidence=Confidence.HIGH if behaviour.installs(event.process) else None,
            process=event.process,
        )


RULE = Rule(
    id="run/browser-data-read",
    title=N_("A developer tool reads passwords or cookies of a browser"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1555.003", "T1539"),
    state="experimental",
)
