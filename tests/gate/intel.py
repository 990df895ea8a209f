"""An intelligence store that records the test registry's bad packages, made the way users make theirs."""

import json
from datetime import UTC, datetime
from pathlib import Path

from lazaretto.app.intel import Update, update_from


def record(ident: str, ecosystem: str, name: str, versions: tuple[str, ...] = ()) -> dict[str, object]:
    affected: dict[str, object] = {"package": {"ecosystem": ecosystem, "name": name}}
    if versions:
        affected["versions"] = list(versions)
    else:
        affected["ranges"] = [
            {"type": "SEMVER" if ecosystem == "npm" else "ECOSYSTEM", "events": [{"introduced": "0"}]}
        ]
    return {
        "schema_version": "1.5.0",
        "id": ident,
        "modified": "2026-11-01T00:00:00Z",
        "published": "2026-11-01T00:00:00Z",
        "summary": f"Malicious code in {name} ({ecosystem})",
        "details": "inert test record",
        "affected": [affected],
    }


RECORDS = (
    record("MAL-2026-9001", "npm", "lz-bad"),
    record("MAL-2026-9002", "PyPI", "lz-bad"),
    record("MAL-2026-9003", "npm", "lz-bad-once", ("1.0.1",)),
    record("MAL-2026-9004", "PyPI", "lz-bad-once", ("1.0.1",)),
)


def intel_store(folder: Path, records: tuple[dict[str, object], ...] = RECORDS) -> str:
    """Make the store below `folder` and return its place."""
    feed = folder / "feed"
    feed.mkdir(parents=True, exist_ok=True)
    for one in records:
        (feed / f"{one['id']}.json").write_text(json.dumps(one), "utf-8")
    place = str(folder / "intel.sqlite3")
    results = update_from([str(feed)], "", Update(datetime.now(UTC), place))
    assert all(result.complete for result in results), results
    return place
