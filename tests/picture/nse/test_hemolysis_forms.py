"""Hemolysis in extensions, tubes, companions, classes and words: every form in which it is said, and its denial."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts import Resource, concept, line, nse, observation, ref, report, said, seen

HEM = concept("v2-0493|HEM")
MII = (
    "https://www.medizininformatik-initiative.de/fhir/core/modul-labor/StructureDefinition/"
    "InterpretationsbeeinflussendeEigenschaft"
)
LINKED = nse(specimen="Specimen/s")
INDEX_URL = "https://lab.example.org/ext/hemolysis-index"


def state(*resources: Resource) -> str:
    return seen("nse-specimen", *resources)


def index(value: Any, unit: str = "mg/dL", **members: Any) -> Resource:
    return observation("", value, unit, text="Hemolysis index", **members)


def extended(*extensions: dict[str, Any]) -> Resource:
    return nse(extension=list(extensions))


# --- the index ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["1+", "2 +", "+", "++", "+++", "++++", "+2", "slight", "moderate", "grossly", "leicht", "mäßig"]
)
def test_a_class_above_none_is_hemolyzed(value: str) -> None:
    assert state(nse(), index(value)) == "hemolyzed"
    assert state(nse(), index(concept(value))) == "hemolyzed"


@pytest.mark.parametrize(
    "value", ["N", "0", "0+", "-", "neg", "negative", "none", "normal", "keine", "not detected", "nicht nachweisbar"]
)
def test_a_class_of_none_is_suitable(value: str) -> None:
    assert state(nse(), index(value)) == "suitable"


@pytest.mark.parametrize("value", ["(+)", "+/-", "trace", "Spur", "see comment"])
def test_a_trace_or_other_words_say_neither(value: str) -> None:
    assert state(nse(), index(value)) == "not-recorded"


@pytest.mark.parametrize("unit", ["", "1", "{index}", "{HI}", "index"])
@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "suitable"), (1, "not-recorded"), (5, "not-recorded"), (5.1, "hemolyzed"), (40, "hemolyzed")],
)
def test_a_bare_figure_may_be_a_class_or_mg_per_dl_and_counts_where_both_agree(
    unit: str, value: float, expected: str
) -> None:
    assert state(nse(), index(value, unit)) == expected
    assert "could account" not in said("nse-specimen", nse(), index(value, unit))


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.05, "g/L", "suitable"),
        (0.06, "g/L", "hemolyzed"),
        (50, "mg/L", "suitable"),
        (51, "mg/L", "hemolyzed"),
        ("< 5 mg/dL", "", "suitable"),
        ("20 mg/dL", "", "hemolyzed"),
        ("über 5 mg/dL", "", "hemolyzed"),
        ("0,04 g/L", "", "suitable"),
    ],
)
def test_grams_per_liter_are_a_hundred_milligrams_per_deciliter(value: Any, unit: str, expected: str) -> None:
    assert state(nse(), index(value, unit)) == expected


@pytest.mark.parametrize(("value", "expected"), [(0.05, "suitable"), (0.06, "hemolyzed"), (1, "hemolyzed")])
def test_the_code_hemolysis_of_hl7_is_in_grams_per_liter(value: float, expected: str) -> None:
    assert state(nse(), observation("v3-act-code|HEMOLYSIS", value)) == expected


def test_an_index_of_hl7_says_how_much_nse_it_could_explain() -> None:
    assert "about 7 ug/L" in said("nse-specimen", nse(), observation("v3-act-code|HEMOLYSIS", 0.2))


def test_an_index_whose_value_is_a_sentence_is_read_as_one() -> None:
    assert state(nse(), index("sample slightly hemolyzed")) == "hemolyzed"
    assert state(nse(), index(concept("nicht hämolytisch"))) == "suitable"


def test_an_index_among_the_components_is_of_this_sample_even_undated() -> None:
    parts = [
        {"code": concept("loinc|15060-7"), "valueQuantity": {"value": 21.1, "unit": "ug/L"}},
        {"code": concept("Hemolysis index"), "valueQuantity": {"value": 40, "unit": "mg/dL"}},
    ]
    panel = observation("", text="Panel", component=parts, date="2026-11-10")
    assert state(panel) == "hemolyzed"


@pytest.mark.parametrize(
    ("date", "expected"),
    [("2026-11-10", "hemolyzed"), ("2026-11-10T08:00:00Z", "hemolyzed"), ("2026-11", "not-recorded")],
)
def test_only_the_same_day_makes_one_draw_of_two(date: str, expected: str) -> None:
    assert state(nse(date="2026-11-10"), index(40, date=date)) == expected


def test_two_months_are_not_one_draw() -> None:
    assert state(nse(date="2026-11"), index(40, date="2026-11")) == "not-recorded"


@pytest.mark.parametrize("name", ["Hemolysis", "Hämolyse", "Serum haemolysis", "Hämolysegrad", "hämolytisch"])
def test_an_observation_that_is_only_called_hemolysis_is_an_index(name: str) -> None:
    assert state(nse(), observation("", "2+", text=name)) == "hemolyzed"
    assert state(nse(), observation("", "keine", text=name)) == "suitable"
    assert state(nse(), observation("", text=name, valueBoolean=True)) == "hemolyzed"
    assert state(nse(), observation("", text=name, valueBoolean=False)) == "suitable"


# --- the sample --------------------------------------------------------------------------------------------------


def test_a_code_without_a_system_on_a_specimen_is_that_of_hl7() -> None:
    assert state(LINKED, line(Specimen="", id="s", condition=[{"coding": [{"code": "HEM"}]}])) == "hemolyzed"
    assert (
        state(LINKED, line(Specimen="", id="s", condition=[{"coding": [{"code": "HEM", "system": "urn:x"}]}]))
        == "not-recorded"
    )


def test_an_aliquot_is_as_hemolyzed_as_its_tube() -> None:
    aliquot, tube = line(Specimen="", id="s", parent="Specimen/tube"), line(Specimen="", id="tube", condition=[HEM])
    assert state(LINKED, aliquot, tube) == "hemolyzed"
    other = line(Specimen="", id="o", parent="Specimen/tube")
    assert (
        state(LINKED, aliquot, line(Specimen="", id="tube"), other, index(40, specimen=ref("Specimen/o")))
        == "hemolyzed"
    )
    assert (
        state(LINKED, line(Specimen="", id="s"), index(40, specimen=ref("Specimen/o")), line(Specimen="", id="o"))
        == "not-recorded"
    )


def test_a_tube_that_is_its_own_parent_is_read_once() -> None:
    assert state(LINKED, line(Specimen="", id="s", parent="Specimen/s", condition=[HEM])) == "hemolyzed"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("final", "hemolyzed"),
        ("preliminary", "hemolyzed"),
        ("entered-in-error", "not-recorded"),
        ("cancelled", "not-recorded"),
    ],
)
def test_only_a_report_that_counts_speaks_of_the_sample(status: str, expected: str) -> None:
    linked = report("Laboratory", "Sample hemolyzed", result="Observation/n", status=status)
    assert state(nse(id="n"), linked) == expected


def test_a_report_on_the_same_specimen_speaks_of_the_sample() -> None:
    about = report("Laboratory", "Leicht hämolytisch.", specimen="Specimen/s")
    assert state(LINKED, line(Specimen="", id="s"), about) == "hemolyzed"
    assert (
        state(LINKED, line(Specimen="", id="s"), report("Laboratory", "hemolyzed", specimen="Specimen/o"))
        == "not-recorded"
    )


# --- companions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "companion", [{"text": "Potassium"}, {"text": "Kalium"}, {"text": "LDH"}, {"code": "loinc|2532-0"}]
)
def test_potassium_or_ldh_of_the_same_draw_counts_by_its_comment_alone(companion: dict[str, str]) -> None:
    def drawn(**members: Any) -> Resource:
        return observation(companion.get("code", ""), 8.1, "mmol/L", text=companion.get("text", ""), **members)

    noted = [{"text": "hämolytisch"}]
    assert state(nse(), drawn(note=noted)) == "hemolyzed"
    assert state(nse(), drawn()) == "not-recorded"  # a figure may be high for many reasons
    assert state(nse(), drawn(note=noted, date="2026-11-09")) == "not-recorded"
    assert state(LINKED, drawn(note=noted, specimen=ref("Specimen/other"))) == "not-recorded"
    assert state(nse(), drawn(dataAbsentReason=concept("hemolyzed"))) == "hemolyzed"


def test_potassium_in_urine_says_nothing_of_the_blood() -> None:
    urine = observation("", 40, "mmol/L", text="Potassium in urine", note="hemolyzed")
    assert state(nse(), urine) == "not-recorded"


# --- extensions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("extension", "expected"),
    [
        ({"url": INDEX_URL, "valueQuantity": {"value": 40, "unit": "mg/dL"}}, "hemolyzed"),
        ({"url": INDEX_URL, "valueQuantity": {"value": 4, "unit": "mg/dL"}}, "suitable"),
        ({"url": INDEX_URL, "valueInteger": 40}, "hemolyzed"),
        ({"url": INDEX_URL, "valueInteger": 3}, "not-recorded"),
        ({"url": INDEX_URL, "valueDecimal": 0}, "suitable"),
        ({"url": INDEX_URL, "valueString": "2+"}, "hemolyzed"),
        ({"url": INDEX_URL, "valueCode": "++"}, "hemolyzed"),
        ({"url": INDEX_URL, "valueCode": "N"}, "suitable"),
        ({"url": INDEX_URL, "valueCodeableConcept": {"text": "3+"}}, "hemolyzed"),
        ({"url": "urn:x:haemolysisIndex", "valueInteger": 40}, "hemolyzed"),
        ({"url": "urn:x:hemolyzed", "valueBoolean": True}, "hemolyzed"),
        ({"url": "urn:x:hemolyzed", "valueBoolean": False}, "suitable"),
        ({"url": "urn:x:SAC-32", "valueInteger": 40}, "hemolyzed"),
        ({"url": "urn:x:interference", "valueCodeableConcept": HEM}, "hemolyzed"),
        ({"url": "urn:x:interference", "valueCodeableConcept": {"text": "nicht hämolytisch"}}, "suitable"),
        ({"url": "urn:x:hemolysis-corrected", "valueBoolean": True}, "not-recorded"),
        ({"url": "urn:x:lipemia-index", "valueInteger": 400}, "not-recorded"),
        ({"url": INDEX_URL}, "not-recorded"),
        ({"url": 5, "valueInteger": 40}, "not-recorded"),
    ],
)
def test_an_extension_that_names_hemolysis_is_read(extension: dict[str, Any], expected: str) -> None:
    assert state(extended(extension)) == expected
    assert state(LINKED, line(Specimen="", id="s", extension=[extension])) == expected
    assert state(LINKED, line(Specimen="", id="s", container=[{"extension": [extension]}])) == expected


def part(url: str, **value: Any) -> dict[str, Any]:
    return {"url": url} | value


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([part("hemolysisIndex", valueDecimal=4), part("hemolysisIndexUnits", valueString="mg/dL")], "suitable"),
        (
            [part("hemolysisIndex", valueDecimal=0.06), part("SAC-33", valueCodeableConcept=concept("urn:u|g/L"))],
            "hemolyzed",
        ),
        ([part("lipemiaIndex", valueDecimal=90), part("lipemiaIndexUnits", valueString="mg/dL")], "not-recorded"),
        ([part("type", valueCodeableConcept={"text": "Hemolysis index"}), part("value", valueInteger=40)], "hemolyzed"),
        ([part("type", valueString="Hämolyse"), part("value", valueString="+++")], "hemolyzed"),
        ([part("type", valueString="Icterus"), part("value", valueString="+++")], "not-recorded"),
    ],
)
def test_the_parts_of_an_extension_name_index_and_unit(parts: list[dict[str, Any]], expected: str) -> None:
    assert (
        state(LINKED, line(Specimen="", id="s", extension=[{"url": "urn:x:container", "extension": parts}])) == expected
    )


def test_a_named_extension_may_hold_its_value_in_a_part() -> None:
    assert state(extended({"url": INDEX_URL, "extension": [part("value", valueInteger=40)]})) == "hemolyzed"


@pytest.mark.parametrize("name", ["extension", "modifierExtension"])
def test_the_extension_of_the_german_core_data_set_is_read(name: str) -> None:
    coding = {"system": "http://snomed.info/sct", "code": "118128002"}
    assert state(nse() | {name: [{"url": MII, "valueCoding": coding}]}) == "hemolyzed"
    part_of: Resource = {"code": concept("loinc|15060-7"), "valueQuantity": {"value": 21.1, "unit": "ug/L"}}
    within = part_of | {name: [{"url": MII, "valueCoding": coding}]}
    assert state(observation("", text="Panel", component=[within])) == "hemolyzed"


def test_an_unknown_modifier_leaves_the_result_unread() -> None:
    unknown = nse(modifierExtension=[{"url": "urn:x:negated", "valueBoolean": True}])
    assert seen("nse-reading", unknown) == "unknown"


# --- words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "leicht hämolytisch",
        "Serum hämolytisch, Wert eingeschränkt beurteilbar",
        "slightly haemolysed",
        "Hemolysis: 2+",
        "Hämolyse: +++",
        "Hemolysis index: 40 mg/dL",
        "HI 40 mg/dL",
        "Haemolysis: moderate",
        "grossly hemolyzed, please repeat",
        "Lipemia: no, hemolysis: yes",
        "nicht lipämisch, aber hämolytisch",
    ],
)
def test_words_that_say_hemolyzed(words: str) -> None:
    assert state(nse(note=words)) == "hemolyzed"
    assert state(nse(interpretation=[{"text": words}])) == "hemolyzed"


@pytest.mark.parametrize(
    "words",
    [
        "nicht hämolytisch",
        "Probe nicht sichtbar hämolytisch",
        "keine sichtbare Hämolyse",
        "no visible hemolysis",
        "Hemolysis: none",
        "Hämolyse: keine",
        "Hemolysis: 0",
        "Hemolysis: negative",
        "HI: 0",
        "Hemolysis index: 2 mg/dL",
        "no evidence of\nhemolysis",
        "Lipemia: yes, hemolysis: no",
        "no lipemia, icterus or hemolysis",
        "Hemolysis, icterus, lipemia: none",
        "Haemolysis absent",
        "weder lipämisch noch hämolytisch, nicht ikterisch",
    ],
)
def test_words_that_deny_it(words: str) -> None:
    assert state(nse(note=words)) == "suitable"


@pytest.mark.parametrize(
    "words",
    [
        "Hemolysis index not measured",
        "HI: pending",
        "History of hemolysis",
        "no lipemia, hemolyzed",
        "Hemolysis index > 50 interferes",
    ],
)
def test_words_that_say_neither(words: str) -> None:
    assert state(nse(note=words)) == "not-recorded"


@pytest.mark.parametrize("reason", ["hemolysed, not reported", "Hämolyse", "wegen Hämolyse nicht bestimmbar"])
def test_a_value_that_is_absent_for_hemolysis_is_a_reason_to_draw_again(reason: str) -> None:
    absent = nse(None, dataAbsentReason=reason)
    assert (seen("nse-reading", absent), state(absent)) == ("no-value", "hemolyzed")


def test_nothing_said_is_no_proof_of_a_good_sample() -> None:
    assert state(LINKED, line(Specimen="", id="s")) == "not-recorded"


def test_a_tube_that_is_only_named_links_an_index_to_its_aliquot() -> None:
    aliquot = line(Specimen="", id="a", parent="Specimen/tube")
    index = observation("loinc|46424-8", 80, "mg/dL", text="Hemolysis index", specimen="Specimen/tube")
    assert seen("nse-specimen", nse(60, specimen="Specimen/a"), aliquot, index) == "hemolyzed"
    other = index | {"specimen": ref("Specimen/other")}
    assert seen("nse-specimen", nse(60, specimen="Specimen/a"), aliquot, other) == "not-recorded"


def test_an_index_of_the_same_instant_in_another_zone_is_of_the_same_draw() -> None:
    index = observation("loinc|46424-8", 80, "mg/dL", text="Hemolysis index", date="2026-11-11T00:30:00+01:00")
    assert seen("nse-specimen", nse(60, date="2026-11-10T23:30:00Z"), index) == "hemolyzed"
    assert seen("nse-specimen", nse(60, date="2026-11-10T22:30:00Z"), index) == "not-recorded"


def test_a_report_on_a_specimen_that_is_not_in_the_chart_speaks_of_its_results() -> None:
    told = report("Laboratory", "Sample hemolyzed", specimen="Specimen/a")
    assert seen("nse-specimen", nse(60, specimen="Specimen/a"), told) == "hemolyzed"


@pytest.mark.parametrize(
    ("words", "state"),
    [("Hemolysis grade 0", "suitable"), ("Hemolysis grade: 2+", "hemolyzed"), ("Hämolysegrad 0", "suitable")],
)
def test_a_grade_of_hemolysis_is_a_class(words: str, state: str) -> None:
    assert seen("nse-specimen", nse(60, note=words)) == state
