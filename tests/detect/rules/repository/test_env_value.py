import base64

from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.repository.env_value import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


HIDDEN = base64.b64encode(b"https://a.invalid/b/XYZ").decode()
HEADER = base64.b64encode(b"x-secret-key").decode()


def test_a_value_in_an_env_file() -> None:
    result = examine("server/config/.config.env", f'PORT=1\nDEV_API_KEY="{HIDDEN}"\n')
    assert [(f.locations[0].line, f.severity, f.confidence) for f in result.findings] == [
        (2, Severity.MEDIUM, Confidence.HIGH)
    ]
    assert ("env-url", "DEV_API_KEY\thxxps://a[.]invalid/b/XYZ") in {(s.kind, s.value) for s in result.signals}


def test_a_header_beside_it_raises_the_severity() -> None:
    text = f"A={HIDDEN} # key\nB= {HEADER}   # header\n"
    assert graded(".env.example", text) == [(1, Severity.HIGH, Confidence.MEDIUM)]


def test_twice_encoded_and_backwards() -> None:
    assert graded(".env", f"A={base64.b64encode(HIDDEN.encode()).decode()}") == [(1, Severity.HIGH, Confidence.HIGH)]
    assert graded(".env", f"A={HIDDEN[::-1]}") == [(1, Severity.MEDIUM, Confidence.HIGH)]


def test_other_configuration_files() -> None:
    assert graded("config/default.json", f'{{"api": {{"key": "{HIDDEN}"}}}}') == [(1, Severity.MEDIUM, Confidence.HIGH)]
    assert graded("application.yml", f"key: {HIDDEN}\n") == [(1, Severity.MEDIUM, Confidence.HIGH)]


def test_secrets_of_a_cluster_are_encoded_by_rule() -> None:
    assert graded("s.yaml", f"kind: Secret\ndata:\n  url: {HIDDEN}\n") == [(3, Severity.LOW, Confidence.LOW)]


def test_ordinary_settings() -> None:
    text = "API=https://a.invalid/x\nKEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\nJWT=eyJhbGciOiJIUzI1NiJ9.e30.abc\n"
    assert graded(".env", text) == []
    assert graded("x.json", f'{{"image": "AAAA{HIDDEN}"}}') == []
