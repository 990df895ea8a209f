import pytest

from lazaretto.detect.engine import Engine
from lazaretto.detect.rules.manifest.client_code import RULE
from lazaretto.model.finding import Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> tuple[list[tuple[int, Severity]], list[str]]:
    result = Engine([RULE], VIEWS).examine(Blob(path, text.encode()))
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity) for f in result.findings], [
        s.value for s in result.signals if s.kind == "start"
    ]


@pytest.mark.parametrize(
    ("path", "text", "severity", "started"),
    [
        (".npmrc", "script-shell=./tools/sh\n", Severity.MEDIUM, "tools/sh"),
        ("a/.npmrc", 'node-options="--require ./x.js"\n', Severity.MEDIUM, "a/x.js"),
        (".npmrc", "git = tools/git\n", Severity.MEDIUM, "tools/git"),
        (".npmrc", "pnpmfile=hooks/x.cjs\n", Severity.LOW, "hooks/x.cjs"),
        (".yarnrc", 'yarn-path "./bin/y.js"\n', Severity.LOW, "bin/y.js"),
        (".yarnrc.yml", "yarnPath: tools/yarn.cjs\n", Severity.LOW, "tools/yarn.cjs"),
        (".yarnrc.yml", "plugins:\n  - path: .yarn/plugins/x.cjs\n    spec: x\n", Severity.LOW, ".yarn/plugins/x.cjs"),
        (".yarnrc.yml", "yarnPath: .yarn/releases/yarn-4.0.0.cjs\n", Severity.LOW, ""),
        (".pnpmfile.cjs", "module.exports = {}\n", Severity.LOW, ".pnpmfile.cjs"),
        ("pnpm-workspace.yaml", "packages: [a]\npnpmfile: p.cjs\n", Severity.LOW, "p.cjs"),
    ],
)
def test_code_in_the_client(path: str, text: str, severity: Severity, started: str) -> None:
    findings, starts = examine(path, text)
    assert [one for _, one in findings] == [severity]
    assert starts == ([f"install\t{started}"] if started else [])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".npmrc", "script-shell=bash\n"),
        (".npmrc", "script-shell=/bin/bash\nscript-shell=C:\\Windows\\x.exe\n"),
        (".npmrc", "node-options=--max-old-space-size=4096\ngit=git\n"),
        (".npmrc", "# script-shell=./x\n;git=./x\n"),
        (".yarnrc.yml", "nodeLinker: node-modules\nplugins: []\n"),
        (".yarnrc", "lastUpdateCheck 1\n"),
        ("pnpm-workspace.yaml", "packages: [a]\n"),
    ],
)
def test_usual_settings(path: str, text: str) -> None:
    assert examine(path, text) == ([], [])
