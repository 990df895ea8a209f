from datetime import UTC, datetime
from pathlib import Path

import pytest

from lazaretto.app.ignore import ConfigError, load_ignore

NOW = datetime(2026, 11, 23, tzinfo=UTC)
GOOD = '[[ignore]]\nrule = "npm/*"\nreason = "our fork"\nexpires = 2027-01-31\n'


def load(tmp_path: Path, text: str) -> object:
    path = tmp_path / "ignore.toml"
    path.write_text(text)
    return load_ignore(path, NOW)


def test_an_entry_needs_rule_reason_and_expiry(tmp_path: Path) -> None:
    (waiver,) = load(tmp_path, GOOD).waivers  # type: ignore[attr-defined]
    assert (waiver.rule, waiver.subject, waiver.reason, waiver.expires) == ("npm/*", "*", "our fork", "2027-01-31")


def test_an_expired_entry_is_kept_apart(tmp_path: Path) -> None:
    loaded = load(tmp_path, GOOD.replace("2027", "2025"))
    assert not loaded.waivers  # type: ignore[attr-defined]
    assert len(loaded.expired) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not toml at all [", "is not TOML"),
        ("allow = true\n", "may only hold"),
        (GOOD.replace('reason = "our fork"\n', ""), "has no reason"),
        (GOOD.replace('rule = "npm/*"\n', ""), "has no rule"),
        (GOOD.replace("expires = 2027-01-31\n", ""), "has no expires"),
        (GOOD.replace("2027-01-31", '"soon"'), "is not a date"),
        (GOOD.replace("2027-01-31", "12"), "is not a date"),
        (GOOD + "severity = 3\n", "unknown key severity"),
        ("ignore = 3\n", "may only hold"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        load(tmp_path, text)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_ignore(tmp_path / "none.toml", NOW)
