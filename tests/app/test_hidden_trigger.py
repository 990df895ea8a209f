"""A package that does nothing at installation and import, examined whole: the story names the call that starts it."""

import io
import tarfile
from pathlib import Path

from lazaretto.app.check import Options, check_many

FILES = {
    "setup.py": 'from setuptools import setup\nsetup(name="graphx", version="1.0")\n',
    "PKG-INFO": "Metadata-Version: 2.1\nName: graphx\nVersion: 1.0\n",
    "graphx/__init__.py": "from graphx import utils\nfrom graphx.classes import *\n",
    "graphx/classes/__init__.py": "from .digraph import DiGraph\n",
    "graphx/utils/__init__.py": "from .load_libraries import *\n",
    "graphx/utils/graph_config.py": "TABLE = [1, 2, 3]\nNAMES = [[4, 5], [6, 7]]\n",
    "graphx/utils/load_libraries.py": """import importlib
from . import graph_config


def _restore(values, key):
    out = ""
    for index, value in enumerate(values):
        out += chr(value ^ ord(key[index % len(key)]))
    return out


def load_graph_libraries(attr):
    key = attr.get("layout_key")
    names = [_restore(name, key) for name in graph_config.NAMES]
    return getattr(importlib.import_module(names[0]), names[1])(_restore(graph_config.TABLE, key))
""",
    "graphx/classes/digraph.py": """import graphx as gx


class DiGraph:
    def __init__(self, data=None, **attr):
        self.graph = {}
        if "layout_key" in attr:
            gx.utils.load_graph_libraries(attr)
""",
}


def test_an_archive_and_a_folder_tell_the_same_story(tmp_path: Path) -> None:
    archive = tmp_path / "graphx-1.0.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for name, text in FILES.items():
            member = tarfile.TarInfo(f"graphx-1.0/{name}")
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    folder = tmp_path / "folder"
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    told = []
    for checked in check_many([str(archive), str(folder)], Options(jobs=1, cache=False)):
        assert checked.verdict.grade.word == "malicious"
        told += [
            finding.message.english() for finding in checked.verdict.reasons if finding.rule == "story/hidden-trigger"
        ]
    path = "graphx-1.0/graphx/utils/load_libraries.py"
    expected = (
        f'DiGraph() calls load_graph_libraries in {path}, when "layout_key" in attr, which hides what it does: '
        "py/assembled-name"
    )
    assert told == [expected, expected]
