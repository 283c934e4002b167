"""JSON, JSON lines and Parquet -> a table of texts. They name their columns themselves, on every record."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any

import polars as pl

from data.ingest.encodings import decode
from data.ingest.errors import FileDamaged, FileEmpty, JsonNoList
from data.ingest.jsonlists import DEEPEST, LISTS, lists_in, rows_as_objects
from data.ingest.remarks import Question
from data.ingest.sheetsize import refuse_beyond
from data.ingest.source import Source
from data.ingest.texttable import LINE, Aside, Reading, TextTable, Wishes, tidy


def read_json(source: Source, known: AbstractSet[str], wishes: Wishes) -> Reading:
    """Read a JSON list of objects, an object that holds one or several, or one object per line.

    Numbers keep their digits: they are taken as they are written. What is inside an object gets its own column.

    Raises:
        JsonNoList, FileDamaged, ColumnsTooMany.
    """
    decoded = decode(source, wishes.encoding)
    if isinstance(decoded, Question):
        return Reading(questions=[decoded])
    text = decoded.text.decode("utf-8", "replace")
    broken: list[Aside] = []
    try:
        found = _load(text)
        lists, left = lists_in(found, known)
        if lists:
            tables = [_listed(source, part, one.records, one.broken) for part, one in lists.items()]
            tables[0].remarks += decoded.remarks
            return Reading(tables=tables, left=[(name, JsonNoList(file=source.name, detail="list")) for name in left])
        numbered = list(enumerate(_records(source, found), start=1))
    except json.JSONDecodeError as error:
        numbered, broken = _lines(source, text, error)
    except RecursionError as error:
        raise FileDamaged(file=source.name, kind="JSON", detail="nested too deeply") from error
    table = _listed(source, "", numbered, broken)
    table.remarks += decoded.remarks
    return Reading(tables=[table])


def _listed(
    source: Source, part: str, numbered: list[tuple[int, dict[str, Any]]], broken: list[Aside] | None = None
) -> TextTable:
    rows = [(line, _flat(record)) for line, record in numbered]
    headers = list(dict.fromkeys(name for _, row in rows for name in row))
    refuse_beyond(source.name, len(rows), len(headers))
    columns = {
        str(at): pl.Series([row.get(name) for _, row in rows], dtype=pl.String) for at, name in enumerate(headers)
    }
    frame = pl.DataFrame({**columns, LINE: pl.Series([line for line, _ in rows], dtype=pl.Int64)})
    return _table(source, headers, frame, "JSON", broken=broken or [], part=part)


def _table(source: Source, headers: list[str], frame: pl.DataFrame, form: str, **more: Any) -> TextTable:  # noqa: ANN401
    table = TextTable(
        file=source.name,
        headers=headers,
        frame=frame,
        encoding=form,
        delimiter="\t",
        header_line=0,
        title=[],
        is_typed=True,
        **more,
    )
    return tidy(table)


def _load(text: str) -> Any:  # noqa: ANN401 - JSON holds anything
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=lambda _: None)


def _records(source: Source, found: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """What was read as records: a list of objects, a list of rows whose first one has the names, else one object."""
    if isinstance(found, dict):
        grid = next((found[name] for name in (*LISTS, *found) if _is_grid(found.get(name))), None)
        found = [found] if grid is None else grid
    if not isinstance(found, list) or not found:
        raise JsonNoList(file=source.name, detail=type(found).__name__)
    if _is_grid(found) and len(found) > 1:
        return [*rows_as_objects(found)]
    if not all(isinstance(entry, dict) for entry in found):
        raise JsonNoList(file=source.name, detail="list")
    return found


def _is_grid(found: Any) -> bool:  # noqa: ANN401
    return isinstance(found, list) and bool(found) and all(isinstance(entry, list) for entry in found)


def _lines(
    source: Source, text: str, error: json.JSONDecodeError
) -> tuple[list[tuple[int, dict[str, Any]]], list[Aside]]:
    """One object per line; a line that is none is a record that cannot be read.

    Raises:
        FileDamaged: hardly any line is an object.
    """
    found: list[tuple[int, dict[str, Any]]] = []
    broken: list[Aside] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = _load(line)
        except (json.JSONDecodeError, RecursionError):
            record = None
        if isinstance(record, dict):
            found.append((number, record))
        else:
            broken.append(Aside(number, line.strip()[:10_000], "json_unreadable"))
    if not found or len(broken) > len(found):
        raise FileDamaged(file=source.name, kind="JSON", detail=str(error)) from error
    return found, broken


def _flat(record: dict[str, Any]) -> dict[str, str | None]:
    """One text per member; objects inside are opened (`owner.name`), lists stay JSON."""
    return {name: _text(value) for name, value in _members(record, "", 0)}


def _members(record: dict[str, Any], above: str, depth: int) -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        full = f"{above}.{name}" if above else str(name)
        if isinstance(value, dict) and value and depth < DEEPEST:
            yield from _members(value, "" if name in ("properties", "attributes", "fields") else full, depth + 1)
        elif isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
            yield f"{full}: JSON", value  # records of their own under a name that a single one would have: kept beside
        else:
            yield full, value


def _text(value: Any) -> str | None:  # noqa: ANN401
    if value is None or (isinstance(value, dict | list) and not value):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def read_parquet(source: Source, known: AbstractSet[str], wishes: Wishes) -> Reading:  # noqa: ARG001
    """Read a Parquet file; its typed cells become the texts they would be in a CSV file.

    Raises:
        FileDamaged, SheetTooLarge, FileEmpty, ColumnsTooMany.
    """
    try:
        seen = pl.scan_parquet(io.BytesIO(source.content))
        schema = seen.collect_schema()
        refuse_beyond(source.name, int(seen.select(pl.len()).collect().item()), len(schema))
        frame = seen.collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        detail = str(error).splitlines()[0][:120] if str(error) else ""
        raise FileDamaged(file=source.name, kind="Parquet", detail=detail) from error
    if frame.is_empty() or not frame.width:
        raise FileEmpty(file=source.name)
    texts = [_texts(series).alias(str(at)) for at, series in enumerate(frame)]
    lines = pl.Series(LINE, range(1, frame.height + 1), dtype=pl.Int64)
    headers = [" ".join(name.split()) for name in frame.columns]
    return Reading(tables=[_table(source, headers, pl.DataFrame([*texts, lines]), "Parquet")])


def _texts(series: pl.Series) -> pl.Series:
    """Cells as text: dates as ISO, moments in their own time zone, lists and objects as JSON."""
    if isinstance(series.dtype, pl.Datetime):
        return series.dt.to_string("%Y-%m-%d %H:%M:%S%.6f%:z" if series.dtype.time_zone else "%Y-%m-%d %H:%M:%S%.f")
    if series.dtype.is_nested():
        made = [
            None if value is None else json.dumps(value, ensure_ascii=False, default=str) for value in series.to_list()
        ]
        return pl.Series(series.name, made, dtype=pl.String)
    if series.dtype == pl.Binary:
        return series.cast(pl.String, strict=False)
    return series.cast(pl.String, strict=False)
