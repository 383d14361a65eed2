"""Drugs on the record: which class each belongs to, whether it runs, and when a line of chemotherapy began.

Joins nothing to a tumor; that is `treatment`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from cds_service.fhir.codes import Codeable, Meaning
from cds_service.fhir.dates import When
from cds_service.fhir.prefetch import State
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import Certainty
from cds_service.fhir.values import Element, code_of, codeable, date_of, elements, reference, text
from cds_service.guideline.features import Evidence, Gap
from cds_service.picture.drugs.courses import (
    ADMINISTRATIONS,
    DISPENSES,
    REQUESTS,
    STATEMENTS,
    Running,
    date_of_drug,
    running,
)
from cds_service.picture.record import PLANS, Record, dated, has_begun

TYPES = (REQUESTS, STATEMENTS, ADMINISTRATIONS, DISPENSES)
CHEMOTHERAPY = ("platinum", "etoposide", "irinotecan", "temozolomide", "capecitabine", "other-chemotherapy")
ANTICANCER = frozenset({*CHEMOTHERAPY, "everolimus", "sunitinib", "cabozantinib", "prrt", "pd-l1"})
BESIDE = frozenset({"ppi", "biotin", "anticoagulant", "antiplatelet", "nsaid"})  # taken beside, treat no tumor
_SEARCHES = ("medication-requests", "medication-statements")
_NEVER = (
    "entered-in-error", "draft", "not-taken", "not-done", "cancelled", "declined", "preparation", "intended",
)  # fmt: skip
_HOW = {REQUESTS: "request", STATEMENTS: "statement", DISPENSES: "dispense", ADMINISTRATIONS: "administration"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One medication resource that counts, whatever its drug: no plan, no draft, nothing withdrawn."""

    resource: Resource
    medication: Codeable
    when: When | None

    @property
    def is_active(self) -> bool:
        """An order or statement that runs by its own status."""
        return self.resource.type in (REQUESTS, STATEMENTS) and code_of(self.resource.at("status")) == "active"

    @property
    def evidence(self) -> Evidence:
        status = code_of(self.resource.at("status")) or "no status"
        shown = f"{self.medication.shown} ({_HOW[self.resource.type]}, {status})"
        return Evidence(dated(shown, self.when), self.resource.reference)


@dataclass(frozen=True, slots=True)
class Drug:
    """One medication resource that means a treatment class.

    Attributes:
        names: treatment classes ("ssa", "platinum").
        form: "depot" or "short" for somatostatin analogs where it is known, else "".
    """

    resource: Resource
    names: frozenset[str]
    form: str
    running: Running
    when: When | None
    evidence: Evidence


def entries(record: Record) -> list[Entry]:
    """Every medication on the chart that was ordered, told, given or handed over."""
    if "medications" not in record.once:
        found = (r for r in record.chart.of(*TYPES) if _counts(r))
        record.once["medications"] = [Entry(r, medication_of(r.data, record, []), date_of_drug(r)) for r in found]
    kept: list[Entry] = record.once["medications"]
    return kept


def _counts(resource: Resource) -> bool:
    if code_of(resource.at("status")) in _NEVER or str(resource.at("doNotPerform")).lower() == "true":
        return False
    return resource.type != REQUESTS or code_of(resource.at("intent")) not in PLANS


def drugs(record: Record) -> list[Drug]:
    """Every drug of a known class on the chart, plans and drafts left out."""
    if "drugs" not in record.once:
        found = (drug for entry in entries(record) if (drug := _drug(entry, record)))
        record.once["drugs"] = sorted(found, key=lambda drug: drug.resource.reference)
    kept: list[Drug] = record.once["drugs"]
    return kept


def _drug(entry: Entry, record: Record) -> Drug | None:
    names = frozenset(meaning.name for meaning in classes(entry.medication, record))
    if not names:
        return None
    runs = running(entry.resource, _lasting(names, record), record)
    return Drug(entry.resource, names, form(entry.medication, record), runs, entry.when, entry.evidence)


def _lasting(names: frozenset[str], record: Record) -> float:
    return record.limits.prrt_active_days if "prrt" in names else record.limits.therapy_active_days


def given_as_procedures(record: Record) -> list[Drug]:
    """Cycles that are recorded as Procedures.

    Of the analogs only a depot counts: an octreotide that is named there is a tracer or a test.
    """
    if "cycles" not in record.once:
        found = (drug for procedure in record.chart.of("Procedure") if (drug := _cycle(procedure, record)))
        record.once["cycles"] = list(found)
    kept: list[Drug] = record.once["cycles"]
    return kept


def all_drugs(record: Record) -> list[Drug]:
    """What was ordered, told, given or handed over, and the cycles that are recorded as Procedures."""
    return [*drugs(record), *given_as_procedures(record)]


def _cycle(procedure: Resource, record: Record) -> Drug | None:
    status = code_of(procedure.at("status"))
    code = record.code(procedure)
    names = frozenset(meaning.name for meaning in classes(code, record)) & {"ssa", "prrt", "pd-l1", *CHEMOTHERAPY}
    depot = form(code, record) if "ssa" in names else ""
    names = names if depot == "depot" else names - {"ssa"}
    if not names or not has_begun(procedure):
        return None
    when = date_of(procedure.data, "performedDateTime", "performedPeriod")
    shown = Evidence(dated(f"{code.shown} (procedure, {status})", when), procedure.reference)
    return Drug(procedure, names, depot, _running_procedure(status, when, names, record), when, shown)


def _running_procedure(status: str, when: When | None, names: frozenset[str], record: Record) -> Running:
    if status == "in-progress":
        return Running.ACTIVE
    lasts = None if when is None else when.within_days(_lasting(names, record), record.now)
    if lasts is None:
        return Running.UNCLEAR
    return Running.ACTIVE if lasts else Running.PAST


def unnamed_drugs(record: Record) -> Iterator[Evidence]:
    """Running requests and statements whose medication is missing, or a reference to nothing in the call."""
    for entry in entries(record):
        if entry.is_active and entry.medication.is_empty:
            yield Evidence("a medication without a name", entry.resource.reference)


def medications_searched(record: Record) -> bool:
    """Whether requests or statements came whole, and neither of them only in part."""
    broken = any(record.chart.states.get(key) in (State.PARTIAL, State.FAILED) for key in _SEARCHES)
    return not broken and any(record.searched(key) for key in _SEARCHES)


def unseen_drugs(record: Record) -> tuple[Gap, str, tuple[Evidence, ...]] | None:
    """Why nothing may be said of a drug that was not found."""
    if unnamed := tuple(unnamed_drugs(record)):
        return Gap.NOT_READABLE, "a running medication does not say which drug it is", unnamed
    return None if medications_searched(record) else (Gap.NOT_SEARCHED, "", ())


def medication_of(resource: Element, record: Record, siblings: list[Element]) -> Codeable:
    """The drug a resource is about: coded, contained, by reference to another resource, or only by display."""
    coded = codeable(resource.get("medicationCodeableConcept"), record.book)
    if not coded.is_empty:
        return coded
    held = product_of(resource, record, siblings)
    named = _named(held, record) if held is not None else Codeable()
    if not named.is_empty:
        return named
    display = next((text(item.get("display")) for item in elements(resource.get("medicationReference"))), "")
    return Codeable((), display)


def product_of(resource: Element, record: Record, siblings: list[Element]) -> Element | None:
    """The Medication a resource refers to: contained in it, beside it in the call, or on the chart."""
    target = reference(resource.get("medicationReference"))
    for candidate in (*elements(resource.get("contained")), *siblings):
        if target in (f"#{text(candidate.get('id'))}", f"Medication/{text(candidate.get('id'))}"):
            return candidate
    known = record.chart.find(target)
    return None if known is None else known.data


def _named(product: Element, record: Record) -> Codeable:
    """The code of a Medication with those of its active ingredients: an infusion bag has often no other name."""
    own = codeable(product.get("code"), record.book)
    parts = [
        codeable(part.get("itemCodeableConcept"), record.book)
        for part in elements(product.get("ingredient"))
        if part.get("isActive") is not False
    ]
    words = (own.text, *(part.text for part in parts))
    codings = (*own.codings, *(coding for part in parts for coding in part.codings))
    return Codeable(codings, ", ".join(dict.fromkeys(word for word in words if word)))


def classes(medication: Codeable, record: Record) -> tuple[Meaning, ...]:
    """The treatments it surely means; what is taken beside them is none."""
    return tuple(
        meaning
        for meaning in record.book.meanings(medication, "treatments")
        if meaning.certainty is Certainty.AFFIRMED and meaning.name not in BESIDE
    )


def form(medication: Codeable, record: Record) -> str:
    """Depot or short-acting somatostatin analog, by code or words; "" where neither says it."""
    meant = [*classes(medication, record), *record.book.in_text(medication.texts, "treatments")]
    return next((m.attributes["value"] for m in meant if m.name == "ssa" and "value" in m.attributes), "")


@dataclass(frozen=True, slots=True)
class Start:
    """The first trace of a line of chemotherapy."""

    when: When
    evidence: Evidence


def line_starts(record: Record) -> Iterator[Start]:
    """The earliest trace of each line; a gap of more than the limit begins a new one."""
    traces = sorted(
        (drug.when, drug.evidence) for drug in drugs(record) if drug.when is not None and drug.names & set(CHEMOTHERAPY)
    )
    last: When | None = None
    for when, evidence in traces:
        gap = timedelta(days=record.limits.chemotherapy_gap_days)
        if last is None or when.earliest - last.latest > gap:
            yield Start(when, evidence)
        last = when
