"""Every file of fhir_fixtures/refused is refused with the status in its name and leaks nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from cds_service.hooks.contract import require_valid
from tests.conftest import FIXTURES, SANDBOX

REFUSED = sorted(path for path in (FIXTURES / "refused").iterdir() if path.suffix in (".json", ".txt"))
PLACES = {
    "fhirAuthorization-without-fhirServer": "$.fhirServer",
    "fhirAuthorization-has-no-token": "$.fhirAuthorization.access_token",
    "fhirAuthorization-for-another-patient": "$.fhirAuthorization.patient",
    "draftOrders-entry-is-text": "$.context.draftOrders.entry",
    "draftOrders-is-no-bundle": "$.context.draftOrders.resourceType",
    "selections-holds-a-number": "$.context.selections[1]",
    "hook-twice": "$",
    "patientId-twice": "$.context",
    "prefetch-key-twice": "$.prefetch",
}
OUTSIDE = {"hook", "hookInstance", "context", "prefetch", "fhirServer", "fhirAuthorization", "extension"}


def place(problem: str) -> str:
    member = problem.split("-")[0]
    if problem in PLACES or member not in OUTSIDE | {"patientId", "userId", "encounterId", "draftOrders", "selections"}:
        return PLACES.get(problem, "$")
    return f"$.{member}" if member in OUTSIDE else f"$.context.{member}"


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.name)
def test_a_bad_call_is_refused_by_name_and_leaks_nothing(path: Path, client: FlaskClient) -> None:
    status, _, problem = path.stem.partition("--")
    problem, _, service = problem.partition("@")
    response = client.post(
        f"/cds-services/{service or 'nen-patient-view'}",
        data=path.read_bytes(),
        headers={"Origin": SANDBOX, "Content-Type": "application/json"},
    )
    assert response.status_code == int(status)
    assert response.headers["Access-Control-Allow-Origin"] == SANDBOX
    require_valid(response.get_json(), "operation-outcome", "$")
    (issue,) = response.get_json()["issue"]
    expected = place(problem)
    assert issue["expression"][0].startswith(expected) if expected == "$" else issue["expression"] == [expected]
    assert issue["expression"][0] in issue["diagnostics"]
    assert not re.search(r"net-[12]|Traceback|opaque|passwd|_include|cds_service", response.text)
