"""The user's configuration points to the gate, and comes back: comments, keys, credentials, line ends."""

import configparser
import tomllib

import pytest

from lazaretto.adapters.client_files import before, install, places, uninstall
from lazaretto.adapters.clients.client import Target
from lazaretto.adapters.clients.edits import BEGIN, END, MUTED, cleaned

TARGET = Target("http://127.0.0.1:4874")
HOST = "https://registry.example.test"

FILES = {
    ".config/pip/pip.conf": f"# ours\n[global]\nindex-url = {HOST}/simple\nextra-index-url =\n    {HOST}/a\n    {HOST}/b\ntimeout = 10\n[install]\nno-index = 1\nuser = yes",
    ".config/uv/uv.toml": f'# mine\nindex-url = "{HOST}/x"\nextra-index-url = [\n  "{HOST}/a",\n]\nnative-tls = true\n[pip]\nindex-url = "{HOST}/p"\nstrict = true\n[[index]]\nname = "x"\nurl = "{HOST}/simple"\n',
    ".config/pdm/config.toml": f'[pypi]\nurl = "{HOST}/simple"\nusername = "u"\n[install]\nparallel = false\n',
    ".npmrc": f"; mine\r\nregistry={HOST}/\r\n@acme:registry = {HOST}/acme/\r\n//registry.example.test/:_authToken=secret\r\nsave-exact=true",
    ".yarnrc": f'# yarn\nregistry "{HOST}"\n"@acme:registry" "{HOST}"\nlastUpdateCheck 1\n',
    ".yarnrc.yml": f"nodeLinker: pnp\n\nnpmScopes:\n  acme:\n    npmRegistryServer: {HOST}\n\nnpmRegistryServer: {HOST}\nenableTelemetry: false\n",
    ".bunfig.toml": f'telemetry = false\n[install]\nregistry = "{HOST}"\nexact = true\n[install.scopes]\nacme = "{HOST}"\n[run]\nshell = "bun"\n',
}


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def put(home, files=FILES):
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(text.encode())


def run(home, target=TARGET):
    return install(places({}, home, "linux"), target, home.parent / "state")


def test_there_and_back(home):
    put(home)
    (home / ".npmrc").chmod(0o600)
    changes = run(home)
    assert len(changes) == len(FILES)
    pip = configparser.RawConfigParser()
    pip.read(home / ".config/pip/pip.conf")
    assert dict(pip["global"]) == {"index-url": "http://127.0.0.1:4874/simple/", "timeout": "10"}
    assert dict(pip["install"]) == {"user": "yes"}
    uv = tomllib.loads((home / ".config/uv/uv.toml").read_text())
    assert uv == {
        "native-tls": True,
        "pip": {"strict": True},
        "index": [{"url": "http://127.0.0.1:4874/simple/", "default": True}],
    }
    pdm = tomllib.loads((home / ".config/pdm/config.toml").read_text())
    assert pdm == {"pypi": {"url": "http://127.0.0.1:4874/simple/", "username": "u"}, "install": {"parallel": False}}
    bun = tomllib.loads((home / ".bunfig.toml").read_text())
    assert bun == {
        "telemetry": False,
        "install": {"registry": "http://127.0.0.1:4874/", "exact": True},
        "run": {"shell": "bun"},
    }
    npmrc = (home / ".npmrc").read_bytes().decode()
    assert [row for row in npmrc.split("\r\n") if row[:1] not in {"#", ";", ""}] == [
        "//registry.example.test/:_authToken=secret", "save-exact=true", "registry=http://127.0.0.1:4874/",
    ]  # fmt: skip
    yml = [row for row in (home / ".yarnrc.yml").read_text().splitlines() if row and row[:1] != "#"]
    assert yml == ["nodeLinker: pnp", "enableTelemetry: false", 'npmRegistryServer: "http://127.0.0.1:4874"',
                   'unsafeHttpWhitelist: ["127.0.0.1"]']  # fmt: skip
    assert before(home.parent / "state")[home / ".npmrc"] == FILES[".npmrc"].encode()

    assert {str(one.message.english()) for one in run(home)} == {"points to the gate already"}
    assert {one.message.english() for one in uninstall(home.parent / "state")} == {"is as it was before"}
    for name, text in FILES.items():
        assert (home / name).read_bytes() == text.encode()
    assert (home / ".npmrc").stat().st_mode & 0o777 == 0o600
    assert uninstall(home.parent / "state") == ()


def test_files_that_were_not_there_go_away_again(home):
    run(home)
    assert (home / ".npmrc").stat().st_mode & 0o077 == 0
    assert tomllib.loads((home / ".bunfig.toml").read_text()) == {"install": {"registry": "http://127.0.0.1:4874/"}}
    uninstall(home.parent / "state")
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_another_target_replaces_ours(home):
    put(home)
    run(home)
    run(home, Target("http://127.0.0.1:9999", "token"))
    text = (home / ".npmrc").read_text()
    assert "4874" not in text
    assert "//127.0.0.1:9999/:_authToken=token" in text
    uninstall(home.parent / "state")
    assert (home / ".npmrc").read_bytes() == FILES[".npmrc"].encode()


def test_edited_since_only_our_lines_go(home):
    put(home)
    run(home)
    path = home / ".npmrc"
    path.write_bytes(path.read_bytes() + b"fund=false\r\n")
    changes = {one.client: one.message.english() for one in uninstall(home.parent / "state")}
    assert changes["npm"] == "was edited since: only our lines were taken out"
    assert path.read_bytes().decode() == FILES[".npmrc"] + "\r\nfund=false\r\n"
    assert changes["uv"] == "is as it was before"


def test_a_link_is_written_through(home):
    (home / "dotfiles").mkdir()
    (home / "dotfiles/npmrc").write_text("a=b\n")
    (home / ".npmrc").symlink_to(home / "dotfiles/npmrc")
    run(home)
    assert (home / ".npmrc").is_symlink()
    assert "registry=" in (home / "dotfiles/npmrc").read_text()
    uninstall(home.parent / "state")
    assert (home / "dotfiles/npmrc").read_text() == "a=b\n"


def test_a_damaged_journal_stops_it(home):
    (home.parent / "state").mkdir()
    (home.parent / "state/gate-install.json").write_text("{")
    with pytest.raises(OSError, match="damaged"):
        run(home)
    assert list(home.iterdir()) == []


def test_the_journal_is_private(home):
    run(home, Target("http://127.0.0.1:1", "secret"))
    assert (home.parent / "state/gate-install.json").stat().st_mode & 0o077 == 0


def test_cleaned_leaves_other_text_alone():
    assert cleaned("a\n#b\n") == "a\n#b\n"
    assert cleaned(f"a\n{BEGIN}\nours\n{END}\n{MUTED}b\n") == "a\nb\n"
