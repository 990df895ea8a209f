"""What `brief lint` finds: defects of a written brief, with their place."""

from dataclasses import dataclass

from lazaretto.model.text import Message


@dataclass(frozen=True, slots=True, order=True)
class Defect:
    """One defect."""

    line: int
    """From 1, in the document's text; 0 = the document as a whole."""
    rule: str
    """Kebab-case, with the family `brief/`. Never reused."""
    message: Message
    excerpt: str = ""
    """The words. Untrusted text."""
    end_line: int = 0
    """Last line; 0 = the same line."""
