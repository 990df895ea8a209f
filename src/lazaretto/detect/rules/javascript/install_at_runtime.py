"""A package is installed while the program runs, out of sight.

What it sees
    `npm install NAME --no-save` (or with `--silent`, `--no-progress`, `--loglevel silent`) started from code, in a
    hidden process or with its output thrown away.

Why it matters
    A dependency that is in no manifest and no lockfile is seen by no audit. Implants fetch `socket.io-client` or
    `axios` this way before they call home.

Example
    `execSync("npm install socket.io-client --no-save --loglevel silent", { windowsHide: true, stdio: "ignore" })`

What to do
    Do not run it; see which package is loaded and what is done with it.

False alarms
    Project generators install what they generate, visibly: reported as context (LOW).

References
    ATT&CK T1195.001, T1105, T1564.003
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import COMMAND_NEEDLES, in_tests, one_per_line, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule

_INSTALL = re.compile(
    rb"[\"'`](?:[^\"'`\n]{0,60}[;&|]\s*)?(?:npm|pnpm|yarn|bun)\s+(?:i|install|add)\s+(-[\w=-]{1,30}\s+(?:-[\w=-]{1,30}\s+){0,8})?([@\w][@\w./-]{1,80})([^\"'`\n]{0,200})[\"'`]([^;\n]{0,200})"
)
_WORDS = (b"npm i", b"pnpm ", b"yarn add", b"bun add", b"bun i")
_QUIET = (
    b"--no-save",
    b"--silent",
    b"--no-progress",
    b"loglevel silent",
    b"--no-warnings",
    b"windowsHide",
    b'"ignore"',
    b"'ignore'",
    b"> /dev/null",
    b"--no-audit",
)

_OWN_WORK = frozenset({b"--no-save", b"--no-audit"})
"""Options that keep an installation cheap rather than unseen."""


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every package installed by code."""
    return one_per_line(_matches(module))


def _matches(module: JavaScriptModule) -> Iterator[Match]:
    if module.bulky or not any(word in module.source for word in _WORDS):
        return
    for hit in _INSTALL.finditer(module.source):
        flags = (hit[1] or b"") + hit[3]
        quiet = [word for word in _QUIET if word in flags or word in hit[4]]
        loaded = re.search(
            rb"(?:require|import)\s*\(\s*[\"'`]" + re.escape(hit[2][:1] + hit[2][1:].split(b"@")[0]) + rb"[\"'`]",
            module.source,
        )
        grave = b"--no-save" in flags and len(quiet) >= 2 and not _OWN_WORK.issuperset(quiet)
        severity = Severity.HIGH if grave and loaded else Severity.MEDIUM if grave else Severity.LOW
        if in_tests(module.path) or module.minified:
            severity = Severity.LOW
        yield Match(
            N_("installs {package} while running"),
            line=module.line_of(hit.start()),
            params={"package": hit[2].decode("utf-8", "replace")},
            excerpt=module.quote(hit.start(), hit.end()),
            severity=severity,
            confidence=Confidence.MEDIUM,
            phase=phase_of(module.path),
        )


RULE = Rule(
    id="js/install-at-runtime",
    title=N_("a package is installed while the program runs"),
    view=JavaScriptModule,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.FETCH,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.001", "T1105"),
    needles=COMMAND_NEEDLES,
)
