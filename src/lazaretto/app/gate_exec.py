"""`gate exec`: one command, pointed at the gate, its direct ways out closed, its exit code true.

execute(argv, ...) -> Ran
    1. a scene: what the configuration around the folder says     adapters/clients
    2. the command pointed at the gate                            environment, flags, private files
    3. on request, the project's own addresses rewritten          app/relock.py, put back afterwards
    4. the command runs; signals reach it
    5. exit code: a refused package never gives 0
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import FrameType

from lazaretto.adapters.clients.catalog import applied, detect, point, scene
from lazaretto.adapters.clients.client import Caches, Target
from lazaretto.adapters.clients.settings import upwards
from lazaretto.adapters.egress import Egress, Turned
from lazaretto.app.gate_project import Escape, inspect
from lazaretto.app.relock import Relocked, relocked
from lazaretto.lockfiles.rewrite import Origins
from lazaretto.model.gate import Decided
from lazaretto.model.text import N_, Message
from lazaretto.model.verdict import Outcome

REFUSED = 20
"""Exit code when the command itself ended with 0 although something was refused; else the command's own is kept."""
SHOWN = 10
"""Versions that the client was not shown, told when it failed without asking for any of them."""
NOT_FOUND = 127
NOT_RUNNABLE = 126
_FORWARDED = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGQUIT")


@dataclass(frozen=True, slots=True)
class Job:
    """What to run, and how."""

    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    base_url: str
    token: str = ""
    closed: bool = True
    """Refuse what does not go to the gate (`adapters/egress.py`)."""
    relock: bool = False
    """Turn the addresses of lockfiles to the gate for this run."""
    state: Path | None = None
    """Folder for the journal of `relock`; None = nothing survives a crash."""
    origins: Origins = field(default_factory=Origins)
    """Where packages really come from, for lockfiles that the client writes during this run."""
    lasting: Path | None = None
    """Folder for what an installation of pnpm or Plug'n'Play refers to; None = a temporary one, where it is lost."""
    own_caches: bool = False
    """Use the user's own caches: what was fetched before is then not asked for."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How it ended."""

    exit_code: int
    """What the gate's command ends with."""
    own_code: int
    """What the client ended with; 128 + number when a signal ended it."""
    client: str
    """Its name; empty when the command is none that is known."""
    refused: tuple[Decided, ...]
    turned: Mapping[Turned, int]
    """Addresses past the gate that were refused."""
    notes: tuple[Message, ...]
    """What was said before and after."""
    escapes: tuple[Escape, ...] = ()
    """Lines of the project that lead past the gate for this client."""


def _go_on(_escapes: Sequence[Escape]) -> bool:
    return True


def execute(
    job: Job,
    refusals: Callable[[], Sequence[Decided]],
    say: Callable[[Message], None],
    escaped: Callable[[Sequence[Escape]], bool] = _go_on,
) -> Ran:
    """Run the command and wait for it.

    `refusals()` is called once, after the end: what the gate refused to this run. `say` gets notes as they come.
    `escaped` gets what leads past the gate before anything runs; False = do not run it.
    """
    with ExitStack() as stack:
        private = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="lazaretto-gate-", ignore_cleanup_errors=True))
        )
        egress = stack.enter_context(Egress()) if job.closed else None
        caches = None if job.own_caches else Caches(private / "caches", job.lasting or private / "lasting")
        looked = scene(job.folder, job.environment, private / "settings", caches)
        found = detect(job.argv, looked)
        target = Target(job.base_url, job.token, egress.url if egress else "")
        pointed = point(job.argv, target, looked)
        notes = list(pointed.weak)
        name = found[0].name if found else ""
        escapes = inspect(looked.folder, looked.home, name, _requirements(job))
        if not escaped(escapes):
            return Ran(REFUSED, 0, name, (), {}, tuple(notes), escapes)
        left: list[Message] = []
        places = _places(job, looked.home)
        with relocked(
            looked.folder, job.base_url, job.state, job.origins, places=places, rewrite=job.relock, say=left
        ) as done:
            notes += _notes(done)
            for note in notes:
                say(note)
            own = _run(pointed.arguments, job.folder, applied(pointed, job.environment), say)
        for note in left:
            say(note)
        refused = tuple(one for one in refusals() if one.outcome > Outcome.ALLOW)
        turned = egress.turned if egress else {}
        code = own if own or not (refused or turned) else REFUSED
        return Ran(code, own, name, refused, turned, (*notes, *left), escapes)


@dataclass(frozen=True, slots=True)
class Told:
    """One line that a person has to read afterwards."""

    message: Message
    why: Message | None = None
    """The gate's own reason, to be translated by itself."""


def told(
    ran: Ran, hidden: Sequence[Decided] = (), passes: Callable[[str], str | None] = lambda _purl: None
) -> tuple[Told, ...]:
    """Return what was refused, what tried to pass by, and why the exit code is not 0; worst first.

    `hidden` was left out of what the client was shown: it is told when the command failed and nothing was refused to
    it. `passes(purl)` is the newest version that passes in place of a refused one; empty or None = none is known.
    """
    rows: dict[tuple[str, str], Told] = {}
    for one in sorted(ran.refused, key=lambda each: (-each.outcome, each.purl)):
        rows.setdefault((one.purl, one.clause), _line(_REFUSED, one, passes(one.purl)))
    if ran.exit_code and not ran.refused:
        for one in sorted(hidden, key=lambda each: each.purl)[:SHOWN]:
            rows.setdefault((one.purl, one.clause), _line(_HIDDEN, one, passes(one.purl)))
    template = N_("turned away, for it does not go through the gate: {host}{path} ({count} times)")
    past = [
        Told(Message.of(template, {"host": address.host, "path": address.path, "count": count}))
        for address, count in ran.turned.items()
    ]
    closing = []
    if ran.exit_code == REFUSED and ran.own_code == 0:
        template = N_("the command itself ended with 0, but something was refused: exit code {code}")
        closing.append(Told(Message.of(template, {"code": REFUSED})))
    return (*rows.values(), *past, *closing)


_REFUSED = (
    N_("not delivered: {purl} (case {case})"),
    N_("not delivered: {purl} (case {case}); version {passes} passes"),
)
_HIDDEN = (
    N_("the client was not shown {purl} (case {case})"),
    N_("the client was not shown {purl} (case {case}); version {passes} passes"),
)


def _line(templates: tuple[str, str], one: Decided, passes: str | None) -> Told:
    said = {"purl": one.purl or one.filename, "case": one.case, "passes": passes or ""}
    return Told(Message.of(templates[bool(passes)], said), one.message)


def _requirements(job: Job) -> list[Path]:
    """Return the files that `-r FILE` and `-rFILE` name."""
    words = job.argv
    named = [after for word, after in pairwise(words) if word in {"-r", "--requirement", "--requirements", "-c"}]
    named += [word[2:] for word in words if word.startswith("-r") and len(word) > 2]
    named += [word.partition("=")[2] for word in words if word.startswith(("--requirement=", "--requirements="))]
    return [path for name in named if (path := job.folder / name).is_file()]


def _places(job: Job, home: Path) -> list[Path]:
    """Return the folders whose lockfiles belong to the command: up to the repository's root, and those it names."""
    folder = job.folder.resolve()
    return [*upwards(folder, home), folder / "requirements", *(path.parent for path in _requirements(job))]


def _notes(done: Relocked) -> list[Message]:
    template = N_("{path}: {count} addresses point to the gate for this run")
    return [Message.of(template, {"path": one.path, "count": one.count}) for one in done.rewrites]


def _run(argv: Sequence[str], folder: Path, environment: Mapping[str, str], say: Callable[[Message], None]) -> int:
    program = shutil.which(argv[0], path=environment.get("PATH")) if argv else None
    if program is None:
        say(Message.of(N_("there is no program {name}"), {"name": argv[0] if argv else ""}))
        return NOT_FOUND
    try:
        child = subprocess.Popen([program, *argv[1:]], cwd=folder, env=dict(environment))  # noqa: S603 - the user's command
    except OSError as error:
        say(Message.of(N_("{name} cannot be run: {reason}"), {"name": argv[0], "reason": error.strerror or str(error)}))
        return NOT_RUNNABLE
    with _forwarding(child):
        while True:
            try:
                code = child.wait()
                break
            except KeyboardInterrupt:  # the terminal has told the child as well; its end decides
                continue
    return 128 - code if code < 0 else code


@contextmanager
def _forwarding(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Hand signals on to the child. Ctrl-C reaches it from the terminal; here it must not end us before it."""

    def forward(number: int, _frame: FrameType | None) -> None:
        with suppress(OSError, ValueError):
            child.send_signal(number)

    before: dict[int, object] = {}
    with suppress(ValueError):  # not in the main thread: whoever runs us there forwards
        for name in _FORWARDED:
            number = getattr(signal, name, None)
            if number is not None:
                before[number] = signal.signal(number, forward)
        before[signal.SIGINT] = signal.signal(signal.SIGINT, _nothing)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)  # type: ignore[arg-type] # what `signal.signal` gave
        if child.poll() is None:
            child.terminate()


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Do nothing; unlike SIG_IGN this is not inherited by the child."""


def user_folder(environment: Mapping[str, str]) -> Path:
    """Return the usual folder for `Job.lasting`: caches of clients that passed the gate."""
    if os.name == "nt" and environment.get("LOCALAPPDATA"):
        return Path(environment["LOCALAPPDATA"]) / "lazaretto/clients"
    home = environment.get("HOME") or environment.get("USERPROFILE") or "."
    return Path(environment.get("XDG_CACHE_HOME") or Path(home) / ".cache") / "lazaretto/clients"
