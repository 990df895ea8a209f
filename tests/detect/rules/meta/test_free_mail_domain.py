from lazaretto.detect.rules.meta.free_mail_domain import RULE


def test_a_throw_away_mailbox(release, told):
    assert told(RULE, release(emails=("a@corp.example.test", "b@mailinator.com"))) == [
        (
            "LOW", "MEDIUM", "subject", 1,
            "an address of the package is at a provider of throw-away mailboxes: mailinator.com",
        )
    ]  # fmt: skip


def test_only_free_mail(release, told):
    assert told(RULE, release(emails=("a@gmail.com",))) == [
        ("LOW", "LOW", "subject", 1, "all addresses of the package are at free mail providers: gmail.com")
    ]


def test_an_address_of_ones_own_or_none(release, told):
    assert told(RULE, release(emails=("a@gmail.com", "b@corp.example.test"))) == told(RULE, release()) == []
