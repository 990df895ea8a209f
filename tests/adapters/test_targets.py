import io
import os
import tarfile
import zipfile
from dataclasses import replace

import pytest

from lazaretto.adapters.targets import TargetError, iter_specs, open_target
from lazaretto.model.finding import Stage
from lazaretto.parse.limits import DEFAULT


def zipped(**files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()


def opened(spec, limits=DEFAULT, **options):
    return open_target(str(spec), limits, online=False, **options)


def contents(target, **options):
    return {entry.path: entry.load() for entry in target.entries(**options)}


def test_a_folder(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "a.js").write_bytes(b"1")
    (tmp_path / "d" / "b.js").write_bytes(b"22")
    with opened(tmp_path) as target:
        entries = list(target.entries())
    assert target.kind == "folder"
    assert [(entry.path, entry.size, entry.file) for entry in entries] == [
        ("a.js", 1, tmp_path / "a.js"),
        ("d/b.js", 2, tmp_path / "d" / "b.js"),
    ]
    assert target.gaps == []
    assert target.read("d/b.js") == b"22"
    assert target.read("nothing") is None


def test_archives_in_a_folder_are_opened(tmp_path):
    (tmp_path / "lib.zip").write_bytes(zipped(a_dot_js=b"1"))
    (tmp_path / "seed.sqlite3").write_bytes(zipped(run_dot_js=b"2"))
    (tmp_path / "a.docx").write_bytes(zipped(x=b"3"))
    (tmp_path / "a.rar").write_bytes(b"Rar!\x1a\x07\x00" + bytes(40))
    target = opened(tmp_path)
    found = contents(target)
    assert list(found) == ["a.docx", "a.rar", "lib.zip", "lib.zip!/a.js", "seed.sqlite3", "seed.sqlite3!/run.js"]
    assert [(signal.value, signal.path) for signal in target.signals] == [
        ("foreign\trar", "a.rar"),
        ("disguised\tzip", "seed.sqlite3"),
    ]
    assert {gap.subject: gap.partial for gap in target.gaps} == {"a.docx": True, "a.rar": False}
    assert target.read("lib.zip!/a.js") == b"1"


def test_a_large_file_is_a_gap_and_not_read(tmp_path):
    with (tmp_path / "big.bin").open("wb") as stream:
        stream.truncate(1 << 30)
    (tmp_path / "a.js").write_bytes(b"1")
    target = opened(tmp_path)
    assert list(contents(target)) == ["a.js"]
    assert [(gap.stage, gap.subject) for gap in target.gaps] == [(Stage.LIMIT, "big.bin")]


def test_limits_of_a_whole_folder(tmp_path):
    for number in range(30):
        (tmp_path / f"{number:02}").write_bytes(b"x" * 100)
    for limits, count in ((replace(DEFAULT, files=10), 10), (replace(DEFAULT, total_bytes=1000), 10)):
        target = opened(tmp_path, limits)
        assert len(contents(target)) == count
        assert [gap.stage for gap in target.gaps] == [Stage.LIMIT]


def test_many_gaps_of_one_kind_are_counted(tmp_path):
    for number in range(80):
        os.mkfifo(tmp_path / f"{number:02}")
    target = opened(tmp_path)
    assert contents(target) == {}
    assert len(target.gaps) == 51
    assert target.gaps[-1].reason.english() == "30 more like 00: not a regular file: fifo"


@pytest.mark.parametrize("name", ["a.zip", "a.whl", "a.vsix", "plain", "a.bin"])
def test_a_zip_under_any_name(tmp_path, name):
    (tmp_path / name).write_bytes(zipped(package__a_dot_js=b"1"))
    target = opened(tmp_path / name)
    assert target.kind == "archive"
    assert list(contents(target)) == [name, "package/a.js"]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tars(tmp_path, mode):
    with tarfile.open(tmp_path / "a.tar.x", mode) as tar:
        info = tarfile.TarInfo("package/a.js")
        info.size = 1
        tar.addfile(info, io.BytesIO(b"1"))
    target = opened(tmp_path / "a.tar.x")
    assert target.kind == "archive"
    assert contents(target)["package/a.js"] == b"1"
    assert target.gaps == []
    assert target.read("package/a.js") == b"1"


def test_an_archive_without_files_says_so(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped())
    target = opened(tmp_path / "a.zip")
    assert list(contents(target)) == ["a.zip"]
    assert [gap.reason.english() for gap in target.gaps] == ["no file could be read from the archive"]


def test_single_files_and_documents(tmp_path):
    (tmp_path / "a.js").write_bytes(b"1")
    (tmp_path / "package-lock.json").write_bytes(b"{}")
    (tmp_path / "empty").write_bytes(b"")
    assert [opened(tmp_path / name).kind for name in ("a.js", "package-lock.json", "empty")] == [
        "file",
        "lockfile",
        "file",
    ]
    assert contents(opened(tmp_path / "package-lock.json")) == {"package-lock.json": b"{}"}
    assert opened(tmp_path / "a.js", kind_hint="lockfile").kind == "lockfile"


def test_a_giant_file_is_a_gap(tmp_path):
    with (tmp_path / "big").open("wb") as stream:
        stream.truncate(1 << 30)
    target = opened(tmp_path / "big")
    assert contents(target) == {}
    assert target.gaps[0].stage is Stage.LIMIT


def test_wanted_leaves_the_rest_alone(tmp_path):
    (tmp_path / "a.js").write_bytes(b"1")
    (tmp_path / "package.json").write_bytes(b"{}")
    (tmp_path / "p.zip").write_bytes(zipped(package_dot_json=b"{}", a_dot_js=b"1"))
    found = contents(opened(tmp_path), wanted=lambda path: path.endswith("package.json"))
    assert list(found) == ["p.zip!/package.json", "package.json"]


@pytest.mark.parametrize(
    ("spec", "words", "exit_kind"),
    [
        ("", "empty", "usage"),
        ("a\0b", "empty", "usage"),
        ("{tmp}/missing", "does not exist", "usage"),
        ("{tmp}/pipe", "not a file or folder", "usage"),
        ("{tmp}/junk.zip", "not an archive", "incomplete"),
        ("{tmp}/junk.tgz", "not an archive", "incomplete"),
        ("{tmp}/file#main", "does not exist", "usage"),
        ("{tmp}#main", "not a git repository", "usage"),
        ("npm:left-pad@1.3.0", "network was not allowed", "usage"),
        ("pkg:pypi/requests@2.0", "network was not allowed", "usage"),
        ("pkg:cargo/x@1", "only packages of npm and PyPI", "usage"),
        ("pkg:", "not a package URL", "usage"),
        ("pypi:a==1.*", "not a PyPI project", "usage"),
        ("npm:../x", "not the name of an npm package", "usage"),
        ("npm:x@git+ssh://h.test/x", "not an exact version", "usage"),
        ("https://u:secret@h.test/a/b.git", "network was not allowed", "usage"),
        ("git@h.test:a/b.git", "network was not allowed", "usage"),
    ],
)
def test_what_cannot_be_opened(tmp_path, spec, words, exit_kind):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_bytes(b"1")
    for name in ("junk.zip", "junk.tgz"):
        (tmp_path / name).write_bytes(b"rubbish" * 100)
    with pytest.raises(TargetError) as raised:
        opened(spec.replace("{tmp}", str(tmp_path)))
    assert words in raised.value.message.english()
    assert raised.value.exit_kind == exit_kind
    assert "secret" not in raised.value.message.english()


def test_names_of_targets_are_printable(tmp_path):
    folder = tmp_path / "a\x1b[31m"
    folder.mkdir()
    assert opened(folder).subject.endswith("a\\x1b[31m")


@pytest.mark.parametrize(
    ("data", "specs"),
    [
        (b"a\nb c\r\n\n", ["a", "b c"]),
        (b"a\0b\nc\0", ["a", "b\nc"]),
        (b"", []),
        (b"last", ["last"]),
        (b"\xff\n", ["\udcff"]),
        (b"x" * 70000, ["x" * 65536]),
    ],
)
def test_lists(data, specs):
    assert list(iter_specs(io.BytesIO(data))) == specs
