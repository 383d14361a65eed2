"""Somatostatin receptors: the newest study or stain that says something."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import Resource, condition, gap, observation, pathology, procedure, report, said, seen

ILEUM = condition("icd-10-cm|C7A.012", id="ileum")
PANCREAS = condition("icd-10-cm|C25.4", id="pancreas")
BREAST = condition("icd-10-cm|C50.911", id="breast")
FLUSHING = condition("icd-10-cm|R23.2 'Flushing'", text="Flushing")


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


def test_studies_that_may_both_be_the_newest_must_agree() -> None:
    for other in ("", "2026-05", "2026-05-01"):
        assert gap("sstr", ILEUM, pet("positive"), pet("negative", other)) is Gap.CONTRADICTORY
        assert seen("sstr", ILEUM, pet("positive"), pet("positive", other)) == "positive"
    assert gap("sstr", ILEUM, pet("positive"), pet("weak uptake", "")) is Gap.CONTRADICTORY


def test_a_newest_study_that_cannot_be_read_hides_the_older_ones() -> None:
    unread = pet("", "2026-05-01", presentedForm=[{"contentType": "application/pdf", "data": "AAAA"}])
    assert gap("sstr", ILEUM, pet("positive", "2024-01-01"), unread) is Gap.NOT_READABLE


def test_a_preliminary_report_counts_only_where_there_is_no_other() -> None:
    early = pet("negative", "2026-05-01", status="preliminary")
    assert seen("sstr", ILEUM, early) == "negative"
    assert "preliminary" in said("sstr", ILEUM, early)
    assert seen("sstr", ILEUM, pet("positive", "2024-01-01"), early) == "positive"
    assert seen("sstr", ILEUM, pet("positive", status="appended")) == "positive"


@pytest.mark.parametrize(
    ("conclusion", "value"),
    [
        ("Lesions FDG-avid", "unknown"),
        ("FDG PET: intense uptake. DOTATATE: no pathological uptake", "negative"),
        ("Physiological intense uptake in the spleen", "unknown"),
        ("Physiological intense uptake in the spleen. No pathological uptake in the lesions", "negative"),
        ("High SSTR expression of the liver lesions", "positive"),
        ("Kräftige SSTR-Expression der Leberherde", "positive"),
        ("No increased uptake", "negative"),
        ("Low expression", "unknown"),
        ("Negative for metastases", "unknown"),
    ],
)
def test_only_what_is_said_of_receptors_of_the_tumor_counts(conclusion: str, value: str) -> None:
    assert seen("sstr", ILEUM, pet(conclusion, text="68Ga-DOTATATE and FDG PET/CT")) == value


def test_a_report_under_the_name_of_any_pet_counts_if_it_names_the_tracer() -> None:
    assert seen("sstr", ILEUM, pet("68Ga-DOTATOC PET: intense uptake", text="PET/CT")) == "positive"
    assert seen("sstr", ILEUM, pet("Intense uptake", text="PET/CT")) == "unknown"


def test_an_observation_of_receptor_imaging_counts() -> None:
    assert (
        seen("sstr", ILEUM, observation("", "Intense uptake", text="DOTATATE PET/CT", date="2026-05-01")) == "positive"
    )
    noted = observation("", None, text="DOTATATE PET/CT", date="2026-05-01", note="no uptake")
    assert seen("sstr", ILEUM, noted) == "negative"


def test_no_uptake_after_the_resection_is_no_negative_tumor() -> None:
    removed = procedure(text="Small bowel resection", date="2026-04-01")
    assert gap("sstr", ILEUM, removed, pet("No pathological uptake", "2026-05-01")) is Gap.NOT_READABLE
    assert gap("sstr", ILEUM, removed, pet("No pathological uptake", "")) is Gap.NOT_READABLE
    assert seen("sstr", ILEUM, removed, pet("No pathological uptake", "2026-03-01")) == "negative"
    assert seen("sstr", ILEUM, removed, pet("Intense uptake in the liver", "2026-05-01")) == "positive"


def test_the_newest_stain_counts() -> None:
    def stained(words: str, date: str, **members: Any) -> Resource:
        return observation("", words, text="SSTR2 immunohistochemistry", date=date, **members)

    assert seen("sstr", ILEUM, stained("positive", "2024-01-01"), stained("negative", "2026-01-01")) == "negative"
    assert gap("sstr", ILEUM, stained("positive", "2024-01-01"), stained("score", "2026-01-01")) is Gap.NOT_READABLE
    early = stained("negative", "2026-01-01", status="preliminary")
    assert seen("sstr", ILEUM, stained("positive", "2024-01-01"), early) == "positive"
    assert seen("sstr", ILEUM, early) == "negative"


def test_imaging_of_no_named_tumor_is_shown_as_such() -> None:
    assert gap("sstr", ILEUM, PANCREAS, pet("positive"), tumor="Condition/ileum") is Gap.NOT_LINKED


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


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("SSTR2 positive", "positive"),
        ("Tumor cells positive for SSTR2A", "positive"),
        ("Synaptophysin positive, SSTR2 negative", "negative"),
        ("SSTR2 negative, chromogranin positive", "negative"),
        ("SSTR2 positive, p53 negative", "positive"),
        ("No expression of SSTR2", "negative"),
        ("Keine SSTR2-Expression. Synaptophysin positiv", "negative"),
        ("Kräftige SSTR2A-Expression", "positive"),
        ("SSTR2 weakly positive", "unknown"),
        ("SSTR2 and synaptophysin positive", "unknown"),
        ("SSTR2 possibly positive", "unknown"),
        ("SSTR2 positive; SSTR2 negative in the metastasis", "unknown"),
        ("SSTR-PET positive", "unknown"),
    ],
)
def test_the_stain_is_read_in_the_words_of_pathology(words: str, value: str) -> None:
    for told in (
        observation("loinc|55229-9 'Immune stain study'", words, date="2026-03-15"),
        pathology(f"NET. {words}."),
    ):
        assert seen("sstr", ILEUM, told) == value


def test_a_stain_that_is_only_named_takes_nothing_from_one_that_was_read() -> None:
    named = pathology("SSTR2 requested.", date="2026-04-01")
    assert seen("sstr", ILEUM, sstr2("positive"), named) == "positive"
    assert gap("sstr", ILEUM, named) is Gap.NOT_RECORDED
    weak = pathology("SSTR2 weakly positive.", date="2026-04-01")
    assert gap("sstr", ILEUM, sstr2("positive"), weak) is Gap.NOT_READABLE


def test_imaging_comes_before_the_stain() -> None:
    assert seen("sstr", ILEUM, sstr2("positive"), pet("negative")) == "negative"


def test_receptor_imaging_of_one_of_two_nets_is_not_guessed() -> None:
    both = [ILEUM, PANCREAS, pet("positive"), sstr2("positive")]
    assert seen("sstr", *both, tumor="Condition/ileum") == "unknown"
    assert seen("sstr", ILEUM, BREAST, pet("positive"), tumor="Condition/ileum") == "positive"


def test_missing_receptor_results_say_why() -> None:
    assert gap("sstr", ILEUM) is Gap.NOT_RECORDED
    assert gap("sstr", ILEUM, without=("reports",)) is Gap.NOT_SEARCHED
