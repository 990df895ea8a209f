"""environment.yml (conda): the `dependencies` list, with the nested `pip:` list.

    dependencies:
      - numpy=1.26.4=py311_0        as `conda env export` writes it: name, version, build
      - channel::scipy >=1.10       a channel and a range
      - pip:
          - requests==2.32.3        pip requirements

`name=1.2.3` is taken as the version: strictly it is a prefix match, but it is what exports without builds hold.
"""

import re
from collections.abc import Callable, Iterator

from lazaretto.lockfiles.declared import declared
from lazaretto.lockfiles.entries import Finder, bad_entry, file_name, tidy
from lazaretto.lockfiles.lockfile import Format
from lazaretto.lockfiles.pyproject import included_file
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package, Relation
from lazaretto.model.text import N_
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_sequence, as_text, load_yaml

_MATCH = re.compile(
    r"(?:(?P<channel>[^\s:]{1,200})::)?(?P<name>[A-Za-z0-9_][\w.-]{0,150})(?:\[[^\]]{0,300}\])?"
    r"[ \t]{0,8}(?P<rest>.{0,300})"
)
_EXACT = re.compile(r"={1,2}[ \t]{0,4}(?P<version>[A-Za-z0-9][\w.!+-]{0,100})(?:=[\w.]{1,100})?")
_SPACED = re.compile(r"(?P<version>[0-9][\w.!+-]{0,100})(?:[ \t]{1,8}[\w.]{1,100})?")


def accepts(path: str) -> bool:
    """`environment*.yml`, `*environment.yml`, `conda*.yml`, `env.yml`, each also as `.yaml`."""
    name = file_name(path).lower()
    stem, _, suffix = name.rpartition(".")
    if suffix not in ("yml", "yaml") or stem == "conda-lock" or stem.endswith(".conda-lock"):
        return False
    return stem.startswith(("environment", "conda")) or stem.endswith("environment") or stem in ("env", "env-dev")


@tidy
def read(blob: Blob, open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:  # noqa: A002
    """Yield the conda and pip packages that the file asks for; nothing when it has no list of dependencies."""
    yield from _rows(blob, open)


def _rows(blob: Blob, open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:  # noqa: A002
    finder = Finder(blob)
    for item in as_sequence(as_mapping(load_yaml(blob)).get("dependencies")):
        if isinstance(item, dict):
            for wanted in as_sequence(item.get("pip")):
                text = as_text(wanted).strip()
                line = finder.line(text)
                if text.startswith(("-r ", "-c ", "--requirement ")):
                    yield from included_file(text.split(maxsplit=1)[1].strip(), blob, open)
                elif not text.startswith("--"):
                    yield from declared(text.removeprefix("-e ").partition(" #")[0], blob.path, line)
        elif item is not None:
            text = as_text(item).strip()
            yield _conda(text, blob.path, finder.line(text))


def _conda(text: str, path: str, line: int) -> Package | Gap:
    match = _MATCH.fullmatch(text)
    if match is None:
        return bad_entry(path, line, text, N_("it is no conda package"))
    rest = match["rest"].strip()
    exact = _EXACT.fullmatch(rest) or _SPACED.fullmatch(rest)
    version = exact["version"] if exact else ""
    return Package(
        "conda",
        match["name"].lower(),
        version,
        path,
        line,
        Relation.DECLARED,
        requirement="" if version else rest,
        url=match["channel"] if "://" in (match["channel"] or "") else "",
    )


FORMAT = Format("conda-environment", "environment.yml (conda)", accepts, read)
