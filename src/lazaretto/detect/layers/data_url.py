"""Programs in `data:` URLs that a script imports or starts: `import("data:text/javascript;base64,...")`."""

import itertools
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from lazaretto.detect.layers.source import LayerSource
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.layer import JAVASCRIPT, Layer, from_base64

_URL = re.compile(
    rb"data:(?:text|application)/(?:x-)?(?:javascript|ecmascript)(?:;[\w=-]{1,40}){0,3}?(;base64)?,([^\"'`\s<>\\]{12,2000000})"
)
RUNS = 12


def find(module: JavaScriptModule) -> Iterator[Layer]:
    """Yield the scripts in a module's `data:` URLs."""
    for found in itertools.islice(_URL.finditer(module.source), RUNS):
        plain = from_base64(found[2].split(b"=")[0]) if found[1] else unquote_to_bytes(found[2])
        if plain and b"\0" not in plain[:64]:
            step = "data URL, base64" if found[1] else "data URL"
            yield Layer(plain, JAVASCRIPT, (step,), *module.position(found.start()))


SOURCE = LayerSource(id="data-url", view=JavaScriptModule, find=find, needles=(b"data:text/", b"data:application/"))
