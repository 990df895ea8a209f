"""Files by which git itself starts programs or changes what is checked out.

GitConfig      `.git/config`, `config.worktree`, `.gitmodules`, `.gitconfig`  (git-config(1))
GitHook        a live file in a `hooks` folder of a git directory             (githooks(5))
GitAttributes  `.gitattributes`, `info/attributes`                            (gitattributes(5))
GitIgnore      `.gitignore`, `info/exclude`
HuskyHook      `.husky/*`: hooks that `npm install` switches on
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from lazaretto.parse.blob import Blob
from lazaretto.parse.views import FileView
from lazaretto.parse.workspace import parent_of

HOOKS = frozenset(
    [
        "applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit",
        "prepare-commit-msg", "commit-msg", "post-commit", "pre-rebase", "post-checkout", "post-merge", "pre-push",
        "pre-receive", "update", "proc-receive", "post-receive", "post-update", "reference-transaction",
        "push-to-checkout", "pre-auto-gc", "post-rewrite", "sendemail-validate", "fsmonitor-watchman",
        "p4-changelist", "p4-prepare-changelist", "p4-post-changelist", "p4-pre-submit", "post-index-change",
    ]
)  # fmt: skip
_SECTION = re.compile(r'\[\s{0,8}([A-Za-z0-9.-]{1,80})(?:\s{1,8}"((?:[^"\\\n]|\\.){0,400})")?\s{0,8}\]')


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of a git configuration."""

    section: str
    """Lower case."""
    subsection: str
    key: str
    """Lower case."""
    value: str
    line: int

    @property
    def name(self) -> str:
        """As git prints it: `filter.lfs.clean`."""
        return ".".join(part for part in (self.section, self.subsection, self.key) if part)


class GitConfig(FileView):
    """A git configuration file."""

    title = "git configuration"

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By name; `config` only inside something that looks like a git directory."""
        if blob.name in {".gitmodules", ".gitconfig", "gitconfig", "config.worktree"}:
            return True
        if blob.name != "config":
            return False
        folder = parent_of(blob.path)
        return (
            folder.endswith(".git")
            or "/.git/" in f"/{blob.path}"
            or (folder == "" and b"repositoryformatversion" in blob.data.lower())
        )

    @cached_property
    def settings(self) -> tuple[Setting, ...]:
        """All settings in file order; continuation lines joined."""
        section, subsection = "", ""
        found: list[Setting] = []
        rows = self.blob.text.split("\n")
        at = 0
        while at < len(rows):
            row, line = rows[at].strip(), at + 1
            at += 1
            parts = [row]
            while parts[-1].endswith("\\") and at < len(rows):
                parts.append(rows[at].strip())
                at += 1
            row = "".join(part.removesuffix("\\") for part in parts[:-1]) + parts[-1]
            if not row or row[0] in "#;":
                continue
            head = _SECTION.match(row)
            if head:
                section, subsection = (
                    head.group(1).lower(),
                    (head.group(2) or "").replace('\\"', '"').replace("\\\\", "\\"),
                )
                if "." in section and not subsection:
                    section, _, subsection = section.partition(".")
                row = row[head.end() :].strip()
                if not row or row[0] in "#;":
                    continue
            key, _, value = row.partition("=")
            found.append(Setting(section, subsection, key.strip().lower(), _plain(value.strip()), line))
        return tuple(found)


def _plain(value: str) -> str:
    out: list[str] = []
    quoted, at = False, 0
    while at < len(value):
        char = value[at]
        if char == "\\" and at + 1 < len(value):
            out.append({"n": "\n", "t": "\t"}.get(value[at + 1], value[at + 1]))
            at += 2
            continue
        if char == '"':
            quoted = not quoted
        elif char in "#;" and not quoted:
            break
        else:
            out.append(char)
        at += 1
    return "".join(out).strip()


class GitHook(FileView):
    """A hook that git would run: in a `hooks` folder of a git directory and without `.sample`."""

    title = "git hook"

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By path. Any name in `.git/hooks` counts, since a listed name may call it."""
        if parent_of(blob.path) != "hooks" or blob.name.endswith(".sample") or not blob.data:
            return False
        inside = "/.git/" in f"/{blob.path}" or "/.git/modules/" in f"/{blob.path}" or ".git/hooks/" in blob.path
        return inside or (blob.name in HOOKS and blob.path.lower() == f"hooks/{blob.name}")

    @property
    def is_listed(self) -> bool:
        """True when git knows a hook of this name."""
        return self.blob.name.removesuffix(".exe") in HOOKS


class HuskyHook(FileView):
    """A hook script below `.husky` or `.githooks`; it becomes live when the project's `prepare` script says so."""

    title = "husky hook"

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By path."""
        return (
            parent_of(blob.path) in {".husky", ".githooks", ".git-hooks", "githooks", "git-hooks"}
            and (blob.name in HOOKS or blob.suffix in {"", ".sh"})
            and not blob.name.startswith(".")
            and not blob.is_binary
        )


class GitAttributes(FileView):
    """Attribute lines: (pattern, attributes, line)."""

    title = "git attributes"

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By name."""
        return blob.name == ".gitattributes" or (blob.name == "attributes" and parent_of(blob.path) == "info")

    @cached_property
    def entries(self) -> tuple[tuple[str, tuple[str, ...], int], ...]:
        """All lines that are not comments."""
        return tuple(
            (words[0], tuple(words[1:]), number)
            for number, row in enumerate(self.blob.text.splitlines(), 1)
            if (words := row.split()) and not row.lstrip().startswith("#")
        )


class GitIgnore(FileView):
    """Ignore patterns: (pattern, line)."""

    title = "git ignore file"
    NAMES: ClassVar = frozenset({".gitignore", ".dockerignore", ".npmignore"})

    @classmethod
    def accepts(cls, blob: Blob) -> bool:
        """By name."""
        return blob.name in cls.NAMES or (blob.name == "exclude" and parent_of(blob.path) == "info")

    @cached_property
    def patterns(self) -> tuple[tuple[str, int], ...]:
        """All lines that are not comments."""
        return tuple(
            (row.strip(), number)
            for number, row in enumerate(self.blob.text.splitlines(), 1)
            if row.strip() and not row.lstrip().startswith("#")
        )
