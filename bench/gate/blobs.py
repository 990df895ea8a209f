"""Measure the gate's cache of artifacts: arriving, being kept, being asked for.

python bench/gate/blobs.py [--size 4400000] [--count 100] [--folder FOLDER]
"""

import argparse
import hashlib
import os
import tempfile
import time
from pathlib import Path

from lazaretto.adapters.gate_blobs import Blobs

CHUNK = 256 << 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=4_400_000)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lazaretto-blobs-", dir=given.folder) as folder:
        blobs = Blobs(Path(folder), 1 << 40)
        keys = []
        wall, cpu = time.perf_counter(), time.process_time()
        base = os.urandom(given.size)
        for number in range(given.count):
            data = number.to_bytes(8) + base[8:]
            with blobs.begin() as writer:
                for start in range(0, len(data), CHUNK):
                    writer.feed(data[start : start + CHUNK])
                with writer.commit(urls=[f"https://files.example.test/{number}"]) as blob:
                    keys.append(f"sha512:{blob.digests.sha512}")
        show("arriving and kept", given.count, wall, cpu)
        wall, cpu = time.perf_counter(), time.process_time()
        for number in range(given.count):
            data = number.to_bytes(8) + base[8:]
            hashlib.sha256(data)
        show("(of that: making the data, SHA-256 alone)", given.count, wall, cpu)
        blobs.close()
        blobs = Blobs(Path(folder), 1 << 40)
        for title, times in (("asked for, first time (verified)", 1), ("asked for, later", 20)):
            wall, cpu = time.perf_counter(), time.process_time()
            for _ in range(times):
                for key in keys:
                    blob = blobs.open(key)
                    assert blob is not None
                    blob.close()
            show(title, given.count * times, wall, cpu)
        blobs.close()


def show(title: str, count: int, wall: float, cpu: float) -> None:
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{title:<45} {wall / count * 1000:9.3f} ms   {cpu / count * 1000:9.3f} ms CPU")


if __name__ == "__main__":
    main()
