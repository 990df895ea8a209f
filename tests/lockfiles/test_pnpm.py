import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.lockfiles.pnpm import FORMAT, accepts, split_path
from lazaretto.model.package import Package, Relation
from lazaretto.parse.views import ParseError


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("pnpm-lock.yaml", True),
        ("a/pnpm-lock.feature.yaml", True),
        ("node_modules/.pnpm/lock.yaml", True),
        ("a/node_modules/.pnpm/lock.yaml", True),
        ("node_modules/a/pnpm-lock.yaml", False),
        ("lock.yaml", False),
        ("pnpm-workspace.yaml", False),
    ],
)
def test_accepts(path, expected):
    assert accepts(path) is expected


@pytest.mark.parametrize(
    ("path", "major", "wanted"),
    [
        ("/a/1.0.0", 5, ("a", "1.0.0")),
        ("/@s/a/1.0.0_b@2.0.0+c@3.0.0", 5, ("@s/a", "1.0.0")),
        ("/a/1.0.0_0a0a0a", 5, ("a", "1.0.0")),
        ("/a/1.0.0/b@2.0.0", 5, ("a", "1.0.0")),
        ("registry.example.test/a/1.1.0", 5, ("a", "1.1.0")),
        ("registry.example.test/@s/a/1.1.0", 5, ("@s/a", "1.1.0")),
        ("/a/1.0.0-rc.1", 5, ("a", "1.0.0-rc.1")),
        ("github.com/u/a/0a0a0a", 5, ("", "")),
        ("/a@1.0.0", 6, ("a", "1.0.0")),
        ("/@s/a@1.0.0(b@2.0.0)(@s/c@3.0.0)", 6, ("@s/a", "1.0.0")),
        ("registry.example.test/@s/a@1.0.0", 6, ("@s/a", "1.0.0")),
        ("file:../a", 6, ("", "")),
        ("github.com/u/a/0a0a0a", 6, ("", "")),
        ("a@1.0.0", 9, ("a", "1.0.0")),
        ("@s/a@1.0.0(b@2.0.0(c@3.0.0))", 9, ("@s/a", "1.0.0")),
        ("/@s/a@1.0.0", 9, ("@s/a", "1.0.0")),
        ("a@https://codeload.example.test/u/a/tar.gz/0a", 9, ("a", "")),
        ("a@file:lib/a", 9, ("a", "")),
        ("a@git+ssh://git@host.test/u/a.git#0a", 9, ("a", "")),
        ("garbage", 5, ("", "")),
        ("garbage", 9, ("", "")),
    ],
)
def test_dependency_paths(path, major, wanted):
    assert split_path(path, major) == wanted


V9 = """lockfileVersion: '9.0'

importers:
  .:
    dependencies:
      '@s/a':
        specifier: ^1.0.0
        version: 1.0.0(b@2.0.0)
      old:
        specifier: npm:real@^3
        version: real@3.0.0

packages:

  '@s/a@1.0.0':
    resolution: {integrity: sha512-AA==}
    peerDependencies:
      b: '*'

  b@2.0.0:
    resolution: {integrity: sha512-BB==, tarball: https://registry.example.test/b/-/b-2.0.0.tgz}

  real@3.0.0:
    resolution: {integrity: sha512-CC==}

  g@https://codeload.example.test/u/g/tar.gz/0a0a:
    resolution: {tarball: https://codeload.example.test/u/g/tar.gz/0a0a}
    version: 4.0.0

  l@file:lib/l:
    resolution: {directory: lib/l, type: directory}

snapshots:

  '@s/a@1.0.0(b@2.0.0)':
    dependencies:
      b: 2.0.0

  only-here@7.0.0: {}
"""


def test_version_9(read):
    answer = read(FORMAT, "pnpm-lock.yaml", V9)
    assert answer.packages == [
        Package("npm", "@s/a", "1.0.0", "pnpm-lock.yaml", 15, integrity="sha512-AA=="),
        Package("npm", "b", "2.0.0", "pnpm-lock.yaml", 20, url="https://registry.example.test/b/-/b-2.0.0.tgz",
                integrity="sha512-BB=="),
        Package("npm", "real", "3.0.0", "pnpm-lock.yaml", 23, integrity="sha512-CC==", alias="old"),
        Package("npm", "g", "4.0.0", "pnpm-lock.yaml", 26,
                requirement="https://codeload.example.test/u/g/tar.gz/0a0a",
                url="https://codeload.example.test/u/g/tar.gz/0a0a"),
        Package("npm", "l", "", "pnpm-lock.yaml", 30, requirement="file:lib/l"),
        Package("npm", "only-here", "7.0.0", "pnpm-lock.yaml", 39),
    ]  # fmt: skip
    assert not answer.gaps


def test_version_6(read):
    text = """lockfileVersion: '6.0'
dependencies:
  old:
    specifier: npm:real@^3
    version: /real@3.0.0
packages:
  /@s/a@1.0.0(b@2.0.0):
    resolution: {integrity: sha512-AA==}
    dev: true
  /real@3.0.0:
    resolution: {integrity: sha512-CC==}
    dev: false
  file:lib/l:
    resolution: {directory: lib/l, type: directory}
    name: l
    version: 0.1.0
"""
    answer = read(FORMAT, "pnpm-lock.yaml", text)
    assert answer.pairs == [("@s/a", "1.0.0"), ("real", "3.0.0"), ("l", "0.1.0")]
    assert [row.dev for row in answer.packages] == [True, False, False]
    assert answer.one("real").alias == "old"
    assert answer.one("l").requirement == "file:lib/l"


def test_version_5(read):
    text = """lockfileVersion: 5.4
specifiers:
  a: ^1
dependencies:
  a: 1.0.0_b@2.0.0
  g: github.com/u/g/0a0a
packages:
  /a/1.0.0_b@2.0.0:
    resolution: {integrity: sha512-AA==}
  github.com/u/g/0a0a:
    resolution: {commit: 0a0a, repo: git+ssh://git@github.com/u/g.git, type: git}
    name: '@s/g'
    version: 1.0.0
"""
    answer = read(FORMAT, "pnpm-lock.yaml", text)
    assert answer.pairs == [("a", "1.0.0"), ("@s/g", "1.0.0")]
    assert answer.one("@s/g").url == answer.one("@s/g").requirement == "git+ssh://git@github.com/u/g.git#0a0a"
    assert not answer.gaps


@pytest.mark.parametrize("key", ["/a/1.0.0", "/a@1.0.0", "a@1.0.0"])
def test_the_version_is_guessed_when_it_is_missing(read, key):
    assert read(FORMAT, "pnpm-lock.yaml", f"packages:\n  {key}:\n    dev: true\n").pairs == [("a", "1.0.0")]


def test_every_document_is_read(read):
    text = (
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    configDependencies: {}\npackages:\n  pm@11.0.0:\n"
        "    resolution: {integrity: sha512-AA==}\n---\n" + V9
    )
    answer = read(FORMAT, "pnpm-lock.yaml", text)
    assert answer.pairs[:2] == [("pm", "11.0.0"), ("@s/a", "1.0.0")]
    assert answer.packages[1].line == 15 + 8


def test_pnpms_own_record_says_what_is_installed(read):
    assert read(FORMAT, "node_modules/.pnpm/lock.yaml", V9).packages[0].relation is Relation.INSTALLED


def test_what_the_project_uses_but_packages_does_not_list_is_a_gap(read):
    answer = read(FORMAT, "pnpm-lock.yaml", "lockfileVersion: 5.3\ndependencies:\n  a: 1.0.0\n")
    assert answer.reasons == [
        "line 3: a@1.0.0 could not be read as a package: the project uses it, but `packages` does not list it"
    ]


def test_bad_entries_do_not_hide_the_others(read):
    text = "lockfileVersion: 5.3\npackages:\n  garbage: {}\n  /a/1.0.0: 1\n  /b/1.0.0:\n  /c:\n"
    answer = read(FORMAT, "pnpm-lock.yaml", text)
    assert answer.pairs == [("b", "1.0.0")]
    assert [reason.partition(" could")[0] for reason in answer.reasons] == [
        "line 3: garbage",
        "line 4: /a/1.0.0",
        "line 6: /c",
    ]
    assert read(FORMAT, "pnpm-lock.yaml", "lockfileVersion: 5.3\npackages: 1\n---\n- 1\n").reasons


@pytest.mark.parametrize("text", ["[", "- 1\n", "text"])
def test_not_a_lockfile(read, text):
    with pytest.raises(ParseError):
        read(FORMAT, "pnpm-lock.yaml", text)


def test_an_empty_lockfile_names_nothing(read):
    assert read(FORMAT, "pnpm-lock.yaml", "").pairs == []
    assert read(FORMAT, "pnpm-lock.yaml", "lockfileVersion: '9.0'\n").pairs == []


@given(st.text("/@a1.0_():#", max_size=30), st.sampled_from([5, 6, 9]))
@settings(max_examples=200, deadline=None)
def test_any_path_gives_two_texts(path, major):
    name, version = split_path(path, major)
    assert isinstance(name, str)
    assert isinstance(version, str)
