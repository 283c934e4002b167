"""The command about one customer: what it answers, that it adds up, who may ask it, and who needs attention."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from data.customer_facts import is_known
from data.demo.stories import SILENT_SINCE
from data.store import open_store
from data.viewers import add_viewer
from metrics.overdue import LEAST_SILENT
from tests.command_line import Company, run
from tests.small import copied, small_demo

WORDS = (
    "profile", "numbers", "family", "rhythm", "signals", "actions", "timeline", "contacts", "orders", "deals",
    "activities", "contracts", "invoices", "payments", "surveys", "tickets",
)  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    made = Company(copied(small_demo(), tmp_path_factory.mktemp("customer") / "small.duckdb"))
    store = open_store(made.path)
    add_viewer(store, "boss@example.com", "all")
    with store.snapshot() as seen:
        owner = seen.frame(
            "select rep from crm.reps join crm.customers using (rep_key) where customer_id = 'C000002'"
        ).item()
        other = seen.frame("""
            select rep from crm.reps where rep_key not in (
                select l.rep_key from crm.order_lines as l join crm.customers using (customer_key)
                where customer_id = 'C000002' and l.rep_key is not null
            ) order by rep_id limit 1
        """).item()
    add_viewer(store, "owner@example.com", "rep", rep=owner)
    add_viewer(store, "other@example.com", "rep", rep=other)
    yield made
    made.close()


@pytest.mark.parametrize("what", WORDS)
def test_everything_is_answered_in_words(company: Company, what: str) -> None:
    lang = ("en", "zh-CN")[WORDS.index(what) % 2]
    ran = run("customer", "C000002", what, "--as", "boss@example.com", "--store", company.path, lang=lang)
    assert ran.code == 0, ran.err
    assert ran.out.strip()


def test_lists_add_up_to_what_is_asked_of_the_customer(company: Company) -> None:
    """The same numbers as any question filtered on the customer."""
    who = ("--as", "boss@example.com", "--from", "2025-01-01", "--to", "2025-12-31")
    name = company("customer", "C000002", *who[:2]).json["rows"][0]["customer"]
    (numbers,) = company("customer", "C000002", "numbers", *who).json["rows"]
    (asked,) = company.ask(
        "revenue", "won_amount", "activities", "invoiced", "collected", *who, "--where", f"customer={name}"
    )
    assert {one: numbers[one] for one in asked} == asked
    orders = company("customer", name, "orders", *who).json["rows"]
    assert sum(row["amount"] for row in orders) == pytest.approx(asked["revenue"])
    assert len(company("customer", name, "activities", *who).json["rows"]) == asked["activities"]
    paid = company("customer", name, "payments", *who).json["rows"]
    assert sum(row["amount"] for row in paid) == pytest.approx(asked["collected"])


def test_a_name_that_nobody_has_is_refused_with_a_suggestion(company: Company) -> None:
    name = company("customer", "C000002", "--as", "boss@example.com").json["rows"][0]["customer"]
    ran = company("customer", f"{name.split()[0]} <script>", "--as", "boss@example.com")
    assert ran.code == 1
    assert ran.json["error"]["code"] == "UnknownCustomer"
    assert name.split()[0] in ran.json["error"]["params"]["suggestion"]


def test_a_rep_reads_own_customers_and_own_rows(company: Company) -> None:
    own = company("customer", "C000002", "orders", "--as", "owner@example.com").json["rows"]
    everybody = company("customer", "C000002", "orders", "--as", "boss@example.com").json["rows"]
    assert 0 < len(own) <= len(everybody)
    assert len({row["rep"] for row in own if row["rep"]}) == 1
    other = company("customer", "C000002", "orders", "--as", "other@example.com")
    assert other.code == 1 or len(other.json["rows"]) < len(everybody)


def test_the_planted_account_is_found_in_its_week(company: Company) -> None:
    """Told from the first day on which its silence is longer than ever and four weeks, not before, for good."""
    rows = company("customer", "C000002", "rhythm", "--as", "boss@example.com").json["rows"]
    last = date.fromisoformat(rows[-1]["day"])
    assert last < SILENT_SINCE < last + timedelta(days=31)
    longest = max(row["pause"] for row in rows[:-1])
    first = last + timedelta(days=max(LEAST_SILENT, longest + 1))
    weeks = [first + timedelta(days=days) for days in (-7, -1, 7, 28)]
    assert [_silent(company, day) for day in weeks] == [False, False, True, True]


def _silent(company: Company, day: date) -> bool:
    rows = company("customer", "C000002", "signals", "--as-of", day, "--as", "boss@example.com").json["rows"]
    return any(row["signal"] == "silent" for row in rows)


class _Page(HTMLParser):
    """What a browser would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not {name for name, _ in attrs} & {"src", "href"}
        self.tags.append(tag)


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_the_page_to_print_needs_nothing_else(company: Company, lang: str, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    ran = run("customer", "C000002", "--as", "boss@example.com", "--html", file, "--store", company.path, lang=lang)
    assert ran.code == 0, ran.err
    assert str(file) in ran.out + ran.err
    text = file.read_text("utf-8")
    read = _Page()
    read.feed(text)
    assert "script" not in read.tags
    assert read.tags.count("section") >= 6
    name = company("customer", "C000002", "--as", "boss@example.com").json["rows"][0]["customer"]
    assert name in text


def test_a_family_says_who_is_above(company: Company) -> None:
    rows = company("customer", "C000002", "family", "--as", "boss@example.com").json["rows"]
    assert [row["level"] for row in rows if row["customer"] == rows[0]["customer"]] == [0], "nobody is above it"


def test_a_day_to_come_is_not_known_yet() -> None:
    day = date(2026, 6, 1)
    assert [is_known(value, day) for value in (day, day + timedelta(days=1), "Key", "", None, 0)] == [
        True, False, True, False, False, False,
    ]  # fmt: skip
