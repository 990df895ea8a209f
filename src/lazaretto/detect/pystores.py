"""Places where other programs keep secrets, as paths and texts in code: browsers, wallets, chats, keys."""

import re

from lazaretto.parse.py_vocabulary import SOURCES
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

STORES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("browser logins", re.compile(r"\bLogin Data\b|\blogins\.json\b|\bkey4\.db\b|\bWeb Data\b")),
    (
        "browser cookies",
        re.compile(r"(?:Network|Default)[/\\]+Cookies\b|^\\*Cookies$|\bcookies\.sqlite\b|\.ROBLOSECURITY"),
    ),
    ("browser keys", re.compile(r"\bos_crypt\b|\bencrypted_key\b|CryptUnprotectData|Chrome Safe Storage")),
    ("chat tokens", re.compile(r"Local Storage[/\\]+leveldb|(?:discord|Lightcord)[\w/\\]{0,80}[/\\]+leveldb"
        r"|dQw4w9WgXcQ:|mfa\\?\.\[\\w|\[\\w-\]\{24\}|\[\\w-\]\{26\}", re.IGNORECASE)),
    ("wallets", re.compile(
        r"nkbihfbeogaeaoehlefnkodbefgpgknn|bfnaelmomeimhlpmgjnjophhpkkoljpa|Local Extension Settings"
            r"|exodus\.wallet|\bwallet\.dat\b"
        r"|Electrum[/\\]+wallets|com\.liberty\.jaxx|atomic[/\\]+Local Storage|Exodus[/\\]|Ethereum[/\\]+keystore"
            r"|\.config/solana/id\.json", re.IGNORECASE)),
    ("keychain", re.compile(r"login\.keychain|Library/Keychains|find-generic-password")),
    ("chat sessions", re.compile(r"Telegram Desktop[/\\]+tdata|[/\\]tdata\b", re.IGNORECASE)),
    ("SSH keys", re.compile(r"\.ssh[/\\]+(?:id_|known_hosts|config\b)|\bid_rsa\b|\bid_ed25519\b")),
    (
        "cloud keys",
        re.compile(r"\.aws[/\\]+credentials|\.kube[/\\]+config|application_default_credentials\.json|\.azure[/\\]"),
    ),
    ("stored tokens", re.compile(r"\.git-credentials\b|\.pypirc\b|\.npmrc\b|\.docker[/\\]+config\.json")),
    ("accounts", re.compile(r"/etc/(?:passwd|shadow)\b")),
    ("shell history", re.compile(r"\.bash_history|\.zsh_history")),
    (
        "game sessions",
        re.compile(r"\.minecraft[/\\]+launcher|launcher_accounts\.json|ssfn\d|loginusers\.vdf|ROBLOSECURITY"),
    ),
)  # fmt: skip
_BROWSERS = re.compile(
    r"Google[/\\]+Chrome|BraveSoftware|Opera (?:Software|Stable)|Yandex[/\\]+Yandex|Microsoft[/\\]+Edge"
    r"|Vivaldi|Mozilla[/\\]+Firefox|Chromium[/\\]|Epic Privacy|Amigo|Torch|Kometa|Orbitum",
    re.IGNORECASE,
)
WEAK = frozenset({"SSH keys", "cloud keys", "stored tokens", "accounts", "shell history", "browser keys", "keychain"})
HINTS = terms(
    b"Login Data", b"leveldb", b"Web Data", b"logins.json", b"User Data", b"cookies.sqlite", b"os_crypt",
    b"encrypted_key", b"CryptUnprotect",
    b"wallet.dat", b"Exodus", b"exodus", b"nkbihfbeog", b"Extension Settings", b"login.keychain", b"Keychains",
    b"tdata", b".ssh/", b".ssh\\", b"id_rsa",
    b"id_ed25519", b".aws/", b".kube/", b".git-credentials", b".pypirc", b".npmrc", b"/etc/passwd", b"/etc/shadow",
    b"bash_history", b"zsh_history",
    b"browser_cookie3", b"dQw4w9", b"ROBLOSECURITY", b"launcher_accounts", b"ssfn", b"[\\w-]{2", b"Electrum",
    b"solana/id.json", b"find-generic-password",
)  # fmt: skip


def stores_named(view: PythonModule) -> tuple[str, ...]:
    """Return the kinds of secret stores that the file's used texts name, in a fixed order."""
    if not view.mentions(HINTS) and not (view.speaks("exec", "decode") and view.facts.layers):
        return ()
    lines = stores_at(view)
    return tuple(name for name, _ in STORES if name in lines)


def stores_at(view: PythonModule) -> dict[str, int]:
    """Return each kind of store that the file names, and the line where it first does."""
    found: dict[str, int] = {}
    texts = [(text, line) for text, line in view.facts.strings if len(text) < 4000]
    texts += [
        (value.shape, call.line) for call in view.facts.calls for value in call.args[:3] if 4 < len(value.shape) < 400
    ]
    for text, line in texts:
        for name, pattern in STORES:
            if name not in found and pattern.search(text):
                found[name] = line
        if "browsers" not in found and _BROWSERS.search(text):
            found["browsers"] = line
    for call in view.facts.calls:
        if SOURCES.get(call.name) == "secret:browser":
            found.setdefault("browser cookies", call.line)
    return found
