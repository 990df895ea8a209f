"""The documentation names every command, option, environment twin and exit code, and its commands parse."""

import re
import shlex
from pathlib import Path

import click
import pytest

from lazaretto.cli.main import cli
from lazaretto.cli.options import Option
from lazaretto.parse.limits import Limits
from lazaretto.reports import exits
from lazaretto.reports.catalog import FORMATS

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
GATE = (ROOT / "docs" / "gate.md").read_text(encoding="utf-8")
GATE_ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")] for line in GATE.splitlines() if line.startswith("| `")
]
WATCH = (ROOT / "docs" / "watch.md").read_text(encoding="utf-8")
WATCH_ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")] for line in WATCH.splitlines() if line.startswith("| `")
]
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in PAGE.splitlines() if line.startswith("| ")]


def every_command(group=cli, prefix=""):
    """Every command by what one types to get there: `check`, `intel update`."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def page_of(command):
    """The page that documents a command, and the rows of its tables."""
    if command.startswith("gate "):
        return GATE, GATE_ROWS
    return (WATCH, WATCH_ROWS) if command.startswith("watch ") else (PAGE, ROWS)


def options():
    for name, command in (("", cli), *every_command()):
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                yield name, parameter


@pytest.mark.parametrize("name", [name for name, _ in every_command()])
def test_every_command_is_documented(name):
    assert f"lazaretto {name} " in page_of(name)[0]


@pytest.mark.parametrize(("command", "option"), list(options()), ids=lambda value: getattr(value, "name", value))
def test_every_option_is_documented_with_its_twin_and_command(command, option):
    names = {f"`{name}" for name in (*option.opts, *option.secondary_opts)}
    rows = page_of(command)[1]
    (row,) = [row for row in rows if any(re.match(rf"{re.escape(min(names, key=len))}[ `]", cell) for cell in row[:1])]
    assert all(name in row[0] for name in names)
    if isinstance(option, Option) and option.name != "version":
        assert row[1] == f"`{option.twin_name}`"
        every = "all" in row[2] and command not in row[2].partition("but")[2]
        assert not command or every or command in row[2].split(", ")


@pytest.mark.parametrize("rows", [ROWS, GATE_ROWS, WATCH_ROWS], ids=["cli", "gate", "watch"])
def test_no_option_is_documented_that_does_not_exist(rows):
    chosen = [option for command, option in options() if page_of(command)[1] is rows]
    real = {name for option in chosen for name in (*option.opts, *option.secondary_opts)}
    documented = {name for row in rows for name in re.findall(r"`(--?[a-z][a-z-]*)", row[0], re.IGNORECASE)}
    assert documented == real | ({"-h", "--help"} if rows is ROWS else set())


def test_every_exit_code_is_documented():
    section = PAGE.split("## Exit codes")[1].split("\n## ")[0]
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)}
    assert documented == {
        exits.NOTHING, exits.CRASH, exits.USAGE, exits.INCOMPLETE, exits.SUSPICIOUS, exits.MALICIOUS, exits.INTERRUPTED,
    }  # fmt: skip


def test_every_format_is_documented():
    section = PAGE.split("## Formats")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [fmt.name for fmt in FORMATS]


def test_the_documented_limits_are_those_in_force():
    shown = dict(re.findall(r"\| `--(max-\w+) N` .*\(([\d,GM]+)\) \|", PAGE))
    units = {"G": 1 << 30, "M": 1 << 20}
    limits = Limits()
    for option, field in {
        "max-total": "total_bytes", "max-file": "file_bytes", "max-archive": "archive_bytes", "max-files": "files",
        "max-nesting": "nesting", "max-seconds": "file_seconds", "max-memory": "worker_bytes",
    }.items():  # fmt: skip
        text = shown[option].replace(",", "")
        assert int(text.rstrip("GM")) * units.get(text[-1], 1) == getattr(limits, field)


def test_the_documented_ignore_file_is_one(tmp_path):
    from datetime import UTC, datetime

    from lazaretto.app.ignore import load_ignore

    path = tmp_path / "ignore.toml"
    path.write_text(re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)[1])
    assert len(load_ignore(path, datetime(2026, 11, 20, tzinfo=UTC)).waivers) == 1


def commands(text):
    """Yield the command lines of the sh blocks."""
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0].endswith("lazaretto"):
                yield tuple(words[1:])


@pytest.mark.parametrize("words", list(commands(README)), ids=" ".join)
def test_the_commands_of_the_readme_parse(words):
    command = cli.commands[words[0]]
    parent = click.Context(cli, help_option_names=["-h", "--help"])  # or the command remembers click's own default
    command.make_context(words[0], list(words[1:]), parent=parent, resilient_parsing=False)


def test_the_readme_has_commands():
    assert len(list(commands(README))) >= 4


def test_every_check_of_briefs_and_every_export_is_documented():
    from lazaretto.intel.lint.catalog import CHECKS
    from lazaretto.reports.exports.catalog import EXPORTS

    page = (ROOT / "docs" / "brief.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(brief/[a-z-]+)` \|", page, re.MULTILINE) == [check.id for check in CHECKS]
    assert all(f"`{export.name}`" in page for export in EXPORTS)
