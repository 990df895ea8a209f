"""All rules that can make a finding, whoever runs them: detection, stories and intelligence."""

from typing import Protocol

from lazaretto.detect.catalog import RULES as DETECT
from lazaretto.intel.catalog import RULES as INTEL
from lazaretto.model.finding import Confidence, Phase, Role, Severity


class RuleInfo(Protocol):
    """What `rules` and `explain` print of a rule."""

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


def all_rules() -> tuple[RuleInfo, ...]:
    """Every rule, sorted by id."""
    return tuple(sorted((*DETECT, *INTEL), key=lambda rule: rule.id))
