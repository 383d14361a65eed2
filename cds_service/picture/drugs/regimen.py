"""The regimen that is being ordered: all drafts of the call together, with the anticancer drugs that run now.

A draft or a running drug that cannot be read leaves open whatever it could change.
"""

from __future__ import annotations

from collections.abc import Iterable

from cds_service.fhir.codes import Codeable
from cds_service.guideline.call_values import Regimen
from cds_service.guideline.features import Feature, Gap, known, unknown
from cds_service.picture.drugs.courses import Running
from cds_service.picture.drugs.medications import (
    ANTICANCER,
    Drug,
    all_drugs,
    classes,
    medication_of,
    medications_searched,
    unnamed_drugs,
)
from cds_service.picture.orders import Draft
from cds_service.picture.record import Record

_FLUORINE = frozenset({"fluorouracil", "capecitabine"})
_PARTNERS = frozenset({"oxaliplatin", "irinotecan"})
_NAMED_WHOLE = (Regimen.CAPTEM, Regimen.FOLFOX_LIKE)


def regimen_feature(drafted: tuple[Draft, ...], record: Record) -> Feature:
    """`ordering-regimen`: none where no draft is an anticancer drug."""
    name = "ordering-regimen"
    parts = [(draft, _parts(draft.code, record)) for draft in drafted]
    ordered = frozenset(part for _, found in parts for part in found)
    blank = [draft.evidence for draft in drafted if draft.code.is_empty and not _is_service(draft)]
    evidence = [draft.evidence for draft, found in parts if found]
    if not ordered:
        if blank:
            return unknown(name, Gap.NOT_RECORDED, "a draft does not say what it orders", blank)
        return known(name, Regimen.NONE, evidence=[draft.evidence for draft in drafted])
    given = [drug for drug in all_drugs(record) if drug.names & ANTICANCER]
    now = [drug for drug in given if drug.running is Running.ACTIVE]
    perhaps = [drug for drug in given if drug.running is Running.UNCLEAR]
    sure = ordered | _of(now, record)
    regimen = _regimen(sure)
    evidence += [drug.evidence for drug in now]
    if regimen is not _regimen(sure | _of(perhaps, record)):
        note = "neither status nor date tell whether a drug runs"
        return unknown(name, Gap.NOT_READABLE, note, [drug.evidence for drug in perhaps])
    if unread := [*blank, *unnamed_drugs(record)]:
        if _may_change(regimen, ordered):
            return unknown(name, Gap.NOT_READABLE, "a draft or running medication does not say what it is", unread)
    elif not medications_searched(record) and _may_change(regimen, ordered):
        return unknown(name, Gap.NOT_SEARCHED, "which drugs run now was not searched", evidence)
    return known(name, regimen, evidence=evidence)


def _is_service(draft: Draft) -> bool:
    """An order form for a test or a scan on which nothing is chosen yet."""
    return draft.is_blank and not str(draft.resource["resourceType"]).startswith("Medication")


def _parts(code: Codeable, record: Record) -> frozenset[str]:
    """The anticancer drugs of a code, some of "other chemotherapy" by their own name."""
    meant = [m for m in classes(code, record) if m.name in ANTICANCER]
    names = {m.name for m in meant}
    worded = [m for m in record.book.in_text(code.texts, "treatments") if m.name in names] if names else []
    return frozenset(names | {m.attributes["value"] for m in (*meant, *worded) if "value" in m.attributes})


def _of(given: Iterable[Drug], record: Record) -> frozenset[str]:
    found: set[str] = set()
    for drug in given:
        medication = medication_of(drug.resource.data, record, [])
        code = record.code(drug.resource) if drug.resource.type == "Procedure" else medication
        found |= drug.names | _parts(code, record)
    return frozenset(found)


def _regimen(parts: frozenset[str]) -> Regimen:
    if {"platinum", "etoposide"} <= parts:
        return Regimen.PLATINUM_ETOPOSIDE_PD_L1 if "pd-l1" in parts else Regimen.PLATINUM_ETOPOSIDE
    if "platinum" in parts:
        return Regimen.PLATINUM_IRINOTECAN if "irinotecan" in parts else Regimen.PLATINUM_OTHER
    if {"capecitabine", "temozolomide"} <= parts:
        return Regimen.CAPTEM
    return Regimen.FOLFOX_LIKE if parts & _FLUORINE and parts & _PARTNERS else Regimen.OTHER


def _may_change(regimen: Regimen, ordered: frozenset[str]) -> bool:
    """Whether a drug that was not seen could make another regimen of it; one that is drafted whole is what it is."""
    if regimen in _NAMED_WHOLE:
        return _regimen(ordered) is not regimen
    return regimen is not Regimen.PLATINUM_ETOPOSIDE_PD_L1
