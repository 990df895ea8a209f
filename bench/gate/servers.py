"""The servers that `run.py` compares, each with its own folder and port, all behind one static replica on loopback."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REPLICA, GATE, VERDACCIO, PROXPI = 18790, 18791, 18792, 18793
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")

POLICY = """\
[age]
action = "off"
[new-package]
action = "off"
[examination]
malicious = "warn"
suspicious = "warn"
incomplete = "warn"
on-error = "warn"
fail-open = true
"""
"""Everything is examined and told; nothing is held back for its age or for a false alarm, else there is no install."""


@dataclass
class Server:
    """A server under test."""

    name: str
    process: "subprocess.Popen[bytes]"
    url: str

    def tree(self) -> list[int]:
        """Return its process and all their children."""
        parents: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
        found = [self.process.pid]
        for pid in found:
            found.extend(parents.get(pid, ()))
        return found

    def cpu(self, *, own: bool = False) -> float:
        """Return processor seconds of the tree, or of its first process alone; ended children are counted."""
        total = 0
        for pid in self.tree()[: 1 if own else None]:
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            total += sum(int(value) for value in fields[11 : 13 if own else 15])
        return total / TICK

    def rss(self) -> list[float]:
        """Return resident megabytes by process, the server first."""
        found = []
        for pid in self.tree():
            try:
                found.append(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6)
            except OSError:
                continue
        return found


@contextmanager
def replica(data: Path) -> Iterator[str]:
    """Serve the folder `www` by nginx; addresses in documents are those of the replica."""
    url = f"http://127.0.0.1:{REPLICA}"
    prepare(data, url)
    config = data / "nginx.conf"
    config.write_text(f"""\
daemon off; pid {data}/nginx.pid; error_log {data}/nginx.err; worker_processes 1;
events {{ worker_connections 2048; }}
http {{
  access_log off; sendfile on; tcp_nodelay on; gzip_static on; etag on; default_type application/octet-stream;
  client_body_temp_path {data}/tmp; proxy_temp_path {data}/tmp; fastcgi_temp_path {data}/tmp;
  uwsgi_temp_path {data}/tmp; scgi_temp_path {data}/tmp;
  server {{
    listen 127.0.0.1:{REPLICA} backlog=1024; root {data}/served;
    location /npm/ {{ types {{}} default_type application/octet-stream; try_files $uri $uri/packument.json =404;
      location ~ json$ {{ types {{}} default_type application/json; }} }}
    location /simple/ {{ types {{}} default_type application/vnd.pypi.simple.v1+json; index index.json; }}
    location /files/ {{ types {{}} default_type application/octet-stream; }}
  }}
}}
""")
    with started("replica", ["nginx", "-p", str(data), "-c", str(config)], f"{url}/simple/idna/") as server:
        del server
        yield url


def prepare(data: Path, url: str) -> None:
    """Make `served` of `www`: addresses replaced, documents also compressed; files are hard links."""
    import gzip
    import json

    served, mark = data / "served", data / "served.done"
    (data / "tmp").mkdir(exist_ok=True)
    if mark.exists():
        return
    shutil.rmtree(served, ignore_errors=True)
    prefix = (data / "npm.prefix").read_text()
    for path in (data / "www").rglob("*"):
        if path.is_dir():
            continue
        place = served / path.relative_to(data / "www")
        place.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix != ".json":
            os.link(path, place)
            continue
        body = path.read_bytes()
        if path.name == "packument.json":
            body = body.replace(prefix.encode(), f"{url}/npm/".encode())
        else:
            page = json.loads(body)
            for one in page["files"]:
                one["url"] = f"{url}/files/{one['filename']}"
            body = json.dumps(page, separators=(",", ":")).encode()
        place.write_bytes(body)
        place.with_name(place.name + ".gz").write_bytes(gzip.compress(body, 6, mtime=0))
    mark.touch()


@contextmanager
def gate(upstream: str, folder: Path, *, source: Path, policy: str = POLICY, intel: str = "off") -> Iterator[Server]:
    """Start the gate; what it knows lies in `folder`, so that it starts cold when that is new."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.toml").write_text(policy)
    command = [
        *(sys.executable, "-m", "lazaretto", "gate", "serve", "--port", str(GATE), "--store", str(folder / "gate.db")),
        *("--policy", str(folder / "policy.toml"), "--intel", intel, "--cache", str(folder / "cache")),
        *("--npm", f"{upstream}/npm/", "--pypi", f"{upstream}/simple/"),
    ]
    url = f"http://127.0.0.1:{GATE}"
    with started("gate", command, f"{url}/-/ping", {"PYTHONPATH": str(source)}) as server:
        yield server


@contextmanager
def verdaccio(data: Path, upstream: str, folder: Path) -> Iterator[Server]:
    """Start verdaccio."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.yaml"
    config.write_text(f"""\
storage: {folder}/storage
uplinks: {{up: {{url: "{upstream}/npm/", maxage: 60m, timeout: 120s}}}}
packages: {{"@*/*": {{access: $all, proxy: up}}, "**": {{access: $all, proxy: up}}}}
log: {{type: stdout, format: json, level: error}}
max_body_size: 200mb
""")
    program = data / "tools/verdaccio/node_modules/verdaccio/bin/verdaccio"
    url = f"http://127.0.0.1:{VERDACCIO}"
    command = ["node", str(program), "--config", str(config), "--listen", f"127.0.0.1:{VERDACCIO}"]
    with started("verdaccio", command, f"{url}/-/ping") as server:
        yield server


@contextmanager
def proxpi(data: Path, upstream: str, folder: Path) -> Iterator[Server]:
    """Start proxpi in gunicorn, one process with threads, as its own image does."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        "PROXPI_INDEX_URL": f"{upstream}/simple/",
        "PROXPI_CACHE_DIR": str(folder / "cache"),
        "PROXPI_BINARY_FILE_MIME_TYPE": "1",
    }
    url = f"http://127.0.0.1:{PROXPI}"
    program = str(data / "tools/proxpi/bin/gunicorn")
    command = [program, "--preload", "--threads", "16", "-b", f"127.0.0.1:{PROXPI}", "proxpi.server:app"]
    with started("proxpi", command, f"{url}/health", environment) as server:
        yield server


@contextmanager
def started(name: str, command: list[str], ready: str, more: dict[str, str] | None = None) -> Iterator[Server]:
    """Run a server until the block ends; wait until it answers."""
    process = subprocess.Popen(
        command, env={**os.environ, **(more or {})}, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended with {process.returncode}")
            try:
                with urllib.request.urlopen(ready, timeout=5):
                    break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise RuntimeError(f"{name} does not answer")
        yield Server(name, process, ready.split("/", 3)[0] + "//" + ready.split("/", 3)[2])
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def install_peers(data: Path) -> None:
    """Install verdaccio and proxpi at pinned versions below `data/tools`, unless they are there."""
    place = data / "tools/verdaccio"
    if not (place / "node_modules/verdaccio").exists():
        place.mkdir(parents=True, exist_ok=True)
        manifest = '{"private":true,"dependencies":{"verdaccio":"6.8.0"},"overrides":{"node-fetch":"2.6.7"}}'
        (place / "package.json").write_text(manifest)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=place, check=True)
    place = data / "tools/proxpi"
    if not (place / "bin/gunicorn").exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        wanted = ("proxpi==1.3.1", "gunicorn", "uv")
        subprocess.run([str(place / "bin/pip"), "install", "-q", *wanted], check=True)
