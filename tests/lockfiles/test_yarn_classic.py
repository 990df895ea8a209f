import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.lockfiles import yarn_classic
from lazaretto.lockfiles.yarn import FORMAT
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError

HOST = "https://registry.example.test"


def test_entries(read):
    text = f'''# yarn lockfile v1


"@s/a@^1.0.0", "@s/a@~1.0.1":
  version "1.0.2"
  resolved "{HOST}/@s/a/-/a-1.0.2.tgz#0a0a"
  integrity sha512-AA==
  dependencies:
    version "9.9.9"
    b "^2.0.0"

b@2, b@^2.0.0:
  "version" "2.0.0-rc.1+x"
  "resolved" "{HOST}/b/-/b-2.0.0.tgz"

bare:
  version "0.0.1"
'''
    answer = read(FORMAT, "yarn.lock", text)
    assert answer.packages == [
        Package("npm", "@s/a", "1.0.2", "yarn.lock", 4, url=f"{HOST}/@s/a/-/a-1.0.2.tgz#0a0a", integrity="sha512-AA=="),
        Package("npm", "b", "2.0.0-rc.1+x", "yarn.lock", 12, url=f"{HOST}/b/-/b-2.0.0.tgz"),
        Package("npm", "bare", "0.0.1", "yarn.lock", 16),
    ]
    assert not answer.gaps


def test_aliases_git_tarballs_and_folders(read):
    text = """
"alias@npm:@s/real@^1", "@s/real@^1.2":
  version "1.3.0"

"g@git+ssh://git@host.test:u/g#main":
  version "0.1.0"
  resolved "git+ssh://git@host.test:u/g#0a0a"

h@u/h#0a:
  version "0.2.0"

"l@file:./lib/l", l@~1.0.2:
  version "0.0.0"

"t@https://files.example.test/t.tgz":
  version "4.0.0"
"""
    answer = read(FORMAT, "yarn.lock", text)
    assert answer.pairs == [("@s/real", "1.3.0"), ("g", "0.1.0"), ("h", "0.2.0"), ("l", "0.0.0"), ("t", "4.0.0")]
    assert [row.alias for row in answer.packages] == ["alias", "", "", "", ""]
    assert [row.requirement for row in answer.packages] == [
        "", "git+ssh://git@host.test:u/g#main", "u/h#0a", "file:./lib/l", "https://files.example.test/t.tgz",
    ]  # fmt: skip


def test_one_entry_under_two_names_is_two_rows(read):
    answer = read(FORMAT, "yarn.lock", 'a@^1, b@^1:\n  version "1.0.0"\n')
    assert answer.pairs == [("a", "1.0.0"), ("b", "1.0.0")]


def test_an_address_that_names_another_package_is_what_gets_installed(read):
    answer = read(FORMAT, "yarn.lock", f'a@^1:\n  version "1.0.0"\n  resolved "{HOST}/evil/-/evil-1.0.0.tgz#0"\n')
    assert answer.pairs == [("a", "1.0.0"), ("evil", "1.0.0")]


def test_windows_line_ends(read):
    assert read(FORMAT, "yarn.lock", 'a@^1:\r\n  version "1.0.0"\r\n').pairs == [("a", "1.0.0")]


def test_merge_conflicts_and_missing_versions_are_gaps(read):
    text = 'a@1:\n<<<<<<< HEAD\n  version "1.0.0"\n=======\n>>>>>>> x\nb@1:\n  resolved "x"\nc@1:\n  version "3.0.0"\n'
    answer = read(FORMAT, "yarn.lock", text)
    assert answer.pairs == [("a", "1.0.0"), ("b", ""), ("c", "3.0.0")]
    assert len(answer.gaps) == 4


@pytest.mark.parametrize("text", ["garbage", '  version "1"\n', "{}"])
def test_not_a_yarn_lock(read, text):
    with pytest.raises(ParseError):
        read(FORMAT, "yarn.lock", text)


@given(st.text('a@:" \n,^1\\#version', max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_gives_rows_or_the_declared_error(text):
    try:
        rows = list(yarn_classic.rows(Blob("yarn.lock", text.encode())))
    except ParseError:
        return
    assert all(isinstance(row, (Package, Gap)) for row in rows)


def test_stray_quotes_cost_no_time():
    text = 'a@1:\n  version "' + '\\"' * 500_000 + "\n" + '"' * 100_000 + ":\n"
    list(yarn_classic.rows(Blob("yarn.lock", text.encode())))
