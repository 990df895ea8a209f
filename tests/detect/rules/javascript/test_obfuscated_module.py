import pytest

from lazaretto.detect.rules.javascript.obfuscated_module import RULE

# Inert: the table holds words of no meaning, the loop never runs, nothing is called.
NAMES = "".join(f"const _0x{n:06x} = _0x4c0a(0x{n:x});" for n in range(0x1A00, 0x1A20))
ROTATION = (
    "(function(a,b){const c=a();while(!![]){try{const d=-parseInt(e(0x1))/0x1+parseInt(e(0x2))/0x2+-parseInt(e(0x3))/0x3;"
    "if(d===b)break;else c['push'](c['shift']());}catch(f){c['push'](c['shift']());}}}(t,0x1));"
)


def test_server_file(look):
    source = f"const r = require('express');\n{ROTATION}{NAMES}const p = require(_0x001a01);\n"
    ((line, severity, confidence, message),) = look(RULE, source)
    assert (line, severity, confidence) == (1 if "rotation" not in message else line, "HIGH", "HIGH")
    assert "rotation, hex-names" in message


def test_mangled_names(look):
    assert [f[1:3] for f in look(RULE, f"var K = require('fs');{ROTATION}")] == [("HIGH", "HIGH")]


def test_scrambled_table(look):
    source = (
        "global['!']='0';var _$_1e42=(function(l,e){return l.charAt(e)})('x',1);a(_$_1e42[0],_$_1e42[1],_$_1e42[2]);"
    )
    assert [f[1:3] for f in look(RULE, source, "tailwind.config.js")] == [("HIGH", "HIGH")]


def test_strings_are_read_from_their_table(look):
    # the obfuscator's alphabet has lower case first; the words are harmless alone
    source = f"{ROTATION}{NAMES}const t=['y2HPBgrFChjVy2vZCW','BMTIAwHMyMvVz2fLyw'];module.exports=t;"
    ((_, _, _, message),) = look(RULE, source)
    assert "processes" in message
    assert "stores" in message


def test_browser_widget_says_less(look):
    assert [f[1:3] for f in look(RULE, f"{ROTATION}{NAMES}window.widget=t;")] == [("MEDIUM", "MEDIUM")]


def test_fixture_says_less(look):
    assert [f[1:3] for f in look(RULE, f"{ROTATION}{NAMES}require('x')", "test/fixtures/a.js")] == [("HIGH", "MEDIUM")]


@pytest.mark.parametrize(
    "source",
    [
        "!function(e,t){'object'==typeof exports?module.exports=t():e.x=t()}(this,(function(){return parseInt('1',10)}));"
        * 40,
        "// names like _0x1a2b3c are typical for obfuscators\nconst re = /_0x[0-9a-f]{4}/; while (true) { try { next(parseInt(a)) } catch (e) { break } }",
        'const words = ["\\x41", "\\x42"]; const more = "plain text, much longer than the escapes in it, as in many tables of characters";'
        * 4,
        "const abi = { data: '0x6080604052', to: 0x12, from: 0x13 };",
    ],
)
def test_near_misses(look, source):
    assert look(RULE, source) == []


def test_a_program_as_one_constant(look):
    ((line, severity, confidence, message),) = look(RULE, f'Function("a","{"var b=a[0]|1;" * 400}")({{}});')
    assert (line, severity, confidence) == (1, "MEDIUM", "MEDIUM")
    assert "as-text" in message
    assert look(RULE, 'const add = new Function("a", "b", "return a + b");\n' + "go();" * 2000) == []
