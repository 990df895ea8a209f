"""What it sees
    Commands and calls that destroy: deleting a home folder, a drive or the root of the file system, formatting or
    overwriting disks, deleting shadow copies, encrypting the files found below such a place, fork bombs, programs
    started in an endless loop, a machine that is shut down or crashed.

Why it matters
    Wipers and ransomware need no server and no credentials: a walk over the home folder and a write are enough.

Example
    for folder, _, names in os.walk(os.path.expanduser("~")):
        for name in names:
            os.remove(os.path.join(folder, name))

What to do
    Do not install, import or run it. If it ran, disconnect the machine and restore from a backup.

False alarms
    Installers of operating systems format disks when they are told to: what nobody started unasked is reported with
    less confidence. Clearing a cache folder or a build folder is not reported.

References
    ATT&CK T1485 (Data Destruction), T1486 (Data Encrypted for Impact), T1490 (Inhibit System Recovery), T1561, T1499,
    T1529 (System Shutdown/Reboot).
"""

import ast
import re
from collections.abc import Iterator

from lazaretto.detect.pycode import command_of, once, short, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_facts import Call
from lazaretto.parse.py_nodes import walk
from lazaretto.parse.py_vocabulary import SHELLS
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

_COMMAND = N_("runs a command that destroys data: {command}")
_DELETES = N_("deletes everything below {path}")
_ENCRYPTS = N_("encrypts the files below {path} in place")
_RANSOM = N_("encrypts files in place, and holds the words of a ransom note")
_DISK = N_("writes over a disk: {path}")
_CRASHES = N_("crashes or switches off the machine: {command}")
_FLOODS = N_("starts programs without end: {command}")

_DESTROYS = re.compile(
    r"\brm\s+(?:-[\w-]+\s+){0,4}-\w*[rR]\w*\s+(?:-[\w-]+\s+){0,4}['\"]?(?:/|~|\$\{?HOME\}?|/sdcard|/storage/emulated/0|/home|/root|/etc|/usr|/boot|/var)/?\*?['\"]?(?=\s|$|[;&|])"
    r"|\bcd\s+(?:~|/|/sdcard|/storage/emulated/0)\s*(?:&&|;)\s*rm\s+-\w*[rR]\w*\s+\*|--no-preserve-root|\bdel\s+(?:/[a-z]\s+){1,4}['\"]?[a-z]:[\\/]+(?:\*|Windows|Users|\.|$)|\br(?:m)?d(?:ir)?\s+/s\s+(?:/q\s+)?['\"]?[a-z]:[\\/]*(?:\s|$|Windows|Users)"
    r"|\bformat\s+[a-z]:|\bmkfs(?:\.\w+)?\s+(?:-\S+\s+)*/dev/|\bdd\s+if=/dev/(?:zero|u?random)\s+of=/dev/|>\s*/dev/(?:sd[a-z]|nvme\d|hd[a-z]|vd[a-z])\b"
    r"|vssadmin(?:\.exe)?\s+delete\s+shadows|wmic(?:\.exe)?\s+shadowcopy\s+delete|wbadmin\s+delete|bcdedit[^\n]{0,60}recoveryenabled\s+no"
    r"|:\(\)\s*\{\s*:\s*\|\s*:\s*&\s*\}|%0\s*\|\s*%0",
    re.IGNORECASE,
)
_HALTS = re.compile(
    r"^\s*(?:sudo\s+)?(?:shutdown(?:\.exe)?\s+(?:[/-][srhfPt]|now)|poweroff|halt|reboot|init\s+[06])\b|rundll32[^\n]{0,40}LockWorkStation",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"^\s*(?:start\s|gnome-terminal|xterm|konsole|calc|notepad|explorer|open\s+-a|msg\s|cmd(?:\.exe)?\s*$)",
    re.IGNORECASE,
)
_ROOT = re.compile(
    r"^(?:/|~|~?/?(?:home|Users|root|sdcard|storage/emulated/0)/?|[A-Za-z]:[\\/]*(?:Users[\\/]*)?|%(?:HOME|USERPROFILE|HOMEDRIVE|SYSTEMDRIVE)%[\\/]*|/\*|~/\*)$"
    r"|^(?:~|%(?:HOME|USERPROFILE)%|[A-Za-z]:[\\/]+Users[\\/]+\0?)[\\/]+(?:Documents|Desktop|Pictures|Downloads)[\\/]*\*?$",
    re.IGNORECASE,
)
_DEVICE = re.compile(r"^\\\\\.\\PhysicalDrive\d|^/dev/(?:sd[a-z]|nvme\d|hd[a-z]|vd[a-z]|disk\d)")
_CRASH_CALLS = frozenset({"NtRaiseHardError", "RtlSetProcessIsCritical", "ZwRaiseHardError"})
_NOTE = re.compile(
    r"(?:files|data|documents|system|computer)\b[^\n]{0,60}\b(?:been |are |is |were )?(?:encrypted|locked)"
    r"|\bdecrypt(?:ion)?\s+(?:key|your)|\bransom|(?:send|pay)\b[^\n]{0,60}\b(?:bitcoin|btc|xmr|monero|eth\b)"
    r"|README[_-]?(?:TO_)?DECRYPT|HOW[_ ]TO[_ ](?:DECRYPT|RECOVER)",
    re.IGNORECASE,
)
_LISTS = frozenset({"os.walk", "os.listdir", "os.scandir", "glob.glob", "glob.iglob"})
_REMOVES = frozenset({"os.remove", "os.unlink", "shutil.rmtree", "os.rmdir", "os.removedirs"})
_WORDS = terms(
    b"rm -", b'"rm"', b"'rm'", b"--no-preserve-root", b"del /", b"rd /s", b"rmdir /s", b"RD /S", b"DEL /", b"mkfs",
    b"if=/dev/", b"vssadmin", b"shadowcopy", b"wbadmin", b"bcdedit", b":|:", b"%0|%0",
    b"shutdown", b"poweroff", b"reboot", b"init 0", b"LockWorkStation", b"format c:", b"format C:",
)  # fmt: skip
_TARGETS = terms(
    b"/dev/sd", b"/dev/nvme", b"PhysicalDrive", b"NtRaiseHardError", b"RtlSetProcessIsCritical", b"os.fork"
)
_LISTINGS = terms(b"walk", b"listdir", b"scandir", b"glob", b"iterdir")
_LOOPS = terms(b"while True", b"while 1", b"in range(")
_PLACES = terms(
    b"expanduser", b".home()", b'"/"', b"'/'", b"C:", b"c:", b"/home", b"/root",
    b"/sdcard", b"emulated/0", b"USERPROFILE", b'"HOME"', b"'HOME'",
    b"HOMEDRIVE",
)  # fmt: skip
_WRECKS = terms(b"rmtree", b"remove", b"unlink", b"encrypt")
_TREES = terms(b"rmtree")
_WINDOWS = terms(b"start cmd", b"gnome-terminal", b"xterm", b"notepad", b"calc")
_CIPHERS = terms(b"encrypt")
_FORKS = terms(b"fork", b"system(", b"Popen(")


def check(view: PythonModule) -> Iterator[Match]:
    """Yield each way to destroy once."""
    if not _may(view):
        return
    seen: set[object] = set()
    roots = {
        call.scope: root
        for call in view.facts.calls
        if call.name in _LISTS or call.attr in {"rglob", "glob", "iterdir"}
        for root in [_place_of(call)]
        if _ROOT.search(root)
    }
    for call in view.facts.calls:
        if starts_process(call):
            yield from _commands(view, call, seen)
        elif call.name == "shutil.rmtree" and _ROOT.search(call.arg(0, "path").shape) and once(seen, "tree"):
            yield _match(view, call, _DELETES, path=short(call.arg(0, "path").shape))
        elif (call.name in _REMOVES or call.attr == "unlink") and call.scope in roots and once(seen, "walk"):
            if "host:files" in call.tags() | call.receiver.tags:
                yield _match(view, call, _DELETES, path=short(roots[call.scope]))
        elif call.attr == "open" and _DEVICE.search(call.arg(0, "file").shape) and once(seen, "disk"):
            if set(call.arg(1, "mode").text or "r") & set("wa+"):
                yield _match(view, call, _DISK, path=short(call.arg(0, "file").shape))
        elif call.attr in _CRASH_CALLS and once(seen, "crash"):
            yield _match(view, call, _CRASHES, command=call.attr)
    yield from _encrypts(view, roots)
    yield from _floods(view)


def _may(view: PythonModule) -> bool:
    if view.mentions(_TARGETS) or (view.may_start and view.mentions(_WORDS)):
        return True
    if view.mentions(_WRECKS) and view.mentions(_PLACES):
        return view.mentions(_TREES) or view.mentions(_LISTINGS)
    if not view.speaks("process") or not view.mentions(_LOOPS):
        return False
    return view.mentions(_WINDOWS)


def _commands(view: PythonModule, call: Call, seen: set[object]) -> Iterator[Match]:
    command = command_of(call)
    if _DESTROYS.search(command) and once(seen, "command"):
        yield _match(view, call, _COMMAND, command=short(command))
    elif _HALTS.search(command) and view.unasked(call.scope) and not view.is_side and once(seen, "halt"):
        sure = view.phase(call.scope) is Phase.INSTALL
        severity, confidence = (Severity.HIGH, Confidence.HIGH) if sure else (Severity.HIGH, Confidence.MEDIUM)
        yield _match(view, call, _CRASHES, severity, confidence, command=short(command))


def _place_of(call: Call) -> str:
    """Return the folder that a call lists."""
    if call.attr in {"rglob", "iterdir"} or (call.attr == "glob" and not call.name.startswith("glob.")):
        return "~" if call.receiver.name == "pathlib.Path.home()" else call.receiver.shape
    return call.arg(0, "top", "path", "pathname").shape


def _encrypts(view: PythonModule, roots: dict[str, str]) -> Iterator[Match]:
    """Yield a file whose functions list files, encrypt the content of one and write it back."""
    if not view.mentions(_CIPHERS):
        return
    calls = view.facts.calls
    lists = any(call.name in _LISTS or call.attr == "rglob" for call in calls)
    writes = any(call.attr in {"write", "write_bytes"} for call in calls)
    cipher = next((c for c in calls if c.attr in {"encrypt", "update"} and "file" in c.tags()), None)
    if cipher is None or not lists or not writes:
        return
    note = any(_NOTE.search(text) for text, _ in view.facts.strings)
    if not roots and not note:
        return
    unasked = view.unasked(cipher.scope)
    yield _match(
        view,
        cipher,
        _RANSOM if note else _ENCRYPTS,
        confidence=Confidence.HIGH if (roots and (note or unasked)) or (note and unasked) else Confidence.MEDIUM,
        path=short(next(iter(roots.values()), "")),
    )


def _floods(view: PythonModule) -> Iterator[Match]:
    """Yield endless or very long loops that only start programs or copies of themselves."""
    if not (view.mentions(_LOOPS) and view.mentions(_FORKS)):
        return
    for node in walk(view.tree):
        if not isinstance(node, ast.While | ast.For) or not _is_long(node) or len(node.body) > 3:
            continue
        lines = {part.lineno for part in node.body if isinstance(part, ast.Expr) and isinstance(part.value, ast.Call)}
        for call in view.facts.calls:
            fork = call.name == "os.fork"
            if call.line in lines and (fork or ((call.name in SHELLS) and _OPENS.search(command_of(call)))):
                unasked = view.unasked(call.scope)
                yield _match(
                    view,
                    call,
                    _FLOODS,
                    Severity.HIGH if unasked else Severity.MEDIUM,
                    Confidence.HIGH if unasked and fork else Confidence.MEDIUM,
                    command="fork" if fork else short(command_of(call)),
                )
                return


def _is_long(node: ast.While | ast.For) -> bool:
    if isinstance(node, ast.While):
        return isinstance(node.test, ast.Constant) and bool(node.test.value)
    loop = node.iter
    if not isinstance(loop, ast.Call) or not isinstance(loop.func, ast.Name) or loop.func.id != "range":
        return False
    last = loop.args[-1] if loop.args else None
    return isinstance(last, ast.Name) or (
        isinstance(last, ast.Constant) and isinstance(last.value, int) and last.value >= 50
    )


def _match(
    view: PythonModule,
    call: Call,
    message: str,
    severity: Severity = Severity.HIGH,
    confidence: Confidence | None = None,
    **params: str,
) -> Match:
    quiet = view.is_test or (view.is_side and not view.unasked(call.scope))
    return Match(
        message,
        call.line,
        call.column,
        params=params,
        excerpt=view.quote(call.line),
        severity=Severity.LOW if quiet else severity,
        confidence=confidence or (Confidence.HIGH if view.unasked(call.scope) else Confidence.MEDIUM),
        phase=view.phase(call.scope),
        layers=call.layers,
    )


RULE = Rule(
    id="py/destroys-data",
    title=N_("Destroys data or crashes the machine"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1485", "T1486", "T1490", "T1529"),
)
