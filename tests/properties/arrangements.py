"""The same chart in another arrangement: order, keys, repetition, and other patients' resources in between.

What the patient's own resources say stays as it is, letter for letter.
"""

from __future__ import annotations

import copy
from random import Random

from tests.properties.charts import Json, add, bundles, drafts, objects, reference_of, renamed, resources_of


def shuffled_entries(call: Json, chance: Random) -> None:
    """The entries of each Bundle in another order."""
    for bundle in bundles(call):
        chance.shuffle(bundle.get("entry", []))
    chance.shuffle(drafts(call))


def reordered_keys(call: Json, chance: Random) -> None:
    """The keys of the prefetch in another order."""
    call["prefetch"] = _reordered(call["prefetch"], chance)


def reordered_members(call: Json, chance: Random) -> None:
    """The members of every JSON object in another order."""
    for item in list(objects(call)):
        members = _reordered(item, chance)
        item.clear()
        item.update(members)


def _reordered(members: Json, chance: Random) -> Json:
    pairs = list(members.items())
    chance.shuffle(pairs)
    return dict(pairs)


def strangers(call: Json, chance: Random) -> None:
    """Copies of resources with other ids, of another patient, in any of the Bundles; totals count them."""
    names = {reference_of(resource): f"{reference_of(resource)}-x" for resource in resources_of(call)}
    names[f"Patient/{call['context']['patientId']}"] = "Patient/someone-else"
    for resource in resources_of(call):
        if chance.random() < 0.8:
            add(chance.choice(bundles(call)), [renamed(resource, names)])
    shuffled_entries(call, chance)


def repeated_resources(call: Json, chance: Random) -> None:
    """Resources once more: in the Bundle of another key, or alone under a key that nobody declared."""
    repeated = [copy.deepcopy(resource) for resource in resources_of(call) if chance.random() < 0.5]
    for number, resource in enumerate(repeated):
        if chance.random() < 0.3:
            call["prefetch"][f"again-{number}"] = resource
        else:
            add(chance.choice(bundles(call)), [resource])


def dressed_bundles(call: Json, chance: Random) -> None:
    """Bundles with what servers add to them: ids, times, addresses and scores of entries; totals may be left out."""
    for bundle in bundles(call):
        bundle |= {"id": f"b{chance.randint(1, 99)}", "meta": {"lastUpdated": "2026-11-15T11:00:00Z"}}
        for entry in bundle.get("entry", []):
            entry["fullUrl"] = f"https://ehr.example.org/fhir/{reference_of(entry['resource'])}"
            entry["search"] = {"mode": "match", "score": 1}
        if chance.random() < 0.5:
            bundle.pop("total", None)
