"""Decoded layers are examined like files of their own."""

import base64
import zlib
from collections.abc import Iterator

import pytest

from lazaretto.detect.engine import LAYERS_PER_FILE, Collected, Engine
from lazaretto.detect.layers.catalog import LAYERS
from lazaretto.detect.layers.source import LayerSource
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Finding, Location, Phase, Role, Severity
from lazaretto.model.text import Message
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.layer import Layer
from lazaretto.parse.python import PythonModule
from lazaretto.parse.views import TextFile


def _needle(view: PythonModule) -> Iterator[Match]:
    at = view.blob.data.find(b"hidden_thing")
    if at >= 0:
        yield Match("sees it", *view.blob.position(at), excerpt="hidden_thing", layers=("own step",))


RULE = Rule(
    "py/test-needle", "t", PythonModule, Severity.HIGH, Confidence.HIGH, Phase.RUN, Role.EXECUTE, _needle, "doc"
)
PROGRAM = b"import os\n" + b"".join(b"print('line %d of a program')\n" % n for n in range(9)) + b"hidden_thing()\n"


def test_a_finding_in_a_layer_points_to_the_outer_file_and_shows_its_path() -> None:
    inner = b"DATA = '" + base64.b64encode(PROGRAM) + b"'\nimport sys\nprint(DATA)\n"
    outer = b"\n\nconst x = require('x'); const s = '" + base64.b64encode(zlib.compress(inner)) + b"'\n"
    result = Engine([RULE], VIEWS, layers=LAYERS).examine(Blob("lib/a.js", outer))
    (finding,) = result.findings
    assert finding.locations == (Location("lib/a.js", 3, 36),)
    assert finding.layers == ("base64", "zlib", "base64", "own step")
    assert finding.excerpt == "hidden_thing"


def test_what_is_seen_in_plain_text_has_no_outer_layers() -> None:
    (finding,) = Engine([RULE], VIEWS, layers=LAYERS).examine(Blob("a.py", PROGRAM)).findings
    assert finding.layers == ("own step",)


def test_cycles_and_floods_end_and_are_told() -> None:
    def endless(view: TextFile) -> Iterator[Layer]:
        for number in range(100):
            yield Layer(b"print(%d)" % number, "python", ("step",))

    def again(view: PythonModule) -> Iterator[Layer]:
        yield Layer(view.blob.data, "python", ("same",))
        yield Layer(view.blob.data + b"#", "python", ("longer",))

    flood = Engine([RULE], VIEWS, layers=[LayerSource("flood", TextFile, endless)]).examine(Blob("a.txt", b"x"))
    assert [gap.reason.english() for gap in flood.gaps] == [
        "more encoded content than is decoded; the rest was not examined"
    ]
    cycle = Engine([RULE], VIEWS, layers=[LayerSource("again", PythonModule, again)]).examine(Blob("a.py", PROGRAM))
    assert len(cycle.gaps) == 1
    assert len(cycle.findings) <= LAYERS_PER_FILE + 1


def test_a_failing_finder_is_a_gap_and_the_rules_still_run() -> None:
    def broken(view: PythonModule) -> Iterator[Layer]:
        raise ValueError("bad luck")
        yield

    result = Engine([RULE], VIEWS, layers=[LayerSource("broken", PythonModule, broken)]).examine(Blob("a.py", PROGRAM))
    assert len(result.findings) == 1
    assert [gap.reason.english() for gap in result.gaps] == ["broken failed: ValueError: bad luck"]


def test_intelligence_sees_layers_too() -> None:
    def match(blob: Blob) -> list[Finding]:
        found = b"hidden_thing" in blob.data
        place = (Location(blob.path),)
        return [Finding("intel/x", blob.path, Severity.HIGH, Confidence.HIGH, place, Message("m"))] if found else []

    engine = Engine([], VIEWS, layers=LAYERS, matchers=[match])
    assert engine.examine(Blob("a.py", b"x = '" + base64.b64encode(PROGRAM) + b"'")).findings[0].layers == ("base64",)


def test_a_layer_is_seen_as_what_it_is_not_as_its_file_is_named() -> None:
    seen: list[str] = []

    def look(module: JavaScriptModule) -> Iterator[Match]:
        seen.append(f"{module.language} {module.disguised} {module.asset_named}")
        return iter(())

    rule = Rule("js/x", "t", JavaScriptModule, Severity.LOW, Confidence.LOW, Phase.RUN, Role.EXECUTE, look, "doc")
    finder = LayerSource("f", TextFile, lambda view: [Layer(b"let a = 1", "javascript", ("x",))])
    Engine([rule], VIEWS, layers=[finder]).examine(Blob("fonts/a.py", b"x = 1"))
    assert seen == ["javascript False False"]


def test_a_caller_that_breaks_off_keeps_what_was_seen() -> None:
    class Late(BaseException):
        pass

    def slow(view: PythonModule) -> Iterator[Layer]:
        raise Late
        yield

    seen = Collected()
    with pytest.raises(Late):
        Engine([RULE], VIEWS, layers=[LayerSource("slow", PythonModule, slow)]).examine(Blob("a.py", PROGRAM), seen)
    assert [finding.rule for finding in seen.result().findings] == ["py/test-needle"]


def test_a_program_that_is_too_long_is_read_in_parts() -> None:
    filler = b"value = 1  # a line like any other\n" * 150_000
    result = Engine([RULE], VIEWS).examine(Blob("a.py", filler + b"hidden_thing()\n" + filler[: 1 << 20]))
    (finding,) = result.findings
    assert finding.locations[0].line == 150_001
    assert finding.layers == ("own step",)
    assert [(gap.partial, gap.reason.english()) for gap in result.gaps] == [
        (True, "too long to parse at once as Python module: 6298591 bytes; read in parts")
    ]


def test_a_program_beyond_all_bounds_is_not_called_examined() -> None:
    result = Engine([RULE], VIEWS).examine(Blob("a.py", b"v = 1\n" * (5 << 20)))
    assert [gap.partial for gap in result.gaps] == [False]


def test_decoys_do_not_use_up_the_room_of_a_long_program() -> None:
    decoys = LayerSource("decoys", TextFile, lambda _view: (Layer(b"x = %d" % n, "python", ("d",)) for n in range(90)))
    filler = b"value = 1  # a line like any other\n" * 150_000
    result = Engine([RULE], VIEWS, layers=[decoys]).examine(Blob("a.py", filler + b"hidden_thing()\n"))
    assert [finding.locations[0].line for finding in result.findings] == [150_001]
