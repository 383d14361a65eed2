"""Anticancer treatments that only the words of Conditions and Procedures tell ("s/p 4 cycles of ...").

No proof of a treatment: they only forbid to say that none is recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import find
from cds_service.guideline.concepts import ConceptId, concept_id, concept_ids
from cds_service.guideline.features import Evidence
from cds_service.picture.drugs.medications import ANTICANCER
from cds_service.picture.record import Record, has_begun, is_refuted
from cds_service.picture.tumor.tumors import Tumor, owners

_PAST = re.compile(
    r"\b(?:z\.?\s?n\.|s/p|status post|zustand nach|(?:personal )?history of|h/o|previous(?:ly)?|prior|former"
    r"|früher\w*)",
    re.IGNORECASE,
)
_NOT_GIVEN = re.compile(
    r"\bplan\w*|\bgeplant\w*|\bcandidate|\bconsider\w*|\beligib\w*|\bschedul\w*|\brefus\w*|\bdeclin\w*"
    r"|\babgelehnt|\bcontraindic\w*|\bkontraindi\w*|\ballerg\w*|\bintoleran\w*|\bscan\b",
    re.IGNORECASE,
)
_TREATMENTS = {name: concept_id(f"treatments/{name}") for name in (*ANTICANCER, "ssa")}
_WITHOUT_DRUG = concept_ids("treatments/chemotherapy-encounter", "events/chemotherapy-history")


def told_treatments(
    classes: Iterable[str], tumor: Tumor, everyone: tuple[Tumor, ...], record: Record
) -> Iterator[Evidence]:
    """Conditions that are not of another tumor and whose words name a treatment of these classes."""
    concepts = [_TREATMENTS[name] for name in classes]
    for condition in _conditions(tumor, everyone, record):
        code = record.code(condition)
        if any(_names(concept, words, record) for concept in concepts for words in code.texts):
            yield Evidence(code.shown, condition.reference)


def told_without_drug(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[Evidence]:
    """Chemotherapy or immunotherapy of which no drug is named, as a Condition or as a Procedure."""
    done = [p for p in record.chart.of("Procedure") if has_begun(p)]
    own = (procedure for procedure in done if tumor in owners(procedure, everyone, record))
    for resource in (*_conditions(tumor, everyone, record), *own):
        code = record.code(resource)
        worded = any(_names(concept, words, record) for concept in _WITHOUT_DRUG for words in code.texts)
        if worded or any(meaning.by_code for meaning in record.book.which(code, *_WITHOUT_DRUG)):
            yield Evidence(code.shown, resource.reference)


def _conditions(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[Resource]:
    foreign = {reference for other in everyone if other is not tumor for reference in other.references}
    for condition in record.chart.of("Condition"):
        if not is_refuted(condition) and condition.reference not in foreign:
            yield condition


def _names(concept: ConceptId, words: str, record: Record) -> bool:
    """Whether the words name it and do not deny it; that it is long ago does not matter here."""
    known = record.knowledge.concepts[concept]
    said = [phrase for phrase in known.phrases if phrase.pattern.search(words)]
    if not said or _NOT_GIVEN.search(words) or any(phrase.pattern.search(words) for phrase in known.not_phrases):
        return False
    return any(find(phrase.pattern, _PAST.sub(" ", words)) for phrase in said)
