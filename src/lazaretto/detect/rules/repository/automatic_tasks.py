"""What it sees
    A setting that the folder brings along and that answers the editor's safety questions in advance: automatic tasks
    allowed, workspace trust switched off, coding agents allowed to run commands unasked.

Why it matters
    Editors ask before they run a folder's tasks. A folder that carries its own "yes" wants something to run. Newer
    editors ignore some of these settings in a workspace; forks of them do not.

Example
    {"task.allowAutomaticTasks": "on"}

What to do
    Do not open the folder; look for tasks that run on opening.

False alarms
    A team may set it in its own repository; without an automatic task beside it, it is only a question.

References
    ATT&CK T1562, T1204.002; VS Code settings reference.
"""

from collections.abc import Iterator

from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.editor import EditorSettings
from lazaretto.parse.workspace import line_of

_ANSWERS: tuple[tuple[str, frozenset[object], Confidence], ...] = (
    ("task.allowAutomaticTasks", frozenset({"on", True}), Confidence.LOW),
    ("security.workspace.trust.enabled", frozenset({False}), Confidence.MEDIUM),
    ("security.workspace.trust.startupPrompt", frozenset({"never"}), Confidence.MEDIUM),
    ("chat.tools.autoApprove", frozenset({True}), Confidence.LOW),
    ("chat.tools.global.autoApprove", frozenset({True}), Confidence.LOW),
)


def check(view: EditorSettings) -> Iterator[Match | Signal]:
    """Compare the settings with the list."""
    for name, values, confidence in _ANSWERS:
        value = view.settings.get(name)
        if isinstance(value, (str, bool)) and value in values:
            yield Match(
                N_("the folder's own settings answer a safety question in advance: {setting}"),
                line=line_of(view.blob, name),
                params={"setting": f"{name} = {value}"},
                confidence=confidence,
            )
            yield Signal("trust-answered", name, view.path, line_of(view.blob, name))


RULE = Rule(
    id="repo/automatic-tasks-enabled",
    title=N_("The folder's settings answer the editor's safety questions"),
    view=EditorSettings,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OPEN,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__,
    techniques=("T1562", "T1204.002"),
    needles=(b"allowAutomaticTasks", b"workspace.trust", b"autoApprove"),
)
