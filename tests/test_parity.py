"""Prefetch or FHIR server: the same data give the same cards, whichever way they come."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from time import monotonic

import pytest

from cds_service.answer import answer
from cds_service.cases.pages import Case
from cds_service.fhir.server import FhirServer
from cds_service.hooks.templates import searches_of
from cds_service.json_bytes import encode
from tests.asked import (
    DANGERS,
    GUIDELINE,
    NOW,
    RECOMMENDATIONS,
    SERVICES,
    STORIES,
    VIGNETTES,
    answered,
    call_of,
    name_of,
)
from tests.faulty import BASE, Resource, Store

pytestmark = pytest.mark.every_case


def can_be_compared(call: Resource) -> bool:
    """A server that does not know the patient proves nothing by its empty answers, and one that holds everything has
    what was cut off in the prefetch: there the ways must differ.
    """
    bundles = [value or {} for value in call["prefetch"].values()]
    issues = [issue for bundle in bundles for entry in bundle.get("entry", ()) for issue in _issues(entry["resource"])]
    links = {link["relation"] for bundle in bundles for link in bundle.get("link", ())}
    is_cut = "next" in links or any(issue["code"] == "incomplete" for issue in issues)
    return bool(call["prefetch"].get("patient")) and not is_cut


def _issues(resource: Resource) -> list[Resource]:
    issues: list[Resource] = resource.get("issue", []) if resource["resourceType"] == "OperationOutcome" else []
    return issues


CALLS = [case for case in (*RECOMMENDATIONS, *DANGERS, *STORIES, *VIGNETTES) if can_be_compared(call_of(case))]


def resources_of(call: Resource) -> list[Resource]:
    """Every resource of the prefetch, as a server would hold them."""
    found = []
    for value in (call.get("prefetch") or {}).values():
        if value and value.get("resourceType") == "Bundle":
            found += [entry["resource"] for entry in value.get("entry", [])]
        elif value:
            found.append(value)
    return found


def address(key: str, call: Resource) -> str:
    """Where the service asks for the data of a key."""
    server = FhirServer(BASE, "", 0, Store([]).get)
    return server.address(searches_of(SERVICES[call["hook"]])[key], call["context"]["patientId"])


def through_server(call: Resource, keep: Callable[[str], bool], page_size: int = 1000) -> Resource:
    """The answer where only the kept keys and a client's own are prefetched; the server lacks what was not given."""
    given, declared = call.get("prefetch") or {}, searches_of(SERVICES[call["hook"]])
    unknown = {key for key in declared if not given.get(key)}
    store = Store(resources_of(call), page_size=page_size, unknown=frozenset(address(key, call) for key in unknown))
    asked = {
        **call,
        "prefetch": {key: value for key, value in given.items() if keep(key) or key not in declared},
        "fhirServer": BASE,
    }
    numbers = itertools.count(1)
    made = answer(
        json.dumps(asked).encode(),
        SERVICES[call["hook"]],
        GUIDELINE,
        NOW,
        lambda: f"00000000-0000-4000-8000-{next(numbers):012d}",
        lambda base, token: FhirServer(base, token, monotonic() + 20, store.get),
    )
    body: Resource = json.loads(encode(made.body))
    return body


def read(case: Case) -> Resource:
    """The call of a case, without the results that no search by code can find; a client's own keys stay as they are."""
    call = call_of(case)
    resources = resources_of(call)
    declared = searches_of(SERVICES[call["hook"]])
    for key, value in (call.get("prefetch") or {}).items():
        if key in declared and value and value.get("resourceType") == "Bundle" and "entry" in value:
            found = _references(Store(resources).answer(address(key, call))[1])
            value["entry"] = [entry for entry in value["entry"] if found & _references({"entry": [entry]})]
            value["total"] = len(value["entry"])
    return call


def _references(bundle: Resource) -> set[str]:
    resources = [entry["resource"] for entry in bundle.get("entry", [])]
    return {f"{resource['resourceType']}/{resource.get('id')}" for resource in resources}


def test_only_results_in_words_or_under_another_name_of_their_system_are_beyond_a_search_by_code() -> None:
    """A site that has such results names their codes in its configuration."""
    narrowed = [case for case in CALLS if read(case) != call_of(case)]
    unsearchable = [name_of(case) for case in narrowed if answered(read(case)) != answered(call_of(case))]
    assert unsearchable == [
        "recommendations/high-grade-ihc-done/fires--rb1-lost-no-diagnosis",
        "dangers/11-prrt-guards-on-missing-data/pregnancy-test-in-words-three-days-ago",
        "stories/epic-shaped-ileal-carcinoid",
        "vignettes/V14-typical-lung-carcinoid-with-a-ki-67-of-8-percent/chart",
        "vignettes/V74-resected-ileal-net-last-receptor-pet-26-months-ago/chart",
        "vignettes/V79-untreated-sclc-with-high-nse-and-high-cea/chart",
    ]


@pytest.mark.parametrize("case", CALLS, ids=name_of)
def test_the_cards_are_the_same_when_the_server_holds_everything(case: Case) -> None:
    call = read(case)
    assert through_server(call, lambda key: False, page_size=1) == answered(call)


@pytest.mark.parametrize("case", CALLS, ids=name_of)
def test_the_cards_are_the_same_when_the_data_are_split_over_prefetch_and_server(case: Case) -> None:
    """Every second key is prefetched: of one case the first, of the next the second, and so on."""
    call = read(case)
    part = CALLS.index(case) % 2
    kept = {key for number, key in enumerate(call.get("prefetch") or {}) if number % 2 == part}
    assert through_server(call, kept.__contains__) == answered(call)
