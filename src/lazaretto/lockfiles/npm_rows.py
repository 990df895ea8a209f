"""What the readers of npm-world documents share: which files count, which texts can be names, one row from a spec."""

from collections.abc import Iterator
from dataclasses import replace

from lazaretto.ecosystems import npm
from lazaretto.model.package import Package, Relation

LONGEST_TEXT = 4096
"""Characters kept of an address or a requirement."""

NOT_A_MAPPING = "it is not a mapping"
NO_NAME = "it gives no usable name"


def in_node_modules(path: str) -> bool:
    """Tell whether a file belongs to an installed package; lockfiles shipped there are read by no client."""
    return path.startswith("node_modules/") or "/node_modules/" in path


def usable(name: str) -> bool:
    """Tell whether a text can stand as a package's name at all. Rule-breaking names pass: they are somebody's."""
    return 0 < len(name) <= 2 * npm.LONGEST_NAME and name.isprintable()


def cut(text: str) -> str:
    """Bound a text that a document gives."""
    return text[:LONGEST_TEXT]


def declared(key: str, text: str, source: str, line: int, *, dev: bool = False) -> Package:
    """Return the row of one `"name": "spec"` line of a manifest."""
    spec = npm.parse_spec(text)
    name = spec.name or key
    return Package(
        "npm",
        name,
        spec.version,
        source,
        line,
        Relation.DECLARED,
        requirement="" if spec.version and spec.kind == "version" else cut(text.strip()),
        url=cut(spec.url),
        alias=key if key != name else "",
        dev=dev,
    )


def with_fetched(row: Package) -> Iterator[Package]:
    """Yield the row and, when its address names another package, a row for that one too: it is what gets installed."""
    yield row
    fetched = npm.name_in_url(row.url) if "/-/" in row.url else ""
    if fetched and fetched.lower() != row.name.lower():
        yield replace(row, name=fetched, alias=row.name)


def name_of_place(place: str) -> str:
    """Return the name at the end of a `/` separated place: `a/@b/c` -> `@b/c`."""
    parts = place.split("/")
    return "/".join(parts[-2:]) if len(parts) > 1 and parts[-2].startswith("@") else parts[-1]
