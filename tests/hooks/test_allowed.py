"""What may be said of what fires: advice whose cited resources are no valid FHIR is taken back."""

from __future__ import annotations

from dataclasses import replace

from cds_service.guideline.features import Evidence, Gap
from cds_service.guideline.judge import Outcome
from cds_service.hooks.allowed import verified
from tests.hooks.made import feature, fires, row, unseen
from tests.picture import charts


def test_a_withheld_row_is_open_for_want_of_readable_data() -> None:
    broken = charts.record(charts.nse(id="n1", subject={"reference": "Patient/p1", "display": 7}))
    level = feature(evidence=(Evidence("NSE 21.1 ug/L", "Observation/n1"),))
    [withheld] = verified((fires(row(), level, feature("age-group", "adult")),), broken)
    assert withheld.outcome is Outcome.UNDETERMINED
    [failed] = withheld.decided_by
    assert (failed.name, failed.gap, failed.shown) == ("nse-level", Gap.NOT_READABLE, "unknown")
    assert failed.note == "Observation/n1 is no valid FHIR in its subject"


def test_a_row_that_speaks_about_an_unreadable_fact_is_not_withheld_for_it() -> None:
    broken = charts.record(charts.nse(id="n1", subject={"reference": "Patient/p1", "display": 7}))
    unreadable = unseen("nse-reading", Gap.NOT_READABLE)
    cited = type(unreadable)(
        "nse-reading", frozenset({"unknown"}), (Evidence("NSE", "Observation/n1"),), unreadable.gap
    )
    [kept] = verified((fires(row(when={"nse-reading": ["unknown"]}), cited),), broken)
    assert kept.outcome is Outcome.FIRES


def test_a_silent_row_is_not_parsed_for() -> None:
    broken = charts.record(charts.nse(id="n1", subject={"reference": "Patient/p1", "display": 7}))
    silent = replace(fires(row(), feature(evidence=(Evidence("NSE 21.1", "Observation/n1"),))), outcome=Outcome.SILENT)
    assert verified((silent,), broken) == (silent,)


def test_what_a_withheld_row_would_have_replaced_stands_again() -> None:
    broken = charts.record(charts.nse(id="n1", subject={"reference": "Patient/p1", "display": 7}))
    better = fires(row("net-a", replaces=("net-b",)), feature(evidence=(Evidence("NSE 21.1", "Observation/n1"),)))
    plain = replace(fires(row("net-b"), feature()), replaced_by="net-a")
    withheld, restored = verified((better, plain), broken)
    assert withheld.outcome is Outcome.UNDETERMINED
    assert restored.is_shown


def test_evidence_of_no_resource_or_of_the_patient_is_taken_as_it_is() -> None:
    words = feature(evidence=(Evidence("searched, none found"), Evidence("born 1985", "Patient/p1")))
    [kept] = verified((fires(row(), words),), charts.record())
    assert kept.decided_by == (words,)
