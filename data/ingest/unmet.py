"""Answers that fit nothing in the files: they change nothing, and that is said, for they may be misspelt."""

from __future__ import annotations

from collections.abc import Iterable

from data.ingest.fileplan import FilePlan
from data.ingest.options import Options
from data.ingest.remarks import Remark


def unmet_answers(said: Options, files: Iterable[FilePlan]) -> list[Remark]:
    """What was said about stages, months and years that no file has; nothing while one is not yet understood.

    Args:
        said: what a person said about the import.
        files: its lists, planned.
    """
    planned = list(files)
    understood = [file.mapped for file in planned if file.mapped is not None]
    if not planned or len(understood) < len(planned):
        return []
    told = [said, *said.files.values()]
    met = {word for mapped in understood for word in mapped.met}
    stages = dict.fromkeys(word for one in told for word in one.stages if word != "*" and word not in met)
    found = [Remark(code="stage_unmet", params={"words": ", ".join(f"“{word}”" for word in stages)})] if stages else []
    counts = dict.fromkeys(word for one in told for word in one.counts if word not in met)
    if counts:
        found.append(Remark(code="counts_unmet", params={"words": ", ".join(f"“{word}”" for word in counts)}))
    months = next((one.months for one in told if one.months), None)
    if months and not any("months" in mapped.table.told for mapped in understood):
        found.append(Remark(code="months_unmet", params={"given": months}))
    headers = {header for mapped in understood for header in mapped.table.headers}
    years = dict.fromkeys(column for one in told for column in one.years if column not in headers)
    if years:
        found.append(Remark(code="years_unmet", params={"words": ", ".join(f"“{column}”" for column in years)}))
    return found
