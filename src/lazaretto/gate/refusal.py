"""How a refusal is told: one status, one line, one JSON object, each in the place where some client prints it.

    reason phrase       pip, uv, poetry, pnpm 10, yarn 4 print it, and nothing else
    JSON `error`        npm prints it
    `npm-notice`        npm prints the header beside an error
    (nothing)           pnpm 12, yarn 1, bun: `lazaretto gate exec` tells from the decision log

A case id is the same whenever the same subject is refused for the same reason, so that two people talk of one thing.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from lazaretto.model.gate import Candidate, Ruling
from lazaretto.model.verdict import Outcome

PHRASE = 220
"""Characters of a reason phrase. Clients print one line; proxies cut long ones."""
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Refusal(Exception):  # noqa: N818 - an answer, not a mishap
    """Something is not served. Raised to the route, which answers with it."""

    status: int
    case: str
    """Empty when nothing was judged (a bad request, an upstream that is down)."""
    text: str
    """English, one sentence, without the case."""
    headers: Mapping[str, str]
    clause: str = ""
    word: str = ""
    """`blocked` or `held back`; empty when nothing was judged."""

    @property
    def phrase(self) -> str:
        """The HTTP reason phrase: printable ASCII, one line."""
        return phrase(told(self.case, self.word, self.text))

    def body(self) -> dict[str, object]:
        """Return the JSON body. `error` is what npm prints."""
        said: dict[str, object] = {"error": self.phrase, "reason": self.text}
        if self.case:
            said |= {"case": self.case, "clause": self.clause, "outcome": self.word}
        return said


def told(case: str, word: str, text: str) -> str:
    """Put a reason together as clients print it."""
    return f"Lazaretto {case} {word}: {text}" if case and word else f"Lazaretto {case}: {text}".replace(" :", ":")


def phrase(text: str) -> str:
    """Make any text fit for a reason phrase or a header: ASCII, one line, bounded. Nothing can end the header early."""
    plain = unicodedata.normalize("NFKD", text)
    plain = _SPACES.sub(" ", _UNPRINTABLE.sub("?", plain)).strip()
    return plain if len(plain) <= PHRASE else plain[: PHRASE - 3].rstrip() + "..."


def case_id(candidate: Candidate, clause: str, policy_digest: str) -> str:
    """Return a short id, the same for the same file, clause and policy."""
    subject = f"{candidate.purl}\0{candidate.filename}\0{candidate.key}\0{clause}\0{policy_digest}"
    return "LZ-" + hashlib.sha256(subject.encode()).hexdigest()[:8].upper()


def sentence(ruling: Ruling, passes: str = "") -> str:
    """Say in English why a file is refused and until when, and which version passes (`passes`; empty = none known)."""
    text = ruling.hits[0].message.english().rstrip(".")
    return f"{text}; newest allowed is {passes}" if passes else text


def word(ruling: Ruling) -> str:
    """Return the outcome as a word for people."""
    return "blocked" if ruling.outcome is Outcome.BLOCK else "held back"


def refused(candidate: Candidate, ruling: Ruling, policy_digest: str, passes: str = "") -> Refusal:
    """Make the refusal of one file."""
    case = case_id(candidate, ruling.clause, policy_digest)
    return Refusal(403, case, sentence(ruling, passes), {}, ruling.clause, word(ruling))


def missing(text: str) -> Refusal:
    """There is no such thing, as far as the upstream says."""
    return Refusal(404, "", text, {})


def bad(text: str) -> Refusal:
    """The request cannot be understood."""
    return Refusal(400, "", text, {})


def down(text: str) -> Refusal:
    """The upstream, or something that the gate needs, gave no usable answer."""
    return Refusal(502, "", text, {"Cache-Control": "no-store"})


def later(text: str, seconds: int = 2) -> Refusal:
    """Not yet: an examination is under way, or the store is away for a moment."""
    return Refusal(503, "", text, {"Retry-After": str(seconds), "Cache-Control": "no-store"})
