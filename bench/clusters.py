"""Let one family of a malicious set count once, and count placeholders apart.

    python bench/clusters.py LIST.jsonl OUT.jsonl [--most 400]

Two packages are of one family when their Python code, without comments, strings, numbers, own names and layout, has
at least `ALIKE` of its runs of `RUN` tokens in common (Jaccard, estimated from the `SKETCH` smallest hashes).
Keywords, attributes and imported names stay, for they say what code does. Packages are taken in the order of the
SHA-256 of their names; each joins the first leader that it resembles, or becomes one. OUT holds the first `--most`
leaders (and every leader that is a placeholder) with their family's size; the same input gives the same output.

A package is a `placeholder`, by a mechanical rule, when every Python file of it parses, none has a statement besides
imports, constants, definitions of such, and calls of `INERT` (a set-up call, printing, reading its own README), and
no file is of a kind that runs without Python (`RUNS`) or a start-up hook (`.pth`). Whoever registers a name without
behaviour fits that; who puts a behaviour anywhere in the code does not. Everything is read in memory; nothing is
unpacked or run.
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
    ".bin",
)
INERT = frozenset((
    "setup", "find_packages", "find_namespace_packages", "print", "input", "open", "read", "read_text", "readlines",
    "readline", "splitlines", "split", "strip", "join", "format", "dirname", "abspath", "realpath", "exists", "isfile",
    "Path", "resolve", "getcwd", "decode", "encode", "len", "str", "int", "dict", "list", "tuple", "set", "super",
    "__init__", "warn", "property", "staticmethod", "classmethod", "NotImplementedError", "Exception", "RuntimeError",
    "ValueError", "ImportError", "SystemExit", "main", "hello",
))
COMMANDS = frozenset(("super", "install", "develop", "egg_info", "build_py", "build_ext", "sdist", "bdist_wheel"))
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
    inert = False
    for count, (name, data) in enumerate(members(archive)):
        inert = inert or count == 0
        lower = name.lower()
        if lower.endswith((".py", ".pyw")):
            text = data[: 1 << 20].decode("utf-8", "replace")
            texts.append(text)
            inert = inert and len(data) <= 1 << 20 and is_inert(text)
        elif lower.endswith(RUNS):
            inert = False
    return texts, inert


def is_inert(text: str) -> bool:
    """Does this module define, say and register, but do nothing? What does not parse is not inert."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
            return all(_harmless(node) for node in ast.walk(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _harmless(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
        if name == "open":  # only to read
            modes = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "mode")]
            return all(isinstance(mode, ast.Constant) and str(mode.value).strip("rbtU") == "" for mode in modes)
        if name in (
            "run",
            "initialize_options",
            "finalize_options",
        ):  # what a set-up command hands on, not subprocess.run
            owner = called.value if isinstance(called, ast.Attribute) else None
            owner = owner.func if isinstance(owner, ast.Call) else owner
            return isinstance(owner, ast.Name) and owner.id in COMMANDS
        return name in INERT
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):  # `@exec` is a call, too
        plain = [mark for mark in node.decorator_list if not isinstance(mark, ast.Call)]
        return all(isinstance(mark, ast.Name) and mark.id in INERT for mark in plain)
    return not isinstance(node, ast.Delete | ast.While | ast.Await | ast.Global | ast.Nonlocal)


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
