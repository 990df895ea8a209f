"""The process that examines files for a gate: `python -m lazaretto.app.gate_worker`, one file at a time.

Frames on standard input and output: four bytes of length (big-endian), then msgpack. It has limits on memory and, for
each file in the archive, on processor time; its parent ends it when a whole file takes too long. Nothing is executed.
"""

import json
import os
import posixpath
import re
import signal
import struct
import sys
from contextlib import closing
from datetime import UTC, datetime

import msgspec

from lazaretto.adapters.cache import program_digest
from lazaretto.adapters.pool import RESERVED
from lazaretto.adapters.targets import TargetError, open_target
from lazaretto.app.check import Options, make_single
from lazaretto.app.gate_frames import Answer, Request
from lazaretto.model.finding import Gap
from lazaretto.model.gate import Examined
from lazaretto.model.report import Checked
from lazaretto.model.text import N_, Message
from lazaretto.parse.limits import Limits

LIMITS = Limits(files=60_000, archive_bytes=512 << 20, total_bytes=1 << 30)
"""Of one artifact: registries serve nothing larger that anybody needs."""
_METADATA = re.compile(r"[^/]+\.dist-info/METADATA|[^/]+/PKG-INFO|PKG-INFO")
_FIELD = re.compile(r"(?m)^(Name|Version):[ \t]*([^\r\n]{1,300})")
_MANIFEST_BYTES = 4 << 20


class Worker:
    """What examines one file after another."""

    def __init__(self, store: str, limits: Limits = LIMITS) -> None:
        """`store` is the intelligence store, as `LAZARETTO_STORE` names it."""
        self._limits = limits
        self._options = Options(limits=limits, jobs=1, store=store)
        self._check = make_single(self._options)
        self._engine = program_digest()

    def examine(self, request: Request) -> Examined:
        """Examine one file. Never raises for what the file holds."""
        now = datetime.now(UTC)
        name, version = self._says(request)
        checked = self._check(request.path)
        failed = checked.error is not None or checked.examination.coverage.examined == 0
        return Examined(
            sha256=request.sha256,
            grade=checked.verdict.grade,
            score=checked.verdict.score,
            complete=checked.verdict.complete and not failed,
            rules=tuple(dict.fromkeys(finding.rule for finding in checked.verdict.reasons))[:12],
            summary=_summary(checked),
            engine=self._engine,
            at=now,
            failed=failed,
            name=name,
            version=version,
        )

    def _says(self, request: Request) -> tuple[str, str]:
        """Read name and version from the archive's own manifest."""
        npm = request.ecosystem == "npm"

        def wanted(path: str) -> bool:
            return (
                path.count("/") == 1 and posixpath.basename(path) == "package.json"
                if npm
                else _METADATA.fullmatch(path) is not None
            )

        try:
            with closing(open_target(request.path, self._limits, online=False)) as target:
                for entry in target.entries(wanted):
                    if entry.size > _MANIFEST_BYTES:
                        continue
                    data = entry.load()
                    return _npm_manifest(data) if npm else _core_metadata(data)
        except (TargetError, OSError):
            pass
        return "", ""


def _npm_manifest(data: bytes) -> tuple[str, str]:
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return "", ""
    name, version = (told.get("name"), told.get("version")) if isinstance(told, dict) else ("", "")
    return (name if isinstance(name, str) else "")[:300], (version if isinstance(version, str) else "")[:300]


def _core_metadata(data: bytes) -> tuple[str, str]:
    head = data.partition(b"\n\n")[0][: 1 << 20].decode("utf-8", "replace")
    told = {key: value.strip() for key, value in reversed(_FIELD.findall(head))}
    return told.get("Name", ""), told.get("Version", "")


def _summary(checked: Checked) -> Message:
    if checked.error is not None:
        return checked.error
    if checked.verdict.reasons:
        return checked.verdict.reasons[0].message
    missing: list[Gap] = [gap for gap in checked.examination.gaps if not gap.partial]
    if missing:
        return missing[0].reason
    return Message.of(N_("nothing was found"))


def main() -> int:
    """Serve until standard input ends."""
    answers = os.dup(1)
    os.dup2(2, 1)  # nothing that prints may disturb the frames
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    worker = Worker(sys.argv[1] if len(sys.argv) > 1 else "")
    _limit(LIMITS.worker_bytes)
    encode, decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(Request).decode
    with os.fdopen(0, "rb", buffering=1 << 16) as requests:
        while len(head := requests.read(4)) == 4:
            request = decode(requests.read(struct.unpack(">I", head)[0]))
            begun = sum(os.times()[:2])
            examined = worker.examine(request)
            body = encode(Answer(examined, sum(os.times()[:2]) - begun))
            frame = struct.pack(">I", len(body)) + body
            while frame:
                frame = frame[os.write(answers, frame) :]
    return 0


def _limit(extra: int) -> None:
    try:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123
            used = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + extra + RESERVED, hard))
    except (ImportError, OSError, ValueError):  # not POSIX: the parent's clock still holds
        return


if __name__ == "__main__":
    sys.exit(main())
