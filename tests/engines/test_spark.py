"""The catalogue on a Spark Connect server: the same answers as DuckDB, to the type of each column."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from data.engines import connect
from data.engines.parquet import export
from data.engines.spark import SparkSnapshot, SparkStore
from data.settings import Settings
from data.store import Snapshot
from metrics import activity, buyers, customer_shares, overdue, rfm, rfm_moves, worth
from metrics import catalog as catalog_module
from metrics.basket_sets import basket_sets
from metrics.bridge import bridge
from metrics.brought import brought, first_last
from metrics.buyers_over_time import buyers_over_time
from metrics.campaigns import campaigns
from metrics.catalog import catalog, measure
from metrics.channel_quality import quality
from metrics.channels import channels
from metrics.coaching import coaching, peers_of
from metrics.cohorts import cohorts
from metrics.competitors import competitors
from metrics.contract_retention import contract_rates, renewals
from metrics.credit import credit
from metrics.cuts import breakdown, breakdowns, pivot, total, trend
from metrics.errors import SalesError
from metrics.factors import factors
from metrics.funnel import funnel
from metrics.funnel_bases import moved, standing
from metrics.funnel_spans import against_before
from metrics.landmark import landmark
from metrics.lead_funnel import lead_funnel
from metrics.look_alikes import best_traits, held_out, lead_look_alikes, look_alikes
from metrics.losses import losses
from metrics.market import market
from metrics.moves import moves
from metrics.next_product import next_past, next_product, next_rules
from metrics.odds import odds, weighted
from metrics.payback import payback
from metrics.period import bucket_start
from metrics.prices import prices
from metrics.query import Query, from_file
from metrics.repeat import repeat
from metrics.response import response
from metrics.rhythm import rhythm
from metrics.scorecard import results
from metrics.segments import segments
from metrics.signals import foremost, signals
from metrics.view import View
from metrics.viewer import EVERYTHING, Viewer
from metrics.voices import voices
from tests.engines.same import differences
from tests.questions import file_values
from tests.small import small_store

pytestmark = pytest.mark.engines

MEASURES = tuple(catalog().measures)
FILES = sorted(file.stem for file in (Path(catalog_module.__file__).parent / "sql").glob("*.sql"))


@pytest.fixture(scope="module")
def here() -> Iterator[Snapshot]:
    with small_store().snapshot() as seen:
        yield seen


@pytest.fixture(scope="module")
def engine(sail: str, here: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkStore]:
    """The small demo company, published for Sail."""
    folder = tmp_path_factory.mktemp("published")
    export(here, folder)
    made = connect(Settings(engine=sail, engine_tables=str(folder)))
    assert isinstance(made, SparkStore)
    yield made
    made.close()


@pytest.fixture(scope="module")
def there(engine: SparkStore) -> Iterator[SparkSnapshot]:
    with engine.snapshot() as seen:
        yield seen


@pytest.fixture(scope="module")
def view(here: Snapshot) -> View:
    assert here.as_of is not None
    return View(as_of=here.as_of)


def _agree(here: Snapshot, there: Snapshot, query: Query, viewer: Viewer = EVERYTHING) -> None:
    one, other = here.ask(query, viewer), there.ask(query, viewer)
    assert one.frame.schema == other.frame.schema
    assert one.raw.schema == other.raw.schema
    assert not differences(one.frame, other.frame)
    assert one.notes == other.notes
    assert one.version == other.version


def test_it_is_the_same_store(here: Snapshot, there: SparkSnapshot, engine: SparkStore) -> None:
    assert there.version == engine.version() == here.version
    assert there.facts == here.facts < here.version  # what was noted since changes no answer
    assert there.as_of == engine.as_of == here.as_of
    assert there.viewer() == here.viewer()
    assert sorted(there.filled()) == sorted(here.filled())


@pytest.mark.parametrize("name", MEASURES)
def test_each_measure_by_two_dimensions(here: Snapshot, there: SparkSnapshot, view: View, name: str) -> None:
    quarter = view.with_period("last_quarter").with_compare("last_year")
    _agree(here, there, breakdown((name,), "rep", quarter))
    _agree(here, there, trend((name,), "month", view.with_period("this_year"), by="team"))


def test_all_measures_in_total(here: Snapshot, there: SparkSnapshot, view: View) -> None:
    _agree(here, there, total(MEASURES, view.with_period("this_fiscal_year").with_compare("previous")))
    _agree(here, there, total(MEASURES[:-1], view))


@pytest.mark.parametrize("goal", ["won_amount", "win_rate", "revenue"])
def test_attainment_of_other_measures(here: Snapshot, there: SparkSnapshot, view: View, goal: str) -> None:
    _agree(here, there, breakdown((f"attainment:{goal}",), "team", view.with_period("this_year")))


@pytest.mark.parametrize("grain", ["day", "week", "quarter", "fiscal_year"])
def test_every_kind_of_time(here: Snapshot, there: SparkSnapshot, view: View, grain: str) -> None:
    period = view.with_period("this_quarter")
    _agree(here, there, trend(("won_amount", "open_deals", "activities", "outstanding"), grain, period))


def test_several_dimensions_at_once(here: Snapshot, there: SparkSnapshot, view: View) -> None:
    asked = ("won_amount", "win_rate", "cycle_days", "created_deals")
    _agree(here, there, breakdowns(asked, ("rep", "team", "source", "product", "customer", "month"), view))
    _agree(here, there, pivot(asked, ("team", "source"), view.with_period("this_year").with_compare("previous")))


def test_money_that_is_shared_out(here: Snapshot, there: SparkSnapshot, view: View) -> None:
    asked = ("won_amount", "won_deals", "open_amount", "weighted_amount")
    _agree(here, there, breakdowns(asked, ("product", "category", "rep", "manager", "team"), view))
    _agree(here, there, pivot(asked, ("product", "rep"), view.with_period("this_year")))
    assert any(
        note.code == "shared_among_products" for note in here.ask(breakdown(asked, "product", view), EVERYTHING).notes
    )


@pytest.mark.parametrize("name", ["won_amount", "win_rate", "open_amount", "outstanding", "gross_margin", "leads"])
def test_rows_behind_a_number(here: Snapshot, there: SparkSnapshot, view: View, name: str) -> None:
    query = breakdown((name,), "rep", view.with_period("last_quarter"))
    _agree(here, there, query.rows(name, rep=here.ask(query, EVERYTHING).frame["rep"][0]))
    _agree(here, there, query.rows(name, rep=None))


@pytest.fixture(scope="module")
def values(here: Snapshot, view: View) -> dict[str, object]:
    """What files ask for, about the deal that has most to tell."""
    busiest = "select deal_id from crm.activities where deal_id is not null group by 1 order by count(*) desc, 1"
    return file_values(view.as_of, here.frame(busiest)["deal_id"][0])


@pytest.mark.parametrize("name", FILES)
def test_questions_of_files(
    here: Snapshot, there: SparkSnapshot, view: View, values: dict[str, object], name: str
) -> None:
    """Every .sql file of metrics."""
    query = from_file(name, view, **values)
    _agree(here, there, query)
    _agree(here, there, query, Viewer(email="x@example.com", scope="rep", rep_keys=(1,)))


def test_what_is_made_of_several_files(here: Snapshot, there: SparkSnapshot, view: View) -> None:
    ago = view.as_of - timedelta(days=7)
    for seen in (view, view.with_filter("rep", here.values("rep", EVERYTHING)[0])):  # the latter shares deals out
        for query in (funnel(seen), funnel(seen, "rep"), bridge(seen, ago), weighted(seen), odds(seen)):
            _agree(here, there, query)


def test_questions_about_the_funnel(here: Snapshot, there: SparkSnapshot, view: View) -> None:
    quarter = view.with_period("last_quarter")
    asked = (
        moved(quarter), moved(quarter, "rep"), standing(view), lead_funnel(quarter), lead_funnel(quarter, "rep"),
        losses(quarter), losses(quarter, "competitor"), moves(quarter), against_before(quarter),
    )  # fmt: skip
    for query in asked:
        _agree(here, there, query)
        _agree(here, there, query, Viewer(email="x@example.com", scope="rep", rep_keys=(1,)))


def test_questions_about_who_comes_back(here: Snapshot, there: SparkSnapshot, view: View) -> None:
    asked = [renewals(view), contract_rates(view), contract_rates(view).rows("value", rate="renewal")]
    for of in ("revenue", "won_amount"):
        triangle, course = cohorts(of, "month", view, 4), buyers_over_time(of, "fiscal_quarter", view, 3)
        first = bucket_start(view.as_of, "fiscal_quarter", view.fiscal_start)
        asked += [triangle, cohorts(of, "week", view.with_filter("region", None), 3), repeat(of, view), course]
        asked += [triangle.rows("cumulative", kind="all", cohort=None, nth=1), course.rows(bucket=first, buying="new")]
        asked += [triangle.rows("amount", kind="earlier", cohort=None, nth=None), repeat(of, view).rows(purchase=1)]
    for query in asked:
        _agree(here, there, query)
        _agree(here, there, query, Viewer(email="x@example.com", scope="rep", rep_keys=(1,)))


def test_questions_about_segments_of_customers(here: Snapshot, there: SparkSnapshot, view: View) -> None:
    asked = []
    for of, seen in (("revenue", view), ("won_amount", view.with_filter("region", None))):
        spanned = rfm.spanned(seen)
        segments, moves = rfm.segments(of, spanned), rfm_moves.moves(of, spanned)
        asked += [segments, rfm.members(of, spanned, "lost"), moves, customer_shares.classes(of, spanned)]
        asked += [segments.rows("amount", segment="unassigned"), customer_shares.misfits(of, spanned)]
        asked += [rfm.cells(of, spanned), rfm_moves.slipped(of, spanned), customer_shares.tiers(of, spanned)]
        asked += [moves.rows("amount_then", segment_then="loyal", segment_now="at_risk")]
    for query in asked:
        _agree(here, there, query)
        _agree(here, there, query, Viewer(email="x@example.com", scope="rep", rep_keys=(1,)))


def test_questions_about_one_salesperson(here: Snapshot, there: SparkSnapshot, view: View) -> None:
    rep = here.frame("select rep from crm.reps where team is not null order by rep_id limit 1").item()
    teams = tuple(name for name in here.values("team", EVERYTHING) if name)[:2]
    for query in (
        total("attainment", view.with_period("this_quarter").with_filter("team", teams)),
        breakdown("attainment", "rep", view.with_period("last_year")),  # of whom some came or left in it
        coaching(rep, view, here.ask(peers_of(rep, view), EVERYTHING).frame["rep"].to_list()),
        results(view.with_period("this_year")), voices(rep, view), credit(rep, view),
        rhythm(view.with_filter("rep", rep)),
    ):  # fmt: skip
        _agree(here, there, query)


def test_questions_about_activity(here: Snapshot, there: SparkSnapshot, view: View) -> None:
    year = view.with_period("ytd")
    asked = (
        activity.by_week(year), activity.pace(year), activity.touches(year), activity.silence(year),
        activity.longest_silent(year), activity.quiet(year), response(year), response(year, "rep"), landmark(view),
        channels(year), campaigns(year), signals(year), foremost(year),
    )  # fmt: skip
    for query in asked:
        _agree(here, there, query)


def test_questions_about_channels(here: Snapshot, there: SparkSnapshot, view: View) -> None:
    year = view.with_period("ytd")
    asked = (
        brought(year), brought(view.with_filter("source", ("Website", None)), "last"), first_last(year), payback(year),
        payback(year, "first", "margin"), quality(year, "won", "quarter"), competitors(year), market(year),
        market(view, "deals"),
    )  # fmt: skip
    for query in asked:
        _agree(here, there, query)
    for query in (activity.by_week(year), signals(year), response(year, "team"), campaigns(year)):
        _agree(here, there, query, Viewer(email="x@example.com", scope="rep", rep_keys=(1,)))


def test_questions_about_drivers(here: Snapshot, there: SparkSnapshot, view: View) -> None:
    year = view.with_period("ytd").with_compare("last_year")
    asked = (
        factors("won_amount", year), factors("revenue_by_unit", year), segments("revenue", year),
        segments("won_amount", year), segments("lead_conversion", year), segments("gross_margin_rate", year),
        prices(year),
        buyers.moved("revenue", year), buyers.moved("won_amount", year), buyers.most_moved("revenue", year),
        buyers.lapsed(year),
    )  # fmt: skip
    for query in asked:
        _agree(here, there, query)
    _agree(here, there, segments("revenue", year), Viewer(email="x@example.com", scope="rep", rep_keys=(1,)))


def test_questions_about_offers(here: Snapshot, there: SparkSnapshot, view: View) -> None:
    sets, rules = basket_sets(view), next_rules(view)
    behind = []
    for query, column in ((sets, "held_by"), (rules, "bought")):
        row = here.ask(query, EVERYTHING).frame.row(0, named=True)
        behind.append(query.rows(column, **{name: row[name] for name in query.by}))
    asked = (
        sets, basket_sets(view.with_filter("category", None), "customer"), rules, next_past(view, 90),
        next_product(view), best_traits(view), held_out(view), look_alikes(view), lead_look_alikes(view), *behind,
    )  # fmt: skip
    for query in asked:
        _agree(here, there, query)
    _agree(here, there, look_alikes(view), Viewer(email="x@example.com", scope="rep", rep_keys=(1,)))


def test_questions_about_the_worth_of_customers(here: Snapshot, there: SparkSnapshot, view: View) -> None:
    check, year = worth.check(view, 26), view.with_filter("rep", here.values("rep", EVERYTHING)[0])
    asked = (
        check, check.rows("customers", repeats=1), worth.worth(view), worth.bands(year), worth.contracted(view),
        overdue.overdue(view),
        overdue.overdue(view, "won_amount"), overdue.overdue(year),
    )  # fmt: skip
    for query in asked:
        _agree(here, there, query)
    row = next(iter(here.ask(worth.bands(year), EVERYTHING).frame.to_dicts()), None)
    if row is not None:
        _agree(here, there, worth.bands(year).rows("customers", **row))
    _agree(here, there, overdue.overdue(view), Viewer(email="x@example.com", scope="rep", rep_keys=(1,)))


def test_values_to_filter_by(here: Snapshot, there: SparkSnapshot) -> None:
    for name, dim in catalog().dimensions.items():
        if dim.kind == "value":
            assert there.values(name, EVERYTHING) == here.values(name, EVERYTHING), name


def test_filters_of_any_text(here: Snapshot, there: SparkSnapshot, view: View) -> None:
    for text in ("O'Neil", "'; drop table crm_deals; --", r"\n \x", "华东", "$from_on", "", "%_", '"'):
        asked = view.with_filter("rep", (text, None)).with_filter("source", text)
        _agree(here, there, total(("won_amount", "leads"), asked))
    real = [value for value in here.values("team", EVERYTHING) if value][:2]
    _agree(here, there, breakdown(("won_amount", "revenue"), "rep", view.with_filter("team", (*real, None))))


def test_a_viewer_sees_the_same_rows_on_both(here: Snapshot, there: SparkSnapshot, view: View) -> None:
    reps = here.frame("select rep_key, rep, team from crm.reps where team is not null order by rep")
    team = reps["team"][0]
    mates = reps.filter(reps["team"] == team)
    viewer = Viewer(email="m@example.com", scope="teams", teams=(team,), rep_keys=tuple(mates["rep_key"]))
    for name in ("won_amount", "open_deals", "outstanding", "attainment"):
        _agree(here, there, breakdown((name,), "rep", view.with_period("this_year")), viewer)
    assert there.values("rep", viewer) == sorted(mates["rep"], key=str.casefold)
    rows = there.ask(total(("created_deals",), view).rows(), viewer).frame
    assert rows.height > 0
    assert set(rows["rep_key"]) <= set(viewer.rep_keys)


def test_the_statement_can_be_read_copied_and_run(engine: SparkStore, there: SparkSnapshot, view: View) -> None:
    query = total(("won_deals",), view.with_filter("rep", "O'Neil"))
    text = engine.text(query, EVERYTHING)
    assert "$" not in text
    assert r"'O\'Neil'" in text
    assert engine.connection.frame(text)["won_deals"].item() == there.ask(query, EVERYTHING).raw["won_deals"].item()
    assert "deals" in engine.explain(query, EVERYTHING)


def test_an_answer_is_remembered(there: SparkSnapshot, view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    query = breakdown(("won_amount",), "source", view.with_period("last_month"))
    first = there.ask(query, EVERYTHING).frame
    monkeypatch.setattr(there.store.connection, "frame", lambda _statement: pytest.fail("asked again"))
    assert there.ask(query, EVERYTHING).frame.equals(first)


def test_what_goes_wrong_is_said_in_both_languages(engine: SparkStore, tmp_path: Path) -> None:
    with pytest.raises(SalesError) as refused, engine.writing():
        pytest.fail("nothing may be written")
    assert refused.value.code == "UploadsElsewhere"
    for lang in ("en", "zh-CN"):
        assert engine.connection.tables in refused.value.text(lang)
    with pytest.raises(SalesError) as refused:
        engine.connection.frame("select no_such_column from crm_deals")
    assert refused.value.code == "EngineRefused"


def test_a_table_that_is_not_there_is_named(sail: str, view: View, tmp_path: Path) -> None:
    empty = connect(Settings(engine=sail, engine_tables=str(tmp_path)))
    with pytest.raises(SalesError) as refused:
        empty.ask(total((measure("won_amount"),), view), EVERYTHING)
    assert refused.value.code == "EngineTableMissing"
    assert "crm.deals" in refused.value.text("en")
    assert str(tmp_path) in refused.value.text("zh-CN")


def test_commands_ask_the_engine_and_cannot_load_into_it(
    here: Snapshot, engine: SparkStore, sail: str, view: View, tmp_path: Path
) -> None:
    """The command line, from the outside: settings alone say where the answer comes from."""
    file = tmp_path / "deals.csv"
    file.write_text("deal_id,deal,amount,status\n1,x,5,won\n", encoding="utf-8")
    ask = _command(engine, sail, tmp_path, "ask", "won_amount", "--by", "team", "--json")
    assert ask.returncode == 0, ask.stderr
    rows = {row["team"]: row["won_amount"] for row in json.loads(ask.stdout)["rows"]}
    expected = here.ask(breakdown(("won_amount",), "team", view), EVERYTHING).frame
    assert rows == pytest.approx(dict(expected.iter_rows()))
    refused = _command(
        engine, sail, tmp_path, "import", str(file), "--table", "deals", "--as-of", "2026-01-01", "--full"
    )
    assert refused.returncode == 1
    assert "published copy" in refused.stderr + refused.stdout
    assert not (tmp_path / "company.duckdb").exists()


def _command(engine: SparkStore, sail: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    named = {"SALES_ENGINE": sail, "SALES_ENGINE_TABLES": engine.connection.tables, "LANG": "en_US.UTF-8"}
    env = {**os.environ, **named, "SALES_STORE": str(folder / "company.duckdb"), "PYTHONPATH": str(Path.cwd())}
    return subprocess.run(
        [sys.executable, "-m", "data", *words],
        capture_output=True,
        text=True,
        env=env,
        cwd=folder,
        timeout=120,
        check=False,
    )
