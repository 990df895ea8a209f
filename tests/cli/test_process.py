"""The program as a process: start-up cost, sockets, encodings, signals, pipes."""

import json
import os
import resource
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and rusage are POSIX")

FAKE = Path(__file__).with_name("conftest.py")
START = f"""
import importlib.util, sys
spec = importlib.util.spec_from_file_location("fake", {str(FAKE)!r})
fake = importlib.util.module_from_spec(spec)
sys.modules["fake"] = fake
spec.loader.exec_module(fake)
"""
RUN = START + "sys.exit(fake.main(sys.argv[1:], fake.Session(app=fake.Fake())))"
NO_SOCKETS = """
import sys
def hook(event, arguments):
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
        raise RuntimeError("socket used: " + event)
    if event == "socket.__new__" and arguments[1] in (2, 10, 30):
        raise RuntimeError("socket opened")
sys.addaudithook(hook)
"""


def environment(**changes):
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "VIRTUAL_ENV")}
    return {**kept, "PYTHONUTF8": "0", **changes}


def call(*arguments, **changes):
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, timeout=60, env=environment(**changes), check=False
    )


def cpu(*arguments):
    """CPU seconds of the cheapest of three runs."""
    spent = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert call("-m", "lazaretto", *arguments).returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return min(spent)


def test_version_is_answered_at_once():
    assert cpu("--version") <= 0.100
    loaded = call("-X", "importtime", "-m", "lazaretto", "--version").stderr.decode()
    assert "click" not in loaded
    assert "lazaretto.cli" not in loaded


def test_help_is_fast_and_loads_no_engine():
    assert cpu("--help") <= 0.250
    loaded = call("-X", "importtime", "-m", "lazaretto", "check", "--help").stderr.decode()
    for name in ("lazaretto.detect", "lazaretto.adapters", "tree_sitter", "rich", "socket\n", "asyncio", "sqlite3"):
        assert name not in loaded


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["check", "--help"], ["completion", "bash"]])
def test_no_socket_is_opened(tmp_path, arguments):
    (tmp_path / "sitecustomize.py").write_text(NO_SOCKETS)
    done = call("-m", "lazaretto", *arguments, PYTHONPATH=str(tmp_path))
    assert done.returncode == 0, done.stderr.decode()
    probe = call("-c", "import socket; socket.socket()", PYTHONPATH=str(tmp_path))
    assert b"socket opened" in probe.stderr


def test_an_offline_check_opens_no_socket(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(NO_SOCKETS)
    subject = tmp_path / "subject"
    subject.mkdir()
    (subject / "package.json").write_text('{"name": "x", "version": "1.0.0", "dependencies": {"express": "^4.0.0"}}')
    (subject / "app.js").write_text("require('http').get('http://c2.example.invalid')\n")
    done = call("-m", "lazaretto", "check", str(subject), PYTHONPATH=str(tmp_path), XDG_CACHE_HOME=str(tmp_path))
    assert done.returncode in (0, 10), done.stderr.decode()
    done = call("-m", "lazaretto", "inventory", str(subject), PYTHONPATH=str(tmp_path))
    assert done.returncode == 0, done.stderr.decode()


ENCODINGS = [
    *((encoding, "text", lang) for encoding in ("ascii", "cp949", "latin-1", "utf-8") for lang in ("en", "ko")),
    *(
        (encoding, form, "ko")
        for encoding in ("ascii", "cp949")
        for form in ("json", "jsonl", "sarif", "github", "html")
    ),
]


@pytest.mark.parametrize(("encoding", "form", "lang"), ENCODINGS)
def test_every_encoding(encoding, form, lang):
    done = call(
        "-c", RUN, "check", "악-malicious", "--format", form, LANG=f"{lang}_KR.UTF-8", PYTHONIOENCODING=encoding
    )
    assert done.returncode == 20, done.stderr.decode(errors="replace")
    text = done.stdout.decode(encoding)
    if form == "text":
        korean = lang == "ko" and encoding in ("cp949", "utf-8")
        assert ("악성" if korean else "MALICIOUS") in text
        assert ("✗" if encoding == "utf-8" else "[X]") in text
    if form in ("json", "sarif"):
        json.loads(text)
    assert b"Traceback" not in done.stderr


def test_asking_for_korean_where_it_cannot_be_shown_is_answered_in_english():
    done = call("-c", RUN, "check", "clean", "--lang", "ko", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"has no Hangul" in done.stderr
    assert b"NOTHING FOUND" in done.stdout


def test_a_broken_pipe_is_quiet():
    script = START + textwrap.dedent("""
        class Endless(fake.Fake):
            def check_many(self, targets, options, progress):
                while True:
                    yield fake.answer("malicious")
        sys.exit(fake.main(["check", "a", "b", "--format", "jsonl"], fake.Session(app=Endless())))
    """)
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(30) == 20
    assert process.stderr.read() == b""
    process.stderr.close()


def interrupted(script):
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        # a shell that starts the tests in the background ignores Ctrl-C for all of them
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    return process.returncode, line + out, err.decode()


def test_ctrl_c_keeps_what_is_finished():
    script = START + textwrap.dedent("""
        import time
        class Slow(fake.Fake):
            def check_many(self, targets, options, progress):
                yield fake.answer("clean")
                time.sleep(60)
        sys.exit(fake.main(["check", "a", "b", "--format", "jsonl"], fake.Session(app=Slow())))
    """)
    started = time.monotonic()
    code, out, err = interrupted(script)
    assert time.monotonic() - started < 30
    assert code == 130
    assert json.loads(out)["target"] == "clean"
    assert err.strip() == "lazaretto: note: interrupted; what is not in the answer was not checked"


def test_ctrl_c_before_the_command_line_stands():
    script = textwrap.dedent("""
        import sys, time
        import lazaretto.__main__ as program
        class Finder:
            def find_spec(self, name, path=None, target=None):
                if name == "lazaretto.cli.main":
                    print("importing", flush=True)
                    for _ in range(600):  # one long sleep would miss a signal that comes just before it
                        time.sleep(0.1)
        sys.meta_path.insert(0, Finder())
        sys.argv = ["lazaretto", "check", "x"]
        sys.exit(program.main())
    """)
    code, _, err = interrupted(script)
    assert code == 130
    assert "Traceback" not in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_a_clear_message():
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", RUN, "check", "clean"],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=30,
            env=environment(),
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.decode() == "lazaretto: error: the answer cannot be written: No space left on device\n"
    done = call("-c", RUN, "check", "clean", "-o", "/dev/full")
    assert done.returncode == 2
    assert b"/dev/full cannot be written: No space left on device" in done.stderr


CLOSED = ["check clean", "check clean --format json", "--help", "--version", "rules", "completion bash", "inventory x"]


@pytest.mark.parametrize("line", CLOSED)
def test_a_closed_output_is_a_clear_message(line):
    done = call(
        "-c",
        f"import os; os.close(1); os.execv({sys.executable!r}, {[sys.executable, '-m', 'lazaretto', *line.split()]!r})",
    )
    assert done.returncode == 2
    assert done.stderr.decode().startswith("lazaretto: error: ")
    assert b"Traceback" not in done.stderr


def test_closed_errors_and_input_do_no_harm(tmp_path):
    def run(*arguments):
        line = [sys.executable, "-m", "lazaretto", *arguments]
        return call("-c", f"import os; os.close(0); os.close(2); os.execv({sys.executable!r}, {line!r})").returncode

    (tmp_path / "a.txt").write_text("text")
    assert run("check", str(tmp_path), "--no-cache") == 0
    assert run("check") == 2
    assert run() == 2
    assert run("check", "--files-from", "-") == 3


@pytest.mark.parametrize("line", ["--help", "--version", "check --help"])
def test_help_on_a_full_disk(line):
    if not Path("/dev/full").exists():
        pytest.skip("needs a device that is always full")
    for unbuffered in ("", "1"):
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                [sys.executable, "-m", "lazaretto", *line.split()],
                stdout=full,
                stderr=subprocess.PIPE,
                timeout=30,
                env=environment(PYTHONUNBUFFERED=unbuffered),
                check=False,
            )
        assert done.returncode == 2
        assert done.stderr.decode() == "lazaretto: error: the answer cannot be written: No space left on device\n"


def test_debugging_shows_where_it_happened():
    done = call("-c", RUN, "check", "crash", LAZARETTO_DEBUG="1")
    assert done.returncode == 1
    assert b"Traceback" in done.stderr
    assert b"Traceback" not in call("-c", RUN, "check", "crash").stderr
