"""What a card offers to do: drafts that can be deleted, orders that can be created.

Nothing that harms a pregnancy is offered to a pregnant patient, and nothing that is already ordered or newly done;
the card's text stays either way. CDS Hooks 2.0, Suggestion and Action.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cds_service.fhir.dates import When
from cds_service.fhir.models import build
from cds_service.fhir.resources import Resource
from cds_service.fhir.values import code_of, codeable, date_of
from cds_service.guideline.concepts import OrderPlan
from cds_service.guideline.features import PatientPicture
from cds_service.guideline.judge import Verdict
from cds_service.guideline.recommendations import SuggestionPlan
from cds_service.hooks.held_back import HeldBack, Kind, named
from cds_service.hooks.markdown import label
from cds_service.picture.drugs.medications import medication_of
from cds_service.picture.orders import Draft
from cds_service.picture.record import Record

Card = dict[str, Any]
_LONGEST_ORDER = 40
_CATEGORIES = {"laboratory": "Laboratory", "imaging": "Imaging", "procedure": "Procedure"}


@dataclass(frozen=True, slots=True)
class Offer:
    """What suggestions are made from: the record, the drafts of the call, the picture and the maker of ids.

    `objections` keeps what speaks against each order, so that it is looked for once in a call.
    """

    record: Record
    drafts: tuple[Draft, ...]
    picture: PatientPicture
    new_id: Callable[[], str]
    objections: dict[str, str] = field(default_factory=dict)

    def shares(self, bundles: Iterable[Iterable[Verdict]]) -> list[frozenset[str]]:
        """The orders that each card of one answer may draft: each order once, and of two that are alike one.

        Somebody who takes two cards' suggestions must not order the same twice; the most urgent card offers it.
        """
        wanted = [[name for name in _creates(verdicts) if not self._objection(name)] for verdicts in bundles]
        every = {name for names in wanted for name in names}
        left = {name for name in every if not self.record.knowledge.orders[name].gives_way_to & every}
        made = []
        for names in wanted:
            made.append(left & set(names))
            left -= made[-1]
        return [frozenset(names) for names in made]

    def suggestions(self, verdicts: Iterable[Verdict], share: Collection[str]) -> list[Card]:
        """All suggestions of one card; each order once, and one that takes all independent orders together.

        `share`: the orders that are this card's to draft.
        """
        made: list[Card] = []
        creates: dict[str, Card] = {}
        for verdict in verdicts:
            for plan in verdict.recommendation.suggestions:
                orders = [self.record.knowledge.orders[name] for name in plan.creates if name in share]
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
        orders = [self.record.knowledge.orders[name] for name in _creates(verdicts)]
        return tuple(order.text for order in orders if order.harms_pregnancy and not self._placed_already(order))

    def held_back(self, verdicts: Iterable[Verdict], share: Collection[str]) -> Iterator[HeldBack]:
        """What these verdicts would draft or remove and what keeps it from being offered."""
        elsewhere = "another card of this answer drafts it, or an order like it"
        for verdict in verdicts:
            for plan in verdict.recommendation.suggestions:
                for name in plan.creates:
                    why = self._objection(name) or self._lacks_place(plan, verdict)
                    if why or name not in share:
                        order = self.record.knowledge.orders[name]
                        yield HeldBack(Kind.ORDER, f"{order.title} ({named(verdict)})", why or elsewhere)
                for draft in self._meant(verdict) if plan.deletes_order else ():
                    if why := _obstacle(draft):
                        yield HeldBack(Kind.REMOVAL, f"{_shown(draft)} ({named(verdict)})", why)

    def _lacks_place(self, plan: SuggestionPlan, verdict: Verdict) -> str:
        """A replacement is one suggestion: without a removal there is none."""
        removable = any(not _obstacle(draft) for draft in self._meant(verdict)) if plan.deletes_order else True
        return "" if removable else "would take the place of a draft that cannot be removed"

    def _replacements(self, plan: SuggestionPlan, verdict: Verdict, orders: list[OrderPlan]) -> Iterator[Card]:
        """One suggestion for each draft that matched: delete it, and create what takes its place."""
        matched = [draft for draft in self._meant(verdict) if not _obstacle(draft)]
        for draft in matched:
            name = label(draft.code.shown, _LONGEST_ORDER)
            words = _removal(plan, name, len(orders) == len(plan.creates), len(matched) == 1)
            remove = {"type": "delete", "description": words, "resourceId": draft.reference}
            yield self._suggestion(words, [remove, *(self._create(order, verdict) for order in orders)])

    def _meant(self, verdict: Verdict) -> list[Draft]:
        """The drafts that the verdict speaks of."""
        listed = verdict.recommendation.when["ordering"]
        return [draft for draft in self.drafts if draft.selected and {str(c) for c in draft.classes} & listed]

    def _suggestion(self, label: str, actions: list[Card]) -> Card:
        return {"label": label, "uuid": self.new_id(), "actions": actions}

    def _pregnancy_is(self, value: str) -> bool:
        return value in self.picture.patient["pregnancy"].values

    def _objection(self, name: str) -> str:
        """Why the order is not offered: it is already placed, was newly done or would harm; else ""."""
        if name not in self.objections:
            order = self.record.knowledge.orders[name]
            self.objections[name] = self._placed_already(order) or self._harm(order)
        return self.objections[name]

    def _harm(self, order: OrderPlan) -> str:
        pregnancy = self.picture.patient["pregnancy"]
        if not order.harms_pregnancy or not self._pregnancy_is("pregnant"):
            return ""
        seen = "; ".join(f"{item.text} [{item.reference}]" for item in pregnancy.evidence)
        return f"could harm a pregnancy, and the record says pregnant: {seen}"

    def _placed_already(self, order: OrderPlan) -> str:
        return self._drafted(order) or self._ordered(order) or self._newly_done(order)

    def _drafted(self, order: OrderPlan) -> str:
        same = (draft for draft in self.drafts if self.record.book.has(draft.code, *order.same_as))
        return next((f"is already drafted in this call: {_shown(draft)}" for draft in same), "")

    def _ordered(self, order: OrderPlan) -> str:
        """An active request of the same order that is not too old."""
        for resource in self.record.chart.of("ServiceRequest", "MedicationRequest"):
            status = code_of(resource.at("status"))
            when = date_of(resource.data, "authoredOn", "occurrenceDateTime")
            fresh = when is None or when.within_days(self.record.limits.ordered_days, self.record.now) is not False
            if status in ("active", "draft", "on-hold") and fresh and self._same(resource.data, order):
                return f"is already ordered: {_placed(resource, when)}"
        return ""

    def _newly_done(self, order: OrderPlan) -> str:
        for resource in self.record.chart.of("Procedure", "DiagnosticReport"):
            when = date_of(resource.data, "performedDateTime", "performedPeriod", "effectiveDateTime", "issued")
            fresh = (
                when is not None and when.within_days(self.record.limits.newly_done_days, self.record.now) is not False
            )
            done = code_of(resource.at("status")) in ("completed", "final", "amended", "corrected")
            if fresh and done and self._same(resource.data, order):
                return f"was newly done: {_placed(resource, when)}"
        return ""

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


def _obstacle(draft: Draft) -> str:
    """Why a draft cannot be removed by a suggestion; "" if it can."""
    if not draft.reference:
        return "has no id by which it could be removed"
    return draft.kept_for


def _shown(draft: Draft) -> str:
    return f"{draft.code.shown or 'a draft'} [{draft.reference or draft.path}]"


def _placed(resource: Resource, when: When | None) -> str:
    return f"{resource.reference}, {when.text if when else 'without a date'}"


def _creates(verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    """The orders that these verdicts would draft, each once."""
    plans = (plan for verdict in verdicts for plan in verdict.recommendation.suggestions)
    return tuple(dict.fromkeys(name for plan in plans for name in plan.creates))


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
