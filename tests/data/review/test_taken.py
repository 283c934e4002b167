"""Reports of the demo company: numbers are those of the screen, and nobody sees another's rows in any file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data import numerals
from data.review.alerts import is_current
from data.review.asking import asked as review_asked
from data.review.chapter import Asked, Chapter, Head, Listing, Value
from data.review.files import FORMATS, content
from data.review.taken import Report, of_chapters, report
from data.store import Snapshot, open_store
from data.viewers import add_viewer
from metrics.catalog import measure
from metrics.cuts import total
from metrics.number import number
from tests.command_line import Company
from tests.data.review import read_back
from tests.small import copied, small_demo

BOSS = ("--as", "boss@example.com")
MEASURES = ("won_amount", "won_deals", "win_rate", "average_won_amount", "cycle_days", "open_amount", "open_deals")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    made = Company(copied(small_demo(), tmp_path_factory.mktemp("report") / "small.duckdb"))
    store = open_store(made.path)
    with store.snapshot() as seen:
        reps = seen.frame("select rep, team from crm.reps where team is not null order by rep_id limit 1").row(0)
    add_viewer(store, "boss@example.com", "all")
    add_viewer(store, "self@example.com", "rep", rep=reps[0])
    add_viewer(store, "lead@example.com", "teams", teams=(reps[1],))
    yield made
    made.close()


def asked_by(seen: Snapshot, email: str) -> Asked:
    return review_asked(seen, seen.viewer(email), "en")


def by_hand(asked: Asked) -> Chapter:
    """A step that asks many measures, and lists what its viewer may see."""
    answers = asked.seen.ask(total(MEASURES, asked.view), asked.viewer).frame.to_dicts()[0]
    values = tuple(
        Value(measure(one).label.text("en"), number(answers[one]), measure(one).unit, one,
              before=number(answers.get(f"{one}.before")), why="" if answers[one] is not None else "none")
        for one in MEASURES
    )  # fmt: skip
    heads = (Head("rep", "Rep"), Head("customer", "Customer"))
    reps, customers = (sorted(filter(None, asked.seen.values(one, asked.viewer))) for one in ("rep", "customer"))
    rows = tuple((reps[at % len(reps)], one) for at, one in enumerate(customers[:60]))
    return Chapter("deals", "By hand", "Finding", None, (), values, (), (Listing("l", "List", "", heads, rows),))


@pytest.fixture(scope="module")
def reports(company: Company) -> Callable[[str], Report]:
    """All steps, and the one made by hand: once for each viewer."""
    made: dict[str, Report] = {}

    def of(email: str) -> Report:
        if email not in made:
            with open_store(company.path).snapshot() as seen:
                asked = asked_by(seen, email)
                made[email] = of_chapters(asked, (by_hand(asked), *report(asked).chapters))
        return made[email]

    return of


@pytest.mark.parametrize("email", ["boss@example.com", "self@example.com"])
def test_every_number_is_that_of_ask(company: Company, reports: Callable[[str], Report], email: str) -> None:
    """Of each measure, and in each of the four files."""
    told = reports(email)
    period = told.view.period
    assert period
    asked = [value for chapter in told.chapters for value in chapter.values if value.measure]
    assert len(asked) >= len(MEASURES)
    says = company.ask(*MEASURES, "--from", period.from_on, "--to", period.to_on, "--as", email)[0]
    assert {value.measure: value.value for value in told.chapters[0].values} == pytest.approx(
        {one: says[one] for one in MEASURES}
    )
    with open_store(company.path).snapshot() as seen:
        for value in asked:  # each of the view that its step names, such as that of a salesperson's own targets
            view = value.source.query.view if value.source and value.source.query.view else told.view
            answer = seen.ask(total(str(value.measure), view), seen.viewer(email)).frame[str(value.measure)].item()
            assert value.value == (None if answer is None else pytest.approx(float(answer))), value.label
    page = read_back.Page(content(told, ".html").decode())
    in_page = [(one, value) for one, value, _ in page.numbers if one]
    assert in_page == [(one.measure, one.value) for one in asked if one.value is not None]
    slides, book = read_back.slides(content(told, ".pptx")), content(told, ".xlsx")
    minutes = {tuple(row[:2]) for row in read_back.rows(content(told, ".md").decode())}
    notes, shown = "\n".join(texts[-1] for texts in slides), "\n".join(one for texts in slides for one in texts[:-1])
    for at, chapter in enumerate(told.chapters, start=2):
        cells = read_back.cells(book, at)
        for one in (one for one in chapter.values if one.value is not None and one.unit != "points"):
            exact = numerals.exact(one.value, one.unit, "en", told.currency)
            beside = [cells.get(f"B{place[1:]}") for place, cell in cells.items() if cell == ("s", one.label)]
            assert ("n", pytest.approx(one.value, rel=1e-15)) in beside, one.label  # as exact as a cell can be
            assert (one.label, exact) in minutes
            assert f"{one.label}: {exact}" in notes
            assert numerals.written(one.value, one.unit, "en", told.currency) in shown


def texts_of(told: Report) -> dict[str, str]:
    """Everything that stands in each of the files, workbooks within slides included."""
    found = {}
    for ending in FORMATS:
        made = content(told, ending)
        if ending in (".pptx", ".xlsx"):
            held = read_back.parts(made)
            inner = [one for name, part in held.items() if name.endswith(".xlsx") for one in _xml(part)]
            made = b"\n".join([*(part for name, part in held.items() if name.endswith((".xml", ".rels"))), *inner])
        found[ending] = re.sub(r"&amp;", "&", re.sub(r"\\(\W)", r"\1", made.decode()))
    return found


def _xml(file: bytes) -> list[bytes]:
    return [part for name, part in read_back.parts(file).items() if name.endswith(".xml")]


@pytest.mark.parametrize("email", ["self@example.com", "lead@example.com"])
def test_nobody_sees_anothers_rows_in_any_file(company: Company, reports: Callable[[str], Report], email: str) -> None:
    with open_store(company.path).snapshot() as seen:
        viewer, boss = seen.viewer(email), seen.viewer("boss@example.com")
        mine = {one for name in ("rep", "customer") for one in seen.values(name, viewer) if one}
        everybodys = {one for name in ("rep", "customer") for one in seen.values(name, boss) if one}
    told = reports(email)
    others = {one for one in everybodys - mine if not any(one in own for own in mine)}
    assert len(others) > 10
    for ending, text in texts_of(told).items():
        assert any(one in text for one in mine), ending
        assert not {one for one in others if one in text}, ending


def test_the_command_writes_the_same_file_each_time(company: Company, tmp_path: Path) -> None:
    ran = company("report", "--out", tmp_path / "r.md", *BOSS)
    assert ran.code == 0, ran.err
    told = ran.json
    assert (told["kind"], told["bytes"]) == ("weekly", (tmp_path / "r.md").stat().st_size)
    assert told["since"] < told["as_of"] <= told["to_on"]
    first = (tmp_path / "r.md").read_bytes()
    assert company("report", "--kind", "weekly", "--out", tmp_path / "r.md", *BOSS).code == 0
    assert (tmp_path / "r.md").read_bytes() == first


def test_a_report_lists_the_risks_though_nobody_opened_the_register(tmp_path: Path) -> None:
    """A scheduler has nothing but the command: it looks itself, as `alerts` does."""
    company = Company(copied(small_demo(), tmp_path / "small.duckdb"))
    try:
        assert company("report", "--out", tmp_path / "r.md").code == 0
        assert "Open risks" in (tmp_path / "r.md").read_text("utf-8")
        add_viewer(open_store(company.path), "boss@example.com", "all")
        with open_store(company.path).snapshot() as seen:
            assert is_current(seen), "who may look is nothing that a rule reads"
        lists = company("review", "--step", "customers", *BOSS).json["chapters"][0]["lists"]
        assert "alerts" in [one["name"] for one in lists]
    finally:
        company.close()


def test_a_period_that_is_over_lands_nowhere(company: Company, tmp_path: Path) -> None:
    told = company("report", "--kind", "monthly", "--out", tmp_path / "r.html", *BOSS).json
    assert told["to_on"] == told["as_of"]
    assert not {"landing", "deals"} & {one["step"] for one in told["steps"]}, "nothing that looks ahead"
    assert "results" in [one["step"] for one in told["steps"]]


def test_a_persons_own_report_says_nothing_of_all(company: Company, tmp_path: Path) -> None:
    """Neither that it is of all teams, nor how many files and rows of everybody came."""
    assert company("report", "--out", tmp_path / "r.md", "--as", "self@example.com").code == 0
    text = (tmp_path / "r.md").read_text("utf-8")
    assert "Team: all" not in text
    assert "New rows" not in text
    assert "Files came since" in text


@pytest.mark.parametrize(("lang", "wrong", "right"), [
    ("en", ("will most likely", "by today", "Nothing was loaded", "next review"), ("told by files of a later day",)),
    ("zh-CN", ("很可能无法", "比今天", "没有导入数据", "下次例会"), ("由之后的文件提供",)),
])  # fmt: skip
def test_a_period_that_is_over_is_told_as_one(
    company: Company, tmp_path: Path, lang: str, wrong: tuple[str, ...], right: tuple[str, ...]
) -> None:
    """Its rows came with files of later days: that is no day without a file, and nothing of it is still to come."""
    flags = ("--kind", "quarterly", "--lang", lang, "--out", tmp_path / "r.md", *BOSS)
    assert company("report", *flags).code == 0
    text = (tmp_path / "r.md").read_text("utf-8").replace("\\", "")
    assert [one for one in wrong if one in text] == []
    assert [one for one in right if one not in text] == []


def test_the_command_refuses_before_it_asks(company: Company, tmp_path: Path) -> None:
    for place, code in ((tmp_path / "r.pdf", "ReportFormatUnknown"), (tmp_path / "no" / "r.md", "ReportFolderMissing"),
                        (tmp_path, "ReportFormatUnknown")):  # fmt: skip
        ran = company("report", "--out", place)
        assert (ran.code, ran.json["error"]["code"]) == (1, code)
    for flags, code in ((("--team", "nobody", *BOSS), "TeamNotSeen"), (("--as", "who@example.com"), "UnknownViewer"),
                        (("--since", "2999-01-01", *BOSS), "SinceNotBefore")):  # fmt: skip
        ran = company("report", "--out", tmp_path / "r.md", *flags)
        assert (ran.code, ran.json["error"]["code"]) == (1, code)
    assert company("report", "--kind", "hourly", "--out", tmp_path / "r.md").code == 2
    assert not list(tmp_path.iterdir())


def test_an_empty_store_says_so(tmp_path: Path) -> None:
    made = Company(tmp_path / "none.duckdb")
    assert made("report", "--out", tmp_path / "r.md").code == 1
