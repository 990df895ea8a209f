"""Where in a package compiled files are ordinary: by folder, never by name of package."""

_TESTS = frozenset({
    "test", "tests", "testing", "testdata", "test-data", "test_data", "__tests__", "spec", "specs", "fixture",
    "fixtures", "__fixtures__", "corpus", "fuzz", "samples", "examples", "example",
})  # fmt: skip


def in_tests(path: str) -> bool:
    """Tell whether a file lies below a folder of tests, fixtures or samples."""
    return not _TESTS.isdisjoint(path.lower().split("/")[:-1])
