"""THE straight line: a hook call in, guideline cards out. Read this first.

Everything it needs is passed in: the knowledge, the clock, the maker of card ids, the way to the FHIR server of the
call. Nothing here knows HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from cds_service.errors import DataMissing, Unreachable
from cds_service.fhir.codes import CodeBook
from cds_service.fhir.fetching import completed, is_settled, refused
from cds_service.fhir.models import Parsed, load_models, parse_cited
from cds_service.fhir.prefetch import State, Supply, gather
from cds_service.fhir.resources import Chart, relevant
from cds_service.fhir.server import FhirServer
from cds_service.guideline.concepts import all_named
from cds_service.guideline.features import Evidence, Feature, Gap, PatientPicture
from cds_service.guideline.judge import Outcome, Verdict, judge, with_replacements
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.site import NO_SITE, Site
from cds_service.hooks.call import HookCall, read_hook_call
from cds_service.hooks.cards import cards
from cds_service.hooks.drawn import Drawn
from cds_service.hooks.held_back import HeldBack, Kind, switched_off
from cds_service.hooks.services import Service
from cds_service.hooks.templates import searches_of
from cds_service.picture.orders import Draft, drafts
from cds_service.picture.patient import draw_picture
from cds_service.picture.record import Record

# From the address and the token of a call to the server they name; raises Unreachable where it must not be asked.
Connect = Callable[[str, str], FhirServer]

_NOT_A_CLINICIAN = HeldBack(
    Kind.ANSWER, "every card", "the user of this call is the patient or a relative; the advice is for clinicians"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered with, and how it came about (for `explain` and the log).

    Attributes:
        body: the response object of the standard.
        picture, verdicts: None and empty for a call that is not for a clinician.
        states, failures: what came for each search, and why the FHIR server did not give one.
        held_back: what is not in the answer though something speaks for it, and why.
    """

    body: dict[str, Any]
    picture: PatientPicture | None = None
    verdicts: tuple[Verdict, ...] = ()
    states: Mapping[str, State] | None = None
    failures: Mapping[str, str] | None = None
    held_back: tuple[HeldBack, ...] = ()


@dataclass(frozen=True, slots=True)
class Guideline:
    """The knowledge as the site uses it, with its code lists indexed: built once, used by every call."""

    knowledge: Knowledge
    book: CodeBook
    prefetch_keys: Mapping[str, Collection[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, knowledge: Knowledge, site: Site = NO_SITE) -> Guideline:
        """Raises KnowledgeError where the service asks for a concept that the knowledge does not hold."""
        all_named(knowledge.concepts)
        load_models()
        used = site.applied_to(knowledge)
        return cls(used, CodeBook(used.concepts.values(), used.systems), site.prefetch_keys)


def answer(
    body: bytes,
    service: Service,
    guideline: Guideline,
    now: datetime,
    new_id: Callable[[], str],
    connect: Connect | None = None,
) -> Answer:
    """Answers one hook call. Without `connect` no FHIR server is asked.

    Raises:
        BadHookRequest: the call breaks the standard.
        DataMissing: no row fires and the Conditions did not come at all.
    """
    call = read_hook_call(body, service)
    if not call.for_clinician():
        return Answer({"cards": []}, held_back=(_NOT_A_CLINICIAN,))
    searches = searches_of(service)
    supply = gather(call.prefetch, searches, call.patient_id, guideline.prefetch_keys)
    record, drafted = _read(supply, searches, call, guideline, now)
    if call.fhir_server and connect and _may_matter(supply, record, drafted, service):
        supply = _completed(supply, searches, call, connect)
        record, drafted = _read(supply, searches, call, guideline, now)
    picture = draw_picture(record, drafted)
    verdicts = verified(judge(picture, call.hook, guideline.knowledge.recommendations), record)
    require(verdicts, picture, record, drafted, service)
    made = cards(Drawn(verdicts, picture, record, drafted, new_id))
    held_back = (*_switched_off(picture, call, guideline.knowledge), *made.held_back)
    return Answer({"cards": made.cards}, picture, verdicts, supply.states, supply.failures, held_back)


def _switched_off(picture: PatientPicture, call: HookCall, knowledge: Knowledge) -> Iterator[HeldBack]:
    for off in knowledge.switched_off:
        yield from switched_off(judge(picture, call.hook, (off.recommendation,)), off.why)


def _read(
    supply: Supply, searches: Mapping[str, str], call: HookCall, guideline: Guideline, now: datetime
) -> tuple[Record, tuple[Draft, ...]]:
    """The chart of the patient and the drafts of the call, as far as the supply goes."""
    chart = relevant(supply, call.patient_id, guideline.book, searches, now)
    record = Record(chart, guideline.book, guideline.knowledge, now)
    sent = [(draft.path, draft.resource) for draft in call.drafts] + [(path, {}) for path in call.unreadable]
    return record, drafts(sent, call.selections, record)


def _may_matter(supply: Supply, record: Record, drafted: tuple[Draft, ...], service: Service) -> bool:
    """Whether the server is worth asking.

    An order form calls at every change, mostly about other orders; and most patients have none of our diseases: where
    the prefetch is whole and every row is silent, nothing that a server adds is waited for.
    """
    if service.hook != "patient-view":
        return any(draft.concepts or draft.names_a_resource for draft in drafted)
    if not all(is_settled(key, query, supply) for key, query in service.templates.items()):
        return True
    verdicts = judge(draw_picture(record, drafted), service.hook, record.knowledge.recommendations)
    return any(v.outcome is not Outcome.SILENT and not v.recommendation.footer for v in verdicts)


def _completed(supply: Supply, searches: Mapping[str, str], call: HookCall, connect: Connect) -> Supply:
    ordered = [draft.resource.get("medicationReference") for draft in call.drafts]
    try:
        server = connect(call.fhir_server or "", call.access_token)
    except Unreachable as fault:
        open_ = [key for key, query in searches.items() if not is_settled(key, query, supply)]
        return refused(supply, open_, fault.reason)
    return completed(supply, searches, call.patient_id, server, ordered, call.scope)


def verified(verdicts: tuple[Verdict, ...], record: Record) -> tuple[Verdict, ...]:
    """Parses every resource that a firing row rests on; withholds advice whose status, code, subject or value fails.

    What a withheld row would have replaced stands again.
    """
    door = _Door(record)
    return with_replacements(door.verified(v) if v.outcome is Outcome.FIRES else v for v in verdicts)


@dataclass(frozen=True, slots=True)
class _Door:
    """Each cited resource goes through the door to fhir.resources once, however many rows rest on it."""

    record: Record
    parsed: dict[str, Parsed | None] = field(default_factory=dict)

    def verified(self, verdict: Verdict) -> Verdict:
        checked = tuple(self._checked(feature) for feature in verdict.decided_by)
        unread = {feature.name for feature in verdict.decided_by if feature.gap is Gap.NOT_READABLE}
        failed = tuple(f for f in checked if f.gap is Gap.NOT_READABLE and f.name not in unread)
        if failed:
            withheld = "; ".join(dict.fromkeys(feature.note for feature in failed))
            return replace(verdict, outcome=Outcome.UNDETERMINED, decided_by=failed, withheld=withheld)
        return replace(verdict, decided_by=checked)

    def _checked(self, feature: Feature) -> Feature:
        """The feature with a word on each cited resource that is no valid FHIR."""
        shown = []
        for item in feature.evidence:
            parsed = self._parsed(item.reference)
            if parsed and parsed.decisive:
                note = f"{item.reference} is no valid FHIR in its {parsed.fault}"
                return replace(feature, values=frozenset({"unknown"}), gap=Gap.NOT_READABLE, note=note)
            care = f", read with care: no valid FHIR in its {parsed.fault}" if parsed and parsed.fault else ""
            shown.append(Evidence(item.text + care, item.reference))
        return replace(feature, evidence=tuple(shown))

    def _parsed(self, reference: str) -> Parsed | None:
        if reference not in self.parsed:
            resource = self.record.chart.find(reference)
            self.parsed[reference] = parse_cited(resource) if resource else None
        return self.parsed[reference]


def require(
    verdicts: tuple[Verdict, ...], picture: PatientPicture, record: Record, drafted: tuple[Draft, ...], service: Service
) -> None:
    """412 where nothing fires and no Conditions came under any key - on order hooks only for a draft we know."""
    if any(v.is_shown and not v.recommendation.footer for v in verdicts) or "yes" in picture.patient["deceased"].values:
        return
    if _conditions_came(record.chart):
        return
    if service.hook != "patient-view" and not any(draft.concepts for draft in drafted):
        return
    raise DataMissing(
        tuple((key, _missing(key, record.chart)) for key in service.templates if _is_missing(key, record.chart))
    )


def _is_missing(key: str, chart: Chart) -> bool:
    return chart.states[key] in (State.NOT_AVAILABLE, State.FAILED)


def _missing(key: str, chart: Chart) -> str:
    reason = chart.failures.get(key, "")
    return f"{chart.states[key]} (the FHIR server {reason})" if reason else str(chart.states[key])


def _conditions_came(chart: Chart) -> bool:
    """Whether any key brought Conditions, usable or not, or the answer that there are none."""
    brought = bool(chart.of("Condition")) or any(item.type == "Condition" for item in chart.set_aside)
    answered = chart.states.get("conditions") in (State.GIVEN, State.EMPTY, State.PARTIAL, State.FETCHED)
    return brought or answered or "conditions" in chart.searched
