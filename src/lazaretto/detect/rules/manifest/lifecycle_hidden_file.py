"""What it sees
    A script that installation runs and that starts a file which is not code by its name (a font, an image, a
    database), a dot file, or a file in a temporary folder.

Why it matters
    Nobody reviews a font. The pair "install script, asset" is the campaign's favourite.

Example
    {"scripts": {"postinstall": "node ./assets/icons.woff2"}}

What to do
    Do not install. Look at the first bytes of the file.

False alarms
    None known for fonts and images; dot files are sometimes used by build tools (medium).

References
    ATT&CK T1036.008, T1195.001.
"""

from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.rules.manifest.lifecycle_script import automatic_scripts, closure
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.manifests import PackageJson
from lazaretto.parse.shell_facts import Trait


def check(view: PackageJson) -> Iterator[Match | Signal]:
    """Look at the files that automatic scripts run."""
    facts = view.facts
    for name in automatic_scripts(view):
        for called, fact in closure(facts, name):
            act = fact.first(Trait.ASSET_RUN, Trait.HIDDEN_FILE_RUN)
            if act is not None:
                asset = act.trait is Trait.ASSET_RUN
                yield Match(
                    N_("installation runs {path}, which by its name is not code"),
                    line=view.script_line(called),
                    params={"path": act.detail},
                    excerpt=view.scripts[called],
                    severity=Severity.HIGH if asset else Severity.MEDIUM,
                    confidence=Confidence.HIGH if asset else Confidence.MEDIUM,
                )


RULE = Rule(
    id="npm/lifecycle-runs-hidden-file",
    title=N_("Installation runs a file that is not code by its name"),
    view=PackageJson,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.INSTALL,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__,
    techniques=("T1036.008", "T1195.001"),
    needles=(b"install", b"prepare", b"prepublish", b'"dependencies"'),
)
