"""Measure the gate beside verdaccio and proxpi: one run, one machine, one static replica on loopback behind all three.

    python bench/gate/run.py --data DIR [--only load,install] [--seconds 4] [--source src]

First run: `DIR` is filled with real documents and files (`fill.py`) and the peers are installed. Needs nginx and wrk.
Processor time is that of the server's process tree; wall times swing with what else the machine does, and are told with
the client's own straight at the replica. Prints Markdown.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from statistics import median

import fill
import servers
from servers import Server

SIMPLE = "application/vnd.pypi.simple.v1+json"
IN_FLIGHT = 16


def main() -> int:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--source", type=Path, default=Path(__file__).resolve().parents[2] / "src")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default="load,clients,memory,install,refusal")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers are ended all the same
    data: Path = arguments.data.resolve()
    if not (data / "npm.prefix").exists():
        fill.npm(data)
    if not (data / "work/requirements.txt").exists():
        fill.pypi(data)
    servers.install_peers(data)
    only = set(arguments.only.split(","))
    print(f"load average at the start: {os.getloadavg()[0]:.1f}")
    with servers.replica(data) as upstream, tempfile.TemporaryDirectory(dir=data, prefix="run-") as scratch:
        bench = Bench(data, upstream, Path(scratch), arguments.source.resolve(), arguments.seconds, arguments.runs)
        for name in ("load", "clients", "memory", "install", "refusal"):
            if name in only:
                getattr(bench, name)()
    return 0


class Bench:
    """One run."""

    def __init__(self, data: Path, upstream: str, scratch: Path, source: Path, seconds: float, runs: int) -> None:
        self.data, self.upstream, self.scratch = data, upstream, scratch
        self.source, self.seconds, self.runs = source, seconds, runs
        self._number = 0

    def folder(self, name: str) -> Path:
        """Return a new folder."""
        self._number += 1
        return self.scratch / f"{name}-{self._number}"

    def gate(self, folder: Path, **more: str):
        """Start the gate."""
        return servers.gate(self.upstream, folder, source=self.source, **more)

    def load(self) -> None:
        """CPU a request, warm."""
        tarball = next(iter(sorted((self.data / "www/npm/typescript/-").glob("*.tgz")))).name
        wheel = min((self.data / "www/files").glob("*.whl"), key=lambda p: abs(p.stat().st_size - 4_400_000)).name
        project = re.sub(r"[-_.]+", "-", wheel.split("-")[0]).lower()
        cases = (
            ("typescript, packument", "/typescript", "application/json", "verdaccio", 100.0),
            ("express, packument", "/express", "application/json", "verdaccio", 0.0),
            ("ms, packument", "/ms", "application/json", "verdaccio", 0.0),
            (f"tarball {tarball}", f"/typescript/-/{tarball}", "*/*", "verdaccio", 3.0),
            ("pydantic-core, page", "/simple/pydantic-core/", SIMPLE, "proxpi", 20.0),
            ("idna, page", "/simple/idna/", SIMPLE, "proxpi", 0.0),
        )
        del wheel, project
        table(("what", "gate ms", "gate req/s", "peer", "peer ms", "peer req/s", "ratio", "asked"))
        with (
            self.gate(self.folder("gate")) as gate,
            servers.verdaccio(self.data, self.upstream, self.folder("verdaccio")) as verdaccio,
            servers.proxpi(self.data, self.upstream, self.folder("proxpi")) as proxpi,
        ):
            peers = {"verdaccio": verdaccio, "proxpi": proxpi}
            for what, path, accept, peer, asked in cases:
                mine = wrk(gate, path, accept, self.seconds)
                there = path.replace("/simple/", "/index/") if peer == "proxpi" else path
                theirs = wrk(peers[peer], there, accept, self.seconds * 2)
                row(
                    *(what, f"{mine[0]:.2f}", f"{mine[1]:.0f}", peer, f"{theirs[0]:.2f}", f"{theirs[1]:.1f}"),
                    *(f"1/{theirs[0] / mine[0]:.0f}", f"1/{asked:.0f}" if asked else ""),
                )
            row("memory, MB", rss(gate), "", "verdaccio", rss(verdaccio), "", "", "150")
            row("memory, MB", rss(gate), "", "proxpi", rss(proxpi), "", "", "150")

    def clients(self) -> None:
        """100 clients at a time."""
        with self.gate(self.folder("gate")) as gate:
            paths = ["/typescript", "/ms", "/express", "/simple/pydantic-core/", "/simple/idna/", "/webpack"]
            told = subprocess.run(
                [sys.executable, str(Path(__file__).with_name("crowd.py")), gate.url, "100", "3000", *paths],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            print(f"\n100 clients: {told.strip()}; memory {rss(gate)} MB\n")

    def memory(self) -> None:
        """Resident memory after every packument and page, and after 100,000 requests."""
        names = [
            str(p.parent.relative_to(self.data / "www/npm")) for p in (self.data / "www/npm").rglob("packument.json")
        ]
        pages = [p.name for p in (self.data / "www/simple").iterdir()]
        with self.gate(self.folder("gate")) as gate:
            print(f"\nmemory: at the start {rss(gate)}", end="", flush=True)
            before = gate.cpu(own=True)
            for name in names:
                get(f"{gate.url}/{name.replace('/', '%2f')}")
            print(
                f"; after {len(names)} packuments {rss(gate)}, {gate.cpu(own=True) - before:.1f} s CPU",
                end="",
                flush=True,
            )
            for name in pages:
                get(f"{gate.url}/simple/{name}/", SIMPLE)
            print(f"; after {len(pages)} pages {rss(gate)}", end="", flush=True)
            for count in (20_000, 80_000):
                told = subprocess.run(
                    [
                        sys.executable,
                        str(Path(__file__).with_name("crowd.py")),
                        gate.url,
                        "16",
                        str(count),
                        "/ms",
                        "/express",
                        "/simple/idna/",
                    ],
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout
                print(f"; after {count} more requests ({told.strip()}) {rss(gate)}", end="", flush=True)
            print()

    def install(self) -> None:
        """Real installs: straight, gate cold, gate warm."""
        table(
            (
                "install",
                "straight s",
                "gate cold s",
                "gate warm s",
                "cold/straight",
                "warm/straight",
                "gate CPU cold s (server)",
                "warm s",
            )
        )
        for what, client in (("npm ci", self.npm_ci), ("uv pip install", self.uv_install)):
            straight, warm, cpu_warm = [], [], []
            folder = self.folder("gate")
            client(None)
            with self.gate(folder) as gate:
                before, own = gate.cpu(), gate.cpu(own=True)
                cold = client(gate.url)
                cpu_cold = f"{gate.cpu() - before:.1f} ({gate.cpu(own=True) - own:.1f})"
                for _ in range(self.runs):
                    straight.append(client(None))
                    before = gate.cpu()
                    warm.append(client(gate.url))
                    cpu_warm.append(gate.cpu() - before)
                held = rss(gate)
            base = median(straight)
            row(
                *(what, f"{base:.1f}", f"{cold:.1f}", f"{median(warm):.1f}", f"{cold / base:.2f}"),
                *(f"{median(warm) / base:.2f}", cpu_cold, f"{median(cpu_warm):.2f}"),
            )
            print(
                f"<!-- memory {held} MB; straight {[round(one, 1) for one in straight]} "
                f"warm {[round(one, 1) for one in warm]} -->"
            )

    def npm_ci(self, url: str | None) -> float:
        """Install the lockfile with an empty client cache; wall seconds."""
        place = self.folder("npm")
        place.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(self.data / "work" / name, place)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", str(place / "cache")]
        return run([*command, "--registry", f"{url or self.upstream + '/npm'}/"], place)

    def uv_install(self, url: str | None) -> float:
        """Install the wheels into a new environment with an empty client cache; wall seconds."""
        place = self.folder("uv")
        place.mkdir()
        uv = str(self.data / "tools/proxpi/bin/uv")
        subprocess.run([uv, "venv", "-q", str(place / "venv")], check=True)
        command = [
            uv,
            "pip",
            "install",
            "-q",
            "--no-config",
            "--cache-dir",
            str(place / "cache"),
            "--python",
            str(place / "venv"),
        ]
        command += [
            "--default-index",
            f"{url or self.upstream}/simple/",
            "-r",
            str(self.data / "work/requirements.txt"),
        ]
        return run(command, place)

    def refusal(self) -> None:
        """Time to the first refusal of a package that is listed as malicious."""
        policy = servers.POLICY + '[[deny]]\nmatch = ["npm:ms"]\nreason = "listed"\n'
        try:
            with self.gate(self.folder("gate"), policy=policy) as gate:
                file = next(iter(sorted((self.data / "www/npm/ms/-").glob("*.tgz")))).name
                times = []
                for path in (f"/ms/-/{file}", f"/ms/-/{file}", "/ms"):
                    begun = time.perf_counter()
                    status = get(f"{gate.url}{path}")
                    times.append(f"{path} {status}: {(time.perf_counter() - begun) * 1000:.1f} ms")
                print("\nfirst refusal: " + "; ".join(times))
        except RuntimeError as error:
            print(f"\nfirst refusal: {error}")


def run(command: list[str], place: Path) -> float:
    """Run a client; wall seconds; its folder is removed."""
    environment = {k: v for k, v in os.environ.items() if not k.lower().startswith(("npm_", "pip_", "uv_"))}
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begun
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr[-1500:]}")
    shutil.rmtree(place, ignore_errors=True)
    return seconds


def wrk(server: Server, path: str, accept: str, seconds: float) -> tuple[float, float]:
    """Load one address; CPU milliseconds a request, requests a second."""
    for _ in range(2):
        if get(server.url + path, accept) != 200:
            raise RuntimeError(f"{server.name} does not serve {path}")
    command = ["wrk", "-t1", f"-c{IN_FLIGHT}", f"-d{max(1, round(seconds))}s", "--timeout", "60s"]
    headers = ["-H", f"Accept: {accept}", "-H", "Accept-Encoding: gzip"]
    before, begun = server.cpu(), time.perf_counter()
    told = subprocess.run([*command, *headers, server.url + path], capture_output=True, text=True, check=True).stdout
    used, wall = server.cpu() - before, time.perf_counter() - begun
    requests = int(re.search(r"(\d+) requests in", told)[1])  # type: ignore[index]
    if "Non-2xx" in told:
        raise RuntimeError(f"{server.name} {path}: {told}")
    return used * 1000 / max(1, requests), requests / wall


def get(url: str, accept: str = "application/json") -> int:
    """Ask once; return the status."""
    request = urllib.request.Request(url, headers={"Accept": accept, "Accept-Encoding": "gzip"})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def rss(server: Server) -> str:
    """Say the server's memory, and that of its workers."""
    first, *others = server.rss()
    return f"{first:.0f}" + (f" (+ {' + '.join(f'{one:.0f}' for one in others)})" if others else "")


def table(heads: tuple[str, ...]) -> None:
    """Begin a table."""
    print("\n| " + " | ".join(heads) + " |\n|" + "---|" * len(heads), flush=True)


def row(*cells: str) -> None:
    """Print a row."""
    print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
