"""How it looks what customers and colleagues say: NPS and scores with their ranges, who said nothing, shared deals."""

from __future__ import annotations

from typing import Any

import polars as pl

from data import punctuation
from metrics.query import Result
from metrics.voices import LEAST
from ui import numbers
from ui.look import Look


def as_list(frame: pl.DataFrame, look: Look) -> pl.DataFrame:
    """A row per kind of survey: asked, answered, the share of it, the result with its range, that of the others."""
    rows = [
        {
            "survey": look.words(f"voices.{row['kind']}") if row["kind"] in _KNOWN else str(row["kind"]),
            "sent": row["sent"],
            "answered": row["answered"],
            "replied": numbers.share(row["response_rate"], look.lang) if row["response_rate"] is not None else "—",
            "result": _result(row, look),
            "others_told": f"{_written(row['others'], row['unit'], look)} ({row['others.n']:,})",
            "verdict": look.words(f"coaching.{_verdict(row)}"),
        }
        for row in frame.iter_rows(named=True)
    ]
    names = ["survey", "sent", "answered", "replied", "result", "others_told", "verdict"]
    return pl.DataFrame(rows, schema=names, orient="row")


def _verdict(row: dict[str, Any]) -> str:
    if min(row["value.n"], row["others.n"]) < LEAST:
        return "not_judged"
    return "apart" if row["is_beyond_chance"] else "alike"


_KNOWN = ("nps", "csat", "peer", "self", "manager")


def _written(value: float | None, unit: str, look: Look) -> str:
    return numbers.written(value, unit, look.lang)


def _result(row: dict[str, object], look: Look) -> str:
    """The result and its range: "30 (14.7 – 45.3)"."""
    unit = str(row["unit"])
    value, low, high = (_written(row[of], unit, look) for of in ("value", "value.low", "value.high"))  # type: ignore[arg-type]
    return value if row["value.low"] is None else f"{value} ({low} – {high})"


def what_is_said(result: Result, look: Look) -> str | None:
    """NPS with how many did not answer, and where the person thinks otherwise than colleagues and manager."""
    rows = {row["kind"]: row for row in result.frame.iter_rows(named=True)}
    said = []
    nps = rows.get("nps")
    if nps is not None and nps["value"] is not None:
        values = {name: numbers.written(round(nps[of]), "number", look.lang)
                  for name, of in (("value", "value"), ("low", "value.low"), ("high", "value.high"))}  # fmt: skip
        said.append(look.words("question.rep_voices_nps", n=nps["answered"], **values))
        if nps["sent"] > nps["answered"]:
            said.append(look.words("question.rep_voices_silent", silent=nps["sent"] - nps["answered"], of=nps["sent"]))
    three = [rows.get(kind) for kind in ("self", "manager", "peer")]
    if all(one is not None and one["value"] is not None for one in three):
        told = dict(zip(("own", "manager", "peer"), three, strict=True))
        written = {name: numbers.written(one["value"], "number", look.lang) for name, one in told.items() if one}
        said.append(look.words("question.rep_voices_three", **written))
    return punctuation.sentences(said, look.lang) or None


def what_was_shared(result: Result, look: Look) -> str | None:
    """How many deals were won together, and the person's part of their money."""
    frame = result.frame
    if frame.is_empty():
        return None
    own, whole = (float(frame.get_column(name).cast(pl.Float64).sum()) for name in ("own_amount", "amount"))
    deals = numbers.exact(frame.height, "count", look.lang)
    return look.words("question.rep_credit_found", deals=deals, own=look.money(own), whole=look.money(whole))
