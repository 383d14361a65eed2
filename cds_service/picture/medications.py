"""Drugs on the record: which class each belongs to, whether it runs, and when a line of chemotherapy began.

Joins nothing to a tumor; that is `treatment`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from cds_service.fhir.amounts import number
from cds_service.fhir.codes import Codeable, Meaning
from cds_service.fhir.dates import When
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import Certainty
from cds_service.fhir.values import Element, code_of, codeable, date_of, elements, reference, text
from cds_service.guideline.features import Evidence
from cds_service.picture.record import Record, dated

REQUESTS = "MedicationRequest"
TYPES = (REQUESTS, "MedicationStatement", "MedicationAdministration", "MedicationDispense")
CHEMOTHERAPY = ("platinum", "etoposide", "irinotecan", "temozolomide", "capecitabine", "other-chemotherapy")
_PLANS = ("plan", "proposal", "option")
_NEVER = (
    "entered-in-error", "draft", "not-taken", "not-done", "unknown", "cancelled", "declined", "preparation", "intended",
)  # fmt: skip
_DATES = {
    REQUESTS: ("authoredOn",),
    "MedicationStatement": ("effectiveDateTime", "effectivePeriod", "dateAsserted"),
    "MedicationAdministration": ("effectiveDateTime", "effectivePeriod"),
    "MedicationDispense": ("whenHandedOver", "whenPrepared"),
}


class Running(StrEnum):
    """Whether a drug runs at the moment of the call."""

    ACTIVE = "active"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Drug:
    """One medication resource that means a treatment class.

    Attributes:
        names: treatment classes ("ssa", "platinum").
        form: "depot" or "short" for somatostatin analogs where it is known, else "".
    """

    resource: Resource
    names: frozenset[str]
    form: str
    running: Running
    when: When | None
    evidence: Evidence


def drugs(record: Record) -> list[Drug]:
    """Every drug of a known class on the chart, plans and drafts left out."""
    found = (drug for resource in record.chart.of(*TYPES) if (drug := _drug(resource, record)))
    return sorted(found, key=lambda drug: drug.resource.reference)


def _drug(resource: Resource, record: Record) -> Drug | None:
    status = code_of(resource.at("status"))
    if status in _NEVER or resource.at("doNotPerform") is True:
        return None
    if resource.type == REQUESTS and code_of(resource.at("intent")) in _PLANS:
        return None
    medication = medication_of(resource.data, record, [])
    meant = classes(medication, record)
    if not meant:
        return None
    when = date_of(resource.data, *_DATES[resource.type])
    names = frozenset(meaning.name for meaning in meant)
    running = _running(resource, status, when, names, record)
    shown = f"{medication.shown} ({_how(resource.type)}, {status or 'no status'})"
    return Drug(
        resource, names, form(medication, record), running, when, Evidence(dated(shown, when), resource.reference)
    )


def given_as_procedures(record: Record) -> Iterator[Drug]:
    """Cycles of PRRT or chemotherapy that are recorded as Procedures; an analog named there is a tracer or a test."""
    for procedure in record.chart.of("Procedure"):
        status = code_of(procedure.at("status"))
        code = record.code(procedure)
        names = frozenset(meaning.name for meaning in classes(code, record)) & {"prrt", *CHEMOTHERAPY}
        if not names or status not in ("completed", "in-progress"):
            continue
        when = date_of(procedure.data, "performedDateTime", "performedPeriod")
        days = record.limits.prrt_active_days if "prrt" in names else record.limits.therapy_active_days
        lasts = status == "in-progress" or (when is not None and bool(when.within_days(days, record.now)))
        shown = Evidence(dated(f"{code.shown} (procedure, {status})", when), procedure.reference)
        yield Drug(procedure, names, "", Running.ACTIVE if lasts else Running.PAST, when, shown)


def unnamed_drugs(record: Record) -> Iterator[Evidence]:
    """Running requests and statements whose medication is missing, or a reference to nothing in the call."""
    for resource in record.chart.of(REQUESTS, "MedicationStatement"):
        if code_of(resource.at("status")) == "active" and medication_of(resource.data, record, []).is_empty:
            yield Evidence("a medication without a name", resource.reference)


def _how(kind: str) -> str:
    return {REQUESTS: "request", "MedicationStatement": "statement", "MedicationDispense": "dispense"}.get(
        kind, "administration"
    )


def medication_of(resource: Element, record: Record, siblings: list[Element]) -> Codeable:
    """The drug a resource is about: coded, contained, by reference to another resource, or only by display."""
    coded = codeable(resource.get("medicationCodeableConcept"), record.book)
    if not coded.is_empty:
        return coded
    target = reference(resource.get("medicationReference"))
    for candidate in (*elements(resource.get("contained")), *siblings):
        if target in (f"#{text(candidate.get('id'))}", f"Medication/{text(candidate.get('id'))}"):
            return codeable(candidate.get("code"), record.book)
    known = record.chart.find(target)
    if known is not None:
        return codeable(known.at("code"), record.book)
    display = next((text(item.get("display")) for item in elements(resource.get("medicationReference"))), "")
    return Codeable((), display)


def classes(medication: Codeable, record: Record) -> tuple[Meaning, ...]:
    return tuple(
        meaning for meaning in record.book.meanings(medication, "treatments") if meaning.certainty is Certainty.AFFIRMED
    )


def form(medication: Codeable, record: Record) -> str:
    """Depot or short-acting somatostatin analog, by code or words; "" where neither says it."""
    meant = [*classes(medication, record), *record.book.in_text(medication.texts, "treatments")]
    return next((m.attributes["value"] for m in meant if m.name == "ssa" and "value" in m.attributes), "")


def _running(resource: Resource, status: str, when: When | None, names: frozenset[str], record: Record) -> Running:
    match resource.type:
        case "MedicationAdministration":
            days = record.limits.prrt_active_days if "prrt" in names else record.limits.therapy_active_days
            lasts = when is not None and when.within_days(days, record.now) and status in ("completed", "in-progress")
        case "MedicationDispense":
            lasts = _dispense_lasts(resource, when, record)
        case _:
            lasts = status == "active" and not _has_ended(resource, record)
    return Running.ACTIVE if lasts else Running.PAST


def _dispense_lasts(resource: Resource, when: When | None, record: Record) -> bool:
    supply: Any = resource.at("daysSupply")
    days = number(supply.get("value")) if isinstance(supply, dict) else None
    lasting = float(days) if days is not None else record.limits.therapy_active_days
    return when is not None and bool(when.within_days(lasting, record.now))


def _has_ended(resource: Resource, record: Record) -> bool:
    """A statement whose period is over, or a request whose validity or dosing has ended."""
    periods: list[Any] = [resource.at("effectivePeriod")]
    dispense = resource.at("dispenseRequest")
    if isinstance(dispense, dict):
        periods.append(dispense.get("validityPeriod"))
    for dosage in elements(resource.at("dosageInstruction")):
        for timing in elements(dosage.get("timing")):
            periods += [repeat.get("boundsPeriod") for repeat in elements(timing.get("repeat"))]
    ends = [date_of({"end": p["end"]}, "end") for p in periods if isinstance(p, dict) and "end" in p]
    return any(end is not None and end.is_before(record.now) for end in ends)


@dataclass(frozen=True, slots=True)
class Start:
    """The first trace of a line of chemotherapy."""

    when: When
    evidence: Evidence


def line_starts(record: Record) -> Iterator[Start]:
    """The earliest trace of each line; a gap of more than the limit begins a new one."""
    traces = sorted(
        (drug.when, drug.evidence) for drug in drugs(record) if drug.when is not None and drug.names & set(CHEMOTHERAPY)
    )
    last: When | None = None
    for when, evidence in traces:
        gap = timedelta(days=record.limits.chemotherapy_gap_days)
        if last is None or when.earliest - last.latest > gap:
            yield Start(when, evidence)
        last = when
