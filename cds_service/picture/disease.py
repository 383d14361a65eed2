"""Somatostatin receptors and progression of one tumor.

FDG PET says nothing about somatostatin receptors; an old "worsened" is not progression today.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cds_service.fhir.dates import When
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import Certainty, find
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.tumor_values import Progression, Sstr
from cds_service.picture.medications import ANTICANCER, drugs
from cds_service.picture.record import Record, date_of_result, dated, is_countable, report_texts
from cds_service.picture.results import results
from cds_service.picture.tumors import Tumor, owners

_NEN_FAMILIES = ("nen", "other-nen", "mass", "metastasis")
_WORSE = ("answers/disease-worsened", "answers/disease-recurrence")
_POSITIVE = re.compile(
    r"\bpositiv\w*|(?<!non-)(?<!non )\bavid\w*"
    r"|\b(?:intense|strong|increased|high)\w* (?:tracer |somatostatin receptor |sstr )?uptake"
    r"|\bkrenning\s*(?:score\s*)?[34]\b|\b(?:mehr|starke|vermehrte)\w* anreicherung",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(
    r"\bnegativ\w*|\bno (?:pathologic\w* |abnormal |somatostatin receptor |sstr |tracer )*uptake"
    r"|\bnon[\s-]?avid|\bkrenning\s*(?:score\s*)?[01]\b"
    r"|\bkeine\w* (?:pathologische\w* )?anreicherung",
    re.IGNORECASE,
)
_WEAK = re.compile(r"\b(?:mixed|weak\w*|faint|heterogen\w*|low uptake|equivocal|gemischt|schwach\w*)\b", re.IGNORECASE)
_PROGRESS = re.compile(
    r"\bprogress(?:ion|ing|ed)\b(?![\s-]*free)|\bprogredien\w*\b|\bprogress\b(?=\s+(?:der|des|von|bei|unter)\b)"
    r"|\bprogressiv\w*\s+(?:\w+\s+){0,2}(?:disease|tumou?r|lesion|metasta|nod|lymph|growth|erkrankung|wachstum|herde)",
    re.IGNORECASE,
)
_STABLE = re.compile(
    r"\bstable\b|\bregress\w*|\bpartial response\b|\bcomplete response\b|\bstabil\w*|\brückläufig\w*", re.IGNORECASE
)


def sstr_feature(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Feature:
    """Somatostatin receptors: the newest receptor imaging, else SSTR2 in tissue."""
    candidates = tuple(other for other in everyone if other.family in _NEN_FAMILIES) or everyone
    imaging = [r for r in record.chart.of("DiagnosticReport") if is_countable(r) and _is_sstr_imaging(r, record)]
    own = [r for r in imaging if owners(r, candidates, record) == [tumor]]
    for report in sorted(own, key=_date_key, reverse=True):
        state = _receptor_words(" ; ".join(report_texts(report, record.book)))
        shown = Evidence(dated(f"{record.code(report).shown}: {state or 'no clear statement'}", date_of_result(report)),
                         report.reference)  # fmt: skip
        if state is None:
            return unknown("sstr", Gap.NOT_READABLE, "the receptor imaging gives no clear statement", [shown])
        return known("sstr", state, evidence=[shown])
    for result in reversed(results(record, "pathology/sstr2")):
        if owners(result.resource, candidates, record) == [tumor]:
            state = _receptor_words(" ".join(result.value.texts))
            if state is not None:
                shown = Evidence(dated(f"SSTR2 {' '.join(result.value.texts)}", result.when), result.resource.reference)
                return known("sstr", state, evidence=[shown])
    gap = Gap.NOT_RECORDED if record.searched("reports", "pathology") else Gap.NOT_SEARCHED
    return unknown("sstr", gap, "no somatostatin receptor result was found")


def _date_key(report: Resource) -> tuple[str, str]:
    when = date_of_result(report)
    return (when.earliest.isoformat() if when else "", report.reference)


def _is_sstr_imaging(report: Resource, record: Record) -> bool:
    code = record.code(report)
    named = {
        m.concept.id
        for m in (*record.book.meanings(code, "procedures"), *record.book.in_text(code.texts, "procedures"))
    }
    return "procedures/sstr-imaging" in named


def _receptor_words(words: str) -> Sstr | None:
    """Positive or negative; mixed, weak or both is neither."""
    negative = bool(_NEGATIVE.search(words))
    positive = any(found.certainty is Certainty.AFFIRMED for found in find(_POSITIVE, words))
    if _WEAK.search(words) or positive == negative:
        return None
    return Sstr.POSITIVE if positive else Sstr.NEGATIVE


def progression_feature(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Feature:
    """Progression in the last months that neither a later stable nor a new line of therapy has answered."""
    stated = sorted(_statements(tumor, everyone, record), key=lambda item: item[1].earliest.isoformat())
    worse = [(when, evidence) for state, when, evidence in stated if state == "worse"]
    evidence = [item for _, _, item in stated]
    if not worse:
        if undated := _undated_worsening(tumor, everyone, record):
            return unknown("progression", Gap.NOT_READABLE, "its date is not recorded", undated)
        if record.searched("status", "reports"):
            none = [Evidence("disease status and reports searched, no progression found")]
            return known("progression", Progression.NONE_RECORDED, evidence=evidence or none)
        return unknown("progression", Gap.NOT_SEARCHED)
    when = worse[-1][0]
    if any(state == "better" and other.earliest == when.earliest for state, other, _ in stated):
        return unknown("progression", Gap.CONTRADICTORY, "worse and not worse on one day", evidence)
    answered = stated[-1][0] != "worse" or _new_line_after(when, record)
    recent = record.recent(when, record.limits.progression_months)
    if recent is None and not answered:
        return unknown("progression", Gap.NOT_READABLE, "its date is too coarse", evidence)
    return known("progression", Progression.YES if recent and not answered else Progression.PAST, evidence=evidence)


def _statements(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[tuple[str, When, Evidence]]:
    for result in results(record, "status/disease-status"):
        if result.when and not result.preliminary and owners(result.resource, everyone, record) == [tumor]:
            worse = record.book.has(result.value.coded, *_WORSE)
            better = record.book.has(result.value.coded, "answers/disease-stable", "answers/disease-improved")
            if worse or better:
                words = dated(result.value.coded.shown or result.value.words, result.when)
                yield (("worse" if worse else "better"), result.when, Evidence(words, result.resource.reference))
    for report in record.chart.of("DiagnosticReport"):
        when = date_of_result(report)
        if when and is_countable(report) and owners(report, everyone, record) == [tumor]:
            words = " ; ".join(report_texts(report, record.book))
            worse = any(f.certainty is Certainty.AFFIRMED for f in find(_PROGRESS, words))
            if worse or find(_STABLE, words):
                said = f"{record.code(report).shown}: {'progression' if worse else 'stable or better'}"
                shown = Evidence(dated(said, when), report.reference)
                yield ("worse" if worse else "better"), when, shown


def _undated_worsening(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> list[Evidence]:
    return [
        Evidence(dated(result.value.coded.shown, None), result.resource.reference)
        for result in results(record, "status/disease-status")
        if result.when is None
        and record.book.has(result.value.coded, *_WORSE)
        and owners(result.resource, everyone, record) == [tumor]
    ]


def worsened_since(when: When | None, tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> bool:
    """Whether a progression or recurrence was stated after that day; without a day, whether ever."""
    stated = (date for state, date, _ in _statements(tumor, everyone, record) if state == "worse")
    return any(when is None or date.latest > when.latest for date in stated)


def _new_line_after(when: When, record: Record) -> bool:
    """Whether an anticancer drug (not an ongoing one) first appears after that day."""
    firsts: dict[str, When] = {}
    for drug in drugs(record):
        for name in drug.names & {*ANTICANCER, "ssa"} if drug.when else ():
            assert drug.when is not None
            if name not in firsts or drug.when < firsts[name]:
                firsts[name] = drug.when
    return any(first.earliest > when.latest for first in firsts.values())
