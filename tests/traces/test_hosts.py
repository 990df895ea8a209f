import pytest

from lazaretto.traces.hosts import locations, outside_home

WINDOWS = {"LOCALAPPDATA": r"C:\Users\m\AppData\Local", "APPDATA": r"C:\Users\m\AppData\Roaming"}


@pytest.mark.parametrize(
    ("system", "home", "env", "place", "path"),
    [
        ("linux", "/home/m", {}, "npm-cache", "/home/m/.npm/_cacache"),
        ("linux", "/home/m", {"XDG_CACHE_HOME": "/x"}, "uv-cache", "/x/uv"),
        ("linux", "/home/m", {"UV_CACHE_DIR": "/y"}, "uv-cache", "/y"),
        ("linux", "/home/m", {}, "editor-state", "/home/m/.config/Code/User"),
        ("macos", "/Users/m", {}, "pip-cache", "/Users/m/Library/Caches/pip/http-v2"),
        ("macos", "/Users/m", {}, "editor-state", "/Users/m/Library/Application Support/Cursor/User"),
        ("macos", "/Users/m", {}, "persistence-folders", "/Users/m/Library/LaunchAgents"),
        ("windows", r"C:\Users\m", WINDOWS, "npm-cache", "C:/Users/m/AppData/Local/npm-cache/_cacache"),
        ("windows", r"C:\Users\m", WINDOWS, "shell-history", "C:/Users/m/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt"),
        ("windows", r"C:\Users\m", WINDOWS, "persistence-folders", "C:/Users/m/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup"),
    ],
)  # fmt: skip
def test_where_places_lie(system, home, env, place, path):
    assert (place, path) in {(one.place, one.path) for one in locations(system, home, env)}


def test_variables_that_are_not_set_are_left_out():
    assert not [one for one in locations("linux", "/home/m", {}) if "$" in one.path or one.chosen]


def test_what_a_walk_over_the_home_does_not_come_to():
    found = {one.path for one in outside_home("linux", "/home/m", {"PIP_CACHE_DIR": "/home/m/elsewhere"})}
    assert "/home/m/elsewhere/http-v2" in found
    assert "/usr/lib/python3/dist-packages" in found
    assert "/home/m/.npm/_cacache" not in found


@pytest.mark.parametrize(
    ("system", "files"),
    [
        ("macos", {
            "Library/Caches/Yarn/v6/npm-evil-graph-2.0.0-" + "7" * 40 + "-integrity/x": "yarn-cache",
            "Library/pnpm/store/v10/index/e3/50a27e-evil-graph@2.0.0.json": "pnpm-store",
            "Library/Application Support/Code/User/workspaceStorage/0/workspace.json": "editor-state",
            "Library/LaunchAgents/x.plist": "persistence-folders",
            "Library/Caches/pip/wheels/a/b/evil_py-1.0-py3-none-any.whl": "pip-wheels",
        }),
        ("windows", {
            "AppData/Local/npm-cache/_logs/2026-10-01T08_00_00_000Z-debug-0.log": "npm-logs",
            "AppData/Local/uv/cache/simple-v28/pypi/evil-py.rkyv": "uv-cache",
            "AppData/Local/pip/Cache/wheels/a/b/evil_py-1.0-py3-none-any.whl": "pip-wheels",
            "AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt": "shell-history",
            "AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup/left_behind.bat": "persistence-folders",
        }),
    ],
)  # fmt: skip
def test_made_up_homes_of_other_systems(tmp_path, look, system, files):
    for path in files:
        file = tmp_path / "m" / path
        file.parent.mkdir(parents=True)
        text = {
            "workspace.json": '{"folder": "file:///c%3A/x/lure-test"}',
            "ConsoleHost_history.txt": "npm i evil-graph\r\n",
        }
        log = "3 silly placeDep ROOT evil-graph@2.0.0 OK for: a@\n"
        file.write_text(text.get(file.name, log if file.suffix == ".log" else "https://c2.example.invalid/"))
    hunted = look(tmp_path / "m", system=system)
    assert {hit.trace.place for hit in hunted.hits} - {"persistence", "leftover-files"} == set(files.values())
