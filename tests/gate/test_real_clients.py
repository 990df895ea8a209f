"""Real clients ask only the gate (here: the inert registry itself), even when the project points them elsewhere.

What the project names is either a second inert registry, which must not be asked, or a host that does not exist,
which must end at the refusing proxy.
"""

import json
import re
import shutil
import tomllib

import pytest

from lazaretto.adapters.client_files import install, places, uninstall
from lazaretto.adapters.clients.catalog import applied, point, scene
from lazaretto.adapters.clients.client import Caches, Target
from lazaretto.adapters.egress import Egress
from lazaretto.app.gate_doctor import Pointing, diagnose
from lazaretto.app.gate_exec import REFUSED, Job, execute, told
from lazaretto.lockfiles.rewrite import Origins

from .packages import world
from .real import NODE, PYTHON, Kitchen
from .upstream import Upstream

pytestmark = [pytest.mark.client, pytest.mark.slow]

ABSENT = "http://registry.example.test"
MANIFEST = json.dumps(
    {"name": "p", "version": "1.0.0", "license": "MIT", "dependencies": {"lz-tree": "1.0.0", "@acme/widgets": "1.0.0"}}
)
NPM_FILES = {"internal-1.1.0.tgz", "lz-leaf-2.0.1.tgz", "lz-plain-1.1.0.tgz", "lz-tree-1.0.0.tgz", "widgets-1.0.0.tgz"}
PY_FILES = {"lz_leaf-2.0.1-py3-none-any.whl", "lz_plain-1.1-py3-none-any.whl", "lz_tree-1.0-py3-none-any.whl"}
PEP621 = '[project]\nname = "p"\nversion = "0.1"\nrequires-python = ">=3.9"\ndependencies = ["lz-tree"]\n'
POETRY = '[tool.poetry]\nname = "p"\nversion = "0.1"\ndescription = ""\nauthors = []\npackage-mode = false\n[tool.poetry.dependencies]\npython = "^3.9"\nlz-tree = "*"\n'
BERRY = {"package.json": MANIFEST, "yarn.lock": "", ".yarnrc.yml": "nodeLinker: node-modules\n"}


@pytest.fixture
def kitchen(tools, tmp_path):
    return Kitchen(tools, tmp_path.resolve())


@pytest.fixture
def upstream():
    with Upstream(world()) as one:
        yield one


@pytest.fixture
def other():
    with Upstream(world()) as one:
        yield one


def go(kitchen, client, command, upstream, token=""):
    """Run a command pointed at `upstream`; return what it answered and what was turned away."""
    environment = kitchen.environment(client)
    with Egress() as egress:
        caches = Caches(kitchen.folder / "fresh", kitchen.folder / "lasting")
        looked = scene(kitchen.project, environment, kitchen.folder / "private", caches, kitchen.home)
        pointed = point(command, Target(upstream.url, token, egress.url), looked)
        done = kitchen.run(pointed.arguments, applied(pointed, environment))
        return done, egress.turned


def npmrc(url):
    return {"package.json": MANIFEST, ".npmrc": f"registry={url}/\n@acme:registry={url}/\n"}


REPOINTED = {
    "npm": (("npm", "install"), npmrc),
    "npm-scope-only": (("npm", "install"), lambda url: {"package.json": MANIFEST, ".npmrc": f"@acme:registry={url}/\n"}),
    "pnpm": (("pnpm", "install"), npmrc),
    "pnpm9": (("pnpm", "install"), npmrc),
    "pnpm12": (("pnpm", "install"), npmrc),
    "yarn1": (("yarn", "install"), lambda url: npmrc(url) | {".yarnrc": f'registry "{url}"\n"@acme:registry" "{url}"\n'}),
    "yarn": (("yarn", "install"), lambda url: BERRY | {".yarnrc.yml": f'nodeLinker: node-modules\nnpmRegistryServer: "{url}"\nunsafeHttpWhitelist: ["127.0.0.1"]\nnpmScopes:\n  acme:\n    npmRegistryServer: "{url}"\n'}),
    "bun": (("bun", "install"), lambda url: {"package.json": MANIFEST, "bunfig.toml": f'[install]\nregistry = "{url}/"\n[install.scopes]\nacme = "{url}/"\n'}),
    "bun-npmrc": (("bun", "install"), npmrc),
    "pip": (("pip", "install", "--target", "t", "lz-tree"), lambda url: {"pip.conf": f"[global]\nindex-url = {url}/simple/\n"}),
    "pip-module": (("python", "-m", "pip", "install", "--target", "t", "lz-tree"), lambda _url: {}),
    "uv-default": (("uv", "sync"), lambda url: {"pyproject.toml": PEP621 + f'[[tool.uv.index]]\nurl = "{url}/simple/"\ndefault = true\n'}),
    "uv-more": (("uv", "sync"), lambda url: {"pyproject.toml": PEP621 + f'[[tool.uv.index]]\nurl = "{url}/simple/"\n'}),
    "uv-named": (("uv", "sync"), lambda url: {"pyproject.toml": PEP621 + f'[[tool.uv.index]]\nname = "x"\nurl = "{url}/simple/"\nexplicit = true\n[[tool.uv.index]]\nname = "y"\nurl = "{url}/simple/"\n[tool.uv.sources]\nlz-tree = {{ index = "x" }}\n'}),
    "uv-toml": (("uv", "pip", "install", "--target", "t", "lz-tree"), lambda url: {"uv.toml": f'index-url = "{url}/simple/"\n'}),
    "uv-requirements": (("uv", "pip", "install", "--target", "t", "-r", "requirements.txt"), lambda url: {"requirements.txt": f"--index-url {url}/simple/\n--extra-index-url {url}/simple/\nlz-tree\n"}),
    "poetry": (("poetry", "install", "-n"), lambda _url: {"pyproject.toml": POETRY}),
    "poetry-source": (("poetry", "install", "-n"), lambda url: {"pyproject.toml": POETRY + f'[[tool.poetry.source]]\nname = "x"\nurl = "{url}/simple/"\n'}),
    "pdm": (("pdm", "install", "--no-self"), lambda _url: {"pyproject.toml": PEP621}),
    "pdm-source": (("pdm", "install", "--no-self"), lambda url: {"pyproject.toml": PEP621 + f'[[tool.pdm.source]]\nname = "pypi"\nurl = "{url}/simple/"\n[[tool.pdm.source]]\nname = "x"\nurl = "{url}/simple/"\n'}),
}  # fmt: skip


@pytest.mark.parametrize("case", REPOINTED)
def test_the_project_does_not_win(kitchen, upstream, other, case):
    client = case if case in NODE else case.partition("-")[0]
    command, files = REPOINTED[case]
    kitchen.write(files(other.url))
    done, turned = go(kitchen, client, command, upstream)
    assert done.returncode == 0, done.stdout + done.stderr
    assert other.requests == []
    assert dict(turned) == {}
    assert upstream.files() == (PY_FILES if client in PYTHON else NPM_FILES)


@pytest.mark.parametrize(
    "case", ["npm", "pnpm", "pnpm12", "yarn1", "yarn", "bun", "pip", "uv-more", "poetry-source", "pdm-source"]
)
def test_the_token_arrives(kitchen, upstream, other, case):
    client = case if case in NODE else case.partition("-")[0]
    command, files = REPOINTED[case]
    kitchen.write(files(other.url))
    done, _ = go(kitchen, client, command, upstream, "s3cret")
    assert done.returncode == 0, done.stdout + done.stderr
    basic = "Basic X190b2tlbl9fOnMzY3JldA=="
    assert {seen.headers.get("authorization") for seen in upstream.requests} == {
        basic if client in PYTHON else "Bearer s3cret"
    }
    for path in kitchen.project.rglob("*"):
        if path.is_file() and path.stat().st_size < 1 << 20:
            assert b"s3cret" not in path.read_bytes(), path


LOCKED = {
    "npm": (("npm", "install"), ("npm", "ci"), "package-lock.json", {"package.json": MANIFEST}),
    "pnpm": (("pnpm", "install"), ("pnpm", "install", "--frozen-lockfile"), "pnpm-lock.yaml", {"package.json": MANIFEST}),
    "pnpm12": (("pnpm", "install"), ("pnpm", "install", "--frozen-lockfile"), "pnpm-lock.yaml", {"package.json": MANIFEST}),
    "yarn1": (("yarn", "install"), ("yarn", "install", "--frozen-lockfile"), "yarn.lock", {"package.json": MANIFEST}),
    "yarn": (("yarn", "install"), ("yarn", "install", "--immutable"), "yarn.lock", BERRY),
    "bun": (("bun", "install"), ("bun", "install", "--frozen-lockfile"), "bun.lock", {"package.json": MANIFEST}),
    "uv": (("uv", "lock"), ("uv", "sync", "--frozen"), "uv.lock", {"pyproject.toml": PEP621}),
    "poetry": (("poetry", "lock", "-n"), ("poetry", "install", "-n"), "poetry.lock", {"pyproject.toml": POETRY}),
    "pdm": (("pdm", "lock"), ("pdm", "sync", "--no-self"), "pdm.lock", {"pyproject.toml": PEP621}),
    "pdm-static": (("pdm", "lock", "-S", "static_urls"), ("pdm", "sync", "--no-self"), "pdm.lock", {"pyproject.toml": PEP621}),
}  # fmt: skip
PAST = {"yarn1", "bun", "uv", "pdm-static"}
"""Lockfiles whose addresses the client follows whatever it is told: turned away, or turned by `relock`."""


def locked(kitchen, case, other):
    """Make a lockfile at `other`, and let it name a host that does not exist."""
    client = case if case in NODE else case.partition("-")[0]
    make, use, name, files = LOCKED[case]
    kitchen.write(files)
    done, _ = go(kitchen, client, make, other)
    assert done.returncode == 0, done.stdout + done.stderr
    lock = kitchen.project / name
    lock.write_text(lock.read_text().replace(other.url, ABSENT))
    for path in (
        *kitchen.project.glob("node_modules"),
        *kitchen.project.glob(".venv"),
        kitchen.folder / "fresh",
        kitchen.folder / "lasting",
    ):
        shutil.rmtree(path, ignore_errors=True)
    other.clear()
    return client, use, lock


@pytest.mark.parametrize("case", LOCKED)
def test_addresses_of_a_lockfile(kitchen, upstream, other, case):
    client, use, _ = locked(kitchen, case, other)
    done, turned = go(kitchen, client, use, upstream)
    if case in PAST:
        assert done.returncode != 0
        assert {one.host for one in turned} == {"registry.example.test"}
        assert upstream.files() == set()
    else:
        assert done.returncode == 0, done.stdout + done.stderr
        assert dict(turned) == {}
        assert upstream.files() == (PY_FILES if client in PYTHON else NPM_FILES)


@pytest.mark.parametrize("case", LOCKED)
def test_relock_for_one_run(kitchen, upstream, other, case):
    client, use, lock = locked(kitchen, case, other)
    before = lock.read_bytes()
    job = Job(
        use, kitchen.project, kitchen.environment(client), upstream.url, relock=True, lasting=kitchen.folder / "kept"
    )
    ran = execute(job, tuple, lambda _note: None)
    assert ran.exit_code == 0
    assert dict(ran.turned) == {}
    assert upstream.files() == (PY_FILES if client in PYTHON else NPM_FILES)
    assert lock.read_bytes() == before


@pytest.mark.parametrize("case", ["npm", "yarn1", "bun", "uv", "poetry", "pdm"])
def test_a_new_lockfile_does_not_name_the_gate(kitchen, upstream, case):
    client, (make, _, name, files) = case, LOCKED[case]
    kitchen.write(files)
    simple = lambda project, file: f"{ABSENT}/packages/{project}/{file}"  # noqa: E731
    job = Job(make, kitchen.project, kitchen.environment(client), upstream.url, lasting=kitchen.folder / "kept",
              origins=Origins(f"{ABSENT}/", f"{ABSENT}/simple", simple))  # fmt: skip
    ran = execute(job, tuple, lambda _note: None)
    assert ran.exit_code == 0
    text = (kitchen.project / name).read_text()
    # files of the inert registry lie at its own address: only the gate serves all of them below one base
    assert re.findall(r"http://127\.0\.0\.1:\d+(?!\d|/packages/)", text) == []


def test_pip_follows_a_requirements_file(kitchen, upstream):
    kitchen.write({"requirements.txt": "--index-url https://registry.example.test/simple/\nlz-tree\n"})
    done, turned = go(
        kitchen, "pip", ("pip", "install", "--retries=0", "--target", "t", "-r", "requirements.txt"), upstream
    )
    assert done.returncode != 0
    assert {one.host for one in turned} == {"registry.example.test"}
    job = Job(("pip", "install", "--target", "t", "-r", "requirements.txt"), kitchen.project, kitchen.environment("pip"),
              upstream.url, relock=True)  # fmt: skip
    assert execute(job, tuple, lambda _note: None).exit_code == 0
    assert (kitchen.project / "requirements.txt").read_text().startswith("--index-url https://registry.example.test/")


@pytest.mark.parametrize(
    ("client", "command", "files"),
    [
        ("npm", ("npm", "install"), {"package.json": '{"dependencies": {"x": "git+https://code.example.test/x.git"}}'}),
        ("npm", ("npm", "install"), {"package.json": '{"dependencies": {"x": "git+ssh://git@code.example.test/x.git"}}'}),
        ("pnpm", ("pnpm", "install"), {"package.json": '{"dependencies": {"x": "https://code.example.test/x.tgz"}}'}),
        ("yarn", ("yarn", "install"), BERRY | {"package.json": '{"dependencies": {"x": "https://code.example.test/x.tgz"}}'}),
        ("bun", ("bun", "install"), {"package.json": '{"dependencies": {"x": "https://code.example.test/x.tgz"}}'}),
        ("pip", ("pip", "install", "--retries=0", "x @ https://code.example.test/x-1.0.zip"), {}),
        ("pip", ("pip", "install", "x @ git+https://code.example.test/x"), {}),
        ("uv", ("uv", "pip", "install", "--target", "t", "x @ git+https://code.example.test/x"), {}),
        ("poetry", ("poetry", "install", "-n"), {"pyproject.toml": POETRY + 'x = { git = "https://code.example.test/x.git" }\n'}),
    ],
)  # fmt: skip
def test_what_no_registry_serves_is_closed(kitchen, upstream, client, command, files):
    kitchen.write(files)
    done, turned = go(kitchen, client, command, upstream)
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert turned or "not allowed" in said or "404" in said, said


def test_yarn_1_tells_nothing_so_we_do(kitchen, upstream, other):
    _, use, _ = locked(kitchen, "yarn1", other)
    ran = execute(Job(use, kitchen.project, kitchen.environment("yarn1"), upstream.url), tuple, lambda _note: None)
    assert ran.exit_code not in {0, REFUSED}
    assert ran.client == "yarn1"
    assert "registry.example.test/lz-tree/-/lz-tree-1.0.0.tgz" in " ".join(one.message.english() for one in told(ran))


@pytest.mark.parametrize("case", ["npm", "pnpm", "pnpm12", "yarn1", "yarn", "bun", "pip", "uv", "pdm"])
def test_the_users_configuration(kitchen, upstream, case):
    environment = kitchen.environment(case)
    install(places(environment, kitchen.home), Target(upstream.url), kitchen.folder / "state")
    commands = {
        "pip": ("pip", "install", "--target", "t", "lz-tree"),
        "uv": ("uv", "pip", "install", "--target", "t", "lz-tree"),
        "pdm": ("pdm", "install", "--no-self"),
    }
    kitchen.write(
        {"pyproject.toml": PEP621} if case in PYTHON else BERRY if case == "yarn" else {"package.json": MANIFEST}
    )
    done = kitchen.run(commands.get(case, (NODE.get(case, ("", "", "npm"))[2], "install")), environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert upstream.files() == (PY_FILES if case in PYTHON else NPM_FILES)
    name = case.rstrip("0123456789") if case != "yarn1" else case
    rows = {
        one.client: one
        for one in diagnose(kitchen.project, environment, kitchen.home, upstream.url, kitchen.folder / "state")
    }
    assert rows[name].pointing is Pointing.GATE, rows[name]
    assert rows[name].version
    if case == "npm":
        kitchen.write({".npmrc": f"registry={ABSENT}\n"})
        rows = {
            one.client: one
            for one in diagnose(kitchen.project, environment, kitchen.home, upstream.url, kitchen.folder / "state")
        }
        assert rows["npm"].pointing is Pointing.OVERRULED
    uninstall(kitchen.folder / "state")
    rows = {
        one.client: one
        for one in diagnose(kitchen.project, environment, kitchen.home, upstream.url, kitchen.folder / "state")
    }
    assert rows[name].pointing is Pointing.ELSEWHERE


def test_poetry_keeps_its_virtual_environments(kitchen, upstream):
    kitchen.write({"pyproject.toml": POETRY})
    done, _ = go(kitchen, "poetry", ("poetry", "install", "-n"), upstream)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list((kitchen.home / ".cache/pypoetry/virtualenvs").glob("p-*"))
    assert tomllib.loads((kitchen.project / "poetry.lock").read_text())["package"]


@pytest.mark.parametrize(
    ("client", "command"),
    [
        ("npm", ("npx", "--yes", "lz-plain")),
        ("npm", ("npm", "exec", "--yes", "--", "lz-plain")),
        ("pnpm", ("pnpm", "dlx", "lz-plain")),
        ("pnpm12", ("pnpm", "dlx", "lz-plain")),
        ("yarn", ("yarn", "dlx", "-q", "lz-plain")),
        ("bun", ("bunx", "lz-plain")),
        ("uv", ("uv", "run", "--no-project", "--with", "lz-plain", "python", "-c", "import lz_plain")),
        ("uv", ("uv", "tool", "run", "--from", "lz-plain", "--with", "lz-leaf", "python", "-c", "import lz_leaf")),
    ],
)
def test_tools_that_are_fetched_and_run(kitchen, upstream, client, command):
    kitchen.write(
        {"package.json": '{"name": "p", "version": "1.0.0"}'}
        | ({"yarn.lock": "", ".yarnrc.yml": ""} if client == "yarn" else {})
    )
    done, turned = go(kitchen, client, command, upstream)
    assert done.returncode == 0, done.stdout + done.stderr
    assert dict(turned) == {}
    assert upstream.files() & {"lz-plain-1.1.0.tgz", "lz_plain-1.1-py3-none-any.whl"}


@pytest.mark.parametrize("case", ["npm", "pnpm", "yarn1", "bun", "pip", "uv-more", "poetry", "pdm"])
def test_a_cache_of_before_is_not_used(kitchen, upstream, other, case):
    client = case if case in NODE else case.partition("-")[0]
    command, files = REPOINTED[case]
    kitchen.write(files(other.url))
    for place in (other, upstream):
        done, _ = go(kitchen, client, command, place)
        assert done.returncode == 0, done.stdout + done.stderr
        for name in (
            "node_modules",
            ".venv",
            "t",
            "package-lock.json",
            "pnpm-lock.yaml",
            "yarn.lock",
            "bun.lock",
            "uv.lock",
            "pdm.lock",
            "poetry.lock",
        ):
            path = kitchen.project / name
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        shutil.rmtree(kitchen.home / ".cache/pypoetry", ignore_errors=True)
        shutil.rmtree(kitchen.folder / "fresh", ignore_errors=True)  # what `gate exec` does; `lasting` stays
    lasting = client in {"pnpm", "yarn"}
    assert upstream.requests
    assert lasting or upstream.files() == (PY_FILES if client in PYTHON else NPM_FILES)
