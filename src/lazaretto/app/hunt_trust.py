"""What an editor's trust adds to the hits of a hunt.

A folder that was opened and trusted need not have run anything: that takes a task which the folder starts by itself.

    trusted, and a task starts at opening      the hit again, on the rung *executed*, with low confidence
    trusted, no such task                      the hit again, on its own rung: opened, nothing is known to have run
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from lazaretto.adapters.hunt_tree import DiskTree
from lazaretto.model.finding import Confidence
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import Hit, Rung, Trace
from lazaretto.parse.editor import EditorTasks
from lazaretto.traces.editors import TRUSTED
from lazaretto.traces.place import SMALL

_ABOUT = frozenset({"project", "git-history", "node-modules", "yarn-pnp", "leftover-files"})
_STARTED = N_(
    "an editor trusts the folder {folder}, in which this lies, and the folder starts a task when it is opened"
)
_OPENED = N_("an editor trusts the folder {folder}, in which this lies; nothing in it starts by itself now")


def starts(folder: str) -> bool:
    """Tell whether a folder on this disk has an editor's task that starts when the folder is opened."""
    blob = DiskTree().read(f"{folder}/.vscode/tasks.json", SMALL)
    return blob is not None and any(task.automatic for task in EditorTasks.of(blob).tasks)


def trusted_hits(hits: Iterable[Hit], folders: Sequence[Trace], started: Callable[[str], bool]) -> Iterator[Hit]:
    """Yield a hit more for what lies in a trusted folder, or is one.

    Args:
        hits: what was found.
        folders: folders that editors opened or trusted.
        started: tells of a folder whether it starts something by itself.
    """
    trusted = {trace.name: trace for trace in folders if trace.detail.template == TRUSTED}
    known: dict[str, bool] = {}
    told: set[tuple[str, str]] = set()
    for hit in hits:
        trace = hit.trace
        if trace.rung >= Rung.EXECUTED:
            continue
        for name, folder in trusted.items():
            own = trace.detail.template == TRUSTED and ("folder", name) in trace.detail.params
            key = (name, trace.what)
            if key in told or not (own or (trace.place in _ABOUT and under(trace.path, name))):
                continue
            told.add(key)
            ran = known.setdefault(name, started(name)) if name not in known else known[name]
            if own and not ran:
                continue
            yield Hit(
                replace(
                    folder,
                    world=trace.world,
                    name=trace.name,
                    version=trace.version,
                    rung=Rung.EXECUTED if ran else trace.rung,
                    confidence=Confidence.LOW,
                    detail=Message.of(_STARTED if ran else _OPENED, {"folder": name}),
                ),
                hit.reason,
            )


def under(path: str, root: str) -> bool:
    """Tell whether a path is a folder or lies in it."""
    return path == root or path.startswith(root.rstrip("/") + "/")
