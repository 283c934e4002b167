"""A report made by hand: every kind of number, picture and list, and names that would like to be more than names."""

from __future__ import annotations

from datetime import date

from data.review.chapter import Chapter, Head, Listing, Picture, Series, Subject, Value
from data.review.taken import Report
from metrics.view import View

EVIL = "<script>alert('x')</script> & \"=1+1\" \x0b\x00 😀 [a](http://evil.example) ![b](c) `d` | *e*"
LONG = "华东大客户" + "Incomprehensibilities" * 500
DAY = date(2026, 6, 12)


def report(lang: str = "en", *, hostile: bool = False) -> Report:
    """Three steps in one language."""
    chinese = lang == "zh-CN"
    view = View(as_of=DAY, preset="this_quarter", compare="previous")
    made = (_results(chinese), _changes(chinese), _deals(chinese), *([_hostile()] if hostile else ()))
    return Report(
        kind="weekly", view=view, since=date(2026, 6, 5), last_held=True, lang=lang, chapters=made,
        who="王芳" if chinese else "Ann Smith", team="华东一部" if chinese else "East",
        currency="CNY" if chinese else "USD", noted={"results": "Ask for the plan.\n- not a list"},
    )  # fmt: skip


def _results(chinese: bool) -> Chapter:
    values = (
        Value(
            "赢单金额" if chinese else "Won amount", 12_345_678.5, "money", "won_amount", before=11_000_000.25,
            before_label="上次例会" if chinese else "Last review", better="higher",
        ),
        Value("赢单率" if chinese else "Win rate", 0.3456789, "share", "win_rate", before=0.41,
              before_label="上季度" if chinese else "Last quarter"),
        Value("达成率" if chinese else "Attainment", 0.82, "share", meaning="实际除以目标。" if chinese else
              "Actual divided by target."),
        Value("平均周期" if chinese else "Cycle", None, "days", why="没有已关闭的商机。" if chinese else
              "No deal was closed."),
    )  # fmt: skip
    months = tuple(f"{month}月" if chinese else name for month, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun"), start=1))  # fmt: skip
    picture = Picture(
        "course", "各月赢单与目标" if chinese else "Won by month against target",
        "按关闭日期统计，目标按工作日分摊。" if chinese else "By closing date; targets are spread over working days.",
        "columns", months,
        (
            Series("赢单金额" if chinese else "Won", (1.8e6, 2.1e6, 1.2e6, 2.6e6, 2.9e6, 1.7e6)),
            Series("目标" if chinese else "Target", (2e6, 2e6, 2e6, 2.4e6, 2.4e6, None), "target"),
        ),
        "money",
    )  # fmt: skip
    return Chapter(
        "results", "业绩与目标" if chinese else "Results against target",
        "本季度赢单 1,234.57 万元，完成目标的 82.0%，略落后于按工作日计算的进度。" if chinese else
        "Won 12.35M this quarter: 82% of the target, a little behind the pace by working days.",
        False,
        (
            "每个工作日还需 45.2 万元才能达成。" if chinese else "Each working day left must bring 452K to reach it.",
            "华东一部贡献了超出部分的三分之二。" if chinese else "East brought two thirds of what is ahead.",
        ),
        values, (picture,), (),
        ("目标为 2026 年 4 月版本。" if chinese else "Targets are those of version 2 of April 2026.",),
    )  # fmt: skip


def _changes(chinese: bool) -> Chapter:
    words = (
        ("6月5日在途", "新增", "金额上调", "金额下调", "赢单", "输单", "延后", "6月12日在途") if chinese else
        ("Open on 5 June", "Created", "Amount raised", "Amount lowered", "Won", "Lost", "Pushed out", "Open on 12 June")
    )  # fmt: skip
    bridge = Picture(
        "bridge", "在途金额变动桥" if chinese else "Bridge of the open amount",
        "每项变化的合计等于两日差额。" if chinese else "The changes add up to the difference between the two days.",
        "waterfall", words,
        (Series("金额" if chinese else "Amount", (8.2e6, 1.4e6, 0.3e6, -0.2e6, -1.7e6, -0.9e6, -0.02e6, 7.08e6)),),
        "money", colours=("plain", "good", "good", "bad", "good", "bad", "bad", "plain"),
    )  # fmt: skip
    crossing = Picture(
        "crossing", "净变化（跨零）" if chinese else "Net change, across zero", "",
        "waterfall", ("A", "B", "C", "D", "E"), (Series("x", (300.0, -500.0, -250.0, 900.0, 450.0)),), "count",
    )  # fmt: skip
    line = Picture(
        "line", "在途金额走势" if chinese else "Open amount over time",
        "每周末。" if chinese else "At each week's end.", "line", tuple(f"W{week}" for week in range(1, 27)),
        (
            Series("今年" if chinese else "This year", tuple(
                None if week in (7, 8) else 6e6 + 1e5 * week * (1 if week % 3 else -1) for week in range(26))),
            Series("去年" if chinese else "Last year", tuple(5e6 + 8e4 * week for week in range(26)), "before"),
            Series("下限" if chinese else "Low", tuple(4.5e6 + 8e4 * week for week in range(26)), "low"),
            Series("上限" if chinese else "High", tuple(7.5e6 + 8e4 * week for week in range(26)), "high"),
        ), "money",
    )  # fmt: skip
    return Chapter(
        "changes", "上次以来的变化" if chinese else "What changed since last time",
        "在途金额一周内减少 112 万元，主要因为赢单。" if chinese else
        "The open amount fell by 1.12M within the week, most of it because deals were won.",
        None, ("6月9日没有上传。" if chinese else "Nothing was uploaded on 9 June.",), (), (bridge, crossing, line), (),
    )  # fmt: skip


def _deals(chinese: bool) -> Chapter:
    heads = (
        Head("deal", "商机" if chinese else "Deal"), Head("customer", "客户" if chinese else "Customer"),
        Head("rep", "销售人员" if chinese else "Rep"), Head("amount", "金额" if chinese else "Amount", "money"),
        Head("close", "预计关闭" if chinese else "Expected to close", "day"),
        Head("chance", "赢率" if chinese else "Odds", "share"), Head("why", "原因" if chinese else "Why"),
    )  # fmt: skip
    rows = tuple(
        (
            f"{'设备更新项目' if chinese else 'Equipment renewal'} {at}",
            "江苏某某精密机械制造有限公司" if chinese else "Precision Machines of the East Ltd",
            "李雷" if chinese else "Lee Ray", 123_456.78 * at, date(2026, 6, 20), 0.31,
            "在当前阶段停留 44 天，超过 21 天上限；无下一步" if chinese else
            "44 days in its stage, over the limit of 21; no next step is planned; nobody touched it for 3 weeks",
        )
        for at in range(1, 41)
    )  # fmt: skip
    bars = Picture(
        "reasons", "各原因涉及的金额" if chinese else "Amount at stake by reason", "一单可有多个原因。" if chinese else
        "A deal can have several reasons.", "bars",
        ("停留过久", "无下一步", "关闭日期已过", "客户沉默") if chinese else
        ("Too long in its stage", "No next step", "Close date past", "The customer is silent"),
        (
            Series("金额" if chinese else "Amount", (2.4e6, 1.9e6, 0.8e6, 0.0)),
            Series("下限" if chinese else "low", (2.0e6, 1.1e6, 0.5e6, 0.0), "low"),
            Series("上限" if chinese else "high", (3.0e6, 2.3e6, 1.2e6, 0.1e6), "high"),
        ), "money", colours=("bad", "bad", "plain", "good"),
    )  # fmt: skip
    return Chapter(
        "deals", "需要讨论的商机" if chinese else "Deals to talk about",
        "有 43 单在途商机影响本期，且有风险信号。" if chinese else
        "43 open deals on which this period hangs show a reason to worry.",
        True, (), (), (bars,),
        (
            Listing("deals", "需要讨论的商机" if chinese else "Deals to talk about",
                    "按涉及金额排序。" if chinese else "By amount at stake.", heads, rows,
                    tuple(Subject("deal", str(at)) for at in range(40)), more=3),
            Listing("none", "其他" if chinese else "Others", "", heads, ()),
        ),
    )  # fmt: skip


def _hostile() -> Chapter:
    values = tuple(Value(f"{EVIL} {at}", float("1e15") if at else 0.0, "money", meaning=LONG) for at in range(9))
    labels = (EVIL, LONG, "")
    pictures = tuple(
        Picture(kind, EVIL, LONG, kind, labels, (Series(EVIL, (1.0, None, -3.5)),), "number")
        for kind in ("bars", "columns", "line", "waterfall")
    )
    empty = Picture("empty", "empty", "", "bars", (), (), "count")
    nothing = Picture("nothing", "nothing", "", "line", ("a",), (Series("s", (None,)),), "count")
    heads = (Head("a", EVIL), Head("b", LONG, "money"), Head("c", "day", "day"))
    rows = ((EVIL, None, None), (LONG, float("nan"), DAY), ("=cmd()", 2**60, None), ("", -0.5, DAY))
    listing = Listing("evil", LONG, EVIL, heads, rows)
    return Chapter("people", EVIL, LONG, None, (EVIL, LONG), values, (*pictures, empty, nothing), (listing,), (EVIL,))
