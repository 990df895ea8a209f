"""Rules of this family. A test asserts that every module of the folder is listed."""

from lazaretto.detect.rule import Rule
from lazaretto.detect.rules.binary import (
    attack_tool_strings,
    chat_channel,
    disguised_executable,
    downloader_imports,
    executable_in_package,
    executable_traits,
    false_bytecode,
    miner_strings,
    native_module_without_init,
    packed_executable,
    python_starts_program,
    script_bundle,
    script_host_dropper,
    script_starts_program,
    shortcut_command,
    started_uninvited,
    stealer_strings,
)

RULES: tuple[Rule, ...] = (
    attack_tool_strings.RULE,
    chat_channel.RULE,
    disguised_executable.RULE,
    downloader_imports.RULE,
    executable_in_package.RULE,
    executable_traits.RULE,
    false_bytecode.RULE,
    miner_strings.RULE,
    native_module_without_init.RULE,
    packed_executable.RULE,
    python_starts_program.RULE,
    script_bundle.RULE,
    script_host_dropper.RULE,
    script_starts_program.RULE,
    shortcut_command.RULE,
    started_uninvited.RULE,
    stealer_strings.RULE,
)
