"""The command about one salesperson: what it answers, who may ask it, notes, weights, and the page to print."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from data.store import open_store
from data.viewers import add_viewer
from tests.command_line import Company, run
from tests.small import copied, small_demo

WORDS = ("card", "coaching", "voices", "credit", "goals", "notes")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    made = Company(copied(small_demo(), tmp_path_factory.mktemp("rep") / "small.duckdb"))
    store = open_store(made.path)
    add_viewer(store, "boss@example.com", "all")
    with store.snapshot() as seen:
        people = seen.frame("select rep, team from crm.reps where team is not null order by rep_id limit 2").rows()
    add_viewer(store, "lead@example.com", "teams", teams=(people[0][1],))
    add_viewer(store, "self@example.com", "rep", rep=people[0][0])
    add_viewer(store, "other@example.com", "rep", rep=people[1][0])
    yield made
    made.close()


@pytest.fixture(scope="module")
def rep(company: Company) -> str:
    with open_store(company.path).snapshot() as seen:
        return str(seen.frame("select rep from crm.reps where team is not null order by rep_id limit 1").item())


def test_a_card_adds_up_and_follows_the_weights(company: Company, rep: str) -> None:
    rows = company("rep", rep, "--as", "boss@example.com").json["rows"]
    assert {row["rep"] for row in rows} == {rep}
    parts = sum(round(10 * row["contribution"]) for row in rows if row["contribution"] is not None)
    assert parts == round(10 * rows[0]["score"])
    set_to = company("rep", rep, "--as", "boss@example.com", "--weight", "activities=0", "--weight", "helped=20")
    names = {row["component"] for row in set_to.json["rows"]}
    assert "activities" not in names
    assert "helped" in names
    kept = {row["component"]: row["weight"] for row in company("rep", rep, "--as", "self@example.com").json["rows"]}
    assert kept["helped"] == 20, "weights hold for everybody"


@pytest.mark.parametrize("given", ["height=3", "activities=-1", "activities=much", "activities=nan"])
def test_a_weight_that_is_none_is_refused(company: Company, rep: str, given: str) -> None:
    ran = company("rep", rep, "--as", "boss@example.com", "--weight", given)
    assert ran.code == 1
    assert ran.json["error"]["code"] == "WeightsInvalid"


def test_weights_are_not_everybodys_to_change(company: Company, rep: str) -> None:
    ran = company("rep", rep, "--as", "lead@example.com", "--weight", "activities=1")
    assert ran.json["error"]["code"] == "WeightsNotYours"


def test_nobody_asks_about_others(company: Company, rep: str) -> None:
    for email, code in (("boss", 0), ("lead", 0), ("self", 0), ("other", 1)):
        for what in WORDS:
            ran = company("rep", rep, what, "--as", f"{email}@example.com")
            assert ran.code == code, (email, what, ran.out)
        assert email != "other" or ran.json["error"]["code"] == "UnknownPerson"


def test_the_running_quarter_is_held_against_its_whole_target(company: Company, rep: str) -> None:
    """As the card beside it: not against the part of the days gone by, of which nothing said that it was one."""
    row = company("rep", rep, "goals", "--as", "boss@example.com").json["rows"][-1]
    with open_store(company.path).snapshot() as seen:
        target = seen.frame(
            "select value from crm.targets where measure = 'won_amount' and scope = 'rep' and scope_value = $rep"
            " and ends_on - starts_on > 60 and $day between starts_on and ends_on order by version desc limit 1",
            {"rep": rep, "day": seen.as_of},
        ).item()  # fmt: skip
    assert row["is_partial"]
    assert row["attainment.target"] == pytest.approx(float(target))


def test_who_sees_only_themselves_is_held_against_nobody(company: Company, rep: str) -> None:
    rows = company("rep", rep, "coaching", "--as", "self@example.com").json["rows"]
    assert not any(row["others.n"] for row in rows)
    assert not any(row["point"] for row in rows)
    own = {row["component"]: row for row in company("rep", rep, "--as", "self@example.com").json["rows"]}
    assert own["won_amount"]["contribution"] is None
    assert company("rep", rep, "voices", "--as", "self@example.com").json["rows"][0]["others"] is None


def test_notes_are_kept_with_who_wrote_them(company: Company, rep: str) -> None:
    for email, text in (("lead", "  Listen in on two price talks. "), ("self", "Done; =1+1 and <b>next</b>")):
        assert company("rep", rep, "notes", "--as", f"{email}@example.com", "--note", text).code == 0
    rows = company("rep", rep, "notes", "--as", "boss@example.com").json["rows"]
    assert [row["who"] for row in rows] == ["self@example.com", "lead@example.com"]
    assert rows[1]["text"] == "Listen in on two price talks."
    for text in (" ", "x" * 5000):
        assert (
            company("rep", rep, "notes", "--as", "lead@example.com", "--note", text).json["error"]["code"]
            == "NoteEmpty"
        )
    refused = company("rep", rep, "notes", "--as", "other@example.com", "--note", "x")
    assert refused.json["error"]["code"] == "UnknownPerson"
    assert len(company("rep", rep, "notes", "--as", "boss@example.com").json["rows"]) == 2


def test_shares_of_a_deal_add_up_to_it(company: Company, rep: str) -> None:
    rows = company("rep", rep, "credit", "--as", "boss@example.com", "--from", "2023-01-01").json["rows"]
    assert rows
    for row in rows:
        assert row["whole"] == pytest.approx(1)
        assert 0 < row["share"] <= 1
        assert row["own_amount"] == pytest.approx(row["share"] * float(row["amount"]))


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_people_read_names_not_columns(company: Company, rep: str, lang: str) -> None:
    for word in WORDS:
        ran = run("rep", rep, word, "--as", "boss@example.com", "--store", company.path, lang=lang)
        assert ran.code == 0, (word, ran.err)
        assert "_" not in ran.out, (word, ran.out)


def test_a_name_that_is_nobodys_is_said(company: Company, rep: str) -> None:
    ran = run("rep", f"{rep}g", "--as", "boss@example.com", "--store", company.path)
    assert ran.code == 1
    assert rep in ran.err, "the one that was probably meant"


class _Page(HTMLParser):
    """Which tags a page has, whether each is closed, and what they would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.fetched += [name for name, _ in attrs if name in ("src", "href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_the_page_to_print_is_whole_and_needs_nothing(company: Company, rep: str, lang: str, tmp_path: Path) -> None:
    company("rep", rep, "notes", "--as", "lead@example.com", "--note", "Try <script>alert(1)</script> & more")
    file = tmp_path / "page.html"
    ran = run("rep", rep, "--html", file, "--as", "boss@example.com", "--store", company.path, lang=lang)
    assert ran.code == 0, ran.err
    text = file.read_text("utf-8")
    page = _Page()
    page.feed(text)
    assert not page.open
    assert not page.fetched
    assert "script" not in page.seen
    assert "@page { size: A4" in text
    assert 'counter(page) " / " counter(pages)' in text
    assert f'<html lang="{lang}">' in text
    card = company("rep", rep, "--as", "boss@example.com").json["rows"]
    assert f"{card[0]['score']:g}" in text
    assert "&lt;script&gt;" in text
    assert ("评分卡" if lang == "zh-CN" else "Scorecard") in text


def test_a_page_that_cannot_be_written_is_said(company: Company, rep: str, tmp_path: Path) -> None:
    ran = company("rep", rep, "--html", tmp_path / "absent" / "page.html", "--as", "boss@example.com")
    assert ran.json["error"]["code"] == "SheetUnwritable"
