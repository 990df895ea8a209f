"""All finders, in the order in which they may claim a part of the text. A new one is one function and one line."""

from collections.abc import Callable, Iterable

from lazaretto.intel.extract import (
    accounts,
    digests,
    ids,
    json_records,
    network,
    package_names,
    packages,
    personas,
    wallets,
)
from lazaretto.intel.extract.page import Candidate, Page

Finder = Callable[[Page], Iterable[Candidate]]

FINDERS: tuple[Finder, ...] = (
    ids.find_techniques,
    ids.find_cves,
    packages.find_purls,
    json_records.find_records,
    packages.find_installs,
    packages.find_modules,
    network.find_urls,
    wallets.find_wallets,
    digests.find_digests,
    ids.find_extensions,
    package_names.in_tables,
    packages.find_versioned,
    accounts.find_chat,
    network.find_mail,
    network.find_bare_urls,
    network.find_ipv4,
    network.find_ipv6,
    accounts.in_tables,
    accounts.find_accounts,
    personas.find_personas,
    network.find_domains,
    package_names.find_named,
)
