"""Second stages: what was written while a project ran is examined like what it brought with it.

The files go to the examination as one archive; they are never files of their own on this computer.
"""

import io
import posixpath
import tarfile
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from lazaretto.adapters.sandbox.written import Written
from lazaretto.app.check import Options, check
from lazaretto.model.finding import Finding, Gap, Location, Severity

_NAME = "written.tar"


def examine_written(written: Sequence[Written], now: datetime) -> tuple[list[Finding], list[Gap]]:
    """Return what the static examination finds in these files, at their paths inside.

    Observations that raise no grade are left out: a build writes thousands of files.
    """
    files = list(dict.fromkeys(written))
    if not files:
        return [], []
    with tempfile.TemporaryDirectory(prefix="lazaretto-") as name:
        archive = Path(name, _NAME)
        archive.write_bytes(_archive(files))
        seen = check(str(archive), Options(now=now, cache=False)).examination
    findings = [_inside(one) for one in seen.findings if one.severity > Severity.LOW]
    return findings, [replace(gap, subject=_path(gap.subject)) for gap in seen.gaps]


def harmful(findings: Iterable[Finding], written: Iterable[Written]) -> tuple[tuple[str, str], ...]:
    """Return path and rule of what is graded HIGH or more in these files."""
    paths = {one.path for one in written}
    return tuple(
        sorted(
            {
                (finding.locations[0].path, finding.rule)
                for finding in findings
                if finding.severity >= Severity.HIGH and finding.locations[0].path in paths
            }
        )
    )


def _archive(files: Iterable[Written]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for one in files:
            entry = tarfile.TarInfo(posixpath.normpath(one.path).lstrip("/"))
            entry.size = len(one.content)
            archive.addfile(entry, io.BytesIO(one.content))
    return stream.getvalue()


def _inside(finding: Finding) -> Finding:
    return replace(finding, subject=_path(finding.subject), locations=tuple(_place(one) for one in finding.locations))


def _place(location: Location) -> Location:
    return replace(location, path=_path(location.path))


def _path(path: str) -> str:
    name = path.rpartition(f"{_NAME}!")[2] if f"{_NAME}!" in path else path
    return f"/{name.lstrip('/')}"
