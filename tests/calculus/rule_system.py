"""The small system in which the formulas of the rules are written."""

from derive.language.load import layer
from derive.language.system import System


def rule_system() -> System:
    """Tensors u, v, w, x, y, … over equal and different ranges; a softmax p, a mean m, a root r, an assumption on q."""
    return layer(
        title="Rules",
        indices="i,k,j,l:N  t,s=1..T",
        inputs="x[k]  v[i]  w[k]  A[i,k]  q[k]  da[t,i]  B[t]",
        equations="""
            u[i] = sum(A[i,k]*w[k], k)
            y[i] = tanh(u[i])
            p[k] = softmax(w[k]*x[k], k)
            m = mean(x[k], k)
            r[i] = (v[i]**2 + 1)**(-1/2)
            z[i] = (x[i] - m)*r[i]
            out[i] = v[i]*y[i]*x[i]*q[i] + p[i]*z[i] + sum(da[t,i]*B[t], t)
        """,
        assume="sum(q[k], k) = 1",
        output="out",
    )
