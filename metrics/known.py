"""What a measure cannot tell because rows lack what it is made of: "—" with the reason; and how much it stands on.

A gross margin is a sum over the order lines that have a cost. Of a month without any it is unknown and not 0; of one in
which some lines have a cost it is the margin of these, so a note says of how much revenue (RefuseWhen in catalog.py).
Sums stay sums: what is unknown brings nothing to the margin of the year, whose note says how much of its revenue it
knows. Pure functions over the aggregates that a statement answers with.

One rule says what is known: a row that has what is needed tells it (a cost of 0 is a cost), and the part that is known
is that of amounts without signs, so that returns make it neither more than all nor less than nothing. And one rule says
what can be compared: two sums whose parts are alike, the smaller at least LEAST_COVERED of the larger. A margin of 3 %
of what was sold beside one of 9 % is three times as high by what came to be known. That two parts are as large says not
that they are of the same things: whoever looks at a sum compared is told so, and each member of a cut is held against
itself. In a course over time a part is out of the ordinary that is unlike the usual one, and lies further from it than
such parts move from one period to the next anyway (`usual_part`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from metrics.catalog import GRAINS, Measure, Text
from metrics.notes import Note, note
from metrics.population import raw as raw_name
from metrics.query import Query
from metrics.sentence import bucket_in_words

LEAST_COVERED = 0.9
"""The least part that still tells of the whole: of the days compared with, that have data (the first row of a complete
export lies a few days into its first year, too: the first of January is a holiday); of amounts, that are known; and of
the larger of two such parts, that the smaller is."""
MOST_NAMED = 3
"""So many places are named in a note; of the others it says how many."""
UNTOLD = ("refused", "refused_there", "partly_known", "partly_known_both", "partly_known_there")
"""The notes about what is not known, or in part."""
_CENT = 0.005
"""Amounts that lie no further apart are equal."""
_TO_LIMIT = 3.145
"""From a median to its limits, in medians of the moves from one point to the next: 3 ÷ 0.954, as 2.66 of means. One
month without costs moves a mean of moves, and not their median. [Wheeler, Understanding Variation]"""
_EVEN = 1e-9
"""Parts that lie no further apart are equal."""
LEAST_MOVES = 7
"""Moves between parts without which nothing is said of how they usually move."""


class Usual(NamedTuple):
    """The parts of what happened that are nothing out of the ordinary: from `low` to `high`, both included."""

    low: float = LEAST_COVERED
    high: float = 1.0

    def text(self) -> str:
        """In words: "60 % – 75 %"."""
        return f"{percent(self.low)} – {percent(self.high)}"


def where_known(one: Measure, raw: pl.DataFrame, value: pl.Expr, *, before: bool) -> pl.Expr:
    """A measure's value, null where its rows lack what it needs."""
    asked, known = raw_name(f"{one.id}_asked", before), raw_name(f"{one.id}_known", before)
    if asked not in raw.columns:
        return value
    return pl.when((pl.col(asked).fill_null(0) == 0) | (pl.col(known).fill_null(0) > 0)).then(value)


def refused(one: Measure, query: Query, raw: pl.DataFrame) -> list[Note]:
    """A note where any row's value is refused: which ones, unless all are."""
    asked, known = f"{one.id}_asked", f"{one.id}_known"
    if one.refuse_when is None or asked not in raw.columns:
        return []
    void = raw.filter((pl.col(asked).fill_null(0) > 0) & (pl.col(known).fill_null(0) == 0))
    reason = one.refuse_when.reason
    if void.is_empty():
        return []
    if void.height == raw.filter(pl.col(asked).fill_null(0) > 0).height:
        return [note("refused", measure=one.id, reason=reason)]
    return [note("refused_there", measure=one.id, reason=reason, where=_named(query, void))]


def refused_throughout(one: Measure, raw: pl.DataFrame, *, before: bool = False) -> list[Note]:
    """A note where no row of an answer tells the measure, though rows ask for it; or none of the days compared with."""
    asked, known = (raw_name(f"{one.id}_{told}", before) for told in ("asked", "known"))
    if one.refuse_when is None or asked not in raw.columns or not raw.get_column(asked).fill_null(0).sum():
        return []
    is_void = not raw.get_column(known).fill_null(0).sum()
    return [note("refused_then" if before else "refused", measure=one.id, reason=one.refuse_when.reason)] * is_void


def partly(one: Measure, query: Query, raw: pl.DataFrame) -> list[Note]:
    """A note where a value stands on a part of what it is about: of a total what part, else where it is least.

    Where days are compared, the part of these is said as well.
    """
    spans = [before for before in (False, True) if _tells(one, raw, before)]
    if False not in spans:
        return []
    told = raw.with_columns(share_of(one, before=before).alias(name) for before, name in _SHARES if before in spans)
    names = [name for _, name in _SHARES if name in told.columns]
    asked, known = one.coverage
    gap = [_amount(asked, before) - _amount(known, before) > _CENT for before in spans]
    found = told.filter(pl.any_horizontal(gap) & (pl.col(_SHARES[0][1]) > 0))
    found = found.with_columns(_least=pl.min_horizontal(names)).sort("_least", maintain_order=True)
    if found.is_empty():
        return []
    words = {"measure": one.id, "whole": asked.label, "part": known.label}
    if query.by:
        return [note("partly_known_there", **words, where=_named(query, found, names))]
    now, *then = (found.item(0, name) for name in names)
    if then and then[0] is not None:
        return [note("partly_known_both", **words, share=percent(now), then=percent(then[0]))]
    return [note("partly_known", **words, share=percent(now))] if now < 1 else []


_SHARES = ((False, "_share"), (True, "_share_then"))
"""What the parts that are known are called, now and then."""


def _tells(one: Measure, raw: pl.DataFrame, before: bool) -> bool:
    """Whether an answer says how much of the measure is known."""
    columns = [raw_name(part.id, before) for part in one.coverage]
    return len(columns) > 1 and all(name in raw.columns for name in columns)


def sum_of(value: str) -> pl.Expr:
    """What rows add up to; unknown where some are, and the others hold nothing."""
    here = pl.col(value)
    return pl.when(~(here.is_null().any() & (here.fill_null(0) == 0).all())).then(here.sum()).alias(value)


def _amount(part: Measure, before: bool) -> pl.Expr:
    return pl.col(raw_name(part.id, before)).cast(pl.Float64).fill_null(0)


def share_of(one: Measure, *, before: bool = False) -> pl.Expr:
    """The part of what happened that a measure with a coverage knows, 0 to 1; null where nothing happened."""
    whole, part = (_amount(of, before) for of in one.coverage)
    return part / pl.when(whole > 0).then(whole)


def is_alike(share: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Whether sums that stand on these parts can be compared; so they can where nothing happened at one time."""
    return (pl.min_horizontal(share, other) >= LEAST_COVERED * pl.max_horizontal(share, other)) | (
        share.is_null() | other.is_null()
    )


def is_unknown(one: Measure, usual: Usual | None = None) -> pl.Expr:
    """Whether a row of a statement's answer does not tell the measure, or of another part than is usual.

    Args:
        usual: the parts that are usual (`usual_part`); None: at least nine tenths of what happened.
    """
    if one.coverage:
        share, (low, high) = share_of(one), usual or Usual()
        return ((share == 0) | ~share.is_between(low - _EVEN, high + _EVEN)).fill_null(value=False)
    if one.refuse_when is None:
        return pl.lit(value=False)
    asked, known = (pl.col(f"{one.id}_{told}").fill_null(0) for told in ("asked", "known"))
    return (asked > 0) & (known == 0)


def usual_part(one: Measure, raw: pl.DataFrame, by: str) -> Usual:
    """The parts that rows of an answer mostly know: a gap that is always there makes no row differ from the others.

    What is alike to their median (`is_alike`), and of a gap that is now larger and now smaller what lies no further
    from it than chance explains by the moves from one row to the next. What is unknown outright moves nothing.

    Args:
        raw: a statement's answer, a row for each period. by: the column with the periods' first days.
    """
    if not _tells(one, raw, before=False):
        return Usual()
    shares = raw.drop_nulls(by).sort(by).select(share_of(one).alias("share")).get_column("share")
    shares = shares.filter(shares > 0)
    middle = shares.median()
    if not isinstance(middle, float):
        return Usual()
    moves = shares.diff().abs().drop_nulls()
    usual = moves.median() if moves.len() >= LEAST_MOVES else None
    reach = _TO_LIMIT * usual if isinstance(usual, float) else 0.0
    low, high = min(LEAST_COVERED * middle, middle - reach), max(middle / LEAST_COVERED, middle + reach)
    return Usual(max(low, 0.0), min(high, 1.0))


def stands_on(one: Measure, raw: pl.DataFrame) -> list[Note]:
    """On which parts of what it is about a course stands, that is carried on as it is; nothing where all is known."""
    if not _tells(one, raw, before=False):
        return []
    asked, known = (_amount(part, before=False) for part in one.coverage)
    shares = raw.filter(asked > 0).select(share_of(one).alias("share")).get_column("share")
    if not raw.select((asked - known > _CENT).any()).item():
        return []
    ends = list(dict.fromkeys(percent(share) for share in (shares.min(), shares.max()) if isinstance(share, float)))
    return [note("ahead_part", measure=one.id, whole=one.coverage[0].label, part=one.coverage[1].label,
                 share=" – ".join(ends))]  # fmt: skip


def then_of(raw: pl.DataFrame) -> pl.DataFrame:
    """A statement's answer as that of the days compared with."""
    return raw.rename({name: raw_name(name, before=True) for name in raw.columns})


def summed(one: Measure, raw: pl.DataFrame) -> pl.DataFrame:
    """What an answer says of how much of the measure is known, of all its rows as one."""
    return raw.select(_amount(part, before=False).sum().alias(part.id) for part in one.coverage)


def unevenly_known(one: Measure, raw: pl.DataFrame, when: Text | None = None) -> list[Note]:
    """That a sum stands on parts of what it is about, in the two spans that are compared, that are not alike.

    A rate of what is known can be compared: its notes say of how much.

    Args:
        raw: a statement's answer for both spans. when: the days compared with, in words, where there are several.
    """
    if one.ratio is not None or not (_tells(one, raw, before=False) and _tells(one, raw, before=True)):
        return []
    sums = raw.select(_amount(part, before).sum().alias(raw_name(part.id, before))
                      for before, _ in _SHARES for part in one.coverage)  # fmt: skip
    now, then = sums.select(share_of(one).alias("now"), share_of(one, before=True).alias("then")).row(0)
    if now is None or then is None or sums.select(is_alike(pl.lit(now), pl.lit(then))).item():
        return []
    words = {"measure": one.id, "whole": one.coverage[0].label, "now": percent(now), "then": percent(then)}
    return [note("uneven_known_when", when=when, **words) if when else note("uneven_known", **words)]


def is_uneven(one: Measure, raw: pl.DataFrame) -> pl.Expr:
    """Whether a row's sum cannot be compared with that of the days before."""
    return pl.lit(value=False) if one.ratio is not None else is_of_another_part(one, raw)


def is_of_another_part(one: Measure, raw: pl.DataFrame) -> pl.Expr:
    """Whether another part of what happened is known of a row than of it before.

    Its rate can be compared; what it weighs among others, and so what it did to the rate of all, cannot.
    """
    if not (_tells(one, raw, before=False) and _tells(one, raw, before=True)):
        return pl.lit(value=False)
    return ~is_alike(share_of(one), share_of(one, before=True))


def uneven_there(one: Measure, query: Query, raw: pl.DataFrame) -> list[Note]:
    """The rows of a cut that are compared with nothing for it, with the parts that are known of them."""
    if not query.by or unevenly_known(one, raw):
        return []
    found = raw.filter(is_uneven(one, raw))
    if found.is_empty():
        return []
    found = found.with_columns(share_of(one, before=before).alias(name) for before, name in _SHARES)
    where = _named(query, found, [name for _, name in _SHARES])
    return [note("uneven_known_there", measure=one.id, whole=one.coverage[0].label, where=where)]


def added_up(one: Measure, value: pl.Expr) -> pl.Expr:
    """Known values up to each row added up; null as long as there was something, of which nothing is known."""
    summed = value.fill_null(0).cum_sum()
    if one.refuse_when is None:
        return summed
    is_void = (value.is_null().cum_sum() > 0) & ((value.fill_null(0) != 0).cum_sum() == 0)
    return pl.when(~is_void).then(summed)


def percent(share: float | None) -> str:
    """A part as people read it: with a decimal below a tenth, and where it is just short of enough, or of the whole.

    Without one 89.6 % would be the nine tenths (LEAST_COVERED) of which is said beside it that they are not reached.
    "—" where nothing happened.
    """
    if share is None or share <= 0:
        return "—" if share is None else "0 %"
    whole = round(100 * share)
    if any(share < bound - _EVEN and whole >= 100 * bound for bound in (LEAST_COVERED, 1)):
        return f"{math.floor(1000 * share + 1e-6) / 10:.1f} %"
    if share < 0.095:
        return f"{100 * share:.1f} %" if share >= 0.0005 else "< 0.1 %"
    return f"{whole} %"


def _named(query: Query, rows: pl.DataFrame, shares: Sequence[str] = ()) -> Text:
    """The first rows by what they are cut by, each with its parts, and how many more there are; in both languages."""
    return Text.model_validate({lang: _in_words(query, rows, shares, lang) for lang in ("en", "zh-CN")})


def _in_words(query: Query, rows: pl.DataFrame, shares: Sequence[str], lang: str) -> str:
    chinese = lang.startswith("zh")
    names = []
    for row in rows.head(MOST_NAMED).iter_rows(named=True):
        said = " · ".join(_member(query, name, row[name], lang) for name in query.by if name != "dimension")
        told = (("，此前 " if chinese else ", before ") if len(shares) > 1 else "").join(
            percent(row[name]) for name in shares
        )
        names.append((f"{said}（{told}）" if chinese else f"{said} ({told})") if told else said)
    more = rows.height - len(names)
    if chinese:
        return "、".join(names) + (f"等 {rows.height:,} 处" if more else "")
    return ", ".join(names) + (f" and {more:,} more" if more else "")


def _member(query: Query, name: str, value: object, lang: str) -> str:
    if value is None:
        return "未分配" if lang.startswith("zh") else "unassigned"
    if name in GRAINS and isinstance(value, date):
        return bucket_in_words(value, name, lang, query.view.fiscal_start if query.view else 1)
    return str(value)
