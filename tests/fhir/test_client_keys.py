"""Keys of the client's own that a site has mapped to ours: what they prove, and what they do not."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.fhir.prefetch import State, gather
from tests.fhir.calls import PATIENT, TEMPLATES, bundle, condition, raw

MAPPED = {"epic-problems": ("conditions",), "epic-all": ("conditions", "nse"), "epic-labs": ("nse",)}
WHOLE = bundle(condition())
PAGED = bundle(condition(), link=[{"relation": "next", "url": "https://ehr.example.org?page=2"}])
OUTCOME = {"resourceType": "OperationOutcome"}


def linked(url: str) -> dict[str, Any]:
    return bundle(link=[{"relation": "self", "url": url}])


def seen(key: str = "conditions", /, **values: Any) -> tuple[State, bool]:
    """The state of one of our keys, and whether its search proves absence."""
    prefetch = {name.replace("_", "-"): raw(value) for name, value in values.items()}
    found = gather(prefetch, TEMPLATES, PATIENT, MAPPED)
    return found.states[key], key in found.searched


@pytest.mark.parametrize(
    ("value", "expected", "proves"),
    [
        (WHOLE, State.GIVEN, True),
        (bundle(), State.EMPTY, True),
        (PAGED, State.PARTIAL, False),
        (condition(), State.GIVEN, False),
        (OUTCOME, State.FAILED, False),
        (None, State.NOT_AVAILABLE, False),
    ],
)
def test_a_mapped_key_counts_as_ours(value: Any, expected: State, proves: bool) -> None:
    assert seen(epic_problems=value) == (expected, proves)


def test_a_key_that_is_not_mapped_proves_nothing_but_its_resources_are_read() -> None:
    found = gather({"their-problems": raw(WHOLE)}, TEMPLATES, PATIENT, MAPPED)
    assert found.states["conditions"] is State.NOT_AVAILABLE
    assert found.searched == frozenset()
    assert len(found.resources) == 1


def test_a_mapped_key_answers_only_the_keys_it_is_mapped_to() -> None:
    assert seen("nse", epic_problems=bundle()) == (State.NOT_AVAILABLE, False)


def test_one_key_may_answer_several_of_ours() -> None:
    assert seen("conditions", epic_all=bundle()) == (State.EMPTY, True)
    assert seen("nse", epic_all=bundle()) == (State.EMPTY, True)


@pytest.mark.parametrize(
    ("ours", "theirs", "expected", "proves"),
    [
        (WHOLE, bundle(), State.GIVEN, True),
        (bundle(), WHOLE, State.GIVEN, True),
        (bundle(), bundle(), State.EMPTY, True),
        (None, WHOLE, State.GIVEN, True),
        (WHOLE, None, State.GIVEN, True),
        (WHOLE, PAGED, State.PARTIAL, False),
        (PAGED, bundle(), State.PARTIAL, False),
        (OUTCOME, bundle(), State.PARTIAL, False),
        (bundle(), OUTCOME, State.PARTIAL, False),
        (WHOLE, condition(), State.GIVEN, False),
        (OUTCOME, OUTCOME, State.FAILED, False),
        (None, None, State.NOT_AVAILABLE, False),
    ],
)
def test_under_both_keys_each_must_be_whole(ours: Any, theirs: Any, expected: State, proves: bool) -> None:
    assert seen(conditions=ours, epic_problems=theirs) == (expected, proves)


def test_resources_of_both_keys_are_read() -> None:
    prefetch = {"conditions": raw(WHOLE), "epic-problems": raw(bundle(condition("c2")))}
    assert len(gather(prefetch, TEMPLATES, PATIENT, MAPPED).resources) == 2


@pytest.mark.parametrize(
    ("url", "proves"),
    [
        (f"https://ehr.example.org/Condition?patient={PATIENT}", True),
        (f"https://ehr.example.org/Condition?patient={PATIENT}&clinical-status=active", False),
        ("https://ehr.example.org/Condition?patient=somebody", False),
        (f"https://ehr.example.org/Observation?patient={PATIENT}", False),
        (f"https://ehr.example.org/Patient/{PATIENT}/$everything?start=2020", True),
        ("https://ehr.example.org/fhir?_getpages=1", True),
        ("https://ehr.example.org/Condition", True),
    ],
)
def test_a_mapped_key_whose_link_asked_for_less_or_for_something_else_proves_nothing(url: str, proves: bool) -> None:
    assert seen(epic_problems=linked(url))[1] is proves
