"""What the commands about open deals, and about trends, answer, their columns headed in words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data.reports import ask_report
from data.wording import wording
from metrics.errors import fill

if TYPE_CHECKING:
    from data.asking import Answer
    from data.terminal import Session


def report(session: Session, answered: Answer, *, only_sql: bool, words_of: str = "pipeline") -> None:
    """The answer; to people in the words of `data/<words_of>.toml`, columns that say nothing left out."""
    told = wording(words_of)
    frame = answered.frame
    words = {name: fill(text, session.lang, {}) for name, text in told["columns"].items()}
    if not session.is_json and not only_sql:
        known = [name for name in frame.columns if frame.get_column(name).null_count() < frame.height]
        frame = frame.select(name for name in known if name not in ("place", "label_en", "label_zh"))
        for name, values in told["values"].items():
            if name in frame.columns:
                said = {value: fill(text, session.lang, {}) for value, text in values.items()}
                frame = frame.with_columns(frame.get_column(name).replace(said))
    ask_report(session, replace(answered, frame=frame, labels=answered.labels | words), only_sql=only_sql)
