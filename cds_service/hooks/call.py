"""Bytes of a hook call -> HookCall, or an error that names the JSON path (CDS Hooks 2.0, HTTP Request).

Reads the envelope and the context; the prefetched data stay undecoded for `fhir` to select from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cds_service.errors import BadHookRequest, BadJson
from cds_service.hooks.contract import require_valid
from cds_service.hooks.services import Service
from cds_service.json_bytes import Json, decode, members

_ENVELOPE = ("hook", "hookInstance", "fhirServer", "fhirAuthorization", "context", "extension")
_NOT_CLINICIANS = ("Patient", "RelatedPerson")


@dataclass(frozen=True, slots=True)
class DraftOrder:
    """One order of the call that is not signed yet, and where it stood."""

    path: str
    resource: dict[str, Json]


@dataclass(frozen=True, slots=True)
class HookCall:
    """What an EHR asks.

    Attributes:
        drafts: entries of `draftOrders` that hold a JSON object, valid FHIR or not.
        unreadable: paths of the entries that hold none.
        selections: "Type/id" of the drafts the call is about; None where the hook has no selections.
        prefetch: key -> undecoded JSON value; None where the client sent null.
        access_token: for the FHIR server, "" if there is none; it goes with the call and is shown nowhere.
        scope: of that token, "" if it is not said.
    """

    hook: str
    user_id: str
    patient_id: str
    drafts: tuple[DraftOrder, ...]
    unreadable: tuple[str, ...]
    selections: frozenset[str] | None
    prefetch: Mapping[str, bytes | None]
    fhir_server: str | None
    access_token: str = field(default="", repr=False)
    scope: str = ""

    def for_clinician(self) -> bool:
        """Whether the user is not the patient or a relative (patient-view 1.0 allows both)."""
        return not any(step in _NOT_CLINICIANS for step in self.user_id.split("/")[:-1])


def read_hook_call(body: bytes, service: Service) -> HookCall:
    """Reads a call to one service.

    Raises:
        BadHookRequest: the call breaks the standard.
        BadJson: the body, or a part that is needed, is not JSON as we accept it.
    """
    raw = members(body, "$")
    envelope = _without_nulls({name: decode(raw[name], f"$.{name}") for name in _ENVELOPE if name in raw})
    _require_hook(envelope, service)
    require_valid(envelope, "hook-request", "$")
    context = _without_nulls(envelope["context"])
    require_valid(context, f"context-{service.hook}", "$.context")
    patient_id = context["patientId"].removeprefix("Patient/")
    _require_same_patient(envelope, patient_id)
    drafts, unreadable = _drafts(context.get("draftOrders", {}))
    return HookCall(
        hook=service.hook,
        user_id=context["userId"],
        patient_id=patient_id,
        drafts=drafts,
        unreadable=unreadable,
        # No client in sight leaves them out of order-select, so the schema of its context may require them.
        selections=frozenset(context["selections"]) if service.hook == "order-select" else None,
        prefetch=_prefetch(raw.get("prefetch", b"null")),
        fhir_server=envelope.get("fhirServer"),
        access_token=envelope.get("fhirAuthorization", {}).get("access_token", ""),
        scope=_words(envelope.get("fhirAuthorization", {}).get("scope")),
    )


def hook_of(body: bytes) -> str:
    """The hook a call names, "" if it names none."""
    try:
        return str(decode(members(body, "$").get("hook", b'""'), "$.hook"))
    except BadJson:
        return ""


def _words(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _without_nulls(values: dict[str, Any]) -> dict[str, Any]:
    """Real clients send null for what they do not have; the standard wants such members left out."""
    return {name: value for name, value in values.items() if value is not None}


def _require_hook(envelope: dict[str, Any], service: Service) -> None:
    """First of all checks: a call of another hook has another context, and all else would be a riddle."""
    hook = envelope.get("hook")
    if isinstance(hook, str) and hook and hook != service.hook:
        raise BadHookRequest("$.hook", f"must be {service.hook!r} for the service {service.id}")


def _require_same_patient(envelope: dict[str, Any], patient_id: str) -> None:
    allowed = envelope.get("fhirAuthorization", {}).get("patient")
    if allowed is not None and allowed.removeprefix("Patient/") != patient_id:
        raise BadHookRequest("$.fhirAuthorization.patient", "is not the patient of $.context.patientId")


def _drafts(bundle: dict[str, Any]) -> tuple[tuple[DraftOrder, ...], tuple[str, ...]]:
    found = list(_entries(bundle.get("entry", [])))
    orders = tuple(DraftOrder(path, resource) for path, resource in found if isinstance(resource, dict))
    return orders, tuple(path for path, resource in found if not isinstance(resource, dict))


def _entries(entries: Any) -> Iterator[tuple[str, Any]]:
    for index, entry in enumerate(entries if isinstance(entries, list) else [entries]):
        yield (
            f"$.context.draftOrders.entry[{index}].resource",
            entry.get("resource") if isinstance(entry, dict) else None,
        )


def _prefetch(raw: bytes) -> dict[str, bytes | None]:
    if raw.strip() == b"null":
        return {}
    return {key: None if value.strip() == b"null" else value for key, value in members(raw, "$.prefetch").items()}
