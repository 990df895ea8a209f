"""A dependency that nobody has heard of.

What it sees
    A manifest outside test data asks a registry for a package whose name is in no list of downloaded names, and the
    project has no such package itself. It weighs more when a build configuration (`vite.config.js`,
    `webpack.config.js`, ...) loads it, because then it runs on every build, and when code calls what it exports in the
    same breath (`require("name")()`), as one does for a side effect.

Why it matters
    Take-home lures keep their own code clean and put the malice into a dependency that was published for the purpose.
    Such a package has few downloads, and is gone from the registry soon after.

Example
    A `vite.config.js` that imports a function `fetchIcon` from a package that nobody downloads.

What to do
    Look the package up in the registry without installing it: who owns it, since when, what else do they publish?

False alarms
    Young packages, packages of a private registry, small plugins. Alone it is context.

References
    ATT&CK T1195.001.
"""

import posixpath
import re
from collections.abc import Iterator

from lazaretto.detect.names import is_known
from lazaretto.detect.project import Project
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Location, Phase, Role, Severity, Signal
from lazaretto.model.package import Package, Relation
from lazaretto.model.text import N_

BUILD_CONFIG = re.compile(
    r"(?:^|/)(?:vite|webpack|next|nuxt|astro|rollup|craco|vue|svelte|tailwind|postcss|babel|metro|jest|vitest|gatsby-config"
    r"|config-overrides|eslint|truffle|hardhat)(?:\.config)?(?:\.[a-z]{2,10})?\.(?:js|cjs|mjs|ts|mts|cts)$"
)
"""Files that a build tool runs. They need not be started by anything else."""

_TEST_FOLDER = re.compile(r"(?:^|/)(?:tests?|__tests__|fixtures?|examples?|playground|benchmarks?|docs?|smoke-tests)/")
_RANGE = re.compile(r"[\^~<>=v]*\s*\d|^(?:\*|latest|)$")
_MANY = 12
"""A manifest with more unheard-of names than this uses a private registry."""


def check(project: Project) -> Iterator[Match | Signal]:
    """See the module's docstring."""
    strangers: dict[str, list[Package]] = {}
    members = {posixpath.basename(posixpath.dirname(path)) for path in project.files if path.endswith("/package.json")}
    for package in project.packages:
        if (
            package.ecosystem == "npm"
            and package.relation is Relation.DECLARED
            and not package.name.startswith("@")
            and package.name not in members
            and not _TEST_FOLDER.search(package.source)
            and posixpath.basename(package.source) == "package.json"
            and not package.url
            and not package.alias
            and _RANGE.match(package.version or package.requirement)
            and "security" not in (package.version or package.requirement)
            and not is_known("npm", package.name)
        ):
            strangers.setdefault(package.source, []).append(package)
    for source, found in sorted(strangers.items()):
        if len(found) > _MANY:
            continue
        configs = _build_configs(project, posixpath.dirname(source))
        for package in found:
            yield Signal("unheard-of-package", f"npm\t{package.name}", package.source, package.line)
            template = N_("{name} is in no list of downloaded packages")
            if user := next(((path, line) for path, text in configs if (line := _loads(text, package.name))), None):
                template = N_(
                    "{name} is in no list of downloaded packages, and the build configuration {user} loads it"
                )
            elif user := _called_at_once(project, package.name):
                template = N_("{name} is in no list of downloaded packages, and {user} calls it as soon as it loads it")
            yield Match(
                template,
                path=package.source,
                line=package.line,
                params={"name": package.name, "user": user[0] if user else ""},
                excerpt=f"{package.name} {package.version or package.requirement}",
                more=(Location(*user),) if user else (),
                severity=Severity.MEDIUM if user else Severity.LOW,
                phase=Phase.BUILD if user and BUILD_CONFIG.search(user[0]) else Phase.INSTALL,
            )


def _build_configs(project: Project, folder: str) -> list[tuple[str, str]]:
    paths = (path for path in sorted(project.files) if posixpath.dirname(path) == folder and BUILD_CONFIG.search(path))
    return [(path, blob.text[: 1 << 20]) for path in paths if (blob := project.read(path)) is not None]


def _called_at_once(project: Project, name: str) -> tuple[str, int] | None:
    """Return where the project's code holds `require("name")(...)`, a call for its effect, or None."""
    call = re.compile(rf"require\(\s{{0,4}}['\"`]{re.escape(name)}['\"`]\s{{0,4}}\)\s{{0,4}}\(")
    users = [signal.path for signal in project.signals_of("import") if signal.value == f"js\t{name}"]
    for path in dict.fromkeys(users[:20]):
        if not _TEST_FOLDER.search(path) and (blob := project.read(path)) is not None:
            text = blob.text[: 1 << 20]
            if match := call.search(text):
                return path, text.count("\n", 0, match.start()) + 1
    return None


def _loads(text: str, name: str) -> int:
    """Return the line on which `text` imports or requires `name`, or 0."""
    quoted = re.compile(
        rf"(?:from|import|require)\s{{0,4}}\(?\s{{0,4}}['\"`]{re.escape(name)}(?:/[^'\"`]{{0,100}})?['\"`]"
    )
    match = quoted.search(text)
    return text.count("\n", 0, match.start()) + 1 if match else 0


RULE = Rule(
    id="name/unheard-of-dependency",
    title=N_("A dependency that nobody has heard of"),
    view=Project,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.IDENTITY,
    check=check,
    doc=__doc__,
    techniques=("T1195.001",),
    state="experimental",
)
