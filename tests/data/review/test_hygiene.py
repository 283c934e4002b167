"""The hygiene list: it adds up, a file is of one salesperson alone, and nothing in it acts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from data.errors import UnknownPerson
from data.review.asking import asked
from data.review.chapter import Asked
from data.review.hygiene import Hygiene, hygiene
from data.review.hygiene_files import FORMS, Form, written
from data.store import Snapshot, open_store
from data.viewers import add_viewer
from metrics.cuts import breakdown
from metrics.hygiene import FAULTS
from metrics.viewer import EVERYTHING, Viewer
from tests.command_line import Company, run
from tests.hostile import NAMES
from tests.small import copied, small_demo, small_store


@pytest.fixture(scope="module")
def seen() -> Iterator[Snapshot]:
    with small_store().snapshot() as one:
        yield one


@pytest.fixture
def about(seen: Snapshot) -> Asked:
    return asked(seen, EVERYTHING, "en")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    made = Company(copied(small_demo(), tmp_path_factory.mktemp("hygiene") / "small.duckdb"))
    store = open_store(made.path)
    with store.snapshot() as one:
        rep, team = one.frame("select rep, team from crm.reps order by rep_id limit 1").row(0)
    add_viewer(store, "boss@example.com", "all")
    add_viewer(store, "self@example.com", "rep", rep=rep)
    add_viewer(store, "lead@example.com", "teams", teams=(team,))
    store.close()
    yield made
    made.close()


def test_the_table_adds_up_to_the_deals(seen: Snapshot, about: Asked) -> None:
    found = hygiene(about)
    table = found.by_rep()
    assert table["deals"].sum() == found.faulty.height
    assert table["open_deals"].sum() == found.deals.height
    assert table["amount"].sum() == pytest.approx(found.amount)
    for one in FAULTS:
        assert table[one.id].sum() == found.counts().get(one.id, 0) == int(found.deals[one.flag].sum() or 0)
    open_deals = seen.ask(breakdown("open_deals", "rep", about.view), EVERYTHING).frame
    assert dict(table.select("rep", "open_deals").iter_rows()) == dict(
        open_deals.select("rep", "open_deals").iter_rows()
    )
    own = [hygiene(about, rep) for rep in table["rep"].drop_nulls()]
    assert sum(one.faulty.height for one in own) + found.of(None).faulty.height == found.faulty.height


def test_counts_by_another_statement(seen: Snapshot, about: Asked) -> None:
    """Blank next steps, amounts and dates past, as the tables say them."""
    told = hygiene(about).counts()
    counted = seen.frame(
        """
        select count(*) filter (where coalesce(trim(next_step), '') = '') as stepless,
            count(*) filter (where coalesce(amount, 0) = 0) as unpriced,
            count(*) filter (where expected_close_on < $day) as past_due,
            count(*) filter (where customer_key is null) as unnamed
        from crm.deals where status = 'open' and not is_gone and created_on <= $day
        """,
        {"day": about.view.at},
    ).row(0, named=True)
    assert {name: told.get(name, 0) for name in counted} == counted


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_a_file_is_of_one_alone_and_says_all_of_it(about: Asked, form: Form, lang: str) -> None:
    table = hygiene(about).by_rep()
    rep = str(table["rep"][0])
    found = hygiene(about, rep)
    text = written(found, form, lang, "CNY").decode("utf-8-sig")
    others = [other for other in table["rep"].drop_nulls() if other != rep]
    assert rep in text
    assert not [other for other in others if other in text]
    ids = hygiene(about).faulty
    assert not [one for one in ids.filter(pl.col("rep") != rep)["deal_id"] if f"{one}," in text]
    assert str(found.faulty.height) in text
    assert str(found.as_of.year) in text
    plain = unescape(text).replace("\\", "")
    for one in FAULTS:
        assert (one.rule.text(lang) in plain) == bool(found.counts().get(one.id)), one.id


def test_the_table_of_a_file_is_its_rows(about: Asked) -> None:
    rep = str(hygiene(about).by_rep()["rep"][0])
    found = hygiene(about, rep)
    content = written(found, "csv", "en")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [row["Deal ID"] for row in rows] == found.faulty["deal_id"].to_list()
    assert {(row["Salesperson"], row["As of"], row["With faults"]) for row in rows} == {
        (rep, found.as_of.isoformat(), str(len(rows)))
    }
    assert sum(float(row["Amount"] or 0) for row in rows) == pytest.approx(found.amount, abs=0.01)
    assert written(found, "html", "en").decode().count("<tr>") == len(rows) + 1 + 1 + sum(
        map(bool, found.counts().values())
    )


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        assert not {name for name, _ in attrs} & {"src", "href", "onerror", "style"}


def test_nothing_in_a_file_acts(about: Asked) -> None:
    found = hygiene(about)
    frame = found.faulty.head(len(NAMES))
    names = pl.Series("deal", list(NAMES)[: frame.height], pl.String)
    hostile = Hygiene(
        found.as_of, frame.with_columns(names, names.alias("customer"), names.alias("stage")), found.staff
    )
    one = replace(hostile, rep="<script>window.pwned=1</script>|\n# x", is_of_one=True)
    tags = _Tags()
    tags.feed(written(one, "html", "en").decode())
    assert tags.found <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "h1",
        "h2",
        "p",
        "table",
        "tr",
        "th",
        "td",
        "section",
    }
    rows = list(csv.reader(io.StringIO(written(one, "csv", "en").decode("utf-8-sig"), newline="")))
    assert len(rows) == frame.height + 1
    texts = [cell for row in rows[1:] for cell in row]
    assert not [cell for cell in texts if cell.startswith(("=", "+", "@", "\t", "\r", "-1", "- "))]
    lines = written(one, "md", "en").decode().splitlines()
    assert lines[0].startswith("# To put right before the meeting: \\<script")
    listed = [line for line in lines if line.startswith("|")]
    assert len(listed) == frame.height + 2
    assert {line.replace("\\|", "").count("|") for line in listed} == {7}


def test_scope_and_names(seen: Snapshot, about: Asked) -> None:
    (rep, key), (other, _) = seen.frame("select rep, rep_key from crm.reps order by rep_id limit 2").rows()
    own = replace(about, viewer=Viewer(scope="rep", rep_keys=(key,)))
    assert set(hygiene(own).by_rep()["rep"]) <= {rep}
    with pytest.raises(UnknownPerson):
        hygiene(own, other)
    with pytest.raises(UnknownPerson):
        hygiene(about, "Nobody at all")


def test_filters_do_not_change_anybodys_list(about: Asked) -> None:
    narrow = replace(about, view=about.view.with_filter("industry", ("Chemicals",)))
    assert hygiene(narrow).faulty["deal_id"].to_list() == hygiene(about).faulty["deal_id"].to_list()


def test_the_command(company: Company, tmp_path: Path) -> None:
    table = company("hygiene", "--as", "boss@example.com").json
    assert sum(row["deals"] for row in table["rows"]) == table["deals"]
    rep = table["rows"][0]["rep"]
    one = company("hygiene", "--rep", rep, "--as", "boss@example.com").json
    assert (one["deals"], len(one["rows"])) == (table["rows"][0]["deals"],) * 2
    for form in FORMS:
        out = tmp_path / f"list.{form}"
        ran = run("hygiene", "--rep", rep, "--out", out, "--as", "boss@example.com", "--store", company.path)
        assert ran.code == 0, ran.err
        assert rep in out.read_text("utf-8-sig")
    team = company("hygiene", "--as", "lead@example.com").json
    assert 0 < team["deals"] < table["deals"]
    own = company("hygiene", "--as", "self@example.com").json["rows"]
    assert len({row["rep"] for row in own}) <= 1
    for words in (("hygiene",), ("hygiene", "--rep", rep)):
        for lang in ("en", "zh-CN"):
            assert run(*words, "--as", "boss@example.com", "--store", company.path, lang=lang).code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--out", "x.csv"), "Name them"),
        (("--rep", "Wei Li", "--out", "x.pdf"), "not as .pdf"),
        (("--rep", "Nobody at all"), "Nobody"),
    ],
)
def test_what_cannot_be_done_is_said(company: Company, words: tuple[str, ...], said: str) -> None:
    ran = run("hygiene", *words, "--as", "boss@example.com", "--store", company.path)
    assert ran.code == 1
    assert said in ran.err + ran.out


def test_without_deals_the_missing_file_is_named(tmp_path: Path) -> None:
    ran = run("hygiene", "--store", tmp_path / "none.duckdb")
    assert ran.code == 1
