from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lazaretto.judge.judge import judge
from lazaretto.model.finding import (
    Confidence,
    Coverage,
    Examination,
    Finding,
    Gap,
    Location,
    Phase,
    Role,
    Severity,
    Stage,
)
from lazaretto.model.policy import DEFAULT, Waiver
from lazaretto.model.report import Checked, Comparison
from lazaretto.model.text import N_, Message
from lazaretto.model.verdict import Grade

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

STORY = Finding(
    rule="story/trigger-reaches-payload",
    subject="take-home",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    locations=(Location(".vscode/tasks.json", 7, 5), Location("public/fonts/fa.woff2", 1, 1)),
    message=Message.of(N_("opening the folder runs {path}"), {"path": "public/fonts/fa.woff2"}),
    techniques=("T1204.002", "T1059.007"),
    excerpt='"command": "node public/fonts/fa.woff2"',
    phase=Phase.OPEN,
    role=Role.STORY,
    related=("repo/editor-task-runs-on-open", "js/remote-code-executed"),
)
FETCH = Finding(
    rule="js/remote-code-executed",
    subject="take-home",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    locations=(Location("public/fonts/fa.woff2", 3, 11),),
    message=Message.of(N_("executes what {host} answers"), {"host": "http://c2.example.invalid/api"}),
    techniques=("T1105",),
    excerpt="new Function.constructor('require', r.data)(require)",
)
MEDIUM = Finding(
    rule="npm/lifecycle-script",
    subject="take-home",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    locations=(Location("package.json", 5, 3, 6),),
    message=Message.of(N_("runs {command} at install"), {"command": "node lib/init.js"}),
    phase=Phase.INSTALL,
    role=Role.TRIGGER,
)
WEAK = Finding(
    rule="js/child-process",
    subject="take-home",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    locations=(Location("lib/run.js", 2),),
    message=Message.of(N_("starts processes")),
)
GAPS = (
    Gap(Stage.READ, "secret.bin", Message.of(N_("cannot be read: {error}"), {"error": "Permission denied"})),
    Gap(Stage.PARSE, "old.py", Message.of(N_("is not valid Python")), partial=True),
)
NEVER = (Message.of(N_("registry metadata such as age, maintainers and provenance")),)


def make(findings=(), gaps=(), *, target="./take-home", kind="folder", waivers=(), examined=214, **changes):
    coverage = Coverage(files=max(examined, 216), examined=examined, bytes=20_123_456, packages=148, not_checked=NEVER)
    examination = Examination(target, tuple(findings), tuple(gaps), coverage)
    verdict, ignored = judge(examination, replace(DEFAULT, waivers=tuple(waivers)), NOW)
    settings = {"version": "0.1.0", "intel_date": "2026-11-18", "seconds": 1.94, **changes}
    return Checked(target, kind, examination, verdict, ignored, **settings)


@pytest.fixture
def build():
    """A maker of answers: findings, gaps, ... -> Checked."""
    return make


@pytest.fixture
def malicious():
    return make([STORY, FETCH, MEDIUM, WEAK], GAPS)


@pytest.fixture
def suspicious():
    return make([MEDIUM], [])


@pytest.fixture
def nothing():
    return make([WEAK], [])


@pytest.fixture
def incomplete():
    return make([], GAPS)


@pytest.fixture
def failed():
    reason = Message.of(N_("{target} does not exist"), {"target": "./nowhere"})
    return make(
        [], [Gap(Stage.READ, "./nowhere", reason)], target="./nowhere", kind="unknown", examined=0, error=reason
    )


@pytest.fixture
def waived():
    waiver = Waiver("package.json", "npm/*", "our own fork", "team", "2027-01-31")
    return make([MEDIUM], [], waivers=[waiver])


ADDED = Finding(
    rule="change/install-script-added",
    subject="take-home",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    locations=(Location("package.json", 5),),
    message=Message.of(
        N_("new in this version: {trigger}, which an installation runs by itself"),
        {"trigger": "postinstall: node a.js"},
    ),
    phase=Phase.INSTALL,
    role=Role.TRIGGER,
)


@pytest.fixture
def compared():
    comparison = Comparison("npm:demo@1.0.0", Grade.NOTHING_FOUND, (ADDED, MEDIUM), 3)
    return make([MEDIUM, WEAK, ADDED], [], comparison=comparison)


@pytest.fixture
def unchanged():
    return make([WEAK], [], comparison=Comparison("./old", Grade.SUSPICIOUS, (), 0))


HOSTILE = (
    "<script>alert(1)</script>\x1b]8;;http://evil.example.invalid\x07\u202egpj.exe\u200b%0A::error::x\r\n::set-output"
)


@pytest.fixture
def hostile():
    finding = replace(
        FETCH,
        locations=(Location(HOSTILE, 3, 1), Location(HOSTILE, 4, 1)),
        message=Message.of(N_("executes what {host} answers"), {"host": HOSTILE}),
        excerpt=HOSTILE,
    )
    gap = Gap(Stage.READ, HOSTILE, Message.of(N_("cannot be read: {error}"), {"error": HOSTILE}))
    return make([finding], [gap], target=HOSTILE)


@pytest.fixture
def hostile_change(hostile):
    """The older version is named as badly as everything else."""
    return replace(hostile, comparison=Comparison(HOSTILE, Grade.MALICIOUS, hostile.examination.findings, 0))
