"""Gemfile.lock and gems.locked (Bundler).

GEM                                   also GIT, PATH, PLUGIN SOURCE
  remote: https://index.example.test/
  revision: COMMIT                    GIT only
  specs:
    rack (2.2.3)                      four spaces: a gem; six spaces: what it depends on

A platform after the version (`1.13.3-x86_64-linux`) is no part of it: versions of gems hold no `-`.
"""

import re
from collections.abc import Callable, Iterator

from lazaretto.lockfiles.entries import bad_entry, file_name, tidy
from lazaretto.lockfiles.lockfile import Format
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.model.text import N_
from lazaretto.parse.blob import Blob

_SPEC = re.compile(r"    ([^\s(][^\s(]{0,200})(?: \(([^()-]{1,100})(?:-[^()]{1,100})?\))?!?")
_SOURCES = frozenset({"GEM", "GIT", "PATH", "PLUGIN SOURCE"})


def accepts(path: str) -> bool:
    """`Gemfile.lock` or `gems.locked`, in any folder."""
    return file_name(path) in ("Gemfile.lock", "gems.locked")


@tidy
def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:
    """Yield every gem of every source section."""
    yield from _rows(blob)


def _rows(blob: Blob) -> Iterator[Package | Gap]:
    section = remote = revision = ""
    for line, raw in enumerate(blob.text.splitlines(), 1):
        if raw and not raw[0].isspace():
            section, remote, revision = raw.strip(), "", ""
        elif section not in _SOURCES:
            continue
        elif raw.startswith("  remote: "):
            remote = remote or raw.removeprefix("  remote: ").strip()
        elif raw.startswith("  revision: "):
            revision = raw.removeprefix("  revision: ").strip()
        elif raw.startswith("    ") and raw[4:5].strip():
            match = _SPEC.fullmatch(raw.rstrip())
            if match is None or not match[2]:
                yield bad_entry(blob.path, line, raw.strip(), N_("NAME (VERSION) is expected"))
                continue
            url = f"git+{remote}@{revision}" if section == "GIT" else remote
            yield Package("gem", match[1], match[2], blob.path, line, url=url)


FORMAT = Format("gemfile-lock", "Gemfile.lock (Bundler)", accepts, read)
