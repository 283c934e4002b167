"""Who sees which alert, and how much of it; what alerts say in both languages; rows behind them."""

from __future__ import annotations

import polars as pl
import pytest

from data.review import alert_looks
from data.review.alert_register import alert, change, history, open_alerts, register, shown
from data.review.alert_rules import view_on
from data.review.alerts import sync
from data.review.errors import UnknownAlert
from data.store import Snapshot, Store
from data.viewers import add_viewer
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer


@pytest.fixture
def told(risky: Store) -> Store:
    sync(risky)
    add_viewer(risky, "ann@x", "rep", rep="Ann")
    add_viewer(risky, "cem@x", "rep", rep="Cem")
    add_viewer(risky, "north@x", "teams", teams=("North",))
    sync(risky)
    return risky


def seen_by(seen: Snapshot, viewer: Viewer) -> set[tuple[str, str | None]]:
    return {(one.rule, one.subject) for one in register(seen, viewer)}


def view(seen: Snapshot) -> View:
    found = view_on(seen)
    assert found is not None
    return found


def test_alerts_are_for_those_who_may_see_their_subject(told: Store) -> None:
    with told.snapshot() as seen:
        everybody = seen_by(seen, EVERYTHING)
        assert seen_by(seen, seen.viewer("ann@x")) == {
            ("dry", "Ann"), ("concentration_rep", "Ann"), ("stalled", "big"), ("receivables", "Acme"),
            ("complaint", "Bolt"),
        }  # fmt: skip
        assert seen_by(seen, seen.viewer("north@x")) == {
            ("dry", "Ann"), ("concentration_rep", "Ann"), ("stalled", "big"), ("receivables", "Acme"),
            ("complaint", "Bolt"), ("no_new_deals", "Bob"), ("concentration_team", "North"),
        }  # fmt: skip
        assert seen_by(seen, seen.viewer("cem@x")) == set()
        assert ("concentration", "Acme") in everybody


def test_whoever_sees_the_team_is_told_once_and_the_person_of_themselves(
    risky: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ann's pace is told with that of North to those who see North; to Ann, who does not, it is told itself."""
    short = {"kind": ["team", "rep", "rep"], "subject": ["North", "Ann", "Cem"], "team": [None, "North", "South"],
             "verdict": ["unlikely"] * 3, "elapsed": [0.5] * 3, "short_share": [0.2] * 3, "short": [500.0, 90.0, 40.0],
             "miss": pl.Series([0.9, None, None], dtype=pl.Float64)}  # fmt: skip
    monkeypatch.setitem(
        alert_looks.LOOKS, "pace", alert_looks.LOOKS["pace"]._replace(rows=lambda _: pl.DataFrame(short), further=None)
    )
    sync(risky)
    for email, scope in (
        ("ann@x", {"scope": "rep", "rep": "Ann"}),
        ("north@x", {"scope": "teams", "teams": ("North",)}),
    ):
        add_viewer(risky, email, **scope)  # type: ignore[arg-type]
    sync(risky)
    with risky.snapshot() as seen:
        viewers = {"all": EVERYTHING, "north": seen.viewer("north@x"), "ann": seen.viewer("ann@x")}
        mine = {
            who: {one.subject: one for one in register(seen, viewer) if one.rule == "pace"}
            for who, viewer in viewers.items()
        }
        assert mine["all"].keys() == {"North", "Cem"}
        assert mine["north"].keys() == {"North"}
        assert mine["ann"].keys() == {"Ann"}
        own = mine["ann"]["Ann"]
        assert (own.amount, own.chance, own.values["of_team"]) == (90, None, "North")
        assert "Cem" not in str(own), "nothing of others"
        assert [event.event for event in history(seen, seen.viewer("ann@x"), own.id)] == ["raised"]
        one_of = view(seen).with_filter("rep", "Ann")
        assert "pace" in {one.alert.rule for one in open_alerts(seen, EVERYTHING, one_of, "en")}


def test_how_much_of_a_partly_visible_customer_is_not_told(told: Store) -> None:
    """Cem and Bob have rows of Acme, Lea has one of Bolt: their sums are not Ann's to know, nor what others miss."""
    with told.snapshot() as seen:
        ann = seen.viewer("ann@x")
        mine = {one.rule: one for one in register(seen, ann)}
        for rule in ("receivables", "complaint"):
            assert (mine[rule].amount, mine[rule].values, mine[rule].is_part) == (None, {}, True)
            assert "not yours" in shown(mine[rule], "en").evidence
            assert shown(mine[rule], "en", view(seen)).source is None
            assert all(not event.values and event.amount is None for event in history(seen, ann, mine[rule].id))
        assert (mine["stalled"].amount, mine["stalled"].chance) == (900, None)
        assert "share" not in mine["stalled"].values
        assert all("share" not in event.values for event in history(seen, ann, mine["stalled"].id))
        all_ = {one.rule: one for one in register(seen, EVERYTHING)}
        assert "%" in shown(all_["stalled"], "en").evidence
        assert "%" not in shown(mine["stalled"], "en").evidence
        other = next(one.id for one in register(seen, EVERYTHING) if one.rule == "concentration")
        for ask in (alert, history):
            with pytest.raises(UnknownAlert):
                ask(seen, ann, other)
    with pytest.raises(UnknownAlert):
        change(told, ann, other, state="taken")
    assert change(told, ann, mine["stalled"].id, state="taken").state == "taken"


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_every_alert_is_said_and_leads_to_rows(told: Store, lang: str) -> None:
    with told.snapshot() as seen:
        for one in open_alerts(seen, EVERYTHING, view(seen), lang):
            assert one.rule
            assert one.evidence not in {"", "—"}
            assert "{" not in one.evidence
            assert "?" not in one.evidence
            assert one.source is not None
            query, column, at = one.source
            frame = seen.ask(query.rows(column, **dict(at)), EVERYTHING).frame
            assert frame.height, one.alert.rule


def test_filters_choose_alerts(told: Store) -> None:
    with told.snapshot() as seen:

        def chosen(dimension: str, value: str) -> set[str]:
            asked = view(seen).with_filter(dimension, value)
            return {one.alert.rule for one in open_alerts(seen, EVERYTHING, asked, "en")}

        assert chosen("team", "South") == {"leavers"}
        assert chosen("rep", "Bob") == {"no_new_deals"}
        assert "stalled" in chosen("customer", "Acme")
        assert "dry" not in chosen("customer", "Acme")


def test_an_earlier_day_is_told_by_the_data(told: Store) -> None:
    with told.snapshot() as seen:
        day = view(seen).seen_on(view(seen).as_of.replace(day=11))
        told_then = {one.alert.rule for one in open_alerts(seen, EVERYTHING, day, "en")}
    assert "receivables" in told_then
    assert "complaint" not in told_then
