"""Reading Python calls: names, arguments, results, and the file's own functions entered with what is known.

The part of the reader between expressions (`py_eval`) and statements (`py_flow`).
"""

import ast
import warnings
from collections.abc import Iterable
from dataclasses import replace

from lazaretto.parse import py_decode, py_fernet, py_marshal
from lazaretto.parse.py_concrete import Unable
from lazaretto.parse.py_eval import (
    BOUND,
    FOLD_ITEMS,
    INLINE_DEPTH,
    LAYER_BYTES,
    LAYERS,
    Expressions,
    constant_sequence,
    element,
)
from lazaretto.parse.py_facts import Call, Decoded, line_of
from lazaretto.parse.py_fold import method, plain
from lazaretto.parse.py_scope import Function, Scope
from lazaretto.parse.py_sources import TELLING, after_call, asset_tags, env_tags, result_shape, result_tags
from lazaretto.parse.py_spelled import how_spelled
from lazaretto.parse.py_values import UNKNOWN, UNSET, Value, further
from lazaretto.parse.py_vocabulary import PYTHON2_RENAMES


class Calls(Expressions):
    """The reader's knowledge of calls; `py_flow.Flow` adds statements."""

    def call(self, node: ast.Call, scope: Scope) -> Value:
        """Read a call: its arguments, its name, what it returns, and what it does to files and containers."""
        receiver = UNKNOWN
        attr = ""
        if isinstance(node.func, ast.Attribute):
            receiver = self.eval(node.func.value, scope)
            attr = node.func.attr
            function = self.attribute_of(receiver, attr, scope, line_of(node))
        else:
            function = self.eval(node.func, scope)
            attr = node.func.id if isinstance(node.func, ast.Name) else ""
            if function.name.startswith(BOUND) and function.items:
                receiver, attr = function.items[0], function.name.removeprefix(BOUND)
                function = UNKNOWN
        args: list[Value] = []
        for argument in node.args:
            value = self.eval(argument, scope)
            if isinstance(argument, ast.Starred) and value.items is not None:
                args.extend(value.items[:50])
            else:
                args.append(value)
        kwargs: dict[str, Value] = {}
        for keyword in node.keywords:
            value = self.eval(keyword.value, scope)
            kwargs[keyword.arg or "**"] = value
        call = Call(
            function.name,
            attr,
            self.layer_line or node.lineno,
            node.col_offset + 1,
            tuple(args),
            kwargs,
            scope.qual,
            receiver,
            self.layer,
            (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0, self.layer),
            hidden=bool(function.tags) and any(tag.startswith("dec:") for tag in function.tags),
            layers=self.path,
            aside=self.aside > 0,
            quiet=node is self.dropped,
        )
        self._record(call)
        self._links(call, scope)
        result = self._result(call, node, function, scope)
        after_call(self, call, node, scope, result)
        return result

    def _links(self, call: Call, scope: Scope) -> None:
        # What is called runs; what is handed to a call (a thread's target, a callback) is taken to run, too.
        if call.name.startswith("~"):
            self._edge(scope, call.name)
        for values in (call.args, call.kwargs.values()):
            for value in values:
                if value.name[:1] == "~" and value.name[-2:] != "()":
                    self._edge(scope, value.name)
                if value.items:
                    for item in value.items[:20]:
                        if item.name[:1] == "~" and item.name[-2:] != "()":
                            self._edge(scope, item.name)

    def _record(self, call: Call) -> None:
        if call.name not in _READERS:
            for value in call.args:
                for item in (value, *(value.items or ())[:20]):
                    if item.steps and isinstance(item.const, str | bytes) and len(item.const) >= DECODED:
                        self._decoded(item, call)
        count = self.seen.get(call.place, 0)
        if count < 6 or (count < 40 and call.tags()):
            self.facts.calls.append(call)
        self.seen[call.place] = count + 1

    def _decoded(self, value: Value, call: Call) -> None:
        data = value.const.encode("utf-8", "replace") if isinstance(value.const, str) else value.const
        kept = self.facts.decoded
        if not isinstance(data, bytes) or len(kept) >= DECODED_KEPT or any(data == other.data for other in kept):
            return
        kept.append(Decoded(data, call.line, call.column, further(self.path, *value.steps)))

    def _result(self, call: Call, node: ast.Call, function: Value, scope: Scope) -> Value:
        name, args = call.name, call.args
        if name[:1] == "~":
            return self._local(call, node, scope)
        if name in _INDIRECT:
            self._indirect(call, node, scope)
        elif name in {"codecs.getencoder()", "codecs.getdecoder()"} and args:
            const, codec_kind = py_decode.codec(args[0].const, function.shape, decoding="decoder" in name)
            tags = args[0].tags | ({f"dec:{codec_kind}", "lit"} if codec_kind else set())
            steps = further(args[0].steps, *([codec_kind] if codec_kind else []))
            return Value(tags=tags, items=(Value(const, tags=tags, steps=steps), UNKNOWN))
        elif name == "operator.attrgetter()" and args:
            return self.attribute_of(args[0], function.shape, scope, call.line).with_tags(function.tags)
        if name in _SPECIAL:
            special = self._special(call, node, scope)
            if special is not None:
                return special
        if not name and call.attr not in TELLING and call.receiver.const is UNSET:
            carried = call.receiver.tags | call.tags()
            return Value(tags=carried) if carried else UNKNOWN
        if name.endswith("fernet.Fernet") and args:
            return Value(name=f"{name}()", items=args[:1], tags=args[0].tags)
        tags = result_tags(call)
        if call.attr == "decrypt" and call.receiver.items and name.endswith("fernet.Fernet().decrypt") and args:
            return self._fernet(call.receiver.items[0], args[0], tags | call.receiver.tags | args[0].tags)
        kind = py_decode.decoder_kind(name) if name else None
        if kind and args:
            origin = args[0]
            more = {f"dec:{kind}"}
            if (isinstance(origin.const, str | bytes) and len(origin.const) >= 24) or "lit" in origin.tags:
                more.add("lit")
            const = py_decode.decode(name, origin.const)
            if kind == "marshal":
                const = origin.const
            return Value(const, tags=origin.all_tags() | more, steps=further(origin.steps, kind))
        if name == "codecs.decode" and len(args) >= 2 and isinstance(args[1].const, str):
            const, codec_kind = py_decode.codec(args[0].const, args[1].const, decoding=True)
            found = {f"dec:{codec_kind}"} | ({"lit"} if args[0].known else set()) if codec_kind else set()
            more_steps = [codec_kind] if codec_kind else []
            return Value(const, tags=args[0].tags | found, steps=further(args[0].steps, *more_steps))
        if isinstance(node.func, ast.Attribute) or call.receiver.known:
            folded = method(call.receiver, call.attr, args, call.kwargs)
            if folded is not None:
                return folded.with_tags(tags)
        if name:
            folded = plain(name, args)
            if folded is not None:
                return folded.with_tags(tags)
        carried = self._carried(call)
        if name in _WALKERS and any(isinstance(value.const, str | bytes) and len(value.const) >= 24 for value in args):
            carried |= {"lit"}
        shape = result_shape(call)
        if not name and shape is None and not tags and not carried:
            return UNKNOWN
        return Value(tags=tags | carried, name=f"{name}()" if name and len(name) < 120 else "", shape=shape)

    def _fernet(self, key: Value, token: Value, tags: frozenset[str]) -> Value:
        secret, data = py_decode.as_bytes(key.const), py_decode.as_bytes(token.const)
        plain = py_fernet.opened(secret, data) if secret is not None and data is not None else None
        self.machine.left -= len(data or b"") * 8  # of the same budget as other computing
        const = UNSET if plain is None or self.machine.spent else plain
        return Value(const, tags=tags, steps=further(token.steps, "fernet"))

    def _special(self, call: Call, node: ast.Call, scope: Scope) -> Value | None:
        # The built-ins and functions of `_SPECIAL`; None when the call has not the arguments that count.
        name, args = call.name, call.args
        line = call.line
        if name == "getattr" and len(args) >= 2:
            key = args[1].text
            if key is not None:
                return self.attribute_of(args[0], key, scope, line).with_tags(args[1].tags)
            return Value(
                name=f"{args[0].name}.<computed>" if args[0].name else "", tags=args[0].tags | how_spelled(args[1])
            )
        if name in {"vars", "globals", "locals"}:
            return Value(name=f"{args[0].name}.__dict__" if args and args[0].name else f"{name}()")
        if name in _TABLES and args:
            key = args[0].text
            if key is not None:
                return self.looked_up(call.receiver, key, args[0].tags, scope, line)
            if args[0].tags:
                return Value(name=f"{call.receiver.name}.<computed>", tags=how_spelled(args[0]))
        if name in {"operator.attrgetter", "codecs.getencoder", "codecs.getdecoder"} and args:
            return Value(name=f"{name}()", tags=args[0].tags, shape=args[0].shape)
        if name in {"__import__", "importlib.import_module", "importlib.__import__"} and args:
            module = args[0].text
            if module:
                self.facts.imports.append((module, line))
                whole = name != "__import__" or "fromlist" in call.kwargs or len(args) > 3
                target = module if whole else module.split(".")[0]
                return Value(name=PYTHON2_RENAMES.get(target, target), tags=args[0].tags)
            return Value(name="<computed module>", tags=args[0].tags)
        if name in {"eval", "exec"} and args:
            return self._evaluated(call, node, scope)
        if name == "compile" and args:
            return Value(args[0].const, tags=args[0].tags | {"compiled"}, shape=args[0].shape, steps=args[0].steps)
        if name == "map" and len(args) == 2:
            return self._mapped(args[0], args[1], node, scope)
        if name in {"open", "io.open", "codecs.open"}:
            path = call.arg(0, "file").shape
            written = self.files.get(path, _NONE) if path.strip("\0/ .") else _NONE
            tags = result_tags(call) | call.tags() | asset_tags(path)
            if "%FILE%" in path:
                tags |= {"own"}
            tags |= {"net"} if "file:net" in written else written & _RECORDED
            return Value(tags=tags, name="open()")
        if name in {"os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault"} and args:
            if args[0].text is not None:
                self.facts.env_reads.append((args[0].text, line))
            return Value(tags=env_tags(args[0].text), shape=f"%{args[0].text}%" if args[0].text else None)
        return None

    def _carried(self, call: Call) -> frozenset[str]:
        # An unknown function is taken to pass on what it was given; tests and sizes carry nothing.
        if call.name in {
            "len",
            "isinstance",
            "hasattr",
            "print",
            "range",
            "type",
            "id",
            "hash",
            "bool",
            "callable",
            "exit",
            "sys.exit",
        }:
            return frozenset()
        if call.attr in {
            "startswith",
            "endswith",
            "isdigit",
            "exists",
            "isfile",
            "isdir",
            "find",
            "count",
            "index",
            "raise_for_status",
        }:
            return frozenset()
        if call.name.startswith(("logging.", "time.", "os.path.exists", "os.path.is", "warnings.")):
            return frozenset()
        tags = call.receiver.tags | call.tags()
        if self.files:
            for value in call.args[:3]:
                if len(value.shape) > 4 and "file:net" in self.files.get(value.shape, _NONE):
                    tags |= {"net"}
        return tags

    def _evaluated(self, call: Call, node: ast.Call, scope: Scope) -> Value:
        text = call.args[0].const
        if isinstance(text, bytes) and len(text) <= LAYER_BYTES:
            if "dec:marshal" in call.args[0].tags:
                self.code_object(text, call)
                return Value(tags=call.args[0].tags)
            text = text.decode("utf-8", "replace")
        if not isinstance(text, str) or len(text) > LAYER_BYTES:
            return Value(tags=call.args[0].tags)
        if call.name == "eval" and "compiled" not in call.args[0].tags:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    tree = ast.parse(text.strip(), mode="eval")
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return UNKNOWN
            if self.layer >= LAYERS:
                self.facts.partial = True
                return Value(tags=call.args[0].tags)
            self.layer += 1
            outer, self.layer_line = self.layer_line, self.layer_line or call.line
            path, self.path = self.path, further(self.path, *call.args[0].steps)
            try:
                value = self.eval(tree.body, scope)
                # NOTE: `exec_ = eval("exec")` is how libraries for Python 2 and 3 wrote it; only a spelling hides.
                hides = value.name in {"exec", "eval", "compile", "__import__", "getattr"} and not _plain(node, text)
                return value.with_tags(call.args[0].tags | {"dec:eval"} if hides else call.args[0].tags)
            finally:
                self.layer -= 1
                self.layer_line = outer
                self.path = path
        self.read_layer(text, scope, call.line, call.args[0].steps)
        return UNKNOWN

    def _mapped(self, function: Value, source: Value, node: ast.Call, scope: Scope) -> Value:
        sequence = constant_sequence(source)
        if (
            sequence is not None
            and len(sequence) <= FOLD_ITEMS
            and function.name in {"chr", "int", "str", "ord", "unichr"}
        ):
            out = []
            for item in sequence:
                folded = plain(function.name, (Value(item),))
                if folded is None or not folded.known:
                    break
                out.append(folded.const)
            else:
                char = function.name in {"chr", "unichr"}
                hides = frozenset({"dec:chr", "lit"} if char and len(out) > 3 else {"dec:chr"} if char else ())
                return Value(
                    out,
                    tags=source.tags | hides,
                    steps=further(source.steps, "chr") if char else source.steps,
                )
        if sequence is not None and function.name:
            try:
                const = self.concrete(node, scope, lambda find: self.machine.value(node, find))
                return self.computed(const, source.all_tags(), source.steps)
            except Unable:
                pass
        if function.name.startswith("~"):
            target = self.functions.get(function.name[1:])
            if target is not None:
                return self.invoke(target, (element(source),), {})
        if function.name == "chr":
            return Value(tags=source.all_tags() | {"dec:chr"})
        return Value(tags=source.all_tags())

    def _local(self, call: Call, node: ast.Call, scope: Scope) -> Value:
        name = call.name[1:]
        target = self.functions.get(name)
        if target is not None:
            result = self.invoke(target, call.args, call.kwargs, call.receiver)
            if result.known or not self.deep or not all(value.known for value in call.args) or not target.computes:
                return result
            return self._computed_call(call, node, target, scope, result)
        if name in self.facts.classes:
            self._edge(scope, f"~{name}.__init__")
            maker = self.functions.get(f"{name}.__init__")
            if maker is not None:
                self.invoke(maker, (Value(name="@self"), *call.args), call.kwargs)
            return Value(name=f"~{name}()")
        return Value(tags=call.tags())

    def _computed_call(self, call: Call, node: ast.Call, target: Function, scope: Scope, result: Value) -> Value:
        """Compute a decoder function of the file, when its arguments are constants."""
        args = list(call.args)
        if call.receiver.name == "@self":
            return result
        if target.misses > 3 or not all(value.known for value in (*args, *call.kwargs.values())) or "**" in call.kwargs:
            return result
        function = target.node
        if isinstance(function, ast.AsyncFunctionDef):
            return result
        try:
            const = self.concrete(
                node,
                target.owner,
                lambda find: self.machine.call(
                    function, [value.const for value in args], {k: v.const for k, v in call.kwargs.items()}, find
                ),
            )
        except Unable:
            target.misses += 1
            return result
        steps = next((value.steps for value in args if value.steps), ())
        tags = result.tags.union(*(value.tags for value in args))
        return self.computed(const, tags, steps)

    def _indirect(self, call: Call, node: ast.Call, scope: Scope) -> None:
        # Thread(target=os.system, args=(command,)): what it will call, as if it were called here.
        position, keyword, rest = _INDIRECT[call.name]
        target = call.arg(position, keyword)
        if not target.name:
            return
        given = call.kwargs.get("args", call.arg(rest) if rest >= 0 else UNKNOWN)
        args = given.items or ()
        if rest < 0:
            args = call.args[position + 1 :]
        if target.name[:1] == "~":
            function = self.functions.get(target.name[1:])
            if function is not None and args:
                self.invoke(function, tuple(args), {})
            return
        attr = target.name.rpartition(".")[2]
        made = replace(call, name=target.name, attr=attr, args=tuple(args), kwargs={}, place=(*call.place, 1))
        self._record(made)
        after_call(self, made, node, scope, UNKNOWN)

    def code_object(self, data: bytes, call: Call) -> None:
        """Note the texts and names of a marshalled code object that is executed."""
        found = py_marshal.read(data)
        if found is None:
            return
        line = self.layer_line or call.line
        self.facts.strings.extend((text, line) for text in found.strings if len(text) >= 4)
        self.facts.attributes.extend((name, line) for name in found.names)
        self.facts.code_names.update(found.names)
        for inner in found.data[:8]:
            text = py_marshal.unpacked(inner)
            if text:
                self.read_layer(
                    text, self.apart(Scope("module", call.scope, None)), line, (*call.args[0].steps, "zlib")
                )

    def invoke(
        self, target: Function, args: tuple[Value, ...], kwargs: dict[str, Value], receiver: Value = UNKNOWN
    ) -> Value:
        """Enter one of the file's own functions, as far as the bounds allow."""
        parameters = target.node.args
        names = [argument.arg for argument in (*parameters.posonlyargs, *parameters.args)]
        if names[:1] in (["self"], ["cls"]) and "." in target.qual and (not args or args[0].name != "@self"):
            args = (Value(name="@self"), *args)
        informed = any(value.known or value.tags or value.name or value.items for value in (*args, *kwargs.values()))
        if (
            target.qual in self.active
            or len(self.active) >= INLINE_DEPTH
            or target.entered >= target.limit
            or not informed
        ):
            if target.summary is None and target.qual not in self.active and len(self.active) < INLINE_DEPTH:
                target.summary = UNKNOWN
                target.summary = self.enter(target, {})
            carried: frozenset[str] = frozenset()
            for value in (*args, *kwargs.values()):
                carried |= value.all_tags()
            return (target.summary or UNKNOWN).with_tags(carried if target.summary is None else ())
        target.entered += 1
        key = _print((*args, *kwargs.values()), 0)
        if key is not None:
            key = (key, len(args), tuple(kwargs), self.layer, self.layer_line)
            known = target.known.get(key)
            if known is not None and known[0] == self.version and known[1] <= len(self.active):
                return known[2]
        given = dict(zip(names, args, strict=False))
        if parameters.vararg is not None and len(args) > len(names):
            given[parameters.vararg.arg] = Value(items=tuple(args[len(names) :]))
        given.update({key: value for key, value in kwargs.items() if key != "**"})
        version = self.version
        result = self.enter(target, given)
        if key is not None and version == self.version:
            target.known[key] = (self.version, len(self.active), result)
        return result

    def _edge(self, scope: Scope, name: str) -> None:
        target = name[1:].removesuffix("()")
        self.facts.edges.setdefault(scope.qual, set()).add(target)


_SPECIAL = frozenset(
    {
        "getattr", "__import__", "importlib.import_module", "importlib.__import__", "eval", "exec", "compile", "map",
        "open", "io.open", "codecs.open", "os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault",
        "vars", "globals", "locals", "operator.attrgetter", "codecs.getencoder", "codecs.getdecoder",
        "globals().get", "locals().get", "vars().get", "builtins.get", "get", "globals().__getitem__",
        "builtins.__dict__.get", "builtins.__getitem__", "globals().setdefault",
    }
)  # fmt: skip
_TABLES = frozenset(
    {
        "globals().get", "locals().get", "vars().get", "get", "builtins.__dict__.get", "globals().__getitem__",
        "builtins.__getitem__", "builtins.get", "globals().setdefault",
    }
)  # fmt: skip
"""Look-ups in the tables of names. NOTE: `builtins.get` is read as `get`, the built-ins' names stand alone."""
_INDIRECT: dict[str, tuple[int, str, int]] = {
    "threading.Thread": (1, "target", 3), "threading.Timer": (1, "function", 2),
    "multiprocessing.Process": (1, "target", 3),
    "_thread.start_new_thread": (0, "function", 1), "thread.start_new_thread": (0, "function", 1),
    "asyncio.to_thread": (0, "func", -1), "atexit.register": (0, "func", -1), "functools.partial": (0, "func", -1),
}  # fmt: skip
"""Calls that call something else: position and name of the function, position of its arguments (-1: what follows)."""
_READERS = frozenset({"exec", "eval", "compile", "print", "len", "str", "bytes", "marshal.loads"}) | py_decode.NAMES
"""Calls that are read otherwise, or pass decoded content on."""
DECODED = 24
"""Shortest decoded content that is kept for a look."""
DECODED_KEPT = 40
_NONE: frozenset[str] = frozenset()
_RECORDED = frozenset(
    {
        "screen",
        "camera",
        "keys",
        "clip",
        "secret:home",
        "secret:ssh",
        "secret:cloud",
        "secret:wallet",
        "secret:browser",
        "secret:discord",
    }
)
_WALKERS = frozenset({"zip", "enumerate", "iter", "itertools.cycle", "reversed", "bytearray", "itertools.zip_longest"})


def _print(values: Iterable[Value], depth: int) -> object:
    """Return what tells these values from others, or None when that would cost too much."""
    out: list[object] = []
    for value in values:
        if value is UNKNOWN:
            out.append(None)
            continue
        const = value.const
        inner: object = None
        if value.items is not None:
            if len(value.items) > 20 or depth > 2:
                return None
            inner = _print(value.items, depth + 1)
            if inner is None:
                return None
            const = None
        elif isinstance(const, list | tuple | dict):
            return None
        out.append((const, value.tags, value.name, value.shape, inner))
    return tuple(out)


def _plain(node: ast.Call, text: str) -> bool:
    """Tell whether the first argument is a literal that spells the text as it is: no escapes, no arithmetic."""
    literal = node.args[0] if node.args else None
    if not isinstance(literal, ast.Constant) or literal.end_col_offset is None:
        return False
    return literal.end_lineno == literal.lineno and literal.end_col_offset - literal.col_offset == len(text) + 2
