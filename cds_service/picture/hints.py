"""Signs of a tumor that no Condition names as one of ours: they forbid to say that none is recorded.

A hint is no finding. It only keeps the service from claiming an absence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cds_service.fhir.texts import find
from cds_service.guideline.features import Evidence
from cds_service.picture.pathology import pathology_texts
from cds_service.picture.record import Record, date_of_result, dated, is_refuted

_TUMOR = re.compile(
    r"tumou?r|malign|cancer|\bca\b|carcin|karzin|krebs|neopla|neubildung|blastom|gliom|melanom|sar[ck]om|lymphom|myelom"
    r"|leuk(?:a?e|ä)mi|metasta|\b(?:lung|liver|pancrea\w*|adrenal|abdominal|mediastinal|neck) mass"
    r"|\bmass (?:of|in)\b|raumforderung|\w+herd\b|\bherd\b|inzidentalom|incidentalom|gangliom|ph(?:a?e|ä)ochromo[cz]yt"
    r"|insulinom|gastrinom|glu[ck]agonom|\bn(?:en|et|ec)\b|\bs?clc\b",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"famil|screening|vorsorge|\bfear\b|angst|\brisk\b|risiko|benign|gutartig|tumou?r marker|tumormarker|\bvaccin|impf",
    re.IGNORECASE,
)
_SYNDROMES = ("carcinoid-syndrome", "gastrinoma", "insulinoma", "other-hormone", "functioning-unspecified")


def tumor_hints(record: Record) -> Iterator[Evidence]:
    """What speaks of a tumor, or cannot be read, among Conditions and pathology reports."""
    for condition in record.chart.of("Condition"):
        if is_refuted(condition):
            continue
        code = record.code(condition)
        named = {meaning.name for meaning in record.book.meanings(code, "diagnoses", "syndromes")}
        worded = any(_TUMOR.search(words) and not _OTHERWISE.search(words) for words in code.texts)
        if worded or code.is_empty or named & {"personal-history", "not-ours", *_SYNDROMES}:
            yield Evidence(code.shown or "a Condition without a code or text", condition.reference)
    for resource, words in pathology_texts(record):
        if find(_TUMOR, words):
            yield Evidence(dated("pathology report", date_of_result(resource)), resource.reference)
