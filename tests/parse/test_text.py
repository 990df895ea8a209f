import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.parse.blob import Blob
from lazaretto.parse.text import ConfigText, decoded_url, hidden_runs, is_documentation, is_test

URL = "https://a.invalid/b/XYZ"


@pytest.mark.parametrize(
    ("value", "layers"),
    [
        (base64.b64encode(URL.encode()).decode(), 1),
        (base64.b64encode(URL.encode()).decode().rstrip("="), 1),
        (base64.b64encode(base64.b64encode(URL.encode())).decode(), 2),
        (URL.encode().hex(), 1),
        (base64.b64encode(URL.encode()).decode()[::-1], 1),
    ],
)
def test_disguised_urls(value: str, layers: int) -> None:
    assert decoded_url(value) == (URL, layers)


@pytest.mark.parametrize(
    "value", ["", "https://a.invalid", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "aHR0cHM", "abcdef123456"]
)
def test_plain_values_are_left_alone(value: str) -> None:
    assert decoded_url(value) is None


@given(st.text(max_size=200))
def test_any_value_decodes_or_not(value: str) -> None:
    decoded_url(value)


def test_assignments_of_env_files() -> None:
    blob = Blob("server/config/.config.env", b'# c\nexport A="x y" # z\nB = 1 # note\n"C": "d",\n')
    assert ConfigText.accepts(blob)
    view = ConfigText(blob)
    assert view.is_env
    assert [(a.name, a.value, a.line) for a in view.assignments] == [("A", "x y", 2), ("B", "1", 3), ("C", "d", 4)]


@pytest.mark.parametrize(
    ("path", "accepted"),
    [
        (".env", True),
        ("config.env.example", True),
        (".env.local", True),
        ("a.yaml", True),
        ("environment.ts", False),
        ("package-lock.json", False),
        ("x.js", False),
    ],
)
def test_which_files_hold_settings(path: str, accepted: bool) -> None:
    assert ConfigText.accepts(Blob(path, b"A=1")) is accepted


def test_hidden_runs() -> None:
    data = b"x" + "\ufe01\U000e0101".encode() * 6 + "y\ufe0f".encode()
    assert list(hidden_runs(data)) == [(1, 42)]


def test_kinds_of_paths() -> None:
    assert is_documentation("docs/x.js")
    assert is_documentation("a/README.md")
    assert not is_documentation("src/x.js")
    assert is_test("a/__tests__/x.js")
    assert not is_test("src/test.js")
