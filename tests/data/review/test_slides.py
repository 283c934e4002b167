"""Slides: read again as PowerPoint would, with their charts, tables, notes and sections."""

from __future__ import annotations

import io
import shutil
import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from pptx import Presentation

from data.review import steps
from data.review.slide_text import _MINUS
from data.review.slides import slides
from tests.data.review import read_back
from tests.data.review.made import report

LANGUAGES = ("en", "zh-CN")
_HEADLINES = ("bottleneck", "rate_fell", "rate_by_age", "rate_not_judged")
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


@pytest.fixture(scope="module", params=LANGUAGES)
def file(request: pytest.FixtureRequest) -> bytes:
    return slides(report(request.param))


@pytest.fixture(scope="module")
def hostile() -> bytes:
    return slides(report("en", hostile=True))


def test_each_step_is_a_section_with_its_finding_as_a_title(file: bytes) -> None:
    deck = Presentation(io.BytesIO(file))
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, abs=0.001)
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides if slide.shapes.title]
    assert len(titles) == len(deck.slides)
    findings = [one.finding for one in report("zh-CN" if "销售" in titles[0] else "en").chapters]
    assert set(findings) <= set(titles)
    sections = etree.fromstring(read_back.parts(file)["ppt/presentation.xml"]).xpath("//*[local-name()='section']")
    assert len(sections) == 1 + len(findings)
    listed = [one.get("id") for one in sections for one in one.iter() if one.tag.endswith("}sldId")]
    assert listed == [str(slide.slide_id) for slide in deck.slides]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_longest_headline_of_the_funnel_is_whole(lang: str) -> None:
    """With names and amounts as long as those of a store: at twenty points its loss was cut away."""
    told = tomllib.loads(Path(steps.__file__).with_name("funnel.toml").read_text("utf-8"))
    days = {"en": "1 Jan – 19 Mar 2026", "zh-CN": "2026年1月1日至3月19日"}[lang]
    words = dict.fromkeys(("now", "before"), days) | {"stage": "方案与报价评审 Proposal", "loss": "CN¥1,252.41万"}
    numbers = dict.fromkeys(("n", "m", "won", "others_won"), "1,234") | {"decided": "53.3%", "share": "53.3%"}
    findings = [told[one][lang].format_map(words | numbers | {"others": "66.7%"}) for one in _HEADLINES]
    made = tuple(replace(report(lang).chapters[2], finding=one) for one in findings)
    deck = Presentation(io.BytesIO(slides(replace(report(lang), chapters=made))))
    titles = {slide.shapes.title.text_frame.text for slide in deck.slides if slide.shapes.title}
    assert set(findings) <= titles


def test_charts_hold_their_data_and_can_be_edited(file: bytes) -> None:
    deck = Presentation(io.BytesIO(file))
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert [str(one.chart_type).split(" ")[0] for one in charts] == [
        "COLUMN_CLUSTERED", "COLUMN_STACKED", "COLUMN_STACKED", "LINE", "BAR_CLUSTERED"
    ]  # fmt: skip
    assert list(charts[0].plots[0].series[0].values) == [1.8e6, 2.1e6, 1.2e6, 2.6e6, 2.9e6, 1.7e6]
    assert list(charts[0].plots[0].series[1].values)[-1] is None
    base, level, up, down, _, below = (list(one.values) for one in charts[2].plots[0].series)
    assert (base[2], down[2], below[1], up[3], level[4]) == (-200, -250, -200, 450, 450)
    books = [name for name in read_back.parts(file) if name.endswith(".xlsx")]
    assert len(books) == len(charts), "each has its workbook"


def test_lists_are_tables_and_what_has_no_room_is_counted(file: bytes) -> None:
    deck = Presentation(io.BytesIO(file))
    tables = [(slide, shape.table) for slide in deck.slides for shape in slide.shapes if shape.has_table]
    assert len(tables) == 3
    shown = sum(len(table.rows) - 1 for _, table in tables)
    last = " ".join(shape.text_frame.text for shape in tables[-1][0].shapes if shape.has_text_frame)
    assert f" {40 - shown + 3} " in last
    for slide, table in tables:
        tall = sum(row.height for row in table.rows)
        top = next(shape.top for shape in slide.shapes if shape.has_table)
        assert top + tall < deck.slide_height * 0.93


def test_notes_hold_rules_definitions_and_numbers_in_full() -> None:
    notes = "\n".join(texts[-1] for texts in read_back.slides(slides(report("en"))))
    assert "Won amount: $12,345,678.50" in notes
    assert "Amount of deals won, by closing date." in notes
    assert "No deal was closed." in notes
    assert "targets are spread over working days" in notes
    assert "Pushed out: Amount -$20,000.00" in notes
    assert "Ask for the plan." in notes


def test_every_letter_has_both_fonts(file: bytes) -> None:
    for name, part in read_back.parts(file).items():
        if name.startswith("ppt/slides/slide"):
            for run in etree.fromstring(part).iter(f"{_DRAWING}rPr"):
                assert run.find(f"{_DRAWING}ea") is not None, name
                assert run.find(f"{_DRAWING}latin") is not None, name
        if name.startswith("ppt/charts/chart"):
            told = etree.fromstring(part).findall(f"{_CHART}txPr//{_DRAWING}ea")
            assert told, name


def test_a_file_is_the_same_each_time() -> None:
    assert slides(report("en")) == slides(report("en"))


@pytest.mark.parametrize("is_hostile", [False, True])
def test_it_opens_without_repair(is_hostile: bool, hostile: bytes) -> None:
    """No id twice on a slide, no part that is no XML, every relation leads to a part."""
    held = read_back.parts(hostile if is_hostile else slides(report("zh-CN")))
    assert len(held) == len(set(held))
    for name, part in held.items():
        if name.endswith((".xml", ".rels")):
            tree = etree.fromstring(part)
            ids = [one.get("id") for one in tree.iter() if one.tag.endswith("}cNvPr")]
            assert len(ids) == len(set(ids)), name
        if name.endswith(".rels"):
            folder = Path(name).parent.parent
            for relation in etree.fromstring(part):
                if relation.get("TargetMode") == "External":
                    pytest.fail(f"{name} leads outside: {relation.get('Target')}")
                target = str(relation.get("Target"))
                place = target.lstrip("/") if target.startswith("/") else str((Path("/") / folder / target).resolve())
                assert place.lstrip("/") in held, f"{name}: {target}"


def test_names_are_only_names(hostile: bytes) -> None:
    texts = [text for slide in read_back.slides(hostile) for text in slide]
    assert any("<script>alert('x')</script>" in text for text in texts)
    assert not any("\x0b" in text or "\x00" in text for text in texts)
    assert all(len(text) < 20_000 for text in texts)


def test_libreoffice_reads_it(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice here: soffice is not installed")
    file = slides(report("zh-CN"))
    (tmp_path / "deck.pptx").write_bytes(file)
    command = [office, f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", "pdf"]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(tmp_path / "deck.pptx")], check=True, timeout=120, capture_output=True
    )
    pages = (tmp_path / "deck.pdf").read_bytes().count(b"/Type/Page>") + (
        tmp_path / "deck.pdf"
    ).read_bytes().count(b"/Type/Page/")  # fmt: skip
    assert pages == len(Presentation(io.BytesIO(file)).slides)


def test_a_minus_stays_with_its_number() -> None:
    """A hyphen is left behind at the end of a line; days and names keep theirs."""
    told = [_MINUS.sub("−", one) for one in ("(-CN¥12.26M)", "-7%", "2026-06-10", "Wolf-7", "- a", "--7")]
    assert told == ["(−CN¥12.26M)", "−7%", "2026-06-10", "Wolf-7", "- a", "--7"]


def test_nothing_is_smaller_than_twelve_points(file: bytes) -> None:
    for name, part in read_back.parts(file).items():
        if name.startswith(("ppt/slides/slide", "ppt/charts/chart")):
            for told in etree.fromstring(part).iter(f"{_DRAWING}rPr", f"{_DRAWING}defRPr"):
                assert int(told.get("sz", 1200)) >= 1200, name


def test_the_overview_names_every_step_with_its_finding(file: bytes) -> None:
    texts = " ".join(read_back.slides(file)[1])
    for one in report("zh-CN" if "销售" in texts or "业绩" in texts else "en").chapters:
        assert one.title in texts
        assert one.finding[:12] in texts


def test_numbers_that_go_on_stand_above_the_picture() -> None:
    told = report("en")
    results = told.chapters[0]
    many = replace(results, values=tuple(replace(results.values[0], label=f"Number {at}") for at in range(11)))
    deck = Presentation(io.BytesIO(slides(replace(told, chapters=(many,)))))
    charts = [slide for slide in deck.slides if any(shape.has_chart for shape in slide.shapes)]
    assert len(charts) == 1
    assert {"Number 8", "Number 9", "Number 10"} <= {
        shape.text_frame.text for shape in charts[0].shapes if shape.has_text_frame
    }
    assert len(deck.slides) == 2 + 2


def test_bars_that_would_be_squeezed_have_a_slide_of_their_own() -> None:
    told = report("en")
    picture = told.chapters[2].pictures[0]
    for bars, slides_of_step in ((4, 1), (14, 2)):
        many = replace(
            picture, labels=tuple(f"Bar {at}" for at in range(bars)), colours=(),
            series=(picture.series[0]._replace(values=tuple(map(float, range(bars)))),),
        )  # fmt: skip
        chapter = replace(told.chapters[0], pictures=(many,), lists=())
        deck = Presentation(io.BytesIO(slides(replace(told, chapters=(chapter,)))))
        assert len(deck.slides) == 2 + slides_of_step


def test_short_lists_share_a_slide_and_long_ones_fill_theirs_alike() -> None:
    told = report("en")
    listing = told.chapters[2].lists[0]
    short = replace(listing, rows=listing.rows[:1], subjects=listing.subjects[:1], more=0)
    chapter = replace(told.chapters[2], lists=(short, replace(short, title="Others")))
    deck = Presentation(io.BytesIO(slides(replace(told, chapters=(chapter,)))))
    both = [slide for slide in deck.slides if sum(shape.has_table for shape in slide.shapes) == 2]
    assert len(both) == 1
    longer = replace(chapter, lists=(replace(listing, rows=listing.rows[:10], subjects=listing.subjects[:10]),))
    deck = Presentation(io.BytesIO(slides(replace(told, chapters=(longer,)))))
    rows = [len(shape.table.rows) - 1 for slide in deck.slides for shape in slide.shapes if shape.has_table]
    assert rows == [5, 5]


def test_a_list_without_room_below_its_finding_stands_whole_on_slides_of_its_own() -> None:
    told = report("en")
    listing = replace(told.chapters[2].lists[0], rows=told.chapters[2].lists[0].rows[:10], subjects=(), source=None)
    chapter = replace(told.chapters[2], pictures=(), lists=(replace(listing, more=0),))
    deck = Presentation(io.BytesIO(slides(replace(told, chapters=(chapter,)))))
    rows = [len(shape.table.rows) - 1 for slide in deck.slides for shape in slide.shapes if shape.has_table]
    assert sum(rows) == 10


def test_a_mark_without_a_range_has_no_line() -> None:
    told = report("en")
    picture = told.chapters[2].pictures[0]
    low, high = (one._replace(values=(2.0e6, None, None, 0.0)) for one in picture.series[1:])
    chapter = replace(told.chapters[2], pictures=(replace(picture, series=(picture.series[0], low, high)),))
    held = read_back.parts(slides(replace(told, chapters=(chapter,))))
    chart = next(part for name, part in held.items() if name.startswith("ppt/charts/chart"))
    for end in ("plus", "minus"):
        points = etree.fromstring(chart).findall(f".//{_CHART}errBars/{_CHART}{end}//{_CHART}pt")
        assert [one.get("idx") for one in points] == ["0", "3"]


def test_a_number_without_room_before_its_range_stands_behind_it() -> None:
    told = report("en")
    values = {"value": (30.0e6, 9.0e6, 0.0, 39.0e6), "low": (None, 0.5e6, 0.0, 33.0e6), "high": (None, 17e6, 0.0, 46e6)}
    series = tuple(one._replace(values=values[one.role]) for one in told.chapters[2].pictures[0].series)
    picture = replace(
        told.chapters[2].pictures[0], series=series, labels=("Won", "Open", "To come", "Landing"), colours=()
    )
    chapter = replace(told.chapters[2], pictures=(picture,))
    held = read_back.parts(slides(replace(told, chapters=(chapter,))))
    chart = etree.fromstring(next(part for name, part in held.items() if name.startswith("ppt/charts/chart")))
    (moved,) = chart.findall(f".//{_CHART}dLbl")
    assert moved.find(f"{_CHART}idx").get("val") == "1", "the others have room, or no range"
    right = float(moved.find(f".//{_CHART}x").get("val"))
    plot = {one.tag.removeprefix(_CHART): one.get("val") for one in chart.find(f".//{_CHART}plotArea/{_CHART}layout/*")}
    span = float(chart.find(f".//{_CHART}valAx//{_CHART}max").get("val"))
    assert 0 < right - 17e6 / span * float(plot["w"]) < 0.02, "a little further than its range reaches"
    assert b"showLeaderLines" in etree.tostring(chart)
    assert float(plot["x"]) + float(plot["w"]) < 1
