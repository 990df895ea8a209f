"""Names that a program computes: is what stands of them in the file enough to know what they are?"""

import re

from lazaretto.parse.py_values import Value

_TELLING = re.compile(r"(?!__)[A-Za-z]\w{2,}_")
_COMMON = frozenset({"check_", "exec_", "load_", "import_", "b64_", "get_"})


def how_spelled(key: Value) -> frozenset[str]:
    """Return the tags of a computed name. One that begins with a word of its own (`visit_` + kind) hides nothing.

    Beginnings that functions of the standard library share with it do not count.
    """
    beginning = key.shape.partition("\0")[0]
    if "\0" in key.shape and beginning not in _COMMON and _TELLING.fullmatch(beginning):
        return frozenset(tag for tag in key.tags if not tag.startswith("dec:"))
    return key.tags
