import time

import pytest

from lazaretto.model.trace import Rung
from lazaretto.traces.commands import imports, uses


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("npm install graphalgo", [("npm", "graphalgo", "", Rung.INSTALLED)]),
        ("sudo npm i -g @a/b@1.2.3 c", [("npm", "@a/b", "1.2.3", Rung.INSTALLED), ("npm", "c", "", Rung.INSTALLED)]),
        ("npm install --registry https://x.test c", [("npm", "c", "", Rung.INSTALLED)]),
        ("cd x && yarn add c@^1.0 && ls", [("npm", "c", "", Rung.INSTALLED)]),
        ("npm i alias@npm:c@2.0.0", [("npm", "c", "2.0.0", Rung.INSTALLED)]),
        ("npx -y c@1.0.0 --port 3", [("npm", "c", "1.0.0", Rung.EXECUTED)]),
        ("npx -p c d", [("npm", "c", "", Rung.EXECUTED), ("npm", "d", "", Rung.EXECUTED)]),
        ("pnpm dlx c", [("npm", "c", "", Rung.EXECUTED)]),
        ("bun add c", [("npm", "c", "", Rung.INSTALLED)]),
        ("npm view c versions", [("npm", "c", "", Rung.NAMED), ("npm", "versions", "", Rung.NAMED)]),
        ("npm test", []),
        ('pip3 install "Evil_Py==1.0" -r x.txt', [("pypi", "evil-py", "1.0", Rung.INSTALLED)]),
        ("python3.11 -m pip install -U evil[x]>=1", [("pypi", "evil", "", Rung.INSTALLED)]),
        ("uv pip install evil", [("pypi", "evil", "", Rung.INSTALLED)]),
        ("uv add evil==2", [("pypi", "evil", "2", Rung.INSTALLED)]),
        ("poetry add evil@1.0", [("pypi", "evil", "1.0", Rung.INSTALLED)]),
        ("uvx evil --help", [("pypi", "evil", "", Rung.EXECUTED)]),
        ("pipx install evil", [("pypi", "evil", "", Rung.INSTALLED)]),
        ("pip download evil", [("pypi", "evil", "", Rung.FETCHED)]),
        ("python -m evil_py.cli", [("pypi", "evil-py", "", Rung.EXECUTED)]),
        ("python -c 'import evil_py, os'", [("pypi", "evil-py", "", Rung.EXECUTED), ("pypi", "os", "", Rung.EXECUTED)]),
        ("conda install -c forge evil", [("pypi", "evil", "", Rung.INSTALLED)]),
        ("/usr/bin/npm.cmd install c", [("npm", "c", "", Rung.INSTALLED)]),
        ("echo npm install c", []),
        ("npm install 'unclosed", []),
    ],
)
def test_what_a_command_speaks_of(line, found):
    assert [(use.world, use.name, use.version, use.rung) for use in uses(line)] == found


def test_what_code_loads():
    assert [use.name for use in imports("const x = require('@a/b/c')")] == ["@a/b"]
    assert [use.name for use in imports("from evil.sub import y")] == ["evil"]


@pytest.mark.parametrize("piece", ["(", "a -", "'\"", "$(", "import a,", "-p x ", "@" * 20 + " ", "require('", ";|&"])
def test_no_line_takes_long(piece):
    line = ("npm i " + piece * 100_000)[:1_000_000]
    started = time.process_time()
    list(uses(line))
    list(imports(line[:8000]))
    assert time.process_time() - started < 1.0
