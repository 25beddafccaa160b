"""Elementwise functions as they are printed: a symbol before its arguments, a shape such as a root, or a formula."""

from __future__ import annotations

from functools import cache

from derive.language.expr import Expr
from derive.language.functions import TABLE
from derive.language.parser import parse_expression
from derive.language.scope import Scope
from derive.language.system import Tensor
from derive.rendering import formula as F


def applied(function: str, arguments: tuple[F.Formula, ...]) -> F.Formula:
    """A function of arguments; primes at the end of its name are those of its derivative."""
    name = function.rstrip("'")
    primes = len(function) - len(name)
    notation = TABLE[name].notation if name in TABLE else name
    match notation if not primes else "":
        case "e^x":
            return exponential(arguments[0])
        case "√x":
            return F.Root(arguments[0])
        case "|x|":
            return F.fenced("|", arguments[0], "|")
    if name in TABLE and not TABLE[name].arguments:
        return F.Name(name, name)
    symbol = F.Function(notation if notation.isidentifier() else name, primes)
    return F.row(symbol, F.fenced("(", F.joined(arguments, F.COMMA), ")"))


def exponential(argument: F.Formula) -> F.Formula:
    """e to a power, or exp(…) where the exponent is too tall for that."""
    if any(isinstance(f, F.Fraction | F.Big | F.Marked) for f in F.walk(argument)):
        return F.row(F.Function("exp"), F.fenced("(", argument, ")"))
    return F.Script(F.Name("e", "e"), above=argument)


@cache
def written_out(function: str) -> Expr | None:
    """The formula that a function stands for, over its arguments as scalars; None for one with a symbol or a shape."""
    row = TABLE.get(function)
    if (
        row is None
        or row.notation in ("e^x", "√x", "|x|")
        or (row.notation.isidentifier() and row.notation not in row.arguments)
    ):
        return None
    return parse_expression(row.notation, Scope(tensors={a: Tensor(a, (), "input") for a in row.arguments}))
