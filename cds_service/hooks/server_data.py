"""When the FHIR server of a call is asked for what the call did not bring, and what is had then.

How it is asked, and within which bounds, is `fhir.fetching`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cds_service.errors import Unreachable
from cds_service.fhir.fetching import completed, is_settled, refused
from cds_service.fhir.prefetch import Supply
from cds_service.fhir.server import FhirServer
from cds_service.guideline.judge import Outcome, judge
from cds_service.hooks.call import HookCall
from cds_service.hooks.services import Service
from cds_service.picture.orders import Draft
from cds_service.picture.patient import draw_picture
from cds_service.picture.record import Record

# From the address and the token of a call to the server they name; raises Unreachable where it must not be asked.
Connect = Callable[[str, str], FhirServer]


def may_matter(supply: Supply, record: Record, drafted: tuple[Draft, ...], service: Service) -> bool:
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


def with_server(supply: Supply, searches: Mapping[str, str], call: HookCall, connect: Connect) -> Supply:
    """What the call brought and what the server adds, or why it added nothing."""
    ordered = [draft.resource.get("medicationReference") for draft in call.drafts]
    try:
        server = connect(call.fhir_server or "", call.access_token)
    except Unreachable as fault:
        open_ = [key for key, query in searches.items() if not is_settled(key, query, supply)]
        return refused(supply, open_, fault.reason)
    return completed(supply, searches, call.patient_id, server, ordered, call.scope)
