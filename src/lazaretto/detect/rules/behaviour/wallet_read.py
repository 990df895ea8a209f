"""A developer tool reads a cryptocurrency wallet.

What it sees
    A program under a developer tool opened the storage of a wallet: a wallet program's folder, or that of a
    browser extension for wallets. The wallet's own command line tools do not count.

Why it matters
    Who has the file and the password, which is often in the browser, has the money. Campaigns against
    developers look for little else.

Example
    node server.js   ~/.config/Exodus/exodus.wallet/seed.seco

What to do
    Move what the wallet holds to a new one, from another computer. Stop the tree.

False alarms
    Development of wallets.

References
    ATT&CK T1005, T1555.
"""

from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.places import Place
from lazaretto.detect.programs import BROWSERS, name_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.sights import reads_of
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_OWN = frozenset(
    {
        "solana",
        "solana-keygen",
        "anchor",
        "sui",
        "aptos",
        "near",
        "electrum",
        "bitcoin-cli",
        "bitcoind",
        "geth",
        "cast",
        "forge",
    }
)


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and file."""
    for event, program in reads_of(behaviour, Place.WALLET):
        if name_of(program) in _OWN or name_of(program) in BROWSERS:
            continue
        yield Match(
            N_("{who} read a wallet: {path}"),
            path=event.target,
            params={"who": behaviour.who(event), "path": event.target},
            phase=behaviour.phase_of(event),
            process=event.process,
        )


RULE = Rule(
    id="run/wallet-read",
    title=N_("A developer tool reads a cryptocurrency wallet"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1005", "T1555"),
    state="experimental",
)
