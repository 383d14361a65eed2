"""What single Conditions say: kind, site, differentiation, suspicion."""

from __future__ import annotations

import pytest

from cds_service.picture.tumor.neoplasms import Neoplasm, neoplasms
from tests.charts import Resource, concept, condition, record, seen


def found(resource: Resource) -> list[Neoplasm]:
    return neoplasms(record(resource))


def read(resource: Resource) -> Neoplasm:
    (neoplasm,) = found(resource)
    return neoplasm


@pytest.mark.parametrize(
    ("resource", "kind", "site"),
    [
        (condition("icd-10-cm|C7A.012"), "net", "small-intestine"),
        (condition("icd-10-cm|C7A012"), "net", "small-intestine"),  # without the dot
        (condition("icd-10-cm|C7A.010"), "net", "duodenum"),
        (condition("icd-10-cm|C7A.020"), "net", "appendix"),
        (condition("icd-10-cm|C7A.021"), "net", "colon"),
        (condition("icd-10-cm|C7A.025"), "net", "colon"),
        (condition("icd-10-cm|C7A.026"), "net", "rectum"),
        (condition("icd-10-cm|C7A.029"), "net", "colon"),
        (condition("icd-10-cm|C7A.090"), "net", "lung"),
        (condition("icd-10-cm|C7A.091"), "net", "thymus"),
        (condition("icd-10-cm|D3A.010"), "net", "duodenum"),
        (condition("icd-10-cm|C25.4"), "nen-unspecified", "pancreas"),
        (condition("icd-10|C25.4"), "nen-unspecified", "pancreas"),
        (condition("icd-10-cm|C7A.8"), "nen-unspecified", ""),
        (condition("icd-10-cm|C7A.1"), "nec", ""),
        (condition("icd-10-cm|C34.11"), "site-only", "lung"),
        (condition("icd-10|C25.1"), "site-only", "pancreas"),
        (condition("icd-10|C17.2"), "site-only", "small-intestine"),
        (condition("snomed|254632001"), "sclc", "lung"),
        (condition("icd-10-cm|Z85.060"), "personal-history", "small-intestine"),
        (condition("icd-10-cm|C78.7"), "metastasis", ""),
        (condition(text="midgut carcinoid"), "net", "small-intestine"),
        (condition(text="Neuroendocrine tumor of the jejunum"), "net", "small-intestine"),
        (condition(text="NET at Meckel's diverticulum"), "net", "small-intestine"),
        (condition(text="Duodenal NET"), "net", "duodenum"),
    ],
)
def test_a_condition_says_what_it_is_and_where(resource: Resource, kind: str, site: str) -> None:
    neoplasm = read(resource)
    assert (neoplasm.kind, neoplasm.site) == (kind, site)


def test_the_site_of_a_code_comes_before_the_body_site_and_the_words() -> None:
    assert read(condition("icd-10-cm|C7A.012", text="NET of the lung")).site == "small-intestine"
    assert read(condition(text="NET of the lung", bodySite=concept("Stomach"))).site == "stomach"


def test_morphology_outweighs_the_code_beside_it() -> None:
    assert read(condition("icd-10|C17.2", morphology="icd-o-3|8240/3")).kind == "net"
    assert read(condition("icd-10-cm|C25.9", morphology="icd-o-3|8246/3")).kind == "nen-unspecified"


def test_morphology_may_come_as_a_bare_coding_under_any_histology_extension() -> None:
    coded = {"url": "https://example.org/histology-code", "valueCoding": concept("icd-o-3|8041/3")["coding"][0]}
    other = {"url": "https://example.org/laterality", "valueCode": "left"}
    assert read(condition("icd-10|C34.1", extension=[other, coded])).kind == "small-cell"


def test_words_name_the_histology_where_the_code_names_only_the_organ() -> None:
    assert read(condition("icd-10-cm|C34.11", text="SCLC, ED")).kind == "sclc"
    assert read(condition("icd-10-cm|C34.11", text="Non-small cell lung cancer")).kind == "nsclc"


@pytest.mark.parametrize(
    ("text", "differentiation", "grade"),
    [
        ("Well differentiated NET of the pancreas, G3", "well", "G3"),
        ("NET G2 of the ileum", "", "G2"),
        ("Poorly differentiated neuroendocrine carcinoma", "poor", ""),
        ("High grade neuroendocrine neoplasm", "", "high-grade"),
    ],
)
def test_words_give_differentiation_and_grade(text: str, differentiation: str, grade: str) -> None:
    neoplasm = read(condition(text=text))
    assert differentiation in (neoplasm.differentiation or {""})
    assert grade in (neoplasm.grades or {""})


@pytest.mark.parametrize("verification", ["provisional", "differential", "unconfirmed"])
def test_an_unconfirmed_diagnosis_is_suspected(verification: str) -> None:
    assert read(condition("icd-10-cm|C7A.012", verificationStatus=verification)).suspected


@pytest.mark.parametrize("text", ["V. a. NET des Pankreas", "Suspected neuroendocrine tumor", "NET?"])
def test_doubt_in_the_words_makes_a_suspicion(text: str) -> None:
    assert read(condition(text=text)).suspected


@pytest.mark.parametrize("verification", ["confirmed", ""])
def test_a_diagnosis_without_doubt_is_not_suspected(verification: str) -> None:
    assert not read(condition("icd-10-cm|C7A.012", verificationStatus=verification)).suspected


@pytest.mark.parametrize(
    "text", ["No evidence of neuroendocrine tumor", "Family history of carcinoid", "Rule out: no NET"]
)
def test_denied_and_family_tumors_are_none(text: str) -> None:
    assert found(condition(text=text)) == []


@pytest.mark.parametrize(
    "resource",
    [
        condition("icd-10-cm|D35.2", text="Pituitary neuroendocrine tumor (PitNET)"),
        condition(text="Pituitary neuroendocrine tumor"),
        condition("icd-10-cm|C75.1"),
        condition("icd-10-cm|D44.11 'Neoplasm of uncertain behavior of right adrenal gland'", text="adrenal mass"),
        condition("icd-10-cm|D35.01", text="adrenal mass"),
        condition("icd-10-cm|C74.91"),
        condition("icd-10-cm|D48.3", text="retroperitoneal mass"),
        condition("icd-10-cm|R93.3 'Abnormal findings on imaging of digestive tract'"),
        condition("icd-10-cm|I10"),
        condition(text="Brain lesion"),
    ],
)
def test_pituitary_adrenal_retroperitoneal_and_vague_findings_are_no_tumor_of_ours(resource: Resource) -> None:
    assert found(resource) == []


@pytest.mark.parametrize(
    "resource",
    [
        condition("icd-10-cm|R93.3 'Abnormal findings on imaging'", text="Lesion of the duodenum"),
        condition("icd-10-cm|D37.8 'Neoplasm of uncertain behavior'", text="pancreatic mass"),
        condition("icd-10-cm|R91.8", text="mass in the right upper lobe"),
        condition("icd-10-cm|C80.1"),
        condition(text="Raumforderung im Pankreaskopf"),
        condition(text="Cancer of unknown primary"),
    ],
)
def test_a_mass_or_lesion_in_the_words_counts(resource: Resource) -> None:
    assert read(resource).kind == "mass"


def test_an_adrenal_code_with_the_word_pheochromocytoma_is_an_other_nen() -> None:
    assert read(condition("icd-10-cm|C74.11", text="Malignant pheochromocytoma")).kind == "other-nen"


def test_a_missing_clinical_status_counts_as_active() -> None:
    assert read(condition("icd-10-cm|C7A.012", clinicalStatus="")).is_active
    assert read(condition("icd-10-cm|C7A.012", clinicalStatus="relapse")).is_active
    assert not read(condition("icd-10-cm|C7A.012", clinicalStatus="inactive")).is_active


def test_the_related_condition_is_read_from_its_extension() -> None:
    assert read(condition("icd-10-cm|C78.7", related="Condition/ileum")).related == "Condition/ileum"
    other = [{"url": "https://example.org/other", "valueReference": {"reference": "Condition/x"}}]
    assert read(condition("icd-10-cm|C78.7", extension=other)).related == ""


@pytest.mark.parametrize(
    ("morphology", "kinds"),
    [
        ("icd-o-3|8140/3 'Adenocarcinoma'", {"site-only", "other-cancer"}),
        ("icd-o-3|8070/6", {"site-only", "other-cancer"}),
        ("icd-o-3|8010/3", {"site-only"}),  # carcinoma: which one is not said
        ("icd-o-3|8140/0", {"site-only"}),
    ],
)
def test_a_malignant_morphology_outside_ours_is_another_cancer(morphology: str, kinds: set[str]) -> None:
    assert {mark.kind for mark in read(condition("icd-10|C25.1", morphology=morphology)).marks} == kinds


@pytest.mark.parametrize("text", ["NEC G3", "NEC of the pancreas", "Pankreas-NEC", "NEC des Kolons"])
def test_nec_in_short_is_a_carcinoma(text: str) -> None:
    assert read(condition(text=text)).kind == "nec"


@pytest.mark.parametrize("text", ["Disorder of neuroendocrine system, NEC", "Chest pain, NEC", "Fear of cancer"])
def test_not_elsewhere_classified_is_no_carcinoma(text: str) -> None:
    assert found(condition(text=text)) == []


@pytest.mark.parametrize("text", ["Lungenrundherd", "Pankreastumor", "Leberherd", "Pancreatic neoplasm"])
def test_a_mass_is_known_by_its_german_and_english_words(text: str) -> None:
    assert read(condition(text=text)).kind == "mass"


SURENESS = "http://fhir.de/StructureDefinition/icd-10-gm-diagnosesicherheit"


def german(letter: str, status: str = "active", verification: str = "confirmed") -> Resource:
    """C34.1 of ICD-10-GM with the letter of its certainty, as billing and hospital systems in Germany send it."""
    resource = condition(
        "icd-10|C34.1", text="kleinzelliges Bronchialkarzinom", clinicalStatus=status, verificationStatus=verification
    )
    resource["code"]["coding"][0]["extension"] = [{"url": SURENESS, "valueCoding": {"code": letter}}]
    return resource


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        (german("G"), "sclc"),
        (german("V"), "suspected-nen"),
        (german("A"), "none"),
        (german("G", verification="refuted"), "none"),
        (german("V", verification="entered-in-error"), "none"),
        (condition("icd-10|C34.1", text="SCLC") | {"extension": [{"url": SURENESS, "valueCode": "a"}]}, "none"),
    ],
)
def test_the_letter_of_certainty_beside_a_german_diagnosis_counts(resource: Resource, value: str) -> None:
    assert seen("diagnosis", resource) == value


def test_two_letters_of_one_diagnosis_leave_it_suspected() -> None:
    both = german("A")
    both["code"]["coding"].append(german("G")["code"]["coding"][0])
    assert seen("diagnosis", both) == "suspected-nen"


def test_a_german_state_after_is_not_active_but_a_recurrence_is() -> None:
    assert seen("course", german("Z")) == "unknown"
    assert seen("course", german("Z", status="recurrence")) == "active"
