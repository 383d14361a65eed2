"""Chromogranin A: its level by the result's own range only, and its age.

Assays of chromogranin A do not compare, so no limit is ever assumed.
"""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.patient_values import Level, MarkerAge
from cds_service.picture.markers import Reading, by_own_range
from cds_service.picture.record import Record
from cds_service.picture.results import results

CGA = "chromogranin-a"


def newest_cga(record: Record) -> Reading | None:
    """The newest final result (a preliminary one only if there is nothing else)."""
    found = results(record, f"markers/{CGA}")
    final = [result for result in found if not result.preliminary] or found
    dated = [result for result in final if result.when]
    return by_own_range(dated[-1], record.knowledge.markers[CGA], record) if dated else None


def cga_features(record: Record) -> Iterator[Feature]:
    """`cga-level` and `cga-age`."""
    newest = newest_cga(record)
    if newest is None:
        yield from _none(record)
        return
    recent = record.recent(newest.when, record.limits.marker_look_back_months)
    evidence = [newest.evidence]
    if recent is None:
        yield unknown("cga-level", Gap.NOT_READABLE, "its date is too coarse", evidence)
        yield unknown("cga-age", Gap.NOT_READABLE, "its date is too coarse", evidence)
        return
    yield known("cga-age", MarkerAge.TO_12_MONTHS if recent else MarkerAge.OVER_12_MONTHS, evidence=evidence)
    if not recent:
        yield known("cga-level", Level.NONE, evidence=evidence)
    elif newest.level is Level.UNKNOWN:
        yield unknown("cga-level", Gap.NOT_READABLE, newest.problem or "no reference range came with it", evidence)
    else:
        yield known("cga-level", newest.level, evidence=evidence)


def _none(record: Record) -> Iterator[Feature]:
    if results(record, f"markers/{CGA}"):
        yield unknown("cga-level", Gap.NOT_READABLE, "it has no date")
        yield unknown("cga-age", Gap.NOT_READABLE, "it has no date")
    elif record.searched("markers"):
        searched = [Evidence("markers searched, no chromogranin A found")]
        yield known("cga-level", Level.NONE, evidence=searched)
        yield known("cga-age", MarkerAge.NONE_FOUND, evidence=searched)
    else:
        yield unknown("cga-level", Gap.NOT_SEARCHED)
        yield unknown("cga-age", Gap.NOT_SEARCHED)
