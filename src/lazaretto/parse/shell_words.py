"""Splits shell text into commands, well enough to see what a one-liner would do. Never runs or expands anything.

Follows POSIX.1-2024 XCU 2 (quoting, operators, here-documents) where it matters, and gives up politely where it
does not: `cmd` and PowerShell text goes through the same splitter, since their quotes and separators are near enough.

    `cd server && node x.js & curl -s http://a.test | sh`
    ->  [cd server] &&  [node x.js] &  [curl -s http://a.test] |  [sh]

Bounds: `TEXT_CHARS` of text, `COMMANDS` commands; what is beyond is not read, and `Split.cut` says so.
"""

import re
from dataclasses import dataclass, field

TEXT_CHARS = 64 * 1024
COMMANDS = 4000
_NESTED_CHARS = 8192
_UNCLOSED = 16
_OPERATORS = ("&&", "||", ";;", "|&", "|", ";", "&")
_HEREDOC = re.compile(r"<<-?[ \t]*(['\"]?)([A-Za-z_]\w{0,40})\1")
_QUOTE_WORTHY = frozenset(" \t\"'$&|;<>()#`!*?{}[]~\\^=,")


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command."""

    words: tuple[str, ...]
    """Words without their quotes; substitutions stay as text (`$(curl ...)`)."""
    line: int
    """From 1, within the text that was split."""
    after: str = ""
    """The operator behind it: `|`, `&&`, `||`, `;`, `&`, a line break, or empty at the end."""
    depth: int = 0
    """How many round brackets are open: a subshell's `cd` ends with it."""
    substitutions: tuple[str, ...] = ()
    """Texts of `$(...)` and backticks in its words."""
    inputs: tuple[str, ...] = ()
    """Texts of `<(...)`, and here-documents."""
    outputs: tuple[str, ...] = ()
    """Targets of `>` and `>>`."""


@dataclass(frozen=True, slots=True)
class Split:
    """A text as commands."""

    commands: tuple[Command, ...]
    cut: bool = False
    """True when a bound was reached and the rest was not read."""


@dataclass(slots=True)
class _Draft:
    line: int = 1
    words: list[str] = field(default_factory=list)
    substitutions: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)


class _Splitter:
    """One pass over the text; each `_at_*` handles one construct and moves `self.at`."""

    def __init__(self, text: str) -> None:
        self.text = text[:TEXT_CHARS]
        self.at = 0
        self.line = 1
        self.depth = 0
        self.unclosed = 0
        self.done: list[Command] = []
        self.draft = _Draft()
        self.word: list[str] | None = None
        self.redirect = False
        self.heredocs: list[tuple[str, int]] = []

    def run(self) -> Split:
        text = self.text
        while self.at < len(text) and len(self.done) < COMMANDS:
            char = text[self.at]
            if char == "\n":
                self._end_command("\n")
                self.at += 1
                self.line += 1
                self._skip_heredocs()
            elif char in " \t\r":
                self._end_word()
                self.at += 1
            elif char == "\\":
                self._backslash()
            elif char == "'":
                self._single_quote()
            elif char == '"':
                self._double_quote()
            elif char == "`" or text.startswith("$(", self.at):
                self._substitution()
            elif char == "#" and self.word is None:
                end = text.find("\n", self.at)
                self.at = end if end >= 0 else len(text)
            elif char in "<>":
                self._angle(char)
            elif char in "|&;":
                self._operator()
            elif char in "()":
                self._end_command(";")
                self.depth = max(0, self.depth + (1 if char == "(" else -1))
                self.at += 1
            else:
                self._add(char)
                self.at += 1
        self._end_command("")
        return Split(tuple(self.done), cut=self.at < len(text) or len(text) == TEXT_CHARS or self.unclosed > _UNCLOSED)

    def _add(self, piece: str) -> None:
        if self.word is None:
            self.word = []
            if not self.draft.words:
                self.draft.line = self.line
        self.word.append(piece)

    def _end_word(self) -> None:
        if self.word is None:
            return
        word, self.word = "".join(self.word), None
        if self.redirect:
            self.draft.outputs.append(word)
            self.redirect = False
        else:
            self.draft.words.append(word)

    def _end_command(self, operator: str) -> None:
        self._end_word()
        self.redirect = False
        draft, self.draft = self.draft, _Draft(line=self.line)
        if draft.words or draft.inputs or draft.outputs:
            self.done.append(
                Command(
                    tuple(draft.words),
                    draft.line,
                    operator,
                    self.depth,
                    tuple(draft.substitutions),
                    tuple(draft.inputs),
                    tuple(draft.outputs),
                )
            )

    def _backslash(self) -> None:
        following = self.text[self.at + 1 : self.at + 3]
        if following[:1] == "\n" or following == "\r\n":
            self.line += 1
            self.at += 2 if following[:1] == "\n" else 3
        elif following[:1] in _QUOTE_WORTHY and following:
            self._add(following[0])
            self.at += 2
        else:  # a Windows path
            self._add("\\")
            self.at += 1

    def _single_quote(self) -> None:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            self._add("'")
            self.at += 1
            return
        self._literal(self.text[self.at + 1 : end])
        self.at = end + 1

    def _double_quote(self) -> None:
        text, at = self.text, self.at + 1
        pieces: list[str] = []
        while at < len(text) and text[at] != '"':
            if text[at] == "\\" and at + 1 < len(text):
                if text[at + 1] in '"$`\\':
                    pieces.append(text[at + 1])
                elif text[at + 1] != "\n":
                    pieces.append(text[at : at + 2])
                at += 2
            elif text[at] == "`" or text.startswith("$(", at):
                inner, end = self._nested_text(at)
                if inner is not None:
                    self.draft.substitutions.append(inner)
                pieces.append(text[at:end])
                at = end
            else:
                pieces.append(text[at])
                at += 1
        if at >= len(text):  # no closing quote: take the mark as it is and go on behind it
            self._add('"')
            self.at += 1
            return
        self._literal("".join(pieces))
        self.at = at + 1

    def _literal(self, piece: str) -> None:
        self._add(piece)
        self.line += piece.count("\n")

    def _substitution(self) -> None:
        inner, end = self._nested_text(self.at)
        if inner is not None:
            self.draft.substitutions.append(inner)
        self._literal(self.text[self.at : end])
        self.at = end

    def _nested_text(self, at: int) -> tuple[str | None, int]:
        """Return the text within `$(...)` or backticks at `at`, and where it ends; None when it does not close."""
        text = self.text
        if self.unclosed > _UNCLOSED:  # each costs a look ahead, and hostile text is full of them
            return None, at + 1
        if text[at] == "`":
            end = text.find("`", at + 1, at + _NESTED_CHARS)
            self.unclosed += end < 0
            return (text[at + 1 : end], end + 1) if end >= 0 else (None, at + 1)
        depth, quote, position = 1, "", at + 2
        while position < min(len(text), at + _NESTED_CHARS):
            char = text[position]
            if char == "\\":
                position += 1
            elif quote:
                quote = "" if char == quote else quote
            elif char in "'\"":
                quote = char
            elif char in "()":
                depth += 1 if char == "(" else -1
                if depth == 0:
                    return text[at + 2 : position], position + 1
            position += 1
        self.unclosed += 1
        return None, at + 1

    def _angle(self, char: str) -> None:
        text = self.text
        if text.startswith(("<(", ">("), self.at):
            inner, end = self._nested_text(self.at)
            if inner is not None:
                self._end_word()
                self.draft.inputs.append(inner)
                self.at = end
                return
        heredoc = _HEREDOC.match(text, self.at)
        if heredoc and not text.startswith("<<<", self.at):
            self._end_word()
            self.heredocs.append((heredoc.group(2), len(self.done)))
            self.at = heredoc.end()
            return
        if self.word is not None and "".join(self.word).isdigit():  # 2>file
            self.word = None
        self._end_word()
        while self.at < len(text) and text[self.at] in "<>":
            self.at += 1
        if text.startswith("&", self.at):  # 2>&1
            self.at += 1
            while self.at < len(text) and text[self.at] in "0123456789-":
                self.at += 1
            return
        self.redirect = char == ">"

    def _operator(self) -> None:
        operator = next(op for op in _OPERATORS if self.text.startswith(op, self.at))
        if operator == "&" and self.text.startswith(">", self.at + 1):  # &>file
            self._end_word()
            self.at += 1
            return
        self.at += len(operator)
        self._end_command("|" if operator == "|&" else ";" if operator == ";;" else operator)

    def _skip_heredocs(self) -> None:
        while self.heredocs:
            word, owner = self.heredocs.pop(0)
            body: list[str] = []
            while self.at < len(self.text):
                end = self.text.find("\n", self.at)
                stop = end if end >= 0 else len(self.text)
                row = self.text[self.at : stop]
                self.at = min(stop + 1, len(self.text))
                self.line += 1
                if row.strip() == word:
                    break
                body.append(row)
            if owner < len(self.done):
                command = self.done[owner]
                self.done[owner] = Command(
                    command.words,
                    command.line,
                    command.after,
                    command.depth,
                    command.substitutions,
                    (*command.inputs, "\n".join(body)),
                    command.outputs,
                )


def split(text: str) -> Split:
    """Split shell text into simple commands. Never raises."""
    return _Splitter(text).run()
