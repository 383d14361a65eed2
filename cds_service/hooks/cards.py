"""Verdicts become cards: warnings stand alone, related information shares a card, each says what it rests on.

CDS Hooks 2.0, Card attributes. Decides nothing about medicine: which rows fire is `guideline.judge`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from cds_service.guideline.features import Feature, Gap
from cds_service.guideline.judge import Outcome, Verdict
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.recommendations import Citation, Indicator, Recommendation
from cds_service.hooks.basis import BASIS, basis_of
from cds_service.hooks.card_material import Drawn, unseen_facts
from cds_service.hooks.held_back import HeldBack, Kind, named, of_verdicts
from cds_service.hooks.markdown import paragraphs
from cds_service.hooks.suggestions import Card, Offer
from cds_service.hooks.wording import detail_of, gap_lines, pregnancy_line, summary_of, unseen_lines

TOPIC = "urn:x-nen-cds:topic"
OVERRIDE_REASON = "urn:x-nen-cds:override-reason"


@dataclass(frozen=True, slots=True)
class Made:
    """The cards of one call, most urgent first, and what was held back."""

    cards: list[Card]
    held_back: tuple[HeldBack, ...]


def cards(drawn: Drawn) -> Made:
    """The cards of one call; the last one says what was left out if there are too many."""
    firing = [v for v in drawn.verdicts if v.is_shown and not v.recommendation.footer]
    ordered = sorted(firing, key=lambda v: (*v.recommendation.sort_key, v.tumor.reference if v.tumor else ""))
    bundles = [_as_ordered(bundle, drawn.knowledge) for bundle in _bundles(ordered)]
    most = drawn.knowledge.limits.cards_per_call
    shown, left = bundles[:most], bundles[most:]
    offer = Offer(drawn.record, drawn.drafts, drawn.picture, drawn.new_id)
    shares = offer.shares(shown)
    made = [_card(one, offer, share, drawn) for one, share in zip(shown, shares, strict=True)]
    if left:
        titles = "; ".join(v.recommendation.title for bundle in left for v in bundle)
        made[-1]["detail"] += f"\n\nNot shown, to keep this answer short: {titles}."
    held_back = tuple(dict.fromkeys((*_held_back(shown, left, drawn), *_not_offered(shown, shares, offer))))
    return Made(made or _missing_data(drawn), held_back)


def _held_back(
    shown: Sequence[Sequence[Verdict]], left: Iterable[Sequence[Verdict]], drawn: Drawn
) -> Iterator[HeldBack]:
    yield from of_verdicts(drawn.verdicts)
    most = drawn.knowledge.limits.cards_per_call
    for bundle in left:
        for verdict in bundle:
            yield HeldBack(Kind.RECOMMENDATION, named(verdict), f"one call has {most} cards at most (cards_per_call)")
    for footer in drawn.verdicts:
        if footer.is_shown and footer.recommendation.footer and not any(_belongs(footer, one) for one in shown):
            yield HeldBack(Kind.FOOTER, named(footer), "there is no card it could stand under")
    if _lacking(drawn) and (why := _needs_no_data_card(shown, drawn)):
        yield HeldBack(Kind.CARD, "about data that were not seen", why)


def _not_offered(
    shown: Iterable[Sequence[Verdict]], shares: Iterable[Collection[str]], offer: Offer
) -> Iterator[HeldBack]:
    for bundle, share in zip(shown, shares, strict=True):
        yield from offer.held_back(bundle, share)


def _bundles(ordered: Iterable[Verdict]) -> list[list[Verdict]]:
    """One bundle a card: each warning alone, the information of one group together."""
    bundles: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in ordered:
        row = verdict.recommendation
        key = (row.group, "") if row.group else (row.id, verdict.tumor.reference if verdict.tumor else "")
        bundles.setdefault(key, []).append(verdict)
    return list(bundles.values())


def _as_ordered(bundle: list[Verdict], knowledge: Knowledge) -> list[Verdict]:
    """The lines of a group in the order of the group: the first gives the card its summary and its source."""
    group = knowledge.groups.get(bundle[0].recommendation.group)
    return sorted(bundle, key=lambda v: group.place(v.recommendation.id)) if group else bundle


def _card(bundle: Sequence[Verdict], offer: Offer, share: Collection[str], drawn: Drawn) -> Card:
    first = bundle[0].recommendation
    footers = [v for v in drawn.verdicts if v.is_shown and v.recommendation.footer and _belongs(v, bundle)]
    unseen = unseen_facts(bundle, drawn)
    suggestions = offer.suggestions(bundle, share)
    card: Card = {
        "uuid": drawn.new_id(),
        "summary": summary_of(bundle, drawn),
        "indicator": str(first.indicator),
        "detail": detail_of(
            bundle, footers, unseen, drawn, pregnancy_line(offer.withheld(bundle), offer.unsettled(bundle))
        ),
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


def _lacking(drawn: Drawn) -> tuple[Feature, ...]:
    """The facts for want of which alone some row is open: their data did not come or could not be read."""
    open_ = [v for v in drawn.verdicts if v.outcome is Outcome.UNDETERMINED and not v.recommendation.footer]
    lacking = {f.name: f for v in open_ if _only_for_want_of_data(v) for f in v.decided_by}
    return tuple(lacking[name] for name in sorted(lacking))


def _needs_no_data_card(shown: Sequence[Sequence[Verdict]], drawn: Drawn) -> str:
    if shown:
        return "a recommendation is shown, and its card names what was not seen"
    return "" if _has_something_of_ours(drawn) else "no tumor, NSE result or draft of ours was recognized"


def _missing_data(drawn: Drawn) -> list[Card]:
    """One card about data that were not available or readable, only where a tumor, an NSE or a known draft is seen."""
    unseen = _lacking(drawn)
    if not unseen or _needs_no_data_card([], drawn):
        return []
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
