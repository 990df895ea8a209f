import json

from lazaretto.lockfiles.pipenv import FORMAT

LOCK = {
    "_meta": {"hash": {"sha256": "00"}, "sources": [{"name": "a", "url": "https://registry.example.test"}]},
    "default": {
        "MarkupSafe": {"hashes": ["sha256:aa"], "version": "==2.1.1"},
        "forked": {"git": "https://git.example.test/forked.git", "ref": "b360", "editable": True},
        "own": {"path": ".", "editable": True},
        "loose": {"version": "*"},
        "wrong": "==1.0",
    },
    "develop": {
        "markupsafe": {"hashes": ["sha256:aa"], "version": "==2.1.1"},
        "pytest": {"version": "==8.0", "index": "a"},
    },
    "docs": {"sphinx": {"version": "==7.0"}},
}


def test_reads_every_category_once(read):
    answer = read(FORMAT, "Pipfile.lock", json.dumps(LOCK, indent=4))
    assert answer.pairs == [("markupsafe", "2.1.1"), ("forked", ""), ("pytest", "8.0"), ("sphinx", "7.0")]
    assert [row.dev for row in answer.packages] == [False, False, True, True]
    assert answer.one("forked").url == "git+https://git.example.test/forked.git@b360"
    assert (answer.one("markupsafe").line, answer.one("markupsafe").integrity) == (14, "sha256:aa")
    assert [reason.partition(": ")[2].partition(" ")[0] for reason in answer.reasons] == ["loose", "wrong"]


def test_empty_file(read):
    assert read(FORMAT, "Pipfile.lock", " \n").pairs == []
