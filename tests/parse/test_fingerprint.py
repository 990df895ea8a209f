import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.parse.fingerprint import (
    CAPABILITIES,
    FULL,
    SKETCH,
    decoded,
    fingerprint,
    is_library_code,
    own_names,
)

CODE = b"import zebra.stripes\n\ndef stripe(width):\n    # how wide\n    return zebra.stripes.Paint(width * 31)\n"


def test_renaming_and_reformatting_change_nothing():
    copied = CODE.replace(b"zebra", b"okapi").replace(b"    return", b"\treturn").replace(b"\n", b"\r\n")
    assert fingerprint("zebra/a.py", CODE) == fingerprint("okapi-1.0/okapi/a.py", copied)
    assert fingerprint("zebra/a.py", CODE) == fingerprint("zebra-lib-2.1/src/zebra/a.py", CODE)
    assert fingerprint("package/a.js", b"var word = 'a' ;") == fingerprint("package/b.ts", b'var word = "a";')


def test_an_edit_changes_the_digest_and_little_of_the_sketch():
    lines = [b"value_%d = compute(%d, 12)" % (number, number) for number in range(20)]
    first = fingerprint("zebra/a.py", b"\n".join(lines))
    second = fingerprint("zebra/a.py", b"\n".join([*lines, b"x = 1"]))
    third = fingerprint("zebra/a.py", b"\n".join([*lines, b"another = compute(99, 12)"]))
    assert (first.lines, first.threshold) == (20, FULL)
    assert second.sketch == first.sketch
    assert second.digest != first.digest
    assert set(first.sketch) < set(third.sketch)


def test_a_long_file_keeps_the_smallest_hashes():
    found = fingerprint("zebra/a.py", b"\n".join(b"value_%d = compute(%d)" % (number, number) for number in range(99)))
    assert (len(found.sketch), found.lines) == (SKETCH, 99)
    assert found.threshold == max(found.sketch)


@pytest.mark.parametrize(
    ("path", "data", "names"),
    [
        ("a/b.py", b"subprocess.run(x)\n", {"process"}),
        ("a/b.py", b"exec(base64.b64decode(x))\n", {"execute", "decode"}),
        ("a/b.js", b"fetch(process.env.A)\n", {"network", "environment"}),
        ("a/b.js", b"new Function(x)\n", {"execute"}),
        ("a/b.js", b"const sum = (a, b) => a + b\n", set()),
    ],
)
def test_capabilities(path, data, names):
    found = fingerprint(path, data).capabilities
    assert {name for number, name in enumerate(CAPABILITIES) if found >> number & 1} == names


def test_own_names():
    assert own_names("fast-lib-1.2/src/fastlib/a/b.py") == [b"fast-lib", b"fastlib"]
    assert own_names("x.tar.gz!/fast-lib-1.2/fastlib/a.py") == [b"fast-lib", b"fastlib"]
    assert own_names("package/dist/index.js") == []
    assert own_names("a.py") == []


def test_what_is_not_library_code():
    assert is_library_code("a/b.py")
    for path in ("tests/a.py", "node_modules/a/b.js", "a/_vendor/b.py", "a/b.json", "Docs/conf.py"):
        assert not is_library_code(path)
    assert fingerprint("a.d.ts", b"export type A = string\n") is None
    assert fingerprint("a.md", b"# A\n") is None


@given(st.binary(max_size=400), st.text(max_size=40))
def test_any_bytes(data, folder):
    for suffix in (".py", ".js"):
        found = fingerprint(f"{folder}/a{suffix}", data)
        assert decoded(found.encoded()) == found


@given(st.text(max_size=60))
def test_any_text_is_read(text):
    decoded(text)
