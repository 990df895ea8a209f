"""The words that all reports for people share: grades, severities, phases, and what to do first."""

from collections.abc import Iterable
from typing import assert_never

from lazaretto.model.finding import Confidence, Finding, Phase, Severity
from lazaretto.model.report import Checked
from lazaretto.model.text import N_
from lazaretto.model.verdict import Grade
from lazaretto.reports.safe import safe

GRADES: dict[Grade, str] = {
    Grade.MALICIOUS: N_("MALICIOUS"),
    Grade.SUSPICIOUS: N_("SUSPICIOUS"),
    Grade.NOTHING_FOUND: N_("NOTHING FOUND"),
}
NOT_FULLY_CHECKED = N_("NOT FULLY CHECKED")
NOT_CHECKED = N_("NOT CHECKED")
HEADLINES = (
    GRADES[Grade.MALICIOUS],
    GRADES[Grade.SUSPICIOUS],
    NOT_FULLY_CHECKED,
    NOT_CHECKED,
    GRADES[Grade.NOTHING_FOUND],
)
"""What a report may say in capitals, the worst first."""

SEVERITIES: dict[Severity, str] = {
    Severity.CRITICAL: N_("CRITICAL"),
    Severity.HIGH: N_("HIGH"),
    Severity.MEDIUM: N_("MEDIUM"),
    Severity.LOW: N_("LOW"),
}
CONFIDENCES: dict[Confidence, str] = {
    Confidence.HIGH: N_("high"),
    Confidence.MEDIUM: N_("medium"),
    Confidence.LOW: N_("low"),
}
PHASES: dict[Phase, str] = {
    Phase.OPEN: N_("when the folder is opened"),
    Phase.INSTALL: N_("when it is installed"),
    Phase.BUILD: N_("when it is built"),
    Phase.IMPORT: N_("when it is imported"),
    Phase.RUN: N_("when it is run"),
    Phase.OFFER: N_("in the offer"),
}
DECODED = N_("decoded")
LEVELS: dict[str, str] = {"error": N_("error"), "warning": N_("warning"), "note": N_("note")}

_DO_NOT: dict[Phase, str] = {
    Phase.OPEN: N_("do not open this folder in an editor"),
    Phase.INSTALL: N_("do not run npm install or pip install"),
    Phase.BUILD: N_("do not build it"),
    Phase.IMPORT: N_("do not run or import it"),
    Phase.RUN: N_("do not run or import it"),
    Phase.OFFER: N_("do not answer the offer"),
}
_NPM_INSTALL = N_("do not run npm install")
_PIP_INSTALL = N_("do not run pip install")
_READ_FIRST = N_("read the reasons before you open, install or run it")
_NOTHING = N_("no known-bad or suspicious behaviour in what was checked")
_INCOMPLETE = N_("nothing was found, but a part could not be examined; do not take this for a clean result")
_NOTHING_THERE = N_("there was nothing to examine; this is not a clean result")
_NOTHING_EXAMINED = N_("none of it could be examined; this is not a clean result")
_ERROR = N_("the target could not be examined; this is not a clean result")

_ORDER = tuple(Phase)


def level(severity: Severity) -> str:
    """Return the diagnostic level of a severity, in the words of SARIF: `error`, `warning`, `note`."""
    match severity:
        case Severity.CRITICAL | Severity.HIGH:
            return "error"
        case Severity.MEDIUM:
            return "warning"
        case Severity.LOW:
            return "note"
    assert_never(severity)


def headline(checked: Checked) -> str:
    """Return the grade in capitals; what could not be examined is never called "nothing found"."""
    if checked.error is not None:
        return NOT_CHECKED
    if checked.verdict.grade is Grade.NOTHING_FOUND and not checked.verdict.complete:
        return NOT_CHECKED if checked.examination.coverage.examined == 0 else NOT_FULLY_CHECKED
    return GRADES[checked.verdict.grade]


def advice(checked: Checked) -> tuple[str, ...]:
    """Return what to do now, as templates without parameters, the most urgent first."""
    if checked.error is not None:
        return (_ERROR,)
    verdict = checked.verdict
    if verdict.grade is Grade.NOTHING_FOUND:
        if verdict.complete:
            return (_NOTHING,)
        if checked.examination.coverage.examined:
            return (_INCOMPLETE,)
        return (_NOTHING_EXAMINED if checked.examination.gaps else _NOTHING_THERE,)
    if verdict.grade is Grade.SUSPICIOUS:
        return (_READ_FIRST,)
    worst = [finding for finding in verdict.reasons if finding.severity >= Severity.HIGH] or list(verdict.reasons)
    phases = {finding.phase for finding in worst}
    sentences = [_install(worst) if phase is Phase.INSTALL else _DO_NOT[phase] for phase in _ORDER if phase in phases]
    return tuple(dict.fromkeys(sentences))


def _install(reasons: Iterable[Finding]) -> str:
    worlds = {_world(finding) for finding in reasons if finding.phase is Phase.INSTALL}
    if worlds == {"npm"}:
        return _NPM_INSTALL
    return _PIP_INSTALL if worlds == {"pypi"} else _DO_NOT[Phase.INSTALL]


def _world(finding: Finding) -> str:
    path = finding.locations[0].path.lower()
    family = finding.rule.partition("/")[0]
    if family in ("js", "npm") or path.endswith((".js", ".cjs", ".mjs", ".ts", "package.json", "package-lock.json")):
        return "npm"
    if family in ("py", "pypi") or path.endswith((".py", ".pth", ".toml", "requirements.txt")):
        return "pypi"
    return ""


def decodings(finding: Finding) -> str:
    """Return the path of decodings to what was seen, outermost first: `base64 -> zlib`."""
    return safe(" -> ".join(finding.layers), 300)
