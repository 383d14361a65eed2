"""Verdicts become cards: warnings stand alone, related information shares a card, each says what it rests on.

CDS Hooks 2.0, Card attributes. Decides nothing about medicine: which rows fire is `guideline.judge`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cds_service.guideline.features import Evidence, Feature, Gap, PatientPicture
from cds_service.guideline.judge import Outcome, Verdict
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.recommendations import Citation, Indicator, Recommendation
from cds_service.guideline.vocabulary import VOCABULARY
from cds_service.hooks.markdown import escaped, label, paragraphs, section, untagged
from cds_service.hooks.suggestions import Card, Offer
from cds_service.picture.orders import Draft
from cds_service.picture.record import Record

TOPIC = "urn:x-nen-cds:topic"
OVERRIDE_REASON = "urn:x-nen-cds:override-reason"
BASIS = "org.nen-cds.basis"
LONGEST_SUMMARY = 139
_LONGEST_ORDER = 40
_MOST_EVIDENCE = 12
_ABSENT = ("none", "not-found", "none-recorded", "none-found")


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything the cards of one call are made from."""

    verdicts: tuple[Verdict, ...]
    picture: PatientPicture
    record: Record
    drafts: tuple[Draft, ...]
    new_id: Callable[[], str]

    @property
    def knowledge(self) -> Knowledge:
        return self.record.knowledge


def cards(drawn: Drawn) -> list[Card]:
    """The cards of one call, most urgent first; the last one says what was left out if there are too many."""
    shown = [v for v in drawn.verdicts if v.is_shown and not v.recommendation.footer]
    ordered = sorted(
        shown,
        key=lambda v: (
            *v.recommendation.sort_key,
            v.tumor.reference if v.tumor else "",
        ),
    )
    bundles = _bundles(ordered)
    most = drawn.knowledge.limits.cards_per_call
    made = [_card(bundle, drawn) for bundle in bundles[:most]]
    left = [v.recommendation.title for bundle in bundles[most:] for v in bundle]
    if left:
        made[-1]["detail"] += f"\n\nNot shown, to keep this answer short: {'; '.join(left)}."
    return made or _missing_data(drawn)


def _bundles(ordered: Iterable[Verdict]) -> list[list[Verdict]]:
    """One bundle a card: each warning alone, the information of one group together."""
    bundles: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in ordered:
        row = verdict.recommendation
        key = (row.group, "") if row.group else (row.id, verdict.tumor.reference if verdict.tumor else "")
        bundles.setdefault(key, []).append(verdict)
    return list(bundles.values())


def _card(bundle: Sequence[Verdict], drawn: Drawn) -> Card:
    first = bundle[0].recommendation
    footers = [v for v in drawn.verdicts if v.is_shown and v.recommendation.footer and _belongs(v, bundle)]
    unseen = _unseen(bundle, drawn)
    suggestions = Offer(drawn.record, drawn.drafts, drawn.picture, drawn.new_id).suggestions(bundle)
    card: Card = {
        "uuid": drawn.new_id(),
        "summary": _summary(bundle, drawn),
        "indicator": str(first.indicator),
        "detail": _detail(bundle, footers, unseen, drawn),
        "source": _source(first, drawn.knowledge),
    }
    if suggestions:
        card["suggestions"] = suggestions
        card["selectionBehavior"] = "at-most-one"
    card["overrideReasons"] = _override_reasons(first, drawn.knowledge)
    if links := _links(bundle):
        card["links"] = links
    card["extension"] = {BASIS: _basis([*bundle, *footers], unseen, drawn)}
    return card


def _belongs(footer: Verdict, bundle: Iterable[Verdict]) -> bool:
    """The footer about NSE stands under cards of rows that ask for NSE; one without own keys under every card."""
    markers = {name.partition("-")[0] for name in footer.recommendation.own_keys} & {
        "nse",
        "cga",
    }
    if not markers:
        return True
    return any(name.partition("-")[0] in markers for v in bundle for name in v.recommendation.own_keys)


# -- words ------------------------------------------------------------------------------------------------------------


def _summary(bundle: Sequence[Verdict], drawn: Drawn) -> str:
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


def _detail(
    bundle: Sequence[Verdict],
    footers: Sequence[Verdict],
    unseen: Sequence[Feature],
    drawn: Drawn,
) -> str:
    rows = [verdict.recommendation for verdict in bundle]
    if len(bundle) == 1:
        words = rows[0].advice + _of_tumor(bundle[0], drawn)
    else:
        words = "\n".join(f"- **{v.recommendation.title}**{_of_tumor(v, drawn)}: {_one_line(v)}" for v in bundle)
    return paragraphs(
        words,
        section("Based on", _based_on(bundle)),
        section(
            "Not seen",
            [*_unseen_lines(unseen), *_unsearched(bundle, drawn), *_set_aside(drawn)],
        ),
        " ".join(_one_line(footer) for footer in sorted(footers, key=lambda v: v.recommendation.id)),
        _provenance(rows),
    )


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
    own = verdict.recommendation.own_keys
    return [item for feature in verdict.decided_by if feature.name in own for item in feature.evidence]


def _evidence_line(item: Evidence) -> str:
    return f"{escaped(item.text)} ({escaped(item.reference)})" if item.reference else escaped(item.text)


def _unseen(bundle: Iterable[Verdict], drawn: Drawn) -> tuple[Feature, ...]:
    """Unknown facts that could change this advice: of undetermined rows about the same tumor or order, and its own."""
    tumors = [verdict.tumor for verdict in bundle]
    found: dict[str, Feature] = {}
    for verdict in drawn.verdicts:
        is_open = verdict.outcome is Outcome.UNDETERMINED and not verdict.recommendation.footer
        if is_open and verdict.tumor in tumors:
            found.update((f.name, f) for f in verdict.decided_by if f.name in verdict.recommendation.own_keys)
    for verdict in bundle:
        own = verdict.recommendation.own_keys
        found.update((f.name, f) for f in verdict.decided_by if f.is_unknown and f.name in own)
    return tuple(found[name] for name in sorted(found))


def _unseen_lines(unseen: Iterable[Feature]) -> list[str]:
    lines = []
    for feature in unseen:
        why = ", ".join(part for part in (str(feature.gap or ""), feature.note) if part)
        lines.append(f"{VOCABULARY[feature.name].label}: {escaped(why)}")
    return list(dict.fromkeys(lines))


def _unsearched(bundle: Iterable[Verdict], drawn: Drawn) -> list[str]:
    """Where a "none found" rests on fewer kinds of data than could carry the fact."""
    keys = {
        key
        for verdict in bundle
        for feature in verdict.decided_by
        if feature.name in verdict.recommendation.own_keys and feature.values & set(_ABSENT)
        for key in VOCABULARY[feature.name].searches
        if key not in drawn.record.chart.searched
    }
    return [f"not searched: {', '.join(sorted(key.replace('-', ' ') for key in keys))}"] if keys else []


def _set_aside(drawn: Drawn) -> list[str]:
    hidden = [item for item in drawn.record.chart.set_aside if item.hides]
    return [f"{escaped(item.reference)} was not used: {escaped(item.reason)}" for item in hidden[:3]]


def _provenance(rows: Sequence[Recommendation]) -> str:
    documents = dict.fromkeys(_cited(citation) for row in rows for citation in row.citations)
    checked = min(row.as_of for row in rows).isoformat()
    status = "; ".join(dict.fromkeys(row.review.status for row in rows))
    return f"Sources: {'; '.join(documents)}. As of {checked}; {status}."


def _cited(citation: Citation) -> str:
    extra = ", ".join(part for part in (citation.section, citation.strength) if part)
    return f"{citation.source.label}{f', {extra}' if extra else ''}"


# -- parts of a card --------------------------------------------------------------------------------------------------


def _source(row: Recommendation, knowledge: Knowledge) -> Card:
    document = _leading_document(row)
    source: Card = {"label": document.source.label}
    if document.source.url:
        source["url"] = document.source.url
    source["topic"] = _topic(row, knowledge)
    return source


def _leading_document(row: Recommendation) -> Citation:
    return next(citation for citation in row.citations if citation.source.status != "origin only")


def _topic(row: Recommendation, knowledge: Knowledge) -> Card:
    """Alphanumeric and constant: Epic counts feedback by it."""
    name, title = (row.group, knowledge.groups[row.group].title) if row.group else (row.id, row.title)
    return {"code": name.replace("-", ""), "system": TOPIC, "display": title}


def _links(bundle: Sequence[Verdict]) -> list[Card]:
    """The other documents of the card, where they have an address."""
    first = _leading_document(bundle[0].recommendation).source
    cited = dict.fromkeys(citation.source for v in bundle for citation in v.recommendation.citations)
    others = [source for source in cited if source is not first and source.status == "primary" and source.url]
    return [{"label": source.label, "url": source.url, "type": "absolute"} for source in others]


def _override_reasons(row: Recommendation, knowledge: Knowledge) -> list[Card]:
    if row.group:
        codes: Sequence[str] = knowledge.groups[row.group].override_reasons
    else:
        codes = knowledge.warning_reasons.get(row.kind, knowledge.warning_reasons["default"])
    return [{"code": c, "system": OVERRIDE_REASON, "display": knowledge.override_reasons[c]} for c in codes]


def _basis(verdicts: Sequence[Verdict], unseen: Sequence[Feature], drawn: Drawn) -> Card:
    """The machine-readable reason of the card; members without content are left out."""
    basis: Card = {
        "knowledge": drawn.knowledge.version,
        "recommendations": [_named(verdict) for verdict in verdicts],
        "features": _features(verdict for verdict in verdicts if not verdict.recommendation.footer),
        "unseen": [{"name": f.name, "reason": str(f.gap or Gap.NOT_RECORDED)} for f in unseen],
    }
    return {name: value for name, value in basis.items() if value}


def _named(verdict: Verdict) -> Card:
    named: Card = {
        "id": verdict.recommendation.id,
        "statements": list(verdict.recommendation.statements),
    }
    return named | ({"tumor": verdict.tumor.reference} if verdict.tumor and verdict.tumor.reference else {})


def _features(verdicts: Iterable[Verdict]) -> list[Card]:
    """Each feature once, with the rows that asked for it."""
    listed: dict[tuple[str, str], Card] = {}
    for verdict in verdicts:
        for feature in verdict.decided_by:
            if feature.name not in verdict.recommendation.own_keys:
                continue
            of_tumor = VOCABULARY[feature.name].scope == "tumor" and verdict.tumor is not None
            tumor = verdict.tumor.reference if of_tumor and verdict.tumor else ""
            entry = listed.setdefault((feature.name, tumor), _feature(feature, tumor))
            if verdict.recommendation.id not in entry["for"]:
                entry["for"].append(verdict.recommendation.id)
    return list(listed.values())


def _feature(feature: Feature, tumor: str) -> Card:
    entry: dict[str, Any] = {"name": feature.name, "values": sorted(feature.values)}
    if tumor:
        entry["tumor"] = tumor
    entry["for"] = []
    evidence = [
        {"reference": item.reference, "text": untagged(item.text)} if item.reference else {"text": untagged(item.text)}
        for item in feature.evidence
    ]
    return entry | ({"evidence": evidence} if evidence else {})


# -- no row fires -----------------------------------------------------------------------------------------------------


def _missing_data(drawn: Drawn) -> list[Card]:
    """One card about data that were not available or readable, only where a tumor, an NSE or a known draft is seen."""
    open_ = [v for v in drawn.verdicts if v.outcome is Outcome.UNDETERMINED and not v.recommendation.footer]
    lacking = {f.name: f for v in open_ if _only_for_want_of_data(v) for f in v.decided_by}
    if not lacking or not _has_something_of_ours(drawn):
        return []
    unseen = tuple(lacking[name] for name in sorted(lacking))
    detail = paragraphs(
        "No recommendation was made. It could not be told whether one applies, because these data did not come with"
        " the call or could not be read:",
        "\n".join(f"- {line}" for line in [*_unseen_lines(unseen), *_set_aside(drawn)]),
        "This says nothing about the patient, only about the data this service was given.",
    )
    source = {"label": "NEN CDS: data this service was given"}
    topic = {"code": "missingdata", "system": TOPIC, "display": "Data not seen"}
    return [
        {
            "uuid": drawn.new_id(),
            "summary": "Neuroendocrine guideline check incomplete: needed data were not available or not readable",
            "indicator": str(Indicator.INFO),
            "detail": detail,
            "source": {**source, "topic": topic},
            "extension": {BASIS: _basis([], unseen, drawn)},
        }
    ]


def _only_for_want_of_data(verdict: Verdict) -> bool:
    return all(feature.gap in (Gap.NOT_SEARCHED, Gap.NOT_READABLE) for feature in verdict.decided_by)


def _has_something_of_ours(drawn: Drawn) -> bool:
    tumor = any(tumor.reference for tumor in drawn.picture.tumors)
    return tumor or "nse" in drawn.picture.leads or any(draft.concepts for draft in drawn.drafts)
