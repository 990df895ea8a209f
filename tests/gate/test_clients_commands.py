"""The gate's commands with real clients: `gate exec` in both languages, `install`, `doctor`, `uninstall`, `relock`.

Each is a process of its own, as people start it, behind it an inert registry on loopback.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .intel import intel_store
from .packages import world
from .real import PYTHON, Kitchen
from .running import gate, registries
from .scenes import CLIENTS, FROZEN, INSTALL, LOCKS, POLICY, REFUSED, installed, project, refused_files, wipe
from .upstream import Fault, Upstream

pytestmark = [pytest.mark.client]


class House:
    """A registry, an intelligence store and a policy; `command` starts `lazaretto gate`."""

    def __init__(self, folder, public):
        self.public = public
        self.intel = intel_store(folder)
        self.policy = folder / "policy.toml"
        self.policy.write_text(POLICY)

    def environment(self, kitchen, client, **more):
        found = kitchen.environment(client)
        for name in ("PYTHONPATH",):
            if name in os.environ:
                found[name] = os.environ[name]
        return found | {"LAZARETTO_LANG": "en", "PYTHONUTF8": "1"} | more

    def exec(self, *command, flags=(), npm="", pypi=""):
        behind = ("--npm", npm or self.public.url, "--pypi", pypi or f"{self.public.url}/simple/")
        judged = ("--intel", self.intel, "--policy", str(self.policy))
        return (sys.executable, "-m", "lazaretto", "gate", "exec", *behind, *judged, *flags, "--", *command)


@pytest.fixture(scope="module")
def _house(tmp_path_factory):
    with Upstream(world()) as public:
        yield House(tmp_path_factory.mktemp("house"), public)


@pytest.fixture
def house(_house):
    _house.public.clear()
    _house.public.faults.clear()
    return _house


@pytest.fixture
def kitchen(tools, tmp_path):
    return Kitchen(tools, tmp_path.resolve())


SAYS = {
    "en": ("not delivered: pkg:", "is recorded as malicious: MAL-2026-900", "more about it: lazaretto gate why --case LZ-"),
    "ko": ("전달하지 않음: pkg:", "악성으로 기록되어 있습니다. MAL-2026-900", "lazaretto gate why --case LZ-"),
}  # fmt: skip


@pytest.mark.parametrize("lang", SAYS)
@pytest.mark.parametrize("client", CLIENTS)
def test_exec_says_what_was_refused(house, kitchen, client, lang):
    scenario = REFUSED["malicious"]
    kitchen.write(project(client, scenario.wanted(client)))
    locale = {"LAZARETTO_LANG": ""} | ({"LANG": "ko_KR.UTF-8"} if lang == "ko" else {"LANG": "C.UTF-8"})
    done = kitchen.run(house.exec(*INSTALL[client]), house.environment(kitchen, client, **locale))
    assert done.returncode != 0
    for text in SAYS[lang]:
        assert text in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert installed(kitchen, client) == {}
    assert not refused_files(house.public, scenario.name(client), client)


@pytest.mark.parametrize("client", CLIENTS)
def test_exec_lets_pass_what_passes(house, kitchen, client):
    wanted = {"lz-plain": "1.0"} if client in PYTHON else {"lz-plain": "1.0.0", "@lz/scoped": "1.0.0"}
    kitchen.write(project(client, wanted))
    done = kitchen.run(house.exec(*INSTALL[client]), house.environment(kitchen, client))
    assert done.returncode == 0, done.stderr
    assert installed(kitchen, client) == wanted
    assert "lazaretto" not in done.stderr
    if client in LOCKS:  # files of the inert registry lie at its own address: nothing else of this machine is named
        text = (kitchen.project / LOCKS[client]).read_text()
        assert re.findall(r"127\.0\.0\.1:\d+", text.replace(house.public.url, "")) == []
        if client in {"npm", "yarn1", "bun", "uv"}:
            assert house.public.url in text


@pytest.mark.parametrize("client", ["pnpm", "pnpm12", "yarn1", "yarn", "bun"])
def test_exec_says_what_was_not_shown(house, kitchen, client):
    """These clients say that there is no such version."""
    kitchen.write(project(client, {"lz-fresh": "1.2.0"}))
    done = kitchen.run(house.exec(*INSTALL[client]), house.environment(kitchen, client))
    assert done.returncode != 0
    case = re.search(r"was not shown pkg:npm/lz-fresh@1\.2\.0 \(case (LZ-\w+)\); version 1\.1\.0 passes", done.stderr)
    assert case, done.stderr
    assert "a new version waits 3 d, until " in done.stderr
    why = (sys.executable, "-m", "lazaretto", "gate", "why", "--case", case[1])
    asked = kitchen.run(why, house.environment(kitchen, client))
    assert asked.returncode == 10, asked.stderr
    assert "lz-fresh" in asked.stdout


@pytest.mark.parametrize("client", ["npm", "bun", "pip", "poetry"])
def test_exec_says_that_a_name_is_internal(house, kitchen, client):
    name, spec = ("acme-internal", "") if client in PYTHON else ("@acme/internal", "*")
    kitchen.write(project(client, {name: spec}))
    done = kitchen.run(house.exec(*INSTALL[client]), house.environment(kitchen, client))
    assert done.returncode != 0
    assert f"{name} is an internal name and no private registry is configured for it" in done.stderr
    assert [path for path in house.public.paths() if "acme" in path] == []


def test_exec_without_a_network(house, kitchen):
    kitchen.write(project("npm", {"lz-plain": "1.0.0"}))
    environment = house.environment(kitchen, "npm", npm_config_fetch_retries="0")
    done = kitchen.run(house.exec(*INSTALL["npm"], npm="http://127.0.0.1:9"), environment)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert re.search(r"(?i)refused|cannot be reached|no answer|connect", done.stderr), done.stderr


@pytest.mark.parametrize(("text", "fails"), [("{}", False), ("", True)])
def test_exec_with_an_empty_manifest(house, kitchen, text, fails):
    kitchen.write({"package.json": text})
    done = kitchen.run(house.exec(*INSTALL["npm"]), house.environment(kitchen, "npm"))
    assert (done.returncode != 0) is fails, done.stderr
    assert "Traceback" not in done.stderr
    assert "lazaretto: error" not in done.stderr


def test_exec_at_a_terminal_without_utf_8(house, kitchen):
    kitchen.write(project("bun", {"lz-bad": "1.0.0"}))
    environment = house.environment(
        kitchen, "bun", LANG="C", LC_ALL="C", LAZARETTO_LANG="ko", PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )
    done = kitchen.run(house.exec(*INSTALL["bun"]), environment)
    assert done.returncode != 0
    assert "LZ-" in done.stderr
    assert done.stderr.isascii()
    assert "Traceback" not in done.stderr


def _locked(house, kitchen, client):
    """Make a lockfile with addresses at a host that does not exist; return it."""
    kitchen.write(project(client, {"lz-plain": "1.0" if client in PYTHON else "1.0.0"}))
    done = kitchen.run(house.exec(*INSTALL[client]), house.environment(kitchen, client))
    assert done.returncode == 0, done.stderr
    lock = kitchen.project / LOCKS[client]
    lock.write_text(lock.read_text().replace(house.public.url, "http://registry.example.test"))
    wipe(kitchen)
    house.public.clear()
    return lock


@pytest.mark.parametrize("client", ["npm", "yarn1"])
def test_ctrl_c_leaves_nothing_behind(house, kitchen, client):
    """Everything that was started has ended, and the lockfile is as it was."""
    lock = _locked(house, kitchen, client)
    before = lock.read_bytes()
    house.public.faults["/lz-plain/-/*"] = Fault(delay=60)
    child = subprocess.Popen(
        house.exec(*FROZEN[client], flags=("--relock",)), cwd=kitchen.project, env=house.environment(kitchen, client),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        until = time.monotonic() + 60
        while lock.read_bytes() == before or len(_session(child.pid)) < 2:
            assert time.monotonic() < until
            assert child.poll() is None, child.stderr.read()
            time.sleep(0.05)
        time.sleep(2)  # the client is under way
        os.killpg(child.pid, signal.SIGINT)
        if client == "npm":  # it waits for its downloads and wants to be told twice, with or without a gate
            time.sleep(1)
            os.killpg(child.pid, signal.SIGINT)
        _, said = child.communicate(timeout=20)
        assert child.returncode != 0
        assert b"Traceback" not in said, said.decode()
        until = time.monotonic() + 5
        while _session(child.pid) and time.monotonic() < until:
            time.sleep(0.05)
        assert _session(child.pid) == []
        assert lock.read_bytes() == before
        assert installed(kitchen, client) == {}
    finally:
        for pid in _session(child.pid):
            os.kill(pid, signal.SIGKILL)


def _session(leader):
    """Return the processes of a session that still run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(rest[3]) == leader and rest[0] != "Z":
            found.append(int(path.parent.name))
    return found


@pytest.fixture(scope="module")
def running(_house, tmp_path_factory):
    with gate(tmp_path_factory.mktemp("gate"), registries(_house.public.url), POLICY, intel=_house.intel) as one:
        yield one


def _gate(kitchen, environment, *words):
    return kitchen.run((sys.executable, "-m", "lazaretto", "gate", *words), environment)


OWN = {
    ".npmrc": "fund=false\nregistry=http://registry.example.test/\n",
    ".config/pip/pip.conf": "[global]\n# mine\ntimeout = 5\n",
    ".bunfig.toml": "[install]\nexact = true\n",
    ".yarnrc": "lastUpdateCheck 1\n",
}
WHOSE = {"npm": "npm", "yarn1": "yarn1", "bun": "bun", "pip": "pip", "uv": "uv"}


@pytest.mark.parametrize("client", WHOSE)
def test_install_and_uninstall(house, running, kitchen, client):
    environment = house.environment(kitchen, client)
    for name, text in OWN.items():
        (kitchen.home / name).parent.mkdir(parents=True, exist_ok=True)
        (kitchen.home / name).write_text(text)
    before = {path: path.read_bytes() for path in kitchen.home.rglob("*") if path.is_file()}
    done = _gate(kitchen, environment, "install", "--url", running.url)
    assert done.returncode == 0, done.stderr

    wanted = {"lz-plain": "1.0"} if client in PYTHON else {"lz-plain": "1.0.0"}
    kitchen.write(project(client, wanted))
    ran = kitchen.run(INSTALL[client], environment)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert installed(kitchen, client) == wanted
    kitchen.write(project(client, REFUSED["malicious"].wanted(client)))
    ran = kitchen.run(INSTALL[client], environment)
    assert ran.returncode != 0
    assert not refused_files(house.public, "lz-bad", client)

    told = json.loads(_gate(kitchen, environment, "doctor", "--url", running.url, "--format", "json").stdout)
    asks = {one["client"]: one["asks"] for one in told["clients"]}
    assert asks[client] == "gate", told
    assert _gate(kitchen, environment, "uninstall").returncode == 0
    for path, data in before.items():
        assert path.read_bytes() == data
    mentions = [
        path
        for path in kitchen.home.glob(".*")
        if path.is_file() and path not in before and running.host.encode() in path.read_bytes()
    ]
    assert mentions == []
    told = json.loads(_gate(kitchen, environment, "doctor", "--url", running.url, "--format", "json").stdout)
    assert {one["client"]: one["asks"] for one in told["clients"]}[client] != "gate"


@pytest.mark.parametrize("client", ["uv", "yarn1", "bun"])
def test_relock_and_back(house, running, kitchen, client):
    """The lockfiles whose addresses a client follows whatever it is told."""
    lock = _locked(house, kitchen, client)
    before = lock.read_bytes()
    environment = house.environment(kitchen, client)
    shown = _gate(kitchen, environment, "relock", "--url", running.url)
    assert shown.returncode == 0
    assert "registry.example.test" in shown.stdout
    assert lock.read_bytes() == before
    assert _gate(kitchen, environment, "relock", "--write", "--url", running.url).returncode == 0
    assert b"registry.example.test" not in lock.read_bytes()
    assert _gate(kitchen, environment, "install", "--url", running.url).returncode == 0
    ran = kitchen.run(FROZEN[client], environment)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert installed(kitchen, client) == ({"lz-plain": "1.0"} if client in PYTHON else {"lz-plain": "1.0.0"})
    assert _gate(kitchen, environment, "relock", "--undo").returncode == 0
    assert lock.read_bytes() == before
