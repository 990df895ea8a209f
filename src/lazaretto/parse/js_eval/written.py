"""Values written down as source text."""

import json
import math
import re

from lazaretto.parse.js_eval.values import NULL, number_text, readable

_NAME = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)


def is_name(value: str) -> bool:
    """Tell whether a property can be written after a dot."""
    return len(value) <= 200 and _NAME.fullmatch(value) is not None


def literal_of(value: object) -> bytes | None:
    """Return a primitive as source text; None for everything else."""
    if isinstance(value, str):
        return json.dumps(readable(value), ensure_ascii=False).encode("utf-8", "replace")
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, (int, float)):
        return number_text(value).encode() if value == value and not math.isinf(value) else None
    return b"null" if value is NULL else None
