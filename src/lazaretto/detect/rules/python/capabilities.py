"""What a module is able to do: neutral facts by which two versions of a package are compared.

What it sees
    That a module speaks over the network, starts programs, turns text into code, undoes encodings, or names stores of
    browsers, wallets and keys. Words decide, the file is not parsed for it. Tests are left out.

Why it matters
    Every one of these is ordinary. That a package which never had them brings them with a patch release is not.

Example
    `import subprocess` in a library that only formatted dates until yesterday.

What to do
    Nothing: this rule only gives signals.

False alarms
    None, there are no findings.

References
    docs/signals.md
"""

from collections.abc import Iterator

from lazaretto.detect.pystores import HINTS
from lazaretto.detect.rule import Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.python import PythonModule

_FAMILIES = (("network", "net"), ("process", "process"), ("code", "exec"), ("decode", "decode"))


def check(module: PythonModule) -> Iterator[Signal]:
    """Signals `capability`."""
    if module.is_test:
        return
    for name, family in _FAMILIES:
        if module.speaks(family):
            yield Signal("capability", name, module.path)
    if module.mentions(HINTS):
        yield Signal("capability", "stores", module.path)


RULE = Rule(
    id="py/capabilities",
    title=N_("what a module is able to do"),
    view=PythonModule,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
)
