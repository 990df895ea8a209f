"""A script lies under the name of a font, an image or a database.

What it sees
    A file whose name promises data (`.woff2`, `.png`, `.sqlite3`, `.dict`, `.DS_Store`, anything inside `.svn`) and
    whose content is JavaScript.

Why it matters
    Nobody opens fonts. The file waits for one line elsewhere (`node public/fonts/fa-solid-400.woff2`, a `require`)
    and is skipped by every review, search and linter.

Example
    `public/fonts/fa-brands-regular.woff2` that starts with `const http = require(...)`

What to do
    Do not open the folder in an editor and do not run the project.

False alarms
    Fixtures of bundlers hold tiny texts under such names: without anything that loads, fetches or executes in them
    they are reported with lower severity.

References
    ATT&CK T1036.008, T1027.009
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import in_tests
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_obfuscation import obfuscation

_POWER = re.compile(
    rb"\brequire\s*\(|child_process|\beval\s*\(|\bFunction\s*\(|\.constructor\b|https?:|\bfetch\s*\(|\bprocess\s*[.\[]|\bBuffer\b|\batob\s*\(|\bglobal\s*\["
)


def check(module: JavaScriptModule) -> Iterator[Match | Signal]:
    """A signal for every disguised script, a match for every asset-named one."""
    if not module.disguised:
        return
    if not module.asset_named:
        yield Signal("unnamed-script", "js", module.path)
        return
    yield Signal("disguised", "js", module.path)
    grave = _POWER.search(module.source) is not None or obfuscation(module.source) is not None
    confidence = Confidence.HIGH if grave else Confidence.MEDIUM
    start = len(module.source) - len(module.source.lstrip())
    yield Match(
        N_("the name {name} promises data, the content is a script"),
        line=module.line_of(start),
        params={"name": module.path.rpartition("/")[2]},
        excerpt=module.quote(start),
        severity=Severity.HIGH if grave else Severity.MEDIUM,
        confidence=Confidence.MEDIUM
        if in_tests(module.path) and grave
        else Confidence.LOW
        if in_tests(module.path)
        else confidence,
    )


RULE = Rule(
    id="js/disguised-code",
    title=N_("a script lies under the name of a font, image or database"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__ or "",
    techniques=("T1036.008", "T1027.009"),
)
