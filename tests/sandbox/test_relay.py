"""The ways out: which hosts, which addresses, which words."""

import socket
import threading

import pytest

from lazaretto.adapters.sandbox.relay import Allowed, Publisher, public, request


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.0.0.1",
            "192.168.1.1",
            "172.16.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *("::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
        *("fd00:ec2::254", "x", "", "198.18.0.10"),
    ],
)
def test_what_is_not_of_the_internet(address):
    assert not public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1", "::ffff:8.8.8.8"])
def test_what_is(address):
    assert public(address)


def test_a_request_names_one_host():
    head = b"POST /a HTTP/1.1\r\nHost: api.test:80\r\nContent-Length: 3\r\n\r\n"
    assert request(head + b"abcGET / HTTP/1.1\r\nHost: other.test\r\n\r\n") == ("api.test", len(head) + 3)


@pytest.mark.parametrize(
    "data",
    [
        b"GET http://other.test/ HTTP/1.1\r\nHost: api.test\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: api.test\r\nHost: other.test\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: api.test\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: api.test\r\nContent-Length: 1\r\nContent-Length: 9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : api.test\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: api.test\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: api.test",
        b"SSH-2.0-x\r\n\r\n",
    ],
)
def test_doubt_is_no_host(data):
    assert request(data) == ("", 0)


GET = b"GET / HTTP/1.1\r\nHost: api.test\r\n\r\n"


@pytest.mark.parametrize(
    ("host", "port", "data", "addresses"),
    [
        ("other.test", 80, GET, ["8.8.8.8"]),
        ("api.test", 81, GET, ["8.8.8.8"]),
        ("api.test", 80, GET.replace(b"api", b"c2"), ["8.8.8.8"]),
        ("api.test", 80, b"raw bytes", ["8.8.8.8"]),
        ("api.test", 80, GET, ["127.0.0.1"]),
        ("api.test", 80, GET, ["8.8.8.8", "10.0.0.1"]),
        ("api.test", 80, GET, []),
    ],
)
def test_who_is_turned_away(host, port, data, addresses):
    here, there = socket.socketpair()
    with here, there:
        assert Allowed(["api.test"], lambda _name, _port: addresses)(here, host, port, data) is False


def test_a_published_port_reaches_the_inside():
    with socket.create_server(("127.0.0.1", 0)) as inside:

        def answer():
            peer, _ = inside.accept()
            with peer:
                peer.sendall(peer.recv(100).upper())

        threading.Thread(target=answer, daemon=True).start()
        with (
            Publisher(0, lambda: socket.create_connection(inside.getsockname())) as published,
            socket.create_connection(("127.0.0.1", published.port), 5) as browser,
        ):
            browser.sendall(b"hello")
            assert browser.recv(100) == b"HELLO"
