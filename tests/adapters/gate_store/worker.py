"""What a gate's process does, for tests with several: `python worker.py TASK PLACE ARGUMENTS...`."""

import os
import sys
import time
from datetime import UTC, datetime

from lazaretto.adapters.gate_store import GateStore
from lazaretto.model.gate import Decided, Examined
from lazaretto.model.text import Message
from lazaretto.model.verdict import Grade, Outcome

NOW = datetime(2099, 6, 15, tzinfo=UTC)


def examine(store, name, count):
    """Examine every one of so many digests, once among all; prints what it examined itself."""
    owner = f"{os.getpid()}"
    for number in range(int(count)):
        key = f"sha512:{number:0128x}"
        if store.examined_or_lease(key, owner, 30, 60) is None:
            print(number, flush=True)  # noqa: T201
            time.sleep(0.002)
            answer = Examined(f"{number:064x}", Grade.NOTHING_FOUND, 0.0, True, (), Message(""), "e", NOW)
            store.put_examination(key, answer)
            store.release(key, owner)


def log(store, name, size):
    """Write batches for ever; prints the number of each when it is written."""
    number = 0
    while True:
        batch = [
            Decided(NOW, f"{name}-{number}", "", "npm", "", "file", f"pkg:npm/{name}@{i}", "f", "", Outcome.ALLOW, Outcome.ALLOW, "")
            for i in range(int(size))
        ]  # fmt: skip
        store.log(batch, NOW)
        print(number, flush=True)  # noqa: T201
        number += 1


if __name__ == "__main__":
    {"examine": examine, "log": log}[sys.argv[1]](GateStore(sys.argv[2]), *sys.argv[3:])
