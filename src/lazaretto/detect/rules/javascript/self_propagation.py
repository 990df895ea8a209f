"""A package spreads itself: it publishes other packages with stolen rights, or plants a workflow that leaks secrets.

What it sees
    One script that puts an install script into a `package.json` and publishes it, that looks up what else a maintainer
    publishes and uploads it anew, or that writes a workflow file which sends `secrets` away or registers a runner; a
    secret scanner (TruffleHog) started from a package that also sends data.

Why it matters
    A worm needs one infected developer to reach every package of that developer, and everybody who installs those.

Example
    `pkg.scripts.postinstall = "node bundle.js"; ... execSync("npm publish")` beside a maintainer search

What to do
    Do not install it. If it ran, revoke registry and code-hosting tokens from another machine, then look for versions
    that you did not publish and for workflows that you did not write.

False alarms
    Release tools run `npm publish` and edit `package.json`; they do not add install scripts to other packages.

References
    ATT&CK T1195.002, T1528, T1072
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import in_tests, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule

_PUBLISHES = re.compile(rb"\bnpm\s+publish\b|[\"'`]npm(?:\.cmd)?[\"'`]\s*,\s*\[\s*[\"'`]publish[\"'`]|_attachments\b")
_INSTALL_SCRIPT = re.compile(
    rb"scripts\s*(?:\?\.|\.|\[\s*[\"'`])\s*(?:pre|post)?install\b[\"'`\]\s]{0,4}=(?!=)|scripts\s*=\s*\{[^}]{0,200}(?:pre|post)install"
)
_TOKEN = re.compile(rb"_authToken|\.npmrc\b|\bNPM_TOKEN\b|npm_[A-Za-z0-9_]{1,8}\{36\}|-/npm/v1/tokens")
_OTHERS = re.compile(
    rb"text=maintainer:|/-/v1/search\?[^\"'`]{0,60}maintainer|/-/whoami\b|npm\s+(?:access|owner)\s+(?:ls|list)"
)
_WORKFLOW = re.compile(rb"\.github[/\\]{1,2}workflows")
_LEAKS = re.compile(rb"toJSON\(\s*secrets\s*\)|secrets\s*\|\s*toJson|\$\{\{\s*secrets\s*\}\}")
_RUNNER = re.compile(rb"actions/runners/registration-token|config\.sh\s+--url|RUNNER_TRACKING_ID")
_WRITES = re.compile(
    rb"writeFile|createWriteStream|/contents/|createOrUpdateFileContents|git\s+push|\bgit\b[^\n]{0,40}\bcommit"
)
BUNDLE = 512 << 10
"""Bytes from which a script is many programs in one."""
NEAR = 4096
_PLANTS = (b"workflows", b"trufflehog", b"truffleHog", b"Trufflehog", b"TruffleHog", b"TRUFFLEHOG")
_AWAY = re.compile(rb"curl|wget|https?://|webhook")
_SCANNER = re.compile(rb"trufflehog", re.IGNORECASE)
_STARTS = re.compile(rb"child_process|\bexec(?:Sync|File)?\b|\bspawn")
_SENDS = re.compile(rb"/user/repos|createForAuthenticatedUser|method[\"']?\s*:\s*[\"'](?:POST|PUT)|\.post\s*\(|webhook")


def check(module: JavaScriptModule) -> Iterator[Match]:
    """One match for the gravest way in which a script spreads."""
    whole = module.source
    if not any(word in whole for word in (b"publish", b"_attachments", *_PLANTS)):
        return
    source = _part(whole)
    publishes = _PUBLISHES.search(source)
    if publishes is None and not any(word in source for word in _PLANTS):
        return
    adds = _INSTALL_SCRIPT.search(source) if publishes is not None else None
    found: tuple[re.Match[bytes], str, Severity, Confidence] | None = None
    others, token = _OTHERS.search(source) is not None, _TOKEN.search(source) is not None
    if publishes is not None and adds is not None:
        way = N_("publishes other packages with an install script put into them")
        found = (adds, way, Severity.CRITICAL, Confidence.HIGH if token or others else Confidence.MEDIUM)
    elif publishes is not None and others:
        way = N_("looks up what else a maintainer publishes, and publishes it")
        found = (publishes, way, Severity.CRITICAL, Confidence.HIGH if token else Confidence.MEDIUM)
    elif _WORKFLOW.search(source) is not None and _WRITES.search(source) is not None:
        found = _workflow(source)
    elif (scanner := _SCANNER.search(source)) is not None and _STARTS.search(source) and _SENDS.search(source):
        found = (scanner, N_("starts a secret scanner, and sends data"), Severity.HIGH, Confidence.MEDIUM)
    if found is None:
        return
    hit, way, severity, confidence = found
    start = module.source.find(source) + hit.start()
    line, column = module.position(start)
    yield Match(
        way,
        line=line,
        column=column,
        excerpt=module.quote(start),
        severity=severity,
        confidence=Confidence.LOW if in_tests(module.path) else confidence,
        phase=phase_of(module.path),
    )


def _part(source: bytes) -> bytes:
    """Return the part of a bundle where publishing and looking up stand together; of other files, the whole.

    A bundled package manager holds every word that a worm needs, each in another corner.
    """
    if len(source) <= BUNDLE:
        return source
    for count, hit in enumerate(_PUBLISHES.finditer(source)):
        part = source[max(0, hit.start() - NEAR) : hit.end() + NEAR]
        if count < 50 and (_OTHERS.search(part) or _INSTALL_SCRIPT.search(part)) and _TOKEN.search(part):
            return part
    leak = _LEAKS.search(source) or _RUNNER.search(source) or _SCANNER.search(source)
    return source[max(0, leak.start() - NEAR) : leak.end() + NEAR] if leak else b""


def _workflow(source: bytes) -> "tuple[re.Match[bytes], str, Severity, Confidence] | None":
    leak, runner = _LEAKS.search(source), _RUNNER.search(source)
    hit = leak or runner
    if hit is None:
        return None
    near = source[max(0, hit.start() - 400) : hit.end() + 400]
    sure = (leak is not None and runner is not None) or (leak is not None and _AWAY.search(near) is not None)
    confidence = Confidence.HIGH if sure else Confidence.MEDIUM
    return hit, N_("writes a workflow that gives secrets away"), Severity.HIGH, confidence


RULE = Rule(
    id="js/self-propagation",
    title=N_("a package spreads itself"),
    view=JavaScriptModule,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.002", "T1528"),
    needles=(b"publish", b"_attachments", b"workflows", b"rufflehog", b"RUFFLEHOG"),
)
