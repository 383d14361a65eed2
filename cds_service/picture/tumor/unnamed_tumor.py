"""Signs of a tumor that no Condition names as one of ours: they forbid to say that none is recorded.

A hint is no finding. It only keeps the service from claiming an absence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cds_service.guideline.concepts import concept_id
from cds_service.guideline.features import Evidence
from cds_service.picture.record import Record, date_of_result, dated, has_ended, is_refuted
from cds_service.picture.tumor.pathology import pathology_texts

_TUMOR_WORD = concept_id("answers/tumor-word")
_NEUROENDOCRINE = concept_id("answers/neuroendocrine")
_MALIGNANT = re.compile(r"C\d\d")
_OTHERWISE = concept_id("answers/no-tumor-word")
_SYNDROMES = ("carcinoid-syndrome", "gastrinoma", "insulinoma", "other-hormone", "functioning-unspecified")


def tumor_hints(record: Record) -> Iterator[Evidence]:
    """What speaks of a tumor, or cannot be read, among Conditions and pathology reports."""
    for condition in record.chart.of("Condition"):
        if is_refuted(condition):
            continue
        code = record.code(condition)
        named = {meaning.name for meaning in record.book.meanings(code, "diagnoses", "syndromes")}
        worded = any(record.says(_TUMOR_WORD, w) and not record.says(_OTHERWISE, w) for w in code.texts)
        if worded or code.is_empty or named & {"personal-history", "not-ours", *_SYNDROMES}:
            yield Evidence(code.shown or "a Condition without a code or text", condition.reference)
    for resource, words in pathology_texts(record):
        if record.tells(_TUMOR_WORD, words):
            yield Evidence(dated("pathology report", date_of_result(resource)), resource.reference)


def neuroendocrine_hints(record: Record) -> Iterator[Evidence]:
    """Conditions in whose words a neuroendocrine tumor is named in any way, and those that cannot be read."""
    for hint in tumor_hints(record):
        condition = record.chart.find(hint.reference)
        if condition is None or condition.type != "Condition":
            continue
        code = record.code(condition)
        if code.is_empty or any(record.says(_NEUROENDOCRINE, words) for words in code.texts):
            yield hint


def malignant_elsewhere(record: Record) -> Iterator[Evidence]:
    """Active Conditions with a malignant ICD code that stands in none of our lists (adrenal gland, pituitary)."""
    for condition in record.chart.of("Condition"):
        code = record.code(condition)
        malignant = any(c.system.startswith("icd-10") and _MALIGNANT.match(c.code.upper()) for c in code.codings)
        if not malignant or is_refuted(condition) or has_ended(condition):
            continue
        if {meaning.name for meaning in record.book.meanings(code, "diagnoses")} <= {"not-ours"}:
            yield Evidence(code.shown, condition.reference)
