"""The last depot of a somatostatin analog before radionuclide therapy: how many days before the planned day it was.

Counts days of the calendar; what was only ordered is no dose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from cds_service.fhir.dates import When, parse
from cds_service.fhir.values import Element, code_of, date_of, elements, listed
from cds_service.guideline.call_values import Ordering
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.tumor_values import SsaLastDepot
from cds_service.picture.drugs.courses import ADMINISTRATIONS, DISPENSES, day_end, day_start
from cds_service.picture.drugs.medications import Drug, all_drugs, unseen_drugs
from cds_service.picture.drugs.treatment import joins, suits_analogs
from cds_service.picture.orders import Draft
from cds_service.picture.record import Record
from cds_service.picture.tumor.tumors import Tumor

_GIVEN = ("completed", "in-progress", "stopped")  # of an injection that was broken off a part was given


def depot_feature(tumor: Tumor, everyone: tuple[Tumor, ...], drafted: tuple[Draft, ...], record: Record) -> Feature:
    """`ssa-last-depot` of one tumor, to the planned day of the order, else to today."""
    name = "ssa-last-depot"
    own = [drug for drug in _analogs(record) if drug.form != "short" and _concerns(drug, tumor, everyone, record)]
    doses = [drug for drug in own if _is_dose(drug)]
    if not doses:
        return _without(name, own, record)
    planned = _planned(drafted, record)
    near = [(drug, _is_near(drug, planned, record)) for drug in sorted(doses, key=_newest_first)]
    shown = {drug.resource.reference: _shown(drug, planned) for drug, _ in near}
    for drug, is_near in near:
        if is_near and drug.form == "depot":
            return known(name, SsaLastDepot.TO_28_DAYS, evidence=[shown[drug.resource.reference]])
    unclear = [drug for drug, is_near in near if is_near or is_near is None]
    if unclear:
        note = "a dose without an exact date, or one that may be a depot or not"
        return unknown(name, Gap.NOT_READABLE, note, [shown[drug.resource.reference] for drug in unclear])
    depots = [shown[drug.resource.reference] for drug, _ in near if drug.form == "depot"]
    if not depots:
        return _without(name, own, record)
    return known(name, SsaLastDepot.OVER_28_DAYS, evidence=depots[:1])


def _analogs(record: Record) -> Iterator[Drug]:
    return (drug for drug in all_drugs(record) if "ssa" in drug.names)


def _concerns(drug: Drug, tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> bool:
    """A depot that was given for another disease blocks the receptors of this tumor as well."""
    if joins(drug, tumor, everyone, record):
        return True
    suited = [other for other in everyone if suits_analogs(other)] or list(everyone)
    return tumor in suited and not any(joins(drug, other, everyone, record) for other in everyone)


def _is_dose(drug: Drug) -> bool:
    kind, status = drug.resource.type, code_of(drug.resource.at("status"))
    return kind == "Procedure" or (kind in (ADMINISTRATIONS, DISPENSES) and status in _GIVEN)


def _without(name: str, own: list[Drug], record: Record) -> Feature:
    if own:
        note = "an analog is recorded, and no dated dose of a depot"
        return unknown(name, Gap.NOT_RECORDED, note, [drug.evidence for drug in own])
    if unseen := unseen_drugs(record):
        return unknown(name, *unseen)
    words = "medications searched, no depot of a somatostatin analog found"
    return known(name, SsaLastDepot.NONE_RECORDED, evidence=[Evidence(words)])


def _newest_first(drug: Drug) -> float:
    return -drug.when.latest.timestamp() if drug.when else 0.0


def _is_near(drug: Drug, planned: When, record: Record) -> bool | None:
    """Whether the dose lies within the days of the limit; the day of the limit itself still counts."""
    if drug.when is None:
        return None
    shortest = (_day(planned.earliest, record) - _day(drug.when.latest, record)).days
    longest = (_day(planned.latest, record) - _day(drug.when.earliest, record)).days
    if longest <= record.limits.ssa_depot_days:
        return True
    return False if shortest > record.limits.ssa_depot_days else None


def _day(moment: datetime, record: Record) -> date:
    return day_start(moment, record).date()


def _shown(drug: Drug, planned: When) -> Evidence:
    return Evidence(f"{drug.evidence.text}; counted to {planned.text}", drug.evidence.reference)


def _planned(drafted: Iterable[Draft], record: Record) -> When:
    """The earliest day for which the radionuclide therapy is planned, today if no order says it."""
    about = [draft for draft in drafted if draft.selected and Ordering.PRRT in draft.classes]
    days = [day for draft in about for day in _days_of(draft.resource) if day.latest >= record.now]
    today = When(record.now, day_end(record.now, record), record.now.date().isoformat())
    return min(days, default=today)


def _days_of(order: Element) -> Iterator[When]:
    """When an order is to be carried out: as a date, a period, a timing, or the dosage of a drug."""
    if when := date_of(order, "occurrenceDateTime", "occurrencePeriod"):
        yield when
    dosages = elements(order.get("dosageInstruction"))
    timings = [*elements(order.get("occurrenceTiming")), *(t for d in dosages for t in elements(d.get("timing")))]
    for timing in timings:
        yield from (day for event in listed(timing.get("event")) if (day := parse(event)))
        for repeat in elements(timing.get("repeat")):
            if start := date_of(repeat, "boundsPeriod"):
                yield start
    for dispense in elements(order.get("dispenseRequest")):
        if start := date_of(dispense, "validityPeriod"):
            yield start
