"""Where a report goes, and where it cannot."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from data.review.errors import ReportFolderMissing, ReportFormatUnknown, ReportUnwritable
from data.review.files import FORMATS, content, name, write
from tests.data.review.made import report


@pytest.mark.parametrize("ending", FORMATS)
def test_a_file_is_written_whole(ending: str, tmp_path: Path) -> None:
    place = tmp_path / f"Bericht 周报{ending}"
    place.write_text("of last week")
    assert write(report(), place) == place.stat().st_size
    assert place.read_bytes() == content(report(), ending)
    assert [one.name for one in tmp_path.iterdir()] == [place.name], "nothing else is left"


def test_an_ending_in_capitals_is_one_too(tmp_path: Path) -> None:
    assert write(report(), tmp_path / "A.MD")


@pytest.mark.parametrize("bad", ["report.pdf", "report", ".pptx.txt"])
def test_an_unknown_ending_is_refused(bad: str, tmp_path: Path) -> None:
    with pytest.raises(ReportFormatUnknown, match=r"\.pptx, \.xlsx, \.html, \.md"):
        write(report(), tmp_path / bad)
    assert not list(tmp_path.iterdir())


def test_a_place_where_nothing_can_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportFolderMissing):
        write(report(), tmp_path / "none" / "a.md")
    (tmp_path / "a.md").mkdir()
    with pytest.raises(ReportUnwritable):
        write(report(), tmp_path / "a.md")
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportFolderMissing):
        write(report(), tmp_path / "file" / "a.md")


def test_names_say_the_day_and_the_team() -> None:
    assert name(report("en"), ".pptx") == "Weekly sales review East 2026-06-12.pptx"
    assert name(report("zh-CN"), ".md") == "销售周会 华东一部 2026-06-12.md"
    assert name(replace(report("en"), team='a/b\\c:"<x>\x00|?*'), ".md").startswith("Weekly sales review a_b_c__")
    assert len(name(replace(report("en"), team="x" * 9000), ".md")) < 130


def test_what_writes_slides_is_loaded_when_they_are_wanted() -> None:
    """It takes a third of a second, and most who start the app or a command want none."""
    told = "import sys, data.report_command, data.review.files, ui.review.take; print('pptx' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout.strip().endswith("False")
