"""What an offer says: sayings, each a combination of concepts in a sentence or two.

    says(tagged) -> [Said("disable-guard", sentence), ...]

A saying is written as alternatives; an alternative is a list of terms that must all hold in one sentence:

    word          the concept is said                      word|other   one of them
    -word         it is said with a negation               ?word        it is said either way
    !word         it is not said in that sentence          @2           two sentences in a row count as one
                                                           @all         a short text counts as one

Sentences that warn ("nobody of us will ever ask ...") say nothing of this kind.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lazaretto.detect.wording import Sentence, Tagged

QUOTE = 200
PLACES = 5
"""Places of one saying in one text that are kept."""


@dataclass(frozen=True, slots=True)
class Said:
    """One saying at one place."""

    name: str
    path: str
    """Name of the text."""
    line: int
    quote: str
    """The sentence, cut. Untrusted text."""
    start: int = 0
    """Offset in the text."""


_LINKED = "link:repo|link:file|link:short|link:ip"
_GIVEN = "link:repo|link:file|link:short|link:ip"
_ELSEWHERE = "link:other|link:free|link:file|link:short|link:ip"
WHOLE = 40
"""Sentences up to which a text counts as one for `@all`."""

SAYINGS: dict[str, tuple[str, ...]] = {
    "run-code": (
        "run code order !duty !store !owncode",
        "run code get !duty !store !owncode",
        f"run {_LINKED}",
        "run handed !owncode",
        "get run code|handed|own|order !owncode !duty",
        f"get {_LINKED} !owncode",
        "get handed !owncode",
        "cmd:develop",
        "cmd:clone",
        f"code {_LINKED} order !owncode",
        f"@2 run {_LINKED} !owncode",
        f"@2 get {_LINKED} !owncode",
        "@2 run handed !owncode",
        "@2 get run code|handed !owncode !duty",
        f"justrun {_LINKED}",
        "justrun handed",
        "run own !isook !owncode",
        "get code order !duty !owncode",
        "program run|get|order|handed|press",
        f"@all run {_GIVEN} !owncode !duty",
        f"@all get {_GIVEN} code|task !owncode !duty",
        f"@all justrun {_GIVEN}",
    ),
    "look-at-code": (
        f"look {_LINKED}", "look code handed", f"task {_LINKED}", f"@2 task {_LINKED}", f"@2 look {_LINKED}", "look task handed",
        f"@all look {_GIVEN} code|task",
    ),
    "just-run": (
        "justrun run code", f"justrun {_LINKED}", "justrun get", "justrun run", "@2 justrun run code", f"@2 justrun {_LINKED}",
        "justrun handed", "@2 justrun run handed", "justrun own", "get link:other|link:free code|run !owncode", "@2 get link:other|link:free run code !owncode", f"@all justrun run {_GIVEN}", "@2 justrun cmd:develop",
        "@2 justrun run get",
    ),
    "own-machine": (
        f"own run|get|task|done|justrun|{_LINKED} !isook", "own code order !isook !duty", "@2 own run code|task !isook", "@2 own handed !isook",
        "own order live !isook",
    ),
    "no-isolation": (
        "-iso ?run|code|works|own|task|get|talk|order",
        "iso -works",
        "iso banned",
        "iso trouble !isook order|run|code",
        "@2 -iso run code",
        "@2 iso banned",
    ),
    "before-talk": (
        f"pretalk run|get|task|justrun|handed|code|{_LINKED} !assess !link:assess !posttalk !fair",
        "thentalk run|justrun|done !assess !link:assess !held !posttalk",
        "thentalk get code|handed !assess !posttalk",
        "@2 run|justrun|get thentalk code|justrun|handed !assess !posttalk !held",
        "@2 done thentalk task|run !assess !posttalk !held",
        "@2 pretalk run|justrun|get code|handed !assess !posttalk",
        "chatonly run|get|justrun|handed",
        "@2 chatonly run|get code|handed|justrun",
    ),
    "live-run": (f"live run code|get|{_LINKED} !assess", "live get code|handed !assess", f"live {_LINKED} !assess", f"@2 live run {_LINKED} !assess", "@2 live run code|get !assess !isook"),
    "disable-guard": ("guard off order !foe", "guard off run|get|code|camera !foe", "cmd:unguard", "@2 guard off order run !foe", "guard off trouble !foe"),
    "override-warning": ("override press|order run|get|code|program", "@2 override press|order program|run|get", "override cmd:develop|program"),
    "hands-program": ("program order|get|run|handed|press", "@2 program press|run"),
    "personal-repository": ("personalrepo",),
    "own-code": ("owncode",),
    "open-work": ("openwork code|build|task", "@2 openwork code", "@all openwork link:repo"),
    "enable-macros": ("macros order|press|handed|run|get|duty", "@2 macros order"),
    "press-trust": ("trust press|order", "trust run|code|get", "@2 trust press run"),
    "camera-fix": (
        "?camera fixer trouble talk|meetapp|order|live|run",
        "?camera fixer get|paste talk|meetapp|order",
        "?camera trouble paste|term|cmd:remote|link:other",
        "@2 ?camera trouble fixer run|get|paste|order",
        "@2 ?camera fixer get|paste|cmd:remote talk|meetapp|order",
        "@2 ?camera trouble paste|cmd:remote|term",
        "@all ?camera trouble paste term|cmd:remote|fixer",
        "@all ?camera trouble cmd:remote",
    ),
    "paste-command": ("paste term", "@2 paste cmd:remote", "cmd:remote", "@2 paste term"),
    "remote-command": ("cmd:remote",),
    "wallet": (
        "wallet connect order !test !build !link:assess", "wallet connect run|code !test !build",
        "@2 wallet connect order !test !build !link:assess",
    ),
    "seed": ("seed send|order", "seed connect", "@2 seed send order"),
    "secret": ("secret send order", "secret order run", "secret send handed"),
    "fee": ("fee pay order !paylater", "fee send order !paylater", "@2 fee pay order !paylater", "fee pay send"),
    "identity-papers": ("iddoc send|order !contract !held !talkfirst",),
    "bank-data": ("bank send order !contract !paylater",),
    "remote-access": ("remoteaccess run|get|send|order|live",),
    "lend-account": ("account lend", "lend order account", "@all front hosting", "@all front share", "@all hosting share", "@all front lend account", "front lend"),
    "meeting-app": (
        "meetapp run|get talk|live|task|order !knownmeet",
        f"meetapp {_ELSEWHERE} !knownmeet",
        "@2 meetapp run|get talk|live|room !knownmeet",
        f"@2 meetapp get|run|room {_ELSEWHERE}",
        f"get|run room {_ELSEWHERE} !knownmeet",
        f"@2 get|run room {_ELSEWHERE} !knownmeet",
    ),
    "off-platform": ("messenger move", "link:chat move|order", "link:chat talk", "@2 messenger move link:chat"),
    "urgent": ("urgent",),
    "rich": ("rich",),
    "hired-unseen": ("hireline",),
    "chat-only": ("chatonly", "-talk chatonly", "messenger talk order"),
    "crypto-pay": ("incrypto",),
    "crypto": ("crypto",),
    "password-archive": ("arcpass arcfile", "arcpass link:file", "@2 arcpass arcfile", "@2 arcpass link:file", "arcpass handed", "arcpass code get|run"),
    "first-message": ("firstmsg",),
    "talk-held": ("held",),
    "applied": ("applied",),
    "talk-first": ("talkfirst !run !justrun !get !after !before", "talk link:sched|link:meet !run", "link:sched"),
    "isolation-welcome": ("isook",),
    "assessment-site": ("assess task|talk|order|done", "link:assess"),
    "verifiable": ("verify",),
    "fair-task": ("fair",),
    "contract-signed": ("signed",),
    "warns": ("warn", "-warn"),
    "paid-fairly": ("paylater",),
}  # fmt: skip

TRUSTING = frozenset({
    "talk-held", "applied", "talk-first", "isolation-welcome", "assessment-site", "verifiable", "warns", "paid-fairly",
    "first-message", "crypto", "rich", "urgent", "fair-task", "contract-signed", "own-code", "open-work", "personal-repository",
})  # fmt: skip
"""Sayings that are read in sentences that warn, too."""


def says(tagged: Tagged, path: str) -> list[Said]:
    """Everything that one text says, in its order."""
    found: list[Said] = []
    sentences = tagged.sentences
    quiet = [sentence for sentence in sentences[:WHOLE] if not _warns(sentence)]
    whole = frozenset(concept for sentence in quiet for concept in sentence.affirmed)
    refused = frozenset(concept for sentence in quiet for concept in sentence.denied)
    for name, alternatives in _PARSED.items():
        careful = name not in TRUSTING
        one, two, all_ = alternatives
        alone = [
            at
            for at, sentence in enumerate(sentences)
            if sentence.hits
            and not (careful and _warns(sentence))
            and any(_all(alt.terms, sentence.affirmed, sentence.denied) for alt in one)
        ]
        found += [_said(name, path, tagged, sentences[at], sentences[at]) for at in alone[:PLACES]]
        if two and not alone:
            place = next(
                (
                    at
                    for at in range(len(sentences) - 1)
                    if _pair(two, sentences[at], sentences[at + 1], careful=careful)
                ),
                -1,
            )
            if place >= 0:
                alone.append(place)
                found.append(_said(name, path, tagged, sentences[place], sentences[place + 1]))
        if all_ and not alone and len(sentences) <= WHOLE:
            for alt in all_:
                if _all(alt.terms, whole, refused):
                    here = next(
                        sentence
                        for sentence in quiet
                        if any(key in sentence.affirmed or key in sentence.denied for key in alt.keys)
                    )
                    found.append(_said(name, path, tagged, here, here))
                    break
    return sorted(found, key=lambda said: said.start)


def _pair(alternatives: Sequence["_Alternative"], first: Sentence, second: Sentence, *, careful: bool) -> bool:
    if not first.hits or not second.hits or (careful and (_warns(first) or _warns(second))):
        return False
    affirmed, denied = first.affirmed | second.affirmed, first.denied | second.denied
    return any(_all(alt.terms, affirmed, denied) for alt in alternatives)


def _said(name: str, path: str, tagged: Tagged, first: Sentence, last: Sentence) -> Said:
    text = tagged.text[first.start : last.end]
    start = first.start + len(text) - len(text.lstrip())
    return Said(name, path, tagged.line(start), " ".join(text.split())[:QUOTE], start)


Term = tuple[str, tuple[str, ...]]
"""A mark (``, `-`, `?`, `!`) and the concepts of which one must hold."""


@dataclass(frozen=True, slots=True)
class _Alternative:
    terms: tuple[Term, ...]
    reach: str
    """Empty = one sentence, `@2`, `@all`."""
    keys: tuple[str, ...]
    """The concepts that it speaks of."""


def _parse(text: str) -> _Alternative:
    words = text.split()
    reach = words[0] if words[0].startswith("@") else ""
    terms: list[Term] = []
    for word in words[bool(reach) :]:
        mark = word[0] if word[0] in "-?!" else ""
        terms.append((mark, tuple(word[len(mark) :].split("|"))))
    keys = tuple(concept for mark, concepts in terms if mark != "!" for concept in concepts)
    return _Alternative(tuple(terms), reach, keys)


def _by_reach(rows: Sequence[str]) -> tuple[tuple[_Alternative, ...], ...]:
    parsed = [_parse(row) for row in rows]
    return tuple(tuple(one for one in parsed if one.reach == reach) for reach in ("", "@2", "@all"))


_PARSED = {name: _by_reach(rows) for name, rows in SAYINGS.items()}


def _warns(sentence: Sentence) -> bool:
    return "warn" in sentence.affirmed or "warn" in sentence.denied


def _all(terms: Iterable[Term], affirmed: frozenset[str], denied: frozenset[str]) -> bool:
    for mark, concepts in terms:
        said = any(concept in affirmed for concept in concepts)
        refused = any(concept in denied for concept in concepts)
        match mark:
            case "":
                holds = said
            case "-":
                holds = refused
            case "?":
                holds = said or refused
            case _:
                holds = not (said or refused)
        if not holds:
            return False
    return True
