from lazaretto.detect.rules.javascript.module_links import RULE


def kinds(look, source, path="src/a.js"):
    return [(s.kind, s.value, s.line) for s in look.result(RULE, source, path).signals]


def test_imports_and_variables(look):
    source = (
        "const a = require('./a');\nimport b from \"../b.js\";\nimport('./c');\nexport * from './d';\n"
        "const { ONE, TWO: two } = process.env;\nuse(process.env.THREE, import.meta.env.FOUR, process.env['FIVE']);\n"
        "new Worker('./w.js'); fork('./f.js'); import 'pkg';\n"
    )
    assert kinds(look, source) == [
        ("import", "js\t./a", 1),
        ("import", "js\t../b.js", 2),
        ("import", "js\t./c", 3),
        ("import", "js\t./d", 4),
        ("import", "js\t./w.js", 7),
        ("import", "js\t./f.js", 7),
        ("import", "js\tpkg", 7),
        ("env-read", "ONE", 5),
        ("env-read", "TWO", 5),
        ("env-read", "THREE", 6),
        ("env-read", "FOUR", 6),
        ("env-read", "FIVE", 6),
    ]


def test_installed_packages_only_tell_their_own_files(look):
    source = "require('./a'); require('other'); process.env.X"
    assert kinds(look, source, "node_modules/p/index.js") == [("import", "js\t./a", 1)]


def test_plugins_of_a_build_configuration(look):
    source = "import react from '@x/plugin-react'\nimport { fetchIcon } from 'icon-fetch'\nimport path from 'path'\nexport default { plugins: [react(), fetchIcon('77')] }\n"
    assert [s[:2] for s in kinds(look, source, "vite.config.js") if s[0] == "build-plugin"] == [
        ("build-plugin", "@x/plugin-react"),
        ("build-plugin", "icon-fetch"),
    ]


def test_scripts_that_are_started():
    from lazaretto.detect.engine import Engine
    from lazaretto.parse.blob import Blob
    from lazaretto.parse.javascript import JavaScriptModule

    source = b"const cp = require('child_process'); cp.exec('node ./public/a.woff2'); cp.spawn(process.execPath, [path.join(__dirname, 'w.js')])"
    signals = Engine([RULE], [JavaScriptModule]).examine(Blob("server/a.js", source)).signals
    assert [s.value for s in signals if s.kind == "run"] == [
        "server/public/a.woff2",
        "public/a.woff2",
        "server/w.js",
        "w.js",
    ]
