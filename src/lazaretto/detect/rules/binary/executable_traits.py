"""What it sees
    Nothing that a person hears of: which files are compiled programs or libraries, and what is remarkable about them.

Why it matters
    Rules over the whole package join it with what starts these files.

Example
    bin/helper.exe: a PE program, packed, without a signature

What to do
    Nothing: there is no finding.

False alarms
    None.

References
    docs/signals.md
"""

from collections.abc import Iterator

from lazaretto.detect.rule import Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.exe_facts import COMPILED
from lazaretto.parse.executable import Executable


def check(view: Executable) -> Iterator[Signal]:
    """Yield `executable` with the format and the traits: program or library, packed, signed.

    Raises:
        ParseError: the header is damaged.
    """
    if view.format not in COMPILED:
        return
    traits = ["program" if view.is_program else "library"]
    if view.packer:
        traits.append("packed")
    if view.image.signed:
        traits.append("signed")
    yield Signal("executable", f"{view.format.value}\t{' '.join(traits)}", view.path)


RULE = Rule(
    id="binary/executable-traits",
    title=N_("Which files are compiled programs"),
    view=Executable,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
)
