"""Prefetch templates derived from the knowledge: each search asks for the codes of the concepts that name it.

What does not fit into a prefetch of bearable size is searched only where the call names its FHIR server; a client that
sends it all the same is believed.

Only `{{context.patientId}}` is used as a token, no `_count` (it cuts in silence), one resource type a key, so that
clients of every version of the standard fill them (CDS Hooks 2.0, Prefetch Template).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

from cds_service.fhir.server import PATIENT
from cds_service.guideline.knowledge import Knowledge
from cds_service.hooks.services import Service

_BY_PATIENT = {
    "conditions": "Condition",
    "reports": "DiagnosticReport",
    "specimens": "Specimen",
    "procedures": "Procedure",
    "medication-requests": "MedicationRequest",
    "medication-statements": "MedicationStatement",
    "medication-administrations": "MedicationAdministration",
    "medication-dispenses": "MedicationDispense",
}
SERVER_SEARCHES: Mapping[str, str] = MappingProxyType(
    {
        "service-requests": f"ServiceRequest?patient={PATIENT}",
        "encounters": f"Encounter?patient={PATIENT}",
        "imaging-studies": f"ImagingStudy?patient={PATIENT}",
    }
)
_OBSERVATIONS = ("nse", "markers", "pathology", "status")
_ORDER = ("patient", "conditions", *_OBSERVATIONS, *(key for key in _BY_PATIENT if key != "conditions"))


def all_templates(knowledge: Knowledge) -> Mapping[str, str]:
    """Every search of this knowledge, by its prefetch key."""
    found = {"patient": f"Patient/{PATIENT}"}
    found |= {key: f"{kind}?patient={PATIENT}" for key, kind in _BY_PATIENT.items()}
    found |= {key: _observations(key, knowledge) for key in _OBSERVATIONS}
    return MappingProxyType({key: found[key] for key in _ORDER})


def templates_for(knowledge: Knowledge, hook: str) -> Mapping[str, str]:
    """The searches that the rows of one hook need."""
    needed = {search for row in knowledge.recommendations if hook in row.hooks for search in row.searches}
    return MappingProxyType({key: query for key, query in all_templates(knowledge).items() if key in needed})


def searches_of(service: Service) -> Mapping[str, str]:
    """All that is wanted for a call: what discovery asks for, and what only a FHIR server is asked for."""
    return {**service.templates, **SERVER_SEARCHES}


def _observations(search: str, knowledge: Knowledge) -> str:
    uris = {alias: systems[0] for alias, systems in knowledge.systems.items()}
    codes = sorted(
        {
            f"{uris[line.system]}|{quote(line.code)}"
            for concept in knowledge.concepts.values()
            if concept.search == search
            for line in concept.codes
        }
    )
    return f"Observation?patient={PATIENT}&code={','.join(codes)}"
