"""Which client a command line runs, and what makes it ask the gate; no client is needed here."""

from pathlib import Path

import pytest

from lazaretto.adapters import clients
from lazaretto.adapters.clients import catalog
from lazaretto.adapters.clients.client import Caches, Pointed, Target

TARGET = Target("http://127.0.0.1:4874")


@pytest.fixture
def look(tmp_path):
    project, home = tmp_path / "home/project", tmp_path / "home"
    (project / ".git").mkdir(parents=True)

    def make(files=None, environment=None, caches=True):
        for name, text in (files or {}).items():
            path = (home if name.startswith("~") else project) / name.removeprefix("~/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        kept = Caches(tmp_path / "fresh", tmp_path / "lasting") if caches else None
        return catalog.scene(project, {"PATH": "/nowhere", **(environment or {})}, tmp_path / "private", kept, home)

    return make


def test_every_module_is_listed():
    folder = Path(clients.__file__ or "").parent
    modules = {path.stem for path in folder.glob("*.py")}
    modules -= {"__init__", "catalog", "client", "settings", "injected", "edits"}
    assert {client.name for client in catalog.CLIENTS} == modules


@pytest.mark.parametrize(
    ("line", "name", "own"),
    [
        ("npm ci", "npm", "ci"),
        ("/usr/bin/npx cowsay hi", "npx-is-npm", "cowsay hi"),
        ("node /x/npm-cli.js ci", "npm", "ci"),
        ("C:\\x\\npm.cmd ci", "npm", "ci"),
        ("env A=b CI=1 npm ci", "npm", "ci"),
        ("corepack pnpm@10.1.0 i", "pnpm", "i"),
        ("pnpm dlx x", "pnpm", "dlx x"),
        ("pip install x", "pip", "install x"),
        ("pip3.11 install x", "pip", "install x"),
        ("pipx install x", "pip", "install x"),
        ("python3.11 -I -m pip install x", "pip", "install x"),
        ("py -3 -m poetry install", "poetry", "install"),
        ("uvx ruff", "uv", "ruff"),
        ("uv pip install x", "uv", "pip install x"),
        ("pdm install", "pdm", "install"),
        ("bunx x", "bun", "x"),
        ("yarn add x", "yarn1", "add x"),
    ],
)
def test_detect(look, line, name, own):
    found = catalog.detect(tuple(line.split(" ")), look())
    assert found is not None
    assert found[0].name == name.removeprefix("npx-is-")
    assert " ".join(found[1].own) == own


@pytest.mark.parametrize(
    "line", ["make", "python setup.py", "python -m build", "pipenv", "node x", "tox -- npm", "pytest -m pip", ""]
)
def test_no_client(look, line):
    assert catalog.detect(tuple(line.split()), look()) is None


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"package.json": '{"packageManager": "yarn@4.5.0"}'}, "yarn"),
        ({"package.json": '{"packageManager": "yarn@1.22.0"}', ".yarnrc.yml": ""}, "yarn1"),
        ({"yarn.lock": "__metadata:\n  version: 8\n"}, "yarn"),
        ({"yarn.lock": "# yarn lockfile v1\n", ".yarnrc.yml": ""}, "yarn1"),
        ({".yarnrc.yml": "nodeLinker: pnp\n"}, "yarn"),
    ],
)
def test_which_yarn(look, files, name):
    found = catalog.detect(("yarn",), look(files))
    assert found is not None
    assert found[0].name == name


def test_which_yarn_by_asking_it(look, tmp_path):
    program = tmp_path / "yarn"
    program.write_text("#!/bin/sh\necho 4.1.0\n")
    program.chmod(0o755)
    found = catalog.detect(("yarn",), look(environment={"PATH": f"{tmp_path}:/usr/bin:/bin"}))
    assert found is not None
    assert found[0].name == "yarn"


def test_scopes_of_project_user_and_machine_are_overruled(look):
    scene = look({".npmrc": "@acme:registry=https://a.test/\n", "~/.npmrc": "@home:registry = https://b.test\n",
                  "bunfig.toml": '[install.scopes]\nbun = "https://c.test"\n'})  # fmt: skip
    assert {"@acme", "@home", "@bun"} <= set(scene.scopes)
    pointed = catalog.point(("npm", "ci"), TARGET, scene)
    assert pointed.arguments[:2] == ("npm", "--registry=http://127.0.0.1:4874/")
    assert "--@acme:registry=http://127.0.0.1:4874/" in pointed.arguments
    assert pointed.arguments[-1] == "ci"
    assert pointed.environment["npm_config_@home:registry"] == "http://127.0.0.1:4874/"
    pointed = catalog.point(("pnpm", "i"), TARGET, scene)
    assert "--config.@acme:registry=http://127.0.0.1:4874/" in pointed.arguments
    pointed = catalog.point(("bun", "install", "-p"), TARGET, scene)
    assert pointed.arguments[1] == "install"
    assert pointed.arguments[2].startswith("--config=")
    assert "url" not in Path(pointed.arguments[2].partition("=")[2]).read_text()
    assert catalog.point(("bunx", "x"), TARGET, scene).weak


def test_a_command_that_is_no_client_gets_every_environment(look):
    pointed = catalog.point(("make", "install"), Target("http://127.0.0.1:4874", egress="http://127.0.0.1:9"), look())
    assert pointed.arguments == ("make", "install")
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "npm_config_registry", "YARN_NPM_REGISTRY_SERVER",
                 "BUN_CONFIG_REGISTRY", "PDM_PYPI_URL", "POETRY_CACHE_DIR", "HTTPS_PROXY"):  # fmt: skip
        assert name in pointed.environment


def test_a_token_reaches_files_only_by_the_name_of_its_variable(look):
    pointed = catalog.point(
        ("npm", "ci"), Target("http://127.0.0.1:1", "s3cret"), look({"~/.npmrc": "save-exact=true\n"})
    )
    assert not any("s3cret" in word for word in pointed.arguments)
    npmrc = Path(pointed.environment["npm_config_userconfig"])
    assert (
        npmrc.read_text()
        == "save-exact=true\n//127.0.0.1:1/:_authToken=${LAZARETTO_GATE_TOKEN}\n//127.0.0.1:1/:always-auth=true\n"
    )
    assert npmrc.stat().st_mode & 0o077 == 0
    assert pointed.environment["PIP_INDEX_URL"] == "http://__token__:s3cret@127.0.0.1:1/simple/"


def test_private_settings_of_yarn_keep_all_but_registries(look):
    scene = look({".yarnrc.yml": "nodeLinker: node-modules\nyarnPath: .yarn/y.cjs\nnpmScopes:\n  a:\n    npmRegistryServer: https://x.test\n",
                  "yarn.lock": "__metadata:\n"})  # fmt: skip
    pointed = catalog.point(("yarn",), TARGET, scene)
    text = (scene.folder / pointed.environment["YARN_RC_FILENAME"]).read_text()
    assert "nodeLinker" in text
    assert "x.test" not in text
    assert str(scene.folder / ".yarn/y.cjs") in text
    assert [one.english() for one in pointed.weak] == [
        f"the project brings its own Yarn ({scene.folder / '.yarn/y.cjs'}): what that asks is up to it"
    ]


def test_virtual_environments_do_not_end_in_a_cache_that_goes_away(look):
    scene = look({"~/.config/pypoetry/config.toml": 'cache-dir = "/c"\n'})
    assert catalog.point(("poetry",), TARGET, scene).environment["POETRY_VIRTUALENVS_PATH"] == "/c/virtualenvs"


def test_applied():
    pointed = Pointed({"npm_config_registry": "x", "A": "1"}, ("PIP_NO_INDEX",))
    given = {"NPM_CONFIG_REGISTRY": "evil", "PIP_NO_INDEX": "1", "a": "2", "B": "3"}
    assert catalog.applied(pointed, given, caseless=False) == {"a": "2", "B": "3", "npm_config_registry": "x", "A": "1"}
    assert catalog.applied(pointed, given, caseless=True) == {"B": "3", "npm_config_registry": "x", "A": "1"}


def test_the_users_own_caches_on_request(look):
    environment = catalog.point(("npm", "ci"), TARGET, look(caches=False)).environment
    assert not [name for name in environment if "CACHE" in name.upper() or "store" in name.lower()]
