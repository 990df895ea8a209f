"""Indicators made harmless by what they are: `hxxps://c2[.]example[.]invalid/x`, `a[@]b[.]test`, `192[.]0[.]2[.]7:80`.

`safe.defang` does this for addresses inside of other text; here the kind is known, so that bare hosts are covered.
"""

from lazaretto.reports.safe import clean, shorten

_HOSTS = frozenset({"domain", "ipv4", "ipv4-port", "ipv4-net", "ipv6", "url", "email", "url-path"})


def defanged(kind: str, value: str, limit: int = 300) -> str:
    """Return an indicator for people to read: cleaned, cut, not to be clicked."""
    return shorten(clean(live_dots(kind, value[: limit * 4])), limit)


def live_dots(kind: str, value: str) -> str:
    """Return an indicator with its dots in brackets, otherwise exact (a reader's refanging gives the value back)."""
    if kind not in _HOSTS and not (kind == "package" and value.startswith("pkg:golang/")):
        return value
    if kind == "email":
        return value.replace("@", "[@]").replace(".", "[.]")
    if kind == "ipv6":
        return value.replace(":", "[:]", 1)
    scheme, sep, rest = value.partition("://")
    if not sep:
        scheme, rest = "", value
    host, slash, path = rest.partition("/")
    scheme = {"http": "hxxp", "https": "hxxps", "ftp": "fxp", "ws": "wxs", "wss": "wxss"}.get(scheme, scheme)
    return f"{scheme}{sep}{host.replace('.', '[.]')}{slash}{path}"
