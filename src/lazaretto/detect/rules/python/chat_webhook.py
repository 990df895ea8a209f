"""What it sees
    A chat webhook or bot address with its secret token written into code (Discord webhook, Telegram bot, Slack
    hook), also when it is hidden in base64, hex or reversed text.

Why it matters
    A token in a published package is shared with everybody who installs it, so nobody who means to receive honest
    messages does it. It is the cheapest way to collect stolen data; families of "grabbers" are built around it.

Example
    HOOK = "https://discord.com/api/webhooks/1000000000000000000/<token of 68 characters>"

What to do
    Do not install or run it. If it ran, treat browser sessions, chat tokens and wallets of that user as stolen.

False alarms
    A person's own bot, published with its token by mistake: without anything collected it is reported with less
    confidence. Tests and documentation quote fake tokens.

References
    ATT&CK T1567.004 (Exfiltration Over Webhook), T1102 (Web Service).
"""

import re
from collections.abc import Iterator

from lazaretto.detect.pycode import once, sendings, short
from lazaretto.detect.pystores import stores_named
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse import py_decode
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

_HOOK = N_("holds the address and token of a chat collector: {address}")
_COLLECTS = N_("collects from this machine ({what}) and holds the token of a chat collector: {address}")

_HIDDEN = N_("holds the address and token of a chat collector, encoded so that nobody sees it: {address}")
_ENCODED = ("aHR0cHM6Ly9", "aHR0cDovL2", "68747470", "ZGlzY29yZ", "YXBpLnRlbGVncmFt")
"""`https://`, `http://`, `http` in hexadecimal, `discord`, `api.telegram`."""

_TOKEN = re.compile(
    r"discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/\d{15,22}/[\w-]{20,100}"
    r"|api\.telegram\.org/bot\d{6,12}:[\w-]{30,40}|hooks\.slack\.com/services/T\w{6,12}/B\w{6,12}/\w{16,30}"
)
_HINTS = terms(
    b"webhooks/", b"api.telegram.org", b"hooks.slack", b"sendMessage", b"sendDocument", b"telebot", b":AA", b"Webhook(",
    b"aHR0cHM6Ly9kaXNj", b"aHR0cHM6Ly9hcGkudGVsZWdy", b"68747470733a2f2f", b"skoohbew", b"ZGlzY29yZ", b"aHR0cDovL2",
)  # fmt: skip
"""The last ones: `https://disc...`, `https://api.telegr...` in base64, `https://` in hex, `webhooks` backwards."""
_BOT = re.compile(r"^\d{8,12}:AA[\w-]{30,36}$")
_COLLECTED = {
    "clip": "clipboard", "screen": "screen", "keys": "keystrokes", "camera": "camera", "envall": "environment",
    "host:name": "host name", "host:user": "user name", "host:ip": "addresses", "host:mac": "hardware address",
    "host:processes": "processes", "host:os": "system", "secret:browser": "browser data",
    "secret:discord": "chat tokens",
    "secret:wallet": "wallets", "secret:ssh": "SSH keys", "secret:accounts": "accounts", "secret:cloud": "cloud keys",
    "secret:telegram": "chat sessions", "secret:tokens": "tokens", "secret:keychain": "keychain",
    "cmd": "command output",
}  # fmt: skip


def check(view: PythonModule) -> Iterator[Match]:
    """Yield each address once."""
    if not view.mentions(_HINTS) and not (view.speaks("exec", "decode") and view.facts.layers):
        return
    seen: set[object] = set()
    hits: list[tuple[str, int]] = []
    telegram = (
        b"telegram" in view.blob.data.lower() or b"sendMessage" in view.blob.data or b"sendDocument" in view.blob.data
    )
    for text, line in view.facts.strings:
        found = _TOKEN.search(text)
        if found:
            hits.append((found[0], line))
        elif telegram and _BOT.match(text):
            hits.append((f"api.telegram.org/bot{text}", line))
        elif text.startswith(_ENCODED) and (found := _TOKEN.search(_decoded(text))) and once(seen, found[0]):
            yield Match(
                _HIDDEN,
                line,
                params={"address": short(found[0].partition("/")[0].replace(".", "[.]") + "...")},
                excerpt=view.quote(line),
                severity=Severity.LOW if view.is_test else Severity.HIGH,
                confidence=Confidence.HIGH,
                phase=_phase(view),
            )
    for call in view.facts.calls:
        for value in (*call.args, *call.kwargs.values(), call.receiver):
            found = _TOKEN.search(value.shape) if len(value.shape) > 40 else None
            if found:
                hits.append((found[0], call.line))
    if not hits:
        return
    collected = sorted(_collected(view))
    for address, line in hits:
        if not once(seen, address):
            continue
        parts = re.split(r"(?<=webhooks/)|(?<=/bot)|(?<=services/)", address)
        shown = short(parts[0].replace(".", "[.]") + "...")
        strong = bool(collected) and not view.is_test
        yield Match(
            _COLLECTS if collected else _HOOK,
            line,
            params={"address": shown, "what": ", ".join(collected[:5])},
            excerpt=shown,
            severity=Severity.LOW if view.is_test else Severity.HIGH,
            confidence=Confidence.HIGH if strong else Confidence.MEDIUM,
            phase=_phase(view),
        )


def _phase(view: PythonModule) -> Phase:
    return Phase.IMPORT if any(view.unasked(s.call.scope) for s in sendings(view)) else Phase.RUN


def _decoded(text: str) -> str:
    """Return what a text says that is wholly base64 or hexadecimal, or an empty text."""
    try:
        data = bytes.fromhex(text) if text.startswith("68") else py_decode.b64(text[:4000].encode("ascii"))
    except (ValueError, UnicodeEncodeError):
        return ""
    return data.decode("latin-1")


def _collected(view: PythonModule) -> set[str]:
    tags: set[str] = set()
    for call in view.facts.calls:
        tags |= call.tags() | call.receiver.tags
    words = {_COLLECTED[tag] for tag in tags if tag in _COLLECTED}
    words |= set(stores_named(view))
    return words - {"system", "command output"}


RULE = Rule(
    id="py/chat-webhook-in-code",
    title=N_("Holds the token of a chat collector"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1567.004", "T1102"),
)
