"""The yarn.lock of Yarn 2, 3 and 4: YAML, one entry per resolved package.

Source: `packages/yarnpkg-core/sources/Project.ts` (`generateLockfile`, `setupResolutions`) and `structUtils.ts` of
yarnpkg/berry.

    "alias@npm:name@^1.0.0, name@npm:^1.0.0":
      version: 1.0.1
      resolution: "name@npm:1.0.1"
      checksum: 10c0/...

What a resolution's reference may be: `npm:VERSION`, `patch:...`, `workspace:FOLDER`, `virtual:HASH#...`, a git or
tarball address, `file:`/`link:`/`portal:`. The root (`workspace:.`) is the project itself and is left out; other
workspaces are kept, with `workspace:` as their requirement.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote

from lazaretto.ecosystems import npm
from lazaretto.lockfiles.entries import bad_entry
from lazaretto.lockfiles.npm_rows import NO_NAME, NOT_A_MAPPING, cut, usable
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import Lined, as_text, load_yaml
from lazaretto.parse.views import ParseError


def rows(blob: Blob) -> Iterator[Package | Gap]:
    """Yield what the document pins.

    Raises:
        ParseError: not a YAML mapping.
    """
    document = load_yaml(blob)
    if not isinstance(document, Lined):
        raise ParseError("the document is not a mapping")
    for key, entry in document.items():
        if key == "__metadata":
            continue
        line = document.lines.get(key, 1)
        if not isinstance(entry, dict):
            yield bad_entry(blob.path, line, key, NOT_A_MAPPING)
            continue
        yield from _row(blob, key, entry, line)


def _row(blob: Blob, key: str, entry: dict[str, Any], line: int) -> Iterator[Package | Gap]:
    descriptors = [npm.split_at_version(part.strip()) for part in key.split(", ")]
    resolution = as_text(entry.get("resolution"))
    name, reference = npm.split_at_version(resolution) if resolution else descriptors[0]
    if reference.startswith("virtual:"):
        reference = reference.partition("#")[2]
    if reference == "workspace:.":
        return
    if not usable(name):
        yield bad_entry(blob.path, line, key, NO_NAME)
        return
    version = as_text(entry.get("version"))
    if not version:
        yield bad_entry(blob.path, line, key, "it gives no version")
    protocol, _, rest = reference.partition(":")
    url, requirement = "", ""
    if protocol == "npm":
        bindings = dict(parse_qsl(rest.partition("::")[2][:8192]))
        url = bindings.get("__archiveUrl", "")
    elif protocol == "patch":
        requirement = unquote(reference)
    else:
        url = "" if protocol in ("workspace", "file", "link", "portal") else reference
        requirement = unquote(reference)
    aliases = sorted({other for other, _ in descriptors if other != name and usable(other)})
    yield Package(
        "npm",
        name,
        version,
        blob.path,
        line,
        requirement=cut(requirement),
        url=cut(url),
        integrity=cut(as_text(entry.get("checksum"))),
        alias=aliases[0] if aliases else "",
    )
