"""A recurrence of gradients cut short."""

import numpy as np
import pytest

from derive.calculus.sweep import derive
from derive.calculus.truncate import truncated
from derive.forms.function import compiled
from derive.forms.numpy_code import code
from derive.language.load import layer, load
from derive.language.system import System
from derive.steps.record import Truncation


def cut_of(system: System, tensor: str) -> Truncation:
    derivation = derive(system)
    found = truncated(derivation.backward, derivation.gradients, tensor)
    assert found is not None
    return found


def equations(cut: Truncation, name: str) -> list[str]:
    return [f"{e.left} = {e.right}" for e in cut.system.definitions(name)]


def recurrent(lines: str, **fields: str) -> System:
    return layer(**{"indices": "t=1..T  i,k:H", "inputs": "x[t,i]", "params": "W[i,k]", "output": "h", **fields},
                 equations=lines)  # fmt: skip


DOWN = recurrent("h[T+1,i] = 0\nh[t,i] = sum(W[i,k]*h[t+1,k], k) + x[t,i]")


def test_what_is_kept_has_one_step_less_to_go_and_what_is_left_out_no_local_part() -> None:
    cut = cut_of(load("rnn"), "h")
    assert equations(cut, "K_h")[:2] == [
        "K_h[0,t,n,i] = sum(dz[t,n,o]*W_y[o,i], o)",
        "K_h[tau,t,n,i] = sum(dz[t,n,o]*W_y[o,i], o) + [t < T]*sum(K_a[tau-1,t+1,n,k]*W_h[k,i], k)",
    ]
    assert equations(cut, "E_h")[:2] == [
        "E_h[0,t,n,i] = [t < T]*sum(da[t+1,n,k]*W_h[k,i], k)",
        "E_h[tau,t,n,i] = [t < T]*sum(E_a[tau-1,t+1,n,k]*W_h[k,i], k)",
    ]
    assert equations(cut, "K_W_h") == ["K_W_h[tau,i,k] = sum(K_a[tau,t,n,i]*h[t-1,n,k], t, n)"]
    assert set(cut.left_out) == {"dh", "da"}
    assert {"dW_x", "dW_h", "db_h", "dx", "dh0"} <= set(cut.kept) and "dW_y" not in cut.kept


def test_the_state_before_the_first_step_is_one_step_further_away() -> None:
    cut = cut_of(load("rnn"), "h")
    assert equations(cut, "K_h")[2:] == [
        "K_h[0,0,n,i] = 0",
        "K_h[tau,0,n,i] = sum(K_a[tau-1,1,n,k]*W_h[k,i], k)",
    ]


def test_a_recurrence_that_runs_down_is_cut_upwards() -> None:
    cut = cut_of(DOWN, "h")
    assert cut.step == -1
    assert equations(cut, "K_h")[1] == "K_h[tau,t,i] = dh_up[t,i] + [t > 1]*sum(K_h[tau-1,t-1,k]*W[k,i], k)"


def test_letters_that_are_taken_are_not_taken_again() -> None:
    system = recurrent(
        "h[0,i] = E[i]\nh[t,i] = tau*sum(K_r[i,k]*h[t-1,k], k) + x[t,i]",
        inputs="x[t,i]  E[i]  tau[]",
        params="K_r[i,k]",
    )
    cut = cut_of(system, "h")
    assert cut.reach.name == "r" and cut.kept["dh"] == "C_h" and cut.left_out["dh"] == "Q_h"


@pytest.mark.parametrize(
    ("lines", "tensor"),
    [
        ("h[t,i] = sum(W[i,k]*x[t,k], k)", "h"),  # nothing recurs
        ("h[t,i] = [t > 2]*h[t-2,i] + sum(W[i,k]*x[t,k], k)", "h"),  # by two steps
        ("h[0,i] = 0\nh[t,i] = h[t-1,i] + sum(W[i,k]*x[t,k], k)", "x"),  # something else does
    ],
)
def test_what_does_not_recur_by_single_steps_is_not_cut(lines: str, tensor: str) -> None:
    derivation = derive(recurrent(lines))
    assert truncated(derivation.backward, derivation.gradients, tensor) is None


def naive(x: np.ndarray, W: np.ndarray, dh: np.ndarray, reach: int) -> tuple[np.ndarray, np.ndarray]:
    """The gradients by h and W of h[t] = W h[t-1] + x[t], the gradient that comes to each h[s] going back so far."""
    T, H = x.shape
    h = np.zeros((T + 1, H))
    for t in range(1, T + 1):
        h[t] = W @ h[t - 1] + x[t - 1]
    kept, dW = np.zeros((T, H)), np.zeros((H, H))
    for s in range(1, T + 1):
        gradient = dh[s - 1].copy()
        for t in range(s, max(s - reach, 1) - 1, -1):
            kept[t - 1] += gradient
            dW += np.outer(gradient, h[t - 1])
            gradient = W.T @ gradient
    return kept, dW


def test_it_is_what_a_loop_over_losses_and_steps_back_finds() -> None:
    system = recurrent("h[0,i] = 0\nh[t,i] = sum(W[i,k]*h[t-1,k], k) + x[t,i]")
    cut = cut_of(system, "h")
    program = code(cut.system, ("K_h", "K_W", "E_h", "dh", "dW"))
    rng = np.random.default_rng(3)
    x, W, upstream = rng.normal(size=(6, 3)), rng.normal(size=(3, 3)), rng.normal(size=(6, 3))
    found = compiled(program.source, program.name)(x=x, W=W, dh=upstream, R=7)
    for reach in range(1, 8):
        kept, dW = naive(x, W, upstream, reach)
        np.testing.assert_allclose(found["K_h"][reach - 1], kept, rtol=1e-12)
        np.testing.assert_allclose(found["K_W"][reach - 1], dW, rtol=1e-12)
        np.testing.assert_allclose(found["E_h"][reach - 1], found["dh"] - kept, rtol=1e-12, atol=1e-12)
    assert np.abs(found["E_h"][0]).max() > 0.1 and not np.any(found["E_h"][5:])
