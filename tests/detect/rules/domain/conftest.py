from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from lazaretto.detect.approach import Approach
from lazaretto.detect.engine import run_rule
from lazaretto.detect.rule import Rule
from lazaretto.model.finding import Finding
from lazaretto.model.mail import DomainFacts
from lazaretto.model.offer import Case, Channel, Claims, Text
from lazaretto.parse.mail.read import read

Run = Callable[..., list[Finding]]


@pytest.fixture
def run() -> Run:
    """Run a rule over mails (raw), with what the person typed."""

    def of(
        rule: Rule, *mails: bytes, text: str = "", domains: tuple[DomainFacts, ...] = (), **claims: str
    ) -> list[Finding]:
        found = tuple(mail for number, raw in enumerate(mails) for mail in read(f"{number}.eml", raw).mails)
        view = Approach(
            Case(
                "offer",
                (Text("chat.txt", Channel.CHAT, text),) if text else (),
                found,
                Claims(**claims),
                domains=domains,
            ),
            datetime(2026, 11, 25, tzinfo=UTC),
        )
        result = run_rule(rule, view, "offer")
        assert result.gaps == ()
        return list(result.findings)

    return of
