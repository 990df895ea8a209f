import json

from lazaretto.lockfiles.composer import FORMAT

LOCK = {
    "packages": [
        {"name": "sentry/sdk", "version": "2.0.4", "dist": {"url": "https://files.example.test/s.zip", "shasum": "aa"}},
        {},
    ],
    "packages-dev": [{"name": "theseer/tokenizer", "version": "v1.1.3"}],
}


def test_reads(read):
    answer = read(FORMAT, "composer.lock", json.dumps(LOCK, indent=1))
    assert answer.pairs == [("sentry/sdk", "2.0.4"), ("theseer/tokenizer", "v1.1.3")]
    assert [row.dev for row in answer.packages] == [False, True]
    assert (answer.packages[0].url, answer.packages[0].integrity) == ("https://files.example.test/s.zip", "sha1:aa")
    assert answer.packages[0].line == 4
    assert len(answer.gaps) == 1
