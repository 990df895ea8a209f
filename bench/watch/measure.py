"""Measure `lazaretto watch` on this computer: latency, lost events, what it costs beside an installation, and at rest.

    python bench/watch/measure.py latency  [--times 100] [--sensor ID ...]     event to alert
    python bench/watch/measure.py flood    [--rate 20000] [--seconds 60]       events that a sensor must not lose (root)
    python bench/watch/measure.py overhead --project DIR --cache DIR [--times 7]   `npm ci`, bare and watched in turn
    python bench/watch/measure.py idle     [--seconds 60]                      processor time and memory at rest

Everything is inert: files that do not exist are opened, loopback is spoken with. Results are JSON on standard output.
"""

import argparse
import contextlib
import json
import os
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

FLOOD = """
import os, sys, time
rate, seconds, home = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
began, sent = time.monotonic(), 0
while (now := time.monotonic() - began) < seconds:
    due = int(now * rate)
    while sent < due:
        try:
            os.open(f"{home}/.ssh/k{sent}", os.O_RDONLY)
        except OSError:
            pass
        sent += 1
    time.sleep(0.005)
print(sent)
"""
SETUP = """
const s = require('net').connect(8444, '127.66.0.7', () => setTimeout(() => s.destroy(), 300));
s.on('error', () => {});
"""


class Watch:
    """A running watcher."""

    def __init__(self, *words: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lazaretto-"))
        self.errors = (self.folder / "err").open("w+b")
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "lazaretto",
                "watch",
                "--format",
                "jsonl",
                "--least",
                "low",
                "--folder",
                str(self.folder / "s"),
                *words,
            ],
            stdout=subprocess.PIPE,
            stderr=self.errors,
        )
        self.lines: list[dict] = []
        threading.Thread(target=self._read, daemon=True).start()
        while b"watching with" not in (self.folder / "err").read_bytes():
            if self.process.poll() is not None:
                raise SystemExit((self.folder / "err").read_text())
            time.sleep(0.1)
        time.sleep(0.5)
        self.began = self.cpu(), time.monotonic()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> dict:
        cpu, wall = self.cpu() - self.began[0], time.monotonic() - self.began[1]
        peak = int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())[1]) / 1024
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        time.sleep(0.2)
        told = (self.folder / "err").read_text()
        self.errors.close()
        shutil.rmtree(self.folder)
        lost = [line.partition("not seen: ")[2] for line in told.splitlines() if "not seen" in line]
        sensors = re.search(r"watching with (.*?);", told)[1]
        return {
            "sensors": sensors,
            "cpu_s": round(cpu, 2),
            "wall_s": round(wall, 1),
            "share": round(cpu / wall, 4),
            "peak_mib": round(peak, 1),
            "lost": lost,
        }


def latency(arguments: argparse.Namespace) -> dict:
    watcher = Watch("--drill", "--registry", "registry.example.test", *sensors(arguments))
    stop = threading.Event()

    def serve() -> None:
        with socket.create_server(("127.66.0.7", 8444)) as server:
            server.settimeout(0.2)
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, _ = server.accept()
                    threading.Timer(0.5, connection.close).start()

    server = threading.Thread(target=serve)
    server.start()
    with tempfile.TemporaryDirectory(prefix="lazaretto-") as name:
        lure = Path(name) / "lure"
        (lure / "graph-x").mkdir(parents=True)
        (lure / "package.json").write_text(
            '{"name": "lure", "version": "1.0.0", "dependencies": {"graph-x": "file:./graph-x"}}'
        )
        (lure / "graph-x/package.json").write_text(
            '{"name": "graph-x", "version": "2.2.9", "scripts": {"postinstall": "node setup.js"}}'
        )
        (lure / "graph-x/setup.js").write_text(SETUP)
        for _ in range(arguments.times):
            shutil.rmtree(lure / "node_modules", ignore_errors=True)
            (lure / "package-lock.json").unlink(missing_ok=True)
            subprocess.run(
                ["npm", "install", "--offline", "--no-audit", "--no-fund", "--install-links=false"],
                cwd=lure,
                stdout=subprocess.DEVNULL,
                check=False,
            )
    time.sleep(1.5)
    stop.set()
    server.join()
    result = watcher.end()
    times = sorted(
        one["latency_ms"]
        for one in watcher.lines
        if one["rule"] == "run/install-connects" and one["package"].startswith("npm:graph-x")
    )
    told = {"installations": arguments.times, "alerts": len(times)}
    if times:
        told |= {
            "p50_ms": statistics.median(times),
            "p99_ms": times[min(len(times) - 1, int(len(times) * 0.99))],
            "max_ms": times[-1],
        }
    return told | result


def flood(arguments: argparse.Namespace) -> dict:
    with tempfile.TemporaryDirectory(prefix="lazaretto-") as name:
        record = f"{name}/r.jsonl"
        words = ("--record", record) if arguments.record else ()
        watcher = Watch("--registry", "registry.example.test", *words, *sensors(arguments))
        sent = int(
            subprocess.run(
                [sys.executable, "-c", FLOOD, str(arguments.rate), str(arguments.seconds), str(Path.home())],
                capture_output=True,
                check=True,
                text=True,
            ).stdout
        )
        time.sleep(3)
        result = watcher.end()
        seen = Path(record).read_text().count(".ssh/k") if arguments.record else None
    return {"sent": sent, "seen": seen} | result


def overhead(arguments: argparse.Namespace) -> dict:
    command = ["npm", "ci", "--offline", "--no-audit", "--no-fund", "--cache", arguments.cache]

    def once() -> tuple[float, float]:
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run(command, cwd=arguments.project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.monotonic() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    once()
    rows = []
    lost: list[str] = []
    for _ in range(arguments.times):
        bare = once()
        watcher = Watch("--registry", "registry.example.test", *sensors(arguments))
        watched = once()
        result = watcher.end()
        lost += result["lost"]
        rows.append((*bare, *watched, result["cpu_s"]))
    middle = [statistics.median(column) for column in zip(*rows, strict=True)]
    paired = statistics.median(row[2] / row[0] for row in rows)
    return {
        "sensors": result["sensors"],
        "runs": len(rows),
        "bare_wall_s": round(middle[0], 2),
        "watched_wall_s": round(middle[2], 2),
        "wall_ratio_paired": round(paired, 3),
        "cpu_ratio": round((middle[3] + middle[4]) / middle[1], 3),
        "npm_cpu_ratio": round(middle[3] / middle[1], 3),
        "watcher_cpu_s": round(middle[4], 2),
        "peak_mib": result["peak_mib"],
        "lost": lost,
        "best_wall_ratio": round(min(r[2] for r in rows) / min(r[0] for r in rows), 3),
    }


def idle(arguments: argparse.Namespace) -> dict:
    watcher = Watch("--registry", "registry.example.test", *sensors(arguments))
    time.sleep(arguments.seconds)
    return watcher.end()


def sensors(arguments: argparse.Namespace) -> list[str]:
    return [word for one in arguments.sensor for word in ("--sensor", one)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("latency", "flood", "overhead", "idle"))
    parser.add_argument("--sensor", action="append", default=[])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--rate", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--record", action="store_true", help="flood: count what was seen, by a recording")
    parser.add_argument("--project")
    parser.add_argument("--cache")
    arguments = parser.parse_args()
    print(json.dumps({"measure": arguments.what} | globals()[arguments.what](arguments)))


if __name__ == "__main__":
    main()
