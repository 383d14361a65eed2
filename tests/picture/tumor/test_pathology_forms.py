"""Ki-67, mitoses, differentiation and stains in the forms in which pathologists write them."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import (
    Resource,
    attached,
    concept,
    condition,
    feature,
    gap,
    grade,
    ki67,
    line,
    mitoses,
    observation,
    p53,
    pathology,
    rb1,
    report,
    said,
    seen,
)

ISLETS = condition("icd-10-cm|C25.4", id="islets")


def band(*results: Resource) -> str:
    return seen("ki67-band", ISLETS, *results)


def graded(*results: Resource) -> str:
    return seen("grade", ISLETS, *results)


# --- Ki-67 as a result -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.25, "1", "over-20-to-55"),  # a fraction
        (0.25, "%", "to-2"),  # a quarter of one percent
        (15, "/100{cells}", "10-to-20"),
        (150, "/1000 cells", "10-to-20"),
        ("10%-15%", "", "10-to-20"),
        ("10 bis 15 %", "", "10-to-20"),
        ("between 10 and 15 %", "", "10-to-20"),
        ("zwischen 10 und 15 %", "", "10-to-20"),
        ("greater than 55 %", "", "over-55"),
        ("größer als 55 %", "", "over-55"),
        ("kleiner als 2 %", "", "to-2"),
        ("less than or equal to 2 %", "", "to-2"),
        ("nicht mehr als 2 %", "", "to-2"),
        ("12,5 %", "", "10-to-20"),
        ("15 Prozent", "", "10-to-20"),
        ("Index: 12 %", "", "10-to-20"),
        ("positive in 12 % of nuclei", "", "10-to-20"),
        ("positiv (ca. 12 %)", "", "10-to-20"),
        ("12% mean / 22% hot spot", "", "over-20-to-55"),
        ("22 % in hot spots, 12 % elsewhere", "", "over-20-to-55"),
        ("12 % (mean) and 22 % (hot spot)", "", "over-20-to-55"),
        ("area of highest labelling 22 %, mean 12 %", "", "over-20-to-55"),
        ("hot spot <2 %", "", "to-2"),
        ("5 %, focally up to 22 %", "", "unknown"),
        ("5 % (previously 22 %)", "", "unknown"),
        ("5 % hot spot, 22 % hot spot", "", "unknown"),
        ("-5 %", "", "unknown"),
        (-5, "%", "unknown"),
        (0.5, "", "unknown"),
        (1, "", "unknown"),
        ("no value", "", "unknown"),
    ],
)
def test_a_ki67_is_read_or_left(value: Any, unit: str, expected: str) -> None:
    assert band(ki67(value, unit)) == expected


def test_ki67_may_be_a_ratio_of_cells_or_a_range_of_fractions() -> None:
    ratio = {"numerator": {"value": 75, "unit": "cells"}, "denominator": {"value": 500, "unit": "cells"}}
    assert band(ki67(None, valueRatio=ratio)) == "10-to-20"
    ends = {"low": {"value": 0.11, "code": "1"}, "high": {"value": 0.15, "code": "1"}}
    assert band(ki67(None, valueRange=ends)) == "10-to-20"
    assert band(ki67(None, valueInteger=15)) == "10-to-20"


def test_the_figure_of_a_presence_may_stand_in_a_note_without_its_name() -> None:
    present = observation("loinc|33055-5", concept("positive"), date="2026-03-15", note="in 12 % of nuclei")
    assert band(present) == "10-to-20"


@pytest.mark.parametrize("note", ["Tumor content 90 % of nuclei", "90 % of the tissue", "necrosis of 30 %"])
def test_a_percentage_of_something_else_in_a_note_is_no_ki67(note: str) -> None:
    assert band(ki67(concept("positive"), note=note)) == "unknown"
    assert band(ki67("tumor content 90 %")) == "unknown"


def test_ki67_of_a_member_of_a_panel_has_its_date_and_specimen() -> None:
    member = ki67(12, date="", id="k")
    panel = observation("", text="Immunohistochemistry panel", hasMember="Observation/k", date="2026-03-15")
    assert said("ki67-band", ISLETS, member, panel) == "Ki-67 12 %, 2026-03-15"


# --- Ki-67 in reports --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Ki-67 greater than 55 %", "over-55"),
        ("Ki-67: größer als 55 %", "over-55"),
        ("Ki-67 unter 2 %", "to-2"),
        ("Ki-67 less than 2 percent", "to-2"),
        ("Ki-67 no more than 2 %", "to-2"),
        ("Ki-67: ca. 5 %", "3-to-under-10"),
        ("Ki-67 approx. 5 %", "3-to-under-10"),
        ("Ki-67 10%-15%", "10-to-20"),
        ("Ki-67 10 to 15 %", "10-to-20"),
        ("Ki-67 10 – 15 %", "10-to-20"),
        ("Ki-67 between 10 and 15 %", "10-to-20"),
        ("MIB-1-Index 25%", "over-20-to-55"),
        ("Ki-67:\n25 %", "over-20-to-55"),
        ("Ki-67 12 % (mean) / 22 % (hot spot)", "over-20-to-55"),
        ("Ki-67 2 %, focally up to 25 %", "unknown"),
        ("Ki-67 2 %, bis zu 25 %", "unknown"),
        ("Ki-67 im Mittel 2 %, maximal 25 %", "unknown"),
        ("Ki-67 2% (primary), 10% (liver)", "unknown"),
        ("Ki-67 was 25 % in 2019, now 5 %", "unknown"),
        ("Ki-67 3 %; hot spot 12 %", "10-to-20"),
        ("Ki-67 5 %, synaptophysin positive in 90 %", "3-to-under-10"),
        ("Ki-67 5 %, CD56 90 %", "3-to-under-10"),
        ("Ki-67 prolif. index 5 %", "3-to-under-10"),
    ],
)
def test_the_words_of_a_report_are_read_as_bounds_ranges_and_hot_spots(words: str, expected: str) -> None:
    assert band(pathology(words)) == expected


@pytest.mark.parametrize(
    "words",
    [
        "Ki-67 pending, tumor cells 90 %",
        "Ki-67 folgt. Synaptophysin 90 %.",
        "Ki-67, synaptophysin positive in 90 %",
        "Ki-67 and necrosis of 30 %",
        "Previous biopsy: Ki-67 25 %",
    ],
)
def test_a_figure_of_something_else_is_no_ki67(words: str) -> None:
    assert seen("ki67-found", ISLETS, pathology(words)) == "not-found"


@pytest.mark.parametrize("words", ["Ki-67 (MIB-1, clone 30-9): 5 %", "Ki-67 4 +/- 1 %"])
def test_a_figure_in_an_odd_form_is_not_read_but_not_missing_either(words: str) -> None:
    assert gap("ki67-found", ISLETS, pathology(words)) is Gap.NOT_READABLE
    assert band(pathology(words), ki67(5)) == "3-to-under-10"


@pytest.mark.parametrize(
    "form",
    [
        attached("Ki-67 &lt; 2 %<br>Synaptophysin 90 %", "text/html"),
        attached("<table><tr><td>Ki-67</td><td><2 %</td></tr></table>", "text/html; charset=utf-8"),
        attached("Ki-67 <2 %", "TEXT/PLAIN; charset=UTF-8"),
    ],
)
def test_the_sign_of_a_bound_survives_a_page(form: list[Resource]) -> None:
    assert band(pathology("", presentedForm=form)) == "to-2"


@pytest.mark.parametrize("kind", ["application/pdf", "text/rtf", "application/rtf"])
def test_a_report_that_cannot_be_read_proves_no_absence(kind: str) -> None:
    unread = pathology("", presentedForm=attached("Ki-67 5 %", kind))
    assert gap("ki67-found", ISLETS, unread) is Gap.NOT_SEARCHED


# --- which Ki-67 -------------------------------------------------------------------------------------------------


def resected(value: Any, date: str, **members: Any) -> Resource:
    return ki67(value, date=date, method="Resection specimen", **members)


def biopsied(value: Any, date: str, **members: Any) -> Resource:
    return ki67(value, date=date, method="Core needle biopsy", **members)


@pytest.mark.parametrize(
    ("resection", "biopsy", "expected"),
    [
        ("2026-03-10", "2026-03-20", "10-to-20"),  # its own biopsy, reported late
        ("2026-03-20", "2026-03-10", "10-to-20"),
        ("2026-03-15", "2026-03-15", "10-to-20"),
        ("2026-03", "2026-03-15", "10-to-20"),
        ("2026-03-10", "2026-04-02", "3-to-under-10"),  # another month: the newest
    ],
)
def test_a_resection_comes_before_its_own_biopsy_of_the_same_month(resection: str, biopsy: str, expected: str) -> None:
    both = resected(15, resection, id="r"), biopsied(5, biopsy, id="b")
    assert band(*both) == band(*reversed(both)) == expected


def test_what_kind_of_tissue_it_was_may_stand_in_the_specimen_or_the_report() -> None:
    tissue = line(Specimen="Resektat", id="s", collection={"method": concept("Distal pancreatectomy")})
    late = biopsied(5, "2026-03-20")
    assert band(ki67(15, specimen="Specimen/s"), tissue, late) == "10-to-20"
    assert band(pathology("Pancreatectomy specimen. Ki-67 15 %.", date="2026-03-10"), late) == "10-to-20"
    assert (
        band(report("Pancreas biopsy", "Ki-67 15 %", date="2026-03-25"), resected(5, "2026-03-05")) == "3-to-under-10"
    )
    plain = line(Specimen="Resektat", id="s", collection="?")
    assert band(ki67(15, specimen="Specimen/s"), plain, late) == "10-to-20"
    both = pathology("Resection after biopsy, Ki-67 15 %", date="2026-03-10")
    assert band(both, late) == "3-to-under-10"


def test_two_lesions_of_one_day_that_differ_allow_both() -> None:
    primary = ki67(2, id="a", bodySite="Pancreas")
    liver = ki67(25, id="b", bodySite="Liver")
    assert (band(primary, liver), graded(primary, liver)) == ("unknown", "unknown")
    assert "Ki-67 2-25 % (results that differ)" in said("ki67-band", ISLETS, primary, liver)


@pytest.mark.parametrize(
    "result",
    [
        ki67(25, bodySite="Liver"),
        ki67(25, bodySite="Lymphknoten"),
        report("Liver biopsy", "NET, Ki-67 25 %"),
        pathology("Ki-67 25 % in the liver metastasis."),
    ],
)
def test_a_ki67_of_a_metastasis_is_its_primarys_and_named_as_such(result: Resource) -> None:
    assert band(result) == "over-20-to-55"
    assert "of a metastasis" in said("ki67-band", ISLETS, result)


@pytest.mark.parametrize("result", [ki67(25), pathology("No metastasis. Ki-67 25 %."), ki67(25, bodySite="Pancreas")])
def test_other_tissue_is_not_called_a_metastasis(result: Resource) -> None:
    assert "metastasis" not in said("ki67-band", ISLETS, result)


def test_a_coarse_date_that_may_be_the_newest_is_held_beside_it() -> None:
    assert band(ki67(25, date="2026-03"), ki67(5, date="2026-03-15")) == "unknown"
    assert band(ki67(25, date="2026-02"), ki67(5, date="2026-03-15")) == "3-to-under-10"
    assert band(ki67(5, date=""), ki67(25, date="")) == "unknown"


def test_a_time_without_zone_is_of_its_own_day() -> None:
    assert band(ki67(25, date="2026-03-14T08:00:00"), ki67(5, date="2026-03-15")) == "3-to-under-10"


def test_an_amended_ki67_replaces_the_old_one() -> None:
    number: dict[str, Any] = {"identifier": [{"system": "urn:lab", "value": "42"}]}
    assert band(ki67(25, **number), ki67(5, status="amended", **number)) == "3-to-under-10"


# --- mitoses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        (5, "/2mm2"),
        (5, "/(2.mm2)"),
        (5, "{mitoses}/2.mm2"),
        (5, "per 2 mm²"),
        (5, "2mm2"),
        (2.5, "/mm2"),
        (25, "/10 mm2"),
        ("5/2mm²", ""),
        ("5 / 2 mm2", ""),
        ("5 per 2 mm^2", ""),
        ("5 pro 2 Quadratmillimeter", ""),
        ("5 per 10 HPF (2 mm2)", ""),
        ("4-6/2mm²", ""),
    ],
)
def test_mitoses_are_counted_per_2_mm2(value: Any, unit: str) -> None:
    assert graded(mitoses(value, unit)) == "G2"


def test_mitoses_may_come_as_a_ratio_or_with_the_area_in_their_name() -> None:
    ratio = {"numerator": {"value": 5}, "denominator": {"value": 2, "unit": "mm2"}}
    assert graded(mitoses(None, valueRatio=ratio)) == "G2"
    assert graded(observation("", text="Mitotic count per 2 mm2", date="2026-03-15", valueInteger=5)) == "G2"


@pytest.mark.parametrize(
    ("value", "unit"), [(5, "/10HPF"), (5, "/12"), ("5 per 10 HPF", ""), ("many/2 mm2", ""), (5, "/0 mm2"), (5, "mm")]
)
def test_a_count_without_an_area_grades_nothing(value: Any, unit: str) -> None:
    assert graded(mitoses(value, unit)) == "unknown"


@pytest.mark.parametrize(
    ("count", "value"), [("<2/2mm²", "G1"), ("0-1/2 mm2", "G1"), (">20/2mm2", "G3"), (1, "G1"), (21, "G3")]
)
def test_a_bound_of_mitoses_is_graded_as_an_interval(count: Any, value: str) -> None:
    assert graded(mitoses(count)) == value


def test_mitoses_beyond_the_window_of_twelve_mm2_are_scaled_not_cut() -> None:
    assert graded(mitoses("6/12 mm2", "")) == "G1"


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("Mitotic count: 5/2 mm2", "G2"),
        ("Mitotic rate 5 per 2 mm²", "G2"),
        ("Mitosen: 5/2mm²", "G2"),
        ("Mitosezahl < 2 pro 2 mm²", "G1"),
        ("5 mitoses per 2 mm2", "G2"),
        ("21 Mitosen/2 mm²", "G3"),
        ("Mitoses: 5 per 10 HPF (2 mm2)", "G2"),
        ("mitotic figures more than 20 per 2 mm2", "G3"),
        ("Mitoses: 5 per 10 HPF", "unknown"),
        ("Mitoses 1 per 2 mm2 in the primary. Mitoses 25 per 2 mm2 in the metastasis.", "unknown"),
    ],
)
def test_mitoses_are_read_in_the_words_of_a_report(words: str, value: str) -> None:
    assert graded(pathology(words)) == value


def test_of_ki67_and_mitoses_of_a_report_the_higher_wins() -> None:
    assert graded(pathology("Ki-67 2 %, mitoses 3/2mm²")) == "G2"
    assert graded(pathology("Ki-67 5 %. Mitoses: 1 per 2 mm2.")) == "G2"


def test_a_count_per_fields_beside_a_ki67_is_named_as_not_counted() -> None:
    lone = feature("grade", ISLETS, ki67(5), mitoses(25, "/10HPF"))
    assert (lone.shown, lone.note) == ("G2", "not counted: mitoses 25 /10HPF, 2026-03-15")
    for words, told in (
        ("Ki-67 2 %, 4 mitoses/10 HPF.", "4 mitoses/10 HPF"),
        ("Ki-67 2 %. Mitosen: 4 pro 10 GF", "Mitosen: 4 pro 10 GF"),
    ):
        assert feature("grade", ISLETS, pathology(words)).note == f"not counted: {told}, 2026-03-16"
    assert feature("grade", ISLETS, ki67(5), mitoses(25, "/10HPF"), mitoses(1)).note == ""
    assert feature("grade", ISLETS, ki67(25), mitoses(25, "/10HPF")).note == ""


def test_counts_of_one_day_that_differ_allow_both_and_a_newer_one_counts_alone() -> None:
    assert graded(mitoses(1, id="a"), mitoses(5, id="b")) == "G1-or-G2"
    assert "mitoses 1-5 per 2 mm2 (results that differ)" in said(
        "grade", ISLETS, mitoses(1, id="a"), mitoses(5, id="b")
    )
    assert graded(mitoses(5, date="2025-01-01"), pathology("Mitoses: 1 per 2 mm2.")) == "G1"
    assert graded(mitoses(5), mitoses(1, date="")) == "G2"


# --- differentiation ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["Poorly differentiated neuroendocrine carcinoma", "Schlecht differenziertes neuroendokrines Karzinom"]
)
def test_poorly_differentiated_is_nec_whatever_ki67_is_missing(words: str) -> None:
    assert seen("diagnosis", ISLETS, pathology(words)) == "nec"


@pytest.mark.parametrize(
    "words", ["Well-differentiated neuroendocrine tumor", "Gut differenzierter neuroendokriner Tumor"]
)
def test_differentiation_is_separate_from_ki67(words: str) -> None:
    assert seen("diagnosis", ISLETS, pathology(words), ki67(35)) == "net"
    assert seen("diagnosis", ISLETS, ki67(35)) == "high-grade-undetermined"
    assert seen("diagnosis", ISLETS, pathology(f"No {words}"), ki67(35)) == "high-grade-undetermined"


# --- stains ------------------------------------------------------------------------------------------------------


def stains(*results: Resource) -> str:
    return seen("p53-rb1", ISLETS, *results)


@pytest.mark.parametrize(
    "words",
    [
        "TP53: mutant pattern",
        "p53 Nullmuster",
        "p53: null-phenotype, null type",
        "Loss of RB1 expression",
        "p53 wild-type, loss of RB1",
        "RB1: Expressionsverlust",
        "Verlust von Rb1",
        "pRb lost",
        "p53 overexpressed and RB1 retained",
        "p53: wild type\nRB1: lost",
        "RB1 lost and SSTR2 positive",
    ],
)
def test_a_report_that_tells_of_a_loss_or_a_mutant_pattern_is_abnormal(words: str) -> None:
    assert stains(pathology(words)) == "abnormal"


@pytest.mark.parametrize(
    "words",
    [
        "p53 wild-type pattern, no loss of RB1 expression",
        "p53 Wildtyp, Rb1 erhalten",
        "p53: no aberrant expression. RB1 intact.",
        "p53 wild type and RB1 retained and SSTR2 negative",
        "Retinoblastoma protein retained, TP53 wild type",
        "p53: Wildtyp, ohne Verlust von RB1",
        "no p53 mutation, Rb1 intact",
    ],
)
def test_a_report_of_two_normal_stains_is_normal(words: str) -> None:
    assert stains(pathology(words)) == "normal"


@pytest.mark.parametrize("words", ["p53 positive", "p53 positive, RB1 retained", "p53 and RB1 performed"])
def test_positive_is_not_mutant(words: str) -> None:
    assert stains(pathology(words)) == "unknown"


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("p53 and RB1 normal", "normal"),
        ("RB1 and p53 both retained", "normal"),
        ("p53/RB1: intact", "normal"),
        ("Normale Expression von p53 und RB1", "normal"),
        ("p53 and RB1 expression preserved, Ki-67 30 %", "normal"),
        ("p53 and RB1: wild type and retained, respectively", "normal"),
        ("No loss of p53 and RB1", "normal"),
        ("No loss of p53 or RB1", "normal"),
        ("p53 and RB1 abnormal", "abnormal"),
        ("p53 and RB1 both lost", "abnormal"),
        ("p53 and RB1: p53 wild type, RB1 lost", "abnormal"),
        ("p53 and RB1: p53 wild type, RB1 retained", "normal"),
    ],
)
def test_one_sentence_about_both_stains_tells_of_each(words: str, state: str) -> None:
    assert stains(pathology(words)) == state
    assert seen("p53-rb1", ISLETS, stained(words)) == state


@pytest.mark.parametrize(
    "words",
    [
        "p53 or RB1 normal",
        "p53 and/or RB1 retained",
        "Only one of p53 and RB1 is normal",
        "p53 and RB1 not both normal",
        "p53 and RB1 not normal",
        "p53 and RB1 probably normal",
        "p53 and RB1: mutant and retained, respectively",
        "p53 and RB1 positive",
        "p53, RB1 and SSTR2 positive",
        "p53 and RB1 negative for loss",
        "p53 and p53 normal, RB1 requested",
        "Neither p53 nor RB1 normal",
    ],
)
def test_a_sentence_that_leaves_open_which_of_both_stains_it_means_tells_of_none(words: str) -> None:
    assert stains(pathology(words)) == "unknown"


def test_stains_of_a_panel_are_components() -> None:
    parts = [
        {"code": concept("loinc|14229-9"), "valueString": "wild-type"},
        {"code": concept("RB1"), "valueCodeableConcept": concept("retained")},
    ]
    assert stains(observation("", text="Immunohistochemistry", component=parts, date="2026-03-15")) == "normal"
    assert stains(p53("wild-type"), rb1("partial", note="lost in hot spots")) == "abnormal"


# --- a code that only says that something was stained ------------------------------------------------------------


def stained(value: Any, unit: str = "", text: str = "Immunohistochemistry") -> Resource:
    return observation("loinc|55229-9 'Immune stain study'", value, unit, text=text, date="2026-03-15")


def test_beside_the_code_of_any_stain_the_words_name_the_stain() -> None:
    assert band(stained(8, "%", text="Ki-67")) == "3-to-under-10"
    assert seen("p53-rb1", ISLETS, stained("mutant pattern", text="p53 immunohistochemistry")) == "abnormal"


def test_the_words_of_any_stain_are_read_like_those_of_a_report() -> None:
    assert band(stained("Synaptophysin positive, Ki-67 8 %")) == "3-to-under-10"
    assert seen("p53-rb1", ISLETS, stained("p53 null pattern, RB1 lost")) == "abnormal"


# --- what is said of something else ------------------------------------------------------------------------------

LONE = condition("icd-10-cm|C7A.8", text="Neuroendocrine tumor of pancreas", id="pan")


@pytest.mark.parametrize(
    "words",
    [
        "Breast, core biopsy: invasive ductal carcinoma, G3. Ki-67 40 %",
        "Mamma, Stanzbiopsie: invasives Karzinom NST, G3. Ki-67 40 %",
        "Prostate adenocarcinoma. Ki-67 40 %",
        "Diffuse large B-cell lymphoma, lymph node. Ki-67 80 %",
    ],
)
def test_a_report_on_another_organ_is_not_of_the_only_recorded_tumor(words: str) -> None:
    assert seen("ki67-found", LONE, pathology(words)) == "unknown"
    assert gap("ki67-found", LONE, pathology(words)) is Gap.NOT_LINKED
    assert seen("diagnosis", LONE, pathology(words)) == "nen-unspecified"
    assert seen("grade-recorded", LONE, pathology(words)) == "none"


@pytest.mark.parametrize(
    "words",
    [
        "Skin: metastasis of a neuroendocrine tumor. Ki-67 8 %",
        "Pancreas, left kidney free of tumor. Ki-67 8 %",
        "Ki-67 8 %. Thyroid transcription factor-1 negative",
        "Ki-67 8 %. No carcinoma of the breast",
    ],
)
def test_a_report_that_names_the_tumor_or_its_organ_is_of_the_tumor(words: str) -> None:
    assert seen("ki67-band", LONE, pathology(words)) == "3-to-under-10"


def test_a_report_on_a_specimen_of_the_tumors_organ_is_of_the_tumor() -> None:
    tissue = line(Specimen="Pancreas", id="s")
    told = pathology("Infiltrates the kidney. Ki-67 8 %", specimen="Specimen/s")
    assert seen("ki67-band", LONE, tissue, told) == "3-to-under-10"


@pytest.mark.parametrize(
    "words",
    [
        "Nottingham grade 3",
        "ISUP grade 3",
        "Fuhrman grade 3",
        "Dysplasia grade 3",
        "Steatohepatitis, grade 3",
        "Reflux esophagitis grade 3",
        "Meningioma, WHO grade 1",
    ],
)
def test_a_grade_of_another_scale_is_none_of_a_net(words: str) -> None:
    assert seen("grade-recorded", LONE, pathology(words)) == "none"
    assert seen("grade", LONE, pathology(words)) == "unknown"
    assert seen("grade-recorded", LONE, grade(words)) == "none"
    assert seen("diagnosis", LONE, pathology(words)) == "nen-unspecified"


def test_a_net_beside_another_finding_keeps_its_grade() -> None:
    assert seen("grade", LONE, pathology("NET G2, Nottingham not applicable")) == "G2"
    assert seen("grade", LONE, pathology("Grade 2, marked stromal fibrosis")) == "G2"


@pytest.mark.parametrize("value", ["2", concept("http://lab.example.org|Z2 'zwei'")])
def test_a_grade_that_cannot_be_read_is_not_none(value: Any) -> None:
    assert seen("grade-recorded", LONE, grade(value)) == "unknown"
    assert gap("grade", LONE, grade(value)) is Gap.NOT_READABLE


@pytest.mark.parametrize("value", ["GX", "not assessed", "moderately differentiated", None])
def test_a_grade_that_nobody_gave_is_none(value: Any) -> None:
    assert seen("grade-recorded", LONE, grade(value)) == "none"


# --- Ki-67 in words ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["Ki-67 low.", "Ki-67: 15", "Ki-67 15/100 cells", "Ki-67 index was 0.12", "Ki-67 between 5 and 8", "Ki-67 hoch"],
)
def test_a_ki67_that_is_named_and_not_readable_is_not_not_found(words: str) -> None:
    assert seen("ki67-found", LONE, pathology(words)) == "unknown"


@pytest.mark.parametrize("words", ["Ki-67 pending", "Ki-67 not performed on block 2", "No Ki-67 was done in 2026"])
def test_a_ki67_that_nobody_did_is_not_found(words: str) -> None:
    assert seen("ki67-found", LONE, pathology(words)) == "not-found"


@pytest.mark.parametrize(
    ("words", "band"),
    [
        ("Ki-67\n12 %", "10-to-20"),
        ("Ki-67 proliferation index:\n12 %", "10-to-20"),
        ("Ki-67 (30-9): 12 %", "10-to-20"),
        ("Ki - 67 12 %", "10-to-20"),
        ("Ki-67 bis 5 %", "unknown"),
        ("Ki-67: bis 2 %", "to-2"),
        ("Ki-67: 5 bis 8 %", "3-to-under-10"),
    ],
)
def test_ki67_figures_in_more_words(words: str, band: str) -> None:
    assert seen("ki67-band", LONE, pathology(words)) == band


def test_bis_before_a_figure_is_a_bound_and_between_two_a_range() -> None:
    assert seen("ki67-band", LONE, ki67("bis 5 %")) == "unknown"
    assert seen("ki67-band", LONE, ki67("5 bis 8 %")) == "3-to-under-10"


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("non-mutated", "incomplete"),
        ("mutation not detected", "incomplete"),
        ("mutation excluded", "incomplete"),
        ("mutated?", "unknown"),
        ("mutated", "abnormal"),
    ],
)
def test_a_p53_that_is_denied_to_be_mutated_is_normal(words: str, state: str) -> None:
    assert seen("p53-rb1", LONE, p53(words)) == state


def test_a_loss_of_rb1_that_is_not_seen_is_none() -> None:
    assert seen("p53-rb1", LONE, pathology("RB1 loss not seen; p53 wild type")) == "normal"
