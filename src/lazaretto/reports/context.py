"""What a report needs to know besides the results: language, exit codes, rules, and the shape of the page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.report import Checked
from lazaretto.reports.exits import exit_code
from lazaretto.reports.i18n import Translator


class RuleCard(Protocol):
    """What a report prints of a rule."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def severity(self) -> Severity: ...  # noqa: D102
    @property
    def confidence(self) -> Confidence: ...  # noqa: D102
    @property
    def phase(self) -> Phase: ...  # noqa: D102
    @property
    def role(self) -> Role: ...  # noqa: D102
    @property
    def techniques(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def doc(self) -> str: ...  # noqa: D102
    @property
    def since(self) -> str: ...  # noqa: D102
    @property
    def state(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Context:
    """How to render."""

    translate: Translator = field(default_factory=Translator)
    other: Translator | None = None
    """A second language, for reports that carry two (html)."""
    exit_code: Callable[[Checked], int] = exit_code
    rules: Callable[[], Mapping[str, RuleCard]] = dict
    """Rule metadata by id; called only by reports that need it, because loading all rules takes time."""
    version: str = ""
    colour: bool = False
    width: int = 96
    """Cells of one line."""
    show_all: bool = False
    """Show findings of low severity, and every place."""
    quiet: bool = False
    """Only verdicts."""
    verbose: bool = False
    statistics: bool = False
    """Append counts by rule and by file."""
    ascii: bool = False
    """Write JSON with ASCII characters only, for a terminal that is not UTF-8."""
