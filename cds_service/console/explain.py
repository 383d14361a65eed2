"""Explains one hook call: the picture of the patient, every verdict and the condition that decided it, the cards.

Calls the same straight line as the web; only prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cds_service.answer import Answer
from cds_service.fhir.prefetch import State
from cds_service.guideline.features import Feature, PatientPicture, TumorPicture
from cds_service.guideline.judge import Outcome, Verdict
from cds_service.hooks.held_back import HeldBack

_NAME = 22
_VALUE = 24


def explained(answer: Answer) -> str:
    """The whole explanation as text."""
    parts = [
        *([] if answer.picture is None else _seen(answer, answer.picture)),
        _section("Held back", _held_back(answer.held_back)),
        _section("Cards", _cards(answer)),
    ]
    return "\n\n".join(parts)


def _seen(answer: Answer, picture: PatientPicture) -> list[str]:
    return [
        _section("Data", _states(answer.states or {}, answer.failures or {})),
        _section("Picture", _picture(picture)),
        _section("Verdicts", _verdicts(answer.verdicts)),
    ]


def _section(title: str, lines: Iterable[str]) -> str:
    return "\n".join([title, "=" * len(title), *map(_printable, lines)])


def _printable(line: str) -> str:
    """Words of the record must neither steer the terminal nor begin a line of their own."""
    return "".join(sign if sign.isprintable() else " " for sign in line)


def _states(states: Mapping[str, State], failures: Mapping[str, str]) -> Iterator[str]:
    for key, state in states.items():
        reason = f" (the FHIR server {failures[key]})" if key in failures else ""
        yield f"{key:<28}{state}{reason}"


def _picture(picture: PatientPicture) -> Iterator[str]:
    yield from _features("Patient", picture.patient.values())
    for tumor in picture.tumors:
        yield from _features(f"Tumor {tumor.reference} {tumor.label}".strip(), tumor.features.values())
    yield from _features("Call", picture.call.values())
    for remark in picture.remarks:
        yield f"  set aside: {remark.reference} {remark.text}".rstrip()


def _features(title: str, features: Iterable[Feature]) -> Iterator[str]:
    yield title
    for feature in features:
        why = "; ".join(f"{item.text} [{item.reference}]" if item.reference else item.text for item in feature.evidence)
        yield f"  {feature.name + ' ':<{_NAME}}{feature.shown:<{_VALUE}}{_reason(feature)}{why}".rstrip()


def _reason(feature: Feature) -> str:
    words = ", ".join(part for part in (str(feature.gap or ""), feature.note) if part)
    return f"({words}) " if words else ""


def _verdicts(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Rows that fire first, then those that lack data, then the silent ones with the condition that silenced them."""
    order = list(Outcome)
    for verdict in sorted(verdicts, key=lambda v: (order.index(v.outcome), v.recommendation.id)):
        yield f"{verdict.outcome:<13}{verdict.recommendation.id:<36}{_tumor(verdict.tumor)}{_decision(verdict)}"


def _tumor(tumor: TumorPicture | None) -> str:
    return f"[{tumor.reference}] " if tumor is not None and tumor.reference else ""


def _decision(verdict: Verdict) -> str:
    row = verdict.recommendation
    if verdict.replaced_by:
        return f"all conditions hold, but {verdict.replaced_by} takes its place"
    if verdict.outcome is Outcome.FIRES:
        own = [feature for feature in verdict.decided_by if row.asks(feature.name)]
        return ", ".join(f"{feature.name} = {feature.shown}" for feature in own)
    return "; ".join(
        f"{feature.name} = {feature.shown}, asked for {' '.join(sorted(row.when[feature.name]))}"
        for feature in verdict.decided_by
    )


def _held_back(held_back: Iterable[HeldBack]) -> Iterator[str]:
    """What is not in the answer though something speaks for it, and why."""
    listed = tuple(held_back)
    if not listed:
        yield "nothing"
    for one in listed:
        yield f"{one.kind:<16}{one.what}: {one.why}"


def _cards(answer: Answer) -> Iterator[str]:
    cards = answer.body["cards"]
    if not cards:
        yield "none"
    for card in cards:
        yield f"{card['indicator'].upper()}: {card['summary']}"
        yield from ("    " + line for line in card["detail"].split("\n"))
        for suggestion in card.get("suggestions", ()):
            yield f"    -> {suggestion['label']}"
