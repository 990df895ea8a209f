"""What it sees
    A file under the name of compiled Python (`.pyc`) whose content is none: no version mark of any Python.

Why it matters
    Nobody opens such a file, and a copy of a popular package looks complete with it. What is in it, mostly encrypted,
    waits for something that loads it.

Example
    package/__pycache__/helper.pyc begins with random bytes

What to do
    Do not install the package. Look for what opens the file.

False alarms
    Test data of tools that read compiled Python: below a folder of tests it is context only. Files that are empty or
    cut short are not reported.

References
    ATT&CK T1036.008 (Masquerade File Type), T1027.013 (Encrypted/Encoded File).
"""

from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.rules.binary.places import in_tests
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.opaque import OpaqueFile

SMALLEST = 256


def check(view: OpaqueFile) -> Iterator[Match]:
    """Yield a finding for a file whose name promises what its first bytes are not."""
    data = view.blob.data
    if view.blob.suffix not in {".pyc", ".pyo"} or len(data) < SMALLEST:
        return
    # every magic number since Python 1.5 ends with a line break, so that copies in text mode break it
    if data[2:4] == b"\r\n" or data[:64].isascii():
        return
    yield Match(
        N_("{name} is named like compiled Python, and is none"),
        params={"name": view.path.rpartition("/")[2]},
        severity=Severity.LOW if in_tests(view.path) else Severity.HIGH,
    )


RULE = Rule(
    id="binary/false-bytecode",
    title=N_("A file that only is named like compiled Python"),
    view=OpaqueFile,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.IMPORT,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1036.008", "T1027.013"),
)
