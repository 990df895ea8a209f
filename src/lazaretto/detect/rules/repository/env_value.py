"""What it sees
    A setting (in `.env`, `.env.example`, `config.env`, JSON, YAML, INI) whose value decodes to a URL: base64, base64
    twice, hexadecimal, also written backwards.

Why it matters
    It was the commonest way in 2025 to hide where a lure's second stage lives: the code decodes the value at run time
    and executes what the URL answers. Real settings write URLs as they are.

Example
    DEV_API_KEY="aHR0cHM6Ly9hLmludmFsaWQvYi9YWVo="

What to do
    Do not start the project. Look for the code that reads the variable.

False alarms
    Values of Kubernetes secrets are base64 by rule and only context.

References
    ATT&CK T1027.013, T1140.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.hosts import URL, host_of
from lazaretto.parse.text import ENCODED_URL, ENCODED_URL_STARTS, ConfigText, decoded, decoded_url, is_documentation

_HEADER = re.compile(r"x-[a-z0-9-]{2,40}|authorization|bearer\b.{0,40}", re.IGNORECASE)
_KEY_BEFORE = re.compile(rb"[\"']?([A-Za-z_][\w.-]{0,120})[\"']?\s{0,40}[:=]\s{0,40}[\"'`]?$")


def check(view: ConfigText) -> Iterator[Match | Signal]:
    """Look at every assignment of env-like files, and at encoded URLs anywhere in others."""
    found = list(_sightings(view))
    secret = (
        b"kind: Secret" in view.blob.data or b'"kind": "Secret"' in view.blob.data or b"SealedSecret" in view.blob.data
    )
    headers = _headers(view) if found else ""
    for name, url, layers, line, excerpt in found:
        yield Signal("env-url", f"{name}\t{_defanged(url)}", view.path, line)
        yield Match(
            N_("{name} is a web address in disguise: it decodes to {url}{headers}"),
            line=line,
            params={"name": name, "url": url[:200], "headers": headers},
            excerpt=excerpt,
            severity=Severity.LOW if secret else Severity.HIGH if layers > 1 or headers else Severity.MEDIUM,
            confidence=Confidence.LOW
            if secret or is_documentation(view.path)
            else Confidence.MEDIUM
            if headers
            else Confidence.HIGH,
        )
    if view.is_env:
        for setting in view.assignments:
            if URL.match(setting.value) and "." in host_of(setting.value):
                yield Signal("env-plain-url", f"{setting.name}\t{_defanged(setting.value)}", view.path, setting.line)


def _sightings(view: ConfigText) -> Iterator[tuple[str, str, int, int, str]]:
    """Yield (name, url, layers, line, excerpt)."""
    seen: set[int] = set()
    data = view.blob.data
    if view.is_env:
        for setting in view.assignments:
            result = decoded_url(setting.value) if len(setting.value) >= 16 else None
            if result is not None:
                seen.add(setting.line)
                yield setting.name, *result, setting.line, f"{setting.name}={setting.value}"
    if not any(start in data for start in ENCODED_URL_STARTS):
        return
    for match in ENCODED_URL.finditer(data):
        if match.start() and (
            data[match.start() - 1 : match.start()].isalnum() or data[match.start() - 1 : match.start()] in {b"+", b"/"}
        ):
            continue  # the middle of longer data, such as an image
        line = view.blob.position(match.start())[0]
        result = decoded_url(match.group().decode("ascii"))
        if result is None or line in seen:
            continue
        seen.add(line)
        before = _KEY_BEFORE.search(data[max(0, match.start() - 200) : match.start()])
        name = before.group(1).decode("ascii") if before else "?"
        if before is None and not view.is_env:
            continue
        yield name, *result, line, f"{name}={match.group().decode('ascii')}"


def _headers(view: ConfigText) -> str:
    """Name a decoded request header that stands near, as the campaign's loaders need one."""
    for setting in view.assignments:
        text = decoded(setting.value) if 8 <= len(setting.value) <= 120 else None
        if text and _HEADER.fullmatch(text):
            return f" ({setting.name} = {text})"
    return ""


def _defanged(url: str) -> str:
    return url.replace("http", "hxxp", 1).replace(".", "[.]")[:300]


RULE = Rule(
    id="repo/env-value-decodes-to-url",
    title=N_("A setting's value decodes to a web address"),
    view=ConfigText,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.CONCEAL,
    check=check,
    doc=__doc__,
    techniques=("T1027.013", "T1140"),
)
