"""Reports of a run, from one made-up record."""

import ipaddress
import json
import struct
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
import stix2

from lazaretto.model.behaviour import Action, Event, Flow, Program, Record
from lazaretto.model.detonated import Detonated, Ran
from lazaretto.model.finding import Confidence, Coverage, Examination, Finding, Location, Phase, Severity
from lazaretto.model.report import Checked
from lazaretto.model.text import Message
from lazaretto.model.verdict import Grade, Outcome, Verdict
from lazaretto.reports import run_document, run_ocsf, run_page, run_pcap, run_stix
from lazaretto.reports.context import Context
from lazaretto.reports.run import as_text
from lazaretto.reports.run_catalog import FORMATS, by_name
from lazaretto.reports.run_facts import chain_text, indicators, touched

HOME = "/home/dev"
KEY = f"{HOME}/.ssh/id_ed25519"
PACKAGE = "npm:graph-x@2.2.9"
NASTY = "\x1b[2J</pre><script>alert(1)</script>\u202e"
RECORD = Record(
    phase=Phase.INSTALL,
    programs=(
        Program(10, -1, "/usr/bin/node", ("node", "/usr/bin/npm", "ci"), f"{HOME}/work/p", 0.0, end=3.0),
        Program(11, 0, "/bin/sh", ("sh", "-c", "node x.js"), f"{HOME}/work/p", 0.5, PACKAGE, "postinstall", "lifecycle", end=2.9),
        Program(12, 1, "/usr/bin/curl", ("curl", NASTY), f"{HOME}/work/p", 0.7, PACKAGE, "postinstall", "lifecycle"),
        Program(13, 2, "/tmp/stage", ("/tmp/stage",), "/tmp", 0.9, PACKAGE, "postinstall", digest="a" * 64),
    ),
    events=(
        Event(0.0, "calls", Action.EXEC, 0, "/usr/bin/node"),
        Event(0.6, "calls", Action.READ, 2, KEY, package=PACKAGE),
        Event(0.8, "calls", Action.CONNECT, 2, "c2.test:443", "connect", PACKAGE),
        Event(0.9, "network", Action.REQUEST, 2, "c2.test:443", "https POST /u HTTP/1.1 9 bytes", PACKAGE),
        Event(0.9, "network", Action.CANARY, 2, "c2.test:443", ".ssh/id_ed25519 (base64)", PACKAGE),
        Event(1.0, "calls", Action.WRITE, 3, f"{HOME}/.bashrc", "rename /tmp/a", PACKAGE),
        Event(1.1, "calls", Action.FORBIDDEN, 3, "ptrace", package=PACKAGE),
    ),
    flows=(
        Flow(0.75, "name", "c2.test", 53, process=2, name="1", sent=3, data=b"\0\1q", answer=b"\0\1r", end=0.75),
        Flow(
            0.8, "https", "c2.test", 443, "198.18.0.10", 2, "c2.test", "b" * 32, "POST /u HTTP/1.1",
            (("Host", "c2.test"), ("X", NASTY)), 3000, b"POST /u HTTP/1.1\r\n\r\n" + b"x" * 2981,
            b"HTTP/1.1 200 OK\r\n\r\n{}", 0.95,
        ),
        Flow(1.2, "tcp", "203.0.113.9", 4444, "203.0.113.9", 3, sent=4, data=b"ping", end=1.3),
        Flow(1.3, "tcp", "2001:db8::9", 80, "2001:db8::9", 3, sent=4, data=b"ping", end=1.4),
    ),
    decoys=frozenset({KEY, f"{HOME}/.npmrc"}),
    project=f"{HOME}/work/p",
    home=HOME,
    code=0,
    seconds=3.0,
    began=1_700_000_000.0,
    calls=1234,
    counted=(("read /usr/lib", 90),),
)  # fmt: skip
FINDING = Finding(
    "run/canary-leaves",
    "p",
    Severity.CRITICAL,
    Confidence.HIGH,
    (Location("/p"),),
    Message.of("a decoy left"),
    ("T1041",),
)
ANSWER = Detonated(
    Checked(
        "p", "run", Examination("p", (FINDING,), (), Coverage()),
        Verdict(Grade.MALICIOUS, 9.8, Outcome.BLOCK, (FINDING,), True, "d" * 12, datetime(2026, 11, 20, tzinfo=UTC)),
    ),
    (Ran(("/usr/bin/env", "npm", "ci"), RECORD, f"out {NASTY}\n"),),
)  # fmt: skip


def test_the_chain_is_told_from_the_script_on():
    assert chain_text(RECORD, 2, "c2.test:443") == "graph-x@2.2.9 postinstall -> sh -> curl -> c2.test:443"
    assert chain_text(RECORD, 0) == "node"
    assert chain_text(RECORD, -1) == "?"


def test_indicators_are_hosts_addresses_and_files():
    assert [(one.kind, one.value) for one in indicators(ANSWER)] == [
        ("domain", "c2.test"),
        ("url", "https://c2.test/u"),
        ("ip", "203.0.113.9"),
        ("ip", "2001:db8::9"),
        ("sha256", "a" * 64),
    ]
    passed = replace(RECORD, flows=tuple(replace(flow, decision="passed") for flow in RECORD.flows))
    assert [one.kind for one in indicators(replace(ANSWER, ran=(Ran((), passed),)))] == ["sha256"]


def test_decoys_that_were_touched():
    assert [(path, [one.action for one in events]) for path, events in touched(RECORD)] == [
        (KEY, [Action.READ, Action.CANARY])
    ]


def test_text():
    told = as_text(ANSWER, Context(width=100))
    assert "<- graph-x@2.2.9 postinstall -> sh -> curl" in told
    assert "sent a decoy c2.test:443" in told
    assert "\x1b" not in told
    assert "\u202e" not in told


def test_json_holds_everything():
    document = json.loads(run_document.render(ANSWER, Context()))
    assert document["schema"] == "lazaretto/run-1"
    phase = document["phases"][0]
    assert len(phase["events"]) == len(RECORD.events)
    assert phase["programs"][3]["sha256"] == "a" * 64
    assert phase["programs"][3]["end"] is None
    assert phase["flows"][1]["request"] == "POST /u HTTP/1.1"
    assert phase["counted"] == {"read /usr/lib": 90}
    assert document["indicators"][0]["value"] == "c2.test"


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []
        self.depth = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "rect", "br"):
            self.depth.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.depth.pop() == tag


def test_html_is_whole_and_holds_nothing_live():
    text = run_page.render(ANSWER, Context())
    page = Page()
    page.feed(text)
    assert page.depth == []
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "a", "img", "link", "iframe", "object", "form"}
    assert not any(
        name in ("style", "src", "href") or name.startswith("on") for _, found in page.tags for name in found
    )
    assert text.index("Indicators") < text.index("Programs")
    assert "c2.test" in text
    assert "<script>" not in text
    assert "\x1b" not in text
    assert "203.0.113[.]9" in text
    assert next(found["width"] for tag, found in page.tags if tag == "rect") == "1000"


def test_ocsf_lines_are_whole_and_in_order():
    lines = [json.loads(line) for line in run_ocsf.render(ANSWER, Context(version="1")).splitlines()]
    for line in lines:
        assert line["type_uid"] == line["class_uid"] * 100 + line["activity_id"]
        assert line["metadata"]["version"] == "1.3.0"
        assert line["severity_id"] in range(1, 6)
    events = lines[:-1]
    assert [line["time"] for line in events] == sorted(line["time"] for line in events)
    assert {line["class_uid"] for line in lines} == {1001, 1007, 2004, 4001, 4002, 4003}
    (request,) = [line for line in lines if line["class_uid"] == 4002]
    assert request["http_request"]["url"]["url_string"] == "https://c2.test/u"
    assert "ip" not in request["dst_endpoint"]
    assert lines[-1]["unmapped"]["grade"] == "malicious"
    (rename,) = [line for line in lines if line["type_uid"] == 100105]
    assert (rename["file"]["path"], rename["file_result"]["path"]) == ("/tmp/a", f"{HOME}/.bashrc")


def test_stix_is_read_by_another_reader():
    text = run_stix.render(ANSWER, Context(version="1"))
    bundle = stix2.parse(text, allow_custom=False)
    kinds = [one.type for one in bundle.objects]
    for kind in ("malware-analysis", "process", "file", "domain-name", "url", "indicator", "ipv4-addr", "ipv6-addr"):
        assert kind in kinds
    (analysis,) = [one for one in bundle.objects if one.type == "malware-analysis"]
    assert analysis.result == "malicious"
    assert run_stix.render(ANSWER, Context(version="1")) == text


def packets(data):
    magic, _, _, _, _, _, link = struct.unpack_from("=IHHiIII", data)
    assert (magic, link) == (0xA1B23C4D, 101)
    at = 24
    while at < len(data):
        seconds, nanos, size, whole = struct.unpack_from("=IIII", data, at)
        assert size == whole
        yield seconds + nanos / 1e9, data[at + 16 : at + 16 + size]
        at += 16 + size


def total(data):
    data += b"\0" * (len(data) % 2)
    value = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while value >> 16:
        value = (value & 0xFFFF) + (value >> 16)
    return value


def test_pcap_holds_whole_conversations():
    streams, times = {}, []
    for at, packet in packets(run_pcap.render(ANSWER, Context())):
        times.append(at)
        if packet[0] >> 4 == 4:
            assert total(packet[:20]) == 0xFFFF
            protocol, ends, body = packet[9], packet[12:20], packet[20:]
        else:
            protocol, ends, body = packet[6], packet[8:40], packet[40:]
        assert total(ends + struct.pack("!II", len(body), protocol) + body) == 0xFFFF
        _, target = struct.unpack_from("!HH", body)
        if protocol == 6 and target in (443, 4444, 80):
            where = str(ipaddress.ip_address(ends[len(ends) // 2 :]))
            streams.setdefault((where, target), bytearray()).extend(body[20:])
    assert times == sorted(times)
    assert bytes(streams["198.18.0.10", 443]) == RECORD.flows[1].data
    assert bytes(streams["203.0.113.9", 4444]) == b"ping"
    assert bytes(streams["2001:db8::9", 80]) == b"ping"


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_an_empty_record_is_written_in_every_form(form):
    empty = replace(ANSWER, ran=(Ran((), Record(Phase.RUN)),))
    told = by_name(form.name).render(empty, Context())
    assert isinstance(told, bytes) == form.binary
    assert form.render(replace(ANSWER, ran=()), Context()) is not None


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_hostile_texts_are_written_in_every_form(form):
    odd = "\udcff\0\x1b]0;x\a" + "x" * 9000
    event = Event(0.1, "calls", Action.READ, 0, odd, odd, odd, odd)
    flow = Flow(
        0.1,
        "http",
        odd,
        80,
        odd,
        7,
        odd,
        "",
        f"GET {odd} HTTP/1.1",
        ((odd, odd),),
        1,
        odd.encode("utf-8", "surrogateescape"),
    )
    program = Program(1, 5, odd, (odd, odd), odd, 0.1, odd, odd, odd, ((odd, odd),), (odd,), "")
    record = Record(Phase.RUN, (program,), (event,), project="/p", home="/h", flows=(flow,))
    told = form.render(replace(ANSWER, ran=(Ran((odd,), record, odd),)), Context())
    if isinstance(told, str):
        assert "\x1b" not in told
        told.encode()
