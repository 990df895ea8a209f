from lazaretto.detect.rules.javascript.cross_file_flow import RULE


def kinds(look, source):
    return [(s.kind, s.value) for s in look.result(RULE, source, "src/a.js").signals]


def test_parameters_that_are_run(look):
    source = (
        "exports.errorHandler = (text) => { new Function('require', text)(require) };\n"
        "export function run(a, code) { return eval(code) }\nexport default (c) => eval(c);\n"
    )
    assert kinds(look, source) == [
        ("js-runs-parameter", "errorHandler\t0"),
        ("js-runs-parameter", "run\t1"),
        ("js-runs-parameter", "default\t0"),
    ]


def test_network_content_that_is_handed_over(look):
    source = "import { run } from './runner.js';\nconst tools = require('./tools');\nexport const boot = async () => { const r = await axios.get('https://x.test'); run(r.data.token); tools.go(1, r) };"
    assert kinds(look, source) == [("js-net-to-import", "./runner.js\trun\t0"), ("js-net-to-import", "./tools\tgo\t1")]


def test_functions_that_fetch_and_code_that_runs_them(look):
    assert kinds(look, "export async function load() { const r = await fetch('https://x.test'); return r.text() }") == [
        ("js-returns-net", "load")
    ]
    assert kinds(look, "import { load } from './load';\nexport const go = async () => eval(await load());") == [
        ("js-runs-import", "./load\tload")
    ]


def test_near_misses(look):
    assert kinds(look, "export const add = (a, b) => a + b; export const f = new Function('a', 'return a');") == []


def test_generic_calls_and_virtual_machines(look):
    source = "import axios from 'axios';\nexport async function load(): Promise<string> { return (await axios.get<string>('https://x.test')).data }"
    result = look.result(RULE, source, "src/a.ts")
    assert [(s.kind, s.value) for s in result.signals] == [("js-returns-net", "load")]
    source = "const vm = require('vm');\nmodule.exports = (s) => vm.runInNewContext(s, {});"
    assert kinds(look, source) == [("js-runs-parameter", "default\t0")]
