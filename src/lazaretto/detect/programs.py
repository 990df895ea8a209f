"""Words about programs that rules of behaviour share: what is it called, what was it told to do, where does it lie?"""

import posixpath
import re
from collections.abc import Sequence

from lazaretto.detect.live.toolchains import is_interpreter, script_of
from lazaretto.model.behaviour import Program

DOWNLOADERS = frozenset(
    {"curl", "wget", "aria2c", "axel", "nc", "ncat", "netcat", "socat", "ftp", "tftp", "scp", "lwp-download"}
)
SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ash", "ksh", "fish", "busybox"})
COPIERS = frozenset(
    {
        "cp",
        "cat",
        "tar",
        "zip",
        "gzip",
        "7z",
        "7za",
        "rar",
        "rsync",
        "dd",
        "base64",
        "xxd",
        "openssl",
        "grep",
        "find",
        "scp",
    }
)
BROWSERS = frozenset(
    {
        *(
            "chrome",
            "chromium",
            "google-chrome",
            "google-chrome-stable",
            "brave",
            "brave-browser",
            "firefox",
            "firefox-bin",
        ),
        *(
            "msedge",
            "microsoft-edge",
            "opera",
            "vivaldi",
            "vivaldi-bin",
            "Google Chrome",
            "Brave Browser",
            "thunderbird",
        ),
    }
)
PIPED = re.compile(
    r"(?:curl|wget)\b[^|;&\n]{1,1000}\|\s{0,9}(?:sudo\s{1,9})?(?:ba|z|da)?sh\b|(?:ba|z|da)?sh\s{1,9}<\(\s{0,9}(?:curl|wget)\b|(?:ba|z|da)?sh\s{1,9}-c\s{1,9}[\"']?\$\((?:curl|wget)\b|base64\s{1,9}(?:-d|-D|--decode)\b[^|\n]{0,400}\|\s{0,9}(?:ba|z|da)?sh\b|\|\s{0,9}(?:node|python3?)\b"
)
"""A shell's words that fetch or decode something and run it at once."""

_SCRATCH = re.compile(r"(?:/tmp|/var/tmp|/dev/shm|/run/user/\d{1,10}|/private/tmp|/run/shm)/")
_BUILDS = re.compile(
    r"/(?:tmp|var/tmp|private/tmp)/(?:pip-|uv-|\.tmp[A-Za-z0-9]{6}/(?:sdists|builds)|npm-\d|yarn--|poetry-|tmp[a-z0-9_]{8}/|go-build|cc[A-Za-z0-9]{6}|bunx-)"
)
_HIDDEN_FILE = re.compile(r"\.[^/]{1,80}")
_KNOWN_HIDDEN = frozenset(
    {
        *(
            ".nvm",
            ".volta",
            ".pyenv",
            ".asdf",
            ".local",
            ".cache",
            ".npm",
            ".cargo",
            ".rustup",
            ".bun",
            ".deno",
            ".yarn",
        ),
        *(
            ".pnpm-store",
            ".poetry",
            ".rye",
            ".fnm",
            ".n",
            ".mise",
            ".nodenv",
            ".rbenv",
            ".sdkman",
            ".conda",
            ".venv",
            ".tox",
        ),
        *(
            ".virtualenvs",
            ".oh-my-zsh",
            ".vscode",
            ".vscode-server",
            ".cursor",
            ".cursor-server",
            ".config",
            ".dotnet",
            ".git",
        ),
        *(
            ".husky",
            ".nox",
            ".pixi",
            ".linuxbrew",
            ".var",
            ".mount",
            ".npm-global",
            ".npm-packages",
            ".nix-profile",
            ".claude",
        ),
        *(
            ".github",
            ".next",
            ".nuxt",
            ".vite",
            ".yalc",
            ".pnpm",
            ".bin",
            ".electron-gyp",
            ".node-gyp",
            ".hatch",
            ".pdm-python",
        ),
    }
)


def name_of(program: Program) -> str:
    """Return the file name of the program, without the remark that it was deleted."""
    return posixpath.basename(program.path.removesuffix(" (deleted)"))


def called(program: Program) -> str:
    """Return what it was called on the command line: for `node x`, `node`; busybox and renamed programs show here."""
    return posixpath.basename(program.argv[0]) if program.argv else name_of(program)


def code_of(program: Program) -> str:
    """Return the code that an interpreter or shell was given on its command line, or empty."""
    words = program.argv
    for word, after in zip(words[1:], [*words[2:], ""], strict=False):
        if word in ("-c", "-e", "--eval", "-p", "--print", "-lc", "-ic", "-ec") or (word.startswith("--eval=")):
            return after if word[-1] != "=" else word
        if not word.startswith("-"):
            break
    return ""


def script(program: Program) -> str:
    """Return the absolute path of the script that an interpreter or shell runs, or empty."""
    if not (is_interpreter(program.path) or name_of(program) in SHELLS):
        return ""
    found = script_of(program.argv)
    return posixpath.normpath(posixpath.join(program.cwd, found)) if found and program.cwd else found


def is_scratch(path: str) -> bool:
    """Tell whether a file lies where anybody may put files: temporary folders, not those that clients build in."""
    return bool(_SCRATCH.match(path)) and not _BUILDS.match(path)


def is_hidden(path: str, home: str) -> bool:
    """Tell whether a file is hidden right below the home (`~/.npl`), or in a hidden folder that no known tool keeps."""
    if not home or not path.startswith(f"{home}/"):
        return False
    parts = path[len(home) + 1 :].split("/")
    if len(parts) == 1:
        return bool(_HIDDEN_FILE.fullmatch(parts[0]))
    return len(parts) == 2 and bool(_HIDDEN_FILE.fullmatch(parts[0])) and parts[0] not in _KNOWN_HIDDEN


def words_after(argv: Sequence[str], *names: str) -> tuple[str, ...] | None:
    """Return the words behind a command's own (`git`, `credential`, `fill`), options passed over; None = not it."""
    rest = [word for word in argv[1:] if not word.startswith("-")]
    if not argv or posixpath.basename(argv[0]) != names[0] or rest[: len(names) - 1] != list(names[1:]):
        return None
    return tuple(rest[len(names) - 1 :])


def command(program: Program) -> str:
    """Return the command line, cut for a sentence."""
    return " ".join(program.argv)[:160]
