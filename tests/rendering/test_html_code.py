import html
import re

import pytest

from derive.forms.function import BackwardFunction
from derive.rendering.html_code import highlighted

SOURCE = 'import numpy as np\n\ndef f(x):\n    """Two\n    lines <b>."""\n    return x[0] + 1.5  # a < b & c\n'


def plain(marked):
    return html.unescape(re.sub(r"</?span[^>]*>", "", str(marked)))


def test_what_there_is_to_be_told_apart():
    found = highlighted(SOURCE, "python")
    assert '<span class="k">import</span> numpy <span class="k">as</span> np\n' in found
    assert '<span class="s">&#34;&#34;&#34;Two\n    lines &lt;b&gt;.&#34;&#34;&#34;</span>' in found
    assert '1.5  <span class="c"># a &lt; b &amp; c</span>\n' in found


@pytest.mark.parametrize(
    "source", [SOURCE, "", "x", "\n\n x = (\n1)", "x = '''", "1 +", "\tif", SOURCE.rstrip(), "a\n  b\n c"]
)
def test_nothing_of_the_source_is_lost(source):
    assert plain(highlighted(source, "python")) == source
    assert plain(highlighted(source, "text")) == source and "<span" not in highlighted(source, "text")


@pytest.mark.parametrize("name", ["lstm", "conv2d"])
def test_the_code_of_layers(name, derivation):
    source = BackwardFunction(derivation(name)).source
    assert plain(highlighted(source, "python")) == source
