"""Command lines: which packages does a typed command install, run or ask about?

npm install graphalgo@2.2.9             installed (it was asked for; whether it worked is not known: medium)
npx graphalgo, pnpm dlx, bunx, uvx      executed
pip install "bigpyx==0.0.1"             installed
python -m NAME, node -e "require(..)"   executed
npm view NAME, pip download NAME        named, fetched
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from lazaretto.ecosystems import npm, pypi
from lazaretto.model.trace import Rung

LONGEST = 8000
WORDS = 400
_SPLIT = re.compile(r"[;&|\n]+|\$\(|`")
_PACKAGE = re.compile(r"(@[\w.~-]{1,100}/)?[\w.~-]{1,214}(?:@[\w.^~<>=*+-]{0,100})?")
_JS_RUN = frozenset({"npx", "bunx", "pnpx"})
_JS = frozenset({"npm", "pnpm", "yarn", "bun"})
_JS_INSTALL = frozenset(
    {"install", "i", "add", "isntall", "in", "ins", "inst", "insta", "instal", "update", "up", "upgrade"}
)
_JS_EXEC = frozenset({"exec", "x", "dlx", "create", "init"})
_PY = re.compile(r"(?:python|py)[\d.]{0,6}(?:\.exe)?")
_PIP = re.compile(r"pip[\d.]{0,6}(?:\.exe)?")
_PY_ADD = frozenset({"poetry", "pdm", "uv", "rye", "pipenv", "hatch", "pixi"})
_PY_IMPORT = re.compile(
    r"(?:^|[;\s])(?:from\s{1,4}([A-Za-z_]\w{0,100})[\w.]{0,200}\s{1,4}import\b"
    r"|import\s{1,4}([A-Za-z_]\w{0,100}(?:\s{0,2},\s{0,2}[A-Za-z_]\w{0,100}){0,20}))"
)
_CONDA = frozenset({"conda", "mamba", "micromamba"})
_VALUE_OPTIONS = frozenset(
    {
        "-r",
        "--requirement",
        "-c",
        "--constraint",
        "-i",
        "--index-url",
        "--extra-index-url",
        "--registry",
        "--prefix",
        "-C",
        "-t",
        "--target",
        "--cache",
        "--proxy",
        "-f",
        "--find-links",
        "--python",
        "-n",
        "--name",
        "--loglevel",
        "--workspace",
        "-w",
        "--trusted-host",
        "--dir",
        "--cwd",
        "--filter",
        "-F",
    }
)
_RUNS_FLAG = frozenset({"-p", "--package", "--from", "--with"})


@dataclass(frozen=True, slots=True)
class Use:
    """One package in a command."""

    world: str
    name: str
    version: str
    rung: Rung
    requirement: str = ""


def uses(line: str) -> Iterator[Use]:
    """Yield the packages that a command line speaks of."""
    line = line[:LONGEST]
    for part in _SPLIT.split(line):
        words = _words(part)
        while words and (
            words[0] in ("sudo", "time", "env", "nohup", "exec", "cmd", "/c", "command", "corepack", "RUN")
            or "=" in words[0]
        ):
            words = words[1:]
        if words:
            yield from of_words(words)


def of_words(words: list[str]) -> Iterator[Use]:
    """Yield the packages of one command that is already split into words."""
    tool = re.split(r"[/\\]", words[0])[-1].removesuffix(".cmd").removesuffix(".exe").lower()
    rest = words[1:WORDS]
    if tool in _JS_RUN:
        yield from _js(rest, Rung.EXECUTED, first_only=True)
    elif tool in _JS:
        yield from _js_tool(rest)
    elif tool in ("uvx", "pipx") or (tool == "uv" and rest[:2] == ["tool", "run"]):
        verb = tool == "pipx" and rest[:1] == ["install"]
        yield from _py(
            rest[1:] if tool == "pipx" else rest[2:] if tool == "uv" else rest,
            Rung.INSTALLED if verb else Rung.EXECUTED,
        )
    elif tool == "uv" and rest[:1] == ["pip"]:
        yield from of_words(["pip", *rest[1:]])
    elif _PIP.fullmatch(tool):
        verb = next((word for word in rest if not word.startswith("-")), "")
        rung = {"install": Rung.INSTALLED, "download": Rung.FETCHED, "wheel": Rung.FETCHED}.get(verb, Rung.NAMED)
        yield from _py(rest[rest.index(verb) + 1 :] if verb else [], rung)
    elif _PY.fullmatch(tool):
        yield from _python(rest)
    elif tool in _PY_ADD and rest[:1] and rest[0] in ("add", "install", "tool", "run"):
        yield from _py(rest[1:], Rung.INSTALLED if rest[0] != "run" else Rung.NAMED)
    elif tool in _CONDA and "install" in rest[:3]:
        yield from _py(rest[rest.index("install") + 1 :], Rung.INSTALLED)
    elif tool in ("node", "nodejs", "deno"):
        yield from imports(" ".join(rest))


def imports(code: str) -> Iterator[Use]:
    """Yield the packages that a line of Python or JavaScript loads."""
    for match in re.finditer(
        r"(?:require|import)\s{0,3}\(\s{0,3}['\"]([^'\"]{1,214})['\"]|from\s{1,3}['\"]([^'\"]{1,214})['\"]", code
    ):
        name = match[1] or match[2]
        parts = name.split("/")
        yield Use("npm", "/".join(parts[: 2 if name.startswith("@") else 1]), "", Rung.EXECUTED)
    for match in _PY_IMPORT.finditer(code):
        for name in (match[1] or match[2]).split(","):
            yield Use("pypi", pypi.normalize(name.strip()), "", Rung.EXECUTED)


def _words(part: str) -> list[str]:
    try:
        return shlex.split(part)
    except ValueError:  # an open quote
        return part.split()


def _js_tool(rest: list[str]) -> Iterator[Use]:
    verb = next((word for word in rest if not word.startswith("-")), "")
    after = rest[rest.index(verb) + 1 :] if verb else []
    if verb == "global" and after:
        verb, after = after[0], after[1:]
    if verb in _JS_INSTALL:
        yield from _js(after, Rung.INSTALLED)
    elif verb in _JS_EXEC:
        yield from _js(after, Rung.EXECUTED, first_only=True)
    elif verb == "pack":
        yield from _js(after, Rung.FETCHED)
    elif verb in (
        "view",
        "info",
        "show",
        "v",
        "remove",
        "uninstall",
        "rm",
        "un",
        "why",
        "ls",
        "audit",
        "search",
        "rebuild",
    ):
        yield from _js(after, Rung.NAMED)


def _js(words: list[str], rung: Rung, *, first_only: bool = False) -> Iterator[Use]:
    skip = flag = False
    for word in words:
        if skip:
            skip = False
            continue
        if word.startswith("-"):
            name, equals, value = word.partition("=")
            if name in _RUNS_FLAG and first_only:
                flag = True
                if equals:
                    word = value
                else:
                    continue
            else:
                skip = word in _VALUE_OPTIONS
                continue
        alias = word.partition("@npm:")[2] or word.removeprefix("npm:")
        if _PACKAGE.fullmatch(alias):
            name, version = npm.split_at_version(alias)
            exact = npm.exact(version)
            if npm.is_name(name):
                yield Use("npm", name, exact, rung, "" if exact else version)
        if first_only and not flag:
            return
        flag = False


def _py(words: list[str], rung: Rung) -> Iterator[Use]:
    skip = False
    for word in words:
        if skip:
            skip = False
            continue
        if word.startswith("-"):
            skip = word in _VALUE_OPTIONS
            continue
        if "://" in word or word.startswith(("/", ".")):
            name, version = (
                pypi.file_name(word.rpartition("/")[2]) if word.endswith((".whl", ".gz", ".zip")) else ("", "")
            )
            requirement = ""
        else:
            match = re.match(r"[A-Za-z0-9][\w.-]{0,200}", word)
            name = match[0] if match else ""
            tail = re.sub(r"^\[[^\]]{0,100}\]", "", word[len(name) :]).replace("@", "==", 1) if name else ""
            version = pypi.exact(tail) if tail else ""
            requirement = "" if version else tail
        if name and pypi.is_name(name):
            yield Use("pypi", pypi.normalize(name), version, rung, requirement)
        if rung is Rung.EXECUTED:
            return


def _python(rest: list[str]) -> Iterator[Use]:
    for at, word in enumerate(rest[:-1]):
        if word == "-m":
            module = rest[at + 1]
            if _PIP.fullmatch(module):
                yield from of_words(["pip", *rest[at + 2 :]])
            elif re.fullmatch(r"[\w.]{1,200}", module):
                yield Use("pypi", pypi.normalize(module.partition(".")[0]), "", Rung.EXECUTED)
            return
        if word == "-c":
            yield from imports(rest[at + 1])
            return
        if not word.startswith("-"):
            return
