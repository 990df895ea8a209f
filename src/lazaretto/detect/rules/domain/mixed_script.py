"""A domain mixes scripts.

What it sees
    A label of a host name mixes scripts that nobody mixes, such as Latin and Cyrillic, plainly or in punycode.

Why it matters
    It is made to look like another name.

Example
    xn--... that shows as аcme.test with a Cyrillic letter

What to do
    Do not open it.

False alarms
    None are known: registries refuse such names.

References
    docs/offer.md; UTS #39, section 5.2; ATT&CK T1583.001.
"""

from collections.abc import Iterator

from lazaretto.detect.approach import Approach
from lazaretto.detect.domain_likeness import ascii_name, mixed_scripts
from lazaretto.detect.offer_senders import hosts
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_


def check(view: Approach) -> Iterator[Match]:
    """One match for each host."""
    for host in hosts(view):
        scripts = mixed_scripts(host.name)
        if scripts:
            yield Match(
                N_("the name {host} mixes scripts: {scripts}"),
                line=host.line,
                path=host.path,
                params={"host": ascii_name(host.name), "scripts": ", ".join(scripts)},
                excerpt=ascii_name(host.name),
            )


RULE = Rule(
    id="domain/mixed-script",
    title=N_("A domain mixes scripts"),
    view=Approach,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.OFFER,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__ or "",
    techniques=("T1583.001",),
    state="experimental",
)
