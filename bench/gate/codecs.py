"""Time the gate's codecs on documents in the shape of the largest ones there are. CPU milliseconds, nothing else.

    python bench/gate/codecs.py [--runs N] [--packument FILE NAME] [--page FILE NAME]

Generated: a packument like `typescript`'s (3,478 versions, 10 MB) and a project page like `pydantic-core`'s (14,917
files, 10 MB with all fields; once more with a field that nobody knows). Real documents can be given as files. Printed:
the least and the median of the runs, in which everything is allowed but the three newest, and what the read document
holds in memory.
"""

import argparse
import gc
import json
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from lazaretto.ecosystems import packument, simple_page
from lazaretto.model.gate import Ruling
from lazaretto.model.verdict import Outcome

BASE = "http://127.0.0.1:8000"
ALLOW, HELD = Ruling(Outcome.ALLOW), Ruling(Outcome.QUARANTINE)
UPSTREAM = "https://registry.example.test"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--packument", nargs=2, metavar=("FILE", "NAME"))
    parser.add_argument("--page", nargs=2, metavar=("FILE", "NAME"))
    arguments = parser.parse_args()
    if arguments.packument:
        file, name = arguments.packument
        npm(name, Path(file).read_bytes(), arguments.runs)
    if arguments.page:
        file, name = arguments.page
        pypi(name, Path(file).read_bytes(), arguments.runs)
    if not arguments.packument and not arguments.page:
        npm("typed-script", packument_like_typescript(), arguments.runs)
        pypi("wide-core", page_like_pydantic_core(), arguments.runs)
        pypi("wide-core", page_like_pydantic_core({"x-new": 1}), arguments.runs, "with a new field")
    return 0


def npm(name: str, data: bytes, runs: int) -> None:
    print(f"packument {name}: {len(data) / 1e6:.1f} MB")
    found = timed("parse + candidates", lambda: packument.parse(data, name), runs)
    rulings = ruled([one.version for one in found.candidates])
    timed("full", lambda: found.full(rulings, BASE), runs)
    timed("abbreviated", lambda: found.abbreviated(rulings, BASE), runs)
    timed("parse + candidates + full", lambda: packument.parse(data, name).full(rulings, BASE), runs)
    print(f"  {len(found.candidates)} versions, {held(lambda: packument.parse(data, name)):.1f} MB beside the document")


def pypi(name: str, data: bytes, runs: int, note: str = "") -> None:
    print(f"page {name}: {len(data) / 1e6:.1f} MB {note}")
    found = timed("parse + candidates", lambda: simple_page.parse_json(data, name), runs)
    rulings = ruled([one.filename for one in found.candidates])
    timed("JSON", lambda: found.json(rulings, {}, BASE), runs)
    page = timed("HTML", lambda: found.html(rulings, {}, BASE), runs)
    timed("HTML, parsed", lambda: simple_page.parse_html(page, name, BASE), min(runs, 3))
    size = held(lambda: simple_page.parse_json(data, name))
    print(f"  {len(found.candidates)} files, {size:.1f} MB beside the document")


def ruled(keys: list[str]) -> dict[str, Ruling]:
    return dict.fromkeys(keys, ALLOW) | dict.fromkeys(keys[-3:], HELD)


def timed(what: str, run: Callable[[], Any], runs: int) -> Any:
    times = []
    answer = None
    for _ in range(runs):
        answer = None
        gc.collect()
        start = time.process_time()
        answer = run()
        times.append((time.process_time() - start) * 1e3)
    print(f"  {what:28} {min(times):7.1f} ms   median {median(times):7.1f}")
    return answer


def held(make: Callable[[], object]) -> float:
    gc.collect()
    tracemalloc.start()
    kept = make()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del kept
    return size / 1e6


def packument_like_typescript(number: int = 3_478, size: int = 3_000) -> bytes:
    name = "typed-script"
    versions, times = {}, {"created": "2012-10-01T15:35:39.553Z", "modified": "2026-10-01T00:00:00.000Z"}
    for index in range(number):
        stable = index % 20 == 0
        version = f"{index // 400}.{index // 20 % 20}.{0 if stable else 1}" + (
            "" if stable else f"-dev.2024{index % 12 + 1:02}{index % 28 + 1:02}.{index}"
        )
        filler = {f"script{key}": "node build/" + "x" * 40 for key in range(size // 70 - 12)}
        versions[version] = {
            "name": name,
            "version": version,
            "description": "a language for application scale development",
            "license": "Apache-2.0",
            "scripts": {"build": "hereby", **filler},
            "bin": {"tsc": "./bin/tsc"},
            "engines": {"node": ">=14.17"},
            "_npmUser": {"name": "team", "email": "team@example.test"},
            "dist": {
                "shasum": f"{index:040x}",
                "tarball": f"{UPSTREAM}/{name}/-/{name}-{version}.tgz",
                "fileCount": 180,
                "integrity": "sha512-" + f"{index:06}" + "A" * 80 + "==",
                "signatures": [{"sig": "MEUCIQ" + "A" * 86, "keyid": "SHA256:" + "b" * 43}],
                "unpackedSize": 32_000_000,
            },
        }
        times[version] = f"20{index // 300 + 12:02}-{index % 12 + 1:02}-{index % 28 + 1:02}T{index % 24:02}:00:00.000Z"
    latest = next(version for version in reversed(versions) if "-" not in version)
    document = {
        "_id": name,
        "name": name,
        "dist-tags": {"latest": latest, "next": version, "beta": version},
        "versions": versions,
        "time": times,
        "readme": "# " + "x" * 10_000,
        "maintainers": [{"name": "team"}],
    }
    return json.dumps(document, separators=(",", ":")).encode()


def page_like_pydantic_core(more: dict[str, object] | None = None, number: int = 14_917) -> bytes:
    files, versions = [], []
    for index in range(number):
        version = f"{index // 900}.{index // 90 % 10}.0"
        if index % 90 == 0:
            versions.append(version)
        tag = f"cp3{index % 7 + 8}-cp3{index % 7 + 8}-manylinux_2_17_{index % 90}.manylinux2014_x86_64"
        filename = f"wide_core-{version}.tar.gz" if index % 90 == 0 else f"wide_core-{version}-{tag}.whl"
        files.append(
            {
                "core-metadata": {"sha256": f"{index:064x}"},
                "data-dist-info-metadata": {"sha256": f"{index:064x}"},
                "filename": filename,
                "hashes": {"sha256": f"{index:064x}"},
                "provenance": None,
                "requires-python": ">=3.8",
                "size": 2_000_000 + index,
                "upload-time": f"2024-{index % 12 + 1:02}-{index % 28 + 1:02}T12:00:00.{index:06}Z",
                "url": f"https://files.example.test/packages/{index:02x}/{index:02x}/{index:060x}/{filename}",
                "yanked": False,
            }
            | (more or {})
        )
    meta = {"_last-serial": 1, "api-version": "1.4"}
    document = {
        "files": files,
        "meta": meta,
        "name": "wide-core",
        "project-status": {"status": "active"},
        "versions": versions,
    }
    return json.dumps(document).encode()


if __name__ == "__main__":
    raise SystemExit(main())
