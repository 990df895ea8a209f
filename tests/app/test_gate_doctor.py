"""Which clients are here and whom they ask; clients are asked in an empty folder, never in the project."""

import pytest

from lazaretto.adapters.client_files import install, places
from lazaretto.adapters.clients.client import Target
from lazaretto.app.gate_doctor import Pointing, diagnose, words

GATE = "http://127.0.0.1:4874"


@pytest.fixture
def world(tmp_path):
    home, tools = tmp_path / "home", tmp_path / "bin"
    (home / "p/.git").mkdir(parents=True)
    tools.mkdir()

    def program(name, version, registry):
        path = tools / name
        path.write_text(
            f'#!/bin/sh\n[ -e package.json ] && echo hostile && exit\n[ "$1" = --version ] && echo {version} && exit\necho {registry}\n'
        )
        path.chmod(0o755)

    def look():
        environment = {"PATH": f"{tools}:/usr/bin:/bin", "HOME": str(home)}
        rows = diagnose(home / "p", environment, home, GATE, tmp_path / "state")
        return {one.client: one for one in rows if one.program.startswith(str(tools))}

    (home / "p/package.json").write_text("{}")
    return home, program, look


def test_each_answer(world):
    home, program, look = world
    program("npm", "11.0.0", f"{GATE}/")
    program("pnpm", "10.1.0", "https://user:secret@registry.example.test/")
    program("yarn", "1.22.22", "")
    program("poetry", "'Poetry (version 2.5.1)'", "")
    found = look()
    assert {name: (one.version, one.pointing) for name, one in found.items()} == {
        "npm": ("11.0.0", Pointing.GATE),
        "pnpm": ("10.1.0", Pointing.ELSEWHERE),
        "yarn1": ("1.22.22", Pointing.ELSEWHERE),
        "poetry": ("2.5.1", Pointing.EXEC),
    }
    assert words(found["pnpm"]).english() == "asks https://registry.example.test/"
    assert words(found["yarn1"]).english() == "asks its own default, not the gate"
    (home / "p/.npmrc").write_text("registry=https://registry.example.test\n")
    assert look()["npm"].pointing is Pointing.OVERRULED


def test_files_of_uv_and_bun_are_read(world, tmp_path):
    home, program, look = world
    program("uv", "'uv 0.13.9'", "")
    program("bun", "1.4.5", "")
    assert {one.pointing for one in look().values()} == {Pointing.ELSEWHERE}
    install(places({}, home, "linux"), Target(GATE), tmp_path / "state")
    assert {name: one.pointing for name, one in look().items()} == {"uv": Pointing.GATE, "bun": Pointing.GATE}
