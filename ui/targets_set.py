"""Setting targets on screen: in a sheet, by splitting, or a first one; shown before it is recorded, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import polars as pl
import streamlit as st

from data.settings import settings
from data.target_splits import AMONG, IN_TIME, proposal
from data.targets import NONE_HELD, Aim, last, set_targets, strangers, targets
from data.truth import undo
from metrics.catalog import catalog, measure
from metrics.errors import SalesError
from metrics.target import SCOPES, Span, held
from metrics.target_split import WAYS
from metrics.target_trees import across
from metrics.view import View
from ui import numbers, session, show
from ui.guard import explain
from ui.targets import Aimed, exactly, question, running, signed, span_name
from ui.text import lang, plain, t

How = Literal["hand", "split", "new"]
_TOLD = "targets.told"


@st.fragment
def section(aimed: Aimed | None, view: View) -> None:
    """The ways to set targets; what would change is shown first, and each change is an upload that can be undone."""
    if settings().engine:
        st.caption(t("stages.elsewhere"))
        return
    if not session.viewer().sees_all:
        st.info(t("targets.not_yours"), icon=":material/lock:")
        return
    ways: tuple[How, ...] = get_args(How) if aimed is not None else ("new",)
    how = ways[0]
    if len(ways) > 1:
        texts = {name: t(f"targets.how_{name}") for name in ways}
        how = st.segmented_control(
            t("targets.how"), ways, default=ways[0], format_func=texts.__getitem__, key="targets.how", required=True
        )
    try:
        if aimed is None or how == "new":
            _new(view)
        elif how == "split":
            _split(aimed, view)
        else:
            _by_hand(aimed, view)
    except SalesError as error:
        explain(error)
    if isinstance(told := st.session_state.pop(_TOLD, None), SalesError):
        explain(told)
    _undo_last()


# -------------------------------------------------------------------------------------------------------------- by hand


def _by_hand(aimed: Aimed, view: View) -> None:
    """Every owner with a target today in a sheet; the sums above them follow what is written."""
    with session.reading() as seen:
        rows = seen.ask(question(aimed, view), session.viewer()).frame
    if rows.is_empty():
        return
    st.caption(t("targets.hand_help", days=plain(span_name(aimed.span, view))))
    now = rows.select("scope", "name", "parent", "target", "percentile")
    names = ["\u2003" * depth + (name or t("targets.company")) for name, depth in rows.select("name", "depth").rows()]
    edited = _sheet(names, now, aimed.of, f"hand.{aimed}.{hash(tuple(now.rows()))}")
    after = now.with_columns(target=pl.Series(edited, dtype=pl.Float64))
    aims = [
        Aim(aimed.of, row["scope"], row["name"], aimed.span, value, row["target"])
        for row, value in zip(now.to_dicts(), edited, strict=True) if value != row["target"]
    ]  # fmt: skip
    if measure(aimed.of).additive == "all":
        _sums(across(after.drop("percentile")), aimed.of)
    _record(aims)


def _sheet(names: Sequence[str], now: pl.DataFrame, of: str, key: str) -> list[float]:
    """Owners with their target today and a column to write the new one in; rates in per cent."""
    percent = measure(of).unit == "share"
    shown = pl.DataFrame({"name": names, "now": now.get_column("target"), "new": now.get_column("target")})
    shown = shown.with_columns(pl.col("now", "new") * (100 if percent else 1))
    column = st.column_config
    edited: Any = st.data_editor(
        shown, hide_index=True, key=f"targets.{key}", width="stretch", disabled=["name", "now"],
        column_config={
            "name": column.TextColumn(t("targets.whose")),
            "now": column.NumberColumn(t("targets.now"), format="localized"),
            "new": column.NumberColumn(t("targets.new"), format="localized", min_value=0, required=True),
        },
    )  # fmt: skip
    found = [float(value) if value is not None else 0.0 for value in edited.get_column("new").to_list()]
    return [round(value / 100, 12) if percent else value for value in found]


def _sums(told: pl.DataFrame, of: str) -> None:
    """What the parts of each target add up to; what is left of it is said in words."""
    lines = []
    for row in told.filter(pl.col("difference") != 0).iter_rows(named=True):
        facts = {
            "owner": row["name"] or t("targets.company"), "part": t(f"value.part.{row['part']}"),
            "target": exactly(row["target"], of), "parts": exactly(row["parts"], of),
            "left": exactly(abs(row["difference"]), of),
        }  # fmt: skip
        code = "unallocated" if row["difference"] > 0 else "over"
        lines.append(f"- {plain(t(f'targets.sum_{code}', **facts))}")
    if lines:
        st.markdown("\n".join(lines))
    elif told.height:
        st.caption(t("targets.all_add_up", count=told.height))


# ---------------------------------------------------------------------------------------------------------------- split


def _split(aimed: Aimed, view: View) -> None:
    """The parts of one target by a way, which can be changed before they are recorded."""
    with session.reading() as seen:
        rows = seen.ask(question(aimed, view), session.viewer()).frame
    owners = {row["name"] or t("targets.company"): row for row in rows.iter_rows(named=True)}
    if not owners:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(t("targets.whose"), list(owners), key="targets.split_of", width=240)
        row = owners[name]
        ways = [*IN_TIME, *(AMONG if row["scope"] == "company" else AMONG[:2] if row["scope"] == "team" else ())]
        texts = {one: t(f"value.part.{one}") for one in ways}
        over = st.selectbox(
            t("targets.over"), ways, index=1, format_func=texts.__getitem__, key="targets.over", width=180
        )
        said = {one: t(f"targets.way_{one}") for one in WAYS}
        way = st.selectbox(t("targets.way"), WAYS, index=2, format_func=said.__getitem__, key="targets.way", width=240)
        spread = st.toggle(t("targets.spread"), key="targets.spread", help=t("targets.spread_help"))
    whole = (aimed.of, row["scope"], row["name"], aimed.span)
    with session.reading() as seen:
        first = proposal(seen, session.viewer(), whole, over, way)
        labels = [_label(part.label, over, part.aim.span, view) for part in first.parts]
        offered = pl.DataFrame({"target": [part.aim.value for part in first.parts]}, schema={"target": pl.Float64})
        written = _parts(labels, [part.before for part in first.parts], offered, f"split.{hash((whole, over, way))}")
        fixed = {part.label: value for part, value in zip(first.parts, written, strict=True) if value != part.aim.value}
        made = proposal(seen, session.viewer(), whole, over, way, fixed, spread=spread) if fixed else first
    if spread and fixed:
        show.listing(
            _told(labels, [part.aim.value for part in made.parts], aimed.of),
            key="targets.spreaded",
            alt=t("targets.spread"),
        )
    if made.is_by_nothing:
        st.caption(t("targets.alike"))
    if made.unknown:
        st.caption(plain(t("targets.as_others", count=len(made.unknown))))
    told = {"whole": exactly(made.whole.value, aimed.of), "left": exactly(abs(made.left), aimed.of)}
    code = "even" if not made.left else "unallocated" if made.left > 0 else "over"
    st.markdown(plain(t(f"targets.left_{code}", **told)))
    _record([part.aim for part in made.parts if part.aim.value != part.before])


def _label(label: str, over: str, span: Span, view: View) -> str:
    """The part as people call it: the month, or the days of a week that is cut, or the name."""
    return span_name(span, view) if over in IN_TIME else label


def _parts(names: Sequence[str], before: Sequence[float | None], offered: pl.DataFrame, key: str) -> list[float]:
    shown = pl.DataFrame(
        {"name": names, "now": pl.Series(before, dtype=pl.Float64), "new": offered.get_column("target")}
    )
    column = st.column_config
    edited: Any = st.data_editor(
        shown, hide_index=True, key=f"targets.{key}", width="stretch", disabled=["name", "now"],
        column_config={
            "name": column.TextColumn(t("targets.part")),
            "now": column.NumberColumn(t("targets.now"), format="localized"),
            "new": column.NumberColumn(t("targets.new"), format="localized", min_value=0, required=True),
        },
    )  # fmt: skip
    return [float(value) if value is not None else 0.0 for value in edited.get_column("new").to_list()]


def _told(names: Sequence[str], values: Sequence[float], of: str) -> pl.DataFrame:
    return pl.DataFrame({t("targets.part"): names, t("targets.new"): [exactly(value, of) for value in values]})


# ------------------------------------------------------------------------------------------------------------------ new


def _new(view: View) -> None:
    """A target that nobody has yet: of what, for whom, from when to when, how much."""
    st.caption(t("targets.new_help"))
    known = [
        one.id for one in catalog().measures.values() if one.goal_of is None and not one.deprecated and not one.is_part
    ]
    labels = {name: measure(name).label.text(lang()) for name in known}
    span = running(view)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        of = st.selectbox(t("targets.measure"), known, index=known.index(view.headline), format_func=labels.__getitem__,
                          key="targets.new_of", width=240)  # fmt: skip
        texts = {name: t(f"value.scope.{name}") for name in SCOPES}
        scope = st.selectbox(
            t("targets.scope"), SCOPES, format_func=texts.__getitem__, key="targets.new_scope", width=160
        )
        name = None
        if scope != "company":
            with session.reading() as seen:
                names = [value for value in seen.values(scope, session.viewer()) if value is not None]
            name = st.selectbox(
                t("targets.whose"), names, key=f"targets.new_{scope}", width=220, accept_new_options=True
            )
        days = st.date_input(
            t("targets.days"), (span.starts_on, span.ends_on), key="targets.new_days", format="YYYY-MM-DD", width=250
        )
        share = measure(of).unit == "share"
        label = t("targets.value_percent") if share else t("targets.value")
        value = st.number_input(label, min_value=0.0, value=None, key="targets.new_value", width=200)
    if value is None or len(days) != 2 or (scope != "company" and not name):
        return
    aim = Aim(of, scope, name, Span(*days), value / 100 if share else value)
    with session.reading() as seen:
        unknown = strangers(seen, [aim], session.viewer())
    for stranger, near in unknown.items():
        st.warning(plain(t("targets.stranger_near" if near else "targets.stranger", name=stranger, near=near)))
    _record([aim])


# -------------------------------------------------------------------------------------------------------------- doing


def _record(aims: Sequence[Aim]) -> None:
    """What would change, the reason, and the button."""
    if not aims:
        st.caption(t("targets.nothing_changed"))
        return
    with st.container(border=True):
        st.markdown(f"**{plain(t('targets.would', count=len(aims)))}**")
        with session.reading() as seen:
            today = {(one.current.owner, one.current.span): one.current.value for of in {aim.measure for aim in aims}
                     for one in held(targets(seen, of, session.viewer()))}  # fmt: skip
        rows = [(aim, today.get(((aim.measure, aim.scope, aim.scope_value), aim.span))) for aim in aims]
        aims = [
            aim if aim.was is not None else aim._replace(was=NONE_HELD if before is None else before)
            for aim, before in rows
        ]
        listed = pl.DataFrame([
            {
                t("targets.whose"): aim.scope_value or t("targets.company"),
                t("targets.days"): f"{aim.span.starts_on} – {aim.span.ends_on}",
                t("targets.now"): exactly(before, aim.measure) if before is not None else "—",
                t("targets.new"): exactly(aim.value, aim.measure),
                t("targets.change"): signed(aim.value - before, aim.measure) if before is not None else "—",
            }
            for aim, before in rows
        ])  # fmt: skip
        show.listing(listed, key="targets.would", alt=t("targets.would", count=len(aims)))
        reason = st.text_input(t("targets.reason"), key="targets.reason", max_chars=500, help=t("targets.reason_help"))
        needed = any(before is not None for _, before in rows) and not reason.strip()
        st.button(
            t("targets.record"), icon=":material/check:", type="primary", key="targets.record", on_click=_apply,
            args=(tuple(aims), reason), disabled=needed, help=t("targets.reason_first") if needed else None,
        )  # fmt: skip


def _apply(aims: tuple[Aim, ...], reason: str) -> None:
    viewer = session.viewer()
    try:
        made = set_targets(session.store(), aims, reason, who=viewer.email or None, viewer=viewer)
        st.toast(plain(t("targets.recorded", count=made.read)), icon=":material/check_circle:")
        st.session_state["targets.reason"] = ""
    except SalesError as error:
        st.session_state[_TOLD] = error


def _undo_last() -> None:
    with session.reading() as seen:
        made = last(seen)
    if made is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(t("targets.undo"), icon=":material/undo:", key="targets.undo", on_click=_take_back, args=(made.id,))
        st.caption(plain(t("targets.last", file=made.file, moment=numbers.moment(made.loaded_at, lang()))))


def _take_back(upload: int) -> None:
    try:
        undo(session.store(), upload, who=session.viewer().email or None)
    except SalesError as error:
        st.session_state[_TOLD] = error
