"""Ki-67 and mitoses of one tumor: read as intervals, graded by WHO 2022, never from a breast specimen.

WHO 2022 for digestive neuroendocrine tumors: Ki-67 < 3 % G1, 3-20 % G2, > 20 % G3; mitoses per 2 mm2 likewise, the
higher wins. Says nothing of differentiation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce

from cds_service.fhir.amounts import Amount, from_text
from cds_service.fhir.dates import When
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import find
from cds_service.fhir.units import Refused, percent_factor
from cds_service.fhir.values import notes
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.limits import Limits
from cds_service.guideline.tumor_values import Grade, GradeRecorded, Ki67Band, Ki67Found
from cds_service.picture.pathology import joined, loose_words, pathology_words
from cds_service.picture.record import Record, date_of_result, dated
from cds_service.picture.results import Result, results
from cds_service.picture.tumors import Tumor

UNGRADED_SITES = ("lung", "thymus")
_GRADE = "pathology/histologic-grade"
_KI67_TEXT = re.compile(
    r"\b(?:ki[\s-]?67|mib[\s-]?1)\b[^.;\d<>≤≥]{0,40}?(?P<value>[<>≤≥]?\s*\d+(?:[.,]\d+)?(?:\s*[-–]\s*\d+(?:[.,]\d+)?)?)"
    r"\s*(?:%|percent\b|per cent\b|prozent\b)",
    re.IGNORECASE,
)
_NAME = re.compile(r"\bki[\s-]?67\b|\bmib[\s-]?1\b", re.IGNORECASE)
_HOT_SPOT = re.compile(r"hot[\s-]?spot", re.IGNORECASE)
_MEAN = re.compile(r"\b(?:mean|average|mittel\w*|durchschnitt\w*)\b", re.IGNORECASE)
_LEADING_WORDS = re.compile(r"^[^\d<>≤≥]*")
_PER_2_MM2 = re.compile(r"/?\s*\(?2[\s.]*mm(?:2|²)\)?", re.IGNORECASE)
_MITOSES_TEXT = re.compile(r"\bmitos\w*[^.;\d<>]{0,40}?(?P<value>[<>]?\s*\d+)\s*(?:/|per|pro)\s*2\s*mm", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Percent:
    """One Ki-67: the share of positive nuclei in percent."""

    amount: Amount
    when: When | None
    hot_spot: bool
    evidence: Evidence
    resection: bool = False


@dataclass(frozen=True, slots=True)
class Grading:
    """What pathology figures say of one tumor, and the grades ("G2") somebody wrote down."""

    ki67: Percent | None
    mitoses: Amount | None
    recorded: Mapping[str, list[Evidence]]
    unlinked: bool
    unlinked_grade: bool
    unreadable: tuple[Evidence, ...]
    evidence: tuple[Evidence, ...]

    def proliferation_above(self, ki67: Decimal, mitoses: Decimal) -> bool | None:
        """Whether Ki-67 or mitoses lie wholly above these figures; None if neither is known to."""
        verdicts = []
        if self.ki67:
            verdicts.append(self.ki67.amount.above(ki67))
        if self.mitoses:
            verdicts.append(self.mitoses.above(mitoses))
        if True in verdicts:
            return True
        return False if verdicts and None not in verdicts else None


def grading_of(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Grading:
    """Ki-67 and mitoses that belong to this tumor."""
    breast = tumor.family == "breast"
    ki67_concept = ("pathology/ki67", "pathology/ki67-breast") if breast else ("pathology/ki67",)
    own, unlinked = joined(results(record, *ki67_concept), tumor, everyone, record)
    read = [(result, _percent(result)) for result in own]
    told = [(report, words, _figures(words)) for report, words in pathology_words(tumor, everyone, record)]
    percents = [percent for _, percent in read if percent is not None]
    percents += [_from_report(report, words, found[0]) for report, words, found in told if len(found) == 1]
    unlinked |= any(_figures(words) for words in loose_words(tumor, everyone, record))
    unreadable = tuple(_unreadable(result) for result, percent in read if percent is None)
    unreadable += tuple(_ambiguous(report, found) for report, _, found in told if len(found) > 1)
    ki67 = _chosen(percents)
    mitoses, mitosis_evidence = _mitoses(tumor, everyone, record)
    return Grading(
        ki67,
        mitoses,
        _recorded(tumor, everyone, record),
        unlinked,
        joined(results(record, _GRADE), tumor, everyone, record)[1],
        unreadable,
        ((ki67.evidence,) if ki67 else ()) + mitosis_evidence,
    )


def _percent(result: Result) -> Percent | None:
    value = result.value
    if _HOT_SPOT.search(value.words):
        reading = _hot_spot_value(value.words)
        return None if reading is None else _as_percent(reading, result, value.words)
    if value.amount is None:
        said = (found for words in (*value.texts, *notes(result.resource.data)) if (found := _figures(words)))
        first = next(said, [])
        return _as_percent(first[0], result, value.words) if len(first) == 1 else None
    probe = value.amount.high if value.amount.high is not None else value.amount.low
    by = percent_factor(value.unit, probe or Decimal(0))
    if isinstance(by, Refused) or (by != 1 and "%" in value.words):  # a fraction by its code, percent by its unit
        return None
    amount = value.amount.scaled(by)
    return None if _exceeds_100(amount) else _as_percent(amount, result, value.words)


def _exceeds_100(amount: Amount) -> bool:
    return bool(amount.above(Decimal(100)))


def _as_percent(amount: Amount, result: Result, words: str) -> Percent:
    label = f"Ki-67 {amount.shown} %" + (" (preliminary)" if result.preliminary else "")
    shown = Evidence(dated(label, result.when), result.resource.reference)
    return Percent(amount, result.when, bool(_HOT_SPOT.search(words)), shown)


def _hot_spot_value(words: str) -> Amount | None:
    """Of "up to 22 % (hot spot), mean 12 %" the hot spot's figure; None where one clause names both."""
    for part in re.split(r";|,\s", words):
        if _HOT_SPOT.search(part) and not _MEAN.search(part) and (read := from_text(_LEADING_WORDS.sub("", part, 1))):
            return read[0]
    return None


def _figures(words: str) -> list[Amount]:
    """The different Ki-67 figures of a text; where it tells the hot spot's, only that one."""
    found = find(_KI67_TEXT, words)
    for item in found:
        if _HOT_SPOT.search(item.clause) and (hot_spot := _hot_spot_value(_NAME.sub("", item.clause))):
            return [hot_spot]
    reads = (from_text(item.match["value"]) for item in found)
    return list(dict.fromkeys(read[0] for read in reads if read))


def _from_report(report: Resource, words: str, amount: Amount) -> Percent:
    when = date_of_result(report)
    shown = Evidence(dated(f"Ki-67 {amount.shown} % (report text)", when), report.reference)
    return Percent(amount, when, bool(_HOT_SPOT.search(words)), shown)


def _ambiguous(report: Resource, found: list[Amount]) -> Evidence:
    figures = " and ".join(amount.shown for amount in found)
    return Evidence(dated(f"Ki-67 {figures} % in one report", date_of_result(report)), report.reference)


def _unreadable(result: Result) -> Evidence:
    return Evidence(dated(f"Ki-67 {result.value.words or 'without a value'}", result.when), result.resource.reference)


def _chosen(percents: Iterable[Percent]) -> Percent | None:
    """The newest specimen; of one day the hot spot before the mean, and of several that differ all they allow."""
    ordered = sorted(percents, key=lambda p: (_day(p), p.hot_spot, p.evidence.reference))
    if not ordered:
        return None
    chosen = ordered[-1]
    rivals = [p for p in ordered if (_day(p), p.hot_spot) == (_day(chosen), chosen.hot_spot)]
    span = reduce(Amount.joined, (p.amount for p in rivals))
    if span == chosen.amount:
        return chosen
    shown = Evidence(dated(f"Ki-67 {span.shown} % (results that differ)", chosen.when), chosen.evidence.reference)
    return replace(chosen, amount=span, evidence=shown)


def _day(percent: Percent) -> str:
    return percent.when.text[:10] if percent.when else ""


def _mitoses(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> tuple[Amount | None, tuple[Evidence, ...]]:
    own, _ = joined(results(record, "pathology/mitoses"), tumor, everyone, record)
    for result in reversed(own):
        per_2_mm2 = _PER_2_MM2.search(f"{result.value.unit} {result.value.words}")
        if result.value.amount is not None and per_2_mm2:
            words = f"mitoses {result.value.amount.shown} per 2 mm2"
            return result.value.amount, (Evidence(dated(words, result.when), result.resource.reference),)
    for report, words in pathology_words(tumor, everyone, record):
        reads = (from_text(found.match["value"]) for found in find(_MITOSES_TEXT, words))
        for amount in (read[0] for read in reads if read):
            shown = f"mitoses {amount.shown} per 2 mm2 (report text)"
            return amount, (Evidence(dated(shown, date_of_result(report)), report.reference),)
    return None, ()


def ki67_features(grading: Grading, record: Record) -> Iterator[Feature]:
    """`ki67-found` and `ki67-band`."""
    if grading.ki67 is None:
        gap, note = _ki67_gap(grading, record)
        if gap is None:
            yield known("ki67-found", Ki67Found.NOT_FOUND, evidence=[Evidence("pathology searched, no Ki-67 found")])
            yield unknown("ki67-band", Gap.NOT_RECORDED, "no Ki-67 was found")
        else:
            yield unknown("ki67-found", gap, note, grading.unreadable)
            yield unknown("ki67-band", gap, note, grading.unreadable)
        return
    yield known("ki67-found", Ki67Found.FOUND, evidence=[grading.ki67.evidence])
    band = _band(grading.ki67.amount, record.limits)
    if band is None:
        yield unknown("ki67-band", Gap.NOT_READABLE, "the range spans several bands", [grading.ki67.evidence])
    else:
        yield known("ki67-band", band, evidence=[grading.ki67.evidence])


def _ki67_gap(grading: Grading, record: Record) -> tuple[Gap | None, str]:
    if grading.unlinked:
        return Gap.NOT_LINKED, "a Ki-67 is not linked to one of several tumors"
    if grading.unreadable:
        return Gap.NOT_READABLE, "a Ki-67 cannot be read"
    return (None, "") if record.searched("pathology", "reports") else (Gap.NOT_SEARCHED, "")


def _band(amount: Amount, limits: Limits) -> Ki67Band | None:
    """The band that holds every value the result allows."""
    steps = (
        (Ki67Band.TO_2, amount.above(limits.ki67_to_2)),
        (Ki67Band.OVER_2_UNDER_3, _not(amount.below(limits.ki67_g2_from))),
        (Ki67Band.FROM_3_UNDER_10, _not(amount.below(limits.ki67_from_10))),
        (Ki67Band.FROM_10_TO_20, amount.above(limits.ki67_g3_above)),
        (Ki67Band.OVER_20_TO_55, amount.above(limits.ki67_to_55)),
    )
    for band, beyond in steps:
        if beyond is not True:
            return None if beyond is None else band
    return Ki67Band.OVER_55


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def computed_grades(grading: Grading, limits: Limits) -> frozenset[int]:
    """The WHO grades the figures allow; empty if there are none."""
    ki67 = _grades(grading.ki67.amount, limits.ki67_g2_from, limits.ki67_g3_above) if grading.ki67 else None
    mitoses = _grades(grading.mitoses, limits.mitoses_g2_from, limits.mitoses_g3_above) if grading.mitoses else None
    if ki67 is None or mitoses is None:
        return ki67 or mitoses or frozenset()
    return frozenset(max(one, other) for one in ki67 for other in mitoses)


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
        for grade in condition.grades & {"G1", "G2", "G3"}:
            found.setdefault(grade, []).append(Evidence(f"{grade} in {condition.label}", condition.resource.reference))
    own, _ = joined(results(record, _GRADE), tumor, everyone, record)
    for result in own:
        for meaning in record.book.which(result.value.coded, "answers/grade-value"):
            if "grade" in meaning.attributes:
                grade = meaning.attributes["grade"]
                shown = Evidence(dated(f"grade {grade}", result.when), result.resource.reference)
                found.setdefault(grade, []).append(shown)
        for grade, shown in _grade_words(result.value.words, result.resource, record):
            found.setdefault(grade, []).append(shown)
    for report, words in pathology_words(tumor, everyone, record):
        for grade, shown in _grade_words(words, report, record):
            found.setdefault(grade, []).append(shown)
    return found


def _grade_words(words: str, resource: Resource, record: Record) -> Iterator[tuple[str, Evidence]]:
    for meaning in record.book.in_text([words], "diagnoses"):
        if meaning.name == "words" and "grade" in meaning.attributes:
            shown = dated(f"grade {meaning.attributes['grade']} in text", date_of_result(resource))
            yield meaning.attributes["grade"], Evidence(shown, resource.reference)


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
    elif len(recorded) == 1:
        yield known("grade", Grade(next(iter(recorded))), evidence=said, note="as recorded")
    else:
        gap, note = (Gap.CONTRADICTORY, "different grades are recorded") if recorded else _ki67_gap(grading, record)
        yield unknown("grade", gap or Gap.NOT_RECORDED, note or "no Ki-67, mitoses or grade was found", said)
    yield _grade_recorded(grading, computed, said, record)


def _computed_grade(computed: frozenset[int], grading: Grading) -> Feature:
    names = {
        frozenset({1}): Grade.G1,
        frozenset({2}): Grade.G2,
        frozenset({3}): Grade.G3,
        frozenset({1, 2}): Grade.G1_OR_G2,
        frozenset({2, 3}): Grade.G2_OR_G3,
    }
    if computed not in names:
        return unknown("grade", Gap.NOT_READABLE, "the figures allow any grade", grading.evidence)
    return known("grade", names[computed], evidence=grading.evidence)


def _grade_recorded(grading: Grading, computed: frozenset[int], said: list[Evidence], record: Record) -> Feature:
    name, recorded = "grade-recorded", grading.recorded
    if len(recorded) > 1:
        return known(name, GradeRecorded.CONFLICTS, evidence=said)
    if recorded:
        agrees = not computed or int(next(iter(recorded))[1]) in computed
        return known(name, GradeRecorded.AGREES if agrees else GradeRecorded.CONFLICTS, evidence=said)
    if grading.unlinked_grade:
        return unknown(name, Gap.NOT_LINKED, "a grade is not linked to one of several tumors")
    if record.searched("pathology", "reports"):
        return known(name, GradeRecorded.NONE, evidence=[Evidence("pathology searched, no grade recorded")])
    return unknown(name, Gap.NOT_SEARCHED)
