"""The nine clients, from their registries, each in a folder of its own that holds only its programs.

    tools = fetch(folder)       {"npm": PATH, "pnpm": PATH, "yarn1": PATH, ...}; what could not be had is not in it
    kitchen = Kitchen(tools, tmp_path)
    kitchen.environment("pnpm") a clean home and a PATH on which the client comes first

`LAZARETTO_TEST_CLIENTS=FOLDER` keeps them between runs.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

NODE = {
    "pnpm9": ("pnpm@9", "pnpm/bin/pnpm.cjs", "pnpm"),
    "pnpm": ("pnpm@10", "pnpm/bin/pnpm.cjs", "pnpm"),
    "pnpm12": ("pnpm@12", "@pnpm/exe.*/pnpm", "pnpm"),
    "yarn1": ("yarn@1", "yarn/bin/yarn.js", "yarn"),
    "yarn": ("@yarnpkg/cli-dist@4", "@yarnpkg/cli-dist/bin/yarn.js", "yarn"),
    "bun": ("bun@1", "bun/bin/bun*", "bun"),
}
PYTHON = {"pip": ("pip>=26",), "uv": ("uv",), "poetry": ("poetry",), "pdm": ("pdm", "hishel<2")}
"""`hishel` 2 breaks pdm 2.29."""
_KEPT = ("LANG", "TMPDIR", "SYSTEMROOT")


def fetch(folder: Path, names: tuple[str, ...] = ()) -> dict[str, Path]:
    """Install what is not there yet; return client -> folder for PATH."""
    found = {}
    npm = shutil.which("npm")
    if npm:
        found["npm"] = Path(npm).parent
    for name, (package, where, program) in NODE.items():
        place, ready = folder / name, folder / name / "bin"
        if (not names or name in names) and npm and not ready.is_dir():
            _quiet([npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", place, package], folder)
            if name == "bun":  # its program is fetched by its own script
                _quiet(["node", "install.js"], place / "node_modules/bun")
            real = [
                path
                for path in sorted((place / "node_modules").glob(where))
                if path.is_file() and path.suffix != ".txt"
            ]
            if real:
                ready.mkdir()
                real[0].chmod(0o755)
                (ready / program).symlink_to(real[0])
                if name == "bun":
                    (ready / "bunx").symlink_to(real[0])
        if ready.is_dir():
            found[name] = ready
    for name, wanted in PYTHON.items():
        place = folder / name
        if (not names or name in names) and not (place / "bin" / name).exists():
            _quiet([sys.executable, "-m", "venv", place], folder)
            _quiet([place / "bin/python", "-m", "pip", "install", "-q", "-U", *wanted], folder)
        if (place / "bin" / name).exists():
            found[name] = place / "bin"
    return found


def _quiet(command: list[object], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, timeout=300, check=False)


class Kitchen:
    """A project folder and a home without any setting of this machine."""

    def __init__(self, tools: Mapping[str, Path], folder: Path) -> None:
        self.tools = tools
        self.folder = folder
        self.home = folder / "home"
        self.project = folder / "home/project"
        (self.project / ".git").mkdir(parents=True)

    def environment(self, client: str) -> dict[str, str]:
        node = shutil.which("node") or "node"
        path = [str(self.tools[client]), str(Path(node).parent), "/usr/bin", "/bin"]
        found = {name: os.environ[name] for name in _KEPT if name in os.environ}
        if client == "yarn1":  # to root it has one cache for the whole machine
            found["YARN_CACHE_FOLDER"] = str(self.folder / "yarn-cache")
        return found | {
            "PATH": os.pathsep.join(path), "HOME": str(self.home), "CI": "", "YARN_ENABLE_TELEMETRY": "0",
            "PYTHONDONTWRITEBYTECODE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "NO_COLOR": "1", "npm_config_fund": "false",
            "npm_config_audit": "false", "YARN_ENABLE_IMMUTABLE_INSTALLS": "0", "UV_PYTHON_DOWNLOADS": "never",
        }  # fmt: skip

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (self.project / name).parent.mkdir(parents=True, exist_ok=True)
            (self.project / name).write_text(text)

    def run(self, command: tuple[str, ...], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.project, env=dict(environment), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=180, check=False,
        )  # fmt: skip
