"""Ki-67, mitoses, grade and p53/RB1: every form in which they come, every limit from both sides."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import (
    Resource,
    concept,
    condition,
    feature,
    gap,
    grade,
    ki67,
    mitoses,
    observation,
    p53,
    pathology,
    picture,
    rb1,
    ref,
    report,
    said,
    seen,
)

ISLETS = condition("icd-10-cm|C25.4", id="islets")
ILEUM = condition("icd-10-cm|C7A.012", id="ileum")
BREAST = condition("icd-10-cm|C50.911", id="breast")


def band(result: Resource, *more: Resource) -> str:
    return seen("ki67-band", ISLETS, result, *more)


def graded(*results: Resource) -> str:
    return seen("grade", ISLETS, *results)


def recorded(*results: Resource) -> str:
    return seen("grade-recorded", ISLETS, *results)


# --- the band ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percent", "value"),
    [
        (0, "to-2"),
        (2, "to-2"),
        (2.01, "over-2-under-3"),
        (2.99, "over-2-under-3"),
        (3, "3-to-under-10"),
        (9.99, "3-to-under-10"),
        (10, "10-to-20"),
        (20, "10-to-20"),
        (20.1, "over-20-to-55"),
        (55, "over-20-to-55"),
        (55.1, "over-55"),
        (100, "over-55"),
    ],
)
def test_ki67_falls_into_the_band_that_holds_it(percent: float, value: str) -> None:
    assert band(ki67(percent)) == value


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.15, "1", "10-to-20"),  # a fraction
        (0.15, "%", "to-2"),  # 0.15 percent
        (15, "", "10-to-20"),
        (15, "/100 cells", "10-to-20"),
        (15, "{cells}/100{cells}", "10-to-20"),
        ("10-15%", "", "10-to-20"),
        ("10 – 15 %", "", "10-to-20"),
        ("<2%", "", "to-2"),
        ("<1-2 %", "", "to-2"),
        ("ca. 5%", "", "3-to-under-10"),
        ("MIB-1 25%", "", "over-20-to-55"),
        ("> 55 %", "", "over-55"),
        ("up to 22% (hot spot), mean 12%", "", "over-20-to-55"),
        ("mean 12%, hot spot 22%", "", "over-20-to-55"),
        ("mean 12%; hot spot 22-24%", "", "over-20-to-55"),
        ("hot spot 22%", "", "over-20-to-55"),
    ],
)
def test_ki67_is_read_in_the_forms_it_comes_in(value: Any, unit: str, expected: str) -> None:
    assert band(ki67(value, unit)) == expected


@pytest.mark.parametrize("value", ["2-5%", "<5%", "> 20 %", "8-12 %", "15-25%", "> 2 %"])
def test_a_ki67_across_two_bands_is_in_none(value: str) -> None:
    assert band(ki67(value)) == "unknown"
    assert seen("ki67-found", ISLETS, ki67(value)) == "found"
    assert gap("ki67-band", ISLETS, ki67(value)) is Gap.NOT_READABLE


def test_ki67_may_come_as_a_range_an_integer_or_in_a_note() -> None:
    span = {"low": {"value": 10, "unit": "%"}, "high": {"value": 15, "unit": "%"}}
    assert band(ki67(None, valueRange=span)) == "10-to-20"
    assert band(ki67(None, valueInteger=12)) == "10-to-20"
    assert band(ki67(concept("positive"), note="Ki-67 index 12 %")) == "10-to-20"
    assert band(ki67(concept("Ki-67: 12 %"))) == "10-to-20"
    assert band(ki67(None, valueQuantity={"value": 3, "comparator": "<", "unit": "%"})) == "unknown"


def test_ki67_of_a_component_is_read() -> None:
    part = {"code": concept("loinc|29593-1"), "valueQuantity": {"value": 12, "unit": "%"}}
    assert band(observation("", text="Immunohistochemistry panel", component=[part], date="2026-03-15")) == "10-to-20"


def test_ki67_in_a_pathology_report_is_read() -> None:
    assert band(pathology("NET of the pancreas. Ki-67 proliferation index: 4 %.")) == "3-to-under-10"
    assert "report text" in said("ki67-band", ISLETS, pathology("MIB-1: 4%"))


def test_ki67_in_a_narrative_pathology_result_is_read() -> None:
    assert band(observation("loinc|22637-3", "Neuroendocrine tumor, Ki-67 4 %", date="2026-03-15")) == "3-to-under-10"


@pytest.mark.parametrize("conclusion", ["No Ki-67 5 % was seen", "Ki-67 pending", "CT: liver lesions of 12 %"])
def test_words_without_a_reported_ki67_give_none(conclusion: str) -> None:
    assert seen("ki67-found", ISLETS, pathology(conclusion)) == "not-found"


def test_an_imaging_report_gives_no_ki67() -> None:
    assert seen("ki67-found", ISLETS, report("CT abdomen", "Known NET, Ki-67 4 %")) == "not-found"


@pytest.mark.parametrize(
    "result",
    [
        ki67(concept("high")),
        ki67("see report"),
        ki67(0.5, ""),
        ki67(15, "mg"),
        ki67(150, "%"),
        ki67("hot spot high, mean low"),
        ki67("mean 12% hot spot 22%"),
    ],
)
def test_a_ki67_that_cannot_be_read_is_neither_found_nor_missing(result: Resource) -> None:
    assert (seen("ki67-found", ISLETS, result), gap("ki67-found", ISLETS, result)) == ("unknown", Gap.NOT_READABLE)
    assert seen("ki67-band", ISLETS, result) == "unknown"
    assert "Ki-67" in said("ki67-found", ISLETS, result)


def test_a_readable_ki67_counts_beside_an_unreadable_one() -> None:
    assert band(ki67("high", date="2026-04-01"), ki67(5)) == "3-to-under-10"


def test_no_ki67_in_pathology_that_was_searched_is_not_found() -> None:
    assert seen("ki67-found", ISLETS) == "not-found"
    assert gap("ki67-band", ISLETS) is Gap.NOT_RECORDED


@pytest.mark.parametrize("missing", ["pathology", "reports"])
def test_ki67_that_was_not_searched_is_unknown(missing: str) -> None:
    assert gap("ki67-found", ISLETS, without=(missing,)) is Gap.NOT_SEARCHED
    assert seen("ki67-found", ISLETS, ki67(5), without=(missing,)) == "found"


# --- which of several --------------------------------------------------------------------------------------------


def test_the_newest_specimen_counts_not_the_highest() -> None:
    assert band(ki67(25, date="2024-03-15"), ki67(5, date="2026-03-15")) == "3-to-under-10"


def test_an_undated_ki67_is_older_than_a_dated_one() -> None:
    assert band(ki67(25, date=""), ki67(5)) == "3-to-under-10"
    assert band(ki67(25, date="")) == "over-20-to-55"


@pytest.mark.parametrize(
    ("words", "figure", "value"),
    [
        ("10 % (hot spot 25 %)", "25 %", "G3"),
        ("2 %, focally 15 %", "2-15 %", "G1-or-G2"),
        ("2 %; focally 15 %", "2-15 %", "G1-or-G2"),
        ("2 %, but focally 15 %", "2-15 %", "G1-or-G2"),
        ("2 %, fokal bis zu 15 %", "2-15 %", "G1-or-G2"),
        ("2 %, focal 15", "2-15 %", "G1-or-G2"),
        ("10 % (max. 25 %)", "10-25 %", "G2-or-G3"),
        ("mean 8 %, max 22 %", "8-22 %", "G2-or-G3"),
        ("5 % overall, 18 % focally", "5-18 %", "G2"),
        ("8 % (range 5-15 %)", "5-15 %", "G2"),
        ("highest area 25 %, average 10 %", "10-25 %", "G2-or-G3"),
    ],
)
def test_two_figures_of_one_tumor_are_a_range_unless_one_is_of_the_hot_spot(
    words: str, figure: str, value: str
) -> None:
    for found in (ki67(words), ki67(f"Ki-67 {words}"), pathology(f"Neuroendocrine tumor. Ki-67 {words}.")):
        assert graded(found) == value
        assert figure in said("ki67-found", ISLETS, found)


@pytest.mark.parametrize(
    "words",
    [
        "12 % (cutoff 20 %)",
        "15 % (>20 % = G3)",
        "10 % (previously 5 %)",
        "1 % (biopsy), 8 % (resection)",
        "2 %, Ki-67 15 % in a metastasis",
        "8 %, focally 15 %, 20 % of the cells necrotic",
        "8 %, 10 % necrosis",
    ],
)
def test_two_figures_of_which_nobody_says_that_they_are_of_one_tissue_are_none(words: str) -> None:
    assert seen("ki67-found", ISLETS, ki67(words)) == "unknown"


def test_a_size_behind_the_figure_is_no_second_figure() -> None:
    assert graded(ki67("2 %, focal necrosis 15 mm")) == "G1"
    assert graded(ki67("2 %, maximal diameter 15 mm")) == "G1"


def test_of_one_day_the_hot_spot_counts() -> None:
    assert band(ki67("hot spot 12 %"), ki67(5)) == "10-to-20"
    assert band(ki67(5), ki67("hot spot 12 %")) == "10-to-20"


@pytest.mark.parametrize("status", ["registered", "cancelled", "entered-in-error", "unknown"])
def test_results_that_do_not_count_are_never_read(status: str) -> None:
    assert seen("ki67-found", ISLETS, ki67(5, status=status)) == "not-found"


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_results_that_count_are_read(status: str) -> None:
    assert band(ki67(5, status=status)) == "3-to-under-10"


def test_a_preliminary_ki67_counts_only_alone_and_is_labelled() -> None:
    early = ki67(25, date="2026-04-01", status="preliminary")
    assert band(early, ki67(5)) == "3-to-under-10"
    assert band(early) == "over-20-to-55"
    assert "preliminary" in said("ki67-band", ISLETS, early)


def test_a_correction_replaces_the_result_with_its_identifier() -> None:
    number: dict[str, Any] = {"identifier": [{"system": "urn:lab", "value": "42"}]}
    assert band(ki67(25, **number), ki67(5, status="corrected", **number)) == "3-to-under-10"


# --- whose -------------------------------------------------------------------------------------------------------


def test_a_ki67_of_one_of_two_tumors_is_not_guessed() -> None:
    assert gap("ki67-found", ILEUM, ISLETS, ki67(5), tumor="Condition/ileum") is Gap.NOT_LINKED
    assert gap("grade", ILEUM, ISLETS, ki67(5), tumor="Condition/islets") is Gap.NOT_LINKED
    assert gap("ki67-found", ILEUM, ISLETS, pathology("Ki-67 5 %."), tumor="Condition/islets") is Gap.NOT_LINKED
    in_another = pathology("Ki-67 5 %.", raw={"reasonReference": [ref("Condition/ileum")]})
    assert seen("ki67-found", ILEUM, ISLETS, in_another, tumor="Condition/islets") == "not-found"


def test_a_ki67_of_a_metastasis_belongs_to_its_primary() -> None:
    liver = condition("icd-10-cm|C78.7", id="liver")
    assert seen("ki67-band", ILEUM, liver, ki67(5, focus="Condition/liver")) == "3-to-under-10"


@pytest.mark.parametrize("code", ["loinc|85330-9", "snomed|1237281001"])
def test_a_breast_ki67_never_grades_a_net(code: str) -> None:
    breast_only = observation(code, 30, "%", date="2026-03-15")
    assert seen("ki67-found", ILEUM, breast_only) == "not-found"
    assert seen("grade", ILEUM, BREAST, breast_only, tumor="Condition/ileum") == "unknown"
    assert seen("ki67-found", BREAST, breast_only) == "found"


def test_the_lead_of_the_tumor_is_its_ki67() -> None:
    (tumor,) = picture(ISLETS, ki67(8)).tumors
    assert tumor.leads == {"ki67": "Ki-67 8 %"}
    assert picture(ISLETS).tumors[0].leads == {}


# --- mitoses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "value"), [(1, "G1"), (2, "G2"), (20, "G2"), (21, "G3"), ("1-3", "G1-or-G2"), ("18-22", "G2-or-G3")]
)
def test_mitoses_per_2_mm2_grade_alone(count: Any, value: str) -> None:
    result = mitoses(f"{count}/2 mm2") if isinstance(count, str) else mitoses(count)
    assert graded(result) == value


@pytest.mark.parametrize("result", [mitoses(5, "/10HPF"), mitoses(5, ""), mitoses("many per 2 mm2")])
def test_mitoses_that_are_not_per_2_mm2_grade_nothing(result: Resource) -> None:
    assert graded(result) == "unknown"


def test_mitoses_in_a_pathology_report_are_read() -> None:
    assert graded(pathology("Mitoses: 5 per 2 mm2.")) == "G2"
    assert graded(pathology("Mitotic figures absent; well preserved tissue, 3 sections per 2 blocks")) == "unknown"


def test_a_nottingham_score_is_never_a_count_of_mitoses() -> None:
    assert graded(observation("loinc|85300-2", 3, "/2mm2", date="2026-03-15")) == "unknown"


def test_the_newest_readable_count_is_taken() -> None:
    assert graded(mitoses(5, date="2025-01-01"), mitoses(1), mitoses(9, "/10HPF", date="2026-05-01")) == "G1"


# --- the grade ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percent", "value"),
    [(0.5, "G1"), (2, "G1"), (2.5, "G1"), (2.99, "G1"), (3, "G2"), (20, "G2"), (20.1, "G3"), (90, "G3")],
)
def test_ki67_grades_by_who_2022(percent: float, value: str) -> None:
    assert graded(ki67(percent)) == value


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("2-5%", "G1-or-G2"),
        ("15-25%", "G2-or-G3"),
        ("<3%", "G1"),
        ("<=3%", "G1-or-G2"),
        (">20%", "G3"),
        (">=20%", "G2-or-G3"),
        ("3-20%", "G2"),
    ],
)
def test_a_range_of_ki67_gives_every_grade_it_allows(words: str, value: str) -> None:
    assert graded(ki67(words)) == value


def test_a_ki67_that_allows_all_three_grades_gives_none() -> None:
    assert (graded(ki67("1-30%")), gap("grade", ISLETS, ki67("1-30%"))) == ("unknown", Gap.NOT_READABLE)


@pytest.mark.parametrize(
    ("percent", "count", "value"),
    [(2, 2, "G2"), (2, 1, "G1"), (5, 1, "G2"), (5, 21, "G3"), (25, 1, "G3"), ("2-5%", 3, "G2")],
)
def test_of_ki67_and_mitoses_the_higher_wins(percent: Any, count: int, value: str) -> None:
    assert graded(ki67(percent), mitoses(count)) == value


@pytest.mark.parametrize(
    ("tumor", "results"),
    [
        (condition("icd-10-cm|C7A.090"), [ki67(8)]),  # lung
        (condition("icd-10-cm|C7A.091"), [ki67(8)]),  # thymus
        (BREAST, [observation("loinc|85330-9", 30, "%", date="2026-03-15")]),
        (condition("icd-10-cm|C7A.1"), [ki67(80)]),
        (condition("snomed|254632001"), []),
        (condition(text="MiNEN of the stomach"), [ki67(30)]),
    ],
)
def test_lung_thymus_breast_nec_sclc_and_others_have_no_net_grade(tumor: Resource, results: list[Resource]) -> None:
    assert seen("grade", tumor, *results) == "not-applicable"
    assert seen("grade-recorded", tumor, *results) == "none"


def test_a_carcinoid_that_only_pathology_places_in_the_lung_has_no_grade() -> None:
    tumor = condition("icd-10-cm|C7A.00")
    typed = observation("loinc|59847-4", "snomed|254627002", date="2026-03-15")
    assert seen("primary", tumor, typed, ki67(8)) == "lung"
    assert seen("grade", tumor, typed, ki67(8)) == "not-applicable"
    assert seen("grade", tumor, ki67(8)) == "G2"


def test_a_grade_recorded_where_none_is_computed_stays_open() -> None:
    lung = condition("icd-10-cm|C7A.090", text="Carcinoid of the lung, G2")
    assert (seen("grade-recorded", lung), gap("grade-recorded", lung)) == ("unknown", Gap.NOT_RECORDED)


def test_without_ki67_and_mitoses_a_recorded_grade_is_taken_and_marked() -> None:
    for result in (grade(concept("G2")), grade("snomed|1286893008"), grade("G2"), pathology("NET, G2")):
        assert graded(result) == "G2"
        assert feature("grade", ISLETS, result).note == "as recorded"
    assert seen("grade", condition(text="NET G2 of the pancreas")) == "G2"


def test_ki67_outweighs_a_recorded_grade() -> None:
    assert graded(ki67(2), grade(concept("G2"))) == "G1"


def test_two_recorded_grades_contradict_each_other() -> None:
    both = [grade(concept("G1")), grade(concept("G2"), date="2026-04-01")]
    assert (graded(*both), gap("grade", ISLETS, *both)) == ("unknown", Gap.CONTRADICTORY)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("at least G2", "G2-or-G3"),
        ("mindestens G2", "G2-or-G3"),
        (">= G2", "G2-or-G3"),
        ("G2 or higher", "G2-or-G3"),
        ("higher than G1", "G2-or-G3"),
        ("G2-3", "G2-or-G3"),
        ("grade 2 to 3", "G2-or-G3"),
        ("G1/G2", "G1-or-G2"),
        ("G1 or G2", "G1-or-G2"),
        ("at most G2", "G1-or-G2"),
        ("lower than G3", "G1-or-G2"),
        ("G2 or lower", "G1-or-G2"),
        ("at least G3", "G3"),
        ("at least G1", "unknown"),
        ("G1-G3", "unknown"),
        ("G1/G2, locally G2/G3", "unknown"),
    ],
)
def test_a_range_or_a_bound_of_grades_is_none_of_its_ends(words: str, value: str) -> None:
    assert graded(grade(words)) == value
    assert graded(grade(concept(words))) == value
    assert graded(pathology(f"Neuroendocrine tumor, {words}.")) == value
    assert seen("grade", condition(text=f"Neuroendocrine tumor of pancreas, {words}")) == value


def test_a_range_of_grades_in_words_of_differentiation_is_read() -> None:
    assert graded(grade("low to intermediate grade")) == "G1-or-G2"
    assert graded(grade("intermediate-to-high grade")) == "G2-or-G3"


def test_a_range_that_may_be_g3_makes_no_high_grade_tumor() -> None:
    assert seen("diagnosis", ISLETS, grade("G2-3")) == "nen-unspecified"
    assert seen("diagnosis", ISLETS, grade("G3")) == "high-grade-undetermined"


def test_a_recorded_range_is_narrowed_by_another_record_and_conflicts_only_where_nothing_is_left() -> None:
    assert graded(grade("G1/G2"), pathology("NET, at least G2.")) == "G2"
    assert recorded(grade("G1/G2"), pathology("NET, G3.")) == "conflicts"
    assert recorded(ki67(30), grade("at least G2")) == "agrees"
    assert recorded(ki67(1), grade("at least G2")) == "conflicts"


def test_a_doubtful_grade_in_a_report_is_none() -> None:
    assert graded(pathology("Neuroendocrine tumor, probably G2.")) == "unknown"


def test_a_nottingham_grade_is_not_taken() -> None:
    assert graded(observation("loinc|44648-4", concept("G2"), date="2026-03-15")) == "unknown"


def test_no_grade_at_all_is_not_recorded_or_not_searched() -> None:
    assert gap("grade", ISLETS) is Gap.NOT_RECORDED
    assert gap("grade", ISLETS, without=("pathology",)) is Gap.NOT_SEARCHED


# --- the recorded grade ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "written", "value"),
    [
        (ki67(2), "G1", "agrees"),
        (ki67(2), "G2", "conflicts"),
        (ki67(20), "G2", "agrees"),
        (ki67(20.1), "G2", "conflicts"),
        (ki67("2-5%"), "G1", "agrees"),  # inside the computed interval
        (ki67("2-5%"), "G2", "agrees"),
        (ki67("2-5%"), "G3", "conflicts"),
    ],
)
def test_a_recorded_grade_is_held_against_the_computed_one(figure: Resource, written: str, value: str) -> None:
    assert recorded(figure, grade(concept(written))) == value


def test_a_recorded_grade_alone_agrees() -> None:
    assert recorded(grade(concept("G2"))) == "agrees"


def test_two_different_recorded_grades_conflict() -> None:
    assert recorded(ki67(5), grade(concept("G2")), grade(concept("G3"), date="2026-04-01")) == "conflicts"


def test_morphology_is_not_a_recorded_grade() -> None:
    carcinoid = condition("icd-10|C25.4", morphology="icd-o-3|8249/3")
    assert seen("grade-recorded", carcinoid, ki67(2)) == "none"


def test_a_differentiation_is_not_a_recorded_grade() -> None:
    assert recorded(ki67(2), grade("snomed|373375007")) == "none"


def test_no_recorded_grade_is_none_only_after_a_search() -> None:
    assert recorded(ki67(5)) == "none"
    assert gap("grade-recorded", ISLETS, ki67(5), without=("reports",)) is Gap.NOT_SEARCHED
    assert gap("grade-recorded", condition("icd-10-cm|C7A.090"), without=("pathology",)) is Gap.NOT_SEARCHED


# --- p53 and RB1 -------------------------------------------------------------------------------------------------


def stains(*results: Resource) -> str:
    return seen("p53-rb1", ISLETS, *results)


@pytest.mark.parametrize(
    "results",
    [
        (p53("mutant pattern"),),
        (p53("null pattern"),),
        (p53("overexpressed"),),
        (p53("überexprimiert"),),
        (p53("aberrant"),),
        (rb1("lost"),),
        (rb1("loss of expression"),),
        (rb1("Verlust"),),
        (rb1("negative"),),
        (rb1("not retained"),),
        (p53("wild-type"), rb1("lost")),
        (p53("mutant"), rb1("retained")),
        (p53("positive"), rb1("lost")),
        (pathology("p53: overexpressed, RB1 retained."),),
    ],
)
def test_a_mutant_p53_or_a_lost_rb1_is_abnormal(results: tuple[Resource, ...]) -> None:
    assert stains(*results) == "abnormal"


@pytest.mark.parametrize(
    "results",
    [
        (p53("wild-type"), rb1("retained")),
        (p53("Wildtyp"), rb1("erhalten")),
        (p53("no mutant pattern"), rb1("intact")),
        (p53("not overexpressed"), rb1("no loss")),
        (pathology("p53 wild type, RB1 retained."),),
        (p53("wild-type"), pathology("Rb1 expression is preserved.")),
    ],
)
def test_both_reported_and_neither_abnormal_is_normal(results: tuple[Resource, ...]) -> None:
    assert stains(*results) == "normal"


@pytest.mark.parametrize("results", [(p53("wild-type"),), (rb1("retained"),), (pathology("p53 wild type."),)])
def test_one_normal_stain_is_incomplete(results: tuple[Resource, ...]) -> None:
    assert stains(*results) == "incomplete"


@pytest.mark.parametrize(
    "results",
    [
        (p53("positive"),),
        (p53("positive"), rb1("retained")),
        (p53("negative"),),
        (p53("not wild-type"),),
        (p53("mutation not excluded"),),
        (p53("possibly mutant"),),
        (p53("wild-type"), rb1("see report")),
        (p53("wild-type in part, mutant in part"),),
        (p53("mutant"), p53("wild-type")),
        (p53("wild-type"), p53("mutant"), rb1("retained")),
        (pathology("Stains for p53 and RB1 are pending."),),
    ],
)
def test_stains_that_say_neither_or_both_are_unknown(results: tuple[Resource, ...]) -> None:
    assert (stains(*results), gap("p53-rb1", ISLETS, *results)) == ("unknown", Gap.NOT_READABLE)


def test_stains_that_nobody_reported_are_not_found_after_a_search() -> None:
    assert stains() == "not-found"
    assert gap("p53-rb1", ISLETS, without=("pathology",)) is Gap.NOT_SEARCHED


def test_p53_said_to_be_not_wild_type_but_mutant_is_abnormal() -> None:
    assert stains(p53("not wild-type but mutant")) == "abnormal"


def test_the_stain_of_one_of_two_tumors_is_not_guessed() -> None:
    for loose in (p53("mutant"), pathology("p53 mutant.")):
        assert gap("p53-rb1", ILEUM, ISLETS, loose, tumor="Condition/ileum") is Gap.NOT_LINKED


def test_a_recorded_grade_of_one_of_two_tumors_is_not_guessed() -> None:
    both = [ILEUM, ISLETS, ki67(5, focus="Condition/ileum"), grade(concept("G2"))]
    assert gap("grade-recorded", *both, tumor="Condition/ileum") is Gap.NOT_LINKED
    assert gap("grade-recorded", *both, tumor="Condition/islets") is Gap.NOT_LINKED


def test_a_tumor_of_unknown_histology_has_an_unknown_grade() -> None:
    organ = condition("icd-10|C25.1")
    assert (seen("grade", organ, ki67(5)), seen("grade-recorded", organ)) == ("unknown", "unknown")
    assert seen("grade", condition("icd-10-cm|C34.11"), ki67(5)) == "not-applicable"


# --- several figures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("Ki-67 labeling index is approximately 2%, hot spot 25%", "over-20-to-55"),
        ("Ki-67 (MIB-1) 30 percent", "over-20-to-55"),
        ("Ki-67 30 Prozent", "over-20-to-55"),
        ("Ki-67 2 % in the primary. Ki-67 25 % in the liver metastasis.", "unknown"),
        ("Ki-67 2 %. As stated above, Ki-67 2 %.", "to-2"),
    ],
)
def test_a_report_with_one_figure_or_a_hot_spot_is_read(words: str, value: str) -> None:
    assert band(pathology(words)) == value


def test_a_report_with_two_figures_is_shown_but_not_chosen_from() -> None:
    words = pathology("Ki-67 2 % in the primary. Ki-67 25 % in the metastasis.")
    assert said("ki67-band", ISLETS, words) == "Ki-67 2 and 25 % in one report, 2026-03-16"
    assert band(ki67("Ki-67 2 % here, Ki-67 25 % there")) == "unknown"


def test_results_of_one_day_that_differ_are_held_as_all_they_allow() -> None:
    assert band(ki67(4, id="a"), ki67(8, id="b")) == "3-to-under-10"
    assert band(ki67(1, id="a"), ki67(8, id="b")) == "unknown"
    assert (
        said("ki67-band", ISLETS, ki67(4, id="a"), ki67(8, id="b")) == "Ki-67 4-8 % (results that differ), 2026-03-15"
    )
    assert band(ki67("<1", id="a"), ki67("1-2", id="b")) == "to-2"
    assert band(ki67(">20", id="a"), ki67(30, id="b"), ki67("15-30", id="c")) == "unknown"


# --- of another organ --------------------------------------------------------------------------------------------


def test_a_ki67_of_the_breast_inside_a_panel_says_nothing_of_a_tumor_of_the_gut() -> None:
    part = {"code": concept("loinc|29593-1", text="Ki-67, breast biopsy"), "valueQuantity": {"value": 30, "unit": "%"}}
    panel = observation("", text="Immunohistochemistry", component=[part])
    assert seen("ki67-found", ILEUM, panel) == "not-found"
    assert seen("ki67-found", ILEUM, BREAST, panel, tumor="Condition/ileum") == "not-found"
    assert seen("ki67-found", ILEUM, BREAST, panel, tumor="Condition/breast") == "found"


def test_a_biopsy_of_the_breast_says_nothing_of_a_tumor_of_the_gut() -> None:
    biopsy = report("Breast core biopsy", "Invasive ductal carcinoma, Ki-67 40 %", category="SP")
    assert seen("ki67-found", ILEUM, biopsy) == "not-found"
    assert seen("ki67-found", ILEUM, report("Skin biopsy", "Ki-67 40 %", category="SP")) == "not-found"
    assert (
        seen("ki67-found", condition("icd-10-cm|C7A.8"), report("Kidney biopsy", "Ki-67 4 %", category="SP")) == "found"
    )


def test_a_metastasis_in_another_organ_is_of_the_tumor() -> None:
    skin = report("Skin biopsy", "Metastasis of a neuroendocrine tumor, Ki-67 4 %", category="SP")
    assert seen("ki67-found", ILEUM, skin) == "found"


def test_a_fraction_that_is_printed_as_percent_is_not_read() -> None:
    both = ki67(None, valueQuantity={"value": 0.5, "unit": "%", "code": "1"})
    assert gap("ki67-band", ISLETS, both) is Gap.NOT_READABLE


def test_a_conflict_cites_both_the_recorded_grade_and_the_figure() -> None:
    found = feature("grade-recorded", ILEUM, ki67(12, id="figure"), grade(concept("G1"), id="grade"))
    assert found.shown == "conflicts"
    assert {item.reference for item in found.evidence} == {"Observation/grade", "Observation/figure"}
