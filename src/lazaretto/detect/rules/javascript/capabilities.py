"""What a script is able to do: neutral facts by which two versions of a package are compared.

What it sees
    That a script speaks over the network, starts programs, turns text into code, undoes encodings, takes the whole
    environment, or names stores of browsers, wallets and keys; and that it is minified. Tests and type declarations
    are left out.

Why it matters
    Every one of these is ordinary. That a package which never had them brings them with a patch release is not.

Example
    `require("child_process")` in a library that only formatted dates until yesterday.

What to do
    Nothing: this rule only gives signals.

False alarms
    None, there are no findings.

References
    docs/signals.md
"""

import re
from collections.abc import Iterator

from lazaretto.detect.jscode import in_tests
from lazaretto.detect.rule import Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_world import NETWORK_MODULES
from lazaretto.parse.prefilter import Prefilter

_STORES = (
    b"Login Data", b"logins.json", b"key4.db", b"Local Extension Settings", b"exodus.wallet", b"login.keychain",
    b"nkbihfbeogaeaoehlefnkodbefgpgknn", b"bfnaelmomeimhlpmgjnjophhpkkoljpa", b"wallet.dat", b".aws/credentials",
    b".ssh/id_", b".git-credentials", b".config/solana",
)  # fmt: skip
_WORDS: tuple[tuple[str, tuple[bytes, ...]], ...] = (
    ("network", (b"fetch(", b"XMLHttpRequest", b"new WebSocket", b"sendBeacon(")),
    ("process", (b"child_process", b"Bun.spawn", b"Deno.Command", b"Deno.run")),
    ("code", (b"new Function(", b"runInContext", b"runInNewContext", b"runInThisContext", b"._compile(")),
    ("decode", (b"atob(", b"'base64'", b'"base64"', b"fromCharCode")),
    ("stores", _STORES),
)
_SEARCHED = Prefilter([(words, False) for _, words in _WORDS])
_EVAL = re.compile(rb"eval(?<![\w$.]eval)\s{0,4}\(")  # the word first: then its search is one for a constant
_WHOLE_ENVIRONMENT = re.compile(rb"process\.env(?![\w.$\[?])")
_PROCESS_MODULES = frozenset({"execa", "shelljs", "cross-spawn", "child_process", "node-pty"})


def check(module: JavaScriptModule) -> Iterator[Signal]:
    """Signals `capability` and `form`."""
    if in_tests(module.path) or module.path.endswith((".d.ts", ".d.mts", ".d.cts")):
        return
    source = module.source
    found = {_WORDS[number][0] for number in _SEARCHED.holding(source)}
    if b"require" in source or b"import" in source:
        loaded = {name.removeprefix("node:") for name, _ in module.imports}
        if loaded & NETWORK_MODULES:
            found.add("network")
        if loaded & _PROCESS_MODULES:
            found.add("process")
    if b"eval" in source and _EVAL.search(source):
        found.add("code")
    if b"process.env" in source and _WHOLE_ENVIRONMENT.search(source):
        found.add("environment")
    for name in sorted(found):
        yield Signal("capability", name, module.path)
    if module.minified:
        yield Signal("form", "minified", module.path)


RULE = Rule(
    id="js/capabilities",
    title=N_("what a script is able to do"),
    view=JavaScriptModule,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
)
