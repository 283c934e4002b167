"""One measurement, and how many of them look as a table."""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import east_asian_width


@dataclass(frozen=True)
class Measured:
    """One thing measured.

    Attributes:
        subject: which part of the product.
        what: what was done, and on how much.
        value: how much of `unit` it took (median of several runs, or one where a run takes long).
        budget: the most it may take; None where the design sets none.
        beside: what was done beside it in the same run, and what that took; the ratio is to it.
        ratio, most: ratio measured, and the most it may be.
        unless: a fact that allows more, where it is one of this row ("it says so").
    """

    subject: str
    what: str
    value: float
    unit: str
    budget: float | None = None
    beside: str = ""
    ratio: float | None = None
    most: float | None = None
    unless: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether every limit holds, that of the ratio unless something allows more; None where there is none."""
        ratio = self.most if self.unless else self.ratio
        limits = [(self.value, self.budget), (ratio, self.most)]
        kept = [value <= limit for value, limit in limits if value is not None and limit is not None]
        return all(kept) if kept else None

    @property
    def verdict(self) -> str:
        """One word for the table."""
        return {True: "held", False: "MISSED", None: ""}[self.holds]

    def cells(self) -> list[str]:
        """The columns of the table."""
        return [
            self.subject,
            self.what,
            f"{amount(self.value)} {self.unit}",
            "" if self.budget is None else f"≤ {amount(self.budget)} {self.unit}",
            "" if self.ratio is None else f"{self.ratio:.2f} ×" + (f" {self.beside}" if self.beside else ""),
            "" if self.most is None else f"≤ {self.most:g} ×",
            f"{self.verdict}: {self.unless}" if self.unless else self.verdict,
        ]


HEADER = ["subject", "what", "measured", "budget", "beside", "at most", "verdict"]


def amount(value: float) -> str:
    """Three figures are enough to judge by."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def markdown(rows: list[Measured]) -> str:
    """A table for README.md."""
    lines = [HEADER, ["---"] * len(HEADER), *[row.cells() for row in rows]]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def plain(rows: list[Measured]) -> str:
    """A table for a terminal."""
    lines = [HEADER, *[row.cells() for row in rows]]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(HEADER))]
    return "\n".join(
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
