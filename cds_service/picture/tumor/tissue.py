"""What pathology says a tumor is: morphology codes, histology results, names in reports, stains that were done.

Names no diagnosis; that is `diagnosis`.
"""

from __future__ import annotations

from dataclasses import dataclass

from cds_service.fhir.codes import Meaning
from cds_service.fhir.texts import Certainty
from cds_service.fhir.values import Value
from cds_service.guideline.concepts import concept_id, concept_ids
from cds_service.guideline.features import Evidence
from cds_service.picture.record import Record, date_of_result, dated
from cds_service.picture.results import results
from cds_service.picture.tumor.neoplasms import NEN, Mark, Strength, other_cancers
from cds_service.picture.tumor.pathology import pathology_words
from cds_service.picture.tumor.tumors import Tumor, owners

_MORPHOLOGY = concept_id("pathology/morphology")
_NAMED_IN_REPORTS = (*NEN, "sclc", "other-nen", "nsclc", "other-cancer", "melanoma", "seminoma", "breast", "prostate")
_STAINS = concept_ids(
    "pathology/ihc-neuroendocrine", "pathology/p53", "pathology/rb1", "pathology/sstr2", "pathology/ki67"
)


@dataclass(frozen=True, slots=True)
class Tissue:
    """What morphology codes, histology results and pathology texts say of one tumor."""

    marks: tuple[Mark, ...]
    differentiation: frozenset[str]
    well_g3: bool
    stained: tuple[Evidence, ...]
    evidence: tuple[Evidence, ...]

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(mark.kind for mark in self.marks)

    @property
    def names_carcinoma(self) -> bool:
        """Not by the code 8246/3, which was long used for well-differentiated tumors too."""
        return bool(self.kinds & {"nec", "small-cell"}) or "poor" in self.differentiation


def tissue_of(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Tissue:
    """Everything from pathology that can only belong to this tumor."""
    marks = [mark for mark in tumor.marks if mark.strength is Strength.MORPHOLOGY]
    shown = [Evidence(mark.words, mark.reference) for mark in marks]
    words: list[Meaning] = []
    for result in results(record, _MORPHOLOGY):
        if owners(result.resource, everyone, record, result.holder) == [tumor]:
            coded = result.value.coded
            meant = _histology(result.value, record)
            words += meant
            marks += [_mark(meaning, result.resource.reference) for meaning in meant if meaning.name != "words"]
            foreign = [] if meant else other_cancers(coded, result.resource, record)
            marks += foreign
            if meant or foreign:
                shown.append(Evidence(dated(f"histology: {coded.shown or result.value.words}", result.when),
                                      result.resource.reference))  # fmt: skip
    for report, text in pathology_words(tumor, everyone, record):
        meant = [m for m in record.book.in_text([text], "diagnoses") if m.certainty is Certainty.AFFIRMED]
        # Differentiation alone may be that of any tumor: it counts only beside a name.
        named = [meaning for meaning in meant if meaning.name in _NAMED_IN_REPORTS]
        if named:
            words += meant
            marks += [_mark(meaning, report.reference) for meaning in named if meaning.name != "words"]
            shown.append(
                Evidence(dated(f"pathology report: {named[0].words}", date_of_result(report)), report.reference)
            )
    stained = [
        Evidence(dated(f"{result.concept.partition('/')[2]} reported", result.when), result.resource.reference)
        for result in results(record, *_STAINS)
        if owners(result.resource, everyone, record, result.holder) == [tumor]
    ]
    differentiation = frozenset(m.attributes["differentiation"] for m in words if "differentiation" in m.attributes)
    well_g3 = any(m.name == "net" and m.attributes.get("grade") == "G3" for m in words)
    return Tissue(tuple(marks), differentiation, well_g3, tuple(stained), tuple(shown))


def _histology(value: Value, record: Record) -> list[Meaning]:
    """A histology result: its code where one is known, else its words; beside a code the words only add attributes."""
    coded = [m for m in record.book.meanings(value.coded, "diagnoses") if m.certainty is Certainty.AFFIRMED]
    words = [m for m in record.book.in_text(value.texts, "diagnoses") if m.certainty is Certainty.AFFIRMED]
    by_code = [meaning for meaning in coded if meaning.by_code]
    if not by_code:
        return words
    return by_code + [m for m in words if m.name == "words" or (m.name == "net" and m.attributes.get("grade") == "G3")]


def _mark(meaning: Meaning, reference: str) -> Mark:
    return Mark(meaning.name, Strength.MORPHOLOGY, meaning.words, reference, tuple(sorted(meaning.attributes.items())))
