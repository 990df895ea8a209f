"""What does `lazaretto watch` say of ordinary work? Packages are installed and built, git and a server run.

    python bench/watch/benign.py --npm express,react,... --pypi requests,... [--work]

Packages come from the registries that npm and pip are configured with, into a temporary home. Needs root for the
program in the kernel; without, the sensors that need no root are used. Result: alerts by rule and severity, as JSON.
"""

import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Watch

GIT = """
set -e
git init -q . && git config user.email a@example.test && git config user.name a
for n in 1 2 3 4 5; do
  echo $n > f$n; git add -A; git commit -qm $n; git checkout -qb b$n; git merge -q master 2>/dev/null || true
done
git log --oneline >/dev/null; git gc -q; git stash list
"""
SERVER = """
const http = require('http'), fs = require('fs'), cp = require('child_process');
const s = http.createServer((q, r) => r.end('x')).listen(0, '127.0.0.1', async () => {
  for (let n = 0; n < 20; n++) {
    await fetch('http://127.0.0.1:' + s.address().port); await new Promise(r => setTimeout(r, 100));
  }
  cp.execSync('git status'); fs.writeFileSync('out.txt', 'x'); s.close();
});
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--npm", default="")
    parser.add_argument("--pypi", default="")
    parser.add_argument("--no-binary", action="store_true", help="build Python packages from their sources")
    parser.add_argument("--work", action="store_true")
    arguments = parser.parse_args()
    watcher = Watch()
    failed = []
    with tempfile.TemporaryDirectory(prefix="lz-benign-", dir=Path.home()) as name:
        home = Path(name)
        environment = dict(os.environ) | {"HOME": name, "npm_config_cache": f"{name}/cache", "CI": "1"}
        environment.pop("PYTHONPATH", None)

        def run(*command: str, folder: Path) -> None:
            folder.mkdir(parents=True, exist_ok=True)
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=600, check=False)
            if done.returncode:
                failed.append(" ".join(command[-2:]))

        for package in filter(None, arguments.npm.split(",")):
            run("npm", "install", "--no-audit", "--no-fund", package, folder=home / "npm" / package.replace("/", "+"))
        for package in filter(None, arguments.pypi.split(",")):
            more = ("--no-binary", package) if arguments.no_binary else ()
            run(
                sys.executable,
                "-m",
                "pip",
                "install",
                "-q",
                "--target",
                f"{name}/t/{package}",
                *more,
                package,
                folder=home / "pip",
            )
        if arguments.work:
            run("sh", "-c", GIT, folder=home / "git")
            (home / "git" / "server.js").write_text(SERVER)
            run("node", "server.js", folder=home / "git")
            run(sys.executable, "-m", "compileall", "-q", ".", folder=home / "git")
    result = watcher.end()
    own = [one for one in watcher.lines if name in json.dumps(one)]
    counts = collections.Counter(f"{one['severity']} {one['rule']}" for one in own)
    print(json.dumps({"alerts": dict(sorted(counts.items())), "failed": failed} | result, indent=1))
    for one in own:
        if one["severity"] in ("HIGH", "CRITICAL", "MEDIUM"):
            print(json.dumps({key: one[key] for key in ("severity", "rule", "message", "package", "excerpt")}))


if __name__ == "__main__":
    main()
