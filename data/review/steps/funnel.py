"""Where deals are lost: the stage that costs most against the period before, and what was lost since the review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from data.review.chapter import Chapter, Head, Listing, Picture, Series, Source, Subject, Value
from data.review.measured import answered, measured
from data.review.words import Words
from metrics.bottleneck import worst
from metrics.catalog import measure
from metrics.closed_ages import CHANCE, closed_ages
from metrics.cuts import breakdown, total
from metrics.funnel_spans import SPANS, against_before, judged
from metrics.period import DAY
from metrics.proportions import differ

if TYPE_CHECKING:
    from data.review.chapter import Asked
    from metrics.query import Query, Result
    from metrics.view import View

_MOST, _REASONS = 8, 8
_HEADS = ("deal", "customer", "rep", "lost_reason", "amount", "closed_on")
_UNITS = {"amount": "money", "closed_on": "day"}
"""Lost deals that are listed, and reasons that are drawn."""
_YEAR = "last_12_months"


class _Loss(NamedTuple):
    """The stage that lost most against before, beyond chance: a row of `judged`, its pipeline, its label."""

    row: dict[str, Any]
    pipeline: str | None
    stage: str


def chapter(asked: Asked) -> Chapter:
    """Win rate and bottleneck of the view's period, held against the one before; the deals lost since the last review.

    The win rate is of deals closed in the period, judged at equal age; the bottleneck of deals created in it.
    """
    words = Words(asked, "funnel")
    if "deals" not in asked.seen.filled():
        return Chapter("funnel", words.title, words("no_deals", table=words.table("deals")))
    period = asked.view.period
    has_begun = period is not None and period.from_on <= asked.view.as_of
    view = asked.view if has_begun else asked.view.with_period(_YEAR)
    view = view if view.before else view.with_compare("previous")
    spans = _spans(words, view)
    result = asked.seen.ask(against_before(view), asked.viewer)
    loss = _largest(result, asked.lang)
    said, notes = [_finding(words, result, loss, spans)], [note.text(asked.lang) for note in result.notes]
    if loss is None and view.preset != _YEAR:  # a young period has few decided deals: a year tells more
        longer = asked.view.with_period(_YEAR).with_compare("previous")
        over_year = asked.seen.ask(against_before(longer), asked.viewer)
        if (found := _largest(over_year, asked.lang)) is not None:
            result, loss, spans = over_year, found, _spans(words, longer)
            said.insert(0, words("in_a_year", text=_told(words, loss, spans)))
    rates = answered(asked, ("win_rate", "won_deals", "lost_deals", "lost_amount"))
    known = measured(rates, words)
    rate = _Rate.of(asked, known, words)
    if rate is not None:
        said.insert(len(said) if rate.is_good is None else 0, rate.said)
    since = _Since(asked, words)
    return Chapter(
        "funnel",
        words.title,
        said[0],
        is_good=rate.is_good if rate and rate.is_good is not None else False if loss else None,
        further=(*said[1:], since.said()),
        values=(*(value for name, value in known.items() if name != "won_deals"), *since.values()),
        pictures=tuple(one for one in (_shares(words, result, loss, spans, asked.lang), since.picture()) if one),
        lists=tuple(one for one in (since.listing(),) if one),
        notes=tuple(dict.fromkeys(notes)),
    )


# --------------------------------------------------------------------------------------------------------- the win rate


class _Rate(NamedTuple):
    """The win rate of deals closed now against that before, where they differ by more than chance would let them.

    Whether it rose or fell is said of deals of the same age (metrics/closed_ages.py). Where only how old the deals were
    that closed makes the difference, that is said instead, and is neither good nor bad.
    """

    said: str
    is_good: bool | None

    @classmethod
    def of(cls, asked: Asked, known: dict[str, Value], words: Words) -> _Rate | None:
        """None where chance does as much, or where one of them is not known."""
        won, lost = known.get("won_deals"), known.get("lost_deals")
        if won is None or lost is None or None in (won.before, lost.before):
            return None
        now, before = (int(won.value or 0), int(lost.value or 0)), (int(won.before or 0), int(lost.before or 0))
        if differ(now[0], sum(now), before[0], sum(before)) >= CHANCE:
            return None
        at_age = asked.seen.ask(closed_ages(asked.view), asked.viewer).frame.row(0, named=True)
        share, others = now[0] / sum(now), before[0] / sum(before)
        told = {
            "share": words.number(share, "share"), "won": words.exact(now[0], "count"),
            "n": words.exact(sum(now), "count"), "others": words.number(others, "share"),
            "others_won": words.exact(before[0], "count"), "m": words.exact(sum(before), "count"),
        }  # fmt: skip
        is_more = share > others
        if at_age["is_beyond_chance"] is None:
            return cls(words("rate_not_judged", before=won.before_label, **told), None)
        if not at_age["is_beyond_chance"] or (at_age["difference"] > 0) is not is_more:
            return cls(words("rate_by_age", before=won.before_label, **told), None)
        return cls(words("rate_rose" if is_more else "rate_fell", before=won.before_label, **told), is_more)


# ------------------------------------------------------------------------------------------------------- the bottleneck


def _spans(words: Words, view: View) -> dict[str, str]:
    """What the two cohorts are called."""
    now, before = view.period, view.before
    if now is None or before is None:
        return dict.fromkeys(SPANS, "")
    return {
        "now": words.span(now.from_on, min(now.to_on, view.as_of)),
        "before": words.span(before.from_on, before.to_on),
    }


def _known(result: Result) -> list[pl.DataFrame]:
    """The stages of each pipeline in which deals were decided."""
    known = result.frame.filter(pl.col("place").is_not_null() & pl.col("decided.n").is_not_null())
    return [one for _, one in known.group_by("pipeline", maintain_order=True)]


def _label(row: dict[str, Any], lang: str) -> str:
    """A stage as people call it."""
    return str(row["label_zh" if lang == "zh-CN" else "label_en"] or row["stage"] or row["place"])


def _largest(result: Result, lang: str) -> _Loss | None:
    """Of all pipelines, each judged by itself; None where no stage lost beyond chance."""
    losses = []
    for one in _known(result):
        if (row := worst(judged(one))) is not None:
            named = one.filter(pl.col("place") == row["place"]).row(0, named=True)
            losses.append(_Loss(row, named["pipeline"], _label(named, lang)))
    return max(losses, key=lambda loss: float(loss.row["expected_loss"]), default=None)


def _finding(words: Words, result: Result, loss: _Loss | None, spans: dict[str, str]) -> str:
    if loss is not None:
        return _told(words, loss, spans)
    both = pl.col("decided.n") * pl.col("others.n") > 0
    can_tell = any(judged(one).filter(both).height for one in _known(result))
    return words("none_stands_out" if can_tell else "cannot_tell", **spans)


def _told(words: Words, loss: _Loss, spans: dict[str, str]) -> str:
    row = loss.row
    return words(
        "bottleneck",
        stage=loss.stage,
        n=words.exact(row["decided.n"], "count"),
        decided=words.number(row["decided"], "share"),
        m=words.exact(row["others.n"], "count"),
        others=words.number(row["others"], "share"),
        **spans,
        loss=words.money(row["expected_loss"]),
    )


def _shares(words: Words, result: Result, loss: _Loss | None, spans: dict[str, str], lang: str) -> Picture | None:
    """Of each stage of one pipeline the share of decided deals that moved on, now and before."""
    pipelines = [one for one in _known(result) if one.get_column("span").n_unique() == len(SPANS)]
    if loss is not None:
        pipelines = [one for one in pipelines if one.item(0, "pipeline") == loss.pipeline]
    if not pipelines:
        return None
    frame = max(pipelines, key=lambda one: one.get_column("decided.n").sum())
    pipeline = frame.item(0, "pipeline")
    cells = {(row["span"], row["place"]): row for row in frame.iter_rows(named=True)}
    places = sorted({place for _, place in cells})
    stages = [_label(next(cells[span, place] for span in SPANS if (span, place) in cells), lang) for place in places]

    def shares(span: str) -> tuple[float | None, ...]:
        found = (cells.get((span, place)) for place in places)
        return tuple(float(row["decided"]) if row and row["decided"] is not None else None for row in found)

    return Picture(
        name="moved_on",
        title=words("moved_on_of", pipeline=pipeline) if len(_known(result)) > 1 and pipeline else words("moved_on"),
        rule=words("moved_on_rule"),
        kind="bars",
        labels=tuple(stages),
        series=(
            Series(spans["now"], shares("now")),
            Series(spans["before"], shares("before"), "before"),
        ),
        unit="share",
        sources=tuple(
            Source(result.query, "decided", (("pipeline", pipeline), ("span", "now"), ("place", place)))
            if ("now", place) in cells
            else None
            for place in places
        ),
        colours=tuple("bad" if loss and loss.row["place"] == place else "plain" for place in places),
    )


# ------------------------------------------------------------------------------------------------ lost since last time


class _Since:
    """What was lost from the day after the last review to today."""

    def __init__(self, asked: Asked, words: Words) -> None:
        self._asked, self._words = asked, words
        self._view = asked.view.with_period(None, asked.since + DAY, asked.view.as_of).with_compare("none")
        self._query = total(("lost_deals", "lost_amount"), self._view)
        self._row = self._answer(self._query).row(0, named=True)
        self._by = breakdown(("lost_deals", "lost_amount"), "lost_reason", self._view)
        self._reasons = self._answer(self._by).to_dicts() if self.deals else []

    @property
    def deals(self) -> int:
        """How many."""
        return int(self._row["lost_deals"] or 0)

    def _answer(self, query: Query) -> pl.DataFrame:
        return self._asked.seen.ask(query, self._asked.viewer).frame

    def _reason(self, row: dict[str, Any]) -> str:
        return str(row["lost_reason"]) if row["lost_reason"] is not None else self._words("no_reason")

    def said(self) -> str:
        """How many, how much, and for which reason most."""
        words, since = self._words, self._words.day(self._asked.since)
        if not self.deals:
            return words("none_lost", since=since)
        amount = self._row["lost_amount"]
        key = "lost" if amount else "lost_unpriced"
        text = words.many(key, self.deals, amount=words.money(amount), since=since)
        named = [row for row in self._reasons if row["lost_reason"] is not None]
        if not named:
            return words.sentences(text, words("all_without_reason"))
        first = max(named, key=lambda row: (int(row["lost_deals"]), row["lost_reason"]))
        told = {"reason": first["lost_reason"], "amount": words.money(first["lost_amount"])}
        return words.sentences(text, words.many("most_for", int(first["lost_deals"]), **told))

    def values(self) -> list[Value]:
        """What was lost, as numbers of these days."""
        since = self._words.day(self._asked.since)
        meaning = self._words("since_meaning", since=since)
        found = []
        for name, unit in (("lost_deals", "count"), ("lost_amount", "money")):
            if self._row[name] is not None:
                label, source = self._words(f"since_{name}", since=since), Source(self._query, name)
                number = float(self._row[name])
                found.append(Value(label, number, unit, meaning=meaning, better="lower", source=source))
        return found

    def picture(self) -> Picture | None:
        """The reasons, the most frequent first."""
        rows = sorted(self._reasons, key=lambda row: (-int(row["lost_deals"]), row["lost_reason"] or ""))[:_REASONS]
        if len(rows) < 2:
            return None
        label = measure("lost_deals").label.text(self._words.lang)
        return Picture(
            name="reasons",
            title=self._words("reasons", since=self._words.day(self._asked.since)),
            rule=self._words("reasons_rule", most=_REASONS),
            kind="bars",
            labels=tuple(self._reason(row) for row in rows),
            series=(Series(label, tuple(float(row["lost_deals"]) for row in rows)),),
            unit="count",
            sources=tuple(Source(self._by, "lost_deals", (("lost_reason", row["lost_reason"]),)) for row in rows),
        )

    def listing(self) -> Listing | None:
        """The largest lost deals, to learn from."""
        if not self.deals:
            return None
        frame = self._answer(self._query.rows("lost_deals"))
        is_priced = bool(self._row["lost_amount"])  # else none is the largest: the last ones are remembered best
        frame = frame.sort("amount" if is_priced else "closed_on", "deal_id", descending=[True, False], nulls_last=True)
        rows = frame.head(_MOST).to_dicts()
        heads = [name for name in _HEADS if is_priced or name != "amount"]
        key = "list" if is_priced else "list_unpriced"
        return Listing(
            name="lost",
            title=self._words(key),
            rule=self._words(f"{key}_rule", most=_MOST),
            heads=tuple(Head(name, self._words(f"head_{name}"), _UNITS.get(name, "text")) for name in heads),
            rows=tuple(tuple(_cell(row, name) for name in heads) for row in rows),
            subjects=tuple(Subject("deal", row["deal_id"], row["deal"] or row["deal_id"]) for row in rows),
            more=frame.height - len(rows),
            source=Source(self._query, "lost_deals"),
        )


def _cell(row: dict[str, Any], name: str) -> object:
    if name == "deal":
        return row["deal"] or row["deal_id"]
    if name == "amount":
        return None if row["amount"] is None else float(row["amount"])
    return row[name]
