"""What is known of a JavaScript value, and how a callee is named.

Tags of a value:

    net         bytes of a network answer           error       ... taken from the failure branch
    client      ... brought by an HTTP library, not by the browser's own functions
    socket      message of a long-lived connection  chain       read from a blockchain node
    env         one environment variable            env-all     the whole environment
    decoded     undone Base64, hex, char codes      unpacked    decrypted or decompressed
    file        content of a file                   host        host name, user, platform
    secret:KIND content of a file of secrets        who:FACT    what tells one machine or person from others
    param       a parameter of an exported function that nobody in this file calls
    import      comes from another module of the project
    url:KIND    how the address of the network call is known: const, env, decoded, import, relative, param, other
    prefixed    constant text stands before the foreign part
"""

from dataclasses import dataclass, replace

from lazaretto.parse.js_fold import MAX_CHARS

Path = tuple[str, ...]
"""A callee: base, then property names; `()` stands for a call. Base `%x` is a local name, `?` an expression."""

_GLOBALS = frozenset({"globalThis", "window", "global", "self", "top", "frames", "root"})


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of an expression's value."""

    tags: frozenset[str] = frozenset()
    text: str | None = None
    """The constant it folds to."""
    line: int = 0
    """Line of the network call it comes from; 0 without one."""
    url: str = ""
    """Address of that call as far as it is constant. Untrusted, live."""
    imports: tuple[tuple[str, str], ...] = ()
    """(specifier, imported name) of project modules it comes from."""
    params: tuple[tuple[int, int], ...] = ()
    """(start byte of the function, position) of exported parameters it comes from."""

    def __or__(self, other: "Value") -> "Value":
        """Both: the union of tags. A constant survives only beside nothing."""
        if other is EMPTY or other == EMPTY:
            return self
        if self is EMPTY or self == EMPTY:
            return other
        return Value(
            self.tags | other.tags,
            self.text if self.text is not None else other.text,
            self.line or other.line,
            self.url or other.url,
            tuple(dict.fromkeys((*self.imports, *other.imports)))[:4],
            tuple(dict.fromkeys((*self.params, *other.params)))[:4],
        )

    def having(self, *tags: str) -> "Value":
        """The same with more tags."""
        return replace(self, tags=self.tags | set(tags))

    def vague(self) -> "Value":
        """The same without its constant, and without claiming to be the whole environment."""
        tags = self.tags
        if "env-all" in tags:
            tags = (tags - {"env-all"}) | {"env"}
        return replace(self, text=None, tags=tags) if self.text is not None or tags is not self.tags else self

    @property
    def foreign(self) -> bool:
        """Comes from the network."""
        return "net" in self.tags


EMPTY = Value()


def constant(text: str) -> Value:
    """A value known to be this text."""
    return Value(text=text[:MAX_CHARS])


def joined(path: Path, key: str) -> Path:
    """Return the path of a property; `default` exports and global objects add nothing."""
    if key == "default" and path != ("?",):
        return path
    if len(path) == 1 and path[0] in _GLOBALS:
        return (key,) if key != "?" else ("?",)
    return (*path, key) if len(path) < 12 else ("?",)


def bare(specifier: str) -> str:
    """Return a module specifier without `node:`."""
    return specifier.removeprefix("node:")


def lead(values: list[Value]) -> str:
    """Return the constant start of a concatenation."""
    lead = ""
    for one in values:
        if one.text is None:
            break
        lead += one.text
    return lead[:300]
