"""What will become of the files of an import: what is known of each, what is said, what must be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from data.ingest.check import Checked, money_of
from data.ingest.corrections import CORRECTION
from data.ingest.currencies import code_of
from data.ingest.errors import FileRefused
from data.ingest.keys import columns_of
from data.ingest.map import Mapped
from data.ingest.match import Match
from data.ingest.options import Options
from data.ingest.parse import Parsed
from data.ingest.remarks import LeftOut, Offer, Question, Remark
from data.truth import Load

if TYPE_CHECKING:
    from data.store import Snapshot


@dataclass
class FilePlan:
    """What will become of one list of a file.

    `names`: what it is called where something is said of it alone, the narrowest last. `options`: what holds for it.
    `is_full`: whether it lists everything, as far as is known of such files. `follows`: it is a further part of a
    full export, whose first file ends what none of them holds. `unrated`: its currencies that lack a rate.
    `renamed`: keys that its rows would have -> those that the same deals had before, which the rows have
    (data/ingest/renamed.py). `withdrawn`: rows from elsewhere that it takes the place of
    (data/ingest/same_days.py). `error`: why it cannot be loaded as it is understood, where a person may say
    otherwise; `read_columns`: its columns then.
    """

    file: str
    content: bytes = b""
    names: tuple[str, ...] = ()
    options: Options = field(default_factory=Options)
    scores: list[Match] = field(default_factory=list)
    is_full: bool | None = None
    follows: bool = False
    unrated: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    withdrawn: pl.DataFrame | None = None
    match: Match | None = None
    mapped: Mapped | None = None
    parsed: Parsed | None = None
    checked: Checked | None = None
    encoding: str | None = None
    as_of: date | None = None
    as_of_from: str = "none"
    warnings: list[Remark] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    error: FileRefused | None = None
    read_columns: list[str] = field(default_factory=list)

    def another(self, *, is_part: bool = False) -> FilePlan:
        """Another list that the same file holds, of which the same is said; as a part it ends no others."""
        options = self.options.model_copy(update={"is_full": False, "keys": ()}) if is_part else self.options
        return FilePlan(self.file, self.content, self.names, options, encoding=self.encoding)

    @property
    def table(self) -> str | None:
        """Our table."""
        return self.match.table if self.match else None

    @property
    def profile(self) -> str | None:
        """The CRM it came from."""
        return self.match.profile.origin if self.match else None

    @property
    def is_correction(self) -> bool:
        """It brings back rows that were refused: a part, whatever is said, or it would end all others."""
        return any(remark.code == CORRECTION for remark in self.warnings)

    @property
    def is_whole(self) -> bool | None:
        """Whether it lists everything: now said, else remembered; None where nobody said."""
        if self.is_correction:
            return False
        return self.is_full if self.options.is_full is None else self.options.is_full

    @property
    def is_beside(self) -> bool:
        """Whether it is another section's reading of a file that stands here already."""
        return self.match is not None and self.match.spec.beside is not None

    @property
    def headers(self) -> list[str]:
        """The names of its columns, as far as they are known: also of a list that a question stops."""
        if self.mapped is not None:
            return self.mapped.table.headers
        if self.read_columns:
            return self.read_columns
        return next((list(question.columns) for question in self.questions), [])

    @property
    def offers(self) -> list[Offer]:
        """What was settled by default and may be settled otherwise."""
        return [remark for remark in self.warnings if isinstance(remark, Offer)]

    @property
    def key_columns(self) -> list[str]:
        """Their columns that tell the rows apart."""
        return columns_of(self.mapped, self.checked.key) if self.mapped and self.checked else []

    @property
    def read(self) -> int:
        """Records in the file: those to be loaded and those refused."""
        return self.checked.rows.height + self.refused if self.checked else 0

    @property
    def refused(self) -> int:
        """Records that cannot be loaded."""
        return self.checked.refused.filter(~pl.col("is_set_aside")).height if self.checked else 0

    @property
    def set_aside(self) -> int:
        """Lines that are no records: blanks, totals, footnotes, exact repeats."""
        return self.checked.refused.height - self.refused if self.checked else 0

    @property
    def columns(self) -> list[dict[str, str]]:
        """Which column fills which field, and how it was read: what the mapping step shows."""
        if not self.mapped or not self.parsed or not self.match:
            return []
        return [
            {
                "column": " + ".join(theirs),
                "field": ours,
                "format": self.parsed.formats.get(ours, "text"),
                "alike": str(self.match.guessed.get(ours, 100)),
                "why": self.match.reasons[ours].why if ours in self.match.reasons else "header",
                "confidence": str(self.match.reasons[ours].confidence if ours in self.match.reasons else 100),
            }
            for ours, theirs in self.mapped.sources.items()
        ]


@dataclass
class Plan:
    """A whole import: its files, those left out because they only describe the others, and what remains to be asked.

    `unmet`: what options name that is no file of the import and no list in one. `dropped`: files whose orders other
    files hold. `keeps_refused`: a file that is read and not understood stays, with its error, so that a person can say
    more of it. `remarks`: what is said where no file is left that could say it.
    """

    files: list[FilePlan]
    options: Options
    skipped: list[str] = field(default_factory=list)
    left: list[LeftOut] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    unmet: list[str] = field(default_factory=list)
    dropped: list[FilePlan] = field(default_factory=list)
    seen: Snapshot | None = None
    keeps_refused: bool = False

    @property
    def questions(self) -> list[Question]:
        """Everything that must be answered before loading."""
        return [question for file in self.files for question in file.questions]

    @property
    def warnings(self) -> list[Remark]:
        """What is said about the import as a whole."""
        return [
            *(Remark(code="documentation", params={"file": name}) for name in self.skipped),
            *self.left,
            *self.remarks,
        ]

    @property
    def refused(self) -> list[FilePlan]:
        """The files that cannot be loaded as they are understood; only where the plan keeps them."""
        return [file for file in self.files if file.error is not None]

    @property
    def loads(self) -> list[Load]:
        """One load per file; none while a question is open or a file is refused."""
        return [] if self.questions or self.refused else [_load(file) for file in self.files]


def _load(file: FilePlan) -> Load:
    if file.match is None or file.checked is None:
        raise ValueError(f"{file.file} has open questions")
    mapping = {entry["field"]: {"column": entry["column"], "format": entry["format"]} for entry in file.columns}
    return Load(
        table=file.match.table,
        profile=file.match.profile.origin,
        file=file.file,
        mapping={
            "fields": mapping,
            "key": file.checked.key,
            "section": file.match.section,
            "score": round(file.match.score, 2),
            "read": file.mapped.table.told if file.mapped else {},
            **({"renamed": file.renamed} if file.renamed else {}),
            **({"withdrawn": _withdrawn(file.withdrawn)} if file.withdrawn is not None else {}),
        },
        encoding=file.encoding,
        as_of=file.as_of,
        as_of_from=file.as_of_from,
        is_full=False if file.follows else file.is_whole,
        who=file.options.who,
        currency=code_of(file.options.currency) if file.options.currency else None,
        rows=file.checked.rows,
        withdrawn=file.withdrawn,
        original=file.content,
        refused=file.checked.refused,
        unread=file.checked.unread,
    )


def _withdrawn(rows: pl.DataFrame) -> dict[str, int | float]:
    """How many rows from elsewhere no longer count, and their money: what the history of uploads says of them."""
    return {"rows": rows.height, "money": round(money_of(rows), 4)}
