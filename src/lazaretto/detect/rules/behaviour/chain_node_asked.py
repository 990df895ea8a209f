"""A build or installation asks a blockchain.

What it sees
    A program under a developer tool asked a public node of a blockchain (an RPC service).

Why it matters
    Campaigns keep the address of their next stage in a transaction, where nobody can take it down.

Example
    npm:tailwind-x@1.0.1 postinstall -> node   a node of a chain

What to do
    Read the code that asks. In an installation there is no reason for it.

False alarms
    Programs for blockchains that you write: told as LOW outside of installations.

References
    ATT&CK T1102.001, T1568.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.behaviour import Behaviour
from lazaretto.detect.rule import Match, Rule
from lazaretto.detect.sights import asks_of
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_

_HOST = re.compile(
    r"(?:^|\.)(?:trongrid\.io|tronscan\.org|infura\.io|alchemy\.com|alchemyapi\.io|quiknode\.pro|ankr\.com|llamarpc\.com|publicnode\.com"
    r"|binance\.org|bnbchain\.org|cloudflare-eth\.com|1rpc\.io|drpc\.org|blastapi\.io|aptoslabs\.com|mainnet-beta\.solana\.com|solana\.com"
    r"|helius-rpc\.com|polygon-rpc\.com|etherscan\.io|bscscan\.com|blockcypher\.com|mempool\.space|icp0\.io|blockstream\.info)$"
)


def check(behaviour: Behaviour) -> Iterator[Match]:
    """One match for each program and host."""
    for event in asks_of(behaviour, _HOST):
        installs = behaviour.installs(event.process)
        yield Match(
            N_("{who} asked {host}, a node of a blockchain"),
            path=behaviour.record.project,
            params={"who": behaviour.who(event), "host": event.target},
            severity=None if installs else Severity.LOW,
            phase=behaviour.phase_of(event),
            process=event.process,
        )


RULE = Rule(
    id="run/chain-node-asked",
    title=N_("A build or installation asks a blockchain"),
    view=Behaviour,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.FETCH,
    check=check,
    doc=__doc__ or "",
    techniques=("T1102.001", "T1568"),
    state="experimental",
)
