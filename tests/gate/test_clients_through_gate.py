"""Nine real package clients through a real gate: what passes arrives, what does not never does, and who says why.

The clients come from their registries; what they install comes from an inert registry on loopback. `gate exec` and the
clients' own configuration are in `test_clients_commands.py`.
"""

from dataclasses import dataclass

import pytest

from lazaretto.adapters.clients.catalog import applied, point, scene
from lazaretto.adapters.clients.client import Caches, Target
from lazaretto.adapters.egress import Egress
from lazaretto.adapters.http_client import ClientConfig
from lazaretto.adapters.upstreams import upstream as registry

from .intel import intel_store
from .packages import world
from .real import PYTHON, Kitchen
from .running import Gate, gate, registries
from .scenes import CLIENTS, FROZEN, INSTALL, LOCKS, POLICY, REFUSED, UPDATE, installed, project, refused_files, wipe
from .upstream import Upstream

pytestmark = [pytest.mark.client]


@dataclass
class House:
    public: Upstream
    private: Upstream
    gate: Gate
    outside: Gate
    """Another gate, which knows no private registry."""


@pytest.fixture(scope="module")
def _house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    intel = intel_store(folder)
    with Upstream(world()) as public, Upstream(world()) as private:
        simple = f"{private.url}/simple/"
        own = registry("pypi-acme", "pypi", simple, ClientConfig(), names=("acme-*",), private=True)
        both = (*registries(public.url, private=private.url), own)
        with (
            gate(folder / "a", both, POLICY, intel=intel) as running,
            gate(folder / "b", registries(public.url), POLICY, intel=intel) as outside,
        ):
            yield House(public, private, running, outside)


@pytest.fixture
def house(_house):
    _house.public.clear()
    _house.private.clear()
    return _house


@pytest.fixture
def kitchen(tools, tmp_path):
    return Kitchen(tools, tmp_path.resolve())


def go(kitchen, client, command, url):
    """Run a command pointed at a gate (or a registry) as `gate exec` points it; return exit code and what was said."""
    environment = kitchen.environment(client)
    with Egress() as egress:
        caches = Caches(kitchen.folder / "fresh", kitchen.folder / "lasting")
        looked = scene(kitchen.project, environment, kitchen.folder / "private", caches, kitchen.home)
        pointed = point(command, Target(url, "", egress.url), looked)
        done = kitchen.run(pointed.arguments, applied(pointed, environment))
        assert dict(egress.turned) == {}
    return done.returncode, done.stdout + done.stderr


NPM_WANTED = {"lz-tree": "1.0.0", "lz-fresh": "1.0.0", "lz-tags": "latest", "@acme/widgets": "1.0.0"}
NPM_HAD = {
    "lz-tree": "1.0.0", "lz-plain": "1.1.0", "lz-leaf": "2.0.1", "lz-fresh": "1.0.0", "lz-tags": "1.5.0",
    "@acme/widgets": "1.0.0", "@acme/internal": "1.1.0",
}  # fmt: skip
PY_WANTED = {"lz-tree": "1.0", "lz-fresh": "1.0", "acme-internal": "1.0"}
PY_HAD = PY_WANTED | {"lz-plain": "1.1", "lz-leaf": "2.0.1"}


@pytest.mark.parametrize("client", CLIENTS)
def test_what_is_allowed_arrives(house, kitchen, client):
    """Install, install again by the lockfile, update: the tag `latest` and the update end at what passes."""
    python = client in PYTHON
    wanted, had = (PY_WANTED, PY_HAD) if python else (NPM_WANTED, NPM_HAD)
    kitchen.write(project(client, wanted))
    code, said = go(kitchen, client, INSTALL[client], house.gate.url)
    assert code == 0, said
    assert installed(kitchen, client) == had, said

    wipe(kitchen)
    if client == "pip":
        hashes = {name: house.public.pypi[name].files for name in had}
        wheels = {n: next(f for f in files if f.version.version == had[n]) for n, files in hashes.items()}
        kitchen.write(project(client, had, hashes={name: one.sha256 for name, one in wheels.items()}))
    code, said = go(kitchen, client, FROZEN[client], house.gate.url)
    assert code == 0, said
    assert installed(kitchen, client) == had, said

    if client != "yarn1":  # its command names the range
        kitchen.write(project(client, wanted | {"lz-fresh": ">=1.0" if python else "^1.0.0"}))
    code, said = go(kitchen, client, UPDATE[client], house.gate.url)
    assert code == 0, said
    newer = {"lz-fresh": "1.1" if python else "1.1.0"} | ({"acme-internal": "1.0"} if python else {})
    assert installed(kitchen, client) == had | newer, said

    assert [path for path in house.public.paths() if "acme" in path] == []
    assert [path for path in house.private.paths() if "acme" not in path] == []


TELL = {"npm", "pnpm", "yarn", "yarn1", "pip", "uv", "poetry", "pdm"}
"""Clients that print the gate's reason; for pnpm 12 and bun `gate exec` does (see `test_clients_commands.py`)."""
TELL_HIDDEN = {"npm", "pip", "uv", "poetry", "pdm"}
"""Those that print it for one version of several, too."""


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("client", CLIENTS)
def test_what_is_refused_does_not(house, kitchen, client, case):
    scenario = REFUSED[case]
    kitchen.write(project(client, scenario.wanted(client)))
    code, said = go(kitchen, client, INSTALL[client], house.gate.url)
    assert code != 0, said
    assert scenario.name(client) not in installed(kitchen, client)
    assert not refused_files(house.public, scenario.name(client), client)
    if client in (TELL_HIDDEN if case == "new" else TELL):
        plain = " ".join(said.replace("\n", " ").split())
        assert "Lazaretto LZ-" in plain
        assert scenario.says in plain
        if case == "new":
            assert "newest allowed is 1.1" in plain


@pytest.mark.parametrize("client", CLIENTS)
def test_an_internal_name_is_not_asked_outside(house, kitchen, client):
    kitchen.write(project(client, {"acme-internal": ""} if client in PYTHON else {"@acme/internal": "*"}))
    code, said = go(kitchen, client, INSTALL[client], house.outside.url)
    assert code != 0
    assert installed(kitchen, client) == {}
    assert [path for path in house.public.paths() if "acme" in path] == []
    if client in TELL and client not in PYTHON:
        assert "is an internal name and no private registry is configured for it" in said
    assert house.outside.keeper.recorder.refused[-1].clause == "internal"


@pytest.mark.slow
@pytest.mark.parametrize("client", LOCKS)
def test_a_lockfile_of_before_does_not_help(house, kitchen, client):
    """It was made at the registry itself, before anybody knew; then its addresses were turned to the gate."""
    kitchen.write(project(client, REFUSED["malicious"].wanted(client)))
    code, said = go(kitchen, client, INSTALL[client], house.public.url)
    assert code == 0, said
    assert installed(kitchen, client) == REFUSED["malicious"].wanted(client)
    lock = kitchen.project / LOCKS[client]
    text = lock.read_text().replace(f"{house.public.url}/packages/", f"{house.gate.url}/files/")
    lock.write_text(text.replace(house.public.url, house.gate.url))
    wipe(kitchen)
    house.public.clear()
    code, said = go(kitchen, client, FROZEN[client], house.gate.url)
    assert code != 0
    assert installed(kitchen, client) == {}
    assert house.public.files() == set()
    if client in TELL and client != "yarn1":  # which is silent about a tarball
        assert "is recorded as malicious" in " ".join(said.split())
