"""Special places and settings."""

from derive.calculus.sweep import derive
from derive.language.load import layer, load


def cases_of(layer, tensor):
    gradient = derive(load(layer)).gradients[tensor][0]
    return {c.where: (str(c.left), str(c.right)) for c in gradient.cases}


def test_the_last_step_and_the_steps_before_it():
    assert cases_of("rnn", "h") == {
        "[t == T]": ("dh[T,n,i]", "sum(dz[T,n,o]*W_y[o,i], o)"),
        "[1 <= t < T]": ("dh[t,n,i]", "sum(dz[t,n,o]*W_y[o,i], o) + sum(da[t+1,n,k]*W_h[k,i], k)"),
    }


def test_at_stride_one_the_input_gradient_is_a_convolution_with_the_flipped_kernel():
    (where, (_, right)) = next(iter(cases_of("conv2d", "x").items()))
    assert where == "[s_h == 1, s_w == 1]"
    assert "dy[n,o,i+q_h-d_h*u,j+q_w-d_w*v]*W[o,c,u,v]" in right
    assert "%" not in right
    assert "//" not in right


def test_a_stride_that_is_not_one_has_no_such_case():
    fields = {
        "indices": "p=0..P-1  a=0..L-1", "sizes": "P = (L - 1)//s + 1", "inputs": "x[a]", "output": "y",
        "equations": "y[p] = x[s*p]",
    }  # fmt: skip
    (any_stride,) = derive(layer(**fields)).gradients["x"]
    (strided,) = derive(layer(**fields, assume="s >= 2")).gradients["x"]
    assert [c.where for c in any_stride.cases] == ["[s == 1]"]
    assert strided.cases == ()


def test_no_guard_no_case():
    assert cases_of("linear", "x") == {}
    assert cases_of("conv2d", "W") == {}
