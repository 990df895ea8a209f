"""Packages in JSON that a report quotes: OSV records and the like."""

import re
from collections.abc import Iterator

from lazaretto.intel.extract.package_words import explicit, package
from lazaretto.intel.extract.page import Candidate, Page

_RECORD = re.compile(
    r'"ecosystem"\s*:\s*"(?P<world>[A-Za-z.]{2,20})"\s*,\s*"name"\s*:\s*"(?P<name>[^"\s]{1,200})"'
    r'|"name"\s*:\s*"(?P<name2>[^"\s]{1,200})"\s*,\s*"ecosystem"\s*:\s*"(?P<world2>[A-Za-z.]{2,20})"'
)
_VERSIONS = re.compile(r'"versions"\s*:\s*\[(?P<list>[^\[\]{}]{0,4000})\]')
_ONE = re.compile(r'"(?P<version>[0-9][0-9A-Za-z.+_-]{0,60})"')
_WORLDS = {
    "npm": "npm",
    "pypi": "pypi",
    "go": "golang",
    "rubygems": "gem",
    "crates.io": "cargo",
    "nuget": "nuget",
    "packagist": "composer",
    "maven": "maven",
}
REACH = 3000
"""Characters behind a record in which its versions may stand."""


def find_records(page: Page) -> Iterator[Candidate]:
    """Yield packages of `affected` blocks, with their versions."""
    records = list(_RECORD.finditer(page.text))
    for number, match in enumerate(records):
        told = match["world"] or match["world2"]
        group = "name" if match["name"] else "name2"
        world = _WORLDS.get(told.lower(), "") or explicit(told)
        if not world:
            continue
        stop = min(match.end() + REACH, records[number + 1].start() if number + 1 < len(records) else len(page.text))
        listed = _VERSIONS.search(page.text, match.end(), stop)
        versions = list(_ONE.finditer(page.text, *listed.span("list"))) if listed else []
        for version in versions[:200]:
            yield package(world, match[group], version["version"], *version.span("version"), proven=True)
        if not versions:
            yield package(world, match[group], "", *match.span(group))
