"""A real PostgreSQL server on a socket of its own, which can be stopped and started."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

NOBODY = 65534


def program(name):
    found = shutil.which(name) or next(map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))[::-1]), None)
    assert found, f"{name} is missing: these tests need PostgreSQL (Debian: apt-get install postgresql)"
    return found


class Postgres:
    def __init__(self):
        self.top = Path(tempfile.mkdtemp(prefix="lazaretto-pg-"))
        self._user = {}
        if os.geteuid() == 0:  # the server refuses to run as root
            os.chown(self.top, NOBODY, NOBODY)
            self._user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        self._env = {"PATH": os.environ.get("PATH", ""), "HOME": str(self.top), "LC_ALL": "C"}
        data = self.top / "data"
        self._run(program("initdb"), "-D", data, "-U", "lazaretto", "-A", "trust", "-E", "UTF8", "--no-sync")
        self._control = (program("pg_ctl"), "-D", data, "-w", "-t", "60")
        self.url = f"postgresql://lazaretto@/postgres?host={quote(str(self.top))}"

    def _run(self, *command):
        subprocess.run(
            list(map(str, command)), check=True, stdout=subprocess.DEVNULL, cwd=self.top, env=self._env, **self._user
        )

    def start(self):
        options = f"-c listen_addresses= -c unix_socket_directories={self.top} -c fsync=off"
        self._run(*self._control, "-l", self.top / "log", "-o", options, "start")

    def stop(self):
        self._run(*self._control, "-m", "immediate", "stop")

    def remove(self):
        shutil.rmtree(self.top)
