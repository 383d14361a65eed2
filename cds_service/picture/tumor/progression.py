"""Progression of one tumor, as a disease status or a report says it.

An old "worsened" is not progression today, nor is one that a later "stable" or a new therapy has answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime

from cds_service.fhir.dates import When
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import Certainty
from cds_service.guideline.concepts import ConceptId, concept_id, concept_ids
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.tumor_values import Progression
from cds_service.picture.drugs.medications import ANTICANCER, all_drugs
from cds_service.picture.record import Record, date_of_result, dated, is_countable, is_pathology, report_texts
from cds_service.picture.results import results
from cds_service.picture.tumor.tumors import Tumor, owners

_DISEASE_STATUS = concept_id("status/disease-status")
_DISEASE_STABLE = concept_id("answers/disease-stable")
_DISEASE_IMPROVED = concept_id("answers/disease-improved")
_GROWTH_TOLD = concept_id("answers/growth-told")
_OTHER_DISEASE = concept_id("answers/other-disease")
_LINES = {*ANTICANCER, "ssa"}
_PROGRESSION, _STABILITY = concept_id("answers/progression-told"), concept_id("answers/stability-told")
_WORSE = concept_ids("answers/disease-worsened", "answers/disease-recurrence")


@dataclass(frozen=True, slots=True)
class _Statement:
    """A disease status or report that says worse, or not worse. `own`: it can only be of this tumor."""

    worse: bool
    when: When | None
    own: bool
    evidence: Evidence


def progression_feature(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Feature:
    """Progression in the last months that neither a later stable nor a new line of therapy has answered."""
    said = list(_statements(tumor, everyone, record))
    judged = _judged([statement for statement in said if statement.own], record)
    if judged and Progression.YES in judged.values:
        return judged
    months = record.limits.progression_months
    loose = [s for s in said if s.worse and not (s.own and s.when)]
    if loose and (judged is None or any(record.recent(s.when, months) is not False for s in loose)):
        evidence = [statement.evidence for statement in loose]
        if all(statement.own for statement in loose):
            return unknown("progression", Gap.NOT_READABLE, "its date is not recorded", evidence)
        return unknown("progression", Gap.NOT_LINKED, "which of the tumors got worse is not recorded", evidence)
    if hinted := _hinted(said, tumor, everyone, record):
        return unknown("progression", Gap.NOT_READABLE, "a report may tell of growth of the tumor", hinted)
    return judged or _none(said, record)


def _none(said: list[_Statement], record: Record) -> Feature:
    if not record.searched("status", "reports"):
        return unknown("progression", Gap.NOT_SEARCHED)
    none = [Evidence("disease status and reports searched, no progression found")]
    shown = [statement.evidence for statement in said if statement.own and statement.when]
    return known("progression", Progression.NONE_RECORDED, evidence=shown or none)


def _judged(said: list[_Statement], record: Record) -> Feature | None:
    """By the newest worsening with a date, and what followed it; None if there is none."""
    stated = [(statement.when, statement) for statement in said if statement.when]
    worse = max((when for when, statement in stated if statement.worse), key=_order, default=None)
    if worse is None:
        return None
    evidence = [statement.evidence for _, statement in sorted(stated, key=lambda item: _order(item[0]))]
    better = [when for when, statement in stated if not statement.worse]
    if any(when.latest >= worse.earliest and when.earliest <= worse.latest for when in better):
        return unknown("progression", Gap.CONTRADICTORY, "worse and not worse on one day", evidence)
    recent = record.recent(worse, record.limits.progression_months)
    treated = _new_line_after(worse, record)
    if recent is False or treated or any(when.earliest > worse.latest for when in better):
        return known("progression", Progression.PAST, evidence=evidence)
    if recent is None:
        return unknown("progression", Gap.NOT_READABLE, "its date is too coarse", evidence)
    if treated is None:
        return unknown("progression", Gap.NOT_READABLE, "whether a therapy began after it cannot be told", evidence)
    return known("progression", Progression.YES, evidence=evidence)


def _order(when: When) -> datetime:
    return when.order


def _statements(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[_Statement]:
    """Undated ones too, and those that may be of another tumor as well."""
    for resource, worse, when, words in (*_statuses(record), *_reports(record)):
        belongs = owners(resource, everyone, record)
        if tumor in belongs:
            yield _Statement(worse, when, len(belongs) == 1, Evidence(dated(words, when), resource.reference))


def _statuses(record: Record) -> Iterator[tuple[Resource, bool, When | None, str]]:
    for result in results(record, _DISEASE_STATUS):
        worse = record.book.has(result.value.coded, *_WORSE)
        better = record.book.has(result.value.coded, _DISEASE_STABLE, _DISEASE_IMPROVED)
        if (worse or better) and not result.preliminary:
            yield result.resource, worse, result.when, result.value.coded.shown or result.value.words


def _reports(record: Record) -> Iterator[tuple[Resource, bool, When | None, str]]:
    for report in record.chart.of("DiagnosticReport"):
        words = " ; ".join(report_texts(report, record.book)) if is_countable(report) else ""
        worse = _says(_PROGRESSION, words, record)
        if worse or _says(_STABILITY, words, record):
            said = f"{record.code(report).shown}: {'progression' if worse else 'stable or better'}"
            yield report, worse, date_of_result(report), said


def _hinted(said: list[_Statement], tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> list[Evidence]:
    """Reports of the last months that doubt or describe a progression, and that nothing later has answered."""
    answers = [s.when for s in said if s.own and s.when]
    hints = []
    for report in record.chart.of("DiagnosticReport"):
        when = date_of_result(report)
        answered = when and any(answer.latest >= when.earliest for answer in answers)
        recent = record.recent(when, record.limits.progression_months)
        if answered or recent is False or not is_countable(report) or is_pathology(report, record):
            continue
        words = " ; ".join(report_texts(report, record.book))
        if _may_say_worse(words, record) and tumor in owners(report, everyone, record):
            hints.append(
                Evidence(dated(f"{record.code(report).shown}: growth, or a doubt of it", when), report.reference)
            )
    return hints


def _may_say_worse(words: str, record: Record) -> bool:
    found = [*record.found(_PROGRESSION, words), *record.found(_GROWTH_TOLD, words)]
    return any(not _is_of_other_disease(one.clause, record) for one in found) and not _says(_STABILITY, words, record)


def _says(concept: ConceptId, words: str, record: Record) -> bool:
    """Whether it is surely said, and not of joints, heart or anything else that is no tumor."""
    sure = [found.clause for found in record.found(concept, words) if found.certainty is Certainty.AFFIRMED]
    return any(not _is_of_other_disease(clause, record) for clause in sure)


def _is_of_other_disease(clause: str, record: Record) -> bool:
    return any(meaning.concept.id == _OTHER_DISEASE for meaning in record.book.in_text([clause], "answers"))


def worsened_since(when: When | None, tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> bool:
    """Whether a progression or recurrence was stated after that day; without a day, whether ever."""
    stated = [s.when for s in _statements(tumor, everyone, record) if s.worse and s.own and s.when]
    return any(when is None or date.latest > when.latest for date in stated)


def _new_line_after(when: When, record: Record) -> bool | None:
    """Whether an anticancer drug (not an ongoing one) first appears after that day; None if it may have."""
    firsts, undated = _first_traces(record)
    began = {
        name not in undated if first.earliest > when.latest else None
        for name, first in firsts.items()
        if first.latest >= when.earliest
    }
    if True in began:
        return True
    return None if began else False


def _first_traces(record: Record) -> tuple[Mapping[str, When], Set[str]]:
    """When each anticancer drug first appears, and of which some trace has no date."""
    firsts: dict[str, When] = {}
    undated: set[str] = set()
    for drug in all_drugs(record):
        for name in drug.names & _LINES:
            if drug.when is None:
                undated.add(name)
            elif name not in firsts or drug.when < firsts[name]:
                firsts[name] = drug.when
    return firsts, undated
