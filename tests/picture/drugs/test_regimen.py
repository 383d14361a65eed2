"""The regimen being ordered: all drafts together, with the anticancer drugs that run now."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from cds_service.picture.drugs.regimen import regimen_feature
from tests.charts import Resource, administration, draft, drafted, picture, procedure, record, request, statement

KEYS = ("medication-requests", "medication-statements")


def drafts_of(*drugs: str) -> list[Resource]:
    return [_draft(drug, f"d{number}") for number, drug in enumerate(drugs)]


def _draft(drug: str, id_: str) -> Resource:
    if "|" in drug:
        return draft("MedicationRequest", drug, id=id_)
    return draft("MedicationRequest", text=drug, id=id_)


def regimen(*drugs: str, on: tuple[Resource, ...] = (), **options: Any) -> str:
    return regimen_feature(drafted(*drafts_of(*drugs), on=on), record(*on, **options)).shown


@pytest.mark.parametrize(
    ("drugs", "value"),
    [
        (["Cisplatin", "Etoposide"], "platinum-etoposide-without-pd-l1"),
        (["atc|L01XA02", "atc|L01CB01"], "platinum-etoposide-without-pd-l1"),
        (["Carboplatin", "Etoposide", "Atezolizumab"], "platinum-etoposide-with-pd-l1"),
        (["Carboplatin, etoposide, Imfinzi"], "platinum-etoposide-with-pd-l1"),
        (["Cisplatin", "Irinotecan"], "platinum-irinotecan"),
        (["Carboplatin"], "platinum-other"),
        (["Carboplatin", "Paclitaxel"], "platinum-other"),
        (["Cisplatin", "5-FU"], "platinum-other"),
        (["Capecitabine", "Temozolomide"], "captem"),
        (["Xeloda", "Temodal"], "captem"),
        (["CAPTEM cycle 1"], "captem"),
        (["FOLFOX"], "folfox-like"),
        (["mFOLFOX6"], "folfox-like"),
        (["FOLFIRI"], "folfox-like"),
        (["FOLFIRINOX"], "folfox-like"),
        (["CAPOX"], "folfox-like"),
        (["Oxaliplatin", "Fluorouracil"], "folfox-like"),
        (["atc|L01XA03", "atc|L01BC02"], "folfox-like"),
        (["rxnorm|32592", "Capecitabine"], "folfox-like"),
        (["Oxaliplatin"], "other"),
        (["Irinotecan"], "other"),
        (["Temozolomide"], "other"),
        (["Everolimus"], "other"),
        (["Lutathera"], "other"),
        (["Atezolizumab"], "other"),
        (["Topotecan"], "other"),
        (["Lanreotide 120 mg"], "none"),
        (["Omeprazole"], "none"),
        ([], "none"),
    ],
)
def test_a_regimen_is_known_by_its_drugs(drugs: list[str], value: str) -> None:
    assert regimen(*drugs) == value


def test_all_drafts_count_not_only_the_selected_ones() -> None:
    both = drafted(*drafts_of("Cisplatin", "Etoposide"), selections=["d0"])
    assert picture(drafted=both).call["ordering-regimen"].shown == "platinum-etoposide-without-pd-l1"


def test_a_withdrawn_draft_is_no_part_of_it() -> None:
    gone = draft("MedicationRequest", text="Etoposide", status="cancelled")
    assert regimen_feature(drafted(*drafts_of("Cisplatin"), gone), record()).shown == "platinum-other"


# --- with what runs now ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drugs", "running", "value"),
    [
        (["Etoposide"], request("Cisplatin"), "platinum-etoposide-without-pd-l1"),
        (["Atezolizumab"], request("Carboplatin and etoposide"), "platinum-etoposide-with-pd-l1"),
        (["Cisplatin", "Etoposide"], request("Durvalumab"), "platinum-etoposide-with-pd-l1"),
        (["Cisplatin", "Etoposide"], request("Durvalumab", status="stopped"), "platinum-etoposide-without-pd-l1"),
        (["Cisplatin", "Etoposide"], request("Durvalumab", status="on-hold"), "platinum-etoposide-without-pd-l1"),
        (["Cisplatin", "Etoposide"], request("Durvalumab", status="unknown"), "unknown"),
        (["Cisplatin", "Etoposide"], administration("Durvalumab", ""), "unknown"),
        (["Cisplatin", "Etoposide"], request("Everolimus", status="unknown"), "platinum-etoposide-without-pd-l1"),
        (["Temozolomide"], statement("Capecitabine"), "captem"),
        (["Capecitabine"], administration("Oxaliplatin"), "folfox-like"),
        (["Temozolomide"], procedure(text="Infusion of carboplatin", date="2026-11-05"), "platinum-other"),
        (["Omeprazole"], request("Cisplatin"), "none"),
    ],
)
def test_what_runs_now_belongs_to_it(drugs: list[str], running: Resource, value: str) -> None:
    assert regimen(*drugs, on=(running,)) == value


@pytest.mark.parametrize(
    ("drugs", "value"),
    [
        (["Cisplatin", "Etoposide"], "unknown"),  # an antibody may be running
        (["Cisplatin", "Etoposide", "Atezolizumab"], "platinum-etoposide-with-pd-l1"),
        (["Carboplatin"], "unknown"),
        (["Capecitabine", "Temozolomide"], "captem"),
        (["FOLFOX"], "folfox-like"),
        (["Everolimus"], "unknown"),
        (["Omeprazole"], "none"),
    ],
)
def test_what_was_not_searched_leaves_open_what_it_could_change(drugs: list[str], value: str) -> None:
    assert regimen(*drugs, without=KEYS) == value


def test_a_regimen_that_rests_on_a_running_drug_is_open_where_nothing_was_searched() -> None:
    assert regimen("Temozolomide", on=(request("Capecitabine"),), without=KEYS) == "unknown"


def test_a_running_drug_or_a_draft_without_a_name_leaves_open_what_it_could_change() -> None:
    assert regimen("Cisplatin", "Etoposide", on=(request(""),)) == "unknown"
    assert regimen("Capecitabine", "Temozolomide", on=(request(""),)) == "captem"
    blank = draft("MedicationRequest", id="d9")
    assert regimen_feature(drafted(*drafts_of("Cisplatin", "Etoposide"), blank), record()).shown == "unknown"
    assert regimen_feature(drafted(blank), record()).gap is Gap.NOT_RECORDED


def test_an_empty_form_for_a_test_is_no_part_of_a_regimen() -> None:
    scan = draft("ServiceRequest", id="d9")
    with_scan = drafted(*drafts_of("Cisplatin", "Etoposide"), scan)
    assert regimen_feature(with_scan, record()).shown == "platinum-etoposide-without-pd-l1"
    assert regimen_feature(drafted(scan), record()).shown == "none"


def test_a_draft_that_is_no_resource_leaves_it_open() -> None:
    assert regimen_feature(drafted({}), record()).shown == "unknown"


def test_the_evidence_names_drafts_and_running_drugs() -> None:
    found = regimen_feature(drafted(*drafts_of("Etoposide")), record(request("Cisplatin")))
    assert [item.text for item in found.evidence] == ["draft: Etoposide", "Cisplatin (request, active), 2026-09-01"]
