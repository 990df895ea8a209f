"""Text that people read, kept untranslated until a report prints it.

A finding may be computed in one process, cached, and printed later in another language, so it carries
the English template and its parameters instead of a finished sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass


def N_(template: str) -> str:  # noqa: N802 - gettext's customary name for "extract, do not translate yet"
    """Mark `template` for extraction into the message catalogue and return it unchanged."""
    return template


class Phrase(str):
    """A parameter that is our own words, marked with `N_`, not text of the target: a report translates it, too."""

    __slots__ = ()


PHRASES = "phrases"
"""The parameter that names those parameters that are phrases (parameters themselves are plain strings)."""


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """One sentence: an English `str.format` template (the gettext msgid) and its named parameters."""

    template: str
    params: tuple[tuple[str, str], ...] = ()
    """Name and value pairs, sorted by name. Values are untrusted text: a report escapes them."""

    @classmethod
    def of(cls, template: str, params: Mapping[str, object] | None = None) -> "Message":
        """Build a message from a mapping; every value becomes a string."""
        params = params or {}
        filled = {key: str(value) for key, value in params.items()}
        phrases = sorted(key for key, value in params.items() if isinstance(value, Phrase))
        if phrases:
            filled[PHRASES] = " ".join(phrases)
        return cls(template, tuple(sorted(filled.items())))

    def english(self) -> str:
        """Return the English sentence, parameters as they are (not escaped)."""
        return self.template.format_map(dict(self.params)) if self.params else self.template
