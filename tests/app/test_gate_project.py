"""Every line that leads past the gate is named, with whom it concerns and whether it beats the gate."""

import pytest

from lazaretto.app.gate_project import Way, inspect

R = "registry.example.test"


@pytest.fixture
def project(tmp_path):
    def make(files, client=""):
        folder = tmp_path / "home/p"
        (folder / ".git").mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        return [
            (one.path, one.line, str(one.way), one.what.english(), one.clients, one.beats)
            for one in inspect(folder, tmp_path / "home", client)
        ]

    return make


def test_a_harmless_project(project):
    assert (
        project(
            {
                "package.json": '{"dependencies": {"a": "^1.0.0"}}',
                "requirements.txt": "a==1\n",
                ".npmrc": "save-exact=true\n",
            }
        )
        == []
    )


@pytest.mark.parametrize(
    ("client", "name", "text", "expected"),
    [
        ("npm", ".npmrc", f"save-exact=true\nregistry=https://{R}/\n",
         (2, "registry", f"registry points to https://{R}/", ("npm", "pnpm", "yarn1", "bun"), False)),
        ("npm", ".npmrc", f"@a:registry=https://{R}/\n",
         (1, "registry", f"@a:registry points to https://{R}/ for @a", ("npm", "pnpm", "yarn1", "bun"), False)),
        ("yarn1", ".yarnrc", f'"@a:registry" "https://{R}"\n',
         (1, "registry", f"@a:registry points to https://{R} for @a", ("yarn1",), False)),
        ("yarn", ".yarnrc.yml", f"npmRegistryServer: https://{R}\n",
         (1, "registry", f"npmRegistryServer points to https://{R}", ("yarn",), False)),
        ("yarn", ".yarnrc.yml", "yarnPath: .yarn/releases/yarn.cjs\n",
         (1, "code", "the project's own program runs in Yarn's place: .yarn/releases/yarn.cjs", ("yarn", "yarn1"), True)),
        ("bun", "bunfig.toml", f'[install.scopes]\na = "https://{R}"\n',
         (2, "registry", f"install.scopes points to https://{R} for @a", ("bun",), False)),
        ("pip", "requirements.txt", f"--index-url https://{R}/simple\na\n",
         (1, "registry", f"--index-url points to https://{R}/simple", ("pip",), True)),
        ("uv", "requirements.txt", f"--extra-index-url https://{R}/simple\na\n",
         (1, "registry", f"--extra-index-url points to https://{R}/simple", ("uv",), False)),
        ("uv", "pyproject.toml", f'[[tool.uv.index]]\nurl = "https://{R}/simple"\n',
         (2, "registry", f"tool.uv.index points to https://{R}/simple", ("uv",), True)),
        ("uv", "pyproject.toml", f'[[tool.uv.index]]\nname = "x"\nurl = "https://{R}/simple"\n',
         (3, "registry", f"tool.uv.index points to https://{R}/simple", ("uv",), False)),
        ("poetry", "pyproject.toml", f'[[tool.poetry.source]]\nname = "x"\nurl = "https://{R}/simple"\n',
         (3, "registry", f"tool.poetry.source points to https://{R}/simple", ("poetry",), False)),
        ("pdm", "pyproject.toml", f'[[tool.pdm.source]]\nname = "x"\nurl = "https://{R}/simple"\n',
         (3, "registry", f"tool.pdm.source points to https://{R}/simple", ("pdm",), False)),
        ("pipenv", "Pipfile", f'[[source]]\nurl = "https://{R}/simple"\n',
         (2, "registry", f"source points to https://{R}/simple", ("pipenv",), True)),
        ("yarn1", "yarn.lock", f'# yarn lockfile v1\n\na@^1:\n  version "1.0.0"\n  resolved "https://{R}/a/-/a-1.0.0.tgz#0"\n',
         (5, "lock", f"1 addresses at {R}", ("yarn1",), True)),
        ("npm", "package-lock.json", f'{{"lockfileVersion": 3, "packages": {{"node_modules/a": {{"version": "1.0.0", "resolved": "https://{R}/a/-/a-1.0.0.tgz"}}}}}}',
         (1, "lock", f"1 addresses at {R}", ("npm",), False)),
        ("uv", "uv.lock", f'version = 1\n[[package]]\nname = "a"\nversion = "1"\nsource = {{ registry = "https://{R}/simple" }}\n',
         (5, "lock", f"1 addresses at {R}", ("uv",), True)),
        ("npm", "package.json", '{\n"dependencies": {"a": "git+https://code.example.test/a.git"}}',
         (2, "direct", "a does not come from a registry: git+https://code.example.test/a.git", ("npm", "pnpm", "yarn1", "yarn", "bun"), True)),
        ("npm", "package.json", '{\n"overrides": {"a": {"b": "https://code.example.test/b.tgz"}}}',
         (2, "direct", "b does not come from a registry: https://code.example.test/b.tgz", ("npm", "pnpm", "yarn1", "yarn", "bun"), True)),
        ("pip", "requirements.txt", f"a @ https://{R}/a-1.0.zip\n",
         (1, "direct", f"a does not come from a registry: https://{R}/a-1.0.zip", ("pip", "uv", "poetry", "pdm"), True)),
        ("uv", "pyproject.toml", '[tool.uv.sources]\na = { git = "https://code.example.test/a" }\n',
         (2, "direct", "a does not come from a registry: https://code.example.test/a", ("uv",), True)),
        ("pnpm", ".pnpmfile.cjs", "module.exports = {}\n", (1, "code", "code of the project runs inside pnpm", ("pnpm",), True)),
        ("yarn", ".yarn/cache/a-npm-1.0.0-0.zip", "", None),
    ],
)  # fmt: skip
def test_each_line(project, client, name, text, expected):
    if expected is None:
        assert project({name: text}, client) == [
            (".yarn/cache", 1, "cache", "the project brings 1 packages itself", ("yarn",), False)
        ]
    else:
        assert (name, *expected) in project({name: text}, client)


def test_a_git_dependency_of_a_lockfile(project):
    lock = '{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0", "resolved": "git+ssh://git@code.example.test/a.git#0123"}}}'
    (found,) = project({"package-lock.json": lock}, "npm")
    assert found[2] == str(Way.DIRECT)


def test_only_what_concerns_the_client(project):
    files = {".npmrc": f"registry=https://{R}/\n", "requirements.txt": f"-i https://{R}/simple\n"}
    assert {row[0] for row in project(files, "pip")} == {"requirements.txt"}
    assert {row[0] for row in project(files)} == {".npmrc", "requirements.txt"}


def test_what_beats_the_gate_comes_first(project):
    rows = project({".npmrc": f"registry=https://{R}/\n", "requirements.txt": f"-i https://{R}/simple\n"})
    assert [row[-1] for row in rows] == sorted((row[-1] for row in rows), reverse=True)


def test_a_damaged_file_is_named(project):
    ((path, _, _, text, clients, beats),) = project({"uv.lock": "[[", "x": ""}, "uv")
    assert (path, clients, beats) == ("uv.lock", (), True)
    assert text.startswith("not readable as uv.lock")


def test_a_requirements_file_of_any_name(project, tmp_path):
    project({"deps.lst": f"-i https://{R}/simple\na @ https://{R}/a-1.0.zip\n"})
    folder = tmp_path / "home/p"
    found = inspect(folder, tmp_path / "home", "pip", [folder / "deps.lst"])
    assert [(one.path, one.line, one.way) for one in found] == [
        ("deps.lst", 1, Way.REGISTRY),
        ("deps.lst", 2, Way.DIRECT),
    ]
