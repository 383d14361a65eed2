"""How far a tumor has spread. The absence of a metastasis is never M0."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import Resource, concept, condition, gap, observation, pathology, ref, report, seen

ILEUM = condition("icd-10-cm|C7A.012", id="ileum")
SCLC = condition("snomed|254632001", id="sclc")
BREAST = condition("icd-10-cm|C50.911", id="breast")
LIVER = condition("icd-10-cm|C78.7", id="liver")


def stage(value: str, code: str = "loinc|21908-9", date: str = "2026-03-01", **members: Any) -> Resource:
    return observation(code, concept(value), date=date, **members)


def m(value: str, **members: Any) -> Resource:
    return stage(value, "loinc|21907-1", **members)


def n(value: str, **members: Any) -> Resource:
    return stage(value, "loinc|21906-3", **members)


def net(*resources: Resource) -> str:
    return seen("extent", ILEUM, *resources)


def sclc(*resources: Resource) -> str:
    return seen("extent", SCLC, *resources)


@pytest.mark.parametrize(
    "sign",
    [
        condition("icd-10-cm|C7B.02"),
        condition("icd-10-cm|C78.7"),
        condition("icd-10-cm|C79.51"),
        condition("snomed|94381002"),
        condition(text="Liver metastases"),
        m("M1"),
        m("cM1"),
        m("pM1a"),
        m("snomed|1229903009"),
        stage("Stage IV"),
        stage("IV"),
        stage("Stadium IVB"),
        stage("snomed|1222837003 'American Joint Committee on Cancer stage IV'"),
    ],
)
def test_a_distant_metastasis_makes_a_net_metastatic(sign: Resource) -> None:
    assert net(sign) == "metastatic"


@pytest.mark.parametrize("sign", [condition("icd-10-cm|C7B.01"), condition("icd-10-cm|C77.2"), n("N1"), n("pN2"),
                                  n("snomed|1229973008"), stage("Stage III"), stage("IIIB")])  # fmt: skip
def test_nodes_alone_are_locoregional(sign: Resource) -> None:
    assert net(sign) == "locoregional"
    assert net(sign, m("M0")) == "locoregional"


@pytest.mark.parametrize("signs", [(m("M0"), n("N0")), (m("M0"),), (m("snomed|1229901006"),), (stage("Stage I"),),
                                   (stage("Stage IIA"),), (stage("snomed|1222769001"),)])  # fmt: skip
def test_m0_or_stage_1_and_2_is_localized(signs: tuple[Resource, ...]) -> None:
    assert net(*signs) == "localized"


@pytest.mark.parametrize("text", ["NET of the ileum, localized", "Lokalisierter NET des Ileums"])
def test_localized_may_stand_in_the_words(text: str) -> None:
    assert seen("extent", condition(text=text)) == "localized"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NET of the ileum with liver mets", "metastatic"),
        ("Metastatic NET of the pancreas", "metastatic"),
        ("PanNET pT2 pN1 cM0", "locoregional"),
        ("PanNET pT2 pN0 cM0", "localized"),
        ("NET of the ileum, stage IV", "metastatic"),
        ("NET of the ileum, no evidence of metastases", "unknown"),
        ("NET of the ileum, possible liver metastases", "unknown"),
        ("NET of the ileum, suspected stage IV", "unknown"),
        ("NET of the ileum", "unknown"),
    ],
)
def test_words_of_the_problem_list_are_guarded(text: str, value: str) -> None:
    assert seen("extent", condition(text=text)) == value


def test_the_stage_of_the_condition_is_read() -> None:
    staged = [{"summary": concept("Stage IV")}]
    assert seen("extent", condition("icd-10-cm|C7A.012", stage=staged)) == "metastatic"
    coded = [{"summary": concept("snomed|1222806003")}]
    assert seen("extent", condition("icd-10-cm|C7A.012", stage=coded)) == "locoregional"


def test_nothing_recorded_is_not_localized() -> None:
    assert (net(), gap("extent", ILEUM)) == ("unknown", Gap.NOT_RECORDED)
    assert net(n("N0")) == "unknown"
    assert gap("extent", ILEUM, without=("status",)) is Gap.NOT_SEARCHED


@pytest.mark.parametrize(
    "members",
    [{"clinicalStatus": "resolved"}, {"verificationStatus": "provisional"}, {"verificationStatus": "refuted"}],
)
def test_a_metastasis_that_is_gone_or_only_suspected_does_not_count(members: dict[str, Any]) -> None:
    assert net(condition("icd-10-cm|C78.7", **members)) == "unknown"


def test_m0_beside_a_metastasis_contradicts_itself() -> None:
    assert (net(LIVER, m("M0")), gap("extent", ILEUM, LIVER, m("M0"))) == ("unknown", Gap.CONTRADICTORY)


def test_the_newest_result_of_each_kind_counts() -> None:
    assert net(m("M0", date="2025-01-01"), m("M1", date="2026-03-01")) == "metastatic"
    assert net(m("M1", date="2025-01-01"), m("M0", date="2026-03-01")) == "localized"


def test_a_preliminary_stage_does_not_count() -> None:
    assert net(m("M1", status="preliminary")) == "unknown"


@pytest.mark.parametrize(
    "later",
    [
        condition("icd-10-cm|C78.7", onsetDateTime="2026-05-01"),
        condition("icd-10-cm|C7B.02", recordedDate="2026-05-01"),
        condition(text="Liver metastases of the NET", recordedDate="2026-05-01"),
        stage("Stage IV", date="2026-05-01"),
    ],
)
def test_a_metastasis_that_was_found_after_m0_makes_the_tumor_metastatic(later: Resource) -> None:
    assert net(m("M0", date="2025-01-01"), later) == "metastatic"
    assert net(m("M0", date="2025-01-01"), n("N0", date="2025-01-01"), later) == "metastatic"


def told_metastasis(conclusion: str, date: str = "2026-05-01", **members: Any) -> Resource:
    return report("CT of the abdomen", conclusion, date=date, **members)


@pytest.mark.parametrize(
    "later",
    [
        told_metastasis("New liver metastases."),
        told_metastasis("Multiple Lebermetastasen."),
        told_metastasis("New liver metastases.", date=""),
        pathology("Liver biopsy: metastasis of the known NET G2.", date="2026-05-01"),
    ],
)
def test_a_later_report_of_a_metastasis_leaves_an_earlier_m0_in_doubt(later: Resource) -> None:
    staged = m("M0", date="2025-01-01")
    assert (net(staged), net(staged, later)) == ("localized", "unknown")
    assert gap("extent", ILEUM, staged, later) is Gap.CONTRADICTORY


@pytest.mark.parametrize(
    "other",
    [
        told_metastasis("No liver metastases."),
        told_metastasis("Lesion suspicious for a metastasis."),
        told_metastasis("Liver metastases.", date="2024-12-01"),
        told_metastasis("Liver metastases.", status="registered"),
        pathology("Metastases in 3 of 14 lymph nodes.", date="2026-05-01"),
    ],
)
def test_a_report_that_denies_doubts_or_precedes_leaves_the_m0(other: Resource) -> None:
    assert net(m("M0", date="2025-01-01"), other) == "localized"


def test_a_report_alone_stages_nothing() -> None:
    assert net(told_metastasis("Liver metastases.")) == "unknown"


def test_a_later_m0_outweighs_an_earlier_stage_but_no_metastasis_that_is_still_active() -> None:
    assert net(stage("Stage IV", date="2024-01-01"), m("M0", date="2026-05-01")) == "localized"
    active = condition("icd-10-cm|C78.7", onsetDateTime="2024-01-01")
    assert gap("extent", ILEUM, active, m("M0", date="2026-05-01")) is Gap.CONTRADICTORY


@pytest.mark.parametrize("found", [{}, {"onsetDateTime": "2026"}, {"onsetDateTime": "2026-03-01"}])
def test_without_dates_that_tell_them_apart_m0_and_a_metastasis_contradict_each_other(found: dict[str, Any]) -> None:
    assert gap("extent", ILEUM, condition("icd-10-cm|C78.7", **found), m("M0")) is Gap.CONTRADICTORY


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NET des Ileums mit Lebermetastasen", "metastatic"),
        ("NET des Pankreas, hepatisch metastasiert", "metastatic"),
        ("NET des Pankreas, multiple Filiae", "metastatic"),
        ("NET of the ileum with peritoneal carcinomatosis", "metastatic"),
        ("NET of the ileum with lymph node metastases", "locoregional"),
        ("NET des Ileums mit Lymphknotenmetastasen", "locoregional"),
        ("NET of the ileum, metastasis to regional lymph nodes", "locoregional"),
        ("NET of the ileum, nodal mets", "locoregional"),
        ("NET of the ileum with nodal and liver metastases", "metastatic"),
        ("Non-metastatic NET of the ileum", "unknown"),
        ("NET des Ileums ohne Metastasen", "unknown"),
        ("NET des Ileums, keine Fernmetastasen", "unknown"),
        ("NET des Ileums, Stadium IV", "metastatic"),
        ("NET ileum pT3N1M0", "locoregional"),
    ],
)
def test_words_of_spread_in_two_languages_tell_nodes_from_distant_metastases(text: str, value: str) -> None:
    assert seen("extent", condition(text=text)) == value


@pytest.mark.parametrize(
    ("summary", "value"),
    [
        (concept("IV"), "metastatic"),
        (concept("http://cancerstaging.org|IVB"), "metastatic"),
        (concept("http://cancerstaging.org|3C 'Stage IIIC'"), "locoregional"),
        (concept("snomed|1222769001"), "localized"),
        (concept("UICC IIA"), "localized"),
        (concept("pT2 pN1 cM0"), "locoregional"),
        (concept("unknown"), "unknown"),
    ],
)
def test_the_summary_of_the_stage_is_read_as_code_and_as_words(summary: Resource, value: str) -> None:
    assert seen("extent", condition("icd-10-cm|C7A.012", stage=[{"summary": summary}])) == value


def test_the_result_from_which_a_condition_took_its_stage_belongs_to_its_tumor() -> None:
    staged = condition("icd-10-cm|C7A.012", id="ileum", stage=[{"assessment": [ref("Observation/stage")]}])
    result = stage("Stage IV", id="stage")
    assert seen("extent", staged, BREAST, result, tumor="Condition/ileum") == "metastatic"
    assert seen("extent", staged, BREAST, result, tumor="Condition/breast") == "unknown"


@pytest.mark.parametrize("code", ["snomed|128462008", "snomed|399409002", "icd-10-cm|C7B.8", "icd-10-cm|C79.9"])
def test_a_metastasis_alone_is_metastatic_whatever_its_primary(code: str) -> None:
    expected = "unknown" if code.endswith("C79.9") else "metastatic"  # C79.9 is an unknown primary: only a suspicion
    assert seen("extent", condition(code)) == expected


# --- small cell --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [LIVER, condition("icd-10-cm|C79.31"), m("M1"), stage("Stage IV"),
                                  stage("snomed|683991000119103")])  # fmt: skip
def test_small_cell_lung_cancer_with_metastases_is_extensive(sign: Resource) -> None:
    assert sclc(sign) == "extensive"


@pytest.mark.parametrize("sign", [stage("Stage I"), stage("Stage IIB"), stage("Stage IIIC"), stage("limited stage")])
def test_small_cell_lung_cancer_of_stage_1_to_3_is_limited(sign: Resource) -> None:
    assert sclc(sign) == "limited"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SCLC, ED", "extensive"),
        ("ES-SCLC", "extensive"),
        ("Small cell lung cancer, extensive stage", "extensive"),
        ("SCLC, LD", "limited"),
        ("LS-SCLC", "limited"),
        ("Small cell lung cancer, limited disease", "limited"),
        ("Small cell lung cancer", "unknown"),
    ],
)
def test_limited_and_extensive_stand_mostly_in_words(text: str, value: str) -> None:
    assert seen("extent", condition(text=text)) == value


def test_limited_with_a_metastasis_contradicts_itself() -> None:
    limited = condition(text="SCLC, LD")
    assert gap("extent", limited, LIVER) is Gap.CONTRADICTORY


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SCLC, ED 03/2024", "unknown"),  # Erstdiagnose, the day of the diagnosis
        ("SCLC (ED: 2024), LD", "limited"),
        ("SCLC, ED im März 2024", "unknown"),
        ("SCLC, Stadium ED", "extensive"),
        ("Kleinzelliges Bronchialkarzinom, Hirnmetastasen", "extensive"),
    ],
)
def test_ed_before_a_date_is_no_extensive_disease(text: str, value: str) -> None:
    assert seen("extent", condition(text=text)) == value


def test_the_code_of_extensive_stage_needs_no_words() -> None:
    assert seen("extent", condition("snomed|683991000119103")) == "extensive"


def test_limited_disease_with_a_later_metastasis_is_extensive() -> None:
    limited = condition(text="SCLC, LD", recordedDate="2025-01-01")
    assert seen("extent", limited, condition("icd-10-cm|C79.31", onsetDateTime="2026-02-01")) == "extensive"
    assert seen("extent", SCLC, stage("Stage IIIA", date="2025-01-01"), m("M1", date="2026-02-01")) == "extensive"


def test_nodes_and_m0_do_not_stage_small_cell_lung_cancer() -> None:
    assert sclc(n("N2"), m("M0")) == "unknown"


# --- two tumors --------------------------------------------------------------------------------------------------


def test_a_metastasis_of_one_of_two_tumors_leaves_both_open() -> None:
    for tumor in ("Condition/ileum", "Condition/breast"):
        assert gap("extent", ILEUM, BREAST, LIVER, tumor=tumor) is Gap.NOT_LINKED


def test_a_tumor_that_is_metastatic_by_itself_stays_so() -> None:
    own = condition("icd-10-cm|C7B.03", id="bone")
    assert seen("extent", ILEUM, BREAST, LIVER, own, tumor="Condition/ileum") == "metastatic"


def test_a_stage_of_one_of_two_tumors_is_not_guessed() -> None:
    assert seen("extent", ILEUM, BREAST, m("M1"), tumor="Condition/ileum") == "unknown"
    assert (
        seen("extent", ILEUM, BREAST, m("M1", focus=[ref("Condition/ileum")]), tumor="Condition/ileum") == "metastatic"
    )
