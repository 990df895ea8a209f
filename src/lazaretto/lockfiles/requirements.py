r"""requirements.txt, constraints and pip-tools inputs, read the way pip reads them (pip's `req_file.py`).

    name[extra]==1.2 ; marker --hash=sha256:...     one requirement
    name @ URL, URL, git+URL@rev#egg=name, -e URL   an address
    -r FILE, -c FILE                                another file, relative to this one
    --index-url URL, ...                            options; which index they name is the business of a rule

A line that ends in `\` goes on in the next one; ` #` starts a comment. Includes are followed inside the subject only.
A line that pip would refuse is a gap. A range gives no version: `>=1.2` is not 1.2 (osv-scalibr lists its lowest).

pip's own parser as a library is not used: it loads the network stack and writes temporary files.
"""

import re
from collections.abc import Callable, Iterator
from posixpath import normpath
from typing import Final

from lazaretto.ecosystems import pypi
from lazaretto.lockfiles.declared import is_local_folder, row
from lazaretto.lockfiles.entries import bad_entry, file_name, folder, not_included, tidy
from lazaretto.lockfiles.lockfile import Format
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package, Relation
from lazaretto.model.text import N_
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError

MOST_FILES: Final = 64
"""Files that one requirements file may include, directly and not."""
PROSE: Final = 5
"""Bad lines without a single good one from which a file counts as something else than requirements."""

_COMMENT = re.compile(r"(?:^|[ \t])#.*$")
_OPTION = re.compile(r"(?:^|[ \t])(?:--hash|--global-option|--install-option|--config-settings?|-C)(?=[ =]|$)")
_HASH = re.compile(r"--hash=([^\s]{1,300})")
_INCLUDE = re.compile(r"(?:-r|-c|--requirements?|--constraints?)(?:[ \t=]{1,8}|(?<=^-[rc]))(?P<path>[^\s].*)")
_EDITABLE = re.compile(r"(?:-e|--editable)[ \t=]{1,8}(?P<what>.+)")
_CONDA_EXPORT = re.compile(r"(?P<name>[A-Za-z0-9_][\w.-]{0,100})=(?P<version>[\w.!+-]{1,100})=(?P<build>[\w.]{1,100})")
_ENVIRONMENT = re.compile(r"\$\{[A-Z0-9_]{1,100}\}")
_OPTIONS: Final = frozenset(
    [
        "--all-releases",
        "--allow-all-external",
        "--allow-external",
        "--allow-unverified",
        "--always-unzip",
        "--cert",
        "--client-cert",
        "--extra-index-url",
        "--find-links",
        "--index-url",
        "--no-binary",
        "--no-build-isolation",
        "--no-cache-dir",
        "--no-deps",
        "--no-emit-index-url",
        "--no-index",
        "--no-use-wheel",
        "--only-binary",
        "--only-final",
        "--pre",
        "--prefer-binary",
        "--process-dependency-links",
        "--pypi-url",
        "--require-hashes",
        "--trusted-host",
        "--upgrade",
        "--use-feature",
        "--use-pep517",
        "--use-wheel",
        "-U",
        "-Z",
        "-f",
        "-i",
    ]
)


def accepts(path: str) -> bool:
    """`*requirement*.txt|in|lock|pip`, `*constraint*.txt`, and any text file in a folder `requirements`."""
    name = file_name(path).lower()
    if not name.endswith((".txt", ".in", ".lock", ".pip")):
        return False
    if "requirement" in name or "constraint" in name:
        return True
    return name.endswith((".txt", ".in", ".pip")) and folder(path).endswith(("requirements/", "constraints/"))


@tidy
def read(blob: Blob, open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:  # noqa: A002
    """Yield what the file and the files that it includes ask for; each row names its own file.

    A pinned requirement with a digest counts as locked, everything else as declared.

    Raises:
        ParseError: nothing in the file is a requirement.
    """
    reader = _Reader(open)
    rows = list(reader.file(blob))
    if reader.good == 0 and reader.bad >= PROSE:
        raise ParseError("no line of it is a requirement")
    yield from rows


class _Reader:
    """Follows includes; each file is read once, so that circles end."""

    def __init__(self, open: Callable[[str], Blob | None]) -> None:  # noqa: A002
        self._open, self._seen = open, set[str]()
        self.good = self.bad = 0

    def file(self, blob: Blob) -> Iterator[Package | Gap]:
        waiting = [blob]
        self._seen.add(normpath(blob.path))
        while waiting:
            here = waiting.pop()
            for line, text in logical_lines(here.text):
                if include := _INCLUDE.fullmatch(text):
                    other = self._include(here.path, line, include["path"].strip().strip("\"'"))
                    if isinstance(other, Gap):
                        yield other
                    elif other is not None:
                        waiting.append(other)
                    self.good += 1
                    continue
                for found in _requirement(text, here.path, line):
                    if isinstance(found, Gap):
                        self.bad += 1
                    else:
                        self.good += 1
                    yield found

    def _include(self, path: str, line: int, written: str) -> Blob | Gap | None:
        if "://" in written:
            return not_included(path, line, written, N_("it lies on another host"))
        target = normpath(folder(path) + written.removeprefix("file:").replace("\\", "/"))
        if target.startswith(("..", "/")):
            return not_included(path, line, written, N_("it lies outside the subject"))
        if target in self._seen:
            return None
        if len(self._seen) >= MOST_FILES:
            return not_included(path, line, written, N_("too many files are included"))
        self._seen.add(target)
        other = self._open(target)
        return other if other is not None else not_included(path, line, written, N_("it is not there"))


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    r"""Yield (first line number, content) with `\` continuations joined, comments and surrounding space removed."""
    parts: list[str] = []
    start = 1
    for number, raw in enumerate(text.splitlines(), 1):
        is_comment = raw.lstrip().startswith("#")
        line = " " + raw.lstrip() if is_comment else raw
        if not parts:
            start = number
        if line.endswith("\\") and not is_comment:
            parts.append(line[:-1])
            continue
        parts.append(line)
        joined = _COMMENT.sub("", "".join(parts)).strip()
        parts = []
        if joined:
            yield start, joined
    if joined := _COMMENT.sub("", "".join(parts)).strip():
        yield start, joined


def _requirement(text: str, path: str, line: int) -> Iterator[Package | Gap]:
    if text.startswith("-"):
        if editable := _EDITABLE.fullmatch(text):
            text = editable["what"].strip().strip("\"'")
        else:
            if text.split()[0].partition("=")[0] not in _OPTIONS:
                yield bad_entry(path, line, text, N_("pip has no such option here"))
            return
    if exported := _CONDA_EXPORT.fullmatch(text):  # `conda list --export > requirements.txt`
        of_pip = exported["build"] == "pypi_0"
        name = pypi.normalize(exported["name"]) if of_pip else exported["name"]
        yield Package("pypi" if of_pip else "conda", name, exported["version"], path, line, Relation.DECLARED)
        return
    option = _OPTION.search(text)
    wanted = (text[: option.start()] if option else text).strip()
    if is_local_folder(wanted):
        return
    if _ENVIRONMENT.search(wanted):
        yield bad_entry(path, line, wanted, N_("it depends on an environment variable"))
        return
    try:
        found = pypi.dependency(wanted)
    except ValueError as error:
        yield bad_entry(path, line, wanted, str(error))
        return
    digest = _HASH.search(text, option.start()) if option else None
    integrity = digest[1] if digest else ""
    relation = Relation.LOCKED if found.version and integrity else Relation.DECLARED
    yield row(found, path, line, integrity=integrity, relation=relation)


FORMAT = Format("requirements", "requirements.txt (pip)", accepts, read)
