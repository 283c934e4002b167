"""The total of a group is proven by its numbers; what is only called like one is a record."""

from __future__ import annotations

import pytest

from data.ingest import Source
from data.ingest.read import read
from data.ingest.recognise import known_headers

APPLE = "产品名称,订单编号,下单日期,数量,金额\n"


ORDERS = "Order ID,Date,Customer,Product,Amount\n1,2026-01-05,A,P,100\n2,2026-01-06,A,Q,200\n"


def set_aside(text: str) -> list[int]:
    (table,) = read(Source("a.csv", text.encode()), known_headers()).tables
    return [aside.line for aside in table.aside if aside.reason == "total"]


@pytest.mark.parametrize(
    "text",
    [
        APPLE + "Pro 15,10011,20260105,1,1000\nPro 15 Max,10012,20260116,1,1300\nFon,10013,20260126,2,5\n",
        "Product;Quantity;Amount;Sold On\nPro;1;10;05.01.2026\nPro Max;1;13;16.01.2026\nCase;2;5;26.01.2026\n",
        "Account,Amount,Paid On\nEnergies,1000,45300\nTotal Energies,1300,45310\nSumo,500,45320\n",
        "Customer;Amount;Issued On\nMarkt;100,50;05.01.2026\nTotal Markt;200,00;06.01.2026\nBo;300,00;07.01.2026\n",
        "Product,SKU,Price,Cost\nPro,100012,1000,700\nPro Max,100013,1300,900\nMac,100014,1400,950\n",
        "产品,目标\niPhone 15 Pro,1000\niPhone 15 Pro Max,1300\n",
        "客户名称,年营业额,员工数\n中科,100,5\n中科汇总,150,6\n华为,200,9\n",
        "Sales Rep,Year,Quarter,Target\nMax,2026,1,1000\nAnn,2026,1,1300\nAnn Max,2026,1,1400\n",
        "Account,Annual Revenue,Employees\nDirect,100,5\nDirect Total,150,6\nSum,200,9\nTotal Direct,3,4\n",
        "Product,Price\nPro,10\nPro Max,10\nMac,14\n",
        "Customer,City,Amount,Paid On\nA,x,10,13.01.2026\nB,y,20,14.01.2026\nC,z,30,14.01.2026\n,,60,15.01.2026\n",
    ],
)
def test_what_is_only_called_like_a_total_is_a_record(text: str) -> None:
    assert set_aside(text) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("产品,销售\n甲,10\n甲,20\n甲 汇总,30\n乙,5\n乙 汇总,5\n丙,0\n丙 汇总,0\n", [4, 6, 8]),
        ("Product,Sales\nA,10\nA Total,10\nB,5\nB Total,5\n", [3, 5]),
        ("Product,Sales\nA,10\nA,20\nA Max,20\nB,7\nB,9\nB Max,9\n", [4, 7]),
        ("Product,Sales\nA,10\nA,15\nA Average,12.5\nA Min,10\n", [4, 5]),
        (
            "區域,業務員,金額\n華東,張三,1\n華東,張三,2\n,張三 小計,3\n華東,李四,4\n,李四 小計,4\n華東 匯總,,7\n",
            [4, 6, 7],
        ),
        ("Owner,Deal ID,Amount\nAnn,D1,1.24\nAnn,D2,1.24\nAnn Total,,2.5\nAnn Count,2,\n", [4, 5]),
        ("Owner,Deal,Amount\nAnn,,\n,x,1\n,y,2\nTotal for Ann,,3\n", [5]),
    ],
)
def test_totals_that_hold_the_numbers_of_their_group_are_set_aside(text: str, lines: list[int]) -> None:
    assert set_aside(text) == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (ORDERS + "Subtotal A,,,,300\n3,2026-01-07,B,P,50\nSubtotal B,,,,50\nGrand Total,,,,350\n", [4, 6, 7]),
        (ORDERS + "一月小计,,,,300\n3,2026-02-07,丙,P,50\n4,2026-02-07,丙,P,60\n二月小计,,,,110\n", [4, 7]),
        ("Order ID,Date,Customer,Amount\n1,2026-01-05,A,100\nTotal Energies,,,90\n3,2026-01-07,B,50\n", []),
        ("Order ID,Date,Customer,Amount\n1,2026-01-05,A,100\nTotal Energies,2026-01-06,,100\n3,2026-01-07,B,5\n", []),
    ],
)  # fmt: skip
def test_a_total_of_the_rows_above_it_is_one_whatever_its_group_is_called(text: str, lines: list[int]) -> None:
    """It stands in the column of the orders' numbers, its group in another one: it counted as an order."""
    assert sorted(set_aside(text)) == lines
