"""Gradients of statistics are inserted where the result reads fewer tensors."""

from derive.calculus.sweep import derive
from derive.checking.evidence import evidence
from derive.language.load import layer


def normalization(**fields):
    return layer(
        title="Normalization",
        indices="n,m:N  i:D",
        inputs="x[n,i]  eps[]",
        params="g[i]",
        output="y",
        **fields,
    )


def right_side(system, name: str) -> str:
    derivation = derive(system)
    assert evidence(derivation).ok
    (gradient,) = derivation.gradients[name]
    return str(gradient.right)


def test_the_gradient_of_batch_normalization_is_the_compact_one():
    system = normalization(
        equations="""
            mu[i]    = mean(x[n,i], n)
            v[i]     = mean((x[n,i] - mu[i])**2, n)
            r[i]     = (v[i] + eps)**(-1/2)
            z[n,i]   = (x[n,i] - mu[i])*r[i]
            y[n,i]   = g[i]*z[n,i]
        """
    )
    assert right_side(system, "x") == "r[i]/N*(N*dz[n,i] - sum(dz[m,i], m) - z[n,i]*sum(dz[m,i]*z[m,i], m))"


def test_a_root_written_as_a_quotient_gives_the_same():
    system = normalization(
        equations="""
            mu[i]    = mean(x[n,i], n)
            v[i]     = mean((x[n,i] - mu[i])**2, n)
            r[i]     = 1/sqrt(v[i] + eps)
            z[n,i]   = (x[n,i] - mu[i])*r[i]
            y[n,i]   = g[i]*z[n,i]
        """
    )
    assert right_side(system, "x") == "r[i]/N*(N*dz[n,i] - sum(dz[m,i], m) - z[n,i]*sum(dz[m,i]*z[m,i], m))"


def test_without_a_name_for_the_normalized_input_it_is_said_by_the_input():
    system = normalization(
        equations="""
            v[n]   = mean(x[n,i]**2, i) + eps
            r[n]   = v[n]**(-1/2)
            y[n,i] = x[n,i]*r[n]*g[i]
        """
    )
    right = right_side(system, "x")
    assert "dv" not in right and "dr" not in right


def test_a_statistic_that_saves_nothing_stays():
    """``s`` has fewer axes than ``x``, but with its gradient inserted as many tensors are read as before."""
    system = normalization(
        equations="""
            s[n]   = tanh(sum(g[i]*x[n,i], i))
            y[n,i] = s[n]*x[n,i] + eps
        """
    )
    assert "ds[n]" in right_side(system, "x")
