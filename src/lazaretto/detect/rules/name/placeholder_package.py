"""What it sees
    A package that holds no behaviour - no request, no process, nothing executed - and says or shows that it only keeps
    a name: "placeholder", "reserved", "dependency confusion", "security research", a version such as 99.0.0, or hardly
    any code at all.

Why it matters
    It does no harm by itself. It tells that somebody expects this name to be installed by mistake, and the next
    version can hold anything.

Example
    Name: internal-tool
    Version: 99.9.9
    Summary: Security research, dependency confusion test

What to do
    Ask why something wants this name. If it is the name of one of your own private packages, tell your build to take it
    from your own index only.

False alarms
    Companies register names in order to protect them. The finding is context: it never raises the grade.

References
    ATT&CK T1195.001
"""

import re
from collections.abc import Iterator

from lazaretto.detect.own_package import own_packages
from lazaretto.detect.project import Project
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_SAYS = N_("{name} does nothing, and says that it only holds the name or tests who installs it")
_COUNTS = N_("{name} does nothing, and carries the version {version} so that it wins over any other")

_HOLDS = N_("{name} holds next to no code, and nothing in it acts")

_WORDS = re.compile(
    r"place[- ]?holder|reserved? (?:the )?name|name[- ]?squat|dependency[- ]confusion|security (?:research|test)"
    r"|bug ?bount|proof[- ]of[- ]concept|\bpoc\b|pen(?:etration)?[- ]?test|typo-?squat|do(?:n't| not) install"
    r"|dummy package|demonstrate (?:dependency|malicious)|test package|hackerone|bugcrowd|not meant to be installed"
    r"|wrong package",
    re.IGNORECASE,
)
_WINS = re.compile(r"^(?:\d{1,3}\.)?(?:99\d*|999\d*|9999)\.|^(?:99|999|9999)\b")
_ACTS = re.compile(
    rb"\b(?:urlopen|urlretrieve|requests|httpx|aiohttp|socket|subprocess|popen|Popen|system|exec|eval|compile|ctypes|marshal"
    rb"|b64decode|child_process|fetch|XMLHttpRequest|webbrowser|startfile|__import__)\s*[.(\[]|from\s+(?:socket|subprocess|urllib)"
    rb"|\bgetattr\s{0,4}\([^,()\n]{1,60},\s{0,4}[^'\"\s]"
)
BARE_BYTES = 1500
"""A package with less code than this, none of which acts, keeps a name and no more."""
CODE_BYTES = 24 << 10
"""A package with more code than this does something."""
_CODE = (".py", ".js", ".ts", ".mjs", ".cjs", ".sh", ".ps1", ".pyd", ".so", ".dll", ".exe", ".node", ".pyc", ".pth")


def check(project: Project) -> Iterator[Match]:
    """Yield one finding for a package without behaviour that says what it is for."""
    code = [path for path in project.files if path.endswith(_CODE)]
    if len(code) > 12 or sum(project.files[path].size for path in code) > CODE_BYTES:
        return
    for own in own_packages(project):
        wins = _WINS.match(own.version) is not None
        says = _WORDS.search(f"{own.summary} {own.title} {own.name}") is not None
        bare = sum(project.files[path].size for path in code) <= BARE_BYTES and len(project.files) <= 20
        if not (wins or says or bare) or any(_acts(project, path) for path in code):
            continue
        yield Match(
            _SAYS if says else _COUNTS if wins else _HOLDS,
            path=own.path,
            line=own.line,
            params={"name": own.name, "version": own.version},
            excerpt=f"{own.name} {own.version}: {own.summary}",
        )
        return


def _acts(project: Project, path: str) -> bool:
    if not path.endswith((".py", ".js", ".ts", ".mjs", ".cjs")):
        return True
    blob = project.read(path)
    return blob is None or _ACTS.search(blob.data) is not None


RULE = Rule(
    id="name/placeholder-package",
    title=N_("A package that only holds a name"),
    view=Project,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1195.001",),
)
