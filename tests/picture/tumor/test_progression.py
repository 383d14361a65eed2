"""Progression, and what answers it."""

from __future__ import annotations

import pytest

from cds_service.guideline.features import Gap
from tests.picture.charts import (
    Resource,
    administration,
    concept,
    condition,
    disease_status,
    gap,
    observation,
    procedure,
    ref,
    report,
    request,
    said,
    seen,
)

ILEUM = condition("icd-10-cm|C7A.012", id="ileum")
PANCREAS = condition("icd-10-cm|C25.4", id="pancreas")
BREAST = condition("icd-10-cm|C50.911", id="breast")
FLUSHING = condition("icd-10-cm|R23.2|Flushing", text="Flushing")


def progression(*resources: Resource) -> str:
    return seen("progression", ILEUM, *resources)


def ct(conclusion: str, date: str = "2026-10-20") -> Resource:
    return report("CT abdomen", conclusion, date=date)


@pytest.mark.parametrize(("date", "value"), [("2026-05-15T12:00:00Z", "yes"), ("2026-05-15T11:59:59Z", "past")])
def test_a_progression_counts_for_6_months(date: str, value: str) -> None:
    assert progression(disease_status("worsened", date)) == value


def test_an_old_worsened_is_past() -> None:
    assert progression(disease_status("worsened", "2023-04-01")) == "past"


@pytest.mark.parametrize("code", ["snomed|419835002", "snomed|1259237005", "snomed|255314001"])
def test_progression_and_recurrence_are_worse(code: str) -> None:
    assert progression(disease_status(code, "2026-10-01")) == "yes"


@pytest.mark.parametrize("later", ["stable", "improved", "snomed|58899004"])
def test_a_later_stable_or_improved_answers_it(later: str) -> None:
    assert progression(disease_status("worsened", "2026-08-01"), disease_status(later, "2026-10-01")) == "past"


def test_a_new_worsened_after_a_stable_counts() -> None:
    assert progression(disease_status("stable", "2026-08-01"), disease_status("worsened", "2026-10-01")) == "yes"


def test_worse_and_stable_on_one_day_contradict_each_other() -> None:
    same_day = [disease_status("worsened", "2026-10-01"), ct("Stable disease", "2026-10-01")]
    assert (progression(*same_day), gap("progression", ILEUM, *same_day)) == ("unknown", Gap.CONTRADICTORY)


@pytest.mark.parametrize("drug", [request("Everolimus", date="2026-10-10"), administration("Lutathera", "2026-10-10")])
def test_a_new_line_of_therapy_answers_it(drug: Resource) -> None:
    assert progression(disease_status("worsened", "2026-10-01"), drug) == "past"


@pytest.mark.parametrize("drug", ["Diazoxide", "atc|L04AH02", "Omeprazole", "Apixaban"])
def test_a_drug_that_treats_no_tumor_does_not_answer_it(drug: str) -> None:
    assert progression(disease_status("worsened", "2026-10-01"), request(drug, date="2026-10-10")) == "yes"


def test_a_therapy_that_ran_before_does_not_answer_it() -> None:
    before, again = administration("Lanreotide", "2026-08-01"), administration("Lanreotide", "2026-10-20")
    assert progression(disease_status("worsened", "2026-10-01"), before, again) == "yes"
    assert progression(disease_status("worsened", "2026-10-01"), request("Lanreotide", date="")) == "yes"


@pytest.mark.parametrize(
    "words",
    ["Progressive disease", "Progression of the liver lesions", "Befund progredient", "Progress der Leberherde"],
)
def test_a_report_may_say_it(words: str) -> None:
    assert progression(ct(words)) == "yes"
    assert "progression" in said("progression", ILEUM, ct(words))


@pytest.mark.parametrize(
    "words",
    [
        "No evidence of progression",
        "Progression of the known liver metastases is not seen",
        "Progress der bekannten Lebermetastasen wurde ausgeschlossen",
        "Stable disease",
        "Progression-free",
        "No new lesions, no increase in size",
        "Keine Größenzunahme der Lebermetastasen",
        "Stable disease, a new lesion of the skin is benign",
        "Increase in size of the pleural effusion",
        "Progressive dyspnea",
        "Progress note",
        "Partial response",
        "Liver lesions",
        "Progression of the degenerative changes of the spine",
        "Progressive fibrosis of both lungs, progression of emphysema",
        "Stable since the progression of 2024",
        "Unchanged after progression under lanreotide",
        "Seit der Progredienz 2024 unverändert",
    ],
)
def test_a_guarded_phrase_is_no_progression(words: str) -> None:
    assert progression(ct(words)) == "none-recorded"


def test_no_progression_is_said_only_after_a_search() -> None:
    assert progression() == "none-recorded"
    for key in ("status", "reports"):
        assert gap("progression", ILEUM, without=(key,)) is Gap.NOT_SEARCHED
    assert "Stable" in said("progression", ILEUM, ct("Stable disease")) or said("progression", ILEUM, ct("Stable"))


def test_a_date_too_coarse_for_the_window_is_undecided() -> None:
    assert gap("progression", ILEUM, disease_status("worsened", "2026-05")) is Gap.NOT_READABLE
    assert progression(disease_status("worsened", "2026-05"), disease_status("stable", "2026-10-01")) == "past"


def test_a_preliminary_or_unclear_status_does_not_count() -> None:
    assert progression(disease_status("worsened", "2026-10-01", status="preliminary")) == "none-recorded"
    assert progression(disease_status("snomed|709137006", "2026-10-01")) == "none-recorded"


def test_progression_of_another_tumor_is_not_this_one() -> None:
    of_breast = disease_status("worsened", "2026-10-01", focus=[ref("Condition/breast")])
    assert seen("progression", ILEUM, BREAST, of_breast, tumor="Condition/ileum") == "none-recorded"
    assert seen("progression", ILEUM, BREAST, of_breast, tumor="Condition/breast") == "yes"


def test_a_status_in_words_is_read() -> None:
    words = observation("loinc|97509-4", concept(text="Disease worsened"), date="2026-10-01")
    assert progression(words) == "yes"


def test_an_undated_worsening_is_neither_past_nor_missing() -> None:
    assert gap("progression", ILEUM, disease_status("worsened", "")) is Gap.NOT_READABLE
    assert progression(disease_status("stable", "")) == "none-recorded"


def test_a_course_of_another_disease_answers_nothing() -> None:
    worse = disease_status("worsened", "2026-08-01")
    assert progression(worse, ct("Hemodynamically stable, stable renal function", "2026-10-01")) == "yes"
    assert progression(worse, ct("Possibly stable disease", "2026-10-01")) == "yes"
    assert progression(worse, ct("Stable liver lesions, stable pleural effusion", "2026-10-01")) == "past"
    assert progression(ct("Progression of liver metastases, more ascites, stable heart")) == "yes"


def test_a_stable_that_may_be_of_the_same_day_contradicts() -> None:
    assert gap("progression", ILEUM, disease_status("worsened", "2026-10-10"), ct("Stable disease", "2026-10")) is (
        Gap.CONTRADICTORY
    )


@pytest.mark.parametrize("date", ["2026-10-01", "2026-10"])
def test_a_therapy_that_may_have_begun_before_leaves_it_open(date: str) -> None:
    begun = administration("Everolimus", date)
    assert gap("progression", ILEUM, disease_status("worsened", "2026-10-01"), begun) is Gap.NOT_READABLE


def test_a_drug_with_an_undated_trace_may_be_an_old_one() -> None:
    traces = [request("Everolimus", date=""), administration("Everolimus", "2026-10-20")]
    assert gap("progression", ILEUM, disease_status("worsened", "2026-10-01"), *traces) is Gap.NOT_READABLE


def test_a_cycle_recorded_as_a_procedure_is_a_new_line() -> None:
    cycle = procedure(text="PRRT with 177Lu-DOTATATE", date="2026-10-20")
    assert progression(disease_status("worsened", "2026-10-01"), cycle) == "past"


def test_a_drug_that_treats_no_cancer_is_no_line() -> None:
    assert progression(disease_status("worsened", "2026-10-01"), administration("Diazoxide", "2026-10-20")) == "yes"


def test_a_report_that_says_progression_without_a_date_leaves_it_open() -> None:
    assert gap("progression", ILEUM, ct("Progressive disease", "")) is Gap.NOT_READABLE
    assert gap("progression", ILEUM, ct("Progressive disease", ""), disease_status("worsened", "2023-01-01")) is (
        Gap.NOT_READABLE
    )
    assert progression(ct("Progressive disease", ""), disease_status("worsened", "2026-10-01")) == "yes"


def test_a_progression_of_no_named_tumor_is_not_guessed() -> None:
    both = [ILEUM, BREAST, ct("Progressive disease")]
    assert gap("progression", *both, tumor="Condition/ileum") is Gap.NOT_LINKED
    old = [ILEUM, BREAST, ct("Progressive disease", "2023-01-01")]
    assert gap("progression", *old, tumor="Condition/ileum") is Gap.NOT_LINKED
    own = disease_status("worsened", "2024-10-01", focus=[ref("Condition/ileum")])
    assert seen("progression", *old, own, tumor="Condition/ileum") == "past"
    assert gap("progression", *both, own, tumor="Condition/ileum") is Gap.NOT_LINKED


def test_statements_of_one_day_stand_in_the_order_of_their_hours_even_without_a_zone() -> None:
    early = ct("Progression.", "2026-10-20T08:00:00Z")
    late = disease_status("worsened", "2026-10-20T12:00:00")
    assert said("progression", ILEUM, late, early).startswith("CT abdomen: progression")


@pytest.mark.parametrize(
    "words",
    [
        "Possible progression",
        "Progression cannot be excluded",
        "Progression of the known liver lesions cannot be excluded",
        "Progression of the known mesenteric and hepatic lesions is suspected",
        "New liver metastases",
        "Deutliche Größenzunahme der Lebermetastasen",
        "Neu aufgetretene Filiae in der Lunge",
        "Enlarged lesion in segment VI",
        "The lesions have increased",
    ],
)
def test_growth_or_a_doubtful_progression_in_a_report_forbids_to_say_that_there_is_none(words: str) -> None:
    assert gap("progression", ILEUM, ct(words)) is Gap.NOT_READABLE
    assert said("progression", ILEUM, ct(words)) == "CT abdomen: growth, or a doubt of it, 2026-10-20"


def test_growth_that_is_old_or_answered_by_a_later_stable_says_nothing() -> None:
    assert progression(ct("New liver metastases", "2026-04-01")) == "none-recorded"
    assert progression(ct("New liver metastases"), disease_status("stable", "2026-11-01")) == "none-recorded"
    assert progression(ct("New liver metastases"), disease_status("worsened", "2026-10-25")) == "yes"
    assert progression(report("Surgical pathology", "New metastasis", category="PAT", date="2026-10-20")) == (
        "none-recorded"
    )
