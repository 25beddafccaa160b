"""Small layers and scopes for the tests of the language."""

from typing import Any

from derive.language.load import layer
from derive.language.parser import parse_expression
from derive.language.scope import Scope, scope_of
from derive.language.system import System

FIELDS: dict[str, Any] = {
    "indices": "t=1..T  n:N  i,k:H  j:D  o:O  u=0..K-1",
    "inputs": "x[t,n,j]  h0[n,i]  v[i]  w[k]  tok[n]",
    "integers": "tok",
    "params": "W_x[i,j]  W_h[i,k]  b_h[i]  tau[]",
    "sizes": "s; q",
    "equations": """
        h[0,n,i] = h0[n,i]
        a[t,n,i] = sum(W_x[i,j]*x[t,n,j], j) + sum(W_h[i,k]*h[t-1,n,k], k) + b_h[i]
        h[t,n,i] = tanh(a[t,n,i])
    """,
    "output": "h",
}


def system(**fields: Any) -> System:
    """A recurrent layer with all kinds of tensors, and the given fields in place of its own."""
    return layer(**{**FIELDS, **fields})


SYSTEM = system()
SCOPE: Scope = scope_of(SYSTEM)
SIZES = {"T": 4, "N": 3, "H": 3, "D": 2, "O": 5, "K": 2, "s": 2, "q": 1}


def parsed(text: str) -> Any:
    """An expression over the tensors of the layer above."""
    return parse_expression(text, SCOPE)
