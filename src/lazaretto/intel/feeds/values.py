"""Single values of indicators: what kind a text is, and the one spelling under which it is recorded.

Values in feeds are often defanged (`hxxps://c2[.]example[.]invalid`); they are recorded plain, without scheme, and
printed defanged. A host that everybody uses says nothing by itself: it is for hunting only; host and path together are
exact. Nothing is ever resolved or opened.
"""

import re
from typing import Final
from urllib.parse import urlsplit

from lazaretto.model.intel import Scope

SHARED: Final = frozenset({
    "github.com", "raw.githubusercontent.com", "gist.github.com", "gitlab.com", "bitbucket.org", "drive.google.com",
    "docs.google.com", "dropbox.com", "pastebin.com", "rentry.co", "discord.com", "discordapp.com",
    "cdn.discordapp.com", "api.telegram.org", "t.me", "slack.com", "hooks.slack.com", "ipfs.io", "npoint.io",
    "api.npoint.io", "jsonkeeper.com", "jsonbin.io", "mocki.io", "webhook.site", "pipedream.net", "m.pipedream.net",
    "oast.fun", "oast.me", "oast.pro", "oast.site", "oast.live", "oast.online", "oastify.com",
    "burpcollaborator.net", "interact.sh", "ngrok.io", "ngrok-free.app", "trycloudflare.com", "vercel.app",
    "netlify.app", "herokuapp.com", "onrender.com", "pages.dev", "workers.dev", "web.app", "firebaseio.com",
    "amazonaws.com", "s3.amazonaws.com", "azurewebsites.net", "replit.app", "repl.co", "glitch.me", "transfer.sh",
    "file.io", "0x0.st", "catbox.moe", "files.catbox.moe", "ipinfo.io", "ip-api.com", "api.ipify.org", "ipify.org",
    "icanhazip.com", "ifconfig.me", "checkip.amazonaws.com", "google.com", "linkedin.com", "facebook.com",
    "youtube.com", "cloudflare.com", "bit.ly", "tinyurl.com", "surge.sh", "localhost", "telegra.ph",
    "virustotal.com", "example.com",
})  # fmt: skip
"""Services for everybody. Hosts below most of them belong to one tenant each, and those match exactly."""

_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.){1,20}(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59})")
_IPV4 = re.compile(r"(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}")
_IPV6 = re.compile(r"[0-9a-f:]{2,39}(?:%[a-z0-9]{1,15})?")
_PORT = re.compile(r"\d{1,5}")
_HASHES = {32: "md5", 40: "sha1", 64: "sha256"}
_HEX = re.compile(r"[0-9a-fA-F]{32,64}")
_EVM = re.compile(r"0x[0-9a-fA-F]{40}")
_WALLETS = re.compile(
    r"(?:bc1[a-z0-9]{25,62}|[13][1-9A-HJ-NP-Za-km-z]{25,34}|T[1-9A-HJ-NP-Za-km-z]{33}|0x[0-9a-f]{64})"
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,10}[A-Za-z]{2,24}")
_EXTENSION = re.compile(r"[a-p]{32}")
_FANGS = (
    ("[.]", "."), ("(.)", "."), ("{.}", "."), ("[dot]", "."), ("(dot)", "."), ("[:]", ":"), ("[://]", "://"),
    ("[at]", "@"), ("[@]", "@"), ("(at)", "@"), ("\\.", "."),
)  # fmt: skip
_SCHEME = re.compile(r"(?i)^(?:h[tx]{2}p(s?)|meow(s?)|fxp|ftp|wss?|tcp|udp)(?:\[:\]|:)//")
LONGEST: Final = 2048

Value = tuple[str, str, Scope]
"""Kind, value, and how closely it has to match."""


def refang(text: str) -> str:
    """Return a defanged value as it was."""
    text = text.strip().strip("\"'`<>,;")
    for fang, plain in _FANGS:
        text = text.replace(fang, plain)
    return re.sub(r"(?i)^h[tx]{2}p(s?)://", r"http\1://", text)


def value_of(text: str) -> Value | None:
    """Return kind, value and scope of one indicator; None when it is nothing that we know."""
    if len(text) > LONGEST or not text.isprintable():
        return None
    text = refang(text)
    if _SCHEME.match(text):
        return address(text)
    if _EVM.fullmatch(text):
        return "wallet", text.lower(), Scope.EXACT
    if _HEX.fullmatch(text) and len(text) in _HASHES:
        return (
            ("browser-extension", text, Scope.EXACT)
            if _EXTENSION.fullmatch(text)
            else (_HASHES[len(text)], text.lower(), Scope.EXACT)
        )
    if _EXTENSION.fullmatch(text):
        return "browser-extension", text, Scope.EXACT
    if _EMAIL.fullmatch(text):
        return "email", text.lower(), Scope.EXACT
    if "/" in text or "?" in text:
        return address(f"https://{text}") if _HOST.match(text.lower()) or _IPV4.match(text) else None
    host, colon, port = text.lower().rstrip(".").rpartition(":")
    if colon and _PORT.fullmatch(port) and _IPV4.fullmatch(host):
        return "ipv4-port", f"{host}:{port}", Scope.EXACT
    if colon and _PORT.fullmatch(port) and _HOST.fullmatch(host):
        return host_value(host)
    if _WALLETS.fullmatch(text):
        return "wallet", text, Scope.EXACT
    if text.count(":") > 1 and _IPV6.fullmatch(text.lower()):
        return "ipv6", text.lower(), Scope.EXACT
    return host_value(text.lower().rstrip("."))


def host_value(host: str) -> Value | None:
    """Return the value of a bare host name or address."""
    if _IPV4.fullmatch(host):
        private = host.startswith(("10.", "127.", "192.168.", "169.254.", "0.", "255.")) or host in (
            "8.8.8.8",
            "1.1.1.1",
        )
        return "ipv4", host, Scope.HUNT if private else Scope.EXACT
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return None
    if len(host) > 253 or not _HOST.fullmatch(host):
        return None
    if host in SHARED or host.removeprefix("www.") in SHARED:
        return "domain", host, Scope.HUNT
    tenant = any(host.endswith("." + shared) for shared in SHARED)
    return "domain", host, Scope.EXACT if tenant else Scope.HOST


def address(text: str) -> Value | None:
    """Return the value of a URL: host and path, or the bare host when there is no path."""
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    rest = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
    if not rest:
        return ("ipv4-port", f"{host}:{port}", Scope.EXACT) if port and _IPV4.fullmatch(host) else host_value(host)
    if host_value(host) is None:
        return None
    return "url", f"{host}:{port}{rest}" if port else host + rest, Scope.EXACT
