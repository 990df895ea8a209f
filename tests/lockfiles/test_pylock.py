from lazaretto.lockfiles.pylock import FORMAT, accepts

LOCK = """\
lock-version = "1.0"
created-by = "pip"

[[packages]]
name = "demo"
[packages.directory]
path = "."

[[packages]]
name = "attrs"
version = "25.1.0"
index = "https://registry.example.test/simple"
[[packages.wheels]]
name = "attrs-25.1.0-py3-none-any.whl"
url = "https://files.example.test/attrs-25.1.0-py3-none-any.whl"
hashes = {md5 = "00", sha256 = "aa"}

[[packages]]
name = "Forked"
version = "0.1.0"
vcs = { type = "git", url = "https://git.example.test/forked.git", requested-revision = "main", commit-id = "7350" }
"""


def test_reads(read):
    answer = read(FORMAT, "pylock.dev.toml", LOCK)
    assert answer.pairs == [("attrs", "25.1.0"), ("forked", "0.1.0")]
    assert (answer.packages[0].line, answer.packages[0].integrity) == (10, "sha256:aa")
    assert answer.packages[1].url == "git+https://git.example.test/forked.git@7350"


def test_inline_array(read):
    answer = read(FORMAT, "pylock.toml", 'packages = [\n  {name = "a", version = "1"},\n  {name = "b"},\n]\n')
    assert [(row.name, row.version, row.line) for row in answer.packages] == [("a", "1", 2), ("b", "", 3)]


def test_accepts():
    assert accepts("x/pylock.toml")
    assert accepts("pylock.spam.toml")
    assert not accepts("mypylock.toml")
    assert not accepts("pylock.a.b.toml")
