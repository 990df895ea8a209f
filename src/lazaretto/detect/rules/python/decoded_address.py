"""What it sees
    A network request to an address that the file does not show: it is decoded (base64, hex, character codes, XOR, ...)
    just before, or it was fetched from such an address.

Why it matters
    Addresses are public: nobody else has a reason to hide one from the reader of the code. It is how collectors and
    second stages stay out of lists, and how a package is told at any later time where to send what it found.

Example
    requests.post(base64.b64decode("aHR0cHM6Ly8...").decode(), json={"key": key})

What to do
    Do not use it before you know why the address is hidden. The finding shows it.

False alarms
    Addresses that come encoded from outside (page tokens, redirects) are not reported: only those that the file
    itself holds in encoded form.

References
    ATT&CK T1027.013 (Encrypted/Encoded File), T1102.001 (Dead Drop Resolver), T1041.
"""

from collections.abc import Iterator

from lazaretto.detect.pycode import STRONG, Place, decoders, defanged, once, place
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_facts import Call
from lazaretto.parse.py_sources import is_http
from lazaretto.parse.py_values import UNKNOWN, Value
from lazaretto.parse.py_vocabulary import DOWNLOADS, LOOKUPS, SENDS
from lazaretto.parse.python import PythonModule

_CALLS = N_("calls an address that it hides ({decoders}): {address}")
_SENDS = N_("sends {what} to an address that it hides ({decoders}): {address}")
_DROP = N_("sends {what} to an address that it fetches from a hidden place ({decoders})")
_UNSHOWN = N_("calls an address that it decodes, and swallows every error ({decoders})")

_HIDES = STRONG - {"dec:zlib", "dec:lzma", "dec:bz2", "dec:marshal", "dec:reverse"}
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "HEAD"})
_DATA = ("secret:", "host:", "param:", "cred:", "clip", "screen", "keys", "camera", "envall", "cmd")


def check(view: PythonModule) -> Iterator[Match]:
    """Yield requests to hidden addresses."""
    if not view.speaks("net") or not (view.speaks("decode") or view.speaks("disguise")):
        return
    seen: set[object] = set()
    for call in view.facts.calls:
        looks_up = call.name in LOOKUPS
        if not (
            is_http(call)
            or looks_up
            or call.name in DOWNLOADS
            or call.name in SENDS
            or call.attr in {"connect", "create_connection", "HTTPSConnection", "HTTPConnection"}
        ):
            continue
        url = _address(call)
        found = url.tags & _HIDES
        if not found:
            continue
        graded = _grade(view, call, url)
        if graded is None or not once(seen, call.line, graded[0]):
            continue
        message, severity, confidence = graded
        yield Match(
            message,
            call.line,
            call.column,
            params={"decoders": decoders(url.tags), "address": defanged(url.shape), "what": _what(call) or "data"},
            excerpt=view.quote(call.line),
            severity=Severity.LOW if view.is_test else severity,
            confidence=confidence,
            phase=view.phase(call.scope),
            layers=(*call.layers, *url.steps),
        )


def _grade(view: PythonModule, call: Call, url: Value) -> tuple[str, Severity, Confidence] | None:
    what = _what(call)
    unasked = view.unasked(call.scope)
    if "net" in url.tags and not url.known:
        if "lit" in url.tags and (what or call.quiet):
            return _DROP, Severity.HIGH, Confidence.HIGH
        return None
    if url.known and place(url.shape) > Place.LOCAL and ("lit" in url.tags or call.name in LOOKUPS):
        if what:
            return _SENDS, Severity.HIGH, Confidence.HIGH
        sure = unasked or call.quiet or place(url.shape) is Place.DROP
        return _CALLS, Severity.HIGH if sure else Severity.MEDIUM, Confidence.HIGH if sure else Confidence.MEDIUM
    if call.quiet and not url.known and {"dec:base64", "dec:hex", "dec:xor"} & url.tags:
        return _UNSHOWN, Severity.HIGH, Confidence.HIGH
    return None


def _address(call: Call) -> Value:
    for value in (*call.args[:2], call.kwargs.get("url", UNKNOWN), call.receiver):
        inner = value.items[0] if value.items else value
        if inner.tags & _HIDES and inner.shape not in _METHODS:
            return inner
    return UNKNOWN


def _what(call: Call) -> str:
    data = call.tags() | call.receiver.tags
    kinds = sorted({tag.partition(":")[2] or tag for tag in data if tag.startswith(_DATA)})
    if kinds:
        return ", ".join(kinds)
    return "files" if "file" in data else ""


RULE = Rule(
    id="py/decoded-address",
    title=N_("Hides the address that it calls"),
    view=PythonModule,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1027.013", "T1102.001", "T1041"),
)
