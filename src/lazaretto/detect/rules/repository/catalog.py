"""Rules of this family. A test asserts that every module of the folder is listed."""

from lazaretto.detect.rule import Rule
from lazaretto.detect.rules.repository import (
    agent_config,
    archive_anomaly,
    automatic_tasks,
    devcontainer,
    download_and_run,
    editor_settings,
    editor_task,
    env_value,
    envrc,
    git_config,
    gitattributes_filter,
    gitignore_negation,
    husky_hook,
    ide_run_config,
    live_git_hook,
    notebook,
    propagation_script,
    terraform_registry,
)

RULES: tuple[Rule, ...] = (
    agent_config.RULE,
    archive_anomaly.RULE,
    automatic_tasks.RULE,
    devcontainer.RULE,
    download_and_run.RULE,
    editor_settings.RULE,
    editor_task.RULE,
    env_value.RULE,
    envrc.RULE,
    git_config.RULE,
    gitattributes_filter.RULE,
    gitignore_negation.RULE,
    husky_hook.RULE,
    ide_run_config.RULE,
    live_git_hook.RULE,
    notebook.RULE,
    propagation_script.RULE,
    terraform_registry.RULE,
)
