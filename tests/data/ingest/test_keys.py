"""What tells rows apart, what becomes of exact repeats, what 0 and -1 of open deals are: asked, said, remembered."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from data import ingest
from data.ingest import Options, Source
from data.ingest.check import NEEDED
from data.ingest.keys import as_text, from_text
from data.ingest.profile import load
from data.ingest.remember import folder
from data.migrations import schema_text
from data.tables import tables
from tests.command_line import Company
from tests.data.ingest.test_plan import TODAY, codes, planned, refused, rows
from tests.data.written import written

DEALS = "Deal Name,Account Name,Created Date,Stage,Amount,Site,Note\n"
SITES = (
    DEALS
    + "Roll-out,Acme,2026-01-05,Won,5,North,a\n"
    + "Roll-out,Acme,2026-01-05,Won,7,South,b\n"
    + "Roll-out,Acme,2026-01-05,Prospecting,7,South 2,b\n"
    + "Other,Acme,2026-01-05,Won,1,North,b\n"
)
PAYMENTS = "Payment Date,Customer,Amount\n" + "2026-01-05,Acme,100\n" * 3 + "2026-01-06,Acme,50\n"
OPEN = "Opportunity ID,Opportunity Name,Stage,Amount\n1,a,Prospecting,{0}\n2,b,Prospecting,0\n3,c,Closed Won,0\n"


# ------------------------------------------------------------------------------------------------------------- keys


def test_rows_that_a_key_would_swallow_are_a_question_with_what_would_do_better() -> None:
    plan = planned(SITES)
    (question,) = plan.questions
    assert (question.code, question.params["rows"]) == ("ask_key", 2)
    assert question.choices[0] == "Deal Name,Account Name,Created Date", "leaving it as it is can be chosen"
    best = from_text(question.choices[1])
    assert set(best) == {"Deal Name", "Account Name", "Created Date", "Site"}, "the amount would move with the deal"
    assert question.samples[question.choices[1]] == ["100.0 %"]
    for lang in ("en", "zh-CN"):
        assert as_text(list(best)) in question.text(lang)


def test_a_chosen_key_holds_and_the_rate_is_said() -> None:
    plan = planned(SITES, keys=(("Deal Name", "Site"),))
    assert plan.checked is not None
    assert (plan.checked.key, plan.key_columns, plan.refused) == (["deal", "Site"], ["Deal Name", "Site"], 0)
    said = next(remark for remark in plan.warnings if remark.code == "key_told")
    assert (said.params["percent"], said.params["rows"]) == ("100.0", 0)
    assert rows(plan)["key"].to_list()[0] == "Roll-out\x1fNorth"
    as_it_is = planned(SITES, keys=(("Deal Name", "Account Name", "Created Date"),))
    assert not as_it_is.questions
    assert [reasons for _, reasons, _, _ in refused(as_it_is)] == [["key_repeated"]] * 2
    rate = next(remark for remark in as_it_is.warnings if remark.code == "key_told")
    assert (rate.params["percent"], rate.params["rows"]) == ("50.0", 3)


def test_a_file_whose_id_is_blank_can_be_given_a_key() -> None:
    text = "deal_id,deal,status,amount\n,x,won,1\n,y,won,2\n"
    (question,) = planned(text).questions
    assert (question.code, question.choices[0]) == ("ask_key", "deal")
    assert rows(planned(text, keys=(("deal",),)))["key"].to_list() == ["x", "y"]


def test_an_id_of_the_crms_own_needs_no_choice_and_a_choice_of_columns_goes_before_it() -> None:
    text = "deal_id,deal,status,amount\n1,x,won,1\n2,x,won,2\n"
    assert planned(text).key_columns == ["deal_id"]
    assert planned(text, keys=(("deal",),)).refused == 1


IDS = "Deal ID,Deal Name,Stage,Amount,Close Date,Owner\n"
WEEK = (
    IDS + "1,A,Negotiation,100,2026-03-05,Ann\n2,B,Negotiation,200,2026-03-05,Ann\n3,C,Negotiation,300,2026-03-05,Ann\n"
)
NEXT_WEEK = IDS + "1,A renamed,Won,100,2026-03-05,Ann\n2,B,Won,200,2026-03-05,Ann\n3,C,Won,300,2026-03-05,Ann\n"


def test_a_few_rows_with_the_same_id_do_not_make_the_file_one_without_ids() -> None:
    plan = planned(NEXT_WEEK + "3,C copy,Won,310,2026-03-05,Ann\n")
    assert (plan.key_columns, plan.questions) == (["Deal ID"], [])
    assert "key_chosen" not in codes(plan), "the file has an id of its own"
    assert refused(plan) == [(4, ["key_repeated"], 300, False)]
    assert rows(plan)["key"].to_list() == ["1", "2", "3"]
    again = planned(NEXT_WEEK + "3,C,Won,300,2026-03-05,Ann\n")
    assert refused(again) == [(4, ["row_repeated"], 300, True)], "an exact repeat is set aside, as ever"


def test_a_blank_id_is_refused_beside_filled_ones_however_they_repeat() -> None:
    text = IDS + "1,A,Won,100,2026-01-05,Ann\n,B,Won,200,2026-01-05,Ann\n1,C,Won,300,2026-01-05,Ann\n"
    plan = planned(text, table="deals")
    assert [(line, why, money) for line, why, money, _ in refused(plan)] == [
        (2, ["key_repeated"], 100),
        (3, ["key_missing"], 200),
    ]
    assert rows(plan)["key"].to_list() == ["1"]


def test_an_order_line_without_its_number_is_refused_with_its_money(company: Company, tmp_path: Path) -> None:
    text = "Order ID,Customer,Product,Quantity,Amount,Order Date\nO1,Acme,A,1,100,2026-01-05\n"
    text += ",Beta,B,2,50,2026-01-06\nO2,Beta,A,1,100,2026-01-06\n"
    assert refused(planned(text, table="order_lines")) == [(3, ["key_missing"], 50, False)]
    (upload,) = company.load(written(tmp_path, text))
    assert (upload["new"], upload["refused"]) == (2, 1), "the load does what the plan said"


@pytest.mark.parametrize(
    ("row", "why"), [(",2026-02-01,7.2", "key_missing"), ("EUR,,7.8", "key_missing"), ("USD,2026-02-01,", "blank:汇率")]
)
def test_a_rate_without_its_currency_its_day_or_itself_is_told(row: str, why: str) -> None:
    plan = planned(f"币种,生效日期,汇率\nUSD,2026-01-01,7.1\nGBP,2026-01-01,9\n{row}\n", table="fx_rates")
    assert refused(plan) == [(4, [why], None, False)]


def test_what_a_table_cannot_be_written_without_is_asked_of_each_row() -> None:
    """Against the schema: a column that must hold something is an id, has a default, or is needed."""
    has_default = {"line_no", "is_return", "share", "version", "status", "measure", "scope", "starts_on", "ends_on"}
    with duckdb.connect(":memory:") as scratch:
        scratch.execute(schema_text())
        must = scratch.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'crm' and not is_nullable"
        ).fetchall()
    for name, column in must:
        table = tables().get(name)
        if table is not None and len(table.key) > 1 and column in table.key and column not in has_default:
            assert column in (*NEEDED.get(name, ()), "rep_id"), (name, column)


def test_one_id_never_lives_twice(company: Company, tmp_path: Path) -> None:
    company.load(written(tmp_path, WEEK))
    (upload,) = company.load(written(tmp_path, NEXT_WEEK + "3,C copy,Won,310,2026-03-05,Ann\n"))
    assert (upload["new"], upload["changed"], upload["refused"]) == (0, 3, 1)
    chosen = planned(NEXT_WEEK + "3,C copy,Won,310,2026-03-05,Ann\n", keys=(("Deal Name",),))
    assert refused(chosen) == [(4, ["key_repeated"], 300, False)], "nor under two keys that a person chose"
    assert sorted(rows(chosen)["deal_id"]) == ["1", "2", "3"]


def test_a_key_of_typed_columns_is_the_same_in_every_form() -> None:
    dates = ("2026-01-15", "2026/1/15", "15.01.2026")
    keys = {
        rows(planned(f"Deal Name,Created Date,Stage,Amount\nx,{date},Won,1\n", keys=(("Deal Name", "Created Date"),)))[
            "key"
        ][0]
        for date in dates
    }
    assert keys == {"x\x1f2026-01-15"}


def test_a_key_goes_to_the_files_that_have_its_columns() -> None:
    files = [Source("a.csv", SITES.encode()), Source("b.csv", PAYMENTS.replace("Amount", "Amount Paid").encode())]
    made = ingest.plan(files, Options(today=TODAY, keys=(("Deal Name", "Site"), ("Customer", "Payment Date"))))
    assert [file.key_columns for file in made.files] == [["Deal Name", "Site"], ["Customer", "Payment Date"]]


def test_a_chosen_key_is_remembered_with_the_layout(company: Company, tmp_path: Path) -> None:
    file = written(tmp_path, SITES)
    assert company("import", file).code == 3
    company.load(file, "--key", "Deal Name,Site")
    (kept,) = folder(Path(f"{company.path}.d")).glob("*.toml")
    assert load(kept).tables["deals"].key_columns == ["Deal Name", "Site"]
    (again,) = company.load(file)
    assert (again["new"], again["same"], again["refused"]) == (0, 4, 0)


def test_a_key_of_columns_that_no_file_has_is_refused(company: Company, tmp_path: Path) -> None:
    ran = company("import", written(tmp_path, SITES), "--key", "Deal Name,Sit", "--lang", "zh-CN")
    assert ran.code == 1
    assert "Site" in ran.err


# ---------------------------------------------------------------------------------------------------------- repeats


def test_exact_repeats_count_once_unless_somebody_says_that_each_is_a_record(company: Company, tmp_path: Path) -> None:
    file = written(tmp_path, PAYMENTS)
    (upload,) = company.load(file)
    assert (upload["read"], upload["set_aside"]) == (2, 2)
    assert any("--repeats keep" in text for text in upload["warnings"]), "the default is stated"
    assert company.ask("collected")[0]["collected"] == 150
    (upload,) = company.load(file, "--repeats", "keep")
    assert (upload["new"], upload["same"], upload["set_aside"]) == (2, 2, 0)
    assert company.ask("collected")[0]["collected"] == 350
    (upload,) = company.load(file)
    assert (upload["same"], upload["set_aside"]) == (4, 0), "remembered for such files"


def test_repeats_of_a_list_of_names_are_one_and_nothing_is_offered() -> None:
    plan = planned("Account Name,Industry\nAcme,Steel\nAcme,Steel\n", repeats="keep")
    assert (rows(plan).height, plan.set_aside, plan.offers) == (1, 1, [])


def test_repeats_are_the_same_records_in_any_order() -> None:
    backwards = "\n".join([PAYMENTS.splitlines()[0], *reversed(PAYMENTS.splitlines()[1:])])
    keys = [sorted(rows(planned(text, repeats="keep"))["key"]) for text in (PAYMENTS, backwards)]
    assert keys[0] == keys[1]
    assert len(set(keys[0])) == 4


# --------------------------------------------------------------------------------------------------- missing amounts


def test_nought_is_kept_and_said_and_minus_one_is_asked() -> None:
    nought = planned(OPEN.format(5))
    assert "missing_amounts_keep" in codes(nought)
    assert rows(nought)["amount"].cast(int).to_list() == [5, 0, 0]
    (question,) = planned(OPEN.format(-1)).questions
    assert (question.code, question.params["ones"], question.params["zeros"]) == ("ask_missing_amounts", 1, 1)


def test_a_blank_amount_of_open_deals_is_none_and_others_stay() -> None:
    plan = planned(OPEN.format("(1)"), missing_amounts="blank")
    assert rows(plan)["amount"].cast(int).to_list() == [None, None, 0]
    assert [offer.taken for offer in plan.offers] == ["blank"]
    kept = planned(OPEN.format(-1), missing_amounts="keep")
    assert rows(kept)["amount"].cast(int).to_list() == [-1, 0, 0]


def test_what_a_missing_amount_is_gets_remembered(company: Company, tmp_path: Path) -> None:
    file = written(tmp_path, OPEN.format(-1))
    assert company("import", file).code == 3
    company.load(file, "--missing-amounts", "blank")
    (upload,) = company.load(file)
    assert upload["same"] == 3
    (kept,) = folder(Path(f"{company.path}.d")).glob("*.toml")
    assert load(kept).missing_amounts == "blank"


# ---------------------------------------------------------------------------------------------- another key than before


def test_a_record_under_two_keys_is_asked_about(company: Company, tmp_path: Path) -> None:
    """Told apart by the id once and by another column then, each deal would count twice."""
    text = "Deal ID,Deal Name,Amount,Stage,Close Date\n1,A,10,Won,2026-01-02\n2,B,20,Won,2026-01-03\n"
    file = written(tmp_path, text)
    company.load(file)
    asked = company("import", file, "--key", "Deal Name", "--accept-keys", "--as-of", "2026-06-01")
    assert asked.code == 3
    assert "--key" in asked.out + asked.err
    assert "Deal ID" in asked.out + asked.err
    (upload,) = company.load(file, "--key", "Deal ID", "--as-of", "2026-06-01")
    assert upload["same"] == 2
    assert company.ask("won_amount")[0]["won_amount"] == 30


def test_ids_that_a_spreadsheet_shortened_are_said() -> None:
    text = "订单编号,下单日期,客户名称,产品名称,数量,金额\n"
    text += "2.02601E+14,2026-01-05,甲,A,2,10\n2.02601E+14,2026-01-06,乙,B,1,30\n"
    assert "ids_shortened" in codes(planned(text))
    assert "ids_shortened" not in codes(planned(text.replace("2.02601E+14", "202601")))
    assert "ids_shortened" in codes(planned(text.replace("2.02601E+14", "1E+15")))
    assert "ids_shortened" in codes(planned(text.replace(",", ";").replace("2.02601E+14", "2,02601E+14")))
    late = text.replace("2.02601E+14", "202601") + "".join(f"3{at:04d},2026-01-06,乙,B,1,30\n" for at in range(1001))
    assert "ids_shortened" in codes(planned(late + "2.02601E+14,2026-01-06,乙,B,1,30\n"))


def test_long_ids_that_went_through_numbers_of_a_spreadsheet_are_said() -> None:
    """Of 18 digits a double keeps 16, and a spreadsheet 15; a list of whole ids has others, too."""
    head = "订单编号,下单日期,客户名称,产品名称,数量,金额\n"
    line = "{},2026-01-05,甲,A,2,1{}\n"
    whole = [202601010000000000 + 1013 * at for at in range(8)]

    def text(ids: list[int]) -> str:
        return head + "".join(line.format(number, at) for at, number in enumerate(ids))

    assert "ids_shortened" not in codes(planned(text(whole)))
    assert "ids_shortened" in codes(planned(text([int(float(number)) for number in whole])))
    cut = planned(text([number // 1000 * 1000 for number in whole]))
    said = next(remark for remark in cut.warnings if remark.code == "ids_shortened")
    assert (said.params["column"], said.params["rows"]) == ("订单编号", 8)
    assert "ids_shortened" not in codes(planned(text([100, 200, 300])))
    stepped = codes(planned(text([2026010112000000 + 100 * at for at in range(8)])))
    assert ("ids_perhaps_shortened" in stepped, "ids_shortened" in stepped) == (True, False), "they may be whole"
    late = [*range(1, 1100), *(number // 1000 * 1000 for number in whole)]
    assert "ids_shortened" in codes(planned(text(late))), "behind many short ones, too"
