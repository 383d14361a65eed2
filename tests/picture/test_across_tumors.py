"""What all tumors say together: how many, which other cancers, in what context an NSE stands."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.picture.charts import (
    Resource,
    concept,
    condition,
    feature,
    gap,
    histology,
    ki67,
    pathology,
    picture,
    procedure,
    seen,
)

ILEUM = condition("icd-10-cm|C7A.012", id="ileum")
PANCREAS = condition("icd-10-cm|C25.4", id="pancreas")
SCLC = condition("snomed|254632001", id="sclc")
NEC = condition("icd-10-cm|C7A.1", id="nec", text="Neuroendocrine carcinoma of the colon")
BREAST = condition("icd-10-cm|C50.911", id="breast")
GLIOMA = condition("icd-10-cm|C71.9", id="glioma")
MASS = condition("icd-10-cm|R91.8|Mass of lung", id="mass")
NEUROBLASTOMA = condition("snomed|432328008", id="neuroblastoma")
MERKEL = condition("icd-10-cm|C4A.9", id="merkel")
REMOVED = procedure(text="Small bowel resection")


# --- nen-count ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resources", "value"),
    [
        ((), "none"),
        ((BREAST,), "none"),
        ((ILEUM,), "one"),
        ((MASS,), "one"),
        ((condition("icd-10-cm|C7A.012", verification="provisional"),), "one"),
        ((NEUROBLASTOMA,), "one"),
        ((MERKEL,), "one"),
        ((ILEUM, BREAST), "one"),
        ((ILEUM, PANCREAS), "two-or-more"),
        ((ILEUM, SCLC), "two-or-more"),
        ((ILEUM, REMOVED), "none"),
        ((ILEUM, PANCREAS, REMOVED), "one"),
    ],
)
def test_active_neuroendocrine_tumors_are_counted(resources: tuple[Resource, ...], value: str) -> None:
    assert seen("nen-count", *resources) == value


def test_a_tumor_of_unknown_course_leaves_the_count_open() -> None:
    gone = condition("icd-10-cm|C7A.012", status="inactive")
    assert gap("nen-count", gone) is Gap.NOT_RECORDED
    assert seen("nen-count", gone, PANCREAS, SCLC) == "two-or-more"


def test_the_count_needs_the_conditions() -> None:
    assert gap("nen-count", without=("conditions",)) is Gap.NOT_SEARCHED


# --- other-cancer ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resources", "value"),
    [
        ((), "none"),
        ((ILEUM,), "none"),
        ((NEUROBLASTOMA, GLIOMA), "none"),
        ((BREAST,), "breast"),
        ((condition("icd-10-cm|C61"),), "prostate"),
        ((condition("icd-10-cm|C43.9"),), "melanoma"),
        ((condition(text="Seminoma"),), "seminoma"),
        ((condition("snomed|254637007"),), "nsclc"),
        ((condition("icd-10-cm|C34.11"), histology("icd-o-3|8046/3")), "nsclc"),
        ((condition("icd-10-cm|C83.30"),), "other"),
        ((BREAST, condition("icd-10-cm|C61")), "breast prostate"),
        ((condition("icd-10-cm|C34.11"),), "unknown"),
        ((condition("icd-10|C25.1"),), "unknown"),
        ((condition("icd-10|C17.2"),), "unknown"),
        ((BREAST, condition("icd-10-cm|C34.11")), "breast unknown"),
        ((condition("icd-10-cm|C50.911", verification="provisional"),), "unknown"),
        ((condition("icd-10-cm|C50.911", status="resolved"),), "unknown"),
        ((condition("icd-10-cm|C7A.1", verification="provisional"),), "none"),
    ],
)
def test_other_cancers_are_a_set(resources: tuple[Resource, ...], value: str) -> None:
    assert seen("other-cancer", *resources) == value


def test_a_resected_cancer_is_no_active_one() -> None:
    lung = condition("snomed|254637007", id="lung")
    assert seen("other-cancer", lung, procedure("snomed|173171007|Lobectomy of lung")) == "none"


def test_other_cancer_needs_the_conditions() -> None:
    assert gap("other-cancer", without=("conditions",)) is Gap.NOT_SEARCHED
    assert gap("other-cancer", condition("icd-10-cm|C34.11")) is Gap.NOT_RECORDED


# --- nse-context -------------------------------------------------------------------------------------------------

ARREST = condition("snomed|410429000", onsetDateTime="2026-11-10")


@pytest.mark.parametrize(
    ("resources", "value"),
    [
        ((SCLC, NEC, ILEUM, BREAST), "sclc"),
        ((NEC, SCLC), "sclc"),
        ((NEC, MERKEL, BREAST), "nec"),
        ((condition(text="High grade neuroendocrine neoplasm"),), "nec"),
        ((ILEUM, MERKEL, BREAST), "net"),
        ((PANCREAS,), "net"),
        ((MERKEL, NEUROBLASTOMA), "other-nen"),
        ((NEUROBLASTOMA, BREAST), "neuroblastoma"),
        ((MASS,), "suspected-nen"),
        ((condition("icd-10-cm|C7A.1", verification="provisional"), BREAST), "suspected-nen"),
        ((condition("icd-10-cm|C34.11"), BREAST), "cancer-histology-unknown"),
        ((condition("icd-10|C25.1"),), "cancer-histology-unknown"),
        ((GLIOMA, BREAST), "brain-tumor"),
        ((BREAST,), "other-cancer"),
        ((condition("snomed|254637007"),), "other-cancer"),
        ((BREAST, ARREST), "other-cancer"),
        ((ARREST,), "neuro-prognosis"),
        ((condition("icd-10-cm|I10"),), "none"),
        ((), "none"),
        ((condition("icd-10-cm|C78.7"),), "unknown"),
    ],
)
def test_the_context_of_an_nse_is_the_first_that_holds(resources: tuple[Resource, ...], value: str) -> None:
    assert seen("nse-context", *resources) == value


def test_where_the_code_names_only_the_lung_the_context_cites_the_histology_too() -> None:
    lung = condition("icd-10-cm|C34.90|Malignant neoplasm of lung", id="lung")
    small_cell = histology("icd-o-3|8041/3|Small cell carcinoma", id="tissue")
    context = feature("nse-context", lung, small_cell)
    assert context.shown == "sclc"
    assert [item.reference for item in context.evidence] == ["Condition/lung", "Observation/tissue"]
    assert feature("nen-count", lung, small_cell).evidence == context.evidence


def test_where_ki67_settles_the_context_it_is_cited() -> None:
    context = feature("nse-context", condition("icd-10-cm|C7A.8", id="t"), ki67(60, id="figure"))
    assert context.shown == "nec"
    assert [item.reference for item in context.evidence] == ["Condition/t", "Observation/figure"]


def test_a_resected_tumor_counts_only_where_no_active_one_is_left() -> None:
    assert seen("nse-context", ILEUM, REMOVED) == "net"
    assert seen("nse-context", ILEUM, REMOVED, BREAST) == "other-cancer"


@pytest.mark.parametrize(
    ("members", "value"),
    [
        ({"onsetDateTime": "2026-11-01T12:00:00Z"}, "neuro-prognosis"),
        ({"onsetDateTime": "2026-11-01T11:59:00Z"}, "none"),
        ({"onsetPeriod": {"start": "2026-11-10"}}, "neuro-prognosis"),
        ({"onsetDateTime": "2026-11"}, "unknown"),
        ({"onsetDateTime": "2026"}, "unknown"),
        ({"recordedDate": "2026-11-10"}, "unknown"),  # recorded now, happened whenever
        ({"recordedDate": "2026-10-01"}, "none"),
        ({}, "unknown"),
        ({"onsetDateTime": "2026-11-10", "verification": "refuted"}, "none"),
    ],
)
def test_a_cardiac_arrest_counts_for_14_days_by_its_onset(members: dict[str, Any], value: str) -> None:
    assert seen("nse-context", condition("snomed|410429000", **members)) == value


def test_a_stroke_is_no_question_of_prognosis() -> None:
    assert seen("nse-context", condition("icd-10-cm|I63.9", onsetDateTime="2026-11-10")) == "none"


def test_the_context_needs_the_conditions() -> None:
    assert gap("nse-context", without=("conditions",)) is Gap.NOT_SEARCHED
    assert feature("nse-context", BREAST, without=("conditions",)).shown == "other-cancer"


def test_two_tumors_have_two_pictures() -> None:
    drawn = picture(ILEUM, SCLC)
    assert [tumor.reference for tumor in drawn.tumors] == ["Condition/ileum", "Condition/sclc"]


# --- what forbids to say that there is no tumor ------------------------------------------------------------------


@pytest.mark.parametrize(
    "hint",
    [
        condition(text="Adrenal mass"),
        condition(text="Adrenal gland lesion, 4 cm"),
        condition(text="Retroperitoneal mass"),
        condition(text="Bladder mass"),
        condition(text="History of lung cancer"),
        condition(text="Inzidentalom der Nebenniere"),
        condition("icd-10-cm|E16.4|Increased secretion of gastrin", text="Gastrinoma"),
        condition(),  # without a code or words
        condition("icd-10-cm|D35.2"),
        pathology("Malignant cells, further workup recommended."),
    ],
)
def test_no_context_is_claimed_where_something_may_be_a_tumor(hint: Resource) -> None:
    assert seen("nse-context", hint) in {"unknown", "suspected-nen"}


@pytest.mark.parametrize(
    "resource",
    [
        condition(text="Hypertension"),
        condition(text="Family history of breast cancer"),
        condition(text="Screening for malignant neoplasm of colon"),
        condition(text="Fear of cancer"),
        condition(text="Benign neoplasm of colon"),
        condition(text="Adrenal tumor", verification="refuted"),
        condition(text="Body mass index 31"),
        condition(text="Loss of muscle mass"),
        condition(text="Adrenal insufficiency"),
        pathology("No malignancy."),
    ],
)
def test_what_is_no_tumor_of_the_patient_leaves_the_context_none(resource: Resource) -> None:
    assert seen("nse-context", resource) == "none"


@pytest.mark.parametrize("words", ["Z. n. Resektion eines NET", "Status post carcinoid", "Ausschluss NEC"])
def test_a_tumor_that_is_only_told_as_past_or_doubted_leaves_the_count_open(words: str) -> None:
    assert gap("nen-count", condition(text=words)) is Gap.NOT_RECORDED
    assert seen("nen-count", condition(text=words), condition("icd-10-cm|C7A.012", id="ileum")) == "one"


def test_a_hint_of_another_cancer_leaves_no_neuroendocrine_tumor() -> None:
    assert seen("nen-count", condition(text="Z. n. Mammakarzinom")) == "none"
    assert seen("nen-count", condition("icd-10-cm|C18.7", text="Colon cancer, no neuroendocrine part")) == "none"


def test_a_resection_of_a_tumor_that_is_told_only_in_words_is_not_denied() -> None:
    assert seen("resection", condition(text="Z. n. Resektion NET Ileum 2021")) == "unknown"


def admission(
    start: str, reason: str = "icd-10-cm|I46.9|Cardiac arrest, cause unspecified", kind: str = "IMP"
) -> Resource:
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": kind},
        "period": {"start": start},
        "reasonCode": [concept(reason)],
    }


@pytest.mark.parametrize(
    ("stay", "value"),
    [
        (admission("2026-11-02"), "neuro-prognosis"),
        (admission("2026-10-31"), "none"),
        (admission("2026-11"), "unknown"),
        (admission("2026-11-12", kind="AMB"), "none"),
        (admission("2026-11-12", "icd-10-cm|I63.9|Cerebral infarction, unspecified"), "none"),
    ],
)
def test_an_admission_for_cardiac_arrest_counts_for_14_days(stay: Resource, value: str) -> None:
    assert seen("nse-context", stay) == value


def test_a_suspected_non_small_cell_lung_cancer_may_turn_out_to_be_small_cell() -> None:
    suspected = condition("snomed|254637007", verification="provisional")
    assert [seen(name, suspected) for name in ("diagnosis", "other-cancer", "nse-context")] == ["unknown"] * 3
    assert seen("diagnosis", suspected, histology("icd-o-3|8046/3")) == "nsclc"


def test_a_malignant_tumor_of_the_adrenal_gland_leaves_the_other_cancers_open() -> None:
    adrenal = "icd-10-cm|C74.90|Malignant neoplasm of unspecified part of unspecified adrenal gland"
    assert gap("other-cancer", condition(adrenal)) is Gap.NOT_RECORDED
    assert seen("other-cancer", condition(adrenal, status="resolved")) == "none"
    assert seen("other-cancer", condition(adrenal, verification="refuted")) == "none"
    assert seen("other-cancer", condition("icd-10-cm|D35.2", text="Pituitary adenoma")) == "none"
    assert seen("other-cancer", condition("icd-10-cm|C74.90", text="Neuroblastoma")) == "none"
