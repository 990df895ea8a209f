import time
from importlib.resources import files

import msgspec
import pytest

from lazaretto.intel.pack import PACKS, decode, digest, newest_date, packs, references
from lazaretto.model.intel import Coverage


def test_every_pack_file_is_listed():
    present = {entry.name.removesuffix(".json") for entry in (files("lazaretto.intel") / "packs").iterdir()}
    assert present == set(PACKS)
    assert [pack.campaign.id for pack in packs()] == list(PACKS)


def test_every_row_names_a_known_source():
    known = references()
    for pack in packs():
        for row in (*pack.packages, *pack.indicators):
            assert row.source in known
            assert row.campaign == pack.campaign.id


def test_counts_and_dates():
    assert newest_date() == "2026-11-23"
    assert sum(len(pack.packages) for pack in packs()) > 1000
    assert sum(len(pack.indicators) for pack in packs()) > 1200
    assert len(digest()) == 64


def test_exact_records_have_versions():
    for pack in packs():
        for record in pack.packages:
            if record.coverage is Coverage.HIJACKED:
                assert record.versions, record.name


def test_descriptions_are_there():
    assert all(len(pack.campaign.description) > 30 for pack in packs())


def test_unknown_schema_is_refused():
    with pytest.raises(msgspec.ValidationError):
        decode(b'{"schema": "other/1"}')


def test_loading_is_quick():
    decode.__globals__["_contents"]()
    start = time.process_time()
    for data in decode.__globals__["_contents"]():
        decode(data)
    assert time.process_time() - start < 0.2  # measured 0.02 s; the bound allows for a busy machine
