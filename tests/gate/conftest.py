"""The real package clients, fetched once for all the processes of a test run."""

import fcntl
import os
from pathlib import Path

import pytest

from .real import NODE, PYTHON, fetch


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Client -> folder for PATH. One that its registry does not give is a failure, never a test that is left out."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = Path(os.environ.get("LAZARETTO_TEST_CLIENTS") or shared / "clients")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = fetch(folder)
    missing = {"npm", *NODE, *PYTHON} - set(found)
    assert not missing, f"not to be had from the registries: {', '.join(sorted(missing))}"
    return found
