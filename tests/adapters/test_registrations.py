"""Questions to registries, against one on the loopback address; and the table of whom to ask."""

import json

import pytest

from lazaretto.adapters.http_client import ClientConfig, Fetcher
from lazaretto.adapters.lookup_table import LookupTable, LookupTableError, lookup_table
from lazaretto.adapters.registrations import Registries, RegistryError

ANSWER = {
    "objectClassName": "domain",
    "ldhName": "acme.test",
    "events": [{"eventAction": "registration", "eventDate": "2026-11-01T00:00:00Z"}],
}


@pytest.fixture
def registries(loopback):
    loopback.add("/dns.json", json.dumps({"services": [[["test"], [f"{loopback.url}/rdap/"]]]}).encode())
    loopback.add("/rdap/domain/acme.test", json.dumps(ANSWER).encode(), Content_Type="application/rdap+json")
    return Registries(f"{loopback.url}/dns.json", Fetcher(ClientConfig(), seconds=2.0))


def test_a_registry_tells(registries, loopback):
    found = registries.ask("acme.test")
    assert found.registered.isoformat() == "2026-11-01"
    assert registries.ask("nobody.test") is None
    assert [path for path, _ in loopback.asked] == ["/dns.json", "/rdap/domain/acme.test", "/rdap/domain/nobody.test"]
    assert "application/rdap+json" in loopback.asked[1][1]["accept"]


def test_trouble(registries, loopback, tmp_path):
    with pytest.raises(RegistryError, match="no registry is known"):
        registries.ask("acme.example")
    loopback.add("/rdap/domain/lie.test", json.dumps(ANSWER).encode())
    with pytest.raises(RegistryError, match="another domain"):
        registries.ask("lie.test")
    loopback.add("/rdap/domain/big.test", b"x" * ((1 << 20) + 1))
    loopback.add("/rdap/domain/down.test", b"", status=503)
    for name in ("big.test", "down.test"):
        with pytest.raises(RegistryError):
            registries.ask(name)
    with pytest.raises(RegistryError, match="table of registries"):
        Registries("http://127.0.0.1:1/x", Fetcher(ClientConfig(), seconds=1.0)).ask("a.test")
    with pytest.raises(RegistryError, match="table of registries"):
        Registries(str(tmp_path / "none.json"), Fetcher(ClientConfig())).ask("a.test")
    table = tmp_path / "dns.json"
    table.write_text(json.dumps({"services": [[["test"], [f"{loopback.url}/rdap"]]]}))
    assert Registries(str(table), Fetcher(ClientConfig(), seconds=2.0)).ask("acme.test") is not None


def test_through_the_users_proxy(loopback):
    table = json.dumps({"services": [[["test"], ["http://rdap.nic.test/"]]]}).encode()
    loopback.add("http://boot.nic.test/dns.json", table)
    loopback.add("http://rdap.nic.test/domain/acme.test", json.dumps(ANSWER).encode())
    config = ClientConfig(environment={"http_proxy": loopback.url})
    assert Registries("http://boot.nic.test/dns.json", Fetcher(config, seconds=2.0)).ask("acme.test") is not None


def test_whom_to_ask(tmp_path):
    assert lookup_table().servers == ()
    assert lookup_table().bootstrap.startswith("https://")
    own = tmp_path / "lookups.toml"
    own.write_text('[dns]\nservers = ["192.0.2.53:5353"]\n[rdap]\nbootstrap = ""\n')
    assert lookup_table(str(own)) == LookupTable(("192.0.2.53:5353",), "")
    for wrong in ("[other]\nx = 1\n", "[dns]\nservers = 3\n", "dns = 3\n", "[[[", "[rdap]\nbootstrap = 1\n"):
        own.write_text(wrong)
        with pytest.raises(LookupTableError):
            lookup_table(str(own))
    with pytest.raises(LookupTableError, match="cannot be read"):
        lookup_table(str(tmp_path / "none"))
