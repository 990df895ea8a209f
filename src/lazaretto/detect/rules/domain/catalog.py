"""Rules of this family. A test asserts that every module of the folder is listed."""

from lazaretto.detect.rule import Rule
from lazaretto.detect.rules.domain.certificate_young import RULE as CERTIFICATE_YOUNG
from lazaretto.detect.rules.domain.confusable import RULE as CONFUSABLE
from lazaretto.detect.rules.domain.free_hosting import RULE as FREE_HOSTING
from lazaretto.detect.rules.domain.hiring_words import RULE as HIRING_WORDS
from lazaretto.detect.rules.domain.lookalike import RULE as LOOKALIKE
from lazaretto.detect.rules.domain.lookalike_vendor import RULE as LOOKALIKE_VENDOR
from lazaretto.detect.rules.domain.mixed_script import RULE as MIXED_SCRIPT
from lazaretto.detect.rules.domain.newly_registered import RULE as NEWLY_REGISTERED
from lazaretto.detect.rules.domain.no_mail_policy import RULE as NO_MAIL_POLICY
from lazaretto.detect.rules.domain.no_mx import RULE as NO_MX
from lazaretto.detect.rules.domain.not_the_company import RULE as NOT_THE_COMPANY
from lazaretto.detect.rules.domain.parked import RULE as PARKED

RULES: tuple[Rule, ...] = (
    CERTIFICATE_YOUNG,
    CONFUSABLE,
    FREE_HOSTING,
    HIRING_WORDS,
    LOOKALIKE,
    LOOKALIKE_VENDOR,
    MIXED_SCRIPT,
    NEWLY_REGISTERED,
    NO_MAIL_POLICY,
    NO_MX,
    NOT_THE_COMPANY,
    PARKED,
)
