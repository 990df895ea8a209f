"""How bad a command is, given that nobody asked for it, or that somebody did.

`uninvited` judges what a trigger runs (an editor task, a git hook, a lifecycle script): there, downloading code and
running it has no innocent explanation unless it is a well-known installer. `on_request` judges what a person starts
(a Makefile target, a Dockerfile step): there the same thing is everyday practice, and only its disguise is telling.

Both return the worst `Danger` of a text, or None; rules add the trigger's name and place.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from lazaretto.detect.project import normal
from lazaretto.detect.rule import Match
from lazaretto.model.finding import Confidence, Phase, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.hosts import HostKind, host_kind
from lazaretto.parse.shell_facts import Act, Facts, Trait
from lazaretto.parse.views import ParseError

_OUTSIDE = ("/", "~", "$", "%", "..")


@dataclass(frozen=True, slots=True)
class Danger:
    """The worst thing that a text does."""

    template: str
    """Message template; its parameters are `name` (given by the rule) and `detail`."""
    detail: str
    severity: Severity
    confidence: Confidence
    line: int
    """Within the text, from 1."""

    def match(self, name: str, line: int, excerpt: str, phase: Phase | None = None) -> Match:
        """Make the sighting: `name` is what runs the text, `line` the text's first line in its file."""
        rows = excerpt.split("\n")
        shown = rows[self.line - 1] if 0 < self.line <= len(rows) else excerpt
        return Match(
            self.template,
            line=line + self.line - 1,
            params={"name": name, "detail": self.detail},
            excerpt=" ".join(shown.split()),
            severity=self.severity,
            confidence=self.confidence,
            phase=phase,
        )


_REMOTE = N_("{name}: downloads code from {detail} and runs it at once")
_FETCHED = N_("{name}: downloads a file from {detail} and runs it")
_DECODED = N_("{name}: decodes text with {detail} and runs it")
_ENCODED = N_("{name}: runs an encoded {detail} command")
_HOST = N_("{name}: lets a Windows helper run what lies at {detail}")
_LOADER = N_("{name}: code on the command line of {detail} fetches or decodes something and executes it")
_ASSET = N_("{name}: runs {detail}, a file that by its name is not code")
_BLANKS = N_("{name}: a command stands behind a long run of blanks, out of sight{detail}")
_SECRET = N_("{name}: sends secrets or the whole environment to {detail}")
_ODD_HOST = N_("{name}: downloads from {detail}, a bare address, a link shortener or a throw-away host")
_HIDDEN = N_("{name}: starts {detail} so that nobody sees it")
_DOTFILE = N_("{name}: runs {detail}, a hidden or temporary file")

_UNINVITED: tuple[tuple[Trait, str, Severity, Confidence], ...] = (
    (Trait.REMOTE_CODE, _REMOTE, Severity.HIGH, Confidence.HIGH),
    (Trait.DOWNLOAD_RUN, _FETCHED, Severity.HIGH, Confidence.HIGH),
    (Trait.DECODED_CODE, _DECODED, Severity.HIGH, Confidence.HIGH),
    (Trait.ENCODED_POWERSHELL, _ENCODED, Severity.HIGH, Confidence.HIGH),
    (Trait.SCRIPT_HOST, _HOST, Severity.HIGH, Confidence.HIGH),
    (Trait.INLINE_LOADER, _LOADER, Severity.HIGH, Confidence.HIGH),
    (Trait.ASSET_RUN, _ASSET, Severity.HIGH, Confidence.HIGH),
    (Trait.OFF_SCREEN, _BLANKS, Severity.HIGH, Confidence.HIGH),
    (Trait.SECRET_SENT, _SECRET, Severity.HIGH, Confidence.HIGH),
    (Trait.DOWNLOAD, _ODD_HOST, Severity.HIGH, Confidence.MEDIUM),
    (Trait.HIDDEN_FILE_RUN, _DOTFILE, Severity.MEDIUM, Confidence.MEDIUM),
    (Trait.HIDDEN_START, _HIDDEN, Severity.MEDIUM, Confidence.MEDIUM),
)
_ON_REQUEST: tuple[tuple[Trait, str, Severity, Confidence], ...] = (
    (Trait.SECRET_SENT, _SECRET, Severity.HIGH, Confidence.MEDIUM),
    (Trait.SCRIPT_HOST, _HOST, Severity.HIGH, Confidence.MEDIUM),
    (Trait.ASSET_RUN, _ASSET, Severity.MEDIUM, Confidence.MEDIUM),
    (Trait.ENCODED_POWERSHELL, _ENCODED, Severity.MEDIUM, Confidence.MEDIUM),
    (Trait.DECODED_CODE, _DECODED, Severity.MEDIUM, Confidence.MEDIUM),
    (Trait.OFF_SCREEN, _BLANKS, Severity.MEDIUM, Confidence.LOW),
    (Trait.REMOTE_CODE, _REMOTE, Severity.LOW, Confidence.MEDIUM),
    (Trait.DOWNLOAD_RUN, _FETCHED, Severity.LOW, Confidence.MEDIUM),
    (Trait.INLINE_LOADER, _LOADER, Severity.LOW, Confidence.MEDIUM),
)
_ODD_KINDS = frozenset({HostKind.ADDRESS, HostKind.SHORTENER, HostKind.THROWAWAY})


def uninvited(facts: Facts) -> Danger | None:
    """Judge a text that runs without being asked for."""
    return _worst(_dangers(facts, _UNINVITED, trigger=True))


def on_request(facts: Facts) -> Danger | None:
    """Judge a text that a person starts knowingly."""
    return _worst(_dangers(facts, _ON_REQUEST, trigger=False))


def need_whole(*facts: Facts) -> None:
    """Refuse texts that were too long or too deeply nested to be read whole; called after everything else.

    Raises:
        ParseError: one of them was cut; becomes a partial gap.
    """
    if any(fact.cut for fact in facts):
        raise ParseError("a command text is too long or too deeply nested to be read whole")


def start_signals(facts: Facts, phase: Phase, path: str, folder: str, line: int) -> Iterator[Signal]:
    """Yield `start` and `script-call` signals for what a text runs.

    `folder` is where the text runs, relative to the subject; `line` is the text's first line in file `path`.
    """
    for run in facts.runs:
        if not run.path.startswith(_OUTSIDE[:-1]):
            target = normal(posixpath.join(folder, run.path))
            if target and not target.startswith(".."):
                yield Signal("start", f"{phase.value}\t{target}", path, line + run.line - 1)
    for call in facts.calls:
        if call.tool == "npm":
            where = normal(posixpath.join(folder, call.folder))
            yield Signal("script-call", f"{phase.value}\t{where}\t{call.name}", path, line + call.line - 1)


def _dangers(
    facts: Facts, table: tuple[tuple[Trait, str, Severity, Confidence], ...], *, trigger: bool
) -> Iterator[Danger]:
    for trait, template, severity, confidence in table:
        for act in facts.all(trait):
            if trait in {Trait.REMOTE_CODE, Trait.DOWNLOAD_RUN, Trait.DOWNLOAD}:
                kind = host_kind(act.detail) if act.detail else HostKind.OTHER
                if kind is HostKind.LOCAL or (trait is Trait.DOWNLOAD and kind not in _ODD_KINDS):
                    continue
                if trigger and kind is HostKind.INSTALLER:
                    yield _danger(act, template, Severity.MEDIUM, Confidence.LOW)
                    continue
                if not trigger and kind is HostKind.ADDRESS:
                    yield _danger(act, template, Severity.HIGH, Confidence.MEDIUM)
                    continue
                if not trigger and kind in _ODD_KINDS:
                    yield _danger(act, template, Severity.MEDIUM, Confidence.MEDIUM)
                    continue
            yield _danger(act, template, severity, confidence)


def _danger(act: Act, template: str, severity: Severity, confidence: Confidence) -> Danger:
    return Danger(template, act.detail, severity, confidence, act.line)


def _worst(dangers: Iterator[Danger]) -> Danger | None:
    return max(dangers, key=lambda d: (d.severity + d.confidence, d.severity), default=None)
