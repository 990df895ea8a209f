"""The message catalogues are complete, and nothing that a person reads escapes them."""

import ast
import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def messages():
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["messages"] = module
    spec.loader.exec_module(module)
    return module


def test_translations_are_complete(messages):
    for language in messages.LANGUAGES:
        assert list(messages.problems(language)) == []


def test_updating_keeps_what_is_translated(messages, tmp_path, monkeypatch):
    (tmp_path / "ko" / "LC_MESSAGES").mkdir(parents=True)
    place = tmp_path / "ko" / "LC_MESSAGES" / "lazaretto.po"
    place.write_bytes(messages.po_path("ko").read_bytes())
    before = messages.read("ko")
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    messages.update("ko")
    after = messages.read("ko")
    kept = {entry.id: entry.string for entry in after}
    assert all(kept[entry.id] == entry.string for entry in before if entry.id and entry.id in kept and entry.string)
    assert len(kept) > 300


def test_marks_are_found_wherever_they_stand(messages):
    source = """f"{say(N_('in an f-string'))}"; N_("two " "parts"); other("x"); N_(variable)"""
    found = {text for _, text in messages.marked(source)}
    assert found == {None, "in an f-string", "two parts"}


def test_placeholders(messages):
    assert messages.placeholders("a {b} {c:d} {{e}}") == {"b", "c"}
    assert messages.placeholders("broken { {x}") == {"x"}


def test_no_message_is_built_without_a_mark():
    """`Message.of("...")` and `Match("...")` with a bare literal would never be translated."""
    bare = []
    for path in sorted((ROOT / "src" / "lazaretto").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if "Message" not in source and "Match(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            if name not in ("Message.of", "Message", "Match", "ConfigError", "TargetError", "OutputError"):
                continue
            keyword = next((entry.value for entry in node.keywords if entry.arg in ("message", "template")), None)
            first = node.args[0] if node.args else keyword
            if isinstance(first, ast.Constant | ast.JoinedStr) and not (
                isinstance(first, ast.Constant) and first.value in ("", "{text}")
            ):
                bare.append(f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(first)}")
    assert bare == []
