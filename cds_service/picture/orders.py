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
from cds_service.guideline.call_values import Ordering
from cds_service.guideline.concepts import concept_id, concept_ids
from cds_service.guideline.features import Evidence, Feature, Gap, known
from cds_service.guideline.vocabulary import UNKNOWN
from cds_service.picture.drugs.medications import classes, form, medication_of
from cds_service.picture.events import arrests
from cds_service.picture.record import Record, has_ended, is_refuted

_PARANEOPLASTIC = concept_id("patient/paraneoplastic")
_ACROMEGALY = concept_id("syndromes/acromegaly")
_VARICEAL_BLEEDING = concept_id("syndromes/variceal-bleeding")
_NEURO_EVENT = concept_id("events/neuro-event")
_RAPID_DEMENTIA = concept_id("patient/rapid-dementia")
_ANALOG_USE = concept_id("answers/analog-use")
_SYMPTOM_WORD = concept_id("answers/symptom-word")
_IGNORED = ("cancelled", "entered-in-error", "completed", "stopped", "revoked")
_ORDERS = {"nse": "nse", "nse-repeat": "nse", "cga": "cga", "octreoscan": "octreoscan", "sstr-pet": "sstr-pet",
           "ct-mri": "ct-mri", "ct-chest-abdomen-pelvis": "ct-mri", "ct-mri-follow-up": "ct-mri",
           "mri-brain": "ct-mri"}  # fmt: skip
_HARMLESS = "plain-mri"  # neither rays nor contrast: no study that a row about imaging speaks of
_PANEL = re.compile(r"[,;+]|\b(?:and|und|panel|profile?)\b", re.IGNORECASE)
_NSE_DOES_NOT_HELP = {"brain-tumor", "breast", "other-cancer"}
_SYMPTOMS = concept_ids("syndromes/diarrhea", "syndromes/flushing")
# No symptom that a depot analog is good for.
_DANGERS = {"insulinoma", "hyperinsulinemic-hypoglycemia", "hypoglycemia", "men1"}
_OURS = {"net", "nec", "nen-unspecified", "small-cell", "sclc", "other-nen", "metastasis", "mass", "site-only"}
_FORMS = {"depot": Ordering.SSA_DEPOT, "short": Ordering.SSA_SHORT}


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft order of the call.

    Attributes:
        reference: "Type/id", "" if it has no id (then it cannot be deleted by a suggestion).
        selected: the call is about it.
        concepts: ids of the orders and treatments it means.
        kept_for: why a suggestion must not remove it, "" if it may.
    """

    resource: Element
    reference: str
    path: str
    selected: bool
    code: Codeable
    concepts: frozenset[str]
    classes: frozenset[Ordering]
    kept_for: str = ""

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
    kept_for = _kept_for(code, meant, resource, record)
    return Draft(resource, reference, path, selected, code, concepts, meant, kept_for)


def _kept_for(code: Codeable, meant: frozenset[Ordering], resource: Element, record: Record) -> str:
    """Why removing the draft may be wrong although the advice against it is right."""
    if any(_PANEL.search(words) for words in code.texts):
        return "orders several things at once, of which only one is spoken of"
    if any(notes(resource)):
        return "carries a note, which may say what it is for"
    return "order or chart name another use of it" if _has_another_use(meant, resource, record) else ""


def _with_reason(meant: frozenset[Ordering], resource: Element, record: Record) -> frozenset[Ordering]:
    """What the order's own reason leaves of it: a depot analog against symptoms is no treatment of a tumor.

    An NSE with a reason this service cannot weigh is left to the one who orders it, and so is sunitinib with a reason
    that is no neuroendocrine tumor.
    """
    reasons = _reasons(resource, record)
    told = [*reasons, *(Codeable((), words) for words in notes(resource))]
    if Ordering.SSA_DEPOT in meant:
        if any(_is_symptom(reason, record) for reason in told):
            return meant - {Ordering.SSA_DEPOT} or frozenset({Ordering.NONE})
        if _has_other_use(record):
            return (meant - {Ordering.SSA_DEPOT}) | {Ordering.UNKNOWN}
    if Ordering.NSE in meant and (any(not _is_plain(reason, record) for reason in told) or _asks_the_brain(record)):
        return (meant - {Ordering.NSE}) | {Ordering.UNKNOWN}
    if Ordering.SUNITINIB in meant and any(_is_another(reason, record) for reason in reasons):
        return (meant - {Ordering.SUNITINIB}) | {Ordering.UNKNOWN}
    return meant


def _has_another_use(meant: frozenset[Ordering], resource: Element, record: Record) -> bool:
    """A depot analog for another disease, or beside symptoms it is good for; an NSE that looks for a hidden tumor."""
    if Ordering.NSE in meant and _asks_for_a_hidden_tumor(record):
        return True
    if Ordering.SSA_DEPOT not in meant:
        return False
    return any(_is_another(reason, record) for reason in _reasons(resource, record)) or _has_symptom(record)


def _reasons(resource: Element, record: Record) -> list[Codeable]:
    """The reasons of an order: coded, or by reference to a Condition."""
    found = codeables(resource.get("reasonCode"), record.book)
    for item in elements(resource.get("reasonReference")):
        condition = record.chart.find(reference(item))
        found.append(record.code(condition) if condition else Codeable((), text(item.get("display")) or "not found"))
    return found


def _is_another(reason: Codeable, record: Record) -> bool:
    """A reason that is no neuroendocrine tumor; an encounter "for chemotherapy" (ICD chapter Z) says no disease."""
    if any(meaning.name in _OURS for meaning in record.book.meanings(reason, "diagnoses")):
        return False
    encounters = [coding.system.startswith("icd-10") and coding.code.startswith("Z") for coding in reason.codings]
    return not (encounters and all(encounters))


def _is_symptom(reason: Codeable, record: Record) -> bool:
    named = {meaning.name for meaning in record.book.meanings(reason, "syndromes")} - _DANGERS
    return bool(named) or any(record.says(_SYMPTOM_WORD, words) for words in reason.texts)


def _has_other_use(record: Record) -> bool:
    """Acromegaly or variceal bleeding on the chart: an order without a reason may be for it."""
    uses = (_ACROMEGALY, _VARICEAL_BLEEDING)
    true = (condition for condition in record.chart.of("Condition") if not is_refuted(condition))
    return any(record.means(condition, *uses) for condition in true)


def _has_symptom(record: Record) -> bool:
    """A symptom that goes on and that an analog is given for."""
    for condition in record.chart.of("Condition"):
        if is_refuted(condition) or has_ended(condition):
            continue
        words = " ; ".join(record.code(condition).texts)
        if record.means(condition, *_SYMPTOMS) or record.affirms(_ANALOG_USE, words):
            return True
    return False


def _asks_the_brain(record: Record) -> bool:
    """A cardiac arrest, a coma or a rapid dementia: an NSE without a reason may be drawn for it."""
    if any(arrests(record)):
        return True
    true = (condition for condition in record.chart.of("Condition") if not is_refuted(condition))
    return any(record.means(condition, _RAPID_DEMENTIA) for condition in true)


def _asks_for_a_hidden_tumor(record: Record) -> bool:
    """A paraneoplastic syndrome on the chart, by code or in words."""
    concept = _PARANEOPLASTIC
    present = [c for c in record.chart.of("Condition") if not is_refuted(c) and not has_ended(c)]
    said = (words for condition in present for words in record.code(condition).texts)
    return any(record.means(c, concept) for c in present) or any(record.says(concept, words) for words in said)


def _is_plain(reason: Codeable, record: Record) -> bool:
    """A reason that changes nothing: a code that is no tumor, or a cancer in which NSE does not help."""
    meant = {meaning.name for meaning in record.book.meanings(reason, "diagnoses")}
    if meant:
        return meant <= _NSE_DOES_NOT_HELP
    if record.book.has(reason, _NEURO_EVENT, _RAPID_DEMENTIA):
        return False
    return any(coding.system.startswith("icd-10") for coding in reason.codings)


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
    if any(m.name == _HARMLESS for m in found):
        values.discard(Ordering.CT_MRI)
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
