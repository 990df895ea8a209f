"""Which files a script loads, and which environment variables it reads (neutral facts for other rules).

What it sees
    Constant names given to `require`, `import`, `fork` and `Worker`; scripts started with `node`; names after
    `process.env`; packages that a build configuration calls as plug-ins.

Why it matters
    A trap is spread over files: one holds the trigger, one the address, one the executor. These facts let rules
    about the whole project follow the thread.

Example
    `require("./config")`, `process.env.DEV_API_KEY`

What to do
    Nothing: this rule only gives signals.

False alarms
    None, there are no findings.

References
    docs/signals.md
"""

import itertools
import posixpath
import re
from collections.abc import Iterator

from lazaretto.detect.jscode import is_build_config
from lazaretto.detect.project import normal
from lazaretto.detect.rule import Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule

_NODE_COMMAND = re.compile(rb"[\"'`](?:node|nodejs|bun)\s+([\w./@-]{1,200})[\"'`\s]")
_NODE_SPAWN = re.compile(
    rb"(?:execPath|[\"'](?:node|nodejs|bun)[\"'])\s*,\s*\[\s*(?:[\w.]{1,20}\(\s*__dirname\s*,\s*)?[\"']([\w./@-]{1,200})[\"']"
)
_PLUGINS = re.compile(rb"\bplugins\s*:\s*\[([^\]]{1,2000})")


def check(module: JavaScriptModule) -> Iterator[Signal]:
    """Signals `import`, `run`, `env-read` and `build-plugin`."""
    for name, line in module.imports:
        if not module.vendored or name.startswith("."):
            yield Signal("import", f"js\t{name}", module.path, line)
    if module.vendored:
        return
    if b"child_" in module.source:
        yield from _started(module)
    for name, line in module.env_names:
        yield Signal("env-read", name, module.path, line)
    if is_build_config(module.path) and (plugins := _PLUGINS.search(module.source)) is not None:
        for name, line in module.imports:
            if name.startswith((".", "/", "node:")):
                continue
            bound = re.search(
                rb"(?:import\s+\{?\s*([\w$]+)[^;\n]{0,80}from|([\w$]+)\s*=\s*require\()\s*[\"']"
                + re.escape(name.encode())
                + rb"[\"']",
                module.source,
            )
            local = (bound[1] or bound[2]) if bound else b""
            if local and re.search(rb"(?<![\w$.])" + re.escape(local) + rb"\s*\(", plugins[1]):
                yield Signal("build-plugin", name, module.path, line)


def _started(module: JavaScriptModule) -> Iterator[Signal]:
    """Scripts that the module starts in a process of their own: beside it, or from the project's root."""
    folder = posixpath.dirname(module.path)
    for pattern in (_NODE_COMMAND, _NODE_SPAWN):
        for hit in itertools.islice(pattern.finditer(module.source), 12):
            name = hit[1].decode("utf-8", "replace")
            line = module.line_of(hit.start())
            for target in dict.fromkeys((normal(posixpath.join(folder, name)), normal(name))):
                if target and not target.startswith("..") and target != module.path:
                    yield Signal("run", target, module.path, line)


RULE = Rule(
    id="js/module-links",
    title=N_("which files and variables a script uses"),
    view=JavaScriptModule,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.FETCH,
    check=check,
    doc=__doc__ or "",
    needles=(b"require", b"import", b"from", b"env", b"Worker", b"fork"),
)
