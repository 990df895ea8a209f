"""Languages: English is in the source, other languages are gettext catalogues in `lazaretto/locale`.

    template (msgid, marked with N_)  ->  translated template  ->  filled with escaped parameters

Rule ids, JSON keys and command names are never translated. A template that is not in a catalogue is printed in
English; a template and parameters that do not fit together are printed as they are, never as an exception.
"""

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from lazaretto.model.text import PHRASES, Message

LANGUAGES = ("en", "ko")
DOMAIN = "lazaretto"
LOCALE = Path(__file__).parent.parent / "locale"

Escape = Callable[[str], str]


def _same(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Translator:
    """Turns messages into sentences of one language."""

    lang: str = "en"
    catalogue: gettext.NullTranslations = field(default_factory=gettext.NullTranslations, repr=False, compare=False)

    def __call__(self, template: str, params: Mapping[str, object] | None = None, escape: Escape = _same) -> str:
        """Translate `template` and fill in `params`, each passed through `escape` first.

        Parameters are untrusted text: `escape` must make them harmless for where they go.
        """
        translated = self.catalogue.gettext(template) if template else ""
        if not params:
            return translated
        phrases = str(params.get(PHRASES, "")).split()
        safe = {
            key: self.catalogue.gettext(str(value)) if key in phrases and value else escape(str(value))
            for key, value in params.items()
            if key != PHRASES
        }
        for text in (translated, template):
            try:
                return text.format_map(safe)
            except (LookupError, ValueError, AttributeError):
                continue
        return f"{template} ({', '.join(f'{key}: {value}' for key, value in safe.items())})"

    def message(self, message: Message, escape: Escape = _same) -> str:
        """Translate a message."""
        return self(message.template, dict(message.params), escape)

    def count(self, one: str, many: str, number: int) -> str:
        """Translate `one` or `many`, both with the parameter `{n}`, as `number` asks for."""
        return self(one if number == 1 else many, {"n": f"{number:,}"})


@lru_cache(maxsize=4)
def translator(lang: str) -> Translator:
    """Return the translator of a language; English for a language that we do not have."""
    if lang == "en" or lang not in LANGUAGES:
        return Translator()
    try:
        with (LOCALE / lang / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as stream:
            return Translator(lang, gettext.GNUTranslations(stream))
    except OSError:
        return Translator()


def negotiate(environ: Mapping[str, str]) -> str:
    """Choose a language from the environment: `LAZARETTO_LANG`, then POSIX's `LC_ALL`, `LC_MESSAGES`, `LANG`.

    The first variable that is set decides, as POSIX says; a language that we do not have gives English.
    """
    for name in ("LAZARETTO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value:
            language = value.replace("-", "_").partition(".")[0].partition("_")[0].lower()
            return language if language in LANGUAGES else "en"
    return "en"
