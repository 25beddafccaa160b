"""What is looked at before Python's ``ast`` sees a text: its characters, its length, how deep its brackets go.

``ast.parse`` is safe against code but not against size, so everything that could exhaust it is refused here.
"""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from collections.abc import Iterator

from derive.language.errors import Fragment

MAX_LENGTH = 20_000  # characters of a field
MAX_TOKENS = 4_000  # of one expression
MAX_DEPTH = 60  # brackets, powers and signs inside each other
MAX_DIGITS = 30  # of a number
PRIME = "'"

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![A-Za-z0-9_.]))
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*'*)
    |(?P<operator>\*\*|//|==|!=|<=|>=|[-+*/%@<>()\[\],.])""",
    re.VERBOSE,
)

_INSTEAD = {"^": "a power is written **", "=": "a condition is written ==", "·": "a product is written *",
            "−": "a minus is written -", "≤": "write <=", "≥": "write >=", "≠": "write !=", "⊙": "write *",
            "'": "texts have no meaning here", '"': "texts have no meaning here",
            "|": "an absolute value is written abs(x)", "!": "write != for 'not equal'",
            "{": "only round and square brackets are used", "}": "only round and square brackets are used"}  # fmt: skip


def check_length(text: Fragment) -> None:
    """Refuse a field that is too long."""
    if len(text.text) > MAX_LENGTH:
        raise text.error(f"text too long: {len(text.text)} characters, {MAX_LENGTH} at most")


def tree_of(text: Fragment) -> ast.expr:
    """The syntax tree of an expression; it is looked at, never run."""
    if not text.text.strip():
        raise text.error("an expression is missing here")
    _check(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # "list indices must be integers" and the like
            return ast.parse(source_of(text), mode="eval").body
    except SyntaxError as error:
        at = offset_at(text, error.lineno or 1, (error.offset or 1) - 1)
        raise text.error("not an expression of the language", at) from None
    except (MemoryError, RecursionError, ValueError):
        raise text.error("expression too deep or too large") from None


def source_of(text: Fragment) -> str:
    """What Python's parser is given: a bracket before, and ``_`` for the prime of a derivative (``f'(x)``)."""
    return f"({text.text.replace(PRIME, '_')}\n)"


def offset_at(text: Fragment, line: int, column: int) -> int:
    """The offset in the text of a place that ``ast`` reports; one bracket is put before what ``ast`` sees."""
    if line == 1:
        return max(0, min(column - 1, len(text.text)))
    starts = [0, *(k + 1 for k, character in enumerate(text.text) if character == "\n")]
    start = starts[min(line, len(starts)) - 1]
    return max(0, min(start + column, len(text.text)))


def tokens(text: Fragment) -> Iterator[tuple[str, str, int]]:
    """(kind, token, offset) of all but white space."""
    at = 0
    while at < len(text.text):
        match = _TOKEN.match(text.text, at)
        if match is None:
            character = text.text[at]
            what = "number" if character.isdecimal() or character == "." else "character"
            shown = character if character.isprintable() else f"U+{ord(character):04X}"
            instead = "a number is written in digits, and a product with its sign: 2*x" if what == "number" else ""
            raise text.error(f"unexpected {what} {shown!r}", at, _INSTEAD.get(character, instead))
        if match.lastgroup != "space":
            yield str(match.lastgroup), match.group(), at
        at = match.end()


def _check(text: Fragment) -> None:
    check_length(text)
    brackets: list[tuple[str, int]] = []
    climb = 0  # signs and powers in a row, which nest like brackets
    before = kind_before = ""
    for count, (kind, token, at) in enumerate(tokens(text), start=1):
        if count > MAX_TOKENS:
            raise text.error(f"expression too long: more than {MAX_TOKENS} names, numbers and signs", at)
        if kind == "number":
            _check_number(text, token, at)
        elif kind == "name":
            _check_word(text, token, at)
        elif token in ")]":
            _close(text, brackets, token, before, at)
        _check_order(text, (kind_before, before), (kind, token), at)
        if token in "([":
            brackets.append((token, at))
        sign = token in "+-" and not _ends_operand(kind_before, before)
        climb = climb + 1 if sign or token == "**" else 0 if token in _FLAT else climb
        if len(brackets) + climb > MAX_DEPTH:
            raise text.error(f"expression nested too deeply: more than {MAX_DEPTH} levels", at)
        kind_before, before = kind, token
    if not _ends_operand(kind_before, before):
        raise text.error("something is missing at the end", len(text.text.rstrip()))
    if brackets:
        raise text.error(f"this {brackets[-1][0]} is never closed", brackets[-1][1])


_FLAT = {",", "+", "-", "*", "/", "//", "%", "@", "<", ">", "<=", ">=", "==", "!="}  # what stands in a row


def _ends_operand(kind: str, token: str) -> bool:
    return kind in ("name", "number") or token in (")", "]")


def _check_order(text: Fragment, before: tuple[str, str], now: tuple[str, str], at: int) -> None:
    """Refuse what stands beside what it cannot: two operands without a sign, a sign without an operand."""
    (kind_before, token_before), (kind, token) = before, now
    if _ends_operand(kind_before, token_before):
        called = kind_before == "name" or (kind_before != "number" and token == "[")
        if kind in ("name", "number") or (token in ("(", "[") and not called):
            raise text.error(f"a sign is missing before {token}", at, "a product needs its sign: 2*x")
    elif kind == "operator" and token not in ("(", "[", "+", "-") and token_before + token not in ("()", "[]"):
        raise text.error(f"something is missing before {token}", at)


def _close(text: Fragment, brackets: list[tuple[str, int]], token: str, before: str, at: int) -> None:
    if not brackets or {"(": ")", "[": "]"}[brackets[-1][0]] != token:
        raise text.error(f"this {token} closes nothing", at)
    if before == "[":
        raise text.error("empty brackets", brackets[-1][1], "a scalar is declared tau[] and read as tau")
    brackets.pop()


def _check_word(text: Fragment, token: str, at: int) -> None:
    if keyword.iskeyword(token):
        raise text.error(f"{token!r} is a word of Python, not a name of the language", at)
    end = at + len(token)
    if token.endswith(PRIME) and not text.text[end:].lstrip().startswith("("):
        raise text.error("a prime stands on a function, as in f'(x)", end - 1)


def _check_number(text: Fragment, token: str, at: int) -> None:
    mantissa, _, exponent = token.lower().partition("e")
    if len(mantissa) > MAX_DIGITS or (exponent and abs(int(exponent[:6])) > MAX_DIGITS):
        raise text.error(f"number too large or too long: {MAX_DIGITS} digits at most", at)
