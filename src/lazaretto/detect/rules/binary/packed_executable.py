"""What it sees
    A program or library that unpacks itself: sections that packers leave behind, or code as dense as compressed data.

Why it matters
    Packing hides every word of a program from whoever looks at it without running it. Inside a package, which is
    compressed anyway, it saves nobody anything.

Example
    bin/helper.exe with sections UPX0 and UPX1

What to do
    See what starts the file, and compare it with a copy from its maker.

False alarms
    Some makers pack their command line tools with UPX: context. Protectors against analysis (Themida, VMProtect,
    Enigma) are used for licence checks in commercial modules.

References
    ATT&CK T1027.002 (Software Packing).
"""

from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.rules.binary.places import in_tests
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.exe_facts import COMPILED
from lazaretto.parse.executable import PROTECTORS, Executable


def check(view: Executable) -> Iterator[Match]:
    """Yield one finding for a packed file.

    Raises:
        ParseError: the header is damaged.
    """
    if view.format not in COMPILED or not view.packer:
        return
    grave = view.packer in PROTECTORS and view.is_program and not in_tests(view.path)
    if view.packer == "unknown":
        template = N_("unpacks itself when it runs: its code is as dense as compressed data")
    else:
        template = N_("unpacks itself when it runs: packed with {packer}")
    yield Match(
        template,
        params={"packer": view.packer},
        severity=Severity.MEDIUM if grave else Severity.LOW,
    )


RULE = Rule(
    id="binary/packed-executable",
    title=N_("A program that unpacks itself"),
    view=Executable,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027.002",),
)
