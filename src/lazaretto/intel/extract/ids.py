"""Names that registers hand out: CVE, ATT&CK techniques, ids of browser extensions."""

import re
from collections.abc import Iterator

from lazaretto.intel.attack import table
from lazaretto.intel.extract.page import Candidate, Page
from lazaretto.model.extract import Standing

_CVE = re.compile(r"(?<![A-Za-z0-9-])CVE[-_ ]((?:19|20)[0-9]{2})[-_]([0-9]{4,7})(?![0-9])", re.IGNORECASE)
_TECHNIQUE = re.compile(r"(?<![A-Za-z0-9_./-])[Tt](1[0-9]{3})(?:[./]([0-9]{3}))?(?![0-9A-Za-z_])")
_TECHNIQUE_PAGE = re.compile(r"attack\.mitre\.org/techniques/(T1[0-9]{3})(?:/([0-9]{3}))?")
_EXTENSION = re.compile(r"(?<![A-Za-z0-9])[a-p]{32}(?![A-Za-z0-9])")


def find_cves(page: Page) -> Iterator[Candidate]:
    """Yield CVE ids."""
    for match in page.matches(_CVE):
        yield Candidate("cve", f"CVE-{match[1]}-{match[2]}", *match.span(), Standing.CONTEXT, proven=True)


def find_techniques(page: Page) -> Iterator[Candidate]:
    """Yield ATT&CK technique ids that the pinned table knows, old ones too; others as invalid."""
    known = table().techniques
    for pattern in (_TECHNIQUE_PAGE, _TECHNIQUE):
        for match in page.matches(pattern):
            number = match[1].removeprefix("T")
            value = f"T{number}.{match[2]}" if match[2] else f"T{number}"
            standing = Standing.CONTEXT if value in known else Standing.INVALID
            yield Candidate("technique", value, *match.span(), standing, proven=value in known)


def find_extensions(page: Page) -> Iterator[Candidate]:
    """Yield ids of browser extensions: 32 letters from a to p."""
    for match in page.matches(_EXTENSION):
        if len(set(match.group())) >= 5:
            yield Candidate("browser-extension", match.group(), *match.span(), proven=True)
