"""Addresses and commands in what somebody wrote: where a link leads by its host alone, what a command does.

Nothing is looked up or opened. The lists are short and hand-made: services that candidates meet in honest offers, and
those that public reports of fake ones name (`docs/offer.md`, sources).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lazaretto.detect.wording import Hit
from lazaretto.parse.hosts import HostKind, host_kind
from lazaretto.parse.suffixes import registrable, suffix

LINKS = 2000
"""Addresses of one text that are looked at."""

_ADDRESS = re.compile(
    r"(?:\b(?P<scheme>h(?:tt|xx)ps?://)|(?<![\w@./-]))(?P<host>(?:[A-Za-z0-9_-]{1,63}\.){1,6}[A-Za-z0-9-]{2,24})"
    r"(?P<rest>(?::\d{1,5})?(?:[/?#][!-~]{0,1000})?)(?![\w@])"
)
_MAILBOX = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}")
_ENDS = ".,;:!?)]}>\"'`*"
_FILE_ENDINGS = frozenset(
    [
        "js",
        "ts",
        "py",
        "rs",
        "sh",
        "md",
        "json",
        "yml",
        "yaml",
        "toml",
        "txt",
        "zip",
        "rar",
        "exe",
        "dmg",
        "msi",
        "pdf",
        "go",
        "rb",
        "cs",
        "cpp",
        "java",
        "html",
        "css",
        "jsx",
        "tsx",
        "mjs",
        "vue",
        "sol",
        "lock",
        "env",
        "bat",
        "ps1",
        "vbs",
        "svg",
        "png",
        "jpg",
        "docx",
        "hwp",
        "xlsx",
        "pkg",
        "deb",
    ]
)
ARCHIVES = (".zip", ".rar", ".7z", ".tar.gz", ".tgz", ".tar", ".iso", ".img", ".alz", ".egg")
PROGRAMS = (".exe", ".msi", ".dmg", ".pkg", ".app", ".deb", ".appimage", ".apk", ".scr", ".lnk", ".bat", ".cmd", ".vbs",
            ".ps1", ".jar", ".js", ".sh", ".command", ".msix")  # fmt: skip

_KINDS: dict[str, tuple[str, ...]] = {
    "repo": ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitee.com", "sourceforge.net", "gist.github.com"),
    "file": ("drive.google.com", "dropbox.com", "db.tt", "mega.nz", "mega.io", "wetransfer.com", "we.tl", "mediafire.com",
             "onedrive.live.com", "1drv.ms", "box.com", "share.google", "pcloud.com", "sendspace.com", "gofile.io", "file.io",
             "transfer.sh", "sendgb.com", "smash.com", "fromsmash.com", "mybox.naver.com", "workupload.com", "icedrive.net",
             "filebin.net", "catbox.moe", "temp.sh", "anonfiles.com", "send-anywhere.com", "cdn.discordapp.com",
             "githubusercontent.com", "storage.googleapis.com"),
    "short": ("naver.me", "me2.do", "han.gl", "buly.kr", "vo.la", "url.kr", "c11.kr", "zrr.kr", "shorturl.com", "t2m.kr"),
    "meet": ("zoom.us", "meet.google.com", "teams.microsoft.com", "teams.live.com", "webex.com", "whereby.com", "meet.jit.si",
             "gotomeeting.com", "chime.aws", "around.co"),
    "sched": ("calendly.com", "cal.com", "doodle.com", "calendar.app.google", "savvycal.com", "goodtime.io", "whattime.co.kr",
              "tidycal.com", "meetings.hubspot.com", "when2meet.com"),
    "chat": ("t.me", "telegram.me", "telegram.org", "wa.me", "chat.whatsapp.com", "discord.gg", "open.kakao.com", "line.me",
             "signal.me", "pf.kakao.com", "join.skype.com"),
    "assess": ("hackerrank.com", "codility.com", "codesignal.com", "coderpad.io", "leetcode.com", "programmers.co.kr",
               "testgorilla.com", "testdome.com", "karat.com", "goorm.io", "acmicpc.net", "softeer.ai", "grepp.co",
               "devskiller.com", "hackerearth.com", "codesandbox.io", "stackblitz.com", "replit.com", "github.dev",
               "codepen.io", "jsfiddle.net", "coderbyte.com", "codeinterview.io"),
    "form": ("forms.gle", "typeform.com", "tally.so", "jotform.com", "airtable.com", "smartsheet.com", "form.naver.com",
             "walla.my"),
    "jobs": ("linkedin.com", "wanted.co.kr", "saramin.co.kr", "jobkorea.co.kr", "rocketpunch.com", "jumpit.co.kr",
             "greenhouse.io", "lever.co", "ashbyhq.com", "workable.com", "smartrecruiters.com", "greetinghr.com",
             "ninehire.com", "ninehire.site", "recruiter.co.kr", "indeed.com", "glassdoor.com", "myworkdayjobs.com",
             "rallit.com", "rememberapp.co.kr", "teamtailor.com", "bamboohr.com", "personio.com", "wellfound.com",
             "upwork.com", "freelancer.com", "toptal.com", "kmong.com", "wishket.com", "catch.co.kr", "jobplanet.co.kr",
             "notion.site", "roundhr.com", "flex.team", "careerly.co.kr"),
}  # fmt: skip
_KIND_OF = {host: kind for kind, hosts in _KINDS.items() for host in hosts}

_REMOTE = (
    re.compile(r"\b(?:curl|wget|iwr|irm|invoke-webrequest|invoke-restmethod)\b[^\n|;]{0,400}[|;]\s{0,4}(?:sudo\s)?(?:ba|z|da)?(?:sh|iex|python3?|node|powershell|osascript|invoke-expression)\b", re.IGNORECASE),
    re.compile(r"\b(?:ba|z)?sh\s{1,3}(?:<\(|-c\s{1,3}[\"']?\$\()\s{0,3}(?:curl|wget)", re.IGNORECASE),
    re.compile(r"\b(?:iex|invoke-expression)\b[^\n]{0,20}\(?[^\n]{0,40}\b(?:irm|iwr|net\.webclient|invoke-webrequest|invoke-restmethod)", re.IGNORECASE),
    re.compile(r"\bmshta(?:\.exe)?\s{1,3}[\"']?(?:h|v|j)", re.IGNORECASE),
    re.compile(r"\bpowershell(?:\.exe)?\b[^\n]{0,80}\s-(?:e|ec|enc|encodedcommand)\s", re.IGNORECASE),
    re.compile(r"\b(?:certutil\b[^\n]{0,40}-urlcache|bitsadmin\b[^\n]{0,40}/transfer|msiexec\b[^\n]{0,20}/i\s{1,3}h|regsvr32\b[^\n]{0,40}/i:h|rundll32\b[^\n]{0,40}javascript)", re.IGNORECASE),
    re.compile(r"\bbase64\s{1,3}(?:-d|-D|--decode)\b[^\n]{0,40}\|\s{0,3}(?:ba|z)?sh\b"),
    re.compile(r"\bcurl\b[^\n]{0,300}&&[^\n]{0,100}\b(?:bash|sh|chmod|node|python3?|wscript|cscript|start|open)\b", re.IGNORECASE),
)  # fmt: skip
_UNGUARD = re.compile(
    r"\b(?:xattr\s{1,3}-|spctl\s{1,3}--(?:master|global)-disable|(?:set|add)-mppreference|csrutil\s{1,3}disable|setenforce\s{1,3}0|"
    r"netsh\s{1,3}advfirewall\b[^\n]{0,40}\boff|set-executionpolicy\s{1,3}(?:-\w{1,20}\s{1,3})?(?:bypass|unrestricted))",
    re.IGNORECASE,
)
_DEVELOP = re.compile(
    r"\b(?:npm|yarn|pnpm|bun)\s{1,3}(?:i|install|ci|start|run|dev|test)\b|\bnpx\s{1,3}\w|\bpip3?\s{1,3}install\b|"
    r"\bdocker[ -]compose\s{1,3}up\b|\b(?:go|cargo|dotnet|poetry|uv|flutter)\s{1,3}run\b|\bmake\s{1,3}(?:run|dev|start|up)\b|"
    r"\b(?:node|python3?)\s{1,3}[\w./-]{1,40}\.(?:js|py|mjs|ts)\b",
    re.IGNORECASE,
)
_PROGRAM = re.compile(
    r"(?<![\w/.-])[\w-]{1,60}\.(?:exe|msi|dmg|pkg|ps1|bat|cmd|scr|apk|vbs|lnk|iso|msix|appimage)(?!\w)|(?<=[\s(])\.(?:exe|msi|dmg|ps1|bat|scr|apk|vbs)(?![\w.])",
    re.IGNORECASE,
)
_CLONE = re.compile(r"\bgit\s{1,3}clone\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """One address in a text."""

    url: str
    """As written, trailing punctuation taken off."""
    host: str
    """Lower case."""
    kind: str
    """`repo`, `file`, `short`, `meet`, `sched`, `chat`, `assess`, `form`, `jobs`, `free`, `ip`, `local`, `other`."""
    start: int
    end: int
    owner: str = ""
    """Account or group in a repository's address, lower case."""

    @property
    def site(self) -> str:
        """The registrable part of the host; the host itself where there is none."""
        return registrable(self.host) or self.host


def mailboxes(text: str) -> list[tuple[str, int, int]]:
    """Find mail addresses: address in lower case, start, end."""
    return [(match.group().lower(), match.start(), match.end()) for match in _MAILBOX.finditer(text)][:LINKS]


def addresses(text: str) -> list[Address]:
    """Find the addresses in a text, with or without a scheme."""
    found: list[Address] = []
    for match in _ADDRESS.finditer(text):
        host = match.group("host").lower().rstrip(".")
        url = match.group().rstrip(_ENDS)
        if not match.group("scheme") and not _stands_alone(host, match.group("rest")):
            continue
        found.append(_address(url, host, match.start()))
        if len(found) >= LINKS:
            break
    return found


def of_link(target: str) -> Address | None:
    """Classify a link's target; None when it leads to no host (`mailto:`, a fragment)."""
    match = _ADDRESS.match(target.strip())
    return (
        None
        if match is None or "@" in match.group("host")
        else _address(match.group().rstrip(_ENDS), match.group("host").lower(), 0)
    )


def _stands_alone(host: str, rest: str) -> bool:
    ending = host.rpartition(".")[2]
    if not suffix(host) or suffix(host) == host:
        return host in _KIND_OF
    return ending not in _FILE_ENDINGS and (
        bool(rest) or ending not in ("so", "in", "it", "is", "me", "to", "no", "do")
    )


def _address(url: str, host: str, start: int) -> Address:
    path = url.partition("://")[2].partition("/")[2] if "://" in url else url.partition("/")[2]
    kind = link_kind(host, path)
    owner = path.split("/")[0].lower() if kind == "repo" else ""
    return Address(url, host, kind, start, start + len(url), owner)


def link_kind(host: str, path: str) -> str:
    """Say what kind of place a host and path are."""
    labels = host.split(".")
    kind = next((_KIND_OF[name] for at in range(len(labels) - 1) if (name := ".".join(labels[at:])) in _KIND_OF), "")
    plain = urlsplit(f"//{host}/{path}").path.lower()
    if host == "docs.google.com":
        kind = "form" if plain.startswith("/forms/") else "file"
    if host == "discord.com" and plain.startswith("/invite/"):
        return "chat"
    if plain.endswith((*ARCHIVES, *PROGRAMS)) and kind in ("", "repo", "file"):
        return "file"
    if kind:
        return kind
    if labels[0] in ("git", "gitlab", "gitea", "code", "repo") and len(labels) > 2:
        return "repo"
    match host_kind(host):
        case HostKind.SHORTENER:
            return "short"
        case HostKind.THROWAWAY:
            return "free"
        case HostKind.ADDRESS:
            return "ip"
        case HostKind.LOCAL:
            return "local"
        case _:
            return "other"


def commands(text: str) -> Iterator[Hit]:
    """Find commands and say what they do: `cmd:remote`, `cmd:unguard`, `run`, `get`."""
    for pattern in _REMOTE:
        for match in pattern.finditer(text):
            if not any(host_kind(address.url) is HostKind.INSTALLER for address in addresses(match.group())):
                yield Hit(match.start(), match.end(), "cmd:remote")
    for match in _UNGUARD.finditer(text):
        yield Hit(match.start(), match.end(), "cmd:unguard")
    for match in _DEVELOP.finditer(text):
        for concept in ("cmd:develop", "run", "code"):
            yield Hit(match.start(), match.end(), concept)
    for match in _PROGRAM.finditer(text):
        for concept in ("program", "code"):
            yield Hit(match.start(), match.end(), concept)
    for match in _CLONE.finditer(text):
        for concept in ("cmd:clone", "get", "code"):
            yield Hit(match.start(), match.end(), concept)
