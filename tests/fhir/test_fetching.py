"""What the FHIR server adds to a prefetch, and what it proves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from time import monotonic
from typing import Any

import pytest

from cds_service.errors import Unreachable
from cds_service.fhir.fetching import completed, refused
from cds_service.fhir.prefetch import State, Supply
from cds_service.fhir.server import FhirServer
from cds_service.outbound import Reply
from tests.fhir.calls import PATIENT, TEMPLATES, bundle, condition, made, observation, raw, supply

BASE = "https://fhir.example.org/r4"
CONDITIONS = {"conditions": TEMPLATES["conditions"]}
UNREADABLE = b'{"resourceType": "Bundle", "entry": [{"resource": {"id": 1e999}}%s]}'
SOMETHING_ELSE = "sent something else than it was asked for"
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "suppressed"}]}


def server(answers: Mapping[str, Any], asked: list[str] | None = None) -> FhirServer:
    """Answers by the path behind the base, query left out; a number is a status, an exception is raised."""

    def get(url: str, headers: Mapping[str, str], until: float) -> Reply:
        path = url.removeprefix(f"{BASE}/")
        if asked is not None:
            asked.append(path)
        answer = answers.get(path, answers.get(path.partition("?")[0], 404))
        if isinstance(answer, Unreachable):
            raise answer
        if isinstance(answer, int):
            return Reply(answer, {}, b"{}")
        return Reply(200, {}, raw(answer) or b"")

    return FhirServer(BASE, "", monotonic() + 5, get)


def fetched(answer: Any, given: Supply | None = None, searches: Mapping[str, str] = CONDITIONS) -> Supply:
    return completed(given or supply(dict(searches)), searches, PATIENT, server({"Condition": answer}))


def ids(found: Supply) -> list[str]:
    return [str(json.loads(sent.raw)["id"]) for sent in found.resources]


@pytest.mark.parametrize(
    ("answer", "state", "proves", "failure"),
    [
        (bundle(condition()), State.FETCHED, True, ""),
        (bundle(condition(), total=1), State.FETCHED, True, ""),
        (bundle(), State.EMPTY, True, ""),
        (bundle(OUTCOME), State.FAILED, False, "left something out of its answer"),
        (bundle(condition(), OUTCOME), State.PARTIAL, False, "left something out of its answer"),
        (bundle(condition(), total=3), State.PARTIAL, False, "sent fewer resources than it says there are"),
        (OUTCOME, State.FAILED, False, SOMETHING_ELSE),
        (condition(), State.FAILED, False, SOMETHING_ELSE),
        (bundle(observation()), State.FAILED, False, SOMETHING_ELSE),
        (bundle(bundle(condition())), State.FAILED, False, "left something out of its answer"),
        (bundle(condition(id=None)), State.FETCHED, True, ""),
        (UNREADABLE % b"", State.FAILED, False, SOMETHING_ELSE),
        (UNREADABLE % b', {"resource": {"resourceType": "Condition", "id": "c"}}', State.FETCHED, True, ""),
        (bundle(condition(), {"resourceType": "Location", "id": {"x": 1}}), State.FETCHED, True, ""),
        (
            bundle(condition(), condition("c2", subject={"reference": "Patient/before-the-merger"})),
            State.PARTIAL,
            False,
            "gave resources of another patient",
        ),
        ({"resourceType": 5}, State.FAILED, False, SOMETHING_ELSE),
        (500, State.FAILED, False, "answered 500"),
        (404, State.NOT_AVAILABLE, False, "answered 404"),
        (Unreachable("did not answer in time"), State.FAILED, False, "did not answer in time"),
    ],
)
def test_only_a_search_that_came_whole_proves_absence(answer: Any, state: State, proves: bool, failure: str) -> None:
    found = fetched(answer)
    assert (found.states["conditions"], "conditions" in found.searched) == (state, proves)
    assert found.failures.get("conditions", "") == failure


def came_along(resource: Any) -> dict[str, Any]:
    return {"resource": resource, "search": {"mode": "include"}}


def test_what_came_along_and_what_came_twice_do_not_make_up_for_what_is_missing() -> None:
    included = bundle(condition(), total=2)
    included["entry"].append(came_along({"resourceType": "Encounter", "id": "e1"}))
    assert fetched(included).failures == {"conditions": "sent fewer resources than it says there are"}
    first = paged(f"{BASE}/Condition?page=2", condition("c1"), condition("c2"), total=4)
    second = bundle(condition("c2"), condition("c3"), total=4)
    given = completed(supply(CONDITIONS), CONDITIONS, PATIENT, server({"Condition?page=2": second, "Condition": first}))
    assert (given.states["conditions"], given.searched) == (State.PARTIAL, frozenset())


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        (f"{BASE}/Condition?patient={PATIENT}&_count=200", ""),
        (f"{BASE}?_getpages=5&_format=json", ""),
        ("https://x.example/FHIR?search-id=1", ""),
        ("https://x.example/Fhir?search-id=1", ""),
        (f"{BASE}/Condition?sessionID=5", ""),
        (f"{BASE}/Condition?patient=other", "says that it searched for less than it was asked for"),
        (f"{BASE}/Condition?patient={PATIENT}&category=x", "says that it searched for less than it was asked for"),
        (f"{BASE}/Procedure?patient={PATIENT}", SOMETHING_ELSE),
    ],
)
def test_a_server_that_says_it_searched_for_something_else_proves_nothing(link: str, problem: str) -> None:
    found = fetched(bundle(link=[{"relation": "self", "url": link}]))
    assert found.failures.get("conditions", "") == problem
    assert ("conditions" in found.searched) is not bool(problem)


@pytest.mark.parametrize(
    ("patient", "proves"),
    [
        ({"resourceType": "Patient", "id": PATIENT}, True),
        (500, True),
        (404, False),
        (410, False),
        ({"resourceType": "Patient", "id": "other"}, False),
        ({"resourceType": "Practitioner", "id": PATIENT}, False),
        (OUTCOME, False),
    ],
)
def test_a_server_that_does_not_know_the_patient_proves_no_absence(patient: Any, proves: bool) -> None:
    searches = {"patient": TEMPLATES["patient"], **CONDITIONS}
    answers = {f"Patient/{PATIENT}": patient, "Condition": bundle()}
    found = completed(supply(searches), searches, PATIENT, server(answers))
    assert ("conditions" in found.searched) is proves
    assert found.states["conditions"] is (State.EMPTY if proves else State.FAILED)
    assert found.failures.get("conditions", "") == ("" if proves else "does not give this patient")
    assert found.states["patient"] in (State.FETCHED, State.FAILED, State.NOT_AVAILABLE)


@pytest.mark.parametrize(
    ("scope", "failure"),
    [("patient/*.rs", ""), ("patient/Condition.rs?category=x", "shows only part of them under the scope of the token")],
)
def test_a_token_under_which_a_server_leaves_resources_out_in_silence_proves_no_absence(
    scope: str, failure: str
) -> None:
    found = completed(supply(CONDITIONS), CONDITIONS, PATIENT, server({"Condition": bundle()}), scope=scope)
    assert (found.failures.get("conditions", ""), "conditions" in found.searched) == (failure, not failure)


def test_what_the_prefetch_proves_is_not_asked_again() -> None:
    asked: list[str] = []
    given = supply(CONDITIONS, conditions=bundle(condition()))
    assert completed(given, CONDITIONS, PATIENT, server({}, asked)) == given
    assert asked == []


def test_a_patient_is_read_once() -> None:
    asked: list[str] = []
    patient = {"resourceType": "Patient", "id": PATIENT}
    searches = {"patient": TEMPLATES["patient"]}
    found = completed(supply(searches), searches, PATIENT, server({f"Patient/{PATIENT}": patient}, asked))
    assert (found.states["patient"], found.searched) == (State.FETCHED, frozenset())
    given = supply(searches, patient=patient)
    completed(given, searches, PATIENT, server({}, asked))
    assert asked == [f"Patient/{PATIENT}"]


def test_a_patient_that_comes_as_a_bundle_is_something_else() -> None:
    searches = {"patient": TEMPLATES["patient"]}
    found = completed(supply(searches), searches, PATIENT, server({f"Patient/{PATIENT}": bundle()}))
    assert found.states["patient"] is State.FAILED


def paged(url: str, *resources: Any, **members: Any) -> dict[str, Any]:
    return bundle(*resources, link=[{"relation": "next", "url": url}], **members)


def test_the_rest_of_a_bundle_is_fetched_from_its_next_page() -> None:
    asked: list[str] = []
    given = supply(CONDITIONS, conditions=paged(f"{BASE}/Condition?page=2", condition("c1"), total=2))
    one = server({"Condition?page=2": bundle(condition("c2"), total=2)}, asked)
    found = completed(given, CONDITIONS, PATIENT, one)
    assert asked == ["Condition?page=2"]
    assert (ids(found), found.states["conditions"], found.searched) == (
        ["c1", "c2"],
        State.FETCHED,
        frozenset({"conditions"}),
    )


def test_a_rest_that_is_still_not_all_proves_nothing() -> None:
    given = supply(CONDITIONS, conditions=paged(f"{BASE}/Condition?page=2", condition("c1"), total=5))
    found = completed(given, CONDITIONS, PATIENT, server({"Condition?page=2": bundle(condition("c2"), total=5)}))
    assert (found.states["conditions"], found.searched) == (State.PARTIAL, frozenset())


@pytest.mark.parametrize(
    "given",
    [
        paged("https://other.example/Condition?page=2", condition()),
        paged(f"{BASE}/Condition?page=2", condition(), OUTCOME),
        bundle(
            condition(),
            link=[
                {"relation": "self", "url": f"{BASE}/Condition?patient={PATIENT}&clinical-status=active"},
                {"relation": "next", "url": f"{BASE}/Condition?page=2"},
            ],
        ),
    ],
)
def test_a_rest_elsewhere_or_of_a_flawed_or_narrower_bundle_is_not_followed_but_searched_anew(given: Any) -> None:
    asked: list[str] = []
    found = completed(supply(CONDITIONS, conditions=given), CONDITIONS, PATIENT, server({"Condition": bundle()}, asked))
    assert asked == [f"Condition?patient={PATIENT}&_count=200"]
    assert found.states["conditions"] is State.FETCHED


def test_what_was_given_stays_where_the_server_fails() -> None:
    given = supply(CONDITIONS, conditions=bundle(condition(), OUTCOME))
    found = fetched(500, given)
    assert (ids(found), found.states["conditions"]) == (["c1"], State.PARTIAL)


def test_a_patient_id_that_is_syntax_is_not_asked_for() -> None:
    asked: list[str] = []
    found = completed(supply(CONDITIONS), CONDITIONS, "1?x=y", server({}, asked))
    assert asked == []
    assert "characters" in found.failures["conditions"]


def test_a_server_that_is_not_asked_leaves_every_state_as_it_was() -> None:
    found = refused(supply(CONDITIONS), ["conditions"], "does not use https")
    assert (found.states["conditions"], dict(found.failures)) == (
        State.NOT_AVAILABLE,
        {"conditions": "does not use https"},
    )


def request(id_: str, target: Any) -> dict[str, Any]:
    return made({"MedicationRequest": ""}, id_) | {"medicationReference": target}


REQUESTS = {"medication-requests": "MedicationRequest?patient={{context.patientId}}"}


def drugs_asked(*targets: Any, ordered: tuple[Any, ...] = (), extra: tuple[Any, ...] = ()) -> tuple[list[str], Supply]:
    asked: list[str] = []
    requests = [request(f"m{number}", target) for number, target in enumerate(targets)]
    given = supply(REQUESTS, medication_requests=bundle(*requests, *extra))
    drug = {"resourceType": "Medication", "id": "d1", "code": {"text": "Lanreotide"}}
    return asked, completed(given, REQUESTS, PATIENT, server({"Medication/d1": drug}, asked), ordered)


def test_a_drug_that_is_only_named_by_reference_is_read() -> None:
    asked, found = drugs_asked({"reference": "Medication/d1"}, {"reference": f"{BASE}/Medication/d1"})
    assert asked == ["Medication/d1"]
    assert ids(found)[-1] == "d1"


def test_the_drug_of_a_draft_is_read() -> None:
    asked, _ = drugs_asked(ordered=({"reference": "Medication/d1"}, None))
    assert asked == ["Medication/d1"]


def test_the_drugs_of_drafts_come_before_those_of_a_long_chart() -> None:
    targets = [{"reference": f"Medication/a{number}"} for number in range(60)]
    asked, _ = drugs_asked(*targets, ordered=({"reference": "Medication/z9"},))
    assert ("Medication/z9" in asked, len(asked)) == (True, 50)


@pytest.mark.parametrize("address", ["https://other.example/r4/Medication/d1", "urn:uuid:1", "http://[/Medication/d1"])
def test_a_drug_of_another_server_is_not_looked_for_under_its_id_on_ours(address: str) -> None:
    assert drugs_asked({"reference": address})[0] == []


def test_a_drug_that_came_is_not_read_again() -> None:
    asked, _ = drugs_asked({"reference": "Medication/d1"}, extra=({"resourceType": "Medication", "id": "d1"},))
    assert asked == []


@pytest.mark.parametrize(
    "target",
    [{"reference": "#d1"}, {"reference": "Medication/.."}, {"reference": "Patient/2"}, {"reference": 5}, "x", None],
)
def test_a_reference_to_something_else_is_not_read(target: Any) -> None:
    assert drugs_asked(target)[0] == []


def test_a_drug_the_server_does_not_have_stays_unnamed() -> None:
    asked, found = drugs_asked({"reference": "Medication/d2"})
    assert asked == ["Medication/d2"]
    assert ids(found) == ["m0"]


def test_a_resource_that_cannot_be_read_names_no_drug() -> None:
    given = supply(REQUESTS, medication_requests=b'{"resourceType": "MedicationRequest", "id": 1e999}')
    assert completed(given, {}, PATIENT, server({})).resources == given.resources


def test_results_of_the_server_count_like_those_of_the_prefetch() -> None:
    searches = {"nse": TEMPLATES["nse"]}
    found = completed(supply(searches), searches, PATIENT, server({"Observation": bundle(observation())}))
    assert ids(found) == ["o1"]
