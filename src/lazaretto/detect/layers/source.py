"""What finds decoded layers: metadata and one function over one view, like a rule.

    SOURCE = LayerSource(id="encoded-text", view=TextFile, find=find, needles=(b"...",))

`find(view)` yields `Layer`. The engine examines each of them like a file of its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lazaretto.parse.layer import Layer


@dataclass(frozen=True, slots=True)
class LayerSource:
    """Metadata of a finder of layers."""

    id: str
    """Kebab-case name; shown in gaps when it fails."""
    view: type[Any]
    """The view class that `find` takes."""
    find: Callable[[Any], Iterable[Layer]]
    needles: tuple[bytes, ...] = ()
    """It is skipped for files that hold none of these. Empty = always run."""
