"""The explanation of one call: a clinician can follow every card back to the data."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from cds_service.answer import Answer, answer
from cds_service.cases.pages import Case
from cds_service.console.explain import explained
from cds_service.fhir.prefetch import State
from cds_service.guideline.features import Evidence, Feature, Gap, PatientPicture, Remark, TumorPicture
from cds_service.guideline.judge import Outcome, Verdict
from cds_service.hooks.held_back import HeldBack, Kind
from tests.asked import FIRING, NOW, STORIES, made_of, name_of
from tests.conftest import FIXTURES, call_of, encoded
from tests.guideline.rows import feature, unseen
from tests.hooks.made import GUIDELINE, SERVICES, counted, fires, picture, row, tumor, undetermined


def lines(made: Answer) -> list[str]:
    return explained(made).splitlines()


def of_verdicts(*verdicts: Verdict) -> list[str]:
    text = explained(Answer({"cards": []}, picture(), verdicts))
    return text.partition("Verdicts\n========\n")[2].partition("\n\nHeld back")[0].splitlines()


def of_picture(seen: PatientPicture) -> list[str]:
    text = explained(Answer({"cards": []}, seen))
    return text.partition("Picture\n=======\n")[2].partition("\n\nVerdicts")[0].splitlines()


@pytest.mark.every_case
@pytest.mark.parametrize("case", [*FIRING, *STORIES], ids=name_of)
def test_every_row_that_a_card_carries_fires_in_the_explanation(case: Case) -> None:
    made = made_of(case)
    text = explained(made)
    for card in made.body["cards"]:
        assert f"{card['indicator'].upper()}: {card['summary']}" in text
        for named in card["extension"]["org.nen-cds.basis"].get("recommendations", []):
            assert f"{'fires':<13}{named['id']:<36}" in text


def test_a_healthy_adult_leaves_no_row_open() -> None:
    body = (FIXTURES / "stories/healthy-adult-everything-searched/request.json").read_bytes()
    text = explained(answer(body, SERVICES["patient-view"], GUIDELINE, NOW, counted()))
    assert not any(line.startswith("undetermined") for line in text.splitlines())
    assert text.endswith("Cards\n=====\nnone")


def test_there_are_stories_to_explain() -> None:
    assert len(STORIES) >= 8


def test_a_call_of_a_patient_is_explained_by_who_asks() -> None:
    body = encoded(call_of(context={"userId": "Patient/p1", "patientId": "p1"}))
    assert lines(answer(body, SERVICES["patient-view"], GUIDELINE, NOW, counted())) == [
        "Held back",
        "=========",
        "answer          every card: the user of this call is the patient or a relative; the advice is for clinicians",
        "",
        "Cards",
        "=====",
        "none",
    ]


def test_what_was_held_back_stands_before_the_cards_a_line_each() -> None:
    held_back = (HeldBack(Kind.ORDER, "Biopsy (net-a)", "is already ordered"), HeldBack(Kind.FOOTER, "x", "alone"))
    text = explained(Answer({"cards": []}, picture(), held_back=held_back))
    assert text.partition("Held back\n=========\n")[2].splitlines() == [
        "order           Biopsy (net-a): is already ordered",
        "footer          x: alone",
        "",
        "Cards",
        "=====",
        "none",
    ]
    assert "Held back\n=========\nnothing\n" in explained(Answer({"cards": []}, picture()))


def test_the_state_of_each_search_is_listed() -> None:
    states = {"conditions": State.GIVEN, "nse": State.NOT_AVAILABLE}
    text = explained(Answer({"cards": []}, picture(), states=states))
    assert text.startswith("Data\n====\nconditions                  given\nnse                         not available\n")


def test_a_feature_is_shown_with_its_evidence_and_references() -> None:
    facts = (Evidence("NSE 21.1 ug/L", "Observation/n1"), Evidence("limit assumed"))
    seen = PatientPicture({"nse-level": feature(evidence=facts)}, (TumorPicture("", "", {}),), {})
    assert of_picture(seen)[:3] == [
        "Patient",
        "  nse-level             high                    NSE 21.1 ug/L [Observation/n1]; limit assumed",
        "Tumor",
    ]


def test_the_longest_name_of_a_feature_does_not_run_into_its_value() -> None:
    seen = PatientPicture({"x": feature("therapy-chemoradiation", "active")}, (), {})
    assert of_picture(seen)[1] == "  therapy-chemoradiation active"


def test_an_unknown_feature_is_shown_with_the_reason() -> None:
    noted, bare = unseen("sstr", Gap.NOT_READABLE, "no unit"), Feature("hormone", frozenset({"unknown"}))
    seen = PatientPicture({"sstr": noted, "hormone": bare}, (), {})
    assert of_picture(seen)[1:3] == [
        "  sstr                  unknown                 (not readable, no unit)",
        "  hormone               unknown",
    ]


def test_a_tumor_is_named_and_what_was_set_aside_is_listed() -> None:
    features = MappingProxyType({"grade": feature("grade", "G2")})
    about = TumorPicture("Condition/c1", "ileal NET", features)
    remarks = (Remark("is dated in the future", "Observation/n1"), Remark("one page is missing"))
    text = of_picture(PatientPicture({}, (about,), {"ordering": feature("ordering", "nse")}, {}, remarks))
    assert text == [
        "Patient",
        "Tumor Condition/c1 ileal NET",
        "  grade                 G2",
        "Call",
        "  ordering              nse",
        "  set aside: Observation/n1 is dated in the future",
        "  set aside:  one page is missing",
    ]


def test_rows_that_fire_stand_before_silent_and_open_ones() -> None:
    silent = Verdict(row("net-a"), Outcome.SILENT, None, (feature("nse-level", "normal"),))
    open_, shown = undetermined(row("net-b"), unseen("nse-level")), fires(row("net-c"), feature())
    order = [line.split()[1] for line in of_verdicts(silent, open_, shown)]
    assert order == ["net-c", "net-a", "net-b"]


def test_a_silent_row_says_which_condition_silenced_it() -> None:
    which = row("net-a", when={"nse-level": ["high", "unknown"]})
    [line] = of_verdicts(Verdict(which, Outcome.SILENT, None, (feature("nse-level", "normal"),)))
    assert line.endswith("nse-level = normal, asked for high unknown")


def test_an_open_row_says_what_it_lacks() -> None:
    [line] = of_verdicts(undetermined(row("net-a"), unseen("nse-level"), unseen("age-group"), tumor=tumor()))
    assert line.endswith(
        "[Condition/c1] nse-level = unknown, asked for high; age-group = unknown, asked for adult unknown"
    )


def test_a_row_that_fires_names_its_own_conditions_only() -> None:
    [line] = of_verdicts(fires(row("net-a"), feature(), feature("age-group", "adult"), tumor=tumor("")))
    assert line.split(maxsplit=2) == ["fires", "net-a", "nse-level = high"]


def test_a_replaced_row_names_the_one_in_its_place() -> None:
    [line] = of_verdicts(Verdict(row("net-a"), Outcome.FIRES, None, (feature(),), "net-b"))
    assert line.endswith("all conditions hold, but net-b takes its place")


def test_a_card_is_shown_with_its_text_and_what_it_offers() -> None:
    card = {"indicator": "info", "summary": "S", "detail": "one\n\ntwo", "suggestions": [{"label": "Draft: Biopsy"}]}
    shown = lines(Answer({"cards": [card]}, picture()))
    assert shown[-5:] == ["INFO: S", "    one", "    ", "    two", "    -> Draft: Biopsy"]


def test_words_of_the_record_neither_steer_the_terminal_nor_begin_a_line() -> None:
    evil = Evidence("\x1b[2Jgone\nfires        net-a\u2028x", "Observation/n1")
    seen = PatientPicture({"nse-level": feature(evidence=(evil,))}, (), {})
    text = explained(Answer({"cards": []}, seen))
    assert "\x1b" not in text
    assert not any(line.startswith("fires") for line in text.splitlines())
