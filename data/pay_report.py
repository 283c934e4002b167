"""What the command about pay answers and does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from data import pay as kept
from data import pay_plans
from data.asking import Answer
from data.errors import FileInTheWay, PayNotYours, PayOfNobody, PayOfWhom, PlansLacking, StoreHoldsNothing
from data.pay_example import example
from data.pipeline import report
from data.settings import settings
from data.wording import wording
from metrics import pay, pay_lines
from metrics.errors import fill, nearest
from metrics.pay_file import from_toml, to_toml
from metrics.pay_plan import Plan, PlanInvalid, problem, words
from metrics.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from data.store import Snapshot
    from data.terminal import Session
    from metrics.query import Query
    from metrics.viewer import Viewer


@dataclass(frozen=True)
class Asked:
    """The options of the command, as they were given."""

    reps: tuple[str, ...] = ()
    from_on: date | None = None
    to_on: date | None = None
    more: str | None = None
    statement: int | None = None
    email: str | None = None
    source: Path | None = None
    target: Path | None = None
    withdraw: str | None = None
    example: bool = False
    dry_run: bool = False
    only_sql: bool = False


class Reports:
    """The answers of one command, by the word that asks for them."""

    def __init__(self, session: Session, asked: Asked) -> None:
        self.session, self.asked = session, asked
        self.whose_paid: pl.DataFrame | None = None  # the pay of the one person and period that is asked about

    def say(self, word: str) -> None:
        """Answer, or do, what the word of the command stands for."""
        {
            "payouts": self.payouts,
            "periods": self.periods,
            "statement": self.statement,
            "questions": self.questions,
            "what-if": self.what_if,
            "compare": self.compare,
            "settle": self.settle,
            "settled": self.settled,
            "adjustments": self.adjustments,
            "plans": self.plans,
        }[word]()

    # ---------------------------------------------------------------------------------------------------- questions

    def payouts(self) -> None:
        """Everybody's pay."""
        self._answer(lambda _, held, view: pay.payouts(held, view))

    def periods(self) -> None:
        """All together, period by period; the last two years unless days are given."""
        self._answer(lambda _, held, view: pay.by_period(held, view), days=730)

    def questions(self) -> None:
        """Money that nobody is paid for, and why."""
        self._answer(lambda _, held, view: pay.questions(held, view))

    def statement(self) -> None:
        """The statement of one person for the period that the days touch."""
        self._answer(self._statement)

    def what_if(self) -> None:
        """How pay rises, with a mark where so much more would lead; without --more, what each open deal would add."""
        self._answer(self._what_if)

    def compare(self) -> None:
        """What the plans of a file would have paid; over the last year unless days are given."""

        def question(seen: Snapshot, held: Sequence[Plan], view: View) -> Query:
            if not self._viewer(seen).sees_all:
                raise PayNotYours
            others = pay_plans.checked_here(seen, from_toml(self._read()))
            return pay.compared(held, others, view)

        day = self.asked.from_on or self.asked.to_on
        self._answer(question, preset=None if day else "last_year")

    def _statement(self, seen: Snapshot, held: Sequence[Plan], view: View) -> Query:
        plan, rep, own = self._whose(seen, held, view)
        return pay_lines.statement(held, plan, rep, own)

    def _what_if(self, seen: Snapshot, held: Sequence[Plan], view: View) -> Query:
        plan, rep, own = self._whose(seen, held, view)
        if self.asked.more is None:
            return pay_lines.if_won(held, plan, rep, own)
        try:
            more = Decimal(self.asked.more.replace(",", ""))
            if not more.is_finite():
                raise InvalidOperation
        except InvalidOperation as error:
            raise PlanInvalid(plan="--more", problem=problem("value", field="more", given=self.asked.more)) from error
        return pay_lines.curve(held, plan, rep, own, more)

    def _whose(self, seen: Snapshot, held: Sequence[Plan], view: View) -> tuple[Plan, str, View]:
        """The plan, the person and the period that is meant: the one of exactly the days, else the first they touch.

        Raises:
            PayOfNobody: no plan pays them then, or the viewer may not see them. PayOfWhom: nobody is named of several.
        """
        paid = seen.ask(pay.payouts(held, view), self._viewer(seen)).frame.sort("from_on", "to_on")
        names = paid.get_column("rep").unique().to_list()
        if not self.asked.reps and len(names) > 1:
            raise PayOfWhom
        rep = self.asked.reps[0] if self.asked.reps else names[0] if names else ""
        own = paid.filter(paid["rep"] == rep)
        if own.is_empty():
            raise PayOfNobody(rep=rep or "—", day=view.period.from_on if view.period else None,
                              suggestion=nearest(rep, names) if rep else None)  # fmt: skip
        rows = own.to_dicts()
        days = view.period and (view.period.from_on, view.period.to_on)
        row = next((one for one in rows if (one["from_on"], one["to_on"]) == days), rows[0])
        self.whose_paid = own.filter(pl.col("plan") == row["plan"], pl.col("from_on") == row["from_on"])
        plan = next(one for one in held if one.id == row["plan"] and one.holds(row["from_on"], row["to_on"]))
        return plan, rep, kept.view_of(seen, row["from_on"], row["to_on"])

    def _answer(
        self,
        question: Callable[[Snapshot, Sequence[Plan], View], Query],
        *,
        days: int = 0,
        preset: str | None = None,
    ) -> None:
        """Ask, and print the answer.

        Raises:
            PlansLacking: there is no plan.
        """
        with self.session.store().snapshot() as seen:
            viewer = self._viewer(seen)
            held = pay_plans.plans_for(seen, viewer)
            if not held:
                raise PlansLacking
            query = question(seen, held, self._view(seen, days, preset))
            result = seen.ask(query, viewer)
            notes = [note.text(self.session.lang) for note in result.notes]
            notes += self._settled_otherwise(seen, viewer, result.frame)
            sql = query.text(viewer=viewer) if self.asked.only_sql or self.session.is_json else ""
        report(self.session, Answer(result.frame, notes, sql, query), only_sql=self.asked.only_sql, words_of="pay")

    def _settled_otherwise(self, seen: Snapshot, viewer: Viewer, frame: pl.DataFrame) -> list[str]:
        """What was settled stays, whatever plans and data of today give: where that differs, it is said beside it."""
        paid = self.whose_paid if self.whose_paid is not None else frame
        if not {"plan", "rep", "from_on", "to_on", "pay"} <= set(paid.columns):
            return []
        found = kept.settled_otherwise(seen, viewer, paid)
        return [found.text(self.session.lang)] if found else []

    def _view(self, seen: Snapshot, days: int, preset: str | None) -> View:
        day = seen.as_of
        if day is None:
            raise StoreHoldsNothing(path=str(seen.store.path))
        if preset is not None:
            return View(as_of=day, preset=preset, fiscal_start=settings().fiscal_start)
        last = self.asked.to_on or self.asked.from_on or day
        first = self.asked.from_on or (last - timedelta(days=days))
        return View(as_of=day, from_on=first, to_on=last, fiscal_start=settings().fiscal_start)

    def _viewer(self, seen: Snapshot) -> Viewer:
        return seen.viewer(self.asked.email)

    # ------------------------------------------------------------------------------------------------------ settling

    def settle(self) -> None:
        """Keep the statements of all periods that end in the days and are over."""
        store = self.session.store()
        with store.snapshot() as seen:
            viewer, view = self._viewer(seen), self._view(seen, 0, None)
        if view.period is not None:
            made = kept.settle(store, viewer, view.period.from_on, view.period.to_on, self.asked.reps, self._who())
            self._print_settled(made)

    def settled(self) -> None:
        """The statements that were kept; with --statement, the lines of one as they were."""
        with self.session.store().snapshot() as seen:
            viewer = self._viewer(seen)
            if self.asked.statement is not None:
                self._frame(kept.lines_of(seen, viewer, self.asked.statement))
                return
            first, last = self._span()
            self._print_settled([one for one in kept.settled(seen, viewer, first, last) if self._is_meant(one.rep)])

    def adjustments(self) -> None:
        """What has changed since statements were settled; with --statement, line by line."""
        with self.session.store().snapshot() as seen:
            viewer = self._viewer(seen)
            first, last = self._span()
            found = [one for one in kept.adjustments(seen, viewer, first, last) if self._is_meant(one.settled.rep)]
            if self.asked.statement is not None:
                told = [one.settled for one in found if one.settled.id == self.asked.statement]
                self._frame(*(kept.line_changes(seen, viewer, one) for one in told))
                return
        rows = [_settled_row(one.settled) | {"now": one.now, "change": one.change} for one in found if one.is_off]
        self._rows("adjustments", rows)

    def _print_settled(self, found: Sequence[kept.Settled]) -> None:
        self._rows("settled", [_settled_row(one) for one in found])

    def _span(self) -> tuple[date, date]:
        return self.asked.from_on or date.min, self.asked.to_on or date.max

    def _is_meant(self, rep: str) -> bool:
        return not self.asked.reps or rep in self.asked.reps

    # --------------------------------------------------------------------------------------------------------- plans

    def plans(self) -> None:
        """List the plans; load, write, withdraw them, or print some to begin with."""
        asked, store = self.asked, self.session.store()
        with store.snapshot() as seen:
            viewer = self._viewer(seen)
            if asked.example and viewer.sees_all:
                self._print_text(example(seen))
                return
        if asked.example or asked.source is not None or asked.withdraw is not None:
            if not viewer.sees_all:
                raise PayNotYours
            self._change()
        with store.snapshot() as seen:
            held = pay_plans.plans_for(seen, viewer)
        if asked.target is not None:
            place = self.session.path(asked.target)
            if place.exists():
                raise FileInTheWay(file=str(place))
            place.write_text(to_toml(held), "utf-8")
        self._print_plans(held)

    def _change(self) -> None:
        store = self.session.store()
        if self.asked.withdraw is not None:
            pay_plans.withdraw(store, self.asked.withdraw, self._who())
        if self.asked.source is None:
            return
        told = from_toml(self._read())
        if not self.asked.dry_run:
            pay_plans.save(store, told, self._who())
            return
        with store.snapshot() as seen:
            pay_plans.checked_here(seen, pay_plans.with_those(pay_plans.versions(seen), told))
        self._say("checked")

    def _read(self) -> str:
        """The text of the file.

        Raises:
            PlanInvalid: there is none, or it is not text.
        """
        if self.asked.source is None:
            raise PlanInvalid(plan="—", problem=problem("missing", field="--import"))
        try:
            return self.session.path(self.asked.source).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PlanInvalid(plan=str(self.asked.source), problem=problem("toml", detail=str(error))) from error

    def _print_plans(self, held: Sequence[Plan]) -> None:
        if self.session.is_json:
            self.session.answer({"plans": [plan.model_dump(mode="json", by_alias=True) for plan in held]})
            return
        self._rows("plans", [_plan_row(plan, self.session.lang) for plan in held])

    def _who(self) -> str:
        return self.asked.email or "command line"

    # ------------------------------------------------------------------------------------------------------ printing

    def _frame(self, *frames: pl.DataFrame) -> None:
        self._rows("lines", [row for frame in frames for row in frame.to_dicts()])

    def _rows(self, name: str, rows: Sequence[dict[str, object]]) -> None:
        if self.session.is_json:
            self.session.answer({name: rows})
        elif not rows:
            self._say(f"no_{name}")
        else:
            headings = wording("pay")["columns"]
            self.session.table(rows, {key: self._word(headings[key]) for key in rows[0]})

    def _print_text(self, text: str) -> None:
        if self.session.is_json:
            self.session.answer({"toml": text})
        else:
            self.session.write(text)

    def _say(self, code: str) -> None:
        if not self.session.is_json:
            self.session.write(self._word(wording("pay")["says"][code]))

    def _word(self, told: dict[str, str]) -> str:
        return fill(told, self.session.lang, {})


def _settled_row(one: kept.Settled) -> dict[str, object]:
    return {
        "id": one.id, "plan": one.plan_id, "rep": one.rep, "from_on": one.from_on, "to_on": one.to_on,
        "amount": one.amount, "as_of": one.as_of, "who": one.who, "noted_at": one.noted_at,
    }  # fmt: skip


def _plan_row(plan: Plan, lang: str) -> dict[str, object]:
    """A plan in a line: what is paid on, to whom, how much."""
    said = words()
    return {
        "plan": plan.id, "label": plan.label.text(lang), "measure": fill(said["measures"][plan.measure], lang, {}),
        "on": fill(said["days"][plan.on], lang, {}), "period": fill(said["periods"][plan.period], lang, {}),
        "whom": ", ".join((*plan.teams, *plan.reps)) or "*", "tiers": in_words(plan),
        "from_on": plan.from_on, "to_on": plan.to_on,
    }  # fmt: skip


def in_words(plan: Plan) -> str:
    """Thresholds and rates: "0: 1 %, 100,000: 2 %"."""
    share = plan.tiers_by == "attainment"
    parts = [f"{f'{tier.at:.0%}' if share else f'{tier.at:,}'}: {float(tier.rate):.2%}" for tier in plan.tiers]
    return ", ".join(parts)
