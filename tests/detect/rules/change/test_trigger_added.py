from lazaretto.detect.rules.change.trigger_added import RULE
from lazaretto.model.finding import Phase, Role


def test_a_new_start_file(change, finding, told):
    new = finding("py/pth-runs-code", "demo.pth", Role.TRIGGER, phase=Phase.IMPORT)
    assert told(RULE, change({}, {"files": ["demo.pth"], "findings": [new]})) == [
        ("LOW", "MEDIUM", "demo.pth", 1, "new in this version: something that starts by itself (py/pth-runs-code)")
    ]


def test_what_only_runs_when_it_is_called(change, finding, told):
    new = [
        finding("repo/download-and-run", "a.sh", Role.FETCH, phase=Phase.RUN),
        finding("npm/lifecycle-script", "package.json", Role.TRIGGER, phase=Phase.INSTALL),
    ]
    assert told(RULE, change({}, {"files": ["a.sh"], "findings": new})) == []
