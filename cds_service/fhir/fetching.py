"""Completes what the prefetch brought from the FHIR server of the call: searches that prove nothing yet, named drugs.

Never takes anything away: what was given stays, and what the server does not give leaves the question open.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from cds_service.errors import BadJson
from cds_service.fhir.links import is_narrower, is_of_another_type
from cds_service.fhir.prefetch import Sent, State, Supply, Value, name_of, read_value
from cds_service.fhir.scopes import shows_part
from cds_service.fhir.server import Fetched, FhirServer, is_safe_id
from cds_service.fhir.values import elements, reference, text
from cds_service.json_bytes import head

_MEDICATION = "Medication/"
_MOST_MEDICATIONS = 50
_SOMETHING_ELSE = "sent something else than it was asked for"
_UNSAFE = "cannot be asked for this patient: the id holds characters that have a meaning in addresses"


def completed(
    supply: Supply,
    searches: Mapping[str, str],
    patient_id: str,
    server: FhirServer,
    ordered: Iterable[object] = (),
    scope: str = "",
) -> Supply:
    """The supply with everything the server adds to it.

    Args:
        supply: what came with the call.
        searches: the queries that are wanted, by key.
        patient_id: whose they are.
        server: of this call, with its token and its deadline.
        ordered: `medicationReference` of the drafts, whose drugs may stand on the server only.
        scope: of the token, as the call says it.
    """
    open_ = [key for key, query in searches.items() if not is_settled(key, query, supply)]
    if not is_safe_id(patient_id):
        return refused(supply, open_, _UNSAFE)
    rests = {key: supply.rests[key] for key in open_ if key in supply.rests and server.owns(supply.rests[key].address)}
    wanted = {key: rests[key].address if key in rests else server.address(searches[key], patient_id) for key in open_}
    found = server.fetch(wanted)
    reads = {key: _Asked(query, patient_id) for key, query in searches.items() if key in found and "?" not in query}
    is_stranger = any(_gives_no_patient(key, found[key], asked) for key, asked in reads.items())
    for key, fetched in found.items():
        asked = _Asked(searches[key], patient_id, rests[key].come if key in rests else (), is_stranger, scope)
        supply = _with(supply, key, fetched, asked)
    drugs = _missing_drugs(supply.resources, ordered, server)[:_MOST_MEDICATIONS]
    found = server.fetch({drug: f"{server.base}/{drug}" for drug in drugs})
    return replace(supply, resources=supply.resources + tuple(sent for drug in drugs for sent in _sent(drug, found)))


def refused(supply: Supply, keys: Iterable[str], reason: str) -> Supply:
    """The supply where the server was not asked at all."""
    return replace(supply, failures={**supply.failures, **dict.fromkeys(keys, reason)})


def is_settled(key: str, query: str, supply: Supply) -> bool:
    """Whether a search came back whole; a read brings its one resource or nothing."""
    return key in supply.searched or ("?" not in query and supply.states.get(key) is State.GIVEN)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one search or read asked for.

    Attributes:
        come: names of what the prefetch had brought of it.
        is_stranger: whether the server does not give the patient itself: then its empty answers prove nothing.
    """

    query: str
    patient_id: str
    come: tuple[str, ...] = ()
    is_stranger: bool = False
    scope: str = ""

    @property
    def is_search(self) -> bool:
        return "?" in self.query

    @property
    def type(self) -> str:
        return re.split("[?/]", self.query)[0]

    def is_for(self, name: str) -> bool:
        """Whether a resource of this name is what was asked for, and did not only come along."""
        return name.startswith(f"{self.type}/") if self.is_search else name == f"{self.type}/{self.patient_id}"


def _with(supply: Supply, key: str, fetched: Fetched, asked: _Asked) -> Supply:
    """The supply with one search or read added to it."""
    if not fetched.served:
        return refused(supply, [key], fetched.problem)
    values = _values(key, fetched)
    resources = tuple(sent for value in values for sent in value.resources)
    problem = fetched.problem or _flaw(values, asked)
    come = (sent for value in values if value.is_bundle is asked.is_search for sent in value.resources)
    found = any(asked.is_for(name_of(sent)[1]) for sent in come)
    some = found or supply.states[key] in (State.GIVEN, State.PARTIAL)
    return replace(
        supply,
        states={**supply.states, key: _state(some, problem)},
        searched=supply.searched | {key} if asked.is_search and not problem else supply.searched,
        resources=supply.resources + resources,
        failures={**supply.failures, key: problem} if problem else supply.failures,
    )


def _values(key: str, fetched: Fetched) -> list[Value]:
    return [read_value(page, f"FHIR server, {key}, page {number}") for number, page in enumerate(fetched.pages, 1)]


def _gives_no_patient(key: str, fetched: Fetched, asked: _Asked) -> bool:
    """Whether the server answered, but not with this patient."""
    return not fetched.served or (not fetched.problem and bool(_flaw(_values(key, fetched), asked)))


def _flaw(values: Collection[Value], asked: _Asked) -> str:
    """Why pages that all came do not make a whole search (or a read its one resource)."""
    if any(value.state is State.FAILED or value.is_bundle is not asked.is_search for value in values):
        return _SOMETHING_ELSE
    return _flaw_of_search(values, asked) if asked.is_search else _flaw_of_read(values, asked)


def _flaw_of_read(values: Iterable[Value], asked: _Asked) -> str:
    names = {name_of(sent)[1] for value in values for sent in value.resources}
    return "" if all(asked.is_for(name) for name in names) else _SOMETHING_ELSE


def _flaw_of_search(values: Collection[Value], asked: _Asked) -> str:
    matches = {*asked.come, *(name for value in values for name in value.matches)}
    own_links = {value.self_link for value in values}
    if matches and not any(asked.is_for(name) for name in matches):
        return _SOMETHING_ELSE
    if any(is_of_another_type(link, asked.query) for link in own_links):
        return _SOMETHING_ELSE
    if any(is_narrower(link, asked.query, asked.patient_id) for link in own_links):
        return "says that it searched for less than it was asked for"
    if any(_is_of_another(sent, asked.patient_id) for value in values for sent in value.resources):
        return "gave resources of another patient"
    if any(value.is_flawed for value in values):
        return "left something out of its answer"
    if any(value.total > len(matches) for value in values):
        return "sent fewer resources than it says there are"
    if shows_part(asked.scope, asked.type):
        return "shows only part of them under the scope of the token"
    return "does not give this patient" if asked.is_stranger else ""


def _is_of_another(sent: Sent, patient_id: str) -> bool:
    """A server that gives them ignores the patient, or knows this one under two ids (merged) and we read one."""
    try:
        top = head(sent.raw)
    except BadJson:
        return False
    owner = reference(top.subject or top.patient)
    return owner.startswith("Patient/") and owner != f"Patient/{patient_id}"


def _state(some: bool, problem: str) -> State:
    if problem:
        return State.PARTIAL if some else State.FAILED
    return State.FETCHED if some else State.EMPTY


def _missing_drugs(resources: tuple[Sent, ...], ordered: Iterable[object], server: FhirServer) -> list[str]:
    """Medications of this server that are named by a literal reference and did not come; those of drafts first."""
    holders, come = list(ordered), set()
    for sent in resources:
        for name, holder in _head(sent):
            come.add(name)
            holders.append(holder)
    named = dict.fromkeys(reference(holder) for holder in holders if _is_here(holder, server))
    ours = (name for name in named if name.startswith(_MEDICATION) and is_safe_id(name.removeprefix(_MEDICATION)))
    return [name for name in ours if name not in come]


def _is_here(holder: object, server: FhirServer) -> bool:
    """Whether a reference is relative or leads below the base: the same id elsewhere is another drug."""
    target = next((text(item.get("reference")) for item in elements(holder)), "")
    return "://" not in target or server.owns(target)


def _head(sent: Sent) -> Iterator[tuple[str, object]]:
    try:
        top = head(sent.raw)
    except BadJson:
        return
    yield f"{top.resource_type}/{top.id}", top.medication_reference


def _sent(drug: str, found: Mapping[str, Fetched]) -> Iterator[Sent]:
    for page in found[drug].pages:
        yield from read_value(page, f"FHIR server, {drug}").resources
