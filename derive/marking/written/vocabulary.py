"""The names that a person may use, and what else they are called: ``∂L/∂W``, ``dL/dW`` and ``grad_W`` are ``dW``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from derive.language.errors import Fragment
from derive.language.functions import TABLE
from derive.language.scope import FUNCTIONS, Scope
from derive.language.text import integer_text
from derive.marking.written.characters import Token
from derive.steps.record import gradient_name

_LOSSES = frozenset({"L", "J", "E", "C", "l", "ell", "loss", "Loss", "cost"})
_MODULES = frozenset({"np", "numpy", "torch", "math", "jnp", "F", "nn", "tf", "functional"})
_FUNCTIONS: Mapping[str, str] = {"ln": "log", "sigma": "sigmoid", "logistic": "sigmoid", "sqr": "sqrt"}
_CALLED_OTHERWISE = re.compile(r"(?:grad_?|(?:dL|dJ|dE|dC|dl|dloss|dLoss)_?d)(?P<before>\w+)|(?P<after>\w+?)_grad")


@dataclass(frozen=True)
class Vocabulary:
    """Names with a meaning.

    tensors  of the layer, its gradients, and the person's own
    others   indices, sizes and functions, abstract ones and options of the layer included
    indices  the declared indices; ``axes`` those of each of the layer's tensors and gradients
    ranges   the range of each declared index, as the language writes it
    """

    tensors: frozenset[str]
    others: frozenset[str]
    indices: frozenset[str]
    axes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def with_tensors(self, names: Sequence[str]) -> Vocabulary:
        return replace(self, tensors=self.tensors | frozenset(names))

    def known(self, name: str) -> bool:
        return name in self.tensors or name in self.others or name in FUNCTIONS

    def is_loss(self, name: str) -> bool:
        """Whether a name stands for the loss: one of the usual letters, and no tensor of the layer."""
        return name in _LOSSES and name not in self.tensors


def vocabulary(scope: Scope) -> Vocabulary:
    """The names of a scope."""
    others = frozenset((*scope.indices, *scope.sizes, *scope.functions, *scope.options))
    axes = {name: [index.name for index in tensor.axes] for name, tensor in scope.tensors.items() if tensor.axes}
    ranges = {name: (integer_text(index.low), integer_text(index.high)) for name, index in scope.indices.items()}
    return Vocabulary(frozenset(scope.tensors), others, frozenset(scope.indices), axes, ranges)


def in_plain_names(line: Sequence[Token], words: Vocabulary, text: Fragment) -> list[Token]:
    """The tokens with every name as the layer has it.  Raises LayerError at derivatives that are no gradients."""
    out: list[Token] = []
    at = 0
    while at < len(line):
        token, used = _gradient(line, at, words, text)
        if token is None and _is_module(line, at, words):
            used = 2
        elif token is None:
            token, used = line[at], 1
            if token.kind == "name":
                token = _named(token, _is_called(line, at), words, text)
        if token is not None:
            out.append(token)
        at += used
    return out


def _gradient(line: Sequence[Token], at: int, words: Vocabulary, text: Fragment) -> tuple[Token | None, int]:
    """A gradient written as a quotient, or as a derivative; and how many tokens that takes."""
    first, *rest = line[at : at + 5]
    kinds = [t.kind for t in rest]
    signs = [t.text for t in rest]
    if first.kind == "partial":
        if at and line[at - 1].text == "/":
            raise text.error("a derivative of one tensor by another is no gradient", first.at, "write out what it is")
        if kinds[:1] != ["name"]:
            raise text.error(f"{first.text} stands before a name", first.at, "the gradient by W is written dW")
        if signs[1:2] == ["/"] and kinds[2:4] == ["partial", "name"]:
            if not any(map(words.is_loss, rest[0].spellings)):
                raise _local(text, first, rest[0], rest[3])
            return _by(rest[3], first.at, words), 5
        return _by(rest[0], first.at, words), 2
    if first.kind == "name" and first.text in words.tensors and signs[:2] == [".", "grad"]:
        return _by(first, first.at, words), 3
    loss = first.kind == "name" and first.text[:1] == "d" and words.is_loss(first.text[1:])
    if loss and not words.known(first.text) and signs[:1] == ["/"]:
        if kinds[1:3] == ["partial", "name"]:
            return _by(rest[2], first.at, words), 4
        if kinds[1:2] == ["name"] and rest[1].text[:1] == "d":
            return replace(rest[1], at=first.at), 3
    return None, 1


def _local(text: Fragment, first: Token, of: Token, by: Token) -> Exception:
    hint = f"write out what it is; the gradient of the loss by {by.text} is {gradient_name(by.text)}"
    return text.error(f"the derivative of {of.text} by {by.text} is no gradient of the loss", first.at, hint)


def _by(token: Token, at: int, words: Vocabulary) -> Token:
    """The gradient by what a token names."""
    spellings = tuple(gradient_name(s) for s in token.spellings)
    chosen = next((s for s in spellings if words.known(s)), spellings[0])
    return Token("name", chosen, at, token.end, (chosen,))


def _is_module(line: Sequence[Token], at: int, words: Vocabulary) -> bool:
    """Whether ``np.`` stands here: what follows is meant alone."""
    token = line[at]
    following = line[at + 1 : at + 3]
    dotted = len(following) == 2 and following[0].text == "." and following[1].kind == "name"
    return token.kind == "name" and token.text in _MODULES and token.text not in words.tensors and dotted


def _is_called(line: Sequence[Token], at: int) -> bool:
    """Whether a bracket follows, with or without primes before it."""
    after = at + 1
    while after < len(line) and line[after].text == "'":
        after += 1
    return after < len(line) and line[after].text == "("


def _named(token: Token, called: bool, words: Vocabulary, text: Fragment) -> Token:
    chosen = next((s for s in token.spellings if words.known(s)), "")
    chosen = chosen or next((s for name in token.spellings for s in _other_names(name, called) if words.known(s)), "")
    if not chosen and token.low and token.base in words.tensors:
        raise text.error("an index stands in square brackets", token.at, f"write {token.base}[{token.low}]")
    chosen = chosen or token.text
    return replace(token, text=chosen, spellings=(chosen,))


def _other_names(name: str, called: bool) -> Iterator[str]:
    if called:
        yield _FUNCTIONS.get(name, name)
        if name.lower() in TABLE:
            yield name.lower()
    if (found := _CALLED_OTHERWISE.fullmatch(name)) is not None:
        yield gradient_name(found["before"] or found["after"])
