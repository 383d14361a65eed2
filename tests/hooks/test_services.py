"""What discovery says."""

from __future__ import annotations

from cds_service.hooks.contract import require_valid
from cds_service.hooks.services import discovery, services


def test_templates_are_listed_and_left_out_where_there_are_none() -> None:
    offered = services(lambda hook: {"patient": "Patient/{{context.patientId}}"} if "sign" in hook else {})
    document = discovery(offered, "2026.11.0")
    require_valid(document, "discovery", "$")
    assert ["prefetch" in entry for entry in document["services"]] == [False, False, True]


def test_the_version_of_the_clinical_content_is_shown() -> None:
    document = discovery(services(lambda hook: {}), "2026.11.0")
    require_valid(document, "discovery", "$")
    assert document["extension"] == {"org.nen-cds.knowledge": {"version": "2026.11.0"}}
