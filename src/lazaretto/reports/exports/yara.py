"""YARA rules for files: addresses, wallets and marks that the campaign's code holds; digests of known files."""

from collections.abc import Iterator

from lazaretto.model.campaign import CampaignFacts
from lazaretto.model.intel import Scope
from lazaretto.reports.exports.hosts_of import blockable_hosts, one_line, usable

_DIGESTS = ("md5", "sha1", "sha256")
_MOST = 500
_LEAST = 6
"""Characters of a string: shorter ones match anywhere."""


def render(facts: CampaignFacts, made: str) -> str:
    """Return the rules; an empty text when nothing fits."""
    name = "".join(c if c.isalnum() and c.isascii() else "_" for c in facts.campaign.id)
    strings = sorted(dict.fromkeys(_strings(facts)))[:_MOST]
    digests = sorted(
        {
            (one.kind, one.value.lower())
            for one in facts.indicators
            if one.kind in _DIGESTS and one.scope is not Scope.TARGET
        }
    )
    parts = ['import "hash"\n'] if digests else []
    meta = "".join(
        f"        {key} = {_quoted(value)}\n"
        for key, value in (
            ("campaign", facts.campaign.name), ("author", "Lazaretto"), ("date", made), ("reference", facts.references[0].url if facts.references else "")
        )
        if value
    )  # fmt: skip
    if strings:
        listed = "".join(
            f"        $s{number} = {_quoted(text)} ascii wide{mark}\n" for number, (text, mark) in enumerate(strings)
        )
        parts.append(
            f"rule campaign_{name}_strings\n{{\n    meta:\n{meta}    strings:\n{listed}    condition:\n        any of them\n}}\n"
        )
    if digests:
        tests = " or\n        ".join(f'hash.{kind}(0, filesize) == "{value}"' for kind, value in digests[:_MOST])
        parts.append(
            f"rule campaign_{name}_files\n{{\n    meta:\n{meta}    condition:\n        filesize < 64MB and (\n        {tests}\n        )\n}}\n"
        )
    return "\n".join(parts)


def _strings(facts: CampaignFacts) -> Iterator[tuple[str, str]]:
    for host in blockable_hosts(facts):
        yield host, " fullword"
    for one in facts.indicators:
        if not usable(one) or len(one.value) < _LEAST:
            continue
        if one.kind in ("url", "ipv4-port", "wallet", "browser-extension"):
            yield one.value.partition("://")[2] or one.value, ""
        elif one.kind == "marker" and one.scope is Scope.EXACT and len(one.value) >= 12:
            yield one.value, ""


def _quoted(text: str) -> str:
    escaped = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isascii() else "".join(f"\\x{byte:02x}" for byte in c.encode()) for c in escaped) + '"'
