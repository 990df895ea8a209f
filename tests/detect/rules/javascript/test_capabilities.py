from lazaretto.detect.rules.javascript.capabilities import RULE


def abilities(look, source, path="src/a.js"):
    return [signal.value for signal in look.result(RULE, source, path).signals if signal.kind == "capability"]


def test_what_a_script_can_do(look):
    source = (
        "const http = require('node:https'); const { exec } = require('child_process');\n"
        "eval(atob(x)); post(JSON.stringify(process.env)); open('Login Data');\n"
    )
    assert abilities(look, source) == ["code", "decode", "environment", "network", "process", "stores"]
    assert abilities(look, "fetch(url)") == ["network"]
    assert abilities(look, "import { execa } from 'execa'") == ["process"]


def test_near_misses(look):
    assert abilities(look, "const mode = process.env.NODE_ENV; model.eval(x); retrieval(x); prefetch = 1") == []
    assert abilities(look, "fetch(url)", "test/a.js") == []
    assert abilities(look, "export function fetch(url: string): void", "a.d.ts") == []


def test_minified_files_are_told(look):
    found = look.result(RULE, "var a=1;" * 2000, "lib/a.js").signals
    assert [(signal.kind, signal.value) for signal in found] == [("form", "minified")]
