"""What is one tumor: Conditions of one organ and compatible histology; metastases belong to their primary."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from cds_service.picture.tumor.tumors import Tumor, tumors
from tests.charts import (
    RELATED,
    Resource,
    concept,
    condition,
    gap,
    ki67,
    line,
    observation,
    pathology,
    record,
    ref,
    report,
    seen,
)

ILEUM = condition("icd-10-cm|C7A.012", id="ileum")
PANCREAS = condition("icd-10-cm|C25.4", id="pancreas")
SCLC = condition("snomed|254632001", id="sclc")
BREAST = condition("icd-10-cm|C50.911", id="breast")
LIVER_METASTASIS = condition("icd-10-cm|C78.7", id="liver")


def found(*resources: Resource) -> tuple[Tumor, ...]:
    return tumors(record(*resources))


def ids(tumor: Tumor) -> list[str]:
    return [condition.resource.id for condition in tumor.all_conditions]


def groups(*resources: Resource) -> list[list[str]]:
    return [sorted(ids(tumor)) for tumor in found(*resources)]


# --- one or two --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        condition("icd-10-cm|C7A.012", id="again"),  # problem list and encounter diagnosis
        condition("snomed|425318003", id="again"),  # ICD beside SNOMED
        condition(text="Carcinoid tumor of the ileum", id="again"),  # beside words
        condition(text="NET G2", id="again"),  # "NET" beside "NET of ileum"
        condition("snomed|255046005", id="again"),
        condition("icd-10-cm|C7A.1", id="again"),  # NET and NEC words of one patient: one tumor, contradicted or not
        condition("icd-10|C17.2", id="again"),  # an organ without a histology
        condition("icd-10-cm|Z85.060", id="again"),
    ],
)
def test_duplicates_of_one_diagnosis_are_one_tumor(other: Resource) -> None:
    assert groups(ILEUM, other) == [["again", "ileum"]]


@pytest.mark.parametrize("other", [PANCREAS, SCLC, BREAST])
def test_different_organs_or_histologies_are_two_tumors(other: Resource) -> None:
    assert len(groups(ILEUM, other)) == 2


def test_sclc_with_unspecified_lung_cancer_is_one_tumor() -> None:
    assert groups(SCLC, condition("icd-10-cm|C34.11", id="c34")) == [["c34", "sclc"]]


def test_sclc_beside_a_named_other_histology_of_the_lung_is_two_tumors() -> None:
    assert len(groups(SCLC, condition("snomed|254637007", id="nsclc"))) == 2


def test_small_cell_carcinoma_of_the_lung_is_one_tumor_with_sclc() -> None:
    small_cell = condition("icd-10-cm|C34.11", morphology="icd-o-3|8041/3", id="small")
    assert groups(SCLC, small_cell) == [["sclc", "small"]]


def test_a_net_without_an_organ_stands_alone_beside_two_of_its_kind() -> None:
    assert groups(ILEUM, PANCREAS, condition(text="NET G1", id="net")) == [["ileum"], ["net"], ["pancreas"]]


def test_a_histology_without_an_organ_joins_its_own_kind_before_a_bare_organ() -> None:
    together = groups(ILEUM, condition("icd-10-cm|C34.11", id="lung"), condition(text="NET G1", id="net"))
    assert together == [["ileum", "net"], ["lung"]]


def test_a_net_without_an_organ_beside_another_cancer_stands_alone() -> None:
    assert groups(BREAST, condition(text="NET G1", id="net")) == [["breast"], ["net"]]


@pytest.mark.parametrize("verification", ["refuted", "entered-in-error"])
def test_refuted_conditions_are_invisible(verification: str) -> None:
    gone = condition("icd-10-cm|C7A.1", verificationStatus=verification, id="nec")
    assert groups(gone, ILEUM) == [["ileum"]]


def test_without_a_neoplasm_there_is_one_empty_tumor() -> None:
    (empty,) = found(condition("icd-10-cm|I10"))
    assert (empty.reference, empty.label, empty.all_conditions, empty.suspected) == ("", "", (), False)


def test_the_strongest_condition_names_the_tumor() -> None:
    words = condition(text="Carcinoid tumor of the ileum", id="a")
    named = condition("snomed|425318003 'Carcinoid tumor of ileum'", id="b")
    (tumor,) = found(words, named)
    assert (tumor.reference, tumor.label) == ("Condition/b", "Carcinoid tumor of ileum")


# --- metastases --------------------------------------------------------------------------------------------------


def test_a_metastasis_belongs_to_the_only_malignant_tumor() -> None:
    assert groups(ILEUM, LIVER_METASTASIS) == [["ileum", "liver"]]


def test_a_metastasis_belongs_to_the_tumor_it_names() -> None:
    named = condition("icd-10-cm|C78.7", related="Condition/breast", id="liver")
    assert groups(ILEUM, BREAST, named) == [["breast", "liver"], ["ileum"]]


def test_of_several_candidates_none_owns_a_metastasis() -> None:
    assert groups(ILEUM, BREAST, LIVER_METASTASIS) == [["breast"], ["ileum"]]
    assert all(tumor.unlinked_metastases for tumor in found(ILEUM, BREAST, LIVER_METASTASIS))


def test_a_neuroendocrine_metastasis_belongs_to_the_neuroendocrine_tumor() -> None:
    secondary = condition("icd-10-cm|C7B.02", id="liver")
    assert groups(ILEUM, BREAST, secondary) == [["breast"], ["ileum", "liver"]]


def test_a_neuroendocrine_metastasis_beside_another_cancer_is_a_tumor_of_its_own() -> None:
    """Its primary is not recorded, but a breast cancer it is not."""
    assert groups(BREAST, condition("icd-10-cm|C7B.02", id="liver")) == [["breast"], ["liver"]]


def test_a_brain_metastasis_is_not_a_brain_tumor() -> None:
    (tumor,) = found(SCLC, condition("icd-10-cm|C79.31", id="brain"))
    assert tumor.family == "sclc"
    assert ids(tumor) == ["sclc", "brain"]


def test_a_metastasis_never_belongs_to_a_brain_tumor() -> None:
    glioma = condition("icd-10-cm|C71.9", id="glioma")
    assert groups(glioma, ILEUM, LIVER_METASTASIS) == [["glioma"], ["ileum", "liver"]]


def test_metastases_without_a_primary_are_one_tumor_of_their_own() -> None:
    bone = condition("icd-10-cm|C79.51", id="bone")
    assert groups(LIVER_METASTASIS, bone) == [["bone", "liver"]]
    assert seen("primary", LIVER_METASTASIS, bone) == "not-recorded"


# --- masses ------------------------------------------------------------------------------------------------------


def test_a_mass_without_any_cancer_is_one_suspected_tumor() -> None:
    mass = condition("icd-10-cm|R91.8 'Mass of lung'", id="mass")
    words = condition(text="Liver lesion", id="words")
    assert groups(mass, words) == [["mass", "words"]]


def test_a_mass_beside_an_active_cancer_is_no_tumor_of_its_own() -> None:
    assert groups(condition("icd-10-cm|R91.8 'Mass of lung'", id="mass"), BREAST) == [["breast"]]


def test_a_mass_after_a_cancer_in_remission_is_a_tumor_again() -> None:
    gone = condition("icd-10-cm|C50.911", clinicalStatus="remission", id="breast")
    assert groups(condition("icd-10-cm|R91.8 'Mass of lung'", id="mass"), gone) == [["breast"], ["mass"]]


def test_a_resolved_mass_is_no_tumor() -> None:
    assert groups(condition("icd-10-cm|R91.8 'Mass of lung'", clinicalStatus="resolved", id="mass")) == [[]]


# --- whose result ------------------------------------------------------------------------------------------------


def band(result: Resource, *more: Resource, tumor: str = "Condition/ileum") -> str:
    return seen("ki67-band", ILEUM, PANCREAS, result, *more, tumor=tumor)


def test_a_result_belongs_to_the_tumor_in_its_focus() -> None:
    linked = ki67(5, focus="Condition/ileum")
    assert band(linked) == "3-to-under-10"
    assert seen("ki67-found", ILEUM, PANCREAS, linked, tumor="Condition/pancreas") == "not-found"


def test_a_result_belongs_to_the_tumor_at_its_body_site() -> None:
    assert band(ki67(5, bodySite="Ileum")) == "3-to-under-10"


def test_a_result_belongs_to_the_tumor_its_specimen_was_taken_from() -> None:
    tissue = line(Specimen="", id="s1", collection={"bodySite": concept("Pancreas, tail")})
    linked = ki67(5, specimen="Specimen/s1")
    assert band(linked, tissue, tumor="Condition/pancreas") == "3-to-under-10"
    assert band(linked, tissue) == "unknown"


def test_a_specimen_that_was_not_sent_links_nothing() -> None:
    assert band(ki67(5, specimen="Specimen/elsewhere")) == "unknown"


def test_a_specimen_without_a_place_links_nothing() -> None:
    assert band(ki67(5, specimen="Specimen/s1"), line(Specimen="", id="s1")) == "unknown"


def test_without_a_link_a_result_belongs_to_none_of_two_tumors() -> None:
    assert band(ki67(5)) == "unknown"
    assert band(ki67(5), tumor="Condition/pancreas") == "unknown"


def test_a_result_about_another_condition_belongs_to_no_tumor() -> None:
    other = condition("icd-10-cm|I10", id="other")
    assert seen("ki67-found", ILEUM, other, ki67(5, focus="Condition/other")) == "not-found"


def test_the_only_tumor_owns_a_result_without_a_link() -> None:
    assert seen("ki67-band", ILEUM, ki67(5)) == "3-to-under-10"


def test_a_report_that_names_the_reason_belongs_to_that_tumor() -> None:
    words = pathology("Ki-67 5 %", raw={"reasonReference": [ref("Condition/ileum")]})
    assert band(words) == "3-to-under-10"


@pytest.mark.parametrize("url", [RELATED, "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-related-condition"])
def test_a_result_belongs_to_the_condition_in_its_extension(url: str) -> None:
    linked = ki67(5, extension=[{"url": url, "valueReference": ref("Condition/ileum")}])
    assert band(linked) == "3-to-under-10"
    assert seen("ki67-found", ILEUM, PANCREAS, linked, tumor="Condition/pancreas") == "not-found"


@pytest.mark.parametrize(
    "link", [{"raw": {"reasonReference": [ref("Condition/ileum")]}}, {"specimen": [ref("Specimen/s1")]}]
)
def test_a_result_belongs_where_the_report_it_came_with_belongs(link: dict[str, Any]) -> None:
    tissue = line(Specimen="Ileum resection", id="s1")
    came_with = report("Surgical pathology", category="SP", result="Observation/k", **link)
    assert band(ki67(5, id="k"), came_with, tissue) == "3-to-under-10"
    assert band(ki67(5, id="k"), came_with, tissue, tumor="Condition/pancreas") == "unknown"


def test_a_result_of_a_panel_belongs_to_the_organ_its_component_names() -> None:
    part = {"code": concept("loinc|29593-1", text="Ki-67, ileum"), "valueQuantity": {"value": 5, "unit": "%"}}
    panel = observation("", text="Immunohistochemistry", component=[part], date="2026-03-15")
    assert band(panel) == "3-to-under-10"
    assert seen("ki67-found", ILEUM, PANCREAS, panel, tumor="Condition/pancreas") == "not-found"


def test_a_result_belongs_where_the_panel_it_is_part_of_belongs() -> None:
    panel = observation("loinc|60567-5", hasMember="Observation/k", focus="Condition/ileum")
    assert band(ki67(5, id="k"), panel) == "3-to-under-10"


@pytest.mark.parametrize("words", ["Ileum, biopsy", "Dünndarmresektat"])
def test_a_report_belongs_to_the_tumor_of_the_organ_in_its_name(words: str) -> None:
    named = report(words, "Ki-67 5 %", category="SP")
    assert band(named) == "3-to-under-10"
    assert seen("ki67-found", ILEUM, PANCREAS, named, tumor="Condition/pancreas") == "not-found"


def test_the_organ_of_a_metastasis_links_no_result_to_a_tumor_there() -> None:
    lung = condition("icd-10-cm|C7A.090", id="lung")
    biopsy = ki67(5, bodySite="Lung metastasis")
    assert seen("ki67-found", ILEUM, lung, biopsy, tumor="Condition/lung") == "unknown"


@pytest.mark.parametrize(
    "words",
    ["Thyroid, fine needle aspiration", "Schilddrüsenbiopsie", "Skin excision", "Hautexzision", "Cervix biopsy",
     "Endometrium", "Ovar links", "Urinary bladder, TUR", "Harnblasenbiopsie", "Nierenbiopsie", "Hoden rechts",
     "Larynxbiopsie", "Ösophagusbiopsie", "Esophageal biopsy", "Tongue biopsy", "Prostate core biopsy",
     "Mammastanzbiopsie", "Brustbiopsie", "Gallenblase", "Parotid gland", "Uterus, curettage"],
)  # fmt: skip
def test_pathology_of_an_organ_that_is_none_of_ours_says_nothing_of_a_tumor_of_the_gut(words: str) -> None:
    plain = report(words, "Carcinoma, Ki-67 40 %.", category="SP")
    assert seen("ki67-found", ILEUM, plain) == "not-found"
    ours = report(words, "Metastasis of the known NET, Ki-67 4 %.", category="SP")
    assert seen("ki67-found", ILEUM, ours) == "found"


@pytest.mark.parametrize("words", ["Liver biopsy", "Lymphknoten", "Knochenstanze", "Brain biopsy", "Peritoneum"])
def test_pathology_of_organs_to_which_tumors_spread_may_be_of_the_only_tumor(words: str) -> None:
    assert seen("ki67-found", ILEUM, report(words, "Ki-67 4 %.", category="SP")) == "found"


# --- words of metastases -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["Liver metastases of the ileal NET", "Lebermetastasen eines NET des Ileums"])
@pytest.mark.parametrize("codes", [(), ("icd-10-cm|C78.7",)])
def test_a_metastasis_belongs_to_the_primary_its_words_name(codes: tuple[str, ...], words: str) -> None:
    secondary = condition("; ".join(codes), text=words, id="liver")
    assert groups(ILEUM, PANCREAS, secondary) == [["ileum", "liver"], ["pancreas"]]
    assert [
        seen("extent", ILEUM, PANCREAS, secondary, tumor=f"Condition/{name}") for name in ("ileum", "pancreas")
    ] == ["metastatic", "unknown"]


def test_a_metastasis_belongs_to_the_primary_its_pathology_names() -> None:
    liver = condition("icd-10-cm|C78.7", id="liver")
    told = pathology(
        "Liver metastasis of a NET, compatible with origin in the ileum.",
        raw={"reasonReference": [ref("Condition/liver")]},
    )
    assert groups(ILEUM, PANCREAS, liver, told) == [["ileum", "liver"], ["pancreas"]]
    both = pathology("Ileum or pancreas.", raw={"reasonReference": [ref("Condition/liver")]})
    draft = told | {"status": "registered"}
    for silent in (both, draft, pathology("NET of the ileum.")):
        assert groups(ILEUM, PANCREAS, liver, silent) == [["ileum"], ["pancreas"]]


def test_a_metastasis_of_a_net_is_no_tumor_of_its_own_beside_two_of_them() -> None:
    secondary = condition(text="Lebermetastasen eines NET", id="liver")
    assert groups(ILEUM, PANCREAS, secondary) == [["ileum"], ["pancreas"]]
    assert gap("extent", ILEUM, PANCREAS, secondary, tumor="Condition/ileum") is Gap.NOT_LINKED


def test_a_metastasis_of_a_net_names_its_tumor_where_nothing_else_does() -> None:
    secondary = condition(text="Lebermetastasen eines NET des Ileums", id="liver")
    assert groups(secondary) == [["liver"]]
    assert [seen(name, secondary) for name in ("diagnosis", "primary", "extent")] == [
        "net",
        "small-intestine",
        "metastatic",
    ]


def test_the_lung_in_the_name_of_a_metastasis_is_not_its_primary() -> None:
    lung = condition("icd-10-cm|C34.11", id="lung")
    secondary = condition("icd-10-cm|C78.01 'Secondary malignant neoplasm of right lung'", id="met")
    assert groups(ILEUM, lung, secondary) == [["ileum"], ["lung"]]


def test_a_history_of_merkel_cell_carcinoma_is_no_part_of_a_net() -> None:
    assert groups(condition("icd-10-cm|Z85.821", id="merkel"), condition(text="NET G1", id="net")) == [
        ["merkel"],
        ["net"],
    ]


def test_a_result_about_a_condition_that_did_not_come_is_not_taken_for_the_only_tumor() -> None:
    elsewhere = ki67(60, focus="Condition/not-here")
    assert seen("diagnosis", condition("icd-10-cm|C7A.012"), elsewhere) == "net"
    assert gap("ki67-found", condition("icd-10-cm|C7A.012"), elsewhere) is Gap.NOT_LINKED
    assert seen("ki67-found", condition("icd-10-cm|C7A.012"), ki67(60, focus="Patient/p1")) == "found"
