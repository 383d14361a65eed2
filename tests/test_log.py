"""The log: what is written while every fixture is answered holds nothing of any patient."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.config import Settings
from cds_service.hooks.templates import SERVER_SEARCHES, all_templates
from cds_service.web.app import create_app
from tests.asked import CORPUS, NOW
from tests.conftest import FIXTURES
from tests.hooks.made import GUIDELINE, SERVICES

pytestmark = pytest.mark.every_case

CANARY = "canary7391"
NOT_LISTED = "is not one of the servers this installation may ask"
PLANTED = ("id", "patientId", "text", "display", "valueString", "conclusion", "reference", "family", "userId")
REFUSED = sorted(path for path in (FIXTURES / "refused").iterdir() if path.suffix in (".json", ".txt"))
FIELDS = {"event": str, "service": str, "status": int, "ms": float, "cards": int, "recommendations": list}


class Lines(logging.Handler):
    """Keeps every line of every logger, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def client() -> FlaskClient:
    return create_app(Settings(now=NOW, log_level="DEBUG"), knowledge=GUIDELINE.knowledge).test_client()


@pytest.fixture
def lines(client: FlaskClient) -> Iterator[list[str]]:
    kept, loggers = Lines(), (logging.getLogger(), logging.getLogger("cds_service"))
    level = loggers[0].level
    loggers[0].setLevel(logging.DEBUG)
    for logger in loggers:
        logger.addHandler(kept)
    yield kept.lines
    for logger in loggers:
        logger.removeHandler(kept)
    loggers[0].setLevel(level)


def planted(value: Any, name: str = "") -> Any:
    """The value with the canary in every place that names a patient or holds free text."""
    if isinstance(value, dict):
        return {key: planted(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [planted(inner, name) for inner in value]
    return f"{value}-{CANARY}" if isinstance(value, str) and name in PLANTED else value


def with_canaries(body: bytes) -> bytes:
    """The call with canaries in its data, its token and its members' names; a broken body just gets one behind it."""
    try:
        call = json.loads(body)
    except ValueError:
        return body + CANARY.encode()
    if not isinstance(call, dict):
        return body
    token = {"access_token": CANARY, "token_type": "Bearer", "expires_in": 1, "scope": "s", "subject": CANARY}
    name = {"resourceType": "Patient", "id": f"p-{CANARY}", "name": [{"family": CANARY}], "birthDate": "1966-06-06"}
    extras = {"fhirServer": f"https://{CANARY}.example", "fhirAuthorization": token, CANARY: CANARY}
    return json.dumps(extras | planted(call) | {"extra": name}).encode()


def service_of(path: Path) -> str:
    """The service a refused call is posted to: named behind @, else the first."""
    return path.stem.partition("@")[2] or "nen-patient-view"


POSTED = [(f"nen-{case.call['hook']}", case.body) for case in CORPUS.cases.values()]
POSTED += [(service_of(path), path.read_bytes()) for path in REFUSED]


def test_the_journal_of_all_fixtures_is_made_of_an_allow_list(client: FlaskClient, lines: list[str]) -> None:
    for service, body in POSTED:
        client.post(f"/cds-services/{service}", data=body, content_type="application/json")
    services = {service.id for service in SERVICES.values()}
    notes = [json.loads(line) for line in lines if line.startswith("{")]
    calls = [note for note in notes if note["event"] == "call"]
    assert len(calls) >= 200
    for note in (note for note in notes if note not in calls):
        assert note.keys() == {"event", "service", "searches"}
        assert set(note["searches"]) <= {*all_templates(GUIDELINE.knowledge), *SERVER_SEARCHES}
        assert all(why in ("not available", "failed") or NOT_LISTED in why for why in note["searches"].values())
    for note in calls:
        assert {name: type(value) for name, value in note.items()} == FIELDS
        assert note["service"] in services
        assert set(note["recommendations"]) <= GUIDELINE.knowledge.by_id.keys()


def test_no_id_name_value_token_or_free_text_of_a_call_reaches_any_log(
    client: FlaskClient, lines: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    statuses = set()
    for service, body in POSTED:
        headers = {"Authorization": f"Bearer {CANARY}"}
        target = f"/cds-services/{service}?{CANARY}"
        response = client.post(target, data=with_canaries(body), content_type="application/json", headers=headers)
        statuses.add(response.status_code)
    assert {200, 400} <= statuses
    assert max(statuses) < 500
    written = "\n".join(lines) + "".join(capfd.readouterr())
    assert written
    assert CANARY not in written


def test_an_address_that_does_not_exist_is_not_noted_with_its_words(client: FlaskClient, lines: list[str]) -> None:
    assert client.post(f"/cds-services/{CANARY}", json={}).status_code == 404
    assert CANARY not in "\n".join(lines)
