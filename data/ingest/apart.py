"""Reads one workbook in a process of its own, whose end harms nobody: a script, started by `data/ingest/sheets.py`.

The libraries under it take what a damaged file says at its word, and end the process that asked when memory runs out.
Old and rare formats (.xls, .xlsb, .ods) cannot be looked through beforehand as .xlsx is.

Standard input: the file. Arguments: bytes of memory and seconds of processor time that it may take. Standard output:
for each sheet a line of JSON (name, is_visible, errors, bytes) followed by that many bytes of an Arrow stream; a line
with `problem` where it cannot be read.
"""

from __future__ import annotations

import json
import sys

import fastexcel


def main() -> None:
    """Read from standard input, write to standard output."""
    _limit(int(sys.argv[1]), int(sys.argv[2]))
    try:
        workbook = fastexcel.read_excel(sys.stdin.buffer.read())
        sys.modules["numpy"] = None  # type: ignore[assignment]  # pyarrow would take twice as long to bring it, unused
        import pyarrow as pa  # takes as long as all the rest, so not for a file that cannot be opened

        for name in workbook.sheet_names:
            sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            batch, errors = sheet.to_arrow_with_errors()
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, batch.schema) as stream:
                stream.write_batch(batch)
            content = sink.getvalue().to_pybytes()
            said = {"name": name, "is_visible": sheet.visible == "visible", "bytes": len(content)}
            _say({**said, "errors": len(errors.errors) if errors else 0})
            sys.stdout.buffer.write(content)
    except BaseException as error:  # noqa: BLE001 - the reader's panics are no Exceptions, and this process ends anyhow
        _say({"problem": str(error) or type(error).__name__})


def _say(line: dict[str, object]) -> None:
    sys.stdout.buffer.write(json.dumps(line).encode() + b"\n")


def _limit(memory: int, seconds: int) -> None:
    """Where the system knows limits; elsewhere the parent's patience is the only one."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
