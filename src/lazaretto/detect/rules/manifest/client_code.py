"""What it sees
    A setting by which a project gets its own code into the package client: `yarnPath` and `plugins` of `.yarnrc.yml`,
    `yarn-path`, `.pnpmfile.cjs`, and in `.npmrc` `script-shell`, `git`, `node-gyp`, `node-options` that lead to a file
    of the folder.

Why it matters
    It runs with the first command of the client, before and whatever `--ignore-scripts` says, and it can ask for
    packages wherever it likes, past every registry that the user set.

Example
    .npmrc:  script-shell=./tools/sh

What to do
    Read the file that it names. Set YARN_IGNORE_PATH=1, or `--ignore-pnpmfile`, for a first look.

False alarms
    Yarn's own `yarn set version` writes `yarnPath`; monorepos use a pnpmfile (low).

References
    Yarn documentation, "yarnPath"; pnpm documentation, ".pnpmfile.cjs"; npm documentation, "config"; ATT&CK T1574.
"""

import posixpath
import re
from collections.abc import Iterator

from lazaretto.detect.project import normal
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.manifests import ClientCode

_LOADS = re.compile(
    r"(?:^|\s)(?:-r|--require|--import|--loader|--experimental-loader)(?:\s{1,8}|=)(\.{0,2}/?[\w./@-]{1,300})"
)
_USUAL = ("pnpmfile", "global-pnpmfile", "yarnPath", "yarn-path", "plugins")
_RELEASES = ".yarn/releases/"


def check(view: ClientCode) -> Iterator[Match | Signal]:
    """Report what leads into the folder; its own Yarn release starts nothing that is not Yarn."""
    folder = posixpath.dirname(view.path)
    for key, value, line in view.hooks:
        target = _target(key, value)
        if not target:
            continue
        usual = key in _USUAL
        yield Match(
            N_("{key} makes the package client run the project's own code: {value}"),
            line=line,
            params={"key": key, "value": value[:200]},
            severity=Severity.LOW if usual else Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
        )
        path = normal(posixpath.join(folder, target))
        if _RELEASES not in f"{path}":
            yield Signal("start", f"install\t{path}", view.path, line)


def _target(key: str, value: str) -> str:
    """Return the path inside the folder that a setting names; empty when it names none."""
    if key in {"node-options", "nodeOptions"}:
        found = _LOADS.search(value)
        return found[1] if found and found[1].startswith(".") else ""
    if value.startswith(("/", "~", "$", "%")) or "://" in value or re.match(r"[A-Za-z]:[\\/]", value):
        return ""
    inside = key in _USUAL or value.startswith(".") or "/" in value
    return value if inside and value not in {"true", "false", "null"} else ""


RULE = Rule(
    id="client/runs-project-code",
    title=N_("A file of the folder gets its own code into the package client"),
    view=ClientCode,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    phase=Phase.INSTALL,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__,
    techniques=("T1574",),
)
