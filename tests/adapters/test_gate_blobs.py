"""The cache of artifacts: complete and right, or not there, whatever happens."""

import contextlib
import errno
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import lazaretto
from lazaretto.adapters.gate_blobs import Blobs, CacheError, CacheFull, TooLarge, WrongDigest
from lazaretto.adapters.gate_disk import Disk

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(lazaretto.__file__).parent.parent)}


def key(data, name="sha256"):
    return f"{name}:{hashlib.new(name, data).hexdigest()}"


def put(blobs, data, url=""):
    with blobs.begin() as writer:
        writer.feed(data[:10])
        writer.feed(data[10:])
        with writer.commit(key(data, "sha512"), [url] if url else []) as blob:
            return blob.path


def held(blobs, wanted):
    """The bytes under a key, or None."""
    blob = blobs.open(wanted)
    if blob is None:
        return None
    with blob:
        return blob.path.read_bytes()


@pytest.fixture
def blobs(tmp_path):
    opened = Blobs(tmp_path / "cache", 10_000)
    yield opened
    opened.close()


def leftovers(blobs):
    return list((blobs.folder / "tmp").iterdir())


def test_by_every_name(blobs):
    data = b"x" * 5000
    put(blobs, data, "https://files.example.test/x.tgz")
    for wanted in (key(data), key(data, "sha512"), key(data, "sha1"), "url:https://files.example.test/x.tgz"):
        assert held(blobs, wanted) == data
    for wanted in ("", "sha256:zz", "sha256:../../../etc/passwd", "md5:" + "a" * 32, key(b"y"), "url:other", "\ud800"):
        assert held(blobs, wanted) is None
    with blobs.open(key(data)) as blob:
        assert (blob.sha256, blob.size) == (hashlib.sha256(data).hexdigest(), 5000)
        assert f"sha512:{blob.digests.sha512}" == key(data, "sha512")
        assert os.read(blob.handle, 3) == b"xxx"
    assert leftovers(blobs) == []


def test_an_empty_file(blobs):
    put(blobs, b"")
    assert held(blobs, key(b"")) == b""


def test_other_bytes_than_expected_are_not_kept(blobs):
    for expected in ("sha256:" + "0" * 64, {"sha512": "1" * 128}, {"sha1": "1" * 40}, {"md5": "1" * 32}):
        with blobs.begin() as writer:
            writer.feed(b"bytes")
            with pytest.raises(WrongDigest):
                writer.commit(expected)
    with blobs.begin() as writer:
        writer.feed(b"bytes")
        writer.commit({"sha1": hashlib.sha1(b"bytes").hexdigest().upper()}).close()
    with blobs.begin(limit=3) as writer, pytest.raises(TooLarge):
        writer.feed(b"bytes")
    with blobs.begin() as writer:
        writer.feed(b"abandoned")
    assert blobs.figures().blobs == 1
    assert leftovers(blobs) == []


@pytest.mark.parametrize("damage", [b"evil!", b"", b"longer than it was"])
def test_damaged_bytes_are_never_given(blobs, damage):
    path = put(blobs, b"bytes", "u")
    assert held(blobs, key(b"bytes")) == b"bytes"
    path.chmod(0o600)
    path.write_bytes(damage)
    os.utime(path, ns=(0, 12345))
    assert held(blobs, key(b"bytes")) is None
    assert blobs.figures().quarantined == 1
    assert not path.exists()
    assert held(blobs, "url:u") is None
    put(blobs, b"bytes")
    assert held(blobs, key(b"bytes")) == b"bytes"


def test_damaged_while_no_process_was_there(blobs):
    path = put(blobs, b"bytes")
    state = path.stat()
    path.chmod(0o600)
    path.write_bytes(b"evil!")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))  # looks as before
    again = Blobs(blobs.folder, 10_000)
    assert held(again, key(b"bytes")) is None
    again.close()


def test_quarantine_is_bounded(blobs):
    for number in range(25):
        path = put(blobs, b"%d" % number)
        path.chmod(0o600)
        path.write_bytes(b"evil")
        os.utime(path, ns=(0, 1))
        assert held(blobs, key(b"%d" % number)) is None
    assert len(list((blobs.folder / "quarantine").iterdir())) == 20


def test_the_least_recently_used_goes_first(blobs):
    for number in range(4):
        put(blobs, b"%d" % number * 2400)
        time.sleep(0.002)
    assert held(blobs, key(b"0" * 2400))
    time.sleep(0.002)
    put(blobs, b"4" * 2400)
    kept = [number for number in range(5) if held(blobs, key(b"%d" % number * 2400))]
    assert kept == [0, 3, 4]
    assert blobs.figures().size <= 10_000
    assert blobs.drop(key(b"4" * 2400))
    assert not blobs.drop(key(b"4" * 2400))
    assert held(blobs, key(b"4" * 2400)) is None


def test_what_is_served_stays(blobs):
    put(blobs, b"a" * 6000)
    other = Blobs(blobs.folder, 10_000)  # as another process: locks of different handles exclude each other
    with blobs.open(key(b"a" * 6000)) as blob:
        put(other, b"b" * 6000)
        put(other, b"c" * 6000)
        assert not other.drop(key(b"a" * 6000))
        assert blob.path.read_bytes() == b"a" * 6000
    assert other.evict(0) == 12_000
    assert held(blobs, key(b"a" * 6000)) is None
    other.close()


def test_larger_than_the_limit(blobs):
    with blobs.begin() as writer:
        writer.feed(b"x" * 50_000)
        with writer.commit() as blob:
            assert blob.path.stat().st_size == 50_000, "it is in use"
    put(blobs, b"y")
    assert held(blobs, key(b"x" * 50_000)) is None
    assert held(blobs, key(b"y")) == b"y"


def test_the_index_is_only_a_convenience(tmp_path):
    first = Blobs(tmp_path, 10_000)
    put(first, b"bytes")
    first.close()
    for damage in (lambda file: file.unlink(), lambda file: file.write_bytes(b"no database" * 500)):
        for file in tmp_path.glob("index.sqlite3-*"):
            file.unlink()
        damage(tmp_path / "index.sqlite3")
        again = Blobs(tmp_path, 10_000)
        assert held(again, key(b"bytes", "sha512")) is None
        assert held(again, key(b"bytes")) == b"bytes", "found without"
        assert held(again, key(b"bytes", "sha512")) == b"bytes", "learned again"
        assert again.figures().size == 5
        again.close()


def test_a_folder_that_cannot_be_used(unprivileged):
    (unprivileged / "file").touch()
    with pytest.raises(CacheError):
        Blobs(unprivileged / "file" / "cache", 10)
    unprivileged.chmod(0o500)
    with pytest.raises(CacheError):
        Blobs(unprivileged / "cache", 10)


class FullDisk(Disk):
    """Has room for so many bytes more; removing a file gives its room back."""

    def __init__(self, room):
        self.room = room

    def write(self, handle, data):
        if self.room <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = super().write(handle, data[: min(self.room, 700)])
        self.room -= written
        return written

    def remove(self, path):
        with contextlib.suppress(OSError):
            state = path.stat()
            self.room += state.st_size if state.st_nlink == 1 else 0
        super().remove(path)


def test_a_full_disk(tmp_path):
    blobs = Blobs(tmp_path, 1_000_000, FullDisk(5000))
    for number in range(4):
        put(blobs, b"%d" % number * 1200)
        time.sleep(0.002)
    put(blobs, b"4" * 1200)  # there is room once an old one is gone
    assert held(blobs, key(b"0" * 1200)) is None
    assert held(blobs, key(b"3" * 1200)) == b"3" * 1200
    with pytest.raises(CacheFull):
        put(blobs, b"x" * 9000)
    assert leftovers(blobs) == []
    assert held(blobs, key(b"4" * 1200)) == b"4" * 1200
    blobs.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no RLIMIT_FSIZE")
def test_a_size_limit_of_the_system(tmp_path):
    program = """
import resource, sys
from pathlib import Path
from lazaretto.adapters.gate_blobs import Blobs, CacheFull
blobs = Blobs(Path(sys.argv[1]), 1 << 30)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
with blobs.begin() as writer:
    try:
        writer.feed(b"x" * 200_000)
    except CacheFull as error:
        print(error)
with blobs.begin() as writer:
    writer.feed(b"y" * 50_000)
    print(writer.commit().size)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, env=ENVIRONMENT
    )
    assert done.stdout.splitlines() == [f"there is no room left for the cache {tmp_path}: File too large", "50000"], (
        done.stderr
    )
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or sys.platform != "linux", reason="mounts a file system"
)
def test_a_disk_that_is_really_full(tmp_path):
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", tmp_path], capture_output=True).returncode:
        pytest.skip("may not mount")
    try:
        blobs = Blobs(tmp_path, 1 << 30)
        put(blobs, b"a" * 30_000)
        with pytest.raises(CacheFull):
            put(blobs, os.urandom(500_000))
        assert leftovers(blobs) == []
        put(blobs, b"b" * 30_000)
        assert held(blobs, key(b"b" * 30_000)) == b"b" * 30_000
        blobs.close()
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_what_a_dead_process_left_is_removed(tmp_path):
    program = """
import sys, time
from pathlib import Path
from lazaretto.adapters.gate_blobs import Blobs
writer = Blobs(Path(sys.argv[1]), 1000).begin()
writer.feed(b"half")
print("ready", flush=True)
time.sleep(60)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    )
    assert process.stdout.readline() == "ready\n"
    Blobs(tmp_path, 1000).close()
    assert len(list((tmp_path / "tmp").iterdir())) == 1, "its process lives"
    process.kill()
    process.communicate()
    Blobs(tmp_path, 1000).close()
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.slow
def test_killed_while_writing(tmp_path):
    """What was acknowledged is there, nothing else is, nothing is left over; two processes at once."""
    program = """
import hashlib, os, sys
from pathlib import Path
from lazaretto.adapters.gate_blobs import Blobs
blobs = Blobs(Path(sys.argv[1]), 1 << 40)
while True:
    data = os.urandom(200_000)
    with blobs.begin() as writer:
        for start in range(0, len(data), 8192):
            writer.feed(data[start : start + 8192])
        with writer.commit("sha512:" + hashlib.sha512(data).hexdigest()) as blob:
            print(blob.sha256, blob.digests.sha512, flush=True)
"""
    acknowledged = []
    for turn in range(8):
        command = [sys.executable, "-c", program, str(tmp_path)]
        processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) for _ in range(2)]
        for process in processes:
            process.stdout.readline()
        time.sleep(0.03 * turn)
        for process in processes:
            process.kill()
        for process in processes:
            acknowledged += [line.split() for line in process.communicate()[0].splitlines() if len(line) == 193]
    blobs = Blobs(tmp_path, 1 << 40)
    assert acknowledged
    for sha256, sha512 in acknowledged:
        for wanted in (f"sha512:{sha512}", f"sha256:{sha256}"):
            with blobs.open(wanted) as blob:
                assert blob.size == 200_000
    files = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.name for path in files)
    assert blobs.figures().blobs == len(files)
    assert leftovers(blobs) == []
    blobs.close()


def test_many_threads_and_two_caches_on_one_folder(tmp_path):
    caches = [Blobs(tmp_path, 30_000) for _ in range(2)]
    wrong = []

    def work(number):
        for turn in range(40):
            data = b"%d" % ((number + turn) % 15) * 3000
            found = held(caches[turn % 2], key(data))
            if found is None:
                put(caches[number % 2], data, f"u{turn}")
            elif found != data:
                wrong.append(turn)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert caches[0].figures().size <= 30_000
    assert caches[0].figures().trouble == ""
    for one in caches:
        one.close()


class Crash(BaseException):
    """The process is killed here."""


class CrashingDisk(Disk):
    """Stops before the so-many-th step; `None` = never."""

    def __init__(self):
        self.left = None

    def _step(self):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Crash

    def create(self, folder, suffix):
        self._step()
        return super().create(folder, suffix)

    def write(self, handle, data):
        self._step()
        return super().write(handle, data[: max(1, len(data) // 2)])

    def flush(self, handle):
        self._step()
        super().flush(handle)

    def place(self, source, target):
        self._step()
        return super().place(source, target)

    def flush_folder(self, folder):
        self._step()
        super().flush_folder(folder)

    def remove(self, path):
        self._step()
        super().remove(path)


CONTENTS = [bytes([65 + number]) * (200 * number) for number in range(8)]


class BlobsMachine(RuleBasedStateMachine):
    """A cache is used, damaged, killed at any step and opened again; it never gives other bytes than it was asked for."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="lazaretto-blobs-"))
        self.using = {}
        self.begin()

    def begin(self):
        self.disk = CrashingDisk()
        self.blobs = Blobs(self.folder, 3000, self.disk)

    def teardown(self):
        self.stop_using()
        self.blobs.close()
        shutil.rmtree(self.folder)

    def stop_using(self):
        for blob in self.using.values():
            blob.close()
        self.using = {}

    @rule(number=st.integers(0, 7))
    def put(self, number):
        put(self.blobs, CONTENTS[number], f"u{number}")
        assert held(self.blobs, key(CONTENTS[number])) == CONTENTS[number]

    @rule(number=st.integers(0, 7), name=st.sampled_from(["sha256", "sha512", "sha1"]))
    def get(self, number, name):
        assert held(self.blobs, key(CONTENTS[number], name)) in (None, CONTENTS[number])

    @rule(number=st.integers(0, 7))
    def get_by_address(self, number):
        assert held(self.blobs, f"url:u{number}") in (None, CONTENTS[number])

    @rule(number=st.integers(0, 7))
    def use(self, number):
        blob = self.blobs.open(key(CONTENTS[number]))
        if blob is not None and number not in self.using:
            self.using[number] = blob

    @rule(number=st.integers(0, 7))
    def stop(self, number):
        if number in self.using:
            self.using.pop(number).close()

    @rule(number=st.integers(0, 7))
    def drop(self, number):
        dropped = self.blobs.drop(key(CONTENTS[number]))
        assert not (dropped and number in self.using)

    @precondition(lambda self: not self.using)
    @rule(number=st.integers(1, 7), data=st.binary(max_size=50))
    def damage(self, number, data):
        name = hashlib.sha256(CONTENTS[number]).hexdigest()
        path = self.folder / "blobs" / name[:2] / name
        if path.exists():
            path.chmod(0o600)
            path.write_bytes(data)
            os.utime(path, ns=(0, 1))
            assert held(self.blobs, key(CONTENTS[number])) is None

    @rule(number=st.integers(0, 7), steps=st.integers(0, 14))
    def killed(self, number, steps):
        self.disk.left = steps
        writer = None
        with contextlib.suppress(Crash):
            writer = self.blobs.begin()
            writer.feed(CONTENTS[number])
            writer.commit(urls=[f"u{number}"]).close()
        self.stop_using()  # the system closes what the dead process had open, and removes nothing
        if writer is not None and writer._handle >= 0:
            os.close(writer._handle)
            writer._handle = -1
        self.blobs.close()
        self.begin()
        assert list((self.folder / "tmp").iterdir()) == []

    @rule(lost=st.booleans())
    def restart(self, lost):
        self.stop_using()
        self.blobs.close()
        if lost:
            for file in self.folder.glob("index.sqlite3*"):
                file.unlink()
        self.begin()

    @invariant()
    def used_ones_are_there(self):
        for number, blob in self.using.items():
            assert blob.path.read_bytes() == CONTENTS[number]

    @invariant()
    def bounded(self):
        used = sum(blob.size for blob in self.using.values())
        assert self.blobs.figures().size <= 3000 + used + len(CONTENTS[-1])
        assert self.blobs.figures().trouble == ""


BlobsMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestBlobsMachine = BlobsMachine.TestCase
