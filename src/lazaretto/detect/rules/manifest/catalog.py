"""Rules of this family. A test asserts that every module of the folder is listed."""

from lazaretto.detect.rule import Rule
from lazaretto.detect.rules.manifest import (
    binding_gyp,
    client_code,
    client_registry,
    lifecycle_downloads_code,
    lifecycle_hidden_file,
    lifecycle_script,
    lifecycle_starts_application,
    lifecycle_tells_host,
    lockfile_hosts,
    lockfile_integrity,
    lockfile_mismatch,
    lockfile_registry,
    outside_registry,
    override_swaps,
    pyproject_backend,
    requirement_outside_index,
)

RULES: tuple[Rule, ...] = (
    binding_gyp.RULE,
    client_code.RULE,
    client_registry.RULE,
    lifecycle_downloads_code.RULE,
    lifecycle_hidden_file.RULE,
    lifecycle_script.RULE,
    lifecycle_starts_application.RULE,
    lifecycle_tells_host.RULE,
    lockfile_hosts.RULE,
    lockfile_integrity.RULE,
    lockfile_mismatch.RULE,
    lockfile_registry.RULE,
    outside_registry.RULE,
    override_swaps.RULE,
    pyproject_backend.RULE,
    requirement_outside_index.RULE,
)
