"""Rules of this family. A test asserts that every module of the folder is listed."""

from lazaretto.detect.rule import Rule
from lazaretto.detect.rules.change.binary_added import RULE as BINARY_ADDED
from lazaretto.detect.rules.change.capability_added import RULE as CAPABILITY_ADDED
from lazaretto.detect.rules.change.dependency_added import RULE as DEPENDENCY_ADDED
from lazaretto.detect.rules.change.foreign_dependency_added import RULE as FOREIGN_DEPENDENCY_ADDED
from lazaretto.detect.rules.change.install_script_added import RULE as INSTALL_SCRIPT_ADDED
from lazaretto.detect.rules.change.obfuscation_added import RULE as OBFUSCATION_ADDED
from lazaretto.detect.rules.change.source_transformed import RULE as SOURCE_TRANSFORMED
from lazaretto.detect.rules.change.trigger_added import RULE as TRIGGER_ADDED

RULES: tuple[Rule, ...] = (
    INSTALL_SCRIPT_ADDED,
    TRIGGER_ADDED,
    CAPABILITY_ADDED,
    OBFUSCATION_ADDED,
    DEPENDENCY_ADDED,
    FOREIGN_DEPENDENCY_ADDED,
    BINARY_ADDED,
    SOURCE_TRANSFORMED,
)
