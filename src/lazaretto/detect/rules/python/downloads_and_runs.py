"""What it sees
    A file that was written with bytes from the network (`urlretrieve`, `requests.get(...).content`, an unpacked
    archive) and is then started: `subprocess`, `os.startfile`, `os.system`, `runpy`. Also commands that do both at
    once, such as `curl ... | sh` or `wget -O x ...; ./x`.

Why it matters
    The dangerous part never passes through the package registry. Seen at installation or import it has no honest
    use that could not ask first.

Example
    urllib.request.urlretrieve("https://files.example.test/a.exe", path)
    os.startfile(path)

What to do
    Do not install or import it. Look for the downloaded file if it ran.

False alarms
    Installers of browsers, compilers or drivers do this when their user asks for it: then it is context only,
    unless the address is a paste site, a chat's file store or a bare IP address.

References
    ATT&CK T1105 (Ingress Tool Transfer), T1204.002, T1195.001.
"""

import re
from collections.abc import Iterator
from functools import cache, partial

from lazaretto.detect.pycode import (
    STRONG,
    Place,
    command_of,
    defanged,
    file_tags,
    is_paste,
    once,
    place,
    short,
    starts_process,
)
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_facts import Call
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

_RUN = N_("downloads a file and starts it")
_RUN_FROM = N_("downloads a file from {address} and starts it")
_SAVES = N_("downloads a program from {address}, and starts a program")
_DECODED = N_("downloads text from {address}, decodes it and saves it as a program")
_LOADS = N_("downloads the module {name} and imports it")
_PIPE = N_("runs a command that downloads and starts a program: {command}")

_BOTH = re.compile(
    r"(?:curl|wget)\s[^|;&\n]{1,400}\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b|(?:curl|wget)\s[^|\n]{1,400}\|\s*(?:sudo\s+)?(?:python|perl|node|ruby|php|pwsh|powershell|cmd)"
    r"|(?:curl|wget)\s[^\n]{1,400}(?:&&|;|\s&\s)\s*(?:chmod\s\+?[0-7x]{1,4}\s|(?:ba|z)?sh\s|\./|python3?\s|start\s|/tmp/)"
    r"|(?:iex|Invoke-Expression)\b[^\n]{0,80}(?:iwr|irm|Invoke-WebRequest|Invoke-RestMethod|DownloadString|Net\.WebClient)"
    r"|(?:iwr|irm|Invoke-WebRequest|Invoke-RestMethod|DownloadString)[^\n]{1,300}(?:\|\s*(?:iex|Invoke-Expression)|Start-Process|Invoke-Expression|;\s*(?:start|&|\.\\|cmd|saps))"
    r"|(?:mshta|regsvr32|rundll32|msiexec)[^\n]{0,60}https?://|certutil[^\n]{0,60}-urlcache|bitsadmin[^\n]{0,60}/transfer"
    r"|\bpip3?\s+install\s[^\n]{0,200}https?://"
    r"|\bgit\s+clone\s[^\n]{1,300}(?:&&|;|\s&\s)[^\n]{0,200}(?:\bpython|\b(?:ba|z)?sh\s|\./|\bnode\s|\bstart\s)"
    r"|DownloadFile\([^\n]{1,300}(?:Start-Process|Invoke-Item|;\s*&)",
    re.IGNORECASE,
)
_PROGRAM = re.compile(r"\.(?:exe|scr|bat|cmd|vbs|ps1|msi|jar|com|pif|hta|pyw)\b", re.IGNORECASE)
_EXECUTABLE = re.compile(r"\.(?:exe|scr|dll|bat|cmd|vbs|ps1|msi|pif)$", re.IGNORECASE)
_ONLY_SAVES = re.compile(r"^\s*\S{0,80}(?:curl|wget)(?:\.exe)?\b[^|;&\n]*$", re.IGNORECASE)
_RELATIVE = re.compile(
    r"^(?:\S*(?:python[\w.]*|%PYTHON%|bash|sh|node|start)\s+(?:\./)?[\w.-]+\.\w+|\./|[\w-]+\.(?:exe|bat|cmd|ps1|sh)\b)"
)
_CARRIES = re.compile(
    rb"install[\"', ]{1,8}(?:[\w.-]{1,40}[\"', ]{1,8}){0,6}(?:git\+)?https?://|git[\"', ]{1,6}clone|\bclone(?:_from)?\("
    rb"|(?:mshta|regsvr32|rundll32|msiexec|certutil|bitsadmin)[^\n]{0,80}https?://"
)
_CARRIERS = (b"install", b"clone", b"mshta", b"regsvr32", b"rundll32", b"msiexec", b"certutil", b"bitsadmin")
_URL = re.compile(r"https?://[^\s'\"|;)]+")
_PYTHONS = terms(b".py", b".pyc")
_SAVING = terms(b"write", b"urlretrieve", b"download")
_LIBRARIES = terms(b"CDLL", b"LoadLibrary")


def check(view: PythonModule) -> Iterator[Match]:
    """Yield every start of a downloaded file."""
    if view.speaks("net") and view.mentions(_PYTHONS) and view.mentions(_SAVING):
        yield from _imports(view)
    if not (view.speaks("process") or view.mentions(_LIBRARIES)) or not (
        view.speaks("net") or _fetches(view.blob.data)
    ):
        return
    seen: set[object] = set()
    address_of = cache(partial(_address, view))  # a walk over all calls: once, and only when it is asked for
    entered = {c.scope for c in view.facts.calls if c.name == "os.chdir" and "file:net" in c.tags()}
    for call in view.facts.calls:
        if call.attr in {"write", "write_bytes"} and "net" in call.tags() and call.tags() & STRONG:
            program = next(
                (p for p, tags in view.facts.files.items() if "file:net" in tags and _EXECUTABLE.search(p)), ""
            )
            if program and once(seen, "decoded"):
                address = address_of()
                yield _match(view, call, _DECODED, {"address": defanged(address)}, Place.SHARED, program)
            continue
        if not starts_process(call) and call.name not in {"exec", "execfile", "ctypes.CDLL", "ctypes.cdll.LoadLibrary"}:
            continue
        command = command_of(call)
        if _BOTH.search(command) and once(seen, call.line):
            found = _URL.search(command)
            address = found[0] if found else address_of() if {"net", "net~"} & call.tags() else ""
            params = {"command": short(command), "address": defanged(address)}
            yield _match(view, call, _PIPE, params, place(address) if address else Place.UNKNOWN)
            continue
        address = address_of()
        inside = call.scope in entered and _RELATIVE.search(command) is not None
        if not inside and "file:net" not in file_tags(view, call):
            # the two names need not agree: malware is not tested much
            if (
                _PROGRAM.search(command)
                and address
                and (place(address) >= Place.BARE or is_paste(address))
                and any("file:net" in tags and _PROGRAM.search(path) for path, tags in view.facts.files.items())
                and once(seen, call.line)
            ):
                params = {"address": defanged(address), "command": short(command)}
                yield _match(view, call, _SAVES, params, place(address), command)
            continue
        if _ONLY_SAVES.search(command) or not once(seen, call.line):
            continue
        params = {"address": defanged(address), "command": short(command)}
        yield _match(
            view, call, _RUN_FROM if address else _RUN, params, place(address) if address else Place.UNKNOWN, command
        )


def _imports(view: PythonModule) -> Iterator[Match]:
    name = _written_and_imported(view)
    if name and not view.is_test:
        line = next(at for module, at in view.facts.imports if module.rpartition(".")[2] == name.rpartition(".")[0])
        address = _address(view)
        yield Match(
            _LOADS,
            line,
            params={"address": defanged(address), "name": name},
            excerpt=view.quote(line),
            confidence=Confidence.HIGH if not view.is_side else Confidence.MEDIUM,
            severity=Severity.HIGH,
            phase=Phase.INSTALL if view.is_setup else Phase.IMPORT,
        )


def _match(
    view: PythonModule, call: Call, message: str, params: dict[str, str], where: Place, command: str = ""
) -> Match:
    unasked = view.unasked(call.scope)
    severity, confidence = Severity.MEDIUM, Confidence.LOW
    if unasked or where >= Place.SHARED:
        severity = Severity.HIGH
        sure = (
            unasked
            or where >= Place.BARE
            or _PROGRAM.search(command)
            or is_paste(params.get("address", "").replace("[.]", "."))
        )
        confidence = Confidence.HIGH if sure else Confidence.MEDIUM
    elif _PROGRAM.search(command) and where > Place.LOCAL and not view.is_side:
        severity, confidence = Severity.MEDIUM, Confidence.MEDIUM
    elif view.blob.name == "__init__.py" and where is Place.UNKNOWN and not view.is_side:
        severity, confidence = Severity.MEDIUM, Confidence.MEDIUM  # a package whose front door is a dropper
    if where is Place.LOCAL:  # a dropper before its last step
        bare = _EXECUTABLE.search(command.split(maxsplit=1)[0] if command.split() else "") and not view.is_side
        severity, confidence = (Severity.MEDIUM, Confidence.MEDIUM) if bare else (Severity.LOW, Confidence.LOW)
    if view.is_test and not unasked:
        severity, confidence = Severity.LOW, Confidence.LOW
    elif "/tests/" in view.path and view.phase(call.scope) is not Phase.INSTALL:
        severity, confidence = Severity.MEDIUM, Confidence.LOW  # only a test runner imports it
    return Match(
        message,
        call.line,
        call.column,
        params=params,
        excerpt=view.quote(call.line),
        severity=severity,
        confidence=confidence,
        phase=view.phase(call.scope),
        layers=call.layers,
    )


def _written_and_imported(view: PythonModule) -> str:
    """Return the Python file that is written with what came over the network and imported by the same file."""
    for path, tags in view.facts.files.items():
        name = re.split(r"[/\\]", path)[-1]
        stem, dot, suffix = name.rpartition(".")
        if "file:net" in tags and dot and suffix in {"py", "pyw", "pyc"} and len(stem) > 1 and "\0" not in stem:
            if any(module.rpartition(".")[2] == stem for module, _ in view.facts.imports):
                return name
    return ""


def _fetches(data: bytes) -> bool:
    """Tell whether a package or a repository is fetched by a command, in a file without other words of networks."""
    return any(word in data for word in _CARRIERS) and _CARRIES.search(data) is not None


def _address(view: PythonModule) -> str:
    """Return the most telling address that the file fetches from."""
    found = [
        address
        for call in view.facts.calls
        for value in (*call.args[:2], *call.kwargs.values())
        if "http" in value.shape and "net" not in value.tags
        for address in _URL.findall(value.shape)
    ]
    return max(found, key=place, default="")


RULE = Rule(
    id="py/downloads-and-runs",
    title=N_("Downloads a program and starts it"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.FETCH,
    check=check,
    doc=__doc__ or "",
    techniques=("T1105", "T1204.002"),
)
