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


def main(source: str) -> None:
    font = TTFont(source)
    options = Options(flavor="woff2", hinting=False, layout_features=[], notdef_outline=True)
    options.drop_tables += ["DSIG"]
    greek = (*range(0x391, 0x3AA), *range(0x3B1, 0x3CA))
    subsetter = Subsetter(options)
    subsetter.populate(unicodes={*range(0x20, 0x7F), 0xA0, *greek, *ALPHABETS, *map(ord, SIGNS)})
    subsetter.subset(font)
    font["MATH"].table.MathConstants.SubscriptBaselineDropMin.Value = -20  # of y as of x: browsers heed its descender
    font["head"].modified = font["head"].created
    font.flavor = "woff2"
    font.save(TARGET, reorderTables=False)
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
