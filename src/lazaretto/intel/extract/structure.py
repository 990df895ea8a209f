"""The shape of a report: headings, code, tables, references.

One pass over its lines, from marks that Markdown, plain text and our own rendering of HTML share.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import pairwise


class Section(Enum):
    """What a heading announces."""

    PROSE = "prose"
    INDICATORS = "indicators"
    REFERENCES = "references"
    BENIGN = "benign"
    """Who publishes, whom to ask, what is genuine."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the text."""

    start: int
    end: int
    section: Section
    heading: str
    code: bool = False
    columns: tuple[str, ...] = ()
    """Of a table's row: the heading row's cells, lower case."""
    row: bool = False
    reference: bool = False
    """The line is a source by itself: a footnote, `Source: ...`."""
    cue: str = ""
    """For an item of a list: the line that introduces the list, lower case."""
    first: int = 0
    """Where the paragraph begins that the line belongs to: hard-wrapped lines make one paragraph."""
    last: int = 0
    """Where that paragraph ends."""


@dataclass(frozen=True, slots=True)
class Structure:
    """All lines, in order."""

    lines: tuple[Line, ...]
    starts: tuple[int, ...] = field(repr=False, default=())

    def at(self, offset: int) -> Line:
        """Return the line at an offset."""
        return self.lines[self.number(offset) - 1]

    def number(self, offset: int) -> int:
        """Return the number of the line at an offset, from 1."""
        return max(1, bisect_right(self.starts, offset))


TITLE = 2
"""Depth of a document's own title (`# `): it announces a section only if it says so plainly."""
WRAPPED = 48
"""Characters of a line that may have been broken because it was full."""

_STRONG = re.compile(r"\biocs?\b|indicators?|지표")
_DOTTED = re.compile(r"[A-Za-z0-9]\.[A-Za-z]{2}")
_HEADING = re.compile(r"[ ]{0,3}#{1,6}[ ]+(.+?)[ ]*#*$")
_BOLD = re.compile(r"[ ]{0,3}\*\*([^*]{2,80})\*\*:?$")
_DECORATION = re.compile(
    r"^[\s#*■□▶▷►◆◇●○◎※☞<\[【(]*(?:(?:\d{1,2}|[IVX]{1,4}|[가-하])[.)][\s.]*){0,3}[\s*\[【<]*|[\s*:：\]】>)]*$"
)
_PLAIN_ITEM = re.compile(
    r"\s{0,8}[`*\"']{0,3}@?[A-Za-z0-9][A-Za-z0-9_./-]{1,80}[`*\"']{0,3}[ ]?[:(=@-]{1,2}[ ]?(?:versions?:?[ ])?[`\"']?v?[0-9]{1,6}\.[0-9]"
)
"""A line below an introduction that is an item without a bullet: `name: versions 1.2.3, 1.2.4`."""
_WORLD_LABEL = re.compile(
    r"\W*(?:npm|pypi|rubygems|nuget|crates\.io|packagist|go|maven)(?: packages?| 패키지)?\W*", re.IGNORECASE
)
"""A heading within a list: `npm -`, which leaves what introduced the list in force."""
_WORLD_LABEL_IN = re.compile(r"npm|pypi|rubygems|nuget|crates\.io|packagist|maven|python package index", re.IGNORECASE)
_BELOW = re.compile(r"below|following|as follows|다음과 같|아래와 같")
_FENCE = re.compile(r"[ ]{0,3}(```+|~~~+)")
_FOOTNOTE = re.compile(r"\s{0,3}(?:[-*]\s+)?(?:\[\^?[\w가-힣-]{1,20}\]:?|\(\d{1,2}\))\s*\S")
_SOURCE = re.compile(
    r"\s{0,6}(?:[-*•·※>]\s*)?(?:\*\*)?(?:source|sources|reference|references|via|credit|read more|further reading|original|"
    r"url|canonical|link|homepage|author|contact|press contact|출처|참고|참조|원문|자료|관련 글|관련 기사|링크|문의|제보|연락처|작성자)"
    r"(?:\*\*)?\s?(?:[:：]|\))(?:\*\*)?",
    re.IGNORECASE,
)
_ROW = re.compile(r"\s{0,3}\|.*\|\s*$")
_RULE_ROW = re.compile(r"[\s|:+-]+$")
_ITEM = re.compile(r"\s{0,12}(?:[-*+•·▪◦ㆍ]|\d{1,3}[.)])\s+")

_KINDS: tuple[tuple[Section, re.Pattern[str]], ...] = (
    (
        Section.REFERENCES,
        re.compile(
            r"(?:references?|sources?|bibliography|further reading|related(?: \w+){0,2}|citations?|footnotes?|links?|see also|"
            r"acknowledge?ments?|참고(?: ?문헌| ?자료| ?사이트| ?링크)?|출처|각주|참조|관련 ?(?:글|기사|자료|링크|보고서)|인용|더 읽을거리|원문)"
            r"(?: ?(?:및|and|&|/) ?\w+(?: \w+)?)?(?: ?\([^)]{1,30}\))?",
            re.IGNORECASE,
        ),
    ),
    (
        Section.BENIGN,
        re.compile(
            r"(?:about(?: \w+){0,4}|contact(?: \w+){0,3}|press contact|disclaimer|legal(?: \w+)?|not (?:indicators|malicious).*|"
            r"(?:benign|legitimate|false.positive)\b.*|회사 ?소개|문의(?:처|하기)?|연락처|제보(?:처)?|면책.*|정상 .{0,20}|오탐.*|소개|"
            r"(?:보안 ?)?업체 ?소개|지표가 아닌 .{0,20})",
            re.IGNORECASE,
        ),
    ),
    (
        Section.INDICATORS,
        re.compile(
            r".{0,60}\b(?:iocs?|indicators?|observables?|hashes|infrastructure|c2|c&c|artifacts?|artefacts?)\b.{0,40}|"
            r".{0,30}(?:침해 ?지표|지표|해시|인프라|명령 ?제어|유포지|악성 ?(?:패키지|도메인|주소|파일)|관련 ?계정|지갑).{0,30}|"
            r"(?:network|domains?|urls?|ips?|ip addresses|files?|wallets?|packages?|accounts?|네트워크|도메인|주소|패키지|계정|파일)"
            r"(?: \w+){0,2}",
            re.IGNORECASE,
        ),
    ),
)


def title_of(text: str) -> str:
    """Return a text's first heading, else its first line; empty when that is longer than a title."""
    match = re.compile(r"^#[ ]+(.{1,240})$|^title\s?[:=]\s?(.{1,240})$", re.MULTILINE).search(text[:1500])
    first = (match[1] or match[2]) if match else text.lstrip()[:241].partition("\n")[0]
    return first if len(first) <= 240 else ""


def section_of(heading: str) -> Section:
    """Tell what a heading announces, from the whole of it."""
    bare = _DECORATION.sub("", heading).strip()
    return next((kind for kind, pattern in _KINDS if len(bare) <= 90 and pattern.fullmatch(bare)), Section.PROSE)


def structure(text: str) -> Structure:
    """Read the lines of a text; linear."""
    lines: list[Line] = []
    section, heading, level = Section.PROSE, "", 9
    fence = ""
    columns: tuple[str, ...] = ()
    cue = ""
    offset = 0
    front = text.startswith(("---\n", "+++\n"))
    for number, content in enumerate(text.split("\n")):
        start, end = offset, offset + len(content)
        offset = end + 1
        short = content[:400]
        if number and front and content.strip() in ("---", "+++"):
            front = False
            lines.append(Line(start, end, section, heading, reference=True))
            continue
        mark = _FENCE.match(short)
        if mark and (not fence or short.lstrip().startswith(fence)):
            fence = "" if fence else mark[1][:3]
            lines.append(Line(start, end, section, heading, code=True))
            continue
        if fence:
            lines.append(Line(start, end, section, heading, code=True, cue=cue))
            continue
        named = _heading(short)
        if named is not None:
            title, depth = named
            found = section_of(title) if heading or depth > TITLE or _STRONG.search(title.lower()) else Section.PROSE
            if found is not Section.PROSE or depth <= level or section is Section.PROSE:
                section, level = found, depth
            cue = f"{_WORLD_LABEL_IN.sub(' ', cue)} {title.lower()}" if cue and _WORLD_LABEL.fullmatch(title) else ""
            heading, columns = title, ()
            lines.append(Line(start, end, section, heading))
            continue
        row = _ROW.match(short) is not None
        if row:
            cells = tuple(cell.strip(" *`").lower() for cell in content.strip().strip("|").split("|"))
            if not columns:
                columns = cells
            elif _RULE_ROW.match(short):
                pass
        elif short.strip():
            columns = ()
        item = _ITEM.match(short) is not None or (bool(cue) and _PLAIN_ITEM.match(short) is not None)
        goes_on = short.startswith("  ") and bool(lines) and bool(lines[-1].cue)
        if short.strip() and not item and not row and not goes_on:
            introduces = (
                short.rstrip().endswith((":", "：", "-", "—"))
                or len(short) < 160
                or _BELOW.search(content[-60:].lower())
            )
            cue = content[-400:].lower() if introduces else ""
        indented = short.startswith(("    ", "\t")) and not item and bool(short.strip())
        reference = bool(front or _SOURCE.match(short) or (_FOOTNOTE.match(short) and "http" in short))
        lines.append(
            Line(
                start,
                end,
                section,
                heading,
                indented,
                columns if row else (),
                row,
                reference,
                cue if item or goes_on else "",
            )
        )
    lines = _paragraphs(lines, text)
    return Structure(tuple(lines), tuple(line.start for line in lines))


def _paragraphs(lines: list[Line], text: str) -> list[Line]:
    """Join lines that a writer's editor broke: a long line of prose and the one after it."""
    joined: list[Line] = []
    group: list[Line] = []
    for line in lines:
        prose = line.end > line.start and not (line.row or line.code)
        plain = prose and _ITEM.match(text, line.start, min(line.end, line.start + 40)) is None
        if (
            group
            and plain
            and group[-1].end - group[-1].start >= WRAPPED
            and group[-1].heading == line.heading
            and len(group) < 60
        ):
            group.append(line)
            continue
        joined += _grouped(group)
        group = [line]
        if not prose:
            joined += _grouped(group)
            group = []
    return joined + _grouped(group)


def unwrapped(text: str, shape: Structure) -> str:
    """Return the text, as long as before, with a space for every line break that only a writer's editor made."""
    letters = list(text)
    for line, following in pairwise(shape.lines):
        if line.last > line.end and following.first == line.first:
            letters[line.end] = " "
    return "".join(letters)


def _grouped(group: list[Line]) -> list[Line]:
    return [replace(line, first=group[0].start, last=group[-1].end) for line in group]


def _heading(line: str) -> tuple[str, int] | None:
    """Return text and depth of a heading; None for other lines."""
    match = _HEADING.match(line)
    if match:
        return match[1], len(line) - len(line.lstrip(" #"))
    match = _BOLD.match(line)
    if match:
        return match[1], 7
    bare = line.strip()
    if (
        2 <= len(bare) <= 60
        and not bare.startswith(("-", "|", ">", "`"))
        and "://" not in bare
        and "[.]" not in bare
        and not _DOTTED.search(bare)
    ):
        kind = section_of(bare)
        decorated = (
            bare[0] in "■□▶▷►◆◇●○◎<[【" or bare.endswith((":", "：")) or re.match(r"(?:\d{1,2}|[IVX]{1,4})\.\s", bare)
        )
        if kind is not Section.PROSE and (decorated or len(bare) <= 24) and not re.search(r"[.。!?]$", bare):
            return bare, 8
        if bare[0] in "■▶◆【":
            return bare, 8
    return None
