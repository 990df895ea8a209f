"""Little theatre for the engine: programs begin, act and end at times that the test says. Nothing real happens."""

from dataclasses import replace

from lazaretto.detect.catalog import RULES
from lazaretto.detect.live.watcher import Settings, Watcher
from lazaretto.model.host import Kind, Observed

HOME = "/home/dev"
PROJECT = f"{HOME}/work/p"
NODE, PYTHON, SH = "/usr/bin/node", "/usr/bin/python3.11", "/usr/bin/dash"
SCRIPT = (("npm_lifecycle_event", "postinstall"), ("npm_package_name", "graph-x"), ("npm_package_version", "2.2.9"))
SETTINGS = Settings(
    homes={1000: HOME},
    decoys=frozenset({f"{HOME}/.config/solana/id.json"}),
    registries=frozenset({"registry.example.test"}),
)


class Scene:
    """Feeds a watcher; keeps what was observed, so that it can be replayed."""

    def __init__(self, settings=SETTINGS, rules=RULES, known=()):
        self.watcher = Watcher(rules, settings, known=known)
        self.now = 1_800_000_000.0
        self.seen = []
        self.alerts = []
        self._next = 100

    def feed(self, kind, pid, **values):
        observed = Observed(self.now, "test", kind, pid, **values)
        self.seen.append(observed)
        self.watcher.feed(observed)
        return observed

    def run(self, path, *argv, parent=0, cwd=PROJECT, env=(), pid=0, started=0, detail=""):
        """Begin a program; return its process."""
        self._next += 1
        pid = pid or self._next
        if parent:
            self.feed(Kind.FORK, pid, parent=parent)
        self.feed(
            Kind.EXEC, pid, parent=parent, started=started or self._next * 10, uid=1000, path=path, argv=argv or (path,),
            cwd=cwd, env=env, detail=detail,
        )  # fmt: skip
        self.now += 0.01
        return pid

    def end(self, *pids):
        for pid in pids:
            self.feed(Kind.EXIT, pid, code=0)
            self.now += 0.01

    def read(self, pid, path):
        self.feed(Kind.READ, pid, path=path)
        self.now += 0.01

    def connect(self, pid, target):
        self.feed(Kind.CONNECT, pid, path=target)
        self.now += 0.01

    def wait(self, seconds):
        self.now += seconds

    def tick(self):
        """Let the rules look; return the new alerts."""
        self.now += 0.3
        new = self.watcher.tick(self.now, everything=True)
        self.alerts += new
        return new

    def told(self):
        """Return rule and severity of everything told so far, sorted."""
        self.tick()
        return sorted({(one.finding.rule, one.finding.severity.name) for one in self.alerts})

    def npm(self, *words):
        """Start npm below a shell; return its process."""
        shell = self.run("/usr/bin/bash", "bash", cwd=HOME)
        return self.run(NODE, "node", "/usr/lib/node_modules/npm/bin/npm-cli.js", *(words or ("ci",)), parent=shell)

    def script(self, *argv, path=NODE, npm=0):
        """Start a package's postinstall: npm -> sh -> program; return the program's process."""
        npm = npm or self.npm()
        folder = f"{PROJECT}/node_modules/graph-x"
        shell = self.run(SH, "sh", "-c", "node setup.js", parent=npm, cwd=folder, env=SCRIPT)
        return self.run(path, *(argv or ("node", "setup.js")), parent=shell, cwd=folder, env=SCRIPT)

    def server(self):
        """Start `npm start` -> sh -> node server.js; return node."""
        npm = self.npm("run", "start")
        env = (("npm_lifecycle_event", "start"), ("npm_package_name", "p"), ("npm_package_version", "1.0.0"))
        shell = self.run(SH, "sh", "-c", "node server.js", parent=npm, env=env)
        return self.run(NODE, "node", "server.js", parent=shell, env=env)


def muted(settings, *rules):
    return replace(settings, muted=frozenset(rules))
