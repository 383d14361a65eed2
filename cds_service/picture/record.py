"""One patient's record as the picture reads it: the chart, the code lists, the figures and the moment of the call.

Small questions about single resources only; what they mean together is asked in the other modules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from cds_service.fhir.attachments import words_of
from cds_service.fhir.codes import Codeable, CodeBook, Meaning
from cds_service.fhir.dates import When, months_before
from cds_service.fhir.resources import Chart, Resource
from cds_service.fhir.texts import Certainty, Found, find
from cds_service.fhir.values import code_of, codeable, elements, end_of, span_of, text
from cds_service.guideline.concepts import ConceptId, Phrase, concept_id
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.limits import Limits

_PATHOLOGY_NAME = concept_id("answers/pathology-name")
ACTIVE = ("", "active", "recurrence", "relapse")  # a Condition without a clinical status counts as active
ENDED = ("resolved", "inactive", "remission")
PLANS = ("plan", "proposal", "option")  # intents of an order that nobody has placed

_REFUTED = ("refuted", "entered-in-error")


@dataclass(frozen=True, slots=True)
class Record:
    """Everything a derivation may look at.

    `once` keeps what several derivations of the same call ask for; it goes with the call.
    """

    chart: Chart
    book: CodeBook
    knowledge: Knowledge
    now: datetime
    once: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def limits(self) -> Limits:
        return self.knowledge.limits

    def searched(self, *keys: str) -> bool:
        return self.chart.was_searched(*keys)

    def code(self, resource: Resource, name: str = "code") -> Codeable:
        return codeable(resource.at(name), self.book)

    def means(self, resource: Resource, *ids: ConceptId) -> tuple[Meaning, ...]:
        """Which of these concepts the resource's code surely means."""
        return self.book.which(self.code(resource), *ids)

    def phrases(self, concept: ConceptId) -> tuple[Phrase, ...]:
        """The phrases of one concept, for texts in which they need no guard."""
        return self.knowledge.concepts[concept].phrases

    def says(self, concept: ConceptId, words: str) -> bool:
        """Whether words hold a phrase of the concept, denied or not."""
        return any(phrase.pattern.search(words) for phrase in self.phrases(concept))

    def tells(self, concept: ConceptId, words: str) -> bool:
        """Whether words hold a phrase of the concept that is neither denied nor of somebody else."""
        return any(self.found(concept, words))

    def found(self, concept: ConceptId, words: str) -> Iterator[Found]:
        """What such words say of the concept, surely or in doubt."""
        return (found for phrase in self.phrases(concept) for found in find(phrase.pattern, words))

    def affirms(self, concept: ConceptId, words: str) -> bool:
        """Whether words surely hold a phrase of the concept."""
        return any(found.certainty is Certainty.AFFIRMED for found in self.found(concept, words))

    def recent(self, when: When | None, months: int) -> bool | None:
        """Whether a date lies in the last so many months; None if it cannot be told."""
        if when is None:
            return None
        before = when.is_before(months_before(self.now, months))
        return None if before is None else not before


def none_found(name: str, value: StrEnum, words: str, record: Record, *keys: str) -> Feature:
    """The value that says that nothing is there, if all these searches came back whole; else unknown."""
    if record.searched(*keys):
        return known(name, value, evidence=[Evidence(words)])
    return unknown(name, Gap.NOT_SEARCHED)


def date_of_result(resource: Resource) -> When | None:
    """When the sample was taken, else when the result was issued."""
    return span_of(
        resource.data, "effectiveDateTime", "effectiveInstant", "effectivePeriod", "effectiveTiming", "issued"
    )


def dated(words: str, when: When | None) -> str:
    return f"{words}, {when.text}" if when else f"{words}, undated"


def verification(condition: Resource) -> str:
    """Its verificationStatus, unless the letter beside a German diagnosis says less: A excluded, V suspected."""
    status, letters = code_of(condition.at("verificationStatus")), _letters(condition)
    if status in _REFUTED or not letters & {"A", "V"}:
        return status
    return "refuted" if letters == {"A"} else "provisional"


def clinical_status(condition: Resource) -> str:
    """Its clinicalStatus; "Z" beside a German diagnosis (state after) outweighs an entry nobody closed."""
    status = code_of(condition.at("clinicalStatus"))
    return "inactive" if status in ("", "active") and _letters(condition) == {"Z"} else status


def _letters(condition: Resource) -> set[str]:
    """How certain the diagnosis is, as ICD-10-GM is coded in Germany: G, V, A or Z."""
    codings = [coding for code in elements(condition.at("code")) for coding in elements(code.get("coding"))]
    said = [
        extension
        for holder in (condition.data, *codings)
        for extension in elements(holder.get("extension"))
        if text(extension.get("url")).endswith("/icd-10-gm-diagnosesicherheit")
    ]
    coded = [text(coding.get("code")) for extension in said for coding in elements(extension.get("valueCoding"))]
    return {letter.upper() for letter in (*coded, *(text(e.get("valueCode")) for e in said)) if letter}


def is_true(condition: Resource) -> bool:
    """Neither refuted nor entered in error (and not merely suspected)."""
    return verification(condition) in ("", "confirmed")


def has_ended(condition: Resource) -> bool:
    """Called resolved, inactive or in remission, or given a date of its end."""
    ended = clinical_status(condition) in ENDED or condition.at("abatementDateTime") is not None
    return ended or end_of(condition.at("abatementPeriod")) is not None


def has_begun(procedure: Resource) -> bool:
    """A Procedure that was carried out, or is under way."""
    return code_of(procedure.at("status")) in ("completed", "in-progress")


def took_place(resource: Resource) -> bool:
    """What charts tell as a completed Procedure or as a Condition ("status post"): whether it surely was."""
    return is_true(resource) if resource.type == "Condition" else code_of(resource.at("status")) == "completed"


def is_refuted(condition: Resource) -> bool:
    """Denied or entered in error: it speaks of nothing, not even of a suspicion."""
    return verification(condition) in _REFUTED


def is_countable(resource: Resource) -> bool:
    """Statuses of results that count; `preliminary` is asked separately."""
    return code_of(resource.at("status")) in ("final", "amended", "corrected", "appended")


def report_texts(resource: Resource, book: CodeBook) -> Iterator[str]:
    """The words of a report: conclusion, coded conclusions, and attached plain text or HTML."""
    if words := text(resource.at("conclusion")):
        yield words
    for conclusion in elements(resource.at("conclusionCode")):
        if words := codeable(conclusion, book).shown:
            yield words
    for form in elements(resource.at("presentedForm")):
        if attached := words_of(form):
            yield attached


def is_pathology(report: Resource, record: Record) -> bool:
    """Whether a DiagnosticReport comes from pathology, by its category or code."""
    categories = [codeable(item, record.book) for item in elements(report.at("category"))]
    if any(coding.code in ("PAT", "SP", "CP") for category in categories for coding in category.codings):
        return True
    words = " ".join(text for item in (*categories, record.code(report)) for text in item.texts)
    return record.says(_PATHOLOGY_NAME, words)
