"""The report formats of `check`. A new format is one module and one line in `FORMATS`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lazaretto.model.report import Checked
from lazaretto.model.text import N_
from lazaretto.reports import document, github, page, sarif, text
from lazaretto.reports.context import Context


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write answers: either one by one (`each`), or all at the end (`render`)."""

    name: str
    title: str
    each: Callable[[Checked, Context], str] | None = None
    """Writes one answer; output is the concatenation, so answers can be printed as they are ready."""
    tail: Callable[[Sequence[Checked], Context], str] | None = None
    """Written after the last answer."""
    render: Callable[[Sequence[Checked], Context], str] | None = None
    """Writes all answers."""
    ordered: bool = True
    """Whether answers are written in the order of the targets rather than as they are ready."""
    human: bool = False
    """For people: fitted to the terminal's encoding and colours."""


TEXT = Format("text", N_("for people, in the manner of compilers"), each=text.each, tail=text.tail, human=True)
JSON = Format("json", N_("one document, for programs"), render=document.render)
JSONL = Format("jsonl", N_("one document a line, each as soon as it is ready"), each=document.line, ordered=False)
SARIF = Format("sarif", N_("SARIF 2.1.0, for code scanning"), render=sarif.render)
GITHUB = Format("github", N_("annotations of GitHub Actions"), each=github.each)
HTML = Format("html", N_("one page without script, to show to somebody"), render=page.render)

FORMATS = (TEXT, JSON, JSONL, SARIF, GITHUB, HTML)


def by_name(name: str) -> Format:
    """Return a format.

    Raises:
        KeyError: there is none of that name.
    """
    return {fmt.name: fmt for fmt in FORMATS}[name]


def write(fmt: Format, results: Sequence[Checked], context: Context) -> str:
    """Write all answers at once."""
    if fmt.render is not None:
        return fmt.render(results, context)
    assert fmt.each is not None
    between = "\n" if fmt.human else ""
    answers = between.join(fmt.each(checked, context) for checked in results)
    tail = fmt.tail(results, context) if fmt.tail else ""
    return f"{answers}{between}{tail}" if tail else answers
