"""How wide a formula comes out, in em of the text around it: an estimate, on the safe side, for breaking lines."""

from __future__ import annotations

from derive.rendering import formula as F

_SCRIPT = 0.75
_NARROW = frozenset("ijltfr,.;()[]|'!ι")
_WIDE = frozenset("mwMWΣ")


def width(formula: F.Formula | None) -> float:
    """The width in em, set in display style."""
    match formula:
        case None:
            return 0.0
        case F.Row(parts):
            return sum(map(width, parts))
        case F.Name():
            return _name(formula)
        case F.Indexed(name, places, tight):
            commas = 0.0 if tight else 0.35 * (len(places) - 1)
            return _name(formula.name) + _SCRIPT * (sum(map(width, places)) + commas + (0.35 if name.label else 0.0))
        case F.Number(text) | F.Text(text):
            return letters(text)
        case F.Sign(_, kind):
            return {"binary": 1.3, "relation": 1.4, "punctuation": 0.5, "ordinary": 0.78}[kind]
        case F.Function(name, primes):
            return letters(name) + 0.3 * primes + 0.17
        case F.Script(base, below, above):
            return width(base) + _SCRIPT * max(width(below), width(above)) + 0.05
        case F.Big(operator, below, above):
            symbol = 1.45 if operator in "∑∏" else letters(operator)
            return max(symbol, _SCRIPT * max(width(below), width(above))) + 0.17
        case F.Fraction(numerator, denominator):
            return max(width(numerator), width(denominator)) + 0.25
        case F.Fenced(_, body, _, size):
            return width(body) + 2 * _delimiter(size)
        case F.Delimiter(_, size):
            return _delimiter(size)
        case F.Root(body):
            return width(body) + 0.9
        case F.Marked(body):
            return width(body) + 0.7
        case F.Accent(_, body):
            return width(body)
        case F.Space(eighteenths):
            return eighteenths / 18
        case F.Lines(rows):
            return max(width(left) for left, _ in rows) + max(width(right) for _, right in rows)
    raise TypeError(f"no width for {type(formula).__name__}")


def letters(text: str) -> float:
    """The width of plain letters."""
    return sum(0.4 if c in _NARROW else 0.98 if c in _WIDE else 0.76 if c.isupper() else 0.56 for c in text)


def _name(name: F.Name) -> float:
    stem = letters("x" if name.stem in GREEK else name.stem) + (0.05 if name.style == "italic" else 0.12)
    above = (letters(name.number) + 0.8) if name.number else 0.0
    return stem + _SCRIPT * max(letters(name.label), above) + 0.3 * name.primes


def _delimiter(size: int) -> float:
    return (0.4, 0.48, 0.62, 0.76)[size]


GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "eps": "ε", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "lam": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ",
    "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
"""Names that are Greek letters, with the letter."""
