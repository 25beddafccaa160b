"""Additive attention against loops written from the equations of Bahdanau, Cho and Bengio (2015, appendix A.1.2).

The paper scores the annotation h_j of a source word for a decoder state s_i by e_ij = v^T tanh(W s_i + U h_j), weighs
by a_ij = exp(e_ij) / sum_k exp(e_ik) and reads the context c_i = sum_j a_ij h_j.  The backward pass is worked out by
hand below, one sample, query and key at a time.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

import derive

BAR = 1e-12

Sample = dict[str, np.ndarray]


def contexts(q: np.ndarray, k: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray, v: np.ndarray) -> Sample:
    """The hidden layers, the weights and the contexts of one sample."""
    queries, keys, units = len(q), len(k), len(b)
    z, p = np.zeros((queries, keys, units)), np.zeros((queries, keys))
    y = np.zeros((queries, k.shape[1]))
    for i in range(queries):
        raised = []
        for j in range(keys):
            for a in range(units):
                inside = b[a]
                for d in range(q.shape[1]):
                    inside += W[a, d] * q[i, d]
                for e in range(k.shape[1]):
                    inside += U[a, e] * k[j, e]
                z[i, j, a] = math.tanh(inside)
            raised.append(math.exp(sum(v[a] * z[i, j, a] for a in range(units))))
        for j in range(keys):
            p[i, j] = raised[j] / sum(raised)
            y[i] += p[i, j] * k[j]
    return {"z": z, "p": p, "y": y}


def gradients(
    q: np.ndarray, k: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray, v: np.ndarray, dy: np.ndarray
) -> Sample:
    """What one sample adds to the gradients: c_i = sum_j a_ij h_j, so da_ij = dc_i . h_j, and for the scores
    de_ij = a_ij * dc_i . (h_j - c_i), since raising one score moves the context towards its annotation."""
    found = contexts(q, k, W, U, b, v)
    out = {name: np.zeros_like(x) for name, x in {"q": q, "k": k, "W_q": W, "W_k": U, "b": b, "v": v}.items()}
    for i in range(len(q)):
        for j in range(len(k)):
            weight, hidden = found["p"][i, j], found["z"][i, j]
            out["k"][j] += weight * dy[i]
            score = weight * float(dy[i] @ (k[j] - found["y"][i]))
            for a in range(len(b)):
                out["v"][a] += score * hidden[a]
                inside = score * v[a] * (1 - hidden[a]) * (1 + hidden[a])
                out["b"][a] += inside
                out["W_q"][a] += inside * q[i]
                out["W_k"][a] += inside * k[j]
                out["q"][i] += inside * W[a]
                out["k"][j] += inside * U[a]
    return out


@pytest.mark.parametrize(
    "sizes", [(1, 1, 1, 1, 1, 1), (2, 4, 3, 2, 5, 3), (3, 1, 6, 4, 1, 2), (1, 5, 1, 3, 2, 4), (4, 2, 7, 1, 3, 1)]
)
def test_contexts_and_gradients_are_those_of_the_loops(sizes: tuple[int, ...]) -> None:
    samples, queries, keys, d, e, units = sizes
    rng = np.random.default_rng(list(sizes))
    q, k = rng.normal(size=(samples, queries, d)), rng.normal(size=(samples, keys, e))
    weights = {
        "W_q": rng.normal(size=(units, d)),
        "W_k": rng.normal(size=(units, e)),
        "b": rng.normal(size=units),
        "v": rng.normal(size=units),
    }
    dy = rng.normal(size=(samples, queries, e))
    got = derive.gradients("additive_attention").function()(q=q, k=k, dy=dy, **weights)
    single = [gradients(q[n], k[n], *weights.values(), dy[n]) for n in range(samples)]
    scale = max(np.linalg.norm(got[f"d{name}"]) for name in ("q", "k", *weights))
    for n in range(samples):
        np.testing.assert_allclose(got["y"][n], contexts(q[n], k[n], *weights.values())["y"], rtol=BAR, atol=BAR)
        for name in ("q", "k"):
            assert np.linalg.norm(got[f"d{name}"][n] - single[n][name]) <= BAR * scale, name
    for name in weights:
        assert np.linalg.norm(got[f"d{name}"] - sum(s[name] for s in single)) <= BAR * scale, name
