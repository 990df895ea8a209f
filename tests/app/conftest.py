"""The fake registry of the adapters' tests, for checks that are online."""

import importlib.util
from pathlib import Path

_SPEC = importlib.util.spec_from_file_location(
    "adapters_conftest", Path(__file__).parents[1] / "adapters" / "conftest.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
loopback = _MODULE.loopback
