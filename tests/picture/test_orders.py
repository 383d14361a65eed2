"""What is being ordered: the drafts the call is about."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from cds_service.picture.orders import ordering_feature
from tests.charts import Resource, concept, condition, draft, drafted, line, picture, ref, request, seen


def ordering(*resources: Resource) -> str:
    return ordering_feature(drafted(*resources)).shown


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        (draft("ServiceRequest", "loinc|15060-7"), "nse"),
        (draft(text="Repeat NSE"), "nse"),
        (draft("ServiceRequest", "loinc|9811-1"), "cga"),
        (draft("ServiceRequest", "snomed|446800006"), "octreoscan"),
        (draft(text="Octreotide scan"), "octreoscan"),
        (draft(text="68Ga-DOTATATE PET/CT"), "sstr-pet"),
        (draft(text="CT abdomen"), "ct-mri"),
        (draft("ServiceRequest", "loinc|72254-6"), "ct-mri"),
        (draft(text="CT or MRI of the region of the resected tumor, follow-up"), "ct-mri"),
        (draft("ServiceRequest", "loinc|24587-8 'MR Brain WO and W contrast IV'"), "ct-mri"),
        (draft("ServiceRequest", "snomed|816077007"), "ct-mri"),
        (draft(text="MRI brain without and with contrast"), "ct-mri"),
        (draft(text="MRT Schädel mit und ohne KM"), "ct-mri"),
        (draft(text="MRI abdomen without prior imaging, with contrast"), "ct-mri"),
        (draft("MedicationRequest", text="Lanreotide 120 mg"), "ssa-depot"),
        (draft("MedicationRequest", text="Sandostatin LAR 30 mg"), "ssa-depot"),
        (draft("MedicationRequest", text="Octreotide 100 ug subcutaneous"), "ssa-short"),
        (draft("MedicationRequest", "rxnorm|7617"), "unknown"),  # depot or not
        (draft("MedicationRequest", "rxnorm|2555"), "platinum"),
        (draft("MedicationRequest", text="Etoposide"), "etoposide"),
        (draft("MedicationRequest", "atc|L01FF05"), "pd-l1"),
        (draft("MedicationRequest", text="Temodal"), "temozolomide"),
        (draft("MedicationRequest", text="Xeloda"), "capecitabine"),
        (draft("MedicationRequest", "atc|L01EG02"), "everolimus"),
        (draft("MedicationRequest", "rxnorm|357977"), "sunitinib"),
        (draft("MedicationRequest", text="Cabometyx"), "cabozantinib"),
        (draft("MedicationRequest", "rxnorm|1999687"), "prrt"),
        (draft("ServiceRequest", text="PRRT"), "prrt"),
        (draft("MedicationRequest", text="Irinotecan"), "irinotecan"),
        (draft("MedicationRequest", text="Topotecan"), "other-chemotherapy"),
    ],
)
def test_a_draft_is_known_by_code_or_words(resource: Resource, value: str) -> None:
    assert ordering(resource) == value


@pytest.mark.parametrize(
    "resource",
    [
        draft(text="Chest X-ray"),
        draft(text="CT of the head"),
        draft("MedicationRequest", text="Omeprazole"),
        draft("MedicationRequest", "atc|L04AH02"),  # transplant everolimus
        draft("ServiceRequest", "loinc|44802-7 'NSE in CSF'"),
    ],
)
def test_a_draft_of_none_of_our_lists_adds_nothing(resource: Resource) -> None:
    assert ordering(resource) == "none"
    assert ordering(resource, draft("MedicationRequest", text="Etoposide", id="d2")) == "etoposide"


@pytest.mark.parametrize(
    "resource",
    [
        draft("ServiceRequest", "loinc|30657-1 'MR Brain WO contrast'"),
        draft("ServiceRequest", "loinc|30668-8"),
        draft(text="MRI brain without contrast"),
        draft(text="MRI of the liver w/o IV gadolinium"),
        draft(text="MRT Abdomen nativ"),
        draft(text="Plain MRI of the pelvis"),
    ],
)
def test_an_mri_without_contrast_exposes_nobody_to_rays_or_contrast(resource: Resource) -> None:
    assert ordering(resource) == "none"


def test_a_draft_without_code_or_words_leaves_the_question_open() -> None:
    assert ordering(draft()) == "unknown"
    assert ordering(draft("MedicationRequest")) == "unknown"
    assert ordering(draft(), draft(text="NSE", id="d2")) == "nse unknown"


def test_an_order_of_ours_whose_form_or_purpose_is_not_said_is_no_fault_of_the_data() -> None:
    unsaid = draft("MedicationRequest", "rxnorm|7617")
    assert ordering_feature(drafted(unsaid)).gap is Gap.NOT_RECORDED
    assert ordering_feature(drafted(draft(text="NSE", reasonCode="as discussed"))).gap is Gap.NOT_RECORDED
    assert ordering_feature(drafted(unsaid, {"id": "d2"})).gap is Gap.NOT_READABLE


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_a_withdrawn_draft_does_not_count(status: str) -> None:
    assert ordering(draft(text="NSE", status=status)) == "none"
    assert ordering(draft(text="NSE", doNotPerform=True)) == "none"


def test_several_drafts_are_a_set() -> None:
    both = [draft("MedicationRequest", text="Cisplatin"), draft("MedicationRequest", text="Etoposide", id="d2")]
    assert ordering(*both) == "etoposide platinum"


def test_without_drafts_nothing_is_ordered() -> None:
    assert ordering() == "none"
    assert picture().call["ordering"].shown == "none"


@pytest.mark.parametrize("selections", [["ServiceRequest/d1"], ["d1"]])
def test_the_call_is_about_the_selected_drafts(selections: list[str]) -> None:
    both = [draft(text="NSE"), draft(text="Chromogranin A", id="d2")]
    assert ordering_feature(drafted(*both, selections=selections)).shown == "nse"
    assert ordering_feature(drafted(*both, selections=[])).shown == "none"


def test_a_drug_may_stand_beside_its_draft_or_on_the_chart() -> None:
    lanreotide = line(Medication="Lanreotide", id="m1")
    named = draft("MedicationRequest", medicationReference=ref("Medication/m1"))
    assert ordering(named, lanreotide) == "ssa-depot"
    assert ordering_feature(drafted(named, on=(lanreotide,))).shown == "ssa-depot"


def test_a_draft_without_an_id_cannot_be_named() -> None:
    nameless = draft(text="NSE")
    del nameless["id"]
    (read,) = drafted(nameless)
    assert (read.reference, read.evidence.text, read.evidence.reference) == (
        "",
        "draft: NSE",
        "$.context.draftOrders.entry[0].resource",
    )


def test_a_draft_says_which_concepts_it_means() -> None:
    (read,) = drafted(draft(text="NSE"))
    assert "orders/nse" in read.concepts


def test_an_order_for_a_drug_beside_the_treatment_is_none_of_ours() -> None:
    for drug in ("Omeprazole", "Biotin", "Apixaban"):
        (read,) = drafted(draft("MedicationRequest", text=drug))
        assert read.concepts == frozenset()
    (service,) = drafted(draft("ServiceRequest", text="PPI trial"))
    assert service.concepts == frozenset()


def test_a_protocol_is_known_by_its_name() -> None:
    assert ordering(draft("MedicationRequest", text="CAPTEM")) == "capecitabine temozolomide"
    assert ordering(draft("MedicationRequest", text="FOLFIRI")) == "irinotecan other-chemotherapy"
    assert ordering(draft("MedicationRequest", text="CAPOX")) == "capecitabine other-chemotherapy"


def test_a_therapy_with_a_labeled_analog_is_no_receptor_imaging() -> None:
    assert ordering(draft(text="177Lu-DOTATATE")) == "prrt"
    assert ordering(draft(text="Peptide receptor radionuclide therapy with DOTATATE")) == "prrt"
    assert ordering(draft(text="68Ga-DOTATATE PET/CT")) == "sstr-pet"


def test_what_is_only_being_written_does_not_run_yet() -> None:
    written = request("Cisplatin", id="d1")
    drafts = drafted(draft("MedicationRequest", text="Cisplatin"))
    assert seen("therapy-platinum", written, drafted=drafts) == "none-recorded"
    assert seen("therapy-platinum", written | {"id": "other"}, drafted=drafts) == "active"
    nameless = draft("MedicationRequest", text="Cisplatin")
    del nameless["id"]
    assert seen("therapy-platinum", written, drafted=drafted(nameless)) == "active"


# --- its reason --------------------------------------------------------------------------------------------------


def reasoned(text: str, *, drug: str = "Lanreotide 120 mg", **members: Any) -> Resource:
    return draft("MedicationRequest", text=drug, reasonCode=text, **members)


@pytest.mark.parametrize("reason", ["Carcinoid syndrome", "Flushing", "Acromegaly", "Diarrhea"])
def test_a_depot_analog_against_symptoms_treats_no_tumor(reason: str) -> None:
    assert ordering(reasoned(reason)) == "none"


def test_a_depot_analog_for_the_tumor_is_one() -> None:
    assert ordering(reasoned("Neuroendocrine carcinoma")) == "ssa-depot"


def test_a_depot_analog_without_a_reason_is_open_beside_acromegaly() -> None:
    acromegaly = condition("icd-10-cm|E22.0")
    [made] = drafted(draft("MedicationRequest", text="Lanreotide 120 mg"), on=(acromegaly,))
    assert ordering_feature((made,)).shown == "unknown"


@pytest.mark.parametrize("reason", ["Insulinoma", "Hyperinsulinemic hypoglycemia", "MEN1"])
def test_a_depot_analog_against_low_glucose_stays_one_to_be_warned_of(reason: str) -> None:
    assert ordering(reasoned(reason)) == "ssa-depot"


def is_kept(resource: Resource, *on: Resource) -> bool:
    """Whether no suggestion may remove the draft."""
    [made] = drafted(resource, on=on)
    return bool(made.kept_for)


@pytest.mark.parametrize(
    "chart",
    [
        condition("icd-10-cm|R19.7 'Diarrhea, unspecified'"),
        condition(text="Flushing"),
        condition(text="Malignant small bowel obstruction"),
        condition("icd-10-cm|K56.69 'Other intestinal obstruction'"),
        condition(text="Enterocutaneous fistula"),
    ],
)
def test_a_symptom_on_the_chart_keeps_a_depot_analog_and_the_warning(chart: Resource) -> None:
    lanreotide = draft("MedicationRequest", text="Lanreotide 120 mg")
    assert is_kept(lanreotide, chart)
    assert ordering_feature(drafted(lanreotide, on=(chart,))).shown == "ssa-depot"
    assert not is_kept(draft("MedicationRequest", text="Sunitinib"), chart)


@pytest.mark.parametrize(
    "chart",
    [
        condition(text="Diarrhea", clinicalStatus="resolved"),
        condition(text="Bowel obstruction", verificationStatus="refuted"),
        condition(text="Chronic obstructive pulmonary disease"),
        condition(text="No bowel obstruction"),
    ],
)
def test_what_is_over_or_denied_keeps_no_analog(chart: Resource) -> None:
    assert not is_kept(draft("MedicationRequest", text="Lanreotide 120 mg"), chart)


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        ({"reasonCode": [concept("GIST")]}, True),
        ({"reasonCode": [concept("icd-10-cm|C64.9")]}, True),
        ({"reasonCode": [concept("as discussed")]}, True),
        ({"reasonReference": [ref("Condition/elsewhere")]}, True),
        ({"reasonCode": [concept("NET of the ileum")]}, False),
        ({"reasonCode": [concept("icd-10-cm|Z51.11 'Encounter for antineoplastic chemotherapy'")]}, False),
        ({"note": [{"text": "every 28 days"}]}, True),
        ({}, False),
    ],
)
def test_a_depot_analog_ordered_for_something_else_is_kept(reason: Resource, kept: bool) -> None:
    assert is_kept(draft("MedicationRequest", text="Lanreotide 120 mg", **reason)) is kept


def test_a_test_ordered_for_a_cancer_in_which_it_does_not_help_is_not_kept() -> None:
    assert not is_kept(draft("ServiceRequest", "loinc|15060-7", reasonCode="icd-10-cm|C50.911"))


@pytest.mark.parametrize(
    "chart",
    [
        condition("icd-10-cm|I46.9", onsetDateTime="2026-11-13"),
        condition("icd-10-cm|I46.9"),
        condition(text="Creutzfeldt-Jakob disease"),
    ],
)
def test_an_nse_after_a_cardiac_arrest_or_in_a_rapid_dementia_may_be_for_it(chart: Resource) -> None:
    breast = condition("icd-10-cm|C50.911")
    assert ordering_feature(drafted(draft("ServiceRequest", "loinc|15060-7"), on=(breast, chart))).shown == "unknown"
    over = chart | {"verificationStatus": concept("urn:x|refuted")}
    assert ordering_feature(drafted(draft("ServiceRequest", "loinc|15060-7"), on=(breast, over))).shown == "nse"


@pytest.mark.parametrize(
    ("reason", "value"),
    [
        ({"reasonCode": [concept("icd-10-cm|I46.9")]}, "unknown"),
        ({"reasonCode": [concept("icd-10-cm|A81.09")]}, "unknown"),
        ({"reasonCode": [concept("icd-10-cm|C50.911")]}, "nse"),
        ({"reasonCode": [concept("icd-10-cm|R63.4")]}, "nse"),
        ({"reasonCode": [concept("snomed|254632001")]}, "unknown"),
        ({"reasonCode": [concept("as discussed")]}, "unknown"),
        ({"reasonReference": [{"reference": "Condition/elsewhere", "display": "SCLC"}]}, "unknown"),
        ({"reasonReference": [{"reference": "Condition/elsewhere"}]}, "unknown"),
        ({"reasonReference": [{"reference": "Condition/breast"}]}, "nse"),
        ({"note": [{"text": "Small cell lung cancer, follow-up"}]}, "unknown"),
    ],
)
def test_an_nse_with_a_reason_nobody_can_weigh_is_left_alone(reason: Resource, value: str) -> None:
    breast = condition("icd-10-cm|C50.911", id="breast")
    [made] = drafted(draft("ServiceRequest", "loinc|15060-7", **reason), on=(breast,))
    assert ordering_feature((made,)).shown == value


@pytest.mark.parametrize(
    ("reason", "value"),
    [
        ({}, "sunitinib"),
        ({"reasonCode": [concept("icd-10-cm|C7A.012")]}, "sunitinib"),
        ({"reasonReference": [{"reference": "Condition/ileum"}]}, "sunitinib"),
        ({"note": [{"text": "take with food"}]}, "sunitinib"),
        ({"reasonCode": [concept("GIST, progressing on imatinib")]}, "unknown"),
        ({"reasonCode": [concept("icd-10-cm|C64.1")]}, "unknown"),
        ({"reasonReference": [{"reference": "Condition/elsewhere"}]}, "unknown"),
    ],
)
def test_sunitinib_for_another_tumor_is_left_to_the_one_who_orders_it(reason: Resource, value: str) -> None:
    ileum = condition("icd-10-cm|C7A.012", id="ileum")
    [made] = drafted(draft("MedicationRequest", text="Sunitinib 37.5 mg", **reason), on=(ileum,))
    assert ordering_feature((made,)).shown == value


# --- whether it may be offered for removal -----------------------------------------------------------------------

LANREOTIDE = draft("MedicationRequest", text="Lanreotide 120 mg")
NSE = draft(text="NSE")


def test_a_plain_order_may_be_offered_for_removal() -> None:
    assert not is_kept(LANREOTIDE)
    assert not is_kept(NSE)


def test_an_order_of_several_things_or_with_a_note_is_never_offered_for_removal() -> None:
    assert is_kept(draft(text="NSE, ProGRP and CEA"))
    assert is_kept(draft(text="Octreoscan", note="Receptor PET not available here"))


@pytest.mark.parametrize("code", ["R19.7", "R23.2"])
def test_a_depot_analog_stays_where_symptoms_are_recorded_that_it_treats(code: str) -> None:
    assert is_kept(LANREOTIDE, condition(f"icd-10-cm|{code}"))
    assert not is_kept(LANREOTIDE, condition(f"icd-10-cm|{code}", clinicalStatus="resolved"))
    assert not is_kept(LANREOTIDE, condition(f"icd-10-cm|{code}", verificationStatus="refuted"))
    assert not is_kept(NSE, condition(f"icd-10-cm|{code}"))


@pytest.mark.parametrize(
    "asks",
    [
        condition(text="Lambert-Eaton myasthenic syndrome"),
        condition("icd-10-cm|E22.2 'Syndrome of inappropriate secretion of antidiuretic hormone'"),
        condition(text="Paraneoplastische Neuropathie"),
    ],
)
def test_an_nse_stays_where_the_chart_asks_for_a_hidden_tumor(asks: Resource) -> None:
    assert is_kept(NSE, asks)


def test_what_asks_for_an_nse_does_not_keep_another_order() -> None:
    assert not is_kept(NSE, condition(text="Peripheral neuropathy"))
    assert not is_kept(LANREOTIDE, condition(text="Lambert-Eaton myasthenic syndrome"))
