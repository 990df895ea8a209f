"""The Sigma rules that `watch` runs: our own and those of folders that a person names.

    gather(folders) -> Gathered(matcher, loaded, gaps)

Whatever does not load is a gap, by file and rule; the others run.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lazaretto.adapters.sigma_folder import rule_files
from lazaretto.detect.sigma.own import own_rules
from lazaretto.detect.sigma.rules import Loaded, Matcher, Trouble
from lazaretto.model.finding import Gap, Stage
from lazaretto.model.text import N_, Message
from lazaretto.parse.archive_names import printable

SUBJECT: Final = "sigma"
_SAYINGS: Final = {
    Trouble.BROKEN: N_("{path}: the Sigma rule “{title}” is broken and does not run: {reason}"),
    Trouble.UNSUPPORTED: N_("{path}: the Sigma rule “{title}” is not evaluated: {reason}"),
    Trouble.REMARK: N_("{path}: the Sigma rule “{title}” runs, but: {reason}"),
}


@dataclass(frozen=True, slots=True)
class Gathered:
    """Rules, ready to run, and what is missing."""

    matcher: Matcher
    loaded: Loaded
    gaps: tuple[Gap, ...]


def gather(folders: Sequence[Path] = (), *, own: bool = True) -> Gathered:
    """Load our own rules and those of the folders (or single files).

    pySigma may be missing (extra `sigma`), a folder may be unreadable: that is a gap, never an error.
    """
    gaps: list[Gap] = []
    try:
        from lazaretto.detect.sigma.load import load

        loaded = load(_files(folders, gaps, own=own))
    except ImportError:
        reason = Message.of(N_("Sigma rules need pySigma: install lazaretto[sigma]"))
        return Gathered(Matcher(()), Loaded(), (Gap(Stage.RULE, SUBJECT, reason),))
    for problem in loaded.problems:
        path, title = printable(problem.path), printable(problem.title or "?")
        params = {"path": path, "title": title, "reason": printable(problem.reason)}
        reason = Message.of(_SAYINGS[problem.trouble], params)
        gaps.append(Gap(Stage.RULE, path, reason, partial=problem.trouble is Trouble.REMARK))
    return Gathered(Matcher(loaded.rules), loaded, tuple(gaps))


def _files(folders: Sequence[Path], gaps: list[Gap], *, own: bool) -> Iterator[tuple[str, bytes]]:
    if own:
        yield from own_rules()
    for folder in folders:
        yield from _folder(folder, gaps)


def _folder(folder: Path, gaps: list[Gap]) -> Iterable[tuple[str, bytes]]:
    def skipped(name: str, why: str) -> None:
        reason = Message.of(N_("{path}: not read: {reason}"), {"path": printable(name), "reason": printable(why)})
        gaps.append(Gap(Stage.READ, printable(name), reason))

    try:
        yield from rule_files(folder, skipped)
    except OSError as error:
        skipped(str(folder), error.strerror or str(error))
