"""What does a report do with a value: accuse it, cite it, name it as the genuine one? Decided by the words around it."""

import re

from lazaretto.intel.extract.page import Candidate, Page
from lazaretto.intel.extract.services import is_author, is_shared, is_tenant
from lazaretto.intel.extract.structure import Section
from lazaretto.model.extract import Standing
from lazaretto.model.intel import Trust
from lazaretto.parse.suffixes import registrable

NETWORK = frozenset({"url", "domain", "ipv4", "ipv4-port", "ipv4-net", "ipv6", "email"})
ACCOUNTS = frozenset({
    "github-account", "github-repository", "gitlab-account", "gitlab-repository", "npm-account", "pypi-account", "telegram", "discord",
})  # fmt: skip

_GENUINE_BEFORE = re.compile(
    r"(?:(?:legitimate|genuine|official|benign|real|authentic|popular|well-known|정상(?:적인|인)?|공식|합법적?인?|진짜|실제|원본|정식|유명)"
    r"(?:[ ](?:npm|pypi|go|python|terraform|package|packages|library|libraries|module|project|site|website|domain|service|provider|패키지|라이브러리|모듈|사이트|웹사이트|도메인|홈페이지|서비스|프로젝트|버전)){0,3}"
    r"|(?:imitat|impersonat|mimic|clon|cop)(?:e|es|ing|ed|ies|y|ying|ied|s)?(?:[ ](?:of|the|a|popular|legitimate|real|genuine|well-known|library|package|libraries)){0,3}|masquerad\w+ as(?: the)?|pos(?:e|es|ing|ed) as(?: the)?|typosquat\w* (?:of|on)(?: the)?"
    r"|lookalike of|look-alike of|(?:not|never) (?:to be confused with|confuse \w+ with)|instead of|대신|unlike|변조된|대상인|if you (?:only |just )?use|(?:nothing|none|no (?:\w+ ){0,2})(?: was| were)? (?:found|seen|published)[^.;]{0,60})[ ]?[`\"'(*“‘\[]{0,4}$"
)
_GENUINE_LIST = re.compile(
    r"(?:imitat\w*|impersonat\w*|mimic\w*|clones? of|copies of|masquerad\w+ as|pos(?:e|es|ing|ed) as|(?:popular|legitimate|well-known|trusted|common|ordinary|genuine) (?:[\w.-]+ ){0,3}(?:packages|libraries|modules|tools|dependencies)(?:,? (?:such as|like|including))?)(?:[^.;:]|[.](?=\w)){0,60}(?:,|and|or|such as|like|including|\()[ ]?[`\"'(*]{0,3}$|(?:인기|유명|정상|널리 쓰이는|잘 알려진)(?: ?있는|한|적인)?[ ][^.;:]{0,40}(?:,|와|과|및|인)[ ]?[`\"'(*]{0,3}$|(?:정상|인기|유명)(?:적인|한)?[ ](?:패키지|라이브러리|모듈)(?:인|은|는)[ ][^.;:]{0,40}$"
)
_GENUINE_AFTER = re.compile(
    r"^[`\"')*”’]{0,3}(?:[ ]?\([^)]{1,30}\))?[ ]?(?:(?:와|과|및|,)[ ]?[`\"']?[a-z0-9._/@-]{1,60}[`\"']?[ ]?){0,4}(?:을|를|이나|나)?[ ]?(?:라이브러리|패키지|모듈|도메인|사이트|프로젝트)?(?:을|를)?[ ]?"
    r"(?:사칭|모방|흉내|복제|본뜬|본떠|가장|베낀|도용|빙자)|"
    r"^[`\"')*”’]{0,3}(?:[ ]?(?:,|and|or)[ ](?:and[ ]|or[ ])?[`\"']?[a-z0-9._/@-]{1,60}[`\"']?){0,5}(?:, which [^.;,]{1,60},)?[ ]?(?:is|are|was|were)[ ](?:both |all )?(?:not (?:malicious|affected|compromised|involved|related)|unrelated|(?:the )?(?:last |latest |only |still )?(?:known )?(?:legitimate|benign|safe|unaffected|clean|genuine|good|official))|"
    r"^[`\"')*”’]{0,3}[ ]?(?:은|는|이|가)?[ ](?:[^.,]{0,24}(?:무관|관련(?:이)? ?없))|^[`\"')*”’]{0,3}(?:[ ]?(?:이나|나|와|과|및|,|and|or)[ ]?[`\"']?[\w./@-]{1,60}?[`\"']?){0,4}[ ]?(?:은|는|이|가)?[ ]?(?:정상|안전|합법|영향(?:을)? ?받지|무관|악성이 아)|"
    r"^[`\"')*”’]{0,3}[ ]?(?:\(|-|:|등의?|같은)[ ]?(?:legitimate|benign|정상|공식)|^[`\"')*”’]{0,3}[ ](?:and|or) (?:earlier|older|later|newer)[^.;]{0,24}(?:not affected|unaffected|safe|clean)|^[`\"')*”’]{0,3}[ ](?:removes|fixes|is the fix)"
)
_LIKE_OTHERS = re.compile(
    r"^[`\"')*”’]{0,3}(?:[ ]?(?:이나|나|와|과|및|,)[ ]?[`\"']?[a-z0-9._/@-]{1,60}[`\"']?){0,4}[ ]?(?:처럼|같은|와 같은|과 같은|등)[ ](?:널리|많이|인기|유명|정상|잘 알려진|평범|흔한)"
    r"|^[`\"')*”’]{0,3}(?:[ ]?(?:이나|나|와|과|및|,)[ ]?[`\"']?[a-z0-9._/@-]{1,60}[`\"']?){0,4}[ ]?(?:말고|외에|이외|을 제외|를 제외)"
)
_CURED = re.compile(
    r"(?:(?:fixed|patched|safe|clean|good|unaffected) (?:versions?|releases?)(?: are| is|:)|(?:안전한|수정된|패치된|정상|깨끗한) ?(?:버전|릴리스)(?:은|는|:))"
)
"""What a whole sentence lists."""
_ALONE = re.compile(r"[\s<(]*[\w.+-]+@[\w.-]+[\s>)]*")
_CURE_BEFORE = re.compile(
    r"(?:(?:upgrade|update|downgrade|roll(?:ed|ing)? ?back|revert|pin|fall back|return|go back|stay)\w*[^.;]{0,40}?(?:to|on|at|with)|(?:fixed|patched|resolved|clean|safe)[ ](?:in|since|from|version|release)s?|safe versions?[^.;]{0,20}|"
    r"안전한[ ]?버전[은는인이]?[^.;]{0,10}|last (?:known )?(?:good|safe|clean)(?: version)?[^.;]{0,12})[ ]?[:`\"'(*]{0,3}(?:[\w@./`-]{1,80}(?:,| or| and|와|과| 또는| 및)[ ]?`?){0,3}$"
)
_CURE_AFTER = re.compile(
    r"^[`\"')*]{0,3}[ ]?(?:버전)?[ ]?(?:이상|이하)?[ ]?(?:\([^)]{1,24}\))?[ ]?(?:으로|로)[ ]?(?:의 )?(?:업데이트|업그레이드|다운그레이드|되돌|고정|롤백|내려|올려|교체|복귀)|"
    r"^[`\"')*]{0,3}[ ]?(?:or (?:later|earlier|newer)|and (?:later|earlier) (?:are|is) (?:safe|not))"
)
_CURE_ABOVE = re.compile(
    r"downgrad|roll(?:ed|ing)? ?back|revert|safe version|known good|안전한|다운그레이드|되돌|롤백|고정"
)
_CONTACT = re.compile(
    r"(?:contact|press|media|abuse|security|report(?:s|ed|ing)? (?:it |this |them )?(?:to|at)|report(?:s|ed|ing)? [^.;]{1,60} to|e-?mail us|my e-?mail|제 ?(?:메일|이메일)|필자|questions|문의|연락|제보|신고|보도|작성자|기자|author(?!ed)|written by)[^.;]{0,40}$"
)
_ASKED = re.compile(r"(?:\bquestions|\btips|contact us|reach us|follow us|문의|제보)(?:[^.;]|[.](?=[a-z])){0,50}$")
_CONTACT_AFTER = re.compile(r"^[)\s]{0,3}(?:으로|로|에게|에|께)?[ ]?(?:연락|문의|신고|제보|회신|알려|보내 ?주)")
_CITED = re.compile(
    r"(?:source|sources|subscribe|visit|sign up|via|see(?: also)?|read more|according to|reported by|references?|blog|post|출처|참고|참조|보고서|자세한 내용은|원문|(?:published|available|documented) (?:at|on|in)|발표한|공개한|분석 ?글|문서)"
    r"[^.;|]{0,30}$"
)
_CITED_AFTER = re.compile(
    r"^[`\"')\]]{0,3}[ ](?:analysis|write-?up|report|blog|advisory|post|article|research)(?![a-z])|^의? ?(?:분석|보고서|블로그)"
)
_NEVER = re.compile(
    r"^[^\n.;]{0,60}(?:(?:never|not) compromised|already safe|known[ -]safe|pinned (?:to|for)|now pinned)"
)
_TAKEN = re.compile(
    r"(?:has|have|had|was|were|been|got|being) (?:been |briefly |also |reportedly )*(?:compromised|hijacked|trojani[sz]ed|poisoned|backdoored|infected|tampered)|탈취(?:되|당)|변조되|침해되|감염되"
)
"""What becomes of a genuine package that a report accuses."""
_TARGETED = re.compile(
    r"target|look(?:s|ing|ed)? for|search|steal|harvest|wallets?|collect|지갑|노리|노린|대상|수집|탈취"
)
"""What a program does to extensions that it finds: they are the victims."""
_HARMFUL = re.compile(
    r"(?:malicious|rogue|fake|trojani[sz]ed|악성|가짜) (?:browser |chrome |크롬 |브라우저 )*(?:extension|확장)"
)
_ACCUSED = re.compile(r"공격자|유포자|attacker|threat actor|operator|malicious")
_VALUE = re.compile(r"(?:value|dest|host|domain|url|dst|query|ip|src|fqdn)[\w.-]*\s?(?:=|==|like|in)\s?[('\"*]{1,3}$")
"""A search of a detection rule."""
_BAD = re.compile(
    r"coding (?:test|task|challenge)|take-home|assignment|과제|clone|받아|받는|받은|받습|내려받|실행|요청|호출|전송|보내|업로드|수신|posts? to|leaves|using the path|request|contact|connect|download|retriev|hosted on|pulls?|polls?|reaches|c2|c&c|command and control|malicious|payload|exfil|phish|악성|명령|유포|공격자|탈취|유출|접속|다운로드|통신|beacon|fetch|loader|drop|피싱|attacker|actor|lure"
)


_DESKS = ("security@", "abuse@", "press@", "psirt@", "cert@", "csirt@", "soc@", "cti@", "support@", "privacy@")
"""Where one reports to, written live."""
_EVERYBODYS = frozenset(
    {
        "1.1.1.1",
        "1.0.0.1",
        "8.8.8.8",
        "8.8.4.4",
        "9.9.9.9",
        "208.67.222.222",
        "208.67.220.220",
        "168.126.63.1",
        "4.2.2.2",
    }
)
"""Public resolvers."""


def judge(page: Page, candidate: Candidate, *, defangs: bool, publisher: str) -> Standing:
    """Return a value's standing.

    Args:
        page: the report.
        candidate: what was seen.
        defangs: the report makes some of its addresses harmless: those it leaves live are not meant as indicators.
        publisher: registrable domain of whoever wrote it; may be empty.
    """
    if candidate.standing is not None:
        return candidate.standing
    line = page.line(candidate.start)
    defanged = page.mapped.is_defanged(candidate.start, candidate.end)
    if candidate.kind in NETWORK:
        return _network(page, candidate, defanged=defanged, defangs=defangs, publisher=publisher)
    if (
        line.section is Section.REFERENCES
        and not (candidate.kind in ACCOUNTS and _ACCUSED.search(page.before(candidate.start)))
    ) or (line.reference and not defanged and candidate.kind in (*ACCOUNTS, "package")):
        return Standing.REFERENCE
    if line.section is Section.BENIGN:
        return Standing.BENIGN
    if candidate.kind == "browser-extension" and line.code:
        above = _prose_above(page, candidate.start, 80)
        if _TARGETED.search(above) and not _HARMFUL.search(above):
            return Standing.BENIGN
    if candidate.kind in ACCOUNTS and _ASKED.search(page.before(candidate.start, 60)):
        return Standing.REFERENCE
    if candidate.kind == "package" and is_genuine(page, candidate):
        return Standing.BENIGN
    return Standing.INDICATOR


def _network(page: Page, candidate: Candidate, *, defanged: bool, defangs: bool, publisher: str) -> Standing:
    line = page.line(candidate.start)
    host = candidate.host or candidate.value
    shared = candidate.shared or is_shared(host)
    if candidate.value in _EVERYBODYS and not defanged:
        return Standing.SHARED
    if candidate.kind == "domain" and shared and not is_tenant(host):
        return Standing.SHARED
    if not defanged and host.removeprefix("www.") in ("example.com", "example.org", "example.net"):
        return Standing.LOCAL
    if not defanged:
        if line.section is Section.REFERENCES or line.reference or _is_link(page, candidate):
            return Standing.REFERENCE
        if line.section is Section.BENIGN:
            return Standing.BENIGN
        if publisher and registrable(host, private=False) == publisher:
            return Standing.REFERENCE
        if (
            candidate.kind != "email"
            and is_author(host)
            and not (shared and candidate.kind == "url" and page.listed(candidate.start))
        ):
            return Standing.REFERENCE
    if candidate.kind == "email" and (
        (not defanged and (candidate.value.startswith(_DESKS) or _signed(page, candidate)))
        or (
            not defanged
            and (
                _CONTACT.search(page.before(candidate.start, 60))
                or _CONTACT_AFTER.search(page.after(candidate.end, 24))
            )
        )
        or (is_author(host) and not is_shared(host))
    ):
        return Standing.REFERENCE
    if line.section is Section.REFERENCES and candidate.kind == "email":
        return Standing.REFERENCE
    if is_genuine(page, candidate):
        return Standing.BENIGN
    if defanged or candidate.kind in ("ipv4", "ipv4-port", "ipv4-net", "ipv6"):
        return Standing.INDICATOR
    if (
        candidate.kind != "email"
        and (_CITED.search(page.before(candidate.start, 50)) or _CITED_AFTER.search(page.after(candidate.end, 24)))
        and not page.listed(candidate.start)
    ):
        return Standing.REFERENCE
    if _VALUE.search(page.before(candidate.start, 40)):
        return Standing.INDICATOR
    if defangs and not page.itemised(candidate.start):
        bad = candidate.kind == "email" or (
            (not shared or candidate.kind == "url" or is_tenant(host))
            and _BAD.search(_sentence(page, candidate, 40, 24))
        )
        return Standing.INDICATOR if bad else Standing.LIVE
    if (
        shared
        and candidate.kind == "url"
        and not page.listed(candidate.start)
        and not _BAD.search(_sentence(page, candidate, 80, 40))
    ):
        return Standing.LIVE
    return Standing.INDICATOR


def _signed(page: Page, candidate: Candidate) -> bool:
    """Tell whether a mail address is all that stands in a line of prose: its author's."""
    line = page.line(candidate.start)
    plain = line.section is Section.PROSE and not (line.row or line.code or line.cue)
    return plain and _ALONE.fullmatch(page.text, line.first, line.last) is not None


def is_genuine(page: Page, candidate: Candidate) -> bool:
    """Tell whether the words around say that this is the imitated one, or the version to change to."""
    before = page.before(candidate.start, 110)
    after = page.after(candidate.end, 70)
    if candidate.kind == "package" and _TAKEN.search(re.split(r"[.;](?:\s|$)", page.after(candidate.end, 160))[0]):
        return bool(candidate.version) and bool(_CURE_BEFORE.search(before) or _CURE_AFTER.search(after))
    if _GENUINE_BEFORE.search(before) or _GENUINE_AFTER.search(after) or _GENUINE_LIST.search(before):
        return True
    if _LIKE_OTHERS.search(after):
        return True
    if candidate.kind == "package" and _NEVER.search(page.after(candidate.end, 90)):
        return True
    if (
        candidate.version
        and page.line(candidate.start).code
        and _CURE_ABOVE.search(_prose_above(page, candidate.start))
    ):
        return True
    if candidate.version and _CURED.search(re.split(r"[.;](?:\s|$)", page.before(candidate.start, 300))[-1]):
        return True
    column = page.column(candidate.start)
    if re.search(
        r"imitat|impersonat|legitimate|genuine|original|정상|사칭 ?대상|원본|모방 ?대상|모방한|대상 라이브러리|안전한|fixed|safe|target",
        column,
    ):
        return True
    return bool(candidate.version) and bool(_CURE_BEFORE.search(before) or _CURE_AFTER.search(after))


def _prose_above(page: Page, offset: int, most: int = 13) -> str:
    """Return the line of prose above a block of code, lower case."""
    number = page.structure.number(offset)
    for line in reversed(page.structure.lines[max(0, number - most) : number]):
        if not line.code and line.end > line.start:
            return page.text[line.first : line.last][-300:].lower()
    return ""


def confidence(page: Page, candidate: Candidate, standing: Standing) -> Trust:
    """Return how sure it is that the value is what it seems, and meant."""
    if standing not in (Standing.INDICATOR, Standing.CONTEXT):
        return Trust.LOW
    if page.mapped.is_defanged(candidate.start, candidate.end):
        return Trust.HIGH
    if candidate.proven and (page.listed(candidate.start) or candidate.kind in ("cve", "technique", "package")):
        return Trust.HIGH
    if page.listed(candidate.start) or candidate.proven or candidate.kind in ("package", *ACCOUNTS):
        return Trust.MEDIUM
    return Trust.MEDIUM if candidate.kind in NETWORK else Trust.LOW


def _is_link(page: Page, candidate: Candidate) -> bool:
    """Tell whether it is the target or the text of a Markdown link."""
    return page.text[max(0, candidate.start - 2) : candidate.start] == "](" or (
        page.text[candidate.start - 1 : candidate.start] == "[" and page.text[candidate.end : candidate.end + 2] == "]("
    )


def _sentence(page: Page, candidate: Candidate, before: int, after: int) -> str:
    """Return the words around, of the same sentence."""
    left = page.before(candidate.start, before).rpartition(". ")[2]
    return left + page.after(candidate.end, after).partition(". ")[0]
