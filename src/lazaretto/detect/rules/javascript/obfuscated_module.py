r"""A script was made unreadable on purpose.

What it sees
    The fingerprints of an obfuscator: a string table rotated until a checksum fits, names like `_0x3fa2c1`, a table
    that is unscrambled at start, strings written as `\x41`, JSFuck, a whole program as one constant for `Function`.
    With it, what the strings speak of (processes, files, network, wallets), as far as they can be read without running
    anything.

Why it matters
    Source that is given to you for review or for work has no reason to be unreadable. Minified code is another thing:
    it is produced for browsers, lies in build folders and keeps its strings.

Example
    `(function(_0x1a,_0x2b){while(!![]){try{const _0x3c=-parseInt(...)/0x1+...` at the top of `next.config.js`.

What to do
    Do not run it. A server file or a build configuration with this is not part of any honest exercise.

False alarms
    Paid browser widgets and anti-fraud scripts are sometimes obfuscated: without `require`, processes, files or
    stores in sight the finding says MEDIUM. Fixtures of tools that undo obfuscation.

References
    ATT&CK T1027, T1140
"""

from collections.abc import Iterator

from lazaretto.detect.jscode import in_tests, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_obfuscation import obfuscation

_GRAVE = frozenset({"processes", "stores", "network", "host"})


def check(module: JavaScriptModule) -> Iterator[Match]:
    """One match per unreadable module."""
    seen = obfuscation(module.source)
    if seen is None:
        return
    severity, confidence = Severity.MEDIUM, Confidence.MEDIUM
    strong = {"rotation", "scrambled", "marker", "hex-names"}.intersection(seen.signs)
    grave = _GRAVE.intersection(seen.hints)
    if strong and (seen.node or module.asset_named or "stores" in seen.hints):
        severity, confidence = Severity.HIGH, Confidence.HIGH
    elif strong and len(grave) >= 2:
        severity = Severity.HIGH
    elif "as-text" in seen.signs:
        severity, confidence = Severity.MEDIUM, Confidence.MEDIUM
    elif not strong:
        severity, confidence = (
            (Severity.MEDIUM, Confidence.MEDIUM) if seen.node and grave else (Severity.MEDIUM, Confidence.LOW)
        )
    if in_tests(module.path) and "marker" not in seen.signs:
        confidence = Confidence.LOW if severity is not Severity.HIGH else Confidence.MEDIUM
    line, column = module.position(seen.offset)
    yield Match(
        N_("the code was made unreadable ({signs}); its strings speak of: {hints}"),
        line=line,
        column=column,
        params={"signs": ", ".join(seen.signs), "hints": ", ".join(seen.hints) or "-"},
        excerpt=module.quote(seen.offset),
        severity=severity,
        confidence=confidence,
        phase=phase_of(module.path),
    )


RULE = Rule(
    id="js/obfuscated-module",
    title=N_("a script was made unreadable on purpose"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027", "T1140"),
    needles=(b"_0x", b"parseInt", b"_$_", b"\\x", b"\\u00", b"(![]", b"global[", b"$=~[]", b"Function"),
)
