"""Rules of this family. A test asserts that every module of the folder is listed."""

from lazaretto.detect.rule import Rule
from lazaretto.detect.rules.meta.brand_new_package import RULE as BRAND_NEW_PACKAGE
from lazaretto.detect.rules.meta.empty_description import RULE as EMPTY_DESCRIPTION
from lazaretto.detect.rules.meta.free_mail_domain import RULE as FREE_MAIL_DOMAIN
from lazaretto.detect.rules.meta.install_script_added import RULE as INSTALL_SCRIPT_ADDED
from lazaretto.detect.rules.meta.name_reused import RULE as NAME_REUSED
from lazaretto.detect.rules.meta.provenance_lost import RULE as PROVENANCE_LOST
from lazaretto.detect.rules.meta.publisher_changed import RULE as PUBLISHER_CHANGED
from lazaretto.detect.rules.meta.release_cadence import RULE as RELEASE_CADENCE
from lazaretto.detect.rules.meta.repository_mismatch import RULE as REPOSITORY_MISMATCH
from lazaretto.detect.rules.meta.single_version import RULE as SINGLE_VERSION
from lazaretto.detect.rules.meta.version_jump import RULE as VERSION_JUMP
from lazaretto.detect.rules.meta.version_number_trick import RULE as VERSION_NUMBER_TRICK
from lazaretto.detect.rules.meta.withdrawn_release import RULE as WITHDRAWN_RELEASE

RULES: tuple[Rule, ...] = (
    BRAND_NEW_PACKAGE,
    EMPTY_DESCRIPTION,
    FREE_MAIL_DOMAIN,
    INSTALL_SCRIPT_ADDED,
    NAME_REUSED,
    PROVENANCE_LOST,
    PUBLISHER_CHANGED,
    RELEASE_CADENCE,
    REPOSITORY_MISMATCH,
    SINGLE_VERSION,
    VERSION_JUMP,
    VERSION_NUMBER_TRICK,
    WITHDRAWN_RELEASE,
)
