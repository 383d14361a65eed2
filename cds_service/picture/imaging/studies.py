"""Imaging studies that were done: what part of the trunk a CT or MRI shows, and whether receptors were imaged.

Reads only that a study was done, never what it found; an order proves no study.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from cds_service.fhir.codes import Codeable
from cds_service.fhir.dates import When, parse
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import Certainty
from cds_service.fhir.values import code_of, codeables, date_of, elements, text
from cds_service.guideline.concepts import concept_id
from cds_service.guideline.features import Evidence, Gap
from cds_service.picture.record import Record, date_of_result, dated, report_texts

_IMAGING_GUIDANCE = concept_id("procedures/imaging-guidance")
_HYBRID_IMAGING = concept_id("procedures/hybrid-imaging")
_RADIOLOGY_REPORT = concept_id("procedures/radiology-report")
_SSTR_IMAGING = concept_id("procedures/sstr-imaging")
_CT_PART_REPORTED = concept_id("procedures/ct-part-reported")
_CROSS_SECTION = concept_id("procedures/cross-section")
_PET = concept_id("procedures/pet")
_FDG_PET = concept_id("procedures/fdg-pet")
_IMAGING_ELSEWHERE = concept_id("procedures/imaging-elsewhere")
_CT_MRI = concept_id("procedures/ct-mri")
SEARCHES = ("reports", "imaging-studies")
TRUNK = frozenset({"chest", "abdomen", "pelvis"})
_DONE = {
    "ImagingStudy": ("available",),
    "DiagnosticReport": ("final", "amended", "corrected", "appended", "preliminary", "partial"),
    "Observation": ("final", "amended", "corrected", "preliminary"),
    "Procedure": ("completed",),
}
_UNSAID = ("", "unknown")
_SECTIONS = {"CT": "CT", "MR": "MR"}
_NUCLEAR = {"PT": "PET", "NM": "scintigraphy"}


@dataclass(frozen=True, slots=True)
class Study:
    """One study.

    Attributes:
        done: False if its status does not say whether it was done: then it may be a study, and proves nothing.
        regions: parts of the trunk its CT or MRI shows.
        is_open: it is a CT or MRI, and where it looked (or whether that part was read) is not said.
        receptors: whether it images somatostatin receptors; None if its tracer is not said.
    """

    resource: Resource
    when: When | None
    done: bool
    regions: frozenset[str]
    is_open: bool
    receptors: bool | None
    evidence: Evidence


def studies(record: Record) -> tuple[Study, ...]:
    """Every study on the chart that was, or may have been, done."""
    if "studies" not in record.once:
        found = (_study(resource, record) for resource in record.chart.of(*_DONE))
        record.once["studies"] = tuple(study for study in found if study is not None)
    studied: tuple[Study, ...] = record.once["studies"]
    return studied


def _study(resource: Resource, record: Record) -> Study | None:
    status = code_of(resource.at("status"))
    if status not in _DONE[resource.type] and status not in _UNSAID:
        return None
    codes = _codes(resource, record)
    names = tuple(dict.fromkeys(_names(resource, codes, record)))
    meant = _meant(codes, names, record)
    if _IMAGING_GUIDANCE in meant:
        return None
    regions, is_open = _shown(resource, names, meant, record)
    receptors = _receptors(resource, meant, record)
    if not regions and not is_open and receptors is False:
        return None
    when = _date(resource)
    label = next((name for name in (*names, *(code.shown for code in codes)) if name), resource.type)
    words = dated(f"{label} ({status or 'no status'})" if status in ("preliminary", *_UNSAID) else label, when)
    done = status not in _UNSAID
    return Study(resource, when, done, regions, is_open, receptors, Evidence(words, resource.reference))


def _codes(resource: Resource, record: Record) -> list[Codeable]:
    name = "procedureCode" if resource.type == "ImagingStudy" else "code"
    return codeables(resource.at(name), record.book)


def _names(resource: Resource, codes: Iterable[Codeable], record: Record) -> Iterator[str]:
    """What the study is called; of an ImagingStudy its modality before each of its words ("CT Abdomen")."""
    words = [named for code in codes for named in code.texts]
    if resource.type != "ImagingStudy":
        yield from words
        sites = codeables(resource.at("bodySite"), record.book)
        yield from (f"{name} {place}" for name in words for site in sites for place in site.texts)
        return
    all_series = elements(resource.at("series"))
    devices = [
        *elements(resource.at("modality")),
        *(d for series in all_series for d in elements(series.get("modality"))),
    ]
    modality = _modality(devices)
    named = [_with(modality, name) for name in (text(resource.at("description")), *words) if name]
    for series in all_series:
        own = modality if "/" in modality else _modality(elements(series.get("modality"))) or modality
        places = [text(place.get("display")) for place in elements(series.get("bodySite"))]
        named += [_with(own, name) for name in (*places, text(series.get("description"))) if name]
    yield from named or [modality]


def _with(modality: str, name: str) -> str:
    return name if name.upper().startswith(modality) else f"{modality} {name}"


def _modality(codings: Iterable[dict[str, object]]) -> str:
    """CT, MR, PET, or two of them as one ("PET/CT"); "" for all other devices."""
    sent = {text(coding.get("code")).upper() for coding in codings}
    nuclear = [name for code, name in _NUCLEAR.items() if code in sent]
    sections = [name for code, name in _SECTIONS.items() if code in sent]
    if nuclear and sections:
        return "PET/CT" if "PET" in nuclear else "SPECT/CT"
    return next(iter((*nuclear, *sections)), "")


def _meant(codes: Iterable[Codeable], names: Iterable[str], record: Record) -> dict[str, set[str]]:
    """The concepts of procedures that codes or names surely mean, each with the values they give."""
    found: dict[str, set[str]] = {}
    coded = (meaning for code in codes for meaning in record.book.meanings(code, "procedures"))
    for meaning in (*coded, *record.book.in_text(names, "procedures")):
        if meaning.certainty is Certainty.AFFIRMED:
            found.setdefault(meaning.concept.id, set()).add(meaning.attributes.get("value", ""))
    return found


def _shown(
    resource: Resource, names: tuple[str, ...], meant: Mapping[str, set[str]], record: Record
) -> tuple[frozenset[str], bool]:
    """The regions of the trunk that a CT or MRI shows, and whether it is one that does not say where it looked."""
    if _HYBRID_IMAGING in meant:
        reported = _CT_PART_REPORTED in _told(resource, record)
        return (TRUNK, False) if reported else (frozenset(), True)
    if regions := {part for value in meant.get(_CT_MRI, ()) for part in value.split("-")}:
        return frozenset(regions), False
    if _RADIOLOGY_REPORT in meant:
        told = tuple(report_texts(resource, record.book))
        return frozenset(), not told or _names_section(told, record)
    # A result without a region is more often something else (a CT value of a PCR, MR for mitral regurgitation).
    section = resource.type != "Observation" and (_CROSS_SECTION in meant or _names_section(names, record))
    return frozenset(), section and _IMAGING_ELSEWHERE not in meant


def _names_section(words: Iterable[str], record: Record) -> bool:
    """Unguarded: where a CT or MRI is named in any way, it must not be said that there is none."""
    phrases = record.knowledge.concepts[_CROSS_SECTION].phrases
    return any(phrase.pattern.search(name) for name in words for phrase in phrases)


def _told(resource: Resource, record: Record) -> set[str]:
    """The concepts of procedures that the words of a report surely name."""
    found = record.book.in_text(report_texts(resource, record.book), "procedures")
    return {meaning.concept.id for meaning in found if meaning.certainty is Certainty.AFFIRMED}


def _receptors(resource: Resource, meant: Mapping[str, set[str]], record: Record) -> bool | None:
    """By the name; under the name of any PET the tracer may stand in the report. FDG says nothing of receptors."""
    if _SSTR_IMAGING in meant:
        return True
    if _PET not in meant or _FDG_PET in meant:
        return False
    told = _told(resource, record)
    if _SSTR_IMAGING in told:
        return True
    return False if _FDG_PET in told else None


def _date(resource: Resource) -> When | None:
    if resource.type == "Procedure":
        return date_of(resource.data, "performedDateTime", "performedPeriod")
    if resource.type == "ImagingStudy":
        started = [resource.at("started"), *(series.get("started") for series in elements(resource.at("series")))]
        return next((when for moment in started if (when := parse(moment))), None)
    return date_of_result(resource)


@dataclass(frozen=True, slots=True)
class Newest:
    """When the newest of the studies asked for was done: between two moments, as far as the record tells.

    Attributes:
        earliest: None if no study is sure.
        latest: None if there surely is none in the data; this moment where one may have been missed.
        evidence: the newest sure study, and what may be newer.
        gap, note: why the two moments differ.
    """

    earliest: datetime | None
    latest: datetime | None
    evidence: tuple[Evidence, ...]
    gap: Gap
    note: str


def newest(record: Record, shows: Callable[[Study], bool | None]) -> Newest:
    """The newest study that shows what is asked for; `shows` is None where a study does not say it."""
    now = record.now
    listed = [study for study in studies(record) if shows(study) is not False]
    sure = [study for study in listed if study.when and study.done and shows(study)]
    last = max(sure, key=_earliest, default=None)
    open_ = [s for s in listed if s not in sure and (last is None or _latest(s, now) > _earliest(last))]
    unseen = tuple(_unseen(record))
    seen_all = not unseen and bool(record.chart.listed & set(SEARCHES))
    ends = [*(_latest(study, now) for study in (*sure, *open_)), *([] if seen_all else [now])]
    evidence = (*(study.evidence for study in (*([last] if last else []), *open_)), *unseen)
    why = _why(bool(open_), bool(unseen), seen_all)
    return Newest(_earliest(last) if last else None, max(ends, default=None), evidence, *why)


def _why(is_open: bool, is_unseen: bool, seen_all: bool) -> tuple[Gap, str]:
    if is_open:
        return Gap.NOT_READABLE, "a study does not say what it shows, when it was done, or whether it was done"
    if is_unseen:
        return Gap.NOT_READABLE, "a report or study could not be used"
    return (Gap.NOT_READABLE, "its date is too coarse") if seen_all else (Gap.NOT_SEARCHED, "")


def _unseen(record: Record) -> Iterator[Evidence]:
    """What was set aside whole; of a report whose words alone cannot be read, name and date are known."""
    for item in record.chart.set_aside:
        if item.type in ("DiagnosticReport", "ImagingStudy") and not item.words_only:
            yield Evidence(f"not used: {item.reason}", item.reference)


def _earliest(study: Study) -> datetime:
    assert study.when is not None
    return study.when.earliest


def _latest(study: Study, now: datetime) -> datetime:
    """The end of its date, which cannot lie after this moment; an undated one may have been done just now."""
    return min(study.when.latest, now) if study.when else now
