"""Caches of Poetry, PDM and conda.

pypoetry/artifacts/.../NAME-VERSION-*.whl, pdm/packages/NAME-VERSION-*      fetched
pypoetry/cache/repositories/NAME/..., pdm/metadata/...                       (held by digest: nothing to read)
pkgs/NAME-VERSION-BUILD(.conda|.tar.bz2), pkgs/urls.txt                      fetched
envs/*/conda-meta/*.json                                                     read with the projects
"""

import re
from collections.abc import Iterator

from lazaretto.ecosystems import pypi
from lazaretto.model.finding import Gap
from lazaretto.model.text import N_, Message
from lazaretto.model.trace import Rung, Trace
from lazaretto.traces.place import Place, Tree, Wanted, iso, join

_DEPTH = 8
_CONDA = re.compile(r"(.{1,200})-([^-]{1,100})-([^-]{1,100}?)(?:\.conda|\.tar\.bz2)?")


def read_wheels(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read a folder in which distributions lie under their own names."""
    place = POETRY.id if "pypoetry" in path else PDM.id
    stack = [(path, 0)]
    while stack:
        folder, depth = stack.pop()
        folders, files = tree.list(folder)
        for name in (*files, *folders):
            if "-" in name and wanted.named("pypi", pypi.normalize(name.partition("-")[0])):
                project, version = pypi.file_name(name if name in files else f"{name}.whl")
                version = version or name.split("-")[1]
                detail = Message.of(N_("downloaded into the cache"))
                file = join(folder, name)
                yield Trace(
                    "pypi",
                    pypi.normalize(project or name.partition("-")[0]),
                    version,
                    Rung.FETCHED,
                    place,
                    file,
                    0,
                    iso(tree.time(file)),
                    detail=detail,
                )
        if depth < _DEPTH:
            stack += [(join(folder, name), depth + 1) for name in reversed(folders) if "-" not in name]


def read_conda(tree: Tree, path: str, wanted: Wanted) -> Iterator[Trace | Gap]:
    """Read conda's folder of packages. A PyPI project's conda package counts as that project, too."""
    folders, files = tree.list(path)
    for name in (*folders, *files):
        match = _CONDA.fullmatch(name)
        if match is None:
            continue
        for world, project in (("conda", match[1]), ("pypi", pypi.normalize(match[1]))):
            if wanted.named(world, project):
                file = join(path, name)
                detail = Message.of(N_("conda downloaded it into its cache"))
                yield Trace(
                    world, project, match[2], Rung.FETCHED, CONDA.id, file, 0, iso(tree.time(file)), detail=detail
                )


POETRY = Place(
    "poetry-cache",
    N_("Poetry's cache"),
    (Rung.FETCHED,),
    read_wheels,
    folders=("pypoetry/artifacts", "Cache/artifacts"),
    locations={
        "linux": ("{cache}/pypoetry", "$POETRY_CACHE_DIR/artifacts"),
        "macos": ("{home}/Library/Caches/pypoetry", "$POETRY_CACHE_DIR/artifacts"),
        "windows": ("{localappdata}/pypoetry/Cache", "$POETRY_CACHE_DIR/artifacts"),
    },
)
PDM = Place(
    "pdm-cache",
    N_("PDM's cache"),
    (Rung.FETCHED,),
    read_wheels,
    folders=("pdm/packages", "pdm/wheels", "Cache/packages"),
    locations={
        "linux": ("{cache}/pdm", "$PDM_CACHE_DIR/packages"),
        "macos": ("{home}/Library/Caches/pdm", "$PDM_CACHE_DIR/packages"),
        "windows": ("{localappdata}/pdm/pdm/Cache", "$PDM_CACHE_DIR/packages"),
    },
)
CONDA = Place(
    "conda-packages",
    N_("conda's downloaded packages"),
    (Rung.FETCHED,),
    read_conda,
    folders=("*conda*/pkgs", ".conda/pkgs", "*forge*/pkgs", "micromamba/pkgs", "mamba/pkgs"),
    locations={
        "linux": ("{home}/miniconda3/pkgs", "{home}/anaconda3/pkgs", "{home}/miniforge3/pkgs", "{home}/.conda/pkgs"),
        "macos": ("{home}/miniconda3/pkgs", "{home}/anaconda3/pkgs", "{home}/miniforge3/pkgs", "{home}/.conda/pkgs"),
        "windows": ("{home}/miniconda3/pkgs", "{home}/anaconda3/pkgs", "{home}/miniforge3/pkgs"),
    },
)
PLACES = (POETRY, PDM, CONDA)
