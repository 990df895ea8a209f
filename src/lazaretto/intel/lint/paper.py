"""A written brief as the checks read it: text, lines, and what the extractor reads out of it."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from lazaretto.intel.extract.document import Document
from lazaretto.intel.extract.extract import extract
from lazaretto.intel.extract.structure import Line, Section, Structure, structure
from lazaretto.model.extract import Extraction
from lazaretto.model.lint import Defect
from lazaretto.model.text import Message

CHARACTERS = 1_000_000
_COMMENT = re.compile(r"<!--.{0,2000}?-->", re.DOTALL)
_SENTENCE = re.compile(r"[^.!?\n。]{2,1200}?(?:[.!?。](?=\s|$|\[|<)|$)", re.MULTILINE)
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?:\s?년|[-./]\d{1,2}|(?!\d))")


@dataclass(frozen=True)
class Paper:
    """One brief."""

    document: Document

    @cached_property
    def text(self) -> str:
        """The text; comments are blanked out, so that offsets and lines stay."""
        text = self.document.text[:CHARACTERS].replace("\r\n", "\n").replace("\r", "\n")
        return _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)

    @cached_property
    def shape(self) -> Structure:
        """Its lines."""
        return structure(self.text)

    @cached_property
    def extraction(self) -> Extraction:
        """What it names."""
        return extract(Document(self.text, self.document.title, self.document.publisher, self.document.date))

    def sentences(self) -> Iterator[tuple[int, str]]:
        """Yield line number and text of every sentence of prose."""
        for number, line in enumerate(self.shape.lines, 1):
            if line.code or line.row or line.end == line.start or line.section is Section.REFERENCES:
                continue
            for match in _SENTENCE.finditer(self.text, line.start, line.end):
                sentence = match.group().strip()
                if sentence and not sentence.startswith("#"):
                    yield number, sentence

    def words(self, line: Line) -> str:
        """Return a line's text."""
        return self.text[line.start : line.end]


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of defect."""

    id: str
    title: str
    """Marked with `N_`."""
    check: Callable[[Paper], Iterable[Defect]]


def defect(rule: str, line: int, template: str, excerpt: str = "", end_line: int = 0, **params: object) -> Defect:
    """Build a defect."""
    return Defect(line, rule, Message.of(template, params), excerpt.strip()[:200], end_line)


def from_json(text: str) -> Document | None:
    """Return a JSON brief as text, one string a line, exact indicator values left out; None when it is no JSON object."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    lines: list[str] = []
    heads = {"references": "## References", "indicators": "## Indicators", "sections": "", "severity": "## Severity"}
    for key, value in data.items():
        lines.append(heads.get(key, ""))
        if key in ("indicators", "packages") and data.get("schema"):
            lines += ["## Indicators", "| kind | value |", "|---|---|"]
            lines += [
                f"| {one.get('kind', 'package')} | {str(one.get('value', one.get('name', ''))).replace('.', '[.]')} |"
                for one in value
                if isinstance(one, dict)
            ]
        elif key == "attack" and isinstance(value, dict):
            lines += ["| ID | name |", "|---|---|"]
            lines += [
                f"| {one.get('id')} | {one.get('name')} |"
                for one in value.get("techniques", ())
                if isinstance(one, dict)
            ]
        elif key == "references" and isinstance(value, list):
            lines += [
                "1. " + ", ".join(str(part) for part in (one.values() if isinstance(one, dict) else (one,)))
                for one in value
            ]
        elif key == "severity" and isinstance(value, dict):
            lines.append(f"{value.get('line', value.get('score', ''))} {'rubric' if value.get('rubric') else ''}")
        else:
            lines += _strings(value, 0)
    return Document("\n".join(lines))


def _strings(value: object, depth: int) -> Iterator[str]:
    if depth > 20:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        text, marks = value.get("text"), value.get("references")
        if isinstance(text, str) and isinstance(marks, list):
            yield text + "".join(f" [{mark}]" for mark in marks)
            return
        for one in value.values():
            yield from _strings(one, depth + 1)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one, depth + 1)
