"""Mitoses of one tumor per 2 mm2, from results and reports.

A count per high-power fields alone has no area and is not converted; it is named as not read. Grades nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce

from cds_service.fhir.amounts import Amount, from_text, number, signed
from cds_service.fhir.dates import When
from cds_service.fhir.texts import find
from cds_service.guideline.concepts import concept_id
from cds_service.guideline.features import Evidence
from cds_service.picture.record import Record, date_of_result, dated
from cds_service.picture.results import Result, results
from cds_service.picture.tumor.pathology import joined, pathology_words
from cds_service.picture.tumor.tumors import Tumor

_MITOSES = concept_id("pathology/mitoses")
_VALUE = r"(?P<value>(?:[<>]=?|≤|≥)?\s*\d+(?:[.,]\d+)?(?:\s*(?:[-–—]|to\b|bis\b)\s*\d+)?)"
_FIELDS = r"\d+\s*(?:HPF|high[- ]power(?:ed)? fields?|GF|Gesichtsfelder\w*)"
_AREA = (
    rf"(?:(?:/|\b(?:per|pro|in|je)\b)\s*\(?\s*(?:{_FIELDS}\s*[(=/]\s*)?|^)"
    r"(?P<area>\d+(?:[.,]\d+)?)?[\s.*]*(?:mm(?:\^?2|²)|sq(?:uare|\.)? ?(?:mm|millimet\w+)|Quadratmillimeter)"
)
_NAMED = r"(?:mitos[ei]\w*|mitotic (?:figures?|counts?|rate|index|activity))"
_PER_AREA = re.compile(_AREA, re.IGNORECASE)
_COUNTS = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        rf"\b{_NAMED}\b[^.;\d<>≤≥]{{0,40}}?{_VALUE}\s*(?:{_NAMED}\s*)?{_AREA}",
        rf"{_VALUE}\s*{_NAMED}\s*{_AREA}",
    )
)
_PER_FIELDS = re.compile(
    rf"(?:\b{_NAMED}\b[^.;\d]{{0,40}}?{_VALUE}\s*|{_VALUE.replace('value', 'ahead')}\s*{_NAMED}\s*)"
    rf"(?:{_NAMED}\s*)?(?:/|\b(?:per|pro|in|je)\b)\s*{_FIELDS}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Count:
    """One count; `amount` is per 2 mm2, None where its area is not said or one report has several."""

    amount: Amount | None
    when: When | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Mitoses:
    """The count that is taken, and those that could not be read."""

    chosen: Count | None
    unread: tuple[Evidence, ...]

    @property
    def amount(self) -> Amount | None:
        return self.chosen.amount if self.chosen else None


def mitoses_of(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Mitoses:
    """The newest readable count of this tumor; of several of one day all they allow."""
    own, _ = joined(results(record, _MITOSES), tumor, everyone, record)
    counts = [_counted(result, record) for result in own]
    counts += _in_reports(tumor, everyone, record)
    unread = tuple(count.evidence for count in counts if count.amount is None)
    return Mitoses(_newest([count for count in counts if count.amount is not None]), unread)


def _newest(counts: list[Count]) -> Count | None:
    if not counts:
        return None
    newest = max(counts, key=lambda count: (_day(count), count.evidence.reference))
    amounts = [count.amount for count in counts if count.amount is not None and _day(count) == _day(newest)]
    span = reduce(Amount.joined, amounts)
    if span == newest.amount:
        return newest
    words = f"mitoses {span.shown} per 2 mm2 (results that differ)"
    return replace(newest, amount=span, evidence=Evidence(dated(words, newest.when), newest.evidence.reference))


def _day(count: Count) -> str:
    return count.when.text[:10] if count.when else ""


def _counted(result: Result, record: Record) -> Count:
    value = result.value
    places = (value.unit, signed(value.words), *record.code(result.resource).texts)
    areas = [found["area"] for words in places if (found := _PER_AREA.search(words))]
    amount = _per_2_mm2(value.amount, areas[0]) if value.amount and areas else None
    words = value.words or value.unit or "without a value"
    shown = f"mitoses {words}" if amount is None else f"mitoses {amount.shown} per 2 mm2"
    return Count(amount, result.when, Evidence(dated(shown, result.when), result.resource.reference))


def _per_2_mm2(amount: Amount, area: str | None) -> Amount | None:
    """A count per so many mm2 is the same rate per 2 mm2."""
    size = number(area or "1")
    return amount.scaled(Decimal(2) / size) if size else None


def _in_reports(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[Count]:
    for report, words in pathology_words(tumor, everyone, record):
        amounts = _told(words)
        if amounts:
            figures = " and ".join(amount.shown for amount in amounts)
            when = date_of_result(report)
            shown = Evidence(dated(f"mitoses {figures} per 2 mm2 (report text)", when), report.reference)
            yield Count(amounts[0] if len(amounts) == 1 else None, when, shown)
        else:
            for found in find(_PER_FIELDS, signed(words))[:1]:
                when = date_of_result(report)
                yield Count(None, when, Evidence(dated(found.match[0].strip(), when), report.reference))


def _told(words: str) -> list[Amount]:
    """The different counts a text gives per area."""
    found = [item.match for pattern in _COUNTS for item in find(pattern, signed(words))]
    reads = [(read[0], match["area"]) for match in found if (read := from_text(match["value"]))]
    return list(dict.fromkeys(amount for read, area in reads if (amount := _per_2_mm2(read, area))))
