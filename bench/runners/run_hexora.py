"""hexora's score of the worst file, times ten. Python only."""

import tempfile
from pathlib import Path

import hexora
from serve import serve


def scan(package: dict) -> float:
    return 10 * max((result.get("score") or 0 for result in hexora.audit_path(package["folder"])), default=0)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:  # its model is loaded at the first file
        Path(folder, "warm.py").write_text("import os\nos.system('true')\nexec(input())\n")
        hexora.audit_path(folder)
    serve(scan)
