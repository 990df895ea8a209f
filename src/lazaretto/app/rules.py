"""All rules that can make a finding, whoever runs them: detection, stories and intelligence."""

from lazaretto.detect.catalog import RULES as DETECT
from lazaretto.intel.catalog import RULES as INTEL
from lazaretto.reports.context import RuleCard


def all_rules() -> tuple[RuleCard, ...]:
    """Every rule, sorted by id."""
    return tuple(sorted((*DETECT, *INTEL), key=lambda rule: rule.id))
