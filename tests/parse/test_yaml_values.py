import pytest

from lazaretto.parse.blob import Blob
from lazaretto.parse.documents import load_yaml, load_yaml_all
from lazaretto.parse.views import ParseError
from lazaretto.parse.yaml_values import SLOW_YAML


def blob(text: str) -> Blob:
    return Blob("x", text.encode())


def failure(loader, text) -> ParseError:
    with pytest.raises(ParseError) as caught:
        loader(blob(text))
    return caught.value


def test_yaml_numbers_stay_text_and_only_words_are_values():
    text = (
        "a: 1.10\nb: '1'\nc: true\nd: ~\ne:\nf: 'true'\ng: 2001-12-14\nh: !!str true\ni: !!python/object:os.system x\n"
    )
    assert load_yaml(blob(text)) == {
        "a": "1.10", "b": "1", "c": True, "d": None, "e": None, "f": "true", "g": "2001-12-14", "h": "true", "i": "x",
    }  # fmt: skip


def test_yaml_mappings_know_their_lines():
    value = load_yaml(blob("a: 1\n\nb:\n  c: 2\n"))
    assert value.lines == {"a": 1, "b": 3}
    assert value["b"].lines == {"c": 4}


def test_yaml_aliases_and_merge_keys():
    value = load_yaml(blob("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\nmany:\n  <<: [*b, {z: 4}]\n"))
    assert value["use"] == {"x": "1", "y": "3"}
    assert value["many"] == {"x": "1", "y": "2", "z": "4"}


def test_yaml_alias_bombs_and_loops_are_refused():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(10)
    )
    assert "aliases" in failure(load_yaml, bomb).reason
    assert "alias" in failure(load_yaml, "a: &x [1, *x]").reason


def test_yaml_takes_several_documents():
    assert load_yaml_all(blob("a: 1\n---\nb: 2\n")) == [{"a": "1"}, {"b": "2"}]
    assert load_yaml(blob("a: 1\n---\nb: 2\n")) == {"a": "1"}
    assert load_yaml(blob("")) is None


def test_yaml_collections_as_keys_are_refused():
    assert failure(load_yaml, "? [1]\n: 2\n").reason == "a mapping key is not text"


@pytest.mark.parametrize("padding", [0, SLOW_YAML])
def test_yaml_addresses_in_flow_mappings(padding):
    text = f"r: {{i: sha512-a==, tarball: https://h.test:8/a.tgz, n: 1}}\n#{'x' * padding}\ns: 'a: {{b:c}}'\n"
    assert load_yaml(blob(text)) == {
        "r": {"i": "sha512-a==", "tarball": "https://h.test:8/a.tgz", "n": "1"},
        "s": "a: {b:c}",
    }
