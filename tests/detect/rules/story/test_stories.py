from lazaretto.detect.engine import run_rule
from lazaretto.detect.project import Evidence, FileInfo
from lazaretto.detect.rules.story.planted_url_is_executed import RULE as PLANTED
from lazaretto.detect.rules.story.trigger_into_git_folder import RULE as INTO_GIT
from lazaretto.detect.rules.story.trigger_reaches_payload import RULE as REACHES
from lazaretto.detect.rules.story.trigger_runs_disguised_code import RULE as DISGUISED
from lazaretto.model.finding import Confidence, Finding, Location, Phase, Role, Severity, Signal
from lazaretto.model.text import Message


def finding(path: str, severity: Severity = Severity.MEDIUM, role: Role = Role.EXECUTE) -> Finding:
    return Finding("js/x", path, severity, Confidence.MEDIUM, (Location(path, 7),), Message("m"), role=role)


def evidence(paths: str, signals: list[Signal], findings: list[Finding]) -> Evidence:
    return Evidence({path: FileInfo(1, "") for path in paths.split()}, signals, findings)


START = Signal("start", "install\tserver/index.js", "package.json")
IMPORT = Signal("import", "js\t./config/load", "server/index.js")
TREE = "package.json server/index.js server/config/load.js"


def test_a_trigger_that_reaches_a_payload_tells_the_chain() -> None:
    (story,) = run_rule(REACHES, evidence(TREE, [START, IMPORT], [finding("server/config/load.js")]), "s").findings
    assert (story.severity, story.confidence, story.phase) == (Severity.CRITICAL, Confidence.HIGH, Phase.INSTALL)
    assert [place.path for place in story.locations] == ["package.json", "server/index.js", "server/config/load.js"]
    assert story.locations[-1].line == 7
    assert story.related == ("js/x",)


def test_a_trigger_that_reaches_a_mere_capability_is_no_story() -> None:
    low = finding("server/config/load.js", Severity.LOW)
    assert not run_rule(REACHES, evidence(TREE, [START, IMPORT], [low]), "s").findings


def test_a_payload_that_nothing_starts_is_no_story() -> None:
    assert not run_rule(REACHES, evidence(TREE, [START], [finding("server/config/load.js")]), "s").findings


def test_a_started_font_with_code_is_a_story() -> None:
    signals = [Signal("start", "open\tfonts/a.woff2", ".vscode/tasks.json"), Signal("disguised", "js", "fonts/a.woff2")]
    (story,) = run_rule(DISGUISED, evidence(".vscode/tasks.json fonts/a.woff2", signals, []), "s").findings
    assert (story.locations[0].path, story.phase) == (".vscode/tasks.json", Phase.OPEN)


def test_a_loaded_database_with_code_is_a_story() -> None:
    signals = [Signal("import", "js\t./data.db", "a.js"), Signal("disguised", "js", "data.db")]
    (story,) = run_rule(DISGUISED, evidence("a.js data.db", signals, []), "s").findings
    assert story.locations[0].path == "a.js"


def test_an_odd_file_that_nothing_starts_is_no_story() -> None:
    signals = [Signal("disguised", "js", "fonts/a.woff2")]
    assert not run_rule(DISGUISED, evidence("fonts/a.woff2", signals, []), "s").findings


def test_a_planted_address_that_is_executed_is_a_story() -> None:
    signals = [Signal("env-url", "KEY\tc2[.]invalid", ".env", 2), Signal("env-read", "KEY", "a.js", 5)]
    (story,) = run_rule(PLANTED, evidence(".env a.js", signals, [finding("a.js")]), "s").findings
    assert [(place.path, place.line) for place in story.locations] == [("a.js", 7), (".env", 2), ("a.js", 5)]


def test_a_planted_address_that_is_only_read_is_no_story() -> None:
    signals = [Signal("env-url", "KEY\tc2[.]invalid", ".env", 2), Signal("env-read", "KEY", "a.js", 5)]
    assert not run_rule(PLANTED, evidence(".env a.js", signals, []), "s").findings


def test_a_program_among_git_objects_is_a_story_even_unread() -> None:
    signals = [Signal("start", "open\t.git/objects/4b/index", ".vscode/tasks.json", 5)]
    (story,) = run_rule(INTO_GIT, evidence(".vscode/tasks.json", signals, []), "s").findings
    assert (story.locations[0].path, story.locations[0].line, story.phase) == (".vscode/tasks.json", 5, Phase.OPEN)


def test_a_hook_that_starts_itself_is_no_such_story() -> None:
    signals = [Signal("start", "open\t.git/hooks/pre-commit", ".git/hooks/pre-commit"), START]
    assert not run_rule(INTO_GIT, evidence(".git/hooks/pre-commit", signals, []), "s").findings


def test_a_started_script_that_runs_foreign_code_is_a_story() -> None:
    script = Signal("runs-foreign-code", "https://a.invalid/u", "x/setup.sh", 4)
    start = Signal("start", "open\tx/setup.sh", ".vscode/tasks.json", 9)
    (story,) = run_rule(REACHES, evidence(".vscode/tasks.json x/setup.sh", [start, script], []), "s").findings
    assert (story.severity, story.confidence, story.phase) == (Severity.CRITICAL, Confidence.HIGH, Phase.OPEN)
    assert [(place.path, place.line) for place in story.locations] == [(".vscode/tasks.json", 9), ("x/setup.sh", 4)]


def test_a_script_that_a_build_starts_is_no_story() -> None:
    script = Signal("runs-foreign-code", "https://a.invalid/u", "x/setup.sh", 4)
    start = Signal("start", "build\tx/setup.sh", "Dockerfile", 9)
    assert not run_rule(REACHES, evidence("Dockerfile x/setup.sh", [start, script], []), "s").findings
    assert not run_rule(REACHES, evidence("Dockerfile x/setup.sh", [script], []), "s").findings
