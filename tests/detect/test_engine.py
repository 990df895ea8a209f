from collections.abc import Iterator

from lazaretto.detect.engine import EXCERPT_CHARS, MATCHES_PER_RULE_AND_FILE, Engine
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal, Stage
from lazaretto.parse.blob import Blob
from lazaretto.parse.limits import Limits
from lazaretto.parse.views import FileView, ParseError, TextFile


class Strict(FileView):
    title = "strict file"

    @classmethod
    def of(cls, blob: Blob) -> "Strict":
        if blob.data.startswith(b"bad"):
            raise ParseError("it is bad", 1)
        return cls(blob)


def rule(check: object, view: type = TextFile, needles: tuple[bytes, ...] = (), **more: object) -> Rule:
    return Rule(
        id="test/rule",
        title="t",
        view=view,
        severity=Severity.MEDIUM,
        confidence=Confidence.LOW,
        phase=Phase.RUN,
        role=Role.EXECUTE,
        check=check,  # type: ignore[arg-type]
        doc="",
        techniques=("T1059",),
        needles=needles,
        **more,  # type: ignore[arg-type]
    )


def once(view: FileView) -> Iterator[Match | Signal]:
    yield Match("saw {what}", line=2, params={"what": "x"}, excerpt="e" * 500)
    yield Signal("import", "py\tos", view.path, 1)


def test_metadata_is_added_to_a_match() -> None:
    result = Engine([rule(once)], [TextFile]).examine(Blob("a.txt", b"hello"))
    (found,) = result.findings
    assert (found.rule, found.severity, found.confidence, found.techniques) == (
        "test/rule",
        Severity.MEDIUM,
        Confidence.LOW,
        ("T1059",),
    )
    assert found.message.english() == "saw x"
    assert (found.locations[0].path, found.locations[0].line) == ("a.txt", 2)
    assert len(found.excerpt) == EXCERPT_CHARS
    assert result.signals == (Signal("import", "py\tos", "a.txt", 1),)


def test_needles_keep_a_rule_away() -> None:
    engine = Engine([rule(once, needles=(b"exec", b"eval"))], [TextFile])
    assert not engine.examine(Blob("a", b"EXEC")).findings
    assert engine.examine(Blob("a", b"eval")).findings
    folding = Engine([rule(once, needles=(b"exec",), fold_case=True)], [TextFile])
    assert folding.examine(Blob("a", b"EXEC")).findings


def test_an_unreadable_view_is_a_gap() -> None:
    result = Engine([rule(once, view=Strict)], [Strict]).examine(Blob("a", b"bad"))
    (gap,) = result.gaps
    assert (gap.stage, gap.partial) == (Stage.PARSE, True)
    assert gap.reason.english() == "not readable as strict file: it is bad"


def test_a_crashing_rule_is_a_gap_and_the_others_still_run() -> None:
    def crash(view: FileView) -> Iterator[Match]:
        yield Match("before")
        raise ZeroDivisionError

    result = Engine([rule(crash), rule(once)], [TextFile]).examine(Blob("a", b""))
    assert [found.message.english() for found in result.findings] == ["before", "saw x"]
    assert "ZeroDivisionError" in result.gaps[0].reason.english()


def test_a_flood_of_matches_is_cut_and_told() -> None:
    def flood(view: FileView) -> Iterator[Match]:
        for line in range(100):
            yield Match("again", line=line)

    result = Engine([rule(flood)], [TextFile]).examine(Blob("a", b""))
    assert len(result.findings) == MATCHES_PER_RULE_AND_FILE
    assert result.gaps[0].stage is Stage.LIMIT


def test_what_is_too_long_to_parse_is_a_gap_but_still_seen_as_text() -> None:
    engine = Engine([rule(once), rule(once, view=Strict)], [TextFile, Strict], Limits(code_bytes=10))
    result = engine.examine(Blob("a", b"x" * 11))
    assert len(result.findings) == 1
    assert [gap.stage for gap in result.gaps] == [Stage.LIMIT]


def test_lone_surrogates_never_leave_the_engine() -> None:
    def odd(view: FileView) -> Iterator[Match | Signal]:
        yield Match("{x}", params={"x": "\ud800"}, excerpt="\udfff")
        yield Signal("k", "\ud800", view.path)

    result = Engine([rule(odd)], [TextFile]).examine(Blob("a", b""))
    result.findings[0].message.english().encode()
    result.findings[0].excerpt.encode()
    result.signals[0].value.encode()
