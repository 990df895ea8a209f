"""The embedded packs: what is recorded about each campaign, read once when first asked for.

One JSON file per campaign lies in `packs/`; `tools/build_intel_pack.py` makes them. Their rows are data about
hostile things and are never resolved, fetched or opened.
"""

import hashlib
from dataclasses import replace
from functools import cache
from importlib.resources import files

import msgspec

from lazaretto.model.intel import Pack, Reference

PACKS = (
    "axios-2026",
    "chalk-debug-2025",
    "comebacker-pypi-2024",
    "contagious-interview",
    "equation-of-compromise",
    "glassworm",
    "graphalgo",
    "moonstone-npm-2024",
    "operation-dream-job",
    "pondrat-pypi-2024",
    "s1ngularity-2025",
    "shai-hulud-2025",
    "teampcp-2026",
    "tradertraitor-npm-2023",
    "tradertraitor-takehome",
    "vmconnect-pypi-2023",
)
"""All packs. A test asserts that every file of the folder is listed."""


def decode(data: bytes) -> Pack:
    """Turn one pack file into values.

    Raises:
        msgspec.ValidationError: the document is not of the schema `lazaretto/intel-pack-1`.
    """
    pack = msgspec.json.decode(data, type=Pack)
    if pack.schema != "lazaretto/intel-pack-1":
        raise msgspec.ValidationError(f"unknown pack schema {pack.schema!r}; this version reads lazaretto/intel-pack-1")
    name = pack.campaign.id
    return replace(
        pack,
        packages=tuple(replace(record, campaign=name) for record in pack.packages),
        indicators=tuple(replace(indicator, campaign=name) for indicator in pack.indicators),
    )


@cache
def packs() -> tuple[Pack, ...]:
    """All embedded packs, in the order of `PACKS`."""
    return tuple(decode(data) for data in _contents())


@cache
def references() -> dict[str, Reference]:
    """All sources by key."""
    return {reference.key: reference for pack in packs() for reference in pack.references}


def newest_date() -> str:
    """ISO date of the newest embedded intelligence."""
    return max(pack.generated for pack in packs())


@cache
def digest() -> str:
    """A digest that changes whenever the embedded packs do (part of a cache key)."""
    return hashlib.sha256(b"\0".join(_contents())).hexdigest()


@cache
def _contents() -> tuple[bytes, ...]:
    folder = files("lazaretto.intel") / "packs"
    return tuple((folder / f"{name}.json").read_bytes() for name in PACKS)
