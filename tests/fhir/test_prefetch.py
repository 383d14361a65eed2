"""The states of prefetched data: what was given, what is known to be empty, and what proves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.fhir.prefetch import State, Supply
from tests.fhir.calls import PATIENT, TEMPLATES, bundle, condition, observation, supply

OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "suppressed"}]}


def greeting(*codes: str) -> dict[str, Any]:
    """An outcome beside the results, with issues of these types."""
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "information", "code": code} for code in codes]}


NSE_CODES = "http://loinc.org|15060-7,http://loinc.org|57371-7"


def state(value: Any, key: str = "conditions") -> tuple[State, bool]:
    """The state of one key and whether its search proves absence."""
    found = supply(**{key: value})
    return found.states[key], key in found.searched


def linked(url: str, *resources: Any, relation: str = "self", **members: Any) -> dict[str, Any]:
    return bundle(*resources, link=[{"relation": relation, "url": url}], **members)


@pytest.mark.parametrize(
    ("value", "expected", "proves"),
    [
        (bundle(condition()), State.GIVEN, True),
        (bundle(), State.EMPTY, True),
        ({"resourceType": "Bundle"}, State.EMPTY, True),
        ({"resourceType": "Bundle", "total": 0}, State.EMPTY, True),
        (bundle(condition(), total=1), State.GIVEN, True),
        (bundle(condition(), condition("c2"), total=1), State.GIVEN, True),
        (condition(), State.GIVEN, False),
        (None, State.NOT_AVAILABLE, False),
        ({"resourceType": "Bundle", "total": 5}, State.PARTIAL, False),
        (bundle(condition(), total=2), State.PARTIAL, False),
        (linked("https://ehr.example.org?page=2", condition(), relation="next"), State.PARTIAL, False),
        (bundle(condition(), OUTCOME), State.PARTIAL, False),
        (bundle(condition(), greeting("informational")), State.GIVEN, True),
        (bundle(greeting("informational", "success"), total=0), State.EMPTY, True),
        (bundle(greeting("informational", "suppressed")), State.PARTIAL, False),
        (bundle(greeting()), State.PARTIAL, False),
        (bundle(OUTCOME), State.PARTIAL, False),
        (bundle(OUTCOME | {"id": "x" * 300}), State.PARTIAL, False),
        (bundle({"id": "x" * 300} | OUTCOME), State.PARTIAL, False),
        (bundle(None), State.PARTIAL, False),
        (bundle("Condition/c1"), State.PARTIAL, False),
        ({"resourceType": "Bundle", "entry": [{"fullUrl": "https://x/Condition/c1"}]}, State.PARTIAL, False),
        ({"resourceType": "Bundle", "entry": [5, "x"]}, State.PARTIAL, False),
        (bundle(condition(), meta={"security": [{"code": "REDACTED"}]}), State.PARTIAL, False),
        (bundle(condition(meta={"security": [{"code": "MASKED"}]}), condition("c2")), State.PARTIAL, False),
        (bundle(condition(meta={"tag": [{"code": "SUBSETTED"}]})), State.PARTIAL, False),
        (bundle(bundle(condition())), State.PARTIAL, False),
        (b'{"resourceType": "Bundle", "entry": [{"resource": {"id": 1e999}}]}', State.GIVEN, True),
        (OUTCOME, State.FAILED, False),
        ([], State.FAILED, False),
        ("Condition/c1", State.FAILED, False),
        (b"", State.FAILED, False),
        (b'{"resourceType": "Bundle", "resourceType": "Condition"}', State.FAILED, False),
        ({"resourceType": "Bundle", "entry": None}, State.FAILED, False),
        ({"resourceType": "Bundle", "entry": "none"}, State.FAILED, False),
    ],
)
def test_only_a_bundle_that_came_whole_proves_absence(value: Any, expected: State, proves: bool) -> None:
    assert state(value) == (expected, proves)


def test_a_key_that_was_not_sent_is_not_available() -> None:
    found = supply(patient={"resourceType": "Patient", "id": "net-1"})
    assert found.states == {
        "patient": State.GIVEN,
        "conditions": State.NOT_AVAILABLE,
        "nse": State.NOT_AVAILABLE,
        "reports": State.NOT_AVAILABLE,
    }
    assert found.searched == frozenset()


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ([], "$.prefetch.conditions is no FHIR resource"),
        (b'{"entry": [], "entry": []}', "$.prefetch.conditions repeats a member name"),
        ({"resourceType": "Bundle", "entry": "none"}, "$.prefetch.conditions.entry must be an array"),
        (
            b'{"resourceType": "Bundle", "entry": [{"resource": {}, "resource": {}}]}',
            "$.prefetch.conditions.entry[0] repeats a member name",
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_its_path(value: Any, fault: str) -> None:
    assert supply(conditions=value).faults == (fault,)


def test_every_resource_is_kept_with_its_path_and_full_url() -> None:
    entry = {"fullUrl": "https://ehr.example.org/Condition/c1", "resource": condition()}
    found = supply(conditions={"resourceType": "Bundle", "entry": [entry]}, anything=observation())
    assert [(sent.path, sent.full_url) for sent in found.resources] == [
        ("$.prefetch.conditions.entry[0].resource", "https://ehr.example.org/Condition/c1"),
        ("$.prefetch.anything", ""),
    ]


def test_a_lone_entry_counts_as_one_and_a_full_url_of_another_kind_as_none() -> None:
    found = supply(conditions={"resourceType": "Bundle", "entry": {"resource": condition(), "fullUrl": 5}})
    assert [(sent.path, sent.full_url) for sent in found.resources] == [("$.prefetch.conditions.entry[0].resource", "")]


def test_resources_of_a_partial_bundle_are_read() -> None:
    found = supply(conditions=bundle(condition(), OUTCOME))
    assert len(found.resources) == 1


def covered(url: Any, templates: dict[str, str] | None = None) -> frozenset[str]:
    found: Supply = supply(templates, theirs=linked(url))
    return found.searched


@pytest.mark.parametrize(
    "url",
    [
        "https://ehr.example.org/fhir/Condition?patient=net-1",
        "https://ehr.example.org/fhir/Condition?patient=Patient/net-1",
        "https://ehr.example.org/fhir/Condition?subject=Patient%2Fnet-1",
        "https://ehr.example.org/fhir/Condition?subject=https://ehr.example.org/fhir/Patient/net-1",
        "Condition?patient=net-1&_count=100&_sort=-date&_format=json",
        "https://ehr.example.org/fhir/Condition/?patient=net-1",
    ],
)
def test_the_self_link_of_a_bundle_under_any_key_proves_its_search(url: str) -> None:
    assert covered(url) == {"conditions"}


@pytest.mark.parametrize(
    "url",
    [
        "",
        5,
        None,
        "https://ehr.example.org/fhir/Condition",
        "https://ehr.example.org/fhir/Condition?patient=other",
        "https://ehr.example.org/fhir/Condition?patient=net-1,other",
        "https://ehr.example.org/fhir/Condition?patient=net-1&patient=other",
        "https://ehr.example.org/fhir/Condition?patient=net-1&subject=net-1",
        "https://ehr.example.org/fhir/Condition?patient=net-1&category=problem-list-item",
        "https://ehr.example.org/fhir/Condition?patient=net-1&clinical-status=active",
        "https://ehr.example.org/fhir/Condition?patient=net-1&_lastUpdated=gt2026-01-01",
        "https://ehr.example.org/fhir/Condition?patient=net-1&_summary=count",
        "https://ehr.example.org/fhir/Condition?patient=net-1&code=C7A",
        "https://ehr.example.org/fhir/Condition?patient:Patient=net-1",
        "https://ehr.example.org/fhir/Encounter?patient=net-1",
        "https://[ehr/Condition?patient=net-1",
    ],
)
def test_a_narrower_search_or_one_for_somebody_else_proves_nothing(url: object) -> None:
    assert covered(url) == frozenset()


@pytest.mark.parametrize(
    ("query", "proves"),
    [
        ("", True),
        (f"&code={NSE_CODES}", True),
        (f"&code={NSE_CODES},http://loinc.org|2039-6", True),
        ("&code=http://loinc.org|15060-7", False),
        ("&code=http://loinc.org|15060-7&code=http://loinc.org|57371-7", False),
        (f"&code=http://loinc.org|2039-6&code={NSE_CODES}", False),
    ],
)
def test_a_search_by_code_proves_ours_if_it_asked_for_at_least_our_codes(query: str, proves: bool) -> None:
    assert ("nse" in covered(f"https://ehr.example.org/fhir/Observation?patient=net-1{query}")) is proves


def test_a_paged_bundle_proves_nothing_whatever_its_self_link_says() -> None:
    links = [
        {"relation": "self", "url": "https://ehr.example.org/fhir/Condition?patient=net-1"},
        {"relation": "next", "url": "https://ehr.example.org/fhir?_getpages=1"},
        "no link",
    ]
    assert supply(theirs=bundle(condition(), link=links)).searched == frozenset()


def test_a_lone_link_counts_as_a_list_of_one() -> None:
    link = {"relation": "self", "url": "Condition?patient=net-1"}
    assert supply(theirs=bundle(link=link)).searched == {"conditions"}


def test_no_link_is_needed_under_our_own_keys() -> None:
    assert supply(nse=bundle(), reports=bundle()).searched == {"nse", "reports"}
    assert set(TEMPLATES) > {"nse", "reports"}


@pytest.mark.parametrize(
    ("url", "proves"),
    [
        (f"https://ehr.example.org/Condition?patient={PATIENT}", True),
        (f"https://ehr.example.org/Condition?patient={PATIENT}&_count=100", True),
        (f"https://ehr.example.org/Condition?patient={PATIENT}&clinical-status=active", False),
        ("https://ehr.example.org/Condition?patient=p2", False),
        (f"https://ehr.example.org/Condition?patient={PATIENT}&code=x", False),
        (f"https://ehr.example.org/Condition?patient={PATIENT}&code:in=x", False),
        (f"https://ehr.example.org/Condition?patient={PATIENT}&clinical-status:not=resolved", False),
        (f"https://ehr.example.org/Condition?patient={PATIENT}&recorded-date=ge2025", False),
        (f"https://ehr.example.org/Condition?patient={PATIENT}&_elements=code", False),
        ("https://ehr.example.org/fhir?_getpages=1", True),
        ("https://[", True),
    ],
)
def test_a_link_that_asked_for_less_proves_nothing(url: str, proves: bool) -> None:
    assert state(linked(url))[1] is proves
