"""The addresses, their headers, what browsers send before a call, and what is noted of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from cds_service import __version__
from cds_service.config import Settings
from cds_service.errors import DataMissing
from cds_service.hooks.contract import require_valid
from cds_service.web.app import create_app
from tests.conftest import SANDBOX, call_of, desk_with, encoded, plain_reply

POST = "/cds-services/nen-patient-view"
JSON = {"Content-Type": "application/json"}


def answering(reply: Any, **changes: Any) -> FlaskClient:
    return create_app(Settings(**changes), desk=desk_with(reply)).test_client()


def test_discovery_lists_one_service_for_each_hook(client: FlaskClient) -> None:
    response = client.get("/cds-services")
    require_valid(response.get_json(), "discovery", "$")
    listed = response.get_json()["services"]
    assert [entry["id"] for entry in listed] == ["nen-patient-view", "nen-order-select", "nen-order-sign"]
    assert {(entry["version"], entry["hookVersion"]) for entry in listed} == {("2.0.1", "1.0")}
    assert ["prefetch" in entry for entry in listed] == [True, False, False]


@pytest.mark.parametrize("address", ["/cds-services/", "//cds-services", "/cds-services//"])
def test_discovery_needs_no_redirect(address: str, client: FlaskClient) -> None:
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["//cds-services//nen-patient-view", f"{POST}/"])
def test_a_call_needs_no_redirect(address: str, client: FlaskClient) -> None:
    environ = {"PATH_INFO": address, "REQUEST_METHOD": "POST"}
    assert client.post(POST, data=encoded(call_of()), headers=JSON, environ_overrides=environ).status_code == 200


def test_the_root_says_where_to_go(client: FlaskClient) -> None:
    for name in ("discovery", "openapi", "health"):
        assert client.get(client.get("/").get_json()[name]).status_code == 200


def test_health_tells_versions_and_counts(client: FlaskClient) -> None:
    health = {"status": "ok", "version": __version__, "knowledge": "2026.11.0", "counts": {"recommendations": 0}}
    assert client.get("/healthz").get_json() == health


def test_the_openapi_document_is_valid(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    validate(document)
    assert "servers" not in document
    assert "/cds-services/nen-order-sign" in document["paths"]


def test_the_openapi_document_names_the_public_address() -> None:
    client = answering(None, public_base_url="https://cds.example.org")
    assert client.get("/openapi.json").get_json()["servers"] == [{"url": "https://cds.example.org"}]


def test_every_answer_carries_the_safety_headers(client: FlaskClient) -> None:
    for response in (client.get("/cds-services"), client.get("/nowhere"), client.post(POST)):
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers.getlist("Vary") == ["Origin"]
        assert "Access-Control-Allow-Origin" not in response.headers
        assert response.content_type == "application/json"


def test_a_valid_call_gets_cards(client: FlaskClient) -> None:
    response = client.post(POST, data=encoded(call_of()), headers={"Content-Type": "application/json; charset=utf-8"})
    assert (response.status_code, response.get_json()) == (200, {"cards": []})
    require_valid(response.get_json(), "hook-response", "$")


@pytest.mark.parametrize(
    ("address", "wanted"), [("/cds-services", "authorization"), (POST, "authorization,content-type")]
)
@pytest.mark.parametrize("origin", [SANDBOX, "http://localhost:8080", "http://127.0.0.1:3000", "https://localhost"])
def test_the_preflights_of_the_real_clients_pass(origin: str, address: str, wanted: str, client: FlaskClient) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": wanted}
    response = client.options(address, headers={"Origin": origin, **asked})
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == origin
    assert set(wanted.split(",")) <= set(response.headers["Access-Control-Allow-Headers"].lower().split(", "))
    assert {"GET", "POST", "OPTIONS"} <= set(response.headers["Access-Control-Allow-Methods"].split(", "))
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://localhost.evil.example", "null", "http://127.0.0.1x"]
)
def test_other_origins_are_not_let_in(origin: str, client: FlaskClient) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/cds-services", headers={"Origin": origin}).headers


def refusals(client: FlaskClient) -> dict[int, Any]:
    headers = {"Origin": SANDBOX}
    return {
        404: client.post("/cds-services/no-such-service", data=b"{}", headers=headers | JSON),
        405: client.get(POST, headers=headers),
        415: client.post(POST, data=b"<a/>", headers=headers | {"Content-Type": "application/xml"}),
        413: client.post(POST, data=b" " * 5000, headers=headers | JSON),
    }


def test_each_refusal_is_an_operation_outcome_that_a_browser_may_read() -> None:
    client = create_app(Settings(max_body_bytes=1024), desk=desk_with()).test_client()
    for status, response in refusals(client).items():
        assert response.status_code == status
        assert response.headers["Access-Control-Allow-Origin"] == SANDBOX
        require_valid(response.get_json(), "operation-outcome", "$")


def test_a_wrong_method_is_told_the_right_one(client: FlaskClient) -> None:
    assert "POST" in client.get(POST).headers["Allow"]
    assert "GET" in client.post("/cds-services", data=b"{}").headers["Allow"]


def test_a_method_nobody_serves_is_refused_in_our_words(client: FlaskClient) -> None:
    response = client.open("/cds-services", method="BREW")
    assert (response.status_code, response.get_json()["resourceType"]) == (405, "OperationOutcome")


def test_a_teapot_is_refused_in_our_words(app: Flask) -> None:
    @app.get("/teapot")
    def teapot() -> str:
        abort(418)

    assert app.test_client().get("/teapot").get_json()["issue"][0]["code"] == "processing"


def test_the_body_of_a_refused_call_is_read_whole(client: FlaskClient) -> None:
    body = BytesIO(b"x" * 100_000)
    client.post("/nowhere", input_stream=body, content_length=100_000)
    assert body.read() == b""


def test_a_body_without_length_is_read_to_its_end(client: FlaskClient) -> None:
    chunked = {"wsgi.input_terminated": True}
    stream = BytesIO(encoded(call_of()))
    response = client.post(POST, input_stream=stream, headers=JSON, environ_overrides=chunked)
    assert response.status_code == 200


class Broken(BytesIO):
    def read(self, _: int | None = -1) -> bytes:
        raise OSError("Invalid chunk header")


def test_a_broken_body_is_a_bad_request(client: FlaskClient) -> None:
    response = client.post(POST, input_stream=Broken(), headers=JSON, environ_overrides={"wsgi.input_terminated": True})
    assert response.status_code == 400


def test_what_is_drained_of_an_endless_body_is_bounded() -> None:
    client = create_app(Settings(max_body_bytes=1024), desk=desk_with()).test_client()
    body = BytesIO(b"x" * 1_000_000)
    assert client.post(POST, input_stream=body, content_length=1_000_000, headers=JSON).status_code == 413
    assert len(body.read()) > 800_000


def test_missing_data_are_named_by_their_prefetch_keys() -> None:
    def reply(*_: Any) -> dict[str, Any]:
        raise DataMissing((("conditions", "not available"), ("item 2", "failed")))

    response = answering(reply).post(POST, data=encoded(call_of()), headers=JSON)
    assert response.status_code == 412
    require_valid(response.get_json(), "operation-outcome", "$")
    places = [issue["expression"] for issue in response.get_json()["issue"]]
    assert places == [["$.prefetch.conditions"], ['$.prefetch["item 2"]']]


def test_missing_data_without_declared_keys_are_still_an_error() -> None:
    def reply(*_: Any) -> dict[str, Any]:
        raise DataMissing(())

    response = answering(reply).post(POST, data=encoded(call_of()), headers=JSON)
    require_valid(response.get_json(), "operation-outcome", "$")
    assert response.status_code == 412


def test_a_crash_shows_and_logs_no_value(capsys: pytest.CaptureFixture[str]) -> None:
    def reply(*_: Any) -> dict[str, Any]:
        raise ValueError("canary-net-1")

    response = answering(reply).post(POST, data=encoded(call_of()), headers=JSON | {"Origin": SANDBOX})
    assert response.status_code == 500
    assert response.headers["Access-Control-Allow-Origin"] == SANDBOX
    require_valid(response.get_json(), "operation-outcome", "$")
    logged = capsys.readouterr().err
    assert "ValueError" in logged
    assert "canary" not in response.text + logged


def card(recommendation: str) -> dict[str, Any]:
    basis = {"recommendations": [{"id": recommendation}], "features": [{"name": "canary-feature"}]}
    return {"summary": "canary-summary", "extension": {"org.nen-cds.basis": basis}}


def test_the_log_line_of_a_call_holds_no_patient_data(capsys: pytest.CaptureFixture[str]) -> None:
    client = answering(lambda *_: {"cards": [card("nse-trend"), {"summary": "canary-2"}]})
    call = call_of(
        context={"patientId": "canary-patient", "userId": "Practitioner/canary-user"},
        fhirServer="https://canary.example",
        fhirAuthorization={"access_token": "canary-token"},
        prefetch={"canary-key": "canary-value"},
    )
    client.post(f"{POST}?canary=1", data=encoded(call), headers=JSON | {"Authorization": "Bearer canary-jwt"})
    logged = capsys.readouterr().err
    line = json.loads(logged)
    assert line.pop("ms") >= 0
    recommended = {"cards": 2, "recommendations": ["nse-trend"]}
    assert line == {"event": "call", "service": "nen-patient-view", "status": 200, **recommended}
    assert "canary" not in logged


def test_a_refused_call_is_noted_too(capsys: pytest.CaptureFixture[str]) -> None:
    answering(plain_reply).post(POST, data=b'{"canary', headers=JSON)
    line = json.loads(capsys.readouterr().err)
    assert (line["status"], line["cards"]) == (400, 0)


def test_100000_levels_are_refused_and_the_service_lives_on(client: FlaskClient) -> None:
    valid = encoded(call_of())
    deep = valid[:-1] + b',"extension":{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}}"
    assert client.post(POST, data=deep, headers=JSON).status_code == 400
    assert client.post(POST, data=valid, headers=JSON).status_code == 200


def test_five_megabytes_are_read(client: FlaskClient) -> None:
    call = call_of(prefetch={"patient": "x" * 5_000_000})
    assert client.post(POST, data=encoded(call), headers=JSON).status_code == 200


def test_the_application_is_made_from_environment_and_package() -> None:
    client = create_app(Settings(now=datetime(2026, 11, 15, tzinfo=UTC))).test_client()
    assert client.get("/healthz").get_json()["counts"]["recommendations"] > 0
    require_valid(client.get("/cds-services").get_json(), "discovery", "$")
    nothing = {"resourceType": "Bundle", "type": "searchset", "total": 0}
    response = client.post(POST, data=encoded(call_of(prefetch={"conditions": nothing})), headers=JSON)
    assert response.status_code == 200
    require_valid(response.get_json(), "hook-response", "$")
