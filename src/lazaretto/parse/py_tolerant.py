"""Python 2 and broken files: tree-sitter's tolerant tree, turned into the `ast` nodes that `py_flow` reads.

Only what rules look at is translated (imports, assignments, calls, texts, operators, functions, classes); `print`
and `exec` statements of Python 2 become calls. What tree-sitter could not make sense of is skipped, the rest is read.
"""

import ast
import re
from functools import cache
from types import EllipsisType
from typing import TypeVar

import tree_sitter_python
from tree_sitter import Language, Node, Parser

DEPTH = 120
_EXEC = re.compile(rb"^([ \t]*)exec[ \t]+([^\s(=.,)][^\n#]{0,4000})$", re.MULTILINE)
"""Python 2's statement with anything but a name or a text, which the grammar does not know."""
_Placed = TypeVar("_Placed", bound=ast.AST)
_BINARY: dict[str, ast.operator] = {
    "+": ast.Add(), "-": ast.Sub(), "*": ast.Mult(), "/": ast.Div(), "//": ast.FloorDiv(), "%": ast.Mod(),
    "**": ast.Pow(), "<<": ast.LShift(), ">>": ast.RShift(), "|": ast.BitOr(), "^": ast.BitXor(), "&": ast.BitAnd(),
}  # fmt: skip
_BODIES = {
    "block",
    "else_clause",
    "elif_clause",
    "except_clause",
    "except_group_clause",
    "finally_clause",
    "case_clause",
}


@cache
def _language() -> Language:
    return Language(tree_sitter_python.language())


def parse(data: bytes) -> ast.Module:
    """Return a module with every statement that could be understood. Never raises for what the file holds."""
    root = Parser(_language()).parse(_EXEC.sub(rb"\1exec(\2)", data)).root_node
    return ast.Module(body=_Translator().body(root, 0), type_ignores=[])


class _Translator:
    """One file's translation."""

    def body(self, node: Node, depth: int) -> list[ast.stmt]:
        """Translate the statements below a node."""
        out: list[ast.stmt] = []
        if depth > DEPTH:
            return out
        for child in node.named_children:
            out.extend(self.statement(child, depth + 1))
        return out

    def statement(self, node: Node, depth: int) -> list[ast.stmt]:
        """Translate one statement; a compound one keeps its bodies."""
        kind = node.type
        if kind == "expression_statement":
            return [self._place(self._expression_statement(child, depth), child) for child in node.named_children]
        if kind in {"import_statement", "import_from_statement", "future_import_statement"}:
            return self._import(node)
        if kind == "print_statement":
            return [self._called("print", [c for c in node.named_children if c.type != "chevron"], node, depth)]
        if kind == "exec_statement":
            return [self._called("exec", node.named_children[:1], node, depth)]
        if kind in {"return_statement", "raise_statement", "assert_statement", "delete_statement"}:
            values = [self.expression(child, depth + 1) for child in node.named_children]
            if kind == "return_statement":
                return [self._place(ast.Return(value=values[0] if values else None), node)]
            return [self._place(ast.Expr(value=value), node) for value in values]
        if kind == "function_definition":
            return [self._function(node, depth)]
        if kind == "decorated_definition":
            inner = node.child_by_field_name("definition")
            return self.statement(inner, depth + 1) if inner is not None else []
        if kind == "class_definition":
            return [self._class(node, depth)]
        if kind == "if_statement":
            test = self.expression(node.child_by_field_name("condition"), depth + 1)
            body = self._block(node.child_by_field_name("consequence"), depth)
            others = [
                s
                for child in node.named_children
                if child.type in _BODIES - {"block"}
                for s in self.body(child, depth + 1)
            ]
            return [self._place(ast.If(test=test, body=body, orelse=others), node)]
        if kind == "for_statement":
            return [
                self._place(
                    ast.For(
                        target=self._target(self.expression(node.child_by_field_name("left"), depth + 1)),
                        iter=self.expression(node.child_by_field_name("right"), depth + 1),
                        body=self._block(node.child_by_field_name("body"), depth),
                        orelse=[],
                    ),
                    node,
                )
            ]
        if kind == "with_statement":
            return self._with(node, depth)
        if kind in {"while_statement", "try_statement", "match_statement", *_BODIES, "ERROR", "module"}:
            out: list[ast.stmt] = []
            for child in node.named_children:
                if child.type in _BODIES or child.type.endswith(("statement", "definition")):
                    out.extend(
                        self.statement(child, depth + 1) if child.type not in _BODIES else self.body(child, depth + 1)
                    )
                elif kind == "ERROR" or kind in {"while_statement", "except_clause"}:
                    out.append(self._place(ast.Expr(value=self.expression(child, depth + 1)), child))
            return out
        if kind == "comment":
            return []
        return [self._place(ast.Expr(value=self.expression(node, depth + 1)), node)]

    def _block(self, node: Node | None, depth: int) -> list[ast.stmt]:
        return self.body(node, depth + 1) if node is not None else []

    def _expression_statement(self, node: Node, depth: int) -> ast.stmt:
        if node.type in {"assignment", "augmented_assignment"}:
            left = self._target(self.expression(node.child_by_field_name("left"), depth + 1))
            right_node = node.child_by_field_name("right")
            if right_node is not None and right_node.type == "assignment":  # a = b = c
                right = self.expression(right_node.child_by_field_name("right"), depth + 1)
            else:
                right = self.expression(right_node, depth + 1)
            if node.type == "augmented_assignment" and isinstance(left, ast.Name | ast.Attribute | ast.Subscript):
                sign = node.child_by_field_name("operator")
                text = _text(sign)[:-1] if sign is not None else "+"
                return ast.AugAssign(target=left, op=_BINARY.get(text, ast.Add()), value=right)
            return ast.Assign(targets=[left], value=right)
        return ast.Expr(value=self.expression(node, depth + 1))

    def _called(self, name: str, arguments: list[Node], node: Node, depth: int) -> ast.stmt:
        function = self._place(ast.Name(id=name, ctx=ast.Load()), node)
        call = ast.Call(func=function, args=[self.expression(item, depth + 1) for item in arguments], keywords=[])
        return self._place(ast.Expr(value=self._place(call, node)), node)

    def _import(self, node: Node) -> list[ast.stmt]:
        names: list[ast.alias] = []
        module = node.child_by_field_name("module_name")
        for child in node.named_children:
            if child == module:
                continue
            if child.type == "aliased_import":
                names.append(
                    ast.alias(
                        name=_text(child.child_by_field_name("name")), asname=_text(child.child_by_field_name("alias"))
                    )
                )
            elif child.type == "dotted_name":
                names.append(ast.alias(name=_text(child)))
            elif child.type == "wildcard_import":
                names.append(ast.alias(name="*"))
        if not names:
            return []
        if module is None:
            return [self._place(ast.Import(names=names), node)]
        text = _text(module)
        level = len(text) - len(text.lstrip("."))
        return [self._place(ast.ImportFrom(module=text[level:] or None, names=names, level=level), node)]

    def _function(self, node: Node, depth: int) -> ast.stmt:
        return self._place(
            ast.FunctionDef(
                name=_text(node.child_by_field_name("name")) or "_",
                args=self._parameters(node.child_by_field_name("parameters")),
                body=self._block(node.child_by_field_name("body"), depth),
                decorator_list=[],
            ),
            node,
        )

    def _parameters(self, node: Node | None) -> ast.arguments:
        names: list[str] = []
        for child in node.named_children if node is not None else ():
            name = child if child.type == "identifier" else child.child_by_field_name("name")
            if name is None and child.named_children and child.type == "typed_parameter":
                name = child.named_children[0]
            if name is not None and name.type == "identifier":
                names.append(_text(name))
        return ast.arguments(
            posonlyargs=[], args=[ast.arg(arg=n) for n in names], kwonlyargs=[], kw_defaults=[], defaults=[]
        )

    def _class(self, node: Node, depth: int) -> ast.stmt:
        bases = node.child_by_field_name("superclasses")
        return self._place(
            ast.ClassDef(
                name=_text(node.child_by_field_name("name")) or "_",
                bases=[
                    self.expression(b, depth + 1)
                    for b in (bases.named_children if bases is not None else ())
                    if b.type != "keyword_argument"
                ],
                keywords=[],
                body=self._block(node.child_by_field_name("body"), depth),
                decorator_list=[],
            ),
            node,
        )

    def _with(self, node: Node, depth: int) -> list[ast.stmt]:
        items: list[ast.withitem] = []
        stack = [child for child in node.named_children if child.type == "with_clause"]
        for clause in stack:
            for item in clause.named_children:
                value = item.child_by_field_name("value") if item.type == "with_item" else item
                if value is None:
                    continue
                if value.type == "as_pattern":
                    alias = value.child_by_field_name("alias")
                    target = (
                        self._target(self.expression(alias.named_children[0], depth + 1))
                        if alias is not None and alias.named_children
                        else None
                    )
                    items.append(
                        ast.withitem(
                            context_expr=self.expression(value.named_children[0], depth + 1), optional_vars=target
                        )
                    )
                else:
                    items.append(ast.withitem(context_expr=self.expression(value, depth + 1)))
        return [self._place(ast.With(items=items, body=self._block(node.child_by_field_name("body"), depth)), node)]

    # -- expressions

    def expression(self, node: Node | None, depth: int) -> ast.expr:
        """Translate an expression; what is not understood becomes `...`, with its parts kept."""
        if node is None or depth > DEPTH:
            return ast.Constant(value=..., lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)
        return self._place(self._expression(node, depth), node)

    def _expression(self, node: Node, depth: int) -> ast.expr:
        kind = node.type
        if kind == "identifier":
            return ast.Name(id=_text(node), ctx=ast.Load())
        if kind == "string":
            return self._string(node, depth)
        if kind == "concatenated_string":
            parts = [self.expression(child, depth + 1) for child in node.named_children[:200]]
            whole = parts[0]
            for part in parts[1:]:
                whole = self._place(ast.BinOp(left=whole, op=ast.Add(), right=part), node)
            return whole
        if kind in {"integer", "float", "true", "false", "none"}:
            return ast.Constant(value=_number(_text(node)))
        if kind == "call":
            return self._call(node, depth)
        if kind == "attribute":
            attribute = node.child_by_field_name("attribute")
            return ast.Attribute(
                value=self.expression(node.child_by_field_name("object"), depth + 1),
                attr=_text(attribute),
                ctx=ast.Load(),
            )
        if kind == "subscript":
            index = node.child_by_field_name("subscript")
            return ast.Subscript(
                value=self.expression(node.child_by_field_name("value"), depth + 1),
                slice=self.expression(index, depth + 1),
                ctx=ast.Load(),
            )
        if kind == "slice":
            return self._slice(node, depth)
        if kind == "binary_operator":
            operator = node.child_by_field_name("operator")
            return ast.BinOp(
                left=self.expression(node.child_by_field_name("left"), depth + 1),
                op=_BINARY.get(_text(operator), ast.Add()),
                right=self.expression(node.child_by_field_name("right"), depth + 1),
            )
        if kind in {"list", "tuple", "set", "expression_list", "pattern_list"}:
            return ast.List(
                elts=[self.expression(child, depth + 1) for child in node.named_children if child.type != "comment"],
                ctx=ast.Load(),
            )
        if kind == "dictionary":
            pairs = [child for child in node.named_children if child.type == "pair"]
            return ast.Dict(
                keys=[self.expression(pair.child_by_field_name("key"), depth + 1) for pair in pairs],
                values=[self.expression(pair.child_by_field_name("value"), depth + 1) for pair in pairs],
            )
        if kind == "lambda":
            return ast.Lambda(
                args=self._parameters(node.child_by_field_name("parameters")),
                body=self.expression(node.child_by_field_name("body"), depth + 1),
            )
        if kind == "unary_operator" and node.named_children:
            sign = ast.USub() if _text(node).startswith("-") else ast.UAdd()
            return ast.UnaryOp(op=sign, operand=self.expression(node.named_children[0], depth + 1))
        if kind in {"list_comprehension", "generator_expression", "set_comprehension"}:
            return self._comprehension(node, depth)
        if (
            kind
            in {
                "parenthesized_expression",
                "await",
                "named_expression",
                "list_splat",
                "dictionary_splat",
                "keyword_argument",
            }
            and node.named_children
        ):
            return self.expression(node.named_children[-1], depth + 1)
        children = [self.expression(child, depth + 1) for child in node.named_children[:200] if child.type != "comment"]
        if len(children) == 1:
            return children[0]
        return ast.BoolOp(op=ast.Or(), values=children) if children else ast.Constant(value=...)

    def _call(self, node: Node, depth: int) -> ast.expr:
        arguments = node.child_by_field_name("arguments")
        args: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        if arguments is not None and arguments.type == "generator_expression":
            args.append(self.expression(arguments, depth + 1))
        elif arguments is not None:
            for child in arguments.named_children:
                if child.type == "keyword_argument":
                    value = self.expression(child.child_by_field_name("value"), depth + 1)
                    keywords.append(ast.keyword(arg=_text(child.child_by_field_name("name")), value=value))
                elif child.type != "comment":
                    args.append(self.expression(child, depth + 1))
        return ast.Call(
            func=self.expression(node.child_by_field_name("function"), depth + 1), args=args, keywords=keywords
        )

    def _slice(self, node: Node, depth: int) -> ast.expr:
        parts: list[ast.expr | None] = [None]
        for child in node.children:
            if child.type == ":":
                parts.append(None)
            else:
                parts[-1] = self.expression(child, depth + 1)
        parts += [None] * (3 - len(parts))
        return ast.Slice(lower=parts[0], upper=parts[1], step=parts[2])

    def _comprehension(self, node: Node, depth: int) -> ast.expr:
        generators: list[ast.comprehension] = []
        for child in node.named_children:
            if child.type == "for_in_clause":
                generators.append(
                    ast.comprehension(
                        target=self._target(self.expression(child.child_by_field_name("left"), depth + 1)),
                        iter=self.expression(child.child_by_field_name("right"), depth + 1),
                        ifs=[],
                        is_async=0,
                    )
                )
            elif child.type == "if_clause" and generators:
                generators[-1].ifs.extend(self.expression(part, depth + 1) for part in child.named_children)
        body = self.expression(node.child_by_field_name("body"), depth + 1)
        return ast.GeneratorExp(elt=body, generators=generators) if generators else body

    def _string(self, node: Node, depth: int) -> ast.expr:
        inner = [child for child in node.named_children if child.type == "interpolation"]
        if inner:
            values: list[ast.expr] = []
            for child in node.named_children:
                if child.type == "string_content":
                    values.append(self._place(ast.Constant(value=_text(child)), child))
                elif child.type == "interpolation" and child.named_children:
                    value = self.expression(child.named_children[0], depth + 1)
                    values.append(self._place(ast.FormattedValue(value=value, conversion=-1), child))
            return ast.JoinedStr(values=values)
        return ast.Constant(value=_literal(_text(node)))

    def _target(self, node: ast.expr) -> ast.expr:
        return (
            node
            if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.List)
            else ast.Name(id="_", ctx=ast.Store(), lineno=1, col_offset=0)
        )

    def _place(self, new: _Placed, node: Node) -> _Placed:
        if not hasattr(new, "lineno"):
            new.lineno = node.start_point[0] + 1  # type: ignore[attr-defined]
            new.col_offset = node.start_point[1]  # type: ignore[attr-defined]
            new.end_lineno = node.end_point[0] + 1  # type: ignore[attr-defined]
            new.end_col_offset = node.end_point[1]  # type: ignore[attr-defined]
        return new


def _text(node: Node | None) -> str:
    return node.text.decode("utf-8", "replace") if node is not None and node.text is not None else ""


def _number(text: str) -> int | bool | EllipsisType | None:
    match text:
        case "True" | "False" | "None":
            return {"True": True, "False": False, "None": None}[text]
    try:
        return int(text.rstrip("lL").replace("_", ""), 0)
    except ValueError:
        pass
    try:
        return int(text.rstrip("lL"), 8)
    except ValueError:
        return ...


def _literal(text: str) -> str | bytes:
    try:
        tree = ast.parse(text.lstrip("uU"), mode="eval")
        if isinstance(tree.body, ast.Constant) and isinstance(tree.body.value, str | bytes):
            return tree.body.value
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    return text.strip("\"'")
