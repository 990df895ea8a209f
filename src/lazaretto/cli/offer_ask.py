"""The questions that only the candidate can answer. Each can be skipped; none is asked without a terminal."""

import sys
from collections.abc import Callable, Mapping
from typing import TextIO

from lazaretto.model.offer import Answers, Reply
from lazaretto.model.text import N_
from lazaretto.reports.i18n import Translator
from lazaretto.reports.safe import fit

QUESTIONS: tuple[tuple[str, str], ...] = (
    ("already_ran", N_("Did anything of theirs already run, or was it installed, on a computer of yours?")),
    ("spoke_live", N_("Did you talk to somebody live, with camera?")),
    ("applied", N_("Had you applied there yourself?")),
    ("on_careers_page", N_("Is the job on the company's own page (found by yourself, not by their link)?")),
    ("confirmed", N_("Did the company confirm the offer by a contact that you found yourself?")),
    ("badge", N_("Does the network show the recruiter's workplace as verified?")),
    ("new_profile", N_("Is the profile new, doubled, or does its photo belong to somebody else?")),
    ("browser_refused", N_("Did they refuse a test in the browser or by screen sharing?")),
)
"""Field of `Answers`, and the question."""

_YES = frozenset({"y", "yes", "j", "ㅇ", "ㅇㅇ", "예", "네", "응", "맞습니다", "1"})
_NO = frozenset({"n", "no", "ㄴ", "ㄴㄴ", "아니", "아니요", "아니오", "0"})
END = "."
PASTED = 4 << 20


def ask(say: Translator, given: Answers, read: Callable[[], str] | None = None, out: TextIO | None = None) -> Answers:
    """Ask what is not answered yet; an empty line skips, the end of input skips the rest."""
    read = read or sys.stdin.readline
    out = out or sys.stderr
    _tell(out, say(N_("Some questions, each can be skipped with Enter. y = yes, n = no.")) + "\n")
    answers = {name: getattr(given, name) for name, _ in QUESTIONS}
    for name, question in QUESTIONS:
        if answers[name] is not Reply.UNKNOWN:
            continue
        _tell(out, f"  {say(question)} [y/n/Enter] ")
        line = read()
        if not line:
            _tell(out, "\n")
            break
        answers[name] = reply_of(line)
    return Answers(**answers)


def reply_of(text: str) -> Reply:
    """Understand an answer; what is not understood counts as skipped."""
    word = text.strip().lower()
    return Reply.YES if word in _YES else Reply.NO if word in _NO else Reply.UNKNOWN


def paste(say: Translator, read: Callable[[], str] | None = None, out: TextIO | None = None) -> str:
    """Let the person paste a message; a line with a single full stop, or the end of input, ends it."""
    read = read or sys.stdin.readline
    out = out or sys.stderr
    _tell(
        out,
        say(N_("Paste the message. End with a line that holds only a full stop (.). It stays on this computer."))
        + "\n",
    )
    lines: list[str] = []
    size = 0
    while line := read():
        if line.strip() == END:
            break
        lines.append(line)
        size += len(line)
        if size > PASTED:
            break
    return "".join(lines)


def answers_of(values: Mapping[str, str]) -> Answers:
    """Make answers of an option's values, already checked."""
    return Answers(**{name.replace("-", "_"): reply_of(value) for name, value in values.items()})


def _tell(out: TextIO, text: str) -> None:
    out.write(fit(text, getattr(out, "encoding", None) or "utf-8"))
    out.flush()
