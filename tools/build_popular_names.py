"""Build `src/lazaretto/detect/data/`: popular and known package names, from a registry name list with downloads.

    python tools/build_popular_names.py FOLDER [--date 2026-10] [--out FOLDER]

FOLDER holds two tab-separated tables with a heading line:

    npm.tsv   name, version, downloads_a_month, summary
    pypi.tsv  name, version, month, rank_among_15000_most_downloaded, summary

Written are, for each world:

    popular-*.txt   the most downloaded names, most downloaded first; after a tab the summary's digest (see `mark`)
    known-*.bloom   a Bloom filter of all names that the table ranks: "has this name ever been heard of?"
    established-*.bloom   the same of the upper part: names with too many users to be a slip of the fingers
"""  # noqa: INP001 - a command, not a package

import argparse
import base64
import hashlib
import json
import math
from pathlib import Path

ROOT = Path(__file__).parent
POPULAR = 5000
ESTABLISHED = 60_000
WRONG = 0.01
"""Share of unheard-of names that the filter takes for known ones."""


def main() -> None:
    """Read the arguments, write the six files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--date", default="2026-10")
    parser.add_argument("--out", type=Path, default=ROOT.parent / "src/lazaretto/detect/data")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for world in ("npm", "pypi"):
        ranked = read(arguments.folder / f"{world}.tsv", world)
        (arguments.out / f"popular-{world}.txt").write_text(popular(ranked, world, arguments.date), "utf-8")
        names = [name for name, _ in ranked]
        (arguments.out / f"known-{world}.bloom").write_bytes(bloom(names, arguments.date))
        (arguments.out / f"established-{world}.bloom").write_bytes(bloom(names[:ESTABLISHED], arguments.date))


def read(path: Path, world: str) -> list[tuple[str, str]]:
    """Return (name, summary) of every ranked name, most downloaded first."""
    rows: list[tuple[int, str, str]] = []
    with path.open(encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            number, summary = (cells[2], cells[3]) if world == "npm" else (cells[3], cells[4])
            if number.isdigit():
                rows.append((-int(number) if world == "npm" else int(number), cells[0], summary))
    return [(name, summary) for _, name, summary in sorted(rows)]


def popular(ranked: list[tuple[str, str]], world: str, date: str) -> str:
    """Return the text of a popular-names file."""
    head = (
        f"# The {POPULAR} most downloaded names of {world}, most downloaded first; tab; mark of the summary, if any.\n"
        f"# Source: registry name list with monthly downloads, {date}.\n"
        "# Made by: python tools/build_popular_names.py FOLDER\n"
    )
    return head + "".join(f"{name}\t{mark(summary)}".rstrip() + "\n" for name, summary in ranked[:POPULAR])


def mark(summary: str) -> str:
    """Return eight characters that stand for a summary; empty for one too short to mean anything."""
    words = " ".join(summary.lower().split()).rstrip(".")
    if len(words) < 20:
        return ""
    return base64.b64encode(hashlib.blake2b(words.encode(), digest_size=6).digest()).decode()


def bloom(names: list[str], date: str) -> bytes:
    """Return a Bloom filter: one line of JSON, then the bits."""
    size = math.ceil(-len(names) * math.log(WRONG) / math.log(2) ** 2 / 8) * 8
    rounds = round(size / len(names) * math.log(2))
    bits = bytearray(size // 8)
    for name in names:
        digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
        start, step = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:], "big") | 1
        for turn in range(rounds):
            at = (start + turn * step) % size
            bits[at >> 3] |= 1 << (at & 7)
    head = {
        "schema": "lazaretto/bloom-1", "names": len(names), "bits": size, "rounds": rounds,
        "source": f"registry name list with monthly downloads, {date}",
        "made_by": "python tools/build_popular_names.py FOLDER",
    }  # fmt: skip
    return json.dumps(head).encode() + b"\n" + bytes(bits)


if __name__ == "__main__":
    main()
