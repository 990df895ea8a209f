import pytest

from lazaretto.parse.hosts import HostKind, first_url, host_kind, host_of, is_public_registry, looks_like_host


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://203.0.113.7/x", HostKind.ADDRESS),
        ("203.0.113.7:8080/x", HostKind.ADDRESS),
        ("http://3405803783/x", HostKind.ADDRESS),
        ("http://[2606:4700::1111]/x", HostKind.ADDRESS),
        ("http://127.0.0.1:3000", HostKind.LOCAL),
        ("http://192.168.1.4/", HostKind.LOCAL),
        ("http://localhost:4873", HostKind.LOCAL),
        ("http://verdaccio:4873", HostKind.LOCAL),
        ("https://bit.ly/abc", HostKind.SHORTENER),
        ("https://some-name.vercel.app/api", HostKind.THROWAWAY),
        ("https://sh.rustup.rs", HostKind.INSTALLER),
        ("https://raw.githubusercontent.com/nvm-sh/nvm/v0/install.sh", HostKind.INSTALLER),
        ("https://raw.githubusercontent.com/someone/else/x.sh", HostKind.OTHER),
        ("https://tools.example.test/x", HostKind.OTHER),
        ("http://[broken", HostKind.LOCAL),
    ],
)
def test_hosts_are_classified(url: str, kind: HostKind) -> None:
    assert host_kind(url) is kind


def test_host_and_url_are_found() -> None:
    assert host_of("https://User:pw@Example.TEST:8443/x") == "example.test"
    assert first_url('see "https://a.test/x?y=1" there') == "https://a.test/x?y=1"
    assert first_url("nothing") == ""
    assert looks_like_host("a.test/x")
    assert not looks_like_host("-fsSL")


def test_registries_are_known_by_their_last_labels() -> None:
    assert is_public_registry("https://download.pytorch.org/whl/cpu")
    assert not is_public_registry("https://pytorch.org.example.test/")
