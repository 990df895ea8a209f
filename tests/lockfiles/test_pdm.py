from lazaretto.lockfiles.pdm import FORMAT, accepts

LOCK = """\
[metadata]
groups = ["default", "dev"]
lock_version = "4.5.0"

[[package]]
name = "Requests"
version = "2.32.3"
groups = ["default"]
files = [{file = "requests.whl", hash = "sha256:aa"}]

[[package]]
name = "requests"
version = "2.32.3"
extras = ["socks"]
groups = ["default"]

[[package]]
name = "toml"
version = "0.10.2"
git = "https://git.example.test/toml.git"
ref = "65bab7582ce14c55cdeec2244c65ea23039c9e6f"
revision = "65bab7582ce14c55cdeec2244c65ea23039c9e6f"
groups = ["dev"]

[[package]]
name = "direct"
version = "1.0"
groups = ["default"]
files = [{url = "https://files.example.test/direct.whl", hash = "sha256:bb"}]
"""


def test_reads_once_per_version(read):
    answer = read(FORMAT, "pdm.lock", LOCK)
    assert answer.pairs == [("requests", "2.32.3"), ("toml", "0.10.2"), ("direct", "1.0")]
    assert [row.dev for row in answer.packages] == [False, True, False]
    assert answer.one("toml").url == "git+https://git.example.test/toml.git@65bab7582ce14c55cdeec2244c65ea23039c9e6f"
    assert answer.one("direct").url == "https://files.example.test/direct.whl"
    assert answer.one("requests").line == 6


def test_accepts():
    assert accepts("a/pdm.lock")
    assert accepts("pdm.ci.lock")
    assert not accepts("pdm.toml")
