"""What the command about the hygiene of open deals answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.errors import SheetUnwritable, StoreHoldsNothing
from data.review.asking import asked as review_of
from data.review.asking import usual_view
from data.review.errors import HygieneForm, HygieneNeedsRep
from data.review.hygiene import hygiene
from data.review.hygiene_files import FORMS, told, written
from data.sign_words import beside
from data.wording import wording
from metrics.errors import fill
from metrics.hygiene import FAULTS

if TYPE_CHECKING:
    from data.review.hygiene import Hygiene
    from data.review.hygiene_files import Form
    from data.terminal import Session


@dataclass(frozen=True)
class Wanted:
    """The options of the command, as in data/review/hygiene_command.py."""

    rep: str | None = None
    team: str | None = None
    out: Path | None = None
    as_of: date | None = None
    email: str | None = None


def hygiene_report(session: Session, wanted: Wanted) -> None:
    """The table per salesperson, or the list of one, on the screen or as a file.

    Raises:
        HygieneNeedsRep: a file was asked for without saying whose. HygieneForm: of a kind that is not written.
        SheetUnwritable: it cannot be written there. And what `asked` and `hygiene` raise.
    """
    if wanted.out is not None and wanted.rep is None:
        raise HygieneNeedsRep
    form = _form(wanted.out) if wanted.out is not None else None
    with session.store().snapshot() as seen:
        if seen.as_of is None:
            raise StoreHoldsNothing(path=str(seen.store.path))
        view = usual_view(seen.as_of)
        view = view.seen_on(wanted.as_of) if wanted.as_of else view
        about = review_of(seen, seen.viewer(wanted.email), session.lang, view=view, team=wanted.team)
        found, currency = hygiene(about, wanted.rep), seen.currency
    if form is not None and wanted.out is not None:
        _write(session, wanted.out, written(found, form, session.lang, currency))
    elif wanted.rep is not None:
        _list(session, found, currency)
    else:
        _table(session, found)


def _form(out: Path) -> Form:
    suffix = {"markdown": "md", "htm": "html"}.get(out.suffix.lstrip(".").lower(), out.suffix.lstrip(".").lower())
    if suffix not in FORMS:
        raise HygieneForm(given=out.suffix or out.name)
    return suffix


def _write(session: Session, out: Path, content: bytes) -> None:
    place = session.path(out)
    try:
        place.write_bytes(content)
    except OSError as error:
        raise SheetUnwritable(path=str(place), problem=error.strerror or type(error).__name__) from error
    session.say("rep_printed", path=str(place))


def _head(session: Session, name: str) -> str:
    return fill(wording("review/hygiene")["columns"][name], session.lang, {})


def _list(session: Session, found: Hygiene, currency: str | None) -> None:
    names = ("deal_id", "deal", "customer", "stage", "expected_close_on", "amount")
    rows: list[dict[str, Any]] = [
        {**{name: row[name] for name in names}, "faults": told(row, session.lang, currency)}
        for row in found.faulty.iter_rows(named=True)
    ]
    if session.is_json:
        ids = [[one.id for one in FAULTS if row[one.flag]] for row in found.faulty.iter_rows(named=True)]
        rows = [row | {"fault_ids": mine} for row, mine in zip(rows, ids, strict=True)]
        session.answer({"rep": found.rep, "as_of": found.as_of, "open_deals": found.deals.height, "deals": len(rows),
                        "amount": found.amount, "counts": found.counts(), "rows": rows})  # fmt: skip
        return
    shown = [row | {"faults": beside(row["faults"], session.lang)} for row in rows]
    heads = {name: _head(session, name) for name in (*names, "faults")}
    session.table(shown, heads) if shown else session.say("no_rows")


def _table(session: Session, found: Hygiene) -> None:
    rows = found.by_rep().to_dicts()
    if session.is_json:
        session.answer({"as_of": found.as_of, "open_deals": found.deals.height, "deals": found.faulty.height,
                        "amount": found.amount, "counts": found.counts(), "rows": rows})  # fmt: skip
        return
    known = found.counts()
    heads = {name: _head(session, name) for name in ("rep", "team", "open_deals", "deals", "amount")}
    heads |= {one.id: one.label.text(session.lang) for one in FAULTS if known.get(one.id)}
    if any(row["left_on"] for row in rows):
        heads["left_on"] = _head(session, "left_on")
    nobody = fill(wording("review/hygiene")["words"]["nobody"], session.lang, {})
    shown = [row | {"rep": row["rep"] or nobody} for row in rows]
    session.table(shown, heads) if shown else session.say("no_rows")
