"""Stores of browsers, wallets and keys are read, and perhaps sent.

What it sees
    Several paths and names that only those stores have: browser profiles (`Login Data`, `Local Extension Settings`,
    `key4.db`), extension ids of wallets, wallet programs (Exodus, Atomic, Electrum), the macOS keychain, SSH and cloud
    keys. Together with a network call or an upload it is theft.

Why it matters
    Stealing these files is the purpose of the whole campaign: they give logins, sessions and coins.

Example
    a list of extension ids, `path.join(home, "Library/.../Google/Chrome")`, then `request.post({ formData })`

What to do
    Do not run it. If it ran: move coins to new wallets from a clean machine, change all passwords, end all sessions.

False alarms
    Wallet libraries name an extension id or two; backup tools name profile folders. One kind alone is context only.

References
    ATT&CK T1555.003, T1555.001, T1539, T1005, T1217
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import in_tests, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule

STORES: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    (
        "browser logins",
        re.compile(rb"Login Data\b|\blogins\.json\b|\bkey4\.db\b|\bWeb Data['\"/\\]|cookies\.sqlite|moz_logins"),
    ),
    (
        "browser profiles",
        re.compile(
            rb"Google[/\\]+Chrome|BraveSoftware|Brave-Browser|User Data|com\.operasoftware|config/google-chrome"
        ),
    ),
    ("extension storage", re.compile(rb"Local Extension Settings|Sync Extension Settings|chrome-extension_[a-p]{32}")),
    (
        "wallet extensions",
        re.compile(
            rb"nkbihfbeogaeaoehlefnkodbefgpgknn|ejbalbakoplchlghecdalmeeeajnimhm|bfnaelmomeimhlpmgjnjophhpkkoljpa|ibnejdfjmmkpcnlpebklmnkoeoihofec"
            rb"|fhbohimaelbohpjbbldcngcnapndodjp|hnfanknocfeofbddgcijnmhnfnkdnaad|aeachknmefphepccionboohckonoeemg|acmacodkjbdgmoleebolmdjonilkdbch"
            rb"|mcohilncbfahbmgdjkbpemcciiolgcge|egjidjbpglichdcondbcbdnbeeppgdph|dlcobpjiigpikoobohmabehhmhfoodbb|bhhhlbepdkbapadjdnnojkbgioiodbic"
            rb"|aholpfdialjgjfhomihkjbmgjidlcdno|cjelfplplebdjjenllpjcblmjkfcffne|hifafgmccdpekplomjjkcfgodnhcellj|pdadjkfkgcafgbceimcpbkalnfnepbnk"
        ),
    ),
    (
        "wallet programs",
        re.compile(
            rb"exodus\.wallet|atomic/Local Storage|Electrum/wallets|\.config/solana|wallet\.dat|Ledger Live",
            re.IGNORECASE,
        ),
    ),
    ("keychain", re.compile(rb"login\.keychain|Library/Keychains|find-generic-password|Chrome Safe Storage|os_crypt")),
    ("SSH keys", re.compile(rb"\.ssh/id_|id_rsa\b|id_ed25519\b|['\"/]\.ssh['\"/]")),
    (
        "cloud keys",
        re.compile(rb"\.aws/credentials|\.kube/config|application_default_credentials\.json|['\"/]\.aws['\"/]"),
    ),
    ("stored tokens", re.compile(rb"\.git-credentials\b|\.npmrc['\"]|\.pypirc\b|\.docker/config\.json")),
)
_TARGETS = frozenset({"browser logins", "extension storage", "wallet extensions", "wallet programs", "keychain"})
_SENDS = re.compile(
    rb"\bfetch\s*\(|\baxios\b|\.post\s*\(|XMLHttpRequest|\brequest\s*\(|formData|FormData|https?\.request|multi_file|/upload|socket\.io|createReadStream\s*\([^)]{0,80}\)\s*\.pipe|\bgot\b|\.send\s*\("
)
_READS = re.compile(
    rb"readFile|readdir|createReadStream|copyFile|existsSync|statSync|homedir|execSync|\bexec\s*\(|sqlite"
)


def check(module: JavaScriptModule) -> Iterator[Match]:
    """One match per file that names two kinds of stores or more, or wallets by the number."""
    found: dict[str, int] = {}
    ids: set[bytes] = set()
    for name, pattern in STORES:
        for count, hit in enumerate(pattern.finditer(module.source)):
            found.setdefault(name, hit.start())
            if name != "wallet extensions" or count > 40:
                break
            ids.add(hit[0])
    if not found:
        return
    targets = _TARGETS.intersection(found)
    reads = _READS.search(module.source) is not None
    sends = _SENDS.search(module.source) is not None
    severity, confidence = Severity.LOW, Confidence.LOW
    if reads and targets:
        if sends and (len(targets) >= 3 or (len(targets) >= 2 and len(ids) >= 3)):
            severity, confidence = Severity.HIGH, Confidence.HIGH
        elif sends and (len(found) >= 3 or len(ids) >= 3 or len(targets) >= 2):
            severity, confidence = Severity.HIGH, Confidence.MEDIUM
        elif len(targets) >= 2 and len(found) >= 3:
            severity, confidence = Severity.MEDIUM, Confidence.MEDIUM
    if (in_tests(module.path) or (module.minified and module.vendored)) and severity is not Severity.LOW:
        confidence = Confidence.LOW if severity is Severity.MEDIUM else Confidence.MEDIUM
    if severity is Severity.LOW and len(found) < 2:
        return
    start = min(found.values())
    yield Match(
        N_("names the stores of other programs: {stores}")
        if not sends
        else N_("names the stores of other programs ({stores}) and sends data"),
        line=module.line_of(start),
        params={"stores": ", ".join(found)},
        excerpt=module.quote(start),
        severity=severity,
        confidence=confidence,
        phase=phase_of(module.path),
    )


RULE = Rule(
    id="js/reads-browser-or-wallet-stores",
    title=N_("stores of browsers, wallets or keys are read"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    phase=Phase.RUN,
    role=Role.COLLECT,
    check=check,
    doc=__doc__ or "",
    techniques=("T1555.003", "T1555.001", "T1539", "T1005"),
    needles=(
        b"Login Data", b"logins.json", b"key4.db", b"Extension Settings", b"xodus", b"eychain",
        b"nkbihfbeog", b"bfnaelmome", b"wallet.dat",
    ),
)  # fmt: skip
