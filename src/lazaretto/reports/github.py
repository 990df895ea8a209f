"""Workflow commands of GitHub Actions: annotations on the lines of a pull request.

    ::error file=app.js,line=3,col=1,title=js/rule::message

A text of the target must not be able to start a command of its own: it is cleaned (no line breaks are left), then
escaped as the runner's toolkit does (`%`, CR, LF; in properties also `:` and `,`).
"""

from collections.abc import Iterator

from lazaretto.model.finding import Finding
from lazaretto.model.report import Checked
from lazaretto.model.text import N_
from lazaretto.model.verdict import Grade
from lazaretto.reports.context import Context
from lazaretto.reports.groups import gap_groups, select
from lazaretto.reports.places import relative_path
from lazaretto.reports.safe import clean, safe
from lazaretto.reports.words import GRADES, SEVERITIES, advice, headline, level

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def each(checked: Checked, context: Context) -> str:
    """Render one answer as annotations, the verdict last."""
    return "".join(f"{line}\n" for line in _lines(checked, context))


def _lines(checked: Checked, context: Context) -> Iterator[str]:
    say = context.translate
    selection = select(checked, everything=context.show_all)
    for finding in selection.shown:
        yield _annotation(checked, finding, context)
    groups = gap_groups(checked.examination.gaps) if checked.error is None else ()
    for group in groups:
        reason = f"{say.message(group.reason, safe)}: {', '.join(safe(name) for name in group.examples)}"
        title = say.count(N_("{n} file not fully examined"), N_("{n} files not fully examined"), group.count)
        yield _command("notice" if group.partial else "warning", title, reason)
    score = f"{say(SEVERITIES[checked.verdict.band])} ({checked.verdict.score:.1f}/10)"
    summary = "; ".join(say(sentence) for sentence in advice(checked))
    if headline(checked) in GRADES.values():
        summary = f"{score}: {summary}"
    elif checked.error is not None:
        summary = f"{summary}: {say.message(checked.error, safe)}"
    grade = checked.verdict.grade
    clean_result = grade is Grade.NOTHING_FOUND and checked.verdict.complete and checked.error is None
    kind = "error" if grade is Grade.MALICIOUS else "notice" if clean_result else "warning"
    yield _command(kind, f"{say(headline(checked))} {safe(checked.target, 80)}", summary)


def _annotation(checked: Checked, finding: Finding, context: Context) -> str:
    place = finding.locations[0]
    properties = {
        "file": clean(relative_path(checked, place.path)),
        "line": str(max(1, place.line)),
        "col": str(max(1, place.column)),
    }
    if place.end_line > place.line:
        properties["endLine"] = str(place.end_line)
    message = f"{context.translate.message(finding.message, safe)} (lazaretto explain {finding.rule})"
    return _command(_COMMANDS[level(finding.severity)], finding.rule, message, properties)


def _command(kind: str, title: str, message: str, properties: dict[str, str] | None = None) -> str:
    pairs = {**(properties or {}), "title": title}
    return f"::{kind} {','.join(f'{key}={_property(value)}' for key, value in pairs.items())}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
