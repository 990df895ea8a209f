"""Is the subject a copy of a popular package under another name, and what was changed in it?

    fingerprints of the subject's own files  --rare hashes-->  candidates of `clone_store`
        --contained: how much of the original's code is here; share: how much of the subject's code is the original's-->
    Clone: files unchanged, changed, extra; what of the original's metadata was kept

Both ratios are estimates over sketches of at most some hundred hashes: right within about five in a hundred.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zlib import crc32

from lazaretto.detect.clone_store import Signature, Store
from lazaretto.detect.own_package import OwnPackage, own_packages
from lazaretto.detect.project import Project
from lazaretto.parse.fingerprint import CAPABILITIES, FULL, Fingerprint, decoded

FEWEST = 6
"""Rare hashes in common that make a candidate; a package with less code than that has no signature."""
CANDIDATES = 6
CONTAINED, SHARE = 0.5, 0.5
FILES_SHARE = 0.6
"""Share of files that stands in for the share of lines, which one large added file brings down."""
_BUILD_FILES = frozenset({
    "setup.py", "conftest.py", "versioneer.py", "noxfile.py", "tasks.py", "fabfile.py", "gulpfile.js", "gruntfile.js",
    "rollup.config.js", "webpack.config.js", "karma.conf.js", "jest.config.js", "eslint.config.js", ".eslintrc.js",
    "babel.config.js", "tsup.config.ts", "vite.config.ts", "prettier.config.js",
})  # fmt: skip
"""In the top folder of a source archive, missing from what is installed: neither changed nor extra."""
_SOURCE_FOLDERS = ("src/", "lib/", "python/")
_NAME_WORDS = re.compile(r"[-_./@]+")


@dataclass(frozen=True, slots=True)
class Clone:
    """What is known of a copy."""

    own: OwnPackage
    name: str
    """Of the original."""
    version: str
    """The version of the original that the copy is nearest to."""
    contained: float
    """0 to 1: how much of the original's code is in the subject."""
    share: float
    """0 to 1: how much of the subject's code is the original's."""
    files: int
    """Code files of the original's version."""
    unchanged: tuple[str, ...]
    changed: tuple[str, ...]
    """Files that have a counterpart with other content."""
    extra: tuple[str, ...]
    """Files without a counterpart."""
    kept: tuple[str, ...]
    """Kinds of metadata that are the original's: `author`, `home page`, `mail`, `repository`, `summary`."""
    gained: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Changed or extra file to the capabilities that it has and no file of the original has."""

    @property
    def names_original(self) -> bool:
        """True when the own name says of whom it is a copy: it holds the original's words, or is somebody's scope."""
        own, other = (f"-{'-'.join(_NAME_WORDS.split(name.lower()))}-" for name in (self.own.name, self.name))
        return self.own.name.startswith("@") or f"-{other.strip('-')}-" in own

    @property
    def says_fork(self) -> bool:
        """True when the package calls itself a fork, or names the original in its summary or title."""
        said = f"{self.own.summary} {self.own.title}".lower()
        return self.own.forked or re.search(r"\bfork(?:ed|s)?\b", said) is not None


def find_clones(project: Project, store: Store) -> list[Clone]:
    """Return the popular packages that the subject's own packages are copies of, one for each at most."""
    return project.derived(_find_clones, store)


def _find_clones(project: Project, store: Store) -> list[Clone]:
    prints = {
        signal.path: found
        for signal in project.signals_of("fingerprint")
        if (found := decoded(signal.value)) is not None
    }
    owns = own_packages(project) if prints else ()
    return [clone for own in owns if (clone := _find(own, prints, store)) is not None]


def marks(own: OwnPackage) -> dict[int, str]:
    """Return what a package's metadata says, as hashes to their kind; empty and very short texts say nothing."""
    rows = [("repository", text) for text in own.repositories]
    rows += [("home page", text) for text in own.homes]
    rows += [("mail" if "@" in text else "author", text) for text in own.authors]
    rows.append(("summary", " ".join(own.summary.lower().split()).rstrip(".")))
    least = {"summary": 20, "author": 5}
    return {
        crc32(f"{kind}:{text}".encode("utf-8", "replace")): kind
        for kind, text in rows
        if len(text) >= least.get(kind, 6)
    }


def relative(path: str, own: OwnPackage) -> str | None:
    """Return a file's path within its package, the top folder's name left out; None for a file of another one.

    So that `graphlib-1.0/src/graphlib/alg/dfs.py` and `othername/alg/dfs.py` are the same.
    """
    root = root_of(own)
    if root and not path.startswith(f"{root}/"):
        return None
    inner = path[len(root) + 1 :] if root else path
    if own.world == "pypi":
        for folder in _SOURCE_FOLDERS:
            inner = inner.removeprefix(folder)
        top, slash, rest = inner.partition("/")
        inner = f"*/{rest}" if slash else top
    return inner.lower()


def root_of(own: OwnPackage) -> str:
    """Return the folder that the package's files lie in; empty for the subject itself."""
    folder = posixpath.dirname(own.path)
    return posixpath.dirname(folder).removesuffix("/src") if folder.endswith("-info") else folder


def record(path: str, digest: int) -> int:
    """Return a file's record: 16 bits of its relative path, 16 of its content."""
    return (crc32(path.encode("utf-8", "replace")) & 0xFFFF) << 16 | (digest >> 8 & 0xFFFF)


def is_build_file(path: str) -> bool:
    """Tell whether a relative path is that of a file which is there for building or linting only."""
    return path in _BUILD_FILES


def _find(own: OwnPackage, prints: Mapping[str, Fingerprint], store: Store) -> Clone | None:
    mine = {
        inner: (path, found)
        for path, found in prints.items()
        if (inner := relative(path, own)) is not None and not is_build_file(inner)
    }
    seen: set[int] = set().union(*(found.sketch for _, found in mine.values())) if mine else set()
    hits: dict[int, list[tuple[int, int]]] = {}
    for value in seen:
        for package, versions in store.owners(value):
            hits.setdefault(package, []).append((value, versions))
    ranked = sorted((package for package in hits if len(hits[package]) >= FEWEST), key=lambda p: (-len(hits[p]), p))
    best: tuple[float, int, Signature, str, float, float] | None = None
    for package in ranked[:CANDIDATES]:
        if store.world(package) != own.world:
            continue
        signature = store.signature(package)
        contained, version = _contained(signature, hits[package])
        share = _share(signature, hits[package], [found for _, found in mine.values()])
        if contained < CONTAINED or (share < SHARE and _files_share(signature, mine) < FILES_SHARE):
            continue
        if signature.name == own.name:
            return None  # it is that package itself
        worth = round(contained * share, 1)
        if best is None or worth > best[0]:
            best = (worth, -package, signature, version, contained, share)
    return _compared(own, mine, *best[2:]) if best else None


def _contained(signature: Signature, hits: Iterable[tuple[int, int]]) -> tuple[float, str]:
    """Return how much of the best version's hashes are in the subject, and that version."""
    counts = Counter(bit for _, versions in hits for bit in range(len(signature.versions)) if versions >> bit & 1)
    rated = [
        (counts[bit] / total, -bit, version)
        for bit, (version, total) in enumerate(signature.versions)
        if total >= FEWEST
    ]
    best = max(rated, default=(0.0, 0, ""))
    return min(best[0], 1.0), best[2]


def _share(signature: Signature, hits: list[tuple[int, int]], mine: Iterable[Fingerprint]) -> float:
    """Return how much of the subject's lines are the original's, over hashes up to the original's threshold."""
    within: set[int] = set()
    beyond = 0.0
    for found in mine:
        within.update(value for value in found.sketch if value <= signature.threshold)
        if found.threshold < signature.threshold:
            known = sum(value <= signature.threshold for value in found.sketch)
            beyond += max(0.0, found.lines * signature.threshold / FULL - known)
    return len(hits) / max(1.0, len(within) + beyond)


def _files_share(signature: Signature, mine: Mapping[str, tuple[str, Fingerprint]]) -> float:
    whole = [record(inner, found.digest) & 0xFFFF for inner, (_, found) in mine.items() if found.lines >= FEWEST]
    contents = {value & 0xFFFF for value in signature.records}
    return sum(value in contents for value in whole) / max(1, len(whole))


def _compared(
    own: OwnPackage,
    mine: Mapping[str, tuple[str, Fingerprint]],
    signature: Signature,
    version: str,
    contained: float,
    share: float,
) -> Clone:
    paths = {value >> 16 for value in signature.records}
    contents = {value & 0xFFFF for value in signature.records}
    bit = [name for name, _ in signature.versions].index(version)
    files = len({value >> 16 for value, versions in signature.records.items() if versions >> bit & 1})
    last = max(paths, default=0) if len(paths) < signature.files else 0xFFFF
    unchanged, changed, extra = [], [], []
    gained: dict[str, tuple[str, ...]] = {}
    for inner, (path, found) in sorted(mine.items()):
        value = record(inner, found.digest)
        if value in signature.records or (found.lines >= FEWEST and value & 0xFFFF in contents):
            unchanged.append(path)
            continue
        if value >> 16 in paths:
            changed.append(path)
        elif value >> 16 <= last:
            extra.append(path)
        else:
            continue  # the original has too many files for all of them to be recorded
        if new := found.capabilities & ~signature.able:
            gained[path] = tuple(name for number, name in enumerate(CAPABILITIES) if new >> number & 1)
    theirs = set(signature.marks)
    kept = tuple(sorted({kind for mark, kind in marks(own).items() if mark in theirs}))
    return Clone(
        own,
        signature.name,
        version,
        contained,
        share,
        files,
        tuple(unchanged),
        tuple(changed),
        tuple(extra),
        kept,
        gained,
    )
