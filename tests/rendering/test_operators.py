from dataclasses import replace

import sympy

from derive.language.expr import Index
from derive.language.integers import size_symbol
from derive.rendering import formula as F
from derive.rendering.latex import latex
from derive.rendering.notation import notation
from derive.rendering.operators import Style, big_operators, index_names, share

ONE = sympy.Integer(1)


def tex(formulas):
    return latex(F.row(*formulas))


def test_stated_ranges_are_not_repeated(system):
    style = Style(notation(system))
    i, t, u = (system.indices[n] for n in "itu")
    assert tex(big_operators("∑", (i, t), style)) == r"\sum_{i,t}"
    assert tex(big_operators("∑", (t, u), replace(style, limits=True))) == r"\sum_{t=1}^{T}\sum_{u=0}^{K-1}"


def test_another_range_shows_its_limits(system):
    style = Style(notation(system))
    other = Index("r", ONE, size_symbol("T"))
    assert tex(big_operators("∏", (system.indices["i"], other), style)) == r"\prod_{i}\prod_{r=1}^{T}"
    shorter = Index("i", ONE, size_symbol("T"))
    assert tex(big_operators("∑", (shorter,), style)) == r"\sum_{i=1}^{T}"


def test_names_and_the_share_of_each_place(system):
    style = Style(notation(system))
    i, u = system.indices["i"], system.indices["u"]
    assert latex(index_names((i, u), style)) == "i,u"
    assert latex(share((i, u), style)) == r"\frac{1}{IK}"
    bare = Index("r", ONE - 1, size_symbol("T"))
    assert latex(share((i, bare), style)) == r"\frac{1}{I(T+1)}"
    assert latex(share((bare,), style)) == r"\frac{1}{T+1}"
