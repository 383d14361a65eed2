"""Rows, verdicts and pictures made by hand for the tests of cards, and the cards that become of them.

Knows no medicine; each test says what must stand on the card.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cds_service.answer import Guideline, answer
from cds_service.cases.calls import orders
from cds_service.guideline.features import Feature, PatientPicture, TumorPicture
from cds_service.guideline.judge import Outcome, Verdict
from cds_service.guideline.recommendations import Citation, Indicator, Recommendation, Source
from cds_service.hooks.card_material import Drawn
from cds_service.hooks.cards import cards
from cds_service.hooks.services import Service, services
from cds_service.hooks.templates import templates_for
from cds_service.picture.orders import Draft
from cds_service.picture.record import Record
from tests import charts
from tests.conftest import call_of, encoded
from tests.guideline import rows
from tests.guideline.rows import feature

Card = dict[str, Any]

PRIMARY = Source("a-2023", "First guideline", "A Society", 2023, "primary", "https://doi.org/10.1000/a")
OTHER = Source("b-2020", "Second guideline", "B Society", None, "primary", "https://doi.org/10.1000/b")
UNLINKED = Source("c-2019", "Third guideline", "C Society", 2019, "primary")
ORIGIN = Source("origin", "Article", "A site", None, "origin only", "https://example.org/article")
ADULT = {"age-group": frozenset({"adult", "unknown"})}
GUIDELINE: Guideline = charts.GUIDELINE
SERVICES: Mapping[str, Service] = {
    service.hook: service for service in services(lambda hook: templates_for(GUIDELINE.knowledge, hook))
}


def row(id_: str = "net-a", **changes: Any) -> Recommendation:
    """A warning about what is asked in `when`; a `group` makes it information."""
    made = rows.row(
        id_,
        changes.pop("when", None),
        topic="net",
        title=f"Title of {id_}",
        summary=f"Summary of {id_}",
        advice=f"Advice of {id_}\nin two lines.",
        indicator=Indicator.INFO if "group" in changes else Indicator.WARNING,
        hooks=("patient-view", "order-select", "order-sign"),
        citations=(Citation(PRIMARY),),
    )
    return replace(made, when={**ADULT, **made.when}, **changes)


def tumor(reference: str = "Condition/c1", label: str = "ileal NET", **leads: str) -> TumorPicture:
    return TumorPicture(reference, label, {}, leads)


def fires(which: Recommendation, *features: Feature, tumor: TumorPicture | None = None) -> Verdict:
    return Verdict(which, Outcome.FIRES, tumor, features)


def undetermined(which: Recommendation, *features: Feature, tumor: TumorPicture | None = None) -> Verdict:
    return Verdict(which, Outcome.UNDETERMINED, tumor, features)


def counted() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"00000000-0000-4000-8000-{next(numbers):012d}"


def picture(
    *tumors: TumorPicture, leads: Mapping[str, str] | None = None, pregnancy: str = "unknown", deceased: str = "no"
) -> PatientPicture:
    patient = {"pregnancy": feature("pregnancy", pregnancy), "deceased": feature("deceased", deceased)}
    return PatientPicture(patient, tumors or (TumorPicture("", "", {}),), {}, leads or {})


def drawn(
    *verdicts: Verdict, of: PatientPicture | None = None, record: Record | None = None, drafts: tuple[Draft, ...] = ()
) -> Drawn:
    tumors = dict.fromkeys(verdict.tumor.reference for verdict in verdicts if verdict.tumor is not None)
    known = {verdict.tumor.reference: verdict.tumor for verdict in verdicts if verdict.tumor is not None}
    seen = of or picture(*(known[reference] for reference in tumors))
    return Drawn(verdicts, seen, record or charts.record(), drafts, counted())


def cards_of(*verdicts: Verdict, **options: Any) -> list[Card]:
    return cards(drawn(*verdicts, **options)).cards


def held_back_of(*verdicts: Verdict, **options: Any) -> list[str]:
    """What the cards of these verdicts hold back, a line each."""
    held_back = cards(drawn(*verdicts, **options)).held_back
    return [f"{one.kind}: {one.what}: {one.why}" for one in held_back]


def card_of(*verdicts: Verdict, **options: Any) -> Card:
    made = cards_of(*verdicts, **options)
    assert len(made) == 1
    return made[0]


def lines_of(card: Card, title: str) -> list[str]:
    """The list under a bold title of a card's text."""
    block = next((part for part in card["detail"].split("\n\n**") if part.lstrip("*").startswith(f"{title}**")), "")
    listed = block.partition("**\n\n")[2].split("\n\n")[0] if block else ""
    return [line.removeprefix("- ") for line in listed.splitlines()]


def basis_of(card: Card) -> Card:
    basis: Card = card["extension"]["org.nen-cds.basis"]
    return basis


def answered(
    *resources: charts.Resource,
    hook: str = "patient-view",
    without: tuple[str, ...] = (),
    drafts: tuple[charts.Resource, ...] = (),
    user: str = "Practitioner/p1",
    prefetch: Mapping[str, Any] | None = None,
) -> Card:
    """The whole line over a small chart: every declared search came back whole but those in `without`."""
    keys = [key for key in SERVICES[hook].templates if key not in ("patient", *without)]
    sent: dict[str, Any] = {"patient": charts.PATIENT} | dict.fromkeys(keys, charts.found())
    sent["more"] = charts.found(*resources)
    context = {"userId": user, "patientId": charts.PATIENT_ID}
    if hook != "patient-view":
        context |= orders(hook, drafts)
    call = call_of(hook, context=context, prefetch=sent if prefetch is None else prefetch)
    return answer(encoded(call), SERVICES[hook], GUIDELINE, charts.NOW, counted()).body
