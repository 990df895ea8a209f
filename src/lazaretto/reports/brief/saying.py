"""From sentences to words of one language, with the right particles; parameters are cleaned and escaped."""

import re
from collections.abc import Callable

from lazaretto.model.text import PHRASES, Message
from lazaretto.reports.brief.brief import Brief
from lazaretto.reports.brief.severity import Rating
from lazaretto.reports.brief.words import Word
from lazaretto.reports.i18n import Translator
from lazaretto.reports.safe import clean, defang
from lazaretto.reports.words import SEVERITIES

Escape = Callable[[str], str]

_HOSTS = re.compile(
    r"(?<![\w.@])((?:[a-z0-9-]{1,63}\.){1,4}(?:com|org|net|io|ai|cloud|dev|xyz|app|pro|store|help|site)(?![\w-]))"
)


def say(message: Message, translate: Translator, escape: Escape) -> str:
    """Return one sentence."""
    params = dict(message.params)
    phrases = params.pop(PHRASES, "").split()
    words = {}
    for key, value in params.items():
        plain = translate(value) if key in phrases else harmless(value)
        words[key] = Word(escape(plain), plain)
    template = translate(message.template)
    for text in (template, message.template):
        try:
            return escape_text(text, escape).format_map(words)
        except (LookupError, ValueError):
            continue
    return message.template


def escape_text(template: str, escape: Escape) -> str:
    """Escape a template's own words, leaving its fields alone."""
    return re.sub(r"[^{}]+(?![^{]*\})", lambda match: escape(match.group()), template)


def harmless(text: str) -> str:
    """Return a recorded text without control characters and live addresses."""
    return _HOSTS.sub(lambda match: match[1].replace(".", "[.]"), defang(clean(text)))


def severity_line(rating: Rating, translate: Translator) -> str:
    """Return `HIGH (8.5/10)`, in another language with its own word behind it."""
    word, own = rating.severity.name, translate(SEVERITIES[rating.severity])
    return f"{word} ({rating.score:.1f}/10)" + (f" · {own}" if own != word else "")


def numbers(brief: Brief, sources: tuple[str, ...]) -> tuple[int, ...]:
    """Return the numbers of references, in order."""
    return tuple(sorted(number for number in map(brief.number, sources) if number))
