"""What only a person can say about a file: which table it is, and what its stages mean."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import polars as pl

from data.ingest.currencies import in_header
from data.ingest.lacking import lacking_questions
from data.ingest.map import Mapped
from data.ingest.match import Match, match
from data.ingest.parse import Parsed
from data.ingest.profile import profiles
from data.ingest.recognise import Recognised, Wish
from data.ingest.refunds import may_subtract
from data.ingest.remarks import Question
from data.ingest.texttable import TextTable
from data.ingest.values import TELLING, Columns, Members, suggest, telling
from data.ingest.which_column import column_question
from data.ingest.words import STATUSES
from data.tables import tables

_READINGS = 3
"""So many kinds of list are offered at most."""

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


def columns_questions(table: TextTable, wish: Wish, known: Members, today: date) -> list[Question]:
    """What a list that no name gives away could be by its values: what explains most columns; none where none does."""
    found: list[tuple[int, int, Question]] = []
    columns = Columns(table, today)
    for section in TELLING:
        if wish.table not in (None, section):
            continue
        fitted = match(table, profiles()["generic"], section, wish.columns, resemblance=True, has_key=wish.has_key)
        guessed = suggest(columns, fitted, known)
        have = {*fitted.columns, *fitted.joined, *(ours for ours, _ in guessed.values())}
        needs = [[need] if isinstance(need, str) else need for need in fitted.spec.needs]
        is_met = all(have & set(need) for need in needs) and not any(text.startswith("≠") for text in fitted.missing)
        told = telling(table, fitted, guessed)
        if is_met and guessed and (told or wish.table):
            found.append((len(have), told, _columns_question(table, fitted, guessed)))
    found.sort(key=lambda one: one[:2], reverse=True)
    return [question for explained, _, question in found if explained == found[0][0]][:_READINGS]


def _columns_question(table: TextTable, found: Match, guessed: dict[int, tuple[str, int]]) -> Question:
    said = {table.headers[index]: [ours, str(share)] for index, (ours, share) in guessed.items()}
    maps = " ".join(f'--map "{header}={ours}"' for header, (ours, _) in said.items())
    shown = "; ".join(f"“{header}” → {ours} ({share} %)" for header, (ours, share) in said.items())
    params: dict[str, str | int] = {
        "file": table.file, "table": found.table, "columns": shown, "flags": f"--table {found.table} {maps}"
    }  # fmt: skip
    return Question(code="ask_columns", params=params, flag="--map", samples=said)


def which_column(mapped: Mapped) -> list[Question]:
    """Which column is meant, where several or none are known to fill a field."""
    return [*_currency_questions(mapped), *lacking_questions(mapped)]


def _currency_questions(mapped: Mapped) -> list[Question]:
    """Columns that could fill one field with money, each in a currency of its own: which of them is meant."""
    found, headers = [], mapped.table.headers
    for ours, others in mapped.match.rivals.items():
        reason = mapped.match.reasons.get(ours)
        is_money = tables()[mapped.match.table].fields[ours] == "money"
        if not is_money or ours in mapped.match.spec.either or (reason and reason.why in ("asked", "remembered")):
            continue
        named = {at: in_header(headers[at]) for at in (mapped.match.columns[ours], *others)}
        said = {at: currency for at, currency in named.items() if currency}
        if len(set(said.values())) > 1:
            columns = {at: f"{currency}, " for at, currency in said.items()}
            found.append(column_question("ask_currency_column", mapped, ours, columns))
    return found


_LIKE_LOST = re.compile(
    r"丢|输|失[去败单]|流失|放弃|取消|无效|拒绝"
    r"|(?i:\b(?:lost|lose|dead|abandon|reject|declin|cancel|disqualif|no decision))"
)
_LIKE_WON = re.compile(r"赢|成交|签约|签单|中标|(?i:\b(?:won|win|signed|sold|paid|delivered|fulfilled|accepted)\b)")
_NOT_YET = re.compile(r"[未待拟]|即将|中$|(?i:\b(?:not|un\w+|to be|likely|pending|partially)\b)")


def _likely(word: str) -> str:
    """What a stage may mean by its word: the example of an answer, which nobody takes for granted."""
    if _NOT_YET.search(word):
        return "open"
    return "lost" if _LIKE_LOST.search(word) else "won" if _LIKE_WON.search(word) else "open"


def status_question(mapped: Mapped, parsed: Parsed) -> Question:
    """Stages that nobody knows, with the rows and the money that hang on the answer."""
    money = _money_by_word(mapped, parsed)
    listed = sorted(mapped.strange.items(), key=lambda item: (-item[1], item[0]))
    said = [_said(word, rows, money.get(word)) for word, rows in listed[:_SHOWN]]
    if len(listed) > _SHOWN:
        said.append("…")
    column = ", ".join(mapped.sources.get("status", ["status"]))
    flags = " ".join(f'--stage "{word}={_likely(word)}"' for word, _ in listed[:3])
    params: dict[str, str | int] = {
        "column": column,
        "words": "; ".join(said),
        "rows": sum(mapped.strange.values()),
        "flags": flags,
    }
    words = {word: [f"{rows}", f"{money.get(word) or 0:,.2f}"] for word, rows in listed}
    return Question(code="ask_stage", params=params, flag="--stage", choices=STATUSES, samples=words)


def counts_question(mapped: Mapped, parsed: Parsed) -> Question:
    """Words of a status that are nearly void: do their rows count? With the rows and the money that hang on it."""
    amounts = parsed.columns.get("amount")
    samples: dict[str, list[str]] = {}
    shown: list[str] = []
    for word, (_, rows) in sorted(mapped.doubtful.items(), key=lambda one: (-int(one[1][1].sum()), one[0])):
        money = None if amounts is None else amounts.filter(rows).sum()
        samples[word] = [f"{int(rows.sum())}", f"{money or 0:,.2f}"]
        shown.append(_said(word, int(rows.sum()), money if isinstance(money, Decimal) else None))
    columns = ", ".join(dict.fromkeys(column for column, _ in mapped.doubtful.values()))
    flags = " ".join(f'--counts "{word}=no"' for word in samples)
    params: dict[str, str | int] = {"column": columns, "words": "; ".join(shown[:_SHOWN]), "flags": flags}
    choices = ("yes", "no", "subtract") if may_subtract(mapped) else ("yes", "no")
    params["choices"] = ", ".join(choices)
    return Question(code="ask_counts", params=params, flag="--counts", choices=choices, samples=samples)


def _said(word: str, rows: int, money: Decimal | None) -> str:
    return f"“{word}” × {rows:,}" + (f" = {money:,.2f}" if money is not None else "")


def _money_by_word(mapped: Mapped, parsed: Parsed) -> dict[str, Decimal]:
    """Word -> the money of its rows; empty where the file has no amount, or it cannot be read yet."""
    if "amount" not in parsed.columns or "status" not in mapped.texts:
        return {}
    both = pl.DataFrame([mapped.texts["status"].fill_null("").alias("word"), parsed.columns["amount"].alias("money")])
    counted = both.filter(pl.col("word").is_in(list(mapped.strange))).group_by("word").agg(pl.col("money").sum())
    return {word: money for word, money in counted.iter_rows() if money is not None}
