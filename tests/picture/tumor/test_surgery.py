"""Resections, the course after them, and the small tumors that need none."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import (
    Resource,
    concept,
    condition,
    disease_status,
    feature,
    gap,
    observation,
    pathology,
    procedure,
    seen,
)

ILEUM = condition("icd-10-cm|C7A.012", id="ileum")
PANCREAS = condition("icd-10-cm|C25.4", id="pancreas")
APPENDIX = condition("icd-10-cm|D3A.020", id="appendix")
RECTUM = condition("icd-10-cm|C7A.026", id="rectum")
BREAST = condition("icd-10-cm|C50.911", id="breast")
LIVER = condition("icd-10-cm|C78.7", id="liver")
M0 = observation("loinc|21907-1", concept("M0"), date="2025-06-01")
BOWEL = procedure(text="Small bowel resection")
WHIPPLE = procedure("snomed|116241004 'Pancreaticoduodenectomy'")


def resection(*resources: Resource) -> str:
    return seen("resection", *resources)


def intent(code: str) -> dict[str, Any]:
    return {"extension": [{"url": "mcode-treatment-intent", "valueCodeableConcept": concept(code)}]}


# --- what is a resection -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tumor", "operation"),
    [
        (ILEUM, procedure("snomed|107938000")),
        (ILEUM, procedure(text="Dünndarmsegmentresektion")),
        (PANCREAS, WHIPPLE),
        (PANCREAS, procedure(text="Distal pancreatectomy")),
        (condition("icd-10-cm|C7A.022"), procedure("snomed|359571009 'Right colectomy'")),
        (condition("icd-10-cm|C7A.092"), procedure(text="Total gastrectomy")),
        (RECTUM, procedure(text="Low anterior resection")),
        (condition("icd-10-cm|C7A.090"), procedure("snomed|173171007 'Lobectomy of lung'")),
        (condition("icd-10-cm|C7A.091"), procedure(text="Thymectomy")),
    ],
)
def test_a_radical_operation_of_the_organ_with_m0_is_curative(tumor: Resource, operation: Resource) -> None:
    assert resection(tumor, operation, M0) == "curative"
    assert resection(tumor, operation) == "other"


@pytest.mark.parametrize(
    "proof",
    [
        procedure(text="Small bowel resection, R0"),
        procedure(text="Small bowel resection", note="R0 resection"),
        procedure(text="Small bowel resection", **intent("snomed|373808002")),
        procedure(text="Small bowel resection", reasonCode="curative intent"),
    ],
)
def test_a_recorded_curative_intent_or_r0_is_curative(proof: Resource) -> None:
    assert resection(ILEUM, proof) == "curative"


def test_a_pathology_report_may_say_that_all_was_removed() -> None:
    assert resection(ILEUM, BOWEL, pathology("NET of the ileum, R0.")) == "curative"
    assert resection(ILEUM, BOWEL, pathology("NET of the ileum, not R0.")) == "other"


def test_a_radical_operation_with_metastases_is_not_curative() -> None:
    assert resection(ILEUM, BOWEL, LIVER) == "other"


def test_a_palliative_operation_is_never_curative() -> None:
    palliative = procedure(text="Small bowel resection", **intent("snomed|363676003"))
    assert resection(ILEUM, palliative, M0) == "other"
    assert seen("course", ILEUM, palliative, M0) == "active"


def test_an_appendectomy_is_curative_for_an_appendix_tumor() -> None:
    assert resection(APPENDIX, procedure("snomed|80146002 'Excision of appendix'")) == "curative"


def test_an_endoscopic_removal_counts_as_curative_if_pathology_says_complete() -> None:
    removal = procedure(text="Endoscopic mucosal resection")
    assert resection(RECTUM, removal) == "other"
    assert resection(RECTUM, removal, pathology("NET, completely resected.")) == "curative"


@pytest.mark.parametrize(
    "operation",
    [
        procedure("snomed|86273004 'Biopsy'"),
        procedure(text="Excisional biopsy of the ileum"),
        procedure(text="Cholecystectomy"),
        procedure(text="Small bowel resection", status="in-progress"),
        procedure(text="Small bowel resection", status="not-done"),
        procedure(text="Small bowel resection", status="entered-in-error"),
        procedure(text="Pancreatectomy"),  # another organ
        procedure(text="Left hemicolectomy"),
        procedure(text="Polypectomy"),  # no endoscope reaches the ileum
        condition(text="Small bowel resection", verificationStatus="refuted"),
    ],
)
def test_a_biopsy_another_organ_and_what_was_not_done_are_no_resection(operation: Resource) -> None:
    assert resection(ILEUM, operation) == "none-recorded"
    assert seen("course", ILEUM, operation) == "active"


@pytest.mark.parametrize("text", ["Right hemicolectomy", "Rechtshemikolektomie rechts"])
def test_a_right_hemicolectomy_takes_the_terminal_ileum_and_the_appendix(text: str) -> None:
    for tumor in (ILEUM, APPENDIX):
        assert resection(tumor, procedure(text=text)) == "other"
        assert seen("course", tumor, procedure(text=text)) == "after-resection"


def test_a_problem_list_entry_may_record_the_operation() -> None:
    assert resection(ILEUM, condition(text="Status after small bowel resection", clinicalStatus="")) == "other"


def test_no_resection_is_said_only_after_a_search() -> None:
    assert resection(ILEUM) == "none-recorded"
    assert gap("resection", ILEUM, without=("procedures",)) is Gap.NOT_SEARCHED


def test_without_a_tumor_no_operation_is_a_resection() -> None:
    appendectomy = procedure(text="Appendectomy")
    assert (seen("resection", appendectomy), seen("course", appendectomy)) == ("none-recorded", "unknown")


def test_an_operation_of_an_organ_is_not_taken_for_a_tumor_without_a_site() -> None:
    nowhere = condition("icd-10-cm|C7A.8", id="n")
    assert resection(nowhere, procedure(text="Appendectomy")) == "none-recorded"
    assert resection(nowhere, procedure(text="Appendectomy", reasonReference="Condition/n")) == "other"


# --- whose -------------------------------------------------------------------------------------------------------


def test_an_operation_belongs_to_the_tumor_it_names_or_whose_organ_it_takes() -> None:
    named = procedure(text="Pancreatectomy", reasonReference="Condition/ileum")
    assert seen("resection", ILEUM, PANCREAS, named, tumor="Condition/ileum") == "other"
    assert seen("resection", ILEUM, PANCREAS, named, tumor="Condition/pancreas") == "none-recorded"
    assert seen("resection", ILEUM, PANCREAS, WHIPPLE, tumor="Condition/pancreas") == "other"
    assert seen("resection", ILEUM, PANCREAS, WHIPPLE, tumor="Condition/ileum") == "none-recorded"


def test_a_removal_of_no_named_organ_is_not_guessed_between_two_tumors() -> None:
    liver = procedure(text="Liver resection")
    assert seen("resection", ILEUM, PANCREAS, liver, tumor="Condition/ileum") == "none-recorded"


# --- the course --------------------------------------------------------------------------------------------------


def course(*resources: Resource) -> str:
    return seen("course", *resources)


@pytest.mark.parametrize("status", ["active", "", "remission", "resolved", "inactive"])
def test_after_a_resection_with_nothing_since_the_course_is_after_resection(status: str) -> None:
    assert course(condition("icd-10-cm|C7A.012", clinicalStatus=status), BOWEL) == "after-resection"


@pytest.mark.parametrize("status", ["active", "recurrence", "relapse", ""])
def test_without_a_resection_the_tumor_is_active(status: str) -> None:
    assert course(condition("icd-10-cm|C7A.012", clinicalStatus=status)) == "active"


@pytest.mark.parametrize("status", ["remission", "resolved", "inactive"])
def test_not_active_and_not_resected_is_unknown(status: str) -> None:
    gone = condition("icd-10-cm|C7A.012", clinicalStatus=status)
    assert (course(gone), gap("course", gone)) == ("unknown", Gap.NOT_RECORDED)


@pytest.mark.parametrize(
    "since",
    [
        LIVER,
        disease_status("worsened", "2026-10-01"),
        disease_status("worsened", "2025-07-20"),  # old, but since the resection
        disease_status("snomed|1259237005", "2026-10-01"),
        condition("icd-10-cm|C7A.012", clinicalStatus="recurrence"),
        condition("icd-10-cm|C7A.012", clinicalStatus="relapse"),
    ],
)
def test_a_metastasis_recurrence_or_progression_since_makes_it_active_again(since: Resource) -> None:
    assert course(ILEUM, BOWEL, since) == "active"


def test_a_progression_before_the_resection_is_over() -> None:
    assert course(ILEUM, BOWEL, disease_status("worsened", "2025-05-01")) == "after-resection"
    undated = procedure(text="Small bowel resection", date="")
    assert course(ILEUM, undated, disease_status("worsened", "2025-05-01")) == "active"


def test_a_metastasis_that_is_gone_does_not_make_it_active() -> None:
    assert course(ILEUM, BOWEL, condition("icd-10-cm|C78.7", clinicalStatus="resolved")) == "after-resection"


@pytest.mark.parametrize("words", ["Liver resection", "Liver resection, R0", "Metastasectomy, curative"])
def test_a_metastasis_removed_is_not_the_primary_removed(words: str) -> None:
    gone = condition("icd-10-cm|C78.7", clinicalStatus="resolved")
    assert course(ILEUM, gone, procedure(text=words)) == "active"
    assert resection(ILEUM, gone, procedure(text=words)) == "other"


@pytest.mark.parametrize("code", ["icd-10-cm|Z85.060", "icd-10-cm|Z85.821"])
def test_personal_history_is_after_resection_if_one_is_recorded_and_else_unknown(code: str) -> None:
    history = condition(code, id="h")
    assert course(history) == "unknown"
    assert course(history, procedure(text="Small bowel resection", reasonReference="Condition/h")) == "after-resection"


def test_an_active_metastasis_of_a_resolved_primary_is_active() -> None:
    assert course(condition("icd-10-cm|C7A.012", clinicalStatus="resolved"), LIVER) == "active"


# --- the exception -----------------------------------------------------------------------------------------------


def size(value: Any, unit: str = "mm", date: str = "2026-03-01", **members: Any) -> Resource:
    return observation("loinc|21889-1", value, unit, date=date, **members)


def exception(*resources: Resource) -> str:
    return seen("resection-exception", *resources)


@pytest.mark.parametrize(("mm", "value"), [(19, "yes"), (20, "yes"), (20.1, "no"), (35, "no")])
def test_a_pancreatic_net_up_to_2_cm_needs_no_resection(mm: float, value: str) -> None:
    assert exception(PANCREAS, size(mm)) == value


@pytest.mark.parametrize(("mm", "value"), [(9, "yes"), (9.9, "yes"), (10, "no"), (15, "no")])
@pytest.mark.parametrize("tumor", [APPENDIX, RECTUM, condition("icd-10-cm|C7A.010")])
def test_appendix_rectum_and_duodenum_below_1_cm_need_none(tumor: Resource, mm: float, value: str) -> None:
    assert exception(tumor, size(mm)) == value


def test_a_tumor_of_the_ampulla_is_no_exception() -> None:
    assert exception(condition("icd-10-cm|C7A.010", text="NET of the duodenum, ampulla of Vater"), size(5)) == "no"


def test_the_size_is_read_in_centimeters_and_from_components() -> None:
    assert exception(PANCREAS, size(1.5, "cm")) == "yes"
    parts = [{"code": concept(code), "valueQuantity": {"value": value, "unit": "mm"}}
             for code, value in (("loinc|33728-7", 25), ("loinc|33729-5", 12))]  # fmt: skip
    assert exception(PANCREAS, observation("loinc|21889-1", component=parts, date="2026-03-01")) == "no"
    assert exception(PANCREAS, observation("loinc|21889-1", component=parts[::-1], date="2026-03-01")) == "no"


def test_the_newest_size_counts() -> None:
    assert exception(PANCREAS, size(25, date="2026-03-01"), size(15, date="2025-03-01")) == "no"


@pytest.mark.parametrize("result", [size(25, "inch"), size("large"), None])
def test_a_size_that_is_missing_or_unreadable_is_unknown(result: Resource | None) -> None:
    resources = [PANCREAS, result] if result else [PANCREAS]
    assert (exception(*resources), gap("resection-exception", *resources)) == ("unknown", Gap.NOT_RECORDED)


@pytest.mark.parametrize(
    "tumor", [condition("icd-10-cm|C7A.012", id="t"), condition("icd-10-cm|C7A.010", text="NET of the ampulla", id="t")]
)
def test_the_place_that_excludes_the_exception_is_cited(tumor: Resource) -> None:
    found = feature("resection-exception", tumor)
    assert found.shown == "no"
    assert [item.reference for item in found.evidence] == ["Condition/t"]


def test_a_size_on_both_sides_of_the_limit_is_unknown() -> None:
    assert gap("resection-exception", PANCREAS, size("15-25 mm")) is Gap.NOT_READABLE
    assert gap("resection-exception", APPENDIX, size("8-12 mm")) is Gap.NOT_READABLE


@pytest.mark.parametrize("men1", [condition("icd-10-cm|E31.21"), condition("snomed|30664006")])
def test_men1_leaves_a_small_tumor_open_and_a_large_one_no_exception(men1: Resource) -> None:
    assert gap("resection-exception", PANCREAS, size(10), men1) is Gap.CONTRADICTORY
    assert exception(PANCREAS, size(30), men1) == "no"
    assert exception(PANCREAS, size(10), condition("icd-10-cm|E31.21", verificationStatus="refuted")) == "yes"


def test_a_functioning_tumor_is_no_exception() -> None:
    assert exception(PANCREAS, size(10), condition(text="Zollinger-Ellison syndrome")) == "no"
    assert exception(condition(text="Insulinoma of the pancreas"), size(10)) == "no"


def test_whether_it_is_functioning_must_be_known() -> None:
    assert seen("resection-exception", PANCREAS, size(10), without=("conditions",)) == "unknown"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Gastric NET type 1", "yes"),
        ("NET des Magens Typ I", "yes"),
        ("Gastric NET type 3", "unknown"),
        ("Gastric NET", "unknown"),
    ],
)
def test_gastric_type_1_needs_no_resection(text: str, value: str) -> None:
    assert exception(condition("icd-10-cm|C7A.092", text=text)) == value


@pytest.mark.parametrize("tumor", [ILEUM, condition("icd-10-cm|C7A.090"), BREAST, condition("icd-10-cm|C7A.022")])
def test_other_sites_are_no_exception(tumor: Resource) -> None:
    assert exception(tumor, size(5)) == "no"


def test_without_a_tumor_or_a_site_there_is_no_answer() -> None:
    assert exception() == "unknown"
    assert feature("resection-exception", condition("icd-10-cm|C7A.8")).note == "the site is not recorded"


def test_a_size_of_one_of_two_tumors_is_not_guessed() -> None:
    assert seen("resection-exception", PANCREAS, APPENDIX, size(5), tumor="Condition/pancreas") == "unknown"


def test_metastases_that_no_tumor_names_leave_a_resected_tumor_open() -> None:
    assert gap("course", ILEUM, BREAST, BOWEL, LIVER, tumor="Condition/ileum") is Gap.NOT_LINKED
    assert seen("course", ILEUM, BREAST, BOWEL, tumor="Condition/ileum") == "after-resection"


@pytest.mark.parametrize(
    ("tumor", "text"),
    [(PANCREAS, "Enucleation of pancreatic tumor"), (condition("icd-10-cm|C7A.090"), "Lung wedge resection")],
)
def test_a_sparing_operation_of_the_organ_is_a_resection_but_not_curative_by_itself(tumor: Resource, text: str) -> None:
    assert resection(tumor, procedure(text=text), M0) == "other"
    assert course(tumor, procedure(text=text)) == "after-resection"
    assert resection(tumor, procedure(text=f"{text}, R0")) == "curative"


@pytest.mark.parametrize(
    "resource",
    [
        condition("icd-10-cm|C7A.012", text="Ileal NET, s/p resection 2021", id="ileum"),
        condition("icd-10-cm|C7A.012", id="ileum", note="resected elsewhere"),
        condition("icd-10-cm|C7A.012", text="Z. n. Hemikolektomie bei NET des Ileums", id="ileum"),
    ],
)
def test_a_resection_told_only_in_words_forbids_to_say_that_there_was_none(resource: Resource) -> None:
    assert resection(resource) == "unknown"


def test_a_resection_specimen_forbids_to_say_that_there_was_none() -> None:
    assert resection(ILEUM, pathology("Ileum resection specimen: NET G1.")) == "unknown"
    assert resection(ILEUM, pathology("Unresectable NET, biopsy only.")) == "none-recorded"
    assert resection(ILEUM, pathology("Inoperables, irresektables Karzinoid.")) == "none-recorded"


def test_operations_of_one_day_stand_in_the_order_of_their_hours_even_without_a_zone() -> None:
    morning = procedure(text="Small bowel resection", date="2025-07-01T08:00:00Z", id="z")
    noon = procedure(text="Ileal resection", date="2025-07-01T12:00:00", id="a")
    shown = feature("resection", ILEUM, noon, morning).evidence
    assert [item.reference for item in shown] == ["Procedure/z", "Procedure/a"]


def test_a_possible_r0_is_no_complete_resection() -> None:
    operation = procedure("snomed|235469009", date="2025-05-05")
    assert seen("resection", PANCREAS, operation, pathology("Neuroendocrine tumor, R0 resection.")) == "curative"
    assert seen("resection", PANCREAS, operation, pathology("Neuroendocrine tumor, possible R0.")) == "other"


@pytest.mark.parametrize(
    "words", ["NET Ileum, Z. n. Resektion 2021", "NET of ileum, s/p right hemicolectomy", "NET Ileum, Z.n. OP 2020"]
)
def test_a_resection_told_only_in_words_leaves_the_course_open(words: str) -> None:
    tumor = condition("icd-10-cm|C7A.012", text=words)
    assert seen("course", tumor) == "unknown"
    assert seen("course", tumor, condition("icd-10-cm|C78.7")) == "active"


@pytest.mark.parametrize("words", ["NET of ileum, planned for resection", "NET of ileum, resection planned",
                                   "NET of ileum, s/p 4 cycles of Lutathera"])  # fmt: skip
def test_a_resection_that_is_only_planned_leaves_the_tumor_active(words: str) -> None:
    assert seen("course", condition("icd-10-cm|C7A.012", text=words)) == "active"


@pytest.mark.parametrize(
    "men1", [condition("icd-10-cm|E31.21", verificationStatus="provisional"), condition(text="V. a. MEN1")]
)
def test_men1_that_is_only_suspected_leaves_a_small_tumor_open(men1: Resource) -> None:
    assert seen("resection-exception", PANCREAS, size(15), men1) == "unknown"
    refuted = condition("icd-10-cm|E31.21", verificationStatus="refuted")
    assert seen("resection-exception", PANCREAS, size(15), refuted) == "yes"
