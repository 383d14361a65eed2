"""Chromogranin A, CEA, 5-HIAA, ProGRP and CYFRA 21-1: how high the newest is, how old, or whether there is one at all.

Their assays do not compare, so levels go by the result's own range or interpretation and no limit is ever assumed.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from cds_service.guideline.concepts import concept_id
from cds_service.guideline.features import Feature, Gap, known, unknown
from cds_service.guideline.patient_values import Level, MarkerAge, MarkerFound
from cds_service.picture.markers.readings import Reading, by_own_range, is_of_other_fluid
from cds_service.picture.record import Record, none_found
from cds_service.picture.results import results

CGA, CEA, HIAA = "chromogranin-a", "cea", "hiaa"
PARTNERS = ("progrp", "cyfra")
_CONCEPTS = {marker: concept_id(f"markers/{marker}") for marker in (CGA, CEA, HIAA, *PARTNERS)}
_OF_URINE = (HIAA,)


def marker_features(record: Record) -> Iterator[Feature]:
    yield _level("cga-level", CGA, record)
    yield _age("cga-age", CGA, record)
    yield _level("cea-level", CEA, record)
    yield _age("hiaa-age", HIAA, record)
    yield _partner("progrp-or-cyfra", record)


def newest_cga(record: Record) -> Reading | None:
    return _newest(record, CGA)


def _readings(record: Record, *markers: str) -> list[Reading]:
    """Of these markers, oldest first; those without a value only if no other has one, a preliminary one likewise."""
    found = [
        by_own_range(result, record.knowledge.markers[result.concept.partition("/")[2]], record)
        for result in results(record, *(_CONCEPTS[marker] for marker in markers))
        if not is_of_other_fluid(result, record, urine=result.concept.partition("/")[2] in _OF_URINE)
    ]
    valued = [reading for reading in found if not reading.result.value.is_empty] or found
    return [reading for reading in valued if not reading.result.preliminary] or valued


def _newest(record: Record, *markers: str) -> Reading | None:
    dated = [reading for reading in _readings(record, *markers) if reading.when]
    return dated[-1] if dated else None


def _level(name: str, marker: str, record: Record) -> Feature:
    newest = _newest(record, marker)
    if newest is None:
        return _none(name, Level.NONE, record, marker)
    recent = record.recent(newest.when, record.limits.marker_look_back_months)
    if recent is None:
        return unknown(name, Gap.NOT_READABLE, "its date is too coarse", [newest.evidence])
    if not recent:
        return known(name, Level.NONE, evidence=[newest.evidence])
    if newest.level is Level.UNKNOWN:
        note = newest.problem or "no reference range came with it"
        return unknown(name, Gap.NOT_READABLE, note, [newest.evidence])
    return known(name, newest.level, evidence=[newest.evidence])


def _age(name: str, marker: str, record: Record) -> Feature:
    return _by_age(name, (MarkerAge.RECENT, MarkerAge.OLD, MarkerAge.NONE_FOUND), record, marker)


def _partner(name: str, record: Record) -> Feature:
    """An older one is none: what is asked for is a marker of today's disease."""
    return _by_age(name, (MarkerFound.FOUND, MarkerFound.NONE_FOUND, MarkerFound.NONE_FOUND), record, *PARTNERS)


def _by_age(name: str, values: tuple[StrEnum, StrEnum, StrEnum], record: Record, *markers: str) -> Feature:
    """`values`: within the look-back, older, none at all."""
    newest = _newest(record, *markers)
    if newest is None:
        return _none(name, values[2], record, *markers)
    if newest.result.value.is_empty:
        return unknown(name, Gap.NOT_READABLE, "it has no value", [newest.evidence])
    recent = record.recent(newest.when, record.limits.marker_look_back_months)
    if recent is None:
        return unknown(name, Gap.NOT_READABLE, "its date is too coarse", [newest.evidence])
    return known(name, values[0] if recent else values[1], evidence=[newest.evidence])


def _none(name: str, value: StrEnum, record: Record, *markers: str) -> Feature:
    if undated := _readings(record, *markers):
        return unknown(name, Gap.NOT_READABLE, "it has no date", [reading.evidence for reading in undated])
    shown = " or ".join(record.knowledge.markers[marker].name for marker in markers)
    return none_found(name, value, f"markers searched, no {shown} found", record, "markers")
