"""Popular and known package names, and how near another name comes to a popular one.

The lists lie in `detect/data/`, with their source and date; `tools/build_popular_names.py` makes them. They are read
when first asked for. A name that nobody has heard of is not bad; it only may be an imitation.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import OSA

WORLDS = ("npm", "pypi")
SHORT, LONG = 5, 7
"""Names shorter than `SHORT` have too many neighbours; from `LONG` characters on a neighbour seldom is chance."""
SHORT_RANK, LONG_RANK, WORD_RANK = 300, 2000, 1000
"""How far down the list names are worth imitating: short ones, long ones, ones that are imitated by their words."""

_SEPARATORS = re.compile(r"[-_.]+")
_LOOKALIKE = str.maketrans({"0": "o", "1": "l", "3": "e", "5": "s", "а": "a", "е": "e", "о": "o", "р": "p", "с": "c"})
_TAIL_NUMBER = re.compile(r"[-_.]?v?\d+$")
_AFFIXES = ("js", "node", "py", "python", "python3", "npm", "pypi", "official", "lib", "sdk")


class Likeness(Enum):
    """In what way a name looks like another one."""

    TYPO = "typo"
    """One slip of the fingers away."""
    LOOKALIKE = "lookalike"
    """Written with signs that look alike."""
    SEPARATOR = "separator"
    """The same letters with other separators."""
    SWAPPED = "swapped"
    """The same words in another order."""
    SCOPE = "scope"
    """A scoped name without its scope sign."""
    AFFIX = "affix"
    """The same name with a common word added."""


@dataclass(frozen=True, slots=True)
class Popular:
    """The most downloaded names of one world."""

    rank: dict[str, int]
    """Name to place, from 1."""
    marks: dict[str, str]
    """Digest of a summary to the name that has it."""
    targets: tuple[str, ...]
    """Names worth imitating by a slip, most downloaded first."""
    folded: dict[str, str]
    """Letters only to name, for long enough names of `LONG_RANK`."""
    words: dict[tuple[str, ...], str]
    """Sorted words to name, for names of two or more words."""
    date: str


@cache
def popular(world: str) -> Popular:
    """Load the list of one world (`npm`, `pypi`)."""
    rank: dict[str, int] = {}
    marks: dict[str, str] = {}
    date = ""
    for line in _data(f"popular-{world}.txt").decode().splitlines():
        if line.startswith("# Source:"):
            date = line.rpartition(" ")[2].rstrip(".")
        if line.startswith("#"):
            continue
        name, _, mark = line.partition("\t")
        rank[name] = len(rank) + 1
        if mark:
            marks.setdefault(mark, name)
    return gather(rank, marks, date)


def gather(rank: dict[str, int], marks: dict[str, str] | None = None, date: str = "") -> Popular:
    """Make ready for comparison what `rank` lists: canonical names and their places, in that order."""
    plain = [name for name in rank if not name.startswith("@")]
    targets = tuple(
        name for name in plain if rank[name] <= (LONG_RANK if len(name) >= LONG else SHORT_RANK) and len(name) >= SHORT
    )
    top = [name for name in plain if rank[name] <= LONG_RANK]
    folded = {letters(name): name for name in reversed(top) if len(letters(name)) >= LONG}
    words = {tuple(sorted(_SEPARATORS.split(name))): name for name in reversed(top) if len(_SEPARATORS.split(name)) > 1}
    return Popular(rank, marks or {}, targets, folded, words, date)


def is_known(world: str, name: str) -> bool:
    """Tell whether a registry list with downloads holds this name; wrong for one unheard-of name in a hundred."""
    return _in_filter(f"known-{world}.bloom", name)


def is_established(world: str, name: str) -> bool:
    """Tell whether a name has too many users to be a slip of the fingers; wrong for one name in a hundred."""
    return _in_filter(f"established-{world}.bloom", name)


def _in_filter(file: str, name: str) -> bool:
    bits, size, rounds = _bloom(file)
    digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
    start, step = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:], "big") | 1
    places = ((start + turn * step) % size for turn in range(rounds))
    return all(bits[at >> 3] & (1 << (at & 7)) for at in places)


def imitated(world: str, name: str) -> tuple[str, Likeness] | None:
    """Return the popular name that `name` comes close to, and how; None for established names and for others."""
    if world not in WORLDS or len(name) > 100 or is_established(world, name):
        return None
    return among(world, name, popular(world))


def among(world: str, name: str, known: Popular) -> tuple[str, Likeness] | None:
    """Return the name in a list that `name` comes close to, and how. Whether `name` is in it itself is not asked."""
    if name.startswith("@"):
        return None  # a scope belongs to somebody; whose is not for a list to say
    if (other := known.folded.get(letters(name))) is not None:
        return other, Likeness.SEPARATOR
    if (other := known.folded.get(letters(name.translate(_LOOKALIKE)))) is not None and len(name) == len(other):
        return other, Likeness.LOOKALIKE
    if other := _typo(name, known):
        return other, Likeness.TYPO
    parts = _SEPARATORS.split(name)
    if len(parts) > 1:
        if (other := known.words.get(tuple(sorted(parts)))) is not None:
            return other, Likeness.SWAPPED
        scoped = f"@{parts[0]}/{'-'.join(parts[1:])}"
        if world == "npm" and known.rank.get(scoped, LONG_RANK) < WORD_RANK:
            return scoped, Likeness.SCOPE
        for one, rest in ((parts[0], name[len(parts[0]) + 1 :]), (parts[-1], name[: -len(parts[-1]) - 1])):
            if one in _AFFIXES and known.rank.get(rest, LONG_RANK) < WORD_RANK and len(rest) >= SHORT:
                return rest, Likeness.AFFIX
    return None


def summary_mark(summary: str) -> str:
    """Return eight characters that stand for a package's summary; empty for one too short to mean anything."""
    words = " ".join(summary.lower().split()).rstrip(".")
    if len(words) < 20:
        return ""
    return base64.b64encode(hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=6).digest()).decode()


def letters(name: str) -> str:
    """Return a name without its separators."""
    return _SEPARATORS.sub("", name)


def _typo(name: str, known: Popular) -> str:
    if len(name) < SHORT - 1:
        return ""
    found = process.extract(name, known.targets, scorer=OSA.distance, score_cutoff=1, limit=3)
    for other, _, _ in found:
        if _TAIL_NUMBER.sub("", name) == _TAIL_NUMBER.sub("", other):
            continue  # request2, babel-core7: a version in the name
        if name[0] != other[0] and len(other) < LONG + 1 and sorted(name) != sorted(other):
            continue  # another first letter makes another short word
        if name + "s" == other and len(other) < LONG + 1:
            continue
        return str(other)
    return ""


@cache
def _bloom(file: str) -> tuple[bytes, int, int]:
    head, _, bits = _data(file).partition(b"\n")
    facts = json.loads(head)
    return bits, int(facts["bits"]), int(facts["rounds"])


@cache
def _data(name: str) -> bytes:
    return (files("lazaretto.detect") / "data" / name).read_bytes()
