"""What would be run of which project."""

import json

from lazaretto.adapters.sandbox.toolchain import find
from lazaretto.app.run_open import opening
from lazaretto.app.run_plan import plan_folder
from lazaretto.model.finding import Phase

ALL = frozenset({"npm", "pnpm", "yarn", "bun", "uv", "python3"})


def steps(folder, programs=ALL, **how):
    plan = plan_folder(folder, programs, **{"offline": False, **how})
    return [(step.phase, " ".join(step.command[1:4])) for step in plan.steps], plan.notes


def manifest(folder, **fields):
    (folder / "package.json").write_text(json.dumps({"name": "specimen", **fields}))


def test_the_lockfile_names_the_client(tmp_path):
    manifest(tmp_path, scripts={"dev": "vite"})
    assert steps(tmp_path)[0] == [(Phase.INSTALL, "npm install --no-audit"), (Phase.RUN, "npm run dev")]
    (tmp_path / "pnpm-lock.yaml").touch()
    assert steps(tmp_path)[0] == [(Phase.INSTALL, "pnpm install --frozen-lockfile"), (Phase.RUN, "pnpm run dev")]
    found, notes = steps(tmp_path, {"npm"})
    assert found[0] == (Phase.INSTALL, "npm install --no-audit")
    assert dict(notes[0].params)["client"] == "pnpm"


def test_a_python_project(tmp_path):
    (tmp_path / "requirements.txt").write_text("six\n")
    (tmp_path / "app.py").touch()
    (tmp_path / "src" / "thing").mkdir(parents=True)
    (tmp_path / "src" / "thing" / "__init__.py").touch()
    found = plan_folder(tmp_path, ALL, offline=False).steps
    assert [step.phase for step in found] == [Phase.INSTALL, Phase.IMPORT, Phase.RUN]
    assert found[1].command[-2:] == ("app", "thing")
    assert found[2].command[-2:] == ("python3", "app.py")


def test_nothing_is_nothing(tmp_path):
    assert steps(tmp_path) == ([], ())


def test_manifests_that_are_links_or_damaged_are_no_trouble(tmp_path):
    (tmp_path / "package.json").symlink_to("/etc/passwd")
    assert steps(tmp_path)[0] == []
    (tmp_path / "package.json").unlink()
    (tmp_path / "package.json").write_text("[" * 100_000)
    assert steps(tmp_path)[0] == [(Phase.INSTALL, "npm install --no-audit")]


def test_what_opening_runs(tmp_path):
    (tmp_path / ".vscode").mkdir()
    task = {"label": "env", "type": "shell", "command": "true", "runOptions": {"runOn": "folderOpen"}}
    (tmp_path / ".vscode" / "tasks.json").write_text(json.dumps({"tasks": [task, {"label": "b", "command": "false"}]}))
    (tmp_path / ".devcontainer.json").write_text('{"postCreateCommand": "true a"}')
    hooks = tmp_path / ".git" / "hooks"
    hooks.mkdir(parents=True)
    for name, mode in (("post-checkout", 0o755), ("pre-commit.sample", 0o755), ("pre-push", 0o644)):
        (hooks / name).touch()
        (hooks / name).chmod(mode)
    found = opening(tmp_path)
    assert [step.title.english() for step in found] == [
        "editor task env of .vscode/tasks.json",
        "postCreateCommand of .devcontainer.json",
        "git hook .git/hooks/post-checkout",
    ]
    assert {step.phase for step in found} == {Phase.OPEN}


def test_hooks_behind_a_link_are_not_the_project_s(tmp_path):
    (tmp_path / "a" / "hooks").mkdir(parents=True)
    (tmp_path / "a" / "hooks" / "post-checkout").touch(0o755)
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / ".git").symlink_to(tmp_path / "a")
    assert opening(tmp_path / "p") == ()


def program(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x7fELF")
    path.chmod(0o755)


def test_an_installation_of_node_is_shown_and_a_home_never(tmp_path):
    home = tmp_path / "home"
    prefix = home / ".nvm" / "v20"
    program(prefix / "bin" / "deno")
    program(prefix / "bin" / "node")
    (prefix / "lib" / "node_modules").mkdir(parents=True)
    program(home / ".local" / "bin" / "bun")
    program(home / ".local" / "bin" / "python3")
    (home / ".local" / "lib").mkdir()
    path = f"{prefix}/bin:{home}/.local/bin"
    found = find({"HOME": str(home), "PATH": path}, ("deno", "bun"))
    assert found.programs == {"deno", "bun"}
    assert dict(found.mounts) == {str(prefix): "/opt/v20", str(home / ".local/bin/bun"): "/opt/bin/bun"}
    assert found.path.startswith("/opt/v20/bin:/opt/bin:")
