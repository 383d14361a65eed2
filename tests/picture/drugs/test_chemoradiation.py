"""Chemoradiation: radiotherapy of the tumor together with platinum or etoposide, by time or by words."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import (
    Resource,
    administration,
    concept,
    condition,
    gap,
    procedure,
    ref,
    request,
    said,
    seen,
    statement,
)

SCLC = condition("snomed|254632001", id="sclc")
NSCLC = condition("snomed|254637007", id="nsclc")
KEYS = ("medication-requests", "medication-statements")


def crt(*resources: Resource, **options: Any) -> str:
    return seen("therapy-chemoradiation", SCLC, *resources, **options)


def radiotherapy(text: str = "Thoracic radiotherapy", start: str = "2026-08-01", end: str = "2026-09-15",
                 **members: Any) -> Resource:  # fmt: skip
    period = ({"start": start} if start else {}) | ({"end": end} if end else {})
    return procedure(text=text, date="", **({"performedPeriod": period} | members))


CISPLATIN = administration("Cisplatin", "2026-08-10")


# --- together in time --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drug", "value"),
    [
        (CISPLATIN, "completed-to-12-weeks"),
        (administration("Etoposide", "2026-08-01"), "completed-to-12-weeks"),
        (administration("Etoposide", "2026-09-15"), "completed-to-12-weeks"),
        (administration("Etoposide", "2026-09-16"), "unknown"),  # one after the other, or together
        (administration("Etoposide", "2026-10-27"), "unknown"),
        (administration("Etoposide", "2026-10-28"), "none-recorded"),
        (administration("Etoposide", "2026-07-31"), "unknown"),
        (administration("Etoposide", "2026-05-01"), "none-recorded"),
        (statement("Etoposide", date="", effectivePeriod={"start": "2026-07-01", "end": "2026-10-01"}),
         "completed-to-12-weeks"),
        (request("Carboplatin", date="2026-08-05"), "completed-to-12-weeks"),
        (request("Carboplatin", date="2026-07-01", status="completed"), "unknown"),
        (request("Carboplatin", date="2026-11-10"), "none-recorded"),
        (procedure(text="Infusion of cisplatin", date="2026-08-10"), "completed-to-12-weeks"),
        (procedure(text="Infusion of cisplatin", date="2026-01-10"), "none-recorded"),
        (procedure(text="Infusion of cisplatin", date=""), "unknown"),
        (administration("Topotecan", "2026-08-10"), "none-recorded"),
        (administration("Durvalumab", "2026-08-10"), "none-recorded"),
    ],
)  # fmt: skip
def test_platinum_or_etoposide_in_the_days_of_the_radiotherapy_is_chemoradiation(drug: Resource, value: str) -> None:
    assert crt(radiotherapy(), drug) == value


def test_radiotherapy_or_chemotherapy_alone_is_none() -> None:
    assert crt(radiotherapy()) == "none-recorded"
    assert crt(CISPLATIN) == "none-recorded"
    assert "Thoracic radiotherapy" in said("therapy-chemoradiation", SCLC, radiotherapy())


@pytest.mark.parametrize(
    ("end", "value"),
    [
        ("2026-08-23T12:00:00Z", "completed-to-12-weeks"),
        ("2026-08-23T11:59:00Z", "completed-earlier"),
        ("2026-08", "unknown"),
        ("2024-09-15", "completed-earlier"),
    ],
)
def test_it_was_completed_within_12_weeks_or_earlier(end: str, value: str) -> None:
    drug = administration("Cisplatin", "2024-08-20" if end.startswith("2024") else "2026-08-20")
    start = "2024-08-01" if end.startswith("2024") else "2026-08-01"
    assert crt(radiotherapy(start=start, end=end), drug) == value


@pytest.mark.parametrize(
    ("status", "end", "value"),
    [
        ("in-progress", "", "active"),
        ("in-progress", "2026-12-01", "active"),
        ("completed", "2026-11-14", "completed-to-12-weeks"),
        ("stopped", "2026-11-01", "unknown"),
        ("on-hold", "", "unknown"),
        ("unknown", "2026-11-01", "unknown"),
        ("", "2026-11-01", "unknown"),
        ("preparation", "", "none-recorded"),
        ("not-done", "", "none-recorded"),
        ("entered-in-error", "2026-11-01", "none-recorded"),
    ],
)
def test_its_status_tells_whether_it_goes_on(status: str, end: str, value: str) -> None:
    given = radiotherapy(start="2026-10-20", end=end, status=status)
    assert crt(given, administration("Cisplatin", "2026-10-20")) == value


def test_a_course_that_nobody_closed_is_not_active_for_years() -> None:
    given = radiotherapy(start="2024-08-01", end="", status="in-progress")
    assert crt(given, administration("Cisplatin", "2024-08-10")) == "unknown"


def test_radiotherapy_without_a_date_leaves_it_open() -> None:
    assert crt(radiotherapy(start="", end=""), CISPLATIN) == "unknown"
    assert crt(radiotherapy(start="", end="2026-09-15"), CISPLATIN) == "unknown"


@pytest.mark.parametrize(
    ("date", "value"),
    [
        ("2026-09-20", "completed-to-12-weeks"),
        ("2026-08-10", "unknown"),  # the first day of a course, or its last
        ("2026-05-01", "completed-earlier"),
    ],
)
def test_a_single_date_may_be_the_first_day_of_a_course(date: str, value: str) -> None:
    given = procedure(text="Thoracic radiotherapy", date=date)
    assert crt(given, administration("Cisplatin", date)) == value


def test_a_drug_of_the_days_after_a_single_date_may_have_come_later() -> None:
    given = procedure(text="Thoracic radiotherapy", date="2026-09-20")
    assert crt(given, administration("Cisplatin", "2026-09-24")) == "unknown"


def test_a_period_without_exact_ends_leaves_it_open() -> None:
    assert crt(radiotherapy(start="2026-09", end="2026-09"), administration("Cisplatin", "2026-09-10")) == "unknown"


def test_the_evidence_tells_the_days_of_the_radiotherapy() -> None:
    text = said("therapy-chemoradiation", SCLC, radiotherapy(), CISPLATIN)
    assert "Thoracic radiotherapy (procedure, completed), 2026-08-01 to 2026-09-15" in text
    assert "Cisplatin (administration, completed), 2026-08-10" in text


def test_the_newest_course_decides() -> None:
    old = radiotherapy(start="2024-08-01", end="2024-09-15")
    then = administration("Cisplatin", "2024-08-10")
    assert crt(old, then) == "completed-earlier"
    assert crt(old, then, radiotherapy(), CISPLATIN) == "completed-to-12-weeks"
    assert crt(old, then, radiotherapy()) == "completed-earlier"  # the later one was given alone


# --- words that say so -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Concurrent chemoradiation", "completed-to-12-weeks"),
        ("Chemoradiotherapy 45 Gy", "completed-to-12-weeks"),
        ("Radiochemotherapie", "completed-to-12-weeks"),
        ("Simultane Radiochemotherapie Thorax", "completed-to-12-weeks"),
        ("Sequential chemoradiation", "none-recorded"),
        ("PRRT, radionuclide therapy", "none-recorded"),
    ],
)
def test_words_may_say_both(text: str, value: str) -> None:
    assert crt(radiotherapy(text)) == value


def test_a_note_may_say_it() -> None:
    noted = radiotherapy(note=[{"text": "given as concurrent chemoradiation"}])
    assert crt(noted) == "completed-to-12-weeks"


def test_words_without_a_date_leave_open_when_it_was() -> None:
    assert crt(radiotherapy("Chemoradiation", start="", end="")) == "unknown"


def test_chemotherapy_that_was_ordered_as_a_part_of_it_leaves_it_open() -> None:
    assert crt(request("Cisplatin", reasonCode="Concurrent chemoradiation")) == "unknown"
    assert crt(request("Cisplatin", note="with chemoradiation")) == "unknown"
    assert crt(request("Cisplatin", note="day 1")) == "none-recorded"


@pytest.mark.parametrize(
    "history",
    [
        condition("icd-10-cm|Z92.3"),
        condition(text="Status post chemoradiation of the lung"),
        condition("icd-10-cm|Z51.0"),
    ],
)
def test_a_history_of_radiotherapy_forbids_to_say_none(history: Resource) -> None:
    assert crt(history) == "unknown"
    refuted = {"verificationStatus": concept("http://terminology.hl7.org/CodeSystem/condition-ver-status|refuted")}
    assert crt(history | refuted) == "none-recorded"


# --- of which tumor ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (radiotherapy("Radiotherapy", bodySite="Mediastinum"), "completed-to-12-weeks"),
        (radiotherapy("Radiotherapy", bodySite="Brain"), "none-recorded"),
        (radiotherapy("Prophylactic cranial irradiation, radiotherapy"), "none-recorded"),
        (radiotherapy("Radiotherapy of the pelvis"), "none-recorded"),
        (radiotherapy("Radiotherapy of the thoracic spine"), "unknown"),
        (radiotherapy("Radiotherapy"), "unknown"),  # of what?
        (radiotherapy("Radiotherapy", reasonReference="Condition/sclc"), "completed-to-12-weeks"),
        (radiotherapy("Radiotherapy of the brain", reasonReference="Condition/sclc"), "none-recorded"),
        (radiotherapy("Radiotherapy", reasonCode="snomed|254632001"), "completed-to-12-weeks"),
        (radiotherapy("Radiotherapy", reasonCode="Small cell lung cancer"), "completed-to-12-weeks"),
        (radiotherapy("Radiotherapy", reasonCode="icd-10-cm|C50.911"), "none-recorded"),
        (radiotherapy("Radiotherapy", reasonCode="icd-10-cm|C79.51"), "none-recorded"),
        (radiotherapy("Radiotherapy of the breast", bodySite="Breast"), "none-recorded"),
        (radiotherapy("", codes="snomed|441799006", bodySite="Lung"),
         "completed-to-12-weeks"),
        (radiotherapy("Course", category="snomed|108290001", bodySite="Lung"),
         "completed-to-12-weeks"),
    ],
)  # fmt: skip
def test_the_radiotherapy_must_be_of_this_tumor(given: Resource, value: str) -> None:
    assert crt(given, CISPLATIN) == value


def test_radiotherapy_of_nobody_knows_what_without_a_drug_is_no_chemoradiation() -> None:
    assert crt(radiotherapy("Radiotherapy")) == "none-recorded"


def test_radiotherapy_for_another_condition_is_not_of_the_tumor() -> None:
    bone = condition("icd-10-cm|C79.51", id="bone")
    given = radiotherapy("Radiotherapy", reasonReference="Condition/bone")
    assert crt(bone, given, CISPLATIN) == "none-recorded"


def test_of_two_tumors_in_the_chest_the_reason_decides() -> None:
    def both(tumor: str, **members: Any) -> str:
        return seen("therapy-chemoradiation", SCLC, NSCLC, radiotherapy(**members), CISPLATIN, tumor=tumor)

    assert both("Condition/sclc") == both("Condition/nsclc") == "unknown"
    assert both("Condition/sclc", reasonReference=[ref("Condition/sclc")]) == "completed-to-12-weeks"
    assert both("Condition/nsclc", reasonReference=[ref("Condition/sclc")]) == "none-recorded"


def test_a_tumor_without_a_site_has_no_region() -> None:
    net = condition(text="Neuroendocrine carcinoma", id="nec")
    chest = radiotherapy("Radiotherapy of the chest")
    assert seen("therapy-chemoradiation", net, chest, CISPLATIN) == "unknown"


# --- where it was looked for -------------------------------------------------------------------------------------


def test_none_is_said_after_a_search_of_medications_and_procedures() -> None:
    assert crt() == "none-recorded"
    assert gap("therapy-chemoradiation", SCLC, without=KEYS) is Gap.NOT_SEARCHED
    assert gap("therapy-chemoradiation", SCLC, without=("procedures",)) is Gap.NOT_SEARCHED
    assert crt(request("")) == "none-recorded"  # without radiotherapy no drug makes chemoradiation
    assert gap("therapy-chemoradiation", SCLC, radiotherapy(), request("")) is Gap.NOT_READABLE
