"""Refused rows as a reader sees them: line, reasons in words, the money they carry, the original text."""

from __future__ import annotations

import polars as pl

from data.ingest import reason_text
from data.punctuation import parted
from ui.text import lang, t


def reasons(refused: pl.DataFrame) -> pl.DataFrame:
    """Frame of `line`, `text`, `reasons` (codes), `money`, `is_set_aside` → the columns of a list."""
    rows = [
        {
            t("upload.line"): row["line"],
            t("history.state"): t("upload.set_aside") if row["is_set_aside"] else t("upload.refused"),
            t("upload.reasons"): parted((reason_text(reason, lang()) for reason in row["reasons"]), lang()),
            t("upload.money"): None if row["money"] is None else float(row["money"]),
            t("upload.text"): row["text"],
        }
        for row in refused.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)
