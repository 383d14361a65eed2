"""Small questions about single resources: the words of reports, pathology, dates."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.fhir.dates import parse
from cds_service.fhir.resources import Resource as Read
from cds_service.picture.record import dated, has_ended, is_pathology, report_texts
from tests.charts import GUIDELINE, attached, concept, condition, record, report


def read(**members: Any) -> Read:
    data = report("Laboratory") | members
    return Read("DiagnosticReport", "r", data, "$")


def words(**members: Any) -> list[str]:
    return list(report_texts(read(**members), GUIDELINE.book))


def test_a_report_is_read_in_its_conclusion_codes_and_plain_attachments() -> None:
    assert words(conclusion="NET") == ["NET"]
    assert words(conclusionCode=[concept("NET"), {}]) == ["NET"]
    assert words(presentedForm=attached("NET G1")) == ["NET G1"]
    assert words(presentedForm=attached("<p>NET <b>G1</b></p>", "text/html; charset=utf-8")) == ["\nNET  G1 \n"]
    assert words() == []


@pytest.mark.parametrize(
    "form",
    [
        {"contentType": "application/pdf", "data": "TkVU"},
        {"contentType": "text/plain"},
        {"contentType": "text/plain", "data": 7},
        {"contentType": "text/plain", "data": "a"},
        {"data": "TkVU"},
    ],
)
def test_an_attachment_that_is_no_readable_text_is_passed_over(form: dict[str, Any]) -> None:
    assert words(presentedForm=[form]) == []


@pytest.mark.parametrize("category", ["PAT", "SP", "CP"])
def test_a_report_of_the_pathology_category_is_pathology(category: str) -> None:
    coded = concept(f"http://terminology.hl7.org/CodeSystem/v2-0074|{category}")
    assert is_pathology(read(category=[coded]), record())


@pytest.mark.parametrize(
    "text", ["Surgical pathology", "Histologie", "Liver biopsy", "Zytologie", "Immunohistochemistry"]
)
def test_a_report_with_the_word_is_pathology(text: str) -> None:
    assert is_pathology(read(code={"text": text}), record())


@pytest.mark.parametrize("text", ["CT abdomen", "Laboratory", ""])
def test_other_reports_are_none(text: str) -> None:
    assert not is_pathology(read(code={"text": text}), record())


def test_a_date_is_shown_or_said_to_be_missing() -> None:
    assert dated("NSE 21", parse("2026-11")) == "NSE 21, 2026-11"
    assert dated("NSE 21", None) == "NSE 21, undated"


@pytest.mark.parametrize(
    ("date", "recent"),
    [("2026-11-01", True), ("2025-11-16", True), ("2025-11-14", False), ("2025-11", None), ("", None)],
)
def test_a_date_lies_in_the_window_outside_or_it_cannot_be_told(date: str, recent: bool | None) -> None:
    assert record().recent(parse(date), 12) is recent


@pytest.mark.parametrize(
    ("members", "ended"),
    [
        ({}, False),
        ({"abatementDateTime": "2024-05"}, True),
        ({"abatementPeriod": {"start": "2024-01", "end": "2024-05"}}, True),
        ({"abatementPeriod": {"start": "2024-01"}}, False),
    ],
)
def test_a_condition_with_an_end_has_ended_whatever_its_status_says(members: dict[str, Any], ended: bool) -> None:
    stroke = condition("icd-10-cm|I63.9", **members)
    assert has_ended(Read("Condition", "c1", stroke, "$")) is ended
