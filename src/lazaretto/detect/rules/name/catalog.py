"""Rules of this family. A test asserts that every module of the folder is listed."""

from lazaretto.detect.rule import Rule
from lazaretto.detect.rules.name.clone_of_popular_package import RULE as CLONE_OF_POPULAR_PACKAGE
from lazaretto.detect.rules.name.clone_with_extra_files import RULE as CLONE_WITH_EXTRA_FILES
from lazaretto.detect.rules.name.code_fingerprint import RULE as CODE_FINGERPRINT
from lazaretto.detect.rules.name.combosquat import RULE as COMBOSQUAT
from lazaretto.detect.rules.name.impersonating_metadata import RULE as IMPERSONATING_METADATA
from lazaretto.detect.rules.name.placeholder_package import RULE as PLACEHOLDER_PACKAGE
from lazaretto.detect.rules.name.typosquat import RULE as TYPOSQUAT
from lazaretto.detect.rules.name.unheard_of_dependency import RULE as UNHEARD_OF_DEPENDENCY

RULES: tuple[Rule, ...] = (
    TYPOSQUAT,
    COMBOSQUAT,
    IMPERSONATING_METADATA,
    CLONE_WITH_EXTRA_FILES,
    CODE_FINGERPRINT,
    CLONE_OF_POPULAR_PACKAGE,
    UNHEARD_OF_DEPENDENCY,
    PLACEHOLDER_PACKAGE,
)
