"""What it sees
    An archive that is not what it says: a zip under the name of a database or picture, members that climb out of the
    folder or share their bytes, two installers that would unpack different files from it, members behind its end,
    members written through a link out of it, bombs, encryption; and names in a git tree that git itself refuses.

Why it matters
    Code travels inside archives that no reviewer opens, and what a reviewer's tool shows need not be what the victim's
    tool unpacks. One campaign ships its second stage as a zip called `.sqlite3` or `.sql`.

Example
    db/seed.sqlite3 begins with the four bytes of a zip and holds `run.js`.

What to do
    Do not unpack it. List it with a tool that does not extract, and compare it with a copy from the project's origin.

False alarms
    Test data of programs that read archives is made odd on purpose: below a folder of tests or fixtures every anomaly
    is context only. Repeated names, stray bytes and old encodings come from old tools, links out of it from images of
    whole systems: always context.

References
    ATT&CK T1036.008 (masquerading: file type), T1027 (obfuscated files); CWE-22; D. Fifield, "A better zip bomb";
    CVE-2025-62518 (tar sizes).
"""

from collections import defaultdict
from collections.abc import Iterator

from lazaretto.detect.project import Project
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Location, Phase, Role, Severity, Signal
from lazaretto.model.text import N_

_LOW, _MEDIUM, _HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH
_SEEN: dict[str, tuple[str, Severity, Confidence]] = {
    "disguised": (N_("the file is a {detail} archive under the name of something else"), _MEDIUM, Confidence.MEDIUM),
    "appended": (N_("the archive has a zip hidden behind its content"), _MEDIUM, Confidence.MEDIUM),
    "escaping-path": (
        N_("the archive holds a member that climbs out of its folder: {detail}"),
        _HIGH,
        Confidence.MEDIUM,
    ),
    "absolute-path": (N_("the archive holds a member with an absolute path: {detail}"), _MEDIUM, Confidence.MEDIUM),
    "through-link": (
        N_("the archive holds a member behind a link that leads outside: {detail}"),
        _HIGH,
        Confidence.MEDIUM,
    ),
    "link": (N_("the archive holds a link that leads outside: {detail}"), _LOW, Confidence.MEDIUM),
    "device": (N_("the archive holds a device or pipe: {detail}"), _MEDIUM, Confidence.LOW),
    "overlap": (N_("the archive holds members that overlap: {detail}"), _HIGH, Confidence.MEDIUM),
    "bomb": (N_("the archive unpacks to far more than it weighs: {detail}"), _MEDIUM, Confidence.LOW),
    "local-name": (N_("the archive shows different names to different installers: {detail}"), _HIGH, Confidence.MEDIUM),
    "local-header": (N_("the archive describes a member in two ways: {detail}"), _MEDIUM, Confidence.MEDIUM),
    "unlisted-member": (
        N_("the archive holds a member that its directory does not list: {detail}"),
        _HIGH,
        Confidence.MEDIUM,
    ),
    "two-directories": (N_("the archive holds two directories: {detail}"), _MEDIUM, Confidence.MEDIUM),
    "after-end": (N_("the archive holds members behind its end mark"), _MEDIUM, Confidence.MEDIUM),
    "pax-size": (N_("the archive states two sizes for a member: {detail}"), _HIGH, Confidence.MEDIUM),
    "pax-path": (N_("the archive states two names for a member: {detail}"), _MEDIUM, Confidence.MEDIUM),
    "git-path": (N_("the file is a name that git refuses to check out"), _HIGH, Confidence.MEDIUM),
    "encrypted": (N_("the file is encrypted: its content cannot be examined"), _MEDIUM, Confidence.LOW),
    "nested": (N_("the archive nests archives: {detail}"), _MEDIUM, Confidence.LOW),
    "control-name": (N_("the file has a name with characters that do not print"), _LOW, Confidence.MEDIUM),
    "backslash-path": (N_("the archive separates folders by backslashes: {detail}"), _LOW, Confidence.LOW),
    "duplicate-name": (N_("the file is there more than once under one name"), _LOW, Confidence.MEDIUM),
    "lying-size": (N_("the file is not as long as it says: {detail}"), _LOW, Confidence.MEDIUM),
    "bad-crc": (N_("the file does not match its checksum: {detail}"), _LOW, Confidence.MEDIUM),
    "bad-header": (N_("the archive has damaged headers: {detail}"), _LOW, Confidence.LOW),
    "prefixed": (N_("the archive has data in front: {detail}"), _LOW, Confidence.LOW),
    "trailing-data": (N_("the archive has data behind its end: {detail}"), _LOW, Confidence.LOW),
    "comment": (N_("the archive has a long comment: {detail}"), _LOW, Confidence.LOW),
    "name-encoding": (N_("the archive has names in an undeclared encoding: {detail}"), _LOW, Confidence.LOW),
    "sparse": (N_("the file is stored as a sparse file"), _LOW, Confidence.LOW),
    "long-path": (N_("the file has a path beyond every limit: {detail}"), _LOW, Confidence.MEDIUM),
    "foreign": (N_("the file is a {detail} archive, which cannot be opened here"), _LOW, Confidence.LOW),
    "unsupported": (N_("the file is compressed by an unknown method: {detail}"), _LOW, Confidence.LOW),
}
_TESTS = frozenset({
    "test", "tests", "testing", "testdata", "test-data", "test_data", "__tests__", "spec", "specs", "fixture",
    "fixtures", "__fixtures__", "corpus", "fuzz", "samples",
})  # fmt: skip
_MORE = 5


def check(view: Project) -> Iterator[Match | Signal]:
    """Report each kind of anomaly once for each outermost archive, with its first few places."""
    groups: dict[tuple[str, str], list[Signal]] = defaultdict(list)
    for signal in view.signals_of("archive"):
        kind = signal.value.partition("\t")[0]
        if kind in _SEEN:
            groups[kind, signal.path.partition("!/")[0] if "!/" in signal.path else _owner(kind, signal)].append(signal)
    for (kind, owner), signals in sorted(groups.items()):
        message, severity, confidence = _SEEN[kind]
        first = signals[0]
        in_tests = not _TESTS.isdisjoint(owner.lower().split("/")[:-1])
        yield Match(
            message,
            path=first.path,
            params={"detail": first.value.partition("\t")[2]},
            severity=Severity.LOW if in_tests else severity,
            confidence=confidence,
            more=tuple(Location(signal.path) for signal in signals[1:_MORE]),
        )


def _owner(kind: str, signal: Signal) -> str:
    """Members of a target that is itself an archive have no archive in their path: one group for them all."""
    return signal.path if kind in ("disguised", "appended", "foreign") else ""


RULE = Rule(
    id="repo/archive-anomaly",
    title=N_("An archive that is not what it says"),
    view=Project,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__,
    techniques=("T1036.008", "T1027"),
)
