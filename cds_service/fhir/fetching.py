"""Completes what the prefetch brought from the FHIR server of the call: searches that prove nothing yet, named drugs.

Never takes anything away: what was given stays, and what the server does not give leaves the question open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from cds_service.errors import BadJson
from cds_service.fhir.prefetch import Sent, State, Supply, Value, read_value
from cds_service.fhir.server import Fetched, FhirServer, is_safe_id
from cds_service.fhir.values import reference
from cds_service.json_bytes import head

_MEDICATION = "Medication/"
_MOST_MEDICATIONS = 50
_UNSAFE = "cannot be asked for this patient: the id holds characters that have a meaning in addresses"


def completed(
    supply: Supply, searches: Mapping[str, str], patient_id: str, server: FhirServer, ordered: Iterable[object] = ()
) -> Supply:
    """The supply with everything the server adds to it.

    Args:
        supply: what came with the call.
        searches: the queries that are wanted, by key.
        patient_id: whose they are.
        server: of this call, with its token and its deadline.
        ordered: `medicationReference` of the drafts, whose drugs may stand on the server only.
    """
    open_ = [key for key, query in searches.items() if not is_settled(key, query, supply)]
    if not is_safe_id(patient_id):
        return refused(supply, open_, _UNSAFE)
    rests = {key: supply.rests[key] for key in open_ if key in supply.rests and server.owns(supply.rests[key].address)}
    wanted = {key: rests[key].address if key in rests else server.address(searches[key], patient_id) for key in open_}
    for key, fetched in server.fetch(wanted).items():
        come = rests[key].come if key in rests else 0
        supply = _with(supply, key, fetched, come, "?" in searches[key])
    drugs = sorted(_missing_drugs(supply.resources, ordered))[:_MOST_MEDICATIONS]
    found = server.fetch({drug: f"{server.base}/{drug}" for drug in drugs})
    return replace(supply, resources=supply.resources + tuple(sent for drug in drugs for sent in _sent(drug, found)))


def refused(supply: Supply, keys: Iterable[str], reason: str) -> Supply:
    """The supply where the server was not asked at all."""
    return replace(supply, failures={**supply.failures, **dict.fromkeys(keys, reason)})


def is_settled(key: str, query: str, supply: Supply) -> bool:
    """Whether a search came back whole; a read brings its one resource or nothing."""
    return key in supply.searched or ("?" not in query and supply.states.get(key) is State.GIVEN)


def _with(supply: Supply, key: str, fetched: Fetched, come: int, is_search: bool) -> Supply:
    """The supply with one search or read added to it; `come` is how much of it the prefetch had brought."""
    if not fetched.served:
        return refused(supply, [key], fetched.problem)
    values = [read_value(page, f"FHIR server, {key}, page {number}") for number, page in enumerate(fetched.pages, 1)]
    resources = tuple(sent for value in values for sent in value.resources)
    problem = fetched.problem or _flaw(values, come + len(resources), is_search)
    found = any(value.resources for value in values if value.is_bundle is is_search)
    some = found or supply.states[key] in (State.GIVEN, State.PARTIAL)
    return replace(
        supply,
        states={**supply.states, key: _state(some, problem)},
        searched=supply.searched | {key} if is_search and not problem else supply.searched,
        resources=supply.resources + resources,
        failures={**supply.failures, key: problem} if problem else supply.failures,
    )


def _flaw(values: Iterable[Value], come: int, is_search: bool) -> str:
    """Why pages that all came do not make a whole search (or a read its one resource)."""
    for value in values:
        if value.state is State.FAILED or value.is_bundle is not is_search:
            return "sent something else than it was asked for"
        if value.is_flawed:
            return "left something out of its answer"
        if value.total > come:
            return "sent fewer resources than it says there are"
    return ""


def _state(some: bool, problem: str) -> State:
    if problem:
        return State.PARTIAL if some else State.FAILED
    return State.FETCHED if some else State.EMPTY


def _missing_drugs(resources: tuple[Sent, ...], ordered: Iterable[object]) -> set[str]:
    """Medications that are named by a literal reference and did not come."""
    named, come = {reference(holder) for holder in ordered}, set()
    for sent in resources:
        for kind, id_, holder in _head(sent):
            come.add(f"{kind}/{id_}")
            named.add(reference(holder))
    ours = {name for name in named if name.startswith(_MEDICATION) and is_safe_id(name.removeprefix(_MEDICATION))}
    return ours - come


def _head(sent: Sent) -> Iterator[tuple[object, object, object]]:
    try:
        top = head(sent.raw)
    except BadJson:
        return
    yield top.resource_type, top.id, top.medication_reference


def _sent(drug: str, found: Mapping[str, Fetched]) -> Iterator[Sent]:
    for page in found[drug].pages:
        yield from read_value(page, f"FHIR server, {drug}").resources
