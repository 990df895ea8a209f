"""Build `src/lazaretto/intel/data/attack-techniques.tsv`: ATT&CK technique ids with names, one pinned version.

    git clone https://github.com/MISP/misp-galaxy      (any way to get clusters/mitre-attack-pattern.json)
    python tools/build_attack_table.py misp-galaxy/clusters/mitre-attack-pattern.json --attack 19 --date 2026-08-06

The MISP galaxy keeps every technique that ATT&CK ever had, with what revoked it, in one file of 2.7 MB; MITRE's own
STIX bundle has 50 MB. Written are the techniques of the enterprise matrix, one a line, tab-separated:

    id   name   tactics (comma-separated)   state (empty, `revoked`, `deprecated`)   id of its successor

A name with a parent is the sub-technique's own; the parent's is found under its id.
"""  # noqa: INP001 - a command, not a package

import argparse
import json
from pathlib import Path

OUT = Path(__file__).parent.parent / "src/lazaretto/intel/data/attack-techniques.tsv"


def main() -> None:
    """Read the galaxy, write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("galaxy", type=Path)
    parser.add_argument("--attack", required=True, help="version of ATT&CK that the galaxy holds")
    parser.add_argument("--date", required=True, help="date of the galaxy's file")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    galaxy = json.loads(arguments.galaxy.read_text(encoding="utf-8"))
    by_uuid = {value["uuid"]: value["meta"]["external_id"] for value in galaxy["values"]}
    rows = sorted({tuple(row) for value in galaxy["values"] if (row := _row(value, by_uuid))})
    head = (
        f"# attack\t{arguments.attack}\n"
        f"# source\tMISP galaxy, cluster mitre-attack-pattern, version {galaxy['version']}, {arguments.date}\n"
        "# made by\tpython tools/build_attack_table.py\n"
        "# notice\tATT&CK is a registered trademark of The MITRE Corporation; ids and names (c) The MITRE Corporation, "
        "reproduced with its permission under the ATT&CK terms of use\n"
    )
    arguments.out.write_text(head + "".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")


def _row(value: dict[str, object], by_uuid: dict[str, str]) -> list[str] | None:
    meta = value["meta"]
    assert isinstance(meta, dict)
    technique = meta["external_id"]
    chain = meta.get("kill_chain", [])
    tactics = sorted({step.partition(":")[2] for step in chain if step.startswith("attack-")})
    deprecated = str(value.get("description", "")).startswith(
        ("This object is deprecated", "**This technique has been")
    )
    if not technique.startswith("T1") or not tactics:
        return None
    name = str(value["value"]).removesuffix(f" - {technique}").strip()
    related = value.get("related", [])
    assert isinstance(related, list)
    successor = [by_uuid.get(link["dest-uuid"], "") for link in related if link["type"] == "revoked-by"]
    state = "revoked" if value.get("revoked") else "deprecated" if deprecated else ""
    return [technique, name, ",".join(tactics), state, successor[0] if successor and state else ""]


if __name__ == "__main__":
    main()
