"""The refusing proxy names who was asked and connects to nobody."""

import http.client

from lazaretto.adapters.egress import Egress, Turned


def test_refuses_and_remembers():
    with Egress() as egress:
        host = egress.url.removeprefix("http://")
        for _ in range(2):
            connection = http.client.HTTPConnection(host, timeout=10)
            connection.request("GET", "http://registry.example.test/a/-/a-1.0.0.tgz?x")
            answer = connection.getresponse()
            assert answer.status == 403
            assert (
                answer.reason == "Lazaretto: registry.example.test is closed for this run, only the gate may be asked"
            )
            answer.read()
            connection.close()
        connection = http.client.HTTPConnection(host, timeout=10)
        connection.putrequest("CONNECT", "files.example.test:443", skip_host=True, skip_accept_encoding=True)
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == 403
        answer.read()
        connection.close()
        for bad in (b"\r\n\r\n", b"GET\r\n\r\n", b"GET http://[::1 HTTP/1.1\r\n\r\n"):
            connection = http.client.HTTPConnection(host, timeout=10)
            connection.connect()
            connection.sock.sendall(bad)
            assert connection.sock.recv(20).startswith(b"HTTP/1.1 403")
            connection.close()
        assert egress.turned == {
            Turned("registry.example.test", "/a/-/a-1.0.0.tgz"): 2,
            Turned("files.example.test", ""): 1,
            Turned("http://[::1", ""): 1,
        }
