"""What a rule is: metadata and one function over one view.

    RULE = Rule(id="py/decode-then-exec", view=PythonModule, severity=HIGH, confidence=MEDIUM, ..., check=check)

`check(view)` yields `Match` (something a person should hear of) and `Signal` (a neutral fact for other rules).
Ids, techniques and severity are added by the engine. The module's docstring is the rule's documentation page,
with the sections *What it sees / Why it matters / Example / What to do / False alarms / References*.

There are three kinds of views:

    file views   (`parse/catalog.py`)  one file at a time, in a worker, cached by content
    `Project`    (`detect/project.py`) all files' signals and findings of file rules, for facts across files
    `Evidence`   (`detect/project.py`) the same plus the findings of project and intel rules, for stories
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lazaretto.model.finding import Confidence, Location, Phase, Role, Severity, Signal


@dataclass(frozen=True, slots=True)
class Match:
    """One sighting by a rule."""

    message: str
    """English template, marked with `N_` where it is written; parameters in braces: `runs {command}`."""
    line: int = 1
    """Line in the view's file, from 1."""
    column: int = 1
    end_line: int = 0
    params: Mapping[str, object] | None = None
    excerpt: str = ""
    """Short quotation of the evidence; the engine cuts it to 200 characters."""
    path: str = ""
    """Only for project and story rules: the file. File rules leave it empty."""
    more: tuple[Location, ...] = ()
    """Further places that belong to the same sighting, for instance the end of a chain."""
    severity: Severity | None = None
    """Replaces the rule's severity, when the sighting itself decides."""
    confidence: Confidence | None = None
    phase: Phase | None = None
    related: tuple[str, ...] = ()
    """Only for story rules: the ids of the findings that make up the chain, in order."""
    layers: tuple[str, ...] = ()
    """Decodings that the rule looked through, outermost first, when it did; the engine puts those around a decoded
    layer in front."""
    process: int = -1
    """Only for behaviour: index of the program that did it."""
    event: int = -1
    """Only for behaviour: index of the event that completes it."""
    at: float = -1.0
    """Only for behaviour: when it was complete, in seconds like `Event.at`; -1 = when its event was."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Metadata of a rule. `lazaretto rules` prints it; `lazaretto explain ID` prints `doc`."""

    id: str
    """`family/kebab-case-name`, named for the bad thing it sees; never reused."""
    title: str
    """One English line, marked with `N_`, for lists."""
    view: type[Any]
    """The view class that `check` takes."""
    severity: Severity
    confidence: Confidence
    phase: Phase
    """When the bad thing happens, unless a match says otherwise."""
    role: Role
    check: Callable[[Any], Iterable[Match | Signal]]
    doc: str
    """The module's docstring (`__doc__`)."""
    techniques: tuple[str, ...] = ()
    """ATT&CK ids, the most telling first."""
    needles: tuple[bytes, ...] = ()
    """The rule is skipped for files that hold none of these (compared as lower-case ASCII when
    `fold_case`). Empty = always run. They must be necessary, not merely likely."""
    fold_case: bool = False
    since: str = "0.1"
    state: str = "stable"
    """`experimental`, `stable` or `deprecated`."""
