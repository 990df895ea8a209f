from lazaretto.detect.engine import run_rule
from lazaretto.detect.rules.name.code_fingerprint import RULE
from lazaretto.parse.blob import Blob
from lazaretto.parse.fingerprint import decoded
from lazaretto.parse.views import AnyFile


def signals(path, data):
    return run_rule(RULE, AnyFile(Blob(path, data)), path).signals


def test_code_has_a_fingerprint():
    (signal,) = signals("okapi/a.py", b"stripes = compute(12, 34)\n")
    assert (signal.kind, signal.path, decoded(signal.value).lines) == ("fingerprint", "okapi/a.py", 1)


def test_other_files_have_none():
    assert not signals("okapi/tests/a.py", b"stripes = compute(12, 34)\n")
    assert not signals("okapi/a.txt", b"stripes = compute(12, 34)\n")
