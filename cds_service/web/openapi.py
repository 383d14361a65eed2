"""The OpenAPI 3.1 document, assembled from the very schemas that check the calls.

Describes the addresses only; what the cards say is described by the knowledge.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cds_service.hooks.contract import schema
from cds_service.hooks.services import Service

_SHARED = ("hook-request", "hook-response", "discovery", "operation-outcome")
_REFUSALS = {
    "400": "The call breaks the standard; the JSON path is named.",
    "404": "No such service.",
    "412": "Needed data came neither under its prefetch key nor another.",
    "413": "The body is too long.",
    "415": "The body is not application/json.",
    "500": "The service failed; no advice was computed.",
}


def openapi(offered: Iterable[Service], version: str, base_url: str | None) -> dict[str, Any]:
    """The document served at /openapi.json."""
    offered = tuple(offered)
    names = _SHARED + tuple(f"context-{service.hook}" for service in offered)
    calls = {f"/cds-services/{service.id}": {"post": _call(service)} for service in offered}
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "NEN CDS", "version": version, "summary": "CDS Hooks service for neuroendocrine neoplasia"},
        "paths": {"/cds-services": {"get": _discovery()}} | calls,
        "components": {"schemas": {name: _component(name) for name in names}},
    }
    return document | ({"servers": [{"url": base_url}]} if base_url else {})


def _component(name: str) -> dict[str, Any]:
    return {key: value for key, value in schema(name).items() if key not in ("$schema", "$id")}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _content(body: dict[str, Any], description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": body}}}


def _discovery() -> dict[str, Any]:
    return {
        "operationId": "discovery",
        "summary": "The services of this installation",
        "responses": {"200": _content(_ref("discovery"), "All services.")},
    }


def _call(service: Service) -> dict[str, Any]:
    this_hook = {"properties": {"hook": {"const": service.hook}, "context": _ref(f"context-{service.hook}")}}
    body = _content({"allOf": [_ref("hook-request"), this_hook]}, f"A {service.hook} call.")
    refusals = {status: _content(_ref("operation-outcome"), words) for status, words in _REFUSALS.items()}
    return {
        "operationId": service.id,
        "summary": service.title,
        "description": service.description,
        "requestBody": body | {"required": True},
        "responses": {"200": _content(_ref("hook-response"), "The cards; none is an empty array.")} | refusals,
    }
