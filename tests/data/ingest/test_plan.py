"""A file is recognised, mapped, parsed and checked; nothing is lost and nothing guessed silently."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest
import xlsxwriter

from data import ingest
from data.ingest import FilePlan, Options, Source
from data.ingest.errors import (
    ColumnsMissing,
    ColumnUnreadable,
    KeysMissing,
    MapInvalid,
    MostRefused,
    OnlyDocumentation,
    PivotReport,
    SheetUnknown,
    TableUnrecognised,
    UnknownColumn,
    UnknownField,
    UnknownProfile,
    UnknownTable,
)

TODAY = date(2026, 11, 21)
CHINESE = """商机名称,客户名称,商机阶段,商机金额(万元),预计成交日期,创建时间,负责人
华东一期,甲公司,赢单,1.5,2026年1月5日,2025年12月1日,李伟
华东二期,乙公司,商务谈判,"1,200",2026年3月5日,2025年12月3日,王芳
"""


def planned(text: str | bytes, name: str = "a.csv", **options: object) -> FilePlan:
    raw = text.encode() if isinstance(text, str) else text
    made = ingest.plan([Source(name, raw)], Options(**{"today": TODAY, **options}))  # type: ignore[arg-type]
    return made.files[0]


def rows(plan: FilePlan) -> pl.DataFrame:
    assert plan.checked is not None, plan.questions
    return plan.checked.rows


def refused(plan: FilePlan) -> list[tuple[int, list[str], Decimal | None, bool]]:
    assert plan.checked is not None
    return plan.checked.refused.select("line", "reasons", "money", "is_set_aside").rows()


def codes(plan: FilePlan) -> list[str]:
    return [remark.code for remark in (*plan.warnings, *plan.questions)]


# ------------------------------------------------------------------------------------------------------ recognition


def test_chinese_columns_with_a_unit_in_the_header() -> None:
    plan = planned(CHINESE.encode("gb18030"))
    assert (plan.table, plan.profile, plan.encoding) == ("deals", "generic", "gb18030")
    found = rows(plan)
    assert found["amount"].to_list() == [Decimal(15_000), Decimal(12_000_000)]
    assert found["status"].to_list() == ["won", "open"]
    assert found["created_on"].to_list() == [date(2025, 12, 1), date(2025, 12, 3)]
    # One date column for "expected" and "actual": it is a closing day only where the deal is closed.
    assert found["closed_on"].to_list() == [date(2026, 1, 5), None]
    assert found["expected_close_on"].to_list() == [date(2026, 1, 5), date(2026, 3, 5)]


@pytest.mark.parametrize(
    ("header", "table"),
    [
        ("measure,scope,scope_value,starts_on,ends_on,value", "targets"),
        ("rep,team,manager", "reps"),
        ("team,parent", "teams"),
        ("order_id,ordered_on,customer,product,quantity,amount", "order_lines"),
        ("lead_id,created_at,status,source,rep", "leads"),
        ("activity_id,kind,rep,done_at", "activities"),
        ("currency,from_on,rate", "fx_rates"),
        ("deal_id,stage,entered_on", "deal_stages"),
    ],
)
def test_our_own_field_names_need_no_mapping(header: str, table: str) -> None:
    cells = {"starts_on": "2026-01-01", "ends_on": "2026-12-31", "value": "5", "rate": "7.1", "from_on": "2026-01-01"}
    cells |= {"ordered_on": "2026-01-01", "done_at": "2026-01-01 10:00", "created_at": "2026-01-01", "amount": "5"}
    cells |= {"quantity": "1", "entered_on": "2026-01-01", "measure": "won_amount", "scope": "team"}
    plan = planned(header + "\n" + ",".join(cells.get(name, "x") for name in header.split(",")) + "\n")
    assert (plan.table, plan.profile, plan.refused, plan.read) == (table, "sales-compass", 0, 1)


def test_a_misspelt_column_is_matched_by_resemblance_and_said() -> None:
    plan = planned("Oportunity ID,Deal Name,Stage,Amount\nA1,x,Closed Won,5\n")
    assert rows(plan)["deal_id"].to_list() == ["A1"]
    assert "column_guessed" in codes(plan)


def test_columns_nobody_knows_are_kept_as_json_and_said() -> None:
    plan = planned('deal_id,deal,status,amount,Colour,Note\n1,x,won,5,red,"say ""hi"""\n')
    assert rows(plan)["extra"].to_list() == ['{"Colour":"red","Note":"say \\"hi\\""}']
    assert "columns_unknown" in codes(plan)


def test_a_column_can_be_named_by_hand_or_left_out() -> None:
    text = "deal_id,deal,status,Budget,amount\n1,x,won,7,n.a.\n"
    assert rows(planned(text, columns={"amount": "", "Budget": "amount"}))["amount"].to_list() == [Decimal(7)]


def test_a_file_that_only_describes_the_others_is_left_out() -> None:
    dictionary = "Table,Field,Description\ndeals,deal_id,The id\ndeals,status,Open or closed\ndeals,amount,Money\n"
    deals = "deal_id,deal,status,amount\n1,x,won,5\n"
    both = [Source("deals.csv", deals.encode()), Source("data_dictionary.csv", dictionary.encode())]
    made = ingest.plan(both, Options(today=TODAY))
    assert [file.file for file in made.files] == ["deals.csv"]
    assert made.skipped == ["data_dictionary.csv"]
    with pytest.raises(OnlyDocumentation):
        ingest.plan(both[1:], Options(today=TODAY))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("foo,bar,baz\n1,2,3\n", TableUnrecognised),
        ("Manager,2024,2025,2026,Grand Total\nA,1,2,3,6\n", PivotReport),
        ("Row Labels,Sum of close_value,Count of id\nA,1,2\n", PivotReport),
        ("负责人,2026年1月,2026年2月,合计\n李伟,1,2,3\n", PivotReport),
        ("deal_id,deal,status,amount\n1,x,won,abc\n2,y,won,def\n", ColumnUnreadable),
        ("deal_id,deal,status,amount\n,x,won,1\n,x,won,1\n", KeysMissing),
    ],
)
def test_what_cannot_be_loaded_is_refused_with_a_reason(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        planned(text)


def test_wishes_that_name_nothing_are_refused_with_a_suggestion() -> None:
    text = "deal_id,deal,status,amount\n1,x,won,5\n"
    for error, options, suggestion in (
        (UnknownTable, {"table": "deasl"}, "deals"),
        (UnknownProfile, {"profile": "mavn"}, "maven"),
        (UnknownField, {"columns": {"deal": "amuont"}}, "amount"),
        (UnknownColumn, {"columns": {"staus": "status"}}, "status"),
    ):
        with pytest.raises(error) as caught:
            planned(text, **options)  # type: ignore[arg-type]
        assert suggestion in caught.value.text("en")
        assert suggestion in caught.value.text("zh-CN")
    with pytest.raises(ColumnsMissing):
        planned(text, table="targets")
    with pytest.raises(MapInvalid):
        ingest.read_maps(["no sign"])
    assert ingest.read_maps(["a=b=amount"]) == {"a=b": "amount"}


# ----------------------------------------------------------------------------------------------------- column proof


def test_per_cent_and_shares() -> None:
    text = "deal_id,deal,status,amount,probability\n1,x,open,5,{}\n2,y,open,6,{}\n"
    assert rows(planned(text.format("80", "5")))["probability"].to_list() == [0.8, 0.05]
    assert rows(planned(text.format("0.8", "1")))["probability"].to_list() == [0.8, 1.0]
    assert rows(planned(text.format("80%", "5%")))["probability"].to_list() == [0.8, 0.05]


def test_what_means_nothing_is_no_name_and_no_amount() -> None:
    text = "deal_id,deal,status,amount,rep,source,created_on\n"
    text += "1,x,won,5,Ann,Select,2026-01-05\n2,y,won,Sin_Factura,N/A,Web,0000-00-00\n3,z,won,7,Bob,Web,2026-01-06\n"
    plan = planned(text)
    assert rows(plan)["rep"].to_list() == ["Ann", None, "Bob"]
    assert rows(plan)["source"].to_list() == [None, "Web", "Web"]
    assert rows(plan)["amount"].to_list() == [Decimal(5), None, Decimal(7)]
    assert codes(plan).count("placeholders") == 4, "of names, amounts and days alike"


def test_ids_that_went_through_a_spreadsheet() -> None:
    plan = planned("deal_id,deal,status,customer_id\n17850.0,x,won,13047.0\n17851.0,y,won,\n")
    assert rows(plan)["customer_id"].to_list() == ["13047", None]


# ------------------------------------------------------------------------------------------------------------ rules


def test_every_refused_row_keeps_line_reason_and_money() -> None:
    text = (
        "deal_id,deal,status,amount,closed_on\n"
        "1,a,won,10,2026-01-05\n"
        "2,b,won,ten,2026-01-05\n"  # line 3: amount unreadable
        ",c,won,30,2026-01-05\n"  # line 4: no key
        "4,d,won,40,35.13.2026\n"  # line 5: no such day
        "5,e,won,50,2026-01-05\n"  # line 6: another row of this key with other content follows
        "5,e,won,51,2026-01-05\n"
        "6,f,lost,0,2026-01-05\n"  # line 8: the very same row follows
        "6,f,lost,0,2026-01-05\n"
        "7,g,won,70,2026-01-05,surplus\n"  # line 10
        "Total,,,251,\n"
    )
    plan = planned(text, table="deals")
    assert refused(plan) == [
        (3, ["unreadable:amount:ten"], None, False),
        (4, ["key_missing"], Decimal(30), False),
        (5, ["unreadable:closed_on:35.13.2026"], Decimal(40), False),
        (6, ["key_repeated"], Decimal(50), False),
        (8, ["row_repeated"], Decimal(0), True),
        (10, ["cells_too_many"], None, False),
        (11, ["total"], None, True),
    ]
    assert rows(plan)["deal_id"].to_list() == ["1", "5", "6"]
    assert (plan.read, plan.refused, plan.set_aside) == (8, 5, 2)
    assert plan.checked is not None
    assert plan.checked.refused["text"].to_list()[0] == "2,b,won,ten,2026-01-05"


def test_reasons_are_said_in_both_languages() -> None:
    assert ingest.reason_text("unreadable:amount:ten", "en") == '"ten" in "amount" cannot be read'
    assert ingest.reason_text("unreadable:金额:十块", "zh-CN") == "“金额”中的“十块”无法读取"


@pytest.mark.parametrize(
    ("word", "likely"),
    [
        ("老板赢得", "won"), ("客户丢失了", "lost"), ("Lost to X", "lost"), ("Signed!", "won"), ("即将成交中", "open"),
        ("尚未成交", "open"), ("Not signed", "open"),
    ],
)  # fmt: skip
def test_the_example_of_an_answer_goes_by_the_word_of_the_stage(word: str, likely: str) -> None:
    text = f"Deal Name,Stage,Amount,Account Name,Created Date\nx,{word},5,A,2026-01-05\ny,Won,7,B,2026-01-05\n"
    (question,) = planned(text).questions
    assert f'--stage "{word}={likely}"' in question.text("en")


def test_stages_that_nobody_knows_are_a_question_with_their_rows_and_money() -> None:
    text = "Deal Name,Stage,Amount,Account Name,Created Date\nx,Somewhere,5,A,2026-01-05\ny,Won,7,B,2026-01-05\n"
    (question,) = planned(text).questions
    assert (question.code, question.flag, question.choices) == ("ask_stage", "--stage", ("open", "won", "lost"))
    assert question.samples == {"Somewhere": ["1", "5.00"]}
    assert "“Somewhere” × 1 = 5.00" in question.text("en")
    assert '--stage "Somewhere=open"' in question.text("zh-CN")
    assert rows(planned(text, stages={"somewhere": "lost"}))["status"].to_list() == ["lost", "won"]
    assert rows(planned(text, stages={"*": "open"}))["status"].to_list() == ["open", "won"]
    assert rows(planned(text, stages={"*": "open"}))["stage"].to_list() == ["Somewhere", "Won"]


def test_blank_stages_are_a_question_where_they_are_the_rule() -> None:
    text = "Deal Name,Stage,Amount,Account Name,Created Date\n"
    text += "x,,5,A,2026-01-05\ny,,7,B,2026-01-05\nz,Won,1,B,2026-01-05\n"
    assert [question.code for question in planned(text).questions] == ["ask_stage"]
    assert rows(planned(text, stages={"": "open"}))["status"].to_list() == ["open", "open", "won"]


def test_a_key_is_chosen_by_being_unique_and_said() -> None:
    text = "Deal Name,Account Name,Created Date,Stage,Amount\nx,A,2026-01-05,Won,5\nx,B,2026-01-05,Won,6\n"
    plan = planned(text)
    assert plan.checked is not None
    assert plan.checked.key == ["deal", "customer", "created_on"]
    assert "key_chosen" in codes(plan)


def test_lines_of_an_order_are_numbered_where_the_export_does_not() -> None:
    text = "order_id,ordered_on,product,amount\nA,2026-01-05,x,1\nA,2026-01-05,x,1\nB,2026-01-05,y,2\n"
    assert rows(planned(text))["line_no"].to_list() == [1, 2, 1]


# ------------------------------------------------------------------------------------------------------- as-of day


@pytest.mark.parametrize(
    ("name", "title", "told", "expected"),
    [
        ("deals.csv", "", None, (date(2026, 2, 1), "dates")),
        ("deals.csv", "Report date: 2026-03-04\n\n", None, (date(2026, 3, 4), "report")),
        ("deals_2026-04-05.csv", "Report date: 2026-03-04\n\n", None, (date(2026, 4, 5), "file name")),
        ("商机20260406.csv", "", None, (date(2026, 4, 6), "file name")),
        ("deals_2026-04-05.csv", "", date(2026, 5, 6), (date(2026, 5, 6), "flag")),
        ("deals_20261399.csv", "", None, (date(2026, 2, 1), "dates")),
    ],
)
def test_the_day_a_file_speaks_of(name: str, title: str, told: date | None, expected: tuple[date, str]) -> None:
    # The expected closing date lies ahead and is no fact; nor is a creation date after today.
    text = title + "deal_id,deal,status,amount,created_on,expected_close_on\n"
    text += "1,x,open,5,2026-02-01,2026-09-01\n2,y,open,5,2027-02-01,2026-09-01\n"
    plan = planned(text, name, as_of=told)
    assert (plan.as_of, plan.as_of_from) == expected


def test_lists_of_people_hold_always() -> None:
    plan = planned("rep,team,manager\nAnn,East,Bob\n")
    assert (plan.as_of, plan.as_of_from) == (None, "none")


# --------------------------------------------------------------------------------------------------------- workbook


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"})
    for name, lines in sheets:
        sheet = book.add_worksheet(name)
        for number, line in enumerate(lines):
            for column, cell in enumerate(line):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, column, cell)
                else:
                    sheet.write(number, column, cell)
    book.close()
    return out.getvalue()


DEALS: list[list[object]] = [
    ["Export of deals"],
    [],
    ["deal_id", "deal", "status", "amount", "closed_on"],
    [1, "x", "won", 12.5, datetime(2026, 1, 5)],
    ["Total", "", "", 12.5, ""],
]


def test_the_first_sheet_with_a_list_is_read() -> None:
    plan = planned(workbook(("Notes", [["hello"]]), ("Deals", DEALS)), "a.xlsx")
    assert rows(plan).select("deal_id", "amount", "closed_on", "line").rows() == [
        ("1", Decimal("12.5"), date(2026, 1, 5), 4)
    ]
    assert (plan.set_aside, plan.encoding) == (3, "sheet Deals")


def test_a_sheet_can_be_named() -> None:
    content = workbook(("2025", [DEALS[2], [9, "old", "won", 1, ""]]), ("2026", DEALS))
    assert rows(planned(content, "a.xlsx", sheet="2026"))["deal_id"].to_list() == ["1"]
    with pytest.raises(SheetUnknown):
        planned(content, "a.xlsx", sheet="2027")


# ------------------------------------------------------------------------------------------ what a fresh eye found

WITH_ID = "Deal ID,Deal Name,Amount,Status,Created Date,Owner\n"


def test_a_file_most_of_whose_rows_would_be_refused_is_taken_for_another_kind_of_list() -> None:
    lost = "".join(f",Deal {number},5,won,2026-01-05,Ann\n" for number in range(3))
    kept = "".join(f"D{number},Deal,5,won,2026-01-05,Ann\n" for number in range(2))
    with pytest.raises(MostRefused) as caught:
        planned(WITH_ID + lost + kept)
    assert "3 of 5 rows" in caught.value.text("en")
    assert "缺少标识" in caught.value.text("zh-CN")
    insisted = planned(WITH_ID + lost + kept, table="deals")
    assert (insisted.read, insisted.refused) == (5, 3), "whoever names the table knows what it is"
    half = planned(WITH_ID + lost + kept + "D2,Deal,5,won,2026-01-05,Ann\n")
    assert (half.read, half.refused) == (6, 3), "half is not more than half"


def test_an_id_stays_the_key_although_a_row_repeats_it() -> None:
    lines = "".join(f"D{number},Deal {number},{number},won,2026-01-05,Ann\n" for number in range(20))
    plan = planned(WITH_ID + lines + "D3,Deal 3 again,999,won,2026-01-06,Ann\n")
    assert plan.checked is not None
    assert plan.checked.key == ["deal_id"]
    assert refused(plan) == [(5, ["key_repeated"], Decimal("3.0000"), False)]
    assert rows(plan).filter(pl.col("key") == "D3")["amount"].to_list() == [Decimal("999.0000")], "the last one holds"


def test_a_quotation_mark_that_is_never_closed_swallows_nothing() -> None:
    lines = [f"D{number},Deal {number},{number},won,2026-01-05,Ann\n" for number in range(6)]
    lines[1] = 'D1,"Deal\none",1,won,2026-01-05,Ann\n'
    lines[3] = 'D3,"Deal 3,3,won,2026-01-05,Ann\n'
    lines[5] = "D5,Deal 5,abc,won,2026-01-05,Ann\n"
    plan = planned(WITH_ID + "".join(lines))
    assert rows(plan)["deal"].to_list() == ["Deal 0", "Deal\none", "Deal 2", '"Deal 3', "Deal 4"]
    assert [line for line, *_ in refused(plan)] == [8]
