import json
import re
from datetime import UTC, date, datetime

import pytest
import stix2

from lazaretto.adapters.pdf import FONTS, PdfError, write
from lazaretto.intel.extract.document import Document, from_html, read_document
from lazaretto.intel.facts import Embedded
from lazaretto.intel.lint.catalog import lint
from lazaretto.intel.lint.paper import from_json
from lazaretto.model.campaign import CampaignFacts, Exposed, ExposureSummary, Rung
from lazaretto.model.intel import Campaign, Coverage, Indicator, PackageRecord, Reference, Scope, Trust
from lazaretto.reports.brief import document, markdown, page, stix
from lazaretto.reports.brief.blocks import blocks
from lazaretto.reports.brief.plan import plan
from lazaretto.reports.brief.severity import rate
from lazaretto.reports.brief.words import Word, final_consonant
from lazaretto.reports.context import Context
from lazaretto.reports.i18n import translator

TODAY = date(2026, 11, 20)
SOURCE = Embedded()
EN, KO = Context(), Context(translate=translator("ko"))


def brief(name="graphalgo", exposure=None):
    return plan(SOURCE.facts(name), exposure, TODAY)


def test_severity_of_graphalgo_and_its_rubric():
    rating = brief().rating
    assert (rating.score, rating.severity.name) == (8.5, "HIGH")
    assert [(mark.part, mark.points) for mark in rating.marks] == [
        ("capability", 3.0), ("targeting", 2.0), ("reach", 1.5), ("activity", 1.0), ("confidence", 1.0),
    ]  # fmt: skip


@pytest.mark.parametrize("name", SOURCE.names())
def test_points_stay_in_their_bounds_and_activity_fades(name):
    facts = SOURCE.facts(name)
    now, later = rate(facts, TODAY), rate(facts, date(2030, 1, 1))
    assert 0 <= later.score <= now.score <= 10
    assert all(0 <= mark.points <= mark.most for mark in now.marks)


@pytest.mark.parametrize("name", SOURCE.names())
@pytest.mark.parametrize("context", [EN, KO], ids=["en", "ko"])
def test_own_briefs_are_lint_clean(name, context):
    made = brief(name)
    texts = [
        Document(markdown.render(made, context)),
        from_html(page.render(made, context)),
        from_json(document.render(made, context)),
    ]
    assert [defect for text in texts for defect in lint(text)] == []


def test_both_languages_say_the_same_facts():
    english, korean = (document.document(brief(), context) for context in (EN, KO))
    for left, right in zip(english["sections"], korean["sections"], strict=True):
        pairs = list(zip(left["sentences"], right["sentences"], strict=True))
        assert all(one["facts"] == two["facts"] and one["references"] == two["references"] for one, two in pairs)
        assert all(one["text"] != two["text"] for one, two in pairs)
        assert all(re.search("[가-힣]", two["text"]) for _, two in pairs)
        ends = [re.sub(r"\([^()]*\)", "", two["text"]).rstrip(". ") for _, two in pairs]
        assert all(end.endswith("다") or ":" in end for end in ends), ends


def test_every_sentence_has_fact_ids_and_listed_sources():
    made = brief()
    known = {reference.key for reference in made.references}
    sentences = [sentence for section in made.sections for sentence in section.sentences]
    assert len(sentences) > 25
    assert all(sentence.facts and set(sentence.sources) <= known for sentence in sentences)
    assert len(next(section for section in made.sections if section.id == "overview").sentences) == 3


def test_without_a_hunt_nothing_is_called_clean():
    text = markdown.render(brief(), EN)
    assert "whether we are hit is unknown, which does not mean clean" in text
    assert "Our own exposure is not known." in text


def test_exposure_of_a_hunt():
    hits = (
        Exposed(Rung.NAMED, "a/package.json", "pkg:npm/graphalgo"),
        Exposed(Rung.INSTALLED, "b/node_modules", "pkg:npm/graphalgo@2.2.9"),
    )
    text = markdown.render(
        brief(exposure=ExposureSummary("2026-11-19T10:00:00Z", 2, 14, 900, hits, ("/root/.npm",))), EN
    )
    assert (
        "The hunt of 2026-11-19 looked at 2 machines, 14 projects and 900 places and found 2 traces; the worst is: installed."
        in text
    )
    assert "installed: pkg:npm/graphalgo@2.2.9 in b/node" in text
    assert "1 places could not be looked at" in text
    clean = markdown.render(brief(exposure=ExposureSummary("2026-11-19", 2, 14, 900)), EN)
    assert "found no trace" in clean


def test_exposure_is_read_from_json():
    summary = document.exposure_from(
        {"at": "2026-11-19", "hits": [{"rung": "installed", "place": "x", "what": "y"}], "not_checked": ["z"]}
    )
    assert summary.rung is Rung.INSTALLED
    with pytest.raises(KeyError):
        document.exposure_from({})


def test_indicators_are_defanged_for_people_and_exact_for_programs():
    text, data = markdown.render(brief(), EN), json.loads(document.render(brief(), EN))
    assert "`codepool[.]cloud`" in text
    assert "codepool.cloud" not in text.split("## References")[0]
    assert {"kind": "domain", "value": "codepool.cloud"}.items() <= data["indicators"][2].items()


def test_old_technique_ids_are_aliases_of_current_ones():
    facts = CampaignFacts(Campaign("x", "x", (), "unknown", "2026", "2026", (), ("T1193", "T1566.001"), ""))
    (row,) = plan(facts, None, TODAY).techniques
    assert (row.id, row.old) == ("T1566.001", ("T1193",))
    assert row.name == "Phishing: Spearphishing Attachment"


HOSTILE = CampaignFacts(
    Campaign(
        "h",
        "h\x1b[31m<script>`|",
        ("<b>",),
        "A {actor} <i>",
        "2026-01-01",
        "2026-02-01",
        ("npm",),
        ("T1105",),
        "x {0} </p> http://evil.test/a",
    ),
    (Reference("r", "javascript:alert(1)", "2026-01-01", "t | <u>", "feed"),),
    (PackageRecord("npm", "a`b|<s>", Coverage.ALL, "r", Trust.LOW),),
    (Indicator("domain", "evil.test|`<s>", Scope.HOST, "r", Trust.LOW, role="{x} <s>"),),
    "2026-01-01",
)


@pytest.mark.parametrize("context", [EN, KO], ids=["en", "ko"])
def test_hostile_facts_stay_text(context):
    made = plan(HOSTILE, None, TODAY)
    text, html = markdown.render(made, context), page.render(made, context)
    assert "\x1b" not in text + html
    assert not re.search(r"<(?:script|i|b|u|s)>", html)
    assert "javascript:" not in text + html
    assert "http://evil.test" not in text + html
    assert r"\{actor\}" in text


def test_the_page_allows_nothing_but_its_style_sheet():
    html = page.render(brief(), KO)
    assert "default-src 'none'; style-src 'sha256-" in html
    assert "<script" not in html
    assert html.count('data-facts="') > 25


def test_stix_bundle():
    bundle = stix2.parse(stix.render(brief(), KO), allow_custom=False)
    (report,) = [one for one in bundle.objects if one.type == "report"]
    assert report.lang == "ko"
    assert "HIGH" in report.description or "높음" in report.description
    assert len([one for one in bundle.objects if one.type == "indicator"]) > 60


@pytest.mark.parametrize(
    ("word", "spec", "expected"),
    [
        ("라자루스", "은/는", "라자루스는"), ("그룹", "은/는", "그룹은"), ("npm", "은/는", "npm은"), ("PyPI", "을/를", "PyPI를"),
        ("Slack", "과/와", "Slack과"), ("GitHub", "이/가", "GitHub가"), ("3", "은/는", "3은"), ("2", "이/가", "2가"), ("1", "으로/로", "1로"),
        ("서울", "으로/로", "서울로"), ("집", "으로/로", "집으로"), ("2026-09-22", "으로/로", "2026-09-22로"), ("10", "을/를", "10을"),
        ("Lazarus Group (per ReversingLabs)", "으로/로", "Lazarus Group (per ReversingLabs)으로"), ("URL", "으로/로", "URL로"),
        ("bot", "이/가", "bot이"), ("axios", "은/는", "axios는"), ("!", "은/는", "!는"), ("", "은/는", "는"), ("graphalgo", "은/는", "graphalgo는"),
    ],
)  # fmt: skip
def test_particles(word, spec, expected):
    assert format(Word(word), spec) == expected


def test_the_particle_follows_the_unescaped_text():
    assert format(Word("그룹&gt;", "그룹>"), "은/는") == "그룹&gt;은"
    assert final_consonant("ⅹ") == 0


def test_pdf_needs_a_font_with_hangul():
    with pytest.raises(PdfError, match="Hangul"):
        write(blocks(brief(), KO), font="", made=datetime(2026, 11, 20, tzinfo=UTC), candidates=())
    with pytest.raises(PdfError, match="cannot be used as a font"):
        write(blocks(brief(), KO), font=__file__, made=datetime(2026, 11, 20, tzinfo=UTC))


def test_english_pdf_can_be_read_again():
    data = write(
        (block for block in blocks(brief(), EN)), font=next(iter(_fonts()), ""), made=datetime(2026, 11, 20, tzinfo=UTC), candidates=()
    ) if _fonts() or _latin(EN) else None  # fmt: skip
    if data is None:
        pytest.skip("no font on this machine")
    text = read_document("b.pdf", data).text
    assert "HIGH (8.5/10)" in text
    assert "Lazarus Group" in text


def _fonts():
    from pathlib import Path

    return [path for path in FONTS if Path(path).is_file()]


def _latin(context):
    return all(
        ord(c) < 256 for block in blocks(brief(), context) for text in (block.text, *sum(block.rows, ())) for c in text
    )
