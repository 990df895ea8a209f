import pytest

from lazaretto.adapters.http_client import ClientConfig, Fetcher, FetchError, proxy_for, safe_url


@pytest.fixture
def fetcher():
    made = Fetcher(ClientConfig())
    yield made
    made.close()


def test_a_document(loopback, fetcher):
    loopback.add("/a", b"body", Content_Type="text/plain")
    final, headers, body = fetcher.get(f"{loopback.url}/a", 100)
    assert (final, headers["Content-Type"], body) == (f"{loopback.url}/a", "text/plain", b"body")


def test_limits_and_errors(loopback, fetcher):
    loopback.add("/big", b"x" * 1000)
    with pytest.raises(FetchError, match="larger than 100"):
        fetcher.get(f"{loopback.url}/big", 100)
    with pytest.raises(FetchError) as raised:
        fetcher.get(f"{loopback.url}/none", 100)
    assert raised.value.status == 404
    with pytest.raises(FetchError):
        fetcher.get("http://127.0.0.1:1/", 100)


def test_redirects_end(loopback, fetcher):
    loopback.add("/loop", b"", 302, Location="/loop")
    with pytest.raises(FetchError, match="too many redirects"):
        fetcher.get(f"{loopback.url}/loop", 100)
    loopback.add("/file", b"", 302, Location="file:///etc/passwd")
    with pytest.raises(FetchError, match="not https"):
        fetcher.get(f"{loopback.url}/file", 100)
    loopback.add("/one", b"", 301, Location="two")
    loopback.add("/two", b"2")
    assert fetcher.get(f"{loopback.url}/one", 100)[2] == b"2"


def test_credentials_stay_with_their_host_and_are_never_shown(loopback, fetcher):
    loopback.add("/a", b"", 302, Location=f"http://localhost:{loopback.port}/b")
    loopback.add("/b", b"", 404)
    with pytest.raises(FetchError) as raised:
        fetcher.get(f"http://user:secret@127.0.0.1:{loopback.port}/a", 100)
    assert "secret" not in str(raised.value)
    (_, first), (_, second) = loopback.asked
    assert first["authorization"].startswith("Basic ")
    assert "authorization" not in second


def test_compressed_answers_are_counted_unpacked(loopback, fetcher):
    import gzip

    loopback.add("/z", gzip.compress(bytes(1_000_000)), Content_Encoding="gzip")
    with pytest.raises(FetchError, match="larger than 5000"):
        fetcher.get(f"{loopback.url}/z", 5000)


@pytest.mark.parametrize(
    ("url", "environment", "proxy"),
    [
        ("https://h.test/a", {}, ""),
        ("https://h.test/a", {"HTTPS_PROXY": "http://p.test:1"}, "http://p.test:1"),
        ("https://h.test/a", {"https_proxy": "p.test:1"}, "http://p.test:1"),
        ("http://h.test/a", {"HTTPS_PROXY": "http://p.test:1"}, ""),
        ("https://h.test/a", {"ALL_PROXY": "http://p.test:1", "NO_PROXY": "x.test,h.test"}, ""),
        ("https://a.h.test/a", {"ALL_PROXY": "http://p.test:1", "NO_PROXY": ".h.test"}, ""),
        ("https://xh.test/a", {"ALL_PROXY": "http://p.test:1", "NO_PROXY": "h.test"}, "http://p.test:1"),
        ("https://h.test/a", {"ALL_PROXY": "http://p.test:1", "NO_PROXY": "*"}, ""),
    ],
)
def test_proxies(url, environment, proxy):
    assert proxy_for(url, ClientConfig(environment=environment)) == proxy


def test_a_configured_proxy_is_used(loopback):
    loopback.add("http://h.test/a", b"by proxy")
    fetcher = Fetcher(ClientConfig(proxy=loopback.url))
    assert fetcher.get("http://h.test/a", 100)[2] == b"by proxy"
    fetcher.close()


def test_addresses_are_shown_without_secrets():
    assert safe_url("https://u:p@h.test/a?token=1#x") == "https://h.test/a"
