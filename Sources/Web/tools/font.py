"""Cuts Inter down to what the page shows. usage: font.py IN.ttf OUT.woff2

Digits and the signs around them are replaced by the font's own tabular forms in the character map itself: text on a
canvas (the chart's axes) cannot ask for an OpenType feature, and columns of prices must line up there too.
"""

import sys

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180)]
SIGNS = [0x2009, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x20AC, 0x2122]
ARROWS_AND_MATHS = [0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2248, 0x2264, 0x2265, 0x25B2, 0x25BC]
TABULAR = [*range(0x30, 0x3A), *map(ord, "+-.,:%$"), 0x2212]


def tabular_substitutes(font: TTFont) -> dict[str, str]:
    """Glyph name to the name of its tabular form, as the font's `tnum` feature has it."""
    table = font["GSUB"].table
    lookups = {
        index
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "tnum"
        for index in record.Feature.LookupListIndex
    }
    found: dict[str, str] = {}
    for index in lookups:
        for part in table.LookupList.Lookup[index].SubTable:
            found.update(getattr(getattr(part, "ExtSubTable", part), "mapping", {}))
    return found


def main(source: str, target: str) -> None:
    font = TTFont(source)
    instancer.instantiateVariableFont(font, {"wght": (400, 700)}, inplace=True)
    substitutes = tabular_substitutes(font)
    names = font.getBestCmap()
    swap = {code: substitutes[names[code]] for code in TABULAR if names.get(code) in substitutes}
    if not all(digit in swap for digit in range(0x30, 0x3A)):
        sys.exit(f"font.py: {source} has no tabular digits")
    for table in font["cmap"].tables:
        for code, glyph in swap.items():
            if code in table.cmap:
                table.cmap[code] = glyph

    options = subset.Options()
    options.flavor = "woff2"
    options.hinting = False
    options.layout_features = ["kern", "calt", "ccmp", "case", "liga", "mark"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=LATIN + SIGNS + ARROWS_AND_MATHS)
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
