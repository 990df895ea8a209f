"""Real clients install harmless packages that a test campaign names; every place is found, and what stays afterwards.

npm and pip are the user's; pnpm, Yarn 1, Yarn 4, Bun and uv are fetched by them into a temporary folder. A client that
cannot be had is skipped by its name: the tests are then about the others.
"""

import io
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from lazaretto.app.hunt import hunt
from lazaretto.app.hunt_plan import Options
from lazaretto.model.trace import Rung, Standing

pytestmark = [pytest.mark.client, pytest.mark.slow]

R, F, I = Rung.RESOLVED, Rung.FETCHED, Rung.INSTALLED  # noqa: E741 - the ladder
NODE_TOOLS = ("pnpm@10", "yarn@1", "@yarnpkg/cli-dist@4", "bun@1")
PACK = {
    "schema": "lazaretto/intel-pack-1",
    "generated": "2026-11-01",
    "licence": "none",
    "campaign": {
        "id": "test-campaign", "name": "Test", "aliases": [], "actor": "unknown", "first_seen": "", "last_seen": "",
        "ecosystems": ["npm", "pypi"], "techniques": [], "description": "Harmless packages.",
    },
    "references": [{"key": "k", "url": "https://x.test", "date": "2026-11-01", "title": "A test", "kind": "primary"}],
    "packages": [
        {"ecosystem": "npm", "name": "is-number", "coverage": "listed", "source": "k", "trust": "high", "versions": ["7.0.0"]},
        {"ecosystem": "pypi", "name": "six", "coverage": "all", "source": "k", "trust": "high", "versions": []},
    ],
    "indicators": [],
}  # fmt: skip


class Home:
    """A home of its own with the clients that could be had."""

    def __init__(self, folder: Path, tools: Path) -> None:
        self.folder, self.tools = folder, tools
        kept = (
            "PATH",
            "LANG",
            "NODE_EXTRA_CA_CERTS",
            "SSL_CERT_FILE",
            "PIP_CERT",
            "PIP_CONFIG_FILE",
            "PIP_INDEX_URL",
            "TMPDIR",
        )
        self.env = {
            name: value
            for name, value in os.environ.items()
            if name in kept or name.lower().startswith(("npm_config_registry", "http", "no_proxy"))
        }
        self.env |= {
            "HOME": str(folder), "YARN_ENABLE_TELEMETRY": "0", "YARN_CACHE_FOLDER": "", "YARN_ENABLE_IMMUTABLE_INSTALLS": "0",
            "CI": "", "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }  # fmt: skip
        self.env.pop("YARN_CACHE_FOLDER")

    def run(self, *command: object, cwd: Path) -> None:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=cwd,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"{command[:3]} did not work here: {(done.stderr or done.stdout)[-300:]}")

    def project(self, name: str) -> Path:
        folder = self.folder / "work" / name
        folder.mkdir(parents=True)
        (folder / "package.json").write_text(
            '{"name": "p", "version": "1.0.0", "dependencies": {"is-number": "7.0.0"}}'
        )
        return folder

    def node(self, script: str) -> list[object]:
        path = self.tools / "node_modules" / script
        if not path.exists():
            pytest.skip(f"{script} could not be had")
        return ["node", path]

    def hunt(self) -> tuple[set[tuple[str, Rung]], object]:
        pack = self.folder.parent / "pack.json"
        pack.write_bytes(msgspec.json.encode(PACK))
        options = Options(
            host=True, home=str(self.folder), env=self.env, campaigns=(str(pack),), jobs=1, system="linux",
            journal=self.folder.parent / "journal", now=datetime(2026, 11, 25, tzinfo=UTC),
        )  # fmt: skip
        hunted = hunt(options)
        inside = [hit for hit in hunted.hits if hit.trace.path.startswith(str(self.folder))]
        assert all(hit.reason.campaign == "test-campaign" for hit in inside)
        assert all(hit.trace.at for hit in inside)
        exact = {Standing.RECORDED, Standing.NAME}  # a place that tells no version names only the name
        assert {hit.reason.standing for hit in inside} <= exact
        return {(hit.trace.place, hit.trace.rung) for hit in inside}, hunted


@pytest.fixture(scope="module")
def tools(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tools")
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    for tools in (NODE_TOOLS, NODE_TOOLS[:-1], NODE_TOOLS[:1]):  # not every machine may have all of them
        command = ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--prefix", str(folder), *tools]
        if subprocess.run(command, capture_output=True, timeout=300, check=False).returncode == 0:
            break
    return folder


@pytest.fixture
def home(tmp_path, tools):
    folder = tmp_path / "home"
    folder.mkdir()
    return Home(folder, tools)


def test_npm(home):
    folder = home.project("a")
    home.run("npm", "install", "--no-audit", "--no-fund", cwd=folder)
    found, _ = home.hunt()
    assert {
        ("project", R),
        ("node-modules", I),
        ("npm-cache", R),
        ("npm-cache", F),
        ("npm-logs", F),
        ("npm-logs", I),
    } <= found
    home.run("npm", "uninstall", "is-number", cwd=folder)
    shutil.rmtree(folder)
    found, _ = home.hunt()
    assert ("node-modules", I) not in found
    assert {("npm-cache", F), ("npm-logs", I)} <= found


def test_pnpm(home):
    folder = home.project("a")
    home.run(*home.node("pnpm/bin/pnpm.cjs"), "install", cwd=folder)
    found, _ = home.hunt()
    assert {("project", R), ("node-modules", I), ("pnpm-store", F), ("pnpm-metadata", R)} <= found
    shutil.rmtree(folder)
    found, _ = home.hunt()
    assert found == {("pnpm-store", F), ("pnpm-metadata", R)}


def test_yarn_1(home):
    folder = home.project("a")
    home.run(*home.node("yarn/bin/yarn.js"), "install", "--cache-folder", home.folder / ".cache/yarn", cwd=folder)
    found, _ = home.hunt()
    assert {("project", R), ("node-modules", I), ("yarn-cache", F)} <= found
    shutil.rmtree(folder)
    assert home.hunt()[0] == {("yarn-cache", F)}


def test_yarn_4(home):
    folder = home.project("a")
    (folder / "yarn.lock").touch()
    home.run(*home.node("@yarnpkg/cli-dist/bin/yarn.js"), "install", cwd=folder)
    found, _ = home.hunt()
    assert {("project", R), ("yarn-pnp", I), ("yarn-berry-cache", F)} <= found
    shutil.rmtree(folder)
    assert home.hunt()[0] == {("yarn-berry-cache", F)}


def test_bun(home):
    binaries = [path for path in (home.tools / "node_modules").glob("**/bin/bun*") if path.name in ("bun", "bun.exe")]
    binaries = [path for path in binaries if path.is_file() and path.stat().st_size > 1 << 20]
    if not binaries:
        pytest.skip("bun could not be had")
    folder = home.project("a")
    home.run(binaries[0], "install", cwd=folder)
    found, _ = home.hunt()
    assert {("project", R), ("node-modules", I), ("bun-cache", F)} <= found
    shutil.rmtree(folder)
    assert ("bun-cache", F) in home.hunt()[0]


def test_pip(home):
    folder = home.folder / "work/a"
    folder.mkdir(parents=True)
    home.run(sys.executable, "-m", "venv", folder / "v", cwd=folder)
    home.run(folder / "v/bin/pip", "install", "--log", folder / "pip.log", "six", cwd=folder)
    found, _ = home.hunt()
    assert {("site-packages", I), ("pip-log", I)} <= found
    if (home.folder / ".cache/pip/http-v2").exists():  # pip does not cache what a mirror forbids to be cached
        assert ("pip-cache", F) in found
    home.run(folder / "v/bin/pip", "uninstall", "-y", "six", cwd=folder)
    found, _ = home.hunt()
    assert ("site-packages", I) not in found
    assert ("pip-log", I) in found


class Index(BaseHTTPRequestHandler):
    """An index of one harmless package that may be cached (real mirrors often forbid it)."""

    def do_GET(self):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as wheel:
            wheel.writestr("six.py", "x = 1\n")
            info = "six-1.0.dist-info/"
            wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: six\nVersion: 1.0\n")
            wheel.writestr(
                info + "WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            wheel.writestr(info + "RECORD", "")
        page = b'<html><head><title>Links for six</title></head><body><a href="/f/six-1.0-py3-none-any.whl">x</a></body></html>'
        data = packed.getvalue() if self.path.endswith(".whl") else page
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if data is page else "application/octet-stream")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "public, max-age=100000")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments):
        pass


def test_pip_with_an_index_that_may_be_cached(home):
    folder = home.folder / "work/a"
    folder.mkdir(parents=True)
    home.run(sys.executable, "-m", "venv", folder / "v", cwd=folder)
    home.env |= {"PIP_CONFIG_FILE": os.devnull}
    with ThreadingHTTPServer(("127.0.0.1", 0), Index) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        index = f"http://127.0.0.1:{server.server_port}/simple"
        home.run(folder / "v/bin/pip", "install", "--trusted-host", "127.0.0.1", "-i", index, "six", cwd=folder)
        server.shutdown()
    found, _ = home.hunt()
    assert {("pip-cache", R), ("site-packages", I)} <= found
    if (home.folder / ".cache/pip/http-v2").exists():  # older versions do not keep wheels of a plain index
        assert ("pip-cache", F) in found
    shutil.rmtree(folder)
    assert ("pip-cache", R) in home.hunt()[0]


def test_uv(home):
    folder = home.folder / "work/a"
    folder.mkdir(parents=True)
    uv = shutil.which("uv")
    if uv is None:
        home.run(sys.executable, "-m", "venv", home.folder.parent / "uv", cwd=folder)
        home.run(home.folder.parent / "uv/bin/pip", "install", "uv", cwd=folder)
        uv = str(home.folder.parent / "uv/bin/uv")
        shutil.rmtree(home.folder / ".cache", ignore_errors=True)
    home.run(uv, "venv", "-q", "--python", sys.executable, "v", cwd=folder)
    home.env["VIRTUAL_ENV"] = str(folder / "v")
    home.run(uv, "pip", "install", "six", cwd=folder)
    found, hunted = home.hunt()
    assert {("site-packages", I), ("uv-cache", R), ("uv-cache", F)} <= found
    assert hunted.rung is I
    home.run(uv, "pip", "uninstall", "six", cwd=folder)
    found, _ = home.hunt()
    assert found == {("uv-cache", R), ("uv-cache", F)}
