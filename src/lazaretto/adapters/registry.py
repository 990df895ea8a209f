"""A package as a target: `pkg:npm/...`, `npm:name@version`, `pypi:name==version`; the newest when no version is given.

Fetched only when the user asked for the network, only from the registries that the user's own clients are configured
with, into a temporary folder that goes away with the target. Its entries are the files themselves and what is in them:
`name-1.0.tgz`, `name-1.0.tgz!/package/index.js`.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from packageurl import PackageURL

from lazaretto.adapters.client_config import own_environment, python_index
from lazaretto.adapters.files import peek_file, read_file
from lazaretto.adapters.registry_npm import check_name, fetch_npm
from lazaretto.adapters.registry_pypi import fetch_pypi
from lazaretto.adapters.release import npm_facts, pypi_facts
from lazaretto.adapters.target import Entry, Target, TargetError, Wanted, unpacked
from lazaretto.ecosystems import npm, pypi
from lazaretto.model.finding import Gap, Signal, Stage
from lazaretto.model.purl import purl
from lazaretto.model.release import ReleaseFacts
from lazaretto.model.text import N_, Message
from lazaretto.parse.archive_names import printable
from lazaretto.parse.limits import Limits


def parse_package(spec: str) -> tuple[str, str, str, bool]:
    """Return ecosystem, name, version (may be empty), and whether the spec asked for more (qualifiers) than is heeded.

    Raises:
        TargetError: not a package that can be fetched.
    """
    trouble = {"target": printable(spec)[:200]}
    hint = N_("write npm:NAME@VERSION, pypi:NAME==VERSION, or a purl of one of these")
    more = False
    if spec.startswith("pkg:"):
        try:
            parsed = PackageURL.from_string(spec)
        except ValueError as error:
            raise TargetError(N_("{target} is not a package URL"), trouble, hint, "usage") from error
        kind, version, more = parsed.type, parsed.version or "", bool(parsed.qualifiers or parsed.subpath)
        name = f"{parsed.namespace}/{parsed.name}" if parsed.namespace else parsed.name
    else:
        kind, _, rest = spec.partition(":")
        if kind == "npm":
            name, version = npm.split_at_version(rest.strip())
        elif kind == "pypi":
            try:
                name, version = pypi.split(rest)
            except ValueError as error:
                raise TargetError(N_("{target} is not a PyPI project"), trouble, hint, "usage") from error
        else:
            raise TargetError(N_("{target} is not a package"), trouble, hint, "usage")
    if kind not in ("npm", "pypi"):
        raise TargetError(
            N_("{target}: only packages of npm and PyPI can be fetched"),
            trouble,
            N_("download it and name the file"),
            "usage",
        )
    if kind == "npm":
        check_name(name, version)
    elif not pypi.is_name(name):
        raise TargetError(N_("{target} is not a PyPI project"), trouble, hint, "usage")
    return kind, name, version, more


def open_package(spec: str, limits: Limits, *, online: bool, environment: Mapping[str, str] | None = None) -> Target:
    """Fetch a package and open it. `environment` is this process's unless a test says otherwise.

    Raises:
        TargetError: not a package, the network was not allowed, or it could not be fetched.
    """
    kind, name, version, more = parse_package(spec)
    if not online:
        raise TargetError(
            N_("{target} must be fetched from a registry, and the network was not allowed"),
            {"target": printable(spec)[:200]},
            N_("repeat with --online, or name a downloaded file"),
            "usage",
        )
    given = own_environment() if environment is None else environment
    scratch = tempfile.TemporaryDirectory(prefix="lazaretto-")
    try:
        folder = Path(scratch.name)
        gaps: list[Gap] = []
        asked: Callable[[], tuple[ReleaseFacts | None, list[Gap]]]
        if kind == "npm":
            exact, tarball = fetch_npm(name, version, folder, given)
            files = [tarball]
            asked = partial(npm_facts, name, exact, folder, given)
        else:
            empty = folder / "clients"
            empty.mkdir()
            index = python_index(empty, given)
            exact, files, gaps = fetch_pypi(name, version, folder, index, limits)
            asked = partial(pypi_facts, name, exact, index)
        subject = purl(kind, name if kind == "npm" else pypi.normalize(name), exact or version)
        if more:
            reason = N_("qualifiers and subpath of the package URL were not heeded")
            gaps.append(Gap(Stage.NETWORK, subject, Message.of(reason), partial=True))
    except BaseException:
        scratch.cleanup()
        raise
    target = Target(spec, subject, "package", partial(_items, files, gaps, limits), limits, close=scratch.cleanup)
    target.release = asked
    return target


def first_published(
    kind: str, name: str, environment: Mapping[str, str] | None = None
) -> tuple[datetime | None, list[Gap]]:
    """Ask when the oldest version of a package that is still there was published; None when it is not told."""
    given = own_environment() if environment is None else environment
    with tempfile.TemporaryDirectory(prefix="lazaretto-") as scratch:
        folder = Path(scratch)
        if kind == "npm":
            facts, gaps = npm_facts(name, "", folder, given)
        else:
            facts, gaps = pypi_facts(name, "", python_index(folder, given))
    return (facts.first_published if facts else None), gaps


def _items(files: list[Path], gaps: list[Gap], limits: Limits, wanted: Wanted | None) -> Iterator[Entry | Gap | Signal]:
    yield from gaps
    for file in files:
        size, head, tail = peek_file(str(file))
        if size <= limits.file_bytes:
            yield Entry(file.name, size, partial(read_file, file, limits.file_bytes), file)
        yield from unpacked(file.name, head, tail, partial(_opened, file), limits, wanted)


def _opened(file: Path) -> BinaryIO:
    return file.open("rb")
