"""Faults of a FHIR server and the answer the service gives each time: never a hang, never a 500, never a false "none".

Each fault is met twice: once with nothing prefetched (the answer is 412 and says why), once with all but the drugs
prefetched (the cards come, and say what could not be had).
"""

from __future__ import annotations

import json
import logging
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from cds_service.config import Settings
from cds_service.web.app import create_app
from tests.conftest import FIXTURES
from tests.faulty import (
    TOKEN,
    Handler,
    compresses,
    drips,
    floods,
    hangs,
    holding,
    names_another_host,
    pages_without_end,
    says,
    turns_in_circles,
    warns_inside,
)

pytestmark = pytest.mark.slow

STORY = FIXTURES / "stories" / "pancreas-g3-without-p53-rb1" / "request.json"
DRUGS = ("medication-requests", "medication-statements")
ANY_PATH = re.compile(".*")
NOW = (FIXTURES / "NOW").read_text(encoding="utf-8").strip()
SOMETHING_ELSE = "sent something else than it was asked for"
NO_JSON = "sent something that is no FHIR JSON"
FAULTS: dict[str, tuple[Handler, str]] = {
    "timeout": (hangs(), "did not answer in time"),
    "slow drip": (drips(), "did not answer in time"),
    "401": (says(401), "answered 401"),
    "403": (says(403), "answered 403"),
    "404": (says(404), "answered 404"),
    "429": (says(429), "answered 429"),
    "500": (says(500), "answered 500"),
    "HTML instead of JSON": (says(200, "<html>Login</html>"), NO_JSON),
    "truncated JSON": (says(200, '{"resourceType": "Bundle", "entry": [{"reso'), NO_JSON),
    "100 MB answer": (floods(), "sent more than this service accepts"),
    "compressed answer": (compresses, "sent a compressed answer although it was asked not to"),
    "endless paging": (pages_without_end, "has no last page|did not answer in time"),
    "paging in circles": (turns_in_circles, "has no last page"),
    "next link to another host": (names_another_host("http://127.0.0.2:1"), "names a next page on another server"),
    "redirect": (says(302, "", Location="http://127.0.0.2:1/"), "sent a redirect, which is not followed"),
    "OperationOutcome inside a searchset": (warns_inside, "left something out of its answer"),
    "OperationOutcome with 200": (says(200), SOMETHING_ELSE),
    "a lone resource": (says(200, {"resourceType": "Basic", "id": "b"}), SOMETHING_ELSE),
}


@pytest.fixture(scope="module")
def fhir() -> Iterator[HTTPServer]:
    with HTTPServer(threaded=True) as running:
        yield running


@pytest.fixture(scope="module")
def service() -> FlaskClient:
    settings = Settings(now=NOW, development=True, fhir_seconds=0.6, fhir_max_bytes=4 * 1024 * 1024)  # type: ignore[arg-type]
    return create_app(settings).test_client()


def posted(service: FlaskClient, base: str, *missing: str) -> Any:
    """The story without these prefetch keys (without any, if none is named), and a FHIR server behind it."""
    call = json.loads(STORY.read_text(encoding="utf-8"))
    kept = {key: value for key, value in call["prefetch"].items() if missing and key not in missing}
    call |= {"prefetch": kept, "fhirServer": base}
    call["fhirAuthorization"] = {
        "access_token": TOKEN,
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/*.rs",
        "subject": "cds",
    }
    response = service.post("/cds-services/nen-patient-view", json=call)
    assert TOKEN not in response.get_data(as_text=True)
    return response


def behind(fhir: HTTPServer, handler: Handler) -> str:
    fhir.clear()
    fhir.expect_request(ANY_PATH).respond_with_handler(handler)
    return fhir.url_for("/r4")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_server_and_no_prefetch_is_412_and_says_why(
    fault: str, fhir: HTTPServer, service: FlaskClient
) -> None:
    handler, reason = FAULTS[fault]
    response = posted(service, behind(fhir, handler))
    assert response.status_code == 412
    said = {issue["expression"][0]: issue["diagnostics"] for issue in response.json["issue"]}
    assert re.search(f"the FHIR server (?:{reason})", said["$.prefetch.conditions"])


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_server_beside_a_prefetch_leaves_the_cards_and_says_what_is_missing(
    fault: str, fhir: HTTPServer, service: FlaskClient
) -> None:
    handler, reason = FAULTS[fault]
    response = posted(service, behind(fhir, handler), *DRUGS)
    assert response.status_code == 200
    [card] = [card for card in response.json["cards"] if card["indicator"] == "warning"]
    assert "p53 and RB1" in card["detail"]
    if fault == "404":  # the server does not have this type: as if nobody had been asked
        assert "not fetched" not in card["detail"]
    else:
        assert "not fetched" in card["detail"]
        assert re.search(rf"\(the FHIR server (?:{reason})", card["detail"])


def test_a_refused_connection_is_412_and_says_why(service: FlaskClient) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        response = posted(service, f"http://127.0.0.1:{free.getsockname()[1]}/r4")
    assert response.status_code == 412
    assert "the FHIR server could not be reached" in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        ("https://evil.example/r4", "is not one of the servers this installation may ask"),
        ("http://169.254.169.254/latest", "is not one of the servers this installation may ask"),
        ("https://user:pw@fhir.example.org/r4", "has an address this service does not accept"),
    ],
)
def test_a_server_that_is_not_listed_is_not_asked(base: str, reason: str, service: FlaskClient) -> None:
    response = posted(service, base)
    assert response.status_code == 412
    assert reason in response.get_data(as_text=True)


def chart() -> list[dict[str, Any]]:
    """All resources of the story, as a server would hold them."""
    call = json.loads(STORY.read_text(encoding="utf-8"))
    values = [value for value in call["prefetch"].values() if value]
    entries = [entry["resource"] for value in values for entry in value.get("entry", [])]
    return [value for value in values if value["resourceType"] != "Bundle"] + entries


def recommendations(response: Any) -> list[str]:
    rows = [row for card in response.json["cards"] for row in card["extension"]["org.nen-cds.basis"]["recommendations"]]
    return [row["id"] for row in rows]


def patient_as_read(request: Request, handler: Handler) -> Response:
    """A read by id gives the resource itself."""
    if "/Patient/" in request.path:
        [patient] = [resource for resource in chart() if resource["resourceType"] == "Patient"]
        return Response(json.dumps(patient), 200)
    return handler(request)


def test_a_server_that_ignores_the_code_of_a_search_changes_nothing(fhir: HTTPServer, service: FlaskClient) -> None:
    noise = {"resourceType": "Observation", "id": "n1", "status": "final", "code": {"text": "Hemoglobin"}}
    everything = holding([*chart(), noise])
    response = posted(service, behind(fhir, lambda request: patient_as_read(request, everything)))
    expected = {"high-grade-needs-p53-rb1", "nen-cross-sectional-imaging", "net-mdt", "source-status"}
    assert set(recommendations(response)) == expected


def test_data_of_another_patient_drive_no_card(fhir: HTTPServer, service: FlaskClient) -> None:
    others = [json.loads(json.dumps(r).replace("Patient/", "Patient/other-")) for r in chart()]
    response = posted(service, behind(fhir, lambda request: patient_as_read(request, holding(others))))
    assert (response.status_code, response.json) == (200, {"cards": []})


def marked(value: Any, mark: str) -> Any:
    """Resources of the story or its call as those of another patient, every id with a mark."""
    words = json.dumps(value).replace('"id": "', f'"id": "{mark}').replace("Patient/", f"Patient/{mark}")
    return json.loads(words.replace('"patientId": "', f'"patientId": "{mark}'))


def test_sixteen_calls_at_once_do_not_see_the_data_of_each_other(fhir: HTTPServer) -> None:
    """Each answer names its own patient's resources only, all of them, whatever else is asked meanwhile."""
    patients = {f"n{number}-": marked(chart(), f"n{number}-") for number in range(16)}
    story = json.loads(STORY.read_text(encoding="utf-8"))

    def of_one_patient(request: Request) -> Response:
        asked = request.args.get("patient") or request.path.rpartition("/")[2]
        held = patients[asked.partition("-")[0] + "-"]
        if "/Patient/" in request.path:
            return Response(json.dumps(next(one for one in held if one["resourceType"] == "Patient")), 200)
        return holding(held)(request)

    settings = Settings(now=NOW, development=True, fhir_seconds=20)  # type: ignore[arg-type]
    app = create_app(settings)
    base = behind(fhir, of_one_patient)

    def answered(mark: str) -> tuple[str, list[str], set[str]]:
        call = marked(story | {"prefetch": {}}, mark) | {"fhirServer": base}
        response = app.test_client().post("/cds-services/nen-patient-view", json=call)
        return mark, recommendations(response), set(re.findall(r"\bn\d+-", response.get_data(as_text=True)))

    with ThreadPoolExecutor(16) as calls:
        for mark, shown, marks in calls.map(answered, patients):
            assert marks == {mark}
            assert "high-grade-needs-p53-rb1" in shown


def test_a_busy_server_that_answers_the_second_time_gives_the_cards(fhir: HTTPServer, service: FlaskClient) -> None:
    seen: set[str] = set()

    def busy_once(request: Request) -> Response:
        if request.url in seen:
            return patient_as_read(request, holding(chart()))
        seen.add(request.url)
        return Response("", 503)

    response = posted(service, behind(fhir, busy_once))
    assert "high-grade-needs-p53-rb1" in recommendations(response)


def test_a_patient_without_our_diseases_and_a_whole_prefetch_asks_no_server(
    fhir: HTTPServer, service: FlaskClient
) -> None:
    story = FIXTURES / "stories" / "healthy-adult-everything-searched" / "request.json"
    call = json.loads(story.read_text(encoding="utf-8")) | {"fhirServer": behind(fhir, says(500))}
    assert service.post("/cds-services/nen-patient-view", json=call).json == {"cards": []}
    assert not fhir.log


def test_an_order_that_is_none_of_ours_asks_no_server(fhir: HTTPServer, service: FlaskClient) -> None:
    draft = {"resourceType": "MedicationRequest", "id": "m", "medicationCodeableConcept": {"text": "Paracetamol"}}
    call = {
        "hook": "order-select",
        "hookInstance": "3b2f0c1e-7a64-4f0e-9d55-2f5d8a1c9e70",
        "fhirServer": behind(fhir, says(500)),
        "context": {
            "userId": "Practitioner/p",
            "patientId": "p1",
            "selections": ["MedicationRequest/m"],
            "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": draft}]},
        },
    }
    assert service.post("/cds-services/nen-order-select", json=call).json == {"cards": []}
    assert not fhir.log


def test_no_log_holds_the_patient_or_the_token_and_the_journal_says_what_is_missing(
    fhir: HTTPServer, service: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("cds_service").addHandler(caplog.handler)
    posted(service, behind(fhir, says(403)), *DRUGS)
    posted(service, behind(fhir, says(500)))
    logging.getLogger("cds_service").removeHandler(caplog.handler)
    lines = [record.getMessage() for record in caplog.records if record.name != "werkzeug"]  # the faulty server itself
    assert not [line for line in lines if TOKEN in line or "story-pancreas" in line]
    first, _, second, _ = (json.loads(line) for line in lines)
    assert first["searches"]["medication-requests"] == "answered 403"
    assert second["searches"]["conditions"] == "failed (the FHIR server answered 500)"
