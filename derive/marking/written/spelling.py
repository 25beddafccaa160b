"""A person's mathematics as the language writes it: ``δ_h·W_hᵀ`` becomes ``delta_h*W_h.T``.

Every character of what comes out knows its place in the person's text, so that an error stands under the person's own
characters.  Nothing is evaluated here, and nothing is guessed: what has two meanings is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from derive.language.errors import Fragment
from derive.marking.written.big_sums import Ranges, in_words
from derive.marking.written.brackets import conditions, kronecker, without_slices
from derive.marking.written.characters import Token, tokens
from derive.marking.written.numpy_sums import by_name
from derive.marking.written.refusals import check_signs, refuse_code
from derive.marking.written.vocabulary import Vocabulary, in_plain_names

_CLOSING: Mapping[str, str] = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True)
class Spelled:
    """A line in the language.

    left, right  its two sides, each with the places of its characters in the person's text
    ranges       of indices that a sum runs over within limits of its own, as (from, to)
    """

    left: Fragment
    right: Fragment
    ranges: Mapping[str, tuple[Fragment, Fragment]]


def spelled(text: Fragment, words: Vocabulary) -> Spelled:
    """A line ``left = right`` as the language writes it.  Raises LayerError."""
    line = tokens(text)
    at = _equals(line, text)
    left, _ = _in_language(line[:at], words, text)
    right, ranges = _in_language(line[at + 1 :], words, text)
    own = {name: (_joined(low, text), _joined(high, text)) for name, (low, high) in ranges.items()}
    return Spelled(_joined(left, text), _joined(right, text), own)


def left_name(text: Fragment, words: Vocabulary) -> str:
    """The name on the left of a line in plain letters; "" where there is none.  Raises LayerError."""
    line = tokens(text)
    left = in_plain_names(line[: _equals(line, text)], words, text)
    return left[0].text if left and left[0].kind == "name" else ""


def _in_language(line: Sequence[Token], words: Vocabulary, text: Fragment) -> tuple[list[Token], Ranges]:
    named = by_name(in_plain_names(line, words, text), words.axes)
    summed, ranges = in_words(named, words, text)
    refuse_code(summed, words, text)
    out = without_slices(conditions(_powers(kronecker(summed, words))))
    check_signs(out, words, text)
    return out, ranges


def _equals(line: Sequence[Token], text: Fragment) -> int:
    """Where the sign between the two sides stands: ``=``, or ``==`` where there is no other."""
    depth, found, doubled = 0, [], []
    for k, token in enumerate(line):
        depth += (token.text in _CLOSING) - (token.text in _CLOSING.values())
        if depth <= 0 and token.kind == "sign":
            if token.text in ("+=", "-=", "*="):
                hint = "write all terms of a gradient in one line"
                raise text.error(f"{token.text} adds to what was there; a line says what a gradient is", token.at, hint)
            found += [k] if token.text == "=" else []
            doubled += [k] if token.text == "==" else []
    places = found or doubled
    if len(places) != 1:
        hint = "as in dW[o,i] = ..." if not places else "a condition is written [i == j]; one line is one equation"
        raise text.error("an equation has one = sign", line[places[1]].at if places else 0, hint)
    if places[0] in (0, len(line) - 1):
        side = "right" if places[0] else "left"
        raise text.error(f"the {side} side is missing", line[places[0]].at, "as in dW[o,i] = ...")
    return places[0]


def _joined(line: Sequence[Token], text: Fragment) -> Fragment:
    """The tokens as text of the language."""
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    for token in line:
        same = text.text[token.at : token.end] == token.text
        parts.append(token.text)
        places += [text.places[token.at + k if same else token.at] for k in range(len(token.text))]
    end = text.places[line[-1].end] if line else text.places[-1]
    return replace(text, text="".join(parts), places=(*places, end))


def _made(token: Token, texts: str) -> list[Token]:
    """Signs and words that stand for one token of the person's."""
    return [Token("name" if part.isalpha() else "sign", part, token.at, token.end) for part in texts.split()]


def _powers(line: Sequence[Token]) -> list[Token]:
    """``^`` as ``**``, superscripts as powers, ``^T`` and primes behind a tensor as transposes, roots as functions."""
    out: list[Token] = []
    braces: list[str] = []  # what closes each of those open
    ends: list[int] = []  # where the operands of roots without brackets end
    skipped = 0
    for k, token in enumerate(line):
        out += [Token("sign", ")", line[k - 1].at, line[k - 1].at)] * ends.count(k)
        if skipped:
            skipped -= 1
            continue
        transposed = token.text == "^" and _transposes(line, k)
        if transposed or token.text == "ᵀ" or (token.text == "'" and not _is_derivative(line, k)):
            out += _made(token, ". T")
            skipped = transposed
        elif token.kind == "super":
            out += [*_made(token, "** ("), replace(token, kind="sign"), *_made(token, ")")]
        elif token.text == "^":
            out += _made(token, "**")
            if [t.text for t in line[k + 1 : k + 2]] == ["{"]:
                out += _made(line[k + 1], "(")
                braces.append(")")
                skipped = 1
        elif token.text == "√":
            out += _made(token, "sqrt")
            if [t.text for t in line[k + 1 : k + 2]] != ["("]:
                out += _made(token, "(")
                ends.append(_end_of_operand(line, k + 1))
        elif token.text == "}" and braces:
            out.append(replace(token, text=braces.pop()))
        else:
            braces += ["}"] if token.text == "{" else []
            out.append(token)
    return out + [Token("sign", ")", line[-1].at, line[-1].at)] * ends.count(len(line))


def _transposes(line: Sequence[Token], at: int) -> int:
    """How many tokens after ``^`` say that this is the transpose; 0 where it is a power."""
    after = [t.text for t in line[at + 1 : at + 4]]
    if after[:1] in (["T"], ["'"], ["ᵀ"]):
        return 1
    return 3 if after in (["{", "T", "}"], ["{", "ᵀ", "}"]) else 0


def _is_derivative(line: Sequence[Token], at: int) -> bool:
    """Whether a prime stands on a function: ``f'(x)``."""
    before, after = at - 1, at + 1
    while before >= 0 and line[before].text == "'":
        before -= 1
    while after < len(line) and line[after].text == "'":
        after += 1
    return before >= 0 and line[before].kind == "name" and after < len(line) and line[after].text == "("


def _end_of_operand(line: Sequence[Token], start: int) -> int:
    """The end of a name or number with the brackets behind it."""
    end = start + 1 if start < len(line) and line[start].text not in _CLOSING else start
    while end < len(line) and line[end].text in _CLOSING:
        end = _closed(line, end)
    return end


def _closed(line: Sequence[Token], at: int) -> int:
    """The place after the bracket that closes the one at a place; the end of the line where none does."""
    depth = 0
    for k in range(at, len(line)):
        depth += (line[k].text in _CLOSING) - (line[k].text in _CLOSING.values())
        if depth == 0:
            return k + 1
    return len(line)
