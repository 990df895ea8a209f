from inline_snapshot import snapshot

from lazaretto.reports import github
from lazaretto.reports.context import Context

CONTEXT = Context(version="0.1.0")


def test_annotations(malicious):
    assert github.each(malicious, CONTEXT) == snapshot("""\
::error file=take-home/.vscode/tasks.json,line=7,col=5,title=story/trigger-reaches-payload::opening the folder runs public/fonts/fa.woff2 (lazaretto explain story/trigger-reaches-payload)
::error file=take-home/public/fonts/fa.woff2,line=3,col=11,title=js/remote-code-executed::executes what hxxp://c2[.]example[.]invalid/api answers (lazaretto explain js/remote-code-executed)
::warning file=take-home/package.json,line=5,col=3,endLine=6,title=npm/lifecycle-script::runs node lib/init.js at install (lazaretto explain npm/lifecycle-script)
::warning title=1 file not fully examined::cannot be read: Permission denied: secret.bin
::notice title=1 file not fully examined::is not valid Python: old.py
::error title=MALICIOUS ./take-home::CRITICAL (9.8/10): do not open this folder in an editor; do not run or import it
""")


def test_verdicts(nothing, incomplete, failed, suspicious):
    lines = [github.each(checked, CONTEXT).splitlines()[-1] for checked in (nothing, incomplete, failed, suspicious)]
    assert lines == snapshot(
        [
            "::notice title=NOTHING FOUND ./take-home::LOW (1.0/10): no known-bad or suspicious behaviour in what was checked",
            "::warning title=NOT FULLY CHECKED ./take-home::nothing was found, but a part could not be examined; do not take this for a clean result",
            "::warning title=NOT CHECKED ./nowhere::the target could not be examined; this is not a clean result: ./nowhere does not exist",
            "::warning title=SUSPICIOUS ./take-home::MEDIUM (4.8/10): read the reasons before you open, install or run it",
        ]
    )


def test_a_text_cannot_start_a_command(hostile):
    lines = github.each(hostile, CONTEXT).splitlines()
    assert all(line.startswith(("::error ", "::warning ")) for line in lines)
    assert len(lines) == 3
    assert "%250A" in lines[0]
    properties = lines[0].removeprefix("::error ").partition("::")[0]
    assert [pair.partition("=")[0] for pair in properties.split(",")] == ["file", "line", "col", "title"]
