"""What it sees
    A small unsigned Windows program or library that asks the system for little more than a download and a start.

Why it matters
    Such a program is a dropper: it fetches the real one. Programs with another purpose have a window, files, a
    runtime, and therefore a long list of imports.

Example
    a program of 20 kB with URLDownloadToFileW and ShellExecuteW among 30 imports

What to do
    Do not run it; look for the address that it downloads from.

False alarms
    Small updaters. They are signed nearly always.

References
    ATT&CK T1105 (Ingress Tool Transfer), T1106 (Native API).
"""

from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.rules.binary.places import in_tests
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.exe_facts import Format
from lazaretto.parse.executable import Executable

SMALL = 256 << 10
"""Bytes; a dropper has little to do."""
FEW = 100
"""Imports, the runtime's own included."""

_FETCH_FILE = ("URLDownloadToFile", "URLDownloadToCacheFile", "URLOpenBlockingStream", "URLOpenStream")
_FETCH = ("InternetOpenUrl", "InternetReadFile", "HttpSendRequest", "WinHttpSendRequest", "WinHttpReadData")
_START = ("ShellExecute", "WinExec", "CreateProcess", "system", "_wsystem")
_INJECT = ("VirtualAllocEx", "WriteProcessMemory", "CreateRemoteThread", "NtCreateThreadEx", "QueueUserAPC")


def check(view: Executable) -> Iterator[Match]:
    """Judge small unsigned Windows files by what they import.

    Raises:
        ParseError: the header is damaged.
    """
    if view.format is not Format.PE or len(view.blob.data) > SMALL:
        return
    image = view.image
    if image.signed or len(image.imports) > FEW or view.init_symbol:
        return
    file = _named(image.imports, _FETCH_FILE)
    fetch = file or _named(image.imports, _FETCH)
    start = _named(image.imports, _START)
    inject = _named(image.imports, _INJECT)
    if not fetch or not (start or len(inject) > 1):
        return
    yield Match(
        N_("a small unsigned program that downloads and starts something: {functions}"),
        params={"functions": ", ".join((*fetch, *start, *inject)[:6])},
        severity=Severity.LOW if in_tests(view.path) else Severity.HIGH if file or len(inject) > 1 else Severity.MEDIUM,
    )


def _named(imports: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the imports that are one of these functions, in whatever width of characters (`A`, `W`)."""
    names = {f"{name}{end}" for name in wanted for end in ("", "A", "W", "ExA", "ExW", "Ex")}
    return tuple(name for name in imports if name in names)


RULE = Rule(
    id="binary/downloader-imports",
    title=N_("A small Windows program that downloads and starts something"),
    view=Executable,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.FETCH,
    check=check,
    doc=__doc__ or "",
    techniques=("T1105", "T1106"),
)
