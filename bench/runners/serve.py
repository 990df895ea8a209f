"""What every runner speaks: one JSON line for each package on stdin, one JSON answer on stdout.

    {"archive": PATH, "folder": PATH of the same files, laid out, "ecosystem": "pypi" or "npm"}
    {"score": NUMBER, "cpu": seconds of this process for this package, user and system, "rss": MB, the largest so far}

A first line says that rules and models are loaded; that time is not counted. A runner is run by the peer's own
interpreter, so only the standard library may be used here.
"""

import json
import os
import resource
import sys
from collections.abc import Callable


def serve(scan: Callable[[dict], float]) -> None:
    """Answer until stdin ends; `scan` gives a package's score."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a peer prints is not an answer
    print(json.dumps({"ready": True}), file=out, flush=True)
    for line in sys.stdin:
        before = _cpu()
        try:
            answer = {"score": scan(json.loads(line))}
        except Exception as error:  # noqa: BLE001 - a peer's crash is a result, too
            answer = {"score": 0, "error": f"{type(error).__name__}: {error}"[:200]}
        answer |= {"cpu": _cpu() - before, "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
        print(json.dumps(answer), file=out, flush=True)


def _cpu() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
