"""What tests of several folders need."""

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

NOBODY = 65534


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """An empty folder, and a user to whom permissions mean something: root becomes nobody for the test."""
    folder = Path(tempfile.mkdtemp(prefix="lazaretto-"))
    folder.chmod(0o755)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def build() -> ModuleType:
    """The builder of tiny inert executables, `tests/build_executables.py`."""
    spec = importlib.util.spec_from_file_location("build_executables", Path(__file__).with_name("build_executables.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def _no_store_of_this_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have an intelligence store; no answer may depend on it."""
    monkeypatch.setenv("LAZARETTO_STORE", "off")
