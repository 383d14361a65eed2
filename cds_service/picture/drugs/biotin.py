"""Biotin at a blood draw: how much a day, for assays with streptavidin read falsely low or high above a dose.

A dose that cannot be read is said to be so; several preparations are added.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from cds_service.fhir.amounts import Amount
from cds_service.fhir.dates import When
from cds_service.guideline.concepts import concept_id, concept_ids
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.patient_values import Biotin
from cds_service.picture.drugs.comedication import Taken, taken
from cds_service.picture.drugs.courses import ADMINISTRATIONS
from cds_service.picture.drugs.doses import daily_mg
from cds_service.picture.drugs.medications import Entry, unseen_drugs
from cds_service.picture.nse.newest import newest_reading
from cds_service.picture.record import Record
from cds_service.picture.results import results

_MARKERS = concept_ids("markers/chromogranin-a", "markers/cea", "markers/progrp", "markers/cyfra")
_CONCEPT = concept_id("treatments/biotin")

_Dose = tuple[Entry, Amount | None]


def biotin_feature(record: Record) -> Feature:
    """High, low or unreadable dose of what ran at the draw of the newest NSE, else of the newest marker, else now."""
    draw = _draw(record)
    found = taken("biotin", draw, 0, record)
    if found.ran:
        most = record.limits.biotin_doses_most
        doses = [(entry, daily_mg(entry, _CONCEPT, most, record)) for entry in _ordered(found.ran)]
        return _by_dose(doses, found, record)
    return _without(found, draw, record)


def _draw(record: Record) -> When | None:
    if newest := newest_reading(record):
        return newest.when
    drawn = [r.when for r in results(record, *_MARKERS) if record.recent(r.when, record.limits.marker_look_back_months)]
    return drawn[-1] if drawn else None


def _ordered(found: Iterable[Entry]) -> list[Entry]:
    """Orders, statements and dispenses; single administrations only where there is nothing else."""
    ran = list(found)
    return [entry for entry in ran if entry.resource.type != ADMINISTRATIONS] or ran


def _by_dose(doses: list[_Dose], found: Taken, record: Record) -> Feature:
    name, limit = "biotin", record.limits.biotin_mg_per_day
    shown = [_shown(entry, amount) for entry, amount in doses]
    if any(amount is not None and amount.above(limit) for _, amount in doses):
        return known(name, Biotin.HIGH_DOSE, evidence=shown)
    if all(amount is not None for _, amount in doses) and _sum(doses) <= limit and not found.open:
        return known(name, Biotin.LOW_DOSE, evidence=shown)
    return known(name, Biotin.DOSE_NOT_RECORDED, evidence=[*shown, *(entry.evidence for entry in found.open)])


def _sum(doses: Iterable[_Dose]) -> Decimal:
    """The most that can come together; the same product ordered and told counts once."""
    products = {(entry.medication.shown.lower(), amount) for entry, amount in doses}
    return sum((amount.high for _, amount in products if amount and amount.high is not None), Decimal(0))


def _shown(entry: Entry, amount: Amount | None) -> Evidence:
    dose = f"{amount.shown} mg a day" if amount else "daily dose not readable"
    return Evidence(f"{entry.evidence.text}: {dose}", entry.evidence.reference)


def _without(found: Taken, draw: When | None, record: Record) -> Feature:
    name = "biotin"
    when = f"at the draw of {draw.text}" if draw else "today"
    if found.open:
        note = f"the record does not tell whether it was taken {when}"
        return unknown(name, Gap.NOT_READABLE, note, [entry.evidence for entry in found.open])
    if unseen := unseen_drugs(record):
        return unknown(name, *unseen)
    words = Evidence(f"medications searched, no biotin that was taken {when} is recorded")
    return known(name, Biotin.NONE_RECORDED, evidence=[words, *found.evidence])
