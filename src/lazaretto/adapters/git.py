"""A git repository as a target: the tree of one commit, without a checkout and without git.

    path (bare)            the tree of HEAD
    path#rev, path@rev     the tree of a branch, tag or commit, bare or working repository
    file.bundle            the tree of a bundle's HEAD, or of its first reference

Hooks, filters, fsmonitor, aliases and configuration stay dead: none of them is read, let alone run. What lies around
the history (hooks, configuration) is still examined, as files below `.git/`.
"""

import io
import mmap
import re
import stat
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from dulwich.objects import parse_tree
from dulwich.pack import PackData

from lazaretto.adapters.files import Found, UnreadableError, read_file, walk
from lazaretto.adapters.git_objects import BLOB, COMMIT, TAG, TREE, LargeObjectError, ObjectError, Objects, check_stream
from lazaretto.adapters.target import Entry, Target, TargetError, Wanted, unpacked
from lazaretto.model.finding import Gap, Signal, Stage
from lazaretto.model.text import N_, Message
from lazaretto.parse.archive_kinds import HEAD_BYTES
from lazaretto.parse.archive_member import anomaly
from lazaretto.parse.archive_names import decode_name, leads_outside, member_path, printable
from lazaretto.parse.limits import Limits

_REF_BYTES = 4096
_PACKED_REFS_BYTES = 64 << 20
_NAME = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SHORT = re.compile(r"[0-9a-f]{4,64}")
_PLACES = ("{}", "refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")
_LFS = b"version https://git-lfs.github.com/spec/"


def open_repository(spec: str, path: str, revision: str, limits: Limits) -> Target:
    """Open a repository folder at a revision (`HEAD` when empty).

    Raises:
        TargetError: no repository, no such revision, or nothing to read there.
    """
    folder = _git_folder(path)
    subject = printable(spec)
    wanted = revision or "HEAD"
    name = _resolve(folder, wanted, limits)
    if not name:
        raise TargetError(
            N_("{target} has no revision {revision}"),
            {"target": printable(path), "revision": printable(wanted)},
            N_("name a branch, a tag or a commit after #; an empty repository has none"),
        )
    objects = Objects(folder / "objects", limits.file_bytes, wide=len(name) == 64)
    source = partial(_items, objects, name, limits, partial(_control_files, folder, limits))
    return Target(spec, subject, "git", _checked(objects, name, subject, source), limits, close=objects.close)


def open_bundle(spec: str, file: str, subject: str, limits: Limits) -> Target:
    """Open a git bundle (gitformat-bundle(5)); its pack is indexed in a temporary folder.

    Raises:
        TargetError: not a bundle that stands alone, or damaged.
    """
    trouble = {"target": subject}
    with Path(file).open("rb") as stream:
        line = stream.readline(_REF_BYTES)
        if line not in (b"# v2 git bundle\n", b"# v3 git bundle\n"):
            raise TargetError(N_("{target} is not a git bundle that can be read"), trouble)
        refs: dict[str, str] = {}
        while (line := stream.readline(_REF_BYTES)) not in (b"\n", b""):
            if line.startswith(b"-"):
                raise TargetError(N_("{target} is a bundle that needs another repository"), trouble)
            value, _, ref = line.decode("utf-8", "replace").strip().partition(" ")
            if _NAME.fullmatch(value) and len(refs) < 10_000:
                refs[ref] = value
        name = refs.get("HEAD") or next(iter(refs.values()), "")
        if not name:
            raise TargetError(N_("{target} is a bundle without a commit"), trouble)
        scratch = tempfile.TemporaryDirectory(prefix="lazaretto-")
        try:
            pack = new_pack(Path(scratch.name))
            with pack.open("wb") as out:
                while piece := stream.read(1 << 20):
                    out.write(piece)
            return open_pack(spec, subject, pack, name, limits, scratch.cleanup)
        except BaseException:
            scratch.cleanup()
            raise


def new_pack(folder: Path) -> Path:
    """Return where in an empty folder a pack is to be written before `open_pack`."""
    (folder / "objects" / "pack").mkdir(parents=True)
    return folder / "objects" / "pack" / "pack-fetched.pack"


def open_pack(spec: str, subject: str, pack: Path, name: str, limits: Limits, close: Callable[[], None]) -> Target:
    """Index a pack that was just written (see `new_pack`) and open the tree of the commit `name` in it.

    Raises:
        TargetError: the pack is damaged or holds too much.
    """
    objects = Objects(pack.parent.parent, limits.file_bytes, wide=len(name) == 64)
    try:
        with pack.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            check_stream(data, limits.file_bytes, limits.total_bytes * 4, objects.format.oid_length)
        with PackData.from_path(str(pack), object_format=objects.format) as packed:
            packed.create_index(str(pack.with_suffix(".idx")))
    except LargeObjectError as error:
        raise TargetError(N_("{target} holds more than is read of one repository"), {"target": subject}) from error
    except Exception as error:
        raise TargetError(N_("{target} holds a pack that cannot be read"), {"target": subject}) from error

    def finish() -> None:
        objects.close()
        close()

    source = partial(_items, objects, name, limits, None)
    return Target(spec, subject, "git", _checked(objects, name, subject, source), limits, close=finish)


# -- revisions -------------------------------------------------------------------------------------------------------


def _git_folder(path: str) -> Path:
    folder = Path(path)
    if (folder / ".git").is_dir():
        return folder / ".git"
    if (folder / "objects").is_dir():
        return folder
    hint = N_("name the repository that owns it") if (folder / ".git").is_file() else ""
    raise TargetError(N_("{target} is not a git repository"), {"target": printable(path)}, hint, "usage")


def _resolve(folder: Path, revision: str, limits: Limits) -> str:
    """Return the hexadecimal name that a revision means, or "" when there is none."""
    if _NAME.fullmatch(revision):
        return revision
    if not revision or revision.startswith("-") or ".." in revision or "\0" in revision or len(revision) > 1000:
        return ""
    packed = _packed_refs(folder)
    for place in _PLACES:
        found = _ref(folder, place.format(revision), packed)
        if found:
            return found
    if _SHORT.fullmatch(revision):
        objects = Objects(folder / "objects", limits.file_bytes)
        try:
            names = objects.names(revision.encode())
        finally:
            objects.close()
        if len(names) == 1:
            return names[0].decode()
    return ""


def _ref(folder: Path, ref: str, packed: dict[str, str]) -> str:
    for _ in range(6):
        if (
            ref.startswith("/")
            or ".." in ref.split("/")
            or (ref != "HEAD" and not ref.startswith("refs/") and "/" in ref)
        ):
            return ""
        try:
            text = read_file(folder / ref, _REF_BYTES).decode("utf-8", "replace").strip()
        except (UnreadableError, ValueError):
            return packed.get(ref, "")
        if _NAME.fullmatch(text):
            return text
        if not text.startswith("ref:"):
            return ""
        ref = text[4:].strip()
    return ""


def _packed_refs(folder: Path) -> dict[str, str]:
    try:
        text = read_file(folder / "packed-refs", _PACKED_REFS_BYTES).decode("utf-8", "replace")
    except UnreadableError:
        return {}
    refs = {}
    for line in text.splitlines():
        value, _, ref = line.partition(" ")
        if _NAME.fullmatch(value):
            refs[ref.strip()] = value
    return refs


def _tree_of(objects: Objects, name: bytes) -> tuple[bytes, bytes]:
    """Peel tags and a commit; return the names of the tree and of the commit (empty when there was none).

    Raises:
        ObjectError: something on the way is missing or damaged, or ends in no tree.
    """
    commit = b""
    for _ in range(10):
        kind, data = objects.get(name)
        if kind == TREE:
            return name, commit
        if kind == BLOB:
            break
        label = b"tree " if kind == COMMIT else b"object "
        line = data.split(b"\n", 1)[0]
        if not line.startswith(label) or kind not in (COMMIT, TAG):
            break
        commit = name if kind == COMMIT else commit
        name = line[len(label) :]
    raise ObjectError(name.decode("ascii", "replace"))


# -- entries ---------------------------------------------------------------------------------------------------------


def _checked(
    objects: Objects, name: str, subject: str, source: Callable[[Wanted | None], Iterator[Entry | Gap | Signal]]
) -> Callable[[Wanted | None], Iterator[Entry | Gap | Signal]]:
    """Make sure, before anything is promised, that the commit and its tree are there."""
    try:
        _tree_of(objects, name.encode())
    except ObjectError as error:
        objects.close()
        raise TargetError(
            N_("{target}: the commit {name} is missing or damaged"), {"target": subject, "name": name[:12]}
        ) from error
    return source


def _control_files(folder: Path, limits: Limits, wanted: Wanted | None) -> Iterator[Entry | Gap | Signal]:
    """What lies around the history: hooks, configuration, whatever does not belong there."""
    for found in walk(str(folder), limits):
        if isinstance(found, Found):
            path = f".git/{found.path}"
            if wanted is None or wanted(path):
                limit = limits.file_bytes
                yield Entry(path, found.size, partial(read_file, found.file, limit), Path(found.file))
        elif isinstance(found, Signal):
            yield Signal(found.kind, found.value, f".git/{found.path}")
        else:
            yield Gap(found.stage, f".git/{found.subject}", found.reason, found.partial)


def _items(
    objects: Objects,
    name: str,
    limits: Limits,
    control: Callable[[Wanted | None], Iterator[Entry | Gap | Signal]] | None,
    wanted: Wanted | None,
) -> Iterator[Entry | Gap | Signal]:
    if control is not None:
        yield from control(wanted)
    tree, _ = _tree_of(objects, name.encode())
    if objects.borrows():
        reason = N_("objects that the repository borrows from another one are not read")
        yield Gap(Stage.READ, ".git/objects/info/alternates", Message.of(reason), partial=True)
    stack: list[tuple[bytes, str]] = [(tree, "")]
    trees = 0
    while stack:
        here, prefix = stack.pop()
        trees += 1
        if trees > limits.files or prefix.count("/") > limits.depth or len(prefix) > limits.path_chars:
            yield Gap(Stage.LIMIT, prefix[: limits.path_chars] or ".", Message.of(N_("too many or too deep folders")))
            if trees > limits.files:
                yield anomaly("bomb", "more folders than are read", ".")
                return
            continue
        try:
            kind, data = objects.get(here)
            rows = list(parse_tree(data, objects.format.oid_length)) if kind == TREE else None
        except ObjectError as error:
            yield _lost(prefix or ".", here, error)
            continue
        except Exception:  # noqa: BLE001 - dulwich's parser on a hostile tree
            rows = None
        if rows is None:
            yield Gap(Stage.PARSE, prefix or ".", Message.of(N_("not readable as a git tree")))
            continue
        folders: list[tuple[bytes, str]] = []
        seen: set[bytes] = set()
        for raw, mode, child in rows:
            yield from _odd_name(raw, prefix, seen)
            path = prefix + (member_path(decode_name(raw)[0])[0] or "unnamed")
            if stat.S_ISDIR(mode):
                folders.append((bytes(child), path + "/"))
            elif mode & 0o170000 == 0o160000:
                reason = N_("a submodule: its commit is in another repository")
                yield Gap(Stage.READ, path, Message.of(reason), partial=True)
            else:
                yield from _leaf(objects, bytes(child), mode, path, limits, wanted)
        stack.extend(reversed(folders))


def _odd_name(raw: bytes, prefix: str, seen: set[bytes]) -> Iterator[Signal]:
    """Names that git refuses to check out, or that two systems would read differently (CVE-2014-9390 and later)."""
    text = decode_name(raw)[0]
    plain = text.lower().rstrip(". ").partition(":")[0]
    if text in ("", ".", "..") or plain in (".git", "git~1") or "/" in text or "\\" in text or not text.isprintable():
        yield anomaly("git-path", printable(text), prefix + printable(text))
    if raw in seen:
        yield anomaly("duplicate-name", printable(text), prefix + printable(text))
    seen.add(raw)


def _leaf(
    objects: Objects, name: bytes, mode: int, path: str, limits: Limits, wanted: Wanted | None
) -> Iterator[Entry | Gap | Signal]:
    if wanted is not None and not wanted(path):
        return
    try:
        kind, data = objects.get(name)
    except ObjectError as error:
        yield _lost(path, name, error)
        return
    if kind != BLOB:
        yield Gap(Stage.READ, path, Message.of(N_("the object is not a file")))
    elif stat.S_ISLNK(mode):
        target = printable(data[:_REF_BYTES].decode("utf-8", "surrogateescape"))
        outside = leads_outside(path, target)
        yield Signal("link", f"{'outside' if outside else 'inside'}\t{target}", path)
        if outside:
            reason = N_("a link that leads outside, to {target}: not followed")
            yield Gap(Stage.READ, path, Message.of(reason, {"target": target}), partial=True)
    else:
        if data.startswith(_LFS) and len(data) < 1024:
            reason = N_("its content is kept outside the repository (Git LFS)")
            yield Gap(Stage.READ, path, Message.of(reason), partial=True)
        yield Entry(path, len(data), lambda: data)
        yield from unpacked(path, data[:HEAD_BYTES], data[-22:], partial(_stream, data), limits, wanted)


def _stream(data: bytes) -> BinaryIO:
    return io.BytesIO(data)


def _lost(path: str, name: bytes, error: ObjectError) -> Gap:
    if isinstance(error, LargeObjectError):
        return Gap(Stage.LIMIT, path, Message.of(N_("the object is larger than is read")))
    reason = N_("the object {name} is missing or damaged")
    return Gap(Stage.READ, path, Message.of(reason, {"name": name.decode("ascii", "replace")[:12]}))
