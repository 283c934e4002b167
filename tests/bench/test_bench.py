"""The measuring itself: verdicts, tables, turns, and a run of the command."""

from __future__ import annotations

import importlib
import platform
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench import __main__ as command
from bench import report
from bench.alarms import most_by_chance
from bench.report import _page
from bench.results import HEADER, Measured, markdown, plain
from bench.stores import Scale
from bench.timing import in_turns, median
from tests.rules.repository import ROOT


@pytest.mark.parametrize(
    ("value", "budget", "ratio", "most", "verdict"),
    [
        (1.0, 2.0, None, None, "held"),
        (3.0, 2.0, None, None, "MISSED"),
        (1.0, None, 3.9, 4.0, "held"),
        (1.0, None, 4.1, 4.0, "MISSED"),
        (1.0, 2.0, 5.0, 4.0, "MISSED"),
        (1.0, None, 5.0, None, ""),
    ],
)
def test_a_limit_that_is_passed_is_missed(
    value: float, budget: float | None, ratio: float | None, most: float | None, verdict: str
) -> None:
    assert Measured("s", "w", value, "s", budget=budget, beside="x", ratio=ratio, most=most).verdict == verdict


def test_what_may_be_worse_where_it_says_so_is_held_and_the_table_says_why() -> None:
    row = Measured("predict", "w", 1.0, "%", beside="the simplest", ratio=1.04, most=1.0, unless="it says so")
    assert (row.verdict, row.cells()[-1]) == ("held", "held: it says so")
    assert Measured("predict", "w", 3.0, "%", budget=2.0, ratio=1.04, most=1.0, unless="it says so").verdict == "MISSED"


def test_a_rule_may_speak_as_often_as_chance_lets_one_that_keeps_its_rate() -> None:
    # P(X <= 4) = 0.952 and P(X <= 3) = 0.862 of 40 at 5 %; of 0 there is nothing to name, at 0 % nothing may be named.
    assert [most_by_chance(of, rate) for of, rate in ((40, 0.05), (0, 0.05), (40, 0.0), (1_000_000, 0.0))] == [
        4,
        0,
        0,
        0,
    ]
    # A normal approximation: 10,000 at 2 % is 200 with a deviation of 14.
    assert most_by_chance(10_000, 0.02) == pytest.approx(200 + 1.645 * 14, abs=1)


def test_tables_have_one_line_per_measurement() -> None:
    rows = [Measured("ask", "赢单金额", 12.345, "ms", budget=1000), Measured("fold", "a|b", 1234.5, "MB")]
    assert len(markdown(rows).splitlines()) == 4
    assert all(line.count("|") - line.count("\\|") == len(HEADER) + 1 for line in markdown(rows).splitlines())
    assert "12.3 ms" in plain(rows)
    assert "1,234 MB" in plain(rows)


def test_medians_do_not_count_the_preparation() -> None:
    assert median(lambda: None, 3, before=lambda: time.sleep(0.02)) < 0.01


def test_two_works_run_in_turns() -> None:
    order: list[str] = []
    in_turns(lambda: order.append("ours"), lambda: order.append("theirs"), 3)
    assert order == ["ours", "theirs"] * 4


def test_the_page_tells_no_host_and_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "node", lambda: "somebodys-host")
    monkeypatch.setattr(socket, "gethostname", platform.node)
    page = _page([Measured("ask", "x", 1.0, "ms")], Scale(is_quick=False), {"browser": "Error: none"})
    assert "somebodys-host" not in page
    assert str(ROOT) not in page
    assert "could not be measured" in page


def test_every_subject_can_be_imported() -> None:
    for name in command.SUBJECTS.values():
        assert callable(importlib.import_module(name).measure)


def test_an_unknown_subject_is_refused() -> None:
    with pytest.raises(SystemExit):
        command.main(["--only", "weather"])


@pytest.mark.slow
def test_the_command_measures_and_leaves_the_page_alone() -> None:
    before = (ROOT / "bench" / "README.md").read_bytes() if (ROOT / "bench" / "README.md").exists() else b""
    quick = [sys.executable, "-m", "bench", "--quick", "--only", "compile"]
    run = subprocess.run(quick, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    assert "compile + bind: one number" in run.stdout
    assert "verdict" in run.stdout
    after = (ROOT / "bench" / "README.md").read_bytes() if (ROOT / "bench" / "README.md").exists() else b""
    assert before == after


def test_some_subjects_are_measured_anew_in_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = tmp_path / "README.md"
    monkeypatch.setattr(report, "README", readme)
    first = [
        Measured("ask", "a", 3.0, "ms", budget=2.0),
        Measured("fold", "f", 1.0, "s"),
        Measured("pages", "p", 1, "s", 2),
    ]
    report.write(first, Scale(is_quick=False), {})
    was = readme.read_text("utf-8")
    assert "1 of 2 limits held" in was
    report.update([Measured("ask", "b", 1.0, "ms", budget=2.0), Measured("alarms", "c", 1.0, "%", budget=5.0)])
    now = readme.read_text("utf-8")
    assert "3 of 3 limits held" in now
    assert "| ask | a |" not in now
    assert [line.split(" | ")[:2] for line in now.splitlines() if line.startswith("| ") and "---" not in line] == [
        ["| subject", "what"], ["| fold", "f"], ["| pages", "p"], ["| ask", "b"], ["| alarms", "c"],
    ]  # fmt: skip
    assert was.split("| subject")[0].replace("1 of 2", "") == now.split("| subject")[0].replace("3 of 3", "")
    assert now[-60:] == was[-60:]
