"""Rows, verdicts and pictures made by hand for the tests of cards, and the cards that become of them.

Knows no medicine; each test says what must stand on the card.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from cds_service.answer import Guideline, answer
from cds_service.guideline.features import Evidence, Feature, Gap, PatientPicture, TumorPicture
from cds_service.guideline.judge import Outcome, Verdict
from cds_service.guideline.recommendations import Citation, Indicator, Recommendation, Review, Source
from cds_service.hooks.card_material import Drawn
from cds_service.hooks.cards import cards
from cds_service.hooks.services import Service, services
from cds_service.hooks.templates import templates_for
from cds_service.picture.orders import Draft
from cds_service.picture.record import Record
from tests.conftest import call_of, encoded
from tests.picture import charts

Card = dict[str, Any]

PRIMARY = Source("a-2023", "First guideline", "A Society", 2023, "primary", "https://doi.org/10.1000/a")
OTHER = Source("b-2020", "Second guideline", "B Society", None, "primary", "https://doi.org/10.1000/b")
UNLINKED = Source("c-2019", "Third guideline", "C Society", 2019, "primary")
ORIGIN = Source("origin", "Article", "A site", None, "origin only", "https://example.org/article")
ADULT = {"age-group": frozenset({"adult", "unknown"})}
GUIDELINE: Guideline = charts.guideline()
SERVICES: Mapping[str, Service] = {
    service.hook: service for service in services(lambda hook: templates_for(GUIDELINE.knowledge, hook))
}


def row(id_: str = "net-a", **changes: Any) -> Recommendation:
    """A warning about what is asked in `when`; a `group` makes it information."""
    when = {name: frozenset(values) for name, values in changes.pop("when", {"nse-level": ["high"]}).items()}
    made = Recommendation(
        id=id_,
        topic="net",
        title=f"Title of {id_}",
        statements=("S0-01",),
        summary=f"Summary of {id_}",
        advice=f"Advice of {id_}\nin two lines.",
        indicator=Indicator.INFO if "group" in changes else Indicator.WARNING,
        hooks=frozenset({"patient-view", "order-select", "order-sign"}),
        when=ADULT | when,
        own_keys=frozenset(when),
        citations=(Citation(PRIMARY),),
        as_of=date(2026, 11, 15),
        review=Review("not reviewed by a clinician"),
    )
    return replace(made, **changes)


def feature(name: str = "nse-level", *values: str, evidence: tuple[Evidence, ...] = (), note: str = "") -> Feature:
    return Feature(name, frozenset(values or {"high"}), evidence, None, note)


def unseen(name: str, gap: Gap = Gap.NOT_SEARCHED, note: str = "") -> Feature:
    return Feature(name, frozenset({"unknown"}), (), gap, note)


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
    patient = {**charts.PATIENT, "id": charts.PATIENT_ID}
    owner = {"reference": f"Patient/{charts.PATIENT_ID}"}
    owned = [{"id": f"r{number}", "subject": owner} | resource for number, resource in enumerate(resources)]
    keys = [key for key in SERVICES[hook].templates if key not in ("patient", *without)]
    empty = {"resourceType": "Bundle", "type": "searchset"}
    sent: dict[str, Any] = {"patient": patient} | dict.fromkeys(keys, empty)
    sent["more"] = empty | {"entry": [{"resource": resource} for resource in owned]}
    context: dict[str, Any] = {"userId": user, "patientId": charts.PATIENT_ID}
    if hook != "patient-view":
        context["draftOrders"] = {"resourceType": "Bundle", "entry": [{"resource": draft} for draft in drafts]}
    if hook == "order-select":
        context["selections"] = [f"{draft['resourceType']}/{draft.get('id')}" for draft in drafts]
    call = call_of(hook, context=context, prefetch=sent if prefetch is None else prefetch)
    return answer(encoded(call), SERVICES[hook], GUIDELINE, charts.NOW, counted()).body
