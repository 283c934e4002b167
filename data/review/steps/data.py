"""Whether the numbers can be believed: what was loaded since the last review, what is missing, what got worse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from data.effects import changes
from data.quality_rules import known
from data.quality_trend import trend
from data.review.chapter import Chapter, Head, Listing, Value
from data.review.held import last_held
from data.review.words import Words
from data.tables import tables
from metrics.catalog import measure
from metrics.period import DAY
from metrics.view import View
from metrics.workdays import Workdays, calendar

if TYPE_CHECKING:
    from data.quality_trend import Point
    from data.review.chapter import Asked

_MOST = 50
"""Files, and tables, that are listed."""
_NAMED = 3
"""Days, tables and rules that are named in a sentence; more are counted."""
_STALE = 8.0
_LEAST_GAPS = 3
"""So many pauses between uploads there must be for a rhythm to be told."""
_DAILY = 3
"""With a usual pause of fewer days an upload is expected on every working day."""

_UPLOADS = """
select uploads.id, uploads.file, uploads.table_name, uploads.as_of, uploads.read, uploads.new, uploads.changed,
    uploads.refused, refused.money
from ops.uploads
left join (
    select upload_id, sum(money) as money from ops.refused_rows where not is_set_aside group by upload_id
) as refused on refused.upload_id = uploads.id
where not uploads.is_undone and coalesce(uploads.as_of, $since) <= $day
    and (uploads.as_of > $since or case when cast($upload as bigint) is null then uploads.loaded_at > $begun
        else uploads.id > cast($upload as bigint) end)
order by uploads.id desc
"""
_DAYS = """
select distinct as_of from ops.uploads
where not is_undone and table_name = $table and as_of <= $day order by as_of
"""
_LATER = "select max(as_of) from ops.uploads where not is_undone and as_of > $day"
_LAST = """
select table_name, max(as_of) as day from ops.uploads
where not is_undone and as_of <= $day group by table_name order by day, table_name
"""


class _Problem(NamedTuple):
    """What must be known before the rest is believed, and its list, where there is one."""

    text: str
    listing: Listing | None = None


def chapter(asked: Asked) -> Chapter:
    """What was loaded since the day compared with, and what is wrong with it."""
    words = Words(asked, "data")
    loaded = _loaded(asked)
    missing, has_rhythm = _missing(asked, words)
    worse, is_compared = _worse(asked, words, loaded)
    problems = [*missing, *_refused(asked, words, loaded), *worse, *_stale(asked, words)]
    told = _what_came(asked, words, loaded)
    if loaded and not problems and asked.viewer.sees_all:
        told = words.sentences(told, words("all_taken"))
    fine = [words(name) for name, is_so in (("none_missing", has_rhythm), ("none_worse", is_compared)) if is_so]
    first, *rest = [one.text for one in problems] or [words.sentences(told, *fine)]
    further = [*rest, *([told] if problems else []), *_undone(asked, words)]
    return Chapter(
        "data",
        words.title,
        first,
        is_good=False if problems else (True if loaded and (has_rhythm or is_compared) else None),
        further=tuple(further),
        values=tuple(_values(asked, words, loaded)),
        lists=tuple(one for one in (*(problem.listing for problem in problems), _files(asked, words, loaded)) if one),
        notes=tuple(_notes(asked, words)),
    )


# ------------------------------------------------------------------------------------------------------------- uploads


def _loaded(asked: Asked) -> list[dict[str, Any]]:
    """The files that came since: of a later day, or loaded after what the last review showed, the latest first."""
    last = last_held(asked.seen, asked.team, asked.view.as_of) if asked.last_held else None
    begun = last.begun_at if last else date.max
    upload = last.last_upload if last else None  # what was taken in the meeting was talked about there
    params = {"since": asked.since, "day": asked.view.as_of, "begun": begun, "upload": upload}
    return asked.seen.frame(_UPLOADS, params).to_dicts()


def _told_by(asked: Asked) -> date | None:
    """The last upload of a day after the one that is looked at: what it brought of earlier days counts."""
    if not asked.view.is_past:
        return None
    found: date | None = asked.seen.frame(_LATER, {"day": asked.view.as_of}).item()
    return found


def _sum(loaded: Sequence[dict[str, Any]], name: str) -> int:
    return sum(int(one[name]) for one in loaded)


def _what_came(asked: Asked, words: Words, loaded: Sequence[dict[str, Any]]) -> str:
    since = words.day(asked.since)
    if not loaded and (later := _told_by(asked)):
        return words("told_later", day=words.day(asked.view.as_of), later=words.day(later))
    if not loaded:
        return words("nothing_came", since=since, day=words.day(asked.view.as_of))
    if not asked.viewer.sees_all:
        return words("came_some", since=since)
    counts = {name: words.number(_sum(loaded, name), "count") for name in ("new", "changed")}
    return words.many("came", len(loaded), since=since, **counts)


def _refused(asked: Asked, words: Words, loaded: Sequence[dict[str, Any]]) -> list[_Problem]:
    """Rows that could not be taken, with their money where the viewer sees all."""
    rows = _sum(loaded, "refused")
    if not rows:
        return []
    money = sum((one["money"] for one in loaded if one["money"] is not None), 0)
    if money and asked.viewer.sees_all:
        return [_Problem(words.many("refused_money", rows, money=words.money(money)))]
    return [_Problem(words.many("refused", rows))]


def _files(asked: Asked, words: Words, loaded: Sequence[dict[str, Any]]) -> Listing | None:
    """The files, those with most refused money first. Names of files can name people: only for who sees all."""
    if not loaded or not asked.viewer.sees_all:
        return None
    ordered = sorted(
        loaded, key=lambda one: (-float(one["money"] or 0), -one["refused"], -one["new"] - one["changed"], -one["id"])
    )
    units = {"as_of": "day", "new": "count", "changed": "count", "refused": "count", "money": "money"}
    heads = ("file", "table", *units)
    return Listing(
        name="files",
        title=words("files", since=words.day(asked.since)),
        rule=words("files_rule_held" if asked.last_held else "files_rule"),
        heads=tuple(Head(name, words(f"head_{name}"), units.get(name, "text")) for name in heads),
        rows=tuple(
            (one["file"], words.table(one["table_name"]), one["as_of"], one["new"], one["changed"], one["refused"],
             None if one["money"] is None else float(one["money"]))
            for one in ordered[:_MOST]
        ),
        more=max(len(ordered) - _MOST, 0),
    )  # fmt: skip


def _undone(asked: Asked, words: Words) -> list[str]:
    """Uploads that were taken back, or brought back, after the last review began."""
    last = last_held(asked.seen, asked.team, asked.view.as_of) if asked.last_held else None
    if last is None or not asked.viewer.sees_all:
        return []
    done = [one for one in changes(asked.seen) if one.action != "load" and one.changed_at > last.begun_at]
    ids = sorted({one.upload_id for one in done})
    return [words.many("undone", len(ids), ids=", ".join(map(str, ids)))] if ids else []


# --------------------------------------------------------------------------------------------------------- missing days


def _missing(asked: Asked, words: Words) -> tuple[list[_Problem], bool]:
    """Days on which an upload was to be expected, and none came; and whether there is a rhythm to tell it by."""
    table = next((one for one in ("deals", "order_lines") if one in asked.seen.filled()), None)
    if table is None:
        return [], False
    days = asked.seen.frame(_DAYS, {"table": table, "day": asked.view.as_of})["as_of"].to_list()
    usual = usual_pause(days, asked.since)
    if usual is None:
        return [], False
    worked = Workdays.of(asked.seen.ask(calendar(View(as_of=asked.view.as_of)), asked.viewer).frame)
    missed = missed_days(days, asked.since, asked.view.as_of, usual, worked)
    if not missed:
        return [], True
    named = words.listed([words.day(day) for day in missed[:_NAMED]])
    more = words("and_more", more=len(missed) - _NAMED) if len(missed) > _NAMED else ""
    text = words.many("missing", len(missed), table=words.table(table), days=named)
    return [_Problem(f"{text}{more}{words('stop')}")], True


def usual_pause(days: Sequence[date], since: date) -> float | None:
    """Days that usually lie between two uploads: the median until `since`, or where there were too few, of all.

    None where there are too few, or where pauses differ by more than half of the usual one: then there is no rhythm.

    Args:
        days: with an upload, in order.
    """
    before = [day for day in days if day <= since]
    gaps = [(later - earlier).days for earlier, later in pairwise(before if len(before) > _LEAST_GAPS else days)]
    if len(gaps) < _LEAST_GAPS:
        return None
    usual = float(median(gaps))
    return usual if median(abs(gap - usual) for gap in gaps) <= usual / 2 else None


def missed_days(days: Sequence[date], since: date, until: date, usual: float, workdays: Workdays) -> list[date]:
    """Days after `since`, until `until`, on which an upload was to be expected, and none came.

    With a pause of fewer than _DAILY days every working day is expected; else a day as long after the one before as
    usual, and a pause counts as one that is missed where it is nearer to two.

    Args:
        days: with an upload, in order. usual: the pause between two. workdays: of the company's calendar.
    """
    if usual < _DAILY:
        expected = [day for day in workdays.days if since < day <= until]
        return [day for day in expected if day not in days]
    missed, ends = [], [day for day in days if day > since]
    last = max((day for day in days if day <= since), default=since)
    for end in ends:
        times = round((end - last).days / usual)
        missed += [last + timedelta(days=round(usual * place)) for place in range(1, times)]
        last = end
    times = int((until - last).days / usual)
    missed += [last + timedelta(days=round(usual * place)) for place in range(1, times + 1)]
    return [day for day in missed if since < day <= until]


def _stale(asked: Asked, words: Words) -> list[_Problem]:
    """Tables whose last upload is older than the newest by more than the agenda allows."""
    dated = {table.name for table in tables().values() if table.dated}
    filled = set(asked.seen.filled())
    allowed = timedelta(days=asked.limits.get("stale_days", _STALE))
    rows = [
        (name, day, (asked.view.as_of - day).days)
        for name, day in asked.seen.frame(_LAST, {"day": asked.view.as_of}).iter_rows()
        if name in dated & filled and day is not None and asked.view.as_of - day > allowed
    ]
    if not rows:
        return []
    named = words.listed(
        [words("older", table=words.table(name), day=words.day(day)) for name, day, _ in rows[:_NAMED]]
    )
    more = words("and_more", more=len(rows) - _NAMED) if len(rows) > _NAMED else ""
    listing = Listing(
        name="stale",
        title=words("stale_list"),
        rule=words("stale_rule", days=words.number(allowed.days, "days")),
        heads=(Head("table", words("head_table")), Head("day", words("head_day"), "day"),
               Head("behind", words("head_behind"), "days")),
        rows=tuple((words.table(name), day, behind) for name, day, behind in rows[:_MOST]),
        more=max(len(rows) - _MOST, 0),
    )  # fmt: skip
    return [_Problem(words("stale", tables=named) + more + words("stop"), listing)]


# ------------------------------------------------------------------------------------------------------------- quality


def _worse(asked: Asked, words: Words, loaded: Sequence[dict[str, Any]]) -> tuple[list[_Problem], bool]:
    """Rules that more rows break now than before the files came, and a larger share; and whether any can be compared.

    Quality is looked at over everybody's rows: it is told to those who see them.
    """
    if not asked.viewer.sees_all or not loaded:
        return [], False
    came = {one["id"] for one in loaded}
    before: dict[str, Point] = {}
    after: dict[str, Point] = {}
    for point in trend(asked.seen):
        if point.upload_id in came:
            after[point.code] = point
        elif point.upload_id < min(came):
            before[point.code] = point
    pairs = [(before[code], now) for code, now in after.items() if code in before and code in known().rules]
    worse = [(was, now) for was, now in pairs if now.rows > was.rows and _share(now) > _share(was)]
    worse.sort(key=lambda pair: (-float((pair[1].money or 0) - (pair[0].money or 0)), pair[0].rows - pair[1].rows))
    if not worse:
        return [], bool(pairs)
    title = known().rules[worse[0][1].code].title.text(words.lang)
    listing = Listing(
        name="worse",
        title=words("worse_list"),
        rule=words("worse_rule"),
        heads=(Head("rule", words("head_rule")), Head("table", words("head_table")),
               Head("before", words("head_before"), "count"), Head("now", words("head_now"), "count"),
               Head("money", words("head_money_at_stake"), "money")),
        rows=tuple(
            (known().rules[now.code].title.text(words.lang), words.table(now.table), was.rows, now.rows,
             None if now.money is None else float(now.money))
            for was, now in worse[:_MOST]
        ),
        more=max(len(worse) - _MOST, 0),
    )  # fmt: skip
    was, now = worse[0]
    counts = {"before": words.number(was.rows, "count"), "now": words.number(now.rows, "count")}
    return [_Problem(words.many("worse", len(worse), rule=title, **counts), listing)], True


def _share(point: Point) -> float:
    return point.rows / point.of if point.of else 0.0


# -------------------------------------------------------------------------------------------------------------- effects


def _values(asked: Asked, words: Words, loaded: Sequence[dict[str, Any]]) -> list[Value]:
    """What came, and what it did to the headline numbers of all time: files are told to those who see everything."""
    if not asked.viewer.sees_all:
        return []
    found = [
        Value(words(f"value_{name}"), float(number), "count", meaning=words("value_meaning"))
        for name, number in (
            ("files", len(loaded)), ("new", _sum(loaded, "new")), ("changed", _sum(loaded, "changed")),
            ("refused", _sum(loaded, "refused")),
        )
    ]  # fmt: skip
    came = {one["id"] for one in loaded}
    first: dict[str, float | None] = {}
    last: dict[str, float | None] = {}
    for change in changes(asked.seen):
        if change.upload_id in came and change.action == "load":
            for effect in change.effects:
                first.setdefault(effect.measure, effect.before)
                last[effect.measure] = effect.after
    for name, after in last.items():
        was = first[name]
        if was is not None and after is not None and was != after:
            one = measure(name)
            label = words("effect", label=one.label.text(words.lang))
            found.append(Value(label, after, one.unit, meaning=words("effect_meaning"), before=was,
                               before_label=words("before_files")))  # fmt: skip
    return found


def _notes(asked: Asked, words: Words) -> list[str]:
    """What is compared with what; that a review of this very day was held already."""
    key = "compared" if asked.last_held else "compared_week"
    notes = [words(key, since=words.day(asked.since), day=words.day(asked.view.as_of))]
    newest = last_held(asked.seen, asked.team)
    if newest is not None and newest.as_of >= asked.view.as_of and not asked.view.is_past:
        told = {"held": words.day(newest.held_on), "day": words.day(newest.as_of), "since": words.day(asked.since)}
        notes.append(words("held_already", **told))
    if asked.view.is_past:
        notes.append(words("past", day=words.day(asked.view.as_of), next=words.day(asked.view.as_of + DAY)))
    if not asked.viewer.sees_all:
        notes.append(words("only_counts"))
    return notes
