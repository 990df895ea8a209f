"""Report files as text: Markdown and plain text as they are, HTML and mail reduced to their text, PDF by `[pdf]`.

Offsets of values count characters of this text. For Markdown and plain text that is the file itself.
"""

import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from io import BytesIO

from lazaretto.model.text import N_, Message
from lazaretto.parse.suffixes import registrable

BYTES = 32 << 20
"""Bytes of one report file."""
PAGES = 500
"""Pages of one PDF."""


class DocumentError(Exception):
    """The report cannot be read. `message` is for the user."""

    def __init__(self, template: str, hint: str | None = None, **params: object) -> None:
        """`template` and `hint` are marked with `N_`."""
        self.message = Message.of(template, params)
        self.hint = Message.of(hint) if hint else None
        super().__init__(self.message.english())


@dataclass(frozen=True, slots=True)
class Document:
    """A report's text and what the file says about itself."""

    text: str
    title: str = ""
    publisher: str = ""
    """Registrable domain from a canonical link or the sender; empty = not said."""
    date: str = ""
    """ISO date; empty = not said."""
    links: tuple[str, ...] = ()
    """Targets of links, kept apart from the text: where a page leads is not what it says."""
    bounds: tuple[str, ...] = ()


def read_document(name: str, data: bytes) -> Document:
    """Read a report by the ending of its name, else by its first bytes.

    Raises:
        DocumentError: too large, not text, or a PDF that cannot be read here.
    """
    if len(data) > BYTES:
        raise DocumentError(N_("the report is larger than {limit} MiB"), limit=BYTES >> 20)
    ending = name.lower().rpartition(".")[2]
    head = data[:1024].lstrip()
    if ending == "pdf" or head.startswith(b"%PDF-"):
        return _pdf(data)
    if ending == "eml" or (
        ending not in ("md", "txt", "html", "htm") and re.match(rb"(?:Received|Return-Path|From|Delivered-To): ", head)
    ):
        return _mail(data)
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DocumentError(N_("the report is not text; Markdown, text, HTML, mail and PDF are read"))
    text = decode(data)
    if ending in ("html", "htm", "xhtml") or re.match(
        r"(?:<!doctype html|<html|<\?xml[^>]{0,80}>\s*<!doctype html)", text[:200].lstrip(), re.IGNORECASE
    ):
        return from_html(text)
    return Document(text, publisher=_front_matter(text))


def decode(data: bytes) -> str:
    """Decode UTF-8, UTF-16 with a mark, else Korean (CP949), else Latin-1; any bytes give a text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    for codec in ("utf-8-sig", "cp949"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8-sig", "replace") if data[: 1 << 16].count(b"\xef") else data.decode("latin-1")


def from_html(source: str) -> Document:
    """Reduce HTML to text whose headings, lists, tables and code look as in Markdown."""
    parser = _Html()
    parser.feed(source[:8_000_000])
    parser.close()
    return Document(
        parser.text(), parser.title.strip(), registrable(parser.canonical, private=False) if parser.canonical else "",
        parser.date, tuple(dict.fromkeys(parser.links))[:5000],
        ("characters of HTML beyond 8,000,000",) if len(source) > 8_000_000 else (),
    )  # fmt: skip


_BLOCKS = frozenset({
    "p", "div", "section", "article", "header", "footer", "main", "aside", "ul", "ol", "table", "tbody", "thead", "figure",
    "figcaption", "blockquote", "pre", "hr", "dl", "dt", "dd", "form", "nav", "details", "summary", "br", "h1", "h2", "h3", "h4",
    "h5", "h6", "li", "tr",
})  # fmt: skip
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "head"})
_ASIDE = frozenset({"nav", "footer"})


class _Html(HTMLParser):
    """Collects text; never fails (the standard parser takes anything)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.links: list[str] = []
        self.title = ""
        self.canonical = ""
        self.date = ""
        self._silent = 0
        self._in_title = False
        self._pre = 0
        self._row: list[str] | None = None
        self._cell = False
        self._headed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "title":
            self._in_title = True
        if tag == "link" and "canonical" in values.get("rel", ""):
            self._own(values.get("href", ""))
        if tag == "meta":
            name = values.get("property") or values.get("name") or ""
            if name == "og:url":
                self._own(values.get("content", ""))
            if name in ("article:published_time", "date", "pubdate", "DC.date") and re.match(
                r"\d{4}-\d\d-\d\d", values.get("content", "")
            ):
                self.date = values["content"][:10]
        if tag == "time" and not self.date and re.match(r"\d{4}-\d\d-\d\d", values.get("datetime", "")):
            self.date = values["datetime"][:10]
        if tag in _SILENT:
            self._silent += tag != "head"
            return
        if tag == "a" and values.get("href"):
            self.links.append(values["href"][:2048])
        if self._row is not None and tag in ("td", "th"):
            self._row.append("")
            self._cell = True
            return
        if self._row is not None and tag in ("br", "p", "div", "li"):
            self._add(" ")
            return
        if tag == "tr":
            self._row = []
        elif tag == "table":
            self._add("\n\n")
            self._headed = False
        elif tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self._add("\n\n" + "#" * int(tag[1]) + " ")
        elif tag == "li":
            self._add("\n- ")
        elif tag == "pre":
            self._pre += 1
            self._add("\n```\n")
        elif tag == "code" and not self._pre:
            self._add("`")
        elif tag in _ASIDE:
            self._add("\n\n## Related links\n\n")
        elif tag in _BLOCKS:
            self._add("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if tag in _SILENT and tag != "head":
            self._silent = max(0, self._silent - 1)
            return
        if tag == "tr" and self._row is not None:
            cells = [" ".join(cell.replace("|", "/").split()) for cell in self._row]
            self._row, self._cell = None, False
            self._add("| " + " | ".join(cells) + " |\n")
            if not self._headed:
                self._headed = True
                self._add("|" + "---|" * len(cells) + "\n")
        elif tag in ("td", "th"):
            self._cell = False
        elif tag == "pre" and self._pre:
            self._pre -= 1
            self._add("\n```\n")
        elif tag == "code" and not self._pre:
            self._add("`")
        elif tag in _BLOCKS and self._row is None and tag != "br":
            self._add("\n")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data[:300]
            return
        if not self._silent:
            self._add(data if self._pre else re.sub(r"[ \t\r\n\f]+", " ", data))

    def _add(self, text: str) -> None:
        if self._row is not None:
            if self._row and self._cell:
                self._row[-1] += text
            return
        self.pieces.append(text)

    def _own(self, address: str) -> None:
        match = re.match(r"https?://([A-Za-z0-9.-]{1,253})", address)
        if match and not self.canonical:
            self.canonical = match[1].lower()

    def text(self) -> str:
        if self._row:
            row, self._row = self._row, None
            self._add("| " + " | ".join(row) + " |\n")
        text = "".join(self.pieces)
        return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text))


def _mail(data: bytes) -> Document:
    message = BytesParser(policy=policy.default).parsebytes(data)
    body = ""
    bounds: tuple[str, ...] = ()
    try:
        assert isinstance(message, EmailMessage)
        part = message.get_body(preferencelist=("plain", "html"))
        content = part.get_content() if part is not None else ""
        body = content if isinstance(content, str) else ""
        is_html = part is not None and part.get_content_subtype() == "html"
    except (
        LookupError,
        ValueError,
        AttributeError,
        TypeError,
        AssertionError,
    ):  # a charset or structure that nobody knows
        payload = message.get_payload(decode=True)
        body = decode(payload) if isinstance(payload, bytes) else ""
        is_html, bounds = "<html" in body[:2000].lower(), ("a part of the mail could not be decoded",)
    inner = from_html(body) if is_html else Document(body)
    return Document(inner.text, _header(message, "Subject")[:200], _sender(_header(message, "From")), _mail_date(_header(message, "Date")), inner.links, (*inner.bounds, *bounds))  # fmt: skip


def _header(message: object, name: str) -> str:
    try:
        return str(message.get(name) or "")  # type: ignore[attr-defined]  # whichever message class the policy made
    except (ValueError, TypeError, LookupError, AttributeError, IndexError):  # headers that break the parser of headers
        return ""


def _sender(value: str) -> str:
    match = re.search(r"@([A-Za-z0-9.-]{1,253})", value)
    from lazaretto.intel.extract.services import is_shared

    return "" if match is None or is_shared(match[1].lower()) else registrable(match[1].lower(), private=False)


def _mail_date(value: str) -> str:
    try:
        return parsedate_to_datetime(value).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _front_matter(text: str) -> str:
    if not text.startswith("---"):
        return ""
    match = re.search(
        r"^(?:url|canonical|source|link):\s*['\"]?https?://([A-Za-z0-9.-]{1,253})",
        text[:2000],
        re.MULTILINE | re.IGNORECASE,
    )
    return registrable(match[1].lower(), private=False) if match else ""


def _pdf(data: bytes) -> Document:
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError as error:
        raise DocumentError(
            N_("reading PDF needs an extra part"), N_("install it: pip install 'lazaretto[pdf]'")
        ) from error
    try:
        reader = PdfReader(BytesIO(data))
        pages = [reader.pages[number].extract_text() for number in range(min(len(reader.pages), PAGES))]
        title = str((reader.metadata.title if reader.metadata else "") or "")
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        OSError,
        ArithmeticError,
        AssertionError,
        NotImplementedError,
    ) as error:
        raise DocumentError(
            N_("the PDF cannot be read: {error}"), error=f"{type(error).__name__}: {error}"[:120]
        ) from error
    text = "\n".join(pages)
    if not text.strip():
        raise DocumentError(N_("the PDF holds no text, only pictures"), N_("run a text recognition over it first"))
    bounds = (f"pages beyond {PAGES}",) if len(reader.pages) > PAGES else ()
    return Document(_joined(text), title[:200], bounds=bounds)


def _joined(text: str) -> str:
    """Join what a narrow column broke: digests and addresses at the end of a line."""
    text = re.sub(r"(?<![0-9A-Za-z])([0-9a-f]{16,127})\n([0-9a-f]{1,112})(?![0-9A-Za-z])", _hash_joined, text)
    return re.sub(r"(\[\.\]|://)\n(?=\S)", r"\1", text)


def _hash_joined(match: re.Match[str]) -> str:
    whole = match[1] + match[2]
    return whole if len(whole) in (32, 40, 64, 128) and len(match[1]) not in (32, 40, 64, 128) else match.group()
