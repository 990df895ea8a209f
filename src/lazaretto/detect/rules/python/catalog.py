"""Rules of this family. A test asserts that every module of the folder is listed."""

from lazaretto.detect.rule import Rule
from lazaretto.detect.rules.python import (
    chat_webhook,
    decode_then_exec,
    downloads_and_runs,
    drops_and_runs,
    environment_posted,
    hidden_child_process,
    host_data_sent,
    obfuscated_module,
    off_screen_code,
    persistence,
    reads_stores,
    remote_code_executed,
    reverse_shell,
    secrets_sent,
    self_rewriting,
    setup_runs_code,
    token_poll,
    watches_user,
)

RULES: tuple[Rule, ...] = (
    remote_code_executed.RULE,
    decode_then_exec.RULE,
    downloads_and_runs.RULE,
    drops_and_runs.RULE,
    hidden_child_process.RULE,
    reverse_shell.RULE,
    token_poll.RULE,
    environment_posted.RULE,
    secrets_sent.RULE,
    host_data_sent.RULE,
    chat_webhook.RULE,
    reads_stores.RULE,
    watches_user.RULE,
    setup_runs_code.RULE,
    persistence.RULE,
    obfuscated_module.RULE,
    off_screen_code.RULE,
    self_rewriting.RULE,
)
