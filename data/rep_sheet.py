"""One salesperson on paper: an A4 page as one HTML file that needs nothing else; with many notes it has a second.

Everything written is escaped; there is no script, no font and no picture to fetch.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import polars as pl

from data.paper import NOTHING, Written, page, section, table
from data.punctuation import named
from data.rep_facts import Facts
from data.wording import wording
from metrics.coaching_words import label, name, told
from metrics.errors import fill
from metrics.scorecard import MOST_OF_TARGET, components
from metrics.sentence import bucket_in_words
from metrics.signals import shown

_MOST_NOTES = 5


def sheet(found: Facts, lang: str, currency: str | None = None) -> str:
    """The page as HTML.

    Args:
        found: what is known. lang: "en" or "zh-CN". currency: of amounts, where it is known.
    """
    said = _Said(lang, currency)
    rep = str(found.who["rep"])
    title = said.word("title", rep=rep, period=found.view.sentence(lang))
    pair = f'<div class="pair">{_stages(found, said)}{_goals(found, said)}</div>'
    parts = [_card(found, said), _coached(found, said), pair, _voices(found, said), _deals(found, said),
             _notes(found, said)]  # fmt: skip
    beside = "".join(f"<p><small>{escape(one.text(lang))}</small></p>" for one in found.remarks)
    head = f"<h1>{escape(rep)}</h1><p>{escape(found.view.sentence(lang))}</p><p><small>{_made(found, said)}</small></p>"
    return page(title, lang, f"{head}{''.join(parts)}{beside}", "dense")


class _Said(Written):
    """Words and numbers for one reader."""

    def word(self, key: str, **params: object) -> str:
        return fill(wording("rep")["sheet"][key], self.lang, params)

    def value(self, column: str, value: str) -> str:
        known = wording("rep")["values"][column].get(value)
        return fill(known, self.lang, {}) if known else value


def _made(found: Facts, said: _Said) -> str:
    day = said.day(found.view.as_of)
    if not found.peers:
        return escape(said.word("alone", day=day))
    return escape(said.word("made", day=day, count=len(found.peers), team=found.who["team"] or NOTHING))


def _heads(said: _Said, *names: str) -> list[str]:
    return [fill(wording("rep")["columns"][one], said.lang, {}) for one in names]


def _card(found: Facts, said: _Said) -> str:
    if found.card.is_empty():
        return ""
    rows, card = [], found.card.to_dicts()
    most = max((row["contribution"] or 0 for row in card), default=0) or 1
    for row in card:
        one = components()[row["component"]]
        width = 100 * (row["contribution"] or 0) / most
        rows.append((
            f'{escape(one.label.text(said.lang))} <small>{escape(said.value("rule", one.rule))}</small>',
            f'<span class="bar" style="width:{width:.1f}%"></span>',
            said.number(row["raw"], one.unit), said.number(row["normalised"], "number"),
            said.number(row["weight"], "number"), said.number(row["contribution"], "number"),
        ))  # fmt: skip
    heads = _heads(said, "component", "raw", "normalised", "weight", "contribution")
    heads.insert(1, "")
    score = card[0]["score"]
    title = "card_none" if score is None else "card"
    told_as = said.word(title, score=said.number(score, "number"), rank=card[0]["rank"], of=card[0]["of"])
    return section(told_as, table(heads, rows, 4), said.word("card_rule", most=f"{MOST_OF_TARGET:.0f}"))


def _coached(found: Facts, said: _Said) -> str:
    write: Callable[[float | None, str], str] = said.number
    rows = found.coached.drop_nulls("point").sort("point", descending=True).to_dicts()
    lines = "".join(
        f"<li><b>{escape(said.value('point', row['point']))} · {escape(name(row, said.lang))}.</b>"
        f" {escape(told(row, said.lang, write))}</li>"
        for row in rows
    )
    compared = found.coached.filter(pl.col("own").is_not_null() & pl.col("others").is_not_null())
    if compared.is_empty():  # then nobody is told to be like the others
        return section(said.word("coaching"), f"<p>{escape(said.word('coaching_nothing'))}</p>")
    body = f"<ul>{lines}</ul>" if rows else f"<p>{escape(said.word('coaching_none'))}</p>"
    return section(said.word("coaching"), body, said.word("coaching_rule"))


def _stages(found: Facts, said: _Said) -> str:
    stages = found.coached.filter(pl.col("claim").is_in(["conversion", "win_rate"])).sort(
        "pipeline", "place", nulls_last=True
    )
    if stages.is_empty():
        return ""
    rows = [
        (escape(row["stage"] or label(row["claim"], said.lang)),
         _beside(row, "own", said), _beside(row, "others", said))
        for row in stages.iter_rows(named=True)
    ]  # fmt: skip
    return section(said.word("stages"), table(_heads(said, "stage", "own", "others"), rows, 2))


def _beside(row: dict[str, Any], side: str, said: _Said) -> str:
    """A share and how many cases it is of: "61.5% (96)"."""
    return f"{said.number(row[side], 'share')} ({row[f'{side}.n'] or 0:,})"


def _goals(found: Facts, said: _Said) -> str:
    known = found.goals.filter(pl.col("attainment.target").is_not_null())
    if known.is_empty():
        return section(said.word("goals"), f"<p>{escape(said.word('goals_none'))}</p>")
    rows = [
        (escape(bucket_in_words(row["quarter"], "quarter", said.lang)),
         said.number(row["attainment.target"], "money"), said.number(row["attainment.actual"], "money"),
         said.number(row["attainment"], "share"))
        for row in known.iter_rows(named=True)
    ]  # fmt: skip
    heads = [said.word(key) for key in ("quarter", "target", "actual", "attainment")]
    return section(said.word("goals"), table(heads, rows, 3))


def _voices(found: Facts, said: _Said) -> str:
    if found.said.is_empty():
        return section(said.word("voices"), f"<p>{escape(said.word('voices_none'))}</p>")
    rows = []
    for row in found.said.iter_rows(named=True):
        value, low, high = (said.number(row[of], row["unit"]) for of in ("value", "value.low", "value.high"))
        ends = "" if row["value.low"] is None else f" <small>({low} – {high})</small>"
        rows.append((
            escape(said.value("kind", row["kind"])), f"{row['sent']:,}", f"{row['answered']:,}",
            said.number(row["response_rate"], "share"), value + ends, said.number(row["others"], row["unit"]),
        ))  # fmt: skip
    heads = _heads(said, "kind", "sent", "answered", "response_rate", "value", "others")
    return section(said.word("voices"), table(heads, rows, 5))


def _deals(found: Facts, said: _Said) -> str:
    if found.deals.is_empty():
        return section(said.word("deals"), f"<p>{escape(said.word('deals_none'))}</p>")
    rows = [
        (escape(str(row["deal"] or row["customer"] or row["deal_id"])), escape(str(row["stage"] or NOTHING)),
         f'<span class="date">{said.day(row["expected_close_on"])}</span>',
         escape(named((one.label.text(said.lang) for one in shown(row)), said.lang) or NOTHING),
         said.number(float(row["amount"]) if row["amount"] is not None else None, "money"))
        for row in found.deals.iter_rows(named=True)
    ]  # fmt: skip
    heads = [*_heads(said, "deal", "stage"), said.word("due"), said.word("signs"), *_heads(said, "amount")]
    return section(said.word("deals"), table(heads, rows, 1))


def _notes(found: Facts, said: _Said) -> str:
    lines = "".join(
        f"<li><small>{escape(said.day(one.noted_at.date()))} · {escape(one.who or NOTHING)}</small><br>"
        f"{'<br>'.join(escape(line) for line in one.text.splitlines())}</li>"
        for one in found.notes[:_MOST_NOTES]
    )
    return section(said.word("notes"), f"<ul>{lines}</ul>" if lines else f"<p>{escape(said.word('notes_none'))}</p>")
