"""Targets: whatever a person names becomes a stream of entries, or one clear error.

    spec -> folder    a directory, walked by `files`
         -> archive   a file that is one, read by `parse.archives`
         -> lockfile  one document that names packages
         -> file      any other single file
         -> git       a bare repository, or a revision (`path#rev`, `repo.git@rev`), read by `git`
         -> package   a purl, `npm:name@version`, `pypi:name==version`, fetched by `registry` (online only)

Nothing here executes, follows links out of a tree, or writes outside a temporary folder of its own.
"""

import io
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from lazaretto.adapters.files import UnreadableError, peek_file, read_file, walk
from lazaretto.adapters.target import Entry, Kind, Source, Target, TargetError, Wanted, entry_of, unpacked
from lazaretto.model.finding import Gap, Signal, Stage
from lazaretto.model.text import N_, Message
from lazaretto.parse import archive_kinds
from lazaretto.parse.archive_names import printable
from lazaretto.parse.archives import identify, read_archive
from lazaretto.parse.limits import Limits

__all__ = ["Entry", "Target", "TargetError", "iter_specs", "open_target"]

_SPEC_BYTES = 1 << 16
_REMOTE = re.compile(r"(?:git\+)?(?:https?|ssh|git|ftps?)://|git@[\w.-]+:", re.IGNORECASE)
_LOCAL_URL = re.compile(r"(?:git\+)?file://(?:localhost)?(?=/)", re.IGNORECASE)
_PACKAGE = re.compile(r"(?:pkg|npm|pypi):")
_TELLING = frozenset({".vscode", ".cursor", ".husky", ".devcontainer", ".idea", ".github", ".git", ".claude"})
_SIGNS_OF_BARE = ("HEAD", "objects", "refs")


def open_target(spec: str, limits: Limits, *, online: bool, kind_hint: Kind | None = None) -> Target:
    """Open what `spec` names. Cheap: content is read when the target's entries are iterated.

    `online` allows the network, through the user's own clients' configuration; `kind_hint` settles what would be
    guessed otherwise.

    Raises:
        TargetError: there is nothing to examine, and why.
    """
    if not spec or "\0" in spec:
        raise TargetError(
            N_("the target is empty"), hint=N_("name a folder, an archive, a file or a package"), exit_kind="usage"
        )
    if (_PACKAGE.match(spec) or kind_hint == "package") and not os.path.lexists(spec):
        from lazaretto.adapters.registry import open_package

        return open_package(spec, limits, online=online)
    if _REMOTE.match(spec) and not os.path.lexists(spec):
        from lazaretto.adapters.git_remote import open_remote

        return open_remote(spec, limits, online=online)
    local = _LOCAL_URL.match(spec)
    if local and not os.path.lexists(spec):
        return _path(spec, spec[local.end() :], limits, "git" if spec.lower().startswith("git+") else kind_hint)
    return _path(spec, spec, limits, kind_hint)


def iter_specs(stream: BinaryIO) -> Iterator[str]:
    """Yield the targets of a list, one a line, or NUL separated when the first block holds a NUL; blanks are left out.

    Names that are not UTF-8 survive (surrogateescape). A line of more than 64 KiB is no target: it is cut there.
    """
    read = getattr(stream, "read1", stream.read)
    rest, separator = b"", b""
    while piece := read(_SPEC_BYTES):
        rest += piece
        separator = separator or (b"\0" if b"\0" in rest else b"\n" if b"\n" in rest else b"")
        *whole, rest = rest.split(separator) if separator else [rest]
        for line in whole:
            yield from _spec(line)
        if len(rest) > _SPEC_BYTES:
            rest = rest[:_SPEC_BYTES]
    yield from _spec(rest)


def _spec(line: bytes) -> Iterator[str]:
    text = line[:_SPEC_BYTES].rstrip(b"\r").decode("utf-8", "surrogateescape")
    if text.strip():
        yield text


def _path(spec: str, path: str, limits: Limits, hint: Kind | None) -> Target:
    revision = ""
    if not os.path.lexists(path):
        path, revision = _split_revision(path)
    subject = printable(spec)
    try:
        info = Path(path).stat()
    except FileNotFoundError as error:
        raise TargetError(
            N_("{target} does not exist"),
            {"target": subject},
            N_("check the spelling; a package is written npm:NAME@VERSION, pypi:NAME==VERSION or as a purl"),
            "usage",
        ) from error
    except (OSError, ValueError) as error:
        raise _unreadable(subject, error) from error
    if stat.S_ISDIR(info.st_mode):
        if hint == "git" or revision or _is_bare(path):
            from lazaretto.adapters.git import open_repository

            return open_repository(spec, path, revision, limits)
        return _folder(spec, path, subject, limits)
    if revision:
        raise TargetError(
            N_("{target} is not a repository: it has no revisions"), {"target": printable(path)}, exit_kind="usage"
        )
    if not stat.S_ISREG(info.st_mode):
        raise TargetError(
            N_("{target} is not a file or folder"), {"target": subject}, N_("pipes and devices are not read"), "usage"
        )
    return _file(spec, os.path.realpath(path), path, subject, limits, hint)


def _split_revision(path: str) -> tuple[str, str]:
    """Split `path#rev` and `path@rev` when the part before it is there; otherwise leave it as it is."""
    for mark in ("#", "@"):
        before, found, after = path.rpartition(mark)
        if found and after and before and Path(before).is_dir():
            return before, after
    return path, ""


def _is_bare(path: str) -> bool:
    folder = Path(path)
    return (folder / "objects").is_dir() and all(os.path.lexists(folder / name) for name in _SIGNS_OF_BARE)


def _surroundings(path: str, depth: int) -> str:
    """Return the named folders that say what a path is: `.vscode/` for `x/.vscode/`, `.git/hooks/` for a hook.

    A person may point at the folder or file itself; its meaning must not depend on where the finger is.
    """
    parts = Path(path).resolve().parts[-depth:]
    known = [index for index, part in enumerate(parts) if part in _TELLING]
    return "/".join(parts[known[0] :]) if known else ""


def _folder(spec: str, path: str, subject: str, limits: Limits) -> Target:
    try:
        os.scandir(path).close()
    except OSError as error:
        raise _unreadable(subject, error) from error
    target = Target(spec, subject, "folder", partial(_folder_items, path, limits, _surroundings(path, 2)), limits)
    if (Path(path) / ".git").is_dir():
        target.not_checked.append(
            Message.of(N_("earlier commits of the repository (only the files that lie there now)"))
        )
    return target


def _folder_items(root: str, limits: Limits, around: str, wanted: Wanted | None) -> Iterator[Entry | Gap | Signal]:
    limit = limits.file_bytes
    prefix = f"{around}/" if around else ""
    for found in walk(root, limits):
        if isinstance(found, Gap):
            yield replace(found, subject=prefix + found.subject) if prefix else found
            continue
        if isinstance(found, Signal):
            yield replace(found, path=prefix + found.path) if prefix else found
            continue
        path, file = prefix + found.path, found.file
        if wanted is not None and not wanted(path) and archive_kinds.promised(path) not in archive_kinds.READABLE:
            continue
        inside = found.size >= 20 and bool(identify(path, found.head, found.tail))
        if found.size <= limit:
            yield Entry(path, found.size, partial(read_file, file, limit), Path(file))
        elif not inside:
            yield Gap(Stage.LIMIT, path, Message.of(N_("larger than {limit} bytes"), {"limit": limit}))
        if inside:
            yield from unpacked(path, found.head, found.tail, partial(_opened, file), limits, wanted)


def _file(spec: str, real: str, path: str, subject: str, limits: Limits, hint: Kind | None) -> Target:
    name = printable(Path(path).name)
    shown = printable(_surroundings(path, 3)) or name
    try:
        size, head, tail = peek_file(real)
    except UnreadableError as error:
        raise TargetError(
            N_("{target} cannot be read: {error}"), {"target": subject, "error": error.message.english()}
        ) from error
    if path.endswith(".bundle") and head.startswith(b"# v"):
        from lazaretto.adapters.git import open_bundle

        return open_bundle(spec, real, subject, limits)
    if hint not in ("file", "lockfile"):
        kind = identify(name, head, tail)
        opened = kind in archive_kinds.READABLE or kind == "appended" or kind == "closed"
        promise = archive_kinds.promised(name)
        if opened:
            kind = archive_kinds.sniff(head, tail) if kind == "closed" else kind  # asked for by name: opened
            source: Source = partial(_archive_items, real, name, size, kind, limits)
            return Target(spec, subject, "archive", source, limits)
        if promise in archive_kinds.READABLE or hint == "archive":
            raise TargetError(
                N_("{target} is not an archive that can be read"),
                {"target": subject},
                N_("it may be damaged, or something else under an archive's name"),
            )
    chosen: Kind = "lockfile" if hint == "lockfile" or (hint is None and _is_document(name)) else "file"
    return Target(spec, subject, chosen, partial(_file_items, real, shown, size, limits), limits)


def _file_items(
    file: str, name: str, size: int, limits: Limits, _wanted: Wanted | None
) -> Iterator[Entry | Gap | Signal]:
    if size > limits.file_bytes:
        yield Gap(Stage.LIMIT, name, Message.of(N_("larger than {limit} bytes"), {"limit": limits.file_bytes}))
        return
    yield Entry(name, size, partial(read_file, file, limits.file_bytes), Path(file))


def _archive_items(
    file: str, name: str, size: int, kind: str, limits: Limits, wanted: Wanted | None
) -> Iterator[Entry | Gap | Signal]:
    """The archive itself (its digest may be a known one), then its members under their own paths."""
    if size <= limits.file_bytes:
        yield Entry(name, size, partial(read_file, file, limits.file_bytes), Path(file))
    members = False
    try:
        with _opened(file) as stream:
            for item in read_archive(stream, name, limits, kind=kind, wanted=wanted):
                entry = entry_of(item)
                members = members or isinstance(entry, Entry)
                yield entry
                del item, entry
    except OSError as error:
        yield Gap(Stage.READ, name, Message.of(N_("cannot be read: {error}"), {"error": error.strerror or "unknown"}))
    if not members and wanted is None:
        yield Gap(Stage.UNPACK, name, Message.of(N_("no file could be read from the archive")))


def _opened(file: str) -> BinaryIO:
    handle = os.open(
        file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    )
    return io.BufferedReader(io.FileIO(handle, "rb"), 1 << 16)


def _is_document(name: str) -> bool:
    from lazaretto.lockfiles.inventory import is_candidate

    return is_candidate(name)


def _unreadable(subject: str, error: Exception) -> TargetError:
    text = getattr(error, "strerror", None) or str(error)
    return TargetError(N_("{target} cannot be read: {error}"), {"target": subject, "error": text})
