"""What the JavaScript rules share: which executions are grave, how an address is told, which files are test code."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lazaretto.detect.rule import Match
from lazaretto.model.finding import Confidence, Location, Phase, Severity
from lazaretto.model.text import N_, Phrase
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_nodes import arguments, callee_of
from lazaretto.parse.js_sinks import Execution
from lazaretto.parse.js_value import Path, Value
from lazaretto.parse.js_world import NETWORK_MODULES, network_call
from lazaretto.parse.views import ParseError

if TYPE_CHECKING:
    from tree_sitter import Node

CODE_NEEDLES = (
    b"eval",
    b"Function",
    b"constructor",
    b"_compile",
    b"runIn",
    b"Script(",
    b"data:text/javascript",
    b"globalThis[",
    b"global[",
    b"window[",
)
"""One of these stands wherever JavaScript text becomes code; names built at run time are found by their holders."""
COMMAND_NEEDLES = (b"child_", b"execa", b"shelljs")
ENCODED_NEEDLES = (b"atob(", b"base64", b"fromCharCode", b"unescape(", b"hex'", b'hex"', b"\\x")
"""One of these stands wherever an encoding is undone. Few needles, shared by many rules: each one costs a pass."""

_KNOWN_ADDRESS = frozenset({"url:const", "url:env", "url:decoded", "url:import"})
_HOST = re.compile(r"(?i)^(?:[a-z]+:)?//([^/?#\s]{1,200})|^([\w.-]+\.[a-z]{2,}|\d+\.\d+\.\d+\.\d+)")
_CALL = re.compile(
    rb"(?:get|post|put|patch|equest|etch|xios|got|needle|agent|send|sendBeacon|write|end|emit)\w{0,12}\s*(?:<[^()<>\n]{1,80}>\s*)?\("
)
_BOUND = re.compile(rb"([\w$]{1,40})\s*=\s*[^=;\n]{0,40}$")
WRITES = frozenset({"write", "end", "send", "emit", "post"})
"""Methods that put data on an open request or socket."""
_TESTS = re.compile(
    r"(?:^|/)(?:tests?|__tests__|__mocks__|specs?|fixtures?|test-fixtures|e2e|cypress|testdata|snapshots?|examples?|benchmarks?|bench)/"
    r"|\.(?:test|spec|stories|bench)\.[cm]?[jt]sx?$|(?:^|/)(?:karma|jest|vitest|playwright|cypress)[\w.-]*\.config\."
)
_REQUIRE_GIVEN = re.compile(rb"[\w$)\]]\s*(?:\?\.)?\(\s*(?:\{[^}]{0,80}\b)?require\s*[,)}]")


def origin(execution: Execution) -> str:
    """Sort an execution: `error`, `env`, `remote`, `decoded`, `require`, `plain`; the first that holds."""
    tags = execution.code.tags
    if "net" in tags:
        if "error" in tags:
            return "error"
        return "env" if "url:env" in tags else "remote"
    if tags & {"decoded", "unpacked"}:
        return "decoded"
    return "require" if execution.takes_require else "plain"


def remote_severity(execution: Execution) -> tuple[Severity, Confidence]:
    """Weigh the execution of network content by how its address is known.

    A loader of the web platform takes its address from a caller or from the page; a trap knows where to go.
    """
    tags = execution.code.tags
    if tags & _KNOWN_ADDRESS or tags & {"socket", "chain"} or execution.takes_require:
        return Severity.CRITICAL, Confidence.HIGH
    if "client" in tags:
        return Severity.HIGH, Confidence.MEDIUM
    return Severity.MEDIUM, Confidence.LOW


def remote_matches(module: JavaScriptModule, wanted: str, template: str) -> Iterator[Match]:
    """Yield a match for every code execution of this origin; `template` takes `{how}` and `{address}`."""
    seen: set[int] = set()
    for execution in module.executions:
        if execution.kind != "code" or origin(execution) != wanted or execution.line in seen:
            continue
        seen.add(execution.line)
        severity, confidence = remote_severity(execution)
        if execution.code.tags & {"socket", "url:param"} == {"socket", "url:param"} and not (
            execution.code.tags & _KNOWN_ADDRESS or execution.takes_require
        ):
            # whoever uses the module says where the other end is: hot reload, debuggers, test runners
            severity, confidence = Severity.MEDIUM, Confidence.LOW
        source = execution.code.line
        yield Match(
            template,
            line=execution.line,
            column=execution.column,
            params={"how": execution.how, "address": address(execution.code)},
            excerpt=module.quote(execution.node.start_byte, execution.node.end_byte),
            more=(Location(module.path, source),) if source not in (0, execution.line) else (),
            severity=severity,
            confidence=confidence,
            phase=phase_of(module.path),
        )


def network_calls(module: JavaScriptModule, limit: int = 60) -> "Iterator[tuple[Node, Path]]":
    """Yield the calls that send a request, or write to one, with what they call; at most `limit` are looked at."""
    source, seen = module.source, 0
    words = [_CALL]
    for at in _network_imports(module):
        name = _BOUND.search(source, max(0, at - 80), at)
        if name is not None:
            words.append(re.compile(re.escape(name[1]) + rb"\s*(?:\.\s*\w{1,20}\s*)?\("))
    told: set[int] = set()
    for pattern in words:
        for hit in pattern.finditer(source):
            seen += 1
            if seen > limit:
                return
            node = module.at(hit.end() - 1, hit.end())
            call = node.parent.parent if node is not None and node.parent is not None else None
            if call is None or call.type not in ("call_expression", "new_expression") or call.start_byte in told:
                continue
            target = callee_of(call)
            if target is None or not arguments(call):
                continue
            told.add(call.start_byte)
            path = module.flow.callee(target)
            if network_call(path) or (path[-1] in WRITES and _to_network(module, target)):
                yield call, path


def _network_imports(module: JavaScriptModule) -> Iterator[int]:
    """Yield the bytes where the module names the HTTP libraries that it loads."""
    for specifier, _ in module.imports:
        if specifier.removeprefix("node:") in NETWORK_MODULES:
            for hit in re.finditer(rb"[\"'`]" + re.escape(specifier.encode()) + rb"[\"'`]", module.source):
                yield hit.start()


def _to_network(module: JavaScriptModule, target: "Node") -> bool:
    """Tell whether the object of a method is an open request or socket."""
    holder = target.child_by_field_name("object")
    return holder is not None and "net" in module.flow.value(holder).tags


def complete(module: JavaScriptModule) -> None:
    """Raise when the module was not followed to its end, so that the engine reports a partial gap.

    Raises:
        ParseError: too many places that run something, or too much to follow.
    """
    if module.cut_short:
        raise ParseError("too many places that run code; the rest was not followed")


def address(value: Value) -> str:
    """Name the place that network content comes from, for a message: a host, or a phrase for how it is hidden."""
    host = host_of(value.url)
    if host:
        return host
    if "url:env" in value.tags:
        decoded = "url:decoded" in value.tags
        return Phrase(N_("a decoded environment value") if decoded else N_("an environment value"))
    if "url:decoded" in value.tags:
        return Phrase(N_("a decoded address"))
    return Phrase(N_("another module's address") if "url:import" in value.tags else N_("the network"))


def host_of(url: str) -> str:
    """Return the host of a URL or bare host name; empty when there is none."""
    found = _HOST.match(url.strip())
    return (found[1] or found[2] or "") if found else ""


def in_tests(path: str) -> bool:
    """Tell whether a path lies among tests, fixtures or examples."""
    return _TESTS.search(path) is not None


def gives_require(module: JavaScriptModule) -> bool:
    """Tell whether the module hands Node's real `require` to something it calls."""
    return _REQUIRE_GIVEN.search(module.source) is not None


def one_per_line(matches: Iterable[Match]) -> Iterator[Match]:
    """Drop matches on a line that has one already."""
    seen: set[int] = set()
    for match in matches:
        if match.line not in seen:
            seen.add(match.line)
            yield match


def phase_of(path: str) -> Phase:
    """Build configuration runs when the project is built or started, everything else when it is run."""
    return Phase.BUILD if is_build_config(path) else Phase.RUN


_CONFIG = re.compile(
    r"(?:^|/)(?:postcss|tailwind|eslint|vite|vitest|next|nuxt|astro|babel|webpack|metro|jest|rollup|svelte|craco|prettier"
    r"|commitlint|hardhat|truffle|truffle-config|gulpfile|gruntfile|gatsby-config|gatsby-node|remix|vue|quasar|tsup|playwright"
    r"|stylelint|lint-staged|karma|protractor|snowpack|esbuild|turbo|nodemon|windi|uno|drizzle|knexfile|config-overrides)"
    r"(?:[.-][\w-]{1,20})?(?:\.config)?\.[cm]?[jt]s$|(?:^|/)\.(?:eslintrc|prettierrc|babelrc|postcssrc|mocharc)\.[cm]?js$",
    re.IGNORECASE,
)


def is_build_config(path: str) -> bool:
    """Tell whether a path names the configuration of a build tool, which runs as a program."""
    return _CONFIG.search(path) is not None
