"""A script deletes the user's files.

What it sees
    The home folder, a drive or everything below `/` given to a recursive deletion: `fs.rmSync(os.homedir(), ...)`,
    `rm -rf ~`, `del /s /q %USERPROFILE%`, `shred` or `cipher /w` over the home folder.

Why it matters
    Worms carry it as revenge for being found, protest packages as their purpose. What is deleted is seldom backed up.

Example
    `require("fs").rmSync(require("os").homedir(), { recursive: true, force: true })`

What to do
    Do not run it. If it ran, switch the machine off and recover from a backup.

False alarms
    Deleting a folder inside the home folder (a cache) is ordinary and not reported. Tests of guards against it.

References
    ATT&CK T1485
"""

import itertools
import re
from collections.abc import Iterator

from lazaretto.detect.jscode import in_tests, one_per_line, phase_of
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity
from lazaretto.model.text import N_
from lazaretto.parse.javascript import JavaScriptModule
from lazaretto.parse.js_nodes import text_of

_DELETES = re.compile(rb"(?:rm|rmdir|rimraf|remove|emptyDir)(?:Sync)?\s*\(")
_HOME_CALL = re.compile(
    r"(?:require\(\s*[\"'](?:node:)?os[\"']\s*\)|\bos)\s*\.\s*homedir\s*\(\s*\)|process\s*\.\s*env\s*\.\s*(?:HOME|USERPROFILE)"
)
_COMMAND = re.compile(
    r"\brm\s+(?:-\w+\s+|--[\w-]+\s+){1,4}[\"']?(?:~|\$HOME|/)/?\*?[\"']?(?:\s|;|&|$)"
    r"|\bdel\s+(?:/\w\s*){2,5}[\"']?(?:%USERPROFILE%|%HOMEPATH%|[A-Z]:)\\?\*?|\brd\s+(?:/\w\s*){2}[\"']?(?:%USERPROFILE%|[A-Z]:\\)"
    r"|\bshred\b[^\n]{0,60}(?:~|\$HOME)|\bcipher\s+/w:[^\n]{0,20}(?:%USERPROFILE%|[A-Z]:)|Remove-Item[^\n]{0,40}\$env:USERPROFILE\S{0,2}\s",
    re.IGNORECASE,
)
_SAID = N_("deletes the user's files: {what}")


def check(module: JavaScriptModule) -> Iterator[Match]:
    """Every deletion of a whole home folder or drive."""
    yield from one_per_line(itertools.chain(_calls(module), _commands(module), _plain(module)))


def _calls(module: JavaScriptModule) -> Iterator[Match]:
    source = module.source
    if module.bulky or (b"homedir" not in source and b"USERPROFILE" not in source and b"env.HOME" not in source):
        return
    for hit in itertools.islice(_DELETES.finditer(source), 40):
        node = module.at(hit.end() - 1, hit.end())
        call = node.parent.parent if node is not None and node.parent is not None else None
        holder = call.child_by_field_name("arguments") if call is not None and call.type == "call_expression" else None
        first = holder.named_child(0) if holder is not None else None
        if call is None or first is None:
            continue
        spelled = text_of(first)[:200]
        if first.type == "identifier":
            for found in module.flow.names.definitions(spelled, first)[:2]:
                spelled = text_of(found.node)[:200] if found.kind == "value" and not found.path else spelled
        if _HOME_CALL.fullmatch(spelled.strip()):
            yield _match(module, call.start_byte, call.end_byte, spelled)


def _commands(module: JavaScriptModule) -> Iterator[Match]:
    for execution in module.executions:
        text = execution.code.text or "" if execution.kind == "command" else ""
        found = _COMMAND.search(text[:2000]) if text else None
        if found is not None:
            yield _match(module, execution.node.start_byte, execution.node.end_byte, found[0].strip())


_WRITTEN = re.compile(rb"\bexec(?:Sync)?\s{0,8}\(\s{0,8}([\"'`])([^\"'`\n]{4,300})\1")


def _plain(module: JavaScriptModule) -> Iterator[Match]:
    """Yield commands that stand in the call as they are; where nothing comes from outside, calls are not followed."""
    if b"child_process" not in module.source:
        return
    for hit in itertools.islice(_WRITTEN.finditer(module.source), 60):
        found = _COMMAND.search(hit[2].decode("utf-8", "replace"))
        if found is not None:
            yield _match(module, hit.start(), hit.end(), found[0].strip())


def _match(module: JavaScriptModule, start: int, end: int, what: str) -> Match:
    line, column = module.position(start)
    tests = in_tests(module.path)
    return Match(
        _SAID,
        line=line,
        column=column,
        params={"what": what[:100]},
        excerpt=module.quote(start, end),
        severity=Severity.MEDIUM if tests else Severity.HIGH,
        confidence=Confidence.LOW if tests else Confidence.HIGH,
        phase=phase_of(module.path),
    )


RULE = Rule(
    id="js/destroys-files",
    title=N_("the user's files are deleted"),
    view=JavaScriptModule,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    phase=Phase.RUN,
    role=Role.EXECUTE,
    check=check,
    doc=__doc__ or "",
    techniques=("T1485",),
    needles=(b"homedir", b"USERPROFILE", b"env.HOME", b"child_"),
)
