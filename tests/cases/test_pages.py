"""Pages: what a case takes over and changes, and that a page which cannot be understood says where and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cds_service.cases.pages import read_page, read_pages
from cds_service.errors import CasesError
from tests.cases.made import BASE, cases, fault, faults, maker, resources, told, write

DRAFTS = """
[base]
hook = "order-select"
patient = { gender = "female" }
c1 = { Condition = "NET" }
drafts.d1 = { MedicationRequest = "Lanreotide" }
drafts.d2 = { ServiceRequest = "loinc|15060-7 'NSE'" }
"""
HERE = "fixtures/dangers/page.toml"
NO_CALL = "odd.json holds no call of a hook of this service: order-select, order-sign, patient-view"


def changed(root: Path, change: str, base: str = BASE) -> dict[str, Any]:
    """The resources of a case that is like the base but for a change."""
    return resources(cases(root, f'{base}\n[other]\nlike = "base"\n{change}')["other"].call)


# --- what a case is ------------------------------------------------------------------------------------------------


def test_a_page_has_a_head_and_cases_in_their_order(tmp_path: Path) -> None:
    page = f'title = "Two"\nwhy = "Because."\nstep = "x"\n{BASE}\n[alone]\nwhy = "Nothing."\nexpect.cards = 0'
    folder = write(tmp_path / "fixtures", {"dangers/a.toml": page})
    found = read_page(folder / "dangers/a.toml", folder, maker())
    assert (found.name, found.head) == ("dangers/a", {"title": "Two", "why": "Because.", "step": "x"})
    assert list(found.cases) == ["base", "alone"]
    alone = found.cases["alone"]
    assert (alone.name, alone.page, alone.why, alone.expect) == (
        "dangers/a/alone",
        "dangers/a",
        "Nothing.",
        {"cards": 0},
    )


def test_a_case_is_posted_with_its_figures_as_numbers(tmp_path: Path) -> None:
    case = cases(tmp_path, BASE.replace("21.1", "21.10"))["base"]
    sent = json.loads(case.body)
    assert resources(sent)["m1"]["valueQuantity"]["value"] == 21.1
    assert sent["prefetch"]["patient"]["birthDate"] == "1960-02-03"


def test_pages_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"dangers/b.toml": "[x]", "dangers/a.toml": "[x]", "boundaries/c.toml": "[x]"}
    folder = write(tmp_path / "fixtures", {**files, "top.toml": "[x]"})
    assert [page.name for page in read_pages(folder, maker(), "*/*.toml")] == ["boundaries/c", "dangers/a", "dangers/b"]


# --- one case like another -----------------------------------------------------------------------------------------


def test_a_case_takes_over_all_of_the_case_it_is_like(tmp_path: Path) -> None:
    page = f"{DRAFTS}without = ['nse']\nsearched = ['encounters']\nselections = ['d1']\nuser = 'Practitioner/b'"
    read = cases(tmp_path, page + '\n[other]\nlike = "base"')
    assert read["other"].told == read["base"].told


def test_a_case_is_like_one_further_down_the_page(tmp_path: Path) -> None:
    page = '[first]\nlike = "second"\n[second]\nlike = "base"\nc2 = { Condition = "x" }' + BASE
    assert list(resources(cases(tmp_path, page)["first"].call)) == ["c1", "c2", "m1"]


def test_a_partial_line_changes_only_its_members(tmp_path: Path) -> None:
    before, after = changed(tmp_path, "")["m1"], changed(tmp_path, 'm1.value = "40 ug/L"')["m1"]
    assert after["valueQuantity"]["value"] == 40
    assert {**after, "valueQuantity": 0} == {**before, "valueQuantity": 0}


def test_a_partial_line_takes_a_member_away(tmp_path: Path) -> None:
    assert "referenceRange" not in changed(tmp_path, 'm1.referenceRange = ""')["m1"]


def test_a_line_with_a_type_replaces_the_whole_line(tmp_path: Path) -> None:
    line = changed(tmp_path, 'm1 = { Observation = "loinc|15060-7" }')["m1"]
    assert sorted(line) == ["code", "id", "resourceType", "status", "subject"]


def test_a_change_of_the_patient_keeps_what_it_does_not_name(tmp_path: Path) -> None:
    page = f'{BASE}\n[other]\nlike = "base"\npatient = {{ gender = "", deceasedBoolean = true }}'
    sent = cases(tmp_path, page)["other"].call["prefetch"]["patient"]
    assert {name: sent[name] for name in sent if name != "id"} == {
        "resourceType": "Patient",
        "birthDate": "1960-02-03",
        "deceasedBoolean": True,
    }


@pytest.mark.parametrize(
    ("take", "left"),
    [
        ("m1", ["c1"]),
        ("Observation", ["c1"]),
        ("loinc|15060-7", ["c1"]),
        ("icd-10-cm|C7A.8", ["m1"]),
        ("Condition", ["m1"]),
    ],
)
def test_lines_are_taken_away_by_their_id_their_type_or_their_code(tmp_path: Path, take: str, left: list[str]) -> None:
    assert list(changed(tmp_path, f'take = ["{take}"]')) == left


def test_a_code_among_several_is_enough_to_take_a_line_away(tmp_path: Path) -> None:
    base = BASE + "x1 = { Encounter = ['loinc|1', \"loinc|2 'two'\"] }\nx2 = { Procedure = 'loinc|3; loinc|2' }"
    assert list(changed(tmp_path, 'take = ["loinc|2"]', base)) == ["c1", "m1"]


@pytest.mark.parametrize("part", ["loinc|15060", "oinc|15060-7", "15060-7", "icd-10|C7A.8", "NSE", "C1"])
def test_part_of_a_code_takes_nothing_away_and_is_refused(tmp_path: Path, part: str) -> None:
    words = fault(tmp_path, f'{BASE}\n[other]\nlike = "base"\ntake = ["{part}"]')
    assert words.startswith(f"{HERE} [other]: take: '{part}' is not in the case that this one is like")


def test_drafts_are_changed_and_taken_away_like_lines(tmp_path: Path) -> None:
    sent = changed(tmp_path, 'take = ["d2"]\ndrafts.d1.status = "active"', DRAFTS)
    assert list(sent) == ["c1", "d1"]
    assert sent["d1"]["status"] == "active"


def test_a_draft_that_is_taken_away_is_selected_no_more(tmp_path: Path) -> None:
    page = DRAFTS.replace("[base]", '[base]\nselections = ["d1", "d2"]') + '\n[other]\nlike = "base"\ntake = ["d1"]'
    assert cases(tmp_path, page)["other"].call["context"]["selections"] == ["ServiceRequest/d2"]


def test_a_case_without_its_drafts_may_be_like_one_with_drafts(tmp_path: Path) -> None:
    page = f'{DRAFTS}\n[other]\nlike = "base"\nhook = "patient-view"'
    assert list(cases(tmp_path, page)["other"].call["context"]) == ["userId", "patientId"]


# --- whole calls ---------------------------------------------------------------------------------------------------


def test_a_case_may_be_a_whole_call_in_a_file(tmp_path: Path) -> None:
    sent = {"hook": "patient-view", "odd": None}
    write(tmp_path / "fixtures", {"dangers/odd.json": json.dumps(sent)})
    case = cases(tmp_path, '[odd]\nwhy = "Odd."\ncall = "odd.json"\nexpect.cards = 0')["odd"]
    assert (case.call, case.told, case.why, case.expect) == (sent, None, "Odd.", {"cards": 0})
    assert json.loads(case.body) == sent


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "odd.json is no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("[]", "odd.json holds no call of a hook of this service: order-select, order-sign, patient-view"),
        ('{"hook": ["patient-view"]}', NO_CALL),
        ('{"hook": "other"}', NO_CALL),
    ],
)
def test_a_file_that_holds_no_call_is_refused(tmp_path: Path, content: str, problem: str) -> None:
    write(tmp_path / "fixtures", {"dangers/odd.json": content})
    assert fault(tmp_path, '[odd]\ncall = "odd.json"') == f"{HERE} [odd]: {problem}"


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ('[a]\ncall = "none.json"', "[a]: call: there is no file none.json beside this page"),
        (
            '[a]\ncall = "odd.json"\nc1 = { Condition = "x" }',
            "[a]: c1: cannot stand beside `call`, whose file holds the whole case",
        ),
        (
            '[a]\ncall = "odd.json"\n[b]\nlike = "a"\nc1 = { Condition = "x" }',
            "[b]: like: 'a' is a whole call and has no lines to take over",
        ),
    ],
)
def test_a_whole_call_has_no_lines(tmp_path: Path, page: str, problem: str) -> None:
    write(tmp_path / "fixtures", {"dangers/odd.json": '{"hook": "patient-view"}'})
    assert fault(tmp_path, page) == f"{HERE} {problem}"


# --- faults --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        (
            'x = { Condition = "a", recordeddate = "2026" }',
            "x: recordeddate: is no element of Condition; did you mean 'recordedDate'?",
        ),
        ('x = { Conditon = "a" }', "x: 'Conditon' is no FHIR R4 resource type; did you mean 'Condition'?"),
        (
            'x = { Condition = "icd10cm|C25" }',
            "x: code: 'icd10cm' is no code system of systems.toml; did you mean 'icd-10-cm'?",
        ),
        (
            'x = { condition = "a" }',
            "x: names no type of resource, and there is no such line to change; there are c1, m1",
        ),
        ('m2.value = "5 %"', "m2: names no type of resource, and there is no such line to change; there are c1, m1"),
        (
            'patint = { gender = "male" }',
            "patint: names no type of resource, and there is no such line to change; did you mean 'patient'?",
        ),
        ('patient = { sex = "male" }', "patient: sex: is no element of Patient; what FHIR does not know goes into raw"),
        ('lke = "base"', "lke: is neither a word of a case nor a line { ... }; did you mean 'like'?"),
        ('nothing = "x"', "nothing: is neither a word of a case nor a line { ... }"),
        (
            'hook = "patient-veiw"',
            "hook: 'patient-veiw' is none of order-select, order-sign, patient-view; did you mean 'patient-view'?",
        ),
        ('without = ["conditons"]', "without: 'conditons' is no prefetch key; did you mean 'conditions'?"),
        ('searched = ["encounter"]', "searched: 'encounter' is no prefetch key; did you mean 'encounters'?"),
        ('x = { Condition = "a", search = "nsee" }', "x: search: 'nsee' is no prefetch key; did you mean 'nse'?"),
        ('take = ["m2"]', "take: 'm2' is not in the case that this one is like; there are c1, m1"),
        (
            'hook = "order-select"\ndrafts.order-1 = { ServiceRequest = "x" }\nselections = ["order1"]',
            "selections: 'order1' is no draft of this case; did you mean 'order-1'?",
        ),
        ('hook = "order-select"\ndrafts.d1 = "x"', "d1: is no line { ... }"),
        ('drafts.d1 = { ServiceRequest = "x" }', "drafts: the hook patient-view has none; `hook` names another"),
        ("why = 5", "why: must be text in quotes"),
        ("hook = []", "hook: must be text in quotes"),
        ('patient = "female"', "patient: must be a table"),
        ('take = "m1"', "take: must be a list of texts in [ ]"),
        ("without = [5]", "without: must be a list of texts in [ ]"),
    ],
)
def test_what_is_misspelt_in_a_case_is_refused_with_its_place_and_the_nearest_word(
    tmp_path: Path, case: str, problem: str
) -> None:
    assert fault(tmp_path, f'{BASE}\n[other]\nlike = "base"\n{case}') == f"{HERE} [other]: {problem}"


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ('titel = "x"\n[a]', "[titel]: is no case, which is a table [titel]; did you mean 'title'?"),
        ("[[a]]", "[a]: is no case, which is a table [a]"),
        ('[base]\n[a]\nlike = "bas"', "[a]: like: 'bas' is no case of this page; did you mean 'base'?"),
        ('[a]\nlike = "a"', "[a]: like: a -> a comes back to itself"),
        ('[a]\ntake = ["c1"]', "[a]: take: 'c1' is not in the case that this one is like"),
        ('[a]\nlike = "title"\n', "[a]: like: 'title' is no case of this page"),
    ],
)
def test_what_is_no_case_is_refused(tmp_path: Path, page: str, problem: str) -> None:
    assert fault(tmp_path, page) == f"{HERE} {problem}"


def test_cases_that_are_like_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    page = '[a]\nlike = "b"\n[b]\nlike = "c"\n[c]\nlike = "a"'
    assert faults(tmp_path, page) == [
        f"{HERE} [a]: like: a -> b -> c -> a comes back to itself",
        f"{HERE} [b]: like: b -> c -> a -> b comes back to itself",
        f"{HERE} [c]: like: c -> a -> b -> c comes back to itself",
    ]


def test_a_page_with_several_faults_names_them_all(tmp_path: Path) -> None:
    page = '[a]\nhok = "x"\n[b]\n[c]\nwhy = 5\n[d]\nx = { Tumor = "" }'
    assert faults(tmp_path, page) == [
        f"{HERE} [a]: hok: is neither a word of a case nor a line {{ ... }}; did you mean 'hook'?",
        f"{HERE} [c]: why: must be text in quotes",
        f"{HERE} [d]: x: 'Tumor' is no FHIR R4 resource type",
    ]


def test_a_fault_is_named_once_however_many_cases_are_like_the_one_that_has_it(tmp_path: Path) -> None:
    page = '[c]\nlike = "b"\n[b]\nlike = "a"\n[a]\nx = { Tumor = "" }\n[d]\nlike = "a"\nhok = "x"'
    assert faults(tmp_path, page) == [
        f"{HERE} [a]: x: 'Tumor' is no FHIR R4 resource type",
        f"{HERE} [d]: hok: is neither a word of a case nor a line {{ ... }}; did you mean 'hook'?",
    ]


def test_a_page_that_is_no_toml_is_named(tmp_path: Path) -> None:
    assert fault(tmp_path, "[a").startswith(f"{HERE}: is no TOML: Expected")


def test_all_pages_are_read_before_the_faults_are_told(tmp_path: Path) -> None:
    latin = "[a]\nwhy = 'Tumör'".encode("latin-1")
    folder = write(tmp_path / "fixtures", {"x/a.toml": latin, "x/b.toml": "[b]", "x/c.toml": "[c]\nwhy = 5"})
    with pytest.raises(CasesError) as refused:
        read_pages(folder, maker())
    first, second = (str(problem) for problem in refused.value.problems)
    assert first.startswith("fixtures/x/a.toml: is no TOML: 'utf-8' codec can't decode")
    assert second == "fixtures/x/c.toml [c]: why: must be text in quotes"


def test_what_a_case_is_like_is_told_apart_from_its_own(tmp_path: Path) -> None:
    page = f'{BASE}\n[other]\nlike = "base"\nsearched = ["encounters"]'
    assert told(tmp_path, page, "base").searched == ()
    assert told(tmp_path, page, "other").searched == ("encounters",)
