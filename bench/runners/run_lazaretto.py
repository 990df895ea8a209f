"""Lazaretto in one warm process, reading the archive itself: 2 = malicious, 1 = suspicious, 0 = nothing found."""

import msgspec
from serve import serve

from lazaretto.app import check
from lazaretto.model.report import Checked

work = check._make_checker(check.Options(jobs=1, cache=False))  # noqa: SLF001 - what a worker of `check_many` runs
decode = msgspec.msgpack.Decoder(Checked)
SCORES = {"malicious": 2.0, "suspicious": 1.0, "nothing-found": 0.0}


def scan(package: dict) -> float:
    return SCORES.get(decode.decode(work(package["archive"].encode())).verdict.grade.word, 0.0)


if __name__ == "__main__":
    serve(scan)
