import io
import json
import os
import socket
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lazaretto.adapters.pool import Pool
from lazaretto.app.check import Options, check, check_many, inventory
from lazaretto.app.examine import WorkerConfig, make_worker
from lazaretto.app.ignore import IgnoreList
from lazaretto.model.finding import Stage
from lazaretto.model.policy import Waiver
from lazaretto.model.verdict import Grade
from lazaretto.parse.limits import Limits

ROOT = Path(__file__).resolve().parents[2]
LURE = ROOT / "examples" / "graphalgo-lure"
CLEAN = ROOT / "examples" / "clean"


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(jobs=2, cache_path=tmp_path / "cache.sqlite3", now=datetime(2026, 11, 23, tzinfo=UTC))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("an offline check opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


def test_the_bundled_lure_is_malicious_for_each_of_its_parts(options: Options) -> None:
    checked = check(str(LURE), options)
    assert checked.verdict.grade is Grade.MALICIOUS
    assert checked.kind == "folder"
    places = {
        finding.locations[0].path
        for finding in checked.verdict.reasons
        if finding.severity.name in ("HIGH", "CRITICAL")
    }
    assert {"package.json", "package-lock.json", ".vscode/tasks.json", "server/config/getContract.js"} <= places
    rules = {finding.rule for finding in checked.verdict.reasons}
    assert {
        "intel/malicious-package",
        "story/trigger-runs-disguised-code",
        "story/trigger-reaches-payload",
        "story/planted-url-is-executed",
    } <= rules


def test_the_clean_example_has_no_finding_and_is_complete(options: Options) -> None:
    checked = check(str(CLEAN), options)
    assert (checked.verdict.grade, checked.verdict.complete, checked.verdict.reasons) == (Grade.NOTHING_FOUND, True, ())
    assert checked.examination.coverage.not_checked


def test_the_same_answer_cold_warm_and_with_any_number_of_workers(options: Options, tmp_path: Path) -> None:
    cold = check(str(LURE), options)
    warm = check(str(LURE), options)
    single = check(str(LURE), Options(jobs=1, cache=False, now=options.now))
    assert cold.examination.coverage.cached == 0
    assert warm.examination.coverage.cached == warm.examination.coverage.examined > 0
    assert cold.examination.findings == warm.examination.findings == single.examination.findings
    assert cold.examination.gaps == warm.examination.gaps == single.examination.gaps


def test_archives_say_the_same_as_the_folder(options: Options, tmp_path: Path) -> None:
    archive = tmp_path / "take-home.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for path in sorted(LURE.rglob("*")):
            if path.is_file():
                out.write(path, path.relative_to(LURE).as_posix())
    folder, zipped = check(str(LURE), options), check(str(archive), options)
    assert zipped.kind == "archive"
    assert {f.rule for f in zipped.verdict.reasons} == {f.rule for f in folder.verdict.reasons}

    tarball = tmp_path / "take-home.tgz"
    with tarfile.open(tarball, "w:gz") as tar:
        tar.add(LURE, "repo")
    assert check(str(tarball), options).verdict.grade is Grade.MALICIOUS


def test_many_targets_each_have_an_answer(options: Options, tmp_path: Path) -> None:
    targets = [str(LURE), str(CLEAN), str(tmp_path / "missing"), str(LURE / "package-lock.json")]
    answers = {checked.target: checked for checked in check_many(targets, options)}
    assert set(answers) == set(targets)
    assert answers[targets[0]].verdict.grade is Grade.MALICIOUS
    assert answers[targets[1]].verdict.grade is Grade.NOTHING_FOUND
    assert answers[targets[2]].error is not None
    assert not answers[targets[2]].verdict.complete
    assert answers[targets[3]].verdict.grade is Grade.MALICIOUS
    assert answers[targets[0]].examination.findings == check(str(LURE), options).examination.findings


def test_an_empty_folder_is_not_clean(options: Options, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    checked = check(str(tmp_path / "empty"), options)
    assert not checked.verdict.complete
    assert checked.examination.coverage.examined == 0


def test_a_waiver_of_the_caller_counts_and_one_of_the_target_does_not(options: Options, tmp_path: Path) -> None:
    target = tmp_path / "t"
    target.mkdir()
    (target / "package.json").write_text(json.dumps({"dependencies": {"graphnetworkx": "*"}}))
    (target / "lazaretto-ignore.toml").write_text('[[ignore]]\nrule = "*"\nreason = "trust me"\nexpires = 2099-01-01\n')
    assert check(str(target), options).verdict.grade is Grade.MALICIOUS
    waiver = Waiver("*", "intel/*", "known", "me", "2099-01-01")
    waived = check(str(target), Options(cache=False, ignore=IgnoreList((waiver,)), now=options.now))
    assert waived.verdict.grade is Grade.NOTHING_FOUND
    assert [entry.reason for entry in waived.ignored] == ["known"]


def test_an_unreadable_file_is_a_gap(unprivileged: Path) -> None:
    (unprivileged / "a.js").write_text("1")
    (unprivileged / "b.js").write_text("1")
    (unprivileged / "a.js").chmod(0)
    checked = check(str(unprivileged), Options(jobs=1, cache=False))
    assert not checked.verdict.complete
    assert [gap.subject for gap in checked.examination.gaps] == ["a.js"]


def test_a_file_beyond_the_limit_is_a_gap(tmp_path: Path, options: Options) -> None:
    target = tmp_path / "t"
    target.mkdir()
    (target / "small.js").write_text("1")
    (target / "large.bin").write_bytes(b"x" * 5000)
    checked = check(str(target), Options(limits=Limits(file_bytes=1000), cache=False))
    assert not checked.verdict.complete
    assert [(gap.stage, gap.subject) for gap in checked.examination.gaps] == [(Stage.LIMIT, "large.bin")]


def test_a_file_that_kills_its_worker_costs_only_itself(
    tmp_path: Path, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lazaretto.app import examine

    target = tmp_path / "t"
    target.mkdir()
    for number in range(5):
        (target / f"{number}.js").write_text(f"var x = {number}")
    (target / "package.json").write_text(json.dumps({"dependencies": {"graphnetworkx": "*"}}))
    real = examine.examine_blob

    def deadly(engine: object, blob: object, limits: object) -> object:
        if blob.path == "3.js":  # type: ignore[attr-defined]
            os._exit(1)
        return real(engine, blob, limits)  # type: ignore[arg-type]

    monkeypatch.setattr(examine, "examine_blob", deadly)  # workers are forked and see it
    checked = check(str(target), options)
    assert [gap.subject for gap in checked.examination.gaps if not gap.partial] == ["3.js"]
    assert checked.verdict.grade is Grade.MALICIOUS
    assert checked.examination.coverage.examined == 5


def test_inventory_lists_packages_and_gaps(options: Options, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("requests==2.32.0\n")
    (tmp_path / "bun.lockb").write_bytes(b"#!/usr/bin/env bun\nbun-lockfile-format-v0\n\0")
    (tmp_path / "package-lock.json").write_text("{broken")
    _, found = inventory(str(tmp_path), options)
    assert [package.purl for package in found.packages] == ["pkg:pypi/requests@2.32.0"]
    assert {gap.subject for gap in found.gaps} == {"bun.lockb", "package-lock.json"}


def test_binary_rubbish_and_truncated_archives_are_answers(options: Options, tmp_path: Path) -> None:
    (tmp_path / "rubbish.bin").write_bytes(bytes(range(256)) * 100)
    assert check(str(tmp_path / "rubbish.bin"), options).verdict.grade is Grade.NOTHING_FOUND
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as tar:
        tar.add(LURE, "repo")
    (tmp_path / "cut.tgz").write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    checked = check(str(tmp_path / "cut.tgz"), options)
    assert not checked.verdict.complete
    assert checked.examination.gaps


def test_a_worker_answers_a_batch(tmp_path: Path) -> None:
    import msgspec

    from lazaretto.app.examine import Answer, Item

    work = make_worker(WorkerConfig(Limits(), None, ""))
    request = msgspec.msgpack.encode([Item("a.js", b"", b"1"), Item("gone.js", os.fsencode(tmp_path / "gone"), b"")])
    answers = {a.path: a for a in msgspec.msgpack.decode(work(request), type=list[Answer])}
    assert answers["a.js"].digest
    assert not answers["gone.js"].digest


def test_pools_are_closed_after_a_check(options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []
    real = Pool.close
    monkeypatch.setattr(Pool, "close", lambda self: (closed.append(1), real(self))[1])
    check(str(CLEAN), options)
    assert closed


def test_a_malformed_document_makes_the_answer_incomplete_unless_it_is_a_fixture(
    options: Options, tmp_path: Path
) -> None:
    fixture = tmp_path / "a" / "tests" / "fixtures" / "package.json"
    fixture.parent.mkdir(parents=True)
    fixture.write_text("{broken")
    (tmp_path / "a" / "ok.js").write_text("1")
    checked = check(str(tmp_path / "a"), options)
    assert checked.verdict.complete
    assert checked.examination.gaps
    (tmp_path / "a" / "package.json").write_text("{broken")
    assert not check(str(tmp_path / "a"), options).verdict.complete


@pytest.mark.parametrize("part", [".vscode", ".vscode/tasks.json"])
def test_a_telling_folder_or_file_may_be_named_itself(options: Options, part: str) -> None:
    checked = check(str(LURE / part), options)
    assert "repo/editor-task-runs-on-open" in {finding.rule for finding in checked.verdict.reasons}
    assert checked.verdict.reasons[0].locations[0].path == ".vscode/tasks.json"


def test_an_examination_that_was_cut_off_is_not_remembered(
    options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lazaretto.app import examine
    from lazaretto.detect.engine import FileResult
    from lazaretto.model.finding import Gap
    from lazaretto.model.text import Message

    target = tmp_path / "t"
    target.mkdir()
    (target / "a.js").write_text("1")
    cut_off = FileResult(gaps=(Gap(Stage.LIMIT, "a.js", Message("examination took longer")),))
    with monkeypatch.context() as slow:
        slow.setattr(examine, "examine_blob", lambda *_: cut_off)
        assert not check(str(target), options).verdict.complete
    again = check(str(target), options)
    assert again.verdict.complete
    assert again.examination.coverage.cached == 0


def test_a_worker_that_meets_every_kind_of_file_keeps_room(tmp_path: Path) -> None:
    """Searches reserve address space: together they must stay below what a worker is allowed."""
    filler = "value = 'a line of an ordinary program'\n" * 4000
    for name in ("a.py", "b.js", "c.sh", "d.txt", "e.json", "f.ts", "package.json", "setup.cfg", "g.pth", "h.ps1"):
        for number in range(3):
            (tmp_path / f"{number}").mkdir(exist_ok=True)
            (tmp_path / f"{number}" / name).write_text(filler)
    limits = Limits(worker_bytes=400 << 20)
    checked = check(str(tmp_path), Options(jobs=1, cache=False, limits=limits))
    assert [
        gap.reason.english() for gap in checked.examination.gaps if not gap.partial and gap.stage is Stage.LIMIT
    ] == []
