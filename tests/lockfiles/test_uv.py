from lazaretto.lockfiles.uv import FORMAT, accepts

LOCK = """\
version = 1
requires-python = ">=3.11"

[[package]]
name = "demo"
version = "0.1.0"
source = { editable = "." }
dependencies = [{ name = "idna" }]

[[package]]
name = "virtual-demo"
version = "0.1.0"
source = { virtual = "." }

[[package]]
name = "member"
source = { editable = "packages/member" }

[[package]]
name = "idna"
version = "3.10"
source = { registry = "https://registry.example.test/simple" }
sdist = { url = "https://files.example.test/idna-3.10.tar.gz", hash = "sha256:aa", size = 1 }
wheels = [{ url = "https://files.example.test/idna-3.10-py3-none-any.whl", hash = "sha256:bb" }]

[[package]]
name = "ruff"
version = "0.8.1"
source = { git = "https://git.example.test/ruff?rev=0.8.1#84748be16341b76e073d117329f7f5f4ee2941ad" }

[package.metadata]
name = "not a package"
"""


def test_reads_all_but_the_project(read):
    answer = read(FORMAT, "uv.lock", LOCK)
    assert answer.pairs == [("member", ""), ("idna", "3.10"), ("ruff", "0.8.1")]
    idna = answer.one("idna")
    assert (idna.line, idna.url, idna.integrity) == (20, "https://files.example.test/idna-3.10.tar.gz", "sha256:aa")
    assert answer.one("ruff").url.endswith("?rev=0.8.1@84748be16341b76e073d117329f7f5f4ee2941ad")
    assert answer.one("member").requirement == "packages/member"


def test_package_in_other_text_moves_no_line(read):
    answer = read(FORMAT, "uv.lock", 'note = """\n[[package]]\n"""\n' + LOCK)
    assert answer.one("idna").line == 23


def test_accepts():
    assert accepts("tools/run.py.lock")
    assert not accepts("uv.toml")
