from __future__ import annotations

import polars as pl
import pytest

from data.distinct import are_distinct


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["a", "b", ""], True),
        (["a", "b", "a"], False),
        (["a", None], True),
        (["a", None, None], False),
        ([], True),
    ],
)
def test_texts_are_distinct_or_repeat(values: list[str | None], expected: bool) -> None:
    assert are_distinct(pl.Series(values, dtype=pl.String)) is expected


def test_equal_hashes_of_other_texts_are_no_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pl.Series, "hash", lambda self: pl.repeat(0, self.len(), dtype=pl.UInt64, eager=True))
    assert are_distinct(pl.Series(["a", "b"]))
    assert not are_distinct(pl.Series(["a", "a"]))
