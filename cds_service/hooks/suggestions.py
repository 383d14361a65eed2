"""What a card offers to do: drafts that can be deleted, orders that can be created.

Nothing that harms a pregnancy is offered to a pregnant patient, and nothing that is already ordered or newly done;
the card's text stays either way. CDS Hooks 2.0, Suggestion and Action.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cds_service.fhir.models import build
from cds_service.fhir.values import code_of, codeable, date_of
from cds_service.guideline.concepts import OrderPlan
from cds_service.guideline.features import PatientPicture
from cds_service.guideline.judge import Verdict
from cds_service.guideline.recommendations import SuggestionPlan
from cds_service.hooks.markdown import label
from cds_service.picture.drugs.medications import medication_of
from cds_service.picture.orders import Draft
from cds_service.picture.record import Record

Card = dict[str, Any]
_LONGEST_ORDER = 40
_CATEGORIES = {"laboratory": "Laboratory", "imaging": "Imaging", "procedure": "Procedure"}


@dataclass(frozen=True, slots=True)
class Offer:
    """What suggestions are made from: the record, the drafts of the call, the picture and the maker of ids."""

    record: Record
    drafts: tuple[Draft, ...]
    picture: PatientPicture
    new_id: Callable[[], str]

    def suggestions(self, verdicts: Iterable[Verdict]) -> list[Card]:
        """All suggestions of one card; each order once, and one that takes all independent orders together."""
        made: list[Card] = []
        creates: dict[str, Card] = {}
        for verdict in verdicts:
            for plan in verdict.recommendation.suggestions:
                orders = [order for name in plan.creates if (order := self._offered(name))]
                if plan.deletes_order:
                    made += self._replacements(plan, verdict, orders)
                elif orders:
                    for order in orders:
                        creates.setdefault(order.id, self._create(order, verdict))
        if len(creates) > 1:
            made.append(self._suggestion("Draft all of these orders", list(creates.values())))
        made += [self._suggestion(action["description"], [action]) for action in creates.values()]
        return made

    def withheld(self, verdicts: Iterable[Verdict]) -> tuple[str, ...]:
        """What these verdicts would draft, were the patient not pregnant: the words of the card name it."""
        return self._harmful(verdicts) if self._pregnancy_is("pregnant") else ()

    def unsettled(self, verdicts: Iterable[Verdict]) -> tuple[str, ...]:
        """What these verdicts draft though no record excludes a pregnancy, which it would harm."""
        return self._harmful(verdicts) if self._pregnancy_is("possible") else ()

    def _harmful(self, verdicts: Iterable[Verdict]) -> tuple[str, ...]:
        plans = [plan for verdict in verdicts for plan in verdict.recommendation.suggestions]
        named = dict.fromkeys(name for plan in plans for name in plan.creates)
        orders = [self.record.knowledge.orders[name] for name in named]
        return tuple(order.text for order in orders if order.harms_pregnancy and not self._is_there(order))

    def _replacements(self, plan: SuggestionPlan, verdict: Verdict, orders: list[OrderPlan]) -> Iterator[Card]:
        """One suggestion for each draft that matched: delete it, and create what takes its place."""
        listed = verdict.recommendation.when["ordering"]
        meant = [d for d in self.drafts if d.selected and {str(c) for c in d.classes} & listed]
        matched = [draft for draft in meant if draft.reference and draft.removable]
        for draft in matched:
            name = label(draft.code.shown, _LONGEST_ORDER)
            words = _removal(plan, name, len(orders) == len(plan.creates), len(matched) == 1)
            remove = {"type": "delete", "description": words, "resourceId": draft.reference}
            yield self._suggestion(words, [remove, *(self._create(order, verdict) for order in orders)])

    def _suggestion(self, label: str, actions: list[Card]) -> Card:
        return {"label": label, "uuid": self.new_id(), "actions": actions}

    def _offered(self, name: str) -> OrderPlan | None:
        """The order, unless it would harm, is already placed or was newly done."""
        order = self.record.knowledge.orders[name]
        return None if self._harms(order) or self._is_there(order) else order

    def _harms(self, order: OrderPlan) -> bool:
        return order.harms_pregnancy and self._pregnancy_is("pregnant")

    def _pregnancy_is(self, value: str) -> bool:
        return value in self.picture.patient["pregnancy"].values

    def _is_there(self, order: OrderPlan) -> bool:
        return self._is_drafted(order) or self._is_ordered(order) or self._is_newly_done(order)

    def _is_drafted(self, order: OrderPlan) -> bool:
        return any(self.record.book.has(draft.code, *order.same_as) for draft in self.drafts)

    def _is_ordered(self, order: OrderPlan) -> bool:
        """An active request of the same order that is not too old."""
        for resource in self.record.chart.of("ServiceRequest", "MedicationRequest"):
            status = code_of(resource.at("status"))
            when = date_of(resource.data, "authoredOn", "occurrenceDateTime")
            fresh = when is None or when.within_days(self.record.limits.ordered_days, self.record.now) is not False
            if status in ("active", "draft", "on-hold") and fresh and self._same(resource.data, order):
                return True
        return False

    def _is_newly_done(self, order: OrderPlan) -> bool:
        for resource in self.record.chart.of("Procedure", "DiagnosticReport"):
            when = date_of(resource.data, "performedDateTime", "performedPeriod", "effectiveDateTime", "issued")
            fresh = (
                when is not None and when.within_days(self.record.limits.newly_done_days, self.record.now) is not False
            )
            done = code_of(resource.at("status")) in ("completed", "final", "amended", "corrected")
            if fresh and done and self._same(resource.data, order):
                return True
        return False

    def _same(self, resource: Any, order: OrderPlan) -> bool:
        medication = medication_of(resource, self.record, [])
        code = medication if not medication.is_empty else codeable(resource.get("code"), self.record.book)
        return self.record.book.has(code, *order.same_as)

    def _create(self, order: OrderPlan, verdict: Verdict) -> Card:
        unseen = "" if self._were_searched(order) else " (existing orders were not searched)"
        return {
            "type": "create",
            "description": f"Draft: {order.title}{unseen}",
            "resource": build(self._resource(order, verdict)),
        }

    def _were_searched(self, order: OrderPlan) -> bool:
        """Orders other than drugs are searched on a FHIR server only; else their presence shows that they were sent."""
        if order.resource == "MedicationRequest":
            return self.record.searched("medication-requests")
        return self.record.searched("service-requests") or bool(self.record.chart.of("ServiceRequest"))

    def _resource(self, order: OrderPlan, verdict: Verdict) -> Card:
        condition = verdict.tumor.reference if verdict.tumor is not None else ""
        reason = condition if condition.startswith("Condition/") else ""
        return order_resource(order, self.record.chart.patient_id, reason, self.record.book.uri)


def _removal(plan: SuggestionPlan, name: str, is_whole: bool, is_only: bool) -> str:
    """The words must not promise what cannot take the draft's place now; of several drafts each is named."""
    if not is_whole:
        return f"Remove the draft: {name}"
    return plan.label if is_only else f"{plan.label} ({name})"


def order_resource(order: OrderPlan, patient_id: str, reason: str, uri: Callable[[str], str]) -> Card:
    """The draft as FHIR R4: for this patient, in draft status, signed by nobody.

    Args:
        order: what is drafted.
        patient_id: for whom.
        reason: reference of the Condition it is for, or "".
        uri: the URI of a code system's alias.
    """
    coding = [{"system": uri(line.system), "code": line.code, "display": line.display} for line in order.emit]
    code = _filled({"coding": coding, "text": order.text})
    resource: Card = {
        "resourceType": order.resource,
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{patient_id}"},
    }
    if order.resource == "MedicationRequest":
        resource |= {"medicationCodeableConcept": code, "dosageInstruction": [{"text": order.dosage}]}
    else:
        resource["code"] = code
    if order.category in _CATEGORIES:
        resource["category"] = [{"text": _CATEGORIES[order.category]}]
    if reason:
        resource["reasonReference"] = [{"reference": reason}]
    if order.note:
        resource["note"] = [{"text": order.note}]
    return resource


def _filled(code: Card) -> Card:
    return {name: value for name, value in code.items() if value}
