"""Every form in which charts carry a diagnosis: systems, retired and broken codes, statuses, words of two languages."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import (
    GUIDELINE,
    MORPHOLOGY,
    Resource,
    concept,
    condition,
    gap,
    histology,
    observation,
    pathology,
    picture,
    report,
    seen,
)

CM, GM, SNOMED = "urn:oid:2.16.840.1.113883.6.90", "urn:oid:2.16.840.1.113883.6.3", "urn:oid:2.16.840.1.113883.6.96"


def diagnosis(*resources: Resource) -> str:
    return seen("diagnosis", *resources)


def in_words(text: str) -> str:
    return diagnosis(condition(text=text))


# --- code systems and codes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("icd-10-cm|C7A.012", "net"),
        ("icd-10-cm|C7A012", "net"),
        ("icd-10-cm|c7a.012", "net"),
        (f"{CM}|C7A.012", "net"),
        (f"{CM}|C7A012", "net"),
        (f"{CM}|D3A8", "net"),
        (f"{CM}|C7A1", "nec"),
        (f"{GM}|C25.4", "nen-unspecified"),
        (f"{GM}|C254", "nen-unspecified"),
        ("http://fhir.de/CodeSystem/bfarm/icd-10-gm|C25.4", "nen-unspecified"),
        (f"{SNOMED}|254632001", "sclc"),
        (f"{SNOMED}|425318003", "net"),
        ("http://snomed.info/sct|1186869002", "nec"),
        ("icd-10-cm|C7A.8", "nen-unspecified"),
        ("icd-10-cm|C73", "other-cancer"),
        ("icd-10-cm|C62.90", "other-cancer"),
    ],
)
def test_a_code_is_read_in_each_spelling_and_under_each_name_of_its_system(code: str, value: str) -> None:
    assert diagnosis(condition(code)) == value


def test_a_code_of_an_unknown_system_is_only_as_good_as_its_words() -> None:
    assert diagnosis(condition("urn:oid:1.2.3.4|C7A.012")) == "none"
    assert diagnosis(condition("urn:oid:1.2.3.4|IMO-77 'Carcinoid tumor of ileum'")) == "net"


def test_of_icd_snomed_and_local_codes_any_that_is_known_counts() -> None:
    mixed = condition("icd-10-cm|C7A.012; snomed|425318003; urn:oid:1.2.3.4|77 'Small bowel carcinoid'")
    assert (diagnosis(mixed), seen("primary", mixed)) == ("net", "small-intestine")


def test_a_retired_code_is_accepted_and_never_sent_out() -> None:
    retired = condition("snomed|189607006")
    assert diagnosis(retired) == "net"
    sent = {line.code for plan in GUIDELINE.knowledge.orders.values() for line in plan.emit}
    assert "189607006" not in sent


@pytest.mark.parametrize("broken", ["1.24E+14", "1.23631E+14", "123631000119100", "254632002", "25463200"])
def test_a_broken_snomed_code_is_no_code_and_its_words_still_count(broken: str) -> None:
    assert diagnosis(condition(f"snomed|{broken}")) == "none"
    assert diagnosis(condition(f"snomed|{broken} 'Small cell carcinoma of lung'")) == "sclc"


_TIMES = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 0, 6, 7, 8, 9, 5], [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
          [3, 4, 0, 1, 2, 8, 9, 5, 6, 7], [4, 0, 1, 2, 3, 9, 5, 6, 7, 8], [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
          [6, 5, 9, 8, 7, 1, 0, 4, 3, 2], [7, 6, 5, 9, 8, 2, 1, 0, 4, 3], [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
          [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]]  # fmt: skip
_TURN = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]


def has_check_digit(code: str) -> bool:
    """The Verhoeff check of SNOMED CT identifiers."""
    check = 0
    for place, digit in enumerate(reversed(code)):
        turned = int(digit)
        for _ in range(place % 8):
            turned = _TURN[turned]
        check = _TIMES[check][turned]
    return check == 0


def test_every_snomed_code_of_the_knowledge_has_its_check_digit() -> None:
    codes = {
        line.code
        for known in GUIDELINE.knowledge.concepts.values()
        for line in known.codes
        if line.system == "snomed"
    }  # fmt: skip
    assert len(codes) > 500
    assert sorted(code for code in codes if not has_check_digit(code)) == []
    assert not has_check_digit("254632002")


# --- ICD-O -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("organ", "morphology", "value"),
    [
        ("C17.2", "8240/3", "net"),
        ("C25.1", "8150/3", "net"),
        ("C25.1", "8151/3", "net"),
        ("C25.1", "8246/3", "nen-unspecified"),
        ("C25.1", "8249/3", "net"),
        ("C34.1", "8240/3", "net"),
        ("C34.1", "8041/3", "sclc"),
        ("C34.1", "8013/3", "other-nen"),
        ("C18.0", "8013/3", "nec"),
        ("C15.4", "8041/3", "nec"),
        ("C53.9", "8041/3", "nec"),
        ("C61", "8041/3", "other-nen"),
        ("C61", "8246/3", "other-nen"),
        ("C67.0", "8041/3", "other-nen"),
        ("C18.0", "8574/3", "other-nen"),
        ("C74.1", "8700/3", "other-nen"),
        ("C74.9", "9500/3", "neuroblastoma"),
    ],
)
@pytest.mark.parametrize("system", ["icd-o-3", "urn:oid:2.16.840.1.113883.6.43.1"])
def test_site_and_morphology_together_name_the_tumor_as_extension_and_as_result(
    system: str, organ: str, morphology: str, value: str
) -> None:
    site = f"icd-10|{organ}"
    assert diagnosis(condition(site, morphology=f"{system}|{morphology}")) == value
    if organ != "C74.1" and organ != "C74.9":  # an adrenal mass is none of ours until its own code says what it is
        assert diagnosis(condition(site), histology(f"{system}|{morphology}")) == value


def test_morphology_may_come_under_the_behavior_code_or_in_a_panel() -> None:
    part = {"code": concept("loinc|31206-6"), "valueCodeableConcept": concept("icd-o-3|8240/3")}
    panel = observation("loinc|77753-2", date="2026-03-15", component=[part])
    for result in (observation("loinc|31206-6", "icd-o-3|8240/3", date="2026-03-15"), panel):
        assert diagnosis(condition("icd-10|C17.2"), result) == "net"


@pytest.mark.parametrize("named", ["Adenocarcinoma", "Squamous cell carcinoma", "Plattenepithelkarzinom"])
def test_adeno_and_squamous_carcinoma_of_the_lung_are_non_small_cell_cancers(named: str) -> None:
    lung = condition("icd-10|C34.1")
    for resources in (
        [condition("icd-10|C34.1", morphology=f"icd-o-3|8140/3 '{named}'")],
        [condition("icd-10|C34.1", text=named)],
        [lung, histology(f"icd-o-3|8140/3 '{named}'")],
        [lung, pathology(f"{named}.")],
    ):
        assert diagnosis(*resources) == "nsclc"
    assert diagnosis(condition("icd-10|C18.0", text=named)) == "other-cancer"
    assert diagnosis(lung, histology("Sarcoma")) == "other-cancer"


def test_small_cell_carcinoma_of_the_lung_beside_another_component_is_combined_small_cell_cancer() -> None:
    lung = condition("icd-10|C34.1")
    assert diagnosis(lung, pathology("Small cell carcinoma with a component of adenocarcinoma.")) == "sclc"
    assert diagnosis(lung, histology("icd-o-3|8041/3"), histology("icd-o-3|8046/3", date="2023-01-01")) == "sclc"


def test_pathology_of_another_organ_gives_an_organ_without_histology_no_name() -> None:
    lung = condition("icd-10|C34.1")
    assert diagnosis(lung, pathology("Adenocarcinoma of the rectum.")) == "unknown"
    assert diagnosis(lung, pathology("Lung: small cell carcinoma. Rectum: adenoma.")) == "sclc"


def test_a_cancer_coded_by_its_organ_takes_the_carcinoma_that_pathology_names() -> None:
    assert diagnosis(condition("icd-10-cm|C50.911"), histology("icd-o-3|8041/3")) == "nec"
    assert diagnosis(condition("icd-10-cm|C15.9"), pathology("Small cell carcinoma.")) == "nec"
    assert diagnosis(condition("icd-10-cm|C23"), histology("icd-o-3|8240/3")) == "net"
    assert diagnosis(condition("icd-10-cm|C67.9"), pathology("Neuroendocrine carcinoma.")) == "other-nen"


@pytest.mark.parametrize(
    "resources",
    [
        [condition("icd-10-cm|C50.911"), pathology("Neuroendocrine tumor.")],  # rather one of another organ
        [condition("icd-10-cm|C15.9", text="Adenocarcinoma of the esophagus"), pathology("Small cell carcinoma.")],
        [condition("icd-10-cm|C15.9"), histology("icd-o-3|8041/3"), histology("icd-o-3|8070/3", date="2026-04-01")],
        [condition("icd-10-cm|C64.9"), pathology("Neuroendocrine carcinoma of the pancreas.")],
        [condition("icd-10-cm|C64.9"), histology("icd-o-3|8240/3", bodySite="Ileum")],
        [condition("icd-10|C25.1", text="Adenocarcinoma of the pancreas")],
        [condition("icd-10-cm|C83.30"), pathology("Small cell carcinoma.")],  # a lymphoma is no organ
        [condition("icd-10-cm|C15.9"), pathology("Adenocarcinoma.")],
    ],
)
def test_a_named_other_cancer_keeps_its_name(resources: list[Resource]) -> None:
    assert diagnosis(*resources) == "other-cancer"


# --- words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("PanNET G2, liver mets", "net"),
        ("Karzinoid der Appendix", "net"),
        ("Gut differenzierter neuroendokriner Tumor des Ileums, G1", "net"),
        ("Insulinom des Pankreasschwanzes", "net"),
        ("Atypisches Karzinoid der Lunge", "net"),
        ("Schlecht differenziertes neuroendokrines Karzinom des Kolons", "nec"),
        ("Großzelliges neuroendokrines Karzinom des Rektums", "nec"),
        ("Kleinzelliges Karzinom des Ösophagus", "nec"),
        ("Small cell carcinoma of the esophagus", "nec"),
        ("Small cell neuroendocrine carcinoma of the cervix", "nec"),
        ("LCNEC of the colon", "nec"),
        ("LCNEC", "other-nen"),
        ("Großzelliges neuroendokrines Karzinom der Lunge", "other-nen"),
        ("Neuroendocrine prostate cancer", "other-nen"),
        ("Neuroendokrines Prostatakarzinom", "other-nen"),
        ("Small cell prostate cancer", "other-nen"),
        ("Prostate cancer with neuroendocrine differentiation", "other-nen"),
        ("Neuroendocrine-differentiated prostate cancer", "other-nen"),
        ("Neuroendokrin differenziertes Prostatakarzinom", "other-nen"),
        ("Adenocarcinoma with neuroendocrine differentiation", "other-nen"),
        ("Prostate adenocarcinoma, no neuroendocrine differentiation", "none"),
        ("Prostate cancer with no neuroendocrine differentiation", "none"),
        ("Colon adenocarcinoma without neuroendocrine differentiation", "none"),
        ("Kleinzelliges Karzinom der Harnblase", "other-nen"),
        ("Kleinzelliges Harnblasenkarzinom", "other-nen"),
        ("NEPC, castration resistant", "other-nen"),
        ("Merkelzellkarzinom", "other-nen"),
        ("Medulläres Schilddrüsenkarzinom", "other-nen"),
        ("Phäochromozytom", "other-nen"),
        ("Neuroendocrine carcinoma, well differentiated", "nen-unspecified"),
        ("NEN G3 des Pankreas", "high-grade-undetermined"),
        ("Kleinzelliges Lungenkarzinom", "sclc"),
        ("NSCLC, transformed to SCLC", "sclc"),
        ("Small cell vs non-small cell lung cancer", "suspected-nen"),
        ("SCLC vs. NSCLC", "suspected-nen"),
        ("non-SCLC", "none"),
        ("Neuroblastom", "neuroblastoma"),
        ("Primitive neuroectodermal tumor (PNET)", "other-cancer"),
        ("GIST des Magens", "other-cancer"),
        ("PitNET", "none"),
    ],
)
def test_english_and_german_phrases_name_the_tumor(text: str, value: str) -> None:
    assert in_words(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "No evidence of NET",
        "Rule out NET of the pancreas",
        "R/o neuroendocrine tumor",
        "Kein Anhalt für einen neuroendokrinen Tumor",
        "NET ausgeschlossen",
        "History of carcinoid",
        "H/o carcinoid of the appendix",
        "Z. n. Karzinoid der Appendix",
        "Family history of MEN with NET",
        "Familienanamnese: NET",
        "Vater: NET des Pankreas",
        "Endocrine disorder, NEC",
        "Other disorder, not elsewhere classified (NEC)",
        "Abdominal pain NEC",
    ],
)
def test_denied_past_and_family_tumors_and_not_elsewhere_classified_are_none(text: str) -> None:
    assert in_words(text) == "none"


@pytest.mark.parametrize(
    "text",
    ["NET?", "V.a. NET des Pankreas", "V. a. kleinzelliges Bronchialkarzinom", "Suspected carcinoid of the ileum",
     "Possible SCLC", "NET not excluded", "Verdacht auf neuroendokrines Karzinom"],
)  # fmt: skip
def test_doubt_makes_a_suspicion(text: str) -> None:
    assert in_words(text) == "suspected-nen"


def test_words_never_outweigh_a_code_that_says_something_else() -> None:
    assert diagnosis(condition("icd-10-cm|I10 'Essential hypertension'", text="NET")) == "none"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("C15.9", "small cell carcinoma of esophagus"),
        ("C53.9", "Small cell carcinoma"),
        ("C32.0", "Kleinzelliges neuroendokrines Karzinom"),
    ],
)
def test_words_name_the_histology_of_a_cancer_coded_by_its_organ(code: str, text: str) -> None:
    named = condition(f"icd-10-cm|{code}", text=text)
    assert (diagnosis(named), seen("primary", named)) == ("nec", "other")


@pytest.mark.parametrize(("code", "text"), [("C61", "Small cell carcinoma"), ("C61", "Neuroendocrine prostate cancer"),
                                            ("C67.9", "Small cell neuroendocrine carcinoma"),
                                            ("C73", "Medullary thyroid carcinoma")])  # fmt: skip
def test_words_name_what_hides_in_the_code_of_prostate_bladder_and_thyroid(code: str, text: str) -> None:
    assert diagnosis(condition(f"icd-10-cm|{code}", text=text)) == "other-nen"


# --- where the words say it is -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NET G2 with lung metastases", "not-recorded"),
        ("NET with lung and liver metastases", "not-recorded"),
        ("NET, metastases to the lung", "not-recorded"),
        ("NET, Lungenmetastasen", "not-recorded"),
        ("NET of the ileum, lung and liver metastases", "small-intestine"),
        ("NET of the ileum and liver metastases", "small-intestine"),
        ("Patient with NET of the ileum and liver metastases", "small-intestine"),
        ("Lebermetastasen des Ileum-NET", "small-intestine"),
        ("Metastasized NET of the pancreas to the lung", "pancreas"),
        ("Lung metastases from a NET of the ileum", "small-intestine"),
        ("NET of the lung with liver metastases", "lung"),
        ("NET des Ösophagus", "other"),
        ("Ovarian carcinoid", "other"),
        ("NET in a patient after a kidney transplant", "not-recorded"),
    ],
)
def test_the_organ_of_a_metastasis_is_not_the_primary(text: str, value: str) -> None:
    assert seen("primary", condition(text=text)) == value


def test_a_carcinoma_of_the_breast_has_a_primary_outside_the_gut() -> None:
    assert seen("primary", condition("icd-10-cm|C50.911")) == "other"


# --- status ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verification", ["refuted", "entered-in-error"])
@pytest.mark.parametrize("code", ["icd-10-cm|C7A.012", "snomed|254632001"])
def test_what_is_refuted_or_entered_in_error_is_not_there(code: str, verification: str) -> None:
    assert diagnosis(condition(code, verificationStatus=verification)) == "none"


@pytest.mark.parametrize("verification", ["provisional", "differential", "unconfirmed"])
def test_what_is_not_confirmed_is_suspected(verification: str) -> None:
    assert diagnosis(condition(text="NET of the ileum", verificationStatus=verification)) == "suspected-nen"
    assert diagnosis(condition("snomed|254632001", verificationStatus=verification)) == "suspected-nen"


@pytest.mark.parametrize(("status", "value"), [("", "active"), ("active", "active"), ("recurrence", "active"),
                                               ("relapse", "active"), ("remission", "unknown"),
                                               ("inactive", "unknown"), ("resolved", "unknown")])  # fmt: skip
def test_a_missing_clinical_status_is_active_and_an_ended_one_without_a_resection_is_open(
    status: str, value: str
) -> None:
    assert seen("course", condition("icd-10-cm|C7A.012", clinicalStatus=status)) == value


@pytest.mark.parametrize("category", ["problem-list-item", "encounter-diagnosis"])
def test_a_diagnosis_of_the_problem_list_or_of_an_encounter_counts_the_same(category: str) -> None:
    listed = concept(f"http://terminology.hl7.org/CodeSystem/condition-category|{category}")
    assert diagnosis(condition("icd-10-cm|C7A.012", category=[listed])) == "net"


def test_copies_of_one_diagnosis_are_one_tumor_whatever_their_category_code_and_status() -> None:
    def copy(category: str, codes: str = "", **members: Any) -> Resource:
        listed = f"http://terminology.hl7.org/CodeSystem/condition-category|{category}"
        return condition(codes, category=listed, **members)

    drawn = picture(
        copy("problem-list-item", "snomed|425318003"),
        copy("encounter-diagnosis", "icd-10-cm|C7A.012", clinicalStatus=""),
        copy("encounter-diagnosis", f"{CM}|C7A012"),
        copy("encounter-diagnosis", text="Ileal NET"),
        copy("encounter-diagnosis", "icd-10-cm|C7A.012", verificationStatus="refuted"),
    )
    assert [tumor.features["diagnosis"].shown for tumor in drawn.tumors] == ["net"]
    assert drawn.patient["nen-count"].shown == "one"


# --- personal history --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "value", "primary"),
    [
        ("Z85.020", "nen-unspecified", "stomach"),
        ("Z85.030", "nen-unspecified", "colon"),
        ("Z85.040", "nen-unspecified", "rectum"),
        ("Z85.060", "nen-unspecified", "small-intestine"),
        ("Z85.110", "nen-unspecified", "lung"),
        ("Z85.821", "other-nen", "not-recorded"),  # Merkel cell carcinoma
    ],
)
def test_a_personal_history_is_a_tumor_whose_course_is_open(code: str, value: str, primary: str) -> None:
    history = condition(f"icd-10-cm|{code}")
    assert (diagnosis(history), seen("primary", history)) == (value, primary)
    assert seen("course", history) == "unknown"
    assert gap("nen-count", history) is Gap.NOT_RECORDED


# --- grade in its places -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "result",
    [
        observation("loinc|33732-9", concept("G2"), date="2026-03-15"),
        observation("loinc|33732-9", "Grade 2", date="2026-03-15"),
        observation("ncit|C18000", "snomed|1286893008", date="2026-03-15"),
        observation("snomed|371469007", "snomed|1286893008", date="2026-03-15"),
        observation("", concept("G2"), text="Grading", date="2026-03-15"),
        observation("", "intermediate grade", text="Histologic grade", date="2026-03-15"),
        pathology("NET, grade 2."),
        report("Histologie", "NET G2", category="SP"),
        condition("icd-10-cm|C25.4", text="PanNET G2"),
    ],
)
def test_a_grade_is_read_in_each_place(result: Resource) -> None:
    assert seen("grade", condition("icd-10-cm|C25.4"), result) == "G2"


@pytest.mark.parametrize("code", ["loinc|44648-4", "loinc|85300-2"])
def test_a_grade_of_the_breast_is_never_one_of_a_net(code: str) -> None:
    islets = condition("icd-10-cm|C25.4")
    assert seen("grade", islets, observation(code, concept("G2"), date="2026-03-15")) == "unknown"


def test_the_morphology_extension_is_the_one_of_mcode() -> None:
    assert MORPHOLOGY.endswith("mcode-histology-morphology-behavior")


@pytest.mark.parametrize(
    ("code", "site"), [("C17.0", "duodenum"), ("C17.2", "small-intestine"), ("C18.1", "appendix"), ("C18.0", "colon")]
)
def test_duodenum_and_appendix_are_organs_of_their_own_in_icd_10(code: str, site: str) -> None:
    assert seen("primary", condition(f"icd-10|{code}", text="NET G1")) == site
