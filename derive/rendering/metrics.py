"""How wide a formula comes out, in em of the text around it: an estimate, on the safe side, for breaking lines."""

from __future__ import annotations

from collections.abc import Mapping

from derive.rendering import formula as F

_SCRIPT = 0.74  # size of a script beside that of the line
_NARROW = frozenset("ijltrI,.;:()[]|'!ι")
_WIDE = frozenset("mwMWΣ")
STACKED = frozenset({"∑", "∏", "max", "min"})  # limits stand below and above these, beside others
_BROAD = frozenset("DGHKNQX")
_SIGN: Mapping[F.Kind, tuple[float, float]] = {  # width in a line, where there is space around, and in a script
    "binary": (1.25, 0.78), "relation": (1.36, 0.78), "punctuation": (0.45, 0.28), "ordinary": (0.78, 0.78),
}  # fmt: skip


def width(formula: F.Formula | None, script: bool = False) -> float:
    """The width in em, set in display style, or in the size and with the spacing of a script."""
    if script:
        return _SCRIPT * _width(formula, True)
    return _width(formula, False)


def _width(formula: F.Formula | None, script: bool) -> float:
    match formula:
        case None:
            return 0.0
        case F.Row(parts):
            return sum(_width(p, script) for p in parts)
        case F.Name():
            return _name(formula)
        case F.Indexed(name, places, tight):
            commas = 0.28 * ((0 if tight else len(places) - 1) + bool(name.label))
            below = _SCRIPT * (letters(name.label) + sum(_width(p, True) for p in places) + commas)
            return _stem(name) + max(below, _above(name))
        case F.Number(text) | F.Text(text):
            return letters(text)
        case F.Sign(_, kind):
            return _SIGN[kind][script]
        case F.Function(name, primes):
            return letters(name) + 0.3 * primes + (0 if script else 0.17)
        case F.Script(base, below, above):
            return _width(base, script) + max(width(below, True), width(above, True)) + 0.05
        case F.Big(operator, below, above):
            symbol = 1.45 if operator in "∑∏" else letters(operator)
            limits = max(width(below, True), width(above, True))
            return (max(symbol, limits) if operator in STACKED else symbol + limits) + 0.17
        case F.Fraction(numerator, denominator):
            return max(_width(numerator, script), _width(denominator, script)) + 0.25
        case F.Fenced(_, body, _, size):
            return _width(body, script) + 2 * _DELIMITER[size]
        case F.Delimiter(_, size):
            return _DELIMITER[size]
        case F.Root(body):
            return _width(body, script) + 0.9
        case F.Marked(body):
            return _width(body, False) + 0.75
        case F.Gap(ems):
            return ems
        case F.Space(eighteenths):
            return 0 if script else eighteenths / 18
        case F.Lines(rows):
            return max(_width(left, script) for left, _ in rows) + max(_width(right, script) for _, right in rows)
    raise TypeError(f"no width for {type(formula).__name__}")


def letters(text: str) -> float:
    """The width of plain letters."""
    return sum(map(_letter, text))


def _letter(c: str) -> float:
    if c in _NARROW:
        return 0.38
    if c in _WIDE:
        return 0.95
    return 0.83 if c in _BROAD else 0.74 if c.isupper() else 0.52


def _name(name: F.Name) -> float:
    return _stem(name) + max(_SCRIPT * letters(name.label), _above(name))


def _stem(name: F.Name) -> float:
    stem = letters("x" if name.stem in GREEK else name.stem) + (0.04 if name.style == "italic" else 0.1)
    return stem + 0.28 * name.primes


def _above(name: F.Name) -> float:
    return _SCRIPT * (letters(name.number) + 0.8) if name.number else 0.0


_DELIMITER = (0.4, 0.48, 0.62, 0.76)

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "eps": "ε", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "lam": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ",
    "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
"""Names that are Greek letters, with the letter."""
