"""Harmless packages made in memory, the same bytes in every run, and the world of them that the gate's tests use.

    NpmVersion, NpmPackage      one tarball for each version; its packument comes from `upstream`
    PyVersion, PyProject        a wheel and a source distribution with its own build backend (it needs no other package)
    world(now)                  every case that a registry firewall has to judge, by name

Nothing here does anything: code is a constant, an install script is `true`, "malicious" is a name that a test lists.
"""

import base64
import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

_MTIME = 1_600_000_000
OLD = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class NpmVersion:
    version: str
    published: datetime | None = OLD
    dependencies: Mapping[str, str] = field(default_factory=dict)
    scripts: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    deprecated: str = ""
    attested: bool = False
    publisher: str = "somebody"
    licence: str = "MIT"
    archive_name: str = ""
    """Another name than the registry's, written into the archive's package.json."""
    spoiled: bool = False
    """The registry serves other bytes than it gives digests for."""
    odd_path: bool = False
    """`dist.tarball` is not at the usual path."""
    bin: str = ""


@dataclass(frozen=True)
class NpmPackage:
    name: str
    versions: tuple[NpmVersion, ...]
    tags: Mapping[str, str] = field(default_factory=dict)
    """Besides `latest`, which is the last version unless it is given."""

    @property
    def base(self) -> str:
        return self.name.rpartition("/")[2]

    def filename(self, version: NpmVersion) -> str:
        return f"{self.base}-{version.version}.tgz"

    def manifest(self, version: NpmVersion) -> dict[str, object]:
        found: dict[str, object] = {
            "name": version.archive_name or self.name,
            "version": version.version,
            "description": "inert",
            "main": "index.js",
            "license": version.licence,
        }
        if version.dependencies:
            found["dependencies"] = dict(version.dependencies)
        if version.scripts:
            found["scripts"] = dict(version.scripts)
        if version.bin:
            found["bin"] = {version.bin: "index.js"}
        return found

    def tarball(self, version: NpmVersion) -> bytes:
        files = {
            "package.json": json.dumps(self.manifest(version), indent=2) + "\n",
            "index.js": "#!/usr/bin/env node\nmodule.exports = 1\n" if version.bin else "module.exports = 1\n",
            **version.files,
        }
        return _tar({f"package/{path}": text for path, text in files.items()})


@dataclass(frozen=True)
class PyVersion:
    version: str
    published: datetime | None = OLD
    requires: tuple[str, ...] = ()
    wheel: bool = True
    sdist: bool = True
    yanked: str | None = None
    attested: bool = False
    licence: str = "MIT"
    files: Mapping[str, str] = field(default_factory=dict)
    """More files of the wheel."""
    archive_name: str = ""
    spoiled: bool = False
    core_metadata: bool = True
    requires_python: str = ""


@dataclass(frozen=True)
class PyFile:
    filename: str
    data: bytes
    metadata: bytes | None
    version: PyVersion

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class PyProject:
    name: str
    versions: tuple[PyVersion, ...]
    status: str = ""
    """PEP 792; empty = not told."""

    @property
    def canonical(self) -> str:
        return canonical(self.name)

    @cached_property
    def files(self) -> tuple[PyFile, ...]:
        found = []
        for version in self.versions:
            told = version.archive_name or self.name
            stem = canonical(self.name).replace("-", "_")
            metadata = self._metadata(told, version)
            if version.wheel:
                name = f"{stem}-{version.version}-py3-none-any.whl"
                found.append(
                    PyFile(name, wheel(told, version, metadata), metadata if version.core_metadata else None, version)
                )
            if version.sdist:
                found.append(PyFile(f"{stem}-{version.version}.tar.gz", sdist(told, version, metadata), None, version))
        return tuple(found)

    def _metadata(self, name: str, version: PyVersion) -> bytes:
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version.version}", f"License: {version.licence}"]
        lines += [f"Requires-Python: {version.requires_python}"] if version.requires_python else []
        lines += [f"Requires-Dist: {one}" for one in version.requires]
        return ("\n".join(lines) + "\n\ninert\n").encode()


def canonical(name: str) -> str:
    return "-".join(part for part in name.lower().replace("_", "-").replace(".", "-").split("-") if part)


def wheel(name: str, version: PyVersion, metadata: bytes) -> bytes:
    module = canonical(name).replace("-", "_")
    info = f"{module}-{version.version}.dist-info"
    files = {
        f"{module}/__init__.py": b"VALUE = 1\n",
        **{path: text.encode() for path, text in version.files.items()},
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: inert\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{path},sha256={_b64(hashlib.sha256(data).digest())},{len(data)}" for path, data in files.items()]
    files[f"{info}/RECORD"] = ("\n".join([*rows, f"{info}/RECORD,,"]) + "\n").encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), data)
    return packed.getvalue()


_BACKEND = '''"""A build backend without dependencies: it unpacks the wheel that lies beside it."""
import os, shutil
HERE = os.path.dirname(os.path.abspath(__file__))
NAME = {wheel!r}
def build_wheel(folder, config_settings=None, metadata_directory=None):
    shutil.copyfile(os.path.join(HERE, NAME), os.path.join(folder, NAME))
    return NAME
def build_sdist(folder, config_settings=None):
    raise NotImplementedError
def get_requires_for_build_wheel(config_settings=None):
    return []
'''


def sdist(name: str, version: PyVersion, metadata: bytes) -> bytes:
    stem = canonical(name).replace("-", "_")
    top, built = f"{stem}-{version.version}", f"{stem}-{version.version}-py3-none-any.whl"
    project = '[build-system]\nrequires = []\nbuild-backend = "inert_backend"\nbackend-path = ["backend"]\n'
    return _tar(
        {
            f"{top}/PKG-INFO": metadata.decode(),
            f"{top}/pyproject.toml": project,
            f"{top}/backend/inert_backend.py": _BACKEND.format(wheel=built),
            f"{top}/backend/{built}": wheel(name, version, metadata),
        }
    )


def sri(data: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def _tar(files: Mapping[str, str | bytes]) -> bytes:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, text in files.items():
            data = text if isinstance(text, bytes) else text.encode()
            info = tarfile.TarInfo(path)
            info.size, info.mtime, info.mode = len(data), _MTIME, 0o644
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(plain.getvalue(), mtime=0)


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True)
class World:
    npm: tuple[NpmPackage, ...]
    pypi: tuple[PyProject, ...]
    now: datetime


BAD, FRESH, SCRIPT, PLAIN, TREE, NEEDS_BAD = "lz-bad", "lz-fresh", "lz-script", "lz-plain", "lz-tree", "lz-needs-bad"
NPM_TYPO, PYPI_TYPO = "lodahs", "reqeusts"
PRIVATE_SCOPE, PRIVATE_NPM, PRIVATE_PYPI = "@acme", "@acme/internal", "acme-internal"


def world(now: datetime | None = None) -> World:
    """All cases; `now` decides only the dates of the fresh ones (default: this hour)."""
    now = now or datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    hour, month = now - timedelta(hours=1), now - timedelta(days=30)
    npm = (
        NpmPackage(PLAIN, (NpmVersion("1.0.0"), NpmVersion("1.1.0", OLD + timedelta(days=9), bin=PLAIN))),
        NpmPackage("lz-leaf", (NpmVersion("2.0.0"), NpmVersion("2.0.1"))),
        NpmPackage(TREE, (NpmVersion("1.0.0", dependencies={PLAIN: "^1.0.0", "lz-leaf": "^2.0.0"}),)),
        NpmPackage(BAD, (NpmVersion("1.0.0"),)),
        NpmPackage("lz-bad-once", (NpmVersion("1.0.0"), NpmVersion("1.0.1", month))),  # tests list only 1.0.1
        NpmPackage(NEEDS_BAD, (NpmVersion("1.0.0", dependencies={BAD: "^1.0.0"}),)),
        NpmPackage(FRESH, (NpmVersion("1.0.0"), NpmVersion("1.1.0", month), NpmVersion("1.2.0", hour))),
        NpmPackage("lz-newborn", (NpmVersion("0.0.1", hour),)),
        NpmPackage("lz-undated", (NpmVersion("1.0.0", None),)),
        NpmPackage(SCRIPT, (NpmVersion("1.0.0", scripts={"postinstall": "true"}),)),
        NpmPackage("lz-gyp", (NpmVersion("1.0.0", files={"binding.gyp": "{'targets': []}\n"}),)),
        NpmPackage(NPM_TYPO, (NpmVersion("1.0.0", month),)),
        NpmPackage("@acme/internal", (NpmVersion("1.0.0"), NpmVersion("1.1.0"))),
        NpmPackage("@acme/widgets", (NpmVersion("1.0.0", dependencies={"@acme/internal": "^1.0.0"}),)),
        NpmPackage("@lz/scoped", (NpmVersion("1.0.0"), NpmVersion("1.1.0"))),
        NpmPackage("lz-lost", (NpmVersion("1.0.0", attested=True), NpmVersion("1.1.0", month))),
        NpmPackage("lz-attested", (NpmVersion("1.0.0", attested=True),)),
        NpmPackage("lz-handed-over", (NpmVersion("1.0.0"), NpmVersion("1.1.0", month, publisher="another"))),
        NpmPackage("lz-deprecated", (NpmVersion("1.0.0", deprecated="use lz-plain"),)),
        NpmPackage("lz-licence", (NpmVersion("1.0.0", licence="BUSL-1.1"),)),
        NpmPackage("lz-spoiled", (NpmVersion("1.0.0", spoiled=True),)),
        NpmPackage("lz-masked", (NpmVersion("1.0.0", archive_name="lz-other"),)),
        NpmPackage("lz-odd-path", (NpmVersion("1.0.0", odd_path=True),)),
        NpmPackage(
            "lz-tags",
            (NpmVersion("1.0.0"), NpmVersion("1.5.0"), NpmVersion("2.0.0-rc.1"), NpmVersion("2.0.0", hour)),
            {"cjs": "1.0.0", "next": "2.0.0-rc.1"},
        ),
        NpmPackage("simple", (NpmVersion("1.0.0"),)),
        NpmPackage("files", (NpmVersion("1.0.0"),)),
    )
    pypi = (
        PyProject(PLAIN, (PyVersion("1.0"), PyVersion("1.1", OLD + timedelta(days=9)))),
        PyProject("lz-leaf", (PyVersion("2.0"), PyVersion("2.0.1"))),
        PyProject(TREE, (PyVersion("1.0", requires=("lz-plain>=1.0", "lz-leaf~=2.0")),)),
        PyProject(BAD, (PyVersion("1.0"),)),
        PyProject("lz-bad-once", (PyVersion("1.0"), PyVersion("1.0.1", month))),
        PyProject(NEEDS_BAD, (PyVersion("1.0", requires=("lz-bad",)),)),
        PyProject(FRESH, (PyVersion("1.0"), PyVersion("1.1", month), PyVersion("1.2", hour))),
        PyProject("lz-newborn", (PyVersion("0.1", hour),)),
        PyProject("lz-undated", (PyVersion("1.0", None),)),
        PyProject("lz-source", (PyVersion("1.0", wheel=False),)),
        PyProject(PYPI_TYPO, (PyVersion("1.0", month),)),
        PyProject("acme-internal", (PyVersion("1.0"), PyVersion("1.1"))),
        PyProject("Lz.Mixed_Name", (PyVersion("1.0"),)),
        PyProject("lz-lost", (PyVersion("1.0", attested=True), PyVersion("1.1", month))),
        PyProject("lz-attested", (PyVersion("1.0", attested=True),)),
        PyProject("lz-yanked", (PyVersion("1.0"), PyVersion("1.1", yanked="broken"))),
        PyProject("lz-licence", (PyVersion("1.0", licence="BUSL-1.1"),)),
        PyProject("lz-spoiled", (PyVersion("1.0", sdist=False, spoiled=True),)),
        PyProject("lz-masked", (PyVersion("1.0", sdist=False, archive_name="lz-other"),)),
        PyProject("lz-no-metadata", (PyVersion("1.0", core_metadata=False),)),
        PyProject("lz-archived", (PyVersion("1.0"),), "archived"),
        PyProject("lz-quarantined", (PyVersion("1.0"),), "quarantined"),
    )
    return World(npm, pypi, now)
