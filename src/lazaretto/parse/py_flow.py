"""Reading Python statements: the half of the abstract interpreter that binds names and walks bodies.

`read(tree)` gives the `Facts` of one module. See `py_eval` for how expressions are read and what the bounds are.
"""

import ast
from collections import deque

from lazaretto.parse.py_calls import Calls
from lazaretto.parse.py_concrete import Unable
from lazaretto.parse.py_eval import (
    LAYER_BYTES,
    LAYERS,
    NESTED,
    Spent,
    dotted,
    element,
    parameters_of,
)
from lazaretto.parse.py_facts import MAIN, MODULE, Call, Facts, line_of
from lazaretto.parse.py_fold import binary, parse_text
from lazaretto.parse.py_nodes import walk
from lazaretto.parse.py_scope import Function, Scope, computes
from lazaretto.parse.py_values import UNKNOWN, Value, further, merged
from lazaretto.parse.py_vocabulary import CHAT_HANDLERS, CHAT_LIBRARIES, INSTALLER_COMMANDS, PYTHON2_RENAMES, STAR_NAMES

_OWN = frozenset({"own"})
_NET = frozenset({"net"})
_TOLD = frozenset(
    {
        "websockets.connect()",
        "websockets.client.connect()",
        "socket.socket().makefile()",
        "socket.create_connection().makefile()",
    }
)
"""Objects that yield what another machine says, one piece after another."""
_CHATTED = frozenset({"net", "chat"})
_WORDS_FOLLOW = frozenset({"command", "hybrid_command", "slash_command"})
_SILENT = (ast.Pass, ast.Continue, ast.Return)


def read(tree: ast.Module, *, deep: bool = False) -> Facts:
    """Return the facts of a module. Never raises for what the module holds.

    `deep` allows for more computing: for files that execute text and speak of decoders.
    """
    flow = Flow(deep=deep)
    try:
        return flow.module_facts(tree)
    finally:
        flow.let_go()


class Flow(Calls):
    """The statement half of the reader."""

    def __init__(self, *, deep: bool = False) -> None:
        """Start with nothing known."""
        super().__init__(deep=deep)
        self.branch = 0
        self.chats = False
        """True once the file imports the library of a chat service."""
        self.waiting: deque[tuple[ast.Module, Scope, int, int, tuple[str, ...]]] = deque()
        """Layers that lie too deep to be read at once: tree, scope, layer, line, path."""

    def module_facts(self, tree: ast.Module) -> Facts:
        """Read the module's statements, then every function that nothing has called."""
        try:
            self.docstring = ast.get_docstring(tree, clean=False) or ""
            self.block(tree.body, self.module)
            self._read_waiting()
            for function in list(self.functions.values()):
                if function.summary is None and function.entered == 0:
                    function.summary = UNKNOWN
                    function.summary = self.enter(function, {})
            # functions defined inside those
            for function in list(self.functions.values()):
                if function.summary is None and function.entered == 0:
                    function.summary = self.enter(function, {})
            self._read_waiting()
        except Spent:
            self.facts.partial = True
        except RecursionError:
            self.facts.partial = True
        self.facts.files = self.files
        # One call may have been read several times: the reading that knows most comes first.
        order: dict[tuple[int, ...], list[Call]] = {}
        for call in self.facts.calls:
            order.setdefault(call.place, []).append(call)
        if len(order) < len(self.facts.calls):
            for readings in order.values():
                if len(readings) > 1:
                    readings.sort(key=Call.weight, reverse=True)
            self.facts.calls = [call for readings in order.values() for call in readings]
        return self.facts

    def enter(self, function: Function, arguments: dict[str, Value]) -> Value:
        """Read a function's body with these arguments; return what it returns."""
        scope = Scope("function", function.qual, function.owner)
        scope.names.update(parameters_of(function, chats=self.chats))
        if self.chats:
            scope.names.update(_received(function))
        scope.names.update(arguments)
        defaults = function.node.args.defaults
        names = [argument.arg for argument in (*function.node.args.posonlyargs, *function.node.args.args)]
        for name, default in zip(names[len(names) - len(defaults) :], defaults, strict=False):
            if name not in arguments and scope.names.get(name) is UNKNOWN:
                scope.names[name] = self.eval(default, function.owner)
        self.active.append(function.qual)
        branch, self.branch = self.branch, 0
        try:
            if isinstance(function.node, ast.Lambda):
                return self.eval(function.node.body, scope)
            self.block(function.node.body, scope)
            return scope.returns
        finally:
            self.branch = branch
            self.active.pop()

    def read_layer(self, text: str, scope: Scope, line: int, steps: tuple[str, ...] = ()) -> None:
        """Read program text that was found in a constant, in the scope that executes it."""
        self.layer_chars += len(text)
        if len(self.facts.layers) >= LAYERS or self.layer_chars > LAYER_BYTES:
            self.facts.partial = True
            return
        tree = parse_text(text)
        if tree is None:
            return
        self.facts.layers.append((text, self.layer_line or line))
        path = further(self.path, *steps)
        if self.layer >= NESTED:
            self.waiting.append((tree, scope, self.layer + 1, self.layer_line or line, path))
            return
        self._read_tree(tree, scope, self.layer + 1, self.layer_line or line, path)

    def _read_tree(self, tree: ast.Module, scope: Scope, layer: int, line: int, path: tuple[str, ...]) -> None:
        kept = self.layer, self.layer_line, self.path
        self.layer, self.layer_line, self.path = layer, line, path
        self.trees.append(tree)
        try:
            self.block(tree.body, scope)
        finally:
            self.layer, self.layer_line, self.path = kept

    def _read_waiting(self) -> None:
        # One at a time, each in an empty stack: the depth of layers is bounded by their number alone.
        while self.waiting:
            tree, scope, layer, line, path = self.waiting.popleft()
            deeper, self.waiting = self.waiting, deque()
            self._read_tree(tree, scope, min(layer, NESTED), line, path)
            self.waiting.extend(deeper)

    def bind(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """Assign `value` to a target."""
        if isinstance(target, ast.Name):
            owner = self.module if target.id in scope.globals else scope
            if self.branch and target.id in owner.names:
                value = value.with_tags(owner.names[target.id].tags)
            owner.names[target.id] = value
            if owner.shared and value is not UNKNOWN:
                self.version += 1
        elif isinstance(target, ast.Tuple | ast.List):
            items = value.items
            if items is not None and not value.name and len(items) == len(target.elts):
                for part, item in zip(target.elts, items, strict=True):
                    self.bind(part, item, scope)
            else:
                one = Value(tags=value.all_tags(), name=f"{value.name}[]" if value.name else "")
                for part in target.elts:
                    self.bind(part, one, scope)
        elif isinstance(target, ast.Attribute):
            base = self.eval(target.value, scope)
            if base.name == "@self":
                key = (scope.qual.rpartition(".")[0], target.attr)
                old = self.attrs.get(key)
                new = self.attrs[key] = merged(value, old) if old is not None else value
                if old is None or new.tags != old.tags or new.shape != old.shape or new.name != old.name:
                    self.version += 1
        elif isinstance(target, ast.Subscript):
            self.eval(target.slice, scope)
            if value.tags and isinstance(target.value, ast.Name):
                container = scope.look(target.value.id)
                self.bind(target.value, (container or UNKNOWN).with_tags(value.tags), scope)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, Value(tags=value.all_tags()), scope)

    # -- statements

    def block(self, body: list[ast.stmt], scope: Scope) -> None:
        """Read statements in order."""
        for statement in body:
            self.statement(statement, scope)

    def statement(self, node: ast.stmt, scope: Scope) -> None:
        """Read one statement."""
        kind = type(node)
        if kind is ast.Expr:
            expression = node.value  # type: ignore[attr-defined]
            if type(expression) is not ast.Constant:
                self.dropped = expression if self.swallows else None
                self.eval(expression, scope)
            return
        if kind is ast.Assign:
            value = self.eval(node.value, scope)  # type: ignore[attr-defined]
            for target in node.targets:  # type: ignore[attr-defined]
                self.bind(target, value, scope)
            return
        if kind is ast.If:
            self._if(node, scope)  # type: ignore[arg-type]
            return
        if kind is ast.Return:
            scope.returns = merged(scope.returns, self.eval(node.value, scope))  # type: ignore[attr-defined]
            return
        self._other(node, scope)

    def _other(self, node: ast.stmt, scope: Scope) -> None:
        match node:
            case ast.AnnAssign():
                if node.value is not None:
                    self.bind(node.target, self.eval(node.value, scope), scope)
            case ast.AugAssign():
                value = binary(node.op, self.eval(node.target, scope), self.eval(node.value, scope))
                self.bind(node.target, value, scope)
            case ast.Import() | ast.ImportFrom():
                self._import(node, scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, scope)
            case ast.ClassDef():
                self._class(node, scope)
            case ast.For() | ast.While() if self._computed_loop(node, scope):
                pass
            case ast.For() | ast.AsyncFor():
                source = self.eval(node.iter, scope)
                told = source.name in _TOLD
                self.bind(node.target, Value(tags=_NET) if told else element(source), scope)
                self._branches(scope, node.body, node.orelse)
            case ast.While():
                self.eval(node.test, scope)
                self._branches(scope, node.body, node.orelse)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    value = self.eval(item.context_expr, scope)
                    if item.optional_vars is not None:
                        self.bind(item.optional_vars, value, scope)
                self.block(node.body, scope)
            case ast.Try() | ast.TryStar():
                quiet = any(all(isinstance(part, _SILENT) for part in handler.body) for handler in node.handlers)
                self.swallows += quiet
                self.block(node.body, scope)
                self.swallows -= quiet
                self._branches(scope, *(handler.body for handler in node.handlers), node.orelse)
                self.block(node.finalbody, scope)
            case ast.Match():
                self.eval(node.subject, scope)
                self._branches(scope, *(case.body for case in node.cases))
            case ast.Global() | ast.Nonlocal():
                scope.globals.update(node.names)
            case ast.Raise():
                self.eval(node.exc, scope)
            case ast.Assert():
                self.eval(node.test, scope)
            case ast.Delete():
                pass
            case _:
                pass

    def _computed_loop(self, node: ast.For | ast.While, scope: Scope) -> bool:
        """Run a loop that only computes constants; tell whether that was possible."""
        if not self.deep or self.branch > 3 or self.machine.spent or id(node) in self.refused:
            return False
        if not computes(node):
            self.refused.add(id(node))
            return False
        if isinstance(node, ast.For) and (not node.body or self._far(node.iter, scope)):
            return False
        try:
            found = self.concrete(node, scope, lambda find: self.machine.run(node, find))
        except Unable:
            return False
        if not isinstance(found, dict):
            return False
        for name, const in found.items():
            old = scope.look(name)
            if not isinstance(const, str | bytes | bytearray | int | float | list | tuple | dict | None):
                continue
            if old is None or not old.known or old.const != const:
                value = bytes(const) if isinstance(const, bytearray) else const
                made = self.computed(value, old.tags if old is not None else frozenset())
                scope.names[name] = made
                if scope.shared:
                    self.version += 1
        return True

    def _far(self, node: ast.expr, scope: Scope) -> bool:
        """Tell whether the names in the head of a loop are unknown, so that running it need not be tried."""
        for part in walk(node):
            if isinstance(part, ast.Name):
                value = scope.look(part.id)
                if value is not None and not value.known and not value.name and value.items is None:
                    return True
        return False

    def _branches(self, scope: Scope, *bodies: list[ast.stmt]) -> None:
        self.branch += 1
        for body in bodies:
            self.block(body, scope)
        self.branch -= 1

    def _if(self, node: ast.If, scope: Scope) -> None:
        if scope is self.module and not self.layer and _is_main_test(node.test):
            # The statements run only when the file is the program; they share the module's names.
            main = Scope("module", MAIN, None)
            main.names = scope.names
            self._branches(main, node.body)
            self._branches(scope, node.orelse)
            return
        self.eval(node.test, scope)
        if _is_command(node.test, scope):
            self.aside += 1
            self._branches(scope, node.body)
            self.aside -= 1
            self._branches(scope, node.orelse)
            return
        self._branches(scope, node.body, node.orelse)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        decorators = [self.eval(decorator, scope).name for decorator in node.decorator_list]
        qual = f"{scope.qual}.{node.name}" if scope.qual not in {MODULE, MAIN} else node.name
        for name in decorators:
            if name.startswith("~"):
                self.facts.edges.setdefault(scope.qual, set()).add(name[1:])
            if name.endswith("atexit.register"):
                self.facts.edges.setdefault(scope.qual, set()).add(qual)
        owner = scope if scope.kind != "class" or scope.parent is None else scope.parent
        self.functions[qual] = Function(node, qual, owner)
        self.facts.functions[qual] = line_of(node)
        scope.names[node.name] = Value(name=f"~{qual}")
        if scope.kind == "function":
            scope.shared = True
        else:
            self.version += 1

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        qual = f"{scope.qual}.{node.name}" if scope.qual not in {MODULE, MAIN} else node.name
        bases = tuple(self.eval(base, scope).name for base in node.bases[:20])
        for keyword in node.keywords:
            self.eval(keyword.value, scope)
        self.facts.classes[qual] = bases
        if any(
            (
                base.rpartition(".")[2] in INSTALLER_COMMANDS
                and ("setuptools" in base or "distutils" in base or "." not in base)
            )
            or base.removeprefix("~") in self.facts.install_classes
            for base in bases
        ):
            self.facts.install_classes.add(qual)
        body = Scope("class", qual, scope)
        self.block(node.body, body)
        # class bodies run with the module
        self.facts.edges.setdefault(scope.qual, set()).add(qual)
        scope.names[node.name] = Value(name=f"~{qual}")
        if scope.kind != "function":
            self.version += 1

    def _import(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        if scope.shared:
            self.version += 1
        line = self.layer_line or node.lineno
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.facts.imports.append((alias.name, line))
                self.chats = self.chats or alias.name.startswith(CHAT_LIBRARIES)
                top = alias.name.partition(".")[0]
                target = alias.name if alias.asname else top
                scope.names[alias.asname or top] = Value(name=PYTHON2_RENAMES.get(target, target))
            return
        module = "." * node.level + (node.module or "")
        self.facts.imports.append((module, line))
        self.chats = self.chats or module.startswith(CHAT_LIBRARIES)
        base = PYTHON2_RENAMES.get(module, module)
        for alias in node.names:
            if alias.name == "*":
                for name in STAR_NAMES.get(base, ()):
                    scope.names.setdefault(name, Value(name=f"{base}.{name}"))
                continue
            if node.level:
                self.facts.imports.append((f"{module}.{alias.name}" if node.module else f"{module}{alias.name}", line))
            value = self.attribute_of(Value(name=base), alias.name, scope, line) if base else UNKNOWN
            if not value.name:
                value = Value(name=dotted(base, alias.name))
            if node.level and alias.name.isupper():
                value = value.with_tags(_OWN)  # a constant of another file of the package
            scope.names[alias.asname or alias.name] = value


def _received(function: Function) -> dict[str, Value]:
    """Return the parameters of a function that a decorator of a chat library feeds with messages."""
    node = function.node
    if isinstance(node, ast.Lambda):
        return {}
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Attribute) and called.attr in CHAT_HANDLERS:
            names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
            names = names[1:] if names[:1] == ["self"] else names
            # `async def run(ctx, *, line)`: what follows the message are its words
            words = [*names[1:], *(argument.arg for argument in node.args.kwonlyargs)]
            if node.args.vararg is not None:
                words.append(node.args.vararg.arg)
            tags = _CHATTED if called.attr == "on" else frozenset()
            first = {name: Value(name="@message", tags=tags) for name in names[:1]}
            if called.attr in _WORDS_FOLLOW:
                first |= {word: Value(tags=_CHATTED) for word in words}
            return first
    return {}


def _is_main_test(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and len(test.comparators) == 1
        and isinstance(test.comparators[0], ast.Constant)
        and test.comparators[0].value == "__main__"
    )


def _of_argv(node: ast.AST, scope: Scope) -> bool:
    """Tell whether an expression is the command line, or a variable that holds a word of it."""
    if isinstance(node, ast.Attribute):
        return node.attr == "argv"
    if not isinstance(node, ast.Name):
        return False
    value = scope.look(node.id)
    return node.id == "argv" or (value is not None and value.name.startswith("sys.argv"))


_INSTALLERS = INSTALLER_COMMANDS | {"bdist", "--version", "clean", "dist", "egg-info", "Command"}


def _is_command(test: ast.expr, scope: Scope) -> bool:
    """Tell whether a condition asks for a word on the command line, and for none that an installer gives."""
    if isinstance(test, ast.BoolOp):
        if isinstance(test.op, ast.And):
            return any(_is_command(part, scope) for part in test.values)
        return all(_is_command(part, scope) for part in test.values)
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq | ast.In):
        return False
    sides = (test.left, test.comparators[0])
    asks = any(_of_argv(part, scope) for side in sides for part in walk(side))
    words = {
        part.value
        for side in sides
        for part in walk(side)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }
    return asks and bool(words) and not words & _INSTALLERS


__all__ = ["Flow", "read"]
