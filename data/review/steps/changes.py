"""What changed since the last review: the open deals of that day turned into those of today, and which moved most."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from data.review.chapter import Chapter, Head, Listing, Picture, Series, Source, Subject, Value
from data.review.measured import answered, measured, told_once
from data.review.words import Words
from metrics.bridge import CAME, CAUSES, END, LEFT, START, bridge, largest

if TYPE_CHECKING:
    from data.review.chapter import Asked
    from metrics.notes import Note
    from metrics.query import Query

_MOST, _LINES = 8, 3
"""Deals that are listed, and in how many blocks of the bridge one can stand: it comes, changes, and leaves."""
_GOOD = ("won", "increased", *CAME)
_BAD = ("lost", "gone", "decreased", "pushed_out")
_SAID = ("won", "lost", "pushed_out", "gone", "new")
"""Causes that are said in words before all others, where deals moved for them."""
_BY = ("increased", "decreased", "revalued")
"""Causes that change what a deal is worth, where the others move the whole of it."""


def question(asked: Asked) -> Query:
    """The bridge of the review: of deals expected to close in the view's period, as the pipeline page has it."""
    return bridge(asked.view, asked.since, asked.view.as_of, asked.view.period)


def chapter(asked: Asked) -> Chapter:
    """What came, grew, left and shrank since the day that the review is compared with."""
    words = Words(asked, "changes")
    if "deals" not in asked.seen.filled():
        return Chapter("changes", words.title, words("no_deals", table=words.table("deals")))
    query = question(asked)
    result = asked.seen.ask(query, asked.viewer)
    rows = {row["cause"]: row for row in result.frame.iter_rows(named=True)}
    moved = [cause for cause in CAUSES if rows[cause]["deals"]]
    days = {"since": words.day(asked.since), "day": words.day(asked.view.as_of)}
    stocks, remarks = _stocks(asked, words)
    return Chapter(
        "changes",
        words.title,
        _finding(asked, words, rows, days),
        further=_in_words(words, rows, "due" if asked.view.period else "all"),
        values=(
            *([_level(asked, words, query, rows)] if rows[START]["deals"] or rows[END]["deals"] else []),
            *stocks,
        ),
        pictures=(_picture(asked, words, query, rows, moved),) if moved else (),
        lists=(_list(asked, words, query),) if moved else (),
        notes=tuple(one.text(asked.lang) for one in told_once([*result.notes, *remarks])),
    )


def _finding(asked: Asked, words: Words, rows: dict[str, dict[str, Any]], days: dict[str, str]) -> str:
    """From start to end, and the largest cause; that nothing moved, where nothing did."""
    start, end = rows[START], rows[END]
    due = "due" if asked.view.period else "all"
    moved = [cause for cause in CAUSES if rows[cause]["deals"]]
    if not moved and not end["deals"]:
        return words(f"none_{due}", **days)
    if not moved:
        return words.many(f"still_{due}", end["deals"], amount=words.money(end["amount"]), **days)
    priced = [cause for cause in moved if rows[cause]["amount"]]
    if not priced:
        return words.many("moved_no_amounts", sum(rows[cause]["deals"] for cause in moved), **days)
    cause = max(priced, key=lambda one: abs(rows[one]["amount"]))
    passed = not start["deals"] and not end["deals"]
    if not passed and not start["amount"] and not end["amount"]:
        due = "unpriced"
    told = {
        "start": words.money(start["amount"]),
        "end": words.money(end["amount"]),
        "delta": words.signed(end["amount"] - start["amount"]),
        "told": _told(words, cause, rows[cause]),
    }
    return words(f"{'passed' if passed else 'moved'}_{due}", **told, **days)


def _told(words: Words, cause: str, row: dict[str, Any]) -> str:
    """What happened to how many deals, and what they are worth: "28 deals worth 2.21M were won".

    Lost ones with what they stood for before, as in the bridge: the step about losses says what was lost with them.
    """
    count, amount = row["deals"], row["amount"]
    did = words.many(f"did_{cause}", count)
    kind = "bare" if not amount else "by" if cause in _BY else "stood" if cause == "lost" else "worth"
    shown = words.signed(amount) if cause == "revalued" else words.money(abs(amount))
    return words.many(kind, count, did=did, amount=shown)


def _in_words(words: Words, rows: dict[str, dict[str, Any]], due: str) -> tuple[str, ...]:
    """What was won, lost, put off and new, and whatever else was as large, in one line that adds up.

    `due`: "due" of deals due in a period, "all" of all.
    """
    first = [cause for cause in _SAID if rows[cause]["deals"]]
    others = [cause for cause in CAUSES if rows[cause]["deals"] and cause not in _SAID]
    least = min((abs(rows[cause]["amount"]) for cause in first), default=0)
    large = [cause for cause in others if abs(rows[cause]["amount"]) >= least]
    large.sort(key=lambda cause: -abs(rows[cause]["amount"]))
    said = [_told(words, cause, rows[cause]) for cause in (*first, *large)]
    if small := [cause for cause in others if cause not in large]:
        said.append(words("said_rest", amount=words.signed(sum(rows[cause]["amount"] for cause in small))))
    return (words(f"said_{due}", causes=words("semicolon").join(said)),) if said else ()


def _level(asked: Asked, words: Words, query: Query, rows: dict[str, dict[str, Any]]) -> Value:
    """What stands open at the end of the bridge, beside its start."""
    due = "due" if asked.view.period else "all"
    return Value(
        words(f"level_{due}"),
        float(rows[END]["amount"]),
        "money",
        meaning=words(f"level_{due}_meaning"),
        before=float(rows[START]["amount"]),
        before_label=words.day(asked.since),
        source=Source(query, "amount", (("cause", END),)),
    )


def _stocks(asked: Asked, words: Words) -> tuple[list[Value], list[Note]]:
    """All open deals, beside those of the day that is compared with; and what must be known to compare the two.

    Nothing is held against a day that knew other deals: one without a creation date is there from its upload on.
    """
    view = asked.view.with_period(None, min(asked.since + timedelta(days=1), asked.view.at), asked.view.at)
    told = answered(asked, ("open_amount", "open_deals"), view.with_compare("previous"))
    if told is None:
        return [], []
    notes, values = list(told.notes), measured(told, words).values()
    return [
        replace(value, before_label="" if value.before is None else words.day(asked.since)) for value in values
    ], notes


def _picture(asked: Asked, words: Words, query: Query, rows: dict[str, dict[str, Any]], moved: list[str]) -> Picture:
    causes = (START, *moved, END)
    levels = {START: words.day(asked.since), END: words.day(asked.view.as_of)}
    names = [levels.get(cause) or words.many("block", rows[cause]["deals"], cause=words(f"cause_{cause}"))
             for cause in causes]  # fmt: skip
    due = asked.view.period
    return Picture(
        name="bridge",
        title=words("bridge", since=words.day(asked.since), day=words.day(asked.view.as_of)),
        rule=words.sentences(
            words("bridge_rule"), words("bridge_due", days=words.span(due.from_on, due.to_on)) if due else ""
        ),
        kind="waterfall",
        labels=tuple(names),
        series=(Series(words("amount"), tuple(float(rows[cause]["amount"]) for cause in causes)),),
        unit="money",
        sources=tuple(Source(query, "amount", (("cause", cause),)) for cause in causes),
        colours=tuple(_colour(cause) for cause in causes),
    )


def _colour(cause: str) -> Literal["good", "bad", "plain"]:
    return "good" if cause in _GOOD else "bad" if cause in _BAD else "plain"


def _list(asked: Asked, words: Words, query: Query) -> Listing:
    told = asked.seen.ask(largest(query, _LINES * _MOST), asked.viewer).frame.to_dicts()
    told.sort(key=lambda row: row["cause"] not in LEFT)  # that a deal is lost says more than that it was pulled in
    once = {row["deal_id"]: row for row in reversed(told)}
    found = sorted(once.values(), key=lambda row: (-abs(row["moved"]), row["deal_id"]))[:_MOST]
    heads = ("deal", "customer", "rep", "stage", "cause", "moved", "due")
    units = {"moved": "money", "due": "day"}
    return Listing(
        name="moved",
        title=words("list"),
        rule=words("list_rule", most=_MOST),
        heads=tuple(Head(name, words(f"head_{name}"), units.get(name, "text")) for name in heads),
        rows=tuple(
            tuple(
                words(f"cause_{row[name]}") if name == "cause"
                else float(row[name]) if name == "moved"
                else row[name] or (row["deal_id"] if name == "deal" else None)
                for name in heads
            )
            for row in found
        ),
        subjects=tuple(Subject("deal", row["deal_id"], row["deal"] or row["deal_id"]) for row in found),
        more=int(told[0]["deals"]) - len(found) if told else 0,
        source=Source(query),
    )  # fmt: skip
