"""Importing a package runs a function of another of its files, and that function does harm.

What it sees
    A package's `__init__.py` that calls, while it is being imported, a function of another file in which a rule saw
    something that is worth a look by itself: a program downloaded and started, persistence, remote code, secrets sent.

Why it matters
    In its own file the function looks as if somebody had to ask for it. Nobody has to: `import` is enough.

Example
    `__init__.py`: `from .core import init` and `init()`; `core.py`: `def init(): ...` downloads and starts a program.

What to do
    Do not import it. Read the function that the finding names.

False alarms
    The function's own finding must be at least MEDIUM in severity and confidence; persistence of the program itself,
    which is context when its user asks for it, counts as well.

References
    ATT&CK T1195.001, T1204.002
"""

from collections.abc import Iterator

from lazaretto.detect.project import Evidence
from lazaretto.detect.pytext import PythonText
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Finding, Phase, Role, Severity
from lazaretto.model.text import N_

_SURE = frozenset(
    {
        "py/persists", "py/downloads-and-runs", "py/drops-and-runs", "py/remote-code-executed", "py/decode-then-exec",
        "py/hidden-child-process", "py/reverse-shell", "py/secrets-sent", "py/decoded-address", "py/starts-miner",
    }
)  # fmt: skip
"""Rules that are sure of the same thing when they see it at import."""
_HARM = frozenset({Role.FETCH, Role.EXECUTE, Role.COLLECT, Role.SEND, Role.CONCEAL})
FILES = 40


def check(evidence: Evidence) -> Iterator[Match]:
    """Yield one story for each file whose function an import runs."""
    harmful: dict[str, list[Finding]] = {}
    for finding in evidence.findings:
        path = finding.locations[0].path
        if (
            finding.role in _HARM
            and finding.phase is Phase.RUN
            and finding.severity >= Severity.MEDIUM
            and (finding.confidence >= Confidence.MEDIUM or finding.rule == "py/persists")
            and path.endswith(".py")
        ):
            harmful.setdefault(path, []).append(finding)
    if not harmful:
        return
    importers: dict[str, list[str]] = {}
    for source, targets in evidence.imports.items():
        for target in targets:
            if target in harmful and source.endswith("/__init__.py"):
                importers.setdefault(target, []).append(source)
    for path, sources in sorted(importers.items())[:FILES]:
        blob = evidence.read(path)
        if blob is None:
            continue
        text = PythonText(blob.text)
        for source in sorted(sources)[:4]:
            match = _joined(evidence, source, path, text, harmful[path])
            if match is not None:
                yield match
                break


def _joined(evidence: Evidence, source: str, path: str, text: PythonText, findings: list[Finding]) -> Match | None:
    blob = evidence.read(source)
    if blob is None:
        return None
    outer = PythonText(blob.text)
    called = outer.at_import()
    ranked = sorted(findings, key=lambda f: (f.rule not in _SURE, -f.severity, -f.confidence))
    for finding in ranked:
        names = text.reaching(finding.locations[0].line) & called
        if not names:
            continue
        name = min(names)
        line = next(iter(outer.call_lines({name})), 1)
        return Match(
            N_("importing {source} runs {function} of {path}, and that code is harmful: {rule}"),
            path=source,
            line=line,
            params={"source": source, "function": name, "path": path, "rule": finding.rule},
            excerpt=outer.lines[line - 1],
            more=(finding.locations[0],),
            related=(finding.rule,),
            confidence=Confidence.HIGH if finding.rule in _SURE else Confidence.MEDIUM,
            layers=finding.layers,
        )
    return None


RULE = Rule(
    id="story/import-reaches-payload",
    title=N_("importing a package runs harmful code of another file"),
    view=Evidence,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.IMPORT,
    role=Role.STORY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.001", "T1204.002"),
)
