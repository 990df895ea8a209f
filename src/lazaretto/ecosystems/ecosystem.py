"""What a package world is: how it spells names and orders versions.

An ecosystem is one module with one `ECOSYSTEM`, and one line in `ecosystems/catalog.py`. Everything here is pure and
never raises for what a document holds: a name that breaks the rules is still somebody's dependency and must be
reported, a range that nobody understands is answered with `None` ("not known"), which is never the same as "no".
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """One package world."""

    type: str
    """Package URL type: `npm`, `pypi`."""
    title: str
    """What a person calls it: `npm`, `PyPI`."""
    normalize: Callable[[str], str]
    """Return the canonical spelling of a name. Names that break the rules come back stripped, otherwise as they are."""
    is_name: Callable[[str], bool]
    """Tell whether the registry could hold a package of this name (in any spelling)."""
    is_exact: Callable[[str], bool]
    """Tell whether a text is one exact version and not a range, tag, URL or path."""
    satisfies: Callable[[str, str], bool | None]
    """`satisfies(version, requirement)`; None when either is not understood."""
    compare: Callable[[str, str], int | None]
    """-1, 0 or 1 as the first version is older than, equal to or newer than the second; None when not comparable."""
