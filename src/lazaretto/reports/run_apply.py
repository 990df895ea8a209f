"""What changed in the sandbox, for a person who decides what comes back: a tree, then a diff of each file."""

import difflib
from collections.abc import Iterable, Iterator

from lazaretto.model.change import Change, Kind, Review
from lazaretto.model.text import N_
from lazaretto.reports.context import Context
from lazaretto.reports.lines import BOLD, DIM, GREEN, RED, YELLOW, paint
from lazaretto.reports.safe import safe, shorten

_LINES = 200
"""Of one file's diff."""
_SIGNS = {Kind.ADDED: "+", Kind.CHANGED: "~", Kind.DELETED: "-", Kind.LINK: ">", Kind.SPECIAL: "?"}
_COLOURS = {Kind.ADDED: GREEN, Kind.CHANGED: YELLOW, Kind.DELETED: RED, Kind.LINK: YELLOW, Kind.SPECIAL: RED}


def tree(changes: Iterable[Change], generated: int, context: Context) -> str:
    """Render the list of changes; those that act by themselves say so."""
    lines = []
    for one in changes:
        name = paint(f"  {_SIGNS[one.kind]} {_name(one.path)}", _COLOURS[one.kind], on=context.colour)
        size = f"  {one.size}" if one.kind in (Kind.ADDED, Kind.CHANGED) else ""
        lines.append(name + paint(size, DIM, on=context.colour))
        lines += [paint(f"      ! {context.translate.message(why, safe)}", RED, on=context.colour) for why in one.why]
    if generated:
        lines.append(context.translate(N_("  not shown: {n} folders that tools make (node_modules)"), {"n": generated}))
    return "".join(f"{line}\n" for line in lines)


def diff(review: Review, context: Context) -> str:
    """Render one file's difference, hostile text made visible."""
    return "".join(f"{shorten(line, 400)}\n" for line in _diff(review, context))


def _diff(review: Review, context: Context) -> Iterator[str]:
    change = review.change
    before, after = review.before or b"", review.after or b""
    name = _name(change.path)
    if b"\0" in before[:8192] or b"\0" in after[:8192]:
        yield context.translate(N_("{path}: binary, {n} bytes"), {"path": name, "n": change.size})
        return
    old, new = (data.decode("utf-8", "replace").splitlines() for data in (before, after))
    rows = difflib.unified_diff(old, new, f"a/{name}", f"b/{name}", lineterm="")
    for count, row in enumerate(rows):
        if count >= _LINES:
            yield context.translate(N_("... more lines; read the file in the sandbox"))
            return
        colour = BOLD if count < 2 else GREEN if row[:1] == "+" else RED if row[:1] == "-" else DIM
        yield paint(row[:1] + safe(row[1:], 400), colour, on=context.colour)


def _name(path: str) -> str:
    shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return safe(shown.replace("\n", "\\n").replace("\t", "\\t"))
