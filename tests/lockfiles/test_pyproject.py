from lazaretto.lockfiles.pyproject import FORMAT

PROJECT = """\
[build-system]
requires = ["setuptools==70.0.0"]

[project]
name = "demo"
dependencies = [
    "Requests[socks]>=2.31",
    "pinned==1.2.3; python_version < \\"4\\"",
    "forked",
    "not a requirement",
]

[project.optional-dependencies]
web = ["aiohttp"]

[dependency-groups]
test = ["pytest==8.0", {include-group = "lint"}]
lint = ["ruff"]

[tool.uv]
dev-dependencies = ["black"]
override-dependencies = ["urllib3==2.0"]

[tool.uv.sources]
forked = { git = "https://git.example.test/forked.git", rev = "abc" }

[tool.pdm.dev-dependencies]
doc = ["-e file:///${PROJECT_ROOT}/sub#egg=sub", "mkdocs"]

[tool.hatch.envs.test]
dependencies = ["coverage"]

[tool.setuptools.dynamic]
dependencies = {file = ["deps.txt"]}
"""
POETRY = """\
[tool.poetry.dependencies]
python = "^3.11"
exact = "1.2.3"
equal = "==1.2.3"
caret = "^1.2"
table = {version = "~2.0", extras = ["x"]}
git = {git = "https://git.example.test/git.git", tag = "v1"}
many = [{version = "1.0", python = "<3.9"}, {version = "2.0", python = ">=3.9"}]
local = {path = "../local", develop = true}

[tool.poetry.group.dev.dependencies]
pytest = "^8"
"""


def test_every_table(read):
    answer = read(FORMAT, "pyproject.toml", PROJECT, {"deps.txt": "dynamic==9\n"})
    assert {row.name: (row.version, row.dev) for row in answer.packages} == {
        "setuptools": ("70.0.0", False),
        "requests": ("", False),
        "pinned": ("1.2.3", False),
        "forked": ("", False),
        "aiohttp": ("", False),
        "pytest": ("8.0", True),
        "ruff": ("", True),
        "black": ("", True),
        "urllib3": ("2.0", False),
        "mkdocs": ("", True),
        "coverage": ("", True),
        "dynamic": ("9", False),
    }
    assert [answer.one(name).line for name in ("requests", "pinned", "setuptools", "ruff")] == [7, 8, 2, 18]
    assert answer.one("requests").requirement == ">=2.31"
    assert answer.one("forked").url == "git+https://git.example.test/forked.git@abc"
    assert answer.one("dynamic").source == "deps.txt"
    assert len(answer.gaps) == 1
    assert answer.reasons[0].startswith("line 10: not a requirement could not be read")


def test_poetry(read):
    answer = read(FORMAT, "pyproject.toml", POETRY)
    assert answer.pairs == [
        ("exact", "1.2.3"),
        ("equal", "1.2.3"),
        ("caret", ""),
        ("table", ""),
        ("git", ""),
        ("many", "1.0"),
        ("many", "2.0"),
        ("pytest", ""),
    ]
    assert answer.one("caret").requirement == "^1.2"
    assert answer.one("git").url == "git+https://git.example.test/git.git@v1"
    assert answer.one("pytest").dev


def test_wrong_shapes_are_no_crash(read):
    text = 'project = 1\n[build-system]\nrequires = "x"\n[tool]\nuv = []\n[tool.poetry]\ndependencies = [1]\n'
    assert read(FORMAT, "pyproject.toml", text).pairs == []
