import pytest

from lazaretto.parse.blob import Blob
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_nodes import callee_of


def path(source):
    """Callee path of the call whose first argument is MARK."""
    module = JavaScriptModule(Blob("a.ts", source.encode()))
    at = module.source.index(b"MARK")
    call = module.at(at, at + 4).parent.parent
    return module.flow.callee(callee_of(call))


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("eval(MARK)", ("eval",)),
        ("(0, eval)(MARK)", ("eval",)),
        ("globalThis.eval(MARK)", ("eval",)),
        ("window['ev' + 'al'](MARK)", ("eval",)),
        ("const e = eval; e(MARK)", ("eval",)),
        ("new Function(MARK)", ("Function",)),
        ("new (Function.constructor)(MARK)", ("Function", "constructor")),
        ("Function['constructor'](MARK)", ("Function", "constructor")),
        ("const { constructor: C } = Function; C(MARK)", ("Function", "constructor")),
        ("(() => {}).constructor(MARK)", ("function", "constructor")),
        ("Object.getPrototypeOf(async function () {}).constructor(MARK)", ("function", "constructor")),
        ("const cp = require('node:child_process'); cp.exec(MARK)", ("child_process", "exec")),
        ("require('child_process')['exec'](MARK)", ("child_process", "exec")),
        ("const { exec: run } = require('child_process'); run(MARK)", ("child_process", "exec")),
        ("import { exec as run } from 'child_process'; run(MARK)", ("child_process", "exec")),
        ("import * as cp from 'child_process'; cp.exec(MARK)", ("child_process", "exec")),
        ("const run = promisify(require('child_process').exec); run(MARK)", ("child_process", "exec")),
        ("const r = createRequire(import.meta.url); r('child_process').exec(MARK)", ("child_process", "exec")),
        ("process.mainModule.require('child_process').exec(MARK)", ("child_process", "exec")),
        ("require('module')._load('child_process').exec(MARK)", ("child_process", "exec")),
        ("require(Buffer.from('Y2hpbGRfcHJvY2Vzcw==', 'base64').toString()).exec(MARK)", ("child_process", "exec")),
        ("const f = (await import('node-fetch')).default; f(MARK)", ("node-fetch",)),
        ("const a = require('axios').create({}); a.get(MARK)", ("axios", "create", "()", "get")),
        ("import h from './h'; h.go(MARK)", ("./h", "go")),
        ("const { go } = require('./h'); go(MARK)", ("./h", "go")),
        ("function f() {} f(MARK)", ("%f",)),
        ("x.then(MARK)", ("x", "then")),
        ("f[g](MARK)", ("f", "?")),
        ("const a = b; const b = a; a(MARK)", ("%a",)),
    ],
)
def test_paths(source, wanted):
    assert path(source) == wanted
