"""The fake registry of the adapters' tests, for checks that are online."""

import importlib.util
import sys
from pathlib import Path

_SPEC = importlib.util.spec_from_file_location(
    "adapters_conftest", Path(__file__).parents[1] / "adapters" / "conftest.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
loopback = _MODULE.loopback


def _shared(name, place):
    """Make a helper of other tests importable by its name."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parent.parent / place)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)


_shared("signing", "parse/mailauth/signing.py")
_shared("name_server", "adapters/name_server.py")
_shared("loopback_server", "adapters/conftest.py")
