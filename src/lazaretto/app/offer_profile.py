"""A recruiter's profile out of a JSON export or of pasted text: stations, years, contacts. Best effort, bounded.

Exports differ; the keys of several are known (`positions`, `experience`, `experiences`, `work`; JSON Resume).
"""

import re

from lazaretto.model.offer import Employment, Profile

STATIONS = 60
_YEARS = re.compile(r"(\d{1,2})\+?\s?(?:years|yrs|년)\s?(?:of\s|간의?\s?|차|의\s)?", re.IGNORECASE)
_CONTACTS = re.compile(
    r"([\d,]{1,7})\+?\s?(?:connections|contacts|followers)|(?:1촌|인맥)\s?([\d,]{1,7})", re.IGNORECASE
)
_JOINED = re.compile(
    r"(?:joined|member since|가입(?:일)?)[:\s]{1,3}(?:(\w{3,9})\s)?(\d{4})(?:[-.년\s]{1,2}(\d{1,2}))?", re.IGNORECASE
)
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}")
_SPAN = re.compile(
    r"(?P<head>[^\n]{0,120}?)\b(?P<start>(?:19|20)\d{2})(?:[-./](?P<month>\d{1,2}))?\s{0,3}[-–~]\s{0,3}(?P<end>(?:19|20)\d{2}|present|now|현재|재직)",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def profile_of(value: object, source: str) -> Profile:
    """Make a profile; whatever is missing stays empty."""
    if isinstance(value, dict):
        return _of_json(value, source)
    return _of_text(value if isinstance(value, str) else "", source)


def _of_json(value: dict[str, object], source: str) -> Profile:
    rows = next(
        (
            value[key]
            for key in ("positions", "experience", "experiences", "work", "employments")
            if isinstance(value.get(key), list)
        ),
        [],
    )
    assert isinstance(rows, list)
    stations = tuple(_station(row) for row in rows[:STATIONS] if isinstance(row, dict))
    summary = " ".join(_first(value, key) for key in ("headline", "summary", "about"))
    basics = value.get("basics")
    if isinstance(basics, dict):
        summary += " " + _first(basics, "summary")
    contacts = value.get("connections", value.get("connectionsCount"))
    return Profile(
        name=_first(value, "name", "fullName", "full_name"),
        headline=_first(value, "headline"),
        place=_first(value, "location", "place"),
        emails=tuple(_MAIL.findall(summary + " " + _first(value, "email"))[:10]),
        employments=stations,
        years=_years(summary),
        connections=contacts if isinstance(contacts, int) and not isinstance(contacts, bool) else None,
        created=_date(value, "created", "joined", "memberSince", "registeredAt"),
        text=summary.strip(),
        source=source,
    )


def _station(row: dict[str, object]) -> Employment:
    return Employment(
        _first(row, "company", "companyName", "name", "organization"),
        _first(row, "title", "position", "role"),
        _date(row, "start", "startDate", "starts_at", "startedOn", "from"),
        _date(row, "end", "endDate", "ends_at", "finishedOn", "to") or "now",
        _first(row, "location", "place"),
    )


def _of_text(text: str, source: str) -> Profile:
    text = text[:200_000]
    stations = []
    for match in _SPAN.finditer(text):
        end = match.group("end").lower()
        start = match.group("start") + (f"-{int(match.group('month')):02d}" if match.group("month") else "")
        stations.append(Employment(match.group("head").strip(" \t,|·-"), "", start, end if end.isdigit() else "now"))
        if len(stations) >= STATIONS:
            break
    contacts = _CONTACTS.search(text)
    joined = _JOINED.search(text)
    created = ""
    if joined:
        month = next(
            (number for number, name in enumerate(_MONTHS, 1) if (joined.group(1) or "").lower().startswith(name)), 0
        )
        month = month or int(joined.group(3) or 0)
        created = joined.group(2) + (f"-{month:02d}" if month else "")
    return Profile(
        emails=tuple(_MAIL.findall(text)[:10]),
        employments=tuple(stations),
        years=_years(text),
        connections=int((contacts.group(1) or contacts.group(2)).replace(",", "") or 0) if contacts else None,
        created=created,
        text=text,
        source=source,
    )


def _years(text: str) -> int | None:
    found = [int(number) for number in _YEARS.findall(text[:20_000]) if 0 < int(number) <= 60]
    return max(found, default=None)


def _first(row: dict[str, object], *keys: str) -> str:
    for key in keys:
        value = row.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()[:300]
        if isinstance(value, dict):
            inner = value.get("name")
            if isinstance(inner, str):
                return inner.strip()[:300]
    return ""


def _date(row: dict[str, object], *keys: str) -> str:
    for key in keys:
        value = row.get(key)
        if isinstance(value, dict) and isinstance(value.get("year"), int):
            month = value.get("month")
            return f"{value['year']}" + (f"-{month:02d}" if isinstance(month, int) else "")
        if isinstance(value, int) and not isinstance(value, bool) and 1900 < value < 2200:
            return str(value)
        if isinstance(value, str):
            match = re.match(r"((?:19|20)\d{2})(?:[-./](\d{1,2}))?", value.strip())
            if match:
                return match.group(1) + (f"-{int(match.group(2)):02d}" if match.group(2) else "")
            if value.strip().lower() in ("present", "now", "현재"):
                return "now"
    return ""
