"""Build `src/lazaretto/intel/packs/*.json` from the research files: one pack per campaign, the same bytes every time.

    python tools/build_intel_pack.py CAMPAIGNS.json ADVISORIES.json [--shai-hulud CONSOLIDATED.csv] [--out FOLDER]

CAMPAIGNS.json   schema `lazaretto-research/campaigns-1`
ADVISORIES.json  OSV advisories of the graphalgo names, with `range_introduced_0`
CONSOLIDATED.csv Datadog's list `package_name,package_versions,sources`
tools/intel_extra.json is always read: our own words, and a few rows with their sources.

What becomes of a package row (`Coverage`):

    an advisory with the range "introduced 0"              all        every version
    an advisory or a row with a version list               listed     those; other versions are only "listed name"
    the same, in a campaign that took over living projects hijacked   those; other versions are innocent
    no version list anywhere                               all        the name was made for the campaign
    no version list here, but one in another campaign      listed     the other campaign's list decides
    "warn only", or a release seen to hold no payload      watch      never malicious by itself
"""  # noqa: INP001 - a command, not a package

import argparse
import base64
import csv
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Row = dict[str, Any]
Rows = dict[Any, Any]
ROOT = Path(__file__).parent
SCHEMA = "lazaretto/intel-pack-1"
LICENCE = (
    "Facts with their sources; no text of the sources is copied. Feeds used: Maltrail (MIT), kam193/package-campaigns "
    "(attribution asked), OpenSSF malicious-packages (Apache-2.0), Datadog, Talos and Unit 42 public indicator "
    "repositories."
)
PURL_TYPES = {"npm": "npm", "PyPI": "pypi", "Go": "golang", "Terraform": "terraform"}
HIJACKS = {"axios-2026", "teampcp-2026", "shai-hulud-2025", "chalk-debug-2025", "s1ngularity-2025"}
"""Campaigns that published into other people's projects."""
MADE_FOR_IT = {"plain-crypto-js"}
"""... and the names there that were nobody else's."""
NO_PAYLOAD = {("pypi", "graphflux")}
"""Names whose living release was compared file by file and holds no payload."""
LIST_DOUBT = {"maltrail", "wiz-tt"}
"""Feeds that collect what others wrote: never more than medium trust."""
TENANTS = (".vercel.app", ".vercel.sh", ".slack.com", ".short.gy", ".duckdns.org", ".hostkey.in", ".onrender.com",
           ".wiremockapi.cloud", ".now.sh", ".zeit.sh")  # fmt: skip
"""Hosts below these belong to one customer each."""
SHARED_HOSTS = ("drive.google.com", "raw.githubusercontent.com", "github.com", "bitbucket.org", "mocki.io",
                "api.npoint.io", "jsonkeeper.com", "jsonbin.io", "wiremockapi.cloud", "linkedin.com")  # fmt: skip
HUNT_KINDS = {"url-path", "user-agent", "registry-key", "repository-name", "file-path"}
HUNT_NAMES_SUFFIXES = (".py", ".vbs", ".zip", ".sql", ".sqlite3", ".go")
KINDS = {"evm-contract": "wallet", "tron-address": "wallet", "aptos-account": "wallet", "public-key-hex": "marker",
         "string": "marker", "chrome-extension": "browser-extension", "registry": "registry-key"}  # fmt: skip
CONTEXT_KINDS = {"github-account", "npm-account"}


def main() -> None:
    """Read the arguments, write the packs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("campaigns", type=Path)
    parser.add_argument("advisories", type=Path)
    parser.add_argument("--shai-hulud", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT.parent / "src/lazaretto/intel/packs")
    arguments = parser.parse_args()
    research = json.loads(arguments.campaigns.read_text("utf-8"))
    advisories = json.loads(arguments.advisories.read_text("utf-8"))
    extra = json.loads((ROOT / "intel_extra.json").read_text("utf-8"))
    exact = {
        (row["ecosystem"], row["name"]) for c in research["campaigns"] for row in c["packages"] if row["versions_known"]
    }
    for row in (row for campaign in research["campaigns"] for row in campaign["packages"]):
        row["listed_elsewhere"] = not row["versions_known"] and (row["ecosystem"], row["name"]) in exact
    by_name = {(PURL_TYPES[row["ecosystem"]], row["name"]): row for row in advisories["advisories"]}
    if arguments.shai_hulud:
        extra["packages"]["shai-hulud-2025"] = shai_hulud(arguments.shai_hulud)
    sources = {**research["sources"], **extra["references"]}
    for campaign in research["campaigns"]:
        advised = by_name if campaign["id"] == "graphalgo" else {}
        text = pack(campaign, research["generated"], sources, advised, extra)
        (arguments.out / f"{campaign['id']}.json").write_text(text, "utf-8")


def pack(campaign: Row, generated: str, sources: Rows, advised: Rows, extra: Rows) -> str:
    """Return one pack as JSON text, one row a line so that a change is easy to read."""
    name = campaign["id"]
    packages = packages_of(campaign, sources, advised, extra["packages"].get(name, []))
    indicators = indicators_of(campaign, sources)
    indicators += [{"scope": "target", "trust": "high", "via": "", **row} for row in extra["targets"].get(name, [])]
    fronts = [
        {"name": row["name"], "domains": row.get("domains", []), "source": row["source"]}
        for row in campaign.get("front_companies", [])
    ]
    used = {row["source"] for row in packages + indicators + fronts}
    head = {
        "id": name,
        "name": campaign["name"],
        "aliases": campaign.get("aliases", []),
        "actor": campaign["attribution"]["actor"],
        "first_seen": campaign["first_seen"],
        "last_seen": campaign["last_seen"],
        "ecosystems": campaign["ecosystems"],
        "techniques": campaign["attack"],
        "description": extra["descriptions"][name],
        "fronts": fronts,
    }
    references = [
        {key: sources[source][key] for key in ("url", "date", "title", "kind")} | {"key": source}
        for source in sorted(used)
    ]
    parts = {
        "schema": json.dumps(SCHEMA),
        "generated": json.dumps(generated),
        "made_by": json.dumps("python tools/build_intel_pack.py"),
        "licence": json.dumps(LICENCE),
        "campaign": json.dumps(head, ensure_ascii=False, indent=1),
        "references": rows(references),
        "packages": rows(packages),
        "indicators": rows(indicators),
    }
    return "{\n" + ",\n".join(f'"{key}": {value}' for key, value in parts.items()) + "\n}\n"


def rows(items: list[Row]) -> str:
    """Return a JSON array with one item a line."""
    if not items:
        return "[]"
    full = [{key: value for key, value in sorted(item.items()) if value not in ("", [])} for item in items]
    return "[\n" + ",\n".join(json.dumps(item, ensure_ascii=False) for item in full) + "\n]"


def packages_of(campaign: Row, sources: Rows, advised: Rows, more: list[Row]) -> list[Row]:
    """Return the package records, sorted by ecosystem and name."""
    result: dict[tuple[str, str], Row] = {}
    for row in campaign.get("packages", []):
        ecosystem, name = PURL_TYPES[row["ecosystem"]], row["name"]
        versions = [] if row["versions"] == ["*"] else list(row["versions"])
        advisory = advised.get((ecosystem, name))
        coverage = "listed" if versions or row["listed_elsewhere"] else "all"
        trust = trust_of(row, sources)
        if campaign["id"] in HIJACKS and name not in MADE_FOR_IT:
            coverage = "hijacked"
        if advisory and advisory["id"]:
            versions = sorted({*versions, *advisory["versions"]}, key=natural)
            coverage = "all" if advisory["range_introduced_0"] else "listed"
            trust = "high"
        elif row.get("note") == "range introduced 0":
            coverage = "all"
        if "warn only" in row.get("status", ""):
            coverage, trust = "watch", "low"
        elif (ecosystem, name) in NO_PAYLOAD:
            coverage, trust = "watch", "medium"
        result[ecosystem, name] = {
            "ecosystem": ecosystem,
            "name": name,
            "coverage": coverage,
            "versions": versions,
            "source": row["source"],
            "trust": trust,
            "advisory": (advisory and advisory["id"]) or row.get("osv", ""),
            "date": ((advisory and advisory["published"]) or sources[row["source"]]["date"])[:10],
        }
    for row in more:
        ecosystem = PURL_TYPES[row["ecosystem"]]
        filled = {"advisory": "", "date": sources[row["source"]]["date"], **row, "ecosystem": ecosystem}
        result.setdefault((ecosystem, row["name"]), filled)
    return [result[key] for key in sorted(result)]


def indicators_of(campaign: Row, sources: Rows) -> list[Row]:
    """Return the indicators, sorted by kind and value."""
    result: dict[tuple[str, str], Row] = {}
    found = list(campaign.get("indicators", []))
    found += [
        {"type": "url", "value": repository, "role": "lure repository", "source": "kam193"}
        for repository in campaign.get("lure_repositories", [])
    ]
    found += [  # as PEM files spell it
        {**row, "type": "string", "value": base64.b64encode(bytes.fromhex(row["value"])).decode()}
        for row in found
        if row["type"] == "public-key-hex"
    ]
    for row in found:
        kind = KINDS.get(row["type"], row["type"])
        value = row["value"]
        if row.get("shared_service"):
            continue  # a host that everybody uses says nothing
        if kind == "url":
            kind, value = plain_address(value)
        if kind in ("domain", "sha256", "md5"):
            value = value.lower()
        if row["value"].endswith((".bat",)) and kind == "marker":
            kind = "file-name"
        result.setdefault(
            (kind, value),
            {
                "kind": kind,
                "value": value,
                "scope": scope_of(kind, value, row),
                "source": row["source"],
                "trust": trust_of(row, sources),
                "role": row.get("role", ""),
                "via": row.get("upstream", ""),
            },
        )
    return [result[key] for key in sorted(result)]


def plain_address(value: str) -> tuple[str, str]:
    """Return (kind, value): an address without scheme, or its bare host when it has no path."""
    parts = urlsplit(value if "://" in value else f"https://{value}")
    host, rest = parts.netloc.lower(), parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
    if rest:
        return "url", host + rest.removesuffix(".git")
    if re.fullmatch(r"[\d.]+", host):
        return "ipv4", host
    return ("ipv4-port", host) if re.fullmatch(r"[\d.]+:\d+", host) else ("domain", host)


def scope_of(kind: str, value: str, row: Row) -> str:
    """Return how closely a value has to match."""
    if kind in HUNT_KINDS or row.get("match", "").startswith("weak"):
        return "hunt"
    if kind == "file-name":
        return "hunt" if value.endswith(HUNT_NAMES_SUFFIXES) else "exact"
    if kind in CONTEXT_KINDS or "LICENSE" in value:
        return "context"
    if kind == "domain":
        return "exact" if value.endswith(TENANTS) or value in SHARED_HOSTS else "host"
    return "exact"


def trust_of(row: Row, sources: Rows) -> str:
    """Return the row's own confidence, else what its source allows."""
    if "confidence" in row:
        return str(row["confidence"])
    if row["source"] in LIST_DOUBT:
        return "medium"
    return {"primary": "high", "feed": "high", "secondary": "medium", "cited": "medium"}[sources[row["source"]]["kind"]]


def shai_hulud(path: Path) -> list[Row]:
    """Read Datadog's consolidated list."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            {
                "ecosystem": "npm",
                "name": row["package_name"],
                "versions": [version.strip() for version in row["package_versions"].split(",")],
                "coverage": "hijacked",
                "source": "datadog-sh2",
                "trust": "high" if "," in row["sources"] else "medium",
            }
            for row in csv.DictReader(lines)
        ]


def natural(version: str) -> list[tuple[int, str]]:
    """Sort key: numbers by value."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"[.\-]", version)]


if __name__ == "__main__":
    main()
