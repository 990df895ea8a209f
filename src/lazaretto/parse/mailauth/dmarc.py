"""Whether a mail belongs to the domain that its From shows (DMARC, RFC 7489), from results of SPF and DKIM.

policy(domain, lookup)                    what the domain asks receivers to do, and where it says so
evaluate(domain, dkim, spf, policy)       pass when one of them passed for the same organisation
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lazaretto.model.dns import Lookup, Told
from lazaretto.model.mail import AuthResult
from lazaretto.parse.suffixes import organisation

_TAG = re.compile(r"\s{0,50}([A-Za-z]{1,20})\s{0,50}=\s{0,50}([^;]{0,1000})")
_POLICIES = ("none", "quarantine", "reject")


@dataclass(frozen=True, slots=True)
class Policy:
    """A DMARC record, or why there is none."""

    told: Told
    """`FOUND`: a record was found. `EMPTY`: there is none. `FAILED`, `NOT_ASKED`: it cannot be told."""
    domain: str = ""
    """Where it stands: the domain itself, or its organisation's."""
    asks: str = ""
    """`none`, `quarantine`, `reject`: for the domain in question (`sp=` of its organisation counts)."""
    strict_dkim: bool = False
    strict_spf: bool = False


def policy(domain: str, lookup: Lookup) -> Policy:
    """Find the policy for a domain of From: at its own name, then at its organisation's (section 6.6.3)."""
    for place in dict.fromkeys((domain, organisation(domain))):
        answer = lookup(f"_dmarc.{place}", "TXT")
        if answer.told in (Told.FAILED, Told.NOT_ASKED):
            return Policy(answer.told)
        found = [tags for value in answer.values if (tags := _tags(value)) is not None]
        if len(found) == 1:
            return _policy(found[0], place, own=place == domain)
        if len(found) > 1:
            break  # several records are as good as none
    return Policy(Told.EMPTY)


def evaluate(domain: str, dkim: Iterable[AuthResult], spf: AuthResult | None, found: Policy) -> AuthResult:
    """Return `pass`, `fail`, `none` (no policy), `temperror`, or `unknown` when something is not known."""

    def answer(result: str, note: str = "") -> AuthResult:
        return AuthResult("dmarc", result, domain, verified=True, note=note)

    if found.told is Told.FAILED:
        return answer("temperror", "the name server gave no answer")
    signatures = list(dkim)
    passed = any(one.result == "pass" and one.signed and _aligned(one, domain, found.strict_dkim) for one in signatures)
    sent = spf is not None and spf.result == "pass" and _aligned(spf, domain, found.strict_spf)
    if found.told is Told.NOT_ASKED:
        return answer("unknown", "no name server was asked for the policy")
    if found.told is not Told.FOUND:
        return answer("none")
    if passed or sent:
        return answer("pass", f"policy: {found.asks}")
    open_ends = ("unknown", "temperror")
    if any(one.result in open_ends and _aligned(one, domain, found.strict_dkim) for one in signatures) or (
        spf is None or (spf.result in open_ends and _aligned(spf, domain, found.strict_spf))
    ):
        return answer("unknown", f"policy: {found.asks}")
    return answer("fail", f"policy: {found.asks}")


def _aligned(result: AuthResult, domain: str, strict: bool) -> bool:  # noqa: FBT001 - the two modes of one question
    if strict:
        return result.domain.lower().rstrip(".") == domain
    return bool(result.domain) and organisation(result.domain) == organisation(domain)


def _policy(tags: dict[str, str], place: str, *, own: bool) -> Policy:
    asks = tags.get("p", "").lower()
    if not own:
        asks = tags.get("sp", asks).lower()
    if asks not in _POLICIES:
        asks = "none"
    return Policy(
        Told.FOUND,
        place,
        asks,
        strict_dkim=tags.get("adkim", "r").lower() == "s",
        strict_spf=tags.get("aspf", "r").lower() == "s",
    )


def _tags(value: str) -> dict[str, str] | None:
    """Read a record; None when it is not one of DMARC: `v=DMARC1` comes first."""
    pieces = value.split(";")[:50]
    read = [match for piece in pieces if (match := _TAG.fullmatch(piece))]
    if not read or read[0][1].lower() != "v" or read[0][2].strip() != "DMARC1":
        return None
    tags = {match[1].lower(): match[2].strip() for match in reversed(read)}
    return tags if "p" in tags or "rua" in tags else None
