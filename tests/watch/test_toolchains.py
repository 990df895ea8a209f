"""Which tool is it, and in which phase?"""

import pytest

from lazaretto.detect.live.toolchains import recognise
from lazaretto.detect.places import Place, place_of

NODE, PY = "/usr/bin/node", "/usr/bin/python3.11"


@pytest.mark.parametrize(
    ("path", "line", "told"),
    [
        (NODE, "node /usr/lib/node_modules/npm/bin/npm-cli.js ci", "npm install"),
        (NODE, "node /usr/bin/npm --prefix x run build", "npm run"),
        (NODE, "node /usr/bin/npx cowsay", "npm install"),
        (NODE, "node /home/dev/.cache/pnpm.cjs add x", "pnpm install"),
        (NODE, "node /usr/bin/yarn", "yarn install"),
        (NODE, "node --max-old-space-size=100 server.js", "node run"),
        (NODE, "node -r ./x.js npm.js", "node run"),
        (NODE, "node", "node run"),
        ("/home/dev/.bun/bin/bun", "bun install", "bun install"),
        ("/usr/bin/pip3", "pip3 install x", "pip install"),
        (PY, "python3 -m pip install x", "pip install"),
        (PY, "python3 /usr/bin/pip download x", "pip install"),
        (PY, "python3 -m pip list", "pip run"),
        (PY, "python3 manage.py", "python run"),
        (PY, "python3 -c pip", "python run"),
        ("/usr/bin/uv", "uv sync", "uv install"),
        ("/usr/bin/uv", "uv run x.py", "uv run"),
        (PY, "python3 /usr/bin/poetry install", "poetry install"),
        ("/usr/share/code/code", "code .", "editor open"),
        ("/opt/Cursor/cursor", "cursor", "editor open"),
        ("/opt/idea/jbr/bin/java", "java -cp x com.intellij.idea.Main", "editor open"),
        ("/usr/bin/git", "git -C x commit", "git open"),
        ("/usr/bin/go", "go build ./...", "go build"),
        ("/usr/bin/terraform", "terraform init", "terraform install"),
        ("/usr/bin/claude", "claude -p x", "agent run"),
        ("/usr/bin/bash", "bash", ""),
        ("/usr/bin/curl", "curl npm", ""),
    ],
)
def test_a_tool_and_its_phase(path, line, told):
    tool = recognise(path, line.split())
    assert (f"{tool.name} {tool.phase.value}" if tool else "") == told


def test_a_title_that_node_was_given():
    assert recognise(NODE, ["npm install left-pad"]).verb == "install"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/home/a/.ssh/id_rsa", Place.KEY),
        ("/home/a/.ssh/id_rsa.pub", None),
        ("/home/a/.ssh/known_hosts", None),
        ("/home/a/.config/google-chrome/Profile 1/Cookies", Place.BROWSER),
        ("/Users/a/Library/Application Support/Google/Chrome/Default/Login Data", Place.BROWSER),
        ("/home/a/.mozilla/firefox/x.default/key4.db", Place.BROWSER),
        ("/home/a/.config/Exodus/exodus.wallet/x", Place.WALLET),
        ("/home/a/.npmrc", Place.TOKEN),
        ("/srv/app/.env", Place.TOKEN),
        ("/home/a/.bash_history", Place.HISTORY),
        ("/home/a/.bashrc", Place.START),
        ("/home/a/.config/systemd/user/x.service", Place.START),
        ("/home/a/w/.git/hooks/pre-commit", Place.CODE_START),
        ("/home/a/w/.vscode/tasks.json", Place.CODE_START),
        ("/usr/lib/python3/dist-packages/evil.pth", Place.START),
        ("/etc/cron.d/x", Place.START),
        ("/home/a/w/bashrc", None),
        ("/usr/lib/x.so", None),
        ("", None),
        ("/home/a/" + "x" * 10_000, None),
    ],
)
def test_places(path, place):
    assert place_of(path) is place
