"""What is being ordered: the drafts the call is about, by the code lists of treatments and orders.

A draft that is in none of our lists says nothing; a draft without any code or words leaves the question open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cds_service.fhir.codes import Codeable
from cds_service.fhir.texts import Certainty
from cds_service.fhir.values import Element, code_of, codeable, codeables, elements, notes, reference, text
from cds_service.guideline.features import Evidence, Feature, Gap, known
from cds_service.guideline.vocabulary import UNKNOWN, Ordering
from cds_service.picture.drugs.medications import classes, form, medication_of
from cds_service.picture.record import Record, has_ended, is_refuted

_IGNORED = ("cancelled", "entered-in-error", "completed", "stopped", "revoked")
_ORDERS = {"nse": "nse", "nse-repeat": "nse", "cga": "cga", "octreoscan": "octreoscan", "sstr-pet": "sstr-pet",
           "ct-mri": "ct-mri", "ct-chest-abdomen-pelvis": "ct-mri", "ct-mri-follow-up": "ct-mri"}  # fmt: skip
_PANEL = re.compile(r"[,;+]|\b(?:and|und|panel|profile?)\b", re.IGNORECASE)
_NSE_DOES_NOT_HELP = {"brain-tumor", "breast", "other-cancer"}
_NEUROENDOCRINE = {"net", "nen-unspecified", "nec"}
_MAY_BE_FOR = {
    Ordering.SSA_DEPOT: ("syndromes/diarrhea", "syndromes/flushing"),
    Ordering.NSE: ("patient/rapid-dementia", "patient/paraneoplastic"),
}
_FORMS = {"depot": Ordering.SSA_DEPOT, "short": Ordering.SSA_SHORT}


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft order of the call.

    Attributes:
        reference: "Type/id", "" if it has no id (then it cannot be deleted by a suggestion).
        selected: the call is about it.
        concepts: ids of the orders and treatments it means.
        removable: it is one order, and nothing written on it or recorded may be what it is for.
    """

    resource: Element
    reference: str
    path: str
    selected: bool
    code: Codeable
    concepts: frozenset[str]
    classes: frozenset[Ordering]
    removable: bool

    @property
    def is_blank(self) -> bool:
        """An order form on which nothing is chosen yet."""
        return bool(self.resource.get("resourceType")) and self.code.is_empty

    @property
    def names_a_resource(self) -> bool:
        """Its drug stands in another resource, which may not have come: until it is read, the draft may be ours."""
        return bool(reference(self.resource.get("medicationReference")))

    @property
    def evidence(self) -> Evidence:
        return Evidence(f"draft: {self.code.shown or 'without code or words'}", self.reference or self.path)


def drafts(
    resources: Iterable[tuple[str, Mapping[str, Any]]], selections: frozenset[str] | None, record: Record
) -> tuple[Draft, ...]:
    """The drafts of the call that count. `selections` is None where the hook has none: then all are meant."""
    listed = list(resources)
    siblings = [resource for _, resource in listed if resource.get("resourceType") == "Medication"]
    found = (
        _draft(path, resource, selections, siblings, record)
        for path, resource in listed
        if resource.get("resourceType") != "Medication" and _counts(resource) and _is_own(resource, record)
    )
    # The order of a Bundle means nothing: whatever speaks first of several drafts must not depend on it.
    return tuple(sorted(found, key=lambda draft: (draft.reference, draft.code.shown)))


def without_drafts(record: Record, drafted: Iterable[Draft]) -> Record:
    """The record without the drafts of the call: what is only being written does not run yet."""
    written = {draft.reference for draft in drafted if draft.reference}
    if not written:
        return record
    kept = tuple(resource for resource in record.chart.resources if resource.reference not in written)
    return replace(record, chart=replace(record.chart, resources=kept), once={})


def _is_own(resource: Element, record: Record) -> bool:
    """An order that names another patient is none of ours; one that names nobody stands in this patient's call."""
    target = reference(resource.get("subject"))
    return not target.startswith("Patient/") or target == f"Patient/{record.chart.patient_id}"


def _counts(resource: Element) -> bool:
    return code_of(resource.get("status")) not in _IGNORED and str(resource.get("doNotPerform")).lower() != "true"


def _draft(
    path: str, resource: Element, selections: frozenset[str] | None, siblings: list[Element], record: Record
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
    meant = _with_reason(meant, resource, record)
    selected = selections is None or not kind or reference in selections or (bool(id_) and id_ in selections)
    removable = not (_is_panel(code) or any(notes(resource)) or _may_have_reason(meant, record))
    return Draft(resource, reference, path, selected, code, concepts, meant, removable)


def _is_panel(code: Codeable) -> bool:
    """An order of several things at once: what is right to remove of one part is wrong for the rest."""
    return any(_PANEL.search(words) for words in code.texts)


def _may_have_reason(meant: frozenset[Ordering], record: Record) -> bool:
    """Whether the chart holds what such an order may be for, by code or by words beside any code."""
    reasons = [reason for value, found in _MAY_BE_FOR.items() if value in meant for reason in found]
    present = [c for c in record.chart.of("Condition") if not is_refuted(c) and not has_ended(c)]
    coded = any(record.means(condition, *reasons) for condition in present if reasons)
    words = [words for condition in present for words in record.code(condition).texts]
    return coded or any(record.says(reason, word) for reason in reasons for word in words)


def _with_reason(meant: frozenset[Ordering], resource: Element, record: Record) -> frozenset[Ordering]:
    """What the order's own reason leaves of it: a depot analog against symptoms is no treatment of a tumor.

    An NSE with a reason this service cannot weigh is left to the one who orders it, and so is sunitinib with a reason
    that is no neuroendocrine tumor.
    """
    reasons = _reasons(resource, record)
    remarks = [*reasons, *(Codeable((), words) for words in notes(resource))]
    if Ordering.SSA_DEPOT in meant:
        if any(_is_symptom(reason, record) for reason in remarks):
            return meant - {Ordering.SSA_DEPOT} or frozenset({Ordering.NONE})
        if _has_other_use(record):
            return (meant - {Ordering.SSA_DEPOT}) | {Ordering.UNKNOWN}
    if Ordering.NSE in meant and any(not _is_plain(reason, record) for reason in remarks):
        return (meant - {Ordering.NSE}) | {Ordering.UNKNOWN}
    if Ordering.SUNITINIB in meant and any(not _is_neuroendocrine(reason, record) for reason in reasons):
        return (meant - {Ordering.SUNITINIB}) | {Ordering.UNKNOWN}
    return meant


def _reasons(resource: Element, record: Record) -> list[Codeable]:
    """The reasons of an order: coded, or by reference to a Condition."""
    found = codeables(resource.get("reasonCode"), record.book)
    for item in elements(resource.get("reasonReference")):
        condition = record.chart.find(reference(item))
        found.append(record.code(condition) if condition else Codeable((), text(item.get("display")) or "not found"))
    return found


def _is_symptom(reason: Codeable, record: Record) -> bool:
    named = {meaning.name for meaning in record.book.meanings(reason, "syndromes")} - {"insulinoma", "men1"}
    return bool(named) or any(record.says("answers/symptom-word", words) for words in reason.texts)


def _has_other_use(record: Record) -> bool:
    """Acromegaly or variceal bleeding on the chart: an order without a reason may be for it."""
    uses = ("syndromes/acromegaly", "syndromes/variceal-bleeding")
    true = (condition for condition in record.chart.of("Condition") if not is_refuted(condition))
    return any(record.means(condition, *uses) for condition in true)


def _is_plain(reason: Codeable, record: Record) -> bool:
    """A reason that changes nothing: a code that is no tumor, or a cancer in which NSE does not help."""
    meant = {meaning.name for meaning in record.book.meanings(reason, "diagnoses")}
    if meant:
        return meant <= _NSE_DOES_NOT_HELP
    return any(coding.system.startswith("icd-10") for coding in reason.codings)


def _is_neuroendocrine(reason: Codeable, record: Record) -> bool:
    return any(meaning.name in _NEUROENDOCRINE for meaning in record.book.meanings(reason, "diagnoses"))


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
    treatments = classes(code, record)
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
        # A form that was only opened, or an order of which only the purpose is open, is no fault of the data.
        unsaid = all(draft.is_blank or draft.concepts for draft in about if Ordering.UNKNOWN in draft.classes)
        gap = Gap.NOT_RECORDED if unsaid else Gap.NOT_READABLE
        return Feature("ordering", held, tuple(evidence), gap, "a draft does not say what it orders, or what for")
    return known("ordering", *values, evidence=evidence)
