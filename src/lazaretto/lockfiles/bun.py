"""bun.lock (Bun 1.2 and later, lockfileVersion 0 to 2) and its binary forerunner bun.lockb.

Source: `src/install/lockfile/bun.lock.zig` of oven-sh/bun. JSON with comments and trailing commas. `packages` maps a
place in the tree to a tuple whose shape follows from the reference in its first element:

    registry        ["name@1.0.0", "registry or empty", {info}, "sha512-..."]
    git, github     ["name@github:user/repo#commit", {info}, "tag", "sha512-..."]
    tarball         ["name@https://...tgz", {info}, "sha512-..."]
    folder, link    ["name@file:path", {info}]
    workspace       ["name@workspace:path", {info}?]    kept, with `workspace:` as requirement
    root            ["name@root:", {info}]

bun.lockb is not read; it always becomes a gap.
"""

from collections.abc import Callable, Iterable, Iterator

from lazaretto.ecosystems import npm
from lazaretto.lockfiles.entries import bad_entry, bounded, file_name
from lazaretto.lockfiles.lockfile import Format
from lazaretto.lockfiles.npm_rows import NO_NAME, cut, in_node_modules, name_of_place, usable, with_fetched
from lazaretto.model.finding import Gap, Stage
from lazaretto.model.package import Package
from lazaretto.model.text import N_, Message
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import KeyLines, as_mapping, as_text, load_jsonc, need_mapping


def accepts(path: str) -> bool:
    """bun.lock outside node_modules."""
    return file_name(path) == "bun.lock" and not in_node_modules(path)


def accepts_binary(path: str) -> bool:
    """bun.lockb outside node_modules."""
    return file_name(path) == "bun.lockb" and not in_node_modules(path)


def read(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterable[Package | Gap]:
    """Yield what one bun.lock pins.

    Raises:
        ParseError: not an object in JSON with comments.
    """
    return bounded(_rows(blob), blob.path)


def read_binary(blob: Blob, _open: Callable[[str], Blob | None]) -> Iterable[Package | Gap]:
    """Yield the gap that a bun.lockb is."""
    reason = N_(
        "bun.lockb is a binary format that is not read; turn it into text with "
        "`bun install --save-text-lockfile --lockfile-only --ignore-scripts` and check the bun.lock that this writes"
    )
    yield Gap(Stage.INVENTORY, blob.path, Message.of(reason))


def _rows(blob: Blob) -> Iterator[Package | Gap]:
    document = need_mapping(load_jsonc(blob), "the document")
    lines = KeyLines(blob)
    workspaces = as_mapping(document.get("workspaces"))
    for place, entry in as_mapping(document.get("packages")).items():
        line = lines.take(place)
        if not isinstance(entry, list) or not entry or not isinstance(entry[0], str):
            yield bad_entry(blob.path, line, place, "it is not a list that begins with a text")
            continue
        name, reference = npm.split_at_version(entry[0])
        if reference == "root:":
            continue
        if not usable(name):
            yield bad_entry(blob.path, line, place, NO_NAME)
            continue
        spec = npm.parse_spec(reference)
        registry = spec.kind in ("version", "range", "tag")
        texts = [as_text(part) for part in entry[1:]]
        version = reference if registry else ""
        if spec.kind == "workspace":
            version = as_text(as_mapping(workspaces.get(reference.removeprefix("workspace:"))).get("version"))
        known_as = name_of_place(place)
        yield from with_fetched(
            Package(
                "npm",
                name,
                version,
                blob.path,
                line,
                requirement="" if registry else cut(reference),
                url=cut((texts[0] if texts else "") if registry else spec.url),
                integrity=next((cut(text) for text in reversed(texts) if text.startswith("sha")), ""),
                alias=known_as if known_as != name else "",
            )
        )


FORMAT = Format("bun", "bun.lock (Bun)", accepts, read)
BINARY_FORMAT = Format("bun-binary", "bun.lockb (Bun before 1.2)", accepts_binary, read_binary)
