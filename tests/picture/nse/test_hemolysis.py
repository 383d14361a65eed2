"""The places in which a record says that a sample was hemolyzed - or that it was not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts import Resource, concept, line, nse, observation, ref, report, said, seen

HEM = concept("v2-0493|HEM")
SNOMED = concept("snomed|118128002")
MII = "https://www.medizininformatik-initiative.de/fhir/ext/InterpretationsbeeinflussendeEigenschaft"


def state(*resources: Resource) -> str:
    return seen("nse-specimen", *resources)


def noted(words: str) -> Resource:
    return nse(note=words)


def index(value: Any, unit: str = "mg/dL", date: str = "2026-11-10", **members: Any) -> Resource:
    return observation("", value, unit, text="Hemolysis index", date=date, **members)


LINKED = nse(specimen="Specimen/s")


@pytest.mark.parametrize(
    "resources",
    [
        (LINKED, line(Specimen="", id="s", condition=[HEM])),
        (LINKED, line(Specimen="", id="s", condition=[SNOMED])),
        (LINKED, line(Specimen="", id="s", condition="hemolyzed")),
        (LINKED, line(Specimen="", id="s", note="hämolytisch")),
        (nse(interpretation=[SNOMED]),),
        (nse(modifierExtension=[{"url": MII, "valueCodeableConcept": SNOMED}]),),
        (nse(modifierExtension=[{"url": MII, "valueCoding": SNOMED["coding"][0]}]),),
        (noted("slightly hemolysed"),),
        (noted("Probe hämolytisch"),),
        (noted("haemolysed sample"),),
        (noted("Hemolysis cannot be excluded"),),
        (nse("hemolyzed, not reported"),),
        (nse(None, dataAbsentReason="hemolysed, not reported"),),
        (nse(id="n"), report("Laboratory", "Sample hemolyzed", result="Observation/n")),
        (nse(), index(20)),
    ],
)
def test_each_place_that_says_hemolyzed_is_read(resources: tuple[Resource, ...]) -> None:
    assert state(*resources) == "hemolyzed"


@pytest.mark.parametrize(
    "words", ["no hemolysis", "nicht hämolytisch", "keine Hämolyse", "non-hemolyzed sample", "not hemolyzed"]
)
def test_a_denied_hemolysis_is_a_suitable_sample(words: str) -> None:
    assert state(noted(words)) == "suitable"
    assert state(LINKED, line(Specimen="", id="s", condition=words)) == "suitable"


@pytest.mark.parametrize(
    "resources",
    [
        (nse(),),
        (noted("Patient has hemolytic anemia"),),
        (noted("previous sample hemolyzed"),),
        (noted("lipemic"),),
        (nse(interpretation=[concept("High")]),),
        (nse(modifierExtension=[{"url": MII, "valueCodeableConcept": concept("lipemic")}]),),
        (LINKED, line(Specimen="", id="other", condition=[HEM])),
        (nse(id="n"), report("Laboratory", "Sample hemolyzed", result="Observation/m")),
    ],
)
def test_nothing_about_this_sample_is_not_recorded(resources: tuple[Resource, ...]) -> None:
    assert state(*resources) == "not-recorded"


def test_one_place_that_says_hemolyzed_outweighs_the_others() -> None:
    assert (
        state(nse(note="no hemolysis", specimen="Specimen/s"), line(Specimen="", id="s", condition=[HEM]))
        == "hemolyzed"
    )
    assert state(noted("no hemolysis"), index(20)) == "hemolyzed"


# --- the index ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0, "mg/dL", "suitable"),
        (5, "mg/dL", "suitable"),
        (5.1, "mg/dL", "hemolyzed"),
        (20, "mg/dL", "hemolyzed"),
        (0.05, "g/L", "suitable"),
        (0.06, "g/L", "hemolyzed"),
        (20, "", "hemolyzed"),
        ("+", "", "hemolyzed"),
        ("1+", "", "hemolyzed"),
        ("+++", "", "hemolyzed"),
        ("N", "", "suitable"),
        ("0", "", "suitable"),
        ("negative", "", "suitable"),
        ("<5", "", "suitable"),
        ("<10", "", "not-recorded"),
        (">10", "", "hemolyzed"),
        (20, "umol/L", "not-recorded"),
        ("see comment", "", "not-recorded"),
    ],
)
def test_an_index_above_5_mg_per_dl_is_hemolyzed(value: Any, unit: str, expected: str) -> None:
    assert state(nse(), index(value, unit)) == expected


def test_an_index_as_an_answer_is_read() -> None:
    assert state(nse(), index(concept("++"))) == "hemolyzed"
    assert state(nse(), index(None, valueQuantity={"value": 2, "unit": "+"})) == "hemolyzed"


def test_an_index_belongs_to_its_own_sample() -> None:
    assert state(nse(), index(20, date="2026-11-09")) == "not-recorded"
    assert state(nse(), index(20, date="")) == "not-recorded"
    assert state(LINKED, index(20, specimen=ref("Specimen/other"))) == "not-recorded"
    assert state(LINKED, index(20, date="2026-11-09", specimen=ref("Specimen/s"))) == "hemolyzed"


@pytest.mark.parametrize(("value", "words"), [(20, "about 7 ug/L"), (5, ""), ("<4", ""), (100000, "")])
def test_a_raised_index_says_how_much_nse_it_could_explain(value: Any, words: str) -> None:
    evidence = said("nse-specimen", nse(), index(value))
    assert (words in evidence) if words else ("could account" not in evidence)


@pytest.mark.parametrize(
    "words",
    [
        "Note: hemolysis may increase NSE results.",
        "Hemolyzed samples are rejected.",
        "NSE is falsely high if hemolyzed.",
        "Hämolyse kann zu falsch hohen Werten führen.",
        "Bei Hämolyse nicht verwertbar.",
        "Hämolytische Proben werden verworfen.",
    ],
)
def test_a_general_remark_on_hemolysis_says_nothing_of_this_sample(words: str) -> None:
    assert state(noted(words)) == "not-recorded"
    assert state(noted(f"{words} Sample hemolyzed.")) == "hemolyzed"
