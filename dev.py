"""Everything a developer or a CI machine runs, with Python alone.

    python3 dev.py demo     set up, then check the bundled inert example (prints MALICIOUS, exit code 20)
    python3 dev.py test     set up with development tools, then lint, types, floors and all tests
    python3 dev.py quick    the same without the slow tests
    python3 dev.py lock     write requirements/*.txt anew (hashes, no addresses)

The environment lies in `.venv`; it is made again when a requirements file changes.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
EXAMPLE = ROOT / "examples" / "graphalgo-lure"


def main(arguments: list[str]) -> int:
    """Run one command; return its exit code."""
    commands = {"demo": demo, "test": test, "quick": quick, "lock": lock}
    if len(arguments) != 1 or arguments[0] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an older Python runs first
        print(f"Lazaretto needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    return commands[arguments[0]]()


def demo() -> int:
    """Set up and run the main job on the bundled example."""
    _set_up("base")
    return _run("-m", "lazaretto", "check", str(EXAMPLE.relative_to(ROOT)))


def test() -> int:
    """Set up and run every check, the slow tests included."""
    return _test("")


def quick() -> int:
    """Set up and run every check but the slow tests."""
    return _test("not slow and not client and not postgres and not sandbox and not watch")


def lock() -> int:
    """Resolve the dependencies and write them with hashes; needs uv on the PATH or in the environment."""
    uv = shutil.which("uv") or str(BIN / "uv")
    export = [uv, "export", "--quiet", "--no-header", "--no-emit-project", "--no-annotate"]
    export += ["--format", "requirements.txt"]
    base = ["--no-default-groups", "--extra", "gate", "--extra", "sigma", "--extra", "mail"]
    groups = (("base", base), ("build", ["--only-group", "build"]), ("dev", ["--group", "dev"]))
    for name, extra in groups:
        target = ROOT / "requirements" / f"{name}.txt"
        code = subprocess.call([*export, *extra, "--output-file", str(target)], cwd=ROOT, stdout=subprocess.DEVNULL)
        if code:
            return code
    return 0


def _test(marker: str) -> int:
    _set_up("dev")
    if not shutil.which("npm"):
        print("npm is missing: the tests with real clients need Node.js and npm on the PATH.", file=sys.stderr)
        return 2
    if not marker and not (shutil.which("initdb") or next(Path("/usr/lib/postgresql").glob("*/bin/initdb"), None)):
        print(
            "PostgreSQL is missing: the tests with a real server need initdb (`quick` goes without).", file=sys.stderr
        )
        return 2
    steps = (
        ("-m", "ruff", "check", "."),
        ("-m", "ruff", "format", "--check", "."),
        ("-m", "mypy"),
        ("-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"),
        ("-m", "pytest", "-q", "-n", "2", *(("-m", marker) if marker else ())),
    )
    for step in steps:
        print("+", " ".join(step[1:] if step[0] == "-m" else ("lint-imports",)), flush=True)
        code = _run(*step)
        if code:
            return code
    return 0


def _set_up(kind: str) -> None:
    """Make the environment unless it is there and fresh. `dev` holds everything that `base` does."""
    wanted = ROOT / "requirements" / f"{kind}.txt"
    digest = hashlib.sha256(wanted.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = VENV / f"lazaretto-{kind}.stamp"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == digest:
        return
    print(f"Setting up {VENV.name} ({kind}) ...", file=sys.stderr, flush=True)
    if not PYTHON.exists():
        venv.create(VENV, with_pip=True, clear=VENV.exists())
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for step in (
        [*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / "requirements" / "build.txt")],
        [*pip, "--require-hashes", "-r", str(wanted)],
        [*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
    ):
        if code := _run(*step):
            sys.exit(code)
    stamp.write_text(digest)


def _run(*arguments: str) -> int:
    return subprocess.call([str(PYTHON), *arguments], cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
