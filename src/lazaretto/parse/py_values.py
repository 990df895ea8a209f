"""What the reader of Python code knows about one expression: a constant, where it came from, what it is called.

Nothing here runs anything. A `Value` is a summary that `py_eval` makes of an expression:

    const   the constant it certainly is (text, bytes, number, list of numbers), or `UNSET`
    shape   text that is partly known, with a NUL for each unknown part: `https://h.test/<NUL>`
    tags    where it came from: `net`, `dec:base64`, `envall`, `host:user`, ... (table below)
    name    what it refers to, through import aliases: `subprocess.Popen`, `open()`, `~local_function`
    items   elements, when it is a list, tuple, set or the values of a dict
    steps   the decodings that it went through, in the order in which they were applied

Tags, and what they mean:

    net, net~       bytes that came over the network, wholly or as part of a longer text
    file:net        the path of a file that was written with `net` bytes
    file:code       the path of a file that was written with program text held in this file
    dec:KIND        went through a decoder (base64, hex, zlib, marshal, rot13, xor, chr, reverse, ...)
    lit             a long literal of this file was what the decoder got
    crypt           result of a decryption
    envall, env     the whole process environment, or one variable of it
    host:KIND       who and where the victim is (name, user, ip, os, cwd, mac)
    cmd             output of a command
    asset:SUFFIX    content of a file that is named like an image, a font, a database
    own             content of a file of the same package
    file, secret:K  content of a file; of a file that holds credentials of kind K
    clip, screen, keys, camera   clipboard, screen, keystrokes, camera
    param:NAME      a parameter whose name says that it is a secret
    cred:NAME       an attribute or parameter whose name says that it is a credential of a service
    chat            a message that a chat bot received
    self            an attribute of the object: what the caller decides
    ix              one element of something, by a constant index
"""

from collections.abc import Iterable
from typing import Final


class _Unset:
    """Type of `UNSET`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = _Unset()
Const = object
"""A folded constant: str, bytes, int, float, bool, None, list, tuple or dict of them; or `UNSET`."""

SHAPE_CHARS = 4000
_NONE: frozenset[str] = frozenset()


class Value:
    """Summary of one expression; see the module's page. Treat it as frozen."""

    __slots__ = ("const", "items", "name", "shape", "steps", "tags")

    def __init__(
        self,
        const: Const = UNSET,
        *,
        tags: frozenset[str] = _NONE,
        name: str = "",
        items: "tuple[Value, ...] | None" = None,
        shape: str | None = None,
        steps: tuple[str, ...] = (),
    ) -> None:
        """Make a summary; without arguments it says that nothing is known."""
        self.const = const
        self.tags = tags
        self.name = name
        self.items = items
        self.steps = steps
        if shape is None:
            if const is UNSET or const is None:
                shape = "\0"
            elif isinstance(const, str):
                shape = const[:SHAPE_CHARS]
            elif isinstance(const, bytes):
                shape = const[:SHAPE_CHARS].decode("latin-1")
            elif isinstance(const, int | float) and not isinstance(const, bool):
                try:
                    shape = str(const)
                except ValueError:  # integers of more than 4,300 digits are not converted
                    shape = "\0"
            else:
                shape = "\0"
        self.shape = shape

    @property
    def known(self) -> bool:
        """True when the whole constant is known."""
        return self.const is not UNSET

    @property
    def text(self) -> str | None:
        """The constant as text, when it is text or bytes."""
        if isinstance(self.const, str):
            return self.const
        return self.const.decode("latin-1") if isinstance(self.const, bytes) else None

    def with_tags(self, tags: Iterable[str]) -> "Value":
        """Return a copy that also carries `tags`."""
        more = self.tags.union(tags)
        if more == self.tags:
            return self
        return Value(self.const, tags=more, name=self.name, items=self.items, shape=self.shape, steps=self.steps)

    def command(self) -> str:
        """Return the value as a command line: the text, or the elements joined by spaces."""
        if self.items is not None:
            return " ".join(item.shape for item in self.items[:40])[:SHAPE_CHARS]
        return self.shape

    def all_tags(self) -> frozenset[str]:
        """Return the tags of the value and of its elements."""
        if not self.items:
            return self.tags
        return self.tags.union(*(item.all_tags() for item in self.items[:60]))

    def __repr__(self) -> str:
        return f"Value({self.const!r:.60}, {self.name!r}, {set(self.tags) or ''}, {self.shape!r:.60})"


UNKNOWN = Value()


def merged(first: Value, second: Value) -> Value:
    """Return what is known when it may be either: the first one's constant and name, the tags of both."""
    if first is UNKNOWN:
        return second
    if second is UNKNOWN or first is second:
        return first
    prefer, other = (first, second) if first.known or not second.known else (second, first)
    return Value(
        prefer.const,
        tags=first.tags | second.tags,
        name=prefer.name or other.name,
        items=prefer.items if prefer.items is not None else other.items,
        shape=prefer.shape if prefer.shape != "\0" else other.shape,
        steps=prefer.steps or other.steps,
    )


STEPS_KEPT = 24
"""Decodings that are listed for one value."""


def further(steps: tuple[str, ...], *more: str) -> tuple[str, ...]:
    """Return a path of decodings with more at its end; the same one twice in a row is listed once."""
    for step in more:
        if not steps or steps[-1] != step:
            steps = (*steps, step)
    return steps[:STEPS_KEPT]


def diluted(tags: frozenset[str]) -> frozenset[str]:
    """Return the tags of a text in which the tagged one is only a part: `net` becomes `net~`."""
    if "net" not in tags:
        return tags
    return (tags - {"net"}) | {"net~"}
