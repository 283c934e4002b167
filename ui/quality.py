"""Data quality on screen: what is wrong and what that does to the numbers, how full columns are, what is missing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import polars as pl
import streamlit as st

from data.contents import filled
from data.quality import ASPECTS, Finding, findings, looked_at
from data.quality_tables import missing
from data.quality_trend import Point, trend
from metrics.catalog import dimension, measure
from metrics.query import Query
from ui import clicks, controls, numbers, rows, session, show
from ui.guard import guarded
from ui.navigation import page_link
from ui.needs import pages_on
from ui.text import has, lang, plain, t
from ui.wording import table_name

ALL = "all"
_KEY = "quality.findings"
_FULL = 1.0
_HIGHEST = 640


def overview() -> list[Finding]:
    """How much of what kind is wrong, and of whose rows this speaks."""
    with session.reading() as seen:
        found = findings(seen, session.viewer())
    if not session.viewer().sees_all:
        st.info(t("quality.own_rows"), icon=":material/visibility:")
    with st.grid(len(ASPECTS), min_column_width=170, gap="small"):
        for aspect in ASPECTS:
            of_it = [finding for finding in found if finding.aspect == aspect]
            count = sum(finding.rows for finding in of_it)
            st.metric(
                t(f"quality.aspect.{aspect}"), numbers.count(len(of_it), lang()), border=True,
                delta=t("quality.rows", rows=numbers.count(count, lang())) if of_it else None,
                delta_color="off", delta_arrow="off", help=t(f"quality.aspect_help.{aspect}"),
            )  # fmt: skip
    return found


@st.fragment
def listed(found: Sequence[Finding]) -> None:
    """Every finding of the chosen kind and table; a click opens its rows."""
    show.section(t("quality.findings"), t("quality.findings_help"))
    if not found:
        with session.reading() as seen:
            is_empty = not filled(seen)
        if is_empty:
            st.caption(t("history.none"))
            return
        st.success(t("quality.nothing"), icon=":material/check_circle:")
        return
    tables = list(dict.fromkeys(finding.table for finding in found))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        aspect = controls.choice(
            "aspect", (ALL, *ASPECTS), label=t("quality.aspect_label"), kind="pills",
            show=lambda one: t("quality.all") if one == ALL else t(f"quality.aspect.{one}"),
        )  # fmt: skip
        table = controls.choice(
            "of", (ALL, *tables), label=t("upload.table"),
            show=lambda one: t("quality.all") if one == ALL else table_name(one),
        )  # fmt: skip
    shown = [one for one in found if aspect in (ALL, one.aspect) and table in (ALL, one.table)]
    shown.sort(key=lambda one: (-abs(float(one.money or 0)), -one.rows))
    if not shown:
        st.caption(t("show.no_rows"))
        return
    st.caption(t("quality.pick"))
    _grid(shown)
    place = clicks.take(_KEY)
    if place is not None and place < len(shown):
        _open(shown[place])


def _grid(shown: Sequence[Finding]) -> None:
    with session.reading() as seen:
        history = _history(trend(seen)) if session.viewer().sees_all else {}
    frame = pl.DataFrame(
        [
            {
                "what": _sentence(finding), "rows": finding.rows,
                "money": None if finding.money is None else float(finding.money), "share": finding.share,
                "table": table_name(finding.table),
                "effect": finding.effect_text(lang()), "measures": numbers.listed(_labels(finding.measures), lang()),
                "trend": history.get(finding.code),
            }
            for finding in shown
        ],
        schema_overrides={"share": pl.Float64, "money": pl.Float64, "trend": pl.List(pl.Float64)},
        infer_schema_length=None,
    )  # fmt: skip
    if not history:
        frame = frame.drop("trend")
    st.dataframe(
        frame, hide_index=True, key=clicks.widget(_KEY), column_config=_columns(), row_height=rows.ROW_HEIGHT,
        placeholder="", alt=t("quality.findings"), height=min(_HIGHEST, rows.ROW_HEIGHT * (frame.height + 1) + 3),
        selection_mode="single-row", on_select=clicks.keeps(_KEY, rows.chosen_row),
    )  # fmt: skip


def _columns() -> dict[str, Any]:
    """Columns of the list; on a phone the sentence leaves room for how many and how much."""
    is_narrow = "Mobi" in (st.context.headers.get("User-Agent") or "")
    return {
        "what": st.column_config.TextColumn(t("quality.what"), width=190 if is_narrow else 320),
        "rows": st.column_config.NumberColumn(t("quality.rows_head"), format="localized", width=70),
        "money": st.column_config.NumberColumn(t("upload.money"), format="localized", width=110),
        "share": st.column_config.NumberColumn(t("quality.share"), format="percent", width=75),
        "table": st.column_config.TextColumn(t("upload.table"), width=95),
        "effect": st.column_config.TextColumn(t("quality.effect"), width=470),
        "measures": st.column_config.TextColumn(t("quality.measures"), width=180),
        "trend": st.column_config.LineChartColumn(t("quality.trend"), width=110, y_min=0, help=t("quality.trend_help")),
    }


def _history(points: Sequence[Point]) -> dict[str, list[float]]:
    """Bad rows of each rule after each load, in the order of loading; at least two loads make a trend."""
    found: dict[str, list[float]] = {}
    for point in points:
        found.setdefault(point.code, []).append(float(point.rows))
    return {code: values for code, values in found.items() if len(values) > 1}


def _labels(ids: Sequence[str]) -> list[str]:
    return [measure(id_).label.text(lang()) for id_ in ids]


def _sentence(finding: Finding) -> str:
    if finding.kind == "alike":
        return f"{finding.text(lang())} ({t('kind.' + finding.params['kind'])})"
    return finding.text(lang())


# ---------------------------------------------------------------------------------------------------------- one finding


def _open(finding: Finding) -> None:
    st.dialog(plain(_sentence(finding)), width="large", position="right")(_drawer)(finding)


def _drawer(finding: Finding) -> None:
    with guarded(), session.reading() as seen:
        facts = [t("quality.rows", rows=numbers.count(finding.rows, lang()))]
        if finding.share is not None:
            facts.append(t("quality.of", share=numbers.share(finding.share, lang())))
        if finding.money is not None:
            facts.append(numbers.money(finding.money, lang(), session.currency()))
        st.markdown(f"**{plain(' · '.join(facts))}**")
        st.markdown(plain(finding.effect_text(lang())))
        for id_ in finding.measures:
            page_link("glossary", measure(id_).label.text(lang()), icon=":material/menu_book:", measure=id_)
        question = finding.question(seen.as_of)
        if question is not None:
            _rows(question, finding)
        else:
            page_link("history", t(f"quality.see_{finding.kind}"), icon=":material/history:")


def _rows(question: Query, finding: Finding) -> None:
    """The rows themselves: the first thousand here, all of them in the files, and the SQL that finds them."""
    with session.reading() as seen:
        first = seen.ask(question.first(rows.MOST_ROWS), session.viewer()).frame
    tabs = st.tabs([t("show.rows"), t("show.sql")])
    with tabs[0]:
        key = f"quality.rows.{finding.code}"
        told = {
            "shown": numbers.exact(first.height, "count", lang()),
            "all": numbers.exact(finding.rows, "count", lang()),
        }
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                t("show.rows_shown", **told) if first.height < finding.rows else t("show.rows_all", all=told["all"])
            )
            file = rows.File(
                finding.code, rows.headings(first), {}, [(finding.text(lang()), finding.effect_text(lang()))]
            )
            rows.downloads(file, rows.asked_later(question), key=key)
        rows.grid(rows.presented(first), key=key, alt=finding.text(lang()))
    with tabs[1]:
        st.code(question.text(viewer=session.viewer()), language="sql", wrap_lines=True)


# ------------------------------------------------------------------------------------------------------------- tables


@st.fragment
def columns() -> None:
    """How full each column of a table is."""
    with session.reading() as seen:
        looked = looked_at(seen, session.viewer())
    if not looked:
        return
    show.section(t("quality.columns"), t("quality.columns_help"))
    names = [one.table for one in looked]
    first = "deals" if "deals" in names else names[0]
    table = controls.choice("table", names, label=t("upload.table"), default=first, show=table_name)
    one = next(one for one in looked if one.table == table)
    st.caption(t("quality.rows", rows=numbers.exact(one.rows, "count", lang())))
    told = [(name, count) for name, count in one.filled.items() if count and _is_read(name)]
    frame = pl.DataFrame(
        {
            "column": [rows.heading(name.removesuffix("_key")) for name, _ in told],
            "filled": [count / one.rows for _, count in told],
            "missing": [one.rows - count for _, count in told],
        }
    ).sort("filled")
    config = {
        "column": st.column_config.TextColumn(t("quality.column")),
        "filled": st.column_config.ProgressColumn(t("quality.filled"), min_value=0, max_value=_FULL, format="percent"),
        "missing": st.column_config.NumberColumn(t("quality.missing_rows"), format="localized"),
    }
    st.dataframe(
        frame, hide_index=True, column_config=config, key="quality.columns", alt=t("quality.columns"), placeholder="",
        height=min(rows.MOST_HEIGHT, rows.ROW_HEIGHT * (frame.height + 1) + 3),
    )  # fmt: skip
    blank = [
        rows.heading(name.removesuffix("_key")) for name, count in one.filled.items() if not count and _is_read(name)
    ]
    if blank:
        st.caption(plain(t("quality.never", columns=numbers.listed(blank, lang()))))


def _is_read(name: str) -> bool:
    """A column that people know, not one of the machinery's."""
    column = name.removesuffix("_key")
    return has(f"column.{column}") or column in ("rep", "customer", "product")


def missing_tables() -> None:
    """The tables that nobody uploaded, and what each would bring."""
    with session.reading() as seen:
        found = missing(seen)
    if not found:
        return
    show.section(t("quality.missing"), t("quality.missing_help"))
    frame = pl.DataFrame(
        [
            {
                t("upload.table"): table_name(one.table),
                t("quality.brings"): one.brings(lang()),
                t("quality.pages"): numbers.listed([t(f"page.{entry.stem}") for entry in pages_on(one.table)], lang()),
                t("quality.opens"): numbers.listed(_labels(one.measures), lang()),
                t("quality.dimensions"): numbers.listed(
                    [dimension(id_).label.text(lang()) for id_ in one.dimensions], lang()
                ),
            }
            for one in found
        ]
    )
    show.listing(frame, key="quality.missing", alt=t("quality.missing"))
    page_link("upload", t("empty.upload"), icon=":material/upload_file:")


def over_time() -> None:
    """What was wrong after each load, by kind."""
    if not session.viewer().sees_all:
        return
    with session.reading() as seen:
        points = trend(seen)
    loads = dict.fromkeys(point.upload_id for point in points)
    if len(loads) < 2:
        return
    show.section(t("quality.over_time"), t("quality.over_time_help"))
    known = [aspect for aspect in ASPECTS if any(point.aspect == aspect for point in points)]
    with_money = {point.aspect for point in points if point.money}
    frame = pl.DataFrame(
        [_load([point for point in points if point.upload_id == load], known, with_money) for load in reversed(loads)],
        infer_schema_length=None,
    )
    show.listing(frame, key="quality.over_time", alt=t("quality.over_time"))


def _load(points: Sequence[Point], asked: Sequence[str], with_money: Collection[str]) -> dict[str, object]:
    """One load: the bad rows of each kind that rules look for, and the money they carry where any load's carry some."""
    first = points[0]
    return {
        t("history.id"): first.upload_id,
        t("upload.file"): first.file,
        t("upload.as_of"): first.as_of,
        **{t(f"quality.aspect.{name}"): _bad_rows(points, name) for name in asked},
        **{
            t("quality.money_of", aspect=t(f"quality.aspect.{name}")): _at_stake(points, name)
            for name in asked
            if name in with_money
        },
    }


def _bad_rows(points: Sequence[Point], aspect: str) -> int | None:
    """Rows of all rules of a kind; None where a load did not ask them."""
    found = [point.rows for point in points if point.aspect == aspect]
    return sum(found) if found else None


def _at_stake(points: Sequence[Point], aspect: str) -> float:
    return float(sum(abs(point.money) for point in points if point.aspect == aspect and point.money is not None))
