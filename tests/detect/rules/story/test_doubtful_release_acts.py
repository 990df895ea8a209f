from lazaretto.detect.rules.meta.catalog import RULES
from lazaretto.detect.rules.story.doubtful_release_acts import RULE, WEIGHTS
from lazaretto.model.finding import Phase, Role, Severity, Signal

DOUBTS = ("meta/brand-new-package", "meta/single-version")
MANY = (*DOUBTS, "meta/name-reused")


def view(change, finding, doubts, *findings, abilities="network process"):
    signals = [Signal("start", "install\ta.js", "package.json")]
    signals += [Signal("capability", name, "a.js") for name in abilities.split()]
    told = [finding(rule, "pkg:npm/demo@1.0.0", Role.IDENTITY) for rule in doubts]
    return change({}, {"files": ["package.json", "a.js"], "signals": signals, "findings": [*told, *findings]}).new


def script(finding):
    return finding("npm/lifecycle-script", "package.json", Role.TRIGGER, phase=Phase.INSTALL, line=4)


def test_doubts_and_a_script_that_acts(change, finding, told):
    assert told(RULE, view(change, finding, DOUBTS, script(finding))) == [
        (
            "MEDIUM", "MEDIUM", "package.json", 4,
            "a doubtful release (brand-new-package, single-version) acts: npm/lifecycle-script",
        )
    ]  # fmt: skip


def test_many_doubts_or_a_finding_worth_a_look(change, finding, told):
    ((severity, confidence, *_),) = told(RULE, view(change, finding, MANY, script(finding)))
    assert (severity, confidence) == ("HIGH", "MEDIUM")
    odd = finding("js/hidden-child-process", "a.js", Role.EXECUTE, Severity.MEDIUM)
    ((severity, confidence, path, *_),) = told(RULE, view(change, finding, DOUBTS, odd))
    assert (severity, confidence, path) == ("HIGH", "MEDIUM", "a.js")


def test_doubts_alone_few_doubts_and_scripts_that_compile(change, finding, told):
    assert told(RULE, view(change, finding, MANY)) == []
    assert told(RULE, view(change, finding, DOUBTS[1:], script(finding))) == []
    assert told(RULE, view(change, finding, MANY, script(finding), abilities="process")) == []


def test_the_weights_name_rules_that_exist():
    assert set(WEIGHTS) <= {rule.id for rule in RULES}
