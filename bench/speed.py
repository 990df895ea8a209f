"""Time the program as a user would meet it, on trees made of this machine's own Python and npm.

    python bench/speed.py [--runs N] [--keep DIR]

Trees: `repository` (2,000 files, 20 MB) holds the standard library of Python and the sources of npm; `node_modules`
(1,000 packages, 100 MB) holds npm's packages again and again, every file with a line of its own: no two are equal.
Prints the median of the runs: wall seconds, CPU seconds of all processes, peak memory of the largest process.
"""

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from statistics import median

PROGRAM = [sys.executable, "-m", "lazaretto"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="use (and fill once) this folder instead of a temporary one")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = arguments.keep or Path(temporary)
        repository = fill(root / "repository", 2_000, 20 << 20, packages=0)
        modules = fill(root / "modules", 20_000, 100 << 20, packages=1_000)
        cache = root / "cache"
        report("--version", [*PROGRAM, "--version"], arguments.runs)
        report("--help", [*PROGRAM, "--help"], arguments.runs)
        check = [*PROGRAM, "check", "--format", "json", "-o", os.devnull]
        report("repository, cold", [*check, "--no-cache", str(repository)], arguments.runs)
        report("node_modules, cold", [*check, str(modules)], 1, cache, fresh=True)
        report("node_modules, warm", [*check, str(modules)], arguments.runs, cache)
    return 0


def fill(target: Path, files: int, size: int, packages: int) -> Path:
    """Make a tree of real sources; return it."""
    if target.exists():
        return target
    answer = subprocess.run(["npm", "root", "--global"], capture_output=True, text=True, check=True)
    npm = Path(answer.stdout.strip()) / "npm"
    usable = _sources(npm)
    if not packages:  # half and half, so that neither language decides the figure alone
        library = [path for path in _sources(Path(sysconfig.get_path("stdlib"))) if "site-packages" not in path.parts]
        usable = [path for pair in zip(library, usable, strict=False) for path in pair]
    count = written = turn = 0
    while count < files and written < size:
        for path in usable:
            if count >= files or written >= size:
                break
            data = path.read_bytes()
            if path.suffix in (".js", ".cjs", ".ts"):
                data += f"\n// {turn}\n".encode()
            elif path.suffix == ".py":
                data += f"\n# {turn}\n".encode()
            name = path.name if path.suffix != ".json" else f"{turn}-{path.name}"
            if packages:
                place = target / "node_modules" / f"package-{count * packages // files}" / f"lib{count % 97}" / name
            else:
                place = target / f"part-{count % 120}" / f"{turn}-{name}"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
            count += 1
            written += len(data)
        turn += 1
    for number in range(packages):
        folder = target / "node_modules" / f"package-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(f'{{"name": "package-{number}", "version": "1.0.{number}"}}')
    print(f"made {target.name}: {count} files, {written / 1e6:.0f} MB", file=sys.stderr)
    return target


def _sources(root: Path) -> list[Path]:
    found = [path for path in root.rglob("*") if path.suffix in (".js", ".json", ".py", ".md", ".ts", ".cjs")]
    return sorted(path for path in found if path.is_file() and path.stat().st_size < 400_000)


def report(name: str, command: list[str], runs: int, cache: Path | None = None, *, fresh: bool = False) -> None:
    """Run a command several times and print one row."""
    rows = []
    for _ in range(runs):
        if cache and fresh:
            shutil.rmtree(cache, ignore_errors=True)
        environment = dict(os.environ, **({"LAZARETTO_CACHE_DIR": str(cache)} if cache else {}))
        started = time.monotonic()
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        rows.append((time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, status >> 8))
    wall, cpu, memory = (median(row[column] for row in rows) for column in range(3))
    print(f"{name:22} wall {wall:7.3f} s   cpu {cpu:7.3f} s   peak {memory:6.0f} MB   exit {rows[0][3]}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
