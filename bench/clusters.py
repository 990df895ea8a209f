"""Let one family of a malicious set count once, and count placeholders apart.

    python bench/clusters.py LIST.jsonl OUT.jsonl [--most 400]

Two packages are of one family when their Python code, without comments, strings, numbers, own names and layout, has
at least `ALIKE` of its runs of `RUN` tokens in common (Jaccard, estimated from the `SKETCH` smallest hashes).
Keywords, attributes and imported names stay, for they say what code does. Packages are taken in the order of the
SHA-256 of their names; each joins the first leader that it resembles, or becomes one. OUT holds the first `--most`
leaders (and every leader that is a placeholder) with their family's size; the same input gives the same output.

A package is a `placeholder`, by a mechanical rule, when it lacks the *means* to do anything: every Python file of it
parses; none imports what is neither of the standard library nor its own; none calls anything of a module that could
reach a network, a process, a file to write, native code or text to execute (all but `PURE`, and of `os` all but
`LOOKS`); none calls `DYNAMIC` built-ins; and no file is of a kind that runs without Python (`RUNS`) or a start-up hook
(`.pth`). Whoever registers a name without behaviour, prints, raises, or leaves the payload out fits that; who puts a
behaviour anywhere in the code does not, and neither does who leaves it to a dependency. Everything is read in memory;
nothing is unpacked or run.
"""

import argparse
import ast
import hashlib
import heapq
import json
import keyword
import re
import sys
import warnings
from collections import Counter
from pathlib import Path

from unpack import members

ALIKE = 0.6
RUN = 6
SKETCH = 256
# fmt: off
RUNS = (
    ".exe", ".dll", ".so", ".pyd", ".dylib", ".sh", ".bat", ".cmd", ".ps1", ".js", ".vbs", ".jar", ".pyc", ".pth",
    ".bin", ".pyw", ".node", ".com", ".scr", ".msi", ".hta", ".lnk", ".whl", ".zip", ".egg", ".7z", ".rar", ".pyz",
    ".c",
    ".cpp", ".pyx",
)
PURE = frozenset((
    "abc", "argparse", "array", "ast", "base64", "binascii", "bisect", "calendar", "cmath", "codecs", "collections",
    "colorsys", "contextlib", "copy", "csv", "dataclasses", "datetime", "decimal", "difflib", "distutils", "enum",
    "errno", "fnmatch", "fractions", "functools", "getopt", "gettext", "hashlib", "heapq", "hmac", "html", "io",
    "itertools", "json", "keyword", "locale", "logging", "math", "numbers", "operator", "optparse", "pathlib",
    "pkg_resources", "platform", "pprint", "queue", "random", "re", "secrets", "setuptools", "statistics", "string",
    "stringprep", "struct", "sys", "textwrap", "time", "timeit", "traceback", "types", "typing", "typing_extensions",
    "unicodedata", "unittest", "uuid", "warnings", "weakref", "zlib", "__future__",
))
LOOKS = frozenset((
    "path", "getcwd", "getenv", "environ", "listdir", "sep", "linesep", "name", "fspath", "cpu_count", "getpid",
))
DYNAMIC = frozenset((
    "exec", "eval", "compile", "__import__", "globals", "locals", "vars", "setattr", "delattr", "breakpoint",
    "execfile",
    "__builtins__", "import_module",
))
WRITES = frozenset((
    "write_text", "write_bytes", "unlink", "rmdir", "mkdir", "touch", "rename", "replace_file", "symlink_to", "chmod",
    "system", "popen", "Popen", "startfile", "spawn", "easy_install",
    "fetch_build_eggs",
))
_KEYWORDS = frozenset((*keyword.kwlist, "exec", "eval", "compile", "open", "print", "setup", "getattr", "__import__"))
# fmt: on
_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)|(?P<string>[rRbBuUfF]{0,2}(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''
        |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))|(?P<number>\d[\w.]*)|(?P<name>[^\W\d]\w*)|(?P<line>\n)|(?P<mark>[^\s\w])""",
    re.VERBOSE | re.DOTALL,
)
_API = re.compile(r"[A-Za-z_]{2,24}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--most", type=int, default=400)
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in arguments.list.read_text("utf-8").splitlines()]
    rows.sort(key=lambda row: hashlib.sha256(row["repo"].encode()).digest())
    leaders: list[tuple[frozenset[int], dict]] = []
    for row in rows:
        code, placeholder = describe(Path(row["archive"]))
        sketch = sketched(code)
        family = next((leader for mark, leader in leaders if alike(mark, sketch)), None)
        if family is None:
            row |= {"class": "placeholder" if placeholder else "malware", "family": 1}
            leaders.append((sketch, row))
        else:
            family["family"] += 1
            if not placeholder and family["class"] == "placeholder":  # a family is as bad as its worst
                family.update(archive=row["archive"], repo=row["repo"], **{"class": "malware"})
    families = [row for _, row in leaders]
    kept = [row for row in families if row["class"] == "malware"][: arguments.most]
    kept += [row for row in families if row["class"] == "placeholder"][: arguments.most]
    arguments.out.write_text("".join(json.dumps(row) + "\n" for row in kept), "utf-8")
    sizes = Counter(row["class"] for row in families)
    largest = [row["family"] for row in sorted(families, key=lambda row: -row["family"])[:5]]
    print(f"{arguments.list.name}: {len(rows)} packages, families {dict(sizes)}, largest {largest}; kept {len(kept)}")
    return 0


def describe(archive: Path) -> tuple[list[str], bool]:
    """Return the texts of the Python files, and whether the package is a placeholder (what cannot be read is none)."""
    texts = []
    own = set()
    inert = True
    count = 0
    for name, data in members(archive):
        count += 1
        lower = name.lower()
        if lower.endswith((".py", ".pyw")):
            inert = inert and len(data) <= 1 << 20
            texts.append(data[: 1 << 20].decode("utf-8", "replace"))
            own |= {part.removesuffix(".py") for part in name.split("/")}
        elif lower.endswith(RUNS):
            inert = False
    own -= sys.stdlib_module_names
    return texts, bool(count) and inert and all(is_inert(text, frozenset(own)) for text in texts)


def is_inert(text: str, own: frozenset[str] = frozenset()) -> bool:
    """Does this module lack the means to do anything? What does not parse does not; `own`: the package's modules."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nodes = list(ast.walk(ast.parse(text)))
        means = set()
        for node in nodes:
            if isinstance(node, ast.Import | ast.ImportFrom):
                if not _known(node, own):
                    return False
                means |= _means(node)
        return all(_harmless(node, means) for node in nodes)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _known(node: ast.Import | ast.ImportFrom, own: frozenset[str]) -> bool:
    """Is it of the standard library, of the package itself, or a mere part of a set-up script?"""
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    if isinstance(node, ast.ImportFrom) and (node.level or any(alias.name == "*" for alias in node.names)):
        return bool(node.level) or names[0].split(".")[0] in own
    tops = {name.split(".")[0] for name in names}
    return tops <= own | PURE | sys.stdlib_module_names


def _means(node: ast.Import | ast.ImportFrom) -> set[str]:
    """The names that an import binds to something with means: whole modules, or functions of such."""
    bound = set()
    for alias in node.names:
        module = alias.name if isinstance(node, ast.Import) else f"{node.module or ''}"
        top = module.split(".")[0]
        if isinstance(node, ast.ImportFrom) and node.level:
            continue
        if top == "os":
            part = module.split(".")[1:2] or ([alias.name] if isinstance(node, ast.ImportFrom) else [])
            if part and part[0] not in LOOKS:
                bound.add(alias.asname or alias.name.split(".")[0])
        elif top in sys.stdlib_module_names and top not in PURE:
            bound.add(alias.asname or alias.name.split(".")[0])
    return bound


def _harmless(node: ast.AST, means: set[str]) -> bool:
    """Does this piece of syntax use nothing that has means?"""
    if isinstance(node, ast.Name):
        return node.id not in DYNAMIC and node.id not in means
    if isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id == "os":
            return node.attr in LOOKS
        return node.attr not in WRITES and node.attr not in DYNAMIC - {"compile"}
    if isinstance(node, ast.Call):
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
        if name == "open":  # only to read
            modes = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "mode")]
            return all(isinstance(mode, ast.Constant) and str(mode.value).strip("rbtU") == "" for mode in modes)
        if name == "getattr":  # an attribute by its name; a computed one may be anything
            key = node.args[1] if len(node.args) > 1 else None
            return isinstance(key, ast.Constant) and str(key.value) not in WRITES | DYNAMIC
    return not isinstance(node, ast.Await)


def tokens(text: str) -> list[str]:
    """The code without what differs between copies of one family."""
    found = []
    before = ""
    importing = False
    for match in _TOKEN.finditer(text):
        kind, word = match.lastgroup, match[0]
        if kind == "line":
            importing = False
        elif kind == "name":
            importing = importing or word in ("import", "from")
            keep = word in _KEYWORDS or ((before == "." or importing) and _API.fullmatch(word))
            found.append(word if keep else "n")
        elif kind != "comment":
            found.append({"string": "s", "number": "0"}.get(str(kind), word))
        before = word
    return found


def sketched(texts: list[str]) -> frozenset[int]:
    """The smallest hashes of all runs of tokens; of a package without code: empty."""
    hashes = set()
    for text in texts:
        words = tokens(text)
        for start in range(max(1, len(words) - RUN + 1) if words else 0):
            run = " ".join(words[start : start + RUN])
            hashes.add(int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest()))
    return frozenset(heapq.nsmallest(SKETCH, hashes))


def alike(left: frozenset[int], right: frozenset[int]) -> bool:
    if not left or not right:
        return not left and not right
    smallest = heapq.nsmallest(SKETCH, left | right)
    return sum(value in left and value in right for value in smallest) >= ALIKE * len(smallest)


if __name__ == "__main__":
    sys.exit(main())
