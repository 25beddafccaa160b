import io

import pypdf
import pytest

from derive.rendering import document as D
from derive.rendering.compose_slides import slides
from derive.rendering.deck import deck
from derive.rendering.html import plain
from derive.rendering.metrics import width
from derive.rendering.pdf import compiled
from derive.rendering.render import printed, produced


def test_slides_show_symbols_pictures_equations_and_every_step(derivation):
    document = slides(derivation("rnn"), None, None)
    titles = [plain(b.inlines) for b in document.blocks if isinstance(b, D.Heading)]
    assert titles[:3] == ["Symbols", "Forward pass", "Backward pass"]
    steps = [b.number for b in document.blocks if isinstance(b, D.Step)]
    assert steps == [f"D{k}" for k in range(1, len(steps) + 1)] and len(steps) > 20
    assert not any(isinstance(b, D.Listing | D.Details) for b in document.blocks)


def test_single_rewrites_are_left_out_and_long_tables_are_cut(derivation):
    document = slides(derivation("lstm"), None, None)
    assert all(b.details is None for b in document.blocks if isinstance(b, D.Step))
    tables = [b for b in document.blocks if isinstance(b, D.Table)]
    assert len(tables) > 1 and all(0 < len(t.rows) <= 9 for t in tables)
    assert sum(len(t.rows) for t in tables) == len(derivation("lstm").system.tensors)


def test_formulas_are_broken_for_larger_letters(derivation):
    for block in slides(derivation("lstm"), None, None).blocks:
        if isinstance(block, D.Step):
            assert width(block.formula) + width(block.indent) <= 35


def test_one_more_thing_appears_on_each_page(derivation, text_of):
    document = slides(derivation("linear"), None, None)
    reader = pypdf.PdfReader(io.BytesIO(produced(document, "slides")))
    assert all(float(p.mediabox.width) * 9 == float(p.mediabox.height) * 16 for p in reader.pages)
    units = sum(len(slide.units) for slide in deck(document)[1:])
    assert len(reader.pages) == 1 + units
    texts = [page.extract_text() for page in reader.pages]
    first = next(k for k, words in enumerate(texts) if "(D1)" in words)
    assert "(D2)" not in texts[first] and "(D1)" in texts[first + 1] and "(D2)" in texts[first + 1]


@pytest.mark.parametrize("name", ["conv2d", "attention"])
def test_slides_compile_and_no_formula_is_too_wide(name, derivation):
    source = printed(slides(derivation(name), None, None), "typ", template="slides")
    assert compiled(source + "#context assert(query(<shrunk>) == (), message: repr(query(<shrunk>)))")
