"""Targets on screen: which one is looked at, how it stands as a drawing and a table, and whether it is SMART."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
import streamlit as st

from data.divisions import divisions
from data.punctuation import paired
from metrics.catalog import measure
from metrics.period import DAY, bucket_next, bucket_start
from metrics.query import Query, Result, from_file
from metrics.target import Span, grain_of
from metrics.target_owners import below
from metrics.target_smart import Check, smart
from metrics.target_standing import behind, standing, without_filters
from metrics.target_trees import spans
from metrics.view import View
from metrics.workdays import Workdays, calendar
from ui import controls, numbers, session, show
from ui.question import Subject
from ui.reader import look
from ui.targets_drawn import owner
from ui.text import lang, plain, t

LEVELS = ("people", "product", "region")
"""On which way a target is broken down: over teams to people, over products, over regions."""
_SCOPES = {"people": ("team", "rep"), "product": ("product",), "region": ("region",)}
_MOST_SPANS = 60


@dataclass(frozen=True)
class Aimed:
    """The targets that are looked at: of one measure, for one span, on one way down.

    `all_of`: measures that have targets in this span.
    """

    of: str
    span: Span
    level: str
    all_of: tuple[str, ...]

    @property
    def scopes(self) -> tuple[str, ...]:
        """Whose targets, besides the company's."""
        return _SCOPES[self.level]


def chosen(view: View) -> Aimed | None:
    """What the reader chose; None where nobody has set any target."""
    with session.reading() as seen:
        frame = seen.ask(spans(view), session.viewer()).frame
    if frame.is_empty():
        return None
    measures = frame.get_column("measure").unique(maintain_order=True).to_list()
    known = [name for name in measures if _is_known(name)]
    if not known:
        return None
    default = view.headline if view.headline in known else known[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        of = controls.choice(
            "goal",
            known,
            label=t("targets.measure"),
            default=default,
            show=lambda name: measure(name).label.text(lang()),
        )
        mine = frame.filter(pl.col("measure") == of)
        days = [Span(*row) for row in mine.select("starts_on", "ends_on").unique().sort("starts_on", "ends_on").rows()]
        texts = {str(span): span for span in _nearest(days, view.as_of)}
        told = controls.choice(
            "days", list(texts), label=t("targets.days"), default=str(_first(list(texts.values()), view)),
            show=lambda name: span_name(texts[name], view),
        )  # fmt: skip
        span = texts[told]
        here = mine.filter((pl.col("starts_on") == span.starts_on) & (pl.col("ends_on") == span.ends_on))
        ways = _ways(set(here.get_column("scope")))
        level = ways[0]
        if len(ways) > 1:
            level = controls.choice(
                "level", ways, label=t("targets.level"), show=lambda name: t(f"targets.level_{name}"), kind="segmented"
            )
    beside = frame.filter((pl.col("starts_on") == span.starts_on) & (pl.col("ends_on") == span.ends_on))
    return Aimed(of, span, level, tuple(beside.get_column("measure").unique(maintain_order=True)))


def _is_known(name: str) -> bool:
    from ui.answers import known_measure

    known = known_measure(name)
    return known is not None and known.goal_of is None


def _ways(scopes: set[str]) -> tuple[str, ...]:
    found = [name for name in ("product", "region") if name in scopes]
    return ("people", *found) if scopes & {"company", "team", "rep"} else tuple(found)


def _nearest(days: Sequence[Span], as_of: date) -> list[Span]:
    """The spans nearest to today, in order; years of weeks are more than a list can hold."""
    near = sorted(days, key=lambda span: abs((span.ends_on - as_of).days))[:_MOST_SPANS]
    return sorted(near, key=lambda span: (-span.starts_on.toordinal(), span.ends_on))


def _first(days: Sequence[Span], view: View) -> Span:
    """The period of the filter bar where it has targets; else the quarter, month or year that runs; else the last."""
    if view.period is not None and (asked := Span(view.period.from_on, view.period.to_on)) in days:
        return asked
    running = [span for span in days if span.starts_on <= view.as_of <= span.ends_on]
    liked = sorted(running, key=lambda span: abs((span.ends_on - span.starts_on).days - 91))
    past = [span for span in days if span.ends_on <= view.as_of]
    return (liked or past[:1] or list(days))[0]


def span_name(span: Span, view: View) -> str:
    """A span as people call it: "Q2 2026", or its days."""
    grain = grain_of(span, view.fiscal_start, view.week_start)
    if grain is None:
        return f"{numbers.day(span.starts_on, lang())} – {numbers.day(span.ends_on, lang())}"
    return numbers.bucket(span.starts_on, grain, lang(), view.fiscal_start)


def running(view: View) -> Span:
    """The quarter that runs: what a first target is offered for."""
    start = bucket_start(view.as_of, "fiscal_quarter", view.fiscal_start)
    return Span(start, bucket_next(start, "fiscal_quarter") - DAY)


def exactly(value: float, of: str) -> str:
    """A value of a measure in full."""
    return numbers.exact(value, measure(of).unit, lang(), session.currency())


def signed(value: float, of: str) -> str:
    """A difference in full, with its sign."""
    return ("+" if value > 0 else "") + exactly(value, of)


def within(aimed: Aimed, view: View) -> View:
    """The view of the target's days, which are chosen on the page and not in the bar."""
    return view.with_compare("none").with_period(from_on=aimed.span.starts_on, to_on=aimed.span.ends_on)


def question(aimed: Aimed, view: View) -> Query:
    """How these targets stand."""
    here = without_filters(view).with_period(from_on=aimed.span.starts_on, to_on=aimed.span.ends_on)
    with session.reading() as seen:
        days = Workdays.of(seen.ask(calendar(here), session.viewer()).frame)
        over = tuple(divisions(seen, session.viewer())) if "team" in aimed.scopes else ()
    return standing(aimed.of, aimed.span, view, days, aimed.scopes, over)


class Owned(Subject):
    """What is looked behind of targets: the measure's rows of an owner, a team's with those of the teams below it."""

    def rows(self) -> Query:
        """The rows of what was reached."""
        at = dict(self.at)
        scope, name = at.get("scope"), at.get("name")
        if not isinstance(scope, str) or not isinstance(name, str):
            return behind(self.query, "company", ())
        return behind(self.query, scope, _with_below(scope, name, self.view))

    def figures(self, result: Result) -> tuple[pl.DataFrame, dict[str, str]]:
        """The whole answer under names of its own, and the units of its columns."""
        units = {_called(column.name): column.unit for column in self.query.columns if column.unit}
        frame = result.frame
        known = [
            name for name in frame.columns if name != "depth" and frame.get_column(name).null_count() < frame.height
        ]
        return frame.select(known).rename({name: _called(name) for name in known}), units

    def name(self) -> str:
        """The question, and whose target it is."""
        return " · ".join(part for part in (self.title, self.where) if part)


class Parted(Subject):
    """What is looked behind of sums of targets: the targets of these days, all versions."""

    def rows(self) -> Query:
        """The targets themselves."""
        return self.query.rows()


_AS_THEY_ARE = ("scope", "name", "parent", "reason", "set_on", "left_on", "verdict")


def _called(name: str) -> str:
    """The name of a column on screen, where others call something else so."""
    return name if name in _AS_THEY_ARE else f"goal_{name.replace('.', '_')}"


def _with_below(scope: str, name: str, view: View) -> list[str]:
    if scope != "team":
        return [name]
    with session.reading() as seen:
        teams = seen.ask(from_file("targets_teams", View(as_of=view.as_of)), session.viewer()).frame
    parts = below(dict(teams.select("team", "parent").rows()), {name})
    return sorted(parts.filter(pl.col("team") == name).get_column("part"))


@st.fragment
def smart_check(aimed: Aimed, view: View) -> None:
    """The five checks of one owner's target."""
    show.section(t("targets.smart"), t("targets.smart_help"))
    with session.reading() as seen:
        result = seen.ask(question(aimed, view), session.viewer())
        has_data = any(part.table in seen.filled() for part in measure(aimed.of).parts)
    how = look(view)
    rows = {owner(row, how): row for row in result.frame.to_dicts()}
    if not rows:
        return
    names = list(rows)
    # Who sees own rows, or a team's, is there for these: what the company reached is not theirs to see.
    first = next((place for place, row in enumerate(rows.values()) if row["actual"] is not None), 0)
    name = st.selectbox(t("targets.whose"), names, index=first, key="targets.whose", width=320)
    one = measure(aimed.of)
    checks = smart(aimed.of, aimed.span, rows[name], view.as_of, has_data, aimed.all_of)
    for check in checks:
        said = check.text(lang(), lambda value: numbers.written(value, one.unit, lang(), how.currency))
        st.markdown(paired(f"{_sign(check)} **{t(f'targets.letter_{check.letter}')}**", plain(said), lang()))


def _sign(check: Check) -> str:
    """A sign that is told apart without its colour."""
    return {True: ":material/check_circle:", False: ":material/error:", None: ":material/help:"}[check.holds]
