"""Block lists of packages: `blocklist-npm` (one `name` or `name@version` a line), `blocklist-pip` (a constraints file)."""

from collections.abc import Iterator

from lazaretto.model.campaign import CampaignFacts
from lazaretto.model.intel import Coverage, PackageRecord, Trust
from lazaretto.reports.exports.hosts_of import one_line, source_of


def npm(facts: CampaignFacts, made: str) -> str:
    """Return names and versions; a name alone means every version."""
    lines = [f"# npm packages of {one_line(facts.campaign.name)}, {made}; a name alone stands for every version\n"]
    for record in _listed(facts, "npm"):
        versions = record.versions if record.coverage is not Coverage.ALL else ()
        lines += [f"{record.name}@{version}\n" for version in versions] or [f"{record.name}\n"]
    return "".join(dict.fromkeys(lines))


def pip(facts: CampaignFacts, made: str) -> str:
    """Return a constraints file for pip and uv: `name<0` cannot be satisfied, `!=` leaves listed versions out."""
    lines = [
        f"# pip install -c THIS-FILE; packages of {one_line(facts.campaign.name)}, {made}\n",
        "# NAME<0: no version may be installed\n",
    ]
    for record in _listed(facts, "pypi"):
        source = one_line(source_of(facts, record.source))
        if record.coverage in (Coverage.HIJACKED, Coverage.STATED):
            exclusions = ",".join(f"!={version}" for version in record.versions)
            lines.append(f"{record.name}{exclusions}  # {source}\n")
        else:
            lines.append(f"{record.name}<0  # {source}\n")
    return "".join(dict.fromkeys(lines))


def _listed(facts: CampaignFacts, ecosystem: str) -> Iterator[PackageRecord]:
    """Yield the records that may be blocked: not what is only watched, not what rests on a pivot."""
    for record in sorted(facts.packages, key=lambda one: one.name):
        without = record.coverage in (Coverage.HIJACKED, Coverage.STATED) and not record.versions
        if (
            record.ecosystem == ecosystem
            and record.coverage is not Coverage.WATCH
            and record.trust is not Trust.LOW
            and not without
        ):
            yield record
