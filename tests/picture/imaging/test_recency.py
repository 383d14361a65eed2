"""How long ago the region of a tumor, and somatostatin receptors, were imaged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import (
    Resource,
    attached,
    concept,
    condition,
    draft,
    gap,
    imaging_study,
    observation,
    procedure,
    report,
    said,
    seen,
)

ILEUM = condition("icd-10-cm|C7A.012", id="ileum")
LUNG = condition("icd-10-cm|C7A.090", id="lung")
RECTUM = condition("icd-10-cm|C7A.026", id="rectum")
UNKNOWN_PRIMARY = condition("icd-10-cm|C7A.00", id="unknown")
PDF = [{"contentType": "application/pdf", "data": "AAAA"}]
CT = "CT chest, abdomen and pelvis"


def ct_mri(*resources: Resource, tumor: Resource = ILEUM, **options: Any) -> str:
    return seen("ct-mri", tumor, *resources, **options)


def ct(text: str = CT, date: str = "2026-10-20", conclusion: str = "", **members: Any) -> Resource:
    return report(text, conclusion, date=date, **members)


# --- when --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "band"),
    [
        ("2026-11-15T11:00:00Z", "within-8-weeks"),
        ("2026-09-20T12:00:00Z", "within-8-weeks"),
        ("2026-09-20T11:59:59Z", "8-weeks-to-3-months"),
        ("2026-08-15T12:00:00Z", "8-weeks-to-3-months"),
        ("2026-08-15T11:59:59Z", "3-to-6-months"),
        ("2026-05-15T12:00:00Z", "3-to-6-months"),
        ("2026-05-15T11:59:59Z", "6-to-12-months"),
        ("2025-11-15T12:00:00Z", "6-to-12-months"),
        ("2025-11-15T11:59:59Z", "over-12-months"),
        ("2019-01-01", "over-12-months"),
    ],
)
def test_the_newest_ct_lies_in_one_band(date: str, band: str) -> None:
    assert ct_mri(ct(date=date)) == band


def test_the_newest_study_counts() -> None:
    assert ct_mri(ct(date="2024-01-01"), ct(date="2026-10-20"), ct(date="2025-06-01")) == "within-8-weeks"
    words = said("ct-mri", ILEUM, ct(date="2024-01-01", id="old"), ct(date="2026-10-20", id="new"))
    assert words == f"{CT}, 2026-10-20"


@pytest.mark.parametrize(
    ("date", "band"), [("2026-10", "within-8-weeks"), ("2026-07", "3-to-6-months"), ("2024", "over-12-months")]
)
def test_a_coarse_date_counts_where_all_of_it_lies_in_one_band(date: str, band: str) -> None:
    assert ct_mri(ct(date=date)) == band


@pytest.mark.parametrize("date", ["2026-09", "2026-08", "2026", "2025-11"])
def test_a_date_across_the_edge_of_a_band_is_unknown(date: str) -> None:
    assert gap("ct-mri", ILEUM, ct(date=date)) is Gap.NOT_READABLE


def test_a_coarse_date_of_this_month_does_not_reach_into_the_future() -> None:
    now = datetime(2026, 11, 2, 12, tzinfo=UTC)
    assert ct_mri(ct(date="2026-11"), now=now) == "within-8-weeks"


def test_an_undated_study_may_be_the_newest() -> None:
    assert gap("ct-mri", ILEUM, ct(date="")) is Gap.NOT_READABLE
    assert gap("ct-mri", ILEUM, ct(date=""), ct(date="2024-01-01")) is Gap.NOT_READABLE
    assert ct_mri(ct(date=""), ct(date="2026-10-20")) == "within-8-weeks"


# --- where -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "CT abdomen",
        "CT abdomen and pelvis with contrast",
        "CT Abdomen/Pelvis",
        "MRI abdomen",
        "MRT Oberbauch",
        "CT Thorax/Abdomen",
        "Abdomen-CT",
        "Computed tomography of abdomen",
        "MR pancreas",
        "CT TAP",
        "CT C/A/P",
        "CT CAP with contrast",
        "Whole-body MRI",
        "CT head/neck/chest/abdomen",
        "MRI head of pancreas",
        "CT abd/pelv w contrast",
        "CT enterography",
    ],
)
def test_a_study_of_the_abdomen_covers_an_ileal_net(text: str) -> None:
    assert ct_mri(ct(text)) == "within-8-weeks"


@pytest.mark.parametrize(
    "text",
    [
        "MRI brain",
        "MR Brain W contrast IV",
        "CT head",
        "MRT Schädel",
        "MRI knee",
        "MRI thoracic spine",
        "MRT LWS",
        "Cardiac MRI",
        "CT chest",
        "HRCT chest",
        "CT-guided biopsy of liver",
        "CT Guidance for biopsy of Abdomen",
        "CT guided drainage abdomen",
        "CT-gesteuerte Punktion Abdomen",
        "Planning CT abdomen",
        "X-ray abdomen",
        "Ultrasound abdomen",
        "Sonographie Oberbauch",
    ],
)
def test_a_study_of_another_region_or_for_a_needle_does_not_count(text: str) -> None:
    assert ct_mri(ct(text)) == "none-found"


@pytest.mark.parametrize(
    "text",
    [
        "CT",
        "MRI",
        "Computed tomography",
        "CT angiography abdomen",
        "MRI liver",
        "MR pelvis",
        "MRCP",
        "CT brain and abdomen",
        "CT abdomen?",
    ],
)
def test_a_study_that_may_show_the_tumor_forbids_to_say_none(text: str) -> None:
    assert gap("ct-mri", ILEUM, ct(text)) is Gap.NOT_READABLE
    assert gap("ct-mri", ILEUM, ct(text), ct(date="2025-01-01")) is Gap.NOT_READABLE
    assert ct_mri(ct(text), ct()) == "within-8-weeks"
    assert ct_mri(ct(text, date="2024-01-01"), ct(date="2025-01-01")) == "over-12-months"


@pytest.mark.parametrize(
    ("tumor", "text", "value"),
    [
        (LUNG, "CT chest", "within-8-weeks"),
        (LUNG, "HRCT Thorax", "within-8-weeks"),
        (LUNG, "CT abdomen", "none-found"),
        (LUNG, "MRI liver", "none-found"),
        (RECTUM, "MRI pelvis", "within-8-weeks"),
        (RECTUM, "CT Becken", "within-8-weeks"),
        (RECTUM, "CT abdomen", "unknown"),
        (RECTUM, "CT chest", "none-found"),
        (UNKNOWN_PRIMARY, "CT chest and abdomen", "within-8-weeks"),
        (UNKNOWN_PRIMARY, "CT abdomen", "unknown"),
        (UNKNOWN_PRIMARY, "MRI liver", "unknown"),
        (UNKNOWN_PRIMARY, "MRI brain", "none-found"),
    ],
)
def test_the_region_is_that_of_the_primary(tumor: Resource, text: str, value: str) -> None:
    assert ct_mri(ct(text), tumor=tumor) == value


def test_the_region_is_read_from_a_code() -> None:
    coded = ct("", code=concept("loinc|36813-4"))
    assert ct_mri(coded) == "within-8-weeks"
    assert ct_mri(ct("", code=concept("loinc|24627-2"))) == "none-found"
    assert ct_mri(ct("", code=concept("loinc|24590-2"))) == "none-found"
    assert ct_mri(ct("", code=concept("loinc|30601-9"), conclusion="CT abdomen")) == "none-found"
    assert "DiagnosticReport" in said("ct-mri", ILEUM, coded) or "2026-10-20" in said("ct-mri", ILEUM, coded)


# --- which records prove that it was done ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "study",
    [
        imaging_study("CT", "Abdomen"),
        imaging_study("MR", "Abdomen"),
        imaging_study("CT", description="Abdomen/Pelvis with contrast"),
        imaging_study("", description="CT abdomen"),
        imaging_study("", procedureCode="loinc|41806-1"),
        imaging_study("", procedureCode="CT abdomen"),
        imaging_study("SR/CT", "Abdomen"),
        imaging_study(
            "",
            date="",
            series=[{"modality": {"code": "CT"}, "bodySite": {"display": "Abdomen"}, "started": "2026-10-20"}],
        ),
        imaging_study("CT", series=[{"modality": {"code": "CT"}, "description": "ABDOMEN PV"}]),
        procedure(text="CT abdomen", date="2026-10-20"),
        procedure(text="Computed tomography", date="2026-10-20", bodySite="Abdomen"),
        observation("", "no new lesion", text="CT abdomen", date="2026-10-20"),
        observation("loinc|41806-1", "no new lesion", date="2026-10-20"),
        ct(status="preliminary"),
        ct(status="appended"),
    ],
)
def test_reports_studies_procedures_and_observations_prove_a_study(study: Resource) -> None:
    assert ct_mri(study) == "within-8-weeks"


@pytest.mark.parametrize(
    "study",
    [
        imaging_study("CT", "Abdomen", status="registered"),
        imaging_study("CT", "Abdomen", status="cancelled"),
        imaging_study("CT", "Abdomen", status="entered-in-error"),
        imaging_study("MR", "Brain"),
        imaging_study("US", "Abdomen"),
        imaging_study("CR", "Chest"),
        observation("", 24.1, text="SARS-CoV-2 CT value"),
        report("SARS-CoV-2 PCR, Ct value"),
        procedure(text="CT abdomen", date="2026-10-20", status="preparation"),
        procedure(text="CT abdomen", date="2026-10-20", status="not-done"),
        observation("", "x", text="CT abdomen", status="cancelled"),
        ct(status="registered"),
        ct(status="cancelled"),
        draft("ServiceRequest", text="CT abdomen", status="active", authoredOn="2026-10-20"),
        draft("ServiceRequest", text="CT abdomen", status="completed", authoredOn="2026-10-20"),
    ],
)
def test_what_was_ordered_or_planned_or_withdrawn_is_no_study(study: Resource) -> None:
    assert ct_mri(study) == "none-found"


@pytest.mark.parametrize("status", ["", "unknown"])
def test_a_study_without_a_status_is_neither_done_nor_missing(status: str) -> None:
    assert gap("ct-mri", ILEUM, imaging_study("CT", "Abdomen", status=status)) is Gap.NOT_READABLE


def test_a_study_is_named_by_its_own_words() -> None:
    assert said("ct-mri", ILEUM, imaging_study("CT", "Abdomen")) == "CT Abdomen, 2026-10-20"
    assert said("ct-mri", ILEUM, imaging_study("CT", description="CT Abdomen")) == "CT Abdomen, 2026-10-20"


def test_the_devices_of_all_series_make_one_study() -> None:
    series = [{"modality": {"code": code}, "bodySite": {"display": "Abdomen"}} for code in ("PT", "CT")]
    assert gap("ct-mri", ILEUM, imaging_study("", series=series)) is Gap.NOT_READABLE
    series[0]["modality"] = {"code": "MR"}
    assert ct_mri(imaging_study("", series=series)) == "within-8-weeks"


def test_an_imaging_study_of_no_named_region_leaves_it_open() -> None:
    assert gap("ct-mri", ILEUM, imaging_study("CT")) is Gap.NOT_READABLE
    assert gap("ct-mri", ILEUM, imaging_study("CT", series=[{"modality": {"code": "CT"}}])) is Gap.NOT_READABLE


def test_a_preliminary_report_is_labelled() -> None:
    assert "preliminary" in said("ct-mri", ILEUM, ct(status="preliminary"))


def test_a_ct_report_that_is_only_a_pdf_still_proves_the_ct() -> None:
    assert ct_mri(ct(presentedForm=PDF)) == "within-8-weeks"


@pytest.mark.parametrize("name", ["Radiology report", "Diagnostic imaging study", "Radiologischer Befund"])
def test_a_report_without_a_telling_name_leaves_it_open_if_it_speaks_of_a_ct(name: str) -> None:
    assert gap("ct-mri", ILEUM, ct(name, conclusion="CT abdomen: no new lesion")) is Gap.NOT_READABLE
    assert gap("ct-mri", ILEUM, ct(name, presentedForm=PDF)) is Gap.NOT_READABLE
    assert ct_mri(ct(name, conclusion="Chest radiograph: clear lungs")) == "none-found"


def test_an_x_ray_that_compares_with_a_ct_is_no_ct() -> None:
    assert ct_mri(ct("X-ray chest", conclusion="Compared with CT abdomen of 2024")) == "none-found"


# --- PET/CT ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "conclusion",
    [
        "CT: no new lesion",
        "Contrast-enhanced CT shows two liver lesions",
        "CT findings: stable",
        "CT-Befund: keine Läsion",
    ],
)
@pytest.mark.parametrize("name", ["68Ga-DOTATATE PET/CT", "FDG PET/CT", "PET-CT whole body"])
def test_a_pet_ct_counts_when_its_ct_is_reported(name: str, conclusion: str) -> None:
    assert ct_mri(ct(name, conclusion=conclusion)) == "within-8-weeks"


@pytest.mark.parametrize(
    "study",
    [
        ct("68Ga-DOTATATE PET/CT", conclusion="Intense uptake in the liver"),
        ct("68Ga-DOTATATE PET/CT", conclusion="PET/CT: intense uptake"),
        ct("PET/CT abdomen", conclusion="CT component low dose, for attenuation correction"),
        ct("68Ga-DOTATATE PET/CT", presentedForm=PDF),
        ct("Octreotide SPECT/CT abdomen", conclusion="Uptake in the liver"),
        imaging_study("PT/CT", "Abdomen"),
        imaging_study("NM/CT", "Abdomen"),
        ct("", code=concept("snomed|443271005")),
    ],
)
def test_a_pet_ct_whose_ct_is_not_reported_leaves_it_open(study: Resource) -> None:
    assert gap("ct-mri", ILEUM, study) is Gap.NOT_READABLE


def test_the_words_of_an_attached_report_count() -> None:
    assert ct_mri(ct("FDG PET/CT", presentedForm=attached("CT findings: no lesion"))) == "within-8-weeks"


# --- none found --------------------------------------------------------------------------------------------------


def test_none_found_needs_reports_or_imaging_studies() -> None:
    assert ct_mri() == "none-found"
    assert ct_mri(without=("reports",)) == "none-found"
    assert ct_mri(without=("imaging-studies",)) == "none-found"
    assert gap("ct-mri", ILEUM, without=("reports", "imaging-studies")) is Gap.NOT_SEARCHED
    assert said("ct-mri", ILEUM).startswith("reports and imaging studies searched, no CT or MRI")
    assert said("ct-mri", ILEUM, without=("reports",)).startswith("imaging studies searched")


def test_an_old_ct_is_the_newest_only_where_imaging_was_searched() -> None:
    old, new = procedure(text="CT abdomen", date="2024-01-01"), procedure(text="CT abdomen", date="2026-10-20")
    assert gap("ct-mri", ILEUM, old, without=("reports", "imaging-studies")) is Gap.NOT_SEARCHED
    assert ct_mri(new, without=("reports", "imaging-studies")) == "within-8-weeks"


def test_a_report_that_had_to_be_set_aside_forbids_to_say_none() -> None:
    strange = ct(modifierExtension=[{"url": "https://example.org/strange", "valueBoolean": True}])
    assert gap("ct-mri", ILEUM, strange) is Gap.NOT_READABLE
    assert "modifierExtension" in said("ct-mri", ILEUM, strange)
    assert gap("ct-mri", ILEUM, imaging_study("CT", "Abdomen", date="2027-03-01")) is Gap.NOT_READABLE


def test_a_pdf_of_pathology_hides_no_ct() -> None:
    assert ct_mri(report("Surgical pathology", category="PAT", presentedForm=PDF)) == "none-found"


def test_without_a_tumor_there_is_no_region() -> None:
    assert gap("ct-mri", ct()) is Gap.NOT_RECORDED


# --- somatostatin receptor imaging -------------------------------------------------------------------------------


def receptors(*resources: Resource, **options: Any) -> str:
    return seen("sstr-imaging", ILEUM, *resources, **options)


@pytest.mark.parametrize(("date", "value"), [("2024-11-15T12:00:00Z", "recent"), ("2024-11-15T11:59:59Z", "old")])
def test_receptor_imaging_counts_for_24_months(date: str, value: str) -> None:
    assert receptors(ct("68Ga-DOTATATE PET/CT", date)) == value


@pytest.mark.parametrize(
    "study",
    [
        ct("68Ga-DOTATOC PET/CT"),
        ct("64Cu-DOTATATE PET"),
        ct("Octreoscan"),
        ct("Somatostatin receptor scintigraphy"),
        ct("99mTc-HYNIC-TOC SPECT/CT"),
        ct("Octreotide scan", presentedForm=PDF),
        ct("PET/CT whole body", conclusion="68Ga-DOTATATE PET/CT: intense uptake in the liver"),
        imaging_study("PT/CT", description="DOTATATE PET/CT"),
        procedure(text="68Ga-DOTATATE PET/CT", date="2026-10-20"),
        procedure("hcpcs|A9587", date="2026-10-20"),
    ],
)
def test_every_receptor_study_that_was_done_counts(study: Resource) -> None:
    assert receptors(study) == "recent"


@pytest.mark.parametrize(
    "study",
    [
        ct("FDG PET/CT"),
        ct("18F-FDG PET whole body"),
        ct("PET/CT whole body", conclusion="FDG-avid lesion in the liver"),
        ct("PSMA PET/CT"),
        ct("Bone scintigraphy"),
        imaging_study("NM", "Bone"),
        imaging_study("PT", description="FDG whole body"),
        ct("Skelettszintigraphie"),
        ct("CT abdomen", conclusion="DOTATATE PET advised"),
        procedure(text="PRRT with 177Lu-DOTATATE", date="2026-10-20"),
        procedure(text="68Ga-DOTATATE PET/CT", date="2026-10-20", status="preparation"),
        draft("ServiceRequest", text="68Ga-DOTATATE PET/CT", status="active"),
    ],
)
def test_other_tracers_therapies_and_orders_are_no_receptor_imaging(study: Resource) -> None:
    assert receptors(study) == "none-found"


@pytest.mark.parametrize(
    "study",
    [ct("PET/CT whole body"), imaging_study("PT"), imaging_study("NM"), ct("Scintigraphy", conclusion="Uptake")],
)
def test_a_pet_without_a_tracer_leaves_it_open(study: Resource) -> None:
    assert gap("sstr-imaging", ILEUM, study) is Gap.NOT_READABLE


def test_no_receptor_imaging_is_said_only_after_a_search() -> None:
    assert receptors() == "none-found"
    assert "no somatostatin receptor imaging" in said("sstr-imaging", ILEUM)
    assert gap("sstr-imaging", ILEUM, without=("reports", "imaging-studies")) is Gap.NOT_SEARCHED
    assert gap("sstr-imaging", ILEUM, ct("Octreoscan", "2024-11")) is Gap.NOT_READABLE
