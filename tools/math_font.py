"""Makes the part of STIX Two Math that pages embed: ``python tools/math_font.py STIXTwoMath-Regular.ttf``.

It needs fontTools with its woff extra.  The result, derive/rendering/fonts/math.woff2, is kept in the tree: run this
again only where a page needs a character that it has not.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parents[1] / "derive" / "rendering" / "fonts" / "math.woff2"
ALPHABETS = (
    *range(0x1D400, 0x1D468),  # bold and italic Latin
    *range(0x1D6E2, 0x1D756),  # italic and bold italic Greek
    *range(0x1D7CE, 0x1D7D8),  # bold digits
)
SIGNS = "ℎℓℒ∂𝜕∇∞∑∏∫√−±×·⊙∗⋆∘⊤=≠≈≡∼<>≤≥∣‖|/\\∈←→⇒…⋯⋮′^ˆ˜¯~ˉ⌊⌋⌈⌉⟨⟩⏟_ϕϵ"


TALLEST = 2500  # thousandths of an em: the largest delimiter that pages ask for
DELIMITERS = "()[]{}|‖⌊⌋⌈⌉⟨⟩/\\∣"


def keep_to_what_is_used(font: TTFont) -> None:
    """Leave out delimiters taller than any on a page, and make all radicals as wide as the first.

    Browsers make room for the widest form of a sign, whichever it is that they draw.
    """
    variants = font["MATH"].table.MathVariants
    letters = font.getBestCmap()
    forms = dict(zip(variants.VertGlyphCoverage.glyphs, variants.VertGlyphConstruction, strict=True))
    for delimiter in DELIMITERS:
        form = forms[letters[ord(delimiter)]]
        kept = [r for r in form.MathGlyphVariantRecord if r.AdvanceMeasurement <= TALLEST]
        form.MathGlyphVariantRecord, form.VariantCount = kept, len(kept)
        if len(kept) > 1:  # else it grows by being put together from pieces
            form.GlyphAssembly = None
    radical = forms[letters[ord("√")]]
    width, _ = font["hmtx"][letters[ord("√")]]
    parts = [r.VariantGlyph for r in radical.MathGlyphVariantRecord] + [
        r.glyph for r in radical.GlyphAssembly.PartRecords
    ]
    for name in dict.fromkeys(parts):
        shape, (advance, side) = font["glyf"][name], font["hmtx"][name]
        shape.coordinates.scale((width / advance, 1))
        shape.coordinates.toInt()
        shape.recalcBounds(font["glyf"])
        font["hmtx"][name] = (width, round(side * width / advance))


def main(source: str) -> None:
    font = TTFont(source)
    keep_to_what_is_used(font)
    options = Options(flavor="woff2", hinting=False, layout_features=[], notdef_outline=True)
    options.drop_tables += ["DSIG"]
    greek = (*range(0x391, 0x3AA), *range(0x3B1, 0x3CA))
    subsetter = Subsetter(options)
    subsetter.populate(unicodes={*range(0x20, 0x7F), 0xA0, *greek, *ALPHABETS, *map(ord, SIGNS)})
    subsetter.subset(font)
    constants = font["MATH"].table.MathConstants
    constants.SubscriptBaselineDropMin.Value = -20  # that of y as high as that of x: browsers heed its descender
    constants.SuperscriptBaselineDropMax.Value = 390  # as TeX has it
    font["head"].modified = font["head"].created
    font.flavor = "woff2"
    font.save(TARGET, reorderTables=False)
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
