"""pyproject.toml: what a Python project asks for.

    [project] dependencies, optional-dependencies                 PEP 621
    [dependency-groups]                                           PEP 735
    [build-system] requires                                       PEP 518: runs when the project is built
    [tool.poetry] dependencies, dev-dependencies, group.*         `name = "^1.2" | {version, git, ...}`
    [tool.pdm] dev-dependencies, [tool.uv] dev-, constraint-, override-dependencies and sources,
    [tool.hatch.envs.*], [tool.hatch.build] dependencies, [tool.rye], [tool.flit.metadata]
    [tool.setuptools.dynamic] dependencies = {file = [...]}       requirements files under any name

Everything is `declared`; a version is given only for an exact requirement. In Poetry a bare `1.2.3` is exact.
"""

from collections.abc import Callable, Iterator, Mapping
from posixpath import normpath
from typing import Any

from lazaretto.ecosystems import pypi
from lazaretto.lockfiles import requirements
from lazaretto.lockfiles.declared import declared, is_local_folder
from lazaretto.lockfiles.entries import Finder, bad_entry, file_name, folder, not_included, tidy
from lazaretto.lockfiles.lockfile import Format
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package, Relation
from lazaretto.model.text import N_
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import as_mapping, as_sequence, as_text, load_toml


def accepts(path: str) -> bool:
    """`pyproject.toml`, in any folder."""
    return file_name(path) == "pyproject.toml"


@tidy
def read(blob: Blob, open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:  # noqa: A002
    """Yield every requirement of the project, table by table."""
    document = load_toml(blob)
    yield from _rows(document, blob, open)


def _rows(document: Mapping[str, Any], blob: Blob, open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:  # noqa: A002
    finder = Finder(blob)
    sources = _uv_sources(_table(document, "tool", "uv", "sources"))
    for wanted, dev in _lists(document):
        for item in wanted:
            if isinstance(item, dict) and ("include-group" in item or not item):
                continue
            text = as_text(item).strip()
            line = finder.quoted(text)
            if not text:
                yield bad_entry(blob.path, line, str(item)[:60], N_("it is not text"))
                continue
            text = text.removeprefix("-e ").strip()  # PDM keeps editable development dependencies so
            for row in declared(text, blob.path, line, dev=dev):
                yield _from_source(row, sources) if isinstance(row, Package) else row
    for table, dev in _tables(document):
        for name, value in table.items():
            yield from named_requirement(name, value, blob.path, finder.line(f"{name} =", f"{name}=", name), dev=dev)
    yield from included_files(as_mapping(_table(document, "tool", "setuptools").get("dynamic")), blob, open)


def _lists(document: Mapping[str, Any]) -> Iterator[tuple[list[Any], bool]]:
    """Yield (list of PEP 508 texts, for development only)."""
    project, tool = _table(document, "project"), _table(document, "tool")
    yield _list(project.get("dependencies")), False
    for extra in as_mapping(project.get("optional-dependencies")).values():
        yield _list(extra), False
    yield _list(_table(document, "build-system").get("requires")), False
    for group in _table(document, "dependency-groups").values():
        yield _list(group), True
    for group in _table(tool, "pdm", "dev-dependencies").values():
        yield _list(group), True
    uv = _table(tool, "uv")
    yield _list(uv.get("dev-dependencies")), True
    for key in ("constraint-dependencies", "override-dependencies", "build-constraint-dependencies"):
        yield _list(uv.get(key)), False
    yield _list(_table(tool, "rye").get("dev-dependencies")), True
    hatch = _table(tool, "hatch")
    for environment in _table(hatch, "envs").values():
        for key in ("dependencies", "extra-dependencies"):
            yield _list(as_mapping(environment).get(key)), True
    build = _table(hatch, "build")
    yield _list(build.get("dependencies")), False
    for owner in (_table(build, "hooks"), _table(build, "targets")):
        for part in owner.values():
            yield _list(as_mapping(part).get("dependencies")), False
    flit = _table(tool, "flit", "metadata")
    for key, dev in (("requires", False), ("dev-requires", True)):
        yield _list(flit.get(key)), dev
    for extra in as_mapping(flit.get("requires-extra")).values():
        yield _list(extra), False


def _tables(document: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Yield (table of name = constraint, for development only) of Poetry."""
    poetry = _table(document, "tool", "poetry")
    yield as_mapping(poetry.get("dependencies")), False
    for key in ("dev-dependencies", "dev_dependencies"):
        yield as_mapping(poetry.get(key)), True
    for name, group in _table(poetry, "group").items():
        yield as_mapping(as_mapping(group).get("dependencies")), name != "main"
    yield as_mapping(poetry.get("requires-plugins")), True


def named_requirement(name: str, value: object, path: str, line: int, *, dev: bool) -> Iterator[Package | Gap]:
    """Yield the rows of `name = value` as Poetry and Pipfile write it: text, a table, or a list of tables."""
    if name.lower() == "python" or not name:
        return
    if isinstance(value, list):
        for choice in value[:50]:
            if not isinstance(choice, list):
                yield from named_requirement(name, choice, path, line, dev=dev)
        return
    table = as_mapping(value)
    wanted = as_text(table.get("version")) if table else as_text(value)
    url = _table_address(table)
    if not table and not wanted:
        yield bad_entry(path, line, name, N_("it is neither a version nor a table"))
        return
    if not url and is_local_folder(as_text(table.get("path") or ".")) and table.get("path"):
        return
    wanted = wanted.strip()
    version = pypi.exact(wanted) or (wanted if pypi.is_exact(wanted) else "")
    yield Package(
        pypi.ID,
        pypi.normalize(name),
        version,
        path,
        line,
        Relation.DECLARED,
        requirement="" if version else url or wanted,
        url=url,
        dev=dev,
    )


def included_files(
    dynamic: Mapping[str, Any],
    blob: Blob,
    open: Callable[[str], Blob | None],  # noqa: A002
) -> Iterator[Package | Gap]:
    """Yield the rows of the requirements files that setuptools' dynamic fields name.

    Files whose names say that they are requirements are read by themselves anyway.
    """
    wanted = [as_mapping(dynamic.get("dependencies"))]
    wanted += [as_mapping(extra) for extra in as_mapping(dynamic.get("optional-dependencies")).values()]
    for part in wanted:
        files = part.get("file")
        for name in [files] if isinstance(files, str) else as_sequence(files):
            yield from included_file(as_text(name), blob, open)


def included_file(
    name: str,
    blob: Blob,
    open: Callable[[str], Blob | None],  # noqa: A002
) -> Iterator[Package | Gap]:
    """Yield the rows of one requirements file that a manifest names, relative to it."""
    target = normpath(folder(blob.path) + name)
    if not name or target.startswith(("..", "/")):
        yield not_included(blob.path, 1, name, N_("it lies outside the subject"))
        return
    other = open(target)
    if other is None:
        yield not_included(blob.path, blob.find_line(name), name, N_("it is not there"))
    elif not requirements.accepts(target):
        yield from requirements.read(other, open)


def _table_address(table: Mapping[str, Any]) -> str:
    for kind in ("git", "hg", "svn", "bzr"):
        if url := as_text(table.get(kind)):
            ref = next((as_text(table[key]) for key in ("rev", "tag", "branch", "ref") if table.get(key)), "")
            return f"{kind}+{url}@{ref}" if ref else f"{kind}+{url}"
    for key in ("url", "file"):
        if url := as_text(table.get(key)):
            return url
    path = as_text(table.get("path"))
    return path if path.lower().endswith((".whl", ".tar.gz", ".zip")) else ""


def _uv_sources(table: Mapping[str, Any]) -> dict[str, str]:
    """Return the address of each name of `[tool.uv.sources]` that has one."""
    found = {}
    for name, value in table.items():
        choices = value if isinstance(value, list) else [value]
        for choice in choices:
            if url := _table_address(as_mapping(choice)):
                found[pypi.normalize(name)] = url
    return found


def _from_source(row: Package, sources: Mapping[str, str]) -> Package:
    from dataclasses import replace

    url = sources.get(row.name, "")
    return replace(row, url=url, requirement=row.requirement if row.version else url) if url else row


def _table(value: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    for key in keys:
        value = as_mapping(value.get(key))
    return value


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


FORMAT = Format("pyproject", "pyproject.toml", accepts, read)
