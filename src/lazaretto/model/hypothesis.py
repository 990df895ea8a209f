"""A campaign that an examination resembles."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Such as "4 of 7 traits of graphalgo": a hint for a person, never a verdict."""

    campaign: str
    """Campaign id."""
    traits: tuple[str, ...]
    """Ids of the traits that were seen, in the profile's order; `recorded` first when a value of the campaign was."""
    sentences: tuple[str, ...]
    """One template a trait (a gettext msgid without parameters)."""
    rules: tuple[str, ...]
    """Rules of the findings that show them."""
    total: int
    """Traits that could be seen in files."""
    recorded: bool = False
    """Something of the campaign is recorded by value."""
