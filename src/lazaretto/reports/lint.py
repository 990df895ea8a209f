"""The answer of `brief lint`: for people in the manner of compilers, and a document for programs."""

from collections.abc import Sequence

from lazaretto.model.lint import Defect
from lazaretto.model.text import N_
from lazaretto.reports.context import Context
from lazaretto.reports.document import encode, tool
from lazaretto.reports.lines import BOLD, paint
from lazaretto.reports.safe import clean, defang, plain, safe, shorten

SCHEMA = "lazaretto/brief-lint-1"


def as_text(name: str, defects: Sequence[Defect], context: Context) -> str:
    """Render all defects, one after the other, and their number."""
    say = context.translate
    lines = []
    for defect in defects:
        place = f"{safe(name)}:{defect.line}" + (f"-{defect.end_line}" if defect.end_line > defect.line else "")
        message = paint(say.message(defect.message, clean), BOLD, on=context.colour)
        lines.append(f"{place}: {message}  [{defect.rule}]")
        if defect.excerpt:
            lines.append("    | " + shorten(defang(clean(defect.excerpt)), max(40, context.width - 6)))
    kinds = len({defect.rule for defect in defects})
    if defects:
        lines += ["", say(N_("{n} defects of {kinds} kinds"), {"n": len(defects), "kinds": kinds})]
    else:
        lines.append(say(N_("no defect found; whether the brief is true is not checked")))
    return "\n".join(lines) + "\n"


def as_json(name: str, defects: Sequence[Defect], context: Context) -> str:
    """Render the document."""
    listed = [
        {
            "rule": defect.rule,
            "line": defect.line,
            "end_line": defect.end_line or defect.line,
            "message": plain(context.translate.message(defect.message)),
            "excerpt": plain(defect.excerpt),
        }
        for defect in defects
    ]
    document = {"schema": SCHEMA, "tool": tool(context.version), "file": plain(name), "defects": listed}
    return encode(document, context, indent=2)
