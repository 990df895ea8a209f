import pytest

from lazaretto.model.text import Message, Phrase
from lazaretto.reports.i18n import LANGUAGES, Translator, negotiate, translator
from lazaretto.reports.safe import safe


@pytest.mark.parametrize(
    ("environ", "lang"),
    [
        ({}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko"}, "ko"),
        ({"LANG": "KO-kr"}, "ko"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "ko_KR.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "ko_KR", "LANG": "en_US"}, "ko"),
        ({"LAZARETTO_LANG": "ko", "LC_ALL": "C"}, "ko"),
        ({"LAZARETTO_LANG": "xx", "LANG": "ko_KR"}, "en"),
        ({"LANG": "../../etc/passwd"}, "en"),
    ],
)
def test_the_environment_chooses(environ, lang):
    assert negotiate(environ) == lang


def test_every_language_has_its_catalogue():
    for lang in LANGUAGES:
        assert translator(lang).lang == lang
    assert translator("xx").lang == "en"


def test_messages_are_translated_and_filled():
    message = Message.of("cannot be read: {error}", {"error": "no"})
    assert translator("en").message(message) == "cannot be read: no"
    assert translator("ko").message(message) == "읽을 수 없음: no"
    assert translator("ko")("not in any catalogue {n}", {"n": 1}) == "not in any catalogue 1"


def test_parameters_are_escaped_and_never_templates():
    message = Message.of("runs {command}", {"command": "{0.__class__} \x1b[31m"})
    assert Translator().message(message, safe) == "runs {0.__class__} \\x1b[31m"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (Message.of("no {such} name", {"other": "x"}), "no {such} name (other: x)"),
        (Message.of("unbalanced {", {"a": "x"}), "unbalanced { (a: x)"),
        (Message.of("positional {0}", {"a": "x"}), "positional {0} (a: x)"),
        (Message.of("braces {} without parameters"), "braces {} without parameters"),
        (Message.of("", {"a": "x"}), ""),
    ],
)
def test_a_wrong_message_is_printed_not_raised(message, text):
    assert Translator().message(message) == text


def test_counts():
    say = Translator()
    assert say.count("{n} file", "{n} files", 1) == "1 file"
    assert say.count("{n} file", "{n} files", 12345) == "12,345 files"


def test_phrases_are_translated_and_other_parameters_are_not():
    template = "sends the whole environment to {address}"
    ours = Message.of(template, {"address": Phrase("the network")})
    theirs = Message.of(template, {"address": "the network"})
    assert ours.english() == theirs.english() == "sends the whole environment to the network"
    assert translator("en").message(ours) == ours.english()
    assert translator("ko").message(ours) == "환경 변수 전체를 밖으로 보냅니다(받는 곳: 네트워크)"
    assert translator("ko").message(theirs) == "환경 변수 전체를 밖으로 보냅니다(받는 곳: the network)"
