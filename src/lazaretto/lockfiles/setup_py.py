"""setup.py: the requirements that are written out in it, found without running it.

    setup(install_requires=[...], setup_requires=[...], tests_require=[...], extras_require={...}, **MODULE_LEVEL_DICT)

Values are followed through constants: lists, tuples, text of several lines, `+`, and names that are assigned or grown
by `+=`, `.append`, `.extend` anywhere in the file (all branches count). A value that comes from a requirements file
(any expression around `"requirements.txt"`) is read from there. What only running the code would tell is a partial
gap.

A file that today's Python cannot parse (Python 2) is searched for the same lists as text, and says so with a gap.
"""

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Final

from lazaretto.lockfiles.declared import declared
from lazaretto.lockfiles.entries import file_name, tidy, unresolved
from lazaretto.lockfiles.lockfile import Format
from lazaretto.lockfiles.pyproject import included_file
from lazaretto.model.finding import Gap, Stage
from lazaretto.model.package import Package
from lazaretto.model.text import N_, Message
from lazaretto.parse.blob import Blob
from lazaretto.parse.views import ParseError

LARGEST: Final = 1 << 20
"""Bytes; the longest setup.py of the thousand most downloaded packages has 90 KiB."""
LONGEST_LINE: Final = 32 << 10
STEPS: Final = 20_000
"""Expressions looked at while values are followed."""

_KEYS = {"install_requires": False, "setup_requires": False, "tests_require": True, "requires": False}
_LISTS = re.compile(r"\b(install_requires|setup_requires|tests_require)[ \t]{0,8}=[ \t\r\n]{0,80}[\[(]")
_STRING = re.compile(r"#[^\n]*|'([^'\n\\]{0,300})'|\"([^\"\n\\]{0,300})\"|[\])]")
_REQUIREMENTS_FILE = re.compile(r"[\w./-]{0,200}(?:require|constraint)[\w./-]{0,100}\.(?:txt|in|pip)")


def accepts(path: str) -> bool:
    """`setup.py`, in any folder."""
    return file_name(path) == "setup.py"


@tidy
def read(blob: Blob, open: Callable[[str], Blob | None]) -> Iterator[Package | Gap]:  # noqa: A002
    """Yield every requirement that the file writes out.

    Raises:
        ParseError: not Python text, or too long.
    """
    if len(blob.data) > LARGEST:
        blob = Blob(blob.path, thinned(blob.data))
    if len(blob.data) > LARGEST:
        raise ParseError(f"longer than {LARGEST} bytes")
    tree = parse(blob)
    yield from _by_text(blob) if tree is None else _Reader(blob, open, tree).rows()


def thinned(data: bytes) -> bytes:
    """Replace lines that no person wrote (packed programs, tables) by `pass`: no requirement stands in them."""
    return b"\n".join(
        line if len(line) <= LONGEST_LINE else line[: len(line) - len(line.lstrip())] + b"pass"
        for line in data.split(b"\n")
    )


def parse(blob: Blob) -> ast.Module | None:
    """Return the syntax tree, or None when this Python does not understand the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(blob.data)
    except (SyntaxError, ValueError):
        pass
    except (RecursionError, MemoryError) as error:
        raise ParseError("nested too deeply") from error
    try:  # bytes that are not in the declared encoding
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(blob.text.replace("\0", ""))
    except (SyntaxError, ValueError):
        return None
    except (RecursionError, MemoryError) as error:
        raise ParseError("nested too deeply") from error


class _Reader:
    """Follows the keyword arguments of `setup(...)` through module-level constants."""

    def __init__(self, blob: Blob, open: Callable[[str], Blob | None], tree: ast.Module) -> None:  # noqa: A002
        self._blob, self._open, self._tree = blob, open, tree
        self._steps = 0
        self._names: dict[str, list[ast.expr]] = {}
        self._functions: dict[str, ast.FunctionDef] = {}
        self._included: set[str] = set()
        for node in ast.walk(tree):
            self._remember(node)

    def _remember(self, node: ast.AST) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    self._names.setdefault(target.id, []).append(node.value)
                elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                    # one more extra
                    entry = ast.Dict(keys=[target.slice], values=[node.value])
                    self._names.setdefault(target.value.id, []).append(ast.copy_location(entry, node))
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
            if isinstance(node.target, ast.Name) and node.value is not None:
                self._names.setdefault(node.target.id, []).append(node.value)
        elif isinstance(node, ast.FunctionDef):
            self._functions[node.name] = node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and node.func.attr in ("append", "extend") and len(node.args) == 1:
                self._names.setdefault(owner.id, []).append(node.args[0])

    def rows(self) -> Iterator[Package | Gap]:
        for call in ast.walk(self._tree):
            if isinstance(call, ast.Call) and _called(call.func) == "setup":
                for keyword in call.keywords:
                    if keyword.arg is None:
                        yield from self._mapping(keyword.value)
                    else:
                        yield from self._argument(keyword.arg, keyword.value)

    def _mapping(self, value: ast.expr) -> Iterator[Package | Gap]:
        """`**kwargs`: a module-level dictionary, or `dict(...)`."""
        values = self._names.get(value.id, []) if isinstance(value, ast.Name) else [value]
        for one in values:
            if isinstance(one, ast.Dict):
                for key, inner in zip(one.keys, one.values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        yield from self._argument(key.value, inner)
            elif isinstance(one, ast.Call) and _called(one.func) == "dict":
                for keyword in one.keywords:
                    if keyword.arg:
                        yield from self._argument(keyword.arg, keyword.value)

    def _argument(self, key: str, value: ast.expr) -> Iterator[Package | Gap]:
        if key in _KEYS:
            yield from self._requirements(value, key, dev=_KEYS[key], depth=0)
        elif key == "extras_require":
            yield from self._extras(value, depth=0)

    def _extras(self, value: ast.expr, depth: int) -> Iterator[Package | Gap]:
        if isinstance(value, ast.Dict):
            for key, inner in zip(value.keys, value.values, strict=True):
                if key is None:
                    yield from self._extras(inner, depth + 1)
                elif not self._recombines(inner):
                    yield from self._requirements(inner, "extras_require", dev=False, depth=depth)
        elif isinstance(value, ast.Call) and _called(value.func) == "dict":
            for keyword in value.keywords:
                yield from self._requirements(keyword.value, "extras_require", dev=False, depth=depth)
        elif isinstance(value, ast.Name) and value.id in self._names and depth < 4:
            for inner in self._names[value.id]:
                yield from self._extras(inner, depth + 1)
        else:
            yield from self._elsewhere(value, "extras_require")

    def _requirements(self, value: ast.expr, what: str, *, dev: bool, depth: int) -> Iterator[Package | Gap]:
        self._steps += 1
        if self._steps > STEPS or depth > 40:
            yield unresolved(self._blob.path, value.lineno, what)
            return
        match value:
            case ast.Constant(value=str(text)):
                for offset, line in enumerate(text.splitlines()):
                    bare = line.partition(" #")[0].strip()
                    if bare and not bare.startswith("#"):
                        at = value.lineno + (offset if value.end_lineno != value.lineno else 0)
                        yield from declared(bare, self._blob.path, at, dev=dev)
            case ast.Constant(value=None):
                return
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                for item in items:
                    inner = item.value if isinstance(item, ast.Starred) else item
                    yield from self._requirements(inner, what, dev=dev, depth=depth + 1)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                yield from self._requirements(left, what, dev=dev, depth=depth + 1)
                yield from self._requirements(right, what, dev=dev, depth=depth + 1)
            case ast.IfExp(body=body, orelse=orelse):
                yield from self._requirements(body, what, dev=dev, depth=depth + 1)
                yield from self._requirements(orelse, what, dev=dev, depth=depth + 1)
            case ast.Name(id=name) if name in self._names and depth < 8:
                for inner in self._names[name]:
                    yield from self._requirements(inner, what, dev=dev, depth=depth + 8 if depth else 1)
            case ast.Call(func=ast.Name(id="list" | "tuple" | "sorted" | "set"), args=[only], keywords=[]):
                yield from self._requirements(only, what, dev=dev, depth=depth + 1)
            case ast.ListComp(elt=ast.Name(), generators=[only]) | ast.GeneratorExp(elt=ast.Name(), generators=[only]):
                yield from self._requirements(only.iter, what, dev=dev, depth=depth + 1)
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()) as text, attr="split" | "splitlines")):
                yield from self._requirements(text, what, dev=dev, depth=depth + 1)
            case _:
                yield from self._elsewhere(value, what)

    def _recombines(self, value: ast.expr) -> bool:
        """Tell whether an extra only puts other extras together: `extras["all"] = sum(extras.values(), [])`."""
        for node in ast.walk(value):
            if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.List) and node.elts):
                return False
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and not _called_key(value, node):
                return False
        names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
        return bool(names & self._names.keys()) and not isinstance(value, ast.Name)

    def _elsewhere(self, value: ast.expr, what: str) -> Iterator[Package | Gap]:
        """The value is computed: from a requirements file that is named nearby, or in a way only running tells."""
        files = _file_names(value)
        for node in ast.walk(value):
            if isinstance(node, ast.Name) and node.id in self._functions and not files:
                files = _file_names(self._functions[node.id])
            elif isinstance(node, ast.Name) and not files:
                for assigned in self._names.get(node.id, ())[:20]:
                    files += _file_names(assigned)
        if not files:
            yield unresolved(self._blob.path, value.lineno, what)
        for name in files:
            if name not in self._included:
                self._included.add(name)
                yield from included_file(name, self._blob, self._open)


def _called(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _called_key(tree: ast.expr, constant: ast.Constant) -> bool:
    """Tell whether a constant is only the key of a subscript: `extras["dev"]`."""
    return any(isinstance(node, ast.Subscript) and node.slice is constant for node in ast.walk(tree))


def _file_names(tree: ast.AST) -> list[str]:
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _REQUIREMENTS_FILE.fullmatch(node.value)
    ]


def _by_text(blob: Blob) -> Iterator[Package | Gap]:
    """Search a file that cannot be parsed for lists of quoted requirements."""
    yield Gap(
        Stage.INVENTORY,
        blob.path,
        Message.of(N_("this Python cannot parse it, so only requirements that stand in plain lists are listed")),
        partial=True,
    )
    text, at = blob.text, 0
    while found := _LISTS.search(text, at):
        dev = found[1] == "tests_require"
        at = found.end() + 20_000  # no list is longer; nor is the text of one searched twice
        for token in _STRING.finditer(text, found.end(), at):
            if token[0] in "])":
                at = token.end()
                break
            wanted = token[1] or token[2]
            if wanted:
                yield from declared(wanted, blob.path, text.count("\n", 0, token.start()) + 1, dev=dev)


FORMAT = Format("setup-py", "setup.py (setuptools)", accepts, read)
