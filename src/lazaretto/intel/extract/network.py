"""Addresses: URLs, mail addresses, IPv4 and IPv6 with ports, domain names."""

import re
from collections.abc import Iterator
from functools import lru_cache

from lazaretto.intel.extract.hosts import HANGUL_HOST, HOST, address_standing, is_host
from lazaretto.intel.extract.page import Candidate, Page
from lazaretto.intel.extract.services import is_shared, is_tenant
from lazaretto.model.extract import Standing
from lazaretto.parse.suffixes import top_level

LONGEST = 2048
_URL = re.compile(
    r"(?<![A-Za-z0-9])(?P<scheme>https?|ftp|wss?|tcp)://"
    r"(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._@:%~가-힣-]{1,300})(?P<rest>[/?#][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%{}^|-]{0,2048})?",
    re.IGNORECASE,
)
_BARE_URL = re.compile(
    r"(?<![A-Za-z0-9_@./\\%$-])(?P<host>(?:[A-Za-z0-9_-]{1,63}\.){1,8}[A-Za-z]{2,24}|(?:[0-9]{1,3}\.){3}[0-9]{1,3})"
    r"(?P<port>:[0-9]{1,5})?(?P<rest>/[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%{}^-]{1,2048})"
)
_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+@/-])(?P<user>[A-Za-z0-9](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9_+-])?)@"
    r"(?P<host>(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24})(?![A-Za-z0-9_-])"
)
_IPV4 = re.compile(
    r"(?<![A-Za-z0-9_.-])(?P<ip>(?:[0-9]{1,3}\.){3}[0-9]{1,3})(?:/(?P<net>[0-9]{1,2})(?![0-9/A-Za-z.])|:(?P<port>[0-9]{1,5})(?![0-9]|\.[0-9]))?"
    r"(?![0-9A-Za-z_])(?!\.[0-9])"
)
_IPV6 = re.compile(
    r"(?<![0-9A-Za-z:.])\[?(?P<ip>[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?:%\w{1,10})?(?:\]:(?P<port>[0-9]{1,5}))?(?![0-9A-Za-z:])"
)
_PORT = re.compile(r":([0-9]{1,5})(?![0-9A-Za-z.])")
_VERSION_BEFORE = re.compile(r"(?:version|ver\.?|v|버전|빌드|build|release|[a-z]/|section|rfc)\s?$|(?:절|항)\s?$")
_PATH_ON_DISK = re.compile(r"(?:[A-Za-z]:\\|[~$%]\w*[/\\]|\.{1,2}/)[^\s]*$")
_MARKUP = re.compile(r"[*_`]{1,3}$")


def find_urls(page: Page) -> Iterator[Candidate]:
    """Yield addresses with a scheme."""
    for match in page.matches(_URL):
        start, end = match.start(), match.end()
        url = _trimmed(page.text[start:end])
        if page.text[start - 1 : start] == ",":  # a cell of comma-separated values
            url = url.partition(",")[0]
        candidate = _url(url, match["scheme"].lower(), start)
        if candidate is not None:
            yield candidate


def find_bare_urls(page: Page) -> Iterator[Candidate]:
    """Yield addresses without a scheme: `example.org/path`, `192.0.2.1:3000/path`."""
    for match in page.matches(_BARE_URL):
        start = match.start()
        url = _trimmed(match.group())
        host, slash, rest = url.partition("/")
        name = host.partition(":")[0]
        defanged = page.mapped.is_defanged(start, start + len(host))
        if not rest.strip("/") or not slash:
            continue
        if name.replace(".", "").isdigit():
            if address_standing(name) == "invalid" or (rest.isdigit() and len(rest) <= 2):
                continue
        else:
            line = page.line(start)
            first = name.rpartition(".")[2].lower()
            plain = not defanged and (line.code or first in ("py", "js", "md", "sh", "rs", "zip", "so"))
            if not is_host(name, defanged=defanged, addressed=not plain, code=line.code, after="/"):
                continue
            if not defanged and name.count(".") == 1 and not is_shared(name.lower()) and _is_module(page, start):
                continue
        candidate = _url(f"http://{url}", "", start, bare=True)
        if candidate is not None:
            yield candidate


def find_mail(page: Page) -> Iterator[Candidate]:
    """Yield mail addresses."""
    for match in page.matches(_MAIL):
        host = match["host"].lower()
        if host.rpartition(".")[2] not in top_level() or re.fullmatch(r"v?[0-9.]+[a-z0-9.-]*", host):
            continue
        yield Candidate("email", f"{match['user'].lower()}@{host}", *match.span(), host=host)


def find_ipv4(page: Page) -> Iterator[Candidate]:
    """Yield IPv4 addresses, with their port when it is written with them."""
    for match in page.matches(_IPV4):
        value, port = match["ip"], int(match["port"] or 0)
        where = address_standing(value)
        start, end = match.span()
        if match["net"] and int(match["net"]) > 32:
            end = match.end("ip")
        defanged = page.mapped.is_defanged(start, end)
        before = page.before(start, 24)
        if where == "invalid" or port > 65535 or (not defanged and _VERSION_BEFORE.search(before)):
            continue
        standing = Standing.LOCAL if where == "local" else None
        if match["net"] and int(match["net"]) <= 32:
            yield Candidate("ipv4-net", f"{value}/{match['net']}", start, end, standing, proven=True)
        elif port:
            yield Candidate("ipv4-port", f"{value}:{port}", start, end, standing, host=value, port=port, proven=True)
        else:
            yield Candidate("ipv4", value, start, match.end("ip"), standing, host=value)


def find_ipv6(page: Page) -> Iterator[Candidate]:
    """Yield IPv6 addresses."""
    for match in page.matches(_IPV6):
        value = match["ip"]
        if (value.count(":") < 7 and "::" not in value) or len(value) < 6 or not any(c.isdigit() for c in value):
            continue
        where = address_standing(value)
        if where == "invalid":
            continue
        standing = Standing.LOCAL if where == "local" else None
        yield Candidate(
            "ipv6", value.lower(), match.start("ip"), match.end("ip"), standing, port=int(match["port"] or 0)
        )


def find_domains(page: Page) -> Iterator[Candidate]:
    """Yield host names."""
    for pattern in (HOST, HANGUL_HOST):
        for match in page.matches(pattern):
            start, end = match.span()
            name = match.group()
            defanged = page.mapped.is_defanged(start, end)
            line = page.line(start)
            port = _PORT.match(page.text, end)
            if _PATH_ON_DISK.search(page.text[max(0, start - 60) : start]):
                continue
            if (
                not defanged
                and re.search(r"packages?(?![a-z])|패키지", line.cue)
                and _alone(page, line.start, start, end, line.end)
            ):
                continue  # an item of a list of packages
            if not defanged and name != name.lower() and name.lower().endswith(".net") and about_dotnet(page.text):
                continue  # a package's name
            column = page.column(start)
            addressed = bool(port) or any(word in column for word in ("domain", "host", "도메인", "호스트", "c2"))
            after = page.text[end : end + 1]
            if pattern is HANGUL_HOST or is_host(
                name, defanged=defanged, addressed=addressed, code=line.code, after=after
            ):
                low = name.lower()
                number = int(port[1]) if port and int(port[1]) < 65536 else 0
                stop = port.end() if port and number else end
                yield Candidate("domain", low, start, stop, host=low, port=number, shared=is_shared(low))


def _alone(page: Page, first: int, start: int, end: int, last: int) -> bool:
    """Tell whether a value is all that an item of a list holds."""
    return not (page.text[first:start] + page.text[end:last]).strip(" -*+•·`\"'0123456789.)\t")


@lru_cache(maxsize=2)
def about_dotnet(text: str) -> bool:
    """Tell whether a report speaks of NuGet, where names end in `.Net`."""
    return "nuget" in text.lower()


def _url(url: str, scheme: str, start: int, *, bare: bool = False) -> Candidate | None:
    head, _, tail = url.partition("://")
    authority = tail.partition("/")[0].partition("?")[0].partition("#")[0]
    cut = next((i for i, c in enumerate(authority) if not c.isascii()), -1)
    if cut >= 0 and not HANGUL_HOST.fullmatch(authority.partition(":")[0]):  # a particle stuck to a bare host
        authority = authority[:cut].rstrip(".-:")
        tail = authority
        url = f"{head}://{authority}"
    rest = tail[len(authority) :]
    _, _, place = authority.rpartition("@")
    host, port = place.lower().rstrip("."), 0
    if not host.startswith("[") and ":" in host:
        host, _, digits = host.partition(":")
        digits = digits[: next((i for i, c in enumerate(digits) if not c.isdigit()), len(digits))]
        port = int(digits) if digits and len(digits) < 6 else 0
    name = host.strip("[]")
    length = len(url) - (7 if bare else 0)
    is_address = address_standing(name) != "invalid"
    if not is_address and ("." not in name or name.rpartition(".")[2] not in top_level()):
        return None
    standing = Standing.LOCAL if is_address and address_standing(name) == "local" else None
    value = f"{name}{f':{port}' if port else ''}{rest}" if bare else f"{scheme}://{url.partition('://')[2]}"
    if not bare:
        value = value.replace(place, place.lower(), 1)
    if rest in ("", "/") and not bare:
        value = value.rstrip("/") if not rest else value
    shared = is_shared(name)
    if shared and rest.strip("/") == "" and not is_tenant(name):
        standing = standing or Standing.SHARED
    return Candidate("url", value, start, start + length, standing, host=name, port=port, shared=shared)


def _trimmed(url: str) -> str:
    """Cut what belongs to the sentence: punctuation and closing brackets without an opening one; linear."""
    end = len(url)
    while end:
        last = url[end - 1]
        pair = {")": "(", "]": "[", "}": "{"}.get(last)
        if last in ".,;:!?'\"*_|^" or (pair and url.count(pair, 0, end) < url.count(last, 0, end)):
            end -= 1
        else:
            break
    trimmed = url[:end]
    cut = trimmed.find("](")
    return trimmed if cut < 0 else trimmed[:cut]


def _is_module(page: Page, start: int) -> bool:
    """Tell Go modules (`go get example.dev/module`) from web addresses."""
    return bool(re.search(r"go (?:get|install) $", page.before(start, 12)))
