"""GuardDog's own source-code engine and score (0 to 10), without metadata: nothing is asked of a network.

As it ships, it compiles its rules again for each package, in the same process, too. That is loading, so the clock
should not count it: here they are compiled once, which is to its advantage (in time, not in memory). `--as-shipped`
leaves it as it is.
"""

import functools
import sys
import tempfile

import yara
from guarddog.analyzer import analyzer
from guarddog.ecosystems import ECOSYSTEM
from guarddog.scanners import get_package_scanner
from serve import serve

if "--as-shipped" not in sys.argv:
    compiled = functools.cache(lambda filepath: yara.compile(filepath=filepath))
    analyzer.yara = type("Yara", (), {**vars(yara), "compile": staticmethod(compiled)})
scanners = {"pypi": get_package_scanner(ECOSYSTEM.PYPI), "npm": get_package_scanner(ECOSYSTEM.NPM)}


def scan(package: dict) -> float:
    return float(scanners[package["ecosystem"]].scan_local(package["folder"])["risk_score"]["score"])


if __name__ == "__main__":
    for scanner in scanners.values():  # compile all rules before the clock starts
        with tempfile.TemporaryDirectory() as folder:
            scanner.scan_local(folder)
    serve(scan)
