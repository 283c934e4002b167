"""A view's faces: sentence in both languages, link out and in, small changes; and links written by an enemy."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.address import MOST_VALUES
from metrics.catalog import catalog
from metrics.errors import BadPeriod, UnknownDimension, UnknownPreset
from metrics.sentence import bucket_in_words
from metrics.view import PRESETS, View
from tests.metrics.conftest import view

DAY = date(2026, 3, 15)
VALUES = st.lists(st.none() | st.text(st.characters(exclude_characters="\0"), max_size=40), min_size=1, max_size=4)
CUTS = [dim.id for dim in catalog().dimensions.values() if dim.kind == "value"]


@st.composite
def views(draw: st.DrawFn) -> View:
    """Any view that could be made on screen."""
    filters = draw(
        st.dictionaries(st.sampled_from(CUTS), VALUES.map(lambda found: tuple(dict.fromkeys(found))), max_size=3)
    )
    seen = View(
        as_of=DAY,
        preset=draw(st.sampled_from([name for name in PRESETS if name != "custom"])),
        compare=draw(st.sampled_from(("none", "previous", "last_year"))),
        filters=tuple(filters.items()),
    )
    if draw(st.booleans()):
        first, last = sorted(draw(st.dates(date(1900, 1, 1), date(2199, 12, 31))) for _ in range(2))
        seen = seen.with_period(from_on=draw(st.sampled_from((first, None))), to_on=last)
    if draw(st.booleans()):
        seen = seen.seen_on(draw(st.dates(date(1950, 1, 1), DAY)))
    return seen


@given(views())
def test_a_link_leads_back_to_the_view(seen: View) -> None:
    back, notes = View.from_url(seen.to_url(), DAY)
    assert notes == []
    assert back == seen


@given(st.dictionaries(st.sampled_from(["period", "from", "to", "compare", "as_of", *CUTS, "day", "x"]), st.text()))
def test_any_link_is_a_view(params: dict[str, str]) -> None:
    seen, notes = View.from_url(params, DAY)
    assert seen.as_of <= DAY
    assert all(note.text("en") and note.text("zh-CN") for note in notes)
    for _, values in seen.filters:
        assert 0 < len(values) <= MOST_VALUES


@pytest.mark.parametrize(
    ("params", "ignored"),
    [
        ({"period": "yesterday"}, "period"),
        ({"from": "2026-13-01"}, "from"),
        ({"from": "1'; drop table crm.deals; --"}, "from"),
        ({"from": "0001-01-01"}, "from"),
        ({"from": "2026-03-01", "to": "2026-02-01"}, "to"),
        ({"compare": "everything"}, "compare"),
        ({"as_of": "tomorrow"}, "as_of"),
        ({"month": "2026-01-01"}, "month"),
        ({"team": ""}, "team"),
        ({"team": "x" * 50_000}, "team"),
        ({"team": "x" * 400}, "team"),
    ],
)
def test_nonsense_is_ignored_and_said(params: dict[str, str], ignored: str) -> None:
    seen, notes = View.from_url(params, DAY)
    assert [note["name"] for note in notes] == [ignored]
    assert ignored in notes[0].text("zh-CN")
    assert seen.filters == ()


def test_other_parameters_belong_to_the_page() -> None:
    seen, notes = View.from_url({"lang": "zh-CN", "measure": "won_amount", "id": "d1"}, DAY)
    assert (seen, notes) == (view(), [])


def test_too_many_values_are_cut() -> None:
    seen, notes = View.from_url({"team": ";".join(f"t{number}" for number in range(1000))}, DAY)
    assert [note["name"] for note in notes] == ["team"]
    assert len(seen.chosen("team")) == MOST_VALUES


def test_defaults_are_left_out_of_links() -> None:
    assert view().to_url() == {}
    assert view(preset="this_month").with_filter("team", ("华东", None)).to_url() == {
        "period": "this_month",
        "team": "华东;~",
    }
    assert view(from_on=date(2026, 1, 1)).to_url() == {"from": "2026-01-01"}


def test_settings_are_not_the_readers() -> None:
    seen, _ = View.from_url({"period": "this_fiscal_year"}, DAY, fiscal_start=4, week_start=7, headline="revenue")
    assert (seen.fiscal_start, seen.week_start, seen.headline) == (4, 7, "revenue")
    assert seen.to_url() == {"period": "this_fiscal_year"}


def test_a_later_day_than_the_stores_is_not_believed() -> None:
    seen, _ = View.from_url({"as_of": "2027-01-01"}, DAY)
    assert (seen.as_of, seen.is_past) == (DAY, False)
    seen, _ = View.from_url({"as_of": "2026-01-31"}, DAY)
    assert (seen.as_of, seen.is_past) == (date(2026, 1, 31), True)


@pytest.mark.parametrize(
    ("seen", "en", "zh"),
    [
        (view(), "All time", "全部时间"),
        (
            view(from_on=date(2025, 1, 1), to_on=date(2025, 6, 30), compare="last_year").with_filter("team", "华东"),
            "1 Jan – 30 Jun 2025, compared with 1 Jan – 30 Jun 2024; team is 华东",
            "2025年1月1日至6月30日，对比2024年1月1日至6月30日；团队为华东",
        ),
        (
            view(preset="this_month"),
            "1 Mar – 31 Mar 2026 (until 15 Mar 2026)",
            "2026年3月1日至3月31日（截至2026年3月15日）",
        ),
        (
            view().with_filter("source", (None, "a", "b", "c")),
            "All time; channel is unassigned or a or b or 1 more",
            "全部时间；渠道来源为未分配、a、b 等 4 项",
        ),
        (view().seen_on(date(2026, 1, 31)), "All time, as of 31 Jan 2026", "全部时间，以2026年1月31日为准"),
        (view(to_on=date(2026, 1, 31)), "Until 31 Jan 2026", "截至2026年1月31日"),
        (view(from_on=date(2026, 1, 31), to_on=date(2026, 1, 31)), "31 Jan 2026", "2026年1月31日"),
    ],
)
def test_sentences(seen: View, en: str, zh: str) -> None:
    assert (seen.sentence("en"), seen.sentence("zh-CN")) == (en, zh)


def test_small_changes() -> None:
    seen = view(preset="this_month").with_filter("team", ("A", "B")).with_filter("rep", "Ann")
    assert seen.chosen("team") == ("A", "B")
    assert seen.with_filter("team", ()).filters == (("rep", ("Ann",)),)
    assert seen.with_period("last_year").preset == "last_year"
    assert seen.with_period(from_on=date(2026, 1, 1)).preset == "custom"
    assert seen.with_compare("previous").compared() == seen.with_period(
        from_on=date(2026, 2, 1), to_on=date(2026, 2, 15)
    )
    assert len({seen, seen.with_compare("none"), view()}) == 2
    assert seen.key() != view().key()
    assert hash(seen.key())


def test_what_cannot_be_asked() -> None:
    with pytest.raises(BadPeriod):
        view(from_on=date(2026, 2, 1), to_on=date(2026, 1, 1))
    with pytest.raises(UnknownPreset, match="this_month"):
        view(preset="this_mont")
    with pytest.raises(UnknownDimension, match="team"):
        view().with_filter("teem", "A")


@pytest.mark.parametrize(
    ("grain", "start", "said"),
    [
        ("quarter", 4, ("2026 Q2", "2026年第2季度")),
        ("fiscal_quarter", 4, ("FY2027 Q1", "2027财年第1季度")),
        ("fiscal_quarter", 7, ("FY2026 Q4", "2026财年第4季度")),
        ("fiscal_year", 1, ("2026", "2026年")),
        ("month", 1, ("2026-04", "2026-04")),
        ("week", 1, ("2026-04-01", "2026-04-01")),
    ],
)
def test_a_span_of_time_has_a_name(grain: str, start: int, said: tuple[str, str]) -> None:
    assert tuple(bucket_in_words(date(2026, 4, 1), grain, lang, start) for lang in ("en", "zh-CN")) == said
