"""Measure the recognition of copies: popular packages, renamed in memory, each with one file changed and one added.

    python bench/clones.py recall FOLDER [--store FILE] [--names 40] [--only ARCHIVES.txt]
    python bench/clones.py speed ARCHIVE ...

FOLDER is what `tools/fetch_popular.py` filled. Only names whose SHA-256 ends in an even digit are taken. A copy is
made of the newest archive (`known`) and, when the store was built with `--leave-out`, of those in `--only` (`unseen`).
Nothing is unpacked to disk, installed or run. Printed are the shares that were recognised as copies of the right
package, of another one, and not at all; and the share of files whose change or addition was told.
"""

import argparse
import contextlib
import hashlib
import json
import time
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

from lazaretto.adapters.targets import TargetError, open_target
from lazaretto.detect.catalog import RULES
from lazaretto.detect.clone_store import Store, shipped
from lazaretto.detect.clones import find_clones
from lazaretto.detect.engine import Engine
from lazaretto.detect.project import FileInfo, Project
from lazaretto.model.finding import Signal
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS
from lazaretto.parse.fingerprint import fingerprint, is_library_code
from lazaretto.parse.limits import DEFAULT

ARCHIVES = (".whl", ".tgz", ".tar.gz", ".zip")
ADDED = {
    "py": b"def added_by_the_copy(value):\n    return value + 12345\n",
    "js": b"module.exports.addedByTheCopy = 12345;\n",
}
NEW = "zephyrlib"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    recall_parser = commands.add_parser("recall")
    recall_parser.add_argument("folder", type=Path)
    recall_parser.add_argument("--store", type=Path)
    recall_parser.add_argument("--names", type=int, default=40, help="names of each world, every so many of the list")
    recall_parser.add_argument("--only", type=Path, help="file with archive names: copies are made of these")
    speed_parser = commands.add_parser("speed")
    speed_parser.add_argument("places", nargs="+", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "recall":
        recall(arguments)
    else:
        speed(arguments.places)


def recall(arguments: argparse.Namespace) -> None:
    store = Store(arguments.store.read_bytes()) if arguments.store else shipped()
    signed = {(store.world(number), store.name(number)) for number in range(len(store))}
    wanted = set(arguments.only.read_text().split()) if arguments.only else None
    for world in (world for world in ("npm", "pypi") if (arguments.folder / world).exists()):
        found: Counter[str] = Counter()
        folders = [f for f in sorted((arguments.folder / world).iterdir()) if even(unquote(f.name))]
        if wanted is None:
            folders = folders[:: max(1, len(folders) // arguments.names)][: arguments.names]
        for folder in folders:
            name = unquote(folder.name)
            archives = [path for path in sorted(folder.iterdir()) if path.name.endswith(ARCHIVES)]
            archives = archives[-1:] if wanted is None else [path for path in archives if path.name in wanted]
            if (world, name) not in signed:
                found["no signature (too little code, or nothing of its own)"] += bool(archives)
                continue
            for path in archives:
                found[verdict(path, world, name, store)] += 1
        total = sum(count for kind, count in found.items() if not kind.startswith("no signature"))
        print(f"{world}: {total} copies")
        for kind, count in found.most_common():
            print(f"  {count:5} {kind}")


def verdict(path: Path, world: str, name: str, store: Store) -> str:
    project, changed, added = copied(path, world, name)
    clones = find_clones(project, store)
    if not clones:
        return f"not recognised: {name}" if len(project.signals) > 3 else "not recognised, three files or fewer"
    if clones[0].name != name:
        return f"another: {name} taken for {clones[0].name}"
    told = (changed in clones[0].changed) + (added in clones[0].extra)
    return "right package, both files told" if told == 2 else f"right package, {told} of 2 files told"


def copied(path: Path, world: str, name: str) -> tuple[Project, str, str]:
    """Return the renamed copy, the path of its changed file and that of its added one."""
    blobs: dict[str, Blob] = {}
    with contextlib.suppress(TargetError), contextlib.closing(open_target(str(path), DEFAULT, online=False)) as target:
        for entry in target.entries(
            lambda p: is_library_code(p) or p.endswith(("package.json", "METADATA", "PKG-INFO"))
        ):
            inner = entry.path.replace(name, NEW).replace(name.replace("-", "_"), NEW)
            data = entry.load()
            if name.isidentifier() or "-" in name:
                data = data.replace(name.encode(), NEW.encode()).replace(name.replace("-", "_").encode(), NEW.encode())
            if inner.endswith("package.json"):
                data = renamed_manifest(data)
            elif inner.endswith(("METADATA", "PKG-INFO")):
                data = b"Metadata-Version: 2.1\nName: " + NEW.encode() + b"\nVersion: 1.0\n"
            blobs[inner] = Blob(inner, data)
    code = sorted((p for p in blobs if is_library_code(p) and ".d." not in p), key=lambda p: (-len(blobs[p].data), p))
    changed = code[len(code) // 2] if code else ""
    kind = "py" if world == "pypi" else "js"
    if changed:
        blobs[changed] = Blob(changed, blobs[changed].data + b"\n" + ADDED[kind])
    top = changed.rpartition("/")[0]
    added = f"{top}/extra_helper.{kind}" if top else f"extra_helper.{kind}"
    blobs[added] = Blob(added, ADDED[kind])
    signals = [
        Signal("fingerprint", one.encoded(), p)
        for p, blob in blobs.items()
        if is_library_code(p) and (one := fingerprint(p, blob.data)) is not None
    ]
    infos = {p: FileInfo(len(blob.data), "") for p, blob in blobs.items()}
    return Project(infos, signals, read=blobs.get), changed, added


def renamed_manifest(data: bytes) -> bytes:
    try:
        document = json.loads(data)
    except ValueError:
        return data
    return json.dumps({**document, "name": NEW, "repository": None, "homepage": None, "author": None}).encode()


def even(name: str) -> bool:
    return int(hashlib.sha256(name.encode()).hexdigest()[-1], 16) % 2 == 0


def speed(places: list[Path]) -> None:
    engine = Engine(RULES, VIEWS)
    size = fingerprints = whole = 0.0
    for place in places:
        with contextlib.closing(open_target(str(place), DEFAULT, online=False)) as target:
            for entry in target.entries():
                blob = Blob(entry.path, entry.load())
                size += len(blob.data)
                started = time.process_time()
                if is_library_code(blob.path) and (one := fingerprint(blob.path, blob.data)) is not None:
                    one.encoded()
                between = time.process_time()
                engine.examine(blob)
                whole += time.process_time() - between
                fingerprints += between - started
    share = f"{fingerprints / whole:.1%}"
    print(f"{size / 1e6:.1f} MB: fingerprints {fingerprints:.2f} s, all file rules {whole:.2f} s, {share}")


if __name__ == "__main__":
    main()
