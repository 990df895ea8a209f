"""The sender's domain does not stand by the mail.

What it sees
    The reader's own provider, or a check made here, says that DMARC or SPF failed: the server that sent the
    mail may not send for the domain in From, and no signature of that domain fits.

Why it matters
    A mail like this comes from somebody else than it says, or somebody on its way changed it.

Example
    Authentication-Results: mx.home.test; dmarc=fail header.from=acme.test

What to do
    Do not act on it. Ask the company by an address that you found yourself.

False alarms
    Mailing lists and forwarded mail break both. An unbroken chain of forwarders (ARC) takes the weight off.

References
    docs/offer.md; RFC 7489, RFC 7208, RFC 8601; ATT&CK T1672.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.offer_senders import verdict_passes
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.mail import AuthResult, Mail
from lazaretto.model.text import N_, Phrase


def check(view: Approach) -> Iterator[Match]:
    """One match for each mail."""
    for mail in view.case.mails:
        told = mail.authentication
        if told is None or verdict_passes(mail, mail.sender.domain):
            continue
        known = [one for one in told.results if one.verified or told.trusted_header]
        forwarded = any(one.method == "arc" and one.result == "pass" for one in known)
        confidence = Confidence.LOW if forwarded else None
        dmarc = next((one for one in known if one.method == "dmarc" and one.result == "fail"), None)
        spf = next((one for one in known if one.method == "spf" and one.result in ("fail", "softfail")), None)
        if dmarc is not None:
            yield _match(
                mail,
                dmarc,
                N_("the mail failed the check of its sender's domain {domain} (DMARC), says {who}"),
                None,
                confidence,
            )
        elif spf is not None and spf.result == "fail":
            yield _match(
                mail,
                spf,
                N_("the server that sent the mail may not send for {domain} (SPF), says {who}"),
                Severity.MEDIUM,
                confidence,
            )
        elif spf is not None and any(one.method == "dmarc" and one.result == "none" for one in known):
            yield _match(
                mail, spf, N_("the server that sent the mail is not named by {domain} (SPF), says {who}"),
                Severity.LOW, Confidence.LOW,
            )  # fmt: skip


def _match(
    mail: Mail, result: AuthResult, template: str, severity: Severity | None, confidence: Confidence | None
) -> Match:
    who = N_("a check made here") if result.verified else result.server or N_("the receiving server")
    return Match(
        template,
        line=1 if result.verified else mail.line("authentication-results"),
        path=mail.name,
        params={
            "domain": result.domain or mail.sender.domain,
            "who": Phrase(who) if result.verified or not result.server else who,
        },
        excerpt=f"{result.method}={result.result} {result.note}".strip(),
        severity=severity,
        confidence=confidence,
    )


RULE = Rule(
    id="mail/authentication-failed",
    title=N_("The sender's domain does not stand by the mail"),
    view=Approach,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1672",),
    state="experimental",
)
