"""Verdicts become cards: warnings stand alone, related information shares a card, each says what it rests on.

CDS Hooks 2.0, Card attributes. Decides nothing about medicine: which rows fire is `guideline.judge`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from cds_service.guideline.features import Gap
from cds_service.guideline.judge import Outcome, Verdict
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.recommendations import Citation, Indicator, Recommendation
from cds_service.hooks.basis import BASIS, basis_of
from cds_service.hooks.drawn import Drawn, unseen_facts
from cds_service.hooks.markdown import paragraphs
from cds_service.hooks.suggestions import Card, Offer
from cds_service.hooks.wording import detail_of, gap_lines, summary_of, unseen_lines

TOPIC = "urn:x-nen-cds:topic"
OVERRIDE_REASON = "urn:x-nen-cds:override-reason"


def cards(drawn: Drawn) -> list[Card]:
    """The cards of one call, most urgent first; the last one says what was left out if there are too many."""
    shown = [v for v in drawn.verdicts if v.is_shown and not v.recommendation.footer]
    ordered = sorted(shown, key=lambda v: (*v.recommendation.sort_key, v.tumor.reference if v.tumor else ""))
    every = _bundles(ordered)
    most = drawn.knowledge.limits.cards_per_call
    bundles = every[:most]
    offer = Offer(drawn.record, drawn.drafts, drawn.picture, drawn.new_id)
    made = [_card(one, offer, share, drawn) for one, share in zip(bundles, offer.shares(bundles), strict=True)]
    left = [v.recommendation.title for bundle in every[most:] for v in bundle]
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


def _card(bundle: Sequence[Verdict], offer: Offer, share: Collection[str], drawn: Drawn) -> Card:
    first = bundle[0].recommendation
    footers = [v for v in drawn.verdicts if v.is_shown and v.recommendation.footer and _belongs(v, bundle)]
    unseen = unseen_facts(bundle, drawn)
    suggestions = offer.suggestions(bundle, share)
    card: Card = {
        "uuid": drawn.new_id(),
        "summary": summary_of(bundle, drawn),
        "indicator": str(first.indicator),
        "detail": detail_of(bundle, footers, unseen, drawn, offer.withheld(bundle)),
        "source": _source(first, drawn.knowledge),
    }
    if suggestions:
        card["suggestions"] = suggestions
        card["selectionBehavior"] = "at-most-one"
    card["overrideReasons"] = _override_reasons(first, drawn.knowledge)
    if links := _links(bundle):
        card["links"] = links
    card["extension"] = {BASIS: basis_of([*bundle, *footers], unseen, drawn)}
    return card


def _belongs(footer: Verdict, bundle: Iterable[Verdict]) -> bool:
    """The footer about NSE stands under cards of rows that ask for NSE; one without own keys under every card."""
    markers = {name.partition("-")[0] for name in footer.recommendation.own_keys} & {"nse", "cga"}
    if not markers:
        return True
    return any(name.partition("-")[0] in markers for v in bundle for name in v.recommendation.own_keys)


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
        "\n".join(f"- {line}" for line in [*unseen_lines(unseen), *gap_lines(drawn)]),
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
            "extension": {BASIS: basis_of([], unseen, drawn)},
        }
    ]


def _only_for_want_of_data(verdict: Verdict) -> bool:
    return all(feature.gap in (Gap.NOT_SEARCHED, Gap.NOT_READABLE) for feature in verdict.decided_by)


def _has_something_of_ours(drawn: Drawn) -> bool:
    tumor = any(tumor.reference for tumor in drawn.picture.tumors)
    return tumor or "nse" in drawn.picture.leads or any(draft.concepts for draft in drawn.drafts)
