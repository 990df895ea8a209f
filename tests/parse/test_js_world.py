import pytest

from lazaretto.parse.js_world import chain_call, host_fact, network_call, socket_call


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (("fetch",), True),
        (("axios", "get"), True),
        (("axios", "create", "()", "post"), True),
        (("axios", "get", "()", "text"), False),
        (("axios", "isAxiosError"), False),
        (("https", "request"), True),
        (("https", "Agent"), False),
        (("$", "ajax"), True),
        (("dns", "resolveTxt"), True),
        (("fs", "readFile"), False),
        (("%x", "get"), False),
    ],
)
def test_network(path, wanted):
    assert network_call(path) is wanted


def test_others():
    assert socket_call(("socket.io-client",))
    assert socket_call(("net", "connect"))
    assert not socket_call(("net", "isIP"))
    assert host_fact(("os", "hostname"))
    assert not host_fact(("os", "EOL"))
    assert chain_call(("ethers", "x"))
