import importlib
import pkgutil

import pytest

import lazaretto.lockfiles
from lazaretto.lockfiles.catalog import FORMATS
from lazaretto.lockfiles.lockfile import Format


def modules():
    return [info.name for info in pkgutil.iter_modules(lazaretto.lockfiles.__path__, "lazaretto.lockfiles.")]


def test_every_format_of_every_module_is_listed():
    found = {
        value.id
        for name in modules()
        for value in vars(importlib.import_module(name)).values()
        if isinstance(value, Format)
    }
    assert found == {one.id for one in FORMATS}


def test_ids_are_unique():
    assert len({one.id for one in FORMATS}) == len(FORMATS)


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.id)
def test_formats_look_at_the_path_alone(one):
    for path in ("", "/", "a", "a/b.txt", "\u202e", "x" * 5000, "a.zip!/b", "node_modules/"):
        assert one.accepts(path) in (True, False)
