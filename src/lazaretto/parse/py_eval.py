"""Reading Python expressions without running them: constants are folded, names followed, origins carried along.

The reader is an abstract interpreter of a small kind: one walk in program order, assignments remembered by name,
calls of the file's own functions entered with what is known of their arguments. Decoders of `py_decode` are folded,
so that `exec(b64decode("..."))` shows what it hides; nothing else is computed, and nothing is ever executed.

Every loop and depth is bounded; when a bound is reached the value is unknown and `Facts.partial` is set.
"""

import ast
from collections.abc import Callable, Iterator

from lazaretto.parse.py_concrete import DEEP_STEPS, Bound, Find, Machine, Ref, Unable
from lazaretto.parse.py_concrete import STEPS as MACHINE_STEPS
from lazaretto.parse.py_facts import MODULE, Facts, line_of
from lazaretto.parse.py_fold import binary, subscript
from lazaretto.parse.py_pure import CONSTANTS
from lazaretto.parse.py_scope import Function, Scope
from lazaretto.parse.py_spelled import how_spelled
from lazaretto.parse.py_values import UNKNOWN, UNSET, Value, diluted, further, merged
from lazaretto.parse.py_vocabulary import (
    BUILTIN_FUNCTIONS,
    CHAT_MESSAGES,
    CREDENTIALS,
    PYTHON2_RENAMES,
    SECRET_PARAMETERS,
    SOURCES,
    UNIMPORTED,
)

STEPS = 300_000
"""Expressions evaluated for one file."""
DEPTH = 90
INLINE_DEPTH = 5
FOLD_ITEMS = 60_000
"""Longest sequence that a comprehension is folded over."""
LAYERS = 64
"""Decoded program texts that are read as well, one inside the other or side by side."""
LAYER_BYTES = 4 << 20
"""Characters of all of them together."""
NESTED = 5
"""Layers that are read within each other; deeper ones wait until the outer one is read."""
ITEMS = 4000
"""Elements of a display that are kept one by one."""


class Spent(Exception):  # noqa: N818 - not an error: the budget of one file is used up
    """The step budget of a file is used up."""


BOUND = "@bound."
"""Prefix of the name of a constant text's method that is not called at once."""
TABLES = frozenset({"builtins", "globals()", "locals()", "vars()", "sys.modules"})
_NOTHING = Value(None)
_NONE: frozenset[str] = frozenset()
LITERAL = 16
"""Characters from which a computed text counts as a literal that something hides in."""


_PUBLIC_PARTS = frozenset({"address", "public_key", "pubkey", "verify_key", "publickey", "to_address"})
"""What of a key pair everybody may know."""


class Expressions:
    """The expression half of the reader; `py_flow.Flow` adds statements."""

    def __init__(self, *, deep: bool = False) -> None:
        """Start with nothing known; `deep` allows for more computing, for files that hide what they execute."""
        self.facts = Facts()
        self.deep = deep
        self.machine = Machine(DEEP_STEPS if deep else MACHINE_STEPS)
        self.refused: set[int] = set()
        """Nodes (by identity) that the machine could not compute."""
        self.trees: list[ast.AST] = []
        """Trees of layers: kept, so that no other node gets an identity of theirs."""
        self.path: tuple[str, ...] = ()
        """Decodings of the layer that is being read."""
        self.module = Scope("module", MODULE, None)
        self.functions: dict[str, Function] = {}
        self.attrs: dict[tuple[str, str], Value] = {}
        self.handles: dict[int, tuple[Value, ast.expr]] = {}
        """Opened files (by identity) and the expression of their path."""
        self.files: dict[str, frozenset[str]] = {}
        """Constant path -> tags of what was written to it."""
        self.programs: list[str] = []
        """Program texts that were written to files and not started yet."""
        self.steps = 0
        self.version = 0
        """Counts the changes of what functions see besides their arguments."""
        self.depth = 0
        self.active: list[str] = []
        self.docstring = ""
        self.aside = 0
        """How many conditions around ask for a word on the command line that no installer gives."""
        self.swallows = 0
        """How many `try` statements around swallow what is raised."""
        self.dropped: ast.expr | None = None
        """The expression whose result is thrown away, inside such a `try`."""
        self.layer = 0
        self.layer_line = 0
        self.layer_chars = 0
        self.seen: dict[tuple[int, ...], int] = {}
        self._table: dict[type[ast.expr], Callable[..., Value]] = {
            ast.Constant: self._constant, ast.Name: self._name, ast.Attribute: self._attribute, ast.Call: self.call,
            ast.Subscript: self._subscript, ast.BinOp: self._binop, ast.JoinedStr: self._joined,
            ast.FormattedValue: self._formatted, ast.List: self._display, ast.Tuple: self._display,
            ast.Set: self._display, ast.Dict: self._dict, ast.ListComp: self._comprehension,
            ast.SetComp: self._comprehension, ast.GeneratorExp: self._comprehension, ast.DictComp: self._dictcomp,
            ast.Lambda: self._lambda, ast.IfExp: self._ifexp, ast.BoolOp: self._boolop, ast.Compare: self._compare,
            ast.UnaryOp: self._unary, ast.Await: self._inner, ast.Starred: self._inner, ast.YieldFrom: self._yielded,
            ast.Yield: self._yielded, ast.NamedExpr: self._walrus, ast.Slice: self._slice,
        }  # fmt: skip

    def let_go(self) -> None:
        """Forget the own methods: without that circle everything is freed at once, not by the collector."""
        self._table = {}

    # -- hooks that the statement half fills in

    def bind(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """Assign `value` to a target."""
        raise NotImplementedError

    def enter(self, function: Function, arguments: dict[str, Value]) -> Value:
        """Read a function's body with these arguments; return what it returns."""
        raise NotImplementedError

    def invoke(
        self, target: Function, args: tuple[Value, ...], kwargs: dict[str, Value], receiver: Value = UNKNOWN
    ) -> Value:
        """Enter one of the file's own functions, as far as the bounds allow."""
        raise NotImplementedError

    def read_layer(self, text: str, scope: Scope, line: int, steps: tuple[str, ...] = ()) -> None:
        """Read program text that was found in a constant, behind these decodings."""
        raise NotImplementedError

    def concrete(self, node: ast.AST, scope: Scope, what: Callable[[Find], object]) -> object:
        """Let the machine compute something with the names of a scope; remembers what it cannot.

        Raises:
            Unable: it could not, now or before.
        """
        if id(node) in self.refused or self.machine.spent:
            raise Unable

        def find(name: str) -> object:
            value = scope.look(name)
            if value is None:
                if name in BUILTIN_FUNCTIONS:
                    return Ref(PYTHON2_RENAMES.get(name, name))
                raise Unable
            return self._concrete(value)

        try:
            return what(find)
        except Unable:
            self.refused.add(id(node))
            raise

    def _concrete(self, value: Value) -> object:
        if value.const is not UNSET:
            return value.const
        if value.items == ():
            return []
        if value.name.startswith(BOUND) and value.items:
            return Bound(value.items[0].const, value.name.removeprefix(BOUND))
        if value.name[:1] == "~":
            function = self.functions.get(value.name[1:])
            node = function.node if function is not None else None
            if isinstance(node, ast.FunctionDef | ast.Lambda) and not getattr(node, "decorator_list", None):
                return node
        elif value.name:
            return CONSTANTS.get(value.name) or Ref(value.name)
        raise Unable

    def computed(self, const: object, tags: frozenset[str], steps: tuple[str, ...] = ()) -> Value:
        """Return what the machine computed, with the decodings that took part."""
        kinds = tuple(self.machine.kinds)
        hides = frozenset(f"dec:{kind}" for kind in kinds)
        if hides and isinstance(const, str | bytes) and len(const) >= LITERAL:
            hides |= {"lit"}
        return Value(const, tags=tags | hides, steps=further(steps, *kinds))

    def apart(self, scope: Scope) -> Scope:
        """Return an empty scope that runs when `scope` runs: another process's names."""
        return Scope("module", scope.qual, None)

    def call(self, node: ast.Call, scope: Scope) -> Value:
        """Read a call; return what is known of its result."""
        raise NotImplementedError

    # -- expressions

    def eval(self, node: ast.expr | None, scope: Scope) -> Value:
        """Return what is known of an expression."""
        if node is None:
            return UNKNOWN
        self.steps += 1
        if self.steps > STEPS:
            raise Spent
        depth = self.depth
        if depth > DEPTH:
            self.facts.partial = True
            return UNKNOWN
        kind = type(node)
        if kind is ast.Name:
            return self._name(node, scope)  # type: ignore[arg-type]
        reader = self._table.get(kind)
        if reader is None:
            return UNKNOWN
        self.depth = depth + 1
        try:
            return reader(node, scope)
        finally:
            self.depth = depth

    def _constant(self, node: ast.Constant, scope: Scope) -> Value:
        value = node.value
        if value is None:
            return _NOTHING
        if isinstance(value, str | bytes) and len(value) >= 4:
            text = value if isinstance(value, str) else value.decode("latin-1")
            self.facts.strings.append((text, self.layer_line or node.lineno))
        return Value(value) if value is not Ellipsis else UNKNOWN

    def _name(self, node: ast.Name, scope: Scope) -> Value:
        found = scope.names.get(node.id)
        if found is None:
            found = scope.look(node.id)
        if found is not None:
            return found
        if node.id in BUILTIN_FUNCTIONS or node.id in {"__builtins__", "__file__", "__name__", "__loader__"}:
            return Value(name=PYTHON2_RENAMES.get(node.id, node.id), shape="%FILE%" if node.id == "__file__" else None)
        if node.id in UNIMPORTED:
            return Value(name=node.id)  # a file that forgot an import, or lives in another's names
        if node.id == "__doc__" and self.docstring:
            return Value(self.docstring)
        return UNKNOWN

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Value:
        base = self.eval(node.value, scope)
        if isinstance(base.const, str | bytes):
            return Value(name=f"{BOUND}{node.attr}", items=(base,), tags=base.tags)  # `join = "".join`
        return self.attribute_of(base, node.attr, scope, line_of(node))

    def attribute_of(self, base: Value, attr: str, scope: Scope, line: int) -> Value:
        """Return what `base.attr` is."""
        if base.name == "@self":
            owner = scope.qual.rpartition(".")[0]
            if f"{owner}.{attr}" in self.functions:
                return Value(name=f"~{owner}.{attr}")
            found = self.attrs.get((owner, attr))
            if found is not None:
                return found.with_tags({f"cred:{attr}"}) if attr in CREDENTIALS else found
            return Value(tags=frozenset({f"cred:{attr}", "self"} if attr in CREDENTIALS else {"self"}))
        if base.name.startswith("~"):
            owner = base.name[1:].removesuffix("()")
            if attr in {"__doc__", "__name__"}:
                return self._own_text(owner, attr)
            if f"{owner}.{attr}" in self.functions:
                return Value(name=f"~{owner}.{attr}")
            return self.attrs.get((owner, attr), Value(tags=base.tags, name=f"{base.name}.{attr}"))
        if not base.name:
            if attr in CREDENTIALS:
                return Value(tags=base.tags | {f"cred:{attr}"})
            return Value(tags=base.tags) if base.tags else UNKNOWN
        if base.name == "@message":
            return Value(
                tags=frozenset({"net", "chat"})
                if attr in {"content", "text", "clean_content", "args", "raw_text", "caption", "payload"}
                else _NONE,
                name="@message" if attr in {"message", "msg", "effective_message"} else "",
            )
        name = dotted(base.name, attr)
        if name in CONSTANTS:
            return Value(CONSTANTS[name])
        self.facts.attributes.append((name, self.layer_line or line))
        tag = SOURCES.get(name)
        if "secret:key" in base.tags and attr in _PUBLIC_PARTS:
            return Value(name=name, tags=base.tags - {"secret:key"})
        if name == "sys.executable":
            return Value(name=name, shape="%PYTHON%")
        return Value(
            name=name,
            tags=base.tags | {tag} if tag and tag != "env" and not tag.startswith("keys") else base.tags,
            shape=base.shape if "%FILE%" in base.shape and attr in {"parent", "parents"} else None,
        )

    def _own_text(self, qual: str, attr: str) -> Value:
        if attr == "__name__":
            return Value(qual.rpartition(".")[2])
        function = self.functions.get(qual)
        if function is None or isinstance(function.node, ast.Lambda):
            return UNKNOWN
        text = ast.get_docstring(function.node, clean=False)
        return Value(text) if text else UNKNOWN

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Value:
        base, index = self.eval(node.value, scope), self.eval(node.slice, scope)
        if base.name == "os.environ" or base.name == "os.environb":
            if index.text is not None:
                self.facts.env_reads.append((index.text, self.layer_line or node.lineno))
            return Value(tags=(base.tags - {"envall"}) | {"env"}, shape=f"%{index.text}%" if index.text else None)
        key = index.text
        if base.name in TABLES or base.name.endswith(".__dict__"):
            if key:
                return self.looked_up(base, key, index.tags, scope, line_of(node))
            if index.tags:
                return Value(name=f"{base.name}.<computed>", tags=how_spelled(index))
        if base.items is not None and isinstance(index.const, int) and not isinstance(index.const, bool):
            try:
                return base.items[index.const].with_tags(base.tags)
            except IndexError:
                return UNKNOWN
        folded = subscript(base, node.slice, index)
        reverse = isinstance(node.slice, ast.Slice) and node.slice.step is not None
        steps = further(base.steps, "reverse") if reverse and folded is not UNSET else base.steps
        tags = (
            base.tags | {"dec:reverse"}
            if reverse and isinstance(base.const, str | bytes) and len(base.const) > 3
            else base.tags
        )
        name = f"{base.name}[]" if base.name and not base.known else ""
        if isinstance(base.const, str | bytes) and len(base.const) >= 24 and not index.known:
            tags |= {"lit"}
        elif isinstance(folded, str) and isinstance(base.const, str) and 2 * len(folded) < len(base.const):
            tags |= {"dec:pick"}
        elif folded is UNSET and isinstance(index.const, int) and not isinstance(node.slice, ast.Slice):
            tags |= {"ix"}
        return Value(folded, tags=tags, name=name, steps=steps)

    def looked_up(self, table: Value, key: str, tags: frozenset[str], scope: Scope, line: int) -> Value:
        """Return what a table of names (`globals()`, `vars(module)`, `sys.modules`) holds under a key."""
        if table.name in {"globals()", "locals()", "vars()"}:
            found = scope.look(key)
            if found is not None:
                return found.with_tags(tags)
        if table.name in {"globals()", "locals()", "vars()", "sys.modules"}:
            return Value(name=PYTHON2_RENAMES.get(key, key), tags=tags)
        name = dotted(table.name.removesuffix(".__dict__"), key)
        self.facts.attributes.append((name, self.layer_line or line))
        return Value(name=name, tags=tags)

    def _slice(self, node: ast.Slice, scope: Scope) -> Value:
        return Value(
            tuple(self.eval(part, scope).const if part else None for part in (node.lower, node.upper, node.step))
        )

    def _binop(self, node: ast.BinOp, scope: Scope) -> Value:
        parts: list[ast.expr] = []
        at: ast.expr = node
        while isinstance(at, ast.BinOp) and isinstance(at.op, ast.Add):
            parts.append(at.right)
            at = at.left
        if parts:
            value = self.eval(at, scope)
            for part in reversed(parts):
                value = binary(ast.Add(), value, self.eval(part, scope))
            return value
        return binary(node.op, self.eval(node.left, scope), self.eval(node.right, scope))

    def _joined(self, node: ast.JoinedStr, scope: Scope) -> Value:
        values = [self.eval(part, scope) for part in node.values]
        return joined(values)

    def _formatted(self, node: ast.FormattedValue, scope: Scope) -> Value:
        value = self.eval(node.value, scope)
        if isinstance(value.const, str):
            return value
        if isinstance(value.const, int | float) and node.format_spec is None:
            return Value(value.shape, tags=value.tags)
        return Value(tags=value.all_tags(), shape=value.shape)

    def _display(self, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> Value:
        if len(node.elts) > ITEMS:
            return self._long_display(node, scope)
        items = tuple(self.eval(item, scope) for item in node.elts)
        tags: frozenset[str] = frozenset()
        for item in items:
            if item.tags:
                tags |= item.tags
        const: object = UNSET
        if items and all(item.known for item in items) and not any(isinstance(item.const, bytes) for item in items):
            const = [item.const for item in items]
        return Value(const, tags=tags, items=items)

    def _long_display(self, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> Value:
        # Tables of numbers: constants are taken as they are, one step for all of them.
        values = [item.value for item in node.elts if isinstance(item, ast.Constant)]
        if len(values) == len(node.elts):
            return Value(values)
        try:
            return self.computed(self.concrete(node, scope, lambda find: self.machine.value(node, find)), _NONE)
        except Unable:
            return UNKNOWN

    def _dict(self, node: ast.Dict, scope: Scope) -> Value:
        items = []
        tags: frozenset[str] = frozenset()
        known: dict[object, object] | None = {}
        for key, item in zip(node.keys[:ITEMS], node.values[:ITEMS], strict=False):
            name = self.eval(key, scope) if key is not None else UNKNOWN
            value = self.eval(item, scope)
            items.append(value)
            tags |= name.tags | value.tags
            if value.name[:1] == "~" and isinstance(name.const, str):
                self.facts.commands.setdefault(value.name[1:], set()).add(name.const)
            if known is not None:
                if isinstance(name.const, str | bytes | int) and value.known and not isinstance(value.const, dict):
                    known[name.const] = value.const
                else:
                    known = None
        whole = bool(known) and len(node.keys) <= ITEMS
        return Value(known if whole else UNSET, tags=tags, items=tuple(items))

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope) -> Value:
        inner = Scope("function", scope.qual, scope)
        inner.globals = scope.globals
        first = node.generators[0]
        source = self.eval(first.iter, scope)
        sequence = constant_sequence(source)
        if sequence is not None and len(node.generators) == 1 and not first.ifs and 0 < len(sequence) <= FOLD_ITEMS:
            folded = self._fold_comprehension(node.elt, first.target, sequence, inner)
            if folded is not None:
                return folded.with_tags(source.tags)
        if source.known and id(node) not in self.refused:
            try:
                const = self.concrete(node, scope, lambda find: self.machine.value(node, find))
                return self.computed(const, source.tags, source.steps)
            except Unable:
                pass
        self.bind(first.target, element(source), inner)
        for test in first.ifs:
            self.eval(test, inner)
        chosen = source.tags  # `[new for c in decoded for new, old in table if c == old]`: by what is decoded
        for more in node.generators[1:]:
            other = self.eval(more.iter, inner)
            chosen |= other.tags
            self.bind(more.target, element(other), inner)
            for test in more.ifs:
                self.eval(test, inner)
        item = self.eval(node.elt, inner)
        if len(node.generators) > 1 and "lit" in chosen and "lit" not in item.tags:
            item = item.with_tags(tag for tag in chosen if tag == "lit" or tag.startswith("dec:"))
        return Value(tags=item.tags, items=(item,) if item.items is None else item.items)

    def _fold_comprehension(
        self, elt: ast.expr, target: ast.expr, sequence: "list[object]", inner: Scope
    ) -> Value | None:
        if not isinstance(target, ast.Name):
            return None
        out: list[object] = []
        tags: frozenset[str] = frozenset()
        value = UNKNOWN
        for position, item in enumerate(sequence):
            inner.names[target.id] = Value(item)
            value = self.eval(elt, inner)
            tags |= value.tags
            if not value.known:
                return None
            out.append(value.const)
            if position == 0 and not isinstance(value.const, str | int | bytes):
                return None
        return Value(out, tags=tags, steps=value.steps)

    def _dictcomp(self, node: ast.DictComp, scope: Scope) -> Value:
        inner = Scope("function", scope.qual, scope)
        for generator in node.generators:
            self.bind(generator.target, element(self.eval(generator.iter, inner)), inner)
            for test in generator.ifs:
                self.eval(test, inner)
        key, value = self.eval(node.key, inner), self.eval(node.value, inner)
        return Value(tags=key.tags | value.tags, items=(value,))

    def _lambda(self, node: ast.Lambda, scope: Scope) -> Value:
        qual = f"{scope.qual}.<lambda {node.lineno}:{node.col_offset}:{self.layer}>".lstrip(".")
        function = self.functions.get(qual)
        scope.shared = True
        if function is None:
            function = self.functions[qual] = Function(node, qual, scope)
            self.facts.functions[qual] = node.lineno
        return Value(name=f"~{qual}")

    def _ifexp(self, node: ast.IfExp, scope: Scope) -> Value:
        self.eval(node.test, scope)
        return merged(self.eval(node.body, scope), self.eval(node.orelse, scope))

    def _boolop(self, node: ast.BoolOp, scope: Scope) -> Value:
        value = self.eval(node.values[0], scope)
        for other in node.values[1:]:
            value = merged(value, self.eval(other, scope))
        return value

    def _compare(self, node: ast.Compare, scope: Scope) -> Value:
        self.eval(node.left, scope)
        for other in node.comparators:
            self.eval(other, scope)
        return UNKNOWN

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> Value:
        value = self.eval(node.operand, scope)
        if isinstance(value.const, int) and isinstance(node.op, ast.USub | ast.Invert):
            return Value(-value.const if isinstance(node.op, ast.USub) else ~value.const)
        if isinstance(node.op, ast.Not) and isinstance(value.const, str | bytes | int | list | dict | None):
            return Value(not value.const)
        return Value(True) if isinstance(node.op, ast.Not) and value.items == () else UNKNOWN

    def _inner(self, node: ast.Await | ast.Starred, scope: Scope) -> Value:
        return self.eval(node.value, scope)

    def _yielded(self, node: ast.Yield | ast.YieldFrom, scope: Scope) -> Value:
        value = self.eval(node.value, scope)
        scope.returns = merged(scope.returns, value)
        return UNKNOWN

    def _walrus(self, node: ast.NamedExpr, scope: Scope) -> Value:
        value = self.eval(node.value, scope)
        self.bind(node.target, value, scope)
        return value


def dotted(base: str, attr: str) -> str:
    """Join a dotted name, read through Python 2 names and `builtins`."""
    if base == "builtins":
        return attr
    if base in {"__import__()", "importlib.import_module()"}:
        return attr
    return f"{base}.{attr}"


def joined(values: list[Value]) -> Value:
    """Return the concatenation of the parts of an f-string."""
    tags: frozenset[str] = frozenset()
    for value in values:
        tags |= value.tags
    if all(isinstance(value.const, str) for value in values):
        return Value("".join(str(value.const) for value in values), tags=tags)
    return Value(tags=diluted(tags) if len(values) > 1 else tags, shape="".join(value.shape for value in values)[:4000])


def element(source: Value) -> Value:
    """Return what one element of a sequence is."""
    if source.items:
        value = source.items[0]
        for item in source.items[1:20]:
            value = merged(value, item)
        return value.with_tags(source.tags)
    name = f"{source.name}[]" if source.name and len(source.name) < 100 else ""
    if isinstance(source.const, str | bytes) and len(source.const) >= 24:
        return Value(tags=source.tags | {"lit"})
    return Value(tags=source.tags, name=name)


def constant_sequence(source: Value) -> "list[object] | None":
    """Return the elements of a constant text, bytes or list; None when it is not one."""
    const = source.const
    if isinstance(const, list | tuple):
        return list(const)
    if isinstance(const, str):
        return list(const)
    if isinstance(const, bytes):
        return list(const)
    return None


def parameters_of(function: Function, *, chats: bool = False) -> Iterator[tuple[str, Value]]:
    """Yield the parameters of a function with what their names say; `chats` in files that talk to a chat service."""
    arguments = function.node.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        name = argument.arg
        if name.lower() in SECRET_PARAMETERS:
            yield name, Value(tags=frozenset({f"param:{name.lower()}"}))
        elif name in CREDENTIALS:
            yield name, Value(tags=frozenset({f"cred:{name}"}))
        elif name in CHAT_MESSAGES:
            yield name, Value(name="@message" if chats else "")
        elif name in {"self", "cls"}:
            yield name, Value(name="@self")
        else:
            yield name, UNKNOWN
