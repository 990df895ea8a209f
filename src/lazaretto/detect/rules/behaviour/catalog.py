"""Rules of this family. A test asserts that every module of the folder is listed."""

from lazaretto.detect.rule import Rule
from lazaretto.detect.rules.behaviour.agent_driven import RULE as AGENT_DRIVEN
from lazaretto.detect.rules.behaviour.archives_home import RULE as ARCHIVES_HOME
from lazaretto.detect.rules.behaviour.asks_password import RULE as ASKS_PASSWORD
from lazaretto.detect.rules.behaviour.beacon import RULE as BEACON
from lazaretto.detect.rules.behaviour.browser_data_read import RULE as BROWSER_DATA_READ
from lazaretto.detect.rules.behaviour.c2_port import RULE as C2_PORT
from lazaretto.detect.rules.behaviour.canary_leaves import RULE as CANARY_LEAVES
from lazaretto.detect.rules.behaviour.chain_node_asked import RULE as CHAIN_NODE_ASKED
from lazaretto.detect.rules.behaviour.chat_api_asked import RULE as CHAT_API_ASKED
from lazaretto.detect.rules.behaviour.clears_traces import RULE as CLEARS_TRACES
from lazaretto.detect.rules.behaviour.clipboard_taken import RULE as CLIPBOARD_TAKEN
from lazaretto.detect.rules.behaviour.credentials_asked import RULE as CREDENTIALS_ASKED
from lazaretto.detect.rules.behaviour.dead_drop_asked import RULE as DEAD_DROP_ASKED
from lazaretto.detect.rules.behaviour.decoy_read import RULE as DECOY_READ
from lazaretto.detect.rules.behaviour.deletes_itself import RULE as DELETES_ITSELF
from lazaretto.detect.rules.behaviour.detaches import RULE as DETACHES
from lazaretto.detect.rules.behaviour.editor_runs_download import RULE as EDITOR_RUNS_DOWNLOAD
from lazaretto.detect.rules.behaviour.fake_name import RULE as FAKE_NAME
from lazaretto.detect.rules.behaviour.forbidden_call import RULE as FORBIDDEN_CALL
from lazaretto.detect.rules.behaviour.git_hook_runs_download import RULE as GIT_HOOK_RUNS_DOWNLOAD
from lazaretto.detect.rules.behaviour.history_read import RULE as HISTORY_READ
from lazaretto.detect.rules.behaviour.install_connects import RULE as INSTALL_CONNECTS
from lazaretto.detect.rules.behaviour.installs_extension import RULE as INSTALLS_EXTENSION
from lazaretto.detect.rules.behaviour.key_read import RULE as KEY_READ
from lazaretto.detect.rules.behaviour.keys_recorded import RULE as KEYS_RECORDED
from lazaretto.detect.rules.behaviour.many_secrets_read import RULE as MANY_SECRETS_READ
from lazaretto.detect.rules.behaviour.metadata_asked import RULE as METADATA_ASKED
from lazaretto.detect.rules.behaviour.opens_port import RULE as OPENS_PORT
from lazaretto.detect.rules.behaviour.outlives_installer import RULE as OUTLIVES_INSTALLER
from lazaretto.detect.rules.behaviour.persists import RULE as PERSISTS
from lazaretto.detect.rules.behaviour.preloads_code import RULE as PRELOADS_CODE
from lazaretto.detect.rules.behaviour.publishes_itself import RULE as PUBLISHES_ITSELF
from lazaretto.detect.rules.behaviour.reads_other_memory import RULE as READS_OTHER_MEMORY
from lazaretto.detect.rules.behaviour.registers_then_polls import RULE as REGISTERS_THEN_POLLS
from lazaretto.detect.rules.behaviour.runs_download import RULE as RUNS_DOWNLOAD
from lazaretto.detect.rules.behaviour.runs_from_memory import RULE as RUNS_FROM_MEMORY
from lazaretto.detect.rules.behaviour.runs_from_scratch import RULE as RUNS_FROM_SCRATCH
from lazaretto.detect.rules.behaviour.screen_taken import RULE as SCREEN_TAKEN
from lazaretto.detect.rules.behaviour.script_runs_inline import RULE as SCRIPT_RUNS_INLINE
from lazaretto.detect.rules.behaviour.secret_scanner import RULE as SECRET_SCANNER
from lazaretto.detect.rules.behaviour.secrets_then_connects import RULE as SECRETS_THEN_CONNECTS
from lazaretto.detect.rules.behaviour.sets_up_start import RULE as SETS_UP_START
from lazaretto.detect.rules.behaviour.token_read import RULE as TOKEN_READ
from lazaretto.detect.rules.behaviour.two_runtimes import RULE as TWO_RUNTIMES
from lazaretto.detect.rules.behaviour.wallet_read import RULE as WALLET_READ
from lazaretto.detect.rules.behaviour.wipes_home import RULE as WIPES_HOME
from lazaretto.detect.rules.behaviour.writes_harmful_code import RULE as WRITES_HARMFUL_CODE

RULES: tuple[Rule, ...] = (
    AGENT_DRIVEN,
    ARCHIVES_HOME,
    ASKS_PASSWORD,
    BEACON,
    BROWSER_DATA_READ,
    C2_PORT,
    CANARY_LEAVES,
    CHAIN_NODE_ASKED,
    CHAT_API_ASKED,
    CLEARS_TRACES,
    CLIPBOARD_TAKEN,
    CREDENTIALS_ASKED,
    DEAD_DROP_ASKED,
    DECOY_READ,
    DELETES_ITSELF,
    DETACHES,
    EDITOR_RUNS_DOWNLOAD,
    FAKE_NAME,
    FORBIDDEN_CALL,
    GIT_HOOK_RUNS_DOWNLOAD,
    HISTORY_READ,
    INSTALL_CONNECTS,
    INSTALLS_EXTENSION,
    KEY_READ,
    KEYS_RECORDED,
    MANY_SECRETS_READ,
    METADATA_ASKED,
    OPENS_PORT,
    OUTLIVES_INSTALLER,
    PERSISTS,
    PRELOADS_CODE,
    PUBLISHES_ITSELF,
    READS_OTHER_MEMORY,
    REGISTERS_THEN_POLLS,
    RUNS_DOWNLOAD,
    RUNS_FROM_MEMORY,
    RUNS_FROM_SCRATCH,
    SCREEN_TAKEN,
    SCRIPT_RUNS_INLINE,
    SECRET_SCANNER,
    SECRETS_THEN_CONNECTS,
    SETS_UP_START,
    TOKEN_READ,
    TWO_RUNTIMES,
    WALLET_READ,
    WIPES_HOME,
    WRITES_HARMFUL_CODE,
)
