"""The suffixes that are told apart before any format is asked are none that a format reads."""

from itertools import product

import pytest

from lazaretto.lockfiles.catalog import FORMATS
from lazaretto.lockfiles.inventory import _NEVER, is_candidate

STEMS = (
    "package", "package-lock", "yarn", "bun", "bom", "sbom", "x.cdx", "x.spdx", "requirements", "constraints", "setup",
    "environment", "conda-lock", "pnpm-lock", "pylock", "pyproject", "METADATA", "PKG-INFO", "go", "uv", "pdm", "Cargo",
)  # fmt: skip
FOLDERS = ("", "requirements/", "conda-meta/", "x.dist-info/", "x.egg-info/", "node_modules/x/")


@pytest.mark.parametrize("suffix", sorted(_NEVER))
def test_no_format_reads_a_suffix_that_is_left_out(suffix: str) -> None:
    for folder, stem in product(FOLDERS, STEMS):
        assert not any(kind.accepts(f"{folder}{stem}.{suffix}") for kind in FORMATS)


def test_documents_are_still_candidates() -> None:
    assert is_candidate("package.json")
    assert is_candidate("a/requirements.txt")
    assert is_candidate("x.dist-info/METADATA")
    assert not is_candidate("a/index.js")
