"""What a command line's words mean: which program, which file it runs, which package script, what it downloads.

One `Command` of `shell_words` in, small facts out. The tables hold the options that take a value, because the first
free word behind them is the file that runs.
"""

import re
from dataclasses import dataclass

from lazaretto.parse.hosts import URL, looks_like_host

SHELLS = frozenset(["sh", "bash", "zsh", "dash", "ksh", "ash", "fish"])
POWERSHELLS = frozenset(["powershell", "pwsh"])
JS_PROGRAMS = frozenset(
    [
        "node", "nodejs", "bun", "deno", "tsx", "ts-node", "ts-node-dev", "ts-node-esm", "nodemon", "babel-node",
        "esno", "jiti", "vite-node", "swc-node",
    ]
)  # fmt: skip
PY_PROGRAMS = frozenset(["python", "python2", "python3", "pythonw", "py", "pypy", "pypy3", "ipython"])
INTERPRETERS = (
    SHELLS
    | POWERSHELLS
    | JS_PROGRAMS
    | PY_PROGRAMS
    | frozenset(["perl", "ruby", "php", "lua", "cscript", "wscript", "osascript", "electron"])
)
DOWNLOADERS = frozenset(
    [
        "curl", "wget", "aria2c", "fetch", "http", "https", "xh", "iwr", "irm", "invoke-webrequest",
        "invoke-restmethod", "start-bitstransfer", "certutil", "bitsadmin", "lwp-download", "lynx", "axel", "ftp",
    ]
)  # fmt: skip
_KEYWORDS = frozenset(
    [
        "if", "then", "else", "elif", "do", "while", "until", "!", "{", "time", "exec", "command", "builtin",
        "call", "sudo", "doas", "nice", "stdbuf", "@", "&", "-",
    ]
)  # fmt: skip
_WRAPPERS = frozenset(
    [
        "env", "cross-env", "cross-env-shell", "nohup", "setsid", "timeout", "xargs", "dotenv", "env-cmd", "start",
        "unbuffer", "ionice", "catchsegv", "dotenvx", "winpty",
    ]
)  # fmt: skip
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w{0,80}=")
_VALUE_OPTIONS = {
    "node": frozenset(
        [
            "-r", "--require", "--loader", "--experimental-loader", "--import", "--env-file", "--conditions", "-C",
            "--title", "--icu-data-dir",
        ]
    ),
    "python": frozenset(["-W", "-X", "-Q"]),
    "shell": frozenset(["-o", "-O", "--rcfile", "--init-file"]),
    "nodemon": frozenset(
        [
            "-w", "--watch", "-i", "--ignore", "-e", "--ext", "-d", "--delay", "--config", "-C", "--signal", "-r",
            "--require",
        ]
    ),
    "powershell": frozenset(
        [
            "-executionpolicy", "-ep", "-ex", "-exec", "-windowstyle", "-w", "-win", "-version", "-enc", "-ec",
            "-encodedcommand", "-outputformat", "-inputformat", "-psconsolefile", "-configurationname",
        ]
    ),
}  # fmt: skip
_CODE_OPTIONS = frozenset({"-e", "--eval", "-p", "--print", "-pe", "-ep", "-c", "-r", "-command", "-E"})
_RUNNER_WORDS = frozenset(["run", "run-script", "exec", "x", "dlx", "start"])
_LIFECYCLE_NAMES = frozenset(["start", "test", "stop", "restart"])
_INSTALLS = frozenset(["install", "i", "ci", "add", "install-test", "it", "clean-install"])
_PM_VALUE_OPTIONS = frozenset(
    ["--prefix", "-C", "--dir", "--cwd", "--filter", "-F", "-w", "--workspace", "--loglevel", "--registry"]
)


@dataclass(frozen=True, slots=True)
class Program:
    """A command without its wrappers."""

    name: str
    """Base name, lower case, without `.exe`/`.cmd`; empty for a bare assignment."""
    words: tuple[str, ...]
    """The words from the program on."""
    hidden: bool = False
    """Wrapped so that no window or terminal shows it: `nohup`, `setsid`, `start /b`, `/min`."""


@dataclass(frozen=True, slots=True)
class ScriptCall:
    """A package script, make or just target that a command starts by name."""

    tool: str
    """`npm` (also for yarn, pnpm, bun), `make`, `just`, `task`."""
    name: str
    """Script name; `install` for the whole lifecycle of an installation."""
    folder: str
    """Relative to where the text runs; empty = there."""
    line: int = 1


def program_of(words: tuple[str, ...]) -> Program:
    """Strip shell keywords, assignments and wrappers (`sudo`, `env A=b`, `nohup`, `cross-env`)."""
    at, hidden = 0, False
    while at < len(words):
        word = words[at]
        name = base_name(word)
        if (
            word.lower() in _KEYWORDS
            or _ASSIGNMENT.match(word)
            or (
                word.startswith("-")
                and at
                and base_name(words[at - 1]) in {"sudo", "doas", "exec", "command", "nice", "stdbuf"}
            )
        ):
            at += 1
        elif name in _WRAPPERS:
            hidden = hidden or name in {"nohup", "setsid"}
            at += 1
            while at < len(words) and (
                words[at].startswith("-") or _ASSIGNMENT.match(words[at]) or _is_wrapper_value(name, words, at)
            ):
                hidden = hidden or (name == "start" and words[at].lower() in {"/b", "/min"})
                at += 1
        elif name == "cmd" and (inner := _after_cmd(words, at)):
            at = inner
        else:
            return Program(name, words[at:], hidden)
    return Program("", (), hidden)


def _after_cmd(words: tuple[str, ...], at: int) -> int:
    """Return where the command behind `cmd /c` begins; 0 when it is one quoted text, or there is none."""
    at += 1
    flags = at
    while at < len(words) and words[at].lower() in {"/c", "/k", "/s", "/q", "/d", "/v:on"}:
        at += 1
    one_text = len(words) - at == 1 and " " in words[at]
    return 0 if at == flags or at >= len(words) or one_text else at


def _is_wrapper_value(name: str, words: tuple[str, ...], at: int) -> bool:
    word = words[at]
    if name == "start":  # start "title" /b program
        return word.startswith("/") or (word == "" or " " in word)
    if name == "timeout":
        return word[:1].isdigit()
    if name in {"dotenv", "env-cmd", "env", "xargs"}:
        return words[at - 1] in {"-e", "-f", "-c", "-I", "-n", "-P", "-u", "-S"}
    return False


def base_name(word: str) -> str:
    """Return a program's base name, lower case, without folders and a Windows suffix: `x/Node.EXE` -> `node`."""
    name = re.split(r"[/\\]", word)[-1].lower()
    for suffix in (".exe", ".cmd", ".bat", ".com"):
        if name.endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return re.sub(r"(?<=python)[23](\.\d{1,2})?$", "", name)


def family_of(name: str) -> str:
    """Return which table of options a program follows."""
    if name == "nodemon":
        return "nodemon"
    if name in JS_PROGRAMS:
        return "node"
    if name in PY_PROGRAMS:
        return "python"
    if name in POWERSHELLS:
        return "powershell"
    return "shell" if name in SHELLS else ""


def inline_code(program: Program) -> str | None:
    """Return the code given on the command line (`node -e CODE`, `bash -lc CODE`, `cmd /c ...`), or None."""
    words = program.words
    if program.name == "cmd":
        at = next((i for i, word in enumerate(words) if word.lower() in {"/c", "/k", "/s", "/q"}), 0)
        while at and at < len(words) and words[at].lower() in {"/c", "/k", "/s", "/q", "/d"}:
            at += 1
        return " ".join(words[at:]) if at else None
    if program.name not in INTERPRETERS and program.name != "wsl":
        return None
    family = family_of(program.name)
    for at, word in enumerate(words[1:], 1):
        low = word.lower()
        if family in {"shell", ""} and re.fullmatch(r"-[a-z]{0,6}c", low):
            return words[at + 1] if at + 1 < len(words) else None
        if family == "python" and re.fullmatch(r"-[a-zA-Z]{0,4}c", word):
            return words[at + 1] if at + 1 < len(words) else None
        if family == "node" and (low in {"-e", "-p", "-pe", "--eval", "--print"} or low == "eval"):
            return words[at + 1] if at + 1 < len(words) else None
        if family == "node" and low.startswith(("--eval=", "--print=")):
            return word.split("=", 1)[1]
        if family == "powershell" and low in {"-c", "-command", "/c", "/command"}:
            return " ".join(words[at + 1 :])
        if family == "" and low in {"-e", "-r"}:
            return words[at + 1] if at + 1 < len(words) else None
        if not word.startswith("-") and family != "powershell":
            return None
    return None


def run_file(program: Program) -> str:
    """Return the file that an interpreter runs, or a path that is run itself; empty when there is none."""
    words, name = program.words, program.name
    if name in {".", "source"}:
        return words[1] if len(words) > 1 else ""
    if name not in INTERPRETERS:
        return (
            words[0]
            if words
            and ("/" in words[0] or "\\" in words[0])
            and "://" not in words[0]
            and not words[0].startswith(("$(", "`", "-"))
            else ""
        )
    family = family_of(name)
    values = _VALUE_OPTIONS.get(family, frozenset())
    rest = list(words[1:])
    while rest:
        word = rest.pop(0)
        low = word.lower()
        if low in _CODE_OPTIONS and not (family in {"node", "nodemon"} and low == "-r"):
            return ""
        if family == "python" and word == "-m":
            return ""
        if family == "powershell" and low in {"-file", "-f"}:
            return rest[0] if rest else ""
        if low in values or word in values:
            if rest:
                rest.pop(0)
            continue
        if word.startswith("-") or word == "/c" or (name in {"cscript", "wscript"} and word.startswith("//")):
            continue
        if name in {"deno", "bun"} and low in {
            "run",
            "x",
            "test",
            "install",
            "add",
            "i",
            "build",
            "create",
            "init",
            "task",
        }:
            if low in {"run", "task"} and rest and "." in rest[-1]:
                continue
            return ""
        return "" if word.startswith(("$(", "`")) else word
    return ""


def required_files(program: Program) -> tuple[str, ...]:
    """Return files that node loads before the program: `-r x`, `--import x`."""
    if family_of(program.name) not in {"node", "nodemon"}:
        return ()
    words = program.words
    found = [
        words[at + 1]
        for at, word in enumerate(words[:-1])
        if word in {"-r", "--require", "--import", "--loader", "--experimental-loader"}
    ]
    return tuple(path for path in found if path.startswith(("./", "../", "/")))


def script_calls(program: Program, line: int) -> tuple[ScriptCall, ...]:
    """Return the package scripts and make targets that a command starts by name."""
    name, words = program.name, program.words[1:]
    if name in {"npm-run-all", "npm-run-all2", "run-s", "run-p", "run-z"}:
        return tuple(ScriptCall("npm", word, "", line) for word in words if not word.startswith("-"))
    if name in {"make", "gmake", "just", "task"}:
        tool = "make" if name == "gmake" else name
        return tuple(
            ScriptCall(tool, word, "", line) for word in words if not word.startswith("-") and "=" not in word
        )[:5]
    if name not in {"npm", "pnpm", "yarn", "bun"}:
        return ()
    folder, free = "", []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word in {"--prefix", "-C", "--dir", "--cwd"} and rest:
            folder = rest.pop(0)
        elif word.startswith(("--prefix=", "--dir=", "--cwd=")):
            folder = word.split("=", 1)[1]
        elif word in _PM_VALUE_OPTIONS and rest:
            rest.pop(0)
        elif word == "--":
            break
        elif not word.startswith("-"):
            free.append(word)
    if not free:
        return (ScriptCall("npm", "install", folder, line),) if name == "yarn" and not words else ()
    verb = free[0]
    if verb in {"run", "run-script", "rum", "urn"}:
        return (ScriptCall("npm", free[1], folder, line),) if len(free) > 1 else ()
    if verb in _INSTALLS or verb in {"rebuild", "pack", "publish", "link"}:
        return (ScriptCall("npm", "install", folder, line),)
    if verb == "workspace" and name == "yarn":
        return ()
    if (
        verb in _LIFECYCLE_NAMES
        or verb == "t"
        or (name in {"yarn", "pnpm"} and verb not in {"exec", "dlx", "remove", "why", "config"})
    ):
        return (ScriptCall("npm", "test" if verb == "t" else verb, folder, line),)
    return ()


def download_of(program: Program) -> tuple[str, str] | None:
    """Return (URL or empty, output file or empty) when the command downloads something, else None.

    The output is empty when the content goes to the next command or to standard output.
    """
    name, words = program.name, program.words[1:]
    if name not in DOWNLOADERS:
        return None
    url = next((m.group() for word in words if (m := URL.search(word))), "")
    if not url:
        url = next((word for word in words if not word.startswith("-") and looks_like_host(word) and "." in word), "")
    variable = next((word for word in words if not word.startswith("-") and "$" in word), "")
    if not url and not variable:
        return None
    if name in {"certutil", "ftp", "fetch", "http", "https"} and not url:
        return None
    return url or variable, _output_of(name, words, url)


def _output_of(name: str, words: tuple[str, ...], url: str) -> str:
    tail = re.split(r"[?#]", url)[0].rstrip("/").rsplit("/", 1)[-1]
    for at, word in enumerate(words):
        low = word.lower()
        following = words[at + 1] if at + 1 < len(words) else ""
        if name in {"curl", "xh"}:
            if word == "--output" or re.fullmatch(r"-[a-zA-Z#]{0,8}o", word):
                return following
            if word == "--remote-name" or re.fullmatch(r"-[a-zA-Z#]{0,8}O[a-zA-Z]{0,4}", word):
                return tail
            if word.startswith("--output="):
                return word.split("=", 1)[1]
        elif name == "wget":
            if re.fullmatch(r"-[a-zA-Z]{0,8}O", word) or word == "--output-document":
                return "" if following in {"-", "/dev/stdout"} else following
            if re.fullmatch(r"-[a-zA-Z]{0,8}O-", word) or word == "--output-document=-":
                return ""
            if word.startswith("--output-document="):
                return word.split("=", 1)[1]
        elif low in {"-outfile", "-o", "-destination", "-out"}:
            return following
    if name in {"certutil", "bitsadmin"}:
        return words[-1] if words and "://" not in words[-1] else tail
    return tail if name in {"wget", "aria2c", "axel"} else ""
