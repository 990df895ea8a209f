"""What Python rules have in common: what a call sends, starts or executes, and how bad its destination is.

The facts come from `parse.py_flow`; the names of Python's world from `parse.py_vocabulary`. Here they are turned
into the few questions that rules ask: *is this a send, and where to? what command is this? does it run unasked?*
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from lazaretto.parse import py_decode
from lazaretto.parse.py_facts import Call
from lazaretto.parse.py_sources import is_http, secrets_in
from lazaretto.parse.py_vocabulary import DOWNLOADS, LOOKUPS, PROCESSES, RUNS_CODE, SENDS, SHELLS
from lazaretto.parse.python import PythonModule


class Place(IntEnum):
    """Where an address leads, the more telling the higher."""

    UNKNOWN = 0
    """Not a constant."""
    LOCAL = 1
    """This machine or a private network."""
    PUBLIC = 2
    """An ordinary host."""
    SHARED = 3
    """File hosts and paste sites: anybody's content under a well-known name."""
    BARE = 4
    """A public IP address, an ephemeral tunnel, an odd port."""
    DROP = 5
    """Chat webhooks and request catchers: places that only collect."""


_HOST = re.compile(r"^(?:[a-z0-9+.-]{2,12}:)?//([^/?#]*)", re.IGNORECASE)
_LOCAL = re.compile(
    r"^(?:localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|\[?::1|host\.docker|[\w-]+$|.*\.(?:local|internal|localhost|lan)$)"
)
_IP = re.compile(r"^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$")
_DROPS = re.compile(
    r"(?:^|\.)(?:oastify\.com|burpcollaborator\.net|interact\.sh|interactsh\.com|oast\.(?:fun|site|me|online|live|pro)|ceye\.io|dnslog\.\w+"
    r"|webhook\.site|pipedream\.net|requestbin\.\w+|requestcatcher\.com|beeceptor\.com|canarytokens\.(?:com|org)|bxss\.(?:me|in)|eyes\.sh"
    r"|requestrepo\.com|hookbin\.com|postb\.in|typedwebhook\.tools|ngrok\.io|ngrok-free\.app|ngrok\.app|loca\.lt|serveo\.net|trycloudflare\.com"
    r"|iplogger\.(?:com|org|ru|info|co)|grabify\.link|2no\.co|yip\.su|canarytokens\.net|pabbly\.com|x\.pipedream\.net|m\.pipedream\.net|dns\.outbound\.watchtowr\.com|xss\.ht|oob\.li|log\.nat\.cloudns\.\w+)$|\boast\b|\bdnslog\b|\bcollaborator\b"
)
_SHARED = re.compile(
    r"(?:^|\.)(?:cdn\.discordapp\.com|media\.discordapp\.net|pastebin\.com|paste\.\w+(?:\.\w+)?|x0\.at|hastebin\.com|rentry\.(?:co|org)|ghostbin\.\w+|controlc\.com"
    r"|transfer\.sh|anonfiles\.com|file\.io|gofile\.io|mediafire\.com|mega\.nz|dropbox\.com|dropboxusercontent\.com|dl\.dropbox\.com|catbox\.moe"
    r"|raw\.githubusercontent\.com|gist\.githubusercontent\.com|drive\.google\.com|bitbucket\.org|ipfs\.io|npoint\.io|jsonkeeper\.com|textbin\.net"
    r"|workupload\.com|wetransfer\.com|sendspace\.com|filebin\.net|0x0\.st|termbin\.com|pastes\.dev|dpaste\.\w+|ghostbin\.me|replit\.(?:dev|co)"
    r"|repl\.co|glitch\.me|vercel\.app|onrender\.com|herokuapp\.com|railway\.app|pythonanywhere\.com|workers\.dev|web\.app|firebaseapp\.com|duckdns\.org)$"
)
_CHAT = re.compile(
    r"discord(?:app)?\.com/api/(?:v\d+/)?webhooks/|api\.telegram\.org/bot|hooks\.slack\.com/services/|/api/webhooks/\d{15,}|webhook\.office\.com",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s'\"<>\\|;)]+", re.IGNORECASE)


def place(address: str) -> Place:
    """Classify an address (a URL or a host, unknown parts as NUL)."""
    address = address.strip()[:2000]
    if _CHAT.search(address):
        return Place.DROP
    found = _HOST.match(address)
    host = (found[1] if found else address.split("/")[0]).rpartition("@")[2].lower()
    name, _, port = host.partition(":")
    if not name.strip("\0.") or name.endswith("\0") or "%" in name:
        return Place.UNKNOWN
    if not found and not _IP.match(name) and not re.fullmatch(r"[\w.\0-]+\.\w{2,}", name):
        return Place.UNKNOWN
    if _DROPS.search(name):
        return Place.DROP
    if _LOCAL.match(name):
        return Place.LOCAL
    if _IP.match(name):
        return Place.BARE
    if _SHARED.search(name):
        return Place.SHARED
    return Place.BARE if port.isdecimal() and int(port) not in {80, 443, 8080, 8443} else Place.PUBLIC


@dataclass(frozen=True, slots=True)
class Sending:
    """A call that takes data away."""

    call: Call
    address: str
    place: Place
    tags: frozenset[str]
    how: str
    """`http`, `socket`, `dns`, `command`, `mail`."""

    @property
    def hosts(self) -> frozenset[str]:
        """What it tells about the machine, without the operating system's name."""
        return frozenset(tag for tag in self.tags if tag.startswith("host:") and tag not in {"host:os", "host:files"})


_CURL = re.compile(
    r"\bcurl\b|\bwget\b|Invoke-WebRequest|Invoke-RestMethod|\bnslookup\b|\bdig\b|\bnc\b|\bping\b", re.IGNORECASE
)


def sendings(view: PythonModule) -> tuple[Sending, ...]:
    """Return every call that sends something, with the origins of what it sends. Found once for a file."""
    found = view.kept.get("sendings")
    if found is None:
        found = view.kept["sendings"] = tuple(_sendings(view))
    return found


def _sendings(view: PythonModule) -> Iterator[Sending]:
    connected = [
        address
        for call in view.facts.calls
        if call.attr in {"connect", "connect_ex", "create_connection"}
        for address in _addresses(call)
    ]
    for call in view.facts.calls:
        if call.name not in LOOKUPS and (
            is_http(call) or call.name in SENDS or call.name in DOWNLOADS or _is_remote(call)
        ):
            address = _address(call)
            how = "http"
            if call.name.startswith("xmlrpc."):
                address = call.receiver.shape
            if "socket" in call.name:
                how = "socket"
                address = address or next(
                    (a for a in connected if place(a) > Place.LOCAL), connected[0] if connected else ""
                )
            elif "smtp" in call.name:
                how = "mail"
            elif not address and _BOT_TOKEN.match(call.receiver.shape):
                address = f"https://api.telegram.org/bot{call.receiver.shape}"
            tags = call.tags() | call.receiver.tags
            if call.attr in _UPLOADS:
                tags |= {tag for value in call.values() for tag in secrets_in(value.shape)}
            yield Sending(call, address, place(address), tags, how)
        elif call.name in LOOKUPS and call.args:
            name = call.args[0].shape
            if ("\0" in name and call.args[0].tags) or place(name) > Place.LOCAL:
                yield Sending(call, name, place(name), call.tags(), "dns")
        elif call.name in SHELLS or call.name in PROCESSES:
            command = command_of(call)
            if _CURL.search(command):
                looked = _LOOKS.search(command) is not None
                plain = _SHELL_WORDS.sub("\0", command)
                urls = _URL.findall(plain) or [word for word in plain.split() if "." in word]
                host = max(urls[:20], key=place, default="")
                host = host if place(host) > Place.LOCAL or "://" in host else ""
                yield Sending(
                    call,
                    host,
                    place(host),
                    call.tags() | substituted(command),
                    "dns" if looked and "\0" in host else "command",
                )
        elif call.attr in {"send", "sendall", "sendto"} and connected and not call.name.startswith("~"):
            address = next((a for a in connected if place(a) > Place.LOCAL), connected[0])
            if call.tags():
                yield Sending(call, address, place(address), call.tags(), "socket")


_BOT_TOKEN = re.compile(r"\d{8,12}:AA[\w-]{30,36}$")
_UPLOADS = frozenset({"upload_file", "upload_from_filename", "fput_object", "put"})
"""Methods of stores that are given the path of what they send."""


def _is_remote(call: Call) -> bool:
    """Tell whether a call is carried out by another machine: XML-RPC."""
    return call.name.startswith("xmlrpc.client.ServerProxy().") and bool(call.args)


_LOOKS = re.compile(r"^\s*(?:ping|nslookup|dig|host)\s", re.IGNORECASE)
"""Commands that ask for a name: what stands in it goes to whoever answers for the domain."""
_SHELL_WORDS = re.compile(r"\$\([^()\n]{1,200}\)|`[^`\n]{1,200}`|\$\{\w{1,40}\}|\$\w{1,40}|%\w{1,40}%")
_SUBSTITUTIONS = (
    (re.compile(r"[$][(`]?(?:hostname|uname)|`(?:hostname|uname)", re.IGNORECASE), "host:name"),
    (re.compile(r"[$`][(]?(?:whoami|id\b|USER\b|\{USER)|%USERNAME%|\$env:USERNAME", re.IGNORECASE), "host:user"),
    (re.compile(r"[$`][(]?(?:pwd|PWD)\b|%CD%"), "host:cwd"),
    (re.compile(r"[$`][(]?(?:env|printenv|set)\b[ )`|]|\benv\s*\|"), "envall"),
    (re.compile(r"cat /etc/passwd|@/etc/passwd"), "secret:accounts"),
    (re.compile(r"(?:cat |@)~?[\w/$]{0,80}\.ssh/"), "secret:ssh"),
    (re.compile(r"(?:cat |@)~?[\w/$]{0,80}\.aws/"), "secret:cloud"),
    (re.compile(r"169\.254\.169\.254|metadata\.google\.internal|/metadata/identity/"), "secret:cloud"),
)


def substituted(command: str) -> frozenset[str]:
    """Return what a shell puts into a command line by itself."""
    return frozenset(tag for pattern, tag in _SUBSTITUTIONS if pattern.search(command))


def _address(call: Call) -> str:
    for value in (call.arg(0, "url"), call.arg(1), call.kwargs.get("url"), call.receiver):
        if value is not None and (
            _HOST.match(value.shape) or (value.shape != "\0" and place(value.shape) > Place.LOCAL)
        ):
            return value.shape
    return ""


def _addresses(call: Call) -> Iterator[str]:
    for value in call.args[:1]:
        first = value.items[0] if value.items else value
        if first.shape != "\0":
            yield first.shape


def command_of(call: Call) -> str:
    """Return the command line of a process call, unknown parts as NUL."""
    first = call.arg(0, "args", "cmd", "command")
    if "Shell" in call.name and len(call.args) >= 4:  # ShellExecuteW(window, verb, file, parameters, ...)
        return f"{call.args[2].shape} {call.args[3].shape}"
    text = first.command()
    if first.items is None and len(call.args) > 1 and ("spawn" in call.name or "exec" in call.name):
        text += " " + " ".join(value.command() for value in call.args[1:])
    if "base64" in text or "openssl" in text or "xxd" in text:
        return f"{text}\n{decoded_by_shell(text)}" if decoded_by_shell(text) else text
    return text


_SHELL_DECODES = re.compile(
    r"(?:echo|printf)\s+(?:-\w+\s+)?b?['\"]?([A-Za-z0-9+/=]{16,8000})['\"]?\s*\|\s*(?:base64\s+-{1,2}[dD]\w*|openssl\s+(?:enc\s+)?-?base64\s[^|]{0,40}-d)"
    r"|base64\s+-{1,2}[dD]\w*\s*<<<\s*['\"]?([A-Za-z0-9+/=]{16,8000})"
)


def decoded_by_shell(command: str) -> str:
    """Return what `echo BASE64 | base64 -d` prints, when a command line holds it."""
    found = _SHELL_DECODES.search(command)
    if found is None:
        return ""
    try:
        return py_decode.b64((found[1] or found[2]).encode("ascii")).decode("utf-8", "replace")
    except ValueError:
        return ""


POWERSHELL_ENCODED = re.compile(r"\s[-/]e(?:c|n|nc|ncodedcommand|ncoded)?\s+['\"]?([A-Za-z0-9+/=]{16,})", re.IGNORECASE)
"""PowerShell's `-EncodedCommand`, however it is shortened, and its text."""


def decoded_by_powershell(command: str) -> str:
    """Return the script behind `-EncodedCommand` (base64 of UTF-16), or an empty text."""
    found = POWERSHELL_ENCODED.search(command)
    if found is None:
        return ""
    try:
        data = py_decode.b64(found[1][: len(found[1]) // 4 * 4].encode("ascii"))
    except ValueError:
        return ""
    plain = data.decode("utf-16-le", "replace")
    return plain if plain[:80].isprintable() and plain.isascii() else ""


_PASTES = re.compile(
    r"pastebin\.com|paste\.\w+|hastebin|rentry\.|ghostbin|controlc\.com|transfer\.sh|cdn\.discordapp|media\.discordapp|//x0\.at/|termbin|0x0\.st|textbin"
    r"|dpaste|anonfiles|file\.io|gofile|catbox\.moe|npoint\.io|jsonkeeper|filebin|pastes\.dev|sendspace|workupload"
)


def is_paste(address: str) -> bool:
    """Tell whether an address is a paste site or a chat's file store: nobody keeps a product's files there."""
    return _PASTES.search(address) is not None


def starts_process(call: Call) -> bool:
    """Tell whether a call starts a program."""
    return (
        call.name in SHELLS
        or call.name in PROCESSES
        or call.name.endswith((".ShellExecuteW", ".ShellExecuteA", ".WinExec"))
    )


def runs_code(call: Call) -> bool:
    """Tell whether a call executes its first argument as Python."""
    return (
        call.name in RUNS_CODE
        or call.name.endswith(".exec_module")
        or (call.attr in {"exec", "eval"} and call.name.endswith(("builtins.exec", "builtins.eval")))
    )


STRONG = frozenset(
    f"dec:{kind}"
    for kind in (
        "base64",
        "base32",
        "base85",
        "base58",
        "hex",
        "zlib",
        "lzma",
        "bz2",
        "marshal",
        "rot13",
        "fernet",
        "xor",
        "chr",
        "reverse",
    )
)
"""Decoders that hide. Replacing and formatting are left out: code generators do that."""


def decoders(tags: frozenset[str]) -> str:
    """Name the decoders in tags for a message: `base64, zlib`."""
    names = sorted(tag.removeprefix("dec:") for tag in tags if tag in STRONG)
    return ", ".join([*names, *(["decryption"] if "crypt" in tags and "dec:fernet" not in tags else [])])


def file_tags(view: PythonModule, call: Call) -> frozenset[str]:
    """Return `file:` tags of what a process call starts: by its arguments, or by a path that was written before."""
    tags = frozenset(tag for tag in call.tags() if tag.startswith("file:"))
    command = command_of(call)
    for path, written in view.facts.files.items():
        name = re.split(r"[/\\]", path)[-1]
        if (
            (
                len(name) >= 5
                and "\0" not in name
                and ("." in name[1:] or (len(path) > 8 and path in command))
                and name in command
            )
            or (
                3 <= len(name) < 5
                and "." in name[1:]
                and "\0" not in name
                and name in re.split(r"[\s/\\\"']+", command)
            )
            or (len(path) >= 4 and path[0] == "/" and path in re.split(r"[\s\"';&|]+", command))
        ):
            tags |= written
    return tags


def short(text: str, limit: int = 100) -> str:
    """Cut untrusted text for a message; unknown parts print as `...`."""
    text = re.sub(r"\0+", "...", text)
    text = re.sub(r"\s+", " ", text).strip()
    return text if len(text) <= limit else text[: limit - 3] + "..."


def defanged(address: str) -> str:
    """Return an address that nobody can click: `hxxps://host[.]test/a`."""
    text = short(address, 120)
    text = re.sub(r"^http", "hxxp", text, flags=re.IGNORECASE)
    head, separator, tail = text.partition("//")
    host, slash, path = (tail if separator else head).partition("/")
    return f"{head + separator if separator else ''}{host.replace('.', '[.]')}{slash}{path}"


def sends_anything(view: PythonModule) -> bool:
    """Tell whether the file has any call that could take data away."""
    return any(is_http(call) or call.name in SENDS for call in view.facts.calls)


def once(seen: set[object], *key: object) -> bool:
    """Remember a key; tell whether it is new. Keeps one finding per line and kind."""
    if key in seen:
        return False
    seen.add(key)
    return True


PROOF = re.compile(
    r"^\s*(?:start\s+)?(?:calc|notepad|mspaint|xcalc|gnome-calculator)(?:\.exe)?\s*&?\s*$|^open\s+-a\s+['\"]?Calculator",
    re.IGNORECASE,
)
"""Programs by whose window an exploit shows that it ran. Nothing else starts them unasked."""


def beacons(view: PythonModule, sending: Sending) -> bool:
    """Tell whether a name is looked up for the look-up's sake: unasked, constant, and its answer is thrown away.

    Whoever answers for the domain learns who installed or imported the package. Names that hold the name of the
    package itself are nothing else, whatever becomes of the answer.
    """
    if sending.how != "dns" or sending.place < Place.PUBLIC or "\0" in sending.address:
        return False
    if not view.unasked(sending.call.scope) or view.is_test:
        return False
    name = sending.address.lower().replace("_", "-")
    own = {part.lower().replace("_", "-") for part in view.path.split("/")[:-1] if len(part) > 3}
    own |= {re.sub(r"-\d[\w.]*$", "", part) for part in own}
    return sending.call.quiet or any(name.startswith(part) for part in own)
