"""Archives of every kind, whole and hostile. All of them are built here, in memory, and hold harmless text."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import tracemalloc
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.model.finding import Gap, Signal, Stage
from lazaretto.parse.archives import Member, read_archive
from lazaretto.parse.limits import DEFAULT

SMALL = replace(DEFAULT, file_bytes=1 << 20, archive_bytes=4 << 20, ratio_floor=1 << 18, files=200)


def read(data, path="a.zip", limits=SMALL, **options):
    return list(read_archive(data, path, limits, **options))


def members(items):
    return {item.path: item.data for item in items if isinstance(item, Member)}


def anomalies(items):
    return {item.value.split("\t")[0] for item in items if isinstance(item, Signal) and item.kind == "archive"}


def gaps(items):
    return [item for item in items if isinstance(item, Gap)]


def zipped(files, method=zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def tarred(*rows, mode="w", form=tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=form) as archive:
        for row in rows:
            info, data = row if isinstance(row, tuple) else (row, b"")
            if isinstance(info, str):
                info = tarfile.TarInfo(info)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


# -- whole archives ------------------------------------------------------------------------------------------------

FILES = [("a.js", b"let a = 1;\n" * 100), ("d/b.py", b"b = 2\n"), ("d/empty", b"")]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_methods(method):
    items = read(zipped(FILES, method))
    assert members(items) == dict(FILES)
    assert len(items) == 3


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_tar_forms(mode, form):
    long = "x/" * 60 + "l" * 120 + ".js"
    rows = [*FILES, *([] if form == tarfile.USTAR_FORMAT else [(long, b"long"), ("과제.js", b"ko")])]
    items = read(tarred(*rows, mode=mode, form=form), "a.tar")
    assert members(items) == dict(rows)
    assert len(items) == len(rows)


@pytest.mark.parametrize(("pack", "suffix"), [(gzip.compress, ".gz"), (bz2.compress, ".bz2"), (lzma.compress, ".xz")])
def test_single_compressed_files(pack, suffix):
    assert members(read(pack(b"text" * 1000), "notes.txt" + suffix)) == {"notes.txt": b"text" * 1000}


def test_concatenated_gzip_streams_are_one():
    assert members(read(gzip.compress(b"a") + gzip.compress(b"b") + bytes(20), "n.gz")) == {"n": b"ab"}


def test_prefix_and_nested_paths():
    inner = zipped([("run.js", b"1")])
    items = read(zipped([("x/inner.zip", inner), ("y.txt", b"2")]), prefix="outer.zip!/")
    assert list(members(items)) == ["outer.zip!/x/inner.zip", "outer.zip!/x/inner.zip!/run.js", "outer.zip!/y.txt"]


def test_unwanted_members_are_not_unpacked_but_archives_are_looked_into():
    data = zipped([("a.js", b"1"), ("in.tgz", tarred(("package.json", b"{}"), mode="w:gz"))])
    found = members(read(data, wanted=lambda path: path.endswith("package.json")))
    assert list(found) == ["in.tgz", "in.tgz!/package.json"]


def test_an_empty_zip_and_an_empty_tar():
    assert read(zipped([])) == []
    assert read(bytes(10240), "a.tar") == []


# -- limits --------------------------------------------------------------------------------------------------------


def test_a_zip_bomb_is_stopped_and_the_rest_is_still_read():
    items = read(zipped([("bomb", bytes(50 << 20)), ("after.js", b"1")]))
    assert members(items) == {"after.js": b"1"}
    assert "bomb" in anomalies(items)
    assert gaps(items)[0].stage is Stage.LIMIT


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
def test_a_compressed_tar_bomb_is_stopped(mode):
    items = read(
        tarred(("first.js", b"1"), ("bomb", bytes(900_000)), *[(f"b{i}", bytes(900_000)) for i in range(9)], mode=mode),
        "a.tgz",
    )
    assert "first.js" in members(items)
    assert "bomb" in anomalies(items)
    assert not gaps(items)[-1].partial


def test_a_bomb_within_archives_counts_against_the_outermost():
    bomb = zipped([(f"{i}.bin", bytes(900_000)) for i in range(10)])
    items = read(zipped([("in.zip", bomb), ("z.js", b"1")]))
    assert "bomb" in anomalies(items)


def test_nesting_ends():
    data = zipped([("end.js", b"1")])
    for _ in range(6):
        data = zipped([("in.zip", data)])
    items = read(data)
    assert not any(path.endswith("end.js") for path in members(items))
    assert "nested" in anomalies(items)
    assert [gap.stage for gap in gaps(items)] == [Stage.LIMIT]


def test_too_many_members():
    items = read(zipped([(f"{i}", b"") for i in range(300)]))
    assert len(members(items)) == 200
    assert "200" in gaps(items)[0].reason.english()


def test_a_large_member_is_a_gap():
    import random

    noise = random.Random(1).randbytes(1 << 21)
    for data, name in (
        (zipped([("big", noise), ("s.js", b"1")]), "a.zip"),
        (tarred(("big", noise), ("s.js", b"1")), "a.tar"),
    ):
        items = read(data, name)
        assert members(items) == {"s.js": b"1"}
        assert gaps(items)[0].subject == "big"


def test_overlapping_members():
    data = zipped([("a", bytes(100_000))])
    end = data.rfind(b"PK\x05\x06")
    directory = data.find(b"PK\x01\x02")
    record = data[directory:end]
    count, size = 40, len(record) * 40
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, size, directory, 0)
    items = read(data[:directory] + record * count + tail)
    assert "overlap" in anomalies(items)
    assert "bomb" in anomalies(items)


def test_memory_stays_small_over_many_large_members():
    data = zipped([(f"{i}", bytes([i]) * (4 << 20)) for i in range(12)])
    limits = replace(DEFAULT, archive_ratio=100_000)
    tracemalloc.start()
    total = sum(item.size for item in read_archive(data, "a.zip", limits) if isinstance(item, Member))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == 48 << 20
    assert peak < 16 << 20


# -- zip anomalies ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "word", "path"),
    [
        ("../../.bashrc", "escaping-path", "../../.bashrc"),
        ("/etc/cron.d/x", "absolute-path", "etc/cron.d/x"),
        ("a\x1b[0m.js", "control-name", "a\\x1b[0m.js"),
    ],
)
def test_hostile_names(name, word, path):
    for items in (read(zipped([(name, b"1")])), read(tarred((name, b"1")), "a.tar")):
        assert word in anomalies(items)
        assert path in members(items)


def test_backslashes_in_a_zip():
    data = zipped([("a/b/c.js", b"1")]).replace(b"a/b/c.js", b"a\\b\\c.js")
    items = read(data)
    assert members(items) == {"a/b/c.js": b"1"}
    assert anomalies(items) == {"backslash-path"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_duplicate_names_are_both_read():
    items = read(zipped([("a.js", b"good"), ("a.js", b"other")]))
    assert [item.data for item in items if isinstance(item, Member)] == [b"good", b"other"]
    assert anomalies(items) == {"duplicate-name"}


def test_two_names_for_one_member():
    data = zipped([("good.js", b"1")])
    items = read(data.replace(b"good.js", b"evil.js", 1))
    assert set(members(items)) == {"good.js", "evil.js"}
    assert anomalies(items) == {"local-name"}


def test_a_member_that_no_directory_lists():
    hidden = zipped([("hidden.js", b"secret")])
    local = hidden[: hidden.find(b"PK\x01\x02")]
    whole = zipped([("seen.js", b"1")])
    for data in (local + whole, _insert(whole, local)):
        items = read(data)
        assert members(items) == {"seen.js": b"1", "hidden.js": b"secret"}
        assert "unlisted-member" in anomalies(items)


def _insert(whole: bytes, local: bytes) -> bytes:
    """Put a local header between the members and the directory, and correct the directory's offset."""
    at = whole.find(b"PK\x01\x02")
    end = whole.rfind(b"PK\x05\x06")
    return whole[:at] + local + whole[at : end + 16] + struct.pack("<L", at + len(local)) + whole[end + 20 :]


def test_data_before_and_behind():
    whole = zipped([("a.js", b"1")])
    assert anomalies(read(b"#!/bin/true\n" + whole)) == {"prefixed"}
    assert anomalies(read(whole + b"\nmore")) == {"trailing-data"}


def test_a_second_directory_in_the_comment():
    whole = zipped([("a.js", b"1")])
    other = zipped([("b.js", b"2")])
    data = whole[:-2] + struct.pack("<H", len(other)) + other
    items = read(data)
    assert "two-directories" in anomalies(items) or "unlisted-member" in anomalies(items)
    assert set(members(items)) == {"a.js", "b.js"}


def test_a_link_that_leads_outside():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, target in (("l", "../../etc/passwd"), ("k", "a.js")):
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            info.external_attr = 0o120777 << 16
            archive.writestr(info, target)
    items = read(out.getvalue())
    assert members(items) == {}
    assert anomalies(items) == {"link"}
    assert Signal("link", "inside\ta.js", "k") in items


def test_encrypted_members():
    data = bytearray(zipped([("a.js", b"1"), ("b.js", b"2")]))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + at] |= 1
    items = read(bytes(data))
    assert members(items) == {"b.js": b"2"}
    assert anomalies(items) == {"encrypted"}


def test_unknown_compression():
    data = bytearray(zipped([("a.js", b"1")]))
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.find(mark) + at] = 9
    assert anomalies(read(bytes(data))) == {"unsupported"}


def test_lies_about_size_and_checksum():
    data = zipped([("a.js", b"1" * 1000)])
    at = data.find(b"PK\x01\x02")
    shorter = data[: at + 24] + struct.pack("<L", 10) + data[at + 28 :]
    items = read(shorter)
    assert members(items) == {"a.js": b"1" * 1000}
    assert anomalies(items) == {"lying-size"}
    wrong = data[: at + 16] + struct.pack("<L", 1) + data[at + 20 :]
    assert anomalies(read(wrong)) == {"bad-crc"}


def test_names_in_another_encoding():
    raw = "과제.js".encode("cp949")
    data = zipped([("x" * len(raw), b"1")]).replace(b"x" * len(raw), raw)
    items = read(data)
    assert members(items) == {"과제.js": b"1"}
    assert anomalies(items) == {"name-encoding"}


@pytest.mark.parametrize("cut", [10, 40, 300])
def test_a_truncated_zip_is_read_as_far_as_it_goes(cut):
    data = zipped([("a.js", b"1"), ("b.js", b"2" * 50)])
    items = read(data[:-cut])
    assert members(items).get("a.js") == b"1" or cut == 300
    assert gaps(items)


def test_streamed_zips_without_directory():
    class Stream(io.BytesIO):
        def seekable(self):
            return False

        def tell(self):
            raise OSError

    out = Stream()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.js", b"1" * 100)
        archive.writestr("b.js", b"2" * 100)
    data = out.getvalue()
    assert members(read(data)) == {"a.js": b"1" * 100, "b.js": b"2" * 100}
    assert members(read(data[: data.find(b"PK\x01\x02")])) == {"a.js": b"1" * 100, "b.js": b"2" * 100}


# -- tar anomalies ---------------------------------------------------------------------------------------------------


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def test_links_and_devices_in_a_tar():
    data = tarred(
        special("out", tarfile.SYMTYPE, "../../etc/passwd"),
        special("in", tarfile.SYMTYPE, "a.js"),
        special("hard", tarfile.LNKTYPE, "a.js"),
        special("hard-out", tarfile.LNKTYPE, "/etc/shadow"),
        special("dev", tarfile.CHRTYPE),
        special("pipe", tarfile.FIFOTYPE),
        special("dir", tarfile.DIRTYPE),
        ("a.js", b"1"),
    )
    items = read(data, "a.tar")
    assert members(items) == {"a.js": b"1"}
    assert anomalies(items) == {"link", "device"}
    assert Signal("link", "inside\ta.js", "in") in items
    assert sum("hard links" in gap.reason.english() for gap in gaps(items)) == 1


def test_a_member_behind_a_link_that_leads_outside():
    data = tarred(special("x", tarfile.SYMTYPE, "/home/u"), ("x/.profile", b"1"), ("y", b"2"))
    items = read(data, "a.tar")
    assert Signal("archive", "through-link\tx", "x/.profile") in items
    assert set(members(items)) == {"x/.profile", "y"}


def test_members_behind_the_end():
    items = read(tarred(("a.js", b"1")) + tarred(("b.js", b"2")), "a.tar")
    assert members(items) == {"a.js": b"1", "b.js": b"2"}
    assert anomalies(items) == {"after-end"}


def test_a_pax_record_that_disputes_the_size():
    inner = tarred(("smuggled.js", b"x"))[:1024]
    info = tarfile.TarInfo("carrier")
    info.size = len(inner)
    info.pax_headers = {"size": str(len(inner))}
    data = bytearray(tarred((info, inner)))
    at = data.find(b"carrier", 1024)
    data[at + 124 : at + 136] = b"00000000000\0"
    data[at + 148 : at + 156] = b" " * 8
    data[at + 148 : at + 156] = b"%06o\0 " % sum(data[at : at + 512])
    items = read(bytes(data), "a.tar")
    assert "pax-size" in anomalies(items)
    assert members(items)["carrier"] == inner


def test_two_names_in_a_tar():
    info = tarfile.TarInfo("shown.js")
    info.pax_headers = {"path": "other.js"}
    items = read(tarred((info, b"1")), "a.tar")
    assert members(items) == {"other.js": b"1"}
    assert anomalies(items) == {"pax-path"}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_truncated_tar_is_read_as_far_as_it_goes(mode):
    data = tarred(("a.js", b"1" * 600), ("b.bin", bytes(range(256)) * 2000), mode=mode)
    items = read(data[: int(len(data) * 0.9) if mode == "w" else -20], "a.tgz")
    assert gaps(items)
    if mode in ("w", "w:gz"):
        assert members(items)["a.js"] == b"1" * 600


def test_a_wrong_gzip_checksum_loses_nothing():
    data = tarred(("a.js", b"1"), mode="w:gz")
    items = read(data[:-8] + b"\1\2\3\4" + data[-4:], "a.tgz")
    assert members(items) == {"a.js": b"1"}
    assert anomalies(items) == {"bad-crc"}


def test_data_behind_a_gzip_stream():
    assert anomalies(read(tarred(("a.js", b"1"), mode="w:gz") + b"more bytes here", "a.tgz")) == {"trailing-data"}


def test_damaged_headers_are_stepped_over():
    whole = tarred(("a.js", b"1"))
    items = read(b"\1" * 512 + whole, "a.tar", kind="tar")
    assert members(items) == {"a.js": b"1"}
    assert anomalies(items) == {"bad-header"}


def test_sparse_files_are_said():
    info = tarfile.TarInfo("hole.bin")
    info.pax_headers = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "real.js",
        "GNU.sparse.realsize": "9999999999",
    }
    items = read(tarred((info, b"1")), "a.tar")
    assert members(items) == {"real.js": b"1"}
    assert "sparse" in anomalies(items)


@pytest.mark.parametrize("size", [b"-0000000001\0", b"99999999999\0", b"\xff" * 12, b"\x80" + b"\xff" * 11])
def test_impossible_sizes(size):
    data = bytearray(tarred(("a.js", b"1")))
    data[124:136] = size
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    assert anomalies(read(bytes(data), "a.tar", kind="tar")) or gaps(read(bytes(data), "a.tar", kind="tar"))


# -- kinds -----------------------------------------------------------------------------------------------------------


def test_what_is_not_unpacked_is_said():
    data = zipped(
        [
            ("report.docx", zipped([("x", b"1")])),
            ("x.rar", b"Rar!\x1a\x07\x00" + bytes(40)),
            ("db.sqlite3", zipped([("r.js", b"1")])),
        ]
    )
    items = read(data)
    assert "db.sqlite3!/r.js" in members(items)
    assert anomalies(items) == {"foreign", "disguised"}
    assert {gap.subject: gap.partial for gap in gaps(items)} == {"report.docx": True, "x.rar": False}


def test_lzma_with_a_giant_dictionary_is_refused():
    out = bytearray(lzma.compress(b"x" * 100, format=lzma.FORMAT_ALONE))
    out[1:5] = b"\xff\xff\xff\xff"
    assert gaps(read(bytes(out), "a.lzma"))


# -- anything --------------------------------------------------------------------------------------------------------

SEEDS = [
    zipped(FILES),
    zipped(FILES, zipfile.ZIP_STORED),
    tarred(*FILES, ("l" * 150, b"x")),
    tarred(*FILES, mode="w:gz"),
    zipped([("in.tar", tarred(*FILES)), ("in.zip", zipped(FILES))]),
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_damage_never_raises(seed, data):
    damaged = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        damaged = damaged[: data.draw(st.integers(0, len(damaged)))]
    for item in read(bytes(damaged)):
        path = item.subject if isinstance(item, Gap) else item.path
        assert path.isprintable()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600), st.sampled_from(["zip", "tar", "gzip", "bzip2", "xz", "zstd", "appended", "rar", ""]))
def test_any_bytes_as_any_kind_never_raise(data, kind):
    list(read_archive(data, "a.bin", SMALL, kind=kind))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1, max_size=20), st.binary(max_size=200)), max_size=6))
def test_every_member_of_a_tar_comes_out(files):
    rows = [
        (name, data)
        for name, data in files
        if "\0" not in name and name.strip("/.") and "/" not in name and name.isprintable() and "\\" not in name
    ]
    assert sorted(data for data in members_list(read(tarred(*rows), "a.tar"))) == sorted(data for _, data in rows)


def members_list(items):
    return [item.data for item in items if isinstance(item, Member) and "!/" not in item.path]
