"""What Python code decodes for others: scripts that it writes or hands to a shell, programs that it carries.

Python that it executes itself is read by `py_flow` where it stands. Here is the rest: PowerShell behind
`-EncodedCommand`, shell commands behind `base64 -d`, scripts and executables that went through its decoders.
"""

from collections.abc import Iterator

from lazaretto.detect.layers.source import LayerSource
from lazaretto.detect.pycode import command_of, decoded_by_powershell, decoded_by_shell, starts_process
from lazaretto.parse.layer import POWERSHELL, PYTHON, SHELL, TEXT, Layer, kind_of
from lazaretto.parse.python import PythonModule


def find(view: PythonModule) -> Iterator[Layer]:
    """Yield decoded content, of files whose facts were read for a rule."""
    if "facts" not in view.__dict__:
        return
    for found in view.facts.decoded:
        kind = kind_of(found.data)
        if kind and kind not in {TEXT, PYTHON}:
            yield Layer(found.data, kind, found.steps, found.line, found.column)
    if not view.speaks("process"):
        return
    for call in view.facts.calls:
        if not starts_process(call):
            continue
        command = command_of(call)
        script = decoded_by_powershell(command)
        if script:
            yield Layer(script.encode(), POWERSHELL, (*call.layers, "base64"), call.line, call.column)
        script = decoded_by_shell(command)
        if script:
            yield Layer(script.encode(), SHELL, (*call.layers, "base64"), call.line, call.column)


SOURCE = LayerSource(id="python-decoded", view=PythonModule, find=find)
