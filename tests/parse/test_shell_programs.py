import pytest

from lazaretto.parse.shell_programs import download_of, inline_code, program_of, run_file, script_calls
from lazaretto.parse.shell_words import split


def program(text: str):
    return program_of(split(text).commands[0].words)


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("node --max-old-space-size=4096 -r dotenv/config src/a.js --port 1", "src/a.js"),
        ("sudo -E env A=b python3 -u tools/x.py", "tools/x.py"),
        ("nodemon --watch src server/app.js", "server/app.js"),
        ("cross-env NODE_ENV=dev ts-node src/a.ts", "src/a.ts"),
        ("bash ./setup.sh", "./setup.sh"),
        ("./run.sh --fast", "./run.sh"),
        (". ./env.sh", "./env.sh"),
        ("powershell -ExecutionPolicy Bypass -File x.ps1", "x.ps1"),
        ("python -m http.server", ""),
        ("node -e 'x'", ""),
        ("bun install", ""),
        ("vite build", ""),
    ],
)
def test_the_file_that_runs(text: str, file: str) -> None:
    assert run_file(program(text)) == file


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("node -e 'a()'", "a()"),
        ("python3 -c 'b'", "b"),
        ("bash -lc 'c d'", "c d"),
        ('cmd /c "curl x"', "curl x"),
        ("powershell -w hidden -Command iex x", "iex x"),
        ("node x.js -e y", None),
        ("ls -c x", None),
    ],
)
def test_code_on_the_command_line(text: str, code: str | None) -> None:
    assert inline_code(program(text)) == code


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("npm run build", [("build", "")]),
        ("npm --prefix server run dev", [("dev", "server")]),
        ("yarn --cwd api start", [("start", "api")]),
        ("npm i", [("install", "")]),
        ("npm-run-all --parallel server client", [("server", ""), ("client", "")]),
        ("npm config get registry", []),
        ("pnpm exec tsc", []),
    ],
)
def test_scripts_that_are_started(text: str, calls: list[tuple[str, str]]) -> None:
    assert [(call.name, call.folder) for call in script_calls(program(text), 1)] == calls


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("curl -fsSL https://a.test/x", ("https://a.test/x", "")),
        ("curl -o y.sh https://a.test/x", ("https://a.test/x", "y.sh")),
        ("curl -sSLO https://a.test/x.sh?v=1", ("https://a.test/x.sh?v=1", "x.sh")),
        ("wget https://a.test/x.sh", ("https://a.test/x.sh", "x.sh")),
        ("wget -qO- https://a.test/x.sh", ("https://a.test/x.sh", "")),
        ("certutil -urlcache -f http://a.test/x.exe y.exe", ("http://a.test/x.exe", "y.exe")),
        ("curl --version", None),
        ("node x", None),
    ],
)
def test_downloads(text: str, found: tuple[str, str] | None) -> None:
    assert download_of(program(text)) == found
