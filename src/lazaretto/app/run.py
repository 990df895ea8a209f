"""`run`: what does this project do when it runs? In the sandbox, never outside; its folder is not changed.

probe, self-test      refuse when the isolation is weaker than it must be
check                 the static examination of the same folder
one sandbox a phase   each begins with the project as it is
verdict               rules over the records, merged with the examination
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from lazaretto.adapters.sandbox.probe import Tools, probe, profile, restricted
from lazaretto.adapters.sandbox.self_test import self_test
from lazaretto.adapters.sandbox.session import Order, SandboxError, run_order
from lazaretto.app.check import NEVER_CHECKED, check
from lazaretto.app.check import Options as CheckOptions
from lazaretto.app.examine import Progress
from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.catalog import RULES
from lazaretto.detect.engine import run_rule
from lazaretto.judge.judge import judge
from lazaretto.model.behaviour import Record
from lazaretto.model.detonated import Detonated, Ran
from lazaretto.model.finding import Finding, Gap, Phase, Stage
from lazaretto.model.policy import DEFAULT
from lazaretto.model.text import N_, Message

_SHOWN_OUTPUT = 20_000
_MANIFEST_BYTES = 1 << 20
_SCRIPTS = ("preinstall", "install", "postinstall", "prepare")
_NPM = ("/usr/bin/env", "npm")
_PIP = (
    *("/usr/bin/env", "python3", "-m", "pip", "install", "--no-index", "--no-deps", "--no-build-isolation"),
    *("--user", "--break-system-packages", "."),
)


@dataclass(frozen=True, slots=True)
class Options:
    """What to run, and how."""

    path: str
    now: datetime
    command: tuple[str, ...] = ()
    """Empty = what the project's kind suggests."""
    seconds: int = 60
    """Wall time of each phase."""


class NothingToRunError(Exception):
    """The target is no folder, or no kind of project that is known. `message` is for the user; exit code 2."""

    def __init__(self, template: str, **params: object) -> None:
        """`template` is a message marked with `N_`."""
        self.message = Message.of(template, params)
        super().__init__(self.message.english())


def run(options: Options, progress: Progress | None = None) -> Detonated:
    """Run a project in the sandbox.

    Raises:
        NothingToRunError: the path is no folder, or there is no command.
        SandboxError: the sandbox is missing, weaker than it must be, or cannot be built. Nothing was run.
    """
    folder = Path(options.path)
    if not folder.is_dir():
        raise NothingToRunError(N_("{path} is no folder"), path=options.path)
    if options.command:
        steps = [(Phase.RUN, ("/usr/bin/env", *options.command))]
    else:
        steps = list(_steps(folder))
    if not steps:
        raise NothingToRunError(N_("no kind of project that is known; say what to run: -- COMMAND"))
    tools = _tools()
    checked = check(options.path, CheckOptions(now=options.now), progress)
    ran: list[Ran] = []
    findings: list[Finding] = []
    gaps: list[Gap] = []
    for phase, command in steps:
        if progress:
            progress.start(phase.value, None)
        told = run_order(Order(folder, command, phase, options.seconds), tools)
        ran.append(Ran(command, told.record, told.output[:_SHOWN_OUTPUT].decode("utf-8", "replace")))
        _judge_record(told.record, findings, gaps, failed=not options.command)
    if progress:
        progress.done()
    seen = checked.examination
    coverage = replace(
        seen.coverage, not_checked=tuple(one for one in seen.coverage.not_checked if one != NEVER_CHECKED[1])
    )
    examination = replace(
        seen,
        findings=(*seen.findings, *dict.fromkeys(findings)),
        gaps=tuple(sorted({*seen.gaps, *gaps})),
        coverage=coverage,
    )
    verdict, ignored = judge(examination, DEFAULT, options.now)
    answer = replace(checked, kind="run", examination=examination, verdict=verdict, ignored=ignored)
    return Detonated(answer, tuple(ran))


def _judge_record(record: Record, findings: list[Finding], gaps: list[Gap], *, failed: bool) -> None:
    view = Behaviour(record)
    for rule in RULES:
        if rule.view is Behaviour:
            result = run_rule(rule, view, record.project)
            findings.extend(result.findings)
            gaps.extend(result.gaps)
    gaps.extend(record.gaps)
    if failed and record.code:
        reason = N_("ended with exit code {code}: what it would have done next was not seen")
        gaps.append(Gap(Stage.READ, record.phase.value, Message.of(reason, {"code": record.code})))


def _tools() -> Tools:
    found = probe()
    if found.tools is None:
        raise SandboxError(N_("no sandbox here: {why}"), why="; ".join(one.english() for one in found.missing))
    try:
        self_test(found.tools)
    except SandboxError as error:
        if restricted():
            raise SandboxError(
                N_("AppArmor forbids user namespaces; put this into {file} and reload AppArmor:\n{profile}"),
                file="/etc/apparmor.d/lazaretto",
                profile=profile("/usr/bin/python3*"),
            ) from error
        raise
    return found.tools


def _steps(folder: Path) -> Iterator[tuple[Phase, tuple[str, ...]]]:
    """Yield what the project's kind suggests: install, its own install scripts, start."""
    try:
        with (folder / "package.json").open("rb") as stream:
            manifest = json.loads(stream.read(_MANIFEST_BYTES))
    except (OSError, ValueError, RecursionError):
        manifest = None
    if isinstance(manifest, dict):
        locked = (folder / "package-lock.json").is_file()
        yield (
            Phase.INSTALL,
            (
                *_NPM,
                "ci" if locked else "install",
                "--no-audit",
                "--no-fund",
                "--no-update-notifier",
                "--fetch-retries=0",
            ),
        )
        scripts = manifest.get("scripts")
        scripts = scripts if isinstance(scripts, dict) else {}
        for name in _SCRIPTS:
            if name in scripts:
                yield Phase.INSTALL, (*_NPM, "run", name)
        if "start" in scripts:
            yield Phase.RUN, (*_NPM, "start")
    if any((folder / name).is_file() for name in ("pyproject.toml", "setup.py")):
        yield Phase.BUILD, _PIP
