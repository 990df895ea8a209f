from lazaretto.lockfiles.cargo import FORMAT

LOCK = """\
version = 4

[[package]]
name = "addr2line"
version = "0.15.2"
source = "registry+https://registry.example.test/index"
checksum = "e7a2"

[[package]]
name = "local"
version = "0.1.0"
"""


def test_reads(read):
    answer = read(FORMAT, "Cargo.lock", LOCK)
    assert answer.pairs == [("addr2line", "0.15.2"), ("local", "0.1.0")]
    assert (answer.packages[0].integrity, answer.packages[0].line) == ("sha256:e7a2", 4)
    assert answer.packages[0].purl == "pkg:cargo/addr2line@0.15.2"
