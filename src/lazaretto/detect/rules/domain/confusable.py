"""A domain in another script reads like a Latin one.

What it sees
    A label is written wholly in another script, with letters that all look like Latin ones, plainly or in
    punycode.

Why it matters
    It is made to be read as another name.

Example
    xn--80ak6aa92e.test, which shows as a famous fruit

What to do
    Do not open it.

False alarms
    Short words of Cyrillic or Greek that happen to look Latin, under an ending of that script's countries.

References
    docs/offer.md; UTS #39, section 4; ATT&CK T1583.001.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.domain_likeness import ascii_name, whole_script_confusable
from lazaretto.detect.offer_senders import hosts
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match for each host."""
    for host in hosts(view):
        looks = whole_script_confusable(host.name)
        if looks:
            yield Match(
                N_("the name {host} is written to be read as {looks}"),
                line=host.line,
                path=host.path,
                params={"host": ascii_name(host.name), "looks": looks},
                excerpt=ascii_name(host.name),
            )


RULE = Rule(
    id="domain/confusable",
    title=N_("A domain in another script reads like a Latin one"),
    view=Approach,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1583.001",),
    state="experimental",
)
