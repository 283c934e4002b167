"""Minutes: read as Markdown, they say what the step says, and names are no markup."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from data.review.minutes import _table, minutes, plain
from tests.data.review.made import EVIL, LONG, report
from tests.data.review.read_back import rows

READ = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def test_minutes_say_who_when_and_what() -> None:
    text = minutes(report("en"))
    assert "# Weekly sales review · East" in text
    for line in ("- Data as of: 12 Jun 2026", "- Changes since: 5 Jun 2026, the last review", "- Made for: Ann Smith"):
        assert line in text
    assert "**! Needs attention: Won 12.35M this quarter" in text
    assert ["Won amount", "$12,345,678.50"] in [row[:2] for row in rows(text)]
    assert "### Noted in the meeting\n\n- Ask for the plan.\n- \\- not a list" in text
    assert text.count("Equipment renewal") == 40
    assert "3 more" in text


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_whatever_a_name_holds_is_text(lang: str) -> None:
    tokens = READ.parse(minutes(report(lang, hostile=True)))
    kinds = {child.type for token in tokens for child in [token, *(token.children or [])]}
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "code_inline", "em_open", "fence", "hr"}
    tables = [token for token in tokens if token.type == "table_open"]
    assert len(tables) == len([t for t in READ.parse(minutes(report(lang))) if t.type == "table_open"]) + 1 + 6 + 1


@pytest.mark.parametrize(
    "text",
    [EVIL, "1. one", "12) two", "+ plus", "- minus", "# head", "=====", "---", "> quote", "a | b", "~~x~~", "__b__",
     "[a]: http://b", "<https://x.example>", "&copy;", "`x`", "\\*", "***", ": term", "$x$"],
)  # fmt: skip
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    tokens = READ.parse(plain(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    from data.review.letters import clean

    assert "".join(child.content for child in tokens[1].children or []) == clean(text)


def test_numbers_in_tables_stand_as_they_are() -> None:
    """Nothing begins a list there: no backslash is needed before a minus or behind the figures of a number."""
    told = _table(["a", "b"], [["197.94K", "-7.5"], ["a|b", "= c"]], ())
    assert told.splitlines()[2:] == ["| 197.94K | -7.5 |", "| a\\|b | = c |"]


def test_addresses_are_no_links() -> None:
    told = plain("http://evil.example www.evil.example a@evil.example")
    assert "http://" not in told
    assert "www.evil" not in told
    assert "a@" not in told
    assert len(plain(LONG)) < 5000
