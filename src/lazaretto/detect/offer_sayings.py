"""What an offer says: sayings, each a combination of concepts in a sentence or two.

    says(tagged) -> [Said("disable-guard", sentence), ...]

A saying is written as alternatives; an alternative is a list of terms that must all hold in one sentence:

    word          the concept is said                      word|other   one of them
    -word         it is said with a negation               ?word        it is said either way
    !word         it is not said in that sentence          @2           two sentences in a row count as one

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
_THING = f"code|{_LINKED}"

SAYINGS: dict[str, tuple[str, ...]] = {
    "run-code": (
        "run code",
        f"run {_LINKED}",
        "get run",
        f"get {_LINKED}",
        "cmd:develop",
        "cmd:clone",
        f"code {_LINKED} order",
        f"@2 run {_LINKED}",
        f"@2 get {_LINKED}",
        f"justrun {_LINKED}",
        "run own",
        "get code order",
    ),
    "look-at-code": (f"look {_LINKED}", "look code", f"task {_LINKED}", f"@2 task {_LINKED}", f"@2 look {_LINKED}"),
    "just-run": ("justrun run code", f"justrun {_LINKED}", "justrun get", "justrun code run", "@2 justrun run code", f"@2 justrun {_LINKED}"),
    "own-machine": ("own run", "own get", "own code", "own task", "own done", f"own {_LINKED}", "@2 own run code"),
    "no-isolation": (
        "-iso run",
        "-iso code",
        "-iso works",
        "-iso own",
        "-iso task",
        "-iso get",
        "-iso talk",
        "iso -works",
        "iso trouble !isook",
        "@2 -iso run code",
        "-iso order",
    ),
    "before-talk": (
        f"before talk run|get|task|justrun|{_LINKED} !assess !link:assess",
        "before talk code order !assess",
        "after done talk !assess !link:assess",
        "after run talk code|task",
        "after task talk done",
        "after justrun talk",
        "@2 done after talk task|code|run !assess",
        "@2 before talk run code !assess",
    ),
    "live-run": (f"live run code|get|{_LINKED} !assess", "live get code !assess", f"live {_LINKED} !assess", f"@2 live run {_LINKED} !assess", "@2 live run code get"),
    "disable-guard": ("guard off order", "guard off run|get|code", "cmd:unguard", "@2 guard off order run"),
    "press-trust": ("trust press|order", "trust run|code|get"),
    "camera-fix": (
        "?camera fixer trouble talk|meetapp|order|live",
        "?camera fixer get|paste talk|meetapp|order",
        "?camera trouble paste|term|cmd:remote|link:other",
        "@2 ?camera trouble fixer run|get|paste|order",
        "@2 ?camera fixer get|paste|cmd:remote talk|meetapp",
        "@2 ?camera trouble paste|cmd:remote|term",
    ),
    "paste-command": ("paste term", "@2 paste cmd:remote", "cmd:remote"),
    "remote-command": ("cmd:remote",),
    "wallet": ("wallet connect order !test !build !link:assess", "wallet connect run|code !test !build", "@2 wallet connect run !test !build order"),
    "seed": ("seed send|order", "seed connect", "@2 seed send order"),
    "secret": ("secret send order",),
    "fee": ("fee pay order !paylater", "fee send order !paylater", "@2 fee pay order !paylater"),
    "identity-papers": ("iddoc send|order !contract !held !talkfirst",),
    "bank-data": ("bank send order !contract !paylater",),
    "remote-access": ("remoteaccess run|get|send|order|live",),
    "lend-account": ("account lend", "lend order account"),
    "meeting-app": (
        "meetapp run|get talk|live|task|order !knownmeet",
        "meetapp link:file|link:short|link:free|link:ip|link:other run|get|order !knownmeet",
        "@2 meetapp run|get talk|live !knownmeet",
    ),
    "off-platform": ("messenger move", "link:chat move|order", "link:chat talk", "@2 messenger move link:chat"),
    "urgent": ("urgent",),
    "rich": ("rich",),
    "hired-unseen": ("hireline",),
    "chat-only": ("chatonly", "-talk chatonly", "messenger talk order"),
    "crypto-pay": ("incrypto",),
    "crypto": ("crypto",),
    "password-archive": ("arcpass arcfile", "arcpass link:file", "@2 arcpass arcfile", "@2 arcpass link:file"),
    "first-message": ("firstmsg",),
    "talk-held": ("held",),
    "applied": ("applied",),
    "talk-first": ("talkfirst", "talk link:sched|link:meet", "link:sched"),
    "isolation-welcome": ("isook", "iso isook"),
    "assessment-site": ("assess task|talk|order|done", "link:assess"),
    "verifiable": ("verify",),
    "warns": ("warn", "-warn"),
    "paid-fairly": ("paylater",),
}  # fmt: skip

TRUSTING = frozenset({
    "talk-held", "applied", "talk-first", "isolation-welcome", "assessment-site", "verifiable", "warns", "paid-fairly",
    "first-message", "crypto", "rich", "urgent",
})  # fmt: skip
"""Sayings that are read in sentences that warn, too."""


def says(tagged: Tagged, path: str) -> list[Said]:
    """Everything that one text says, in its order."""
    found: list[Said] = []
    sentences = tagged.sentences
    for name, alternatives in _PARSED.items():
        alone = [at for at, sentence in enumerate(sentences) if _holds(name, alternatives, sentence, None)]
        found += [_said(name, path, tagged, sentences[at], sentences[at]) for at in alone[:PLACES]]
        if len(alone) < PLACES and any(one.both for one in alternatives):
            told = frozenset(alone)
            for at in range(len(sentences) - 1):
                if at in told or at + 1 in told or not _holds(name, alternatives, sentences[at], sentences[at + 1]):
                    continue
                found.append(_said(name, path, tagged, sentences[at], sentences[at + 1]))
                break
    return sorted(found, key=lambda said: said.start)


def _said(name: str, path: str, tagged: Tagged, first: Sentence, last: Sentence) -> Said:
    text = tagged.text[first.start : last.end]
    start = first.start + len(text) - len(text.lstrip())
    return Said(name, path, tagged.line(start), " ".join(text.split())[:QUOTE], start)


Term = tuple[str, tuple[str, ...]]
"""A mark (``, `-`, `?`, `!`) and the concepts of which one must hold."""


@dataclass(frozen=True, slots=True)
class _Alternative:
    terms: tuple[Term, ...]
    both: bool
    keys: tuple[str, ...]
    """Concepts of which the sentence itself must have one: a quick test."""


def _parse(text: str) -> _Alternative:
    words = text.split()
    both = words[0] == "@2"
    terms: list[Term] = []
    for word in words[both:]:
        mark = word[0] if word[0] in "-?!" else ""
        terms.append((mark, tuple(word[len(mark) :].split("|"))))
    keys = tuple(concept for mark, concepts in terms if mark != "!" for concept in concepts)
    return _Alternative(tuple(terms), both, keys)


_PARSED: dict[str, tuple[_Alternative, ...]] = {name: tuple(map(_parse, rows)) for name, rows in SAYINGS.items()}


def _holds(name: str, alternatives: Sequence[_Alternative], sentence: Sentence, following: Sentence | None) -> bool:
    """Tell whether one sentence holds an alternative by itself, or (`following` given) two in a row do together."""
    careful = name not in TRUSTING
    if careful and (_warns(sentence) or (following is not None and _warns(following))):
        return False
    for one in alternatives:
        if one.both is not (following is not None):
            continue
        if following is None:
            if _all(one.terms, sentence.affirmed, sentence.denied):
                return True
        elif any(key in following.affirmed or key in following.denied for key in one.keys) and _all(
            one.terms, sentence.affirmed | following.affirmed, sentence.denied | following.denied
        ):
            return True
    return False


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
