"""Which results and texts of pathology belong to which tumor.

Reads no finding out of them; that is `grading`, `stains` and `diagnosis`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds_service.fhir.resources import Resource
from cds_service.picture.record import Record, is_countable, is_pathology, report_texts
from cds_service.picture.results import Result, results
from cds_service.picture.tumors import Tumor, owners


def joined(
    found: Iterable[Result], tumor: Tumor, everyone: tuple[Tumor, ...], record: Record
) -> tuple[list[Result], bool]:
    """The results of this tumor, and whether some could be of several."""
    own, unlinked = [], False
    for result in found:
        belongs = owners(result.resource, everyone, record, result.holder)
        if belongs == [tumor]:
            own.append(result)
        elif tumor in belongs:
            unlinked = True
    final = [result for result in own if not result.preliminary]
    return final or own, unlinked


def pathology_words(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[tuple[Resource, str]]:
    """The texts of pathology reports and narrative pathology results that can only belong to this tumor."""
    return (item for item in pathology_texts(record) if owners(item[0], everyone, record) == [tumor])


def loose_words(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[str]:
    """The texts of pathology that may belong to this tumor or to another one."""
    for resource, words in pathology_texts(record):
        belongs = owners(resource, everyone, record)
        if tumor in belongs and len(belongs) > 1:
            yield words


def pathology_texts(record: Record) -> Iterator[tuple[Resource, str]]:
    """The texts of all pathology reports and narrative results, whosever tumor they are about."""
    for report in record.chart.of("DiagnosticReport"):
        if is_countable(report) and is_pathology(report, record.book):
            for words in report_texts(report, record.book):
                yield report, words
    for result in results(record, "pathology/pathology-report"):
        for words in result.value.texts:
            yield result.resource, words
