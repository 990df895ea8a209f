"""The answer of `inventory`: the packages that a target's documents name, as a table or as JSON."""

from collections.abc import Iterator

from lazaretto.model.package import Inventory, Package
from lazaretto.model.text import N_
from lazaretto.reports.context import Context
from lazaretto.reports.document import Json, encode, gap_document, tool
from lazaretto.reports.groups import gap_groups
from lazaretto.reports.lines import pad
from lazaretto.reports.safe import cells, plain, safe, shorten, shorten_path
from lazaretto.reports.text import gap_names

SCHEMA = "lazaretto/inventory-1"


def as_json(target: str, kind: str, inventory: Inventory, context: Context) -> str:
    """Render as a document (`schema/inventory-1.schema.json`)."""
    document: Json = {
        "schema": SCHEMA,
        "tool": tool(context.version),
        "target": plain(target),
        "kind": kind,
        "packages": [_package(package) for package in inventory.packages],
        "gaps": [gap_document(gap, context) for gap in inventory.gaps],
    }
    return encode(document, context, indent=2)


def as_text(inventory: Inventory, context: Context) -> str:
    """Render as a table; what could not be read follows."""
    return "".join(f"{line}\n" for line in _lines(inventory, context))


def _package(package: Package) -> Json:
    return {
        "ecosystem": package.ecosystem,
        "name": plain(package.name),
        "version": plain(package.version),
        "purl": package.purl,
        "source": plain(package.source),
        "line": package.line,
        "relation": package.relation.value,
        "requirement": plain(package.requirement),
        "url": plain(package.url),
        "integrity": plain(package.integrity),
        "alias": plain(package.alias),
        "dev": package.dev,
    }


def _lines(inventory: Inventory, context: Context) -> Iterator[str]:
    say = context.translate
    rows = [
        (
            safe(package.ecosystem, 16),
            shorten_path(safe(package.name, 120), 48),
            shorten(safe(package.version or package.requirement or "-", 80), 24),
            package.relation.value,
            f"{shorten_path(safe(package.source, 400), 60)}:{package.line}",
        )
        for package in inventory.packages
    ]
    widths = [max((cells(row[column]) for row in rows), default=0) for column in range(4)]
    for row in rows:
        yield "  ".join((*(pad(text, width) for text, width in zip(row, widths, strict=False)), row[4]))
    if rows:
        yield ""
    yield say.count(N_("{n} package named"), N_("{n} packages named"), len({p.purl for p in inventory.packages}))
    groups = gap_groups(inventory.gaps)
    if groups:
        yield say(N_("Not read:"))
    for group in groups:
        yield f"  {gap_names(group, say)}: {say.message(group.reason, safe)}"
