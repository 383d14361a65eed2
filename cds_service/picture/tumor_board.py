"""Whether a tumor board has seen the patient, or is asked to: visits, referrals, procedures, care plans and notes.

Reads no recommendation of the board. Which resources speak of a board is knowledge (procedures/tumor-board).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cds_service.fhir.codes import Codeable
from cds_service.fhir.dates import When
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import Certainty
from cds_service.fhir.values import code_of, codeables, date_of, elements, listed, reference, text
from cds_service.guideline.concepts import concept_id
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.tumor_values import Mdt
from cds_service.picture.record import PLANS, Record, dated
from cds_service.picture.tumor.tumors import Tumor

_TUMOR_BOARD = concept_id("procedures/tumor-board")
_NAMED = {  # where each type says what it is
    "Encounter": ("type", "serviceType", "reasonCode"),
    "ServiceRequest": ("code", "reasonCode"),
    "Procedure": ("code", "category"),
    "CarePlan": ("category",),
    "DiagnosticReport": ("code", "category"),
}
_DATES = ("occurrenceDateTime", "authoredOn", "performedDateTime", "performedPeriod", "created", "period",
          "effectiveDateTime", "effectivePeriod", "issued")  # fmt: skip
_NO_BOARD = ("cancelled", "revoked", "rejected", "not-done", "entered-in-error")
_OPEN = ("", "draft", "unknown", "registered", "preparation")
_SEARCHES = ("encounters", "service-requests")


@dataclass(frozen=True, slots=True)
class _Board:
    """One trace of a tumor board. `doubt`: why it does not settle the question ("" if it does)."""

    when: When | None
    doubt: str
    evidence: Evidence


def mdt_feature(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Feature:
    """`mdt`: a tumor board of the last months that is, or may be, about this tumor."""
    recent = []
    for board in _boards(tumor, everyone, record):
        within = record.recent(board.when, record.limits.mdt_months)
        if within and not board.doubt:
            return known("mdt", Mdt.FOUND, evidence=[board.evidence])
        if within is not False:
            recent.append(board)
    if recent:
        note = next((board.doubt for board in recent if board.doubt), "its date is missing or too coarse")
        gap = Gap.NOT_LINKED if note == _SEVERAL else Gap.NOT_READABLE
        return unknown("mdt", gap, note, [board.evidence for board in recent])
    searched = [key for key in _SEARCHES if record.searched(key)]
    if not searched:
        return unknown("mdt", Gap.NOT_SEARCHED)
    told = f"{' and '.join(key.replace('-', ' ') for key in searched)} searched, no tumor board found"
    return known("mdt", Mdt.NONE_FOUND, evidence=[Evidence(told)])


_SEVERAL = "which of the tumors it was about is not recorded"
_NOT_PLACED = "it is not said whether it was placed or held"


def _boards(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[_Board]:
    for resource in record.chart.of(*_NAMED):
        status = code_of(resource.at("status"))
        if status in _NO_BOARD or resource.at("doNotPerform") is True or not _names_board(resource, record):
            continue
        whose = _whose(resource, everyone, record)
        if whose and tumor not in whose:
            continue
        intent = code_of(resource.at("intent")) if resource.type == "ServiceRequest" else ""
        meant = status in _OPEN or intent in PLANS
        doubt = _NOT_PLACED if meant else "" if whose == [tumor] else _SEVERAL
        when = date_of(resource.data, *_DATES)
        kind = "referral" if resource.type == "ServiceRequest" else resource.type
        shown = dated(f"tumor board ({kind}, {status or 'no status'})", when)
        yield _Board(when, doubt, Evidence(shown, resource.reference))


def _names_board(resource: Resource, record: Record) -> bool:
    codes = [code for name in _NAMED[resource.type] for code in codeables(resource.at(name), record.book)]
    meant = [meaning for code in codes for meaning in record.book.meanings(code, "procedures")]
    meant += record.book.in_text(_words(resource, codes), "procedures")
    return any(m.concept.id == _TUMOR_BOARD and m.certainty is Certainty.AFFIRMED for m in meant)


def _words(resource: Resource, codes: Iterable[Codeable]) -> Iterator[str]:
    """Its words; a care plan may also be a tumor board by its title or by the profile it follows."""
    yield from (words for code in codes for words in code.texts)
    if resource.type == "CarePlan":
        meta = resource.at("meta")
        profiles = listed(meta.get("profile")) if isinstance(meta, dict) else []
        yield from (words for words in (text(resource.at("title")), *map(text, profiles)) if words)


def _whose(resource: Resource, everyone: tuple[Tumor, ...], record: Record) -> list[Tumor]:
    """The tumors it may be about; none where it names Conditions that are no tumor."""
    places = [*elements(resource.at("reasonReference")), *elements(resource.at("addresses"))]
    places += [part for item in elements(resource.at("diagnosis")) for part in elements(item.get("condition"))]
    named = {reference(place) for place in places}
    linked = [tumor for tumor in everyone if named & tumor.references]
    if linked or named & {condition.reference for condition in record.chart.of("Condition")}:
        return linked
    return list(everyone)
