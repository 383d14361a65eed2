"""Grades that stand in words: a range or a bound ("G1/G2", "at least G2") takes the place of the figures in it.

Says which grades such words allow; whose they are and what figures say against them is `grading`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from cds_service.guideline.concepts import concept_id
from cds_service.guideline.tumor_values import Grade
from cds_service.picture.record import Record

ALLOWED: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        Grade.G1: frozenset({1}),
        Grade.G1_OR_G2: frozenset({1, 2}),
        Grade.G2: frozenset({2}),
        Grade.G2_OR_G3: frozenset({2, 3}),
        Grade.G3: frozenset({3}),
    }
)
_RANGE = concept_id("answers/grade-range")


def as_told(grades: Iterable[str], texts: Iterable[str], record: Record) -> frozenset[str]:
    """The grades of one text, or the one range that it names; a text with several ranges leaves every grade open."""
    told = frozenset(grades)
    if not told & ALLOWED.keys():
        return told
    words = list(texts)
    ranges = {p.attributes["value"] for p in record.phrases(_RANGE) for text in words if p.pattern.search(text)}
    if not ranges:
        return told
    return frozenset(ranges & ALLOWED.keys()) if len(ranges) == 1 else frozenset()


def allowed_by(grades: Iterable[str]) -> frozenset[int]:
    """What several recorded grades allow together; nothing where they contradict each other."""
    return frozenset.intersection(*(ALLOWED[grade] for grade in grades))
