"""The services this installation offers and the discovery document that says so (CDS Hooks 2.0, Discovery).

Does not know what the prefetch templates ask for: they are handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

STANDARD_VERSION = "2.0.1"
HOOK_VERSION = "1.0"
KNOWLEDGE = "org.nen-cds.knowledge"
_NEEDS = (
    "Works from prefetch alone, or reads what is missing from the FHIR server of the call if the installation lists "
    "it. The Conditions of the patient are needed; results, procedures and medication lists make the advice more "
    "exact, and what was not supplied is named on the card."
)


@dataclass(frozen=True, slots=True)
class Service:
    """One entry of discovery, reachable at /cds-services/{id}."""

    id: str
    hook: str
    title: str
    description: str
    usage_requirements: str
    templates: Mapping[str, str]


# One id for each hook: the public sandbox keeps one service per URL.
_OFFERED = (
    (
        "nen-patient-view",
        "patient-view",
        "Neuroendocrine neoplasia: chart review",
        "When a chart is opened: guideline recommendations for neuroendocrine neoplasia, small cell lung cancer and a "
        "raised neuron-specific enolase (NSE), each with the data and the document it rests on.",
    ),
    (
        "nen-order-select",
        "order-select",
        "Neuroendocrine neoplasia: order being selected",
        "When an order is selected: checks tumor marker, imaging and treatment orders against the guidelines for "
        "neuroendocrine neoplasia and NSE.",
    ),
    (
        "nen-order-sign",
        "order-sign",
        "Neuroendocrine neoplasia: orders about to be signed",
        "Before orders are signed: checks tumor marker, imaging and treatment orders against the guidelines for "
        "neuroendocrine neoplasia and NSE.",
    ),
)


def services(templates_for: Callable[[str], Mapping[str, str]]) -> tuple[Service, ...]:
    """All services; `templates_for` gives the prefetch templates of a hook."""
    return tuple(
        Service(id_, hook, title, description, _NEEDS, templates_for(hook))
        for id_, hook, title, description in _OFFERED
    )


def discovery(offered: Iterable[Service], knowledge: str) -> dict[str, Any]:
    """The answer to GET /cds-services; `knowledge` is the version of the clinical content."""
    return {"services": [_entry(service) for service in offered], "extension": {KNOWLEDGE: {"version": knowledge}}}


def _entry(service: Service) -> dict[str, Any]:
    entry = {
        "hook": service.hook,
        "title": service.title,
        "description": service.description,
        "id": service.id,
        "usageRequirements": service.usage_requirements,
        "version": STANDARD_VERSION,
        "hookVersion": HOOK_VERSION,
    }
    # CDS Hooks 2.0, JSON: no empty objects.
    return entry | ({"prefetch": dict(service.templates)} if service.templates else {})
