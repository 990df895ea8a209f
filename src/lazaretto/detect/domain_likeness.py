"""How near a host name comes to one that it is not: for a reader's eye, and for a reader's trust.

    likeness("acme-careers.test", "acme.test")      -> Likeness.WORDS
    likeness("acme.test.login.example", "acme.test") -> Likeness.INSIDE
    likeness("асme.test", "acme.test")               -> Likeness.CONFUSABLE    (Cyrillic)

Names are compared by their registrable part. Sources: UTS #39 (skeletons, restriction levels), RFC 3492 (punycode).
"""

import re
import unicodedata
from enum import Enum
from functools import cache
from importlib.resources import files

from lazaretto.parse.suffixes import registrable, suffix

SHORTEST_TYPO, SHORTEST_WORD = 5, 4
"""Letters that a name must have before a slip, or an added word, means anything."""

HIRING = frozenset({
    "career", "careers", "job", "jobs", "hr", "hire", "hires", "hiring", "recruit", "recruiting", "recruitment",
    "recruiter", "talent", "talents",
    "team", "work", "works", "apply", "onboarding", "people", "interview", "interviews", "assessment",
    "assessments", "assess", "test", "tests",
    "skill", "skills", "skilltest", "evaluation", "vacancy", "vacancies", "employment", "staffing", "join",
    "candidates", "candidate", "offers", "offer",
    "hrteam", "hrdept", "global", "group", "inc", "corp", "official", "online", "meet", "meeting", "video",
    "portal", "chaeyong", "insa",
})  # fmt: skip
"""What is added to a company's name to make one for recruiters."""
TELLING = HIRING - {
    "team", "work", "works", "global", "group", "inc", "corp", "online", "official", "people",
    "test", "tests", "meet", "meeting", "video", "portal", "offers", "join",
}  # fmt: skip
"""Of these, those that speak of hiring even in a company's name that nobody told."""

_OWN_FOLDS = {"0": "o", "1": "l", "i": "l", "m": "rn", "w": "vv", "d": "cl", "g": "q", "5": "s"}
"""Letters that a quick eye takes for others in the fonts of mail programs; UTS #39 has the first ones, too."""
_SCRIPTS = (
    "LATIN",
    "CYRILLIC",
    "GREEK",
    "HANGUL",
    "CJK",
    "HIRAGANA",
    "KATAKANA",
    "ARMENIAN",
    "CHEROKEE",
    "ARABIC",
    "HEBREW",
    "THAI",
    "DEVANAGARI",
    "GEORGIAN",
)
_TOGETHER = (frozenset({"LATIN", "HANGUL", "CJK"}), frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}))
_SEPARATORS = re.compile(r"[-_.]+")
_LONGEST = 100


class Likeness(Enum):
    """In what way."""

    CONFUSABLE = "confusable"
    """Written with signs that look alike."""
    INSIDE = "inside"
    """The whole name stands in another one's subdomains."""
    TYPO = "typo"
    """One slip of the fingers away."""
    ENDING = "ending"
    """The same name under another ending."""
    WORDS = "words"
    """The same name with words of hiring added."""


def likeness(host: str, wanted: str) -> Likeness | None:
    """Return how `host` imitates `wanted`; None when it is the same, or far enough away."""
    host, wanted = shown(host), shown(wanted)
    mine, theirs = registrable(ascii_name(host)), registrable(ascii_name(wanted))
    if not theirs or not mine or len(host) > 253:
        return None
    if mine == theirs or host == wanted or host.endswith("." + wanted):
        return None
    label, other = _label(shown(mine)), _label(shown(theirs))
    if len(label) > _LONGEST or len(other) > _LONGEST:
        return None
    if _is_inside(host, mine, theirs):
        return Likeness.INSIDE
    if label != other and skeleton(label) == skeleton(other):
        return Likeness.CONFUSABLE
    if label == other:
        return Likeness.ENDING if len(other) >= SHORTEST_WORD else None
    if _has_words(label, other):
        return Likeness.WORDS
    if _is_typo(label, other):
        return Likeness.TYPO
    return None


def skeleton(text: str) -> str:
    """Return what a text looks like (UTS #39, section 4), in ASCII where it looks like that."""
    table = _confusables()
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(table.get(sign, sign) for sign in flat if not unicodedata.combining(sign))
    return "".join(_OWN_FOLDS.get(sign, sign) for sign in kept)


def shown(host: str) -> str:
    """Return a host as a browser may show it: lower case, punycode labels decoded."""
    return ".".join(_decoded(label) for label in host.lower().rstrip(".").split("."))


def ascii_name(host: str) -> str:
    """Return a host as name servers know it: labels that are not ASCII in punycode."""
    return ".".join(_encoded(label) for label in host.split("."))


def mixed_scripts(host: str) -> tuple[str, ...]:
    """Return the scripts that one label mixes against all custom (UTS #39, "highly restrictive"); empty = none."""
    for label in shown(host).split("."):
        found = {script for sign in label if (script := _script(sign))}
        if len(found) > 1 and not any(found <= together for together in _TOGETHER):
            return tuple(sorted(found))
    return ()


def whole_script_confusable(host: str) -> str:
    """Return the ASCII name that a label of another script looks like; empty when it looks like none."""
    for label in shown(host).split("."):
        if label.isascii() or any(_script(sign) == "LATIN" and sign.isascii() for sign in label):
            continue
        table = _confusables()
        looks = "".join(table.get(sign, sign) for sign in label)
        if looks.isascii() and looks.replace("-", "").isalnum() and not looks.isdigit() and len(looks) > 2:
            return looks
    return ""


def hiring_words(label: str) -> tuple[str, ...]:
    """Return the words of hiring in a label: `acme-talent`, `acmecareers`; empty = none."""
    parts = _SEPARATORS.split(label)
    found = [part for part in parts if part in TELLING]
    if not found:
        found = [
            word
            for word in TELLING
            if len(word) > 4 and label != word and (label.endswith(word) or label.startswith(word))
        ]
    return tuple(sorted(found))


def label_of(host: str) -> str:
    """Return the label that somebody chose when the name was registered, as shown; empty when there is none."""
    name = registrable(ascii_name(shown(host)))
    return _label(shown(name)) if name else ""


def _label(name: str) -> str:
    ending = suffix(ascii_name(name))
    return name[: -len(shown(ending)) - 1] if ending and name.endswith("." + shown(ending)) else name.partition(".")[0]


def _is_inside(host: str, mine: str, theirs: str) -> bool:
    """Tell whether a name stands in front of another one: `acme.com.login.evil.test`, `acme-com.evil.test`."""
    front = host.removesuffix(shown(mine)).rstrip(".")
    if len(theirs) < SHORTEST_WORD + 2:
        return False
    joined = theirs.replace(".", "-")
    own = _label(shown(mine))
    return (
        f".{theirs}." in f".{front}."
        or any(label == joined or label.startswith(joined + "-") for label in front.split("."))
        or own == joined
        or own.startswith(joined + "-")
    )


def _has_words(label: str, other: str) -> bool:
    if len(other) < SHORTEST_WORD or other in HIRING:
        return False
    parts = _SEPARATORS.split(label)
    if other in parts and len(parts) > 1:
        return all(part in HIRING or part == other for part in parts)
    for one in (label.removeprefix(other), label.removesuffix(other)):
        if one != label and one.strip("-") in HIRING:
            return True
    return False


def _is_typo(label: str, other: str) -> bool:
    from rapidfuzz.distance import OSA

    if len(other) < SHORTEST_TYPO or abs(len(label) - len(other)) > 1:
        return False
    most = 2 if len(other) >= 11 else 1
    if OSA.distance(label, other, score_cutoff=most) > most:
        return False
    if label.rstrip("0123456789") == other.rstrip("0123456789") and label[-1:].isdigit() != other[-1:].isdigit():
        return len(other) > SHORTEST_TYPO
    return len(other) > SHORTEST_TYPO + 1 or label[0] == other[0]


def _decoded(label: str) -> str:
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode").lower()
    except (UnicodeError, ValueError, OverflowError):
        return label


def _encoded(label: str) -> str:
    if label.isascii():
        return label
    try:
        return "xn--" + unicodedata.normalize("NFKC", label).encode("punycode").decode("ascii")
    except UnicodeError:
        return label


@cache
def _script(sign: str) -> str:
    if not sign.isalpha():
        return ""
    name = unicodedata.name(sign, "")
    return next((script for script in _SCRIPTS if name.startswith(script)), "OTHER" if name else "")


@cache
def _confusables() -> dict[str, str]:
    text = (files("lazaretto.detect") / "data" / "confusables.txt").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {chr(int(number, 16)): looks for number, looks in rows}
