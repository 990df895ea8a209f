"""The parts that need no kernel: names, greetings, bait, filters."""

import base64
import gzip
import struct

import pytest

from lazaretto.adapters.sandbox import seccomp
from lazaretto.adapters.sandbox.decoys import Canaries, make
from lazaretto.adapters.sandbox.dns import Names, question
from lazaretto.adapters.sandbox.probe import profile, restricted
from lazaretto.adapters.sandbox.sinkhole import server_name

QUERY = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x02c2\x04test\x00\x00\x01\x00\x01"


def test_every_name_has_an_address_of_its_own():
    names = Names()
    name, kind, answer = names.answer(QUERY)
    assert (name, kind) == ("c2.test", 1)
    assert answer[:2] == QUERY[:2]
    assert answer.endswith(bytes([198, 18, 0, 10]))
    assert names.name("198.18.0.10") == "c2.test"
    assert names.address("other.test") == "198.18.0.11"
    assert names.address("c2.test") == "198.18.0.10"


@pytest.mark.parametrize("end", range(len(QUERY)))
def test_a_cut_query_is_none(end):
    assert question(QUERY[:end]) is None


@pytest.mark.parametrize(
    "data", [b"", b"\x16\x03\x01", b"\x16\x03" + b"\x01" * 60, b"\x16\x03\x01\x00\x40\x01" + b"\xff" * 64]
)
def test_a_malformed_greeting_has_no_name(data):
    assert server_name(data) == ""


@pytest.mark.parametrize(
    ("shape", "how"),
    [
        (lambda raw: b"x=" + raw, "plain"),
        (lambda raw: raw.hex().encode(), "hex"),
        (lambda raw: raw[::-1], "reversed"),
        (lambda raw: base64.b64encode(b"ab" + raw + b"\n"), "base64"),
        (lambda raw: base64.b64encode(b"a" + raw), "base64"),
        (lambda raw: b"POST / HTTP/1.1\r\n\r\n" + gzip.compress(raw), "gzip, plain"),
        (lambda raw: b'{"d": "' + base64.b64encode(gzip.compress(raw)) + b'"}', "base64, gzip, plain"),
        (lambda raw: gzip.compress(raw).hex().encode(), "hex, gzip, plain"),
        (lambda raw: base64.b64encode(base64.b64encode(raw)), "base64, base64"),
        (lambda raw: raw.decode().encode("utf-16-le"), "UTF-16"),
    ],
)
def test_a_canary_is_known_in_every_shape(shape, how):
    decoys = make()
    seen = list(Canaries(decoys).seen_in(shape(decoys[1].content.encode())))
    assert seen == [(decoys[1].path, how)]


def test_other_bytes_hold_no_canary():
    assert list(Canaries(make()).seen_in(make()[0].content.encode() + b"\x1f\x8b\x08junk")) == []


def test_bait_is_unique():
    assert not {one.canary for one in make()} & {one.canary for one in make()}


def verdict(program, number, args=(0,) * 6, arch=0xC000003E):
    """Interpret a filter as the kernel would."""
    data = struct.pack("=iIQ6Q", number, arch, 0, *args)
    code = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    at = value = 0
    while True:
        op, yes, no, constant = code[at]
        at += 1
        if op == 0x20:
            (value,) = struct.unpack_from("=I", data, constant)
        elif op == 0x06:
            return constant
        elif op == 0x54:
            value &= constant
        else:
            hit = {0x15: value == constant, 0x35: value >= constant, 0x45: bool(value & constant)}[op]
            at += yes if hit else no


KILL, ALLOW, NOTIFY, EPERM = 0x80000000, 0x7FFF0000, 0x7FC00000, 0x50001


@pytest.mark.parametrize("make_filter", [seccomp.deny, seccomp.record])
def test_foreign_calls_end_the_process(make_filter):
    assert verdict(make_filter(), 0, arch=0x40000003) == KILL
    assert verdict(make_filter(), 0x40000000) == KILL
    assert verdict(make_filter(), 0) == ALLOW


def test_what_is_refused():
    assert verdict(seccomp.deny(), 65) == EPERM
    assert verdict(seccomp.deny(), 435) == 0x50000 | 38
    for number, args, name in (
        (29, (), "shmget"),
        (101, (), "ptrace"),
        (16, (0, 0x5412), "TIOCSTI"),
        (16, (0, 0x541C), "TIOCLINUX"),
        (41, (17, 3), "socket packet"),
        (41, (38, 5), "socket alg"),
        (41, (40, 1), "socket vsock"),
        (41, (16, 3, 9), "socket netlink"),
    ):
        whole = args + (0,) * (6 - len(args))
        assert verdict(seccomp.record(), number, whole) == NOTIFY
        assert seccomp.name(number, whole) == name
        assert seccomp.refusal(number, whole) in (1, 97)


def test_what_is_not_refused():
    assert verdict(seccomp.record(), 16, (0, 0x5401, 0, 0, 0, 0)) == ALLOW
    for family in (1, 2, 10):
        assert verdict(seccomp.record(), 41, (family, 1, 0, 0, 0, 0)) == ALLOW
    routes, raw = (16, 3, 0, 0, 0, 0), (2, 3, 1, 0, 0, 0)
    assert (seccomp.name(41, routes), seccomp.refusal(41, routes)) == ("", 0)
    assert (seccomp.name(41, raw), seccomp.refusal(41, raw)) == ("socket raw", 0)
    assert seccomp.name(seccomp.OPENAT, raw) == ""


def test_what_is_recorded():
    for number in (*seccomp.RECORDED, *seccomp.FORBIDDEN):
        args = (0x10000000, 0, 0, 0, 0, 0) if number == seccomp.CLONE else (0,) * 6
        assert verdict(seccomp.record(), number, args) == NOTIFY
    assert verdict(seccomp.record(), seccomp.CLONE, (0x11, 0, 0, 0, 0, 0)) == ALLOW
    assert verdict(seccomp.record(), seccomp.SENDTO, (3, 1, 1, 0, 0, 0)) == ALLOW
    assert verdict(seccomp.record(), seccomp.SENDTO, (3, 1, 1, 0, 7, 16)) == NOTIFY


def test_the_restriction_of_ubuntu(tmp_path):
    assert not restricted(tmp_path)
    file = tmp_path / "proc/sys/kernel/apparmor_restrict_unprivileged_userns"
    file.parent.mkdir(parents=True)
    file.write_text("1\n")
    assert restricted(tmp_path)
    assert "userns," in profile("/usr/bin/python3*")
