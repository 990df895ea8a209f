"""Words that may be names of packages, and what speaks for and against it where they stand.

A name like `x-y-client` gives itself away by its form, a name like `debug` only by what is said around it. So every
candidate gets *signs*: its form, its marks, its place in a list, the words before and behind, the heading. None of them
decides; `weighing` adds them up over all places of a name. All windows are bounded, the pass is linear.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lazaretto.intel.extract.coined import looks_coined
from lazaretto.intel.extract.package_words import FILE, is_name
from lazaretto.intel.extract.page import Page, without_targets
from lazaretto.intel.extract.structure import Section, title_of

NEAR = 64
"""Characters before and behind a word that are looked at closely."""
SENTENCE = 400
"""Characters of its sentence, to each side."""
CANDIDATES = 20_000
"""Places of one report."""

_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*"
_WORD = re.compile(
    rf"(?<![A-Za-z0-9_.@/\\:=#$%&?+~<{{-])(?P<name>{_NAME})(?![A-Za-z0-9_@/\\={{<]|-[A-Za-z0-9]|\.[A-Za-z0-9_])"
)
_OPEN = "`\"'“‘*[_"
_VERSION = r"(?!(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w.]))v?[0-9]{1,6}(?:\.[0-9A-Za-z]{1,16}){1,5}"
_CUE = re.compile(
    r"(?:packages?|modules?|librar(?:y|ies)|dependenc(?:y|ies)|crates?|gems?|typosquats?)(?![a-z-])|패키지|모듈|라이브러리|의존성|종속성"
)
_LEAD = re.compile(
    r"(?P<cue>(?:packages?|modules?|librar(?:y|ies)|dependenc(?:y|ies)|crates?|gems?|versions?)(?![a-z-])|패키지|모듈|라이브러리|의존성|종속성)"
    r"(?P<gap>(?:[^.;!?]|e[.]g[.]){0,90})$"
)
_LEADING = re.compile(
    r"(?:[ ]?명?(?:은|는|인|이|가|의|로는|로|에는|으로는)?[ ]?[\"'“‘`*(\[:,-]{0,4}|[^a-z]{0,3}(?:named|called|dubbed|titled|like|such as|including|namely|include|includes|are|were|is|was|e\.g\.,?|involved|affected|identified|listed|in question is|as follows)?(?: the| all)?[ :,(\[\"'“‘`*-]{0,6}(?:e\.g\.,? )?(?:are|were)?[ :,(\[\"'“‘`*-]{0,6})$"
)
_NAMED = re.compile(
    r"(?:named|called|dubbed|titled|package|packages|module|library|dependency|crate|gem|패키지(?:인|명은|는|명)?)[ :]?[\"'“‘`*(\[]{0,4}$"
)
_SUCH = re.compile(
    r"(?:such as|including|like|e\.g\.,?|namely|for example,?|examples?:?|예:|예를 들어)[ ]?[\"'“‘`*(\[]{0,4}$"
)
_IS_PACKAGE = re.compile(
    r"^[\"'”’`*\])]{0,4}(?:\([^)]{0,120}\))?[,.\"'”’]{0,2}[ ]?(?:(?:a|an|another|the)[ ](?:[a-z-]+[ ]){0,3}?)?(?:(?:이?라는|라고 하는|이란)[ ]?(?:이름의[ ]?)?|등의?[ ]|와 같은[ ]|과 같은[ ]|같은[ ])?(?:악성[ ]|이름을 가진[ ]|이름의[ ]|오염된[ ]|the )*(?:npm |pypi |node |python |rust |nuget |malicious )?"
    r"(?:(?:packages?|modules?|librar(?:y|ies)|dependenc(?:y|ies)|crates?|gems?|releases?)(?![a-z-])|패키지|모듈|라이브러리|의존성|종속성)"
)
_IN_LIST_BEFORE = re.compile(
    r"(?:,|、|·|;|\band|\bor|&|및|와|과|또는|그리고|이나|나)[ ]{0,2}(?:and |or )?[\"'“‘`*(\[]{0,4}$"
)
_IN_LIST_AFTER = re.compile(
    r"^[\"'”’`*\])]{0,4}(?:\([^)]{0,120}\))?[\"'”’`]{0,2}(?:[ ]?(?:,|、|·|;)|[ ](?:and|or|&)[ ]|[ ]?및|와[ ]|과[ ]|이나[ ]|나[ ]|또는|[ ]?등)"
)
_HAS_VERSION = re.compile(
    rf"^[\"'”’`*\])]{{0,4}}[ ]?(?:[(:-][ ]?|versions?:? [(]?[`]?|버전 ?|@|==){{0,2}}{_VERSION}(?![\w-])(?![ ]?(?:million|billion|thousand|percent|%|[kmg]b\b|만|억))"
)
_ROWS = re.compile(
    r"(?:^|\n)[^\n]{0,60}(?:package|패키지|library|라이브러리|name|이름)[^\n.]{0,40}(?:version|버전)[^\n.]{0,60}\n+(?:[^\n]{1,120}\n){0,12}$"
)
"""The heads of a table that stands as plain text, and its rows before this one."""
_DOWNLOADS = re.compile(
    r"^[\"'”’`*\])]{0,4}[ ]?[(:-]{0,2}[ ]?(?:over |about |more than |~)?(?:[0-9][0-9,.]{0,12}[km]?(?:[ ](?:million|thousand))?(?:[ ]weekly)?[ ](?:total )?downloads|다운로드)"
)
_REGISTRY = re.compile(
    r"^[\"'”’`*\]]{0,4}[ ]?\((?:npm|pypi|rubygems|nuget|crates\.io|go|packagist)\)|^[\"'”’`*\])]{0,4} on (?:npm|pypi|rubygems|nuget|the npm|crates)"
)
_LINKED = re.compile(
    r"^\]\(https?://(?:www\.)?(?:npmjs\.com/package/|npm-stat\.com/charts\.html\?package=|pypi\.org/project/|pypi\.python\.org/pypi/|nuget\.org/packages/|crates\.io/crates/|rubygems\.org/gems/|packagist\.org/packages/|socket\.dev/(?:npm|pypi)/package/|safedep\.io/|snyk\.io/)"
)
_LINKED_NAME = re.compile(
    r"\]\(https?://(?:www\.)?(?:npmjs\.com/package/|pypi\.org/project/|nuget\.org/packages/|crates\.io/crates/|rubygems\.org/gems/)(?P<name>[a-z0-9._-]{2,80})"
)
_EXPLAINED = re.compile(r"^[*`\"”]{0,3}[ ]{0,3},?[ ](?:to|which|that|who|for|a|an|the)[ ]")
_LINKED_ELSEWHERE = re.compile(r"^\]\(https?://(?!(?:www\.)?(?:npmjs|pypi|nuget|crates|rubygems|packagist|npm-stat)\.)")
_DOES = re.compile(
    r"^[\"'”’`*\])]{0,4}[ ](?:\([^)]{1,40}\) )?(?:(?:was|is|has been|were|are|had) )?(?:\w+ly )?(?:publish|upload|install|download|execut|contain|ship|depend|list|impersonat|masquerad|mimic|typosquat|pos(?:e|es|ing|ed) as|deliver|remov|includ|present|pull|import|run|fetch|releas|added|inject|steal|exfil|host|backdoor|compromis|hijack|come|provid|act)\w*"
    r"|^[\"'”’`*]{0,4}(?:은|는|이|가|을|를|의|도)[ ]"
)
_OBJECT = re.compile(
    r"(?:install(?:s|ed|ing)?|depend(?:s|ed|ing|ency)? on|import(?:s|ed|ing)?|publish(?:es|ed|ing)?|upload(?:s|ed|ing)?|require[sd]?|add(?:s|ed|ing)?|inject(?:s|ed|ing)?|lists?|typosquats?|via|through|using|by|in|of|execution of|versions? of)[ ](?:the )?[\"'“‘`*(\[]{0,4}$"
)
_OTHER_AFTER = re.compile(
    r"^[\"'”’`*\])]{0,4}[ ]?(?:\([^)]{0,40}\) ?)?(?:이?라는[ ]?(?:이름의[ ]?)?)?(?:files?|scripts?|functions?|hooks?|fields?|propert|methods?|commands?|flags?|options?|accounts?|users?|usernames?|maintainers?|publishers?|developers?|repositor|repos?(?![a-z])|branch|domains?|subdomains?|hosts?|servers?|campaigns?|malware|rat(?![a-z])|trojans?|backdoors?|worms?|stealers?|loaders?|payloads?|ransomware|binar|executables?|director|folders?|variables?|class(?![a-z])|objects?|strings?|tokens?|keys?|modules? \(|framework|protocol|api(?![a-z])|endpoints?|parameters?|arguments?|extensions?|plugins?|process|services?|tasks?|workflows?|actions?|events?|projects?|organi[sz]ation|threat|actors?|group|researchers?|security(?! holding)|registry|ecosystem|"
    r"파일|스크립트|함수|훅|필드|속성|메서드|명령|플래그|옵션|계정|사용자|메인테이너|유지관리자|저장소|리포지토리|브랜치|도메인|호스트|서버|캠페인|악성코드|백도어|트로이|웜|페이로드|랜섬|바이너리|실행|디렉|폴더|변수|클래스|객체|문자열|토큰|키|프레임워크|프로토콜|엔드포인트|확장|플러그인|프로세스|서비스|작업|워크플로|이벤트|프로젝트|조직|그룹|연구|레지스트리|생태계)"
)
_OTHER_BEFORE = re.compile(
    r"(?:files?|scripts?|functions?|hooks?|fields?|propert(?:y|ies)|methods?|commands?|flags?|options?|branch|domains?|subdomains?|hosts?|servers?|campaigns?|malware|rat|trojan|backdoor|worm|stealer|loader|payload|ransomware|binary|executable|director(?:y|ies)|folders?|variables?|class|objects?|strings?|tokens?|keys?|framework|endpoints?|parameters?|extensions?|plugins?|process|services?|tasks?|workflows?|actions?|projects?|groups?|actor|repositor(?:y|ies)|repos?|branch|tool|파일|스크립트|함수|훅|필드|명령|브랜치|도메인|서버|캠페인|악성코드|백도어|변수|클래스|확장|프로세스|서비스|그룹|저장소)(?:은|는|인|명은|이|가)?[ :]?(?:named |called |dubbed |codenamed |known as |tracked as |as )?[\"'“‘`*(\[]{0,4}$"
)
_ALIAS = re.compile(
    r"(?:codenamed|tracked as|tracked under|known as|dubbed|aka|moniker|referred to as|attributed to|calls?|명명|명명한)[ ][\"'“‘`*(\[]{0,4}$"
)
_ACCOUNT = re.compile(
    r"(?:users?|accounts?|maintainers?|publishers?|authors?|developers?|handles?|alias(?:es)?|persona|contributors?|usernames?|\bby|계정|사용자|메인테이너|유지관리자|게시자|아이디|개발자)(?: named| called| with the \w+| known as|는|은|인|명은)?[ :,]{0,2}[\"'“‘`*(\[]{0,4}$"
)
_GENUINE_BEFORE = re.compile(
    r"(?:legitimate|official|genuine|popular|real|widely[ -]used|well-known|benign|original|trusted|authentic|impersonat\w*|mimic\w*|masquerad\w* as|pos(?:e|es|ing|ed) as|typosquat\w*(?: of| on)?|clone of|copy of|imitat\w*|replac\w+|instead of|similar to|reference to|spoof\w*|resembl\w+|variants? of|misspell\w* of|lookalike of|named after|정상(?:적인)?|합법(?:적인)?|공식|인기(?: 있는)?|유명(?:한)?|널리 쓰이는|진짜|원래|안전한[^.]{0,20})[ ](?:of )?(?:the |a |an )?(?:popular |legitimate |real |official |npm |pypi |python |node |open-source |패키지인? |라이브러리인? )*(?:package |library |module |project |repositor(?:y|ies) |버전인? )?[\"'“‘`*(\[]{0,4}$"
)
_GENUINE_FAR = re.compile(
    r"(?:legitimate|official|genuine|popular|widely[ -]used|well-known|benign|정상|합법|공식|유명)[^.;!?]{0,70}$"
)
_GENUINE_AFTER = re.compile(
    r"^[\"'”’`*\])]{0,4}(?:\([^)]{0,120}\))?[,\"'” ]{0,4}(?:a |an |the |one of the )?(?:legitimate|official|genuine|popular|widely[ -]used|well-known|benign)|^[\"'”’`*\])]{0,4}[ ]?(?:패키지|라이브러리)?(?:를|을)?[ ]?(?:사칭|모방|위장|흉내)|^[^.;]{0,24}(?:typosquat|impersonat)"
)
_SAFE = re.compile(
    r"(?:upgrade|update|downgrade|roll(?:ed)? ?back|pin|revert|use|fixed|patched|safe|안전|다운그레이드|업데이트|업그레이드)[^.;!?]{0,60}$"
)
_VERSION_OF = re.compile(
    rf"(?:versions?|releases?)[ ](?:{_VERSION}(?:,[ ]?(?:and[ ])?|[ ]and[ ]|[ ]to[ ]|[ ]?-[ ]?)?){{1,6}}[ ](?:of|in)[ ](?:the )?(?:popular |npm |pypi |python |package )*[\"'“‘`*(\[]{{0,4}}$"
)
_THEY_ARE = re.compile(
    r"(?:they|these(?: \w+)?|those|the (?:names|packages|crates|modules|libraries)(?: in question)?)[ ](?:were|are|was|is|include[ds]?)[ :]{1,2}(?:[^.;!?]{0,80}(?:,|and|/|or) )?(?:and )?[\"'“‘`*(\[]{0,4}$"
)
_REGISTRY_BEFORE = re.compile(
    r"(?:npm|pypi|rubygems|nuget|crates\.io|packagist)(?: registry| repository)? \([\"'“‘`*\[]{0,3}$"
)
_REGISTRY_AFTER = re.compile(
    r"^[\"'”’`*\])]{0,4}[ ](?:npm|pypi|nuget|rubygems|python|rust)(?: package| library| crate| supply|'s|,| )"
)
_KEY = re.compile(r"\"\s*:")
"""What makes a word in quotation marks a key of JSON."""
_USED_BY = re.compile(r"(?:dependency of|depended (?:up)?on by|dependents? of|used by|required by)[^.;]{0,120}$")
_VERSIONS_OF = re.compile(r"(?:versions?|releases?) of (?:the )?[\"'“‘`*(\[]{0,4}$")
_TAKEN = re.compile(
    r"(?:compromis\w*|hijack\w*|trojani[sz]\w*|poison\w*|backdoor\w*|infect\w*|supply chain attack|(?:compromised|malicious|poisoned|trojani[sz]ed|backdoored|infected|rogue|tainted) (?:versions?|releases?|updates?|builds?) of(?: \w+){0,3}|malicious (?:version|release|update)s?|tamper\w*)(?: of| on| to| against| targeting)?(?: the| a)?(?: \w+){0,3} [\"'“‘`*(\[]{0,4}$"
)
_TAKEN_AFTER = re.compile(
    r"^[\"'”’`*\])]{0,4}(?:\([^)]{0,120}\))?[ ](?:(?:npm|pypi|python|package|library|libraries|packages|project|maintainer(?:'s)?|account)[ ]){0,3}(?:(?:was|were|has|have|had|been|being|is|are|got|briefly|also|supply|chain|attack)[ ]){0,4}(?:compromis|hijack|trojani|poison|backdoor|infect)"
    r"|^[\"'”’`*\])]{0,4}[^.]{0,24}(?:감염|탈취|변조|침해|손상|악성 (?:버전|업데이트|코드))"
)
_LABELLED_LIST = re.compile(
    r"\s{0,12}(?:[-*+•·▪]\s+)?\**(?:npm|pypi|rubygems|ruby|crates\.io|rust|nuget|packagist|composer)(?: packages?| crates?| gems?| ?패키지)?\**[ ]?[:：]"
)
_BULLET = re.compile(r"\s{0,12}(?:[-*+•·▪○◦ㆍ]|[0-9]{1,3}[.)])\s+[\"'“‘`*(\[_]{0,4}$")
_END = re.compile(r"[.!?](?:[\"”’)]{0,2})(?:\s|$)|다[.]\s")
_BAD = re.compile(
    r"malicious|rogue|trojan|backdoor|compromis|hijack|infect|typosquat|poison|tainted|bogus|fake|steal|exfil|rat(?![a-z])|malware|악성|감염|탈취|변조|사칭|오염|위장"
)
_HANGUL = re.compile(r"[가-힣]")
_ACTION = re.compile(r"(?:^|-)actions?$|^setup-|^actions-|-workflow$")
"""A step of a pipeline, no package."""
_TOOL_WORDS = """
preinstall postinstall install setup setup.py node npm npx yarn pnpm bun pip pypi python python3 curl wget bash powershell git github gitlab main master
eval exec require import true false null undefined latest next node_modules package-lock package.json javascript typescript windows linux macos chrome
telegram discord slack docker kubernetes aws azure gcp api sdk json yaml html css http https ssh rce url npm-stat dropbox vercel pastebin google microsoft
credentials tokens secrets keys loader dropper stealer files data code browser browsers wallets wallet cookies passwords bitbucket react vue angular
hot-fix ci-cd e-mail devops devsecops web3 base64 open-source supply-chain third-party self-replicating post-install pre-install cross-platform
"""
_TOOLS = frozenset(_TOOL_WORDS.split())
_COMMON_WORDS = """
a an the and or of in on at to for from by with as is are was were be been it its this that these those they them their we you he she who which what when where while
has have had can could may might must will would should not no also then than so if but about into over under after before during via per each all any some many more most
other another such one two three four five six seven first second third new old same own only just both several various including included include package packages
library libraries module modules version versions user users account accounts name names named file files script scripts server servers code data host hosts
security researchers researcher attack attacks attacker attackers actor actors threat campaign malware developer developers target targets targeting system systems
use uses used using msie mozilla applewebkit safari firefox gecko trident through since until between across without within against among upon while although because however therefore version minor major patch total latest
cli sdk api app tool tools dev-main dev-master kube-system today yesterday following attack's information details analysis report reports research team company organization project projects source software supply chain open registry ecosystem repository repositories
"""
_COMMON = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True, slots=True)
class Place:
    """One place where a word stands that may be a package."""

    name: str
    start: int
    end: int
    signs: frozenset[str]


def places(page: Page) -> Iterator[Place]:
    """Yield the words of a report that may be packages, in order."""
    low = page.text.lower()
    if _CUE.search(low) is None and "npm" not in low and "pypi" not in low:
        return
    seen, title = 0, title_of(low)
    for match in page.matches(_WORD):
        name, (start, end) = match["name"].rstrip("."), match.span("name")
        end = start + len(name)
        line = page.line(start)
        if line.code or line.reference or line.section is Section.REFERENCES or not is_candidate(name):
            continue
        found = _signs(page, low, title, name, start, end)
        if found:
            seen += 1
            yield Place(name, start, end, found)
        if seen >= CANDIDATES:
            return


def is_candidate(name: str) -> bool:
    """Tell whether a word may be a package at all."""
    return (
        1 < len(name) <= 80
        and any(c.isalpha() for c in name)
        and FILE.search(name) is None
        and is_name(name)
        and name.lower() not in _COMMON
        and not re.fullmatch(_VERSION, name)
        and name[-1] != "-"
    )


def _signs(page: Page, low: str, title: str, name: str, start: int, end: int) -> frozenset[str]:
    line = page.line(start)
    first, last = line.first, line.last
    head = without_targets(low[max(first, start - NEAR * 4) : start])[-NEAR * 2 :]
    tail = low[end : min(last, end + NEAR * 2)].replace("\n", " ")
    behind = without_targets(low[end : min(last, end + NEAR * 6)])[: NEAR * 2]
    before = head[-NEAR:]
    quoted = page.text[start - 1 : start] if start else ""
    signs: set[str] = set()
    if quoted == '"' and _KEY.match(low, end):
        return frozenset()
    # form
    coined = bool(re.search(r"[-_]", name))
    if coined:
        signs.add("coined" if looks_coined(name.lower()) else "compound")
    if _ACTION.search(name.lower()):
        signs.add("action")
    if "_" in name and "-" not in name:
        signs.add("underscore")
    if re.search(r"[0-9]", name):
        signs.add("digit")
    if "." in name:
        signs.add("dotted")
    if name != name.lower():
        signs.add("capital" if name[1:] == name[1:].lower() else "camel")
    if re.search(rf"(?<![a-z0-9]){re.escape(name.lower())}(?![a-z0-9])", title):
        signs.add("title")
    if name.lower() in _TOOLS:
        signs.add("tool")
    # marks
    if quoted and quoted in '"“':
        signs.add("quoted")
    elif quoted and quoted in "'‘":
        signs.add("quoted-once")
    elif quoted == "`":
        signs.add("code")
    elif quoted == "[" and page.text[end : end + 2] == "](":
        signs.add("link")
    elif quoted and quoted in "*_":
        signs.add("bold")
    marked = bool(signs & {"quoted", "quoted-once", "code", "link", "bold"})
    if "link" in signs and (target := _LINKED_NAME.match(low, end)) and target["name"] == name.lower():
        signs.add("registry-page")
    closing = tail[:2].lstrip(",.")[:1]
    if marked and closing not in "\"”'’`]*_":
        marked = False
        signs -= {"quoted", "quoted-once", "code", "link", "bold"}
        signs.add("in-phrase")
    # place
    bullet = _BULLET.fullmatch(low[line.start : start]) is not None
    follows = {
        "version": _HAS_VERSION.match(behind), "downloads": _DOWNLOADS.match(behind), "registry": _REGISTRY.match(tail),
        "is-package": _IS_PACKAGE.match(behind), "registry-link": _LINKED.match(tail), "other-link": _LINKED_ELSEWHERE.match(tail),
        "does": _DOES.match(behind), "other-after": _OTHER_AFTER.match(behind), "genuine-after": _GENUINE_AFTER.match(behind),
        "list-after": _IN_LIST_AFTER.match(behind),
        "named": _NAMED.search(before), "such-as": _SUCH.search(before), "object": _OBJECT.search(before),
        "other-before": _OTHER_BEFORE.search(before), "alias": _ALIAS.search(before), "account": _ACCOUNT.search(before),
        "genuine-before": _GENUINE_BEFORE.search(head[-100:]), "genuine-far": _GENUINE_FAR.search(head[-100:]),
        "version-of": _VERSION_OF.search(head[-110:]), "taken": _TAKEN.search(head[-100:]) or _TAKEN_AFTER.match(behind),
        "they-are": _THEY_ARE.search(head[-110:]), "registry-before": _REGISTRY_BEFORE.search(before),
        "registry-after": _REGISTRY_AFTER.match(behind),
        "used-by": _USED_BY.search(head[-128:]), "versions-of": _VERSIONS_OF.search(before),
        "list-before": _IN_LIST_BEFORE.search(before), "safe": _SAFE.search(head[-80:]),
    }  # fmt: skip
    signs |= {sign for sign, hit in follows.items() if hit}
    if bullet:
        signs.add("bullet")
        if _EXPLAINED.match(tail):
            signs.add("explained")
        if not low[end : line.end].strip(" `*'\"”’]):-").strip():
            signs.add("bullet-alone")
    if line.row:
        signs.add("row")
    if _LABELLED_LIST.match(low, line.start, start):
        signs.add("label")
    if (
        "version" in signs
        and not low[line.start : start].strip(" -*•·`\"'")
        and _ROWS.search(low[max(0, line.start - 600) : line.start])
    ):
        signs.add("text-row")
    # sentence
    far = without_targets(low[max(first, start - SENTENCE - 200) : start])[-SENTENCE:]
    cut = [m.end() for m in _END.finditer(far)]
    sentence_before = far[cut[-1] :] if cut else far
    rest = without_targets(low[end : min(last, end + SENTENCE + 200)])[:SENTENCE]
    stop = _END.search(rest)
    sentence_after = rest[: stop.start()] if stop else rest
    sentence = f"{sentence_before} {sentence_after}"
    lead = _LEAD.search(sentence_before.replace("\n", " "))
    if lead:
        signs.add("cue-before")
        if _LEADING.fullmatch(_without_names(lead["gap"])):
            signs.add("lead")
    if _CUE.search(sentence_after[:80]):
        signs.add("cue-after")
    if not signs & {"cue-before", "cue-after"} and _CUE.search(sentence):
        signs.add("cue-far")
    intro = f"{line.heading.lower()} {line.cue}"
    if _CUE.search(line.cue):
        signs.add("intro")
    elif _CUE.search(intro):
        signs.add("heading")
    elif line.first and _CUE.search(low[max(0, line.first - 300) : line.first]):
        signs.add("cue-above")
    if _BAD.search(sentence):
        signs.add("bad")
    if _BAD.search(line.cue):
        signs.add("bad-intro")
    if line.section is Section.INDICATORS:
        signs.add("indicators")
    elif line.section is Section.BENIGN:
        signs.add("benign-section")
    if _HANGUL.search(before[-30:] + tail[:30]):
        signs.add("hangul")
    if (
        not (marked or coined or "digit" in signs)
        and name.isalpha()
        and name == name.lower()
        and name.endswith(("ed", "ing", "ly"))
    ):
        return frozenset()
    # a plain word of a sentence needs something that points at it
    telling = marked or coined or signs & {
        "version", "downloads", "registry", "is-package", "bullet", "row", "lead", "digit", "named", "such-as", "intro", "indicators",
        "they-are", "label", "registry-before", "title", "text-row",
    }  # fmt: skip
    if len(name) == 2 and not signs & {"lead", "named", "downloads", "title", "registry-link"}:
        return frozenset()
    if not telling and not ("hangul" in signs and signs & {"cue-before", "cue-after"}):
        return frozenset()
    if not (marked or coined or "digit" in signs):
        signs.add("plain")
    return frozenset(signs)


def _without_names(gap: str) -> str:
    """Return the words between a cue and a name without the names that stand in one list with it."""
    quoted = re.sub(
        r"[\"“'‘`*\[][\w@./-]{2,80}[,.]?[\"”'’`*\]](?:\([^)]{0,80}\))?[ ]?(?:,|and|or|및|와|과)?[ ]?(?:and |or )?",
        "",
        gap,
    )
    return re.sub(
        r"(?:[\w@/-]*[-_0-9][\w./-]*|(?<=[, (])[a-z][\w.-]{2,40})(?:[ ]?\([^)]{0,40}\))?(?:[ ]?,[ ]?(?:and |or )?| and | or |[ ]?및[ ]?|와 |과 )",
        "",
        quoted,
    )


def by_name(found: Iterable[Place]) -> dict[str, list[Place]]:
    """Group places by what they would be as names."""
    groups: dict[str, list[Place]] = {}
    for place in found:
        groups.setdefault(place.name.lower(), []).append(place)
    return groups


_PAIRED = frozenset({"plain", "hangul", "bullet-alone", "quoted", "code", "taken"})


def signs_of(group: Iterable[Place]) -> frozenset[str]:
    """Return all signs of one name, and pairs of those that mean more together."""
    group = list(group)
    signs: set[str] = set()
    for place in group:
        signs |= place.signs
        for one in place.signs & _PAIRED:
            signs |= {f"{one}+{other}" for other in place.signs if other != one}
    for case in ("capital", "camel"):
        if not all(case in place.signs for place in group):
            signs.discard(case)
    if len(group) > 1:
        signs.add("twice")
    if len(group) > 3:
        signs.add("often")
    return frozenset(signs)
