"""A case becomes the hook call that an EHR would send: every resource under the prefetch key whose search finds it.

Knows the standard's envelope and the templates of the service, no medicine.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from cds_service.cases.resources import Line, Resource, patient, resource
from cds_service.cases.short import Reader
from cds_service.errors import nearest
from cds_service.guideline.knowledge import Knowledge
from cds_service.hooks.templates import SERVER_SEARCHES, all_templates, templates_for

Call = dict[str, Any]

USER = "Practitioner/example"
MORE = "more"  # the key of what no search of the service would find; others of a client begin with it
_LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Told:
    """A case as its page tells it, everything that it takes over from the case it is like included.

    Attributes:
        patient: elements of the Patient.
        lines: the resources of the chart, by id.
        drafts: the orders of the call, by id.
        without: prefetch keys that are not available.
        searched: searches beyond those of the hook that came back, with or without a result.
        selections: ids of the selected drafts; None for all of them.
        user: who is at the screen.
    """

    hook: str = "patient-view"
    patient: Line | None = None
    lines: Mapping[str, Line] = field(default_factory=dict)
    drafts: Mapping[str, Line] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    selections: tuple[str, ...] | None = None
    user: str = USER


@dataclass(frozen=True, slots=True)
class CallMaker:
    """Makes hook calls for one state of the knowledge: its names of code systems, its prefetch templates."""

    reader: Reader
    searches: Mapping[str, str]
    templates: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, knowledge: Knowledge, now: datetime) -> CallMaker:
        hooks = {hook for row in knowledge.recommendations for hook in row.hooks}
        templates = {hook: templates_for(knowledge, hook) for hook in hooks}
        return cls(Reader(knowledge.systems, now), {**all_templates(knowledge), **SERVER_SEARCHES}, templates)

    def call(self, name: str, told: Told) -> Call:
        """The hook call of a case.

        Raises:
            ValueError: naming the line or word, the member and what is wrong with it.
        """
        self._check(told)
        patient_id = patient_id_of(name)
        context: dict[str, Any] = {"userId": told.user, "patientId": patient_id}
        if told.hook != "patient-view":
            context |= self._orders(told, patient_id)
        return {
            "hook": told.hook,
            "hookInstance": str(uuid.uuid5(uuid.NAMESPACE_URL, name)),
            "context": context,
            "prefetch": self._prefetch(told, patient_id),
        }

    def _check(self, told: Told) -> None:
        if told.hook not in self.templates:
            hint = nearest(told.hook, self.templates)
            raise ValueError(f"hook: {told.hook!r} is none of {', '.join(sorted(self.templates))}{hint}")
        for word, keys in (("without", told.without), ("searched", told.searched)):
            for key in keys:
                self._check_key(word, key)
        for name in told.selections or ():
            if name not in told.drafts:
                raise ValueError(f"selections: {name!r} is no draft of this case{meant(name, told.drafts)}")

    def _check_key(self, word: str, key: str) -> None:
        if key not in self.searches:
            raise ValueError(f"{word}: {key!r} is no prefetch key{nearest(key, self.searches)}")

    def _orders(self, told: Told, patient_id: str) -> dict[str, Any]:
        drafts = [self._resource({"status": "draft", **line}, id_, patient_id) for id_, line in told.drafts.items()]
        return orders(told.hook, drafts, told.selections)

    def _prefetch(self, told: Told, patient_id: str) -> dict[str, Any]:
        keys = dict.fromkeys([*self.templates[told.hook], *told.searched, *told.without])
        found: dict[str, list[Resource]] = {key: [] for key in keys if key != "patient"}
        for id_, line in told.lines.items():
            made = self._resource(line, id_, patient_id)
            key = line.get("search") or self._key(made)
            if not key.startswith(MORE):
                self._check_key(f"{id_}: search", key)
            found.setdefault(key, []).append(made)
        bundles: dict[str, Any] = {key: bundle(resources) for key, resources in found.items()}
        return {"patient": self._patient(told.patient, patient_id)} | bundles | dict.fromkeys(told.without)

    def _patient(self, line: Line | None, patient_id: str) -> Resource | None:
        try:
            return None if line is None else patient(line, patient_id, self.reader)
        except ValueError as fault:
            raise ValueError(f"patient: {fault}") from None

    def _resource(self, line: Line, id_: str, patient_id: str) -> Resource:
        try:
            return resource(line, id_, patient_id, self.reader)
        except ValueError as fault:
            raise ValueError(f"{id_}: {fault}") from None

    def _key(self, made: Resource) -> str:
        """The prefetch key under which a server's search would bring it, else that of things unasked for."""
        return next((key for key, query in self.searches.items() if _finds(query, made)), MORE)


def _finds(query: str, made: Resource) -> bool:
    kind, _, parameters = query.partition("?")
    if kind != made["resourceType"]:
        return False
    _, coded, codes = parameters.partition("&code=")
    own = {f"{coding.get('system')}|{coding.get('code')}" for coding in made.get("code", {}).get("coding", [])}
    return not coded or not own.isdisjoint(unquote(codes).split(","))


def meant(word: str, names: Collection[str]) -> str:
    """The nearest of a few names, else all of them, in words that follow a fault; "" where there are none."""
    return nearest(word, names) or (f"; there are {', '.join(names)}" if names else "")


def orders(hook: str, drafts: Iterable[Resource], selections: Collection[str] | None = None) -> dict[str, Any]:
    """What the context of an ordering hook says of these drafts; all of them are selected where nothing is said."""
    listed = list(drafts)
    chosen = [draft for draft in listed if selections is None or draft["id"] in selections]
    named = [f"{draft['resourceType']}/{draft['id']}" for draft in chosen]
    entries = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": draft} for draft in listed]}
    return ({"selections": named} if hook == "order-select" else {}) | {"draftOrders": entries}


def bundle(resources: Iterable[Resource]) -> Resource:
    """What a search came back with, whole."""
    entries = [{"resource": one, "search": {"mode": "match"}} for one in resources]
    found = {"resourceType": "Bundle", "type": "searchset", "total": len(entries)}
    return found | ({"entry": entries} if entries else {})


def patient_id_of(name: str) -> str:
    """The id of the patient of a case: its name as far as an id of FHIR reaches, so that no two share one."""
    words = name.replace("/", ".")
    if len(words) <= _LONGEST_ID:
        return words
    return f"{words[: _LONGEST_ID - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
