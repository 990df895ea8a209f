from lazaretto.parse.js_value import EMPTY, Value, bare, constant, joined, lead


def test_union():
    a, b = Value(frozenset({"net"}), line=3), Value(frozenset({"env"}), url="x")
    assert (a | b) == Value(frozenset({"net", "env"}), line=3, url="x")
    assert (a | EMPTY) is a
    assert (EMPTY | b) is b


def test_vague():
    assert constant("x").vague() == EMPTY
    assert Value(frozenset({"env-all"})).vague().tags == {"env"}
    assert Value(frozenset({"net"})).foreign


def test_paths():
    assert joined(("window",), "eval") == ("eval",)
    assert joined(("axios",), "default") == ("axios",)
    assert joined(("a",) * 12, "b") == ("?",)
    assert bare("node:fs") == "fs"
    assert lead([constant("https://"), Value(), constant("x")]) == "https://"
