"""Rules of this family. A test asserts that every module of the folder is listed."""

from lazaretto.detect.rule import Rule
from lazaretto.detect.rules.behaviour.canary_leaves import RULE as CANARY_LEAVES
from lazaretto.detect.rules.behaviour.decoy_read import RULE as DECOY_READ
from lazaretto.detect.rules.behaviour.forbidden_call import RULE as FORBIDDEN_CALL
from lazaretto.detect.rules.behaviour.install_connects import RULE as INSTALL_CONNECTS
from lazaretto.detect.rules.behaviour.persists import RULE as PERSISTS
from lazaretto.detect.rules.behaviour.runs_from_memory import RULE as RUNS_FROM_MEMORY
from lazaretto.detect.rules.behaviour.script_runs_inline import RULE as SCRIPT_RUNS_INLINE
from lazaretto.detect.rules.behaviour.writes_harmful_code import RULE as WRITES_HARMFUL_CODE

RULES: tuple[Rule, ...] = (
    CANARY_LEAVES,
    DECOY_READ,
    FORBIDDEN_CALL,
    INSTALL_CONNECTS,
    PERSISTS,
    RUNS_FROM_MEMORY,
    SCRIPT_RUNS_INLINE,
    WRITES_HARMFUL_CODE,
)
