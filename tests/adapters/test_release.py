import json
import os
import shutil

import pytest

from lazaretto.adapters.client_config import PythonIndex
from lazaretto.adapters.http_client import ClientConfig
from lazaretto.adapters.registry import first_published
from lazaretto.adapters.release import npm_facts, pypi_facts
from lazaretto.model.finding import Stage

JSON_PAGE = "application/vnd.pypi.simple.v1+json"


def index(*urls):
    return PythonIndex(urls, ClientConfig(environment={"NO_PROXY": "*"}))


def pypi_page(**more):
    return json.dumps({"files": [{"filename": "demo-1.0.tar.gz", "url": "x", **more}]}).encode()


def test_an_index_with_a_document_of_the_release(loopback):
    page = pypi_page(**{"upload-time": "2026-11-01T00:00:00Z"})
    loopback.add("/simple/demo/", page, Content_Type=JSON_PAGE)
    loopback.add("/pypi/demo/1.0/json", json.dumps({"info": {"summary": "it"}}).encode())
    found, gaps = pypi_facts("Demo", "1.0", index(f"{loopback.url}/none/", f"{loopback.url}/simple/"))
    assert not gaps
    assert (found.name, found.versions, found.has_description) == ("demo", 1, True)
    assert found.published.year == 2026


def test_an_index_without_one(loopback):
    loopback.add("/root/demo/", pypi_page(), Content_Type=JSON_PAGE)
    found, gaps = pypi_facts("demo", "1.0", index(f"{loopback.url}/root"))
    assert (found.versions, found.has_description, gaps) == (1, None, [])
    assert [path for path, _ in loopback.asked] == ["/root/demo/"]


def test_an_index_that_only_speaks_html_or_nothing(loopback):
    loopback.add("/simple/demo/", b"<a>demo-1.0.tar.gz</a>", Content_Type="text/html")
    for indexes in (index(f"{loopback.url}/simple"), index(f"{loopback.url}/gone"), index()):
        found, (gap,) = pypi_facts("demo", "1.0", indexes)
        assert found is None
        assert (gap.stage, gap.partial, gap.subject) == (Stage.NETWORK, True, "pkg:pypi/demo@1.0")


@pytest.fixture
def npm_environment(loopback, tmp_path):
    (tmp_path / "home").mkdir()
    return {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "NO_PROXY": "*",
        "npm_config_registry": loopback.url, "npm_config_cache": str(tmp_path / "cache"),
        "npm_config_userconfig": os.devnull, "npm_config_globalconfig": str(tmp_path / "none"),
        "npm_config_fetch_retries": "0",
    }  # fmt: skip


@pytest.mark.client
@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_npm_is_asked_about_a_version_and_the_one_below(loopback, tmp_path, npm_environment):
    def version(number, user, **more):
        return {"name": "demo", "version": number, "description": "it", "dist": {"tarball": "http://x.invalid/a.tgz"},
                "_npmUser": {"name": user, "email": f"{user}@corp.example.test"}, **more}  # fmt: skip

    page = {
        "name": "demo",
        "dist-tags": {"latest": "1.1.0"},
        "maintainers": [{"name": "al", "email": "al@corp.example.test"}],
        "time": {"1.0.0": "2026-01-01T00:00:00.000Z", "1.1.0": "2026-02-01T00:00:00.000Z"},
        "versions": {
            "1.0.0": version("1.0.0", "al"),
            "1.1.0": version("1.1.0", "eve", scripts={"postinstall": "true"}),
        },
    }
    loopback.add("/demo", json.dumps(page).encode(), Content_Type="application/json")
    found, gaps = npm_facts("demo", "1.1.0", tmp_path, npm_environment)
    assert not gaps
    assert (found.previous, found.publisher, found.previous_publisher) == ("1.0.0", "eve", "al")
    assert (found.install_scripts, found.previous_install_scripts) == (("postinstall",), ())
    assert (found.versions, found.first_published.month) == (2, 1)


@pytest.mark.client
@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_npm_knows_nothing(loopback, tmp_path, npm_environment):
    found, (gap,) = npm_facts("other", "1.0.0", tmp_path, npm_environment)
    assert (found, gap.partial, gap.subject) == (None, True, "pkg:npm/other@1.0.0")


def test_without_npm(tmp_path):
    found, (gap,) = npm_facts("demo", "1.0.0", tmp_path, {"PATH": ""})
    assert found is None
    assert "npm is not installed" in gap.reason.english()


@pytest.mark.client
def test_the_age_of_a_dependency(loopback, tmp_path):
    page = pypi_page(**{"upload-time": "2026-11-01T00:00:00Z"})
    loopback.add("/simple/demo/", page, Content_Type=JSON_PAGE)
    given = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "PIP_INDEX_URL": f"{loopback.url}/simple",
        "PIP_CONFIG_FILE": os.devnull, "NO_PROXY": "*",
    }  # fmt: skip
    moment, gaps = first_published("pypi", "demo", given)
    assert (moment.month, gaps) == (11, [])
    moment, (gap,) = first_published("pypi", "other", given)
    assert (moment, gap.partial) == (None, True)
