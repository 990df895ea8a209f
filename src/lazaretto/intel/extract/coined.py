"""Packages whose bare names stand in a sentence: `swift-orbit-core와 node-pulse는`, `the same hook in x-y-box`.

Such names are told from other words by three things together: their form (lower-case words joined by hyphens, none of which makes
the whole an ordinary compound such as `second-stage`), their place in the sentence (a particle, a list, a verb follows), and a
report that speaks of packages.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from lazaretto.intel.extract.package_words import NPM, VERSION, is_name, package, world_of
from lazaretto.intel.extract.page import Candidate, Page
from lazaretto.intel.extract.structure import Section

_COINED = re.compile(
    r"(?<![A-Za-z0-9_./@:\\=#$%&?+*~-])(?P<quote>['\"‘“`]?)(?P<name>[a-z][a-z0-9]{0,30}(?:[-_][a-z0-9]{1,30}){1,6})(?![A-Za-z0-9_/@\\=:-]|\.[A-Za-z0-9])"
)
_JOINERS = """
a an and as at by de ex for from in into la mid of off on or out over per re the to under up via vs with
all anti best big bi co cross double down ever far few first follow four free full good half hand hard high higher ill intra
large last late less long longer low lower many more most much near newly next no non not old one opt over own para pen post pre quasi
right second self semi seven short shut single six so sub super ten third three tight top two ultra un well whole wide wi year zero
aware based borne built controlled driven enabled facing friendly funded independent known led like linked lived made named needed
oriented owned ready related reported resistant sided skilled specific sponsored stealing
utf sha aes cve cwe ghsa mal osv rfc iso tlp x86 x64 arm64 amd64 md5 ascii ipv4 ipv6 ko en us
"""
_JOINER = frozenset(_JOINERS.split())
"""A hyphenated word that has one of these is no name by its form alone: `pre-release`, `state-of-the-art`, `sha-256`."""
_NOUNS = """
access agent attack base base64 bit bits blue browser build byte call chain character click client cloud code command control custom cyber data day days
deep defi download drive dry early easy effort end evidence factor fake fast file fold form general heavy hat hop hour hours
http https interview key language letter level line mail making malicious malware man memory message micro minute month months multi nation network
only open order origin part party path peer phase place point proof query read real remote round run sandbox scale secret security server service
set side sign site size social soft software source speed spread stage stages state step string style suffix supply system tcp term thing threat tier tls
time times token tool trade trust type udp user value version wallet web week weeks window word words work world years
"""
_NOUN = frozenset(_NOUNS.split())
"""Words that make a compound only among themselves: `supply-chain`, but `viem-chain-alias`."""
_TOPIC = re.compile(
    r"packages?\b|패키지|modules?\b|모듈|librar(?:y|ies)|라이브러리|dependenc|의존성|\bnpm\b|pypi|typosquat|tarball|lockfile|registry|레지스트리"
)
_HAPPENS = re.compile(
    r"설치|배포|게시|업로드|등록|유포|내려받|다운로드|임포트|import|변종|버전|확인|발견|포함|추가|삭제|공개|publish|upload|releas|install|version|depend|hook|script|"
    r"found|saw|seen|hijack|compromis|malicious|악성|pull|ship|drop|fetch|steal|contain|removed|remov|advis"
)
_NOT_PACKAGE = re.compile(
    r"(?:accounts?|users?|handles?|repositor(?:y|ies)|repos?|branch|folders?|director(?:y|ies)|domains?|host(?:name)?s?|campaigns?|groups?|files?|paths?|header|flag|option|"
    r"class|tags?|actor|function|variable|process|service|task|workflow|job|key|field|keyword|region|bucket|project|organi[sz]ation|team|"
    r"계정|사용자|아이디|닉네임|저장소|리포지토리|레포|브랜치|폴더|디렉[터토]리|디렉터리|도메인|호스트|캠페인|그룹|파일|경로|헤더|옵션|클래스|태그|조직|함수|변수|프로세스|서비스|작업|워크플로|키|필드|과제|프로젝트|단체|회사|업체)"
)
_KIND_BEFORE = re.compile(
    _NOT_PACKAGE.pattern + r"(?:은|는|인|명은|명|이|가|[ ]?이름은|[ ]?이름인)?[ ]?[:：(]?[ ]?(?:named |called )?$"
)
_KIND_AFTER = re.compile(r"^['\"’”`]?[ ]?(?:이?라는|이란)?[ ]?(?:이름의[ ])?(?:악성[ ])?" + _NOT_PACKAGE.pattern)
_PARTICLE = re.compile(
    r"['\"’”`]?(?:이나|이며|이고|이다|이었|였|으로|에서|에는|에도|까지|부터|처럼|이라|라는|라고|와|과|은|는|이|가|을|를|의|에|도|만|로|나|랑|다|[ ]?(?:및|또는|등)[ ]?|,|·|[ ]?\(|[ ](?:v|버전[ ])?"
    + VERSION
    + ")"
)
_APART = re.compile(
    rf"(?:(?:을|를)[ ](?:노린|사칭한|모방한|흉내[ ]?낸|본뜬|베낀)[ ]|(?:하나|나머지(?: 하나)?)(?:는|은)[ ])[`'\"‘“]?(?P<name>{NPM})(?=[`'\"’”]?(?:[,.]|[ ]?(?:이|였|으로|로|인|입|사례|가|은|는|을|를)))"
)
_CLOSING = {"`": "`", "'": "'", '"': '"', "‘": "’", "“": "”"}
_JOINED = (
    r"(?:[ ]?\(?v?[0-9][0-9A-Za-z.]{0,20}\)?)?(?:(?:,|·|/)[ ]?(?:(?:and|or|및)[ ])?|[ ](?:and|or|및|&)[ ]|[와과]?[ ]?)"
)
_ENGLISH_AFTER = re.compile(
    r"['\"’”`]?(?:[,;)]|[.](?:\s|$)|$|'s\b|’s\b|[ ]\(|[ ](?:and|or|but|was|were|is|are|has|had|have|contains?|contained|carries|carried|fetche[sd]|downloads?|downloaded|drops?|dropped|ships?|"
    r"shipped|steals?|stole|runs?|ran|executes?|executed|depends?|depended|pulls?|pulled|which|that|itself|also|then|went|reache[sd]|appeared|came|remains?|uses?|used|does|did|adds?|"
    r"added|imports?|imported|installs?|installed|sends?|sent|v?[0-9]+\.[0-9]))"
)
_ENGLISH_BEFORE = re.compile(
    r"(?:^|[.!?(:;,—–-]|\b(?:in|of|and|or|by|from|with|to|installs?|installed|installing|imports?|imported|published|publishing|uploaded|pushed|released|pulls? in|pulled in|adds?|added|"
    r"packages?|modules?|librar(?:y|ies)|dependenc(?:y|ies)|named|called|is|are|was|were|as|like|including|namely|both|removed|hijacked|compromised|on|through|via|against|for|after|that|when|while|where|until|before|because|load|loads|requires?|use|uses|[a-z]{3,20}(?:ing|ed)))[ ]?$"
)


def find_coined(page: Page, known: Mapping[str, str]) -> Iterator[Candidate]:
    """Yield names in sentences of reports that speak of packages; `known` gives the worlds of names found before."""
    if _TOPIC.search(page.text.lower()) is None:
        return
    for match in page.matches(_COINED):
        name, (start, end) = match["name"], match.span("name")
        line = page.line(start)
        if line.code or line.row or line.reference or line.section in (Section.REFERENCES, Section.BENIGN):
            continue
        if not is_name(name) or not looks_coined(name) or _KIND_AFTER.match(page.after(end, 24)):
            continue
        before = page.before(start - len(match["quote"]), 60)
        if _KIND_BEFORE.search(before) or not _in_place(page, before, start, end):
            continue
        around = f"{line.heading} {page.text[max(0, start - 500) : end + 600]}".lower()
        world = known.get(name) or world_of(page, start, "")
        if world and _TOPIC.search(around) and (known or _HAPPENS.search(around)):
            yield package(world, name, "", start, end)


def find_apart(page: Page, known: Mapping[str, str]) -> Iterator[Candidate]:
    """Yield names of one word that a sentence about packages sets apart: `하나는 a-b, 또 하나는 c`."""
    for match in page.matches(_APART):
        name, (start, end) = match["name"], match.span("name")
        around = page.text[max(0, start - 300) : end + 100].lower()
        world = known.get(name) or world_of(page, start, "npm")
        if is_name(name) and name == name.lower() and len(name) > 3 and _TOPIC.search(around):
            yield package(world, name, "", start, end)


def find_kin(page: Page, found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield names that stand in a list with a package, in the same quotation marks: ```a-b`, `c` and `d```."""
    known = {(one.start, one.end): one for one in found if one.kind == "package"}
    seen = {one.name for one in known.values()}
    for candidate in known.values():
        quote = page.text[candidate.start - 1 : candidate.start] if candidate.start else ""
        if quote not in _CLOSING:
            continue
        for match in (_next(page, candidate.end, quote), _previous(page, candidate.start - 1, quote)):
            while match is not None:
                name, (start, end) = match["name"], match.span("name")
                if name in seen or not is_name(name) or name != name.lower() or not page.free(start, end):
                    break
                seen.add(name)
                yield package(candidate.ecosystem, name, "", start, end)
                after = start > candidate.start
                match = _next(page, end, quote) if after else _previous(page, start - 1, quote)


def _next(page: Page, offset: int, quote: str) -> re.Match[str] | None:
    close = re.escape(_CLOSING[quote])
    pattern = re.compile(rf"{close}{_JOINED}{re.escape(quote)}(?P<name>{NPM}){close}")
    return pattern.match(page.text, offset)


def _previous(page: Page, offset: int, quote: str) -> re.Match[str] | None:
    close = re.escape(_CLOSING[quote])
    pattern = re.compile(rf"{re.escape(quote)}(?P<name>{NPM}){close}{_JOINED}\Z")
    return pattern.search(page.text, max(0, offset - 140), offset)


def looks_coined(name: str) -> bool:
    """Tell whether a hyphenated word is no ordinary compound: `node-pulse-core`, not `second-stage`."""
    parts = re.split(r"[-_]", name)
    ordinary = (
        any(part in _JOINER or part.isdigit() for part in parts)
        or all(part in _NOUN for part in parts)
        or re.search(r"[a-z]{3}(?:ing|ed)$", parts[-1])
    )
    return not ordinary and max(map(len, parts)) > 2


def _in_place(page: Page, before: str, start: int, end: int) -> bool:
    """Tell whether a word stands where a name would: followed by a particle, or as a noun by itself."""
    rest = page.text[end : min(end + 24, page.line(start).last)]
    if _korean(page, start, end):
        return _PARTICLE.match(rest) is not None or not rest.strip()
    return bool(_ENGLISH_AFTER.match(rest) and _ENGLISH_BEFORE.search(before.rstrip("'\"‘“`")))


def _korean(page: Page, start: int, end: int) -> bool:
    return any("가" <= letter <= "힣" for letter in page.text[max(0, start - 40) : end + 40])
