"""How long does a hunt over many projects take? Makes a tree of cheap files, hunts, prints numbers.

    python bench/hunt.py --projects 500 --files 1000000 --jobs 2
    python bench/hunt.py --projects 100 --files 100000 --keep /tmp/tree      (a second run finds the tree there)

Every project has package.json, package-lock.json, a source folder, a git history of twelve commits, and node_modules
with 100 packages (which hold the rest of the files); every tenth a virtual environment; every hundredth names what is
sought, and every hundredth named it once, in a lockfile of the past.
A home around them has an npm cache, histories and an editor's workspaces.
"""

import argparse
import hashlib
import json
import os
import resource
import tempfile
import time
from pathlib import Path

from dulwich.objects import Blob, Commit, Tree
from dulwich.repo import Repo

from lazaretto.app.hunt import hunt
from lazaretto.app.hunt_plan import Options
from lazaretto.intel.pack import packs

PACKAGES = 100
COMMITS = 12
SOUGHT = "graphalgo"


def build(root: Path, projects: int, files: int) -> int:
    """Make the tree; return the number of files."""
    made = 0
    each = max(40, files // projects - 2 * PACKAGES - 10)
    inner = max(1, each // PACKAGES)
    for number in range(projects):
        folder = root / f"work/team{number % 20:02}/project{number:04}"
        names = [f"lib-{number % 50:02}-{index:03}" for index in range(PACKAGES)]
        if number % 100 == 7:
            names[3] = SOUGHT
        made += _project(folder, names, inner)
        made += _history(folder, names, SOUGHT if number % 100 == 57 else "")
        if number % 10 == 0:
            made += _venv(folder / ".venv/lib/python3.12/site-packages", number)
    made += _home(root, projects)
    return made


def _project(folder: Path, names: list[str], inner: int) -> int:
    made = 2
    (folder / "src").mkdir(parents=True)
    manifest = {"name": folder.name, "dependencies": dict.fromkeys(names[:20], "^1.0.0")}
    (folder / "package.json").write_text(json.dumps(manifest, indent=2))
    (folder / "package-lock.json").write_text(_lockfile(names))
    for index in range(20):
        (folder / f"src/file{index}.ts").touch()
        made += 1
    for name in names:
        package = folder / "node_modules" / name
        (package / "lib").mkdir(parents=True)
        text = {"name": name, "version": "2.2.9", "description": "x" * 300, "main": "lib/index.js", "license": "MIT"}
        (package / "package.json").write_text(json.dumps(text, indent=2))
        for index in range(inner):
            (package / f"lib/f{index}.js").touch()
        made += 1 + inner
    return made


def _lockfile(names: list[str]) -> str:
    entries = {
        f"node_modules/{name}": {
            "version": "2.2.9",
            "resolved": f"https://registry.example.test/{name}/-/{name}-2.2.9.tgz",
            "integrity": "sha512-" + "A" * 86 + "==",
            "dependencies": {"lib-a": "^1.0.0", "lib-b": "^2.0.0"},
        }
        for name in names
    }
    return json.dumps({"lockfileVersion": 3, "packages": {"": {}, **entries}}, indent=2)


def _history(folder: Path, names: list[str], once: str) -> int:
    """Commit lockfiles that grow; `once` is a name that one of them held."""
    repository = Repo.init(str(folder))
    manifest = Blob.from_string((folder / "package.json").read_bytes())
    repository.object_store.add_object(manifest)
    parents: list[bytes] = []
    for number in range(COMMITS):
        held = names[: len(names) - COMMITS + number + 1]
        if once and number == COMMITS // 2:
            held = [*held, once]
        lockfile = Blob.from_string(_lockfile(held).encode())
        tree = Tree()
        tree.add(b"package-lock.json", 0o100644, lockfile.id)
        tree.add(b"package.json", 0o100644, manifest.id)
        commit = Commit()
        commit.tree, commit.parents = tree.id, parents
        commit.author = commit.committer = b"A <a@example.test>"
        commit.author_time = commit.commit_time = 1_780_000_000 + number * 86_400
        commit.author_timezone = commit.commit_timezone = 0
        commit.message = f"step {number}".encode()
        for item in (lockfile, tree, commit):
            repository.object_store.add_object(item)
        parents = [commit.id]
    repository.refs[b"refs/heads/main"] = parents[0]
    repository.refs.set_symbolic_ref(b"HEAD", b"refs/heads/main")
    return 3 * COMMITS + 1


def _venv(site: Path, number: int) -> int:
    made = 0
    for index in range(30):
        name = f"package_{number % 7}_{index}"
        info = site / f"{name}-1.0.dist-info"
        (site / name).mkdir(parents=True)
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n\n")
        (info / "RECORD").write_text("")
        (site / name / "__init__.py").touch()
        made += 3
    return made


def _home(root: Path, projects: int) -> int:
    index = root / ".npm/_cacache/index-v5"
    for number in range(projects * 10):
        url = f"https://registry.example.test/lib-{number}/-/lib-{number}-1.0.0.tgz"
        entry = json.dumps(
            {"key": f"make-fetch-happen:request-cache:{url}", "integrity": None, "time": 1_790_000_000_000}
        )
        name = hashlib.sha256(url.encode()).hexdigest()
        (index / name[:2] / name[2:4]).mkdir(parents=True, exist_ok=True)
        (index / name[:2] / name[2:4] / name[4:]).write_text(f"\n{name[:40]}\t{entry}")
    lines = "".join(f": {1_790_000_000 + line}:0;npm install lib-{line}\n" for line in range(50_000))
    (root / ".zsh_history").write_text(lines)
    return projects * 10 + 1


def main() -> None:
    """Build, hunt, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=100)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="make the tree here, or use the one that is here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hunt-") as scratch:
        root = given.keep or Path(scratch) / "home"
        if not root.exists():
            started = time.monotonic()
            made = build(root, given.projects, given.files)
            print(f"made {made:,} files in {time.monotonic() - started:.1f} s")
        packs()  # read once, before the clock starts: a program that runs has them
        for _ in range(2):
            options = Options(
                host=True, home=str(root), env={}, jobs=given.jobs, journal=Path(scratch) / "journal", system="linux"
            )
            hunted = hunt(options)
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            peak = max(used.ru_maxrss, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) // 1024
            print(
                f"{hunted.projects:,} projects, {hunted.folders:,} folders listed, {hunted.files:,} files listed, "
                f"{len(hunted.hits)} hits, {len(hunted.gaps)} gaps: {hunted.seconds:.2f} s with {given.jobs} workers, "
                f"{used.ru_utime + used.ru_stime:.1f} s of processor time in all workers so far, peak {peak} MB, "
                f"load {os.getloadavg()[0]:.1f}"
            )


if __name__ == "__main__":
    main()
