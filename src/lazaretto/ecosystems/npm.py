"""The npm world: names, exact versions, ranges, and the many shapes of a dependency's right-hand side.

Sources: npm's validate-npm-package-name and npm-package-arg, the `dependencies` section of package.json(5), and
SemVer 2.0.0 with node-semver's range grammar.
"""

import re
from dataclasses import dataclass
from typing import Final

from lazaretto.ecosystems.ecosystem import Ecosystem

LONGEST_NAME: Final = 214
LONGEST_RANGE: Final = 1024
"""Longer ranges are not evaluated: node's own limit for a version is 256 characters."""

_SEMVER = re.compile(
    r"(?:0|[1-9]\d{0,15})\.(?:0|[1-9]\d{0,15})\.(?:0|[1-9]\d{0,15})"
    r"(?:-[0-9A-Za-z-]{1,128}(?:\.[0-9A-Za-z-]{1,128}){0,32})?(?:\+[0-9A-Za-z-]{1,128}(?:\.[0-9A-Za-z-]{1,128}){0,32})?"
)
_PART = re.compile(r"[A-Za-z0-9~!'()*_.-]{1,214}")
_HOSTED = re.compile(r"(?:github|gitlab|bitbucket|gist):", re.ASCII)
_SHORTHAND = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}/[A-Za-z0-9._-]{1,200}(?:#.{0,400})?")
_SCP = re.compile(r"[A-Za-z0-9._-]{1,64}@[A-Za-z0-9.-]{1,253}:[^\s]{1,1000}")
_RANGE_LIKE = re.compile(r"[~*^<>=]|v?\d+(?:\.|$)|[xX]$")
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,213}")
_TARBALL = re.compile(r"\.(?:tgz|tar|tar\.gz)(?:[#?].{0,400})?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spec:
    """The right-hand side of a dependency, taken apart."""

    kind: str
    """`version` (exact), `range`, `tag`, `alias`, `git`, `remote` (a tarball's URL), `file` (path to a folder or
    tarball), `workspace`, `catalog`, `patch` or `unknown`."""
    name: str = ""
    """The package that is really meant, when the spec names it (`alias`, some `patch` and `workspace` specs)."""
    version: str = ""
    """The exact version, when the spec is exact."""
    url: str = ""
    """The address, for `git` and `remote`; the path for `file`."""


def normalize(name: str) -> str:
    """Return the name without surrounding space. npm names are compared as written: old ones may hold capitals."""
    return name.strip()


def is_name(name: str) -> bool:
    """Tell whether npm could hold such a package, old names with capitals included."""
    if not name or len(name) > LONGEST_NAME or name != name.strip():
        return False
    scope, slash, rest = name.partition("/")
    if name.startswith("@"):
        return bool(slash) and bool(_PART.fullmatch(scope[1:])) and bool(_PART.fullmatch(rest))
    return not slash and name[0] not in "._" and bool(_PART.fullmatch(name))


def is_exact(version: str) -> bool:
    """Tell whether `version` is one SemVer version (`1.2.3`, not `v1.2.3`, `=1.2.3` or `1.2`)."""
    return bool(_SEMVER.fullmatch(version))


def exact(text: str) -> str:
    """Return the version that a range pins (`1.2.3`, `=1.2.3`, `v1.2.3`), or the empty text."""
    text = text.strip()
    for prefix in ("=", "v"):
        text = text.removeprefix(prefix).lstrip()
    return text if is_exact(text) else ""


def split_at_version(text: str) -> tuple[str, str]:
    """Split `name@version` or `@scope/name@version` at its version; the version is empty when there is none."""
    at = text.find("@", 1)
    return (text, "") if at < 0 else (text[:at], text[at + 1 :])


def split_alias(spec: str) -> tuple[str, str] | None:
    """Split `npm:name@range` into name and range (empty when absent); None when `spec` names no package.

    NOTE: Yarn 2+ also writes `npm:^1.2.3` and `npm:latest`, which are a range and a tag of the same package; the
    first is told apart here, the second cannot be, so its reader must not ask when there is no `@`.
    """
    if not spec.startswith("npm:"):
        return None
    name, version = split_at_version(spec[4:])
    if not is_name(name) or (not version and _RANGE_LIKE.match(name)):
        return None
    return name, version


def name_in_url(url: str) -> str:
    """Return the package that a registry's tarball address (`.../@scope/name/-/name-1.0.0.tgz`) names, or nothing.

    A lockfile whose entry says one name and whose address says another installs the address.
    """
    path, found, _ = url[:2048].partition("/-/")
    if not found or not path.startswith(("http://", "https://")):
        return ""
    parts = path.replace("%40", "@").replace("%2f", "/").replace("%2F", "/").split("/")[3:]
    name = "/".join(parts[-2:] if len(parts) > 1 and parts[-2].startswith("@") else parts[-1:])
    return name if is_name(name) else ""


def parse_spec(text: str) -> Spec:
    """Take the right-hand side of a dependency apart, as npm, Yarn, pnpm and Bun together understand it."""
    text = text.strip()
    if not text:
        return Spec("range")
    head, colon, rest = text.partition(":")
    protocol = head.lower() if colon else ""
    if protocol == "npm":
        found = split_alias(text)
        return Spec("alias", found[0], exact(found[1])) if found else _registry(rest)
    if protocol == "jsr":  # npm clients fetch these from a scope of their own
        name, version = split_at_version(rest)
        scope, slash, bare = name.removeprefix("@").partition("/")
        known = slash and name.startswith("@")
        return Spec("alias", f"@jsr/{scope}__{bare}", exact(version)) if known else Spec("unknown")
    if protocol in ("workspace", "catalog", "patch"):
        return Spec(protocol)
    if protocol in ("file", "link", "portal"):
        return Spec("file", url=rest)
    if text.startswith(("./", "../", "/", "~/", ".\\", "..\\")) or re.match(r"[A-Za-z]:[\\/]", text):
        return Spec("file", url=text)
    if protocol in ("git", "ssh") or protocol.startswith("git+") or _HOSTED.match(text) or _SCP.fullmatch(text):
        return Spec("git", url=text)
    if protocol in ("http", "https"):
        is_git = rest.partition("#")[0].endswith(".git")
        return Spec("git" if is_git else "remote", url=text)
    if _SHORTHAND.fullmatch(text):
        return Spec("git", url=f"github:{text}")
    if colon:
        return Spec("unknown", url=text)
    if "/" in text or _TARBALL.search(text):
        return Spec("file", url=text)
    return _registry(text)


def satisfies(version: str, requirement: str) -> bool | None:
    """Tell whether a version lies in a range, as npm's own semver does; None when either is not understood."""
    if not is_exact(version) or len(requirement) > LONGEST_RANGE or ":" in requirement:
        return None
    pinned = exact(requirement)
    if pinned:
        return compare(version, pinned) == 0
    import nodesemver

    try:
        wanted = nodesemver.Range(requirement, False)
        return bool(nodesemver.satisfies(version, wanted, False))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return None


def compare(one: str, other: str) -> int | None:
    """Order two exact versions by SemVer 2.0.0 section 11 (build metadata does not count); None if not exact."""
    if not is_exact(one) or not is_exact(other):
        return None
    left, right = _order(one), _order(other)
    return (left > right) - (left < right)


def _registry(text: str) -> Spec:
    version = exact(text)
    if version:
        return Spec("version", version=version)
    return Spec("tag" if _TAG.fullmatch(text) and not _RANGE_LIKE.match(text) else "range")


def _order(version: str) -> tuple[object, ...]:
    core, _, before = version.partition("+")[0].partition("-")
    numbers = tuple(int(part) for part in core.split("."))
    if not before:
        return (*numbers, 1)  # a release is newer than its pre-releases
    marks = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in before.split("."))
    return (*numbers, 0, marks)


ECOSYSTEM = Ecosystem("npm", "npm", normalize, is_name, is_exact, satisfies, compare)
