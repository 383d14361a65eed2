"""The grade of one tumor, by WHO 2022 from Ki-67 and mitoses, and the grades somebody wrote down.

WHO 2022 for digestive neuroendocrine tumors: Ki-67 < 3 % G1, 3-20 % G2, > 20 % G3; mitoses per 2 mm2 likewise, the
higher wins. Says nothing of differentiation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cds_service.fhir.amounts import Amount
from cds_service.fhir.codes import Codeable
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import Certainty, clauses
from cds_service.guideline.concepts import concept_id
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.limits import Limits
from cds_service.guideline.tumor_values import Grade, GradeRecorded
from cds_service.picture.record import Record, date_of_result, dated, none_found
from cds_service.picture.results import Result, results
from cds_service.picture.tumor.grade_words import ALLOWED, allowed_by, as_told
from cds_service.picture.tumor.ki67 import Ki67, ki67_gap, ki67_of
from cds_service.picture.tumor.mitoses import Mitoses, mitoses_of
from cds_service.picture.tumor.pathology import joined, pathology_words
from cds_service.picture.tumor.tumors import Tumor

_OTHER_GRADING = concept_id("answers/other-grading")
UNGRADED_SITES = ("lung", "thymus")
_VALUE = concept_id("answers/grade-value")
_GRADE = concept_id("pathology/histologic-grade")
_UNREAD = "a recorded grade cannot be read"
_NAMES = {allowed: Grade(name) for name, allowed in ALLOWED.items()}
_NO_GRADE = re.compile(
    r"differen[tz]i|\bG\s?X\b|\bnot\b|cannot|\bnicht\b|unknown|unbekannt|pending|ausstehend", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Grading:
    """What pathology figures say of one tumor, and the grades ("G2") somebody wrote down."""

    ki67: Ki67
    mitoses: Mitoses
    recorded: Mapping[str, list[Evidence]]
    unlinked_grade: bool
    unread_grade: tuple[Evidence, ...]
    evidence: tuple[Evidence, ...]

    def proliferation_above(self, ki67: Decimal, mitoses: Decimal) -> bool | None:
        """Whether Ki-67 or mitoses lie wholly above these figures; None if neither is known to."""
        verdicts = []
        if self.ki67.chosen:
            verdicts.append(self.ki67.chosen.amount.above(ki67))
        if self.mitoses.amount:
            verdicts.append(self.mitoses.amount.above(mitoses))
        if True in verdicts:
            return True
        return False if verdicts and None not in verdicts else None


def grading_of(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Grading:
    """Ki-67 and mitoses that belong to this tumor."""
    ki67 = ki67_of(tumor, everyone, record)
    mitoses = mitoses_of(tumor, everyone, record)
    return Grading(
        ki67,
        mitoses,
        _recorded(tumor, everyone, record),
        joined(results(record, _GRADE), tumor, everyone, record)[1],
        _unreadable(tumor, everyone, record),
        tuple(figure.evidence for figure in (ki67.chosen, mitoses.chosen) if figure),
    )


def computed_grades(grading: Grading, limits: Limits) -> frozenset[int]:
    """The WHO grades the figures allow; empty if there are none."""
    ki67 = grading.ki67.chosen
    by_ki67 = _grades(ki67.amount, limits.ki67_g2_from, limits.ki67_g3_above) if ki67 else None
    mitoses = grading.mitoses.amount
    by_mitoses = _grades(mitoses, limits.mitoses_g2_from, limits.mitoses_g3_above) if mitoses else None
    if by_ki67 is None or by_mitoses is None:
        return by_ki67 or by_mitoses or frozenset()
    return frozenset(max(one, other) for one in by_ki67 for other in by_mitoses)


def _grades(amount: Amount, g2_from: Decimal, g3_above: Decimal) -> frozenset[int]:
    grades = set()
    if amount.below(g2_from) is not False:
        grades.add(1)
    if amount.below(g2_from) is not True and amount.above(g3_above) is not True:
        grades.add(2)
    if amount.above(g3_above) is not False:
        grades.add(3)
    return frozenset(grades)


def _recorded(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> dict[str, list[Evidence]]:
    """Grades somebody wrote down: coded results, grade words in problem-list texts and in pathology reports."""
    found: dict[str, list[Evidence]] = {}
    for condition in tumor.conditions:
        for grade in sorted(condition.grades & ALLOWED.keys()):
            found.setdefault(grade, []).append(Evidence(f"{grade} in {condition.label}", condition.resource.reference))
    own, _ = joined(results(record, _GRADE), tumor, everyone, record)
    for result in own:
        for grade, how in _graded(result, record):
            shown = Evidence(dated(f"grade {grade}{how}", result.when), result.resource.reference)
            found.setdefault(grade, []).append(shown)
    for report, words in pathology_words(tumor, everyone, record):
        for grade, shown in _grade_words(words, report, record):
            found.setdefault(grade, []).append(shown)
    return found


def _graded(result: Result, record: Record) -> list[tuple[str, str]]:
    """The grades of one result, and whether they stand in its words."""
    ways = ((result.value.coded, ""), (Codeable((), result.value.words), " in text"))
    return [
        (grade, how)
        for said, how in ways
        if not any(_is_of_other_scale(words, record) for words in said.texts)
        for grade in sorted(as_told(_coded_grades(said, record), said.texts, record))
    ]


def _coded_grades(said: Codeable, record: Record) -> set[str]:
    return {m.attributes["grade"] for m in record.book.which(said, _VALUE) if "grade" in m.attributes}


def _unreadable(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> tuple[Evidence, ...]:
    """Results of a grade that say something else than one; how well it is differentiated is no grade of a NET."""
    own, _ = joined(results(record, _GRADE), tumor, everyone, record)
    meant = (
        result for result in own if not record.book.which(result.value.coded, _VALUE) and not _graded(result, record)
    )
    unread = ((result, result.value.words or result.value.coded.shown) for result in meant)
    return tuple(
        Evidence(dated(f"grade {words}", result.when), result.resource.reference)
        for result, words in unread
        if words and not _NO_GRADE.search(words) and not _is_of_other_scale(words, record)
    )


def _is_of_other_scale(words: str, record: Record) -> bool:
    """ "Nottingham grade 3", "reflux esophagitis grade 2": no grade of a neuroendocrine tumor."""
    other = record.knowledge.concepts[_OTHER_GRADING]
    return record.says(other.id, words) and not any(phrase.pattern.search(words) for phrase in other.not_phrases)


def _grade_words(words: str, resource: Resource, record: Record) -> Iterator[tuple[str, Evidence]]:
    for clause in clauses(words):
        if _is_of_other_scale(clause, record):
            continue
        meant = (m for m in record.book.in_text([clause], "diagnoses") if m.certainty is Certainty.AFFIRMED)
        named = {m.attributes["grade"] for m in meant if m.name == "words" and "grade" in m.attributes}
        for grade in sorted(as_told(named, [clause], record)):
            shown = dated(f"grade {grade} in text", date_of_result(resource))
            yield grade, Evidence(shown, resource.reference)


def grade_features(grading: Grading, graded: bool | None, record: Record) -> Iterator[Feature]:
    """`grade` and `grade-recorded`; `graded`: whether WHO grades this tumor by Ki-67, None where that is open."""
    recorded = grading.recorded
    said = [evidence for items in recorded.values() for evidence in items]
    if graded is None:
        yield unknown("grade", Gap.NOT_RECORDED, "what the tumor is is not known", said)
        yield unknown("grade-recorded", Gap.NOT_RECORDED, "what the tumor is is not known", said)
        return
    if not graded:
        yield known("grade", Grade.NOT_APPLICABLE)
        note = "no grade is computed for this tumor"
        yield (
            unknown("grade-recorded", Gap.NOT_RECORDED, note, said)
            if recorded
            else _grade_recorded(grading, frozenset(), said, record)
        )
        return
    computed = computed_grades(grading, record.limits)
    if computed:
        yield _computed_grade(computed, grading)
    elif recorded and (allowed := allowed_by(recorded)):
        yield known("grade", _NAMES[allowed], evidence=said, note="as recorded")
    else:
        gap, note = (Gap.CONTRADICTORY, "different grades are recorded") if recorded else ki67_gap(grading.ki67, record)
        if gap is None and grading.unread_grade:
            gap, note, said = Gap.NOT_READABLE, _UNREAD, [*grading.unread_grade]
        yield unknown("grade", gap or Gap.NOT_RECORDED, note or "no Ki-67, mitoses or grade was found", said)
    yield _grade_recorded(grading, computed, said, record)


def _computed_grade(computed: frozenset[int], grading: Grading) -> Feature:
    if computed not in _NAMES:
        return unknown("grade", Gap.NOT_READABLE, "the figures allow any grade", grading.evidence)
    unread = grading.mitoses.unread if computed != {3} and grading.mitoses.chosen is None else ()
    note = f"not counted: {unread[0].text}" if unread else ""
    return known("grade", _NAMES[computed], evidence=grading.evidence, note=note)


def _grade_recorded(grading: Grading, computed: frozenset[int], said: list[Evidence], record: Record) -> Feature:
    name, recorded = "grade-recorded", grading.recorded
    if recorded:
        allowed = allowed_by(recorded)
        if allowed & computed or (allowed and not computed):
            return known(name, GradeRecorded.AGREES, evidence=said)
        return known(name, GradeRecorded.CONFLICTS, evidence=[*said, *(grading.evidence if allowed else ())])
    if grading.unlinked_grade:
        return unknown(name, Gap.NOT_LINKED, "a grade is not linked to one of several tumors")
    if grading.unread_grade:
        return unknown(name, Gap.NOT_READABLE, _UNREAD, grading.unread_grade)
    return none_found(name, GradeRecorded.NONE, "pathology searched, no grade recorded", record, "pathology", "reports")
