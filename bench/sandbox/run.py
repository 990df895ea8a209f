"""What the sandbox costs: the same commands bare, in bubblewrap alone, in sandbox-runtime, and in `lazaretto run`'s sandbox.

    python bench/sandbox/run.py FOLDER [--runs 3] [--cases start,npm,pip,compile,opens] [--srt PATH]

FOLDER holds `npm` (a project with its lockfile, and a filled cache in `.npmcache`) and `pip/wheels` (about 30 wheels).
Nothing is fetched. The four ways are run in turn, so that other load meets all; each gets a fresh copy of the project
in memory. Prints one line of JSON for each case: medians of seconds, and of ratios to the bare run
of the same round. (Processor time is not told: what ends in a process namespace of its own is not counted by us.)
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from lazaretto.adapters.sandbox.probe import probe
from lazaretto.adapters.sandbox.session import Order, run_order

PYTHON = "/usr/bin/python3"
OPENS = 300_000
NPM = ("npm", "ci", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", "./.npmcache")
PIP = (PYTHON, "-m", "pip", "install", "-q", "--no-index", "--find-links", "wheels", "--target", "out", "--no-compile")
COMPILE = "import compileall, sys; sys.exit(not compileall.compile_dir('tree', quiet=1, workers=1))"
LOOP = f"import os\nfor _ in range({OPENS}): os.close(os.open('/etc/hosts', 0))"
CASES = {
    "start": ("", ("/bin/true",)),
    "npm": ("npm", ("/usr/bin/env", *NPM, "--update-notifier=false")),
    "pip": ("pip", PIP),
    "compile": ("", (PYTHON, "-c", COMPILE)),
    "opens": ("", (PYTHON, "-c", LOOP)),
}
BWRAP = (
    "--unshare-all",
    "--die-with-parent",
    "--ro-bind",
    "/",
    "/",
    "--dev",
    "/dev",
    "--proc",
    "/proc",
    "--tmpfs",
    "/tmp",
)


def prepared(folder: Path, case: str) -> tuple[Path, Path, tuple[str, ...]]:
    """Return a fresh folder to remove, the project in it, and the command."""
    name, command = CASES[case]
    top = Path(tempfile.mkdtemp(prefix="bench-", dir="/dev/shm"))
    top.chmod(0o755)
    project = top / "project"
    if name:
        shutil.copytree(folder / name, project, symlinks=True)
    else:
        project.mkdir()
    if case == "compile":
        shutil.copytree("/usr/lib/python3.11", project / "tree", ignore=shutil.ignore_patterns("__pycache__", "test*"))
    if case == "pip":
        command = (
            *command,
            *sorted({one.name.split("-")[0] for one in (project / "wheels").glob("*.whl")}),
            "--no-deps",
        )
    if os.geteuid() == 0:
        subprocess.run(["/bin/chmod", "-R", "a+rX", str(top)], check=True)
        subprocess.run(["/bin/chown", "-R", "65534:65534", str(project)], check=True)
    return top, project, command


def plain(line: tuple[str, ...], project: Path) -> int:
    """Run a command as an unprivileged user."""
    user = 65534 if os.geteuid() == 0 else None
    home = {"HOME": str(project), "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin"}
    quiet = subprocess.DEVNULL
    told = subprocess.run(line, check=False, cwd=project, user=user, env=home, stdin=quiet, stdout=quiet, stderr=quiet)
    return told.returncode


def one(way: str, folder: Path, case: str, srt: str) -> tuple[float, dict[str, object]]:
    """Run a case once; return seconds and what else there is to tell."""
    top, project, command = prepared(folder, case)
    more: dict[str, object] = {}
    tools = probe().tools
    assert tools is not None
    started = time.monotonic()
    if way == "bare":
        code: int | None = plain(command, project)
    elif way == "bubblewrap":
        code = plain(
            (tools.bwrap, *BWRAP, "--bind", str(project), str(project), "--chdir", str(project), *command), project
        )
    elif way == "sandbox-runtime":
        settings = top / "settings.json"
        network = {"allowedDomains": [], "deniedDomains": []}
        files = {"denyRead": [], "allowWrite": [str(project), "/tmp"], "denyWrite": []}
        settings.write_text(json.dumps({"network": network, "filesystem": files}))
        code = plain((srt, "--settings", str(settings), *command), project)
    else:
        ran = run_order(Order(project, command, seconds=600), tools)
        code = ran.record.code
        more = {"calls": ran.record.calls, "events": len(ran.record.events), "gaps": len(ran.record.gaps)}
    took = time.monotonic() - started
    shutil.rmtree(top)
    return took, {"code": code, **more}


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--srt", default="", help="the program of sandbox-runtime; none = it is left out")
    options = parser.parse_args()
    ways = ["bare", "bubblewrap", *(["sandbox-runtime"] if options.srt else []), "lazaretto"]
    for case in options.cases.split(","):
        took: dict[str, list[tuple[float, dict[str, object]]]] = {way: [] for way in ways}
        for _ in range(options.runs):
            for way in ways:
                took[way].append(one(way, options.folder, case, options.srt))
        answer: dict[str, object] = {"case": case, "load": round(os.getloadavg()[0], 1)}
        for way in ways:
            pairs = zip(took[way], took["bare"], strict=True)
            answer[way] = {
                "seconds": round(statistics.median(run[0] for run in took[way]), 2),
                "ratio": round(statistics.median(run[0] / bare[0] for run, bare in pairs), 2),
                **took[way][-1][1],
            }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
