"""Names that look like other names, and the time that comparing takes."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from lazaretto.detect import domain_likeness
from lazaretto.detect.domain_likeness import Likeness, likeness, mixed_scripts, skeleton, whole_script_confusable


@pytest.mark.parametrize(
    ("host", "wanted", "how"),
    [
        ("acme-careers.com", "acme.com", Likeness.WORDS),
        ("careersacme.com", "acme.com", Likeness.WORDS),
        ("acme.com.login.evil.io", "acme.com", Likeness.INSIDE),
        ("acme-com.evil.io", "acme.com", Likeness.INSIDE),
        ("acme-com-login.io", "acme.com", Likeness.INSIDE),
        ("аcme.com", "acme.com", Likeness.CONFUSABLE),
        ("xn--pple-43d.com", "apple.com", Likeness.CONFUSABLE),
        ("rnicrosoft.com", "microsoft.com", Likeness.CONFUSABLE),
        ("paypa1.com", "paypal.com", Likeness.CONFUSABLE),
        ("coinbasse.com", "coinbase.com", Likeness.TYPO),
        ("cionbase.com", "coinbase.com", Likeness.TYPO),
        ("hackerramk.com", "hackerrank.com", Likeness.TYPO),
        ("coinbase.io", "coinbase.com", Likeness.ENDING),
        ("wantedlab.co.kr", "wantedlab.com", Likeness.ENDING),
        ("hr.coinbase.com", "coinbase.com", None),
        ("coinbase.com", "coinbase.com", None),
        ("base.com", "coinbase.com", None),
        ("coinbase-pro.com", "coinbase.com", None),
        ("github.io", "github.com", None),
        ("vercel.app", "vercel.com", None),
        ("", "acme.com", None),
        ("acme.com", "", None),
    ],
)
def test_likeness(host: str, wanted: str, how: Likeness | None) -> None:
    assert likeness(host, wanted) is how


def test_scripts() -> None:
    assert skeleton("rnicrosoft") == skeleton("microsoft")
    assert mixed_scripts("аcme.test") == ("CYRILLIC", "LATIN")
    assert mixed_scripts("삼성sds.test") == ()
    assert whole_script_confusable("хре.test") == "xpe"
    assert whole_script_confusable("пример.test") == ""


@given(
    st.text("abcde", min_size=5, max_size=14),
    st.integers(0, 12),
    st.sampled_from("abxy"),
    st.sampled_from(["put", "drop", "swap", "change"]),
)
def test_the_cheap_look_never_misses_one_slip(word: str, at: int, sign: str, slip: str) -> None:
    at %= len(word) - 1
    other = {
        "put": word[:at] + sign + word[at:],
        "drop": word[:at] + word[at + 1 :],
        "swap": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        "change": word[:at] + sign + word[at + 1 :],
    }[slip]
    if OSA.distance(word, other) == 1:
        assert domain_likeness._near(other, word)


def test_many_names_take_no_time() -> None:
    chance = random.Random(1)
    hosts = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=9)) + ".com" for _ in range(2000)]
    wanted = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=8)) + ".com" for _ in range(100)]
    begun = time.process_time()
    assert not any(likeness(host, one) for host in hosts for one in wanted)
    assert time.process_time() - begun < 3


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_names(host: str, wanted: str) -> None:
    likeness(host, wanted)
    likeness(host + ".com", "xn--" + wanted + ".com")
    mixed_scripts(host)
    whole_script_confusable(host)
