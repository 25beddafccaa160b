from derive.rendering import document as D
from derive.rendering.compose_conventions import conventions
from derive.rendering.latex import latex
from derive.rendering.page import page
from derive.rendering.terminal import running


def said(derived):
    (items,) = conventions(page(derived, None, None))
    return ["".join(latex(i.formula) if isinstance(i, D.Math) else i.text for i in item) for item in items.items]


def has(lines, words):
    return any(words in line for line in lines)


def test_only_what_a_page_uses_is_explained(derivation):
    linear, rnn = said(derivation("linear")), said(derivation("rnn"))
    assert has(rnn, "is 1 where the condition holds") and not has(linear, "is 1 where the condition holds")
    assert has(rnn, "Kronecker delta") and has(linear, "Kronecker delta")
    assert has(rnn, "entry by entry") and not has(linear, "entry by entry")
    assert has(linear, "has the samples as its rows") and not has(linear, "each of its rows")


def test_vectors_and_matrices_where_no_form_is_batched(derivation):
    embedding, block = said(derivation("embedding")), said(derivation("multi_head_attention"))
    assert has(embedding, r"Bold \mathbf v is a vector, a column.") and not has(embedding, "entry by entry")
    assert has(block, r"bold \mathbf V is the matrix with the entries v_{ij}.") and has(block, "each of its rows")


def test_signs_of_division_and_of_sliding(derivation):
    conv, turned, linear = (said(derivation(name)) for name in ("conv1d", "conv_transpose2d", "linear"))
    assert has(conv, r"a\mid b says that a divides b") and has(conv, r"\star is correlation")
    assert has(turned, r"\ast is convolution") and not has(turned, "divides")
    (items,) = conventions(page(derivation("conv1d"), None, None))
    assert any(str(running(item)).startswith("⋆ is") for item in items.items)
    assert not has(linear, "divides") and not has(linear, "convolution") and not has(linear, "correlation")


def test_what_the_loss_is_and_what_is_given(derivation):
    assert has(said(derivation("rnn")), r"\mathcal L is the loss;")
    linear = said(derivation("linear"))
    assert has(linear, "the loss of the network around the layer")
    assert has(linear, r"\frac{\partial\mathcal L}{\partial y_{n,o}} is given")


def test_kinks_ties_assumptions_and_what_is_read_outside(derivation):
    assert has(
        said(derivation("rnn", f="relu")), "The function relu has a kink at x=0, where the derivative is taken as 0."
    )
    assert not has(said(derivation("rnn")), "kink")
    pooled = said(derivation("maxpool1d"))
    assert has(pooled, "the first of them counts") and has(pooled, r"x counts as -\infty.")
    entropy = said(derivation("cross_entropy"))
    assert has(entropy, r"Assumed: \sum_{k}\mathrm{target}_{n,k}=1.") and has(entropy, "softmax of a vector")
