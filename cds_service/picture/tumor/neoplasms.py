"""What single Conditions say of a neoplasm: kind, site, hormone, differentiation, whether it is only suspected.

Gathers marks; which of them are one tumor is `tumors`, what the tumor is called is `diagnosis`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from cds_service.fhir.codes import Codeable, Coding, Meaning
from cds_service.fhir.dates import When
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import Certainty
from cds_service.fhir.values import codeable, codeables, date_of, elements, reference, text
from cds_service.guideline.concepts import concept_id
from cds_service.picture.record import ACTIVE, Record, clinical_status, is_refuted, verification
from cds_service.picture.tumor.body_sites import named_sites
from cds_service.picture.tumor.grade_words import as_told

_NO_NEEDLE = concept_id("answers/no-needle")
_MASS_WORD = concept_id("answers/mass-word")
NEN = ("net", "nec", "nen-unspecified", "small-cell")
_SUSPECTED = ("provisional", "differential", "unconfirmed")
_ORDER = (  # of several kinds in one Condition the one that says most
    "other-nen",
    "not-ours",
    "sclc",
    "nec",
    "net",
    "small-cell",
    "nen-unspecified",
    "neuroblastoma",
    "nsclc",
    "melanoma",
    "seminoma",
    "breast",
    "prostate",
    "brain-tumor",
    "personal-history",
    "metastasis",
    "site-only",
    "mass",
    "other-cancer",
)
_NAMED = ("adeno-or-squamous", "named")  # other cancers by the name of their histology
_COARSE = ("site-only", "breast", "prostate", "other-cancer")
_MALIGNANT = re.compile(r"(\d{4})/[36]")
_ICD_O_BLOCKS = (
    ("8000", "8013"), ("8020", "8022"), ("8040", "8046"), ("8150", "8158"), ("8240", "8249"), ("8272", "8272"),
    ("8345", "8345"), ("8574", "8574"), ("8680", "8714"), ("9380", "9530"),
)  # fmt: skip


class Strength(IntEnum):
    """How strong a statement about the kind of a tumor is: morphology over a named concept over ICD over text."""

    TEXT = 1
    ICD = 2
    NAMED = 3
    MORPHOLOGY = 4


_STRENGTHS = {
    "icd-o-3": Strength.MORPHOLOGY,
    "snomed": Strength.NAMED,
    "ncit": Strength.NAMED,
    "icd-10-cm": Strength.ICD,
    "icd-10": Strength.ICD,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One statement about what a tumor is."""

    kind: str
    strength: Strength
    words: str
    reference: str
    attributes: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        return dict(self.attributes).get(name, "")


@dataclass(frozen=True, slots=True)
class Neoplasm:
    """One Condition about a neoplasm.

    Attributes:
        kind: the strongest mark's kind.
        site: from the code, ICD topography, body site or words; "" if none is recorded.
        differentiation, grades: words and codes that surely say them.
        status: clinicalStatus, "" if missing.
    """

    resource: Resource
    kind: str
    marks: tuple[Mark, ...]
    site: str
    hormone: str
    differentiation: frozenset[str]
    grades: frozenset[str]
    suspected: bool
    status: str
    related: str
    says_net_g3: bool
    label: str
    recorded: When | None
    text: str

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE


def neoplasms(record: Record) -> list[Neoplasm]:
    """Every Condition that names a neoplasm and is neither refuted nor entered in error."""
    found = []
    for condition in record.chart.of("Condition"):
        if is_refuted(condition):
            continue
        neoplasm = _neoplasm(condition, record)
        if neoplasm is not None:
            found.append(neoplasm)
    return found


def _neoplasm(condition: Resource, record: Record) -> Neoplasm | None:
    code = record.code(condition)
    morphology = _morphology(condition, record)
    meanings = [meaning for meaning in _kinds(code, record) if _counts(meaning, code, record)]
    if meanings and all(meaning.name in _COARSE and meaning.by_code for meaning in meanings):
        meanings += _histology_in_words(code, record)
    marks = [_mark(meaning, None, condition) for meaning in meanings]
    marks += [_mark(meaning, Strength.MORPHOLOGY, condition) for meaning in _kinds(morphology, record)]
    marks += other_cancers(morphology, condition, record)
    if not marks:
        return None
    marks = _of_organ(marks)
    top = min(marks, key=_precedence)
    if top.kind == "not-ours" or (top.kind == "mass" and record.says(_NO_NEEDLE, " ".join(code.texts))):
        return None
    words = list(record.book.in_text((*code.texts, *morphology.texts), "diagnoses"))
    doubtful = all(m.certainty is Certainty.DOUBTFUL for m in meanings) if meanings else False
    said = [m for m in words if m.name == "words" and m.certainty is Certainty.AFFIRMED]
    return Neoplasm(
        resource=condition,
        kind=top.kind,
        marks=tuple(marks),
        site=_site(condition, marks, (*code.texts, *morphology.texts), record),
        hormone=next((mark.get("hormone") for mark in marks if mark.get("hormone")), ""),
        differentiation=frozenset(m.attributes["differentiation"] for m in said if "differentiation" in m.attributes)
        | frozenset(mark.get("differentiation") for mark in marks if mark.get("differentiation")),
        grades=as_told(_grades(said, marks), (*code.texts, *morphology.texts), record),
        suspected=doubtful or verification(condition) in _SUSPECTED,
        status=clinical_status(condition),
        related=related_condition(condition),
        says_net_g3=_says_net_g3(words),
        label=code.shown or morphology.shown,
        recorded=date_of(condition.data, "onsetDateTime", "onsetPeriod", "recordedDate"),
        text=" ".join((*code.texts, *morphology.texts)),
    )


def _grades(said: list[Meaning], marks: list[Mark]) -> Iterator[str]:
    yield from (m.attributes["grade"] for m in said if "grade" in m.attributes)
    yield from ("high-grade" for m in said if m.attributes.get("value") == "high-grade")
    yield from (mark.get("grade") for mark in marks if mark.get("grade"))


def _of_organ(marks: list[Mark]) -> list[Mark]:
    """What the organ makes of a histology: neuroendocrine in prostate or bladder, adenocarcinoma in the lung."""
    if any(mark.kind == "prostate" or mark.get("value") == "bladder" for mark in marks):
        return [replace(mark, kind="other-nen") if mark.kind in NEN else mark for mark in marks]
    if any(mark.get("site") == "lung" for mark in marks):
        return [replace(mark, kind="nsclc") if is_adeno_or_squamous(mark) else mark for mark in marks]
    return marks


def is_adeno_or_squamous(mark: Mark) -> bool:
    """In the lung these are non-small cell cancers."""
    return mark.kind == "other-cancer" and mark.get("value") == "adeno-or-squamous"


def _says_net_g3(words: list[Meaning]) -> bool:
    affirmed = (meaning for meaning in words if meaning.certainty is Certainty.AFFIRMED)
    return any(meaning.name == "net" and meaning.attributes.get("grade") == "G3" for meaning in affirmed)


def _precedence(mark: Mark) -> tuple[bool, bool, int, int]:
    """A histology in words says more than a code of the organ, and that more than "cancer"; else by strength."""
    coarse = mark.kind in _COARSE and mark.get("value") not in _NAMED
    return (coarse, coarse and mark.kind == "other-cancer", -mark.strength, _ORDER.index(mark.kind))


def _kinds(code: Codeable, record: Record) -> list[Meaning]:
    return [meaning for meaning in record.book.meanings(code, "diagnoses") if meaning.name != "words"]


def other_cancers(code: Codeable, resource: Resource, record: Record) -> list[Mark]:
    """Malignant ICD-O-3 morphologies (/3, /6) outside the blocks of ours: a cancer, and none of ours."""
    return [
        Mark(
            "other-cancer",
            Strength.MORPHOLOGY,
            coding.display or coding.code,
            resource.reference,
            _said_of(coding, record),
        )
        for coding in code.codings
        if coding.system == "icd-o-3" and (found := _MALIGNANT.fullmatch(coding.code)) and not _is_ours(found[1])
    ]


def _said_of(coding: Coding, record: Record) -> tuple[tuple[str, str], ...]:
    """What the display of a morphology adds: whether it is an adenocarcinoma or of squamous cells."""
    meant = (m for m in record.book.in_text([coding.display], "diagnoses") if m.name == "other-cancer" and m.attributes)
    return next((tuple(sorted(meaning.attributes.items())) for meaning in meant), ())


def _is_ours(morphology: str) -> bool:
    """Unspecific ("malignant neoplasm", "carcinoma") or of a block that holds neuroendocrine and neural tumors."""
    return any(low <= morphology <= high for low, high in _ICD_O_BLOCKS)


def _histology_in_words(code: Codeable, record: Record) -> list[Meaning]:
    """Where the code names only the organ, its words may name the histology (C34.1, "SCLC")."""
    histologies = (*NEN, "sclc", "nsclc", "other-nen")
    named = (m for m in record.book.in_text(code.texts, "diagnoses") if m.name in histologies or _is_named(m))
    return list(named)


def _is_named(meaning: Meaning) -> bool:
    """Another cancer by the name of its histology: adenocarcinoma, lymphoma ..."""
    return meaning.name == "other-cancer" and meaning.attributes.get("value") in _NAMED


def _counts(meaning: Meaning, code: Codeable, record: Record) -> bool:
    """Codes of uncertain behavior and imaging findings count only with mass or lesion in the words."""
    needs_word = meaning.attributes.get("value") == "needs-word"
    return not needs_word or any(record.says(_MASS_WORD, words) for words in code.texts)


def _mark(meaning: Meaning, strength: Strength | None, condition: Resource) -> Mark:
    return Mark(
        meaning.name,
        strength or _STRENGTHS.get(meaning.system, Strength.TEXT),
        meaning.words,
        condition.reference,
        tuple(sorted(meaning.attributes.items())),
    )


def _morphology(condition: Resource, record: Record) -> Codeable:
    """mCODE histology-morphology-behavior, and the ICD-O extensions of other profiles."""
    for extension in elements(condition.at("extension")):
        url = text(extension.get("url")).lower()
        if "morpholog" in url or "histolog" in url:
            return codeable(extension.get("valueCodeableConcept") or extension.get("valueCoding"), record.book)
    return Codeable()


def _site(condition: Resource, marks: list[Mark], texts: Iterable[str], record: Record) -> str:
    """By code, by the body site, by words; the organ of a metastasis is not that of the tumor."""
    coded = [mark.get("site") for mark in marks if mark.get("site") and mark.strength > Strength.TEXT]
    if coded:
        return coded[0]
    places = [words for place in codeables(condition.at("bodySite"), record.book) for words in place.texts]
    written = [mark.get("site") for mark in marks if mark.get("site")]
    return next(iter((*named_sites(places, record), *written, *named_sites(texts, record))), "")


def related_condition(resource: Resource) -> str:
    """The Condition that a metastasis or result says it belongs to (condition-related, mCODE related-condition)."""
    for extension in elements(resource.at("extension")):
        if "condition-related" in text(extension.get("url")) or "related-condition" in text(extension.get("url")):
            return reference(extension.get("valueReference"))
    return ""
