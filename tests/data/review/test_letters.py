"""Texts are cut, broken and sized before they are drawn."""

from __future__ import annotations

from data.review.letters import clean, cut, ems, lines, one_line, sized


def test_what_no_file_can_hold_is_gone() -> None:
    assert clean("a\x00\x0b\ud800\ufffeb\nc\u202e") == "a b c"
    assert clean("x" * 9000).endswith("…")
    assert clean(None) == "None"
    assert cut("abc", 3) == "abc"


def test_lines_have_room_and_say_where_they_were_cut() -> None:
    broken = lines("The quick brown fox 华东地区销售团队今年 jumps over " + "x" * 80, 8)
    assert all(ems(line) <= 8 for line in broken)
    assert "".join("".join(broken).split()) == "Thequickbrownfox华东地区销售团队今年jumpsover" + "x" * 80
    assert lines("one two three four", 4, 2)[-1].endswith("…")
    assert lines("", 4) == [""]
    assert ems(one_line("x" * 10_000, 10)) <= 10


def test_the_largest_size_that_has_room() -> None:
    assert sized("ab", 100, 30, (24, 20))[0] == 24
    assert sized("ab " * 30, 200, 60, (24, 20, 12))[0] == 12
    size, text = sized("ab " * 3000, 200, 60, (24, 20, 12))
    assert size == 12
    assert len(text.split("\n")) == 4
