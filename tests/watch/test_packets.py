"""Names in packets: read within bounds, and nothing made up ends the sensor."""

import socket
import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.adapters.sensors.packets import _FILTER, KIND, _names, answer, server_name
from lazaretto.adapters.sensors.sensor import Host
from lazaretto.model.host import Kind

QUESTION = b"\x02c2\x04test\x00\x00\x01\x00\x01"
ANSWER = b"\x12\x34\x81\x80\x00\x01\x00\x02\x00\x00\x00\x00" + QUESTION + (
    b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x07"
    b"\xc0\x0c\x00\x1c\x00\x01\x00\x00\x00\x3c\x00\x10" + bytes.fromhex("20010db8000000000000000000000007")
)  # fmt: skip


def greeting(name=b"c2.test"):
    inner = b"\x00" + struct.pack(">H", len(name)) + name
    extension = struct.pack(">HHH", 0, len(inner) + 2, len(inner)) + inner
    hello = (
        b"\x03\x03"
        + bytes(32)
        + b"\x00"
        + b"\x00\x02\x13\x01"
        + b"\x01\x00"
        + struct.pack(">H", len(extension))
        + extension
    )
    return b"\x16\x03\x01" + struct.pack(">H", len(hello) + 4) + b"\x01" + struct.pack(">I", len(hello))[1:] + hello


def test_an_answer_and_a_greeting():
    assert answer(ANSWER) == ("c2.test", ["192.0.2.7", "2001:db8::7"])
    assert server_name(greeting()) == "c2.test"
    assert server_name(b"\x16\x03\x01\x00\x00\x02") == ""


def test_a_pointer_to_itself_ends():
    with pytest.raises(ValueError, match="without an end"):
        answer(ANSWER[:12] + b"\xc0\x0c" + bytes(20))


@given(
    st.binary(max_size=200)
    | st.integers(0, len(ANSWER)).map(lambda end: b"\x45" + bytes(8) + b"\x11" + bytes(10) + bytes(8) + ANSWER[:end])
)
def test_any_packet(packet):
    list(_names(packet, 0.0))


def passes(packet):
    """Run the filter as the kernel does (classic BPF)."""
    a = x = at = 0
    while True:
        code, true, false, k = _FILTER[at]
        at += 1
        try:
            if code == 0x30:
                a = packet[k]
            elif code == 0x28:
                a = packet[k] << 8 | packet[k + 1]
            elif code == 0x50:
                a = packet[x + k]
            elif code == 0x48:
                a = packet[x + k] << 8 | packet[x + k + 1]
            elif code == 0xB1:
                x = (packet[k] & 15) * 4
        except IndexError:
            return False
        if code == 0x15:
            at += true if a == k else false
        elif code == 0x06:
            return bool(k)
        elif code in (0x54, 0x74, 0x64, 0x0C, 0x04):
            a = {0x54: a & k, 0x74: a >> k, 0x64: a << k, 0x0C: a + x, 0x04: a + k}[code]
        elif code == 0x07:
            x = a


def ip4(protocol, inner):
    return b"\x45" + bytes(8) + bytes([protocol]) + bytes(10) + inner


def ip6(protocol, inner):
    return b"\x60" + bytes(5) + bytes([protocol]) + bytes(33) + inner


def tcp(content, port=443):
    return struct.pack(">HH", 50000, port) + bytes(8) + b"\x80" + bytes(7) + bytes(12) + content


def udp(content, port=53):
    return struct.pack(">HHHH", port, 50000, 0, 0) + content


@pytest.mark.parametrize("wrap", [ip4, ip6])
def test_only_answers_and_greetings_pass(wrap):
    assert passes(wrap(17, udp(ANSWER)))
    assert passes(wrap(6, tcp(greeting())))
    assert not passes(wrap(17, udp(ANSWER, 5353)))
    assert not passes(wrap(6, tcp(b"")))
    assert not passes(wrap(6, tcp(b"GET / HTTP/1.1")))
    assert not passes(wrap(6, tcp(b"\x16\x03\x03\x00\x10\x02" + bytes(20))))
    assert not passes(wrap(6, tcp(b"\x17\x03\x03\x00\x10\x01" + bytes(20))))
    assert not passes(wrap(1, bytes(60)))
    assert not passes(bytes(60))
    (seen,) = _names(wrap(17, udp(ANSWER)), 0.0)
    assert seen.path == "c2.test"
    (seen,) = _names(wrap(6, tcp(greeting())), 0.0)
    assert seen.detail == "c2.test"


@pytest.mark.watch
def test_names_that_pass_by_are_seen():
    if not Host().root:
        pytest.skip("needs root")
    sensor = KIND.open(Host())
    server = socket.create_server(("127.66.0.9", 0))
    client = socket.create_connection(server.getsockname())
    client.sendall(greeting())
    seen = []
    ends = time.monotonic() + 3
    while time.monotonic() < ends and not seen:
        seen += [one for one in sensor.read() if getattr(one, "kind", None) is Kind.NAME]
        time.sleep(0.05)
    assert (seen[0].path, seen[0].detail) == (f"127.66.0.9:{server.getsockname()[1]}", "c2.test")
    for one in (client, server, sensor):
        one.close()
