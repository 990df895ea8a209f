"""What it sees
    Long runs of characters that no editor draws (variation selectors, tags, zero-width characters, Hangul fillers)
    inside code: each can carry a byte or a bit of a hidden program.

Why it matters
    The GlassWorm wave hid its loader in variation selectors: the file looks empty where the payload stands.

Example
    eval(decode(`<4,000 variation selectors>`))

What to do
    Do not run the file. Show control characters, or look at its size.

False alarms
    Tables of a Unicode library; emoji sequences are short and not reported.

References
    ATT&CK T1027.010, T1027.013.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.text import INVISIBLE_NEEDLES, hidden_runs, is_documentation, is_test
from lazaretto.parse.views import TextFile

_EXECUTES = re.compile(
    rb"\beval\b|Function\b|\bexec\b|codePointAt|charCodeAt|fromCodePoint|vm\.|_compile|child_process|"
    rb"\.constructor|new Proxy|Buffer\.from|\bord\(|compile\("
)
_NEAR = 600
_LONG = 64


def check(view: TextFile) -> Iterator[Match | Signal]:
    """Report the longest run; what stands near it decides."""
    data = view.blob.data
    runs = sorted(hidden_runs(data), key=lambda run: -run[1])[:1]
    if not runs:
        return
    start, size = runs[0]
    line, column = view.blob.position(start)
    near = data[max(0, start - _NEAR) : start] + data[start + size : start + size + _NEAR]
    executes = _EXECUTES.search(near) is not None
    quiet = is_documentation(view.path) or is_test(view.path)
    count = len(data[start : start + size].decode("utf-8", "replace"))
    certain = executes and count >= _LONG and not quiet
    yield Match(
        N_("{count} characters that no editor shows stand in a row"),
        line=line,
        column=column,
        params={"count": count},
        severity=Severity.LOW if quiet else Severity.HIGH if certain else Severity.MEDIUM,
        confidence=Confidence.HIGH if certain else Confidence.MEDIUM if executes or count >= _LONG else Confidence.LOW,
    )


RULE = Rule(
    id="text/invisible-unicode",
    title=N_("Invisible characters carry hidden content"),
    view=TextFile,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__,
    techniques=("T1027.010", "T1027.013"),
    needles=INVISIBLE_NEEDLES,
)
