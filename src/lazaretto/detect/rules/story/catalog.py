"""Rules of this family. A test asserts that every module of the folder is listed."""

from lazaretto.detect.rule import Rule
from lazaretto.detect.rules.story.clone_carries_payload import RULE as CLONE_CARRIES_PAYLOAD
from lazaretto.detect.rules.story.doubtful_release_acts import RULE as DOUBTFUL_RELEASE_ACTS
from lazaretto.detect.rules.story.hidden_trigger import RULE as HIDDEN_TRIGGER
from lazaretto.detect.rules.story.import_reaches_payload import RULE as IMPORT_REACHES_PAYLOAD
from lazaretto.detect.rules.story.planted_url_is_executed import RULE as PLANTED_URL_IS_EXECUTED
from lazaretto.detect.rules.story.trigger_into_git_folder import RULE as TRIGGER_INTO_GIT_FOLDER
from lazaretto.detect.rules.story.trigger_reaches_payload import RULE as TRIGGER_REACHES_PAYLOAD
from lazaretto.detect.rules.story.trigger_runs_disguised_code import RULE as TRIGGER_RUNS_DISGUISED_CODE
from lazaretto.detect.rules.story.update_turns_hostile import RULE as UPDATE_TURNS_HOSTILE

RULES: tuple[Rule, ...] = (
    HIDDEN_TRIGGER,
    IMPORT_REACHES_PAYLOAD,
    PLANTED_URL_IS_EXECUTED,
    CLONE_CARRIES_PAYLOAD,
    TRIGGER_INTO_GIT_FOLDER,
    TRIGGER_REACHES_PAYLOAD,
    TRIGGER_RUNS_DISGUISED_CODE,
    DOUBTFUL_RELEASE_ACTS,
    UPDATE_TURNS_HOSTILE,
)
