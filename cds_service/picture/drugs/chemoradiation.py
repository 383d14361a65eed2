"""Chemoradiation of one tumor: radiotherapy of its region while platinum or etoposide ran, or words that say so.

Says unknown wherever region, time or drug leave it open; one after the other is not together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cds_service.fhir.codes import Codeable
from cds_service.fhir.dates import When, parse
from cds_service.fhir.resources import Resource
from cds_service.fhir.values import code_of, codeables, date_of, elements, end_of, notes, reference
from cds_service.guideline.concepts import concept_id
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.tumor_values import Chemoradiation
from cds_service.picture.drugs.courses import course_of, day_end, day_start
from cds_service.picture.drugs.medications import Drug, medications_searched, unnamed_drugs
from cds_service.picture.drugs.treatment import drugs_of, families_of_reasons
from cds_service.picture.record import Record, is_refuted
from cds_service.picture.tumor.tumors import Tumor, owners

_RADIOTHERAPY = concept_id("treatments/radiotherapy")
_NEVER = ("not-done", "entered-in-error", "preparation")
_WITH = frozenset({"platinum", "etoposide"})
_REGIONS = {"lung": "chest", "thymus": "chest", "pancreas": "abdomen", "stomach": "abdomen", "duodenum": "abdomen",
            "small-intestine": "abdomen", "appendix": "pelvis", "colon": "pelvis", "rectum": "pelvis"}  # fmt: skip
_WORDS = concept_id("treatments/chemoradiation")
_HISTORY = concept_id("events/radiotherapy-history")


@dataclass(frozen=True, slots=True)
class _Radiation:
    """One radiotherapy.

    Attributes:
        says_both: its words say chemoradiation.
        of_tumor: its region or its reason is this tumor's; None if that cannot be told.
    """

    status: str
    start: When | None
    end: When | None
    says_both: bool
    of_tumor: bool | None
    evidence: Evidence


def chemoradiation_feature(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Feature:
    """`therapy-chemoradiation`: the newest course decides."""
    name = "therapy-chemoradiation"
    given = [r for r in _radiations(tumor, everyone, record) if r.of_tumor is not False]
    chemo = [drug for drug in drugs_of(tumor, everyone, record) if drug.names & _WITH]
    together = [(r, _together(r, chemo, record)) for r in sorted(given, key=_newest_first)]
    for radiation, both in together:
        if both is not False:
            evidence = [radiation.evidence, *(drug.evidence for drug in chemo)]
            return _state(name, radiation, both, evidence, record)
    if told := [*_told(chemo, record), *_in_conditions(record)]:
        return unknown(name, Gap.NOT_READABLE, "radiotherapy is only told, without its time and region", told)
    if unread := list(unnamed_drugs(record)) if together else []:
        return unknown(name, Gap.NOT_READABLE, "a running medication does not say which drug it is", unread)
    if not (medications_searched(record) and record.searched("procedures")):
        return unknown(name, Gap.NOT_SEARCHED)
    words = Evidence("procedures and medications searched, no radiotherapy together with platinum or etoposide found")
    return known(name, Chemoradiation.NONE_RECORDED, evidence=[words, *(r.evidence for r, _ in together)])


def _state(name: str, radiation: _Radiation, both: bool | None, evidence: list[Evidence], record: Record) -> Feature:
    if both is None:
        return unknown(name, Gap.NOT_READABLE, "the record does not tell what was irradiated, or with what", evidence)
    weeks = timedelta(weeks=record.limits.chemoradiation_weeks)
    recent = radiation.end.within_days(weeks.days, record.now) if radiation.end else None
    match radiation.status:
        case "in-progress" if recent:
            return known(name, Chemoradiation.ACTIVE, evidence=evidence)
        case "completed" if recent:
            return known(name, Chemoradiation.COMPLETED_TO_12_WEEKS, evidence=evidence)
        case "completed" if recent is False:
            return known(name, Chemoradiation.COMPLETED_EARLIER, evidence=evidence)
    note = f"neither its status ({radiation.status or 'none'}) nor its date tell whether it was completed, and when"
    return unknown(name, Gap.NOT_READABLE, note, evidence)


def _newest_first(radiation: _Radiation) -> float:
    """Undated ones first: they may be the newest."""
    return -radiation.end.latest.timestamp() if radiation.end else float("-inf")


def _radiations(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[_Radiation]:
    for procedure in record.chart.of("Procedure"):
        status = code_of(procedure.at("status"))
        both = _says_both([*record.code(procedure).texts, *notes(procedure.data)], record)
        if status in _NEVER or not (both or _is_radiotherapy(procedure, record)):
            continue
        start = date_of(procedure.data, "performedDateTime", "performedPeriod")
        end = _end(procedure, status, start, record)
        shown = f"{record.code(procedure).shown} (procedure, {status or 'no status'})"
        of_tumor = _is_of(procedure, both, tumor, everyone, record)
        yield _Radiation(status, start, end, both, of_tumor, Evidence(_when(shown, procedure), procedure.reference))


def _end(procedure: Resource, status: str, start: When | None, record: Record) -> When | None:
    """Its last day. A single date may be the first of a course; one that goes on has lasted until now."""
    if end := end_of(procedure.at("performedPeriod")):
        return end
    if start is None:
        return None
    longest = timedelta(weeks=record.limits.chemoradiation_weeks)
    if status == "in-progress":  # one that nobody closed for longer than any course has no end that is known
        return When(record.now, record.now, "") if start.within_days(longest.days, record.now) else None
    return When(start.earliest, max(start.latest, min(start.latest + longest, record.now)), "")


def _when(shown: str, procedure: Resource) -> str:
    period = procedure.at("performedPeriod")
    ends = [period.get("start"), period.get("end")] if isinstance(period, dict) else [procedure.at("performedDateTime")]
    days = [when.text for when in map(parse, ends) if when]
    return f"{shown}, {' to '.join(days) or 'undated'}"


def _is_radiotherapy(procedure: Resource, record: Record) -> bool:
    codes = [record.code(procedure), *codeables(procedure.at("category"), record.book)]
    return any(record.book.has(code, _RADIOTHERAPY) for code in codes)


def _says_both(texts: Iterable[str], record: Record) -> bool:
    return any(meaning.concept.id == _WORDS for meaning in record.book.in_text(texts, "treatments"))


def _is_of(procedure: Resource, both: bool, tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> bool | None:
    """Whether it is of this tumor: by its reason and its region; without either only words of both let it be."""
    reason = _by_reason(procedure, tumor, record)
    region = _region(procedure, tumor, record)
    own = owners(procedure, everyone, record)
    if reason is False or region == "other" or (tumor not in own and not reason):
        return False
    if region == "mixed" or (len(own) > 1 and not reason):
        return None
    return True if reason or region == "own" or both else None


def _by_reason(procedure: Resource, tumor: Tumor, record: Record) -> bool | None:
    """Whether its reason is this tumor, or a metastasis or another disease; None if it names none."""
    reasons = {reference(item) for item in elements(procedure.at("reasonReference"))}
    if reasons & {condition.resource.reference for condition in tumor.conditions}:
        return True
    if reasons & {condition.reference for condition in record.chart.of("Condition")}:
        return False
    codes = codeables(procedure.at("reasonCode"), record.book)
    if any(m.name == "metastasis" for code in codes for m in record.book.meanings(code, "diagnoses")):
        return False
    named = families_of_reasons(codes, record)
    return tumor.family in named if named else None


def _region(procedure: Resource, tumor: Tumor, record: Record) -> str:
    """Whether its words name the region of the tumor ("own"), another ("other"), both ("mixed") or none ("")."""
    places: list[Codeable] = [record.code(procedure), *codeables(procedure.at("bodySite"), record.book)]
    texts = [words for place in places for words in place.texts]
    named = {
        meaning.attributes["value"]
        for meaning in record.book.in_text(texts, "procedures")
        if meaning.name == "irradiated-region"
    }
    own = _REGIONS.get(tumor.site, "")
    if not named or not own:
        return ""
    if own not in named:
        return "other"
    return "mixed" if "elsewhere" in named else "own"


def _together(radiation: _Radiation, chemo: list[Drug], record: Record) -> bool | None:
    """Whether platinum or etoposide ran while it was given."""
    if radiation.of_tumor is None:
        near: bool | None = radiation.says_both or _ran(radiation, chemo, record) is not False
        return None if near else False
    return True if radiation.says_both else _ran(radiation, chemo, record)


def _ran(radiation: _Radiation, chemo: list[Drug], record: Record) -> bool | None:
    """A dose in its days; one that was given shortly before or after, or only ordered, leaves it open."""
    if not chemo:
        return False
    if radiation.start is None or radiation.end is None:
        return None
    first, last = day_start(radiation.start.latest, record), day_end(radiation.end.earliest, record)
    if first <= last and any(_drug_ran(drug, first, last, record) for drug in chemo):
        return True
    margin = timedelta(days=record.limits.therapy_active_days)
    first, last = day_start(radiation.start.earliest, record), day_end(radiation.end.latest, record)
    around = [_drug_ran(drug, first - margin, last + margin, record) for drug in chemo]
    return None if any(answer is not False for answer in around) else False


def _drug_ran(drug: Drug, first: datetime, last: datetime, record: Record) -> bool | None:
    if drug.resource.type == "Procedure":
        if drug.when is None:
            return None
        return drug.when.earliest >= first and drug.when.latest <= last
    return course_of(drug.resource, record).ran(first, last)


def _told(chemo: list[Drug], record: Record) -> Iterator[Evidence]:
    """Platinum or etoposide that was ordered or given as a part of chemoradiation."""
    for drug in chemo:
        texts = [*notes(drug.resource.data)]
        texts += [words for code in codeables(drug.resource.at("reasonCode"), record.book) for words in code.texts]
        if _says_both(texts, record):
            yield drug.evidence


def _in_conditions(record: Record) -> Iterator[Evidence]:
    """Words about an earlier radiotherapy: no proof, but they forbid to say that there was none."""
    history = record.knowledge.concepts[_HISTORY]
    for condition in record.chart.of("Condition"):
        code = record.code(condition)
        worded = any(phrase.pattern.search(words) for phrase in history.phrases for words in code.texts)
        if not is_refuted(condition) and (worded or record.book.has(code, _HISTORY)):
            yield Evidence(code.shown, condition.reference)
