"""The HTML part of a mail: what is to be seen, what is not, and where links lead.

One pass over the text with `str.find`, no tree: unclosed and crossed elements are what mails are made of. An element is
hidden by its own style, by a class or id that a `<style>` hides, or because it stands in one that is hidden.

Sources: HTML Living Standard (tokenisation, void elements), CSS 2.1 (display, visibility), Outlook's `mso-hide`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from lazaretto.model.mail import Link

PAGE_CHARS = 4 << 20
"""Characters of one HTML part that are read."""
DEPTH = 500
LINKS = 2000
TAG_CHARS = 20_000

_NAME = re.compile(r"/?([A-Za-z][A-Za-z0-9:-]{0,40})")
_ATTRIBUTE = re.compile(
    r"([A-Za-z_:@][\w:.-]{0,60})\s{0,50}=\s{0,50}(?:\"([^\"]{0,8000})\"|'([^']{0,8000})'|([^\s\"'>]{1,8000}))|(?<=[\s\"'/])(hidden)(?=[\s/]|$)",
    re.IGNORECASE,
)
_RULE = re.compile(r"([^{}@]{1,400})\{([^{}]{0,2000})\}")
_PROPERTY = re.compile(r"([a-z-]{2,30})\s{0,20}:\s{0,20}([^;]{1,200})")
_NUMBER = re.compile(r"-?\d{0,6}(?:\.\d{1,6})?")
_BLANKS = re.compile(r"[ \t\r\f\v\u00a0]+")
_BLOCKS = frozenset({
    "p", "div", "br", "tr", "table", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr",
    "section", "article", "header", "footer", "center", "dt", "dd", "body", "title",
})  # fmt: skip
_VOID = frozenset(
    {"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr", "param"}
)
_SILENT = frozenset({"style", "script", "head", "template", "noscript", "title", "object", "svg"})
"""What is in these is no text of the message."""
_RAW = frozenset({"style", "script", "textarea", "title", "xmp", "noembed", "noframes"})
_COLOURS = {
    "white": "ffffff", "black": "000000", "snow": "fffafa", "ivory": "fffff0", "ghostwhite": "f8f8ff",
    "whitesmoke": "f5f5f5", "red": "ff0000", "blue": "0000ff", "gray": "808080", "grey": "808080",
    "silver": "c0c0c0", "green": "008000",
}  # fmt: skip
NEAR = 24
"""Sum of the differences of red, green and blue (0-765) below which text does not stand out from its ground."""


@dataclass(frozen=True, slots=True)
class Page:
    """What an HTML part says."""

    text: str
    """What is seen; blocks are lines, blanks are joined."""
    hidden: str
    """What is not seen, one line for each hidden element."""
    links: tuple[Link, ...]
    cut: bool
    """True when it was too long, too deep or had too many links to be read to its end."""


@dataclass(slots=True)
class _Open:
    name: str
    hidden: bool
    ground: str
    colour: str
    silent: bool


@dataclass(slots=True)
class _State:
    stack: list[_Open]
    seen: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    lines: int = 1
    anchor: tuple[str, int, int, int] | None = None
    """Target, where its text begins in `seen` and `unseen`, line."""


def page(html: str) -> Page:
    """Read an HTML part."""
    cut = len(html) > PAGE_CHARS
    html = html[:PAGE_CHARS]
    sheet = _sheet(html)
    state = _State([_Open("", hidden=False, ground="ffffff", colour="000000", silent=False)])
    for kind, text in _tokens(html):
        if kind == "text":
            _say(state, text)
        elif kind == "end":
            _close(state, text)
        else:
            cut |= not _open(state, text, sheet)
    _finish(state)
    return Page(
        _tidy("".join(state.seen)),
        _tidy("".join(state.unseen)),
        tuple(state.links[:LINKS]),
        cut or len(state.links) > LINKS,
    )


def _tokens(html: str) -> Iterator[tuple[str, str]]:
    """Yield ("text", decoded text), ("start", inside of a tag), ("end", name)."""
    at, size = 0, len(html)
    dead: set[str] = set()
    """Closers that are not to be found any more: each is sought once."""
    while at < size:
        opening = html.find("<", at)
        if opening < 0:
            yield "text", unescape(html[at:])
            return
        if opening > at:
            yield "text", unescape(html[at:opening])
        if html.startswith("<!--", opening):
            closing = -1 if "-->" in dead else html.find("-->", opening + 2)
            if closing < 0:
                dead.add("-->")
                at = _after(html, ">", opening, dead)
            else:
                at = closing + 3
            continue
        match = _NAME.match(html, opening + 1)
        if match is None:
            if html[opening + 1 : opening + 2] in ("!", "?", "/"):
                at = _after(html, ">", opening, dead)
            else:
                yield "text", "<"
                at = opening + 1
            continue
        closing = _tag_end(html, match.end())
        name = match[1].lower()
        inside = html[match.end() : closing]
        at = closing + 1
        if match[0].startswith("/"):
            yield "end", name
            continue
        yield "start", f"{name} {inside}"
        if name in _RAW:
            closer = f"</{name}"
            found = (
                -1
                if closer in dead
                else html.lower().find(closer, at)
                if len(html) < 1 << 16
                else _find(html, closer, at)
            )
            if found < 0:
                dead.add(closer)
            else:
                at = found


def _find(html: str, closer: str, at: int) -> int:
    found = re.compile(re.escape(closer), re.IGNORECASE).search(html, at)
    return found.start() if found else -1


def _after(html: str, sign: str, at: int, dead: set[str]) -> int:
    found = -1 if sign in dead else html.find(sign, at)
    if found < 0:
        dead.add(sign)
        return len(html)
    return found + 1


def _tag_end(html: str, at: int) -> int:
    """Find the `>` that ends a tag, not one inside of quotes; a quote that is never closed does not count."""
    stop = min(len(html), at + TAG_CHARS)
    begin = at
    while at < stop:
        sign = html[at]
        if sign == ">":
            return at
        if sign in "\"'" and html[at - 1] in "= \t\n":
            closing = html.find(sign, at + 1, stop)
            if closing < 0:
                break
            at = closing
        at += 1
    found = html.find(">", begin, stop)
    return found if found >= 0 else stop


def _say(state: _State, text: str) -> None:
    top = state.stack[-1]
    state.lines += text.count("\n")
    if top.silent:
        return
    flat = _BLANKS.sub(" ", text.replace("\n", " "))
    (state.unseen if top.hidden else state.seen).append(flat)


def _open(state: _State, tag: str, sheet: dict[str, str]) -> bool:
    """Take in a start tag; False when the page is deeper than is followed."""
    name, _, inside = tag.partition(" ")
    line, state.lines = state.lines, state.lines + inside.count("\n")
    top = state.stack[-1]
    found = {
        m[1].lower() if m[1] else "hidden": unescape(m[2] or m[3] or m[4] or "")
        for m in _ATTRIBUTE.finditer(" " + inside)
    }
    if name in _BLOCKS:
        (state.unseen if top.hidden else state.seen).append("\n")
    if name == "a" and "href" in found:
        _finish(state)
        state.anchor = (found["href"].strip()[:4000], len(state.seen), len(state.unseen), line)
    elif name in ("form", "area") and (target := found.get("action") or found.get("href")):
        state.links.append(Link("", target.strip()[:4000], line, top.hidden))
    elif name == "img" and found.get("alt") and not top.hidden and not top.silent and state.anchor:
        state.seen.append(f" {found['alt'][:200]} ")
    if name in _VOID or inside.endswith("/"):
        return True
    if len(state.stack) >= DEPTH:
        return False
    style = ";".join(
        [sheet.get(name, ""), *(sheet.get("." + word, "") for word in found.get("class", "").lower().split()[:20]),
         sheet.get("#" + found.get("id", "").lower(), ""), found.get("style", "").lower()]
    )  # fmt: skip
    values = {key: value.replace("!important", "").strip() for key, value in _PROPERTY.findall(style)}
    if name == "font" and found.get("color"):
        values.setdefault("color", found["color"].lower())
    ground = (
        _colour(values.get("background-color") or values.get("background") or found.get("bgcolor", "")) or top.ground
    )
    colour = _colour(values.get("color", "")) or top.colour
    hidden = top.hidden or "hidden" in found or _is_hidden(values, colour, ground) or found.get("size") == "0"
    state.stack.append(_Open(name, hidden, ground, colour, top.silent or name in _SILENT))
    return True


def _close(state: _State, name: str) -> None:
    if name == "a":
        _finish(state)
    if name in _BLOCKS:
        (state.unseen if state.stack[-1].hidden else state.seen).append("\n")
    for back in range(1, min(len(state.stack), 40)):
        if state.stack[-back].name == name:
            if state.stack[-back].hidden and not state.stack[-back - 1].hidden:
                state.unseen.append("\n")
            del state.stack[-back:]
            return


def _finish(state: _State) -> None:
    """End the link that is open."""
    if state.anchor is None:
        return
    target, seen, unseen, line = state.anchor
    state.anchor = None
    shown = _tidy("".join(state.seen[seen:])).replace("\n", " ")
    covered = _tidy("".join(state.unseen[unseen:])).replace("\n", " ")
    if len(state.links) <= LINKS:
        state.links.append(
            Link((shown or covered)[:1000], target, line, bool(covered and not shown) or state.stack[-1].hidden)
        )


def _is_hidden(values: dict[str, str], colour: str, ground: str) -> bool:
    display, visibility = values.get("display", ""), values.get("visibility", "")
    if (
        display.startswith("none")
        or visibility.startswith(("hidden", "collapse"))
        or values.get("mso-hide", "").startswith("all")
    ):
        return True
    if _small(values.get("opacity", ""), 0.05) or _small(values.get("font-size", ""), 1.0):
        return True
    if values.get("overflow", "").startswith("hidden") and any(
        _small(values.get(side, ""), 0.0) for side in ("max-height", "height", "max-width", "width")
    ):
        return True
    if any(_far(values.get(side, "")) for side in ("text-indent", "left", "top", "margin-left")):
        return True
    if values.get("color", "").startswith("transparent"):
        return True
    return "color" in values and _distance(colour, ground) <= NEAR


def _small(value: str, most: float) -> bool:
    match = _NUMBER.match(value)
    if match is None or match[0] in ("", "-") or "%" in value:
        return value.startswith("0") and not value.startswith("0.")
    number, unit = float(match[0]), value[match.end() :].strip()
    return number <= (most if unit in ("", "px", "pt") else 0.0)


def _far(value: str) -> bool:
    match = _NUMBER.match(value)
    return match is not None and match[0] not in ("", "-") and float(match[0]) <= -500


def _colour(value: str) -> str:
    """Return six hexadecimal digits for a colour, or an empty string."""
    value = value.strip().lower()
    if match := re.match(r"#([0-9a-f]{6}|[0-9a-f]{3})\b", value):
        digits = match[1]
        return digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    if match := re.match(r"rgba?\(\s{0,5}(\d{1,3})\s{0,5},\s{0,5}(\d{1,3})\s{0,5},\s{0,5}(\d{1,3})", value):
        return "".join(f"{min(int(part), 255):02x}" for part in match.groups())
    return _COLOURS.get(value.split(" ")[0], "")


def _distance(one: str, other: str) -> int:
    return sum(abs(int(one[at : at + 2], 16) - int(other[at : at + 2], 16)) for at in (0, 2, 4))


def _sheet(html: str) -> dict[str, str]:
    """Return what style sheets of the page say of single elements, classes and ids; `@media` blocks are left out."""
    found: dict[str, str] = {}
    at = 0
    for _ in range(20):
        opening = _find(html, "<style", at)
        if opening < 0:
            break
        closing = _find(html, "</style", opening)
        body = html[opening : closing if closing >= 0 else opening + 200_000][:200_000]
        body = body.partition(">")[2]
        for selectors, style in _RULE.findall(
            re.sub(r"@media[^{]{0,200}\{(?:[^{}]{0,300}\{[^{}]{0,2000}\}){0,50}", "", body)
        ):
            for selector in selectors.split(",")[:20]:
                name = selector.strip().lower()
                key = name if re.fullmatch(r"[.#]?[\w-]{1,60}", name) else "." + name.partition(".")[2]
                if re.fullmatch(r"[.#]?[\w-]{1,60}", key) and len(found) < 2000:
                    found[key] = found.get(key, "") + ";" + style.lower()
        if closing < 0:
            break
        at = closing
    return found


def _tidy(text: str) -> str:
    lines = (_BLANKS.sub(" ", line).strip() for line in text.split("\n"))
    out: list[str] = []
    for line in lines:
        if line or (out and out[-1]):
            out.append(line)
    return "\n".join(out).strip("\n")
