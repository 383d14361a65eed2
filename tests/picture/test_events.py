"""What happened shortly before a draw and raises NSE by itself."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.fhir.dates import parse
from cds_service.picture.events import events
from tests.charts import Resource, administration, concept, condition, line, procedure, record, ref, request

DRAW = "2026-11-10"


def kinds(*resources: Resource) -> list[str]:
    draw = parse(DRAW)
    assert draw is not None
    return [event.kind for event in events(draw, record(*resources))[0]]


def spoiling(*resources: Resource) -> list[str]:
    draw = parse(DRAW)
    assert draw is not None
    return [event.kind for event in events(draw, record(*resources))[0] if event.spoils]


def unclear(*resources: Resource) -> str:
    draw = parse(DRAW)
    assert draw is not None
    return events(draw, record(*resources))[1]


@pytest.mark.parametrize(
    "resource",
    [
        condition("icd-10-cm|I63.9", onsetDateTime="2026-11-01"),
        condition("icd-10|R56.8", onsetDateTime="2026-11-01"),
        condition("icd-10-cm|S06.5X0A", onsetDateTime="2026-11-01"),
        condition("snomed|410429000", onsetPeriod={"start": "2026-11-01"}),
        condition(text="Encephalitis", onsetDateTime="2026-11-01"),
        condition(text="Schlaganfall", onsetDateTime="2026-11-01"),
    ],
)
def test_neurological_events_are_seen(resource: Resource) -> None:
    assert kinds(resource) == ["neuro-14-days"]


@pytest.mark.parametrize(
    "resource",
    [
        condition("icd-10-cm|I63.9", recordedDate="2026-11-01"),  # recorded now, happened whenever
        condition("icd-10-cm|I63.9"),
        condition("icd-10-cm|I63.9", onsetDateTime="2026-11-01", verificationStatus="refuted"),
        condition("icd-10-cm|I63.9", onsetDateTime="2026-11-01", verificationStatus="provisional"),
        condition("icd-10-cm|Z86.73", onsetDateTime="2026-11-01"),
        condition(text="History of stroke", onsetDateTime="2026-11-01"),
        condition(text="Heat stroke", onsetDateTime="2026-11-01"),
        condition(text="Sequelae of stroke", onsetDateTime="2026-11-01"),
    ],
)
def test_an_event_counts_by_its_onset_and_never_as_history(resource: Resource) -> None:
    assert kinds(resource) == []


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (DRAW, ["neuro-14-days"]),
        ("2026-10-27", ["neuro-14-days"]),
        ("2026-10-26", ["neuro-recent"]),
        ("2026-10-11", ["neuro-recent"]),
        ("2026-10-10", []),
        ("2026-11-11", []),
    ],
)
def test_a_neurological_event_counts_for_14_days_before_the_draw_and_softly_for_30(
    day: str, expected: list[str]
) -> None:
    assert kinds(condition("icd-10-cm|I63.9", onsetDateTime=day)) == expected


@pytest.mark.parametrize(("day", "expected"), [("2026-10-27", ["procedure-recent"]), ("2026-10-26", [])])
@pytest.mark.parametrize("text", ["Small bowel resection", "Hip replacement surgery", "Red blood cell transfusion"])
def test_operations_and_transfusions_count_for_14_days(text: str, day: str, expected: list[str]) -> None:
    assert kinds(procedure(text=text, date=day)) == expected


@pytest.mark.parametrize(
    "resource",
    [
        procedure(text="Hip replacement surgery", date="2026-11-05", status="not-done"),
        procedure(text="Hip replacement surgery", date=""),
        procedure(text="Physiotherapy", date="2026-11-05"),
        line(Specimen="", id="s", collection={"collectedDateTime": "2026-11-05"}),
        line(Specimen="Serum", id="s", collection={"collectedDateTime": "2026-11-05"}),
    ],
)
def test_what_was_not_done_or_draws_blood_is_no_event(resource: Resource) -> None:
    assert kinds(resource) == []


@pytest.mark.parametrize(
    "resource",
    [
        procedure(text="Liver biopsy", date="2026-11-05"),
        line(Specimen="Tissue specimen", id="s", collection={"collectedDateTime": "2026-11-05"}),
    ],
)
def test_a_biopsy_is_an_event_that_leaves_the_reading_usable(resource: Resource) -> None:
    assert kinds(resource) == ["biopsy-recent"]
    assert spoiling(resource) == []


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-10-31", ["chemo-start-10-days"]), ("2026-10-30", []), ("2026-11-12", [])]
)
def test_a_new_line_of_chemotherapy_counts_for_10_days(day: str, expected: list[str]) -> None:
    assert kinds(administration("Carboplatin", day)) == expected


def test_a_later_cycle_of_one_line_is_no_start() -> None:
    assert kinds(administration("Carboplatin", "2026-10-01"), administration("Carboplatin", "2026-11-05")) == []


def test_a_line_after_a_gap_of_more_than_90_days_starts_again() -> None:
    assert kinds(administration("Carboplatin", "2026-03-01"), administration("Carboplatin", "2026-11-05")) == [
        "chemo-start-10-days"
    ]


def test_an_old_request_without_a_dose_spoils_nothing() -> None:
    assert kinds(request("Carboplatin", date="2026-01-01")) == []


def test_an_event_with_a_coarse_date_is_named() -> None:
    assert "too coarse" in unclear(condition("icd-10-cm|I63.9", onsetDateTime="2026-11"))
    assert unclear(condition("icd-10-cm|I63.9", onsetDateTime="2026-08")) == ""
    assert unclear(procedure(text="Liver biopsy", date="2026-11")) == ""


@pytest.mark.parametrize("day", ["2026-10-27", DRAW, "2026-11-12"])
def test_a_stroke_of_which_only_the_day_of_recording_is_known_leaves_the_question_open(day: str) -> None:
    stroke = condition("icd-10-cm|I63.9 'Cerebral infarction'", recordedDate=day)
    assert kinds(stroke) == []
    assert unclear(stroke) == f"Cerebral infarction, recorded {day}: when it happened is not recorded"


@pytest.mark.parametrize(
    "resource",
    [
        condition("icd-10-cm|I63.9", recordedDate="2026-10-26"),
        condition("icd-10-cm|I63.9", recordedDate="2026-11-01", onsetDateTime="1999-05-01"),
        condition("icd-10-cm|I63.9", recordedDate="2026-11-01", onsetString="in childhood"),
        condition("icd-10-cm|I63.9", recordedDate="2026-11-01", clinicalStatus="resolved"),
        condition("icd-10-cm|I63.9", recordedDate="2026-11-01", verificationStatus="refuted"),
        condition("icd-10-cm|I10", recordedDate="2026-11-01"),
        condition("icd-10-cm|I63.9"),
    ],
)
def test_an_old_ended_or_other_disease_recorded_lately_leaves_nothing_open(resource: Resource) -> None:
    assert unclear(resource) == ""


# --- admissions --------------------------------------------------------------------------------------------------


def stay(*, reason: str = "icd-10-cm|I63.9", start: str = "2026-11-01", kind: str = "IMP", **members: Any) -> Resource:
    period = f"{start}/" if start else ""
    return line(**{"Encounter": "", "class": {"code": kind}, "reasonCode": reason, "period": period, **members})


@pytest.mark.parametrize("kind", ["IMP", "EMER", "ACUTE", ""])
def test_an_admission_for_a_stroke_counts_by_its_start(kind: str) -> None:
    assert kinds(stay(kind=kind)) == ["neuro-14-days"]
    assert spoiling(stay(kind=kind)) == ["neuro-14-days"]


@pytest.mark.parametrize("text", ["Seizure", "Cardiac arrest", "Krampfanfall"])
def test_an_admission_counts_by_the_words_of_its_reason(text: str) -> None:
    assert kinds(stay(reasonCode=[concept(text)])) == ["neuro-14-days"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-10-27", ["neuro-14-days"]),
        ("2026-10-26", ["neuro-recent"]),
        ("2026-10-11", ["neuro-recent"]),
        ("2026-10-10", []),
    ],
)
def test_an_admission_counts_in_the_same_windows_as_an_onset(day: str, expected: list[str]) -> None:
    assert kinds(stay(start=day)) == expected


@pytest.mark.parametrize(
    "resource",
    [
        stay(kind="AMB"),
        stay(kind="VR"),
        stay() | {"class": {"system": "urn:local", "code": "13", "display": "Outpatient"}},
        stay(status="planned"),
        stay(status="cancelled"),
        stay(status="entered-in-error"),
        stay(reason="icd-10-cm|I10"),
        stay(reason=""),
        stay(reasonCode=[concept("History of stroke")]),
        stay(start=""),
        stay(period=None),
        stay(period={"end": "2026-11-05"}),
    ],
)
def test_a_visit_or_a_stay_without_event_and_start_is_no_event(resource: Resource) -> None:
    assert kinds(resource) == []


def test_an_admission_may_name_its_reason_as_a_condition() -> None:
    stroke = condition("icd-10-cm|I63.9", id="stroke", recordedDate="2026-11-01")
    refuted = condition("icd-10-cm|I63.9", id="stroke", verificationStatus="refuted")
    admitted = stay(reason="", reasonReference=[ref("Condition/stroke")])
    assert kinds(stroke, admitted) == ["neuro-14-days"]
    assert kinds(refuted, admitted) == []
    assert kinds(admitted) == []


def test_an_admission_with_a_coarse_start_is_named() -> None:
    assert "too coarse" in unclear(stay(start="2026-11"))
