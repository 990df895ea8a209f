import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.parse.js_obfuscation import hints_of, obfuscation

ROTATION = (
    b"(function(a,b){const c=a();while(!![]){try{const d=-parseInt(e(0x1))/0x1+parseInt(e(0x2))/0x2+parseInt(e(0x3));"
    b"if(d===b)break;else c['push'](c['shift']());}catch(f){c['push'](c['shift']());}}}(t,0x1));"
)


@pytest.mark.parametrize(
    ("source", "signs"),
    [
        (ROTATION, ("rotation",)),
        (b"".join(b"var _0x%06x=1;" % n for n in range(40)), ("hex-names",)),
        (b"a(_$_1e42[0],_$_1e42[1],_$_1e42[2],_$_1e42[3])", ("scrambled",)),
        (b"var a='" + b"\\x41" * 200 + b"';", ("escaped",)),
        (b"(![]+[])[+[]]+" * 1 + b"[]()!+" * 100, ("brackets",)),
        (b"global['!']='8';var _$_1e42=1;", ("marker",)),
        (b"const a = 1;", None),
        (b"const id = '_0x1a2b';", None),
        (b"while (true) { try { a(parseInt(b)) } catch (e) { c.push(d.shift()) } }", None),
    ],
)
def test_signs(source, signs):
    seen = obfuscation(source)
    assert (seen.signs if seen else None) == signs


def test_node():
    assert obfuscation(ROTATION + b"require(x)").node
    assert not obfuscation(ROTATION + b"window.x").node


def test_hints():
    assert hints_of(b"['child_', 'readdirS', 'nothing']") == ("processes", "files")
    assert hints_of(b"['y2HPBgrFChjVy2vZCW']") == ("processes",)  # the obfuscator's own Base64


@given(st.binary(max_size=600))
def test_any_bytes(data):
    obfuscation(data)
