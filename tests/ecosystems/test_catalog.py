import importlib
import pkgutil

import lazaretto.ecosystems
from lazaretto.ecosystems.catalog import ECOSYSTEMS


def test_every_module_with_an_ecosystem_is_listed():
    names = [info.name for info in pkgutil.iter_modules(lazaretto.ecosystems.__path__, "lazaretto.ecosystems.")]
    found = [vars(importlib.import_module(name)).get("ECOSYSTEM") for name in names]
    assert {id(one) for one in found if one is not None} == {id(one) for one in ECOSYSTEMS}


def test_types_are_unique():
    assert len({one.type for one in ECOSYSTEMS}) == len(ECOSYSTEMS)
