"""Pinned answers: a file with records that the person was given or kept, so that nobody need be asked.

    # keys of corp.test, from its page on mail, 2026-11-20
    s1._domainkey.corp.test  TXT  "v=DKIM1; k=rsa; " "p=MIIB..."
    _dmarc.corp.test         TXT  v=DMARC1; p=reject

One record a line: name, type, value. Quoted strings are joined (RFC 1035, section 5.1, the part of it that is needed).
"""

import re

from lazaretto.model.dns import Lookup, not_asked, pinned

LINES = 10_000
_LINE = re.compile(r"(\S{1,255})\s+(?:\d{1,10}\s+)?(?:IN\s+)?(TXT|MX|A|AAAA|NS|PTR)\s+(\S.{0,20000})", re.IGNORECASE)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.){0,4000})"')


class RecordError(ValueError):
    """A line that is no record. The text names the line."""


def read(text: str, otherwise: Lookup = not_asked) -> Lookup:
    """Return a lookup that answers from the text, and asks `otherwise` for everything else.

    Raises:
        RecordError: a line that cannot be read.
    """
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for number, line in enumerate(text.splitlines()[:LINES], 1):
        line = line.strip()
        if not line or line[0] in "#;":
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise RecordError(f"line {number} is no record: NAME TYPE VALUE is expected")
        key = (match[1].lower().rstrip("."), match[2].upper())
        value = match[3].strip()
        if value.startswith('"'):
            value = "".join(re.sub(r"\\(.)", r"\1", piece) for piece in _QUOTED.findall(value))
        found[key] = (*found.get(key, ()), value)
    return pinned(found, otherwise)
