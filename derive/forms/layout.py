"""Lines of generated source that are too long, broken as the formatters of Python break them.

A sum or product stands in round brackets, an operator at the head of each line; a call has its arguments on a line of
their own, or on a line each.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

WIDTH = 120
_INDENT = 4
_PRECEDENCE = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.MatMult: 2, ast.FloorDiv: 2, ast.Mod: 2}
_PAIRS = {")": "(", "]": "[", "}": "{"}


def laid_out(source: str) -> str:
    """The source with its long statements broken; other lines stay as they are."""
    return "\n".join(part for line in source.split("\n") for part in _line(line))


def _line(line: str) -> Iterator[str]:
    text = line.lstrip()
    indent = len(line) - len(text)
    try:
        statement = ast.parse(text).body if len(line) > WIDTH else []
    except SyntaxError:  # the head of a block, or part of a statement
        statement = []
    match statement:
        case [ast.Assign(targets=[ast.expr(end_col_offset=int(end))])]:
            head = end + len(" = ")
        case [ast.AugAssign(target=target)]:
            head = text.index("= ", target.end_col_offset) + len("= ")
        case [ast.Return()]:
            head = len("return ")
        case [ast.Expr()]:
            head = 0
        case _:
            yield line
            return
    value, lead = text[head:], text[:head]
    if isinstance(_parsed(value), ast.BinOp | ast.IfExp) and not _in_brackets(value):
        value = f"({value})"
    yield from _broken(value, indent, lead, "")


def _broken(text: str, indent: int, lead: str, tail: str) -> Iterator[str]:
    """An expression between ``lead`` and ``tail``, on one line if it fits; it stands in brackets or has its own."""
    line = f"{' ' * indent}{lead}{text}{tail}"
    node = _parsed(text)
    if len(line) <= WIDTH:
        yield line
    elif _in_brackets(text):
        yield f"{' ' * indent}{lead}("
        yield from _broken(text[1:-1], indent + _INDENT, "", "")
        yield f"{' ' * indent}){tail}"
    elif isinstance(node, ast.BinOp) and type(node.op) in _PRECEDENCE:
        (_, first), *others = _operands(text)
        yield from _broken(first, indent, lead, "")
        for k, (operator, operand) in enumerate(others):
            yield from _broken(operand, indent, f"{operator} ", tail if k == len(others) - 1 else "")
    elif isinstance(node, ast.IfExp):
        at, then = text.index(" if ", node.body.end_col_offset), text.index(" else ", node.test.end_col_offset)
        yield from _broken(text[:at], indent, lead, "")
        yield from _broken(text[at + len(" if ") : then], indent, "if ", "")
        yield from _broken(text[then + len(" else ") :], indent, "else ", tail)
    elif isinstance(node, ast.Call | ast.Dict | ast.Tuple | ast.List) and text[-1] in _PAIRS:
        yield from _arguments(text, indent, lead, tail)
    else:
        yield line


def _arguments(text: str, indent: int, lead: str, tail: str) -> Iterator[str]:
    """A call, its arguments on a line of their own if they fit, else on a line each."""
    opening = _opening(text)
    inside = text[opening + 1 : -1]
    yield f"{' ' * indent}{lead}{text[: opening + 1]}"
    parts = _parts(inside)
    if indent + _INDENT + len(inside) <= WIDTH:
        yield f"{' ' * (indent + _INDENT)}{inside}"
    else:
        for part in parts:
            name, sign, value = part.partition("=")
            named = sign and name.isidentifier() and not value.startswith("=")
            end = "," if len(parts) > 1 else ""
            yield from _broken(value if named else part, indent + _INDENT, f"{name}=" if named else "", end)
    yield f"{' ' * indent}{text[-1]}{tail}"


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _in_brackets(text: str) -> bool:
    """Whether an expression stands in round brackets as a whole."""
    return text[0] == "(" and text[-1] == ")" and _opening(text) == 0 and not isinstance(_parsed(text), ast.Tuple)


def _opening(text: str) -> int:
    """Where the bracket opens that the last character closes."""
    depth = 0
    for k in range(len(text) - 1, -1, -1):
        depth += (text[k] in _PAIRS) - (text[k] in _PAIRS.values())
        if depth == 0:
            return k
    raise ValueError(f"brackets do not match: {text}")


def _parts(text: str) -> list[str]:
    """What stands between the commas that are in no brackets and no quotes."""
    parts, depth, start, quoted = [], 0, 0, False
    for k, character in enumerate(text):
        quoted ^= character == '"'
        depth += (character in _PAIRS.values()) - (character in _PAIRS)
        if character == "," and depth == 0 and not quoted:
            parts.append(text[start:k].strip())
            start = k + 1
    return [*parts, text[start:].strip()]


def _operands(text: str) -> list[tuple[str, str]]:
    """(operator, operand) of a sum or a product, from left to right; the first has no operator."""
    node = _parsed(text)
    if not isinstance(node, ast.BinOp) or type(node.op) not in _PRECEDENCE or _in_brackets(text):
        return [("", text)]
    at = node.left.end_col_offset or 0
    while text[at] in " )":  # brackets around the left operand
        at += 1
    end = text.index(" ", at)
    left, operator, right = text[:at].rstrip(), text[at:end], text[end:].lstrip()
    inner = _parsed(left)
    if isinstance(inner, ast.BinOp) and _PRECEDENCE.get(type(inner.op)) == _PRECEDENCE[type(node.op)]:
        return [*_operands(left), (operator, right)]
    return [("", left), (operator, right)]
