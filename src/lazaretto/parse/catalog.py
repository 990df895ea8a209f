"""All views, in the order in which the engine tries them. A test asserts that every view module is listed."""

from lazaretto.parse.views import AnyFile, TextFile, View

VIEWS: tuple[type[View], ...] = (
    AnyFile,
    TextFile,
)
