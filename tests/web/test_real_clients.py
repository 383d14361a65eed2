"""Calls of the shapes real clients send: each gets an answer and none a redirect or a crash."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import SANDBOX, SERVICES, call_of, encoded

DRAFT = {"resourceType": "MedicationRequest", "id": "request-123", "status": "draft"}
TEXT_CATEGORY = {"category": {"coding": [{"code": "outpatient"}]}, "reasonCode": {"text": "x"}}
EMPTY_PAGE = {"resourceType": "Bundle", "type": "searchset", "total": 0, "link": [{"relation": "self", "url": "x"}]}
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "processing"}]}
EPIC_PAGE = EMPTY_PAGE | {"entry": [{"search": {"mode": "outcome"}, "resource": OUTCOME}]}
OPAQUE = {"access_token": "opaque", "token_type": "Bearer", "expires_in": 300, "subject": "nen-cds"}


def orders(draft: dict[str, Any], **context: Any) -> dict[str, Any]:
    return {"draftOrders": {"resourceType": "Bundle", "entry": [{"resource": draft}]}, **context}


def selected(draft: dict[str, Any]) -> dict[str, Any]:
    return call_of("order-select", context=orders(draft, selections=["MedicationRequest/request-123"]))


SHAPES: dict[str, dict[str, Any]] = {
    "sandbox, chart opened": call_of(fhirServer="http://127.0.0.1:4401/fhir", prefetch={"conditions": EMPTY_PAGE}),
    "sandbox, no drug chosen yet": selected(DRAFT),
    "sandbox, drug chosen": selected(DRAFT | TEXT_CATEGORY),
    "sandbox, launched for an unknown patient": call_of(
        fhirServer="http://127.0.0.1:4404/v/r4/fhir", fhirAuthorization=OPAQUE, prefetch={"conditions": EMPTY_PAGE}
    ),
    "CRD request generator": call_of(
        "order-sign",
        fhirServer="http://127.0.0.1:4401/fhir",
        fhirAuthorization=OPAQUE | {"access_token": ""},
        extension={"davinci-crd.configuration": {"alt-drug": True}},
        prefetch={"coverageBundle": {"resourceType": "Bundle", "type": "collection"}},
        context=orders(DRAFT | {"_resolvedMedication": {"a": 1}}, encounterId="enc89284"),
    ),
    "Epic": call_of(
        fhirServer="https://ehr.example.org/api/FHIR/R4",
        fhirAuthorization=OPAQUE | {"scope": "ALLERGYINTOLERANCE.READ Observation.Read (Labs) (R4)"},
        context={"patientId": "eXoGxq", "userId": "PractitionerRole/e-Qok", "encounterId": "eFyo" * 20 + "-u.3"},
        prefetch={"-user": {"resourceType": "PractitionerRole"}, "conditions": EPIC_PAGE},
        extension={"com.epic.cdshooks.request.epic-version": "9.4"},
    ),
    "CQL services, nulls": call_of(prefetch={"Patient": {"resourceType": "Patient"}, "Condition": None}),
    "CQF ruler, numbered items": call_of(
        "order-select",
        context=orders(DRAFT, patientId="Patient/p1", encounterId="Encounter/e1", selections=["MedicationRequest/x"]),
        prefetch={"item1": {"response": {"status": "200"}, "resource": {"resourceType": "Patient"}}, "item2": None},
    ),
    "a test kit, nutrition order": call_of(
        "order-select",
        context=orders({"resourceType": "NutritionOrder", "id": "diet"}, selections=["NutritionOrder/diet"]),
        fhirServer="https://example/r4",
        fhirAuthorization=OPAQUE,
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_call_of_a_real_client_is_read(shape: str, client: FlaskClient) -> None:
    call = SHAPES[shape]
    address = f"/cds-services/{SERVICES[call['hook']].id}"
    headers = {"Origin": SANDBOX, "Content-Type": "application/json", "Authorization": "Bearer a.b.c"}
    response = client.post(address, data=encoded(call), headers=headers)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == SANDBOX


def test_a_call_of_a_hook_of_the_past_is_refused_by_its_hook(client: FlaskClient) -> None:
    call = {"hook": "medication-prescribe", "hookInstance": "x", "fhirServer": None, "context": {"patientId": "p"}}
    for service in SERVICES.values():
        response = client.post(f"/cds-services/{service.id}", json=call)
        assert response.status_code == 400
        assert response.get_json()["issue"][0]["expression"] == ["$.hook"]
