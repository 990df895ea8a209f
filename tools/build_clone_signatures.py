"""Build `src/lazaretto/detect/data/clones.bin`: signatures of popular packages, for recognising their copies.

    python tools/fetch_popular.py FOLDER npm --top 2000        (and pypi; see there)
    python tools/build_clone_signatures.py FOLDER [--date 2026-11] [--out FILE] [--rare 6] [--whole NAME ...]

FOLDER is what `fetch_popular.py` filled. Archives are read, never unpacked to disk, installed or run. What was computed
of an archive is kept beside it (`.prints`) until the fingerprint's code changes.

1. of every archive: each code file's fingerprint, and the marks of its metadata
2. a hash that more than `--rare` packages have is nobody's (vendored files, licences, build boilerplate)
3. of every package: hashes up to a threshold so that about `--hashes` remain of its newest version; a record of every
   file, `--records` at most
"""  # noqa: INP001 - a command, not a package

import argparse
import contextlib
import hashlib
import sys
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing import Pool
from pathlib import Path
from urllib.parse import quote, unquote

import msgspec
from packaging.utils import parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from lazaretto.adapters.targets import TargetError, open_target
from lazaretto.detect.clone_store import MOST_VERSIONS, Signature, encode
from lazaretto.detect.clones import FEWEST, is_build_file, marks, record, relative
from lazaretto.detect.names import popular
from lazaretto.detect.own_package import own_packages
from lazaretto.detect.project import FileInfo, Project
from lazaretto.parse.blob import Blob
from lazaretto.parse.fingerprint import FULL, Fingerprint, fingerprint, half_renamed, is_library_code
from lazaretto.parse.limits import DEFAULT

ROOT = Path(__file__).parent.parent
_MANIFESTS = ("package.json", "PKG-INFO", "METADATA", "README.md", "readme.md", "Readme.md", "README")
MOST_HASHES = 400
"""Of all versions of one package."""
_ARCHIVES = (".whl", ".tgz", ".tar.gz", ".zip", ".tar.bz2")


class Prints(msgspec.Struct, array_like=True):
    """What is computed of one archive."""

    code: str
    """Digest of the code that computed it."""
    marks: list[int]
    files: list[tuple[str, int, int, int, list[int], list[int]]]
    """Relative path, lines, digest, capabilities, sketch, digests of copies that are renamed in part."""


@dataclass
class Package:
    """What is known of one popular package."""

    world: str
    name: str
    versions: list[tuple[str, list[tuple[str, Fingerprint, list[int]]]]] = field(default_factory=list)
    """Newest first."""
    marks: set[int] = field(default_factory=set)


def main() -> None:
    """Read the arguments, build the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--date", default="2026-11")
    parser.add_argument("--out", type=Path, default=ROOT / "src/lazaretto/detect/data/clones.bin")
    parser.add_argument("--rare", type=int, default=6)
    parser.add_argument("--hashes", type=int, default=120)
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--whole", nargs="*", default=[], metavar="NAME", help="names of which every file is recorded")
    parser.add_argument("--jobs", type=int, default=1, help="processes; 0 = this one")
    parser.add_argument("--leave-out", nargs="*", default=[], metavar="ARCHIVE", help="file names, for measuring")
    arguments = parser.parse_args()
    places = [arguments.folder / world / quote(name, safe="@") for world, name in ranked()]
    archives = [path for place in places for path in sorted(place.glob("*")) if path.name.endswith(_ARCHIVES)]
    code = code_digest()
    jobs = [(path, code) for path in archives]
    with Pool(arguments.jobs) if arguments.jobs else contextlib.nullcontext() as pool:
        for count, _ in enumerate(pool.imap_unordered(prints_of, jobs, 16) if pool else map(prints_of, jobs), 1):
            if count % 500 == 0:
                print(f"{count} of {len(archives)} archives", flush=True)
    packages = [gathered(arguments.folder, world, name, code, set(arguments.leave_out)) for world, name in ranked()]
    signatures = signed([package for package in packages if package.versions], arguments)
    data = encode(signatures, arguments.date, "python tools/build_clone_signatures.py FOLDER")
    arguments.out.write_bytes(data)
    count = sum(len(one.versions) for one in signatures)
    print(f"{len(signatures)} packages, {count} versions, {len(data)} bytes")


def code_digest() -> str:
    """Return what tells one state of the fingerprint's code from another: its answers to a fixed question."""
    line = "const Value_{0} = eval('{1}');  // {0}\n\tcall(value_{0});\n"
    probe = "".join(line.format(number, number * 7919) for number in range(400))
    answers = [fingerprint(path, probe.encode()) for path in ("value-1.0/src/a.py", "package/lib/a.js", "call/a.ts")]
    return hashlib.sha256(repr(["2", *answers]).encode()).hexdigest()[:16]


def ranked() -> list[tuple[str, str]]:
    """Return world and name of the popular packages, the most popular ones of both worlds first."""
    lists = {world: list(popular(world).rank) for world in ("npm", "pypi")}
    most = max(map(len, lists.values()))
    return [(world, names[at]) for at in range(most) for world, names in lists.items() if at < len(names)]


def prints_of(job: tuple[Path, str]) -> Prints | None:
    """Return an archive's prints, computed now or earlier; None when it cannot be read or holds no package."""
    path, code = job
    kept = path.with_name(f"{path.name}.prints")
    if kept.exists():
        found = msgspec.msgpack.decode(kept.read_bytes(), type=Prints)
        if found.code == code:
            return found
    blobs: dict[str, Blob] = {}
    try:
        with contextlib.closing(open_target(str(path), DEFAULT, online=False)) as target:
            for entry in target.entries(lambda name: is_library_code(name) or name.endswith(_MANIFESTS)):
                blobs[entry.path] = Blob(entry.path, entry.load())
    except (TargetError, OSError) as error:
        print(f"{path.name}: {error}", file=sys.stderr)
        return None
    project = Project({name: FileInfo(len(blob.data), "") for name, blob in blobs.items()}, read=blobs.get)
    own = next(iter(own_packages(project)), None)
    if own is None:
        return None
    files = []
    for name, blob in blobs.items():
        inner = relative(name, own)
        if inner is not None and is_library_code(name) and not is_build_file(inner):
            found_print = fingerprint(name, blob.data)
            if found_print is not None:
                one = found_print
                others = sorted(half_renamed(name, blob.data) - {one.digest})
                files.append((inner, one.lines, one.digest, one.capabilities, list(one.sketch), others))
    prints = Prints(code, list(marks(own)), files)
    kept.write_bytes(msgspec.msgpack.encode(prints))
    return prints


def gathered(folder: Path, world: str, name: str, code: str, left_out: set[str]) -> Package:
    """Return a package with the prints of its archives."""
    package = Package(world, name)
    place = folder / world / quote(name, safe="@")
    archives = [path for path in place.glob("*") if path.name.endswith(_ARCHIVES)] if place.exists() else []
    dated = sorted(((version_of(path), path) for path in archives if path.name not in left_out), reverse=True)
    for version, path in dated[:MOST_VERSIONS]:
        prints = prints_of((path, code))
        if prints is not None and prints.files:
            package.marks.update(prints.marks)
            rows = [(row[0], Fingerprint(row[1], row[2], tuple(row[4]), row[3]), row[5]) for row in prints.files]
            package.versions.append((str(version), rows))
    return package


def version_of(path: Path) -> Version:
    """Return the version that an archive's name says."""
    name = unquote(path.name)
    if name.endswith(".whl"):
        return parse_wheel_filename(name)[1]
    if name.endswith(".tgz"):
        return Version(name.removesuffix(".tgz").removeprefix(f"{unquote(path.parent.name).rpartition('/')[2]}-"))
    return parse_sdist_filename(name.replace(".tar.bz2", ".tar.gz"))[1]


def signed(packages: list[Package], arguments: argparse.Namespace) -> list[Signature]:
    """Return the signatures of packages that have enough code of their own."""
    owners: Counter[int] = Counter()
    for package in packages:
        owners.update({value for _, rows in package.versions for _, found, _ in rows for value in found.sketch})
    signatures = []
    for package in packages:
        signature = _signature(package, owners, arguments)
        if signature is not None:
            signatures.append(signature)
    return signatures


def _signature(package: Package, owners: Counter[int], arguments: argparse.Namespace) -> Signature | None:
    rare = [
        {value for _, found, _ in rows for value in found.sketch if owners[value] <= arguments.rare}
        for _, rows in package.versions
    ]
    whole = min((found.threshold for _, rows in package.versions for _, found, _ in rows), default=FULL)
    threshold = min(whole, FULL - 1)
    for values, most in ((rare[0], arguments.hashes), (set().union(*rare), MOST_HASHES)):
        low = sorted(value for value in values if value <= threshold)
        threshold = low[most - 1] if len(low) > most else threshold
    hashes: dict[int, int] = {}
    records: dict[int, int] = {}
    for bit, (_, rows) in enumerate(package.versions):
        for value in rare[bit]:
            if value <= threshold:
                hashes[value] = hashes.get(value, 0) | 1 << bit
        for inner, found, others in rows:
            for digest in (found.digest, *others):
                value = record(inner, digest)
                records[value] = records.get(value, 0) | 1 << bit
    totals = [sum(versions >> bit & 1 for versions in hashes.values()) for bit in range(len(package.versions))]
    if max(totals) < FEWEST:
        return None
    paths = sorted({value >> 16 for value in records})
    if len(records) > arguments.records and package.name not in arguments.whole:
        kept: dict[int, int] = {}
        for path in paths:
            group = {value: versions for value, versions in records.items() if value >> 16 == path}
            if kept and len(kept) + len(group) > arguments.records:
                break
            kept.update(group)
        records = kept
    able = 0
    for _, rows in package.versions:
        for _, found, _ in rows:
            able |= found.capabilities
    return Signature(
        world=package.world,
        name=package.name,
        versions=tuple((version, total) for (version, _), total in zip(package.versions, totals, strict=True)),
        threshold=threshold,
        hashes=hashes,
        records=records,
        marks=tuple(sorted(package.marks)[:12]),
        able=able,
        files=len(paths),
    )


if __name__ == "__main__":
    main()
