"""What a gate's process does, for tests with several: `python worker.py TASK PLACE ARGUMENTS...`."""

import os
import sys
import time
from datetime import UTC, datetime

from lazaretto.adapters.gate_store import GateStore, GateStoreError, Trouble
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


def batch(name, number, size):
    allow = Outcome.ALLOW
    return [
        Decided(NOW, f"{name}-{number}", "", "npm", "", "file", f"pkg:npm/{name}@{i}", "f" * 300, "", allow, allow, "")
        for i in range(size)
    ]


def fill(store, limit):
    """Write until a limit for the size of files stops it, and go on when there is room again; prints `done`."""
    import resource

    store.log(batch("a", 0, 1), NOW)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))
    written = 1
    try:
        while True:
            store.log(batch("b", written, 100), NOW)
            written += 100
    except GateStoreError as error:
        if error.trouble is not Trouble.FULL or not error.retry:
            raise
    numbers = [store.counts(None, NOW)[0].number]
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    store.log(batch("c", 0, 1), NOW)
    numbers.append(store.counts(None, NOW)[0].number)
    print("done" if numbers == [written, written + 1] else (written, numbers))  # noqa: T201


def log(store, name, size):
    """Write batches for ever; prints the number of each when it is written."""
    number = 0
    while True:
        store.log(batch(name, number, int(size)), NOW)
        print(number, flush=True)  # noqa: T201
        number += 1


if __name__ == "__main__":
    {"examine": examine, "fill": fill, "log": log}[sys.argv[1]](GateStore(sys.argv[2]), *sys.argv[3:])
