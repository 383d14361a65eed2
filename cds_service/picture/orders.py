"""What is being ordered: the drafts the call is about, by the code lists of treatments and orders.

A draft that is in none of our lists says nothing; a draft without any code or words leaves the question open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.fhir.codes import Codeable
from cds_service.fhir.texts import Certainty
from cds_service.fhir.values import Element, code_of, codeable, text
from cds_service.guideline.features import Evidence, Feature, Gap, known
from cds_service.guideline.vocabulary import UNKNOWN, Ordering
from cds_service.picture.medications import classes, form, medication_of
from cds_service.picture.record import Record

_IGNORED = ("cancelled", "entered-in-error", "completed", "stopped", "revoked")
_ORDERS = {"nse": "nse", "nse-repeat": "nse", "cga": "cga", "octreoscan": "octreoscan", "sstr-pet": "sstr-pet",
           "ct-mri": "ct-mri", "ct-chest-abdomen-pelvis": "ct-mri"}  # fmt: skip
_FORMS = {"depot": Ordering.SSA_DEPOT, "short": Ordering.SSA_SHORT}


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft order of the call.

    Attributes:
        reference: "Type/id", "" if it has no id (then it cannot be deleted by a suggestion).
        selected: the call is about it.
        concepts: ids of the orders and treatments it means.
    """

    resource: Element
    reference: str
    path: str
    selected: bool
    code: Codeable
    concepts: frozenset[str]
    classes: frozenset[Ordering]

    @property
    def is_blank(self) -> bool:
        """An order form on which nothing is chosen yet."""
        return bool(self.resource.get("resourceType")) and self.code.is_empty

    @property
    def evidence(self) -> Evidence:
        return Evidence(
            f"draft: {self.code.shown or 'without code or words'}",
            self.reference or self.path,
        )


def drafts(
    resources: Iterable[tuple[str, Mapping[str, Any]]],
    selections: frozenset[str] | None,
    record: Record,
) -> tuple[Draft, ...]:
    """The drafts of the call that count. `selections` is None where the hook has none: then all are meant."""
    listed = list(resources)
    siblings = [resource for _, resource in listed if resource.get("resourceType") == "Medication"]
    found = (
        _draft(path, resource, selections, siblings, record)
        for path, resource in listed
        if resource.get("resourceType") != "Medication" and _counts(resource)
    )
    # The order of a Bundle means nothing: whatever speaks first of several drafts must not depend on it.
    return tuple(sorted(found, key=lambda draft: (draft.reference, draft.code.shown)))


def _counts(resource: Element) -> bool:
    return code_of(resource.get("status")) not in _IGNORED and resource.get("doNotPerform") is not True


def _draft(
    path: str,
    resource: Element,
    selections: frozenset[str] | None,
    siblings: list[Element],
    record: Record,
) -> Draft:
    kind, id_ = text(resource.get("resourceType")), text(resource.get("id"))
    reference = f"{kind}/{id_}" if kind and id_ else ""
    if kind.startswith("Medication"):
        code = medication_of(resource, record, siblings)
        concepts, meant = _drug(code, record)
    else:
        code = codeable(resource.get("code"), record.book)
        concepts, meant = _service(code, record)
    if not meant:
        meant = frozenset({Ordering.UNKNOWN if code.is_empty else Ordering.NONE})
    selected = selections is None or not kind or reference in selections or (bool(id_) and id_ in selections)
    return Draft(resource, reference, path, selected, code, concepts, meant)


def _drug(code: Codeable, record: Record) -> tuple[frozenset[str], frozenset[Ordering]]:
    meant = classes(code, record)
    values = set()
    for meaning in meant:
        if meaning.name == "ssa":
            values.add(_FORMS.get(form(code, record), Ordering.UNKNOWN))
        elif meaning.name in list(Ordering):
            values.add(Ordering(meaning.name))
    return frozenset(meaning.concept.id for meaning in meant), frozenset(values)


def _service(code: Codeable, record: Record) -> tuple[frozenset[str], frozenset[Ordering]]:
    found = [m for m in record.book.meanings(code, "orders") if m.certainty is Certainty.AFFIRMED]
    treatments = [m for m in record.book.meanings(code, "treatments") if m.certainty is Certainty.AFFIRMED]
    values = {Ordering(_ORDERS[m.name]) for m in found if m.name in _ORDERS}
    values |= {Ordering(m.name) for m in treatments if m.name in list(Ordering)}
    return frozenset(m.concept.id for m in (*found, *treatments)), frozenset(values)


def ordering_feature(drafted: tuple[Draft, ...]) -> Feature:
    """The classes of the drafts the call is about."""
    about = [draft for draft in drafted if draft.selected]
    values = {value for draft in about for value in draft.classes} - {Ordering.NONE}
    evidence = [draft.evidence for draft in about]
    if not values:
        return known("ordering", Ordering.NONE, evidence=evidence)
    if UNKNOWN in values:
        held = frozenset(str(value) for value in values)
        # A form that was only opened says nothing yet: that is no fault of the data and worth no card.
        blank = all(draft.is_blank for draft in about if Ordering.UNKNOWN in draft.classes)
        gap = Gap.NOT_RECORDED if blank else Gap.NOT_READABLE
        return Feature("ordering", held, tuple(evidence), gap, "a draft does not say what it orders")
    return known("ordering", *values, evidence=evidence)
