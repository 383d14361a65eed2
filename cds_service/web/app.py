"""The application and its addresses (CDS Hooks 2.0, Discovery and Calling a CDS Service).

Turns a call into an answer by `answer`, and nothing else: no medicine, no reading of FHIR.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import NotFound, UnsupportedMediaType

from cds_service import __version__
from cds_service.authoring.reading import read_knowledge
from cds_service.config import Settings, read_settings
from cds_service.guideline.knowledge import Knowledge
from cds_service.hooks.services import Service, discovery
from cds_service.web import bodies_and_headers, journal, outcomes
from cds_service.web.answering import Desk, open_desk
from cds_service.web.openapi import openapi
from cds_service.web.outcomes import json_answer

_CURL = "application/x-www-form-urlencoded"  # what `curl -d @call.json` says of JSON unless told otherwise


def create_app(
    settings: Settings | None = None, *, knowledge: Knowledge | None = None, desk: Desk | None = None
) -> Flask:
    """The WSGI application.

    Args:
        settings: read from the environment if not given.
        knowledge: read from the package if not given.
        desk: who answers the calls; made from the knowledge if not given.

    Raises:
        ConfigError, KnowledgeError: naming every fault; the service does not start.
    """
    settings = settings or read_settings()
    desk = desk or open_desk(knowledge or read_knowledge(), settings)
    journal.start(settings.log_level)
    app = Flask("cds_service", static_folder=None)
    # Redirects kill preflights; PlainPaths brings every address to its one form before routing.
    app.url_map.merge_slashes = False
    bodies_and_headers.protect(app, settings)
    outcomes.register(app)
    _add_pages(app, settings, desk)
    _add_calls(app, desk)
    return app


def _add_pages(app: Flask, settings: Settings, desk: Desk) -> None:
    """What can be read without a patient: made once, served as often as asked."""
    pages: dict[str, Any] = {
        "/": {
            "service": "NEN CDS: guideline recommendations for neuroendocrine neoplasia as CDS Hooks cards",
            "safety": "Not reviewed by a clinician; not a medical device.",
            "discovery": "/cds-services",
            "openapi": "/openapi.json",
            "health": "/healthz",
        },
        "/cds-services": discovery(desk.services.values(), desk.about["knowledge"]),
        "/openapi.json": openapi(desk.services.values(), __version__, settings.public_base_url),
        "/healthz": {"status": "ok", "version": __version__, **desk.about},
    }
    for address, body in pages.items():
        app.add_url_rule(address, endpoint=address, view_func=lambda body=body: json_answer(body))


def _add_calls(app: Flask, desk: Desk) -> None:
    @app.post("/cds-services/<service_id>")
    def call(service_id: str) -> Response:
        service = desk.services.get(service_id)
        if service is None:
            raise NotFound
        return _noted_call(app, desk, service)


def _noted_call(app: Flask, desk: Desk, service: Service) -> Response:
    started = perf_counter()
    body: dict[str, Any] | None = None
    try:
        if not request.is_json and request.mimetype != _CURL:
            raise UnsupportedMediaType
        body = desk.reply(g.body, service)
        response = json_answer(body)
    except Exception as fault:
        # Flask's own choice among the registered answers, made here so that the line in the journal has the status.
        response = app.make_response(app.handle_user_exception(fault))
    journal.note_call(service.id, response.status_code, (perf_counter() - started) * 1000, body)
    return response
