from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lazaretto.app.ignore import load_ignore
from lazaretto.cli.main import main
from lazaretto.cli.session import App, Session
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
from lazaretto.model.package import Inventory, Package
from lazaretto.model.policy import DEFAULT
from lazaretto.model.report import Checked
from lazaretto.model.text import N_, Message

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Card:
    id: str
    title: str = "what it sees"
    severity: Severity = Severity.HIGH
    confidence: Confidence = Confidence.HIGH
    phase: Phase = Phase.RUN
    role: Role = Role.EXECUTE
    techniques: tuple[str, ...] = ("T1059.007",)
    doc: str = "What it sees\n    a thing.\n"
    since: str = "0.1"
    state: str = "stable"


class TargetError(Exception):
    exit_kind = "usage"

    def __init__(self, template, hint=None, **params):
        super().__init__(template)
        self.message = Message.of(template, params)
        self.hint = Message.of(hint) if hint else None


def answer(target, now=NOW, waivers=()):
    """The fake's answer: a word in the target's name decides."""
    finding = Finding(
        "js/remote-code-executed",
        target,
        Severity.HIGH,
        Confidence.HIGH if "malicious" in target else Confidence.LOW,
        (Location("app.js", 3, 1),),
        Message.of(N_("executes what {host} answers"), {"host": "http://c2.example.invalid"}),
    )
    found = (finding,) if "malicious" in target or "suspicious" in target else ()
    gaps = (Gap(Stage.READ, "x.bin", Message.of("unreadable")),) if "incomplete" in target else ()
    error = Message.of(N_("{target} does not exist"), {"target": target}) if "missing" in target else None
    examined = 0 if error or "empty" in target else 3
    examination = Examination(target, found, gaps, Coverage(files=3, examined=examined, bytes=120))
    verdict, ignored = judge(examination, replace(DEFAULT, waivers=tuple(waivers)), now)
    printed = target.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return Checked(printed, "folder", examination, verdict, ignored, version="0.1.0", seconds=0.1, error=error)


class Fake(App):
    """An app without engine. Targets whose name holds `crash` raise."""

    def __init__(self):
        self.seen = []

    def options(self, values):
        self.seen.append(dict(values))
        return dict(values)

    def check(self, target, options, progress):
        if "crash" in target:
            raise ZeroDivisionError("division by zero")
        if "interrupt" in target:
            raise KeyboardInterrupt
        if progress:
            progress.start(target, None)
            progress.advance(1)
            progress.done()
        ignore = options.get("ignore")
        return answer(target, options["now"], ignore.waivers if ignore else ())

    def check_many(self, targets, options, progress):
        listed = list(targets)
        for target in reversed(listed):  # as ready: not in order
            yield self.check(target, options, progress)

    def inventory(self, target, options):
        if "missing" in target:
            raise TargetError(N_("{target} does not exist"), N_("check the spelling"), target=target)
        gaps = (Gap(Stage.INVENTORY, "bun.lockb", Message.of("not readable")),) if "incomplete" in target else ()
        packages = (
            Package("npm", "express", "4.19.2", "package-lock.json", 12, url="https://registry.example.test/x.tgz"),
            Package("pypi", "numpy", "", "requirements.txt", 1, requirement=">=1.26"),
        )
        return "folder", Inventory(() if "empty" in target else packages, gaps)

    def load_ignore(self, path, now):
        return load_ignore(path, now)

    def rules(self):
        return (Card("js/remote-code-executed"), Card("py/decode-then-exec"), Card("repo/editor-task-runs-on-open"))


@pytest.fixture
def fake():
    return Fake()


@pytest.fixture
def run(fake, monkeypatch, capsys):
    """Run a command line in this process -> (exit code, stdout, stderr)."""
    for name in ("LAZARETTO_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "FORCE_COLOR", "CI"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments, environ=None):
        session = Session(app=fake, environ=environ or {}, now=lambda: NOW)
        code = main([str(argument) for argument in arguments], session)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def ignore_file(tmp_path):
    def write(expires=date(2027, 1, 1)):
        path = Path(tmp_path / "ignore.toml")
        path.write_text(f'[[ignore]]\nrule = "js/*"\nreason = "reviewed"\nexpires = {expires.isoformat()}\n')
        return path

    return write
