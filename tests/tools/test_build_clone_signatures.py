"""The commands that make the clone signatures, on small inputs and without a network."""

import base64
import hashlib
import importlib.util
import io
import json
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from packaging.version import Version

from lazaretto.detect.clone_store import Store

TOOLS = Path(__file__).parents[2] / "tools"


def load(name, monkeypatch):
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)  # msgspec resolves annotations there
    spec.loader.exec_module(module)
    return module


def code(word, count=12):
    return "".join(f"def {word}_{number}(value):\n    return value + {number}12345\n" for number in range(count))


def wheel(path, name, files):
    with zipfile.ZipFile(path, "w") as archive:
        for inner, text in files.items():
            archive.writestr(inner, text)
        archive.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")


def test_signatures_of_two_packages(tmp_path, monkeypatch):
    place = tmp_path / "pypi" / "requests"
    place.mkdir(parents=True)
    six = code("shared")
    wheel(place / "requests-2.0-py3-none-any.whl", "requests", {"requests/a.py": code("ask"), "requests/six.py": six})
    wheel(place / "requests-1.0-py3-none-any.whl", "requests", {"requests/a.py": code("ask", 11)})
    for name in ("idna", "certifi", "urllib3"):
        (tmp_path / "pypi" / name).mkdir()
        wheel(tmp_path / "pypi" / name / f"{name}-1.0-py3-none-any.whl", name, {f"{name}/six.py": six})
    (tmp_path / "npm" / "chalk").mkdir(parents=True)
    with tarfile.open(tmp_path / "npm" / "chalk" / "chalk-1.0.0.tgz", "w:gz") as archive:
        manifest = json.dumps({"name": "chalk", "version": "1.0.0", "main": "a.js"})
        script = "".join(f"exports.paint{number} = eval('{number}54321');\n" for number in range(9))
        for inner, text in (("package/package.json", manifest), ("package/a.js", script)):
            info = tarfile.TarInfo(inner)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    out = tmp_path / "out.bin"
    monkeypatch.setattr(sys, "argv", ["build", str(tmp_path), "--out", str(out), "--rare", "2", "--jobs", "0"])
    load("build_clone_signatures", monkeypatch).main()
    store = Store(out.read_bytes())
    assert [(store.world(number), store.name(number)) for number in range(len(store))] == [
        ("npm", "chalk"),
        ("pypi", "requests"),
    ]
    requests = store.signature(1)
    assert [version for version, _ in requests.versions] == ["2.0", "1.0"]
    assert (requests.files, requests.able) == (2, 0)
    assert store.signature(0).able == 1


def test_versions_of_names(monkeypatch):
    tool = load("build_clone_signatures", monkeypatch)
    for name, version in (
        ("a/b-1.0.tar.gz", "1.0"),
        ("a/a_b-2-py3-none-any.whl", "2"),
        ("@x%2Fb/b-3.1.0.tgz", "3.1.0"),
    ):
        assert tool.version_of(Path(name)) == Version(version)


def test_which_versions_are_fetched(monkeypatch):
    tool = load("fetch_popular", monkeypatch)
    versions = [Version(text) for text in ("3.1", "3.0.1", "3.0", "2.9", "2.8", "1.0", "4.0rc1")]
    assert [str(version) for version in tool.chosen(versions, 4)] == ["3.1", "3.0.1", "2.9", "2.8"]
    assert [str(version) for version in tool.chosen(versions[-1:], 4)] == ["4.0rc1"]
    assert len(tool.chosen(versions, 99)) == 6


class Registry:
    """What a registry would answer."""

    def __init__(self, pages):
        self.pages = pages

    def get(self, url, limit, headers=None):
        return url, {"Content-Type": "application/json"}, self.pages[url]

    def save(self, url, out, limit):
        out.write(self.pages[url])


@pytest.mark.parametrize("honest", [True, False])
def test_fetched_files_are_verified(tmp_path, monkeypatch, honest):
    tool = load("fetch_popular", monkeypatch)
    good = hashlib.sha512(b"data" if honest else b"other").digest()
    dist = {"tarball": "https://r.invalid/f.tgz", "integrity": f"sha512-{base64.b64encode(good).decode()}"}
    page = {"versions": {"1.0.0": {"version": "1.0.0", "dist": dist}, "2.0.0": {"os": ["any"], "dist": dist}}}
    fetcher = Registry({"https://r.invalid/chalk": json.dumps(page).encode(), "https://r.invalid/f.tgz": b"data"})
    trouble = tool.fetch_npm(fetcher, "https://r.invalid", "chalk", 3, tmp_path)
    assert (tmp_path / "chalk-1.0.0.tgz").exists() == honest == (not trouble)
    digest = hashlib.sha256(b"data" if honest else b"other").hexdigest()
    row = {"filename": "six-1.0-py3-none-any.whl", "url": "https://r.invalid/six.whl", "hashes": {"sha256": digest}}
    fetcher = Registry(
        {"https://r.invalid/six/": json.dumps({"files": [row]}).encode(), "https://r.invalid/six.whl": b"data"}
    )
    trouble = tool.fetch_pypi(fetcher, "https://r.invalid", "six", 3, tmp_path)
    assert (tmp_path / "six-1.0-py3-none-any.whl").exists() == honest == (not trouble)
