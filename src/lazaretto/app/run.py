"""`run`: what does this project do when it runs? In the sandbox, never outside; its folder is not changed.

probe, self-test      refuse when the isolation is weaker than it must be
plan                  open, install, import, start: what would happen to a person     run_plan.py, run_open.py
one sandbox           commands one after the other, each with a record of its own
check                 the static examination of the same folder
verdict               rules over the records, merged with the examination
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from lazaretto.adapters.sandbox.bwrap import HOME
from lazaretto.adapters.sandbox.probe import Tools, probe, profile, restricted
from lazaretto.adapters.sandbox.relay import Allowed, Dial, Publisher
from lazaretto.adapters.sandbox.self_test import tested
from lazaretto.adapters.sandbox.session import Box, Sandbox, SandboxError, Step
from lazaretto.adapters.sandbox.session import Ran as Told
from lazaretto.adapters.sandbox.toolchain import Toolchain, find
from lazaretto.adapters.sandbox.written import Written
from lazaretto.app.check import NEVER_CHECKED, check
from lazaretto.app.check import Options as CheckOptions
from lazaretto.app.examine import Progress
from lazaretto.app.run_clients import Ready, ready, turned
from lazaretto.app.run_open import opening
from lazaretto.app.run_plan import ENV, Plan, Planned, own_scripts, plan_folder
from lazaretto.app.run_source import Source, opened
from lazaretto.app.run_written import examine_written, harmful
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
_SECONDS: Mapping[Phase, int] = {Phase.INSTALL: 900, Phase.BUILD: 900, Phase.RUN: 20}
_COMMAND_SECONDS = 900
_ENDLESS = 7 * 86400
_NOT_STARTED = frozenset({126, 127})


@dataclass(frozen=True, slots=True)
class Way:
    """How the registry firewall is reached, and what it refused."""

    dial: Dial
    refused: Callable[[], Sequence[tuple[str, str, Message | None]]]


@dataclass(frozen=True, slots=True)
class Options:
    """What to run, and how."""

    path: str
    """A folder, a package or a git URL."""
    now: datetime
    command: tuple[str, ...] = ()
    """Empty = what the project's kind suggests."""
    seconds: int | None = None
    """Wall time of each command; None = by its phase."""
    offline: bool = False
    """No registry is reached."""
    allow: tuple[str, ...] = ()
    """Hosts that may be reached: `NAME` or `NAME:PORT`."""
    publish: tuple[tuple[int, int], ...] = ()
    """(port of this machine's loopback, port inside)."""
    terminal: Callable[[], int] | None = None
    """Give a terminal for a command that talks with the person; None = there is none."""
    kept: Path | None = None
    """Where changes of the project are kept; None = they end with the run."""
    way: Way | None = None
    echo: Callable[[bytes], None] | None = None
    """Gets what commands write, from a thread. Hostile."""
    say: Callable[[Message], None] = field(default=lambda _message: None)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)


class NothingToRunError(Exception):
    """There is no command, or it does not exist. `message` is for the user; exit code 2."""

    def __init__(self, template: str, **params: object) -> None:
        """`template` is a message marked with `N_`."""
        self.message = Message.of(template, params)
        super().__init__(self.message.english())


def run(options: Options, progress: Progress | None = None) -> Detonated:
    """Run a project in the sandbox.

    Raises:
        TargetError: there is no such folder, package or repository.
        NothingToRunError: there is no command.
        SandboxError: the sandbox is missing, weaker than it must be, or cannot be built. Nothing was run.
    """
    with opened(options.path) as source:
        tools = _tools(options.environment)
        programs = find(options.environment)
        plan = _plan(options, source, programs)
        if not plan.steps:
            raise NothingToRunError(N_("no kind of project that is known; say what to run: -- COMMAND"))
        for note in plan.notes:
            options.say(note)
        ran, written, gaps = _run(options, source, plan, tools, programs, progress)
        findings, more = examine_written([one for files in written for one in files], options.now)
        gaps += more
        ran = [
            replace(one, record=replace(one.record, harmful=harmful(findings, files)))
            for one, files in zip(ran, written, strict=True)
        ]
        for one in ran:
            _judge_record(one.record, findings, gaps)
        if progress:
            progress.done()
        checked = check(source.checked, CheckOptions(now=options.now, online=source.online), progress)
    seen = checked.examination
    coverage = replace(
        seen.coverage, not_checked=tuple(one for one in seen.coverage.not_checked if one != NEVER_CHECKED[1])
    )
    examination = replace(
        seen,
        subject=options.path if source.checked != options.path and not source.online else seen.subject,
        findings=(*seen.findings, *dict.fromkeys(findings)),
        gaps=tuple(sorted({*seen.gaps, *gaps, *source.gaps})),
        coverage=coverage,
    )
    verdict, ignored = judge(examination, DEFAULT, options.now)
    answer = replace(
        checked, target=options.path, kind="run", examination=examination, verdict=verdict, ignored=ignored
    )
    return Detonated(answer, tuple(ran))


def _plan(options: Options, source: Source, programs: Toolchain) -> Plan:
    if options.command:
        return Plan((Planned(Phase.RUN, (ENV, *options.command), seconds=_COMMAND_SECONDS, needed=False),))
    if options.terminal:
        return Plan((Planned(Phase.RUN, (ENV, "sh", "-c", _SHELL), seconds=_ENDLESS, needed=False),))
    if source.steps:
        return Plan(source.steps)
    return plan_folder(source.folder, programs.programs, opening(source.folder), offline=options.offline)


_SHELL = "exec $(command -v bash || echo sh)"


def _run(
    options: Options, source: Source, plan: Plan, tools: Tools, programs: Toolchain, progress: Progress | None
) -> tuple[list[Ran], list[tuple[Written, ...]], list[Gap]]:
    folder = source.folder.resolve()
    prepared = {step: _ready(options, step, folder) for step in [*plan.steps, *own_scripts(folder)]}
    way = None if options.offline else options.way
    box = Box(
        project=folder,
        name=source.name,
        kept=options.kept,
        home={name: text for one in prepared.values() for name, text in one.home.items()},
        over=turned(folder) if way else {},
        tools=programs.mounts,
        gate=way.dial if way else None,
        allow=Allowed(options.allow) if options.allow else None,
        echo=options.echo,
    )
    ran: list[Ran] = []
    written: list[tuple[Written, ...]] = []
    gaps: list[Gap] = []
    with Sandbox(box, tools) as sandbox, ExitStack() as stack:
        for here, there in options.publish:
            stack.enter_context(Publisher(here, lambda there=there: sandbox.connect(there)))  # type: ignore[misc]  # mypy: default of a lambda
        for step, more in _with_own_scripts(plan.steps, folder, ran):
            if progress:
                progress.start(step.phase.value, None)
            one = prepared[step]
            told = sandbox.run(_step(options, step, one, programs, last=step is plan.steps[-1]))
            output = told.output[:_SHOWN_OUTPUT].decode("utf-8", "replace")
            ran.append(Ran(one.command if options.command else step.command, told.record, output, step.title))
            written.append(told.written)
            _outcome(options, step, told, gaps, more=more)
            if told.interrupted:
                break
    if way:
        template = N_("{what} was not delivered (case {case}): {why}")
        for what, case, why in way.refused():
            reason = Message.of(template, {"what": what, "case": case, "why": why.english() if why else ""})
            gaps.append(Gap(Stage.NETWORK, what, reason))
    return ran, written, gaps


def _ready(options: Options, step: Planned, folder: Path) -> Ready:
    if options.offline or options.way is None:
        return Ready(step.command, {}, {})
    return ready(step.command, folder, options.environment)


def _step(options: Options, step: Planned, one: Ready, programs: Toolchain, *, last: bool) -> Step:
    endless = last and bool(options.publish or options.terminal)
    seconds = options.seconds or (_ENDLESS if endless else step.seconds or _SECONDS.get(step.phase, 60))
    environment = {
        **one.environment,
        "PATH": f"{HOME}/.local/bin:{programs.path}",
        "PIP_USER": "1",
        "PIP_BREAK_SYSTEM_PACKAGES": "1",
        "PIP_NO_WARN_SCRIPT_LOCATION": "1",
    }
    if options.terminal and last:
        environment["PS1"] = r"[inside] \w \$ "
    terminal = options.terminal() if options.terminal and last else None
    return Step(one.command, step.phase, seconds, environment, terminal, endless)


def _with_own_scripts(steps: Sequence[Planned], folder: Path, ran: list[Ran]) -> Iterator[tuple[Planned, bool]]:
    """Yield the steps, and whether more come; after a failed installation the project's own install scripts, too."""
    for index, step in enumerate(steps):
        yield step, index + 1 < len(steps)
        failed = bool(ran) and ran[-1].record.code != 0
        if failed and step.phase is Phase.INSTALL and "npm" in step.command:
            for extra in own_scripts(folder):
                yield extra, index + 1 < len(steps)


def _outcome(options: Options, step: Planned, told: Told, gaps: list[Gap], *, more: bool) -> None:
    """Say what the end of a command leaves unseen. A command of the person's own may end as it likes."""
    record = told.record
    if options.command and record.code in _NOT_STARTED and told.output.startswith(f"{ENV}: ".encode()):
        raise NothingToRunError(N_("{name} cannot be run inside: there is no such program"), name=options.command[0])
    if step.needed and more and record.code not in (0, None):
        reason = N_("ended with exit code {code}: what it would have done next was not seen")
        gaps.append(Gap(Stage.READ, record.phase.value, Message.of(reason, {"code": record.code})))


def _judge_record(record: Record, findings: list[Finding], gaps: list[Gap]) -> None:
    view = Behaviour(record)
    for rule in RULES:
        if rule.view is Behaviour:
            result = run_rule(rule, view, record.project)
            findings.extend(result.findings)
            gaps.extend(result.gaps)
    gaps.extend(record.gaps)


def _tools(environment: Mapping[str, str]) -> Tools:
    found = probe()
    if found.tools is None:
        raise SandboxError(N_("no sandbox here: {why}"), why="; ".join(one.english() for one in found.missing))
    try:
        tested(found.tools, environment)
    except SandboxError as error:
        if restricted():
            raise SandboxError(
                N_("AppArmor forbids user namespaces; put this into {file} and reload AppArmor:\n{profile}"),
                file="/etc/apparmor.d/lazaretto",
                profile=profile("/usr/bin/python3*"),
            ) from error
        raise
    return found.tools
