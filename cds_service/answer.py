"""THE straight line: a hook call in, guideline cards out. Read this first.

Everything it needs is passed in: the knowledge, the clock, the maker of card ids, the way to the FHIR server of the
call. Nothing here knows HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cds_service.fhir.codes import CodeBook
from cds_service.fhir.models import load_models
from cds_service.fhir.prefetch import State, Supply, gather
from cds_service.fhir.resources import relevant
from cds_service.guideline.concepts import all_named
from cds_service.guideline.features import PatientPicture
from cds_service.guideline.judge import Verdict, judge
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.site import NO_SITE, Site
from cds_service.hooks.allowed import require, verified
from cds_service.hooks.call import HookCall, read_hook_call
from cds_service.hooks.card_material import Drawn
from cds_service.hooks.cards import cards
from cds_service.hooks.held_back import NOT_A_CLINICIAN, HeldBack, switched_off
from cds_service.hooks.server_data import Connect, may_matter, with_server
from cds_service.hooks.services import Service
from cds_service.hooks.templates import searches_of
from cds_service.picture.orders import Draft, drafts
from cds_service.picture.patient import draw_picture
from cds_service.picture.record import Record


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
        return Answer({"cards": []}, held_back=(NOT_A_CLINICIAN,))
    searches = searches_of(service)
    supply = gather(call.prefetch, searches, call.patient_id, guideline.prefetch_keys)
    record, drafted = _read(supply, searches, call, guideline, now)
    if call.fhir_server and connect and may_matter(supply, record, drafted, service):
        supply = with_server(supply, searches, call, connect)
        record, drafted = _read(supply, searches, call, guideline, now)
    picture = draw_picture(record, drafted)
    verdicts = verified(judge(picture, call.hook, guideline.knowledge.recommendations), record)
    require(verdicts, picture, record, drafted, service)
    made = cards(Drawn(verdicts, picture, record, drafted, new_id))
    held_back = (*switched_off(picture, call.hook, guideline.knowledge), *made.held_back)
    return Answer({"cards": made.cards}, picture, verdicts, supply.states, supply.failures, held_back)


def _read(
    supply: Supply, searches: Mapping[str, str], call: HookCall, guideline: Guideline, now: datetime
) -> tuple[Record, tuple[Draft, ...]]:
    """The chart of the patient and the drafts of the call, as far as the supply goes."""
    chart = relevant(supply, call.patient_id, guideline.book, searches, now)
    record = Record(chart, guideline.book, guideline.knowledge, now)
    sent = [(draft.path, draft.resource) for draft in call.drafts] + [(path, {}) for path in call.unreadable]
    return record, drafts(sent, call.selections, record)
