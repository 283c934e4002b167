"""What only a person can say about a file: which table it is, and what its stages mean."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from data.ingest.map import Mapped
from data.ingest.parse import Parsed
from data.ingest.recognise import Recognised
from data.ingest.remarks import Question
from data.ingest.words import STATUSES

_SHOWN = 12


def rivals_question(recognised: Recognised) -> Question:
    """Two readings of a file are as good as each other: which one is it?"""
    found = [recognised.best, *recognised.rivals]
    kinds = list(dict.fromkeys(match.table for match in found))
    by_table = len(kinds) > 1
    choices = kinds if by_table else list(dict.fromkeys(match.profile.name for match in found))
    scores = "; ".join(f"{match.table} ({match.profile.name}) {match.score:.0%}" for match in found)
    flag = "--table" if by_table else "--profile"
    params: dict[str, str | int] = {"scores": scores, "flag": flag, "choices": "/".join(choices)}
    return Question(code="ask_reading", params=params, flag=flag, choices=tuple(choices))


def status_question(mapped: Mapped, parsed: Parsed) -> Question:
    """Stages that nobody knows, with the rows and the money that hang on the answer."""
    money = _money_by_word(mapped, parsed)
    listed = sorted(mapped.strange.items(), key=lambda item: (-item[1], item[0]))
    said = [_said(word, rows, money.get(word)) for word, rows in listed[:_SHOWN]]
    if len(listed) > _SHOWN:
        said.append("…")
    column = ", ".join(mapped.sources.get("status", ["status"]))
    flags = " ".join(f'--stage "{word}=open"' for word, _ in listed[:3])
    params: dict[str, str | int] = {
        "column": column,
        "words": "; ".join(said),
        "rows": sum(mapped.strange.values()),
        "flags": flags,
    }
    words = {word: [f"{rows}", f"{money.get(word) or 0:,.2f}"] for word, rows in listed}
    return Question(code="ask_stage", params=params, flag="--stage", choices=STATUSES, samples=words)


def _said(word: str, rows: int, money: Decimal | None) -> str:
    return f"“{word}” × {rows:,}" + (f" = {money:,.2f}" if money is not None else "")


def _money_by_word(mapped: Mapped, parsed: Parsed) -> dict[str, Decimal]:
    """Word -> the money of its rows; empty where the file has no amount, or it cannot be read yet."""
    if "amount" not in parsed.columns or "status" not in mapped.texts:
        return {}
    both = pl.DataFrame([mapped.texts["status"].fill_null("").alias("word"), parsed.columns["amount"].alias("money")])
    counted = both.filter(pl.col("word").is_in(list(mapped.strange))).group_by("word").agg(pl.col("money").sum())
    return {word: money for word, money in counted.iter_rows() if money is not None}
