import time

import pytest

from lazaretto.detect.rules.story.update_turns_hostile import RULE
from lazaretto.model.finding import Phase, Role, Severity, Signal

OLD = {"files": {"package.json": "1", "index.js": "1"}}
START = Signal("start", "install\tinit.js", "package.json")


def new(finding, abilities, *, concealed=False, trigger=True):
    findings = []
    if trigger:
        findings.append(finding("npm/lifecycle-script", "package.json", Role.TRIGGER, phase=Phase.INSTALL, line=5))
    if concealed:
        findings.append(finding("js/obfuscated-module", "init.js", Role.CONCEAL, Severity.HIGH))
    signals = [START, *(Signal("capability", name, "init.js") for name in abilities.split())]
    return {
        "files": {"package.json": "2", "index.js": "1", "init.js": "3"}, "signals": signals, "findings": findings,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("abilities", "concealed", "grade"),
    [
        ("network process", True, ("HIGH", "HIGH")),
        ("network code", True, ("HIGH", "HIGH")),
        ("network process stores", False, ("HIGH", "HIGH")),
        ("network stores", False, ("HIGH", "MEDIUM")),
        ("process", True, ("HIGH", "MEDIUM")),
        ("network process", False, ("MEDIUM", "MEDIUM")),
    ],
)
def test_the_rubric(change, finding, told, abilities, concealed, grade):
    ((severity, confidence, path, line, words),) = told(RULE, change(OLD, new(finding, abilities, concealed=concealed)))
    assert (severity, confidence) == grade
    assert (path, line) == ("package.json", 5)
    assert words.startswith("this version brings npm/lifecycle-script")


@pytest.mark.parametrize("abilities", ["", "network", "process", "network decode environment"])
def test_a_trigger_that_does_one_thing_in_the_open(change, finding, told, abilities):
    assert told(RULE, change(OLD, new(finding, abilities))) == []


def test_hidden_code_with_abilities_that_the_package_never_had(change, finding, told):
    ((severity, confidence, path, *_),) = told(
        RULE, change(OLD, new(finding, "network", concealed=True, trigger=False))
    )
    assert (severity, confidence, path) == ("HIGH", "MEDIUM", "init.js")


def test_what_the_old_version_started_already(change, finding, told):
    both = new(finding, "network process", concealed=True)
    assert told(RULE, change(both, both)) == []


def test_abilities_without_a_trigger_in_the_open(change, finding, told):
    assert told(RULE, change(OLD, new(finding, "network process code stores", trigger=False))) == []


def test_thousands_of_triggers_take_seconds(change, finding):
    names = [f"p{number}/package.json" for number in range(4000)]
    findings = [finding("npm/lifecycle-script", name, Role.TRIGGER, phase=Phase.INSTALL) for name in names]
    signals = [Signal("start", f"install\t{name[:-12]}a.js", name) for name in names]
    signals += [Signal("capability", "network", f"{name[:-12]}a.js") for name in names]
    files = {path: path for name in names for path in (name, f"{name[:-12]}a.js")}
    both = change({}, {"files": files, "signals": signals, "findings": findings})
    started = time.process_time()
    assert list(RULE.check(both)) == []
    assert time.process_time() - started < 5
