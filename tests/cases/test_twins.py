"""Twins: one fact changed in any case, their names, and that a change which could never be made is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from cds_service.cases.pages import Case
from cds_service.cases.twins import Twin, parts_of, read_twins, twin_of
from cds_service.errors import CasesError
from cds_service.guideline.vocabulary import VOCABULARY
from tests.cases.made import BASE, cases, maker, resources, write

TWINS = """
[deceased.yes]
patient.deceasedBoolean = true

[[nse-level.normal]]
m1.value = "10 ug/L"

[[nse-level.normal]]
take = ["loinc|15060-7"]
m9 = { Observation = "loinc|15060-7", value = "10 ug/L", referenceRange = "<=16.3 ug/L" }
"""


def twins(root: Path, page: str | bytes = TWINS) -> dict[str, Twin]:
    return dict(read_twins(write(root / "fixtures", {"twins.toml": page}) / "twins.toml", maker()))


def faults(root: Path, page: str | bytes) -> list[str]:
    with pytest.raises(CasesError) as refused:
        twins(root, page)
    return str(refused.value).splitlines()


@pytest.fixture
def base(tmp_path: Path) -> Case:
    return cases(tmp_path, BASE)["base"]


def test_a_twin_is_called_by_its_fact_and_value_and_numbered_where_there_are_several(tmp_path: Path) -> None:
    assert list(twins(tmp_path)) == ["deceased = yes", "nse-level = normal", "nse-level = normal (2)"]


def test_a_twin_is_the_same_patient_but_for_one_change(tmp_path: Path, base: Case) -> None:
    twin = twin_of(base, twins(tmp_path)["deceased = yes"], maker())
    assert (twin.name, twin.page) == ("dangers/page/base + deceased = yes", "dangers/page")
    assert (twin.why, twin.expect) == ("", {})
    before, after = base.call["prefetch"], twin.call["prefetch"]
    assert after == {**before, "patient": {**before["patient"], "deceasedBoolean": True}}


@pytest.mark.parametrize(
    ("name", "ids"), [("nse-level = normal", ["c1", "m1"]), ("nse-level = normal (2)", ["c1", "m9"])]
)
def test_each_change_of_a_value_gives_the_fact_in_its_way(
    tmp_path: Path, base: Case, name: str, ids: list[str]
) -> None:
    sent = resources(twin_of(base, twins(tmp_path)[name], maker()).call)
    assert list(sent) == ids
    assert sent[ids[1]]["valueQuantity"]["value"] == 10


def test_a_twin_may_take_away_what_a_case_does_not_have(base: Case) -> None:
    twin = Twin("hormone", "none-recorded", 1, {"take": ["Procedure", "loinc|1"]})
    assert twin_of(base, twin, maker()).call == base.call


def test_a_change_of_a_line_that_a_case_does_not_have_cannot_be_made(base: Case) -> None:
    with pytest.raises(ValueError, match="m2: names no type of resource, and there is no such line to change"):
        twin_of(base, Twin("nse-level", "normal", 1, {"m2": {"value": "10 ug/L"}}), maker())


def test_a_whole_call_has_no_twins(base: Case) -> None:
    whole = Case("stories/one", "", None, base.call)
    with pytest.raises(ValueError, match="stories/one is a whole call: it has no lines to change"):
        twin_of(whole, Twin("deceased", "yes", 1, {}), maker())


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a/b/c", ("a/b/c", "")),
        ("a/b/c + hormone = gastrinoma", ("a/b/c", "hormone = gastrinoma")),
        ("a/b/c+d", ("a/b/c+d", "")),
    ],
)
def test_the_name_of_a_twin_is_taken_apart_again(name: str, parts: tuple[str, str]) -> None:
    assert parts_of(name) == parts


EVERY_DECEASED = ", ".join(str(value) for value in VOCABULARY["deceased"].values)


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ("[hormon.gastrinoma]", "[hormon]: is no fact of the vocabulary; did you mean 'hormone'?"),
        ("[shoe-size.large]", "[shoe-size]: is no fact of the vocabulary"),
        ("[hormone.gastrinom]", "[hormone.gastrinom]: is no value of this fact; did you mean 'gastrinoma'?"),
        ("[deceased.perhaps]", f"[deceased.perhaps]: is no value of this fact; it has {EVERY_DECEASED}"),
        ("deceased = true", "[deceased]: holds no changes, which are tables [deceased.value]"),
        ("deceased.yes = true", "[deceased.yes]: is no change, which is a table [deceased.yes]"),
        ("deceased.yes = [5]", "[deceased.yes]: is no change, which is a table [deceased.yes]"),
        (
            '[deceased.yes]\ntke = ["c1"]',
            "[deceased.yes]: tke: is neither a word of a case nor a line { ... }; did you mean 'take'?",
        ),
        ("[deceased.yes]\nwithout = 'nse'", "[deceased.yes]: without: must be a list of texts in [ ]"),
        ("[deceased.yes]\nwithout = ['nes']", "[deceased.yes]: without: 'nes' is no prefetch key; did you mean 'nse'?"),
        (
            "[deceased.yes]\npatient.deceased = true",
            "[deceased.yes]: patient: deceased: is no element of Patient; did you mean 'deceasedBoolean'?",
        ),
        (
            '[deceased.yes]\nc9 = { Conditon = "x" }',
            "[deceased.yes]: c9: 'Conditon' is no FHIR R4 resource type; did you mean 'Condition'?",
        ),
        (
            '[deceased.yes]\ndrafts.d9 = { ServiceRequest = "lonic|1" }',
            "[deceased.yes]: d9: code: 'lonic' is no code system of systems.toml; did you mean 'loinc'?",
        ),
        ("[deceased.yes]\ndrafts.d9 = 5", "[deceased.yes]: d9: is no line { ... }"),
        ("[deceased.yes]\nlike = 'base'", "[deceased.yes]: like: belongs to a case, not to a change that fits many"),
        ("[deceased.yes]\ncall = 'a.json'", "[deceased.yes]: call: belongs to a case, not to a change that fits many"),
    ],
)
def test_a_change_that_could_never_be_made_is_refused(tmp_path: Path, page: str, problem: str) -> None:
    assert faults(tmp_path, page) == [f"fixtures/twins.toml {problem}"]


def test_every_fault_of_the_page_of_twins_is_named(tmp_path: Path) -> None:
    page = "[shoe-size.large]\n[[deceased.yes]]\nwhy = 5\n[[deceased.yes]]\nx = 5\n[deceased.perhaps]\nwhy = 5"
    assert [line.partition("]")[0] for line in faults(tmp_path, page)] == [
        "fixtures/twins.toml [shoe-size",
        "fixtures/twins.toml [deceased.perhaps",
        "fixtures/twins.toml [deceased.yes",
        "fixtures/twins.toml [deceased.yes",
        "fixtures/twins.toml [deceased.perhaps",
    ]


def test_a_page_of_twins_that_is_no_toml_is_named(tmp_path: Path) -> None:
    assert faults(tmp_path, "[a")[0].startswith("fixtures/twins.toml: is no TOML: ")
    assert faults(tmp_path, "a = 'ö'".encode("latin-1"))[0].startswith("fixtures/twins.toml: is no TOML: ")


def test_what_a_change_does_to_lines_of_a_case_is_not_asked_before_there_is_a_case(tmp_path: Path) -> None:
    page = (
        '[deceased.yes]\nhook = "order-sign"\nc7.date = "-1d"\ntake = ["c8"]'
        '\ndrafts.d7.status = "active"\nselections = ["d7"]'
    )
    assert list(twins(tmp_path, page)) == ["deceased = yes"]
