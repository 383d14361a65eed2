"""What discovery says."""

from __future__ import annotations

from cds_service.hooks.contract import require_valid
from cds_service.hooks.services import discovery, services


def test_templates_are_listed_and_left_out_where_there_are_none() -> None:
    document = discovery(services(lambda hook: {"patient": "Patient/{{context.patientId}}"} if "sign" in hook else {}))
    require_valid(document, "discovery", "$")
    assert ["prefetch" in entry for entry in document["services"]] == [False, False, True]
