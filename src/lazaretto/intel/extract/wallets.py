"""Wallets and contracts: Bitcoin, Ethereum (and its kin), TRON, Solana, Aptos; checked by their own checksums."""

import re
from collections.abc import Iterator

from lazaretto.intel.extract.checksums import base58, base58check, is_bech32, is_eip55
from lazaretto.intel.extract.page import Candidate, Page
from lazaretto.model.extract import Standing

_ETHEREUM = re.compile(r"(?<![0-9A-Za-z])0x[0-9a-fA-F]{40}(?![0-9A-Za-z])")
_LONG = re.compile(r"(?<![0-9A-Za-z])0x[0-9a-fA-F]{60,64}(?![0-9A-Za-z])")
_BECH32 = re.compile(r"(?<![0-9A-Za-z])(?:bc1[ac-hj-np-z02-9]{11,71}|BC1[AC-HJ-NP-Z02-9]{11,71})(?![0-9A-Za-z])")
_BASE58 = re.compile(r"(?<![0-9A-Za-z/+=_.-])[1-9A-HJ-NP-Za-km-z]{26,44}(?![0-9A-Za-z/+=_])")
_SOLANA = re.compile(r"solana|솔라나|(?<![a-z])sol(?![a-z])|(?<![a-z])spl(?![a-z])")
_APTOS = re.compile(r"aptos|앱토스")
_SUI = re.compile(r"(?<![a-z])sui(?![a-z])")
_TRANSACTION = re.compile(r"(?:transaction|tx(?: hash| id)?|txid|트랜잭션|거래 ?해시)[^,.|]{0,24}$")


def find_wallets(page: Page) -> Iterator[Candidate]:
    """Yield addresses; those with a wrong checksum as invalid."""
    for match in page.matches(_ETHEREUM):
        address = match.group()
        good = is_eip55(address)
        standing = None if good else Standing.INVALID
        yield Candidate("wallet", address, *match.span(), standing, network="ethereum", proven=good)
    for match in page.matches(_LONG):
        around = page.around(*match.span())
        network = "aptos" if _APTOS.search(around) else "sui" if _SUI.search(around) else ""
        if network and not _TRANSACTION.search(page.before(match.start(), 40)):
            yield Candidate("wallet", match.group().lower(), *match.span(), network=network)
    for match in page.matches(_BECH32):
        good = is_bech32(match.group())
        yield Candidate("wallet", match.group().lower(), *match.span(), None if good else Standing.INVALID,
                        network="bitcoin", proven=good)  # fmt: skip
    for match in page.matches(_BASE58):
        found = _base58(match.group(), page, match)
        if found is not None:
            yield found


def _base58(value: str, page: Page, match: re.Match[str]) -> Candidate | None:
    if value.isdigit() or (value.isalpha() and (value.islower() or value.isupper())):
        return None
    payload = base58check(value) if len(value) <= 35 else None
    if payload is not None and len(payload) == 21:
        network = {0x00: "bitcoin", 0x05: "bitcoin", 0x41: "tron", 0x30: "litecoin", 0x1E: "dogecoin"}.get(payload[0])
        return Candidate("wallet", value, *match.span(), network=network, proven=True) if network else None
    data = base58(value) if len(value) >= 32 else None
    if data is not None and len(data) == 32 and _SOLANA.search(page.around(*match.span())):
        return Candidate("wallet", value, *match.span(), network="solana")
    if len(value) == 34 and value[0] == "T" and re.search(r"tron|트론|wallet|지갑", page.around(*match.span())):
        return Candidate("wallet", value, *match.span(), Standing.INVALID, network="tron")
    return None
