"""setup.cfg (setuptools' declarative form).

    [options] install_requires, setup_requires, tests_require     one requirement a line, or `;` between them
    [options.extras_require] EXTRA = ...
    install_requires = file: requirements.txt                     read from there

The INI form is read here line by line: configparser's patterns take quadratic time on hostile lines.
"""

import re
from collections.abc import Callable, Iterator

from lazaretto.lockfiles.declared import declared
from lazaretto.lockfiles.entries import file_name, tidy
from lazaretto.lockfiles.lockfile import Format
from lazaretto.lockfiles.pyproject import included_file
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError

_MARKER = re.compile(r";[^;]{0,80}\b(?:python_|os_name|sys_platform|sys\.platform|platform_|implementation_|extra\b)")
_KEYS = {"install_requires": False, "setup_requires": False, "tests_require": True, "requires": False}


def accepts(path: str) -> bool:
    """`setup.cfg`, in any folder."""
    return file_name(path) == "setup.cfg"


@tidy
def read(blob: Blob, open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:  # noqa: A002
    """Yield every requirement that `[options]` and `[options.extras_require]` declare.

    Raises:
        ParseError: no section at all, so this is no INI file.
    """
    yield from _rows(blob, open)


def _rows(blob: Blob, open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:  # noqa: A002
    for section, key, line, value in ini_lines(blob):
        if section == "options" and key in _KEYS:
            dev = _KEYS[key]
        elif section == "options.extras_require":
            dev = False
        else:
            continue
        if value.startswith("file:"):
            for name in value.removeprefix("file:").split(","):
                yield from included_file(name.strip(), blob, open)
            continue
        # `a; b` on one line is a list too; `a; python_version < "3"` is one requirement.
        for text in [value] if _MARKER.search(value) else value.split(";"):
            yield from declared(text, blob.path, line, dev=dev)


def ini_lines(blob: Blob) -> Iterator[tuple[str, str, int, str]]:
    """Yield (section, key, line, one line of its value) for every line of every value; comments are left out.

    Raises:
        ParseError: text stands before the first section.
    """
    section = key = ""
    for number, raw in enumerate(blob.text.splitlines(), 1):
        text = raw.strip()
        if not text or text[0] in "#;":
            continue
        if raw[0].isspace() and key:
            yield section, key, number, text.partition(" #")[0].strip()
        elif text.startswith("[") and "]" in text:
            section, key = text[1 : text.index("]")].strip().lower(), ""
        elif not section:
            raise ParseError("not an INI file: it does not start with a section", number)
        else:
            at = min((i for i in (text.find("="), text.find(":")) if i >= 0), default=-1)
            key = text[:at].strip().lower() if at >= 0 else text.lower()
            value = text[at + 1 :].partition(" #")[0].strip() if at >= 0 else ""
            if value:
                yield section, key, number, value


FORMAT = Format("setup-cfg", "setup.cfg (setuptools)", accepts, read)
