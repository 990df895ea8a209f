import contextlib
import importlib.util
import string
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.intel.extract.document import Document, DocumentError, read_document
from lazaretto.intel.extract.extract import CHARACTERS, extract
from lazaretto.model.extract import Standing

REPORTS = Path(__file__).parents[2] / "data" / "reports"
BENCH = Path(__file__).parents[3] / "bench" / "extract.py"


def read(text, **document):
    return extract(Document(text, **document))


def proposed(text):
    return {(item.kind, item.value) for item in read(text).indicators}


def standing(text, value):
    (item,) = [item for item in read(text).items if item.value == value]
    return item.standing


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("명령 서버는 codepool[.]cloud에서 응답합니다.", "domain", "codepool.cloud"),
        ("codepool[.]cloud와 통신", "domain", "codepool.cloud"),
        ("codepool[.]cloud라는 이름", "domain", "codepool.cloud"),
        ("접속지 hxxps://a[.]evil[.]test/x/y?z=1으로 보냄", "url", "https://a.evil.test/x/y?z=1"),
        ("hxxps[:]//evil(.)test[/]p", "url", "https://evil.test/p"),
        ("hXXp://evil[dot]test:8080에", "url", "http://evil.test:8080"),
        ("h**ps://evil{.}test/a.", "url", "https://evil.test/a"),
        ("evil[점]com은 악성", "domain", "evil.com"),
        ("evil 점 com에 접속", "domain", "evil.com"),
        ("contacts evil dot com every hour", "domain", "evil.com"),
        ("evil[.com", "domain", "evil.com"),
        ("evil[.com]", "domain", "evil.com"),
        ("주소 john[@]evil[.]org로 연락", "email", "john@evil.org"),
        ("john (at) evil (dot) org", "email", "john@evil.org"),
        ("142.111.77[.]196에서", "ipv4", "142.111.77.196"),
        ("45[.]61[.]128[.]110[:]1245로", "ipv4-port", "45.61.128.110:1245"),
        ("C2 2a0d:5600:24:1b2::1337 응답", "ipv6", "2a0d:5600:24:1b2::1337"),
        ("graphalgo@2.2.9를 설치", "package", "pkg:npm/graphalgo@2.2.9"),
        ("@acme/ui-kit@1.0.3은", "package", "pkg:npm/%40acme/ui-kit@1.0.3"),
        ("PyPI의 Graph_Dict==3.4.14도", "package", "pkg:pypi/graph-dict@3.4.14"),
        ("`pip install graphalgo==3.5.5`를 실행", "package", "pkg:pypi/graphalgo@3.5.5"),
        ("    npm i --save-dev bigmathex", "package", "pkg:npm/bigmathex"),
        ("pkg:pypi/chaintest@0.1.4이다", "package", "pkg:pypi/chaintest@0.1.4"),
        ("악성 npm 패키지 terminal-kleur와 graphkitx를", "package", "pkg:npm/graphkitx"),
        ("SHA-256: " + "2AAF4C62372FB1C84178D258576561D35D2A437341905DB0C7C7A3D75219333F입니다", "sha256",
         "2aaf4c62372fb1c84178d258576561d35d2a437341905db0c7c7a3d75219333f"),
        ("지갑 0xAD02b5cDE693529d3bdA0266299501ad0193036C로 송금", "wallet", "0xAD02b5cDE693529d3bdA0266299501ad0193036C"),
        ("트론 TMfKQEd7TJJa5xNZJZ2Lep838vrzrs7mAP에", "wallet", "TMfKQEd7TJJa5xNZJZ2Lep838vrzrs7mAP"),
        ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq로", "wallet", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
        ("확장 nkbihfbeogaeaoehlefnkodbefgpgknn을", "browser-extension", "nkbihfbeogaeaoehlefnkodbefgpgknn"),
        ("CVE‑2025‑48593을 악용", "cve", "CVE-2025-48593"),
        ("T1195.002를 사용", "technique", "T1195.002"),
        ("깃허브 계정 veltrix-capital이", "github-account", "veltrix-capital"),
        ("텔레그램 @hr_daniel_w로", "telegram", "hr_daniel_w"),
        ("ｅｖｉｌ［．］ｃｏｍ", "domain", "evil.com"),
        ("ev\u200bil[.]com", "domain", "evil.com"),
        ("\u110b\u1161\u11a8\u1109\u1165\u11bc evil[.]com\u110b\u1166\u1109\u1165", "domain", "evil.com"),
    ],
)  # fmt: skip
def test_what_is_read(text, kind, value):
    assert (kind, value) in proposed(text)


@pytest.mark.parametrize(
    "text",
    [
        "main.py, readme.md, index.js, package.json, install.sh, payload.zip과 Cargo.rs를 수정",
        "Node.js와 socket.io, ASP.NET을 사용하며 subprocess.run과 os.name을 호출한다",
        "```js\nconst x = process.env.HOME; axios.post(url); vm.run(code)\n```",
        "버전 1.2.3.4에서 Chrome/120.0.0.0 사용자 에이전트",
        "5 p.m. e.g. i.e. 3.14 v2.0",
        "commit 7ad8a86f41edc91dd37de0487b0c2f44ae3a3af7",
        "UUID 123e4567-e89b-12d3-a456-426614174000",
        "T9999와 T12345는 없는 번호",
        "10.0.0.5와 127.0.0.1:3000, 192.168.0.1",
        "0xAd02b5cDE693529d3bdA0266299501ad0193036C",
    ],
)
def test_what_is_no_indicator(text):
    assert proposed(text) == set()


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        (
            "C2 evil[.]com\n\n## References\n\n- https://news.other.org/a",
            "https://news.other.org/a",
            Standing.REFERENCE,
        ),
        ("C2 evil[.]com\n\n출처: https://news.other.org/a", "https://news.other.org/a", Standing.REFERENCE),
        ("악성 evil[.]com. github.com을 이용", "github.com", Standing.SHARED),
        ("정상 라이브러리인 networkx@3.2.1을 모방", "pkg:npm/networkx@3.2.1", Standing.BENIGN),
        ("Upgrade to axios@1.14.2 now", "pkg:npm/axios@1.14.2", Standing.BENIGN),
        ("axios@1.14.2로 업데이트하십시오", "pkg:npm/axios@1.14.2", Standing.BENIGN),
        ("악성 evil[.]com. 안내는 vendor-site.com 참고", "vendor-site.com", Standing.LIVE),
        ("지갑 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "", None),
    ],
)
def test_what_a_value_stands_for(text, value, expected):
    if expected is None:
        assert not read(text).indicators
    else:
        assert standing(text, value) is expected


def test_shared_services_count_only_with_their_exact_path():
    found = {
        item.value: item
        for item in read("C2: hxxps://api[.]npoint[.]io/1f901a22daea7694face, hxxps://a-b[.]vercel[.]app").items
    }
    assert all(item.shared and item.standing is Standing.INDICATOR for item in found.values())
    assert standing("악성 hxxps://github[.]com", "https://github.com") is Standing.SHARED


def test_offsets_point_into_the_document():
    text = "가나다 hxxps://evil[.]com/a에서\r\n그리고 ｅｖｉｌ［．］ｏｒｇ도"
    for item in read(text).items:
        assert text[item.start : item.end] == item.raw
    assert [item.raw for item in read(text).items] == ["hxxps://evil[.]com/a", "ｅｖｉｌ［．］ｏｒｇ"]
    assert [item.line for item in read(text).items] == [1, 2]


def test_defanged_is_more_certain():
    (first,), (second,) = read("C2 is evil[.]com here").items, read("C2 is evil.com here").items
    assert (first.defanged, second.defanged) == (True, False)
    assert (first.confidence, second.confidence) == ("high", "medium")


KNOWN_MISSES = {
    "62-casenotes-en": "a version that stands a line below the name, a requirement in quotation marks",
    "64-longread-en": "versions told in a sentence that does not name the package",
}


@pytest.mark.parametrize("labels", sorted(REPORTS.glob("*.labels.json")), ids=lambda path: path.name.partition(".")[0])
def test_labelled_reports(labels, request):
    reason = KNOWN_MISSES.get(labels.name.partition(".")[0])
    if reason:
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    spec = importlib.util.spec_from_file_location("bench_extract", BENCH)
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    (path,) = (p for p in REPORTS.glob(f"{labels.name.removesuffix('.labels.json')}.*") if p != labels)
    wanted, got, _ = bench.compare(path, labels)
    assert got == wanted


@given(st.text())
@settings(max_examples=60, deadline=None)
def test_any_text_gives_an_answer(text):
    for item in read(text).items:
        assert text[item.start : item.end] == item.raw


PIECES = ["hxxp://", "[.]", ".", "com", "evil", "@", "1.2.3", "npm ", "패키지", "|", "\n", "`", "pkg:npm/", "은 ", "github account ",
          "\u200b", "(", " dot ", "[", "0x", "ab" * 20, "T1195", "CVE-2024-", "# ", "- ", "1.2.3.4", ":80", "\x00", "```\n", "pip install ", "=="]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(max_examples=150, deadline=None)
def test_any_mixture_gives_an_answer(text):
    for item in read(text).items:
        assert text[item.start : item.end] == item.raw


@given(st.binary(max_size=300), st.sampled_from(["a.md", "a.html", "a.eml", "a.txt", "a"]))
@settings(max_examples=80, deadline=None)
def test_any_bytes_give_an_answer_or_a_declared_error(data, name):
    with contextlib.suppress(DocumentError):
        extract(read_document(name, data))


@pytest.mark.parametrize(
    "piece",
    ["a.", "[.]", "npm package ", "evil.com ", "| npm package | a |\n", "github account a-b, ", "\n", "패키지 npm "],
)
def test_time_is_linear(piece):
    def seconds(size):
        started = time.process_time()
        read(piece * (size // len(piece)))
        return time.process_time() - started

    assert seconds(40_000) < 12 * max(seconds(10_000), 0.02)


def test_what_is_beyond_the_limit_is_said():
    answer = read("evil[.]com " + "x" * CHARACTERS)
    assert answer.bounds == (f"characters beyond {CHARACTERS:,}",)
    assert len(answer.items) == 1


def test_documents():
    page = read_document(
        "a.html",
        b"<title>T</title><link rel=canonical href='https://blog.pub.org/x'><p>a <a href='https://l.org'>l</a></p><script>evil.com</script>",
    )
    assert (page.title, page.publisher, page.links) == ("T", "pub.org", ("https://l.org",))
    assert "evil.com" not in page.text
    assert read_document("a.txt", "악성".encode("cp949")).text == "악성"
    assert read_document("a.txt", "악성".encode("utf-16")).text == "악성"
    with pytest.raises(DocumentError, match="not text"):
        read_document("a.txt", b"\0\1\2\3")
    with pytest.raises(DocumentError, match="cannot be read"):
        read_document("a.pdf", b"%PDF-1.7 " + string.printable.encode())


def test_pdf():
    fpdf = pytest.importorskip("fpdf")
    document = fpdf.FPDF()
    document.add_page()
    document.set_font("helvetica")
    document.multi_cell(0, None, "The loader asks hxxps://evil[.]com/a and writes graphalgo@2.2.9")
    found = extract(read_document("r.pdf", bytes(document.output())))
    assert {item.value for item in found.indicators} == {"https://evil.com/a", "pkg:npm/graphalgo@2.2.9"}
