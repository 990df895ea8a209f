"""Computing small pure pieces of Python over constants: decoder functions, string-building loops, comprehensions.

    Machine(find).call(function, arguments)   -> constant, or `Unable`
    Machine(find).run(loop, names)            -> the names that the loop assigns, or `Unable`

A tree walker over `ast` for what decoders are made of: arithmetic, text, bytes, lists, dicts, loops, calls of the
file's own functions, and the pure functions of `py_pure`. There is no access to files, modules or the machine, no
attribute of an object is ever looked up by a name from the file (methods come from a closed table), and steps, sizes
and depth are bounded. What goes beyond raises `Unable`: the caller then knows nothing, as before.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lazaretto.parse.py_pure import CONSTANTS, MAX_ITEMS, METHODS, PURE, Ref, Unable, arithmetic, sized, truth

STEPS = 60_000
"""Expressions of one file that are computed when nothing says that it hides something."""
DEEP_STEPS = 500_000
"""The same for a file that executes text and speaks of decoders."""
PRODUCED = 12 << 20
"""Characters and elements that are made altogether."""
DEPTH = 40
NAME_CHARS = 120
"""Longest dotted name; `node = node.parent` in a loop makes longer ones."""


@dataclass(slots=True)
class Closure:
    """A function or lambda with the names it was made among."""

    node: ast.FunctionDef | ast.Lambda
    names: "dict[str, object]"


@dataclass(frozen=True, slots=True)
class Bound:
    """A method of a constant that was not called at once: `join = "".join`."""

    value: object
    attr: str


class _Break(Exception):  # noqa: N818 - control flow
    pass


class _Continue(Exception):  # noqa: N818 - control flow
    pass


class _Return(Exception):  # noqa: N818 - control flow
    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


Find = Callable[[str], object]
"""Looks a name up outside: a constant, a `Ref`, a function node; raises `Unable` when it is not known."""


class Machine:
    """One file's computing, with one budget for all of it."""

    def __init__(self, budget: int = STEPS) -> None:
        """`budget` is the number of expressions that may be computed."""
        self.left = budget
        self.produced = 0
        self.kinds: dict[str, None] = {}
        """Decodings that took part since `begin`, in order."""
        self.depth = 0
        self._find: Find = _nothing
        self._table: dict[type[ast.AST], Callable[..., object]] = {
            ast.Constant: lambda node, _names: node.value, ast.Name: self._name, ast.BinOp: self._binop,
            ast.UnaryOp: self._unary, ast.BoolOp: self._boolop, ast.Compare: self._compare, ast.IfExp: self._ifexp,
            ast.Subscript: self._subscript, ast.Attribute: self._attribute, ast.Call: self._call,
            ast.JoinedStr: self._joined, ast.FormattedValue: self._formatted, ast.List: self._list,
            ast.Tuple: self._list, ast.Set: self._list, ast.Dict: self._dict, ast.ListComp: self._comprehension,
            ast.SetComp: self._comprehension, ast.GeneratorExp: self._comprehension, ast.DictComp: self._dictcomp,
            ast.Lambda: Closure, ast.NamedExpr: self._walrus, ast.Slice: self._slice,
        }  # fmt: skip

    @property
    def spent(self) -> bool:
        """True when nothing more is computed for this file."""
        return self.left <= 0 or self.produced > PRODUCED

    # -- ways in

    def value(self, node: ast.expr, find: Find) -> object:
        """Return the constant that an expression is.

        Raises:
            Unable: it is none, or a bound was reached.
        """
        return self._guarded(find, lambda: _plain(self._eval(node, {})))

    def call(
        self, node: ast.FunctionDef | ast.Lambda, args: list[object], kwargs: dict[str, object], find: Find
    ) -> object:
        """Return what a function returns for constant arguments.

        Raises:
            Unable: it does something that is not computed here, or a bound was reached.
        """
        return self._guarded(find, lambda: _plain(self._enter(Closure(node, {}), args, kwargs)))

    def run(self, node: ast.stmt, find: Find) -> dict[str, object]:
        """Run a loop and return the names that it assigns, with their last values.

        Raises:
            Unable: it does something that is not computed here, or a bound was reached.
        """
        names: dict[str, object] = {}

        def body() -> object:
            self._statement(node, names)
            return None

        self._guarded(find, body)
        return {name: value for name, value in names.items() if not isinstance(value, Closure)}

    def _guarded(self, find: Find, body: Callable[[], object]) -> object:
        if self.spent:
            raise Unable
        outer, self._find = self._find, find
        self.kinds = {}
        depth = self.depth
        try:
            return body()
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError, MemoryError):
            raise Unable from None
        except (_Break, _Continue, _Return):
            raise Unable from None
        finally:
            self._find = outer
            self.depth = depth

    # -- expressions

    def _eval(self, node: ast.expr, names: "dict[str, object]") -> object:
        self.left -= 1
        if self.left <= 0:
            raise Unable
        reader = self._table.get(type(node))
        if reader is None:
            raise Unable
        return reader(node, names)

    def _made(self, value: object) -> object:
        """Count what a result holds."""
        size = sized(value)
        if size > MAX_ITEMS:
            raise Unable
        self.produced += size
        if self.produced > PRODUCED:
            raise Unable
        return value

    def charge(self, value: object) -> None:
        """Count the work on a big value: what Python does in one call is not one step."""
        if isinstance(value, str | bytes | bytearray | list | tuple | dict | set):
            self.left -= len(value) >> 5
        elif isinstance(value, int) and value > 0xFFFFFFFF:
            self.left -= value.bit_length() >> 3
        if self.left <= 0:
            raise Unable

    def _name(self, node: ast.Name, names: "dict[str, object]") -> object:
        if node.id in names:
            return names[node.id]
        found = self._find(node.id)
        if isinstance(found, list | dict | set | bytearray):
            self.charge(found)
            found = names[node.id] = found.copy()  # a loop may change it
        return found

    def _binop(self, node: ast.BinOp, names: "dict[str, object]") -> object:
        parts: list[ast.BinOp] = []
        at: ast.expr = node
        while isinstance(at, ast.BinOp) and len(parts) < 20_000:
            parts.append(at)
            at = at.left
        value = self._eval(at, names)
        for part in reversed(parts):
            right = self._eval(part.right, names)
            if type(part.op) is ast.BitXor and isinstance(value, int):
                self.kinds["xor"] = None
            value = arithmetic(type(part.op), value, right)
            if not isinstance(value, int):
                self._made(value)
        return value

    def _unary(self, node: ast.UnaryOp, names: "dict[str, object]") -> object:
        value = self._eval(node.operand, names)
        if isinstance(node.op, ast.Not):
            return not truth(value)
        if not isinstance(value, int | float):
            raise Unable
        if isinstance(node.op, ast.USub):
            return -value
        return ~value if isinstance(node.op, ast.Invert) and isinstance(value, int) else +value

    def _boolop(self, node: ast.BoolOp, names: "dict[str, object]") -> object:
        value: object = None
        stop = isinstance(node.op, ast.Or)
        for part in node.values:
            value = self._eval(part, names)
            if truth(value) is stop:
                return value
        return value

    def _compare(self, node: ast.Compare, names: "dict[str, object]") -> object:
        left = self._eval(node.left, names)
        for operator, other in zip(node.ops, node.comparators, strict=True):
            right = self._eval(other, names)
            self.charge(right)
            if not _compared(operator, left, right):
                return False
            left = right
        return True

    def _ifexp(self, node: ast.IfExp, names: "dict[str, object]") -> object:
        return self._eval(node.body if truth(self._eval(node.test, names)) else node.orelse, names)

    def _slice(self, node: ast.Slice, names: "dict[str, object]") -> object:
        parts = [self._eval(part, names) if part is not None else None for part in (node.lower, node.upper, node.step)]
        if any(not isinstance(part, int | None) for part in parts):
            raise Unable
        if parts[2] is not None and parts[2] < 0:  # type: ignore[operator]
            self.kinds["reverse"] = None
        return slice(*parts)

    def _subscript(self, node: ast.Subscript, names: "dict[str, object]") -> object:
        base, index = self._eval(node.value, names), self._eval(node.slice, names)
        if isinstance(base, dict):
            return base[index]
        if isinstance(base, str | bytes | list | tuple | bytearray | range) and isinstance(index, int | slice):
            value = base[index]
            return value if isinstance(index, int) else self._made(value)
        raise Unable

    def _attribute(self, node: ast.Attribute, names: "dict[str, object]") -> object:
        base = self._eval(node.value, names)
        if isinstance(base, Ref):
            name = f"{base.name}.{node.attr}"
            if len(name) > NAME_CHARS:
                raise Unable
            return CONSTANTS.get(name) or Ref(name)
        if isinstance(base, str | bytes | list | dict | bytearray):
            return Bound(base, node.attr)
        raise Unable

    def _call(self, node: ast.Call, names: "dict[str, object]") -> object:
        args: list[object] = []
        function = node.func
        if isinstance(function, ast.Attribute):
            receiver = self._eval(function.value, names)
            if isinstance(receiver, Ref):
                target: object = Ref(f"{receiver.name}.{function.attr}"[: NAME_CHARS + 1])
            else:
                self._arguments(node, names, args)
                return self._method(receiver, function.attr, args, self._keywords(node, names))
        else:
            target = self._eval(function, names)
        self._arguments(node, names, args)
        return self._apply(target, args, self._keywords(node, names))

    def _arguments(self, node: ast.Call, names: "dict[str, object]", args: list[object]) -> None:
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                args.extend(self.each(self._eval(argument.value, names)))
            else:
                args.append(self._eval(argument, names))

    def _keywords(self, node: ast.Call, names: "dict[str, object]") -> dict[str, object]:
        if not node.keywords:
            return {}
        if any(keyword.arg is None for keyword in node.keywords):
            raise Unable
        return {str(keyword.arg): self._eval(keyword.value, names) for keyword in node.keywords}

    def _method(self, receiver: object, attr: str, args: list[object], kwargs: dict[str, object]) -> object:
        function = METHODS.get((type(receiver).__name__, attr))
        if function is None:
            raise Unable
        self.charge(receiver)
        if args:
            self.charge(args[0])
        return self._made(function(self, receiver, *args, **kwargs))

    def _apply(self, target: object, args: list[object], kwargs: dict[str, object]) -> object:
        if isinstance(target, ast.FunctionDef | ast.Lambda):
            target = Closure(target, {})
        if isinstance(target, Closure):
            return self._enter(target, args, kwargs)
        if isinstance(target, Bound):
            return self._method(target.value, target.attr, args, kwargs)
        if not isinstance(target, Ref):
            raise Unable
        function = PURE.get(target.name)
        if function is None:
            raise Unable
        for value in args[:3]:
            self.charge(value)
        value = function(self, *args, **kwargs)
        return value if isinstance(value, int) else self._made(value)

    def apply(self, target: object, *args: object) -> object:
        """Call a function value; for `map`, `filter`, `reduce` and `sorted`."""
        self.left -= 1
        return self._apply(target, list(args), {})

    def each(self, value: object) -> Iterator[object]:
        """Walk over anything that can be walked over, counting steps."""
        if not isinstance(value, str | bytes | bytearray | list | tuple | dict | set | range | zip | map):
            raise Unable
        for item in value:
            self.left -= 1
            if self.left <= 0:
                raise Unable
            yield item

    def _enter(self, closure: Closure, args: list[object], kwargs: dict[str, object]) -> object:
        parameters = closure.node.args
        names = [argument.arg for argument in (*parameters.posonlyargs, *parameters.args)]
        if parameters.kwarg is not None or (len(args) > len(names) and parameters.vararg is None):
            raise Unable
        inner = dict(closure.names)
        for name, default in zip(names[len(names) - len(parameters.defaults) :], parameters.defaults, strict=True):
            inner[name] = self._eval(default, closure.names)
        for keyword, value in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True):
            if value is not None:
                inner[keyword.arg] = self._eval(value, closure.names)
        inner.update(zip(names, args, strict=False))
        inner.update(kwargs)
        if parameters.vararg is not None:
            inner[parameters.vararg.arg] = list(args[len(names) :])
        self.depth += 1
        self.left -= 6
        if self.depth > DEPTH:
            raise Unable
        try:
            if isinstance(closure.node, ast.Lambda):
                return self._eval(closure.node.body, inner)
            self._block(closure.node.body, inner)
        except _Return as returned:
            return returned.value
        finally:
            self.depth -= 1
        return None

    def _joined(self, node: ast.JoinedStr, names: "dict[str, object]") -> object:
        return self._made("".join(str(_text(self._eval(part, names))) for part in node.values))

    def _formatted(self, node: ast.FormattedValue, names: "dict[str, object]") -> object:
        value = self._eval(node.value, names)
        if node.format_spec is not None or node.conversion not in {-1, 115} or not isinstance(value, str | int | float):
            raise Unable
        return _text(value)

    def _list(self, node: ast.List | ast.Tuple | ast.Set, names: "dict[str, object]") -> object:
        out: list[object] = []
        for item in node.elts:
            if isinstance(item, ast.Starred):
                out.extend(self.each(self._eval(item.value, names)))
            else:
                out.append(item.value if type(item) is ast.Constant else self._eval(item, names))
        self.left -= len(out) // 8
        return self._made(tuple(out) if isinstance(node, ast.Tuple) else out)

    def _dict(self, node: ast.Dict, names: "dict[str, object]") -> object:
        if any(key is None for key in node.keys):
            raise Unable
        return {
            self._eval(key, names): self._eval(value, names)
            for key, value in zip(node.keys, node.values, strict=True)
            if key is not None
        }

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, names: "dict[str, object]") -> object:
        out: list[object] = []
        for inner in self._generated(node.generators, 0, dict(names)):
            out.append(self._eval(node.elt, inner))
            if len(out) > MAX_ITEMS:
                raise Unable
        return self._made(out)

    def _dictcomp(self, node: ast.DictComp, names: "dict[str, object]") -> object:
        return {
            self._eval(node.key, inner): self._eval(node.value, inner)
            for inner in self._generated(node.generators, 0, dict(names))
        }

    def _generated(
        self, generators: list[ast.comprehension], at: int, names: "dict[str, object]"
    ) -> "Iterator[dict[str, object]]":
        if at == len(generators):
            yield names
            return
        generator = generators[at]
        for item in self.each(self._eval(generator.iter, names)):
            self._bind(generator.target, item, names)
            if all(truth(self._eval(test, names)) for test in generator.ifs):
                yield from self._generated(generators, at + 1, names)

    def _walrus(self, node: ast.NamedExpr, names: "dict[str, object]") -> object:
        value = self._eval(node.value, names)
        self._bind(node.target, value, names)
        return value

    # -- statements

    def _bind(self, target: ast.expr, value: object, names: "dict[str, object]") -> None:
        if isinstance(target, ast.Name):
            names[target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            items = list(self.each(value))
            if len(items) != len(target.elts):
                raise Unable
            for part, item in zip(target.elts, items, strict=True):
                self._bind(part, item, names)
        elif isinstance(target, ast.Subscript):
            base, index = self._eval(target.value, names), self._eval(target.slice, names)
            if not isinstance(base, list | dict | bytearray) or isinstance(index, slice):
                raise Unable
            base[index] = value  # type: ignore[call-overload]
        else:
            raise Unable

    def _block(self, body: list[ast.stmt], names: "dict[str, object]") -> None:
        for statement in body:
            self._statement(statement, names)

    def _statement(self, node: ast.stmt, names: "dict[str, object]") -> None:
        self.left -= 1
        match node:
            case ast.Expr():
                if not isinstance(node.value, ast.Constant):
                    self._eval(node.value, names)
            case ast.Assign():
                value = self._eval(node.value, names)
                for target in node.targets:
                    self._bind(target, value, names)
            case ast.AugAssign():
                old = self._eval(_loaded(node.target), names)
                right = self._eval(node.value, names)
                if type(node.op) is ast.BitXor:
                    self.kinds["xor"] = None
                self._bind(node.target, self._made(arithmetic(type(node.op), old, right)), names)
            case ast.AnnAssign():
                if node.value is not None:
                    self._bind(node.target, self._eval(node.value, names), names)
            case ast.If():
                self._block(node.body if truth(self._eval(node.test, names)) else node.orelse, names)
            case ast.For():
                self._for(node, names)
            case ast.While():
                self._while(node, names)
            case ast.Return():
                raise _Return(self._eval(node.value, names) if node.value is not None else None)
            case ast.Break():
                raise _Break
            case ast.Continue():
                raise _Continue
            case ast.FunctionDef():
                names[node.name] = Closure(node, names)
            case ast.Import():
                for alias in node.names:
                    names[alias.asname or alias.name.partition(".")[0]] = Ref(
                        alias.name if alias.asname else alias.name.partition(".")[0]
                    )
            case ast.ImportFrom():
                for alias in node.names:
                    names[alias.asname or alias.name] = Ref(f"{node.module}.{alias.name}")
            case ast.Try():
                self._block(node.body, names)
                self._block(node.orelse, names)
                self._block(node.finalbody, names)
            case ast.Pass() | ast.Global() | ast.Nonlocal():
                pass
            case _:
                raise Unable

    def _for(self, node: ast.For, names: "dict[str, object]") -> None:
        source = self._eval(node.iter, names)
        for item in self.each(list(source) if isinstance(source, list) else source):
            self._bind(node.target, item, names)
            try:
                self._block(node.body, names)
            except _Break:
                return
            except _Continue:
                continue
        self._block(node.orelse, names)

    def _while(self, node: ast.While, names: "dict[str, object]") -> None:
        while truth(self._eval(node.test, names)):
            try:
                self._block(node.body, names)
            except _Break:
                return
            except _Continue:
                continue
        self._block(node.orelse, names)


def _nothing(_name: str) -> object:
    raise Unable


def _loaded(target: ast.expr) -> ast.expr:
    """Return the expression that reads an assignment's target; both kinds of node are read alike here."""
    return target


def _compared(operator: ast.cmpop, left: object, right: object) -> bool:
    match operator:
        case ast.Eq():
            return left == right
        case ast.NotEq():
            return left != right
        case ast.Is():
            return left is None and right is None
        case ast.IsNot():
            return not (left is None and right is None)
        case ast.In() | ast.NotIn():
            if not isinstance(right, str | bytes | list | tuple | dict | set | range):
                raise Unable
            return (left in right) is isinstance(operator, ast.In)
        case _:
            pass
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    texts = isinstance(left, str) and isinstance(right, str)
    if not (numbers or texts):
        raise Unable
    match operator:
        case ast.Lt():
            return left < right  # type: ignore[operator,no-any-return]
        case ast.LtE():
            return left <= right  # type: ignore[operator,no-any-return]
        case ast.Gt():
            return left > right  # type: ignore[operator,no-any-return]
        case ast.GtE():
            return left >= right  # type: ignore[operator,no-any-return]
        case _:
            raise Unable


def _text(value: object) -> object:
    if isinstance(value, int) and value.bit_length() > 4096:
        raise Unable
    return value


def _plain(value: object) -> object:
    """Return a result that the abstract reader can hold."""
    if isinstance(value, bytearray):
        return bytes(value)
    if isinstance(value, str | bytes | int | float | list | tuple | dict | None):
        return value
    raise Unable


__all__ = ["DEEP_STEPS", "Bound", "Closure", "Find", "Machine", "Ref", "Unable"]
