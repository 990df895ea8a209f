"""What can be said about a shell text: traits, files that run, scripts that are started by name."""

from dataclasses import dataclass
from enum import StrEnum

from lazaretto.parse.shell_programs import ScriptCall


class Trait(StrEnum):
    """One thing that a shell text does."""

    REMOTE_CODE = "remote-code"
    """A download goes straight into an interpreter. Detail: the URL."""
    DOWNLOAD_RUN = "download-run"
    """A file is downloaded, then run. Detail: the URL."""
    DOWNLOAD = "download"
    """Something is downloaded. Detail: the URL."""
    DECODED_CODE = "decoded-code"
    """Decoded text goes into an interpreter. Detail: the decoder."""
    ENCODED_POWERSHELL = "encoded-powershell"
    """`powershell -enc BASE64`."""
    SCRIPT_HOST = "script-host"
    """A Windows helper runs something from a URL: mshta, regsvr32, rundll32. Detail: the URL."""
    INLINE_LOADER = "inline-loader"
    """Code on the command line fetches or decodes, and executes. Detail: the interpreter."""
    INLINE_CODE = "inline-code"
    """Any other code on the command line. Detail: the interpreter."""
    ASSET_RUN = "asset-run"
    """An interpreter runs a file whose name says font, image, data. Detail: the file."""
    HIDDEN_FILE_RUN = "hidden-file-run"
    """An interpreter runs a dot file, or a file in a temporary folder. Detail: the file."""
    HIDDEN_START = "hidden-start"
    """An interpreter or download runs detached, without a window or with all output thrown away."""
    OFF_SCREEN = "off-screen"
    """A command stands behind a long run of blanks."""
    SECRET_SENT = "secret-sent"  # noqa: S105 - a name, not a secret
    """The environment or a key file goes into an upload. Detail: the URL."""


@dataclass(frozen=True, slots=True)
class Act:
    """One trait with its place."""

    trait: Trait
    detail: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Run:
    """A file that the text runs."""

    path: str
    """As written, joined to the folders that `cd` went into; may climb out with `..`."""
    program: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was seen in one text."""

    acts: tuple[Act, ...] = ()
    runs: tuple[Run, ...] = ()
    calls: tuple[ScriptCall, ...] = ()
    programs: frozenset[str] = frozenset()
    cut: bool = False
    """True when the text was longer than the bounds."""

    def first(self, *traits: Trait) -> Act | None:
        """Return the first act that has one of `traits`."""
        return next((act for act in self.acts if act.trait in traits), None)

    def all(self, trait: Trait) -> tuple[Act, ...]:
        """Return every act of one trait."""
        return tuple(act for act in self.acts if act.trait is trait)
