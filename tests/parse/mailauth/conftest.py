import importlib.util
import sys
from pathlib import Path

if "signing" not in sys.modules:
    spec = importlib.util.spec_from_file_location("signing", Path(__file__).with_name("signing.py"))
    assert spec is not None
    assert spec.loader is not None
    sys.modules["signing"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
