"""Is this a host name, or a file, a piece of code, a product? Top-level domains that are file endings make it hard."""

import ipaddress
import re

from lazaretto.parse.suffixes import top_level

HOST = re.compile(
    r"(?:(?<![A-Za-z0-9_@./\\%$-])|(?<=>\.))(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.){1,10}"
    r"(?:[A-Za-z]{2,24}|xn--[A-Za-z0-9-]{2,59})(?![A-Za-z0-9_-])"
)
HANGUL_HOST = re.compile(r"(?<![\w.@/-])(?:[A-Za-z0-9가-힣-]{1,40}\.){1,4}(?:한국|닷컴|닷넷|xn--3e0b707e)")
"""Names under Korean top-level domains; other names in Hangul only count inside a URL."""

FILE_ENDINGS = frozenset({
    "py", "sh", "md", "rs", "zip", "pl", "tf", "pm", "mk", "mov", "ps", "so", "mm", "gz", "java", "cab",
})  # fmt: skip
"""Top-level domains that are far more often the end of a file's name."""
_MAYBE_FILES = frozenset({"cc", "in", "app", "ai", "as", "st", "ph", "vi", "ml", "do", "pub", "bz", "id", "name"})
_FILE_STEMS = frozenset({
    "main", "index", "test", "tests", "setup", "config", "manifest", "requirements", "configure", "makefile", "utils",
    "util", "helper", "install", "readme", "init", "loader", "server", "client",
})  # fmt: skip
_CODE_WORDS = frozenset({
    "name", "id", "run", "open", "post", "map", "new", "host", "email", "data", "call", "link", "click", "load", "now", "space", "page", "pub", "is", "in", "as", "to", "do", "my", "so", "it", "at", "by", "no", "me", "on", "be",
    "zip", "win", "study", "date", "search", "select", "store", "sync", "watch", "play", "read", "hot", "fit",
})  # fmt: skip
"""Top-level domains that are also attributes and methods."""
_CODE_OBJECTS = frozenset({
    "self", "this", "os", "sys", "process", "module", "window", "document", "console", "json", "math", "object", "array",
    "string", "function", "subprocess", "asyncio", "requests", "axios", "app", "req", "res", "response", "request", "fs",
    "path", "http", "https", "net", "vm", "user", "config", "options", "args", "params", "ctx", "event", "socket", "base64",
    "crypto", "buffer", "child", "exec", "cp", "global", "promise", "element", "item", "node", "data", "client", "urllib",
})  # fmt: skip
_PRODUCTS = frozenset({
    "socket.io", "next.js", "node.js", "vue.js", "asp.net", "draw.io", "crates.io", "block.one", "booking.com", "vb.net",
    "ado.net", "ml.net", "deno.land", "e.g", "i.e", "system.net", "d3.js", "three.js", "engine.io", "shell.app",
})  # fmt: skip


def is_host(name: str, *, defanged: bool, addressed: bool, code: bool, after: str) -> bool:
    """Judge a dotted name.

    Args:
        name: the name as written, already known to end in letters.
        defanged: its author took care not to make it live; then hardly anything speaks against it.
        addressed: a scheme stands before it, a port or path follows, or it stands in a column of hosts.
        code: it stands in code.
        after: the character that follows.
    """
    low = name.lower()
    labels = low.split(".")
    if labels[-1] not in top_level() or len(low) > 253 or _is_number(labels):
        return False
    if defanged:
        return True
    if low in _PRODUCTS or "_" in labels[-2] or after == "(":
        return False
    if addressed:
        return labels[-1] not in FILE_ENDINGS or len(labels) > 2
    if labels[-1] in FILE_ENDINGS:
        return labels[0] == "www"
    if labels[-1] in _MAYBE_FILES and labels[-2] in _FILE_STEMS:
        return False
    if labels[-1] in _CODE_WORDS and (code or labels[0] in _CODE_OBJECTS):
        return False
    if (
        labels[0] in _CODE_OBJECTS
        and labels[-1] in ("name", "io", "net", "run", "id", "host", "post", "open")
        and len(labels) == 2
    ):
        return labels[-1] in ("io", "net") and not code
    if name[0].isupper() and name[1:] == low[1:] and len(labels) == 2:
        return False  # what a company calls itself
    return name == low or name[0].isupper() is False or len(labels) > 2 or name.isupper() or labels[-1] in _COMMON


_COMMON = frozenset({"com", "org", "net", "io", "dev", "cloud", "xyz", "kr", "info", "ai", "app"})


def _is_number(labels: list[str]) -> bool:
    return all(label.isdigit() for label in labels)


_DOCUMENTATION = tuple(
    ipaddress.ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)


def address_standing(value: str) -> str:
    """Return `invalid`, `local` (private, reserved) or `public` for an IP address."""
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return "invalid"
    # documentation addresses stand in for real ones in exercises and drills: their authors mean them
    meant = any(address in network for network in _DOCUMENTATION if network.version == address.version)
    return "public" if meant or (address.is_global and not address.is_multicast) else "local"
