"""Distances from kinks, ties, jumps and edges of domains are seen while a layer is evaluated."""

from __future__ import annotations

import numpy as np
import pytest

from derive.checking.forward import run
from derive.checking.margins import Margins
from derive.language.load import layer

X = np.array([0.5, -0.25, 2.0])


@pytest.mark.parametrize(
    ("formula", "kink", "domain", "reach"),
    [
        ("relu(x[n])", 0.25, np.inf, 0.0),
        ("abs(x[n] - 1/4)", 0.25, np.inf, 0.0),
        ("[x[n] > 3/8]*x[n]", 0.125, np.inf, 0.0),
        ("max(x[m], m)", 1.5, np.inf, 0.0),
        ("log(x[n] + 1)", np.inf, 0.75, 3.0),
        ("(x[n] + 1/2)**(1/2)", np.inf, 0.25, 0.0),
        ("x[n]**3 + 1/x[n]", np.inf, np.inf, 0.0),
        ("tanh(4*x[n])", np.inf, np.inf, 8.0),
        ("[n > 1]*x[n]", np.inf, np.inf, 0.0),
    ],
)
def test_what_is_seen(formula, kink, domain, reach):
    system = layer(indices="n,m:N", inputs="x[n]", equations=f"y[n] = {formula}", output="y")
    margins = Margins()
    run(system, {"x": X}, {"N": 3}, margins)
    assert margins == Margins(kink, domain, reach)
