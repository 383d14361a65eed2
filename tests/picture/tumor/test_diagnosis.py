"""The table of diagnoses: strongest evidence first, then Ki-67; contradictions are named."""

from __future__ import annotations

import pytest

from cds_service.guideline.features import Gap
from tests.charts import (
    Resource,
    concept,
    condition,
    feature,
    gap,
    grade,
    histology,
    ki67,
    mitoses,
    observation,
    p53,
    pathology,
    rb1,
    said,
    seen,
)

ISLETS = condition("icd-10-cm|C25.4", id="c1")
ILEUM = condition("icd-10-cm|C7A.012", id="c1")
C7A1 = condition("icd-10-cm|C7A.1", id="c1")
C7A8 = condition("icd-10-cm|C7A.8", id="c1")
LUNG_CARCINOID = condition("icd-10-cm|C7A.090", id="c1")


def diagnosis(*resources: Resource) -> str:
    return seen("diagnosis", *resources)


# --- other-nen, sclc, neuroblastoma, nsclc, brain, other ---------------------------------------------------------


@pytest.mark.parametrize(
    "resource",
    [
        condition("icd-10-cm|C34.11", morphology="icd-o-3|8013/3"),  # large cell of the lung
        condition("icd-10-cm|C34.11", text="Large cell neuroendocrine carcinoma of the lung"),
        condition("icd-10-cm|C18.9", morphology="icd-o-3|8244/3"),
        condition(text="MiNEN of the stomach"),
        condition("icd-10-cm|C25.0", morphology="icd-o-3|8154/3"),
        condition("icd-10-cm|C18.1", morphology="icd-o-3|8243/3"),
        condition("icd-10-cm|C18.1", morphology="icd-o-3|8245/3"),
        condition("icd-10-cm|C4A.9"),
        condition(text="Merkel cell carcinoma"),
        condition(text="Medullary thyroid carcinoma"),
        condition(text="Paraganglioma"),
        condition(text="Pheochromocytoma"),
        condition(text="Small cell carcinoma of the prostate"),
        condition(text="Neuroendocrine carcinoma of the bladder"),
        condition("icd-10-cm|C18.9", morphology="icd-o-3|8574/3"),
    ],
)
def test_other_neuroendocrine_tumors_are_neither_net_nor_nec(resource: Resource) -> None:
    assert diagnosis(resource) == "other-nen"


@pytest.mark.parametrize(
    "resource",
    [
        condition("snomed|254632001"),
        condition("icd-10-cm|C34.11", morphology="icd-o-3|8041/3"),
        condition("icd-10-cm|C34.90", morphology="icd-o-3|8045/3"),
        condition(text="Small cell lung cancer, extensive stage"),
        condition(text="Kleinzelliges Bronchialkarzinom"),
        condition("icd-10-cm|C34.11", text="SCLC"),
    ],
)
def test_small_cell_carcinoma_of_the_lung_is_sclc(resource: Resource) -> None:
    assert diagnosis(resource) == "sclc"


@pytest.mark.parametrize(
    "resource",
    [
        condition("snomed|254637007"),
        condition("icd-10-cm|C34.11", morphology="icd-o-3|8046/3"),
        condition(text="Non-small cell lung cancer"),
        condition(text="Nicht-kleinzelliges Bronchialkarzinom"),
        condition(text="Adenocarcinoma of the lung"),
        condition(text="Squamous cell carcinoma of the lung"),
    ],
)
def test_non_small_is_never_small(resource: Resource) -> None:
    assert diagnosis(resource) == "nsclc"


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        (condition("icd-10-cm|C74.90", text="Neuroblastoma of the adrenal gland"), "neuroblastoma"),
        (condition("snomed|432328008"), "neuroblastoma"),
        (condition("icd-10-cm|C71.9"), "brain-tumor"),
        (condition("icd-10-cm|D32.0"), "brain-tumor"),
        (condition("icd-10-cm|D43.2"), "brain-tumor"),
        (condition("icd-10-cm|C50.911"), "other-cancer"),
        (condition("icd-10-cm|C61"), "other-cancer"),
        (condition("icd-10-cm|C43.9"), "other-cancer"),
        (condition(text="Seminoma"), "other-cancer"),
        (condition("icd-10-cm|C83.30"), "other-cancer"),
        (condition(text="Olfactory neuroblastoma"), "other-cancer"),
    ],
)
def test_other_tumors_keep_their_name(resource: Resource, value: str) -> None:
    assert diagnosis(resource) == value


# --- nec ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "resource",
    [
        condition("icd-10|C18.9", morphology="icd-o-3|8041/3"),
        condition("icd-10|C18.9", morphology="icd-o-3|8013/3"),
        condition("icd-10|C25.9", morphology="icd-o-3|8246/3", text="poorly differentiated"),
        condition("snomed|721697000"),
        C7A1,
        condition(text="Poorly differentiated neuroendocrine carcinoma of the colon"),
        condition(text="Schlecht differenziertes neuroendokrines Karzinom"),
        condition(text="neuroendocrine carcinoma (NEC) of the stomach"),
        condition(text="Small cell carcinoma of the colon"),
    ],
)
def test_carcinomas_outside_the_lung_are_nec(resource: Resource) -> None:
    assert diagnosis(resource) == "nec"


def test_nec_without_a_neuroendocrine_word_is_not_elsewhere_classified() -> None:
    assert diagnosis(condition(text="Disorder NEC")) == "none"


@pytest.mark.parametrize(("percent", "value"), [(20, "nen-unspecified"), (20.1, "nec"), (80, "nec")])
def test_a_nec_code_with_ki67_of_20_or_less_contradicts_itself(percent: float, value: str) -> None:
    assert diagnosis(C7A1, ki67(percent)) == value


def test_the_contradiction_of_a_nec_code_and_its_ki67_is_named() -> None:
    assert feature("diagnosis", C7A1, ki67(5)).note == "NEC is recorded with Ki-67 and mitoses not above 20"


def test_a_nec_code_beside_the_words_well_differentiated_is_open() -> None:
    words = condition("icd-10-cm|C7A.1", text="well differentiated neuroendocrine tumor")
    assert diagnosis(words, ki67(30)) == "nen-unspecified"
    assert feature("diagnosis", words, ki67(30)).note == "NEC and well differentiated are both recorded"


@pytest.mark.parametrize(
    "pathologist",
    [
        histology("icd-o-3|8240/3"),
        histology("Neuroendocrine tumor, NET G3"),
        pathology("Well differentiated neuroendocrine tumor, NET G3."),
    ],
)
def test_pathology_that_says_net_outweighs_a_nec_code(pathologist: Resource) -> None:
    assert diagnosis(C7A1, pathologist, ki67(35)) == "net"
    assert feature("diagnosis", C7A1, pathologist, ki67(35)).note == "a NEC code stands beside it"


def test_pathology_that_names_net_and_nec_is_open() -> None:
    both = [histology("icd-o-3|8240/3"), histology("icd-o-3|8013/3", date="2026-04-01")]
    assert diagnosis(ISLETS, *both) == "nen-unspecified"
    assert feature("diagnosis", ISLETS, *both).note == "pathology names both NET and NEC"


def test_small_cell_carcinoma_without_a_site_is_unknown() -> None:
    bare = condition("snomed|74364000 'Small cell carcinoma'")
    assert (diagnosis(bare), gap("diagnosis", bare)) == ("unknown", Gap.NOT_RECORDED)


def test_nec_morphology_with_a_low_ki67_is_open() -> None:
    assert diagnosis(condition("icd-10|C18.9", morphology="icd-o-3|8013/3"), ki67(10)) == "nen-unspecified"


def test_a_large_cell_carcinoma_in_a_pathology_report_makes_a_nec() -> None:
    assert diagnosis(ISLETS, pathology("Large cell neuroendocrine carcinoma."), ki67(70)) == "nec"


def test_a_neuroendocrine_morphology_said_to_be_poorly_differentiated_is_nec() -> None:
    assert diagnosis(C7A8, histology(concept("icd-o-3|8246/3", "poorly differentiated")), ki67(70)) == "nec"


# --- net, high grade undetermined, unspecified -------------------------------------------------------------------


@pytest.mark.parametrize(
    "resource",
    [
        ILEUM,
        condition("icd-10-cm|D3A.8"),
        condition("icd-10|C17.2", morphology="icd-o-3|8240/3"),
        condition("icd-10|C25.9", morphology="icd-o-3|8151/3"),
        condition("snomed|717919005"),
        condition(text="NET G2 of the pancreas"),
        condition(text="Carcinoid of the appendix"),
        condition(text="Well differentiated neuroendocrine neoplasm of the pancreas"),
    ],
)
def test_well_differentiated_tumors_are_net(resource: Resource) -> None:
    assert diagnosis(resource) == "net"


@pytest.mark.parametrize(("percent", "value"), [(20, "net"), (20.1, "high-grade-undetermined")])
def test_a_net_code_above_20_percent_is_undetermined(percent: float, value: str) -> None:
    assert diagnosis(ILEUM, ki67(percent)) == value


@pytest.mark.parametrize(("count", "value"), [(20, "net"), (21, "high-grade-undetermined")])
def test_a_net_code_above_20_mitoses_is_undetermined(count: int, value: str) -> None:
    assert diagnosis(ILEUM, ki67(5), mitoses(count)) == value


@pytest.mark.parametrize(
    "proof",
    [
        condition("icd-10-cm|C25.4", text="well differentiated NET G3"),
        condition("icd-10|C25.4", morphology="icd-o-3|8249/3"),
        condition("icd-10|C25.4", morphology="icd-o-3|8240/3"),
    ],
)
def test_a_net_above_20_percent_needs_a_record_of_its_differentiation(proof: Resource) -> None:
    assert diagnosis(proof, ki67(55)) == "net"
    assert diagnosis(ISLETS, ki67(55)) == "high-grade-undetermined"


def test_a_pathology_report_may_be_that_record() -> None:
    assert diagnosis(ISLETS, ki67(55), pathology("Well differentiated neuroendocrine tumor of the pancreas.")) == "net"


@pytest.mark.parametrize("proof", [ISLETS, C7A8, condition("icd-10|C25.9", morphology="icd-o-3|8246/3"),
                                   condition("snomed|255046005", text="NEN of the pancreas")])  # fmt: skip
def test_net_nen_and_islet_codes_above_20_percent_are_undetermined(proof: Resource) -> None:
    assert diagnosis(proof, ki67(35)) == "high-grade-undetermined"


@pytest.mark.parametrize("text", ["Neuroendocrine neoplasm of the pancreas, G3", "High grade neuroendocrine neoplasm"])
def test_a_grade_in_words_alone_makes_it_undetermined(text: str) -> None:
    assert diagnosis(condition(text=text)) == "high-grade-undetermined"


def test_a_low_ki67_outweighs_high_grade_in_words() -> None:
    assert diagnosis(condition(text="High grade neuroendocrine neoplasm"), ki67(10)) == "net"


def test_a_recorded_high_grade_as_a_result_makes_it_undetermined() -> None:
    """Nothing but a histologic grade of G3: the tumor may be NET or NEC."""
    assert diagnosis(ISLETS, grade(concept("G3"))) == "high-grade-undetermined"


@pytest.mark.parametrize("resource", [ISLETS, C7A8, condition("snomed|255046005"),
                                      condition("icd-10|C18.9", morphology="icd-o-3|8246/3"),
                                      condition(text="Neuroendocrine neoplasm of the ileum")])  # fmt: skip
def test_neuroendocrine_without_more_stays_unspecified(resource: Resource) -> None:
    assert diagnosis(resource) == "nen-unspecified"


@pytest.mark.parametrize("resource", [ISLETS, C7A8])
@pytest.mark.parametrize("percent", [1, 12, 20])
def test_neuroendocrine_with_ki67_up_to_20_percent_is_net(resource: Resource, percent: int) -> None:
    assert diagnosis(resource, ki67(percent)) == "net"


def test_a_ki67_range_across_20_percent_leaves_the_code_as_it_is() -> None:
    assert diagnosis(ISLETS, ki67("15-25%")) == "nen-unspecified"
    assert diagnosis(ILEUM, ki67("15-25%")) == "net"
    assert diagnosis(C7A1, ki67("15-25%")) == "nec"


def test_metastatic_neuroendocrine_without_a_primary_is_unspecified() -> None:
    secondary = condition("icd-10-cm|C7B.02")
    assert diagnosis(secondary) == "nen-unspecified"
    assert seen("primary", secondary) == "not-recorded"


def test_metastases_of_nobody_knows_what_are_unknown() -> None:
    assert (diagnosis(condition("icd-10-cm|C78.7")), gap("diagnosis", condition("icd-10-cm|C78.7"))) == (
        "unknown",
        Gap.NOT_RECORDED,
    )


def test_immunohistochemistry_alone_never_settles_the_differentiation() -> None:
    assert diagnosis(ISLETS, ki67(35), p53("mutant"), rb1("lost")) == "high-grade-undetermined"
    assert diagnosis(ISLETS, ki67(35), p53("wild-type"), rb1("retained")) == "high-grade-undetermined"


# --- lung and thymus ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("percent", [1, 8, 30, 80])
def test_in_the_lung_ki67_never_moves_the_diagnosis(percent: int) -> None:
    assert diagnosis(LUNG_CARCINOID, ki67(percent)) == "net"
    assert diagnosis(condition("icd-10-cm|C7A.091"), ki67(percent)) == "net"


def test_a_neuroendocrine_neoplasm_of_the_lung_stays_unspecified() -> None:
    assert diagnosis(condition(text="Neuroendocrine neoplasm of the lung"), ki67(5)) == "nen-unspecified"


def test_net_and_nec_of_one_lung_contradict_each_other() -> None:
    assert diagnosis(LUNG_CARCINOID, histology("icd-o-3|8013/3")) == "other-nen"
    both = [LUNG_CARCINOID, histology("icd-o-3|8013/3"), histology("icd-o-3|8240/3", date="2026-04-01")]
    assert diagnosis(*both) == "nen-unspecified"
    assert feature("diagnosis", *both).note == "NET and NEC are both recorded"


# --- suspected ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verification", ["provisional", "differential", "unconfirmed"])
@pytest.mark.parametrize("code", ["icd-10-cm|C7A.012", "icd-10-cm|C7A.1", "snomed|254632001", "icd-10-cm|C34.11"])
def test_an_unconfirmed_nen_sclc_or_lung_cancer_is_suspected(code: str, verification: str) -> None:
    assert diagnosis(condition(code, verificationStatus=verification)) == "suspected-nen"


def test_an_unconfirmed_cancer_of_another_organ_is_not_suspected_nen() -> None:
    assert diagnosis(condition("icd-10|C25.1", verificationStatus="provisional")) == "unknown"
    assert diagnosis(condition("icd-10-cm|C50.911", verificationStatus="provisional")) == "other-cancer"


def test_a_mass_without_a_diagnosis_is_suspected() -> None:
    assert diagnosis(condition("icd-10-cm|R91.8 'Mass of lung'")) == "suspected-nen"


def test_histology_ends_the_suspicion() -> None:
    provisional = condition("icd-10-cm|C7A.012", verificationStatus="provisional")
    assert diagnosis(provisional, histology("icd-o-3|8240/3")) == "net"


def test_a_confirmed_diagnosis_beside_a_provisional_one_is_confirmed() -> None:
    assert diagnosis(ILEUM, condition("icd-10-cm|C7A.012", verificationStatus="provisional")) == "net"


# --- an organ without histology ----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["icd-10-cm|C34.11", "icd-10|C25.1", "icd-10|C17.2"])
def test_a_confirmed_organ_without_histology_is_unknown(code: str) -> None:
    assert (diagnosis(condition(code)), gap("diagnosis", condition(code))) == ("unknown", Gap.NOT_RECORDED)


@pytest.mark.parametrize(
    ("code", "morphology", "value"),
    [
        ("icd-10-cm|C34.11", histology("icd-o-3|8041/3"), "sclc"),
        ("icd-10-cm|C34.11", histology("icd-o-3|8013/3"), "other-nen"),
        ("icd-10-cm|C34.11", histology("icd-o-3|8046/3"), "nsclc"),
        ("icd-10-cm|C34.11", pathology("Small cell lung cancer."), "sclc"),
        ("icd-10-cm|C34.11", histology("icd-o-3|8240/3"), "net"),
        ("icd-10|C17.2", histology("icd-o-3|8240/3"), "net"),
        ("icd-10|C25.1", histology("icd-o-3|8246/3"), "nen-unspecified"),
        ("icd-10|C25.1", histology("icd-o-3|8041/3"), "nec"),
        ("icd-10|C25.1", histology("ductal adenocarcinoma"), "other-cancer"),
    ],
)
def test_histology_names_an_organ_without_one(code: str, morphology: Resource, value: str) -> None:
    assert diagnosis(condition(code), morphology) == value


def test_a_mass_becomes_what_histology_says() -> None:
    mass = condition("icd-10-cm|R91.8 'Mass of lung'", text="lung mass", bodySite=concept("Lung"))
    assert diagnosis(mass, histology("icd-o-3|8041/3")) == "sclc"
    assert diagnosis(condition(text="Pancreatic mass"), histology("icd-o-3|8240/3")) == "net"
    assert diagnosis(condition(text="Pancreatic mass"), pathology("Neuroendocrine neoplasm.")) == "nen-unspecified"


def test_small_cell_histology_of_a_mass_without_a_site_may_be_of_the_lung() -> None:
    assert diagnosis(condition("icd-10-cm|C80.1"), histology("icd-o-3|8041/3")) == "unknown"


# --- none and unknown --------------------------------------------------------------------------------------------


def test_no_tumor_in_conditions_that_were_searched_is_none() -> None:
    assert diagnosis() == "none"
    assert said("diagnosis") == "Conditions searched, no tumor found"


def test_without_the_conditions_the_diagnosis_is_unknown() -> None:
    assert gap("diagnosis", without=("conditions",)) is Gap.NOT_SEARCHED


# --- histology ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resources", "value"),
    [
        ((ILEUM,), "coded"),
        ((ILEUM, histology("icd-o-3|8240/3")), "documented"),
        ((condition("icd-10|C17.2", morphology="icd-o-3|8240/3"),), "documented"),
        ((ILEUM, pathology("Neuroendocrine tumor of the ileum, G1.")), "documented"),
        ((ILEUM, ki67(2)), "documented"),
        ((ILEUM, observation("", "positive", text="Synaptophysin", date="2026-03-15")), "documented"),
        ((C7A1,), "coded"),
        ((C7A1, ki67(80), p53("mutant"), rb1("lost")), "coded"),
        ((C7A1, histology("icd-o-3|8013/3")), "documented"),
        ((C7A1, pathology("Poorly differentiated carcinoma.")), "unknown"),
        ((C7A1, pathology("Gastric biopsy: adenocarcinoma.")), "unknown"),
        ((C7A1, pathology("Large cell neuroendocrine carcinoma.")), "documented"),
        ((condition("icd-10-cm|R91.8 'Mass of lung'"),), "not-found"),
        ((), "not-found"),
        ((ILEUM, pathology("Appendix without pathological findings.")), "coded"),
    ],
)
def test_histology_is_documented_by_pathology_and_coded_by_codes(resources: tuple[Resource, ...], value: str) -> None:
    assert seen("histology", *resources) == value


@pytest.mark.parametrize("missing", ["pathology", "reports"])
def test_histology_that_was_not_searched_is_unknown(missing: str) -> None:
    assert gap("histology", ILEUM, without=(missing,)) is Gap.NOT_SEARCHED


def test_pathology_of_another_tumor_documents_nothing() -> None:
    breast = condition("icd-10-cm|C50.911", id="breast")
    words = histology("icd-o-3|8240/3", focus="Condition/breast")
    assert seen("histology", ILEUM, breast, words, tumor="Condition/c1") == "coded"


# --- primary -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        (ILEUM, "small-intestine"),
        (condition("icd-10-cm|C7A.011"), "small-intestine"),
        (condition("icd-10-cm|C7A.010"), "duodenum"),
        (ISLETS, "pancreas"),
        (condition("icd-10-cm|C7A.092"), "stomach"),
        (condition("icd-10-cm|C7A.020"), "appendix"),
        (condition("icd-10-cm|C7A.023"), "colon"),
        (condition("icd-10-cm|C7A.026"), "rectum"),
        (LUNG_CARCINOID, "lung"),
        (condition("icd-10-cm|C7A.091"), "thymus"),
        (condition("icd-10-cm|C7A.093"), "other"),
        (C7A8, "not-recorded"),
        (condition("snomed|254632001"), "lung"),
    ],
)
def test_the_primary_is_the_organ_of_the_code(resource: Resource, value: str) -> None:
    assert seen("primary", resource) == value


def test_the_primary_may_come_from_the_body_site_or_the_words() -> None:
    assert seen("primary", condition(text="NET", bodySite=concept("Ileum"))) == "small-intestine"
    assert seen("primary", condition(text="NET of the rectum")) == "rectum"


def test_two_masses_in_two_organs_have_no_one_primary() -> None:
    masses = [condition("icd-10-cm|R91.8 'Mass of lung'", text="lung mass"), condition(text="Pancreatic mass")]
    assert gap("primary", *masses) is Gap.CONTRADICTORY


@pytest.mark.parametrize("words", ["no tumor seen", "suspicious for neuroendocrine tumor"])
def test_histology_that_names_nothing_for_sure_documents_nothing(words: str) -> None:
    assert seen("histology", ILEUM, histology(words)) == "coded"
    assert diagnosis(condition("icd-10-cm|C34.11"), histology(words)) == "unknown"


@pytest.mark.parametrize("code", ["icd-10|C18.7", "icd-10|C20"])
def test_an_organ_in_which_carcinomas_are_the_rule_is_another_cancer(code: str) -> None:
    assert diagnosis(condition(code)) == "other-cancer"


def test_a_net_and_a_nec_code_of_one_organ_contradict_each_other() -> None:
    both = [condition("icd-10-cm|C7A.1", text="NEC"), condition("icd-10-cm|C7A.012", id="net")]
    assert diagnosis(*both) == "nen-unspecified"
    assert diagnosis(*both, ki67(80)) == "high-grade-undetermined"
    assert diagnosis(*both, histology("icd-o-3|8013/3")) == "nec"
    assert diagnosis(condition(text="NET/NEC Pankreas")) == "nen-unspecified"


def test_where_conditions_did_not_come_no_code_stands_for_a_histology() -> None:
    assert seen("histology", without=("conditions",)) == "not-found"
