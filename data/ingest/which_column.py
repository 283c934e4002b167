"""Which of several columns fills a field: asked with how many rows each fills and its first cells."""

from __future__ import annotations

from collections.abc import Mapping

from data.ingest.map import Mapped
from data.ingest.remarks import Question

_CELLS = 3


def column_question(
    code: str, mapped: Mapped, ours: str, columns: Mapping[int, str], *, may_be_none: bool = False
) -> Question:
    """Which column is meant; of `may_be_none` the empty choice is none of them.

    Args:
        code: of remarks.toml.
        mapped: the list.
        ours: the field.
        columns: their columns -> what stands ahead of the rows and cells of each, if anything.
        may_be_none: whether the list may have no such column at all.
    """
    headers, samples = mapped.table.headers, {}
    for at, said in columns.items():
        filled = mapped.table.column(at).drop_nulls()
        samples[headers[at]] = [f"{said}{len(filled):,} / {mapped.height:,}: {', '.join(filled.head(_CELLS))}"]
    params: dict[str, str | int] = {
        "table": mapped.match.table, "field": ours,
        "columns": "; ".join(f"“{header}” ({text})" for header, (text,) in samples.items()),
        "flags": " / ".join(f'--map "{header}={ours}"' for header in samples),
        "none": " ".join(f'--map "{header}="' for header in samples),
    }  # fmt: skip
    choices = (*samples, "") if may_be_none else tuple(samples)
    return Question(code=code, params=params, flag="--map", choices=choices, samples=samples)
