"""What many tests need: settings of no surprise, a desk that answers without medicine, a client."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cds_service.config import Settings
from cds_service.hooks.call import read_hook_call
from cds_service.hooks.services import Service, services
from cds_service.web.answering import Desk
from cds_service.web.app import create_app

FIXTURES = Path(__file__).parent.parent / "fhir_fixtures"
INSTANCE = "3b2f0c1e-7a64-4f0e-9d55-2f5d8a1c9e70"
SANDBOX = "https://sandbox.cds-hooks.org"


def templates(hook: str) -> dict[str, str]:
    return {"patient": "Patient/{{context.patientId}}"} if hook == "patient-view" else {}


SERVICES = {service.hook: service for service in services(templates)}


def call_of(hook: str = "patient-view", **changes: Any) -> dict[str, Any]:
    """A valid call; `changes` replace members of the envelope, those of `context` one by one."""
    context: dict[str, Any] = {"userId": "Practitioner/p1", "patientId": "net-1"}
    if hook != "patient-view":
        order = {"resourceType": "ServiceRequest", "id": "o1", "status": "draft"}
        context["draftOrders"] = {"resourceType": "Bundle", "entry": [{"resource": order}]}
    if hook == "order-select":
        context["selections"] = ["ServiceRequest/o1"]
    context |= changes.pop("context", {})
    return copy.deepcopy({"hook": hook, "hookInstance": INSTANCE, "context": context} | changes)


def encoded(call: Any) -> bytes:
    return json.dumps(call).encode()


def plain_reply(body: bytes, service: Service) -> dict[str, Any]:
    """Reads the call as the real line does and has nothing to say."""
    read_hook_call(body, service)
    return {"cards": []}


def desk_with(reply: Any = plain_reply) -> Desk:
    about = {"knowledge": "2026.11.0", "counts": {"recommendations": 0}}
    return Desk({service.id: service for service in SERVICES.values()}, reply, about)


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
def app(settings: Settings) -> Flask:
    return create_app(settings, desk=desk_with())


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("NEN_CDS_")]:
        monkeypatch.delenv(name)
