"""Small programs that are run inside, and only there: they import what a project or a package has."""

_LOAD = """
import importlib, os, sys
def load(name):
    pid = os.fork()
    if not pid:
        try:
            importlib.import_module(name)
        except SystemExit:
            pass
        except BaseException as error:
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
    os.waitpid(pid, 0)
"""

IMPORT_PYTHON = f"""{_LOAD}
sys.path[:0] = [".", "src"]
for name in sys.argv[1:]:
    load(name)
"""
"""Imports each module that is named, in a process of its own."""

IMPORT_NODE = """
const path = require('path'), url = require('url');
const target = path.resolve(process.argv[1]);
try { require(target); } catch (error) {
  if (error && /ERR_REQUIRE_ESM|ERR_REQUIRE_ASYNC_MODULE|ERR_PACKAGE_PATH/.test(error.code || '')) {
    const main = require(path.join(target, 'package.json'));
    const exported = main.exports && (main.exports['.'] || main.exports);
    const pick = value => typeof value === 'string' ? value
      : value && typeof value === 'object' ? pick(value.import || value.node || value.default || value.require) : null;
    const file = pick(exported) || main.main || 'index.js';
    import(url.pathToFileURL(path.join(target, file)).href).catch(error => console.error(String(error)));
  } else { console.error(String(error)); }
}
"""
"""Loads the main file of the package in a folder, as `require` or as `import`."""

DETONATE_PYTHON = (
    _LOAD
    + """
import importlib.metadata as metadata, subprocess
dist = metadata.distribution(sys.argv[1])
names = []
for file in dist.files or ():
    parts = file.parts
    if file.suffix != ".py" or parts[0] == ".." or parts[0].endswith((".dist-info", ".egg-info")):
        continue
    parts = parts[:-1] if file.name == "__init__.py" else (*parts[:-1], file.stem)
    if parts and all(part.isidentifier() for part in parts) and file.stem != "__main__":
        names.append(".".join(parts))
for name in sorted(set(names), key=lambda name: (name.count("."), name))[:300]:
    load(name)
for entry in list(dist.entry_points)[:20]:
    if entry.group in ("console_scripts", "gui_scripts"):
        try:
            subprocess.run([entry.name, "--help"], timeout=15, stdin=subprocess.DEVNULL)
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"{entry.name}: {error}", file=sys.stderr)
"""
)
"""Imports every module of an installed distribution, each in a process of its own, and calls its programs' help."""

DETONATE_NODE = """
const fs = require('fs'), path = require('path'), url = require('url'), cp = require('child_process');
const base = path.join(process.cwd(), 'node_modules', process.argv[1]);
const options = {stdio: 'inherit', timeout: 15000};
const run = (...words) => { try { cp.spawnSync(process.execPath, words, options); } catch {} };
const files = [], skipped = /\\.min\\.js$|(^|[./-])(test|spec)\\./;
const walk = (folder, depth) => {
  for (const entry of fs.readdirSync(folder, {withFileTypes: true})) {
    if (files.length >= 300 || entry.name === 'node_modules') continue;
    const full = path.join(folder, entry.name);
    if (entry.isDirectory() && depth < 6) walk(full, depth + 1);
    else if (entry.isFile() && /\\.[cm]?js$/.test(entry.name) && !skipped.test(entry.name)) files.push(full);
  }
};
walk(base, 0);
const load = "process.chdir(" + JSON.stringify(process.cwd()) + ");"
  + "import(process.argv[1]).catch(error => console.error(String(error)));";
run('-e', "require(process.argv[1])", process.argv[1]);
for (const file of files) run('-e', load, url.pathToFileURL(file).href);
const bin = JSON.parse(fs.readFileSync(path.join(base, 'package.json'), 'utf8')).bin;
for (const file of typeof bin === 'string' ? [bin] : Object.values(bin || {})) {
  run(path.join(base, String(file)), '--help');
}
"""
"""Loads the main file, then every script of a package, each in a process of its own; calls its programs' help."""
