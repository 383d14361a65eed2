"""The words of a card: its summary, and its detail with what it rests on and what was not seen.

Decides nothing; which rows stand on the card is `cards`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from cds_service.fhir.prefetch import State
from cds_service.guideline.features import Evidence, Feature, Gap
from cds_service.guideline.judge import Verdict
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.recommendations import Recommendation
from cds_service.guideline.vocabulary import VOCABULARY
from cds_service.hooks.card_material import Drawn
from cds_service.hooks.markdown import escaped, label, paragraphs, section, untagged

LONGEST_SUMMARY = 139
_LONGEST_ORDER = 40
_MOST_EVIDENCE = 12
_ABSENT = ("none", "not-found", "none-recorded", "none-found")


def summary_of(bundle: Sequence[Verdict], drawn: Drawn) -> str:
    first = bundle[0]
    more = f" (+{len(bundle) - 1} more)" if len(bundle) > 1 else ""
    row = first.recommendation
    for lead in (_lead(first, drawn), ""):
        summary = f"{lead}: {row.summary}{more}" if lead else f"{row.summary}{more}"
        if len(summary) <= LONGEST_SUMMARY:
            return summary
    return row.summary


def _lead(verdict: Verdict, drawn: Drawn) -> str:
    name = verdict.recommendation.lead
    if name == "order":
        listed = verdict.recommendation.when["ordering"]
        matched = [d for d in drawn.drafts if d.selected and {str(c) for c in d.classes} & listed]
        return label(matched[0].code.shown, _LONGEST_ORDER) if matched else ""
    if name == "ki67":
        return verdict.tumor.leads.get(name, "") if verdict.tumor else ""
    # A result without a number leads with its words as sent; the sign of "<5" must stay.
    return untagged(drawn.picture.leads.get(name, ""))


def detail_of(
    bundle: Sequence[Verdict], footers: Sequence[Verdict], unseen: Sequence[Feature], drawn: Drawn, pregnancy: str
) -> str:
    rows = [verdict.recommendation for verdict in bundle]
    if len(bundle) == 1:
        words = rows[0].advice + _of_tumor(bundle[0], drawn)
    else:
        words = "\n".join(f"- **{v.recommendation.title}**{_of_tumor(v, drawn)}: {_one_line(v)}" for v in bundle)
    return paragraphs(
        words,
        pregnancy,
        section("Based on", _based_on(bundle)),
        section("Not seen", [*unseen_lines(unseen), *_unsearched(bundle, drawn), *gap_lines(drawn)]),
        " ".join(_one_line(footer) for footer in sorted(footers, key=lambda v: v.recommendation.id)),
        _windows_of_site([*rows, *(footer.recommendation for footer in footers)], drawn.knowledge),
        _approvals(rows, drawn.knowledge),
        _provenance(rows, drawn.record.now.date()),
    )


def pregnancy_line(withheld: Sequence[str], unsettled: Sequence[str]) -> str:
    """What a card does not offer in pregnancy, or what has to be settled before its orders are placed."""
    if withheld:
        return f"Not drafted, because the record says pregnant: {'; '.join(withheld)}."
    if unsettled:
        return (
            f"Pregnancy is possible, and nothing that excludes it was found. Settle that first: {'; '.join(unsettled)}."
        )
    return ""


def _one_line(verdict: Verdict) -> str:
    return " ".join(verdict.recommendation.advice.split())


def _of_tumor(verdict: Verdict, drawn: Drawn) -> str:
    """Names the tumor where the patient has more than one."""
    if verdict.tumor is None or len(drawn.picture.tumors) < 2:
        return ""
    return f" (about: {escaped(verdict.tumor.label)})"


def _based_on(bundle: Iterable[Verdict]) -> list[str]:
    found = dict.fromkeys(item for verdict in bundle for item in _evidence(verdict))
    lines = [_evidence_line(item) for item in found if not any(_says_more(other, item) for other in found)]
    if len(lines) > _MOST_EVIDENCE:
        lines = [*lines[:_MOST_EVIDENCE], f"and {len(lines) - _MOST_EVIDENCE} more"]
    return lines


def _says_more(other: Evidence, item: Evidence) -> bool:
    """The same resource with more words ("ileal NET: active" beside "ileal NET")."""
    longer = (f"{item.text}:", f"{item.text},", f"{item.text} (")
    return item.reference != "" and other.reference == item.reference and other.text.startswith(longer)


def _evidence(verdict: Verdict) -> list[Evidence]:
    """The evidence of exactly the features the row itself asked for."""
    row = verdict.recommendation
    return [item for feature in verdict.decided_by if row.asks(feature.name) for item in feature.evidence]


def _evidence_line(item: Evidence) -> str:
    return f"{escaped(item.text)} ({escaped(item.reference)})" if item.reference else escaped(item.text)


def unseen_lines(unseen: Iterable[Feature]) -> list[str]:
    """What was not seen and why; facts that are one to a reader (all about NSE) make one line."""
    lines = []
    for feature in unseen:
        # That nothing was found is no news where nothing was searched.
        note = "" if feature.gap is Gap.NOT_SEARCHED else feature.note
        why = ", ".join(part for part in (str(feature.gap or ""), note) if part)
        lines.append(f"{VOCABULARY[feature.name].label}: {escaped(why)}")
    return list(dict.fromkeys(lines))


def _unsearched(bundle: Iterable[Verdict], drawn: Drawn) -> list[str]:
    """Where a "none found" rests on fewer kinds of data than could carry the fact."""
    keys = {
        key
        for verdict in bundle
        for feature in verdict.decided_by
        if verdict.recommendation.asks(feature.name) and feature.values & set(_ABSENT)
        for key in VOCABULARY[feature.name].searches
        if key not in drawn.record.chart.searched
    }
    return [f"not searched: {', '.join(sorted(key.replace('-', ' ') for key in keys))}"] if keys else []


def gap_lines(drawn: Drawn) -> list[str]:
    """What could not be had or not be used, whatever it might have said."""
    return [*_unfetched(drawn), *_set_aside(drawn)]


def _unfetched(drawn: Drawn) -> list[str]:
    """What the FHIR server was asked for and did not give, or only in part."""
    chart = drawn.record.chart
    asked = (State.FAILED, State.PARTIAL)
    by_reason: dict[str, list[str]] = {}
    for key, reason in chart.failures.items():
        if chart.states.get(key) in asked:
            by_reason.setdefault(reason, []).append(key.replace("-", " "))
    return [f"not fetched: {', '.join(keys)} (the FHIR server {escaped(why)})" for why, keys in by_reason.items()]


def _set_aside(drawn: Drawn) -> list[str]:
    hidden = [item for item in drawn.record.chart.set_aside if item.hides]
    return [f"{escaped(item.reference)} was not used: {escaped(item.reason)}" for item in hidden[:3]]


def _windows_of_site(rows: Iterable[Recommendation], knowledge: Knowledge) -> str:
    """The figures a site has changed, where a row of the card asks for a fact they bear upon.

    Texts and names of values are written for the defaults: the card must say which figure was used.
    """
    asked = {name for row in rows for name in row.own_keys}
    changed = [
        f"{name.replace('_', ' ')} {getattr(knowledge.limits, name)} (elsewhere {window.default})"
        for name, window in knowledge.windows.items()
        if getattr(knowledge.limits, name) != window.default and window.features & asked
    ]
    return f"Set by this site: {'; '.join(changed)}." if changed else ""


def _approvals(rows: Sequence[Recommendation], knowledge: Knowledge) -> str:
    """What the words rest on that ages faster than the medicine, and the day it was looked at."""
    relying = [row for row in rows if row.relies_on]
    if not relying:
        return ""
    listed = dict.fromkeys(knowledge.approvals[key].label for row in relying for key in row.relies_on)
    as_of = min(row.as_of for row in relying).isoformat()
    return f"Approvals and labels as known on {as_of}: {'; '.join(listed)}. Check what holds where you are."


def _provenance(rows: Sequence[Recommendation], today: date) -> str:
    """Each document once, with all of its places that were seen."""
    places: dict[str, dict[str, None]] = {}
    for citation in (citation for row in rows for citation in row.citations):
        seen = places.setdefault(citation.source.label, {})
        seen.update(dict.fromkeys(filter(None, (citation.section, citation.strength))))
    documents = (", ".join((label, *seen)) for label, seen in places.items())
    checked = min(row.as_of for row in rows).isoformat()
    status = "; ".join(dict.fromkeys(row.review.status for row in rows))
    due = min((row.review.next for row in rows if row.review.next), default=None)
    overdue = f" Its review was due on {due}: guidance may have moved on." if due and due < today else ""
    return f"Sources: {'; '.join(documents)}. As of {checked}; {status}.{overdue}"
