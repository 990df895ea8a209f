"""What tests of the real sandbox share."""

import shutil
import tempfile
from pathlib import Path

import pytest

from lazaretto.adapters.sandbox.probe import probe


@pytest.fixture(scope="session")
def tools():
    found = probe()
    assert found.tools is not None, found.missing  # CI installs them: missing is a failure, not a reason to skip
    return found.tools


@pytest.fixture
def project():
    folder = Path(tempfile.mkdtemp(prefix="lazaretto-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
