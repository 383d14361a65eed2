"""Errors as HTTP answers: a status and a FHIR OperationOutcome that names the place and repeats no value.

Decides nothing about what is an error.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from cds_service.errors import BadHookRequest, BadJson, DataMissing
from cds_service.hooks.contract import json_step
from cds_service.json_bytes import encode

_SAID = {
    400: ("structure", "The request cannot be read"),
    404: ("not-found", "There is nothing at this address: GET /cds-services lists the services"),
    405: ("not-supported", "This method is not served here: see the Allow header"),
    413: ("too-long", "The body is longer than this service accepts"),
    415: ("not-supported", "The body must be sent as Content-Type: application/json"),
}
_LOG = logging.getLogger("cds_service.web")


def json_answer(body: Any, status: int = 200) -> Response:
    return Response(encode(body), status, content_type="application/json")


def _issue(code: str, diagnostics: str, path: str | None = None) -> dict[str, Any]:
    issue = {"severity": "error", "code": code, "diagnostics": diagnostics}
    return issue | ({"expression": [path]} if path else {})


def outcome(status: int, issues: Iterable[dict[str, Any]]) -> Response:
    return json_answer({"resourceType": "OperationOutcome", "issue": list(issues)}, status)


def bad_request(fault: BadHookRequest | BadJson) -> Response:
    code = "structure" if isinstance(fault, BadJson) else _code(fault.problem)
    return outcome(400, [_issue(code, f"{fault.path} {fault.problem}", fault.path)])


def _code(problem: str) -> str:
    return "required" if problem in ("is missing", "is empty") else "value"


def data_missing(fault: DataMissing) -> Response:
    """412: the client shall know what to send (CDS Hooks 2.0, Prefetch Template)."""
    said = [
        _issue("required", f"$.prefetch{json_step(key)} is needed and {state}", f"$.prefetch{json_step(key)}")
        for key, state in fault.states
    ]
    return outcome(412, said or [_issue("required", "$.prefetch holds no Conditions", "$.prefetch")])


def http_fault(fault: HTTPException) -> Response:
    """What Flask and Werkzeug refuse: their own text may repeat parts of the request, so it is not used."""
    status = fault.code or 500
    code, words = _SAID.get(status, ("processing", "The request is refused"))
    answer = outcome(status, [_issue(code, words)])
    allowed = getattr(fault, "valid_methods", None)
    if allowed:
        answer.headers["Allow"] = ", ".join(sorted(allowed))
    return answer


def crash(fault: Exception) -> Response:
    """A fault of ours: its type and place are logged, never its text, which may hold a patient's values."""
    _LOG.error(
        json.dumps({"event": "crash", "error": type(fault).__name__, "at": _place(fault), "on": request.endpoint})
    )
    return outcome(500, [_issue("exception", "The service failed on this request; no advice was computed")])


def _place(fault: Exception) -> str:
    trace = fault.__traceback__
    place = ""
    while trace:
        place = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def register(app: Flask) -> None:
    app.register_error_handler(BadHookRequest, bad_request)
    app.register_error_handler(BadJson, bad_request)
    app.register_error_handler(DataMissing, data_missing)
    app.register_error_handler(HTTPException, http_fault)
    app.register_error_handler(Exception, crash)
