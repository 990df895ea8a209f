"""What it sees
    Nothing that a person hears of: the names of programs that a script which starts processes mentions.

Why it matters
    A rule over the whole package joins it with the compiled programs that the package brings along.

Example
    execFile(path.join(__dirname, "vendor", "helper.exe"))

What to do
    Nothing: there is no finding.

False alarms
    None.

References
    docs/signals.md
"""

import itertools
import re
from collections.abc import Iterator

from lazaretto.detect.rule import Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule

NAMES = 40
"""Names of one file."""
_STARTS = re.compile(rb"\b(?:spawn|exec|execFile)(?:Sync)?\s{0,4}\(")
_AT_ONCE = re.compile(
    rb"^(?:(?:const|let|var)\s[^=\n]{1,80}=\s{0,4})?(?:await\s)?(?:[\w$]{1,40}\.|require\([^)\n]{1,40}\)\.)?"
    rb"(?:spawn|exec|execFile)(?:Sync)?\s{0,4}\(",
    re.MULTILINE,
)
"""A start that is not indented stands in no function: it runs when the file is loaded."""
_QUOTED = re.compile(rb"[\"'`/\\]([\w.+-]{2,80})[\"'`\s]")


def check(module: JavaScriptModule) -> Iterator[Signal]:
    """Yield `starts-program` for the last parts of quoted paths in a script that starts processes."""
    source = module.source
    if module.bulky or not _STARTS.search(source):
        return
    phase = "import" if _AT_ONCE.search(source) else ""
    seen: set[str] = set()
    for hit in itertools.islice(_QUOTED.finditer(source), 2000):
        name = hit[1].decode("ascii").lower()
        if name in seen or name.endswith((".js", ".json", ".ts")):
            continue
        seen.add(name)
        yield Signal("starts-program", f"{phase}\t{name}", module.path, module.line_of(hit.start()))
        if len(seen) >= NAMES:
            return


RULE = Rule(
    id="binary/script-starts-program",
    title=N_("Which programs a script starts"),
    view=JavaScriptModule,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    needles=(b"child_process",),
)
