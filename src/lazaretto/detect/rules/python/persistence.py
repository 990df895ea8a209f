"""What it sees
    Ways to be started again after a restart: registry `Run` keys, scheduled tasks, the Windows startup folder,
    LaunchAgents, systemd user units, crontab, lines appended to a shell's start-up file.

Why it matters
    A library has no business there. Together with a download or a hidden child it is how a one-time import becomes
    permanent access.

Example
    winreg.SetValueEx(key, "Update", 0, winreg.REG_SZ, sys.executable + " " + path)

What to do
    Do not import it. If it ran, look for the entry that the finding names and remove it.

False alarms
    Desktop programs offer "start with the system" and installers add to the path: context, unless it happens
    unasked.

References
    ATT&CK T1547.001 (Registry Run Keys / Startup Folder), T1053 (Scheduled Task/Job), T1543.001, T1543.002.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.pycode import command_of, once, short, starts_process
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_facts import Call
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

_PERSISTS = N_("makes itself start again by {way}: {detail}")

_WAYS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a registry key", re.compile(r"CurrentVersion[\\/]+Run(?:Once)?\b", re.IGNORECASE)),
    ("the startup folder", re.compile(r"Start Menu[\\/]+Programs[\\/]+Startup", re.IGNORECASE)),
    ("a scheduled task", re.compile(r"\bschtasks(?:\.exe)?\b[^\n]{0,40}/create|Register-ScheduledTask", re.IGNORECASE)),
    ("a launch agent", re.compile(r"Library/LaunchAgents|Library/LaunchDaemons|\blaunchctl\s+load")),
    ("a system service", re.compile(r"\.config/systemd/user|/etc/systemd/system/|systemctl\s+(?:--user\s+)?enable")),
    (
        "an account of its own",
        re.compile(
            r"\bnet1?(?:\.exe)?\s+user\s+\S{1,60}\s[^\n]{0,60}/add|\bnet1?(?:\.exe)?\s+localgroup\s+administrators\s|\buseradd\s",
            re.IGNORECASE,
        ),
    ),
    ("a key of its own for SSH", re.compile(r"\.ssh[\\/]+authorized_keys")),
    ("a shell's start file", re.compile(r"(?:/|\0|~)\.(?:bashrc|bash_profile|profile|zshrc|zprofile|bash_login)$")),
    ("a git hook", re.compile(r"\.git[\\/]+hooks[\\/]+\w")),
    ("a browser extension that is forced on the browser", re.compile(r"ExtensionInstallForcelist")),
    ("a cron table", re.compile(r"\bcrontab\s+-|/etc/cron|@reboot")),
)
_HINTS = terms(
    b"CurrentVersion", b"Start Menu", b"schtasks", b"ScheduledTask", b"LaunchAgents", b"LaunchDaemons", b"launchctl",
    b"net user", b"localgroup", b"useradd", b"authorized_keys", b"bashrc", b".profile",
    b"_profile", b"/profile", b"zprofile", b"zshrc",
    b"systemd", b"systemctl", b"crontab", b"/etc/cron", b"@reboot", b"CreateShortcut", b"git/hooks", b"Forcelist",
)  # fmt: skip
_FETCHES = re.compile(
    r"(?:curl|wget)\s[^\0]{1,400}(?:\|\s*(?:ba|z)?sh\b|chmod\s|&&\s*\S*/tmp/)|/dev/tcp/|base64\s+-d[^\n]{0,40}\|\s*(?:ba|z)?sh\b|-EncodedCommand\s",
    re.IGNORECASE,
)
"""Lines that fetch and start something: nobody's product writes them where they run with every start."""
_SHORTCUT = N_("changes the shortcuts of browsers so that they load an extension of its own")
_WRITING = {
    "write", "write_text", "copy", "copyfile", "copy2", "move", "rename", "replace", "urlretrieve", "SetValueEx",
    "OpenKey", "CreateKey", "CreateKeyEx", "OpenKeyEx", "open", "symlink",
}  # fmt: skip
_REGISTRY = terms(b"winreg")


def check(view: PythonModule) -> Iterator[Match]:
    """Yield each way once."""
    if not view.mentions(_HINTS) and not (view.mentions(_REGISTRY) and b"chr(" in view.blob.data):
        return
    seen: set[object] = set()
    if b"CreateShortcut" in view.blob.data:
        for text, line in view.facts.strings:
            if "--load-extension" in text and once(seen, "shortcut"):
                unasked = any(c.attr == "CreateShortcut" and view.unasked(c.scope) for c in view.facts.calls)
                yield Match(
                    _SHORTCUT,
                    line,
                    excerpt=view.quote(line),
                    confidence=Confidence.HIGH if unasked else Confidence.MEDIUM,
                    phase=Phase.INSTALL if view.is_setup else Phase.IMPORT,
                )
    fetching = {
        call.scope
        for call in view.facts.calls
        if call.attr in {"write", "writelines", "write_text"} and any(_FETCHES.search(v.shape) for v in call.args)
    }
    itself = {
        call.scope
        for call in view.facts.calls
        if call.attr in {"write", "write_text"}
        and any("%FILE%" in v.shape or "%PYTHON%" in v.shape for v in call.values())
    }
    for call in view.facts.calls:
        if not starts_process(call) and call.attr not in _WRITING and not call.name.startswith("shutil."):
            continue
        text = command_of(call) if starts_process(call) else " ".join(value.shape for value in call.args[:4])
        if call.attr == "open":
            text = call.arg(0, "file").shape
        if call.attr == "open" and (call.arg(1, "mode").text or "r")[:1] not in "wax":
            continue
        for way, pattern in _WAYS:
            found = pattern.search(text)
            if found and once(seen, way):
                unasked = view.unasked(call.scope) or (call.scope in fetching and not view.is_test)
                yield Match(
                    _PERSISTS,
                    call.line,
                    call.column,
                    params={"way": way, "detail": short(text)},
                    excerpt=view.quote(call.line),
                    severity=_severity(view, call, unasked=unasked, itself=call.scope in itself),
                    confidence=_confidence(call, unasked=unasked, itself=call.scope in itself),
                    phase=view.phase(call.scope),
                    layers=call.layers,
                )


def _confidence(call: Call, *, unasked: bool, itself: bool) -> Confidence:
    if unasked:
        return Confidence.HIGH
    # a program that installs itself as a service when it is told to: only a story can say more
    return Confidence.LOW if itself and not {"file:net", "file:code"} & call.tags() else Confidence.MEDIUM


def _severity(view: PythonModule, call: Call, *, unasked: bool, itself: bool) -> Severity:
    if view.is_test:
        return Severity.LOW
    if unasked:
        return Severity.HIGH
    copies_itself = itself or any("%FILE%" in value.shape or "%PYTHON%" in value.shape for value in call.values())
    return Severity.MEDIUM if copies_itself or {"file:net", "file:code"} & call.tags() else Severity.LOW


RULE = Rule(
    id="py/persists",
    title=N_("Makes itself start again"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1547.001", "T1053", "T1543"),
)
