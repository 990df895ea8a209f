"""Rules of this family. A test asserts that every module of the folder is listed."""

from lazaretto.detect.rule import Rule
from lazaretto.detect.rules.approach.account_lent import RULE as ACCOUNT_LENT
from lazaretto.detect.rules.approach.asks_to_run_code import RULE as ASKS_TO_RUN_CODE
from lazaretto.detect.rules.approach.attached_program import RULE as ATTACHED_PROGRAM
from lazaretto.detect.rules.approach.camera_fix import RULE as CAMERA_FIX
from lazaretto.detect.rules.approach.claims_contradict import RULE as CLAIMS_CONTRADICT
from lazaretto.detect.rules.approach.code_before_talk import RULE as CODE_BEFORE_TALK
from lazaretto.detect.rules.approach.code_by_file_share import RULE as CODE_BY_FILE_SHARE
from lazaretto.detect.rules.approach.commits_by_free_mail import RULE as COMMITS_BY_FREE_MAIL
from lazaretto.detect.rules.approach.credentials_asked import RULE as CREDENTIALS_ASKED
from lazaretto.detect.rules.approach.dates_rewritten import RULE as DATES_REWRITTEN
from lazaretto.detect.rules.approach.fee_asked import RULE as FEE_ASKED
from lazaretto.detect.rules.approach.foreign_repository import RULE as FOREIGN_REPOSITORY
from lazaretto.detect.rules.approach.hired_unseen import RULE as HIRED_UNSEEN
from lazaretto.detect.rules.approach.history_in_minutes import RULE as HISTORY_IN_MINUTES
from lazaretto.detect.rules.approach.identity_papers import RULE as IDENTITY_PAPERS
from lazaretto.detect.rules.approach.isolation_refused import RULE as ISOLATION_REFUSED
from lazaretto.detect.rules.approach.just_run_it import RULE as JUST_RUN_IT
from lazaretto.detect.rules.approach.locked_archive import RULE as LOCKED_ARCHIVE
from lazaretto.detect.rules.approach.lure_pattern import RULE as LURE_PATTERN
from lazaretto.detect.rules.approach.macros_enabled import RULE as MACROS_ENABLED
from lazaretto.detect.rules.approach.no_live_talk import RULE as NO_LIVE_TALK
from lazaretto.detect.rules.approach.no_process import RULE as NO_PROCESS
from lazaretto.detect.rules.approach.off_platform import RULE as OFF_PLATFORM
from lazaretto.detect.rules.approach.own_machine import RULE as OWN_MACHINE
from lazaretto.detect.rules.approach.paid_in_crypto import RULE as PAID_IN_CRYPTO
from lazaretto.detect.rules.approach.pasted_command import RULE as PASTED_COMMAND
from lazaretto.detect.rules.approach.pay_above_market import RULE as PAY_ABOVE_MARKET
from lazaretto.detect.rules.approach.pressure import RULE as PRESSURE
from lazaretto.detect.rules.approach.profile_contradicts import RULE as PROFILE_CONTRADICTS
from lazaretto.detect.rules.approach.profile_new import RULE as PROFILE_NEW
from lazaretto.detect.rules.approach.program_handed import RULE as PROGRAM_HANDED
from lazaretto.detect.rules.approach.protection_off import RULE as PROTECTION_OFF
from lazaretto.detect.rules.approach.remote_access import RULE as REMOTE_ACCESS
from lazaretto.detect.rules.approach.renamed_clone import RULE as RENAMED_CLONE
from lazaretto.detect.rules.approach.run_during_call import RULE as RUN_DURING_CALL
from lazaretto.detect.rules.approach.template_traces import RULE as TEMPLATE_TRACES
from lazaretto.detect.rules.approach.thread_turns_to_code import RULE as THREAD_TURNS_TO_CODE
from lazaretto.detect.rules.approach.trust_prompt import RULE as TRUST_PROMPT
from lazaretto.detect.rules.approach.unknown_meeting_app import RULE as UNKNOWN_MEETING_APP
from lazaretto.detect.rules.approach.wallet_connected import RULE as WALLET_CONNECTED
from lazaretto.detect.rules.approach.wallet_secret import RULE as WALLET_SECRET
from lazaretto.detect.rules.approach.zone_alone import RULE as ZONE_ALONE
from lazaretto.detect.rules.approach.zone_split import RULE as ZONE_SPLIT

RULES: tuple[Rule, ...] = (
    ACCOUNT_LENT,
    ASKS_TO_RUN_CODE,
    ATTACHED_PROGRAM,
    CAMERA_FIX,
    CLAIMS_CONTRADICT,
    CODE_BEFORE_TALK,
    CODE_BY_FILE_SHARE,
    COMMITS_BY_FREE_MAIL,
    CREDENTIALS_ASKED,
    DATES_REWRITTEN,
    FEE_ASKED,
    FOREIGN_REPOSITORY,
    HIRED_UNSEEN,
    HISTORY_IN_MINUTES,
    IDENTITY_PAPERS,
    ISOLATION_REFUSED,
    JUST_RUN_IT,
    LOCKED_ARCHIVE,
    LURE_PATTERN,
    MACROS_ENABLED,
    NO_LIVE_TALK,
    NO_PROCESS,
    OFF_PLATFORM,
    OWN_MACHINE,
    PAID_IN_CRYPTO,
    PASTED_COMMAND,
    PAY_ABOVE_MARKET,
    PRESSURE,
    PROFILE_CONTRADICTS,
    PROFILE_NEW,
    PROGRAM_HANDED,
    PROTECTION_OFF,
    REMOTE_ACCESS,
    RENAMED_CLONE,
    RUN_DURING_CALL,
    TEMPLATE_TRACES,
    THREAD_TURNS_TO_CODE,
    TRUST_PROMPT,
    UNKNOWN_MEETING_APP,
    WALLET_CONNECTED,
    WALLET_SECRET,
    ZONE_ALONE,
    ZONE_SPLIT,
)
