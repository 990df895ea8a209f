"""Registries' documents, honest and others."""

import contextlib
import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.parse import rdap

TABLE = {
    "version": "1.0",
    "services": [
        [["test", "kr"], ["http://b.test/", "https://a.test/"]],
        [["co.kr"], ["https://k.test"]],
        ["odd"],
        [[], []],
    ],
}
ANSWER = {
    "objectClassName": "domain",
    "ldhName": "ACME.test",
    "status": ["active"],
    "events": [
        {"eventAction": "expiration", "eventDate": "2030-01-01"},
        {"eventAction": "registration", "eventDate": "2019-05-04T10:00:00Z"},
    ],
    "nameservers": [{"ldhName": "NS1.acme.test."}],
    "entities": [
        {
            "roles": ["registrar"],
            "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Names Ltd"]]],
        }
    ],
}


def test_which_registry() -> None:
    table = rdap.bootstrap(json.dumps(TABLE).encode())
    assert rdap.servers(table, "acme.test") == ("https://a.test/", "http://b.test/")
    assert rdap.servers(table, "acme.co.kr") == ("https://k.test",)
    assert rdap.servers(table, "acme.com") == ()
    for wrong in (b"", b"[]", b"{}", b'{"services": 3}', b"[" * 100_000):
        with pytest.raises(rdap.RdapError):
            rdap.bootstrap(wrong)


def test_what_it_says() -> None:
    found = rdap.registration(json.dumps(ANSWER).encode(), "acme.test")
    assert found == rdap.Registration(date(2019, 5, 4), "Names Ltd", ("ns1.acme.test",), ("active",))
    bare = rdap.registration(
        b'{"objectClassName": "domain", "ldhName": "acme.test", "events": [{"eventAction": "registration", "eventDate": "0000-99-99"}, 3], "entities": [{"roles": 3}]}',
        "acme.test",
    )
    assert bare == rdap.Registration()
    for wrong in (
        b"x",
        b"[]",
        b'{"objectClassName": "entity"}',
        b'{"objectClassName": "domain", "ldhName": "other.test"}',
        b'{"objectClassName": "domain"}',
    ):
        with pytest.raises(rdap.RdapError):
            rdap.registration(wrong, "acme.test")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "events",
                    "entities",
                    "roles",
                    "vcardArray",
                    "services",
                    "nameservers",
                    "ldhName",
                    "status",
                    "eventAction",
                    "eventDate",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_any_document(value: object) -> None:
    document = value if isinstance(value, dict) else {"services": value}
    with contextlib.suppress(rdap.RdapError):
        rdap.bootstrap(json.dumps(document).encode())
    rdap.registration(json.dumps({**document, "objectClassName": "domain", "ldhName": "a.test"}).encode(), "a.test")
