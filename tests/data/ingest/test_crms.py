"""Every CRM's export, a few rows made by hand: which profile and table it is, what is kept and what is refused.

`crms/<profile>-<table>-<which>.csv` is the export, the `.json` beside it what must become of it. Write them anew with
`pytest tests/data/ingest/test_crms.py --update` and read the difference.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from data import ingest
from data.ingest import FilePlan, Options, Source
from data.ingest.profile import profiles

FOLDER = Path(__file__).parent / "crms"
EXPORTS = sorted(FOLDER.glob("*.csv"))
TODAY = date(2026, 11, 21)
GENERAL = {"generic", "sales-compass", "maven", "retail"}


def planned(export: Path) -> FilePlan:
    return ingest.plan([Source(export.name, export.read_bytes())], Options(today=TODAY)).files[0]


def told(plan: FilePlan) -> dict[str, object]:
    """What became of a file, as text."""
    assert plan.checked is not None, [question.text("en") for question in plan.questions]
    kept = plan.checked.rows.drop("line")
    return {
        "columns": {
            entry["field"]: f"{entry['column']} ({entry['why']} {entry['confidence']})" for entry in plan.columns
        },
        "key": plan.checked.key,
        "kept": [{name: str(value) for name, value in row.items() if value is not None} for row in kept.to_dicts()],
        "refused": [
            {"line": line, "reasons": reasons, "aside": aside}
            for line, reasons, aside in plan.checked.refused.select("line", "reasons", "is_set_aside").rows()
        ],
        "said": [remark.text("en") for remark in plan.warnings],
    }


def test_every_crm_has_an_export() -> None:
    assert {export.name.split("-")[0] for export in EXPORTS} == set(profiles()) - GENERAL


@pytest.mark.parametrize("export", EXPORTS, ids=lambda path: path.stem)
def test_an_export_is_recognised_and_read(export: Path, pytestconfig: pytest.Config) -> None:
    profile, table, _ = export.stem.split("-")
    plan = planned(export)
    assert (plan.profile, plan.table) == (profile, table), [(m.profile.name, m.section, m.score) for m in plan.scores]
    assert not plan.questions
    golden = export.with_suffix(".json")
    found = told(plan)
    if pytestconfig.getoption("--update"):
        golden.write_text(json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n", "utf-8")
    assert json.loads(golden.read_text("utf-8")) == json.loads(json.dumps(found, default=str))


XERO = "ContactName,InvoiceNumber,InvoiceDate,DueDate,Total,InvoiceAmountPaid,InvoiceAmountDue,Currency,Type,Status\n"


def sums(text: str) -> dict[str, float]:
    """The id of each record that a list makes, of all of its sections -> its amount."""
    made = ingest.plan([Source("a.csv", text.encode())], Options(today=TODAY))
    assert not made.questions
    kept = [(plan.checked.key[0], plan.checked.rows) for plan in made.files if plan.checked is not None]
    return {said: float(amount) for key, rows in kept for said, amount in rows.select(key, "amount").rows()}


@pytest.mark.parametrize("credit", ["60", "-60"])
def test_a_credit_note_to_a_customer_is_subtracted_beside_the_invoice_of_its_number(credit: str) -> None:
    said = [
        *(
            ("INV-1", "120", "Sales invoice"),
            ("INV-1", credit, "Sales credit note"),
            ("B-1", "999", "Bill credit note"),
        ),
        *(("B-2", "777", "ACCPAYCREDIT"), ("INV-2", "40", "ACCREC"), ("C-2", credit, "ACCRECCREDIT")),
    ]
    found = sums(XERO + "".join(f"A,{no},13/02/2026,15/03/2026,{money},0,0,GBP,{of},Paid\n" for no, money, of in said))
    assert found == {"INV-1": 120, "INV-2": 40, "INV-1 Sales credit note": -60, "C-2 ACCRECCREDIT": -60}


@pytest.mark.parametrize("credit", ["30", "-30"])
def test_a_credit_memo_is_subtracted(credit: str) -> None:
    text = "Date,Transaction Type,Num,Customer,Memo/Description,Split,Amount,Open Balance\n"
    text += f"01/15/2026,Invoice,1,A,,Sales,100,100\n01/20/2026,Credit Memo,2,A,,Sales,{credit},0\n"
    assert sums(text) == {"1": 100, "2 Credit Memo": -30}


def test_a_bid_per_month_is_worth_what_its_opportunity_is() -> None:
    text = (
        "OPPORTUNITY_ID,OPPORTUNITY_NAME,OPPORTUNITY_STATE,BID_AMOUNT,BID_TYPE,BID_DURATION,OPPORTUNITY_VALUE,STAGE\n"
    )
    assert sums(text + "1,A,OPEN,100,Per Month,12,1200,Qualify\n") == {"1": 1200}


@pytest.mark.parametrize(
    ("words", "is_said"), [(("Per Month", "Fixed Bid"), True), (("Fixed Bid", "Fixed Bid"), False)]
)
def test_that_bids_are_for_different_spans_is_said(words: tuple[str, str], *, is_said: bool) -> None:
    text = "OPPORTUNITY_ID,OPPORTUNITY_NAME,OPPORTUNITY_STATE,BID_AMOUNT,BID_TYPE,STAGE\n"
    text += "".join(f"{at},A,OPEN,100,{word},Qualify\n" for at, word in enumerate(words))
    (plan,) = ingest.plan([Source("a.csv", text.encode())], Options(today=TODAY)).files
    said = [remark.params["words"] for remark in plan.warnings if remark.code == "amounts_of_spans"]
    assert said == (["Fixed Bid × 1, Per Month × 1"] if is_said else [])


def test_what_an_item_costs_is_no_price_beside_one() -> None:
    text = "Order ID,Order Date,Customer,Product,Quantity,Unit Price,Item Cost,Amount\nO1,2026-01-13,A,P,2,10,3,20\n"
    (plan,) = ingest.plan([Source("a.csv", text.encode())], Options(today=TODAY)).files
    assert plan.checked is not None
    assert plan.checked.rows["unit_price"].to_list() == [10]
