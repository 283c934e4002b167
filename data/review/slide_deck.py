"""An empty deck in the light style of the house, its slides one after the other, and the sections they belong to."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.util import Inches

from data.review.colours import colours
from data.review.letters import clean, cut
from data.review.slide_text import EAST, LATIN, Face, put, said_in, unstyled
from data.review.slide_xml import child

if TYPE_CHECKING:
    from pptx.slide import Slide

    from data.review.said import Said

PAGE = (13.333, 7.5)  # inches
LEFT, WIDTH = 0.6, 12.13
FOOT = 6.98
_TITLE_ONLY = 5
_TITLE_SIZES = (30.0, 28.0, 26.0, 24.0, 22.0, 20.0, 18.0, 16.0, 14.0)
"""Points; the last ones so that a long finding is whole: what is cut away is often the number that matters."""
_MOST_NOTES = 12_000  # letters
_SECTIONS = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"


class Deck:
    """The slides of one report."""

    def __init__(self, said: Said) -> None:
        self.said = said
        self.deck = Presentation()
        self.deck.slide_width, self.deck.slide_height = (Inches(side) for side in PAGE)
        self.deck.element.find(qn("p:sldSz")).attrib.pop("type", None)
        self.sections: list[tuple[str, list[int]]] = []
        self.top = 0.0
        """Where what stands below the title of the last slide begins, in inches."""
        _widen(self.deck)
        _in_house_style(self.deck)
        told = self.deck.core_properties
        told.title, told.author, told.last_modified_by = said.title, "Sales Compass", "Sales Compass"
        told.subject = clean(said.report.view.sentence(said.lang), 200)
        told.language = said.lang

    def begin(self, name: str) -> None:
        """What follows belongs to a section of this name."""
        self.sections.append((name, []))

    def slide(self, title: str, *, kicker: str = "", notes: str = "") -> Slide:
        """A new slide with its title, a small line above it, its foot and its notes page."""
        slide: Slide = self.deck.slides.add_slide(self.deck.slide_layouts[0])
        self.sections[-1][1].append(slide.slide_id)
        of = colours()
        stripe = slide.shapes.add_shape(1, 0, 0, Inches(0.16), self.deck.slide_height)
        stripe.name = "stripe"
        unstyled(stripe)
        stripe.fill.solid()
        stripe.fill.fore_color.rgb = _colour(of.accent)
        stripe.line.fill.background()
        placed = slide.shapes.title
        placed.left, placed.top, placed.width, placed.height = (Inches(one) for one in (LEFT, 0.62, WIDTH, 1.08))
        tall = put(placed, title, Face(_TITLE_SIZES, bold=True, anchor="t"), self.said.lang, (WIDTH, 1.08))
        self.top = 0.62 + max(tall, 0.5) + 0.16
        if kicker:
            self._line(slide, kicker, (LEFT, 0.3, 9.4, 0.34), Face((14.0,), of.accent, bold=True))
        foot = f"{self.said.title} · {self.said.word('as_of')} {self.said.day(self.said.report.view.as_of)}"
        self._line(slide, foot, (LEFT, FOOT, 10.8, 0.3), Face((12.0,), of.muted))
        self._number(slide)
        if notes:
            page = slide.notes_slide.notes_text_frame
            page.text = cut(notes, _MOST_NOTES)
            for paragraph in page.paragraphs:
                for run in paragraph.runs:
                    said_in(run, self.said.lang)
        return slide

    def _line(self, slide: Slide, text: str, box: tuple[float, float, float, float], face: Face) -> None:
        added = slide.shapes.add_textbox(*(Inches(one) for one in box))
        put(added, text, face, self.said.lang, box[2:])

    def _number(self, slide: Slide) -> None:
        """The number of the page, which PowerPoint keeps right when slides are moved."""
        box = (LEFT + WIDTH - 1.2, FOOT, 1.2, 0.3)
        added = slide.shapes.add_textbox(*(Inches(one) for one in box))
        put(added, str(len(self.deck.slides)), Face((12.0,), colours().muted, align="r"), self.said.lang, box[2:])
        run = added.text_frame.paragraphs[0].runs[0]._r  # noqa: SLF001 - python-pptx has no fields
        field = run.makeelement(qn("a:fld"), {"id": _guid("number"), "type": "slidenum"})
        for part in list(run):
            field.append(part)
        run.getparent().replace(run, field)

    def save(self, to: io.BytesIO) -> None:
        """Write the file, with its sections."""
        listed = child(_extension(self.deck.element), "p14:sectionLst")
        for at, (name, slides) in enumerate(self.sections):
            one = child(listed, "p14:section", name=name or "—", id=_guid(f"section {at}"))
            ids = child(one, "p14:sldIdLst")
            for slide in slides:
                child(ids, "p14:sldId", id=str(slide))
        self.deck.save(to)


def _extension(presentation: Any) -> Any:  # noqa: ANN401 - lxml's
    """The place in the file where PowerPoint keeps sections: the last one."""
    held = presentation.find(qn("p:extLst"))
    return child(child(presentation, "p:extLst") if held is None else held, "p:ext", uri=_SECTIONS)


def _guid(name: str) -> str:
    """An id that is the same each time."""
    return f"{{{str(uuid5(NAMESPACE_URL, f'sales-compass {name}')).upper()}}}"


def _colour(told: str) -> Any:  # noqa: ANN401 - python-pptx's
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(told)


def _widen(deck: Any) -> None:  # noqa: ANN401
    """The template's 4:3 as 16:9; of its layouts the one that is used."""
    master = deck.slide_master
    for layout in list(deck.slide_layouts):
        if layout is not deck.slide_layouts[_TITLE_ONLY]:
            continue
        used = layout
    for layout in list(deck.slide_layouts):
        if layout is not used:
            deck.slide_layouts.remove(layout)
    wider = PAGE[0] / 10
    for holder in (master, used):
        for shape in holder.shapes:
            if shape.element.spPr.find(qn("a:xfrm")) is not None:
                shape.left, shape.width = round(shape.left * wider), round(shape.width * wider)


def _in_house_style(deck: Any) -> None:  # noqa: ANN401
    """Fonts and colours of the theme, so that what somebody adds looks like the rest."""
    of = colours()
    part = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme = part.blob.decode()
    theme = re.sub(r'<a:latin typeface="[^"]*"', f'<a:latin typeface="{LATIN}"', theme)
    theme = re.sub(r'<a:ea typeface="[^"]*"', f'<a:ea typeface="{EAST}"', theme)
    theme = re.sub(r'<a:font script="Hans" typeface="[^"]*"', f'<a:font script="Hans" typeface="{EAST}"', theme)
    for name, colour in (("dk2", of.text), ("accent1", of.accent), ("accent2", of.bad), ("accent3", of.good),
                         ("accent4", of.before), ("accent5", of.muted), ("accent6", of.line)):  # fmt: skip
        theme = re.sub(
            rf"(<a:{name}>)<a:srgbClr val=\"[0-9A-Fa-f]{{6}}\"/>", rf'\g<1><a:srgbClr val="{colour}"/>', theme
        )  # fmt: skip
    part._blob = theme.encode()  # noqa: SLF001 - python-pptx has no themes
    title = deck.slide_master.element.find(f"{qn('p:txStyles')}/{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    title.set("algn", "l")
