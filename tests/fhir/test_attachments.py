"""Attachments: plain text and HTML in their character sets, and what brings no words."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.fhir.attachments import words_of


def form(words: str, kind: str = "text/plain", charset: str = "utf-8") -> dict[str, Any]:
    return {"contentType": kind, "data": base64.b64encode(words.encode(charset)).decode()}


@pytest.mark.parametrize(
    ("kind", "charset"),
    [
        ("text/plain", "utf-8"),
        ("text/plain", "utf-8-sig"),
        ("text/plain", "iso-8859-1"),  # not said, and no UTF-8
        ("text/plain; charset=utf-8", "utf-8"),
        ("text/plain; charset=ISO-8859-1", "iso-8859-1"),
        ('TEXT/PLAIN;charset="windows-1252"', "cp1252"),
        ("text/plain;charset=latin1", "iso-8859-1"),
        ("text/plain; charset=iso-8859-15", "iso-8859-15"),
        ("text/plain; charset=utf-16", "utf-16"),
        ("text/plain; charset=x-unknown", "utf-8"),
        (" text/html; charset=iso-8859-1", "iso-8859-1"),
    ],
)
def test_a_text_is_read_in_the_character_set_it_is_in(kind: str, charset: str) -> None:
    assert words_of(form("nicht hämolytisch", kind, charset)) == "nicht hämolytisch"


def test_latin_1_holds_the_dash_of_windows() -> None:
    sent = form("Ki-67 10\u201315 %", "text/plain; charset=ISO-8859-1", "cp1252")
    assert words_of(sent) == "Ki-67 10\u201315 %"


def test_base64_may_be_broken_into_lines() -> None:
    sent = form("Ki-67 5 %")
    sent["data"] = "\r\n".join(sent["data"][i : i + 5] for i in range(0, len(sent["data"]), 5))
    assert words_of(sent) == "Ki-67 5 %"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<p>Ki-67 &lt;2&nbsp;%</p>", "\nKi-67 <2\u00a0%\n"),
        ("Ki-67 <2 % <b>NET</b>", "Ki-67 <2 %  NET "),
        ("<td>p53</td><td>wild type</td>", " p53  wild type "),
        ("one<br/>two", "one\ntwo"),
        ("<head><title>no NET</title></head><style>p {}</style><!-- Ki-67 90 % -->H&auml;molyse", "   Hämolyse"),
    ],
)
def test_a_page_is_its_words_and_its_lines(page: str, words: str) -> None:
    assert words_of(form(page, "text/html")) == words


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"contentType": "text/plain"},
        {"contentType": "text/plain", "data": 7},
        {"contentType": "text/plain", "data": "a"},
        {"contentType": "text/plain", "url": "Binary/1"},
        {"contentType": 7, "data": "TkVU"},
        {"data": "TkVU"},
        form("{\\rtf1 NET}", "text/rtf"),
        form("{\\rtf1 NET}", "application/rtf"),
        form("%PDF-1.7", "application/pdf"),
    ],
)
def test_what_brings_no_readable_words_has_none(sent: dict[str, Any]) -> None:
    assert words_of(sent) is None


def test_a_long_text_is_cut() -> None:
    assert words_of(form("x" * 150_000)) == "x" * 100_000


@given(st.text(max_size=30), st.text(max_size=60))
def test_no_attachment_raises(kind: str, data: str) -> None:
    words_of({"contentType": f"text/html; charset={kind}", "data": data})
