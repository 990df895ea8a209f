"""Blocks of a document that is set on pages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """One block."""

    style: str
    """`title`, `lead`, `heading`, `text`, `table`."""
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    """Of a table; the first row is its head."""
