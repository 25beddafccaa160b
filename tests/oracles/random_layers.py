"""A strategy that writes random well-formed layers as the text of a layer file.

What it writes uses every part of the language: elementwise functions, reductions, softmax, brackets on indices and on
values, shifts in time with guards or base cases, strided windows, integer indexing, recurrences that run up or down in
time, two tensors recurring together or one over a grid of two indices, several outputs or a loss.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

INDICES: Mapping[str, tuple[str, ...]] = {  # size -> indices that run over it
    "T": ("t", "s", "r"), "N": ("n", "m"), "H": ("i", "k", "l"), "D": ("j", "e"), "P": ("p", "o"), "Q": ("q", "h"),
}  # fmt: skip
DECLARED = "t,s,r=1..T  n,m:N  i,k,l:H  j,e:D  u=0..K-1  p,o=0..P-1  a=0..L-1  q,h=1..Q"
WINDOWS = "P = (L + 2*pad - dil*(K-1) - 1)//step + 1"
GIVEN = {"x": "TND", "g": "NH", "W": "HH", "V": "HD", "b": "H", "c": ""}
INPUTS = {"x": "x[t,n,j]", "g": "g[n,i]", "w": "w[a]", "tok": "tok[n]"}
PARAMS = {"W": "W[i,k]", "V": "V[i,j]", "b": "b[i]", "c": "c[]"}

Names = tuple[str, ...]


def free_name(size: str, scope: Names) -> str | None:
    """An index of a range that is not in scope."""
    return next((name for name in INDICES[size] if name not in scope), None)


def size_of(index: str) -> str:
    return next(size for size, names in INDICES.items() if index in names)


@dataclass
class Writer:
    """Writes expressions over the tensors it knows; ``draw`` makes every choice."""

    draw: Any
    tensors: dict[str, str] = field(default_factory=lambda: dict(GIVEN))  # name -> the sizes of its axes

    def choice(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def expression(self, scope: Names, depth: int) -> str:
        """A sum, product, function, reduction, … or an element, with no other free indices than those in scope."""
        if depth == 0:
            return self.leaf(scope)
        write = self.choice(
            self.leaf, self.scaled, self.added, self.multiplied, self.multiplied, self.called, self.raised,
            self.divided, self.reduced, self.reduced, self.softmax, self.guarded, self.compared, self.window,
        )  # fmt: skip
        return write(scope, depth) if write != self.leaf else self.leaf(scope)

    def leaf(self, scope: Names) -> str:
        """An element; what it needs and is not in scope is summed over."""
        name = self.choice(*self.tensors)
        return self.element(name, scope)

    def element(self, name: str, scope: Names) -> str:
        places, bound, guards = [], [], []
        for size in self.tensors[name]:
            known = [i for i in scope if size_of(i) == size]
            if known and self.choice(True, True, False):
                place = self.choice(*known)
            else:
                new = free_name(size, (*scope, *bound))
                place = new if new is not None else self.choice(*known)
                bound += [new] if new is not None else []
            if size == "T" and self.choice(False, False, True):
                shift, guard = self.choice(("-1", f"[{place} > 1]"), ("+1", f"[{place} < T]"))
                place, guards = place + shift, [*guards, guard]
            if name == "W" and not places and "n" in (*scope, *bound) and self.choice(False, False, True):
                bound = [b for b in bound if b != place]
                place = "tok[n]"
            places.append(place)
        body = "*".join([*guards, f"{name}[{','.join(places)}]" if places else name])
        return f"{self.choice('sum', 'sum', 'mean', 'max')}({body}, {', '.join(bound)})" if bound else body

    def scaled(self, scope: Names, depth: int) -> str:
        number = self.choice("2", "1/2", "-1", "3/4", "sqrt(H)", "D")
        return f"{number}*({self.expression(scope, depth - 1)})"

    def added(self, scope: Names, depth: int) -> str:
        first, second = self.expression(scope, depth - 1), self.expression(scope, depth - 1)
        return f"({first} {self.choice('+', '-')} {second})"

    def multiplied(self, scope: Names, depth: int) -> str:
        return f"{self.atom(scope, depth)}*{self.atom(scope, depth)}"

    def atom(self, scope: Names, depth: int) -> str:
        return f"({self.expression(scope, depth - 1)})"

    def called(self, scope: Names, depth: int) -> str:
        inner = self.expression(scope, depth - 1)
        function = self.choice("tanh", "sigmoid", "sin", "cos", "softplus", "relu", "abs", "log", "sqrt", "exp")
        if function in ("log", "sqrt"):
            inner = f"3/2 + ({inner})**2"
        return f"exp(tanh({inner}))" if function == "exp" else f"{function}({inner})"

    def raised(self, scope: Names, depth: int) -> str:
        return f"({self.expression(scope, depth - 1)})**{self.choice(2, 3)}"

    def divided(self, scope: Names, depth: int) -> str:
        return f"({self.expression(scope, depth - 1)})/(2 + ({self.expression(scope, depth - 1)})**2)"

    def reduced(self, scope: Names, depth: int) -> str:
        index = free_name(self.choice("T", "N", "H", "D"), scope)
        if index is None:
            return self.leaf(scope)
        op = self.choice("sum", "sum", "sum", "mean", "max", "logsumexp", "prod")
        return f"{op}({self.expression((*scope, index), depth - 1)}, {index})"

    def softmax(self, scope: Names, depth: int) -> str:
        if not scope:
            return self.leaf(scope)
        return f"softmax({self.expression(scope, depth - 1)}, {self.choice(*scope)})"

    def guarded(self, scope: Names, depth: int) -> str:
        pairs = [(a, b) for a in scope for b in scope if a != b and size_of(a) == size_of(b)]
        if pairs:
            left, right = self.choice(*pairs)
            condition = f"{left} {self.choice('<=', '<', '==', '!=', '>')} {right}"
        elif "t" in scope:
            condition = self.choice("t < T", "t > 1", "t == T", "t != 1")
        else:
            return self.leaf(scope)
        return f"[{condition}]*({self.expression(scope, depth - 1)})"

    def compared(self, scope: Names, depth: int) -> str:
        left, right = self.leaf(scope), self.leaf(scope)
        return f"[{left} > {right}]*({self.expression(scope, depth - 1)})" if left != right else left

    def window(self, scope: Names, depth: int) -> str:
        """A strided, dilated and padded window over the line ``w``."""
        place = next((i for i in scope if i in INDICES["P"]), None)
        inner = self.expression((*scope, place) if place else scope, 0)
        body = f"sum(w[step*{place or 'p'}+dil*u-pad]*{self.choice('1', 'c', f'({inner})')}, u)"
        return body if place else f"sum({body}, p)"


@st.composite
def layers(draw: Any) -> dict[str, Any]:
    """The fields of a random layer."""
    writer = Writer(draw)
    lines: list[str] = []
    for number in range(draw(st.integers(1, 3))):
        name = "yzv"[number]
        sizes = draw(st.sampled_from(("", "H", "N", "NH", "TN", "TNH", "TH", "ND", "P", "HH", "NP", "QTH")))
        left: Names = ()
        for size in sizes:
            left += (free_name(size, left) or "",)
        kinds = {"Q": ("grid",), "T": ("plain", "plain", "recurrent", "pair")}
        kind = draw(st.sampled_from(kinds.get(sizes[:1], ("plain",))))
        write = {"plain": _plain, "recurrent": _recurrent, "pair": _pair, "grid": _grid}[kind]
        lines += write(writer, name, left, draw)
        writer.tensors[name] = sizes
    text = "\n".join(lines)
    fields: dict[str, Any] = {"indices": DECLARED, "equations": text}
    computed = [n for n in "yzv" if n in writer.tensors]
    if draw(st.booleans()):
        fields["loss"] = f"({writer.element(computed[-1], ())})**2 + {writer.expression((), 1)}"
        text += fields["loss"]
    else:
        fields["output"] = " ".join(draw(st.lists(st.sampled_from(computed), min_size=1, unique=True)))
    return fields | _declarations(text)


def _plain(writer: Writer, name: str, left: Names, draw: Any) -> list[str]:
    return [f"{_on_left(name, left)} = {writer.expression(left, draw(st.integers(1, 3)))}"]


def _recurrent(writer: Writer, name: str, left: Names, draw: Any) -> list[str]:
    """A base case, or two, and a recurrence that runs up or down in time."""
    up = draw(st.booleans())
    base, before, earlier, earliest = ("0", "t-1", "t-2", "-1") if up else ("T+1", "t+1", "t+2", "T+2")
    others = tuple(i for i in left if i != "t")
    start = draw(st.sampled_from(("0", writer.expression(others, 1))))
    rest = writer.expression(left, draw(st.integers(0, 2)))
    last = _past(writer, name, left, before)
    lines = [f"{_at(name, left, base)} = {start}"]
    if draw(st.sampled_from((False, False, True))):
        lines.append(f"{_at(name, left, earliest)} = {writer.expression(others, 0)}")
        last = f"{last} - 1/2*{_at(name, left, earlier)}"
    gated = f"sigmoid({rest})*({last}) + tanh({rest})"
    step = draw(st.sampled_from((f"tanh({rest} + {last})", f"1/2*({last}) + {rest}", gated)))
    return [*lines, f"{_on_left(name, left)} = {step}"]


def _at(name: str, left: Names, time: str) -> str:
    """The tensor's element at another time."""
    return _on_left(name, tuple(time if i == "t" else i for i in left))


def _past(writer: Writer, name: str, left: Names, before: str) -> str:
    """The tensor at the time before, as it is or through the matrix ``W``."""
    if "i" in left and writer.choice(True, False):
        return f"sum(W[i,k]*{_at(name, tuple('k' if i == 'i' else i for i in left), before)}, k)"
    return _at(name, left, before)


def _pair(writer: Writer, name: str, left: Names, draw: Any) -> list[str]:
    """Two tensors that recur together: a cell and what is read off it."""
    cell = f"{name}c"
    rest, drive = (writer.expression(left, draw(st.integers(0, 1))) for _ in range(2))
    kept, fed_back = _past(writer, cell, left, "t-1"), _past(writer, name, left, "t-1")
    gate = writer.choice("1/2", "c", f"sin({rest})")
    return [
        f"{_at(cell, left, '0')} = {draw(st.sampled_from(('0', '1/2')))}",
        f"{_at(name, left, '0')} = 0",
        f"{_on_left(cell, left)} = sigmoid({rest})*{kept} + {fed_back} + tanh({drive})",
        f"{_on_left(name, left)} = tanh({_on_left(cell, left)})*{gate}",
    ]


def _grid(writer: Writer, name: str, left: Names, draw: Any) -> list[str]:
    """A recurrence over layers and time."""
    drive = writer.expression(("t", "i"), 1)
    return [
        f"{name}[0,t,i] = tanh({drive})",
        f"{name}[q,0,i] = {draw(st.sampled_from(('0', 'b[i]')))}",
        f"{name}[q,t,i] = tanh({name}[q-1,t,i] + {_past(writer, name, left, 't-1')} + 1/2*b[i])",
    ]


def _on_left(name: str, places: Names) -> str:
    return f"{name}[{','.join(places)}]" if places else name


def _declarations(text: str) -> dict[str, str]:
    """The declarations of what the text uses, and of nothing else."""
    used = set(re.findall(r"\w+", text))
    fields = {
        "inputs": "  ".join(declared for name, declared in INPUTS.items() if name in used),
        "params": "  ".join(declared for name, declared in PARAMS.items() if name in used),
    }
    if "tok" in used:
        fields["integers"] = "tok"
    if "w" in used:
        fields["outside"] = "w = 0"
    if used & {"w", "p", "o"}:
        fields["sizes"] = WINDOWS
    return {key: value for key, value in fields.items() if value}
