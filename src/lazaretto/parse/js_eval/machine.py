"""The machine: calls, members and limits. It runs nothing of the system; what it does not know is unresolved.

    machine = Machine(root)                 # a parsed script
    machine.evaluate(node, scope)           # the value of an expression, or Unresolved
    machine.captured                        # texts that reached eval, Function, a timer or vm

Steps are counted, not seconds: the same file gives the same answer everywhere.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from lazaretto.parse.js_eval import expressions, intrinsics, statements
from lazaretto.parse.js_eval.native_array import MAX_ITEMS
from lazaretto.parse.js_eval.native_global import Realm
from lazaretto.parse.js_eval.scope import Scope, ScopeInfo, survey
from lazaretto.parse.js_eval.values import (
    NULL,
    Arr,
    Bytes,
    Caller,
    Fn,
    Native,
    Obj,
    Regex,
    Thrown,
    Unresolved,
    integer,
    is_function,
    text,
)

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

STEPS = 1_200_000
"""Work per script."""
STEPS_PER_QUESTION = 200_000
"""Work per evaluated expression or statement."""
DEPTH = 90
"""Calls within calls."""
CAPTURES = 16
EVALUATED_TEXT = 20_000
"""Longer texts are only remembered."""


class Machine:
    """One script's evaluation."""

    def __init__(self, root: "Node", parse: "Callable[[bytes], Tree]") -> None:
        """`parse` reads texts that the script makes into code.

        Raises:
            Unresolved: the tree is too large.
        """
        self.infos: dict[int, ScopeInfo] = survey(root)
        self.realm = Realm()
        self.captured: list[tuple[str, str]] = []
        self.left = STEPS
        self.question = STEPS_PER_QUESTION
        self._limit = 0
        self._depth = 0
        self._parse = parse
        self._trees: list[Tree] = []
        self.top = Scope(None, self.infos[root.id])
        self.top.this = self.realm.top
        self.expressions: dict[int, expressions.Code] = {}
        self.statements: dict[int, statements.Code] = {}

    # -- limits ---------------------------------------------------------------------------------------------

    def spend(self, steps: int) -> None:
        """Count work.

        Raises:
            Unresolved: too much for this question.
        """
        self.left -= steps
        if self.left < self._limit:
            raise Unresolved("too many steps")

    def evaluate(self, node: "Node", scope: Scope, steps: int = 0) -> object:
        """Return the value of an expression.

        Raises:
            Unresolved: not known, or too much work.
        """
        return self.guarded(lambda: expressions.compiled(self, node)(scope), steps)

    def guarded(self, work: Callable[[], object], steps: int = 0) -> object:
        """Do some work within its own limit; everything that goes wrong is `Unresolved`."""
        outer, self._limit = self._limit, max(self._limit, self.left - (steps or self.question), 0)
        depth = self._depth
        try:
            return work()
        except Thrown as thrown:
            raise Unresolved("thrown") from thrown
        except (RecursionError, MemoryError, OverflowError, ValueError, TypeError, IndexError) as error:
            raise Unresolved(type(error).__name__) from error
        finally:
            self._limit, self._depth = outer, depth

    def capture(self, how: str, code: str) -> None:
        """Remember a text that the script runs as code."""
        if len(self.captured) < CAPTURES and (how, code) not in self.captured:
            self.captured.append((how, code))

    # -- names ----------------------------------------------------------------------------------------------

    def name(self, scope: Scope, name: str) -> object:
        """Return what a name means.

        Raises:
            Unresolved: not known.
        """
        try:
            return scope.get(name)
        except KeyError:
            pass
        if name in self.realm.top.props:
            return self.realm.top.props[name]
        raise Unresolved(name)

    # -- members --------------------------------------------------------------------------------------------

    def member(self, holder: object, name: object) -> object:
        """Return a property."""
        realm = self.realm
        if isinstance(holder, str):
            return self._of_text(holder, name)
        if isinstance(holder, (Arr, Bytes)):
            items: list[object] | bytearray = holder.items if isinstance(holder, Arr) else holder.data
            if type(name) is int:
                return items[name] if 0 <= name < len(items) else None
            key = text(name)
            if key == "length":
                return len(items)
            if key.isdigit():
                return items[int(key)] if int(key[:12]) < len(items) else None
            if key in holder.props:
                return holder.props[key]
            if key == "constructor":
                return realm.array
            table = realm.arrays if isinstance(holder, Arr) else realm.buffers
            return table.get(key)
        key = text(name)
        if isinstance(holder, bool):
            return realm.boolean if key == "constructor" else realm.numbers.get(key)
        if isinstance(holder, (int, float)):
            return realm.number if key == "constructor" else realm.numbers.get(key)
        if is_function(holder):
            return self._of_function(holder, key)
        if isinstance(holder, Regex) and key in ("test", "exec", "source"):
            return holder.source if key == "source" else Native(key, _test)
        if isinstance(holder, Obj):
            up: Obj | None = holder
            while up is not None:
                if key in up.props:
                    return up.props[key]
                up = up.proto
            if key == "constructor" and holder.tag != "open":
                return realm.regexp if isinstance(holder, Regex) else realm.object
            if key == "hasOwnProperty":
                return Native(key, _own)
            if key == "toString":
                return Native(key, lambda m, this, given: text(this))
            if holder is realm.top or holder.tag == "open":
                raise Unresolved(key)
            return None
        raise Thrown(f"TypeError: {key} of nothing")

    def _of_text(self, holder: str, name: object) -> object:
        if type(name) is int:
            return holder[name] if 0 <= name < len(holder) else None
        key = text(name)
        if key == "length":
            return len(holder)
        if key.isdigit():
            return holder[int(key)] if int(key[:12]) < len(holder) else None
        return self.realm.string if key == "constructor" else self.realm.strings.get(key)

    def _of_function(self, holder: object, key: str) -> object:
        props = holder.props  # type: ignore[attr-defined]
        if key in props:
            return props[key]
        if key == "constructor":
            return self.realm.function
        if key in ("call", "apply", "bind"):
            return Native(key, {"call": _call, "apply": _apply, "bind": _bind}[key])
        if key == "toString":
            return Native(key, lambda m, this, given: text(this))
        if key == "name" and isinstance(holder, Native):
            return holder.name
        if key == "prototype":
            props[key] = Obj()
            return props[key]
        if isinstance(holder, Native):
            raise Unresolved(key)
        return None

    def put(self, holder: object, name: object, value: object) -> None:
        """Set a property."""
        if isinstance(holder, Arr):
            key = name if type(name) is int else None
            if key is None and (spelled := text(name)).isdigit():
                key = int(spelled[:12])
            if key is not None and key >= 0:
                if key > len(holder.items) + 100_000 or key > MAX_ITEMS:
                    raise Unresolved("array too long")
                while len(holder.items) <= key:
                    holder.items.append(None)
                holder.items[key] = value
                return
            if name == "length":
                size = integer(value)
                del holder.items[size:]
                return
        if isinstance(holder, Bytes):
            at = integer(name)
            if 0 <= at < len(holder.data):
                holder.data[at] = integer(value) & 255
            return
        if isinstance(holder, Obj):
            if len(holder.props) > 100_000:
                raise Unresolved("object too large")
            holder.props[text(name)] = value
            return
        if holder is None or holder is NULL:
            raise Thrown("TypeError")

    # -- calls ----------------------------------------------------------------------------------------------

    def call(self, function: object, this: object, given: list[object]) -> object:
        """Call a function value.

        Raises:
            Unresolved: it is none, or calls are too deep.
            Thrown: it throws.
        """
        self.spend(2)
        if isinstance(function, Native):
            return function.run(self, this, given)
        if not isinstance(function, Fn):
            if function is None or function is NULL or isinstance(function, (str, int, float)):
                raise Thrown("TypeError: not a function")
            raise Unresolved("not a function")
        if function.stand_in is not None:
            self.spend(20)
            return function.stand_in(given)
        if self._depth >= DEPTH:
            raise Unresolved("calls too deep")
        self._depth += 1
        try:
            answer = statements.invoke(self, function, this, given)
        finally:
            self._depth -= 1
        if function.calls < 3:
            function.calls += 1
            intrinsics.watch(function, given, answer)
        return answer

    def construct(self, function: object, given: list[object]) -> object:
        """`new`."""
        if isinstance(function, Native):
            return function.run(self, None, given)
        if not isinstance(function, Fn) or function.arrow:
            raise Unresolved("new")
        made = Obj()
        proto = self._of_function(function, "prototype")
        made.proto = proto if isinstance(proto, Obj) else None
        got = self.call(function, made, given)
        return got if isinstance(got, Obj) else made

    # -- code made of text ----------------------------------------------------------------------------------

    def function(self, names: str, body: str) -> object:
        """Return the function that `Function(names, body)` makes."""
        root = self._read(f"(function anonymous({names}\n) {{\n{body}\n}})")
        node = root.named_child(0)
        inner = node.named_child(0) if node is not None else None
        if inner is None:
            raise Unresolved("Function")
        return expressions.compiled(self, inner)(self.top)

    def program(self, code: str) -> object:
        """Evaluate a text as `eval` does, in the global scope."""
        root = self._read(code)
        return statements.run_program(self, root, self.top)

    def _read(self, code: str) -> "Node":
        if len(code) > EVALUATED_TEXT or len(self._trees) > 200:
            raise Unresolved("text too long to evaluate")
        tree = self._parse(code.encode("utf-8", "replace"))
        self.spend(len(code))
        self._trees.append(tree)
        self.infos |= survey(tree.root_node)
        if tree.root_node.has_error:
            raise Unresolved("syntax")
        return tree.root_node


def _own(m: object, this: object, given: list[object]) -> object:
    return isinstance(this, Obj) and bool(given) and text(given[0]) in this.props


def _test(m: object, this: object, given: list[object]) -> object:
    from lazaretto.parse.js_eval import regexes

    if not isinstance(this, Regex):
        raise Unresolved("test")
    subject = text(given[0]) if given else "undefined"
    return regexes.usable(this.source, this.flags, subject).search(subject) is not None


def _call(m: Caller, this: object, given: list[object]) -> object:
    return m.call(this, given[0] if given else None, given[1:])


def _apply(m: Caller, this: object, given: list[object]) -> object:
    from lazaretto.parse.js_eval.native_array import items_of

    listed = items_of(given[1]) if len(given) > 1 and given[1] is not None and given[1] is not NULL else []
    return m.call(this, given[0] if given else None, listed)


def _bind(m: Caller, this: object, given: list[object]) -> object:
    return Native("bound", lambda m2, _, more: m2.call(this, given[0] if given else None, [*given[1:], *more]))
