"""What a person writes that the language does not read, each with what would be right instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive.language.errors import Fragment, nearest
from derive.marking.written.characters import Token
from derive.marking.written.vocabulary import Vocabulary

MAX_PRODUCTS = 60  # matrix products of one line: each is a sum in another

_METHODS: Mapping[str, str] = {
    "sum": "name the index that is summed: sum({0}, n)",
    "mean": "name the index: mean({0}, n)",
    "max": "name the index: max({0}, n)",
    "dot": "a matrix product is written {0} @ ...",
    "matmul": "a matrix product is written {0} @ ...",
    "mm": "a matrix product is written {0} @ ...",
    "transpose": "the transpose is written {0}.T",
    "t": "the transpose is written {0}.T",
    "mT": "the transpose is written {0}.T",
    "reshape": "axes are said by indices, as in {0}[n,i]",
    "view": "axes are said by indices, as in {0}[n,i]",
    "shape": "a size has a name of its own, such as N",
}
_CALLS: Mapping[str, str] = {
    "dot": "a matrix product is written a @ b",
    "matmul": "a matrix product is written a @ b",
    "einsum": "a sum of products is written with its indices: sum(a[n,o]*b[n,i], n)",
    "where": "write a condition as a factor: [x > 0]*a",
    "maximum": "max(x, 0) by entries is relu(x); else write a condition as a factor: [a >= b]*a + [a < b]*b",
    "transpose": "the transpose is written .T",
    "delta": "a Kronecker delta is a condition: [i == j]",
    "zeros": "write 0",
    "zeros_like": "write 0",
    "ones": "write 1",
    "ones_like": "write 1",
    "square": "write x**2",
    "multiply": "a product by entries is written a*b",
}
_CHARACTERS: Mapping[str, str] = {
    "\\": "this is not read as TeX: write W_h @ x, sum(a[t], t), dW",
    "{": "only round and square brackets are used",
    "}": "only round and square brackets are used",
    "|": "an absolute value is written abs(x)",
    ":": "name the index, as in x[n,i]; axes left out at the end are whole",
    "...": "name every index, or leave axes out at the end",
    "$": "this is not read as TeX: write the formula alone",
    "∈": "conditions compare by == != < <= > >=, as in [i <= j]",
    "⊗": "the outer product of two vectors is written outer(u, v)",
    "&": "several conditions stand in one pair of brackets: [i <= j, j < T]",
    "→": "write one equation a line",
    "½": "write 1/2",
    "∞": "write a condition as a factor instead",
}  # fmt: skip
_WORDS: Mapping[str, str] = {
    "for": "the indices on the left say for which places it holds; a fixed place is written dh[T] = ...",
    "if": "write a condition as a factor: [t < T]*dh[t+1]",
    "else": "write a condition as a factor: [t < T]*dh[t+1]",
    "where": "give what it stands for a line of its own",
    "lambda": "give it another name: lambda is a word of Python",
}


def refuse_code(line: Sequence[Token], words: Vocabulary, text: Fragment) -> None:
    """Raise LayerError at what is Python, and not the language: methods, keyword arguments, NumPy's own functions."""
    opened: list[str] = []
    for k, token in enumerate(line):
        if token.text in ("(", "[", "{"):
            opened.append(token.text)
        elif token.text in (")", "]", "}") and opened:
            opened.pop()
        before = line[k - 1].text if k else ""
        after = line[k + 1].text if k + 1 < len(line) else ""
        if token.kind != "name":
            continue
        if before == "." and token.text in _METHODS:
            of = line[k - 2].text if k > 1 and line[k - 2].kind == "name" else "(...)"
            raise text.error(f"unknown .{token.text}", token.at, _METHODS[token.text].format(of))
        if after == "=" and opened[-1:] == ["("]:
            hint = "name the index that is summed: sum(dy, n)"
            raise text.error(f"{token.text}= has no meaning in the language", token.at, hint)
        if after == "(" and token.text in _CALLS and not words.known(token.text):
            raise text.error(f"unknown function {token.text}", token.at, _CALLS[token.text])
        if token.text in _WORDS and before != ".":
            raise text.error(f"{token.text!r} is not a word of the language", token.at, _WORDS[token.text])


def check_signs(line: Sequence[Token], words: Vocabulary, text: Fragment) -> None:
    """Raise LayerError at characters without a meaning, and where two operands stand without a sign between them."""
    products = [token for token in line if token.text == "@"]
    if len(products) > MAX_PRODUCTS:
        raise text.error(f"more than {MAX_PRODUCTS} matrix products in one line", products[MAX_PRODUCTS].at)
    for k, token in enumerate(line):
        before = line[k - 1] if k else None
        if token.text in ("{", "\\") and before is not None and before.kind == "name" and before.text.endswith("_"):
            raise _with_braces(line, k, words, text)
        if token.kind == "sign" and token.text in _CHARACTERS:
            raise text.error(f"unexpected {token.text!r}", token.at, _CHARACTERS[token.text])
        if before is not None and _lacks_sign(line, k):
            raise _unsigned(line, k, words, text)


def _lacks_sign(line: Sequence[Token], at: int) -> bool:
    before, token = line[at - 1], line[at]
    ended = before.kind in ("name", "number", "one") or before.text in (")", "]")
    if not ended or not (token.kind in ("name", "number", "one") or token.text in ("(", "[")):
        return False
    transpose = before.text == "T" and at > 1 and line[at - 2].text == "."
    called = before.kind == "name" and not transpose
    return not (called and token.text == "(") and not (
        token.text == "[" and before.kind == "name" or _is_read(line, at)
    )


def _is_read(line: Sequence[Token], at: int) -> bool:
    """Whether square brackets behind a bracket hold places, as in ``(a @ b)[t]``, and no condition."""
    if line[at].text != "[":
        return False
    depth = 0
    for token in line[at:]:
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        if depth == 1 and token.text in ("==", "!=", "<", ">", "<=", ">="):
            return False
        if depth == 0:
            break
    return True


def _unsigned(line: Sequence[Token], at: int, words: Vocabulary, text: Fragment) -> Exception:
    """The error where a sign is missing before a token, with the signs that may be meant."""
    before, token = line[at - 1], line[at]
    left, right = _named(line, at - 1, text), _named(line, at, text)
    hint = f"did you mean {left}*{right}?"
    if token.text == "[" or (before.text == "]" and left == "[...]"):
        hint = "a condition is a factor: its product sign is written, as in [x > 0]*x"
    elif before.text in words.tensors and token.text == "(":
        hint = f"write {before.text}[...]"
    elif before.kind != "number":
        hint = f"did you mean {left}*{right}, entry by entry, or the matrix product {left} @ {right}?"
    return text.error(f"a sign is missing between {left} and {right}", token.at, hint)


def _named(line: Sequence[Token], at: int, text: Fragment) -> str:
    """What stands at a token, in few characters."""
    token = line[at]
    if token.text == "T" and at > 1 and line[at - 1].text == ".":
        return f"{_named(line, at - 2, text)}.T"
    if token.kind != "sign":
        return text.text[token.at : token.end]
    opening = at - 1
    depth = 1
    while token.text in (")", "]") and opening >= 0 and depth:
        depth += (line[opening].text in (")", "]")) - (line[opening].text in ("(", "["))
        opening -= 1
    name = line[opening].text if token.text in (")", "]") and opening >= 0 and line[opening].kind == "name" else ""
    return f"{name}[...]" if token.text in ("[", "]") else f"{name}(...)"


def _with_braces(line: Sequence[Token], at: int, words: Vocabulary, text: Fragment) -> Exception:
    """The error at ``h_{t-1}``, with what it is in the language."""
    base = line[at - 1].text.rstrip("_")
    inside: list[str] = []
    for token in line[at + 1 : at + 20]:
        if token.text == "}":
            break
        inside.append(token.text)
    low = "".join(inside)
    whole = f"{base}_{low}"
    meant = whole if whole in words.tensors else f"{base}[{low}]"
    hint = f"did you mean {meant}?"
    if base == "delta" and base not in words.tensors:
        hint = "did you mean [i == j]?"
    elif low.isalpha() and len(low) > 1 and meant != whole and low not in words.indices:
        hint = nearest(whole, words.tensors)
    return text.error("subscripts in braces are not read", line[at - 1].at, hint)
