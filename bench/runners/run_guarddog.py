"""GuardDog's own source-code engine and score (0 to 10), without metadata: nothing is asked of a network.

Its rules are compiled once instead of once for each package, which is to its advantage.
"""

import functools

import yara
from guarddog.analyzer import analyzer
from guarddog.ecosystems import ECOSYSTEM
from guarddog.scanners import get_package_scanner
from serve import serve

compiled = functools.cache(lambda filepath: yara.compile(filepath=filepath))
analyzer.yara = type("Yara", (), {**vars(yara), "compile": staticmethod(compiled)})
scanners = {"pypi": get_package_scanner(ECOSYSTEM.PYPI), "npm": get_package_scanner(ECOSYSTEM.NPM)}


def scan(package: dict) -> float:
    return float(scanners[package["ecosystem"]].scan_local(package["folder"])["risk_score"]["score"])


if __name__ == "__main__":
    import tempfile

    for scanner in scanners.values():  # compile all rules before the clock starts
        with tempfile.TemporaryDirectory() as folder:
            scanner.scan_local(folder)
    serve(scan)
