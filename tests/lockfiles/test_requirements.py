import pytest

from lazaretto.lockfiles.requirements import FORMAT, accepts, logical_lines
from lazaretto.model.package import Package, Relation
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("requirements.txt", True),
        ("a/dev-requirements.in", True),
        ("constraints.txt", True),
        ("requirements/prod.txt", True),
        ("requirements.lock", True),
        ("requirements.md", False),
        ("notes.txt", False),
        ("src/requirements.py", False),
    ],
)
def test_accepts(path, expected):
    assert accepts(path) is expected


def test_pins_ranges_digests_and_continuations(read):
    text = (
        "# all of it\n"
        "Foo.Bar==1.0 \\\n"
        "    --hash=sha256:aa \\\n"
        "    --hash=sha256:bb\n"
        "ranged >= 1.2, < 2 ; python_version < '4'  # why\n"
        "--index-url https://registry.example.test/simple\n"
        "extra[a,b] == 2.0\n"
        "bare\n"
    )
    answer = read(FORMAT, "requirements.txt", text)
    assert answer.packages[0] == Package(
        "pypi", "foo-bar", "1.0", "requirements.txt", 2, Relation.LOCKED, integrity="sha256:aa"
    )
    assert answer.packages[1] == Package(
        "pypi", "ranged", "", "requirements.txt", 5, Relation.DECLARED, requirement=">= 1.2, < 2"
    )
    assert answer.pairs[2:] == [("extra", "2.0"), ("bare", "")]
    assert answer.gaps == []


def test_addresses_and_paths(read):
    text = (
        "named @ https://files.example.test/named.zip\n"
        "-e git+https://git.example.test/team/tool.git@v1#egg=Tool\n"
        "git+https://git.example.test/team/nameless.git\n"
        "./wheels/numpy-1.9.2-cp34-none-win32.whl\n"
        "-e .\n"
        "../sibling\n"
    )
    answer = read(FORMAT, "requirements.txt", text)
    assert [(row.ecosystem, row.name, row.version) for row in answer.packages] == [
        ("pypi", "named", ""),
        ("pypi", "tool", ""),
        ("generic", "nameless", ""),
        ("pypi", "numpy", "1.9.2"),
    ]
    assert answer.packages[0].url == "https://files.example.test/named.zip"
    assert answer.gaps == []


def test_includes_end_and_stay_inside(read):
    files = {
        "a/requirements.txt": "-r base.txt\n-c ../constraints.txt\n-r ../../outside.txt\n-r gone.txt\n-r https://h.test/r.txt\n",
        "a/base.txt": "-r requirements.txt\n-rmore.txt\nbase==1\n",
        "a/more.txt": "more==2\n",
        "constraints.txt": "pinned==3\n",
    }
    answer = read(FORMAT, "a/requirements.txt", files["a/requirements.txt"], files)
    assert sorted((row.name, row.version, row.source) for row in answer.packages) == [
        ("base", "1", "a/base.txt"),
        ("more", "2", "a/more.txt"),
        ("pinned", "3", "constraints.txt"),
    ]
    assert [reason.partition(": the included file ")[2] for reason in answer.reasons] == [
        "../../outside.txt was not read: it lies outside the subject",
        "gone.txt was not read: it is not there",
        "https://h.test/r.txt was not read: it lies on another host",
    ]


def test_bad_lines_are_gaps_and_the_rest_is_read(read):
    answer = read(FORMAT, "requirements.txt", "asdf==\nok==1\nx==${SECRET}\n-foo\nthree words here\n")
    assert answer.pairs == [("ok", "1")]
    assert len(answer.gaps) == 4
    assert all(gap.partial for gap in answer.gaps)
    assert answer.reasons[0].startswith("line 1: asdf== could not be read as a package: ")


def test_many_bad_lines_are_counted(read):
    answer = read(FORMAT, "requirements.txt", "ok==1\n" + "bad bad\n" * 50)
    assert len(answer.gaps) == 21
    assert answer.reasons[-1] == "30 more entries could not be read"


def test_conda_export_in_disguise(read):
    answer = read(FORMAT, "requirements.txt", "numpy=1.19.2=py38h54aff64_0\nRequests=2.0=pypi_0\n")
    assert [(row.ecosystem, row.name, row.version) for row in answer.packages] == [
        ("conda", "numpy", "1.19.2"),
        ("pypi", "requests", "2.0"),
    ]


def test_utf_16(read):
    assert read(FORMAT, "requirements.txt", "a==1\r\nb==2\r\n".encode("utf-16")).pairs == [("a", "1"), ("b", "2")]


def test_prose_is_refused():
    prose = Blob(
        "requirements.txt", b"Dear candidate, please\nread all of this text\nbefore the call\nand then\nsend us mail\n"
    )
    with pytest.raises(ParseError):
        list(FORMAT.read(prose, lambda _: None))


def test_logical_lines():
    assert list(logical_lines("a \\\n b\n# c \\\nd # e\n\\\n")) == [(1, "a  b"), (4, "d")]
