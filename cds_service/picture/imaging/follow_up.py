"""Whether imaging after the resection of a tumor is due.

Knows no findings: the clock runs from the later of resection and last CT or MRI of the tumor's region.
"""

from __future__ import annotations

from collections.abc import Sequence

from cds_service.fhir.dates import When, months_before
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.tumor_values import Course, FollowUpImaging, ResectionException
from cds_service.picture.imaging.studies import Newest
from cds_service.picture.record import Record
from cds_service.picture.tumor.surgery import Operation, last_removal
from cds_service.picture.tumor.tumors import Tumor

_NAME = "follow-up-imaging"
_NEEDS_NONE_IF_SMALL = ("appendix", "rectum")


def follow_up_feature(
    tumor: Tumor, course: Feature, removed: Sequence[Operation], exception: Feature, last: Newest, record: Record
) -> Feature:
    """`follow-up-imaging`: only a tumor that was resected and has not come back is followed up."""
    if course.is_unknown:
        return unknown(_NAME, course.gap or Gap.NOT_RECORDED, course.note)
    if Course.AFTER_RESECTION not in course.values:
        return known(_NAME, FollowUpImaging.NOT_APPLICABLE, evidence=course.evidence)
    of_primary = [operation for operation in removed if operation.of_primary]
    shown = [operation.evidence for operation in of_primary]
    small = tumor.site in _NEEDS_NONE_IF_SMALL and not exception.values & {ResectionException.NO}
    if small and not exception.is_unknown and any(operation.complete for operation in of_primary):
        return known(_NAME, FollowUpImaging.NOT_NEEDED, evidence=[*shown, *exception.evidence])
    resected = last_removal(of_primary)
    if resected is None or any(operation.when is None for operation in of_primary):
        return unknown(_NAME, Gap.NOT_RECORDED, "the date of the resection is not recorded", shown)
    due = _is_due(resected, last, record)
    evidence = [*shown, *last.evidence]
    if due is None:
        return unknown(_NAME, last.gap, last.note, evidence)
    if due and small:
        note = "whether the tumor was below the size that needs imaging, and removed whole, is not recorded"
        return unknown(_NAME, Gap.NOT_RECORDED, note, [*evidence, *exception.evidence])
    return _decided(due, resected, last, evidence, record)


def _decided(due: bool, resected: When, last: Newest, evidence: list[Evidence], record: Record) -> Feature:
    if not due:
        return known(_NAME, FollowUpImaging.NOT_DUE, evidence=evidence)
    if last.latest is None:
        evidence = [*evidence, Evidence("no CT or MRI of the tumor's region found in the data given")]
    months = max(_intervals(resected, record))
    return known(_NAME, FollowUpImaging.OVERDUE, evidence=evidence, note=f"later than {months} months")


def _is_due(resected: When, last: Newest, record: Record) -> bool | None:
    """Whether the interval has passed; None if a coarse date or imaging that may have been missed leaves it open."""
    earliest = max(resected.earliest, last.earliest or resected.earliest)
    latest = max(resected.latest, last.latest or resected.latest)
    passed = {
        end < months_before(record.now, months) for months in _intervals(resected, record) for end in (earliest, latest)
    }
    return passed.pop() if len(passed) == 1 else None


def _intervals(resected: When, record: Record) -> set[int]:
    """Months between two studies; from the sixth year on fewer are asked for."""
    limits = record.limits
    late = resected.is_before(months_before(record.now, 12 * limits.follow_up_late_years))
    both = {False: {limits.follow_up_months}, True: {limits.follow_up_late_months}}
    return both[late] if late is not None else both[False] | both[True]
