"""Undo defanging: `hxxps[:]//evil[.]example[.]com` is an address that its author took care not to make live.

Understood are the usual styles in English and Korean: `hxxp`, `h**p`, `[.]` `(.)` `{.}` `[dot]` `(점)`, `evil[.com]`,
`evil dot com` and `evil 점 com` before a real top-level domain, `[@]` `(at)` `[골뱅이]`, `[:]`, `[://]`, `[/]`,
and escaped dots of regular expressions. Every pattern is bounded; the pass is linear.
"""

import re
from bisect import bisect_left

from lazaretto.intel.extract.mapped import Mapped
from lazaretto.parse.suffixes import top_level

_SCHEME = (
    r"(?<![A-Za-z0-9])(?P<scheme>h[xX]{2}p|H[xX]{2}P|h\*{2}p|ht[xX]p|h[xX]tp|h_{2}p|https?|HTTPS?|meow|f[xX]p|ftp|w[xX]s|wss?|tcp)"
    r"(?P<s>[sS]|\[[sS]\]|\([sS]\))?(?P<colon>[ ]?\[:\][ ]?|\(:\)|\{:\}|:|\[:(?=//\]))"
    r"(?P<slashes>//\]?|\[//\]|\[/\]\[/\]|\\{2})"
)
_WHOLE = r"|(?P<whole>(?<![A-Za-z0-9])(?:h[xX]{2}p|http)[sS]?\[://\])"
_DOT = (
    r"|(?<=[\w\])}-])(?P<dot>[ ]?(?:\[[ ]?(?:\.|dot|DOT|Dot|d0t|점|닷)[ ]?\]|\([ ]?(?:\.|dot|DOT|Dot|점|닷)[ ]?\)"
    r"|\{[ ]?(?:\.|dot|DOT|점)[ ]?\}|<(?:\.|dot|DOT)>)[ ]?)(?=[\w\[({])"
    r"|(?<=[A-Za-z0-9-])(?P<tail>\[\.(?P<word>[A-Za-z]{2,24})\]|\.\[(?P<word2>[a-z]{2,24})\])"
    r"|(?<=[A-Za-z0-9])(?P<half>\[\.(?=[A-Za-z0-9])|\.\](?=[A-Za-z0-9])|\\\.(?=[A-Za-z0-9]))"
    r"|(?<=[A-Za-z0-9])(?P<spoken>[ ](?:dot|DOT|점|닷)[ ])(?=(?P<tld>[a-z]{2,12})(?![A-Za-z0-9]))"
)
_AT = r"|(?<=[A-Za-z0-9])(?P<at>[ ]?(?:\[(?:@|at|AT|골뱅이|앳)\]|\((?:@|at|AT|골뱅이|앳)\)|\{(?:@|at|AT)\}|<at>)[ ]?)(?=[A-Za-z0-9])"
_OTHER = r"|(?<=[A-Za-z0-9])(?P<port>\[:\]|\(:\))(?=[0-9]{1,5})|(?P<slash>\[/\])(?=[\w/?#-]|$)"
_REFANG = re.compile(_SCHEME + _WHOLE + _DOT + _AT + _OTHER)
_SPOKEN_AT = re.compile(
    r"(?<![\w.])(?P<user>[A-Za-z0-9][\w.+-]{0,63})[ ](?P<at>AT|at|골뱅이)[ ](?=(?P<host>[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}))"
)
_SPOKEN_DOT = re.compile(r"[ ](?:dot|DOT|점|닷)[ ]")
_NOT_HOSTS = frozenset({"the", "a", "an", "this", "that", "each", "every", "and", "or", "of", "in", "last", "first"})
_WORD_BEFORE = re.compile(r"[A-Za-z0-9-]{1,40}$")


def refanged(text: Mapped) -> Mapped:
    """Return the text with addresses as they are, and marks where they were not."""
    first = text.replaced(_REFANG, _refang)

    def at(match: re.Match[str]) -> tuple[str, bool] | None:
        """Join `john at evil dot com`; `a maintainer was phished at evil[.]com` is a sentence."""
        start, end = first.span(match.start(), match.end("host"))
        spoken = match["at"] in ("AT", "골뱅이") or _SPOKEN_DOT.search(
            text.text, bisect_left(text.origin, start), bisect_left(text.origin, end)
        )
        return (f"{match['user']}@", True) if spoken and first.is_defanged(match.end(), match.end("host")) else None

    return first.replaced(_SPOKEN_AT, at)


def _refang(match: re.Match[str]) -> tuple[str, bool] | None:
    found = match.group()
    kind = match.lastgroup
    if match["scheme"]:
        scheme = match["scheme"].lower()
        name = {"fxp": "ftp", "ftp": "ftp", "wxs": "ws", "ws": "ws", "wss": "wss", "tcp": "tcp"}.get(scheme, "http")
        secure = "s" if match["s"] or scheme == "https" else ""
        plain = f"{name}{secure}://"
        return None if plain == found else (plain, plain != found.lower())
    if match["whole"]:
        return f"http{'s' if 's[' in found.lower() else ''}://", True
    if match["dot"]:
        return ".", True
    if match["tail"]:
        word = match["word"] or match["word2"]
        return (f".{word}", True) if word.lower() in top_level() else None
    if match["half"]:
        return ".", True  # also of a regular expression: who escapes an address looks for it
    if match["spoken"]:
        before = _WORD_BEFORE.search(match.string, max(0, match.start() - 40), match.start())
        known = match["tld"] in top_level() and before is not None and before.group().lower() not in _NOT_HOSTS
        return (".", True) if known else None
    if match["at"]:
        return "@", True
    if match["port"]:
        return ":", True
    return ("/", True) if kind else None
