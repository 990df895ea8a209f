"""Names and texts of marshalled code objects."""

import marshal
import zlib

from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.parse import py_marshal
from lazaretto.parse.blob import Blob
from lazaretto.parse.python import PythonModule

CODE = "import os\nclass A:\n    def run(self):\n        os.system('true and more')\n"


def test_names_and_texts():
    found = py_marshal.read(marshal.dumps(compile(CODE, "name.py", "exec")))
    assert found is not None
    assert {"os", "system", "A", "run"} <= found.names
    assert "true and more" in found.strings


def test_with_the_header_of_a_compiled_file():
    assert py_marshal.read(b"\x00" * 16 + marshal.dumps(compile(CODE, "name.py", "exec"))) is not None


def test_other_bytes_are_none():
    assert py_marshal.read(b"hello") is None
    assert py_marshal.read(marshal.dumps([1, 2])) is None


def test_compressed_content_is_text():
    assert py_marshal.unpacked(zlib.compress(b"x = 1")) == "x = 1"
    assert py_marshal.unpacked(b"\x00" * 40) == ""


def test_executed_code_objects_show_their_names():
    data = marshal.dumps(compile(CODE, "name.py", "exec"))
    facts = PythonModule(Blob("a.py", f"import marshal\nexec(marshal.loads({data!r}))".encode())).facts
    assert "system" in facts.code_names
    assert any(text == "true and more" for text, _ in facts.strings)


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_any_bytes(data):
    py_marshal.read(b"\xe3" + data)
    py_marshal.unpacked(data)
