"""Somatostatin receptors and progression."""

from __future__ import annotations

from typing import Any

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


# --- receptors ---------------------------------------------------------------------------------------------------


def pet(conclusion: str, date: str = "2026-05-01", text: str = "68Ga-DOTATATE PET/CT", **members: Any) -> Resource:
    return report(text, conclusion, date=date, **members)


def sstr2(words: str) -> Resource:
    return observation("", words, text="SSTR2 immunohistochemistry", date="2026-03-15")


@pytest.mark.parametrize(
    ("conclusion", "value"),
    [
        ("Somatostatin receptor positive liver lesions", "positive"),
        ("Intense uptake in liver and nodes", "positive"),
        ("Krenning score 4", "positive"),
        ("DOTATATE-avid disease", "positive"),
        ("Starke Anreicherung der Leberherde", "positive"),
        ("Receptor negative lesions", "negative"),
        ("No pathological uptake", "negative"),
        ("Non-avid lesions", "negative"),
        ("Krenning 1", "negative"),
        ("Keine pathologische Anreicherung", "negative"),
        ("Weak uptake", "unknown"),
        ("Mixed: positive and negative lesions", "unknown"),
        ("Intense uptake in the liver. No pathological uptake in bone", "unknown"),
        ("Possibly positive lesion", "unknown"),
        ("Liver lesions as before", "unknown"),
    ],
)
def test_receptor_imaging_is_positive_negative_or_unclear(conclusion: str, value: str) -> None:
    assert seen("sstr", ILEUM, pet(conclusion)) == value


def test_the_newest_receptor_imaging_counts() -> None:
    assert seen("sstr", ILEUM, pet("positive", "2024-01-01"), pet("negative", "2026-05-01")) == "negative"
    unclear = [pet("positive", "2024-01-01"), pet("weak uptake", "2026-05-01")]
    assert gap("sstr", ILEUM, *unclear) is Gap.NOT_READABLE
    assert seen("sstr", ILEUM, pet("positive", "2024-01-01"), pet("negative", "")) == "positive"


@pytest.mark.parametrize("text", ["Octreotide scan", "OctreoScan", "Somatostatin receptor scintigraphy", "SSTR-PET"])
def test_every_receptor_imaging_counts(text: str) -> None:
    assert seen("sstr", ILEUM, pet("positive", text=text)) == "positive"


def test_fdg_pet_says_nothing_about_receptors() -> None:
    assert seen("sstr", ILEUM, pet("Intense uptake", text="FDG PET/CT")) == "unknown"


def test_an_unfinished_report_says_nothing() -> None:
    assert seen("sstr", ILEUM, pet("positive", status="registered")) == "unknown"


@pytest.mark.parametrize(("words", "value"), [("positive", "positive"), ("negative", "negative"), ("score", "unknown")])
def test_without_imaging_the_receptor_stain_counts(words: str, value: str) -> None:
    assert seen("sstr", ILEUM, sstr2(words)) == value


def test_imaging_comes_before_the_stain() -> None:
    assert seen("sstr", ILEUM, sstr2("positive"), pet("negative")) == "negative"


def test_receptor_imaging_of_one_of_two_nets_is_not_guessed() -> None:
    both = [ILEUM, PANCREAS, pet("positive"), sstr2("positive")]
    assert seen("sstr", *both, tumor="Condition/ileum") == "unknown"
    assert seen("sstr", ILEUM, BREAST, pet("positive"), tumor="Condition/ileum") == "positive"


def test_missing_receptor_results_say_why() -> None:
    assert gap("sstr", ILEUM) is Gap.NOT_RECORDED
    assert gap("sstr", ILEUM, without=("reports",)) is Gap.NOT_SEARCHED


# --- progression -------------------------------------------------------------------------------------------------


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
        "Stable disease",
        "Progression-free",
        "Possible progression",
        "Progressive dyspnea",
        "Progress note",
        "Partial response",
        "Liver lesions",
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
