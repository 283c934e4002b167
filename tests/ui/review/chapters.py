"""Chapters made by hand, as a step would make them, and what stands in for the steps themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from data.review.agenda import Planned
from data.review.chapter import Asked, Chapter, Head, Listing, Picture, Series, Source, Subject, Value
from metrics.cuts import breakdown

EVIL = '<script>alert("x")</script> & [a](b) "q"'


def value(**changed: object) -> Value:
    """A value that has moved from 100 to 120."""
    return replace(
        Value("Won", 120.0, "money", "won_amount", before=100.0, before_label="1 Jun", better="higher"), **changed
    )  # type: ignore[arg-type]


def picture(kind: str = "bars", **changed: object) -> Picture:
    """Three labels, the second without a value."""
    given = Picture(
        "by_rep", "Won by rep", "Money by closing day", kind, ("Ann", EVIL, "Bo"),  # type: ignore[arg-type]
        (Series("won", (30.0, None, -10.0)), Series("before", (20.0, 5.0, 4.0), "before")), "money",
    )  # fmt: skip
    return replace(given, **changed)  # type: ignore[arg-type]


def listing(**changed: object) -> Listing:
    """Two rows, three more."""
    given = Listing(
        "deals", "Deals to talk about", "Open deals with a reason to worry",
        (Head("deal", "Deal"), Head("amount", "Amount", "money"), Head("close", "Close date", "day")),
        ((EVIL, 1200.5, date(2026, 6, 1)), ("Bo", None, None)),
        (Subject("deal", "D1", EVIL), Subject("none")), more=3,
    )  # fmt: skip
    return replace(given, **changed)  # type: ignore[arg-type]


def made(planned: Planned, asked: Asked) -> Chapter:
    """A chapter of any step, with numbers of the store that it was asked of."""
    query = breakdown("won_amount", "rep", asked.view, limit=5)
    frame = asked.seen.ask(query, asked.viewer).frame
    names = tuple(str(one) for one in frame["rep"])
    bars = picture(
        labels=names, series=(Series("won", tuple(float(one) for one in frame["won_amount"])),),
        sources=tuple(Source(query, "won_amount", (("rep", one),)) for one in frame["rep"]),
    )  # fmt: skip
    total = sum(float(one) for one in frame["won_amount"])
    return Chapter(
        planned.id, f"Title of {planned.id}", f"Finding of {planned.id}: {EVIL}", is_good=True, further=("And more.",),
        values=(value(value=total, source=Source(query, "won_amount")), value(value=None, why="Nobody knows.")),
        pictures=(bars,), lists=(listing(source=Source(query, "won_amount")),), notes=("Read with care.",),
    )  # fmt: skip
