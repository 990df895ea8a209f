"""Blocks as PDF with fpdf2 (extra `[pdf]`), with an embedded font that has the text's characters.

Korean needs a font from this machine or from `--font`: none is shipped (a whole one has megabytes).
"""

import logging
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lazaretto.model.page import Block
from lazaretto.model.text import N_, Message

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = (
    "/usr/share/fonts/truetype/nanum/NanumGothic.ttf",
    "/usr/share/fonts/truetype/nanum/NanumBarunGothic.ttf",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/unfonts-core/UnDotum.ttf",
    "/System/Library/Fonts/Supplemental/AppleGothic.ttf",
    "/Library/Fonts/NanumGothic.ttf",
    "C:/Windows/Fonts/malgun.ttf",
)
"""Where systems keep a font with Hangul."""
_SIZES = {"title": 17, "lead": 12, "heading": 13, "text": 10, "table": 8}


class PdfError(Exception):
    """The PDF cannot be made. `message` is for the user, `hint` says what to do."""

    def __init__(self, template: str, hint: str, **params: object) -> None:
        """Both are marked with `N_`."""
        self.message = Message.of(template, params)
        self.hint = Message.of(hint)
        super().__init__(self.message.english())


def write(blocks: Iterable[Block], *, font: str, made: datetime, candidates: Sequence[str] = FONTS) -> bytes:
    """Set blocks on A4 pages.

    Args:
        blocks: what to print.
        font: path of a TrueType or OpenType font; empty = look for one.
        made: the document's date, so that the same brief gives the same bytes.
        candidates: where to look.

    Raises:
        PdfError: fpdf2 or a font is missing.
    """
    try:
        from fpdf import FPDF
        from fpdf.errors import FPDFException
    except ImportError as error:
        raise PdfError(N_("writing PDF needs an extra part"), N_("install it: pip install 'lazaretto[pdf]'")) from error
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells of every table that it leaves out of a font
    listed = list(blocks)
    needs = any(
        ord(character) > 0xFF
        for block in listed
        for text in (block.text, *(c for r in block.rows for c in r))
        for character in text
    )
    document = FPDF(format="A4")
    document.set_creation_date(made.astimezone(UTC))
    document.set_auto_page_break(auto=True, margin=18)
    family = _family(document, font, candidates, needs=needs)
    document.add_page()
    try:
        for block in listed:
            _block(document, block, family)
    except (FPDFException, ValueError) as error:
        raise PdfError(N_("the PDF cannot be set: {error}"), N_("use --format html instead"), error=error) from error
    return bytes(document.output())


def _family(document: "FPDF", font: str, candidates: Sequence[str], *, needs: bool) -> str:
    found = font or next((path for path in candidates if Path(path).is_file()), "")
    if not found and not needs:
        return "helvetica"
    if not found:
        raise PdfError(
            N_("no font with Hangul was found on this machine"),
            N_("name one with --font, install one (Debian: fonts-nanum), or use --format html and print that"),
        )
    try:
        document.add_font("brief", "", found)
    except Exception as error:
        raise PdfError(
            N_("{file} cannot be used as a font: {error}"), N_("name another one with --font"), file=found, error=error
        ) from error
    return "brief"


def _block(document: "FPDF", block: Block, family: str) -> None:
    from fpdf.enums import WrapMode

    document.set_font(family, size=_SIZES[block.style])
    if block.style == "table":
        if block.rows:
            with document.table(
                first_row_as_headings=False, col_widths=(3, 9, 3) if len(block.rows[0]) == 3 else None, line_height=4.5
            ) as table:
                for cells in block.rows:
                    row = table.row()
                    for cell in cells:
                        row.cell(_fitting(cell, family))
        return
    if block.style == "heading":
        document.ln(3)
    document.multi_cell(
        0,
        None,
        _fitting(block.text, family),
        new_x="LMARGIN",
        new_y="NEXT",
        wrapmode=WrapMode.CHAR if family == "brief" else WrapMode.WORD,
    )
    if block.style in ("title", "lead", "heading"):
        document.ln(1.5)


def _fitting(text: str, family: str) -> str:
    return text if family == "brief" else text.encode("latin-1", "replace").decode("latin-1")


def save(data: bytes, target: str) -> None:
    """Write bytes to a file, all or nothing, or to standard output (`-`).

    Raises:
        OSError: it cannot be written.
    """
    if target in ("", "-"):
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    path = Path(target)
    aside = path.with_name(f".{path.name[:100]}.{os.getpid()}.part")
    try:
        aside.write_bytes(data)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
