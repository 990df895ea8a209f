"""A message taken apart into its parts, over bytes and positions: nothing is copied before it is wanted.

    Node                      a header block and where its content lies
    |-- multipart/*           its children lie between the boundary lines
    |-- message/rfc822        its content is a message
    `-- anything else         a leaf

Parts, depth and bytes are bounded (`MailLimits`); what is beyond is told in `Tree.troubles`.
Sources: RFC 2045 and 2046; where mails break them, what mail programs show decides.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lazaretto.parse.mail.charsets import from_base64
from lazaretto.parse.mail.fields import Block, block, parameters

_REST = re.compile(rb"(--)?[ \t]{0,80}(?:\r?\n|\r?\Z)")
_TYPE = re.compile(r"[\w!#$&^.+-]{1,80}/[\w!#$&^.+-]{1,120}")


@dataclass(frozen=True, slots=True)
class MailLimits:
    """Bounds for one file of mails. Sizes in bytes."""

    part_bytes: int = 64 << 20
    """Decoded content of one part that is kept; a larger part is only named."""
    kept_bytes: int = 96 << 20
    """Decoded content of all parts of a file that is kept."""
    text_bytes: int = 4 << 20
    """Content of one text part that is read."""
    parts: int = 500
    depth: int = 12
    """Parts within parts."""
    nested: int = 12
    """Messages within messages, altogether."""
    messages: int = 200
    """Messages of a mailbox."""


@dataclass(frozen=True, slots=True)
class Node:
    """One part."""

    block: Block
    start: int
    """Where its content begins."""
    end: int
    kind: str
    """Media type, lower case."""
    parameters: dict[str, str]
    children: tuple["Node", ...] = ()

    @property
    def encoding(self) -> str:
        """The transfer encoding, lower case; empty when there is none."""
        found = self.block.first("content-transfer-encoding")
        return found.value.strip().lower().partition(";")[0].strip("\"' ") if found else ""

    @property
    def disposition(self) -> tuple[str, dict[str, str]]:
        """`attachment` or `inline` with its parameters; empty when there is none."""
        found = self.block.first("content-disposition")
        return parameters(found.value) if found else ("", {})

    @property
    def name(self) -> str:
        """The file name, without folders; empty when there is none."""
        name = self.disposition[1].get("filename") or self.parameters.get("name", "")
        return re.split(r"[/\\]", name)[-1][:300]


@dataclass(slots=True)
class Tree:
    """A message's parts, and what could not be taken apart."""

    data: bytes
    limits: MailLimits
    count: int = 0
    troubles: set[str] = field(default_factory=set)
    """`parts`, `depth`, `boundary` (a multipart in which its boundary is not found), `cut`, `broken` (see `Block`)."""

    def message(self, start: int, end: int, depth: int = 0) -> Node:
        """Read one message or part from `start` to `end`."""
        head = block(self.data, start, end)
        if head.trouble:
            self.troubles.add(head.trouble)
        declared = head.first("content-type")
        kind, params = parameters(declared.value) if declared else ("text/plain", {})
        if not _TYPE.fullmatch(kind):
            kind = "text/plain"
        self.count += 1
        children: tuple[Node, ...] = ()
        if kind.startswith("multipart/"):
            if depth >= self.limits.depth:
                self.troubles.add("depth")
            else:
                children = tuple(self._children(head.body, end, params.get("boundary", ""), depth))
                if not children:
                    self.troubles.add("boundary")
        return Node(head, head.body, end, kind, params, children)

    def content(self, node: Node, limit: int) -> tuple[bytes, int]:
        """Return a leaf's decoded content and its size; no bytes when they are more than `limit`."""
        raw = self.data[node.start : node.end] if node.end - node.start <= limit * 3 else b""
        size = node.end - node.start
        match node.encoding:
            case "base64":
                if size // 4 * 3 > limit + (limit >> 4) + 4096:
                    return b"", size // 4 * 3
                out = from_base64(raw)
            case "quoted-printable":
                out = binascii.a2b_qp(raw)
            case "x-uuencode" | "uuencode" | "x-uue":
                out = _uudecode(raw)
            case _:
                if size > limit:
                    return b"", size
                out = raw
        return (out, len(out)) if len(out) <= limit else (b"", len(out))

    def _children(self, start: int, end: int, boundary: str, depth: int) -> Iterator[Node]:
        if not boundary:
            return
        mark = b"--" + boundary.encode("utf-8", "replace")
        begin, at = -1, start
        while (found := self.data.find(mark, at, end)) >= 0:
            at = found + len(mark)
            if found > start and self.data[found - 1 : found] != b"\n":
                continue
            match = _REST.match(self.data, at, end)
            if match is None:
                continue  # another boundary that begins with this one
            if begin >= 0:
                close = found - 1
                close -= self.data[close - 1 : close] == b"\r"
                yield self.message(begin, max(close, begin), depth + 1)
            if self.count >= self.limits.parts:
                self.troubles.add("parts")
                return
            if match[1]:
                return
            begin = at = match.end()
        if begin >= 0 and begin < end:
            yield self.message(begin, end, depth + 1)  # its end is missing


def leaves(node: Node) -> Iterator[Node]:
    """Yield the parts that are no multiparts, in order."""
    if not node.children:
        yield node
        return
    for child in node.children:
        yield from leaves(child)


def _uudecode(raw: bytes) -> bytes:
    out = bytearray()
    for line in raw.split(b"\n")[:200_000]:
        line = line.rstrip(b"\r")
        if not line or line.startswith((b"begin ", b"end")):
            continue
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            continue
    return bytes(out)
