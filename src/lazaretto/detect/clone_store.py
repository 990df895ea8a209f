"""Signatures of popular packages: `detect/data/clones.bin`, made by `tools/build_clone_signatures.py`.

One JSON line (schema, date, command, counts), then little-endian arrays, then text:

    threshold  u32  per package    its hashes up to this value were taken
    hash       u32  per hash       ascending; rare ones only: a line of many projects is nobody's
    start      u32  per package+1  where its file records begin
    record     u32  per record     16 bits of the path, 16 bits of the content; ascending within a package
    mark from  u32  per package+1  where its marks begin
    mark       u32  per mark       what its metadata says (see `clones.marks`)
    owner      u16  per hash       whose it is
    versions   u16  per hash       bit set: in which of the package's versions
    versions   u16  per record     the same
    able       u8   per package    capabilities of any of its versions (`parse.fingerprint.CAPABILITIES`)
    text       one line per package: world, name, versions as `3.2=96` (hashes), number of files; tab-separated

Read when first asked for; about twice its size in memory. Nothing else is kept.
"""

import json
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

SCHEMA = "lazaretto/clones-1"
MOST_VERSIONS = 16
MOST_PACKAGES = 1 << 16


@dataclass(frozen=True, slots=True)
class Signature:
    """One popular package."""

    world: str
    name: str
    versions: tuple[tuple[str, int], ...]
    """Version and how many hashes it has, newest first; at most `MOST_VERSIONS`."""
    threshold: int
    hashes: dict[int, int] = field(default_factory=dict)
    """Hash to the set of its versions."""
    records: dict[int, int] = field(default_factory=dict)
    """File record (path << 16 | content) to the set of its versions."""
    marks: tuple[int, ...] = ()
    able: int = 0
    files: int = 0
    """Paths in all; there are records for fewer when there are too many (those with the lowest path hashes)."""


class Store:
    """All signatures, as packed arrays."""

    def __init__(self, data: bytes) -> None:
        """Unpack.

        Raises:
            ValueError: not what `encode` wrote.
        """
        head, _, body = data.partition(b"\n")
        facts = json.loads(head)
        if facts.get("schema") != SCHEMA:
            raise ValueError("not a file of clone signatures")
        packages, hashes, records, marks = (int(facts[key]) for key in ("packages", "hashes", "records", "marks"))
        self.date = str(facts.get("date", ""))
        at = 0

        def take(kind: str, count: int) -> "array[int]":
            nonlocal at
            part = array(kind)
            part.frombytes(body[at : at + count * part.itemsize])
            at += count * part.itemsize
            if sys.byteorder == "big":
                part.byteswap()
            return part

        self._threshold = take("I", packages)
        self._hash = take("I", hashes)
        self._start = take("I", packages + 1)
        self._record = take("I", records)
        self._mark_from = take("I", packages + 1)
        self._mark = take("I", marks)
        self._owner = take("H", hashes)
        self._hash_versions = take("H", hashes)
        self._record_versions = take("H", records)
        self._able = take("B", packages)
        self._rows = body[at:].decode().splitlines()
        if len(self._rows) != packages:
            raise ValueError("a damaged file of clone signatures")

    def __len__(self) -> int:
        return len(self._rows)

    def owners(self, wanted: int) -> Iterator[tuple[int, int]]:
        """Yield (package, set of versions) for one hash."""
        at = bisect_left(self._hash, wanted)
        while at < len(self._hash) and self._hash[at] == wanted:
            yield self._owner[at], self._hash_versions[at]
            at += 1

    def signature(self, package: int) -> Signature:
        """Return one package without its hashes."""
        world, name, versions, count = self._rows[package].split("\t")
        pairs = (item.rpartition("=") for item in versions.split(","))
        span = slice(self._start[package], self._start[package + 1])
        return Signature(
            world=world,
            name=name,
            versions=tuple((version, int(total)) for version, _, total in pairs),
            threshold=self._threshold[package],
            records=dict(zip(self._record[span], self._record_versions[span], strict=True)),
            marks=tuple(self._mark[self._mark_from[package] : self._mark_from[package + 1]]),
            able=self._able[package],
            files=int(count),
        )

    def world(self, package: int) -> str:
        """Return `npm` or `pypi`."""
        return self._rows[package].partition("\t")[0]

    def name(self, package: int) -> str:
        """Return a package's name."""
        return self._rows[package].split("\t", 2)[1]


def encode(signatures: Sequence[Signature], date: str, made_by: str) -> bytes:
    """Write signatures; the earlier of two equally good matches wins, so the most popular ones come first.

    Raises:
        ValueError: more packages than a 16-bit number can name.
    """
    if len(signatures) >= MOST_PACKAGES:
        raise ValueError("too many packages")
    postings = sorted(
        (value, number, versions)
        for number, signature in enumerate(signatures)
        for value, versions in signature.hashes.items()
    )
    records = [sorted(signature.records.items()) for signature in signatures]
    head = {
        "schema": SCHEMA, "date": date, "made_by": made_by, "packages": len(signatures), "hashes": len(postings),
        "records": sum(map(len, records)), "marks": sum(len(signature.marks) for signature in signatures),
    }  # fmt: skip
    parts = (
        array("I", (signature.threshold for signature in signatures)),
        array("I", (value for value, _, _ in postings)),
        array("I", _starts(map(len, records))),
        array("I", (record for rows in records for record, _ in rows)),
        array("I", _starts(len(signature.marks) for signature in signatures)),
        array("I", (mark for signature in signatures for mark in signature.marks)),
        array("H", (owner for _, owner, _ in postings)),
        array("H", (versions for _, _, versions in postings)),
        array("H", (versions for rows in records for _, versions in rows)),
        array("B", (signature.able for signature in signatures)),
    )
    if sys.byteorder == "big":
        for part in parts:
            part.byteswap()
    text = "".join(
        f"{one.world}\t{one.name}\t{','.join(f'{version}={total}' for version, total in one.versions)}\t{one.files}\n"
        for one in signatures
    )
    return json.dumps(head).encode() + b"\n" + b"".join(part.tobytes() for part in parts) + text.encode()


@cache
def shipped() -> Store:
    """Load the shipped signatures."""
    return Store((files("lazaretto.detect") / "data" / "clones.bin").read_bytes())


def _starts(lengths: Iterator[int]) -> Iterator[int]:
    total = 0
    yield total
    for length in lengths:
        total += length
        yield total
