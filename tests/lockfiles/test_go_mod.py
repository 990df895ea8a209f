import pytest

from lazaretto.lockfiles.go_mod import FORMAT
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError

MOD = """\
module example.test/demo // a comment

go 1.22.1

toolchain go1.23.6-custom

require github.com/BurntSushi/toml v1.0.0

require (
\tgolang.org/x/net v1.2.3
\tgolang.org/x/net v0.5.6
\t"quoted.test/x" v0.0.0-20210630005230-0f9fa26af87c // indirect
\tlocal.test/y v1.0.0
\tlonely
)

replace (
\tgolang.org/x/net => fork.test/net v9.9.9
\tgolang.org/x/net v1.2.3 => fork.test/net v1.4.5
)
replace local.test/y => ./y
exclude gone.test/z v1.0.0
retract [v1.0.0, v1.1.0]
"""
SUM = """\
github.com/BurntSushi/toml v1.0.0 h1:dtDWrepsVPfW9H/4y7dDgFc2MBUSeJhlaDtK13CxFlU=
github.com/BurntSushi/toml v1.0.0/go.mod h1:CxXYINrC8qIiEnFrOxCa7Jy5BFHlXnUU2pbicEuybxQ=
extra.test/sum v1.1.1 h1:x=
only.test/mod v1.1.1/go.mod h1:x=
"""


def test_requires_and_replacements(read):
    answer = read(FORMAT, "go.mod", MOD, {"go.sum": SUM})
    assert sorted(answer.pairs) == [
        ("./y", ""),
        ("fork.test/net", "1.4.5"),
        ("fork.test/net", "9.9.9"),
        ("github.com/BurntSushi/toml", "1.0.0"),
        ("quoted.test/x", "0.0.0-20210630005230-0f9fa26af87c"),
        ("stdlib", "1.23.6"),
    ]
    toml = answer.one("github.com/BurntSushi/toml")
    assert (toml.line, toml.integrity) == (7, "h1:dtDWrepsVPfW9H/4y7dDgFc2MBUSeJhlaDtK13CxFlU=")
    assert answer.one("./y").alias == "local.test/y"
    assert answer.reasons == [
        "line 14: lonely could not be read as a package: a module path and a version are expected"
    ]


def test_old_go_needs_the_sum(read):
    answer = read(FORMAT, "a/go.mod", "go 1.16\nrequire x.test/a v1.0.0\n", {"a/go.sum": SUM})
    assert ("extra.test/sum", "1.1.1") in answer.pairs
    assert ("only.test/mod", "1.1.1") not in answer.pairs
    assert ("stdlib", "1.16") in answer.pairs


@pytest.mark.parametrize("text", ["this is not a go.mod file!\n", "require (\n a.test/b v1.0.0\n"])
def test_not_go_mod(text):
    with pytest.raises(ParseError):
        list(FORMAT.read(Blob("go.mod", text.encode()), lambda _: None))
