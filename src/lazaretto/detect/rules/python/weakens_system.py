"""What it sees
    Changes to what protects a machine or decides where its software comes from: `/etc/hosts`, `sudoers`,
    `ld.so.preload`, the index that pip or npm install from, Defender switched off or told to look away, registry
    entries that start a program with raised rights, logs that are wiped.

Why it matters
    Each of these makes the next step easier and outlives the package: every later installation may come from
    somebody else's index, every later program may run unseen.

Example
    os.system("pip config set global.index-url https://index.example.test/simple")

What to do
    Do not install or import it. If it ran, put the named file or setting back.

False alarms
    Configuration tools write these files when their user asks for it: context only. Virus scanners are switched off
    by nobody but their owner: that is reported whenever a program holds the command.

References
    ATT&CK T1562.001 (Disable or Modify Tools), T1548.002 (Bypass User Account Control), T1574.006 (Dynamic Linker
    Hijacking), T1565.001, T1070 (Indicator Removal).
"""

import re
from collections.abc import Iterator

from lazaretto.detect.pycode import command_of, decoded_by_powershell, once, short, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

_SHELL = N_("opens a shell as soon as it is installed or imported: {detail}")
_CHANGES = N_("changes {what}: {detail}")

_BLINDS = "what protects this machine"
_RAISES = "how programs get raised rights"
_ROUTES = "where host names lead"
_SOURCES = "where packages are installed from"
_WIPES = "the record of what happened"
_LOADS = "what every program loads"
_FILES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (_ROUTES, re.compile(r"(?:^|[\\/])etc[\\/]+(?:hosts|resolv\.conf)$", re.IGNORECASE)),
    (_RAISES, re.compile(r"^/etc/(?:sudoers(?:\.d/.*)?|passwd|shadow)$|^/etc/pam\.d/")),
    (_LOADS, re.compile(r"^/etc/ld\.so\.preload$|^/etc/environment$")),
    (_SOURCES, re.compile(r"(?:^|[\\/])(?:pip\.conf|pip\.ini|\.npmrc|\.yarnrc(?:\.yml)?|\.condarc|uv\.toml)$")),
)
_COMMANDS: tuple[tuple[str, bool, re.Pattern[str]], ...] = (
    (
        _BLINDS,
        True,
        re.compile(
            r"Set-MpPreference\s[^\n]{0,80}-Disable\w+\s+(?:\$true|1)|Add-MpPreference\s[^\n]{0,80}-Exclusion(?:Path|Process|Extension)"
            r"|\bsc(?:\.exe)?\s+(?:stop|delete|config)\s+\"?(?:WinDefend|Sense|wscsvc|WdNisSvc)|taskkill[^\n]{0,60}(?:MsMpEng|SecurityHealth)"
            r"|DisableAntiSpyware|DisableRealtimeMonitoring|csrutil\s+disable|spctl\s+--(?:master|global)-disable",
            re.IGNORECASE,
        ),
    ),
    (
        _BLINDS,
        False,
        re.compile(
            r"netsh\s+(?:advfirewall|firewall)\s[^\n]{0,60}(?:state\s+off|disable)|\bufw\s+disable|iptables\s+-F|\bsetenforce\s+0"
            r"|systemctl\s+(?:stop|disable)\s+(?:firewalld|auditd|apparmor|falcon-sensor|rsyslog)",
            re.IGNORECASE,
        ),
    ),
    (
        _RAISES,
        True,
        re.compile(
            r"NOPASSWD:\s?ALL|>\s*/etc/sudoers|chmod\s+(?:u\+s|[246]7\d\d)\s+/bin/|ms-settings[\\/]+shell[\\/]+open[\\/]+command"
            r"|mscfile[\\/]+shell[\\/]+open[\\/]+command|EnableLUA[^\n]{0,40}\b0\b",
            re.IGNORECASE,
        ),
    ),
    (_LOADS, True, re.compile(r">\s*/etc/ld\.so\.preload|\btee\s+(?:-a\s+)?/etc/ld\.so\.preload")),
    (_ROUTES, False, re.compile(r">\s*/etc/(?:hosts|resolv\.conf)|\btee\s+(?:-a\s+)?/etc/hosts")),
    (
        _SOURCES,
        False,
        re.compile(
            r"\bpip3?\s+config\s+(?:--\w+\s+)?set\s+\S*(?:index-url|extra-index-url|trusted-host)|\b(?:npm|yarn|pnpm)\s+config\s+set\s+registry",
            re.IGNORECASE,
        ),
    ),
    (
        _WIPES,
        False,
        re.compile(
            r"wevtutil(?:\.exe)?\s+cl\s|\bClear-EventLog\b|rm\s+(?:-\w+\s+)?~?/\S{0,40}\.(?:bash|zsh)_history|history\s+-c\b"
        ),
    ),
)
_BARE_SHELL = re.compile(r"^\s*(?:/usr)?/bin/(?:ba|z|da)?sh(?:\s+-[ip]{1,2})?\s*$")
"""A shell without a command: opened as soon as something is imported, it keeps the rights of whoever imports."""
_HIJACK = re.compile(r"(?:ms-settings|mscfile|exefile)[\\/]+shell[\\/]+open[\\/]+command", re.IGNORECASE)
_PATHS = terms(
    b"etc/hosts", b"etc\\\\hosts", b"etc\\hosts", b"resolv.conf", b"sudoers", b"/etc/passwd", b"/etc/shadow", b"pam.d",
    b"ld.so.preload", b"/etc/environment", b"pip.conf", b"pip.ini", b".npmrc", b".yarnrc", b".condarc", b"uv.toml",
    b"ms-settings", b"mscfile", b"exefile",
)  # fmt: skip
_WORDS = terms(
    b"MpPreference", b"WinDefend", b"MsMpEng", b"DisableAntiSpyware", b"DisableRealtime", b"csrutil", b"spctl",
    b"advfirewall", b"netsh firewall", b"ufw disable", b"iptables -F", b"setenforce", b"firewalld", b"auditd",
    b"NOPASSWD", b"u+s", b"ms-settings", b"mscfile", b"exefile", b"EnableLUA", b"config set", b"wevtutil",
    b"EventLog", b"_history", b"history -c", b"falcon-sensor",
    b"/bin/sh", b"/bin/bash", b"/bin/zsh",
    b"mcAcAUAByAGUA",
)  # fmt: skip
_OPTIONS = terms(b"index-url", b"trusted-host", b"registry")
_WRITES = frozenset({"write", "write_text", "writelines"})
_CONFIGURES = terms(b'"config"', b"'config'")


def check(view: PythonModule) -> Iterator[Match]:
    """Yield each kind of change once."""
    if not (view.mentions(_PATHS) or (view.may_start and view.mentions(_WORDS)) or _sets_sources(view)):
        return
    seen: set[object] = set()
    for call in view.facts.calls:
        what, grave, detail = "", False, ""
        if starts_process(call):
            command = command_of(call)
            command = f"{command} {decoded_by_powershell(command)}"
            for kind, sure, pattern in _COMMANDS:
                if pattern.search(command):
                    what, grave, detail = kind, sure, command
                    break
            if not what and _BARE_SHELL.search(command) and view.unasked(call.scope):
                what, detail = "shell", command
        elif call.attr in {"CreateKey", "CreateKeyEx", "OpenKey", "SetValue", "OpenKeyEx"}:
            detail = " ".join(value.shape for value in call.args[:3])
            what, grave = (_RAISES, True) if _HIJACK.search(detail) else ("", False)
        elif call.attr == "open" and (call.arg(1, "mode").text or "r")[:1] in "wax":
            detail = call.arg(0, "file").shape
        elif call.attr in {"write_text", "symlink_to"}:
            detail = call.receiver.shape
        elif call.name in {"shutil.copy", "shutil.copyfile", "shutil.move", "os.replace", "os.rename"}:
            detail = call.arg(1, "dst").shape
        if detail and not what:
            what = next((kind for kind, pattern in _FILES if pattern.search(detail)), "")
        if not what or not once(seen, what):
            continue
        unasked = view.unasked(call.scope)
        if unasked:
            severity, confidence = Severity.HIGH, Confidence.HIGH
        elif grave and not view.is_side:
            severity, confidence = Severity.HIGH, Confidence.MEDIUM
        else:
            severity, confidence = Severity.LOW, Confidence.MEDIUM
        yield Match(
            _SHELL if what == "shell" else _CHANGES,
            call.line,
            call.column,
            params={"what": what, "detail": short(detail)},
            excerpt=view.quote(call.line),
            severity=Severity.LOW if view.is_test else severity,
            confidence=confidence,
            phase=view.phase(call.scope),
            layers=call.layers,
        )


def _sets_sources(view: PythonModule) -> bool:
    """Tell whether a file may run `pip config set`, given as a list of words."""
    return view.may_start and view.mentions(_CONFIGURES) and view.mentions(_OPTIONS)


RULE = Rule(
    id="py/weakens-system",
    title=N_("Weakens the system's protection"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1562.001", "T1548.002", "T1574.006"),
)
