"""One customer drawn and told: marks that open their rows, words in both languages, names that are no markup."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import duckdb
import pytest

from metrics.customer import of_customer, rhythm, timeline
from metrics.customer_actions import actions
from metrics.customer_signals import signals
from metrics.query import Result
from tests.metrics.conftest import Ask, answered, ask, company, filled, view  # noqa: F401 - fixtures
from tests.ui.answered import EN, ZH
from ui import customer, customer_drawn
from ui.look import Look

DAY = date(2026, 3, 15)
BOUGHT = """
    insert into crm.order_lines (order_id, line_no, ordered_on, customer_key, rep_key, amount, is_return, order_no)
    select 'n' || n, 1, date '2026-01-31' - cast(7 * n as integer), 11, 1, 100, false, 50 - n
    from range(50) as numbers(n);
    update crm.customers set tier = 'Key', first_order_on = date '2025-01-01' where customer_key = 11;
"""


@pytest.mark.parametrize("look", [EN, ZH, replace(EN, is_narrow=True)])
def test_each_mark_of_the_timeline_opens_its_lane(ask: Ask, look: Look) -> None:  # noqa: F811
    query = timeline(of_customer(view(), "Acme"))
    result = ask(query)
    figure = customer_drawn.timeline(result, look)
    assert all(("年" in text) == (look is ZH) for text in figure.layout.xaxis.ticktext) if figure else False
    assert figure is not None
    marks = 0
    for trace in figure.data:
        for mark in trace.customdata:
            column, where, at = json.loads(mark)
            assert where == customer_drawn.lane(at["lane"], look)
            assert ask(query.rows(column, **at)).frame.height == len(trace.x)
            marks += 1
    assert marks == result.frame.height


@pytest.mark.parametrize("look", [EN, ZH])
def test_pauses_and_what_is_said_of_them(
    company: duckdb.DuckDBPyConnection,  # noqa: F811
    ask: Ask,  # noqa: F811
    look: Look,
) -> None:
    assert customer_drawn.pauses(ask(rhythm("Acme", view())), look) is None, "one purchase has no rhythm"
    company.execute(BOUGHT)
    query = rhythm("Acme", view())
    result = ask(query)
    figure = customer_drawn.pauses(result, look)
    assert figure is not None
    bars = figure.data[0]
    assert max(bars.y) == bars.y[-1] == (DAY - date(2026, 1, 31)).days
    column, _, at = json.loads(bars.customdata[-1])
    assert ask(query.rows(column, **at)).frame.height == 1
    said = customer_drawn.usual_pause(result, look)
    assert said is not None
    assert ("longer than ever" if look is EN else "超过以往任何一次") in said


def _signals(company: duckdb.DuckDBPyConnection, ask: Ask) -> Result:  # noqa: F811
    company.execute(BOUGHT)
    company.execute("update crm.customers set customer = '<b>Acme</b> $x$' where customer_key = 11")
    return ask(signals(view()))


@pytest.mark.parametrize("look", [EN, ZH])
def test_signals_and_actions_in_words(
    company: duckdb.DuckDBPyConnection,  # noqa: F811
    ask: Ask,  # noqa: F811
    look: Look,
) -> None:
    result = _signals(company, ask)
    listed = customer.with_evidence(result.frame, look)
    assert listed["customer"].to_list() == ["<b>Acme</b> $x$"]
    assert ("key account by tier (Key)" if look is EN else "按分级：Key") in listed.item(0, "evidence")
    assert customer.of_one(result.frame, look).height == 1
    assert "1" in (customer.how_many(result, look) or "")
    assert listed.item(0, "signal_told") in (customer.first_signal(result, look) or "")
    found = ask(actions("<b>Acme</b> $x$", view()))
    told = customer.with_reasons(found.frame, look)
    assert told.height == found.frame.height > 0
    assert not any("{" in text for text in told["why_told"])
    assert told.item(0, "action_told") in (customer.first_action(found, look) or "")


@pytest.mark.parametrize("look", [EN, ZH])
def test_where_there_is_nothing_nothing_is_said(company: duckdb.DuckDBPyConnection, look: Look) -> None:  # noqa: F811
    none = answered(company, signals(view()))
    assert customer.with_evidence(none.frame, look).is_empty()
    assert customer.how_many(none, look) is None
    assert customer.first_signal(none, look) is None
    nobody = of_customer(view(), "Nobody")
    assert customer_drawn.timeline(answered(company, timeline(nobody)), look) is None
    asked = actions("Nobody", view().with_period(from_on=DAY - timedelta(days=1), to_on=DAY))
    assert customer.first_action(answered(company, asked), look) is None


def test_entries_leave_out_what_nobody_says(ask: Ask) -> None:  # noqa: F811
    listed = customer.entries(ask(timeline(of_customer(view(), "Acme"))).frame, EN)
    assert "score" not in listed.columns
    assert "Deal won" in listed["lane"].to_list()
