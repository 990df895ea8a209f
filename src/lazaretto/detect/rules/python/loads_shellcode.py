"""What it sees
    Machine code being put into memory and started through `ctypes`: memory that is made executable, bytes copied
    into it, a thread or a call at its address. Also a library that was downloaded or written before and is loaded
    into the process.

Why it matters
    It runs native code without a program file, and so without anything that a virus scanner could look at.

Example
    p = ctypes.windll.kernel32.VirtualAlloc(0, len(code), 0x3000, 0x40)
    ctypes.windll.kernel32.RtlMoveMemory(p, code, len(code))
    ctypes.windll.kernel32.CreateThread(0, 0, p, 0, 0, 0)

What to do
    Do not install or import it.

False alarms
    Just-in-time compilers and debuggers allocate executable memory; their tests are reported with less severity.

References
    ATT&CK T1620 (Reflective Code Loading), T1055 (Process Injection).
"""

from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.python import PythonModule

_LOADS = N_("puts machine code into memory and starts it")

_ALLOCATES = {"VirtualAlloc", "VirtualAllocEx", "VirtualProtect", "HeapCreate", "NtAllocateVirtualMemory"}
_COPIES = {"RtlMoveMemory", "memmove", "WriteProcessMemory", "RtlCopyMemory"}
_STARTS = {
    "CreateThread", "CreateRemoteThread", "EnumSystemLocalesA", "EnumWindows", "QueueUserAPC", "NtCreateThreadEx",
    "EnumChildWindows", "CFUNCTYPE",
}  # fmt: skip


def check(view: PythonModule) -> Iterator[Match]:
    """Yield one finding for a file that holds the three steps."""
    called = {call.attr: call for call in view.facts.calls}
    if "PROT_EXEC" in {name.rpartition(".")[2] for name, _ in view.facts.attributes}:
        yield from _mapped(view)
    if not (_ALLOCATES & called.keys() and _COPIES & called.keys() and _STARTS & called.keys()):
        return
    call = called[min(_STARTS & called.keys())]
    sure = bool(called.keys() & (_STARTS - {"CFUNCTYPE"}))
    if not _together(view):
        # spread over many functions, with nothing to start: what debuggers are made of
        yield Match(
            _LOADS,
            call.line,
            call.column,
            excerpt=view.quote(call.line),
            severity=Severity.MEDIUM,
            confidence=Confidence.LOW,
        )
        return
    yield Match(
        _LOADS,
        call.line,
        call.column,
        excerpt=view.quote(call.line),
        phase=view.phase(call.scope),
        layers=call.layers,
        severity=Severity.LOW if view.is_test else Severity.HIGH,
        confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
    )


def _mapped(view: PythonModule) -> Iterator[Match]:
    """Yield constant or fetched bytes that are written into executable memory and called as a function."""
    called = {call.attr for call in view.facts.calls}
    if "mmap" not in called or not called & {"CFUNCTYPE", "from_buffer", "PYFUNCTYPE"}:
        return
    for call in view.facts.calls:
        data = call.arg(0)
        if call.attr == "write" and (
            (isinstance(data.const, bytes) and len(data.const) > 8) or {"net", "lit"} & data.tags
        ):
            yield Match(
                _LOADS,
                call.line,
                call.column,
                excerpt=view.quote(call.line),
                phase=view.phase(call.scope),
                layers=call.layers,
                severity=Severity.LOW if view.is_test else Severity.HIGH,
                confidence=Confidence.HIGH if view.unasked(call.scope) or "net" in data.tags else Confidence.MEDIUM,
            )
            return


def _together(view: PythonModule) -> bool:
    """Tell whether one function (or what it calls) does all three steps, or the code that is copied is in sight."""
    scopes: dict[str, set[str]] = {}
    for call in view.facts.calls:
        for group in (_ALLOCATES, _COPIES, _STARTS):
            if call.attr in group:
                scopes.setdefault(call.scope, set()).add(min(group))
        if call.attr in _COPIES and any(v.known or v.all_tags() & {"net", "lit"} for v in call.args if v.shape != "0"):
            if any(isinstance(v.const, bytes) and len(v.const) > 16 for v in call.args) or "net" in call.tags():
                return True
    for scope in scopes:
        reached = view.facts.reached_from({scope})
        steps = set().union(*(scopes.get(inner, set()) for inner in reached))
        if len(steps) == 3:
            return True
    return False


RULE = Rule(
    id="py/loads-shellcode",
    title=N_("Starts machine code in memory"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1620", "T1055"),
    needles=(b"VirtualAlloc", b"VirtualProtect", b"HeapCreate", b"NtAllocateVirtualMemory", b"PROT_EXEC"),
)
