import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from lazaretto.reports import page
from lazaretto.reports.context import Context
from lazaretto.reports.i18n import translator

CONTEXT = Context(version="0.1.0", other=translator("ko"))
VOID = {"meta", "br", "hr"}


class Reader(HTMLParser):
    """Collects tags and attributes, and that they are closed in order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes, self.text = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.extend(name for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.mark.parametrize("name", ["malicious", "suspicious", "nothing", "incomplete", "failed", "waived", "hostile"])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_pages_are_inert(request, name, lang):
    context = Context(version="0.1.0", translate=translator(lang), other=translator("en" if lang == "ko" else "ko"))
    text = page.render([request.getfixturevalue(name)], context)
    reader = Reader(text)
    assert not set(reader.tags) & {"script", "a", "img", "iframe", "form", "object", "embed", "link", "svg", "base"}
    assert not [name for name in reader.attributes if name.startswith("on") or name in ("src", "href", "style")]
    assert text.startswith(f'<!DOCTYPE html>\n<html lang="{lang}">')


def test_the_policy_allows_only_our_style(malicious):
    text = page.render([malicious], CONTEXT)
    sheet = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in sheet
    assert "@media print" in sheet


def test_hostile_text_is_escaped(hostile):
    text = page.render([hostile], CONTEXT)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]", text)
    assert "http://evil" not in text


def test_both_languages_are_there(malicious):
    text = page.render([malicious], CONTEXT)
    assert '<details lang="ko">' in text
    assert "MALICIOUS" in text
    assert "악성" in text


def test_what_matters_is_there(malicious, nothing, incomplete):
    words = " ".join(Reader(page.render([malicious], Context(version="0.1.0"))).text)
    for part in (
        "do not open this folder in an editor",
        "Permission denied",
        "story/trigger-reaches-payload",
        "9.8/10",
    ):
        assert part in words
    assert "not a proof of safety" in page.render([nothing], CONTEXT)
    assert "not a proof of safety" not in page.render([incomplete], CONTEXT)
    assert "NOTHING FOUND" not in page.render([incomplete], CONTEXT)


def test_several_targets_are_one_page(malicious, nothing):
    text = page.render([malicious, nothing], Context(version="0.1.0"))
    assert text.count("<article>") == 2
    Reader(text)


def test_many_findings_are_cut_and_counted(build, malicious):
    from dataclasses import replace

    from lazaretto.model.text import Message

    fetch = malicious.examination.findings[1]
    many = [replace(fetch, message=Message.of("what {n}", {"n": number})) for number in range(700)]
    text = page.render([build(many)], Context(version="0.1.0"))
    assert text.count('<section class="finding') == 500
    assert "200 further results are left out" in text


def test_what_changed_since_an_older_version(compared, unchanged):
    whole = page.render([compared], CONTEXT)
    Reader(whole)
    assert 'What changed since <code translate="no"><bdi>npm:demo@1.0.0</bdi></code>' in whole
    assert "new in this version: postinstall: node a.js" in whole
    assert "no new trigger" in page.render([unchanged], CONTEXT)


def test_an_older_version_with_a_hostile_name(hostile_change):
    whole = page.render([hostile_change], CONTEXT)
    assert "script" not in Reader(whole).tags
    assert "\u202e" not in whole
