"""Texts of the record on cards: they stay words, whatever a client makes of markup."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.hooks.markdown import escaped, label, paragraphs, plain, section, untagged

LIVE_TAG = re.compile(r"<(?=[A-Za-z/!?])")
LIVE_LINK = re.compile(r"(?i)javascript:|\bdata:|vbscript:|https?://|\bwww\.|(?<!\\)\]\(|(?<!\\)`")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script>alert(1)&lt;/script>"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)>"),
        ("<!-- hidden", "&lt;!-- hidden"),
        ("Ki-67 <2 %", "Ki-67 <2 %"),
        ("a < b", "a < b"),
    ],
)
def test_a_tag_becomes_words_and_a_comparison_stays_one(sent: str, shown: str) -> None:
    assert escaped(sent) == shown


@pytest.mark.parametrize(
    "sent",
    [
        "[press](javascript:alert(1))",
        "JAVASCRIPT :alert(1)",
        "data:text/html;base64,AAAA",
        "see https://evil.example/x",
        "see ftp://evil.example/x",
        "WWW.evil.example",
        "mailto:(someone)",
        "`code`",
        "![image](https://evil.example/p.png)",
        "http:http:////evil.example",
        "_https://evil.example",
        "2https://evil.example",
        "wwwww.www.w.evil.example",
        "javajavascript:script:alert(1)",
        "java javascript:script :alert(1)",
    ],
)
def test_no_link_and_no_code_of_the_record_survives(sent: str) -> None:
    assert not LIVE_LINK.search(escaped(sent))


@pytest.mark.parametrize("words", ["Ki-67:5 %(hot spot)", "Clinical data: flushing", "metadata:none"])
def test_a_colon_in_a_finding_is_no_link(words: str) -> None:
    assert escaped(words) == words


def test_an_address_of_mail_is_no_autolink() -> None:
    assert escaped("name@example.org") == "name at example.org"


def test_a_table_an_emphasis_and_a_heading_of_the_record_stay_words() -> None:
    assert escaped("# a | b | *c* _d_ ~e~ \\") == r"\# a \| b \| \*c\* \_d\_ \~e\~ " + "\\\\"


def test_line_breaks_of_the_record_cannot_begin_a_list_or_a_heading() -> None:
    assert escaped("one\n- two\r\n\t3. three\u2028four") == "one - two 3. three four"


def test_a_long_text_is_cut_and_says_so() -> None:
    assert plain("a" * 200) == "a" * 200
    assert plain("a" * 201) == "a" * 199 + "…"


def test_a_label_has_no_angle_brackets_and_keeps_its_length() -> None:
    assert label("<b>NSE</b>", 40) == "bNSE/b"
    assert label("12345", 5) == "12345"
    assert label("1234 678", 6) == "1234…"


def test_a_text_outside_markdown_has_no_tag_and_no_backslashes() -> None:
    assert untagged("<b>p_53</b>") == "b>p_53/b>"


@given(st.text())
def test_no_text_of_the_record_becomes_a_tag_or_a_second_line(words: str) -> None:
    for shown in (escaped(words), untagged(words), label(words, 40)):
        assert not LIVE_TAG.search(shown)
        assert not re.search(r"(?i)https?://|javascript:", shown)
        assert len(shown.splitlines()) <= 1


def test_a_section_without_lines_is_left_out() -> None:
    assert section("Based on", []) == ""
    assert section("Based on", ["a", "b"]) == "**Based on**\n\n- a\n- b"


def test_paragraphs_leave_out_what_is_empty() -> None:
    assert paragraphs("a", "", "b") == "a\n\nb"
