"""Which developer tool is this program, and what was it told to do?

    npm ci                            npm, install         node server.js       node, run
    node .../npm-cli.js run build     npm, run             code                 editor, open
    python -m pip install x           pip, install         git commit           git, open

Node programs change their own command line (`npm install x` in one word), interpreters run tools as scripts: both are
looked through.
"""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lazaretto.model.finding import Phase

EDITOR, AGENT = "editor", "agent"

_PYTHON = re.compile(r"(?:python|pypy)(?:\d(?:\.\d{1,2})?)?t?(?:\.exe)?")
_PIP = re.compile(r"pip(?:\d(?:\.\d{1,2})?)?(?:\.exe)?")
_EDITORS = frozenset(
    {
        *("code", "code-insiders", "codium", "vscodium", "code-oss", "cursor", "windsurf", "trae", "zed", "zeditor"),
        *("idea", "pycharm", "webstorm", "goland", "phpstorm", "clion", "rider", "rubymine", "idea64", "fleet"),
        *("code-server", "openvscode-server", "Code", "Cursor", "Code Helper (Plugin)", "Cursor Helper (Plugin)"),
    }
)
_AGENTS = frozenset({"claude", "codex", "gemini", "aider", "goose", "opencode", "cursor-agent", "q", "amp", "qwen"})
_SCRIPTS = {
    "npm-cli.js": "npm", "npx-cli.js": "npx", "npm": "npm", "npx": "npx", "pnpm": "pnpm", "pnpm.cjs": "pnpm",
    "pnpm.mjs": "pnpm", "pnpx": "pnpm", "yarn": "yarn", "yarn.js": "yarn", "yarn.cjs": "yarn", "yarnpkg": "yarn",
    "bun": "bun", "bunx": "bun", "poetry": "poetry", "pdm": "pdm", "pipenv": "pipenv", "hatch": "hatch",
    "uv": "uv", "uvx": "uv", "pipx": "pipx", "corepack": "corepack", "go": "go", "terraform": "terraform",
    "tofu": "terraform", "git": "git", "deno": "deno", "cargo": "cargo",
}  # fmt: skip
_INSTALLS = {
    "npm": frozenset(
        {
            *("install", "i", "ci", "add", "in", "ins", "inst", "isntall", "clean-install", "ic", "install-test", "it"),
            *("update", "up", "upgrade", "rebuild", "rb", "exec", "x", "init", "create", "link", "install-ci-test"),
        }
    ),
    "pnpm": frozenset(
        {"install", "i", "add", "update", "up", "rebuild", "rb", "dlx", "create", "import", "fetch", "ci"}
    ),
    "yarn": frozenset({"", "install", "add", "up", "upgrade", "dlx", "create", "rebuild"}),
    "bun": frozenset({"install", "i", "add", "a", "update", "x", "create", "c"}),
    "pip": frozenset({"install", "download", "wheel"}),
    "uv": frozenset({"sync", "add", "pip", "tool", "lock", "build"}),
    "poetry": frozenset({"install", "add", "update", "lock", "sync", "build"}),
    "pdm": frozenset({"install", "add", "update", "sync", "lock", "build"}),
    "pipenv": frozenset({"install", "sync", "update", "lock"}),
    "pipx": frozenset({"install", "run", "upgrade", "inject"}),
    "hatch": frozenset({"build", "env"}),
    "go": frozenset({"get", "install", "mod"}),
    "terraform": frozenset({"init", "get"}),
    "cargo": frozenset({"install", "fetch", "add"}),
}
_BUILDS = {"go": frozenset({"build", "generate", "run", "test", "vet"}), "cargo": frozenset({"build", "run", "test"})}
_RUNS_CODE = frozenset({"npx", "corepack"})
_VALUED = frozenset(
    {"-C", "--prefix", "-c", "--cwd", "--dir", "--filter", "-F", "-w", "--workspace", "--git-dir", "-W", "-X"}
)


@dataclass(frozen=True, slots=True)
class Tool:
    """A developer tool at work."""

    name: str
    """`npm`, `pnpm`, `yarn`, `bun`, `node`, `pip`, `uv`, `python`, `editor`, `agent`, `git`, `go`, `terraform`, ..."""
    phase: Phase
    verb: str = ""


def recognise(path: str, argv: Sequence[str]) -> Tool | None:
    """Tell which tool a program is; None = no developer tool."""
    name = posixpath.basename(path.removesuffix(" (deleted)"))
    words = list(argv[:64])
    if words and " " in words[0] and words[0].split(" ", 1)[0] in _SCRIPTS and name in ("node", "nodejs", "bun"):
        words = words[0].split() + words[1:]  # a title that Node was given
        return _script(words[0], words[1:])
    if name in ("node", "nodejs", "node.exe") or _PYTHON.fullmatch(name):
        return _interpreter("node" if name.startswith("node") else "python", words)
    if name in _EDITORS or "/jetbrains" in path.lower():
        return Tool(EDITOR, Phase.OPEN)
    if name in _AGENTS:
        return Tool(AGENT, Phase.RUN)
    if name == "java" and any("com.intellij" in word or "jetbrains" in word.lower() for word in words):
        return Tool(EDITOR, Phase.OPEN)
    if name == "electron" and any(posixpath.basename(word) in _EDITORS for word in words[1:4]):
        return Tool(EDITOR, Phase.OPEN)
    if _PIP.fullmatch(name):
        return _script("pip", words[1:])
    if name in _SCRIPTS:
        return _script(name, words[1:])
    return None


def is_interpreter(path: str) -> bool:
    """Tell whether a program runs other people's text: node, python, bun, deno, perl, ruby, php."""
    name = posixpath.basename(path.removesuffix(" (deleted)"))
    return name in ("node", "nodejs", "bun", "deno", "perl", "ruby", "php", "electron") or bool(_PYTHON.fullmatch(name))


def script_of(argv: Sequence[str]) -> str:
    """Return the file that an interpreter or a shell was told to run, or empty."""
    words = iter(argv[1:])
    for word in words:
        if word in ("-c", "-e", "--eval", "-p", "--print", "-m"):
            return ""
        if word in ("-r", "--require", "--import", "-W", "-X", "--loader", "--init-file", "--rcfile"):
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""


def _interpreter(name: str, words: list[str]) -> Tool:
    rest = words[1:]
    while rest and rest[0].startswith("-"):
        if rest[0] == "-m" and name == "python" and len(rest) > 1:
            module = rest[1].partition(".")[0]
            if module in ("pip", "poetry", "pipx", "uv", "pipenv", "pdm", "hatch"):
                return _script(module, rest[2:])
            break
        if rest[0] in ("-c", "-e", "--eval", "-p", "--print"):
            break
        rest = rest[2:] if rest[0] in ("-r", "--require", "--import", "-W", "-X", "--loader") else rest[1:]
    script = posixpath.basename(rest[0]) if rest else ""
    if _PIP.fullmatch(script):
        return _script("pip", rest[1:])
    if script in _SCRIPTS and (name != "python" or script not in ("npm", "git", "go")):
        return _script(script, rest[1:])
    if (
        script in _AGENTS
        or "/claude-code/" in (rest[0] if rest else "")
        or "/@openai/codex/" in (rest[0] if rest else "")
    ):
        return Tool(AGENT, Phase.RUN)
    return Tool(name, Phase.RUN)


def _script(script: str, rest: Sequence[str]) -> Tool:
    name = "pip" if script == "pip" else _SCRIPTS.get(script, script)
    verb = _verb(rest)
    if name in _RUNS_CODE:
        return Tool("npm", Phase.INSTALL, "exec")
    if script in ("pnpx", "bunx", "uvx"):
        return Tool(name, Phase.INSTALL, "exec")
    if name == "git":
        return Tool("git", Phase.OPEN, verb)
    if verb in _INSTALLS.get(name, ()):
        return Tool(name, Phase.INSTALL, verb)
    if verb in _BUILDS.get(name, ()):
        return Tool(name, Phase.BUILD, verb)
    return Tool(name, Phase.RUN, verb)


def _verb(words: Sequence[str]) -> str:
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in _VALUED
        else:
            return word
    return ""
