"""Selects this patient's relevant resources on the undecoded JSON, and sets aside by name what cannot be used.

Observations are picked by code before they are decoded; the other resources we ask for are few and are all read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cds_service.errors import BadJson
from cds_service.fhir.codes import CodeBook
from cds_service.fhir.prefetch import Sent, State, Supply
from cds_service.fhir.values import codeable, date_of, elements, reference, text
from cds_service.json_bytes import Head, decode, encode, head

OBSERVATION_FOLDERS = ("markers", "pathology", "status")
_TYPES = {
    "Patient", "Observation", "Condition", "DiagnosticReport", "Specimen", "Procedure", "Medication",
    "MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense", "ServiceRequest",
}  # fmt: skip
_HEMOLYSIS_MODIFIER = "interpretationsbeeinflussendeeigenschaft"
_PAST_DATES = (
    "effectiveDateTime",
    "effectivePeriod",
    "effectiveInstant",
    "performedDateTime",
    "performedPeriod",
)


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of this patient, decoded; numbers are Decimal as sent."""

    type: str
    id: str
    data: Mapping[str, Any]
    path: str

    @property
    def reference(self) -> str:
        return f"{self.type}/{self.id}" if self.id else self.path

    def at(self, name: str) -> Any:
        return self.data.get(name)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A resource that is not used, and why. `hides`: it might have carried a fact, so nothing proves its absence."""

    type: str
    reference: str
    reason: str
    hides: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """What may be read of one patient."""

    patient_id: str
    patient: Resource | None
    resources: tuple[Resource, ...]
    set_aside: tuple[SetAside, ...]
    searched: frozenset[str]
    states: Mapping[str, State]
    faults: tuple[str, ...]
    others: int = 0

    def of(self, *types: str) -> list[Resource]:
        return [resource for resource in self.resources if resource.type in types]

    def was_searched(self, *keys: str) -> bool:
        """Whether all these searches came back whole and nothing of their kind had to be set aside unread."""
        return set(keys) <= self.searched

    def find(self, reference: str) -> Resource | None:
        return next(
            (resource for resource in self.resources if resource.reference == reference),
            None,
        )


def relevant(
    supply: Supply,
    patient_id: str,
    book: CodeBook,
    templates: Mapping[str, str],
    now: datetime,
) -> Chart:
    """The chart of the patient of this call."""
    aside: list[SetAside] = []
    own_urls = _own_urls(supply.resources, patient_id)
    chosen: dict[str, Resource] = {}
    others = 0
    for sent in supply.resources:
        resource = _read(sent, book, aside)
        if resource is None:
            continue
        match _owner(resource, patient_id, own_urls):
            case "other":
                others += 1
                continue
            case "nobody":
                aside.append(SetAside(resource.type, resource.reference, "names no patient", True))
                continue
        reason = _unusable(resource, now)
        if reason:
            aside.append(SetAside(resource.type, resource.reference, *reason))
            continue
        _keep(chosen, resource)
    hidden = {item.type for item in aside if item.hides}
    patient = next((r for r in chosen.values() if r.type == "Patient"), None)
    return Chart(
        patient_id,
        patient,
        tuple(
            sorted(
                (r for r in chosen.values() if r.type != "Patient"),
                key=lambda r: r.reference,
            )
        ),
        tuple(sorted(aside, key=lambda item: (item.reference, item.reason))),
        frozenset(key for key in supply.searched if templates[key].partition("?")[0] not in hidden),
        supply.states,
        supply.faults,
        others,
    )


def _own_urls(sent: Iterable[Sent], patient_id: str) -> frozenset[str]:
    """The fullUrls under which this patient stands in a Bundle (references may use them)."""
    return frozenset(s.full_url for s in sent if s.full_url and _id_of_patient(s.raw) == patient_id)


def _id_of_patient(raw: bytes) -> str:
    try:
        top = head(raw)
    except BadJson:
        return ""
    return str(top.id) if top.resource_type == "Patient" else ""


def _read(sent: Sent, book: CodeBook, aside: list[SetAside]) -> Resource | None:
    try:
        top = head(sent.raw)
        if top.resource_type not in _TYPES or (top.resource_type == "Observation" and not _is_wanted(top, book)):
            return None
        data = decode(sent.raw, sent.path)
    except BadJson as fault:
        aside.append(
            SetAside(
                _guess_type(sent.raw),
                sent.path,
                f"cannot be read: {fault.problem}",
                True,
            )
        )
        return None
    assert isinstance(data, dict)
    return Resource(str(top.resource_type), text(data.get("id")), data, sent.path)


def _guess_type(raw: bytes) -> str:
    return next(
        (kind for kind in sorted(_TYPES, key=len, reverse=True) if f'"{kind}"'.encode() in raw[:400]),
        "",
    )


def _is_wanted(top: Head, book: CodeBook) -> bool:
    codes = [top.code, *(part.get("code") for part in elements(top.component))]
    return top.has_member is not None or any(
        book.meanings(codeable(code, book), *OBSERVATION_FOLDERS) for code in codes if code is not None
    )


def _owner(resource: Resource, patient_id: str, own_urls: frozenset[str]) -> str:
    """ "own", "other" or "nobody"."""
    if resource.type == "Patient":
        return "own" if resource.id == patient_id else "other"
    if resource.type == "Medication":
        return "own"
    holder = resource.at("subject") or resource.at("patient")
    target = next((text(item.get("reference")) for item in elements(holder)), "")
    if target in own_urls or target == patient_id or reference(holder) == f"Patient/{patient_id}":
        return "own"
    return "other" if target else "nobody"


def _unusable(resource: Resource, now: datetime) -> tuple[str, bool] | None:
    """Why it must not be used, and whether that hides a fact."""
    unknown = [
        text(extension.get("url"))
        for extension in elements(resource.at("modifierExtension"))
        if _HEMOLYSIS_MODIFIER not in text(extension.get("url")).lower()
    ]
    if unknown:
        return "carries a modifierExtension this service does not know", True
    when = date_of(resource.data, *_PAST_DATES)
    if when and when.earliest > now + timedelta(days=1):
        return f"is dated in the future ({when.text})", True
    return None


def _keep(chosen: dict[str, Resource], resource: Resource) -> None:
    """The same resource under two keys counts once, the later version of it."""
    key = resource.reference
    if key not in chosen or _version(resource) > _version(chosen[key]):
        chosen[key] = resource


def _version(resource: Resource) -> tuple[str, bytes]:
    meta = resource.at("meta")
    return text(meta.get("lastUpdated")) if isinstance(meta, dict) else "", encode(resource.data)
