"""The fixtures as charts that can be rewritten and asked again: loading, walking, answering, comparing.

Rewrites nothing itself; the ways in which a chart can be written differently are in the modules beside it.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any

from cds_service.answer import Answer, answer
from cds_service.guideline.features import Gap, PatientPicture
from cds_service.hooks.basis import BASIS
from cds_service.json_bytes import decode, encode
from tests.asked import CORPUS, DANGERS, GUIDELINE, NOW, RECOMMENDATIONS, SERVICES, STORIES

Json = dict[str, Any]
Change = Callable[[Json, Random], None]

FIXTURES = sorted(case.name for case in (*RECOMMENDATIONS, *DANGERS, *STORIES))


def call_of(fixture: str) -> Json:
    """A fresh copy of the hook call of a fixture; fractions are Decimal, as in the service."""
    call = decode(CORPUS.cases[fixture].body, "$")
    assert isinstance(call, dict)
    return call


def ask(call: Json) -> Answer:
    """The service's answer, with ids counted up."""
    numbers = itertools.count(1)
    return answer(encode(call), SERVICES[call["hook"]], GUIDELINE, NOW, lambda: f"card-{next(numbers)}")


@cache
def answer_to(fixture: str) -> Answer:
    """The answer to the fixture as it stands."""
    return ask(call_of(fixture))


def changed(call: Json, *changes: Change, seed: int) -> Json:
    """A copy of the call with these changes, all drawn from the seed."""
    chance, rewritten = Random(seed), copy.deepcopy(call)
    for change in changes:
        change(rewritten, chance)
    return rewritten


# --- what a call holds -------------------------------------------------------------------------------------------


def resources_of(call: Json) -> list[Json]:
    """Every resource that the prefetch brings: what a FHIR server would have to hold to answer the same searches."""
    found = [entry["resource"] for bundle in bundles(call) for entry in bundle.get("entry", [])]
    found += [value for value in call["prefetch"].values() if value and value["resourceType"] != "Bundle"]
    return [resource for resource in found if resource["resourceType"] != "OperationOutcome"]


def bundles(call: Json) -> list[Json]:
    """The Bundles of the prefetch."""
    return [value for value in call["prefetch"].values() if value and value["resourceType"] == "Bundle"]


def drafts(call: Json) -> list[Json]:
    """The entries of the draft orders."""
    entries: list[Json] = call["context"].get("draftOrders", {}).get("entry", [])
    return entries


def everything(call: Json) -> list[Json]:
    """The resources of the prefetch and the drafts."""
    return [*resources_of(call), *(entry["resource"] for entry in drafts(call))]


def objects(value: Any) -> Iterator[Json]:
    """Every JSON object of a value, itself included, outermost first."""
    if isinstance(value, dict):
        yield value
    for part in list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(part)


def reference_of(resource: Json) -> str:
    return f"{resource['resourceType']}/{resource.get('id', '')}"


# --- adding and taking away --------------------------------------------------------------------------------------


def add(bundle: Json, resources: Iterable[Json]) -> None:
    """More entries of a Bundle, which then says so in its total."""
    entries = [{"resource": resource} for resource in resources]
    bundle.setdefault("entry", []).extend(entries)
    if "total" in bundle:
        bundle["total"] += len(entries)


def without(call: Json, references: Collection[str]) -> Json:
    """The call as if these resources had never been recorded: searches came back whole and did not find them."""
    rest = copy.deepcopy(call)
    for bundle in bundles(rest):
        kept = [entry for entry in bundle.get("entry", []) if reference_of(entry["resource"]) not in references]
        if "total" in bundle:
            bundle["total"] -= len(bundle.get("entry", [])) - len(kept)
        bundle["entry"] = kept
    for key, value in rest["prefetch"].items():
        if value and reference_of(value) in references:
            rest["prefetch"][key] = None
    entries = drafts(rest)
    entries[:] = [entry for entry in entries if reference_of(entry["resource"]) not in references]
    return rest


def joined(fixture: str, other: str) -> Json:
    """The call of one fixture with the data of another, as if both were one patient: charts grow crowded."""
    call, more = call_of(fixture), call_of(other)
    names = {reference_of(resource): f"{reference_of(resource)}-2" for resource in resources_of(more)}
    names[f"Patient/{more['context']['patientId']}"] = f"Patient/{call['context']['patientId']}"
    found = [renamed(resource, names) for resource in resources_of(more) if resource["resourceType"] != "Patient"]
    call["prefetch"]["more"] = {"resourceType": "Bundle", "type": "searchset", "total": 0}
    add(call["prefetch"]["more"], found)
    return call


def renamed(resource: Json, names: Mapping[str, str]) -> Json:
    """A copy under its new id, its references under theirs."""
    other = copy.deepcopy(resource)
    if "id" in other:
        other["id"] = names[reference_of(resource)].partition("/")[2]
    for item in objects(other):
        target: Any = item.get("reference")
        if isinstance(target, str):
            item["reference"] = names.get("/".join(target.split("/")[-2:]), target)
    return other


# --- what an answer says -----------------------------------------------------------------------------------------


def cards_of(made: Answer) -> Any:
    """The cards word for word, without their ids."""
    return _without_ids(decode(encode(made.body["cards"]), "$"))


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_ids(part) for name, part in value.items() if name != "uuid"}
    return [_without_ids(part) for part in value] if isinstance(value, list) else value


def picture_of(made: Answer) -> PatientPicture:
    """The picture behind the cards, without remarks: they count what was left out."""
    assert made.picture is not None
    return replace(made.picture, remarks=())


@dataclass(frozen=True, slots=True)
class Advice:
    """What a card says apart from its words: which recommendations about which tumor, how urgent, what it offers."""

    recommendations: tuple[tuple[str, str], ...]
    indicator: str
    suggestions: Any


def advice_of(made: Answer) -> list[Advice]:
    return [_advice(card) for card in cards_of(made)]


def _advice(card: Json) -> Advice:
    rows = card["extension"][BASIS].get("recommendations", [])
    named = tuple((row["id"], row.get("tumor", "")) for row in rows)
    return Advice(named, card["indicator"], card.get("suggestions", []))


def values_of(made: Answer) -> dict[tuple[str, str], tuple[frozenset[str], Gap | None]]:
    """Every feature of the picture with its values, and why it is unknown; the key says of which tumor it is."""
    picture = picture_of(made)
    tables = [("", picture.patient), ("", picture.call), *((t.reference, t.features) for t in picture.tumors)]
    return {(tumor, name): (feature.values, feature.gap) for tumor, table in tables for name, feature in table.items()}


def features_of(made: Answer, row: str = "") -> list[Json]:
    """The features that the cards name as what a recommendation (or any) rests on."""
    bases = [card["extension"][BASIS] for card in made.body["cards"]]
    return [feature for basis in bases for feature in basis.get("features", []) if not row or row in feature["for"]]


def cited(features: Iterable[Json]) -> set[str]:
    """The references in the evidence of features."""
    evidence = (item for feature in features for item in feature.get("evidence", []))
    return {item["reference"] for item in evidence if "reference" in item}
