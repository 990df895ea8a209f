"""What the words of an offer mean: concepts at places, in English and Korean, with negation.

    tag(text) -> Tagged: sentences, each with hits (concept, where, negated?)

English is compared word by word, by stems; Korean without blanks, so that neither inflection nor spacing matters.
Every step is bounded and linear: no pattern is searched for by backtracking. The words are in `data/offer_words.txt`.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

CHARS = 400_000
"""Characters of one text that are read for their meaning."""
HITS = 20_000
"""Hits of one text that are kept."""
GAP_WORDS, GAP_CHARS = 3, 6
_BEFORE, _AFTER = 6, 16
"""How far a negation reaches: English words in front, Korean characters behind."""

_WORD = re.compile(r"[a-z0-9]+(?:['’.][a-z0-9]+)*|[,;:()\[\]\n]|[.!?]+", re.IGNORECASE)
_THEN = 120
"""Characters from "then" to what follows."""
_BREAK = re.compile(
    r"\n|[.!?。]+(?=\s|$|[가-힣])|[!?]+|(?<=[요다죠])\s*[.~ㅎㅋ^]+|(?<=니다)\s+|(?<=세요)\s+|(?<=해요)\s+|(?<=어요)\s+|(?<=아요)\s+"
)
_NOT = frozenset(
    {"not", "no", "never", "without", "nor", "neither", "cannot", "avoid", "refuse", "nothing", "instead", "rather"}
)
_NOT_NEGATION = frozenset(
    {"hesitat", "only", "just", "problem", "worri", "worry", "forget", "forgot", "matter", "later", "doubt"}
)
_CONTRACTED = frozenset(
    {"dont", "doesnt", "cant", "wont", "isnt", "arent", "don't", "doesn't", "can't", "won't", "isn't"}
)
_STOPS = frozenset(
    {
        ",",
        ";",
        ":",
        "(",
        ")",
        "before",
        "until",
        "unless",
        "if",
        "when",
        "so",
        "because",
        "but",
        "then",
        "please",
        "just",
        "once",
        "after",
        "otherwise",
        "while",
    }
)
_UNNEEDED = frozenset({"need", "requir", "necessari", "necessary", "mandatory", "oblig"})
_KO_NOT = (
    "지마",
    "지않",
    "지는않",
    "지안",
    "필요없",
    "필요는없",
    "필요가없",
    "필요도없",
    "없이",
    "않아도",
    "않으셔도",
    "안해도",
    "안하셔도",
    "일은없",
    "일이없",
    "일절없",
    "말고",
    "대신",
    "불가",
    "안됩니다",
    "안돼",
    "안되",
    "못합",
    "못씁",
    "못하",
    "지말",
    "아닌",
    "금지",
    "어렵습니다",
    "어려워",
    "안돌아",
    "안먹",
    "안뜨",
    "안열",
    "안맞",
)
_KO_UNNEEDED = ("않으셔도", "필요없", "필요는없", "필요가없", "필요도없", "않아도", "안해도", "안하셔도")
_KO_STOP = re.compile(r"[,;:()\n]|지만|는데|니까|[^하]고[,\s]|후에|다음에|상태에서|상태로")
_HANGUL = re.compile("[가-힣]")


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """One concept at one place."""

    start: int
    """Offset in the text."""
    end: int
    concept: str
    negated: bool = False
    unneeded: bool = False
    """Negated, but merely as "not needed"."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and what it says."""

    start: int
    end: int
    hits: tuple[Hit, ...] = ()
    affirmed: frozenset[str] = frozenset()
    """Concepts that are said without a negation."""
    denied: frozenset[str] = frozenset()
    """Concepts that are said with one."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """One text and what it says."""

    text: str
    sentences: tuple[Sentence, ...]
    cut: bool = False
    """True when the text was longer than is read."""
    starts: tuple[int, ...] = field(default=(), repr=False)

    def line(self, offset: int) -> int:
        """The line of an offset, from 1."""
        return bisect_right(self.starts, offset)


def tag(text: str, more: tuple[Hit, ...] = (), masked: tuple[tuple[int, int], ...] = ()) -> Tagged:
    r"""Find the concepts in a text.

    Args:
        text: what a reader sees, lines separated by `\\n`.
        more: hits that somebody else found (links, commands).
        masked: stretches in which no words are sought: addresses.
    """
    cut = len(text) > CHARS
    text = text[:CHARS]
    readable = list(text)
    for start, end in masked:
        readable[start:end] = "\x00" * (min(end, len(text)) - start)
    plain = "".join(readable)
    hits: list[Hit] = list(more)
    bounds = _bounds(plain)
    for start, end in bounds:
        if len(hits) > HITS:
            cut = True
            break
        piece = plain[start:end]
        hits += _english(piece, start)
        if _HANGUL.search(piece):
            hits += _korean(piece, start)
    hits = sorted((*(kept := _without_nested(hits)), *_joined(kept, plain)))
    at = 0
    sentences = []
    for start, end in bounds:
        mine = []
        while at < len(hits) and hits[at].start < end:
            if hits[at].start >= start:
                mine.append(hits[at])
            at += 1
        sentences.append(
            Sentence(
                start,
                end,
                tuple(mine),
                frozenset(hit.concept for hit in mine if not hit.negated),
                frozenset(hit.concept for hit in mine if hit.negated and not hit.unneeded),
            )
        )
    starts = (0, *(match.end() for match in re.finditer("\n", text)))
    return Tagged(text, tuple(sentences), cut, starts)


_SHIELDS = frozenset({"void", "held", "isook", "applied", "talkfirst", "verify", "fair", "paylater", "signed"})
_SHIELDED = frozenset(
    {
        "run",
        "get",
        "own",
        "live",
        "before",
        "after",
        "justrun",
        "handed",
        "code",
        "task",
        "done",
        "look",
        "reward",
        "order",
    }
)
_BETWEEN = re.compile(
    r"[ \t]{0,3}(?:(?:the|our|your|an?|this|that|my|any|first|next|short|quick|video|phone|technical)[ \t]{1,3}){0,4}"
)


def _without_nested(hits: list[Hit]) -> list[Hit]:
    """Drop what is only a part of an innocent phrase ("set up a call", "in a sandbox if you like")."""
    shields = sorted((hit.start, hit.end, hit.concept) for hit in hits if hit.concept in _SHIELDS and not hit.negated)
    starts = [start for start, *_ in shields]

    def covered(hit: Hit) -> bool:
        if hit.concept in _SHIELDS:
            return False
        at = bisect_right(starts, hit.start)
        return any(
            hit.end <= end and hit.end - hit.start < end - start and (concept == "void" or hit.concept in _SHIELDED)
            for start, end, concept in shields[max(0, at - 4) : at]
        )

    return sorted(hit for hit in hits if hit.concept != "void" and not (shields and covered(hit)))


def _joined(hits: list[Hit], text: str) -> list[Hit]:
    """Join neighbours whose order matters: `pretalk` (before the call), `posttalk` (after the call), `thentalk`."""
    talks = [hit for hit in hits if hit.concept == "talk"]
    ends = [hit for hit in hits if hit.concept in ("talk", "reward")]
    found: list[Hit] = []
    for hit in hits:
        if hit.concept not in ("before", "after"):
            continue
        korean = bool(_HANGUL.match(text[hit.start : hit.start + 1]))
        for talk in talks:
            gap = text[talk.end : hit.start] if korean else text[hit.end : talk.start]
            close = len(gap.strip()) <= 4 and "\n" not in gap if korean else bool(_BETWEEN.fullmatch(gap))
            if close and (talk.end <= hit.start if korean else hit.end <= talk.start):
                found.append(
                    Hit(
                        min(hit.start, talk.start),
                        max(hit.end, talk.end),
                        "pretalk" if hit.concept == "before" else "posttalk",
                    )
                )
                break
        else:
            if hit.concept == "after" and any(_follows(hit, end, text) for end in ends):
                found.append(Hit(hit.start, hit.end, "thentalk"))
    return found


def _follows(hit: Hit, end: Hit, text: str) -> bool:
    """Tell whether a talk or reward comes after a word like "then", not a whole paragraph later."""
    return hit.start < end.start < hit.start + _THEN and "\n\n" not in text[hit.start : end.start]


def _bounds(text: str) -> list[tuple[int, int]]:
    found = []
    start = 0
    for match in _BREAK.finditer(text):
        if text[start : match.end()].strip():
            found.append((start, match.end()))
        start = match.end()
    if text[start:].strip():
        found.append((start, len(text)))
    return found


# -- English ---------------------------------------------------------------------------------------------------------


def stem(word: str) -> str:
    """Reduce a lower-case English word to what its inflected forms share; not a dictionary form."""
    word = word.replace("’", "'")
    word = word.removesuffix("'s")
    if len(word) < 4 or not word.isalpha():
        return word
    for ending in ("ing", "ied", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith(("ss", "us", "is")):
            word = word[: -len(ending)] + ("y" if ending in ("ied", "ies") else "")
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] == "e" else word


def _english(piece: str, base: int) -> list[Hit]:
    words = [(match.group().lower(), match.start(), match.end()) for match in _WORD.finditer(piece)]
    stems = []
    for word, _, _ in words:
        if word.endswith(("n't", "n’t")):
            stems.append("not")
        else:
            stems.append("not" if word in _CONTRACTED else stem(word))
    table = _lexicon()[0]
    found = []
    for at, first in enumerate(stems):
        for entry, concepts in table.get(first, ()):
            end = _phrase(stems, words, at, entry)
            if end:
                negated, unneeded = _is_negated(stems, at, end)
                start, stop = base + words[at][1], base + words[end - 1][2]
                found += [Hit(start, stop, concept, negated, unneeded) for concept in concepts]
    return found


def _phrase(stems: list[str], words: list[tuple[str, int, int]], at: int, entry: tuple[str, ...]) -> int:
    """Return the index after a phrase that begins at `at`; 0 = it does not."""
    if entry[0].startswith("=") and words[at][0] != entry[0][1:]:
        return 0
    position = at + 1
    gap = 0
    for wanted in entry[1:]:
        if wanted == "*":
            gap = GAP_WORDS
            continue
        for skip in range(gap + 1):
            if position + skip < len(stems) and wanted in (stems[position + skip], f"={words[position + skip][0]}"):
                position += skip + 1
                break
        else:
            return 0
        gap = 0
    return position


def _is_negated(stems: list[str], at: int, end: int) -> tuple[bool, bool]:
    for back in range(1, _BEFORE + 1):
        index = at - back
        if index < 0 or stems[index] in _STOPS:
            break
        if stems[index] in _NOT and not _NOT_NEGATION.intersection(stems[index + 1 : index + 3]):
            if stems[index] in ("no", "without", "nothing") and back > 4:
                continue
            return True, bool(_UNNEEDED.intersection(stems[index + 1 : at]))
    behind = stems[end : end + 4]
    for number, word in enumerate(behind):
        if word in _STOPS:
            break
        if word == "not":  # "a VM is not supported", "docker will not work"
            return True, bool(_UNNEEDED.intersection(stems[end + number : end + number + 3]))
    return False, False


# -- Korean ----------------------------------------------------------------------------------------------------------


def _korean(piece: str, base: int) -> list[Hit]:
    places = [index for index, character in enumerate(piece) if not character.isspace()]
    text = "".join(piece[index] for index in places).lower()
    if len(text) != len(places):  # a character whose lower case is longer
        return []
    table = _lexicon()[1]
    found = []
    for at in range(len(text)):
        for entry, refused, concepts in (*table.get(text[at : at + 2], ()), *table.get(text[at], ())):
            end = _stretch(text, at, entry)
            if end and not (refused and text.startswith(refused, end)):
                negated, unneeded = _ko_negated(piece, text, places, at, end)
                start, stop = base + places[at], base + places[end - 1] + 1
                found += [Hit(start, stop, concept, negated, unneeded) for concept in concepts]
    return found


def _stretch(text: str, at: int, entry: tuple[str, ...]) -> int:
    first, *rest = entry
    if not text.startswith(first, at):
        return 0
    position = at + len(first)
    for part in rest:
        found = text.find(part, position, position + GAP_CHARS + len(part))
        if found < 0:
            return 0
        position = found + len(part)
    return position


def _ko_negated(piece: str, text: str, places: list[int], at: int, end: int) -> tuple[bool, bool]:
    behind = text[end : end + _AFTER]
    stop = _KO_STOP.search(piece, places[end - 1] + 1)
    if stop is not None:
        reach = bisect_right(places, stop.start())
        behind = text[end : max(end, min(end + _AFTER, reach))]
    if text[at - 1 : at] in ("안", "못") and text[at - 2 : at - 1] not in (
        "제",
        "방",
        "보",
        "동",
        "불",
        "대",
        "현",
        "초",
        "미",
    ):
        return True, False
    place = min((behind.find(word) for word in _KO_NOT if word in behind), default=-1)
    if place < 0:
        return False, False
    return True, any(word in behind for word in _KO_UNNEEDED)


# -- the words -------------------------------------------------------------------------------------------------------

_English = dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]
_Korean = dict[str, list[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]]


@cache
def _lexicon() -> tuple[_English, _Korean]:
    """The words by their beginnings: the first stem, the first two characters."""
    english: dict[tuple[str, ...], list[str]] = defaultdict(list)
    korean: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = defaultdict(list)
    concept = ""
    text = (files("lazaretto.detect") / "data" / "offer_words.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            concept = line.strip("[] ")
        elif line and not line.startswith("#"):
            for entry in filter(None, (part.strip() for part in line.split(","))):
                if _HANGUL.search(entry):
                    word, _, refused = entry.partition("!")
                    korean[tuple(word.split("*")), tuple(filter(None, refused.split("|")))].append(concept)
                elif entry.isascii():
                    words = (word if word.startswith("=") else stem(word) for word in entry.split())
                    english[tuple("not" if word in _CONTRACTED else word for word in words)].append(concept)
    by_stem: _English = defaultdict(list)
    for phrase, concepts in english.items():
        first = stem(phrase[0][1:]) if phrase[0].startswith("=") else phrase[0]
        by_stem[first].append((phrase, tuple(dict.fromkeys(concepts))))
    by_start: _Korean = defaultdict(list)
    for (parts, refusals), concepts in korean.items():
        by_start[parts[0][:2]].append((parts, refusals, tuple(dict.fromkeys(concepts))))
    return dict(by_stem), dict(by_start)


def concepts() -> frozenset[str]:
    """Every concept of the list."""
    english, korean = _lexicon()
    named = {concept for rows in english.values() for _, found in rows for concept in found}
    return frozenset(named | {concept for rows in korean.values() for *_, found in rows for concept in found})
