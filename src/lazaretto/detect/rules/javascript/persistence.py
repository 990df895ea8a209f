"""A script makes itself start again.

What it sees
    Writes to a registry `Run` key, the Windows startup folder, LaunchAgents, systemd units, crontab, a shell's start
    file or `authorized_keys`; commands such as `schtasks /create` and `crontab -`.

Why it matters
    A library has no business there. Together with a download or a hidden child it is how one installation becomes
    permanent access.

Example
    `fs.appendFileSync(os.homedir() + "/.bashrc", "node /tmp/x.js &")`

What to do
    Do not run it. If it ran, look for the entry that the finding names and remove it.

False alarms
    Process managers and desktop programs offer "start with the system", installers add to the path and write shell
    completion: alone, these say LOW or MEDIUM.

References
    ATT&CK T1547.001, T1053, T1543.001, T1543.002, T1546.004, T1098.004
"""

import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lazaretto.detect.jscode import in_tests, one_per_line, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_nodes import arguments, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_GRAVE = frozenset({"a registry key", "the startup folder", "a key of its own for SSH"})
"""Ways that hardly any honest package goes."""
_FILES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("the startup folder", re.compile(r"Start Menu[\\/]+Programs[\\/]+Startup", re.IGNORECASE)),
    ("a launch agent", re.compile(r"Library[\"'`,\s/]+Launch(?:Agents|Daemons)")),
    ("a system service", re.compile(r"\.config[\"'`,\s/]+systemd|/etc/systemd/system")),
    ("a key of its own for SSH", re.compile(r"authorized_keys")),
    ("a shell's start file", re.compile(r"\.(?:bashrc|bash_profile|zshrc|zprofile|profile)\b")),
    ("a cron table", re.compile(r"/etc/cron|/var/spool/cron")),
)
_COMMANDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a registry key", re.compile(r"reg(?:\.exe)?[\"'`,\s]+add[^\n]{0,60}CurrentVersion\\{1,4}Run", re.IGNORECASE)),
    ("a scheduled task", re.compile(r"\bschtasks(?:\.exe)?\b[^\n]{0,40}/create|Register-ScheduledTask", re.IGNORECASE)),
    ("a cron table", re.compile(r"\|\s*crontab\s+-|\bcrontab\s+-(?!l)")),
)
_WRITE = re.compile(rb"(?:writeFile|appendFile|copyFile|createWriteStream|cpSync|rename)(?:Sync)?\s*\(")
_NAMED = re.compile(
    rb"Startup|Launch(?:Agents|Daemons)|systemd|authorized_keys|\.(?:bash|zsh|profile|zprofile)|cron|schtasks|ScheduledTask|CurrentVersion"
)


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every entry that a script makes for itself."""
    if module.bulky or module.minified or _NAMED.search(module.source) is None:
        return
    yield from one_per_line(itertools.chain(_written(module), _commanded(module)))


def _written(module: JavaScriptModule) -> Iterator[Match]:
    for hit in itertools.islice(_WRITE.finditer(module.source), 30):
        node = module.at(hit.end() - 1, hit.end())
        call = node.parent.parent if node is not None and node.parent is not None else None
        if call is None or call.type != "call_expression" or not (given := arguments(call)):
            continue
        target = given[1] if hit[0].startswith((b"copy", b"cp", b"rename")) and len(given) > 1 else given[0]
        spelled = _spelled(module, target)
        for way, pattern in _FILES:
            if (found := pattern.search(spelled)) is not None:
                fetches = hit[0].startswith((b"write", b"append")) and len(given) > 1 and _fetches(module, given[1])
                yield _match(module, call, way, found[0], fetches=fetches)
                break


_FETCHES = re.compile(
    r"(?:curl|wget)\s[^\0]{1,400}(?:\|\s*(?:ba|z)?sh\b|chmod\s|&&\s*\S*/tmp/)|/dev/tcp/|base64\s+-d[^\n]{0,40}\|\s*(?:ba|z)?sh\b",
    re.IGNORECASE,
)
"""Lines that fetch and start something: nobody's product writes them where they run with every start."""


def _fetches(module: JavaScriptModule, node: "Node") -> bool:
    return _FETCHES.search(module.flow.value(node).text or text_of(node)[:2000]) is not None


def _commanded(module: JavaScriptModule) -> Iterator[Match]:
    for execution in module.executions:
        if execution.kind != "command":
            continue
        text = (execution.code.text or execution.code.url)[:2000] + text_of(execution.node)[:2000]
        for way, pattern in _COMMANDS:
            if (found := pattern.search(text)) is not None:
                yield _match(module, execution.node, way, found[0])
                break


def _spelled(module: JavaScriptModule, node: "Node") -> str:
    """Return a path's own text, with the definitions of the names in it."""
    text = text_of(node)[:400]
    spelled = text + " " + (module.flow.value(node).text or "")
    for name in re.findall(r"(?<![\w$.\"'`])[A-Za-z_$][\w$]{0,60}", text)[:6]:
        for found in module.flow.names.definitions(name, node)[:2]:
            if found.kind == "value":
                spelled += " " + text_of(found.node)[:300]
    return spelled


def _match(module: JavaScriptModule, node: "Node", way: str, detail: str, *, fetches: bool = False) -> Match:
    line, column = module.position(node.start_byte)
    severity, confidence = Severity.LOW, Confidence.MEDIUM
    if way in _GRAVE:
        severity, confidence = Severity.HIGH, Confidence.MEDIUM
    if fetches:
        severity, confidence = Severity.HIGH, Confidence.HIGH
    if in_tests(module.path):
        severity = Severity.LOW
    return Match(
        N_("makes itself start again by {way}: {detail}"),
        line=line,
        column=column,
        params={"way": way, "detail": detail[:80]},
        excerpt=module.quote(node.start_byte, node.end_byte),
        severity=severity,
        confidence=confidence,
        phase=phase_of(module.path),
    )


RULE = Rule(
    id="js/persistence",
    title=N_("Makes itself start again"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1547.001", "T1053", "T1543.001", "T1546.004", "T1098.004"),
    needles=(b"writeFile", b"appendFile", b"copyFile", b"createWriteStream", b"child_"),
)
