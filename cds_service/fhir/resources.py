"""Selects this patient's relevant resources on the undecoded JSON, and sets aside by name what cannot be used.

Observations are picked by code before they are decoded; the other resources we ask for are few and are all read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cds_service.errors import BadJson
from cds_service.fhir.attachments import words_of
from cds_service.fhir.codes import CodeBook
from cds_service.fhir.dates import LONG_AGO, parse
from cds_service.fhir.prefetch import Sent, State, Supply
from cds_service.fhir.values import code_of, codeable, date_of, elements, listed, reference, text
from cds_service.guideline.concepts import Folder, concept_ids
from cds_service.json_bytes import Head, decode, encode, head

OBSERVATION_FOLDERS: tuple[Folder, ...] = ("markers", "pathology", "status")
_TYPES = {
    "Patient", "Observation", "Condition", "DiagnosticReport", "Specimen", "Procedure", "Medication",
    "MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense", "ServiceRequest",
    "ImagingStudy", "Encounter", "CarePlan",
}  # fmt: skip
_HEMOLYSIS_MODIFIER = re.compile(
    r"interpretationsbeeinflussendeeigenschaft|^(?!.*correct).*h(?:a?e|ä)moly", re.IGNORECASE
)
_IMAGING_WORDS = set(concept_ids("procedures/cross-section", "procedures/sstr-imaging", "procedures/pet"))
_IMAGING_CODES = _IMAGING_WORDS | set(concept_ids("procedures/ct-mri", "procedures/hybrid-imaging"))
_PAST_DATES = (
    "effectiveDateTime",
    "effectivePeriod",
    "effectiveInstant",
    "performedDateTime",
    "performedPeriod",
    "onsetDateTime",
    "started",
    "created",
    "issued",
    "recordedDate",
    "authoredOn",
    "whenHandedOver",
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

    def contained(self, id_: str) -> Resource | None:
        """The resource that it carries within itself under this id."""
        for part in elements(self.at("contained")):
            if text(part.get("id")) == id_:
                return Resource(text(part.get("resourceType")), "", part, f"{self.reference}#{id_}")
        return None


@dataclass(frozen=True, slots=True)
class SetAside:
    """A resource that is not used, and why.

    `hides`: it might have carried a fact, so nothing proves its absence; `words_only`: code, status and date are used.
    """

    type: str
    reference: str
    reason: str
    hides: bool
    words_only: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """What may be read of one patient.

    `searched` are the searches that prove an absence, `listed` those of which every resource is seen, if not its words.
    """

    patient_id: str
    patient: Resource | None
    resources: tuple[Resource, ...]
    set_aside: tuple[SetAside, ...]
    searched: frozenset[str]
    states: Mapping[str, State]
    faults: tuple[str, ...]
    others: int = 0
    failures: Mapping[str, str] = field(default_factory=dict)
    listed: frozenset[str] = frozenset()

    def of(self, *types: str) -> list[Resource]:
        return [resource for resource in self.resources if resource.type in types]

    def was_searched(self, *keys: str) -> bool:
        """Whether all these searches came back whole and nothing of their kind had to be set aside unread."""
        return set(keys) <= self.searched

    def find(self, reference: str) -> Resource | None:
        """The resource of that reference; "Observation/1#s" is the one contained in it."""
        holder, _, part = reference.partition("#")
        found = next((resource for resource in self.resources if resource.reference == holder), None)
        return found.contained(part) if found and part else found


def relevant(supply: Supply, patient_id: str, book: CodeBook, templates: Mapping[str, str], now: datetime) -> Chart:
    """The chart of the patient of this call."""
    aside: list[SetAside] = []
    patients = _patients(supply.resources)
    chosen: dict[str, Resource] = {}
    others = 0
    for sent in supply.resources:
        resource = _read(sent, book, aside)
        if resource is None:
            continue
        owner = patient_id if resource.type == "Medication" else _owner(resource, patients)
        if owner and owner != patient_id:
            others += 1
            continue
        reason = _unusable(resource, book, now) if owner else "names no patient"
        unread = "" if reason else _unread(resource)
        if reason or unread:
            aside.append(SetAside(resource.type, resource.reference, reason or unread, True, not reason))
        if not reason:
            _keep(chosen, resource)
    return Chart(
        patient_id,
        next((r for r in chosen.values() if r.type == "Patient"), None),
        tuple(sorted((r for r in chosen.values() if r.type != "Patient"), key=lambda r: r.reference)),
        tuple(sorted(aside, key=lambda item: (item.reference, item.reason))),
        _still_proven(supply.searched, templates, aside),
        supply.states,
        supply.faults,
        others,
        supply.failures,
        _still_proven(supply.searched, templates, (item for item in aside if not item.words_only)),
    )


def _still_proven(searched: frozenset[str], templates: Mapping[str, str], aside: Iterable[SetAside]) -> frozenset[str]:
    """The searches that prove absence after all: nothing of their type, or of an unknown type, was set aside."""
    hidden = {item.type for item in aside if item.hides}
    return frozenset(key for key in searched if not {templates[key].partition("?")[0], ""} & hidden)


def _patients(sent: Iterable[Sent]) -> Mapping[str, str]:
    """The ids of the patients that stand in Bundles, by the fullUrl under which references may name them."""
    return {s.full_url: patient for s in sent if s.full_url and (patient := _id_of_patient(s.raw))}


def _id_of_patient(raw: bytes) -> str:
    try:
        top = head(raw)
    except BadJson:
        return ""
    return str(top.id) if top.resource_type == "Patient" else ""


def _read(sent: Sent, book: CodeBook, aside: list[SetAside]) -> Resource | None:
    kind = ""
    try:
        top = head(sent.raw)
        kind = text(top.resource_type)
        if kind not in _TYPES or (kind == "Observation" and not _is_wanted(top, book)):
            return None
        data = decode(sent.raw, sent.path)
    except BadJson as fault:
        aside.append(SetAside(kind, sent.path, f"cannot be read: {fault.problem}", True))
        return None
    assert isinstance(data, dict)
    return Resource(kind, text(data.get("id")), data, sent.path)


def _is_wanted(top: Head, book: CodeBook) -> bool:
    codes = [codeable(code, book) for code in (top.code, *(part.get("code") for part in elements(top.component)))]
    return top.has_member is not None or any(
        book.meanings(code, *OBSERVATION_FOLDERS)
        or book.contradiction(code)
        or book.may_mean(code, _IMAGING_CODES, _IMAGING_WORDS)
        for code in codes
    )


def _owner(resource: Resource, patients: Mapping[str, str]) -> str:
    """Whose it is: the id of a patient (or "Group/1"), "" if that cannot be told."""
    if resource.type == "Patient":
        return resource.id
    holder = resource.at("subject") or resource.at("patient")
    target = next((text(item.get("reference")) for item in elements(holder)), "")
    if target in patients:
        return patients[target]
    if target.startswith(("#", "urn:")) or "?" in target:  # contained, not in the call, or a search
        return ""
    return reference(holder).removeprefix("Patient/") if "/" in target else target


def _unusable(resource: Resource, book: CodeBook, now: datetime) -> str:
    """Why it must not be used."""
    if resource.type == "Observation" and (words := book.contradiction(codeable(resource.at("code"), book))):
        return f"has a code that does not mean {words!r}"
    if any(not _HEMOLYSIS_MODIFIER.search(url) for url in _modifiers(resource)):
        return "carries a modifierExtension this service does not know"
    # A visit may be planned; only one that has begun must not lie in the future.
    visit = ("period",) if resource.type == "Encounter" and code_of(resource.at("status")) != "planned" else ()
    when = date_of(resource.data, *_PAST_DATES, *visit)
    if when and when.order > now + timedelta(days=1):  # a day for zones and clocks
        return f"is dated in the future ({when.text})"
    return ""


def _unread(resource: Resource) -> str:
    """Why its words are not read though its code, status and date count: that a CT was done stands above its PDF."""
    if resource.type == "DiagnosticReport" and (kinds := _unreadable_forms(resource)):
        return f"holds only what this service cannot read ({kinds}): its name and date alone count"
    return ""


def _unreadable_forms(report: Resource) -> str:
    """The content types of a report whose words all stand in attachments that are no text; "" if it has others.

    A laboratory's report is left out: its results are Observations of their own.
    """
    said = text(report.at("conclusion")) or elements(report.at("conclusionCode"))
    codes = {coding.get("code") for kind in elements(report.at("category")) for coding in elements(kind.get("coding"))}
    if said or "LAB" in codes or any(words_of(form) is not None for form in elements(report.at("presentedForm"))):
        return ""
    kinds = (text(form.get("contentType")) or "no content type" for form in elements(report.at("presentedForm")))
    return ", ".join(sorted(set(kinds)))


def _modifiers(resource: Resource) -> Iterator[str]:
    """The urls of its modifierExtensions and of those of its parts (a component, a stage)."""
    parts = (part for value in resource.data.values() for part in elements(value))
    for holder in (resource.data, *parts):
        for extension in listed(holder.get("modifierExtension")):
            yield text(extension.get("url")).lower() if isinstance(extension, dict) else ""


def _keep(chosen: dict[str, Resource], resource: Resource) -> None:
    """The same resource under two keys counts once, the later version of it."""
    key = resource.reference
    if key not in chosen or _version(resource) > _version(chosen[key]):
        chosen[key] = resource


def _version(resource: Resource) -> tuple[datetime, bytes]:
    meta = resource.at("meta")
    updated = parse(meta.get("lastUpdated")) if isinstance(meta, dict) else None
    return updated.earliest if updated else LONG_AGO, encode(resource.data)
