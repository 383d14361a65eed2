"""Where the web meets the straight line: the services, the knowledge read once, the clock, the maker of ids.

Neither HTTP nor medicine: it only brings together what `answer` asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from cds_service.answer import Guideline, answer
from cds_service.authoring.site_file import site_at
from cds_service.config import Settings
from cds_service.errors import DataMissing
from cds_service.fhir.server import connected
from cds_service.guideline.knowledge import Knowledge
from cds_service.hooks.services import Service, services
from cds_service.hooks.templates import templates_for
from cds_service.outbound import Outbound, Rules
from cds_service.web import journal


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes need.

    Attributes:
        reply: body of a call and the service it was posted to -> the response object of the standard.
        about: version and counts of the knowledge and what the site switched off, for /healthz.
    """

    services: Mapping[str, Service]
    reply: Callable[[bytes, Service], dict[str, Any]]
    about: Mapping[str, Any]


def open_desk(knowledge: Knowledge, settings: Settings) -> Desk:
    """The desk that serves the guideline as the site uses it.

    Raises:
        ConfigError: naming every fault of the site's file.
    """
    guideline = Guideline.of(knowledge, site_at(settings.site, knowledge))
    rules = Rules(settings.fhir_servers, settings.fhir_networks, settings.development)
    outbound = Outbound(rules, settings.fhir_max_bytes, settings.fhir_ca_file)
    connect = partial(connected, outbound=outbound, seconds=settings.fhir_seconds)

    def reply(body: bytes, service: Service) -> dict[str, Any]:
        now = settings.now or datetime.now(UTC)
        try:
            made = answer(body, service, guideline, now, lambda: str(uuid4()), connect)
        except DataMissing as fault:
            journal.note_missing(service.id, dict(fault.states))
            raise
        journal.note_missing(service.id, made.failures or {})
        return made.body

    return Desk(
        services={service.id: service for service in services(partial(templates_for, guideline.knowledge))},
        reply=reply,
        about={
            "knowledge": knowledge.version,
            "counts": {"recommendations": len(guideline.knowledge.recommendations), "sources": len(knowledge.sources)},
            "switchedOff": [off.recommendation.id for off in guideline.knowledge.switched_off],
        },
    )
