"""Build the benign corpora from dependency closures of real projects, with ordinary clients and their configuration.

    python bench/corpora.py resolve        closures of projects.toml -> benign_{pypi,npm}.tsv, names and versions
    python bench/corpora.py fetch FOLDER   the files of these lists, and FOLDER/benign_{pypi,npm}_{tune,val}.jsonl

Only names whose SHA-256 ends in an even digit are listed or fetched; a second-last digit that is even makes a name
part of `tune` (its false alarms may be read), odd of `val` (only counted). Nothing of a package is ever run: closures
are resolved from wheels and with lock files only, npm runs no scripts, and pip fetches source archives with an
interpreter for builds that does nothing. pip leaves a source archive unpacked; it is packed again, without its times
and owners.

Needs pip, npm and (to resolve) uv. Classes: `dual-use` and `longtail` as listed, `install-script` as npm's lock says,
`popular` whatever is in the closures of three or more projects, `dependency` the rest.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.parser import BytesHeaderParser
from pathlib import Path

HERE = Path(__file__).parent
LARGEST = 20 << 20
PIP_WITHOUT_BUILDS = (
    "import sys; sys.executable = sys.argv.pop(1)\nfrom pip._internal.cli.main import main\nsys.exit(main())"
)
NPM_QUIET = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
NPM_MOST = 2_000

Row = tuple[str, str, str, str]
"""Name, version (empty: the newest), `wheel`, `sdist` or `tarball`, class."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("resolve", "fetch"):
        command = commands.add_parser(name)
        command.add_argument("--only", choices=["pypi", "npm"])
        if name == "fetch":
            command.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    for kind in ("pypi", "npm"):
        if arguments.only not in (None, kind):
            continue
        listed = HERE / f"benign_{kind}.tsv"
        if arguments.command == "resolve":
            plan = tomllib.loads((HERE / "projects.toml").read_text("utf-8"))[kind]
            rows = sorted(set(resolve_pypi(plan) if kind == "pypi" else resolve_npm(plan)))
            listed.write_text("".join("\t".join(row) + "\n" for row in rows), "utf-8")
            print(f"{kind}: {len(rows)} names, {dict(Counter(row[3] for row in rows))}")
        else:
            rows = [tuple(line.split("\t")) for line in listed.read_text("utf-8").splitlines()]
            fetch(kind, rows, arguments.folder.resolve())
    return 0


def part_of(name: str) -> str | None:
    """The corpus rule: `tune`, `val`, or None for a name that is never opened."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    if int(digest[-1], 16) % 2:
        return None
    return "val" if int(digest[-2], 16) % 2 else "tune"


def normalize(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def resolve_pypi(plan: dict) -> Iterator[Row]:
    """Closures by uv, from wheels only; four in ten names are fetched as source archive."""
    single = {normalize(name): kind for kind in ("longtail", "dual-use") for name in plan[kind]}
    wanted = [*plan["projects"], *(name for name in single if part_of(name))]
    with ThreadPoolExecutor(4) as pool:
        closures = list(pool.map(lambda entry: _compile(entry, plan["python"], alone=entry in single), wanted))
    counts: Counter[str] = Counter()
    versions: dict[str, str] = {}
    for entry, closure in zip(wanted, closures, strict=True):
        if entry in single:
            versions.setdefault(entry, closure.get(entry, ""))
        else:
            counts.update(closure.keys())
            versions.update(closure)
    for name, version in versions.items():
        if part_of(name):
            klass = single.get(name) or ("popular" if counts[name] > 2 else "dependency")
            digit = int(hashlib.sha256(name.encode()).hexdigest()[-3], 16)
            yield name, version, "sdist" if digit < 6 or not version else "wheel", klass


def _compile(entry: str, python: str, *, alone: bool) -> dict[str, str]:
    command = [shutil.which("uv") or "uv", "pip", "compile", "--quiet", "--only-binary", ":all:", "--no-header"]
    command += ["--no-annotate", "--python-version", python, "-", *(["--no-deps"] if alone else [])]
    text = "\n".join(entry.split())
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode and not alone:
        print(f"no closure: {entry}", file=sys.stderr)
    found = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", done.stdout, re.MULTILINE)
    return {normalize(name): version for name, version in found}


def resolve_npm(plan: dict) -> Iterator[Row]:
    """Closures by `npm install --package-lock-only`; every install script and dual-use name, then by digest."""
    dual = {name for name in plan["dual-use"] if part_of(name)}
    wanted = [*plan["projects"], *sorted(dual)]
    with ThreadPoolExecutor(3) as pool:
        closures = list(pool.map(_lock, wanted))
    counts: Counter[str] = Counter()
    versions: dict[str, tuple[list[int], str, bool]] = {}
    for entry, closure in zip(wanted, closures, strict=True):
        counts.update({name for name, _, _ in closure} if entry not in dual else ())
        for name, version, scripts in closure:
            order = [int(digits) for digits in re.findall(r"\d+", version.partition("-")[0])]
            versions[name] = max(versions.get(name, ([], "", False)), (order, version, scripts))
    rows = []
    for name, (_, version, scripts) in versions.items():
        if part_of(name):
            klass = "install-script" if scripts else "dual-use" if name in dual else ""
            rows.append((name, version, "tarball", klass or ("popular" if counts[name] > 2 else "dependency")))
    special = [row for row in rows if row[3] in ("install-script", "dual-use")]
    others = sorted(
        (row for row in rows if row not in special), key=lambda row: hashlib.sha256(row[0].encode()).digest()
    )
    yield from special
    yield from others[: max(0, NPM_MOST - len(special))]


def _lock(entry: str) -> list[tuple[str, str, bool]]:
    with tempfile.TemporaryDirectory() as folder:
        document = {"name": "closure", "version": "1.0.0", "dependencies": dict.fromkeys(entry.split(), "latest")}
        Path(folder, "package.json").write_text(json.dumps(document))
        command = [shutil.which("npm") or "npm", "install", "--package-lock-only", "--legacy-peer-deps", *NPM_QUIET]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=900, check=False)
        lock = Path(folder, "package-lock.json")
        if done.returncode or not lock.exists():
            print(f"no closure: {entry}", file=sys.stderr)
            return []
        found = []
        for place, row in json.loads(lock.read_text("utf-8"))["packages"].items():
            if place and not row.get("link") and row.get("integrity") and "version" in row:
                name = row.get("name") or place.rpartition("node_modules/")[2]
                found.append((name, row["version"], bool(row.get("hasInstallScript"))))
        return found


def fetch(kind: str, rows: list[Row], folder: Path) -> None:
    """Fetch what is not there yet and write the lists."""
    base = folder / "benign" / kind
    jobs = []
    for part in ("tune", "val"):
        (base / part).mkdir(parents=True, exist_ok=True)
        for form in ("wheel", "sdist", "tarball"):
            names = [row for row in rows if part_of(row[0]) == part and row[2] == form]
            size = 1 if form == "sdist" else 25
            jobs += [(form, names[start : start + size], base / part) for start in range(0, len(names), size)]
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda job: _fetch_some(*job), jobs))
    found = {row: path for result in results for row, path in result}
    for part in ("tune", "val"):
        lines = []
        for row, path in sorted(found.items()):
            if part_of(row[0]) == part:
                repo = f"{row[0]}=={_version(row, path)}"
                lines.append(json.dumps({"archive": str(path), "repo": repo, "class": row[3], "listed": []}) + "\n")
        (folder / f"benign_{kind}_{part}.jsonl").write_text("".join(lines), "utf-8")
        print(f"{kind} {part}: {len(lines)}")
    print(f"{kind}: not to be had, or over {LARGEST >> 20} MB: {len(rows) - len(found)}")


def _fetch_some(form: str, rows: list[Row], folder: Path) -> list[tuple[Row, Path]]:
    there = {row: path for row in rows if (path := _there(form, row, folder))}
    missing = [row for row in rows if row not in there]
    if missing:
        with tempfile.TemporaryDirectory() as scratch:
            _download(form, missing, Path(scratch))
            for file in Path(scratch).iterdir():
                if file.is_file() and file.stat().st_size <= LARGEST:
                    shutil.move(file, folder / file.name)
        there |= {row: path for row in missing if (path := _there(form, row, folder))}
        left = [row for row in missing if row not in there]
        if len(missing) > 1:
            there |= {row: path for one in left for row, path in _fetch_some(form, [one], folder)}
    return list(there.items())


def _there(form: str, row: Row, folder: Path) -> Path | None:
    name, version = row[:2]
    if form == "tarball":
        path = folder / f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"
        return path if path.is_file() else None
    if form == "sdist":
        return next(iter(sorted(folder.glob(f"{name}-{version or '*'}.sdist.tar.gz"))), None)
    stem = name.replace("-", "[-_.]")
    fitting = re.compile(f"{stem}-{re.escape(version)}-.*\\.whl", re.IGNORECASE)
    return next((path for path in sorted(folder.glob("*.whl")) if fitting.fullmatch(path.name)), None)


def _version(row: Row, path: Path) -> str:
    return row[1] or path.name.removeprefix(f"{row[0]}-").removesuffix(".sdist.tar.gz")


def _download(form: str, rows: list[Row], folder: Path) -> None:
    if form == "tarball":
        specs = [f"{name}@{version}" for name, version, *_ in rows]
        command = [shutil.which("npm") or "npm", "pack", *NPM_QUIET, "--pack-destination", str(folder), *specs]
        where = folder / "empty"
        where.mkdir()
        (where / "package.json").write_text("{}")
        _run(command, where)
        return
    specs = [f"{name}=={version}" if version else name for name, version, *_ in rows]
    if form == "wheel":
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        _run([*pip, "--dest", str(folder), *specs], folder)
        return
    (name, version, *_), *_ = rows
    unpacked = folder / "unpacked"
    unpacked.mkdir()
    nothing = shutil.which("false") or "/bin/false"
    pip = [
        sys.executable,
        "-c",
        PIP_WITHOUT_BUILDS,
        nothing,
        "download",
        "--quiet",
        "--no-deps",
        "--no-binary",
        ":all:",
    ]
    options = ["--no-build-isolation", "--use-pep517", "--no-clean", "--dest", str(folder / "built")]
    _run([*pip, *options, *specs], folder, {"TMPDIR": str(unpacked)})
    for place in sorted(unpacked.glob("pip-download-*/*/")):
        if any((place / file).is_file() for file in ("PKG-INFO", "setup.py", "pyproject.toml")):
            exact = version or _told(place / "PKG-INFO")
            _pack(place, folder / f"{name}-{exact}.sdist.tar.gz", f"{name}-{exact}")
            break


def _run(command: list[str], folder: Path, more: dict[str, str] | None = None) -> None:
    subprocess.run(
        command, cwd=folder, env={**os.environ, **(more or {})}, capture_output=True, timeout=900, check=False
    )


def _told(metadata: Path) -> str:
    if not metadata.is_file():
        return "0"
    return str(BytesHeaderParser().parsebytes(metadata.read_bytes()).get("Version", "0")).strip()


def _pack(folder: Path, target: Path, root: str) -> None:
    """Make the same bytes of the same files."""
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", mtime=0, fileobj=raw) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as tar,
    ):
        for path in _files(folder.rglob("*")):
            info = tarfile.TarInfo(f"{root}/{path.relative_to(folder).as_posix()}")
            data = path.read_bytes()
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def _files(paths: Iterable[Path]) -> list[Path]:
    return sorted(path for path in paths if path.is_file() and not path.is_symlink())


if __name__ == "__main__":
    sys.exit(main())
