"""All intel rules, with their documentation pages. A test asserts that every finding of this floor is one of them."""

from lazaretto.intel.rule import IntelRule
from lazaretto.model.finding import Confidence, Phase, Severity
from lazaretto.model.text import N_

MALICIOUS_PACKAGE = IntelRule(
    id="intel/malicious-package",
    title=N_("A package that is recorded as malicious"),
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    techniques=("T1195.001", "T1204.005"),
    phase=Phase.INSTALL,
    doc="""A package that is recorded as malicious.

What it sees
    A manifest, lockfile, SBOM or installation names a package and version that a threat intelligence record calls
    malicious; or asks for a range that admits such a version of a name that was made for a campaign. When the record
    names exact versions, only those match. When it says that every version is malicious, the name is enough.

Why it matters
    Installing it runs the attacker's code, at once or as soon as it is imported.

Example
    A `package.json` that depends on `graphnetworkx`, or a lockfile that resolved `axios` to `1.14.1`.

What to do
    Do not install. If it was installed, take the machine off the network, treat every secret on it as known to the
    attacker, and keep the package's files as evidence.

False alarms
    Registries replace removed packages by an empty placeholder (`0.0.1-security`); it is reported as a listed name.

References
    OSV schema; OpenSSF malicious-packages; ATT&CK T1195.001, T1204.005.
""",
)

CAMPAIGN_NAME_LISTED = IntelRule(
    id="intel/campaign-name-listed",
    title=N_("A package name of a campaign, in a version that is not recorded as malicious"),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    techniques=("T1195.001",),
    phase=Phase.INSTALL,
    doc="""A package name of a campaign, in a version that is not recorded as malicious.

What it sees
    The name stands in a campaign report, but the record lists other versions, or none. Also (as context only) a range
    that admits a malicious version of an innocent project that was hijacked once.

Why it matters
    Campaigns publish clean versions first and armed ones later, under the same owner.

Example
    `graphalgo 3.5.4` on PyPI: the record lists 3.5.2, 3.5.3, 3.5.5 and 3.5.6.

What to do
    Do not use the name. Compare the package with what it imitates; look at the owner's other packages.

False alarms
    A name may be taken over by somebody else after its removal.

References
    OSV schema; ATT&CK T1195.001.
""",
)

CAMPAIGN_INDICATOR = IntelRule(
    id="intel/campaign-indicator",
    title=N_("An address, account or wallet of a campaign"),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    techniques=("T1071.001", "T1102"),
    phase=Phase.RUN,
    doc="""An address, account or wallet of a campaign.

What it sees
    A domain, address with port, URL, wallet, contract, account or browser extension id that is recorded for a campaign,
    plainly or as Base64 or hexadecimal digits. Shared services match on the exact path or the tenant's exact host only.

Why it matters
    Code that names a command server talks to it.

Example
    A `.env` file with the Base64 form of a recorded address.

What to do
    Do not run the project. Look at the finding's file for what it does with the address.

False alarms
    Reports, rules and lists quote such values. In documents, detection rules, test data and lists they are reported as
    LOW. Values that a feed only pivoted to are LOW as well.

References
    STIX 2.1 indicator; ATT&CK T1071.001, T1102.
""",
)

CAMPAIGN_MARKER = IntelRule(
    id="intel/campaign-marker",
    title=N_("A mark that a campaign's tools leave"),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    techniques=("T1027", "T1195.001"),
    phase=Phase.RUN,
    doc="""A mark that a campaign's tools leave.

What it sees
    A string, a key or a file name that only the campaign's own tools are known to write.

Why it matters
    The file was made or changed by them, whatever else it does.

Example
    The operator's public key inside a module; a push helper that a worm drops.

What to do
    Treat the repository as changed by an attacker. Look at its last commits from another machine.

False alarms
    Scanners look for the same strings; their files are reported as LOW when their paths say so.

References
    ATT&CK T1027.
""",
)

KNOWN_BAD_FILE = IntelRule(
    id="intel/known-bad-file",
    title=N_("A file that is recorded as part of an attack"),
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    techniques=("T1204.002",),
    phase=Phase.RUN,
    doc="""A file that is recorded as part of an attack.

What it sees
    The SHA-256 or MD5 digest of a file is recorded for a campaign.

Why it matters
    It is that very file, byte for byte.

Example
    A font whose digest is that of a known loader.

What to do
    Do not open or run it. Keep it as evidence.

False alarms
    None is known.

References
    STIX 2.1 file hashes; ATT&CK T1204.002.
""",
)

WALLET_EXTENSION = IntelRule(
    id="intel/wallet-extension-named",
    title=N_("The id of a browser wallet that stealers look for"),
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    techniques=("T1217", "T1555.003"),
    phase=Phase.RUN,
    doc="""The id of a browser wallet that stealers look for.

What it sees
    The extension id of a popular wallet.

Why it matters
    Stealers copy the wallet's folder, which is named by this id. Alone it means nothing; beside browser profile paths
    and an upload it is part of a story.

Example
    A list of extension ids in a script that walks through browser profiles.

What to do
    See what else the file does.

False alarms
    Every application that talks to the wallet.

References
    ATT&CK T1217, T1555.003.
""",
)

CAMPAIGN_OFFER = IntelRule(
    id="intel/campaign-offer",
    title=N_("An offer names a company, domain or account of a campaign"),
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    techniques=("T1566.003", "T1585.001", "T1656"),
    phase=Phase.OFFER,
    doc="""An offer names a company, domain or account of a campaign.

What it sees
    A message, mail or profile names a company that a campaign invented or borrowed, links to a recorded domain, comes
    from one, or hands out a repository of a recorded account.

Why it matters
    Campaigns use their fronts for months.

Example
    "Veltrix Capital" as the employer.

What to do
    Do not answer, do not open anything of it. Report the account to the network.

False alarms
    A real company may bear the same name, and campaigns borrow names of real ones: ask the company by a contact that
    you found yourself.

References
    The sources of the pack: `lazaretto intel show NAME`. ATT&CK T1585.001, T1656.
""",
)

RULES: tuple[IntelRule, ...] = (
    MALICIOUS_PACKAGE,
    CAMPAIGN_NAME_LISTED,
    CAMPAIGN_INDICATOR,
    CAMPAIGN_MARKER,
    KNOWN_BAD_FILE,
    WALLET_EXTENSION,
    CAMPAIGN_OFFER,
)
