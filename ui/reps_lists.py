"""What the lists of salespeople say: names of what is chosen, what leavers leave behind."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from data import punctuation
from metrics.catalog import dimension, measure
from metrics.cuts import total
from metrics.query import Query, Result
from metrics.reps import leaderboard
from ui import numbers, session
from ui.look import Look
from ui.question import Subject
from ui.reps import inside, people
from ui.text import lang, t


@dataclass(frozen=True)
class Board(Subject):
    """The ranking of salespeople: named by the measure that ranks them."""

    @property
    def title(self) -> str:
        """The measure, by salesperson."""
        return t("question.reps_board_of", measure=label(self.query.measures[0].id))


@dataclass(frozen=True)
class People(Subject):
    """A list of salespeople: each has a page."""

    page = ("rep", "name", "rep")


@dataclass(frozen=True)
class Band(Subject):
    """People who have been there for as long: what lies behind them is what they closed."""

    def rows(self) -> Query:
        """The deals closed by those who are in the band."""
        band = dict(self.at).get("tenure")
        with session.reading() as seen:
            frame = seen.ask(leaderboard(("win_rate",), self.view), session.viewer()).frame
        here = frame.filter(pl.col("rep").is_not_null() & pl.col("tenure").eq_missing(pl.lit(band, pl.String)))
        return total("win_rate", self.view.with_filter("rep", here.get_column("rep").to_list())).rows("win_rate")


def label(name: str) -> str:
    """A measure as the reader sees it."""
    return measure(name).label.text(lang())


def of_segment(name: str) -> str:
    """A dimension as the reader sees it."""
    return dimension(name).label.text(lang())


def adds_up(name: str) -> bool:
    """Whether people's numbers add up to the company's."""
    return measure(name).additive in {"all", "not_over_time"}


def few_bring_most(result: Result, look: Look) -> str | None:
    """How many people bring four fifths, and who brings most."""
    top = result.frame.filter(pl.col("class") == "A")
    if top.is_empty():
        return None
    return look.words(
        "question.rep_shares_found", count=numbers.exact(top.height, "count", look.lang),
        of=numbers.exact(result.frame.filter(pl.col("class").is_not_null()).height, "count", look.lang),
        share=numbers.share(top.get_column("cumulative")[-1], look.lang, 0),
        measure=inside(result.query.measures[0], look), names=people(top.get_column("rep").to_list(), look),
    )  # fmt: skip


def what_is_left(result: Result, look: Look) -> str | None:
    """How many people have left something behind, and how much."""
    frame = result.frame.filter(pl.col("rep").is_not_null())
    said = []
    if frame.height:
        money = {
            name: look.money(float(frame.get_column(name).sum())) for name in ("open_amount", "outstanding", "overdue")
        }
        count = numbers.exact(int(frame.get_column("open_deals").sum()), "count", look.lang)
        said.append(look.words("question.leavers_found", people=frame.height, count=count, **money))
    nobody = result.frame.filter(pl.col("rep").is_null())
    if nobody.height:
        money = {name: look.money(float(nobody.get_column(name).sum())) for name in ("open_amount", "outstanding")}
        count = numbers.exact(int(nobody.get_column("open_deals").sum()), "count", look.lang)
        said.append(look.words("question.leavers_nobody", count=count, **money))
    return punctuation.sentences(said, look.lang) or None
