"""The command line: JSON and exit codes of the contract, and a clear message for everything that goes wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from data.errors import OutOfMemory
from tests.command_line import Company, run

ROOT = Path(__file__).parents[2]
DEALS = """deal_id,deal,rep,customer,product,stage,status,amount,created_on,closed_on
1,a,Ann,Acme,P1,Won,won,100,2026-01-05,2026-02-05
2,b,Ann,Acme,P2,Won,won,50,2026-01-06,2026-03-06
3,c,Bob,Beta,P1,Lost,lost,70,2026-01-07,2026-02-07
4,d,Bob,,P1,Talk,open,30,2026-01-08,
"""
UPLOAD_KEYS = {
    "id", "file", "table", "profile", "encoding", "as_of", "as_of_from", "read", "new", "changed", "same", "refused",
    "set_aside", "warnings", "questions", "odd", "refused_money",
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded_once(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """`DEALS` in a store that is closed."""
    folder = tmp_path_factory.mktemp("loaded")
    made = Company(folder / "company.duckdb")
    made.load(file(folder, DEALS))
    made.close()
    return made


@pytest.fixture
def loaded(company: Company, loaded_once: Company) -> Company:
    return loaded_once.copied_to(company.path)


def file(folder: Path, text: str | bytes, name: str = "deals.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


# ----------------------------------------------------------------------------------------------------------- import


def test_import_answers_as_the_contract_says(newcomer: Company, tmp_path: Path) -> None:
    (upload,) = newcomer.load(file(tmp_path, DEALS))
    assert set(upload) == UPLOAD_KEYS
    assert upload["id"] == 1
    assert (upload["table"], upload["as_of"], upload["as_of_from"]) == ("deals", "2026-03-06", "dates")
    assert (upload["read"], upload["new"]) == (4, 4)
    changed = DEALS.replace("4,d,Bob,,P1,Talk,open,30", "4,d,Bob,,P1,Talk,open,31") + "5,e,Ann,Acme,P1,Talk,open,x,,\n"
    (again,) = newcomer.load(file(tmp_path, changed), "--as-of", "2026-03-10")
    assert (again["new"], again["changed"], again["same"], again["refused"]) == (0, 1, 3, 1)
    assert (again["as_of"], again["as_of_from"]) == ("2026-03-10", "flag")


def test_a_full_export_ends_what_it_lacks_and_a_part_does_not(loaded: Company, tmp_path: Path) -> None:
    without_4 = "\n".join(line for line in DEALS.splitlines() if not line.startswith("4,"))
    loaded.load(file(tmp_path, without_4), "--part", "--as-of", "2026-03-10")
    assert loaded.ask("open_deals")[0]["open_deals"] == 1
    loaded.load(file(tmp_path, without_4), "--full", "--as-of", "2026-03-11")
    assert loaded.ask("open_deals")[0]["open_deals"] == 0
    assert loaded("undo", 3).code == 0
    assert loaded.ask("open_deals")[0]["open_deals"] == 1


def test_a_question_stops_the_import_with_exit_3_and_names_its_flag(newcomer: Company, tmp_path: Path) -> None:
    text = "deal_id,deal,status,amount,created_on\n1,a,won,5,01/02/2026\n"
    ran = newcomer("import", file(tmp_path, text))
    assert ran.code == 3
    assert "--date-order" in ran.json["uploads"][0]["questions"][0]
    assert not newcomer.path.exists()
    newcomer.load(file(tmp_path, text), "--date-order", "mdy")
    assert newcomer.facts()["deals"]


def test_a_dry_run_writes_nothing(newcomer: Company, tmp_path: Path) -> None:
    ran = newcomer("import", file(tmp_path, DEALS), "--dry-run")
    assert (ran.code, ran.json["uploads"][0]["read"], ran.json["uploads"][0]["id"]) == (0, 4, None)
    assert not newcomer.path.exists()


def test_targets_are_loaded_like_any_other_file(loaded: Company, tmp_path: Path) -> None:
    text = "measure,scope,scope_value,starts_on,ends_on,value\nwon_amount,company,,2026-01-01,2026-12-31,1000\n"
    (upload,) = loaded.load(file(tmp_path, text, "targets.csv"))
    assert (upload["table"], upload["new"]) == ("targets", 1)
    assert len(loaded.facts()["targets"]) == 1


PIVOT = "Sales by manager\n\nManager,Q1,Q2,Q3,Q4,Grand Total\nA,1,2,3,4,10\nGrand Total,1,2,3,4,10\n"
BAD_INPUTS = {
    "an empty file": (b"", ["empty"]),
    "a binary file": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, ["binary"]),
    "only a header": (DEALS.splitlines()[0].encode() + b"\n", ["no rows"]),
    "a pivot report": (PIVOT.encode(), ["summary", "records"]),
    "an unknown table": (b"alpha,beta,gamma\n1,2,3\n", ["not recognised", "--table"]),
    "an unreadable column": (b"deal_id,deal,status,amount\n1,a,won,ten\n2,b,won,six\n", ["amount", "ten"]),
    "a damaged workbook": (b"PK\x03\x04 xl/ broken", ["workbook"]),
}


@pytest.mark.parametrize("name", BAD_INPUTS)
def test_bad_input_is_refused_clearly_and_changes_nothing(loaded: Company, tmp_path: Path, name: str) -> None:
    content, words = BAD_INPUTS[name]
    before = loaded.everything()
    good = file(tmp_path, DEALS.replace("100", "999"), "good.csv")
    for files in ([file(tmp_path, content, "bad.csv")], [good, tmp_path / "bad.csv"]):
        ran = loaded("import", *files)
        assert ran.code == 1
        assert "bad.csv" in ran.err
        assert all(word in ran.err for word in words), ran.err
        assert "Traceback" not in ran.err + ran.out
        assert ran.json["error"]["text"] == ran.err.strip()
    assert loaded.everything() == before


def test_wishes_that_do_not_exist(loaded: Company, tmp_path: Path) -> None:
    before = loaded.everything()
    good = file(tmp_path, DEALS)
    for words, suggestion in (
        (("--table", "deasl"), "deals"),
        (("--profile", "mavn"), "maven"),
        (("--map", "deal=amonut"), "amount"),
        (("--map", "nothing"), "THEIRS=OURS"),
    ):
        ran = loaded("import", good, *words)
        assert (ran.code, suggestion in ran.err) == (1, True), ran.err
    assert loaded("import", tmp_path / "absent.csv").code == 1
    assert loaded("import").code == 2
    assert loaded("import", good, "--date-order", "ydm").code == 2
    assert loaded.everything() == before


# -------------------------------------------------------------------------------------------------------------- ask


def test_ask_answers_as_the_contract_says(loaded: Company) -> None:
    ran = loaded("ask", "won_amount", "win_rate", "--by", "rep")
    assert set(ran.json) == {"rows", "notes", "sql"}
    assert ran.json["rows"][0] == {
        "rep": "Ann",
        "won_amount": 150,
        "win_rate": 1.0,
        "win_rate.low": pytest.approx(0.3424, abs=1e-4),  # Wilson, 2 of 2: 1 / (1 + 1.96^2 / 2)
        "win_rate.high": 1.0,
        "win_rate.n": 2,
    }
    assert "SELECT" in ran.json["sql"]
    # Nothing is missing: the deal without a customer is a row of its own.
    customers = {row["customer"]: row["created_deals"] for row in loaded.ask("created_deals", "--by", "customer")}
    assert customers == {"Acme": 2, "Beta": 1, None: 1}


def test_periods_values_and_days(loaded: Company) -> None:
    february = ("--from", "2026-02-01", "--to", "2026-02-07")  # the last day is included
    assert loaded.ask("won_amount", "closed_deals", *february) == [{"won_amount": 100, "closed_deals": 2}]
    assert loaded.ask("won_amount", "--where", "product=P2")[0]["won_amount"] == 50
    both = ("--where", "product=P1", "--where", "product=P2", "--where", "rep=Ann")
    assert loaded.ask("won_amount", *both)[0]["won_amount"] == 150
    assert loaded.ask("created_deals", "--where", "customer=")[0]["created_deals"] == 1
    assert loaded.ask("won_amount", "--as-of", "2026-02-10")[0]["won_amount"] == 100


def test_the_rows_behind_a_number(loaded: Company) -> None:
    rows = loaded.ask("won_amount", "--rows")
    assert sorted((row["deal_id"], row["amount"]) for row in rows) == [("1", 100), ("2", 50)]


def test_an_unknown_value_is_no_error(loaded: Company) -> None:
    before = loaded.everything()
    for value in ("'; drop table crm.deals; --", "Nobody", '"', "%", "Ann' or '1'='1"):
        ran = loaded("ask", "won_amount", "--where", f"rep={value}")
        assert (ran.code, ran.json["rows"]) == (0, [])
        assert value in ran.json["notes"][0]
    some = loaded("ask", "won_amount", "--where", "rep=Ann", "--where", "rep=Nobody").json
    assert some["rows"] == [{"won_amount": 150}]
    assert "Nobody" in some["notes"][0]
    assert loaded.everything() == before


def test_ask_compares(loaded: Company) -> None:
    """March beside February, in total and by month; without a period there is nothing to compare with."""
    march = ("--from", "2026-03-01", "--to", "2026-03-31", "--compare", "previous")
    february = loaded.ask("won_amount", "--from", "2026-02-01", "--to", "2026-02-28")[0]["won_amount"]
    assert february > 0
    assert loaded.ask("won_amount", *march)[0]["won_amount.before"] == february
    by_month = loaded.ask("won_amount", "--by", "month", *march)
    assert [row["won_amount.before"] for row in by_month] == [february]
    table = run("ask", "won_amount", "--by", "quarter", *march, "--store", loaded.path)
    assert "2026 Q1" in table.out
    assert "Won amount: compared" in table.out
    told = run("ask", "won_amount", "--by", "quarter", *march, "--store", loaded.path, lang="zh-CN").out
    assert "2026年第1季度" in told
    assert "赢单金额：对比期" in told
    assert "--from" in loaded("ask", "won_amount", "--compare", "last_year").json["notes"][-1]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("won_amonut",), 1, "won_amount"),
        (("won_amount", "--by", "mangaer"), 1, "manager"),
        (("won_amount", "--where", "mangaer=x"), 1, "manager"),
        (("won_amount", "--where", "nothing"), 1, "DIM=VALUE"),
        (("won_amount", "--from", "2026-03-01", "--to", "2026-02-01"), 1, "2026"),
        (("won_amount", "--from", "2026-02-30"), 2, "--from"),
        (("won_amount", "--as", "nobody@example.com"), 1, "nobody@example.com"),
        ((), 2, "measures"),
        (("won_amount", "--no-such-flag"), 2, "--no-such-flag"),
    ],
)
def test_a_question_that_cannot_be_asked(loaded: Company, words: tuple[str, ...], code: int, said: str) -> None:
    ran = loaded("ask", *words)
    assert ran.code == code
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_store_that_is_not_there(newcomer: Company) -> None:
    ran = newcomer("ask", "won_amount")
    assert (ran.code, str(newcomer.path) in ran.err) == (1, True)
    assert not newcomer.path.exists()


def test_a_viewer_sees_only_their_rows(loaded: Company, tmp_path: Path) -> None:
    loaded.load(file(tmp_path, "rep,team,manager\nAnn,East,Eve\nBob,West,Eve\n", "reps.csv"))
    assert loaded("viewers", "--add", "w@x.com", "--scope", "teams", "--team", "West").code == 0
    assert loaded.ask("created_deals", "--by", "rep", "--as", "w@x.com") == [{"rep": "Bob", "created_deals": 2}]
    unknown = loaded("ask", "created_deals", "--where", "rep=Ann", "--as", "w@x.com").json
    assert unknown["rows"] == []
    assert loaded("viewers", "--add", "x", "--scope", "all").code == 1
    assert loaded("viewers", "--remove", "w@x.com").json == {"viewers": []}


# ----------------------------------------------------------------------------------------------------- house-keeping


def test_uploads_undo_and_redo(loaded: Company) -> None:
    before = loaded.facts()
    assert [upload["file"] for upload in loaded("uploads").json["uploads"]] == ["deals.csv"]
    assert loaded("undo", 1).json["upload"]["is_undone"]
    assert loaded.facts()["deals"] == []
    assert loaded("ask", "won_amount").code == 1
    assert loaded("redo", 1).code == 0
    assert loaded.facts() == before
    assert loaded("undo", 99).code == 1


def test_aliases_are_listed_accepted_and_forgotten(loaded: Company, tmp_path: Path) -> None:
    ran = loaded("import", file(tmp_path, "product,category,list_price\nP 1,X,5\nP2,X,5\n", "products.csv"))
    assert "P 1" in ran.json["warnings"][0]
    assert "--accept" in ran.json["warnings"][0]
    assert loaded("aliases", "--accept", "product:P1=P 1").json["aliases"][0]["is_accepted"]
    assert {row["product"] for row in loaded.ask("won_amount", "--by", "product")} == {"P 1", "P2"}
    assert not loaded("aliases", "--forget", "product:P1").json["aliases"][0]["is_accepted"]
    assert loaded("aliases", "--accept", "nonsense").code == 1


def test_the_check_counts_what_is_wrong(loaded: Company, tmp_path: Path) -> None:
    more = "9,z,Ann,,P1,Won,won,ten,2026-01-05,2026-02-05\n9,z,Ann,,P1,Won,won,1,2026-01-05,2026-01-01\n"
    loaded.load(file(tmp_path, DEALS.splitlines()[0] + "\n" + more))
    found = {finding["code"]: (finding["rows"], finding["money"]) for finding in loaded("check").json["findings"]}
    assert found["deals_without_customer"] == (2, 31)
    assert found["closed_before_created"] == (1, 1)
    assert any(code.startswith("unreadable") for code in found)


def test_money_without_a_rate_is_said_when_it_comes_and_whenever_asked(loaded: Company, tmp_path: Path) -> None:
    foreign = "deal_id,deal,status,amount,currency,closed_on\n"
    foreign += "7,a,won,10,CNY,2026-02-05\n8,b,won,10,CNY,2026-02-05\n9,c,won,500,EUR,2026-02-05\n"
    asked = loaded("import", file(tmp_path, foreign, "foreign.csv"))
    assert asked.code == 3
    assert "EUR × 1 = 500.00" in asked.json["uploads"][0]["questions"][0]
    ran = loaded("import", file(tmp_path, foreign, "foreign.csv"), "--without-rates")
    assert "without an exchange rate: 1." in ran.json["warnings"][-1]
    found = {finding["code"]: (finding["rows"], finding["money"]) for finding in loaded("check").json["findings"]}
    assert found["deals_without_rate"] == (1, None), "amounts of several currencies are not added up"


def test_what_is_loaded_is_never_called_unchanged(
    loaded: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> list[str]:
        raise OutOfMemory(path="x", limit="1 MB")

    monkeypatch.setattr("data.import_report._alike", no_room)
    ran = loaded("import", file(tmp_path, "product,category,list_price\nP 1,X,5\n", "products.csv"))
    assert ran.code == 0
    assert ran.json["uploads"][0]["new"] == 1
    assert "The files are loaded" in ran.json["warnings"][0]


def test_the_parts_of_an_attainment_have_headings_for_people(loaded: Company) -> None:
    said = run("ask", "attainment", "attainment:win_rate", "--store", loaded.path, lang="zh-CN").out
    assert "attainment" not in "".join(said.split())
    assert "时间进度" in "".join(said.split())


def test_a_terminal_shows_some_rows_and_says_how_many_more(loaded: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = len(loaded.ask("created_deals", "--rows"))
    monkeypatch.setattr("data.reports._MOST_ROWS", 1)
    said = run("ask", "created_deals", "--rows", "--store", loaded.path).out
    assert f"… and {rows - 1} more rows" in said


def test_backup_and_restore(loaded: Company, tmp_path: Path) -> None:
    folder = Path(f"{loaded.path}.d") / "backup"
    assert loaded("backup", folder).code == 0
    other = Company(tmp_path / "other.duckdb")
    assert other("restore", folder).code == 0
    assert other.facts() == loaded.facts()
    assert loaded("restore", folder).code == 1
    other.close()


def test_people_get_tables_and_sentences_in_their_language(loaded: Company) -> None:
    english = run("ask", "won_amount", "win_rate", "--by", "rep", "--store", loaded.path)
    assert "Won amount" in english.out
    assert "100.00 %" in english.out
    chinese = run("ask", "won_amonut", "--store", loaded.path, "--lang", "zh-CN")
    assert "没有名为" in chinese.err
    assert "赢单金额" in run("ask", "won_amount", "--by", "rep", "--store", loaded.path, "--lang", "zh-CN").out
    assert "SELECT" in run("ask", "won_amount", "--sql", "--store", loaded.path).out


def test_the_demo_never_overwrites_a_company(loaded: Company) -> None:
    before = loaded.everything()
    assert run("demo", "--store", loaded.path).code == 1
    assert loaded.everything() == before


def test_something_unexpected_is_a_sentence_and_a_log(
    loaded: Company, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("data.reports.uploads_report", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ran = loaded("uploads")
    assert (ran.code, "Traceback" in ran.err) == (1, False)
    (log,) = tmp_path.glob("sales-compass-*.log")
    assert str(log) in ran.err
    assert "RuntimeError: a bug" in log.read_text("utf-8")


def test_in_a_process_of_its_own(tmp_path: Path) -> None:
    store = tmp_path / "company.duckdb"
    words = [sys.executable, "-m", "data"]
    made = file(tmp_path, DEALS)
    done = subprocess.run(
        [*words, "import", made, "--store", store, "--json"], cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    asked = subprocess.run(
        [*words, "ask", "won_amount", "--store", store, "--json"], cwd=ROOT, capture_output=True, check=True
    )
    assert json.loads(asked.stdout)["rows"] == [{"won_amount": 150}]
    wrong = subprocess.run([*words, "ask", "won_amonut", "--store", store], cwd=ROOT, capture_output=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (1, b"")
    assert b"won_amount" in wrong.stderr
    assert b"Traceback" not in wrong.stderr
