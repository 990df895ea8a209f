"""What the readers' tests share."""

from collections.abc import Callable, Mapping

import pytest

from lazaretto.lockfiles.lockfile import Format
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.parse.blob import Blob


class Answer:
    """The rows of one document."""

    def __init__(self, rows: list[Package | Gap]) -> None:
        self.packages = [row for row in rows if isinstance(row, Package)]
        self.gaps = [row for row in rows if isinstance(row, Gap)]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """(name, version) in the order of the document."""
        return [(row.name, row.version) for row in self.packages]

    def one(self, name: str) -> Package:
        """The only row of that name."""
        (row,) = [row for row in self.packages if row.name == name]
        return row

    @property
    def reasons(self) -> list[str]:
        """The gaps in English."""
        return [gap.reason.english() for gap in self.gaps]


@pytest.fixture
def read() -> Callable[..., Answer]:
    """`read(FORMAT, path, text, {other path: text})`."""

    def call(kind: Format, path: str, text: str | bytes, files: Mapping[str, str] | None = None) -> Answer:
        blobs = {name: Blob(name, content.encode()) for name, content in (files or {}).items()}
        data = text.encode() if isinstance(text, str) else text
        assert kind.accepts(path)
        return Answer(list(kind.read(Blob(path, data), blobs.get)))

    return call
