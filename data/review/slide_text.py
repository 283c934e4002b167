"""Texts on slides: measured before they are put, with a Latin and an East Asian font named."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Pt

from data.review.colours import colours
from data.review.letters import lines, sized

LATIN, EAST = "Arial", "Microsoft YaHei"
INCH = 72.0  # points
LEADING = 1.25
_ROOM = 0.93  # of a box: letters of another font may be wider, and there is air between Chinese and digits
_BOLD = 0.86  # of it, for bold letters
_MINUS = re.compile(r"(?<![\w-])-(?=[A-Z]{0,3}[$¥€£]?\d)")
_ALIGN = {"l": PP_ALIGN.LEFT, "c": PP_ALIGN.CENTER, "r": PP_ALIGN.RIGHT}
_ANCHOR = {"t": MSO_ANCHOR.TOP, "m": MSO_ANCHOR.MIDDLE, "b": MSO_ANCHOR.BOTTOM}


class Face(NamedTuple):
    """How a text looks. `sizes`: in points, falling; the first that has room. `align`: l, c, r. `anchor`: t, m, b."""

    sizes: tuple[float, ...]
    colour: str = ""
    bold: bool = False
    align: str = "l"
    anchor: str = "m"


def put(shape: Any, text: str, face: Face, lang: str, box: tuple[float, ...]) -> float:  # noqa: ANN401 - python-pptx's
    """Put a text into a shape in the largest size that has room; returns how tall it is, in inches.

    Args:
        box: width and height of its room in inches.
    """
    frame = shape.text_frame
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = _ANCHOR[face.anchor]
    wide = box[0] * INCH * _ROOM * (_BOLD if face.bold else 1.0)
    size, told = sized(text, wide, box[1] * INCH * 1.02, face.sizes)
    rows = lines(told, wide / size) if "\n" not in told else told.split("\n")
    for at, line in enumerate(told.split("\n")):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.alignment = _ALIGN[face.align]
        run = paragraph.add_run()
        run.text = _MINUS.sub("−", line)  # a hyphen would be left behind at the end of a line
        styled(run, size, lang, colour=face.colour, bold=face.bold)
    return len(rows) * size * LEADING / INCH


def styled(run: Any, size: float, lang: str, *, colour: str = "", bold: bool = False) -> None:  # noqa: ANN401
    """Size, colour and fonts of a run."""
    run.font.size, run.font.bold = Pt(size), bold
    run.font.color.rgb = RGBColor.from_string(colour or colours().text)
    said_in(run, lang)


def unstyled(shape: Any) -> None:  # noqa: ANN401
    """Without the outline and the shadow that the theme gives to every shape."""
    style = shape.element.find(qn("p:style"))
    if style is not None:
        shape.element.remove(style)


def said_in(run: Any, lang: str) -> None:  # noqa: ANN401
    """The fonts and the language of a run, so that Chinese is neither guessed nor spelt in English."""
    with_fonts(run.font._element)  # noqa: SLF001 - python-pptx has no East Asian fonts
    told = run.font._element  # noqa: SLF001
    told.set("lang", "zh-CN" if lang == "zh-CN" else "en-US")
    told.set("altLang", "en-US" if lang == "zh-CN" else "zh-CN")


def with_fonts(properties: Any) -> None:  # noqa: ANN401
    """Name both fonts in properties of a run, or of all texts of a chart."""
    for tag, name in (("a:latin", LATIN), ("a:ea", EAST), ("a:cs", LATIN)):
        found = properties.find(qn(tag))
        if found is None:
            found = properties.makeelement(qn(tag), {})
            _in_order(properties, found)
        found.set("typeface", name)


_BEFORE = tuple(
    map(qn, ("a:ln", "a:noFill", "a:solidFill", "a:gradFill", "a:effectLst", "a:highlight", "a:latin", "a:ea"))
)


def _in_order(properties: Any, added: Any) -> None:  # noqa: ANN401
    """Put an element where the schema has it: behind line, fill and the font before it."""
    places = [at for at, child in enumerate(properties) if child.tag in _BEFORE]
    properties.insert(places[-1] + 1 if places else 0, added)
