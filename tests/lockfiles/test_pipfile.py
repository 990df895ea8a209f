from lazaretto.lockfiles.pipfile import FORMAT
from lazaretto.model.package import Relation

PIPFILE = """\
[[source]]
name = "corp"
url = "https://registry.example.test/simple"

[packages]
requests = {extras = ["socks"], version = ">=2.31"}
Flask = "==3.0.3"
any = "*"
fork = {git = "https://git.example.test/fork.git", ref = "main"}
own = {path = ".", editable = true}

[dev-packages]
pytest = ">=8"

[requires]
python_version = "3.12"
"""


def test_reads(read):
    answer = read(FORMAT, "Pipfile", PIPFILE)
    assert answer.pairs == [("requests", ""), ("flask", "3.0.3"), ("any", ""), ("fork", ""), ("pytest", "")]
    assert {row.relation for row in answer.packages} == {Relation.DECLARED}
    assert answer.one("requests").requirement == ">=2.31"
    assert answer.one("fork").url == "git+https://git.example.test/fork.git@main"
    assert [row.line for row in answer.packages] == [6, 7, 8, 9, 13]
    assert answer.one("pytest").dev
