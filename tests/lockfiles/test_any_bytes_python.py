"""Any bytes, and any damaged document, give rows or a `ParseError`."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lazaretto.lockfiles import (
    cargo,
    composer,
    conda,
    conda_lock,
    conda_meta,
    cyclonedx,
    gemfile,
    go_mod,
    go_sum,
    pdm,
    pipenv,
    pipfile,
    poetry,
    pylock,
    pyproject,
    requirements,
    setup_cfg,
    setup_py,
    site_packages,
    spdx,
    terraform,
    uv,
)  # fmt: skip
from lazaretto.model.finding import Gap
from lazaretto.model.package import Package
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError

TOML = '[[package]]\nname = "a"\nversion = "1"\nsource = {git = "x"}\nfiles = [{hash = "h"}]\ngroups = ["dev"]\n'
CASES = {
    "Cargo.lock": (cargo, TOML),
    "composer.lock": (composer, '{"packages": [{"name": "a/b", "version": "1", "dist": {"url": "x"}}]}'),
    "environment.yml": (conda, "dependencies:\n- a=1\n- pip:\n  - b==1\n"),
    "conda-lock.yml": (conda_lock, "package:\n- name: a\n  version: 1\n  hash: {md5: x}\n"),
    "conda-linux-64.lock": (conda_lock, "@EXPLICIT\nhttps://h.test/a-1-0.conda#ab\n"),
    "conda-meta/a.json": (conda_meta, '{"name": "a", "version": "1"}'),
    "bom.json": (cyclonedx, '{"components": [{"name": "a", "purl": "pkg:npm/a@1", "components": []}]}'),
    "bom.xml": (cyclonedx, "<bom><components><component><purl>pkg:npm/a@1</purl></component></components></bom>"),
    "Gemfile.lock": (gemfile, "GEM\n  specs:\n    a (1.0)\n"),
    "go.mod": (go_mod, "go 1.16\nrequire (\n\ta v1.0.0\n)\nreplace a => b v1\n"),
    "go.sum": (go_sum, "a v1.0.0 h1:x\na v1.0.0/go.mod h1:x\n"),
    "pdm.lock": (pdm, TOML),
    "Pipfile.lock": (pipenv, '{"default": {"a": {"version": "==1", "hashes": ["x"]}}}'),
    "Pipfile": (pipfile, '[packages]\na = {git = "x", ref = "y"}\nb = "*"\n'),
    "poetry.lock": (poetry, TOML),
    "pylock.toml": (pylock, '[[packages]]\nname = "a"\nvcs = {url = "x"}\nwheels = [{hashes = {md5 = "x"}}]\n'),
    "pyproject.toml": (pyproject, '[project]\ndependencies = ["a>=1"]\n[tool.poetry.dependencies]\nb = {git = "x"}\n'),
    "requirements.txt": (requirements, "a==1 --hash=sha256:x\n-r requirements.txt\n-e git+https://h.test/b#egg=c\n"),
    "setup.cfg": (setup_cfg, "[options]\ninstall_requires =\n  a==1\n"),
    "setup.py": (setup_py, "r = ['a==1']\nsetup(install_requires=r + [x], extras_require={'a': f()})\n"),
    "a.egg-info": (site_packages, "Name: a\nVersion: 1\n"),
    "a.spdx": (spdx, "SPDXVersion: 2\nPackageName: a\nExternalRef: X purl pkg:npm/a@1\n"),
    "a.spdx.json": (spdx, '{"spdxVersion": "2", "packages": [{"name": "a", "externalRefs": [{"referenceType": "purl"}]}]}'),
    "a.spdx.yml": (spdx, "spdxVersion: 2\npackages:\n- name: a\n"),
    "a.spdx.rdf": (spdx, "<RDF><Package><name>a</name><referenceType resource='purl'/></Package></RDF>"),
    ".terraform.lock.hcl": (terraform, 'provider "h/a/b" {\n  version = "1"\n}\n'),
    "uv.lock": (uv, TOML),
}  # fmt: skip

damage = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 8), st.binary(max_size=6)), min_size=1, max_size=4)


def _examine(path, module, data):
    blob = Blob(path, data)
    try:
        rows = list(module.FORMAT.read(blob, lambda other: Blob(other, data) if len(other) < 30 else None))
    except ParseError:
        return
    for row in rows:
        assert isinstance(row, (Package, Gap))
        if isinstance(row, Package):
            assert row.name.isprintable()
            assert row.line >= 1
            assert row.purl.startswith("pkg:")


@pytest.mark.parametrize("path", CASES)
@given(st.data())
@settings(database=None, max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_rows_or_parse_error(path, data):
    module, sample = CASES[path]
    _examine(path, module, data.draw(st.binary(max_size=200)))
    damaged = bytearray(sample.encode())
    for at, length, replacement in data.draw(damage):
        damaged[at : at + length] = replacement
    _examine(path, module, bytes(damaged))


@pytest.mark.parametrize("path", CASES)
def test_the_sample_is_understood(path):
    module, sample = CASES[path]
    rows = list(module.FORMAT.read(Blob(path, sample.encode()), lambda _: None))
    assert any(isinstance(row, Package) for row in rows) or "spdx" in path
