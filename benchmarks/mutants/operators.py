"""What may go wrong at one place of a program: each function here takes a node and gives the edits that each
make one fault of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from benchmarks.mutants.source import Edit, Source

COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<", "<=", ">="),
    ast.LtE: ("<=", "<", ">"),
    ast.Gt: (">", ">=", "<="),
    ast.GtE: (">=", ">", "<"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}
"""As it is written, then what it may become."""

ARITHMETIC: dict[type[ast.operator], tuple[str, ...]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "//"),
    ast.Pow: ("**", "*"),
    ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
    ast.BitXor: ("^", "&"),
}

NAMES = {
    "min": "max",
    "minimum": "maximum",
    "argmin": "argmax",
    "any": "all",
    "floor": "ceil",
    "startswith": "endswith",
}
NAMES |= {new: old for old, new in NAMES.items()}
"""Functions that are easily taken for each other."""

COMMUTES = {"min", "max", "minimum", "maximum", "hypot", "gcd", "isinstance", "issubclass", "isclose"}
"""Exchanging their arguments changes nothing, or (isinstance) nothing but that it fails at once."""

GETTERS = {"get", "pop", "setdefault"}


def edits_of(source: Source, node: ast.AST) -> Iterator[Edit]:
    """Every edit that makes one fault of this node itself, not of those within it."""
    match node:
        case ast.Compare():
            yield from _compared(source, node)
        case ast.BinOp():
            yield from _calculated(source, node)
        case ast.AugAssign():
            yield from _added_to(source, node)
        case ast.BoolOp():
            yield from _joined(source, node)
        case ast.UnaryOp():
            yield from _signed(source, node)
        case ast.Constant():
            yield from _constant(source, node)
        case ast.Call():
            yield from _called(source, node)
        case ast.Return():
            yield from _returned(source, node)
        case ast.If() | ast.While() | ast.IfExp():
            yield from _negated(source, node.test)
        case ast.comprehension():
            for test in node.ifs:
                yield from _negated(source, test)
        case ast.Expr(value=ast.Call()):
            yield source.replace(node, b"pass", "call dropped")
        case ast.Raise():
            yield source.replace(node, b"pass", "raise dropped")
        case ast.Break() | ast.Continue():
            yield source.replace(node, b"pass", "jump dropped")
        case ast.Assign():
            yield from _assigned(source, node)


def _compared(source: Source, node: ast.Compare) -> Iterator[Edit]:
    operands = [node.left, *node.comparators]
    for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
        old, *others = COMPARISONS[type(operator)]
        pattern = rb"\s+".join(re.escape(word) for word in old.encode().split())
        for new in others:
            if edit := source.between(left, right, pattern, new.encode(), "comparison"):
                yield edit


def _calculated(source: Source, node: ast.BinOp) -> Iterator[Edit]:
    old, new = ARITHMETIC[type(node.op)]
    if isinstance(node.op, ast.BitOr) and _is_type(node):
        return
    if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant | ast.JoinedStr):
        return
    if edit := source.between(node.left, node.right, re.escape(old.encode()), new.encode(), "arithmetic"):
        yield edit


def _is_type(node: ast.expr) -> bool:
    """Whether `A | B` joins types: one of them is None, or has a class's name."""
    match node:
        case ast.BinOp(op=ast.BitOr()):
            return _is_type(node.left) or _is_type(node.right)
        case ast.Constant(value=None):
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in {"int", "float", "str", "bytes", "bool"} or (
                name[:1].isupper() and not name.isupper()
            )
        case ast.Subscript():
            return _is_type(node.value)
    return False


def _added_to(source: Source, node: ast.AugAssign) -> Iterator[Edit]:
    old, new = ARITHMETIC[type(node.op)]
    pattern = re.escape(old.encode() + b"=")
    if edit := source.between(node.target, node.value, pattern, new.encode() + b"=", "arithmetic"):
        yield edit
    yield source.replace(node, b"pass", "assignment dropped")


def _joined(source: Source, node: ast.BoolOp) -> Iterator[Edit]:
    old, new = (b"and", b"or") if isinstance(node.op, ast.And) else (b"or", b"and")
    for left, right in zip(node.values, node.values[1:], strict=False):
        if edit := source.between(left, right, rb"\b%s\b" % old, new, "and, or"):
            yield edit


def _signed(source: Source, node: ast.UnaryOp) -> Iterator[Edit]:
    start = source.start(node)
    if isinstance(node.op, ast.Not):
        word = re.match(rb"not\s*", source.text[start:])
        assert word is not None
        yield Edit(start, start + word.end(), b"", "not dropped")
    elif isinstance(node.op, ast.USub):
        yield Edit(start, start + 1, b"", "sign")


def _constant(source: Source, node: ast.Constant) -> Iterator[Edit]:
    value = node.value
    if isinstance(value, bool):
        yield source.replace(node, str(not value).encode(), "true, false")
    elif isinstance(value, int):
        for other in (value + 1, value - 1):
            yield source.replace(node, _number(other), "integer")
    elif isinstance(value, float):
        yield source.replace(node, repr(value * 1.5 if value else 1.0).encode(), "float")
        if value:
            yield source.replace(node, b"(%s)" % repr(-value).encode(), "sign")
    elif isinstance(value, str) and value and _is_key(source, node):
        words = source.words(node)
        yield source.replace(node, words[:-1] + b"_" + words[-1:], "string key")


def _number(value: int) -> bytes:
    return b"%d" % value if value >= 0 else b"(%d)" % value


def _is_key(source: Source, node: ast.Constant) -> bool:
    """Whether a string names something (a key, one side of a comparison) rather than tells something."""
    parent = source.parents[node]
    match parent:
        case ast.Subscript(slice=index):
            named = (
                parent.value.attr if isinstance(parent.value, ast.Attribute) else ast.unparse(parent.value)
            )
            return index is node and named != "Literal"
        case ast.Dict():
            return node in parent.keys
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in GETTERS and parent.args[:1] == [node]
        case ast.Compare() | ast.MatchValue():
            return True
    return False


def _called(source: Source, node: ast.Call) -> Iterator[Edit]:
    name = node.func
    if isinstance(name, ast.Name) and name.id in NAMES:
        yield source.replace(name, NAMES[name.id].encode(), "function")
    elif isinstance(name, ast.Attribute) and name.attr in NAMES:
        stop = source.stop(name)
        yield Edit(stop - len(name.attr), stop, NAMES[name.attr].encode(), "function")
    called = name.id if isinstance(name, ast.Name) else name.attr if isinstance(name, ast.Attribute) else ""
    if called in COMMUTES:
        return
    for left, right in zip(node.args, node.args[1:], strict=False):
        if isinstance(left, ast.Starred | ast.GeneratorExp) or isinstance(
            right, ast.Starred | ast.GeneratorExp
        ):
            continue
        if ast.dump(left) != ast.dump(right):
            gap = source.text[source.stop(left) : source.start(right)]
            if gap.strip() == b",":  # brackets around an argument are not part of its node
                text = source.words(right) + gap + source.words(left)
                yield Edit(source.start(left), source.stop(right), text, "arguments exchanged")


def _returned(source: Source, node: ast.Return) -> Iterator[Edit]:
    if node.value is None or isinstance(node.value, ast.Constant):
        return
    function: ast.AST = node
    while not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        function = source.parents[function]
    told = ast.unparse(function.returns) if function.returns else ""
    others = {"bool": (b"True", b"False"), "int": (b"0",), "float": (b"0.0",), "str": (b'""',)}
    for text in others.get(told, (b"None",)):
        yield source.replace(node.value, text, "returned constant")


def _negated(source: Source, test: ast.expr) -> Iterator[Edit]:
    if not (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)):
        yield source.replace(test, b"not (%s)" % source.words(test), "condition negated")


def _assigned(source: Source, node: ast.Assign) -> Iterator[Edit]:
    """Dropped where there is a former value to keep: of an attribute, an item, or a name assigned before."""
    if len(node.targets) != 1:
        return
    target = node.targets[0]
    if isinstance(target, ast.Attribute | ast.Subscript) or (
        isinstance(target, ast.Name) and _had_a_value(source, node, target.id)
    ):
        yield source.replace(node, b"pass", "assignment dropped")


def _had_a_value(source: Source, node: ast.Assign, name: str) -> bool:
    function = source.parents.get(node)
    while function is not None and not isinstance(function, ast.FunctionDef):
        function = source.parents.get(function)
    if function is None:
        return False
    told = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    if any(argument.arg == name for argument in told):
        return True
    return any(
        isinstance(other, ast.Name)
        and other.id == name
        and isinstance(other.ctx, ast.Store)
        and other.lineno < node.lineno
        for other in ast.walk(function)
    )
